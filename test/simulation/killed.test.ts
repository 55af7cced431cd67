import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, it } from 'node:test';
import { createAccountOwner } from '../../local/account-owner.ts';
import { createApiClient, type ApiClient, type Json } from '../../local/api-client.ts';
import { createRandom } from '../../local/random.ts';
import { mintToken } from '../../local/token.ts';

const ACCOUNT = '111111111111';
const REGION = 'eu-west-1';
const KILLS = 4;
const SEED = 5;

const dataDir = mkdtempSync(join(tmpdir(), 'slipway-killed-'));
let child: ChildProcess | undefined;
after(() => {
  child?.kill('SIGKILL');
  rmSync(dataDir, { recursive: true, force: true });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

/** Starts the whole system as `npm start` does, and waits for its greeting. */
async function start(environment: Record<string, string>): Promise<ChildProcess> {
  const started = spawn(process.execPath, [resolve(import.meta.dirname, '../../local/start.ts')], { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((ready, failed) => {
    started.stdout.on('data', (text: Buffer) => text.toString().includes('Slipway is ready') && ready());
    started.once('exit', (code) => failed(new Error(`The system ended with ${code}.`)));
  });
  return started;
}

/** The next answer that the API gives; a system that is just being killed or started gives none. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await ask();
    } catch (error) {
      if (tries > 100) throw error;
      await new Promise((later) => setImmediate(later));
    }
  }
}

async function until(api: ApiClient, id: string, holds: (operation: Json) => boolean): Promise<Json> {
  for (;;) {
    const operation = await patiently(() => api.get(`/v1/operations/${id}`));
    if (holds(operation)) return operation;
    // Real time: the system is another process, which has the machine meanwhile.
    await new Promise((later) => setTimeout(later, 20));
  }
}

/** A system with a cluster at 1.33 of two node groups; it is killed and started again on the same data. */
interface Killable {
  readonly api: ApiClient;
  readonly clusterId: string;
  kill(): Promise<void>;
  updates(): Promise<{ controlPlane: number; blue: number; green: number }>;
}

async function withCluster(): Promise<Killable> {
  const [port, awsPort] = [await freePort(), await freePort()];
  const environment = { PORT: String(port), AWS_PORT: String(awsPort), SLIPWAY_DATA_DIR: dataDir, SLIPWAY_SPEED: '1800', SLIPWAY_EPOCH: '2026-10-05T09:00:00Z', SLIPWAY_LOG_LEVEL: 'SILENT' };
  child = await start(environment);
  const api = createApiClient(`http://127.0.0.1:${port}`, await mintToken({ sub: 'ada', role: 'admin' }));
  const owner = createAccountOwner(`http://127.0.0.1:${awsPort}`, ACCOUNT, REGION);
  await owner.makeAccessRole(await api.post('/v1/accounts', { accountId: ACCOUNT, name: 'payments', regions: [REGION] }));
  const { clusterRoleArn, nodeRoleArn } = await owner.makeClusterRoles();
  const verified = (account: Json): boolean => account.conditions.some((condition: Json) => condition.type === 'AccessVerified' && condition.status === 'True');
  while (!verified(await api.post(`/v1/accounts/${ACCOUNT}/verify`, {})));
  const group = (nodegroupName: string): Json => ({ nodegroupName, instanceTypes: ['m7i.large'], amiType: 'AL2023_x86_64_STANDARD', nodeRole: nodeRoleArn, scalingConfig: { minSize: 1, maxSize: 3, desiredSize: 2 } });
  const creation = await api.post('/v1/clusters', {
    name: 'checkout',
    accountId: ACCOUNT,
    region: REGION,
    version: '1.33',
    roleArn: clusterRoleArn,
    resourcesVpcConfig: { subnetIds: await owner.subnetIds(3) },
    nodegroups: [group('blue'), group('green')],
  });
  assert.equal((await until(api, creation.id, hasEnded)).state, 'Succeeded');
  return {
    api,
    clusterId: creation.clusterId,
    async kill() {
      child?.kill('SIGKILL');
      await new Promise((gone) => child?.once('exit', gone));
      child = await start(environment);
    },
    updates: () => updatesSeen(awsPort),
  };
}

const hasEnded = (operation: Json): boolean => operation.endedAt !== undefined;
const system = await withCluster();

/** The operation's good end, and the cluster as it is left: nothing is locked, and everything at `minor`. */
async function endsWellAt(id: string, minor: string): Promise<void> {
  const { api, clusterId } = system;
  const operation = await until(api, id, hasEnded);
  assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
  const cluster = await api.get(`/v1/clusters/${clusterId}`);
  assert.deepEqual([cluster.version, cluster.activeOperation], [minor, undefined]);
  assert.deepEqual(cluster.nodegroups.map((one: Json) => one.version), [minor, minor]);
}

it(`goes on after kill -9 at ${KILLS} moments of an upgrade over three minors, and does nothing twice (seed ${SEED})`, async () => {
  const { random } = createRandom(SEED);
  const { api, clusterId, kill, updates } = system;
  const { id } = await api.post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.36' });
  for (let nth = 1; nth <= KILLS; nth += 1) {
    // Killed when a share of the steps is done, and at whatever line the process happens to be.
    const done = Math.floor((nth / (KILLS + 1)) * 12 * (0.5 + random() / 2));
    await until(api, id, (operation) => hasEnded(operation) || operation.progress.done >= done);
    await kill();
  }
  await endsWellAt(id, '1.36');
  assert.deepEqual(await updates(), { controlPlane: 3, blue: 1, green: 1 });
});

it('goes on after kill -9 while a control plane goes back, and takes it back once', async () => {
  const { api, clusterId, kill, updates } = system;
  const { id } = await api.post(`/v1/clusters/${clusterId}/rollbacks`, { reason: 'The shop is slow' });
  await until(api, id, ({ steps }) => steps.some((step: Json) => step.kind === 'rollback-control-plane' && step.updateId !== undefined));
  await kill();
  await endsWellAt(id, '1.35');
  assert.deepEqual(await updates(), { controlPlane: 4, blue: 2, green: 2 });
});

it('goes on after kill -9 in the middle of a bake, and bakes no shorter for it', async () => {
  const { api, clusterId, kill, updates } = system;
  const { id } = await api.post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.36', bakeMinutes: 60 });
  const { waitingFor, steps } = await until(api, id, (operation) => operation.waitingFor?.kind === 'Bake');
  const doneAt = Math.max(...steps.map((step: Json) => Date.parse(step.endedAt)));
  await kill();
  const again = await patiently(() => api.get(`/v1/operations/${id}`));
  assert.deepEqual(again.waitingFor, waitingFor);
  await endsWellAt(id, '1.36');
  const { endedAt } = await api.get(`/v1/operations/${id}`);
  assert.ok(Date.parse(endedAt) - doneAt >= 60 * 60_000, `done ${new Date(doneAt).toISOString()}, ended ${endedAt}`);
  assert.deepEqual(await updates(), { controlPlane: 5, blue: 3, green: 3 });
});

/** Updates that the simulated EKS has on record: what was begun, not how often it was asked for. */
async function updatesSeen(awsPort: number): Promise<{ controlPlane: number; blue: number; green: number }> {
  const { EKSClient, ListUpdatesCommand } = await import('@aws-sdk/client-eks');
  const eks = new EKSClient({ endpoint: `http://127.0.0.1:${awsPort}`, region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'owner' } });
  const count = async (nodegroupName?: string): Promise<number> =>
    (await eks.send(new ListUpdatesCommand({ name: 'checkout', ...(nodegroupName === undefined ? {} : { nodegroupName }) }))).updateIds?.length ?? 0;
  return { controlPlane: await count(), blue: await count('blue'), green: await count('green') };
}
