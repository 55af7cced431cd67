import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, it } from 'node:test';
import { EKSClient, ListUpdatesCommand } from '@aws-sdk/client-eks';
import { createAccountOwner } from '../../local/account-owner.ts';
import { createApiClient, type ApiClient, type Json } from '../../local/api-client.ts';
import { createRandom } from '../../local/random.ts';
import { mintToken } from '../../local/token.ts';

const ACCOUNT = '111111111111';
const REGION = 'eu-west-1';
const KILLS = 4;
const SEED = 5;
const MINUTE_MS = 60_000;
/** Strides of time while a test waits for an end. */
const END_STRIDE_MINUTES = 10;
/** Turns of the event loop that the system lives on, at most, once it is at work. */
const TURNS_MAX = 12;
/** What it is to work through when it is killed: more than it can before. */
const WORK_MINUTES = 30;

const dataDir = mkdtempSync(join(tmpdir(), 'slipway-killed-'));
let child: ChildProcess | undefined;
after(() => {
  child?.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

/** The system, started as `npm start` does it, on free ports. Its time stands still but for what a test lets pass. */
interface Started {
  readonly process: ChildProcess;
  readonly url: string;
  readonly awsUrl: string;
}

async function start(): Promise<Started> {
  const environment = { PORT: '0', AWS_PORT: '0', SLIPWAY_DATA_DIR: dataDir, SLIPWAY_SPEED: '0', SLIPWAY_EPOCH: '2026-10-05T09:00:00Z', SLIPWAY_LOG_LEVEL: 'SILENT' };
  const started = spawn(process.execPath, [resolve(import.meta.dirname, '../../local/start.ts')], { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'inherit'] });
  child = started;
  let greeting = '';
  return new Promise((ready, failed) => {
    started.stdout.on('data', (text: Buffer) => {
      greeting += text.toString();
      const [url, awsUrl] = greeting.match(/http:\/\/127\.0\.0\.1:\d+(?=\/v1 |\n)/g) ?? [];
      if (greeting.includes('Ctrl-C') && url !== undefined && awsUrl !== undefined) ready({ process: started, url, awsUrl });
    });
    started.once('exit', (code) => failed(new Error(`The system ended with ${code}.`)));
  });
}

let system = await start();
const token = await mintToken({ sub: 'ada', role: 'admin' });
const api = (): ApiClient => createApiClient(system.url, token);

/** Minutes pass. */
async function pass(minutes: number): Promise<void> {
  const { now } = (await (await fetch(`${system.awsUrl}/_sim/clock`)).json()) as { now: string };
  await fetch(`${system.awsUrl}/_sim/clock`, { method: 'POST', body: JSON.stringify({ now: new Date(Date.parse(now) + minutes * MINUTE_MS).toISOString() }) });
}

/** Time passes until `holds` says yes of the operation, which is looked at every so many minutes. */
async function until(id: string, holds: (operation: Json) => boolean, strideMinutes = 1): Promise<Json> {
  for (;;) {
    const operation = await api().get(`/v1/operations/${id}`);
    if (holds(operation)) return operation;
    await pass(strideMinutes);
  }
}

/** Kills the system where it happens to be, in the midst of some minutes' work, and starts it again on the same data. */
async function kill(turns: number): Promise<void> {
  const gone = new Promise((done) => system.process.once('exit', done));
  // The system dies of it before it can answer.
  pass(WORK_MINUTES).catch(() => undefined);
  // Each answer is a turn of the system's event loop, in the midst of whatever it does.
  for (let turn = 0; turn < turns; turn += 1) await fetch(`${system.awsUrl}/_sim/health`);
  system.process.kill('SIGKILL');
  await gone;
  system = await start();
}

async function withCluster(): Promise<string> {
  const owner = createAccountOwner(system.awsUrl, ACCOUNT, REGION);
  await owner.makeAccessRole(await api().post('/v1/accounts', { accountId: ACCOUNT, name: 'payments', regions: [REGION] }));
  const { clusterRoleArn, nodeRoleArn } = await owner.makeClusterRoles();
  await pass(1);
  await api().post(`/v1/accounts/${ACCOUNT}/verify`, {});
  const group = (nodegroupName: string): Json => ({ nodegroupName, instanceTypes: ['m7i.large'], amiType: 'AL2023_x86_64_STANDARD', nodeRole: nodeRoleArn, scalingConfig: { minSize: 1, maxSize: 3, desiredSize: 2 } });
  const creation = await api().post('/v1/clusters', {
    name: 'checkout',
    accountId: ACCOUNT,
    region: REGION,
    version: '1.33',
    roleArn: clusterRoleArn,
    resourcesVpcConfig: { subnetIds: await owner.subnetIds(3) },
    nodegroups: [group('blue'), group('green')],
  });
  assert.equal((await until(creation.id, hasEnded, END_STRIDE_MINUTES)).state, 'Succeeded');
  return creation.clusterId;
}

const hasEnded = (operation: Json): boolean => operation.endedAt !== undefined;
const clusterId = await withCluster();

/** The operation's good end, and the cluster as it is left: nothing is locked, and everything at `minor`. */
async function endsWellAt(id: string, minor: string): Promise<void> {
  const operation = await until(id, hasEnded, END_STRIDE_MINUTES);
  assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
  const cluster = await api().get(`/v1/clusters/${clusterId}`);
  assert.deepEqual([cluster.version, cluster.activeOperation], [minor, undefined]);
  assert.deepEqual(cluster.nodegroups.map((one: Json) => one.version), [minor, minor]);
}

/** Updates that the simulated EKS has on record: what was begun, not how often it was asked for. */
async function updates(): Promise<{ controlPlane: number; blue: number; green: number }> {
  const eks = new EKSClient({ endpoint: system.awsUrl, region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'owner' } });
  const count = async (nodegroupName?: string): Promise<number> =>
    (await eks.send(new ListUpdatesCommand({ name: 'checkout', ...(nodegroupName === undefined ? {} : { nodegroupName }) }))).updateIds?.length ?? 0;
  return { controlPlane: await count(), blue: await count('blue'), green: await count('green') };
}

