import { EKSClient } from '@aws-sdk/client-eks';
import { createAccountOwner, type AccountOwner } from '../../local/account-owner.ts';
import { createApiClient, type ApiClient, type Json } from '../../local/api-client.ts';
import { HOME_ACCOUNT_ID } from '../../local/aws/service.ts';
import { startStage, type Stage } from '../../local/stage.ts';
import { mintToken } from '../../local/token.ts';
import { makeAtEks } from './given-cluster.ts';

export const ACCOUNT = '111111111111';
export const REGION = 'eu-west-1';
const EPOCH = Date.parse('2026-10-05T09:00:00Z');
const MINUTE_MS = 60_000;
/** How far time goes between two looks of a test: close while it waits for a moment, wide while it waits for the end. */
const CLOSE_SECONDS = 15;
const WIDE_SECONDS = 180;
/** All that changes an item. */
const WRITES = ['dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:DeleteItem', 'dynamodb:TransactWriteItems', 'dynamodb:BatchWriteItem'];
/** Longest story that a test tells, in virtual hours: past it an operation hangs. */
const STORY_HOURS_MAX = 48;

/** A whole stage with a registered, verified account. Time stands still except while `advance` moves it, so that a test can interfere at any minute. */
export interface Rehearsal {
  readonly stage: Stage;
  readonly api: ApiClient;
  readonly owner: AccountOwner;
  readonly clusterRoleArn: string;
  readonly nodeRoleArn: string;
  clientOf(token: { sub: string; role: string; team?: string }): Promise<ApiClient>;
  advance(minutes: number): Promise<void>;
  /** Time passes until the operation has ended; its last state. */
  ended(operationId: string): Promise<Json>;
  /** Time passes until `holds` says yes of the operation, which is looked at every so many seconds. */
  until(operationId: string, holds: (operation: Json) => boolean, strideSeconds?: number): Promise<Json>;
  /** A cluster at `version`, ACTIVE, that somebody made at EKS and Slipway has taken on. */
  cluster(asked?: { name?: string; version?: string; nodegroups?: Json[] }): Promise<string>;
  /** The same, made by Slipway. */
  newCluster(asked?: { name?: string; version?: string; nodegroups?: Json[]; addons?: Json[]; team?: string }): Promise<string>;
  nodegroup(name: string, size?: number): Json;
  fault(fault: Json): Promise<void>;
  /** What EKS is to see in a cluster, and what ails it, in the place of what was said before; undefined takes it back. */
  workloads(clusterName: string, script: Json | undefined): Promise<void>;
  calls(): Promise<Record<string, number>>;
}

