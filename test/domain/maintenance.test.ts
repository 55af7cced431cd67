import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { MaintenancePolicy } from '../../domain/maintenance-policy.ts';
import { neverFits, nextOpening, notNow, openTimes } from '../../domain/maintenance.ts';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;
const at = (text: string): number => Date.parse(text);
const saturdays = { cron: '0 2 * * SAT', durationMinutes: 240 };
const weekends = { weekly: { days: ['SAT', 'SUN'], at: '02:00' }, durationMinutes: 240 };

function policy(more: Partial<Record<keyof MaintenancePolicy, unknown>> = {}): MaintenancePolicy {
  return MaintenancePolicy.parse({ timeZone: 'Europe/Berlin', windows: [saturdays], ...more });
}

function openAt(kept: MaintenancePolicy, now: number): boolean {
  return notNow(kept, now, 0) === undefined;
}

describe('a maintenance window', () => {
  it('lets work begin from its opening until it is too short for it', () => {
    assert.deepEqual(
      ['2026-10-09T23:59:59Z', '2026-10-10T00:00:00Z', '2026-10-10T03:50:00Z', '2026-10-10T03:50:01Z'].map((moment) => notNow(policy(), at(moment), 600)?.kind),
      ['MaintenanceWindow', undefined, undefined, 'MaintenanceWindow'],
    );
  });

  it('that is closed says when the next opens, in its own zone', () => {
    assert.deepEqual(notNow(policy(), at('2026-10-05T09:00:00Z'), 600), {
      kind: 'MaintenanceWindow',
      until: at('2026-10-10T00:00:00Z'),
      because: 'Outside the maintenance windows; the next opens at 2026-10-10 02:00 Europe/Berlin.',
    });
  });

  it('with too little left says how much is left and when it goes on', () => {
    assert.deepEqual(notNow(policy(), at('2026-10-10T03:55:00Z'), 600), {
      kind: 'MaintenanceWindow',
      until: at('2026-10-17T00:00:00Z'),
      because: 'It takes about 10 minutes, and 5 are left of the maintenance window. It goes on at 2026-10-17 02:00 Europe/Berlin.',
    });
  });

  it('that is always too short is said to be, without an end to wait for', () => {
    const short = policy({ windows: [{ cron: '0 2 * * SAT', durationMinutes: 30 }] });
    assert.deepEqual(notNow(short, at('2026-10-05T09:00:00Z'), 3600), { kind: 'MaintenanceWindow', because: 'It takes about 60 minutes, and no maintenance window of the next 400 days is so long.' });
    assert.deepEqual(neverFits(short, at('2026-10-05T09:00:00Z'), [{ seconds: 1800 }, { seconds: 1801 }]), { seconds: 1801 });
  });

  it('that is said by days and a time opens on them, in the zone of the policy', () => {
    const opens = [...new Array(3).keys()].reduce<number[]>((all) => [...all, nextOpening(policy({ windows: [weekends] }), all.at(-1) ?? at('2026-10-19T00:00:00Z')) ?? 0], []);
    assert.deepEqual(opens.map((moment) => new Date(moment).toISOString()), ['2026-10-24T00:00:00.000Z', '2026-10-25T00:00:00.000Z', '2026-10-31T01:00:00.000Z']);
  });

  it('opens by cron or by weekly, and the one that says both or neither is told so', () => {
    for (const window of [{ ...saturdays, ...weekends }, { durationMinutes: 240 }]) {
      const { error } = MaintenancePolicy.safeParse({ timeZone: 'Europe/Berlin', windows: [window] });
      assert.deepEqual(error?.issues.map(({ path, message }) => [path.join('.'), message]), [['windows.0', 'Say when it opens by `cron` or by `weekly`, one of the two']]);
    }
  });

  it('runs together with one that it touches', () => {
    const night = policy({ windows: [{ cron: '0 22 * * *', durationMinutes: 120 }, { cron: '0 0 * * *', durationMinutes: 120 }] });
    assert.equal(notNow(night, at('2026-10-05T21:00:00Z'), 3 * 3600), undefined);
  });

  it('of which there is none lets work begin at any time', () => {
    assert.equal(notNow(policy({ windows: [] }), at('2026-10-05T09:00:00Z'), 86_400), undefined);
  });

  it('that the clocks leave out opens as much later as they are put forward, and lasts as long as ever', () => {
    const inTheGap = policy({ windows: [{ cron: '30 2 * * *', durationMinutes: 60 }] });
    assert.deepEqual(['2026-03-29T01:29:00Z', '2026-03-29T01:30:00Z', '2026-03-29T02:29:00Z', '2026-03-29T02:30:00Z'].map((moment) => openAt(inTheGap, at(moment))), [false, true, true, false]);
  });

  it('at a time that comes twice opens once, the first time', () => {
    const inTheOverlap = policy({ windows: [{ cron: '30 2 * * *', durationMinutes: 30 }] });
    assert.deepEqual(['2026-10-25T00:30:00Z', '2026-10-25T00:59:00Z', '2026-10-25T01:00:00Z', '2026-10-25T01:30:00Z'].map((moment) => openAt(inTheOverlap, at(moment))), [true, true, false, false]);
  });

  it('that opens next is not the one that is open', () => {
    assert.equal(nextOpening(policy(), at('2026-10-10T01:00:00Z')), at('2026-10-17T00:00:00Z'));
    assert.equal(nextOpening(policy({ windows: [] }), at('2026-10-10T01:00:00Z')), undefined);
  });

  for (const [what, wrong] of [
    ['a zone that is none', { timeZone: 'Europe/Atlantis' }],
    ['an offset for a zone', { timeZone: '+02:00' }],
    ['a cron expression that is none', { windows: [{ cron: 'at night', durationMinutes: 60 }] }],
    ['more than 24 openings a day', { windows: [{ cron: '*/10 * * * *', durationMinutes: 60 }] }],
    ['a day of the week that is none', { windows: [{ weekly: { days: ['SAT', 'Sunday'], at: '02:00' }, durationMinutes: 60 }] }],
    ['a day of the week twice', { windows: [{ weekly: { days: ['SAT', 'SAT'], at: '02:00' }, durationMinutes: 60 }] }],
    ['no day of the week', { windows: [{ weekly: { days: [], at: '02:00' }, durationMinutes: 60 }] }],
    ['a time of day that is none', { windows: [{ weekly: { days: ['SAT'], at: '24:00' }, durationMinutes: 60 }] }],
    ['less than half an hour', { windows: [{ cron: '0 2 * * *', durationMinutes: 29 }] }],
    ['more than a day', { windows: [{ cron: '0 2 * * *', durationMinutes: 1441 }] }],
    ['a freeze without an end', { freezes: [{ from: '2026-10-01T00:00:00Z', owner: 'ada', reason: 'Sale' }] }],
    ['a freeze that ends before it begins', { freezes: [{ from: '2026-10-02T00:00:00Z', to: '2026-10-01T00:00:00Z', owner: 'ada', reason: 'Sale' }] }],
    ['a freeze of more than a year', { freezes: [{ from: '2026-10-02T00:00:00Z', to: '2027-10-04T00:00:00Z', owner: 'ada', reason: 'Sale' }] }],
  ] as const) {
    it(`does not take ${what}`, () => {
      assert.equal(MaintenancePolicy.safeParse({ timeZone: 'Europe/Berlin', windows: [saturdays], ...wrong }).success, false);
    });
  }
});

