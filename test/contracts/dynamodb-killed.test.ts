import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createEngine, tableFor } from '../../local/aws/dynamodb/engine.ts';
import { projectInto } from '../../local/aws/dynamodb/definition.ts';
import type { Call } from '../../local/aws/service.ts';
import { VirtualClock } from '../../local/clock.ts';
import { Disk } from '../../local/disk.ts';
import { createRandom } from '../../local/random.ts';

const SEED = 20261102;
const ROUNDS = 6;
/** The control ends at the first tear; this many rounds without one would be a wonder. */
const CONTROL_ROUNDS_MAX = 150;
const WRITER = new URL('./dynamodb-writer.ts', import.meta.url).pathname;

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-killed-'));
});
after(() => rmSync(folder, { recursive: true }));

/** Lets the writer acknowledge `lines` transactions, kills it with no warning, and answers the last that it had acknowledged. */
async function killAfter(lines: number, path: string, mode: string, from: number): Promise<number> {
  const child = spawn(process.execPath, [WRITER, path, mode, String(from)], { stdio: ['ignore', 'pipe', 'inherit'] });
  let told = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    told += chunk as string;
    if (told.split('\n').length > lines) child.kill('SIGKILL');
  }
  return Number(told.slice(0, told.lastIndexOf('\n')).split('\n').at(-1));
}

/** What stands on the disk: each item's number, and those that the index knows. */
function standing(path: string): { numbers: number[]; indexed: number[] } {
  const disk = new Disk(path);
  const clock = new VirtualClock({ now: 1_793_610_000_000, speed: 0 });
  const engine = createEngine({ disk, clock, ...createRandom(1) });
  const table = tableFor(engine, { accountId: '000000000000', region: 'us-east-1' } as Call, 'killed');
  const [index] = table.indexes;
  const numbers = [...engine.rows.read(table, undefined, { forward: true })].map((item) => Number(item['n']?.N));
  const indexed = [...engine.rows.read(table, index, { forward: true })].map((item) => Number((index && projectInto(table, index, item))?.['n']?.N));
  disk.close();
  clock.stop();
  return { numbers, indexed };
}

function isTorn({ numbers, indexed }: { numbers: number[]; indexed: number[] }): boolean {
  return numbers.length !== 4 || new Set(numbers).size !== 1 || indexed.length !== 4 || new Set(indexed).size !== 1;
}

describe('a process killed in the middle of its transactions', () => {
  it(`leaves none torn and loses none that it had acknowledged (seed ${SEED})`, async () => {
    const { random } = createRandom(SEED);
    const path = join(folder, 'whole.sqlite');
    let acknowledged = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      acknowledged = await killAfter(1 + Math.floor(random() * 60), path, 'whole', acknowledged + 1);
      const found = standing(path);
      assert.ok(!isTorn(found), `round ${round}: ${JSON.stringify(found)}`);
      const [n = 0] = found.numbers;
      assert.ok(n >= acknowledged, `round ${round}: ${acknowledged} was acknowledged, ${n} stands`);
      acknowledged = n;
    }
  });

  it(`leaves torn ones when there are no transactions: this test can see them (seed ${SEED})`, async () => {
    const { random } = createRandom(SEED);
    const path = join(folder, 'torn.sqlite');
    let [acknowledged, torn] = [0, false];
    for (let round = 0; round < CONTROL_ROUNDS_MAX && !torn; round += 1) {
      acknowledged = await killAfter(1 + Math.floor(random() * 60), path, 'torn', acknowledged + 1);
      torn = isTorn(standing(path));
    }
    assert.ok(torn);
  });
});
