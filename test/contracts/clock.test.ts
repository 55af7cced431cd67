import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../local/clock.ts';

const MINUTE = 60_000;

describe('the virtual clock', () => {
  it('runs timers in the order of their time while it advances', async () => {
    const clock = new VirtualClock({ now: 0, speed: 0 });
    const told: string[] = [];
    clock.at(2 * MINUTE, () => void told.push(`b at ${clock.now()}`));
    clock.at(MINUTE, () => void told.push(`a at ${clock.now()}`));
    await clock.advanceTo(5 * MINUTE);
    assert.deepEqual(told, ['a at 60000', 'b at 120000']);
    assert.equal(clock.now(), 5 * MINUTE);
    clock.stop();
  });

  it('waits for the work that a timer starts before it goes on', async () => {
    const clock = new VirtualClock({ now: 0, speed: 0 });
    const told: number[] = [];
    clock.at(MINUTE, async () => {
      await new Promise((resolve) => setImmediate(resolve));
      clock.at(clock.now() + MINUTE, () => void told.push(clock.now()));
    });
    await clock.advanceTo(3 * MINUTE);
    assert.deepEqual(told, [2 * MINUTE]);
    clock.stop();
  });

  it('jumps at speed max as long as somebody waits, and stands still when nobody does', async () => {
    const clock = new VirtualClock({ now: 0, speed: 'max' });
    let ticks = 0;
    const tick = (at: number): void => void clock.at(at, () => (ticks++, tick(at + MINUTE)), { background: true });
    tick(MINUTE);
    await clock.idle();
    assert.equal(clock.now(), 0);
    await new Promise<void>((resolve) => clock.at(10 * MINUTE + 1, () => resolve()));
    assert.equal(clock.now(), 10 * MINUTE + 1);
    assert.equal(ticks, 10);
    clock.stop();
  });

  it('does not run a cancelled timer', async () => {
    const clock = new VirtualClock({ now: 0, speed: 0 });
    let ran = false;
    clock.at(MINUTE, () => void (ran = true)).cancel();
    await clock.advanceTo(2 * MINUTE);
    assert.equal(ran, false);
    clock.stop();
  });
});