describe('a freeze', () => {
  const sale = { from: '2026-10-10T02:00:00+02:00', to: '2026-10-10T04:00:00+02:00', owner: 'grace', reason: 'The autumn sale' };

  it('overrides a window, and names its owner and its end', () => {
    assert.deepEqual(notNow(policy({ freezes: [sale] }), at('2026-10-10T01:00:00Z'), 600), { kind: 'Freeze', until: at('2026-10-10T02:00:00Z'), because: 'Frozen by grace until 2026-10-10 04:00 Europe/Berlin: The autumn sale' });
    assert.equal(notNow(policy({ freezes: [sale] }), at('2026-10-10T02:00:00Z'), 600), undefined);
  });

  it('that would begin before the work is done holds it too', () => {
    const always = policy({ windows: [], freezes: [sale] });
    assert.equal(notNow(always, at('2026-10-09T23:50:00Z'), 600), undefined);
    assert.deepEqual(notNow(always, at('2026-10-09T23:55:00Z'), 600), {
      kind: 'Freeze',
      until: at('2026-10-10T02:00:00Z'),
      because: 'It takes about 10 minutes, and grace has frozen the cluster from 2026-10-10 02:00 Europe/Berlin on (The autumn sale). It goes on at 2026-10-10 04:00 Europe/Berlin.',
    });
  });

  it('is obeyed also where windows are ignored', () => {
    assert.equal(notNow(policy({ freezes: [sale] }), at('2026-10-05T09:00:00Z'), 600, true), undefined);
    assert.equal(notNow(policy({ freezes: [sale] }), at('2026-10-10T01:00:00Z'), 600, true)?.kind, 'Freeze');
  });
});

