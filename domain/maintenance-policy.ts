import { Temporal } from 'temporal-polyfill';
import * as z from 'zod';
import { readCron, TIME_OF_DAY, timesADay, WEEKDAYS } from './cron.ts';
import { Reason, text } from './request-words.ts';

/** When work may begin on a cluster: its maintenance windows, and the freezes that override them. */

/** Windows of one cluster; two for each day of a week are enough to say any week. */
const WINDOWS_MAX = 14;
/** Openings of one window in a day; more often is meant as "any time", and is said by no window at all. */
const OPENINGS_A_DAY_MAX = 24;
/** A control plane's hop takes up to thirteen minutes; in less than this little could ever be begun. */
const WINDOW_MINUTES_MIN = 30;
/** Longer windows are said by a cron of several days. */
const WINDOW_MINUTES_MAX = 1440;
const FREEZES_MAX = 50;
/** A freeze has an end that its owner lives to see. */
const FREEZE_DAYS_MAX = 366;
const DAY_MS = 86_400_000;

/** RFC 3339 with any offset, kept in UTC. */
export const Moment = z.iso
  .datetime({ offset: true, error: 'A moment is written as in RFC 3339: 2026-10-05T09:00:00Z' })
  .max(40)
  .transform((moment) => new Date(moment).toISOString());

const TimeZone = z
  .string()
  .max(64)
  .regex(/^[A-Za-z][A-Za-z0-9_+/-]*$/, 'A time zone is named as in the IANA database: Europe/Berlin')
  .refine(isKnownZone, { message: 'Not a time zone of the IANA database' })
  .meta({ description: 'A name of the IANA database, such as `Europe/Berlin`.' });

const CronText = z
  .string()
  .max(100)
  .superRefine((cron, context) => {
    const read = readCron(cron);
    if (typeof read === 'string') context.addIssue({ code: 'custom', message: read });
    else if (timesADay(read) > OPENINGS_A_DAY_MAX) context.addIssue({ code: 'custom', message: `A window opens at most ${OPENINGS_A_DAY_MAX} times a day` });
  })
  .meta({ description: 'When it opens: minute, hour, day of the month, month, day of the week, in the time zone of the policy.' });

const Weekly = z
  .strictObject({
    days: z
      .array(z.enum(WEEKDAYS))
      .min(1)
      .max(WEEKDAYS.length)
      .refine((days) => new Set(days).size === days.length, { message: 'Each day once' }),
    at: z.string().max(5).regex(TIME_OF_DAY, 'A time of day is written as on a clock of 24 hours: 02:00').meta({ description: 'In the time zone of the policy: `02:00`.' }),
  })
  .meta({ description: 'When it opens, said without cron: on these days of every week, at this time.' });

const Window = z
  .strictObject({
    cron: CronText.optional(),
    weekly: Weekly.optional(),
    durationMinutes: z.int().min(WINDOW_MINUTES_MIN).max(WINDOW_MINUTES_MAX).meta({ description: 'Minutes as they pass: a change of the clocks makes it neither longer nor shorter.' }),
  })
  .refine((window) => (window.cron === undefined) !== (window.weekly === undefined), { message: 'Say when it opens by `cron` or by `weekly`, one of the two' })
  .meta({ description: 'Opens by `cron` or by `weekly`, one of the two.' });
export type Window = z.output<typeof Window>;

const Freeze = z
  .strictObject({ from: Moment, to: Moment, owner: text(128), reason: Reason })
  .refine(({ from, to }) => from < to, { message: 'A freeze ends after it begins', path: ['to'] })
  .refine(({ from, to }) => Date.parse(to) - Date.parse(from) <= FREEZE_DAYS_MAX * DAY_MS, { message: `A freeze lasts ${FREEZE_DAYS_MAX} days at most`, path: ['to'] });

export const MaintenancePolicy = z
  .strictObject({
    timeZone: TimeZone,
    windows: z.array(Window).max(WINDOWS_MAX).default([]).meta({ description: 'Steps of an upgrade begin only within one. Without any: at any time.' }),
    freezes: z.array(Freeze).max(FREEZES_MAX).default([]).meta({ description: 'While one lasts nothing is begun, whatever the windows say.' }),
  })
  .meta({ id: 'MaintenancePolicy' });
export type MaintenancePolicy = z.output<typeof MaintenancePolicy>;

function isKnownZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}
