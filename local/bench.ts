import { createAccountOwner } from './account-owner.ts';
import { createApiClient, type Json } from './api-client.ts';
import { costOf, type Usage } from './bench/cost.ts';
import { meter } from './bench/meter.ts';
import { startStage, type Stage } from './stage.ts';
import { mintToken } from './token.ts';

/** `npm run bench`: what an upgrade of three minors costs, counted on the simulated AWS in virtual time. Ends with one line of JSON. */

const EPOCH = Date.parse('2026-10-05T09:00:00Z');
const ACCOUNT = '111111111111';
const REGION = 'eu-west-1';
const SEEDS = [1, 2, 3, 4, 5];
const HOPS = 3;
const STORY_HOURS_MAX = 48;
const MINUTE_MS = 60_000;

interface Measured {
  readonly transitions: number;
  readonly eksReads: number;
  readonly lagsSeconds: readonly number[];
  readonly usage: Usage;
}

async function main(): Promise<void> {
  const seed = Number(process.argv[2] ?? '0');
  if (seed > 0) {
    process.stdout.write(`${JSON.stringify(await measure(seed))}\n`);
    return;
  }
  // A stage is one process: each seed is measured in its own.
  const measured: Measured[] = [];
  for (const one of SEEDS) measured.push(await inChild(one));
  const hops = HOPS * measured.length;
  const lags = measured.flatMap((run) => run.lagsSeconds);
  const cost = costOf(measured.map((run) => run.usage));
  say(`${measured.length} upgrades of ${HOPS} minors (seeds ${SEEDS.join(', ')}): four add-ons, two node groups of three nodes each.`);
  say(`Detection lag of ${lags.length} waits: mean ${mean(lags).toFixed(1)} s, longest ${Math.max(...lags).toFixed(0)} s.`);
  for (const line of cost.lines) say(`  ${line}`);
  const figures = {
    transitionsPerHop: round(sum(measured.map((run) => run.transitions)) / hops, 2),
    eksReadsPerHop: round(sum(measured.map((run) => run.eksReads)) / hops, 2),
    meanLagSeconds: round(mean(lags), 2),
    workflowUsdPerHop: round(cost.usd / hops, 6),
  };
  say(JSON.stringify(figures));
}

async function measure(seed: number): Promise<Measured> {
  const stage = await startStage({ port: 0, awsPort: 0, speed: 0, epoch: EPOCH, seed, logLevel: 'SILENT' });
  const api = createApiClient(stage.url, await mintToken({ sub: 'bench', role: 'admin' }));
  const clusterId = await prepare(stage, api);
  const counted = meter(stage);
  const before = await eksReads(stage);
  const { id } = await api.post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.36' });
  const operation = await untilEnded(stage, api, id);
  if (operation.state !== 'Succeeded') throw new Error(`The upgrade ended as ${operation.state}: ${JSON.stringify(operation.errors)}`);
  const transitions = stage.aws.stepfunctions.transitions(`arn:aws:states:us-east-1:000000000000:execution:slipway-local-upgrade-cluster:${id}-1`);
  const result: Measured = {
    transitions,
    eksReads: (await eksReads(stage)) - before,
    lagsSeconds: lagsOf(stage, operation),
    usage: { ...counted.usage(), transitions },
  };
  await stage.close();
  return result;
}

async function prepare(stage: Stage, api: ReturnType<typeof createApiClient>): Promise<string> {
  const owner = createAccountOwner(stage.awsUrl, ACCOUNT, REGION);
  const account = await api.post('/v1/accounts', { accountId: ACCOUNT, name: 'bench', regions: [REGION] });
  await owner.makeAccessRole(account);
  const roles = await owner.makeClusterRoles();
  await stage.clock.advanceTo(stage.clock.now() + MINUTE_MS);
  await api.post(`/v1/accounts/${ACCOUNT}/verify`, {});
  const group = (nodegroupName: string): Json => ({
    nodegroupName,
    instanceTypes: ['m7i.large'],
    amiType: 'AL2023_x86_64_STANDARD',
    nodeRole: roles.nodeRoleArn,
    scalingConfig: { minSize: 1, maxSize: 4, desiredSize: 3 },
  });
  const { id } = await api.post('/v1/clusters', {
    name: 'bench',
    accountId: ACCOUNT,
    region: REGION,
    version: '1.33',
    roleArn: roles.clusterRoleArn,
    resourcesVpcConfig: { subnetIds: await owner.subnetIds(3) },
    access: [{ principalArn: `arn:aws:iam::${ACCOUNT}:role/admins`, role: 'admin' }],
    nodegroups: [group('blue'), group('green')],
  });
  const operation = await untilEnded(stage, api, id);
  if (operation.state !== 'Succeeded') throw new Error(`The cluster was not made: ${JSON.stringify(operation.errors)}`);
  return operation.clusterId;
}

async function untilEnded(stage: Stage, api: ReturnType<typeof createApiClient>, id: string): Promise<Json> {
  const deadline = stage.clock.now() + STORY_HOURS_MAX * 60 * MINUTE_MS;
  while (stage.clock.now() < deadline) {
    await stage.clock.advanceTo(stage.clock.now() + 5 * MINUTE_MS);
    const operation = await api.get(`/v1/operations/${id}`);
    if (operation.endedAt !== undefined) return operation;
  }
  throw new Error(`Operation ${id} did not end.`);
}

/** How long after EKS was done each step was seen to be done. */
function lagsOf(stage: Stage, operation: Json): number[] {
  const ends = new Map(stage.aws.eks.history(ACCOUNT, REGION, 'bench').updates.map((update) => [update.updateId, update.to]));
  return operation.steps.flatMap((step: Json) => {
    const end = ends.get(step.updateId);
    return end === undefined || step.endedAt === undefined ? [] : [(Date.parse(step.endedAt) - end) / 1000];
  });
}

async function eksReads(stage: Stage): Promise<number> {
  const response = await fetch(`${stage.awsUrl}/_sim/calls?account=${ACCOUNT}`);
  const counts = (await response.json()) as Record<string, number>;
  return sum(Object.entries(counts).flatMap(([name, count]) => (/^eks:(Describe|List)/.test(name) ? [count] : [])));
}

async function inChild(seed: number): Promise<Measured> {
  const { execFile } = await import('node:child_process');
  const { promisify } = await import('node:util');
  const { stdout } = await promisify(execFile)(process.execPath, [import.meta.filename, String(seed)], { maxBuffer: 16 * 1024 * 1024 });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Measured;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  },
);
