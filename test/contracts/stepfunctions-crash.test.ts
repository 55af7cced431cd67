import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import fc from 'fast-check';
import { Disk } from '../../local/disk.ts';
import { Storage } from '../../local/aws/stepfunctions/storage.ts';
import { createWorld, EXECUTION, MACHINE, ROLE, START, told } from './stepfunctions-world.ts';
import type { StepFunctionsWorld } from './stepfunctions-world.ts';
import { machines } from './stepfunctions-machines.ts';

const SEED = 20260301;
const MACHINES = 60;
const TURNS_MAX = 2_000;
const TABLES = ['states_machines', 'states_executions', 'states_events', 'states_frames', 'states_tokens', 'states_announcements'];

interface Snapshot {
  readonly at: number;
  readonly rows: Readonly<Record<string, Record<string, string | number | null>[]>>;
}

/** A disk that remembers what was on it after every transaction: the states that a killed process can leave behind. */
class RememberingDisk extends Disk {
  readonly snapshots: Snapshot[] = [];
  now: () => number = () => 0;

  override transaction<T>(work: () => T): T {
    const result = super.transaction(work);
    const rows = Object.fromEntries(TABLES.map((table) => [table, this.sql.prepare(`SELECT * FROM ${table}`).all() as Record<string, string | number | null>[]]));
    this.snapshots.push({ at: this.now(), rows });
    return result;
  }

  static from(snapshot: Snapshot | undefined): RememberingDisk {
    const disk = new RememberingDisk(':memory:');
    new Storage(disk);
    for (const [table, rows] of Object.entries(snapshot?.rows ?? {})) {
      for (const row of rows) {
        const names = Object.keys(row);
        disk.sql.prepare(`INSERT INTO ${table} (${names.join()}) VALUES (${names.map(() => '?').join()})`).run(...Object.values(row));
      }
    }
    return disk;
  }
}

interface Asked {
  readonly key: string;
  readonly token?: string;
}

/**
 * What the functions of a random machine do, the same for the same key however often they are asked: succeed, fail with one
 * of two errors, or, given a token, answer it later, or too late. No two answers fall on the same instant, since which of two
 * comes first would be anybody's guess.
 */
class Functions {
  readonly #dues = new Map<string, number>();

  outcome(key: string): { kind: 'well' | 'Busy' | 'Fatal'; n: number; seconds: number } {
    const [a = 0, b = 0, c = 0] = createHash('sha256').update(key).digest();
    return { kind: a < 150 ? 'well' : a < 225 ? 'Busy' : 'Fatal', n: b % 10, seconds: c % 7 };
  }

