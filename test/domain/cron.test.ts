import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDayOf, readCron, timesADay, type Cron } from '../../domain/cron.ts';

function read(text: string): Cron {
  const cron = readCron(text);
  assert.ok(typeof cron !== 'string', `${text}: ${String(cron)}`);
  return cron;
}

describe('a cron expression', () => {
  it('has numbers, names, lists, ranges and steps', () => {
    assert.deepEqual(read('0 2 * * SAT').daysOfWeek, new Set([6]));
    assert.deepEqual(read('0 2 * * mon-Fri').daysOfWeek, new Set([1, 2, 3, 4, 5]));
    assert.deepEqual(read('0 2 * * 5-7').daysOfWeek, new Set([5, 6, 0]));
    assert.deepEqual(read('0 2 * JAN,jul *').months, new Set([1, 7]));
    assert.deepEqual(read('*/20 22,4 * * *').minutes, [0, 20, 40]);
    assert.deepEqual(read('5/25 1-3 * * *').minutes, [5, 30, 55]);
    assert.deepEqual(read('0 8-18/5 * * *').hours, [8, 13, 18]);
    assert.equal(timesADay(read('0,30 1-3 * * *')), 6);
  });

  it('fits a day by either kind of day where both are restricted, by both where one is not', () => {
    const thirteenthOrFriday = read('0 2 13 * FRI');
    const day = (month: number, day: number, weekday: number) => ({ month, day, weekday });
    assert.deepEqual([day(2, 13, 3), day(2, 6, 5), day(2, 14, 6)].map((date) => isDayOf(thirteenthOrFriday, date)), [true, true, false]);
    assert.deepEqual([day(2, 13, 3), day(2, 6, 5)].map((date) => isDayOf(read('0 2 * * FRI'), date)), [false, true]);
    assert.deepEqual([day(2, 13, 3), day(3, 13, 3)].map((date) => isDayOf(read('0 2 13 2 *'), date)), [true, false]);
  });

  for (const text of ['', '0 2 * *', '0 2 * * * *', '60 2 * * *', '0 24 * * *', '0 2 0 * *', '0 2 32 * *', '0 2 * 13 *', '0 2 * * 8', '0 2 * * SATURDAY', '0 2 5-1 * *', '*/0 2 * * *', '1,,2 2 * * *', '1-2-3 2 * * *', '1/2/3 2 * * *', '-1 2 * * *', '@daily', '0 2 30 2 *', '0 2 29 FEB *', '0 2 31 4,6 *', '1e1 2 * * *', '0 2 L * *']) {
    it(`is none: "${text}"`, () => {
      assert.equal(typeof readCron(text), 'string');
    });
  }
});
