import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Disk } from '../../local/disk.ts';
import { createWorld, EXECUTION, invoke, machine, MACHINE, ROLE } from './stepfunctions-world.ts';

/** A process that runs one execution on a disk of its own, to be killed at any moment and started again. Says `call` for every call of its function. */
const folder = process.argv[2] ?? '.';
const disk = new Disk(join(folder, 'states.db'));
const started = disk.sql.prepare("SELECT count(*) AS n FROM sqlite_master WHERE name = 'states_executions'").get() as { n: number };
const world = createWorld(
  {
    invoke: async (_arn, payload) => {
      process.stdout.write('call\n');
      // Long enough for the killing to come in the middle.
      await new Promise((resolve) => setTimeout(resolve, 10));
      return { payload: (payload as number) * 2 };
    },
  },
  { disk, firstId: process.pid * 1_000_000, speed: 'max' },
);
const twice = { Type: 'Wait', Seconds: 60, Next: 'T' };
const map = {
  Type: 'Map',
  Items: Array.from({ length: 20 }, (_, index) => index),
  MaxConcurrency: 2,
  ItemProcessor: { StartAt: 'W', States: { W: twice, T: invoke({ Output: '{% $states.result.Payload %}', End: true }) } },
  End: true,
};
if (started.n === 0) {
  await world.call('CreateStateMachine', { name: 'm', roleArn: ROLE, definition: JSON.stringify(machine({ M: map })) });
  await world.call('StartExecution', { stateMachineArn: MACHINE, name: 'e', input: '{}' });
} else {
  world.sfn.resume();
}
for (;;) {
  const { status, output } = await world.call('DescribeExecution', { executionArn: EXECUTION });
  if (status !== 'RUNNING') {
    const ids = (await world.events()).map(({ id }) => id);
    writeFileSync(join(folder, 'done.json'), JSON.stringify({ status, output, ids }));
    break;
  }
  await new Promise((resolve) => setTimeout(resolve, 5));
}
world.clock.stop();