it(`goes on after kill -9 at ${KILLS} moments of an upgrade over three minors, and does nothing twice (seed ${SEED})`, async () => {
  const { random } = createRandom(SEED);
  const { id } = await api().post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.36' });
  for (let nth = 1; nth <= KILLS; nth += 1) {
    // Killed when a share of the steps is done, and at whatever line the process happens to be.
    const done = Math.floor((nth / (KILLS + 1)) * 12 * (0.5 + random() / 2));
    await until(id, (operation) => hasEnded(operation) || operation.progress.done >= done);
    await kill(Math.floor(random() * TURNS_MAX));
  }
  await endsWellAt(id, '1.36');
  assert.deepEqual(await updates(), { controlPlane: 3, blue: 1, green: 1 });
});

it('goes on after kill -9 while a control plane goes back, and takes it back once', async () => {
  const { id } = await api().post(`/v1/clusters/${clusterId}/rollbacks`, { reason: 'The shop is slow' });
  await until(id, ({ steps }) => steps.some((step: Json) => step.kind === 'rollback-control-plane' && step.updateId !== undefined));
  await kill(1);
  await endsWellAt(id, '1.35');
  assert.deepEqual(await updates(), { controlPlane: 4, blue: 2, green: 2 });
});

it('goes on after kill -9 in the middle of a bake, and bakes no shorter for it', async () => {
  // EKS sees within five minutes what stands in the way of the next minor.
  await pass(5);
  const { id } = await api().post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.36', bakeMinutes: 60 });
  const { waitingFor, steps } = await until(id, (operation) => operation.waitingFor?.kind === 'Bake');
  const doneAt = Math.max(...steps.map((step: Json) => Date.parse(step.endedAt)));
  await kill(1);
  const again = await api().get(`/v1/operations/${id}`);
  assert.deepEqual(again.waitingFor, waitingFor);
  await endsWellAt(id, '1.36');
  const { endedAt } = await api().get(`/v1/operations/${id}`);
  assert.ok(Date.parse(endedAt) - doneAt >= 60 * MINUTE_MS, `done ${new Date(doneAt).toISOString()}, ended ${endedAt}`);
  assert.deepEqual(await updates(), { controlPlane: 5, blue: 3, green: 3 });
});
