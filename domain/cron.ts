/** A cron expression of five fields, read: which minutes of which days it names. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** 0 is Sunday. */
  readonly daysOfWeek: ReadonlySet<number>;
  /** As in crontab(5): when both kinds of day are restricted, a day that fits either fits. */
  readonly eitherDay: boolean;
}

interface Field {
  readonly name: string;
  readonly least: number;
  readonly most: number;
  readonly words?: readonly string[];
}

const MONTHS = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
/** Days of the week by their numbers: 0 is Sunday. */
export const WEEKDAYS = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const;
/** `02:00`, on a clock of 24 hours. */
export const TIME_OF_DAY = /^([01]\d|2[0-3]):([0-5]\d)$/;
const MINUTE: Field = { name: 'minute', least: 0, most: 59 };
const HOUR: Field = { name: 'hour', least: 0, most: 23 };
const DAY_OF_MONTH: Field = { name: 'day of the month', least: 1, most: 31 };
const MONTH: Field = { name: 'month', least: 1, most: 12, words: MONTHS };
/** 7 is Sunday too. */
const DAY_OF_WEEK: Field = { name: 'day of the week', least: 0, most: 7, words: WEEKDAYS };

/** Days of each month in every year: a leap day alone would come less than once a year. */
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Reads `minute hour day-of-month month day-of-week` with names, lists, ranges and steps; or says, in a sentence, what is wrong. */
export function readCron(text: string): Cron | string {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 5) return 'A cron expression has five fields: minute, hour, day of the month, month, day of the week';
  const [minutes, hours, days, months, weekdays] = [MINUTE, HOUR, DAY_OF_MONTH, MONTH, DAY_OF_WEEK].map((field, place) => readField(fields[place] ?? '', field));
  for (const read of [minutes, hours, days, months, weekdays]) if (typeof read === 'string') return read;
  const [daysOfMonth, monthSet] = [days as Set<number>, months as Set<number>];
  const daysOfWeek = new Set([...(weekdays as Set<number>)].map((day) => day % 7));
  const [anyDay, anyWeekday] = [fields[2]?.startsWith('*') === true, fields[4]?.startsWith('*') === true];
  if (anyWeekday && !anyDay && Math.min(...daysOfMonth) > Math.max(...[...monthSet].map((month) => MONTH_DAYS[month - 1] ?? 31))) return 'It names a day that its months do not have every year';
  return { minutes: inOrder(minutes as Set<number>), hours: inOrder(hours as Set<number>), daysOfMonth, months: monthSet, daysOfWeek, eitherDay: !anyDay && !anyWeekday };
}

/** A time of day (`TIME_OF_DAY`) on days of every week, as a cron expression would say it. */
export function weekly({ days, at }: { readonly days: readonly (typeof WEEKDAYS)[number][]; readonly at: string }): Cron {
  const [, hour, minute] = TIME_OF_DAY.exec(at) ?? [];
  if (hour === undefined || minute === undefined) throw new Error(`${at} is no time of day.`);
  return { minutes: [Number(minute)], hours: [Number(hour)], daysOfMonth: through(DAY_OF_MONTH), months: through(MONTH), daysOfWeek: new Set(days.map((day) => WEEKDAYS.indexOf(day))), eitherDay: false };
}

/** Whether a date (`weekday` 0 is Sunday) is one of its days. */
export function isDayOf(cron: Cron, date: { readonly month: number; readonly day: number; readonly weekday: number }): boolean {
  if (!cron.months.has(date.month)) return false;
  const [byMonth, byWeek] = [cron.daysOfMonth.has(date.day), cron.daysOfWeek.has(date.weekday)];
  return cron.eitherDay ? byMonth || byWeek : byMonth && byWeek;
}

/** How often it comes on one of its days. */
export function timesADay({ minutes, hours }: Cron): number {
  return minutes.length * hours.length;
}

function readField(text: string, field: Field): Set<number> | string {
  const values = new Set<number>();
  for (const part of text.split(',')) {
    const [range = '', step, ...more] = part.split('/');
    const bounds = readRange(range, field, step !== undefined);
    const stride = step === undefined ? 1 : /^\d{1,2}$/.test(step) ? Number(step) : 0;
    if (bounds === undefined || stride === 0 || more.length > 0) return `${part === '' ? 'Nothing' : part} is no ${field.name}`;
    for (let value = bounds[0]; value <= bounds[1]; value += stride) values.add(value);
  }
  return values;
}

/** `5/15` means from 5 on, every 15; `5` alone only 5. */
function readRange(text: string, field: Field, stepped: boolean): readonly [number, number] | undefined {
  if (text === '*') return [field.least, field.name === DAY_OF_WEEK.name ? 6 : field.most];
  const [from, to, ...more] = text.split('-').map((word) => readValue(word, field));
  if (from === undefined || more.length > 0) return undefined;
  if (!text.includes('-')) return [from, stepped ? field.most : from];
  return to === undefined || to < from ? undefined : [from, to];
}

function readValue(word: string, { least, most, words }: Field): number | undefined {
  const named = words?.indexOf(word.toUpperCase()) ?? -1;
  const value = named >= 0 ? named + (words === MONTHS ? 1 : 0) : /^\d{1,2}$/.test(word) ? Number(word) : Number.NaN;
  return value >= least && value <= most ? value : undefined;
}

function through({ least, most }: Field): ReadonlySet<number> {
  return new Set(Array.from({ length: most - least + 1 }, (_, place) => least + place));
}

function inOrder(values: ReadonlySet<number>): number[] {
  return [...values].sort((a, b) => a - b);
}