const WEEK = ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'] as const;

/** Zones with other rules for their clocks, each around days on which it changes them. */
const CHANGES = [
  ['Europe/Berlin', '2026-03-28T00:00:00Z'],
  ['Europe/Berlin', '2026-10-24T00:00:00Z'],
  ['America/New_York', '2026-03-07T00:00:00Z'],
  ['America/New_York', '2026-10-31T00:00:00Z'],
  ['Australia/Lord_Howe', '2026-04-04T00:00:00Z'],
  ['Australia/Lord_Howe', '2026-10-03T00:00:00Z'],
  ['America/Santiago', '2026-09-05T00:00:00Z'],
  ['Asia/Kolkata', '2026-06-01T00:00:00Z'],
] as const;
const BEFORE_DAYS = 3;
const WATCHED_DAYS = 3;

describe('the open times of windows', () => {
  it('are those that a walk minute by minute finds, over every change of the clocks', () => {
    const number = (most: number) => fc.integer({ min: 0, max: most });
    const durationMinutes = fc.oneof(fc.integer({ min: 30, max: 180 }), fc.integer({ min: 30, max: 1440 }));
    const two = (most: number) => number(most).map((value) => String(value).padStart(2, '0'));
    const byWeek = fc.record({ days: fc.uniqueArray(fc.constantFrom(...WEEK), { minLength: 1 }), at: fc.tuple(fc.oneof(two(4), two(23)), two(59)).map((time) => time.join(':')) });
    const byCron = fc.record({
      cron: fc.tuple(fc.oneof(number(59).map(String), fc.constant('*/30')), fc.oneof(number(4).map(String), number(23).map(String), fc.constant('0-3')), fc.constantFrom('*', '*', '29', '1-15'), fc.constantFrom('*', '*', 'SUN', 'SAT,SUN', '0-3')).map(([minute, hour, day, weekday]) => `${minute} ${hour} ${day} * ${weekday}`),
      durationMinutes,
    });
    const windows = fc.array(fc.oneof(byCron, fc.record({ weekly: byWeek, durationMinutes })), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.constantFrom(...CHANGES), windows, fc.option(fc.tuple(number(4000), fc.integer({ min: 1, max: 2000 })), { nil: undefined }), ([timeZone, start], asked, frozen) => {
        const from = at(start);
        const moment = (minutes: number): string => new Date(from + minutes * MINUTE_MS).toISOString();
        const freezes = frozen === undefined ? [] : [{ from: moment(frozen[0]), to: moment(frozen[0] + frozen[1]), owner: 'ada', reason: 'Sale' }];
        const kept = policy({ timeZone, windows: asked, freezes });
        const walked = walk(kept, from);
        const found = new Array<boolean>(walked.length).fill(false);
        for (const stretch of openTimes(kept, from)) {
          if (stretch.from >= from + walked.length * MINUTE_MS) break;
          for (let minute = Math.max(0, (stretch.from - from) / MINUTE_MS); minute < Math.min(walked.length, (stretch.to - from) / MINUTE_MS); minute += 1) found[minute] = true;
        }
        const first = found.findIndex((open, minute) => open !== walked[minute]);
        assert.equal(first, -1, `differs at ${moment(first)}`);
      }),
      { seed: 7, numRuns: 60 },
    );
  });
});