  /** When the token of this key is answered; asked again, it is the same instant. */
  due(key: string, now: number): number {
    const known = this.#dues.get(key);
    if (known !== undefined) return known;
    let due = now + this.outcome(key).seconds * 1000 + 1;
    while ([...this.#dues.values()].includes(due)) due += 1;
    this.#dues.set(key, due);
    return due;
  }
}

interface Story {
  readonly snapshots: Snapshot[];
  readonly asked: string[];
  readonly events: HistoryEvent[];
  readonly lines: string[];
  readonly end: unknown;
  readonly statuses: string[];
}

/** Runs a machine to its end, from the beginning or from what a killed process left behind. */
async function tell(definition: unknown, functions: Functions, from?: Snapshot, given: readonly Asked[] = [], life = 0): Promise<Story> {
  const disk = RememberingDisk.from(from);
  const asked: Asked[] = [];
  const answer = (key: string, token: string): Promise<unknown> => {
    const { kind, n } = functions.outcome(key);
    const sent = kind === 'well' ? world.call('SendTaskSuccess', { taskToken: token, output: JSON.stringify({ Payload: { n } }) }) : world.call('SendTaskFailure', { taskToken: token, error: kind });
    return Promise.resolve(sent).catch((error: { code?: string }) => assert.equal(error.code, 'TaskTimedOut'));
  };
  const invoke = async (_arn: string, payload: unknown): Promise<{ payload: unknown } | { functionError: { errorType: string; errorMessage: string } }> => {
    const { key, token } = payload as { key: string; token?: string };
    asked.push({ key, ...(token === undefined ? {} : { token }) });
    const { kind, n } = functions.outcome(key);
    if (token === undefined) return kind === 'well' ? { payload: { n } } : { functionError: { errorType: kind, errorMessage: key } };
    const due = functions.due(key, world.clock.now());
    world.clock.at(due, async () => void (await answer(key, token)));
    return { payload: null };
  };
  const world: StepFunctionsWorld = createWorld({ invoke }, { disk, now: from?.at ?? START, firstId: life * 1_000_000 });
  const { clock } = world;
  disk.now = () => clock.now();
  for (const { key, token } of given) {
    if (token !== undefined) clock.at(functions.due(key, clock.now()), async () => void (await answer(key, token)));
  }
  if (from === undefined) await world.run(definition, { path: '', n: 1 });
  else world.sfn.resume();
  await clock.idle();
  for (let turns = 0; ; turns += 1) {
    const { status, output, error, cause } = await world.call('DescribeExecution', { executionArn: EXECUTION });
    const next = clock.nextForegroundAt();
    if (status !== 'RUNNING') {
      await clock.idle();
      const events = await world.events();
      const end = { status, output, error, cause, transitions: world.sfn.transitions(EXECUTION) };
      const statuses = world.changes.map(({ detail }) => detail.status);
      return { snapshots: disk.snapshots, asked: asked.map(({ key }) => key), events, lines: told(events).map(withoutTokens), end, statuses };
    }
    assert.ok(next !== undefined && turns < TURNS_MAX, `stuck after ${turns} turns:\n${told(await world.events()).join('\n')}`);
    await clock.advanceTo(next);
  }
}

function withoutTokens(line: string): string {
  return line.replace(/AQDE\w+/g, 'TOKEN');
}

/** Of the tasks in a history: the keys of those that are over, and of those that were given their token and wait. */
function tasksOf(rows: Snapshot['rows']): { over: Set<string>; given: Asked[] } {
  const events = (rows['states_events'] ?? []).map((row) => JSON.parse(String(row['document'])) as HistoryEvent);
  const byId = new Map(events.map((event) => [event.id, event]));
  const over = new Set<string>();
  const given: Asked[] = [];
  for (const event of events) {
    if (!/^Task(Succeeded|Failed|TimedOut|Submitted)$/.test(event.type ?? '')) continue;
    let scheduled = event;
    while (scheduled.type !== 'TaskScheduled') scheduled = byId.get(scheduled.previousEventId ?? 0) as HistoryEvent;
    const { Payload } = JSON.parse(scheduled.taskScheduledEventDetails?.parameters ?? '{}') as { Payload: Asked };
    over.add(Payload.key);
    if (event.type === 'TaskSubmitted') given.push(Payload);
  }
  return { over, given };
}

describe('a machine whose process is killed', () => {
  it(`comes to the same end by the same history, wherever it is killed (seed ${SEED})`, { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(machines, fc.array(fc.nat(), { minLength: 1, maxLength: 4 }), async (definition, kills) => {
        const functions = new Functions();
        const untouched = await tell(definition, functions);
        const statuses = [...untouched.statuses];
        let before = untouched;
        for (const [index, kill] of kills.entries()) {
          // The first snapshots are the machine's creation: there is nothing to resume.
          const crashes = before.snapshots.filter(({ rows }) => (rows['states_executions'] ?? []).length > 0);
          const snapshot = crashes[kill % crashes.length];
          // After the last one nothing is written any more.
          if (snapshot === undefined) break;
          const { over, given } = tasksOf(snapshot.rows);
          const after = await tell(definition, functions, snapshot, given, index + 1);
          assert.deepEqual(after.lines, untouched.lines);
          assert.deepEqual(after.end, untouched.end);
          assert.deepEqual(after.asked.filter((key) => over.has(key)), []);
          assert.equal(new Set(after.asked).size, after.asked.length);
          statuses.push(...after.statuses);
          before = after;
        }
        assert.ok(statuses.includes('RUNNING') && statuses.some((status) => status !== 'RUNNING'));
      }),
      { seed: SEED, numRuns: MACHINES },
    );
  });

  it('is tried on machines that use every move', { timeout: 60_000 }, async () => {
    const seen = new Set<string>();
    for (const definition of fc.sample(machines, { seed: SEED, numRuns: MACHINES })) for (const { type } of (await tell(definition, new Functions())).events) seen.add(type ?? '');
    for (const type of ['MapIterationAborted', 'ParallelStateFailed', 'TaskTimedOut', 'TaskSubmitted', 'WaitStateAborted', 'ExecutionSucceeded', 'ExecutionFailed', 'MapStateSucceeded', 'ParallelStateSucceeded', 'ChoiceStateExited']) {
      assert.ok(seen.has(type), `${type} among ${[...seen].sort().join()}`);
    }
  });
});

describe('a process that is killed with -9', () => {
  it('goes on where it was when it is started again', { timeout: 60_000 }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stepfunctions-'));
    try {
      // Each child is killed after so many calls of its function; the last one may come to its end.
      const calls: number[] = [];
      for (const killAfter of [3, 7, 12, Infinity]) calls.push(await child(folder, killAfter));
      const done = JSON.parse(readFileSync(join(folder, 'done.json'), 'utf8')) as { status: string; output: string; ids: number[] };
      assert.equal(done.status, 'SUCCEEDED');
      assert.deepEqual(JSON.parse(done.output), Array.from({ length: 20 }, (_, index) => index * 2));
      assert.deepEqual(done.ids, Array.from({ length: done.ids.length }, (_, index) => index + 1));
      const all = calls.reduce((sum, count) => sum + count, 0);
      // Two at a time, three kills: at most two calls were under way at each, and only those are made again.
      assert.ok(all >= 20 && all <= 20 + 3 * 2, `${all} calls`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** Runs the child until it ends or has called its function so often; answers how often it did. */
function child(folder: string, killAfter: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const running = spawn(process.execPath, [join(import.meta.dirname, 'stepfunctions-child.ts'), folder], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, MACHINE, ROLE, EXECUTION } });
    let calls = 0;
    running.stdout.on('data', (chunk: Buffer) => {
      calls += chunk.toString().split('call').length - 1;
      if (calls >= killAfter) running.kill('SIGKILL');
    });
    running.on('error', reject);
    running.on('close', () => resolve(calls));
  });
}
