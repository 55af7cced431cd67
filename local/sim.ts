import { join } from 'node:path';
import { startEndpoint, type Endpoint } from './aws/endpoint.ts';
import { createSimulatedAws } from './aws/index.ts';
import { VirtualClock } from './clock.ts';
import { Disk } from './disk.ts';
import { createRandom } from './random.ts';
import { readSettings } from './settings.ts';

const DATA_DIR = '.slipway/sim';

/** `npm run sim`: the simulated AWS alone, a stand-in for anybody's EKS tests, until Ctrl-C. */
async function main(): Promise<void> {
  const settings = readSettings({ ...process.env, SLIPWAY_DATA_DIR: process.env['SLIPWAY_DATA_DIR'] ?? DATA_DIR }, Date.now());
  const disk = new Disk(join(settings.dataDir, 'sim.sqlite'));
  const remembered = disk.collection<number>('clock');
  const clock = new VirtualClock({ now: remembered.get('now') ?? settings.epoch, speed: 0 });
  // The clock is part of every transaction: after a restart nothing is younger than now.
  disk.beforeCommit(() => remembered.put('now', clock.now()));
  const world = { clock, disk, ...createRandom(undefined) };
  const aws = createSimulatedAws(world);
  const endpoint = await startEndpoint(world, aws.services, { port: settings.awsPort });
  clock.setSpeed(settings.speed);
  aws.resume();
  process.stdout.write(`${greeting(endpoint, clock, settings.dataDir)}\n`);

  let leaving = false;
  const leave = (): void => {
    // A second Ctrl-C does not wait for what is still under way.
    if (leaving) process.exit(1);
    leaving = true;
    clock.stop();
    aws.stepfunctions.close();
    endpoint.close().then(
      () => {
        disk.close();
        process.stdout.write('\nThe simulated AWS stops. Everything is on disk; the next start goes on from here.\n');
        process.exit(0);
      },
      () => process.exit(1),
    );
  };
  process.on('SIGINT', leave);
  process.on('SIGTERM', leave);
}

function greeting({ url }: Endpoint, clock: VirtualClock, dataDir: string): string {
  const { speed } = clock;
  return [
    'The simulated AWS is ready: EKS with sts, iam, ec2, kms, sqs, lambda, dynamodb and stepfunctions beside it.',
    '',
    `  Endpoint  ${url}`,
    `  Time      ${new Date(clock.now()).toISOString()}, ${speed === 'max' ? 'as fast as it goes' : `${speed} times real time`} (SLIPWAY_SPEED, SLIPWAY_EPOCH)`,
    `  Data      ${dataDir} (SLIPWAY_DATA_DIR)`,
    '',
    '  A 12-digit access key id is the account; the secret may be anything:',
    `  AWS_ACCESS_KEY_ID=111122223333 AWS_SECRET_ACCESS_KEY=x aws --region eu-west-1 --endpoint-url ${url} eks list-clusters`,
    `  Counts, clock and faults: ${url}/_sim/calls, /_sim/clock, /_sim/faults`,
    '',
    '  Ctrl-C stops it; nothing is lost.',
  ].join('\n');
}

main().catch((error: unknown) => {
  const taken = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE';
  const message = error instanceof Error ? error.message : String(error);
  const locked = /database is locked/.test(message) ? 'Another one works on this data directory: stop it, or set SLIPWAY_DATA_DIR to another one.' : undefined;
  const told = taken ? 'Its port is taken: set AWS_PORT to another one.' : (locked ?? message);
  process.stderr.write(`The simulated AWS could not start. ${told}\n`);
  process.exit(1);
});