export async function rehearse(options: { seed?: number; dataDir?: string; epoch?: string } = {}): Promise<Rehearsal> {
  const stage = await startStage({
    port: 0,
    awsPort: 0,
    speed: 0,
    epoch: options.epoch === undefined ? EPOCH : Date.parse(options.epoch),
    seed: options.seed ?? 1,
    logLevel: process.env['SLIPWAY_LOG_LEVEL'] ?? 'SILENT',
    ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }),
  });
  const clientOf = async (token: { sub: string; role: string; team?: string }): Promise<ApiClient> => createApiClient(stage.url, await mintToken(token as Parameters<typeof mintToken>[0]));
  const api = await clientOf({ sub: 'ada', role: 'admin' });
  const owner = createAccountOwner(stage.awsUrl, ACCOUNT, REGION);
  const eks = new EKSClient({ endpoint: stage.awsUrl, region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'owner' } });
  const advance = (minutes: number): Promise<void> => stage.clock.advanceTo(stage.clock.now() + minutes * MINUTE_MS);

  const account = await api.post('/v1/accounts', { accountId: ACCOUNT, name: 'payments', regions: [REGION] });
  await owner.makeAccessRole(account);
  const { clusterRoleArn, nodeRoleArn } = await owner.makeClusterRoles();
  await advance(1);
  await api.post(`/v1/accounts/${ACCOUNT}/verify`, {});

  /** How often Slipway has written its table: while that stands, an operation is what it was. */
  function writes(): number {
    const counts = stage.calls.counts({ account: HOME_ACCOUNT_ID });
    return WRITES.reduce((sum, name) => sum + (counts[name] ?? 0), 0);
  }

  async function until(operationId: string, holds: (operation: Json) => boolean, strideSeconds = CLOSE_SECONDS): Promise<Json> {
    const deadline = stage.clock.now() + STORY_HOURS_MAX * 60 * MINUTE_MS;
    let operation: Json;
    let seen = -1;
    for (;;) {
      await stage.clock.idle();
      if (seen !== writes()) {
        seen = writes();
        operation = await api.get(`/v1/operations/${operationId}`);
        if (holds(operation)) return operation;
        if (operation.endedAt !== undefined) throw new Error(`It has ended: ${JSON.stringify(operation, null, 1)}`);
      }
      if (stage.clock.now() > deadline) throw new Error(`After ${STORY_HOURS_MAX} hours: ${JSON.stringify(operation, null, 1)}`);
      // Nothing happens before a wait with a known end is over: up to a minute before it, time passes at one go.
      const waits = Date.parse(operation.waitingFor?.until ?? '') - MINUTE_MS;
      const stride = stage.clock.now() + strideSeconds * 1000;
      await stage.clock.advanceTo(waits > stride ? waits : stride);
    }
  }
  const ended = (operationId: string): Promise<Json> => until(operationId, (operation) => operation.endedAt !== undefined, WIDE_SECONDS);

  const nodegroup = (name: string, size = 2): Json => ({
    nodegroupName: name,
    instanceTypes: ['m7i.large'],
    amiType: 'AL2023_x86_64_STANDARD',
    nodeRole: nodeRoleArn,
    scalingConfig: { minSize: 0, maxSize: Math.max(size, 3), desiredSize: size },
  });

  async function made(operation: Json): Promise<string> {
    const done = await ended(operation.id);
    if (done.state !== 'Succeeded') throw new Error(`There is no cluster: ${JSON.stringify(done.errors)}`);
    return done.clusterId;
  }

  return {
    stage,
    api,
    owner,
    clusterRoleArn,
    nodeRoleArn,
    clientOf,
    advance,
    ended,
    until,
    nodegroup,
    async cluster({ name = 'checkout', version = '1.33', nodegroups = [nodegroup('blue'), nodegroup('green')] } = {}) {
      await makeAtEks(eks, { name, version, roleArn: clusterRoleArn, subnetIds: await owner.subnetIds(3), nodegroups }, advance);
      const clusterId = await made(await api.post('/v1/clusters/import', { accountId: ACCOUNT, region: REGION, name }));
      await advance(1);
      return clusterId;
    },
    async newCluster(asked = {}) {
      const operation = await api.post('/v1/clusters', {
        name: asked.name ?? 'checkout',
        accountId: ACCOUNT,
        region: REGION,
        version: asked.version ?? '1.33',
        roleArn: clusterRoleArn,
        resourcesVpcConfig: { subnetIds: await owner.subnetIds(3) },
        access: [{ principalArn: `arn:aws:iam::${ACCOUNT}:role/platform-admins`, role: 'admin' }],
        nodegroups: asked.nodegroups ?? [nodegroup('blue'), nodegroup('green')],
        ...(asked.addons === undefined ? {} : { addons: asked.addons }),
        ...(asked.team === undefined ? {} : { team: asked.team }),
      });
      return made(operation);
    },
    async fault(fault) {
      const response = await fetch(`${stage.awsUrl}/_sim/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(fault) });
      if (!response.ok) throw new Error(await response.text());
    },
    async workloads(cluster, script) {
      const of = { account: ACCOUNT, region: REGION, cluster };
      const url = `${stage.awsUrl}/_sim/eks/workloads`;
      const response =
        script === undefined
          ? await fetch(`${url}?${new URLSearchParams(of).toString()}`, { method: 'DELETE' })
          : await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ...of, ...script }) });
      if (!response.ok) throw new Error(await response.text());
    },
    async calls() {
      const response = await fetch(`${stage.awsUrl}/_sim/calls?account=${ACCOUNT}`);
      return (await response.json()) as Record<string, number>;
    },
  };
}