/** Whether each minute is open: by Intl's clock and its own reading of the fields, a step of a minute at a time. */
function walk(kept: MaintenancePolicy, from: number): boolean[] {
  const clock = wallClock(kept.timeZone, from);
  const open = new Array<boolean>(WATCHED_DAYS * DAY_MINUTES).fill(false);
  const seen = new Set<number>();
  let wallBefore: number | undefined;
  for (let minute = -BEFORE_DAYS * DAY_MINUTES; minute < open.length; minute += 1) {
    const wall = clock[minute + BEFORE_DAYS * DAY_MINUTES] ?? Number.NaN;
    // The wall clock leapt: what it left out comes as much later as it leapt.
    const leapt = wallBefore === undefined ? 0 : Math.max(0, (wall - wallBefore) / MINUTE_MS - 1);
    for (let missing = 0; missing < leapt; missing += 1) openFrom(wall - (leapt - missing) * MINUTE_MS, minute + missing);
    openFrom(wall, minute);
    wallBefore = wall;
  }
  return open.map((yes, minute) => yes && !kept.freezes.some((freeze) => Date.parse(freeze.from) <= from + minute * MINUTE_MS && from + minute * MINUTE_MS < Date.parse(freeze.to)));

  function openFrom(wall: number, minute: number): void {
    if (seen.has(wall)) return;
    seen.add(wall);
    for (const window of kept.windows) if (names(fieldsOf(window), new Date(wall))) for (let later = minute; later < Math.min(open.length, minute + window.durationMinutes); later += 1) if (later >= 0) open[later] = true;
  }
}

const clocks = new Map<string, readonly number[]>();

/** What Intl's clock on the wall shows, minute by minute, read as if it were UTC. */
function wallClock(timeZone: string, from: number): readonly number[] {
  const known = clocks.get(`${timeZone} ${from}`);
  if (known !== undefined) return known;
  const format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', day: 'numeric', hour: 'numeric', minute: 'numeric', month: 'numeric', year: 'numeric' });
  const read = Array.from({ length: (BEFORE_DAYS + WATCHED_DAYS) * DAY_MINUTES }, (_none, place) => {
    const parts = Object.fromEntries(format.formatToParts(from + (place - BEFORE_DAYS * DAY_MINUTES) * MINUTE_MS).map(({ type, value }) => [type, Number(value)]));
    return Date.UTC(parts['year'] ?? 0, (parts['month'] ?? 0) - 1, parts['day'], parts['hour'], parts['minute']);
  });
  clocks.set(`${timeZone} ${from}`, read);
  return read;
}

function fieldsOf({ cron, weekly }: MaintenancePolicy['windows'][number]): string {
  return cron ?? `${Number(weekly?.at.slice(3))} ${Number(weekly?.at.slice(0, 2))} * * ${weekly?.days.join(',')}`;
}

function names(cron: string, wall: Date): boolean {
  const [minute = '', hour = '', day = '', , weekday = ''] = cron.split(' ');
  const week: readonly string[] = WEEK;
  const fits = (field: string, value: number): boolean =>
    field.split(',').some((part) => {
      if (part === '*') return true;
      if (part === '*/30') return value % 30 === 0;
      const [low = 0, high = low] = part.split('-').map((word) => (week.includes(word) ? week.indexOf(word) : Number(word)));
      return low <= value && value <= high;
    });
  const [byMonth, byWeek] = [fits(day, wall.getUTCDate()), fits(weekday, wall.getUTCDay())];
  const dayFits = day !== '*' && weekday !== '*' ? byMonth || byWeek : byMonth && byWeek;
  return fits(minute, wall.getUTCMinutes()) && fits(hour, wall.getUTCHours()) && dayFits;
}
