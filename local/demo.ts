import { createAccountOwner } from './account-owner.ts';
import { createApiClient, type ApiClient, type Json } from './api-client.ts';
import { startStage } from './stage.ts';
import { mintToken } from './token.ts';

/** `npm run demo`: one cluster's story, told to a newcomer in under a minute. It starts its own system on free ports, remembers nothing, and ends it. */

/** Pinned, so that the story is the same in five years: the version catalogue follows the date. */
const EPOCH = Date.parse('2026-10-05T09:00:00Z');
const SPEED = 300;
const ACCOUNT = '111111111111';
const REGION = 'eu-west-1';
const POLL_MS = 250;
/** The story takes about twenty seconds; past this something hangs. */
const STORY_SECONDS_MAX = 120;

async function main(): Promise<void> {
  const stage = await startStage({ port: 0, awsPort: 0, speed: SPEED, epoch: EPOCH, seed: 7, logLevel: 'SILENT' });
  const deadline = setTimeout(() => {
    say('The story did not come to its end in time.');
    process.exit(1);
  }, STORY_SECONDS_MAX * 1000);
  const began = performance.now();
  try {
    const api = createApiClient(stage.url, await mintToken({ sub: 'ada', role: 'admin' }));
    const clock = (): string => new Date(stage.clock.now()).toISOString().slice(11, 16);
    say(`Slipway on a simulated AWS. One second here is ${SPEED / 60} minutes there; it is ${new Date(EPOCH).toISOString().slice(0, 10)}.\n`);
    await registerAccount(api, stage.awsUrl);
    const clusterId = await createCluster(api, stage.awsUrl, clock);
    await upgrade(api, clusterId, clock);
    say(`\nThat was ${Math.round(performance.now() - began) / 1000 | 0} seconds here and ${Math.round((stage.clock.now() - EPOCH) / 60_000)} minutes there. Try it yourself: npm start`);
  } finally {
    clearTimeout(deadline);
    await stage.close();
  }
}

async function registerAccount(api: ApiClient, awsUrl: string): Promise<void> {
  say(`1. Account ${ACCOUNT} lets Slipway in.`);
  const account = await api.post('/v1/accounts', { accountId: ACCOUNT, name: 'payments', regions: [REGION], labels: { stage: 'demo' } });
  say(`   Slipway made an external id of ${String(account.externalId).length} characters, a trust policy and a permissions policy.`);
  const owner = createAccountOwner(awsUrl, ACCOUNT, REGION);
  await owner.makeAccessRole(account);
  say(`   The account's owner makes the role ${account.roleArn} of them.`);
  const verified = await verifyUntilSeen(api);
  for (const condition of verified.conditions) say(`   ${condition.type} ${condition.status} (${condition.reason}): ${condition.message}`);
}

/** A new role is denied for some seconds, on AWS as here. */
async function verifyUntilSeen(api: ApiClient): Promise<Json> {
  for (;;) {
    const account = await api.post(`/v1/accounts/${ACCOUNT}/verify`, {});
    if (account.conditions.some((condition: Json) => condition.type === 'AccessVerified' && condition.status === 'True')) return account;
    await pause();
  }
}

async function createCluster(api: ApiClient, awsUrl: string, clock: () => string): Promise<string> {
  say('\n2. A cluster at 1.33 with one node group, from one request.');
  const owner = createAccountOwner(awsUrl, ACCOUNT, REGION);
  const { clusterRoleArn, nodeRoleArn } = await owner.makeClusterRoles();
  const operation = await api.post('/v1/clusters', {
    name: 'checkout',
    accountId: ACCOUNT,
    region: REGION,
    version: '1.33',
    roleArn: clusterRoleArn,
    resourcesVpcConfig: { subnetIds: await owner.subnetIds(3) },
    access: [{ principalArn: `arn:aws:iam::${ACCOUNT}:role/platform-admins`, role: 'admin' }],
    nodegroups: [
      {
        nodegroupName: 'blue',
        instanceTypes: ['m7i.large'],
        amiType: 'AL2023_x86_64_STANDARD',
        nodeRole: nodeRoleArn,
        scalingConfig: { minSize: 1, maxSize: 3, desiredSize: 2 },
      },
    ],
  });
  await follow(api, operation.id, clock);
  return String(operation.clusterId);
}

async function upgrade(api: ApiClient, clusterId: string, clock: () => string): Promise<void> {
  say('\n3. What would an upgrade to 1.35 do? (a dry run)');
  const plan = await api.get(`/v1/clusters/${clusterId}/upgrade-plan?to=1.35`);
  for (const hop of plan.hops) {
    say(`   ${hop.from} -> ${hop.to}`);
    for (const step of hop.steps) say(`     - ${step.title}\n         because ${step.reason}`);
  }
  for (const finding of plan.findings) say(`   ${finding.severity} ${finding.code}: ${finding.detail}`);
  say(`   About ${plan.estimate.minutes} minutes, ${plan.estimate.surgeNodes} surge nodes, ${plan.estimate.addresses} free addresses; saves $${plan.estimate.savedPerMonthUsd} a month.`);

  say('\n4. The upgrade.');
  const operation = await api.post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.35' }, { 'idempotency-key': 'demo-1' });
  await follow(api, operation.id, clock);
  const cluster = await api.get(`/v1/clusters/${clusterId}`);
  say(`\n   ${cluster.name} is at ${cluster.version}, ${cluster.status}. Node groups: ${cluster.nodegroups.map((group: Json) => `${group.nodegroupName} ${group.version}`).join(', ')}.`);
  say(`   Add-ons: ${cluster.addons.map((addon: Json) => `${addon.addonName} ${addon.addonVersion}`).join(', ')}.`);
}

/** Follows an operation as its progress changes, then tells what each step came to. */
async function follow(api: ApiClient, operationId: string, clock: () => string): Promise<void> {
  let last = '';
  for (;;) {
    const operation = await api.get(`/v1/operations/${operationId}`);
    const line = `${operation.state}  ${operation.progress.message}`;
    if (line !== last) say(`   ${clock()}  ${line}`);
    last = line;
    if (operation.endedAt !== undefined) {
      for (const step of operation.steps) say(`     ${step.state === 'Succeeded' ? 'ok' : step.state}  ${step.title}${step.startedAt === undefined ? '' : ` (${minutesBetween(step.startedAt, step.endedAt)} min)`}`);
      for (const error of operation.errors) say(`     ${error.code}: ${error.message}`);
      if (operation.state !== 'Succeeded') throw new Error(`The operation ended as ${operation.state}.`);
      return;
    }
    await pause();
  }
}

function minutesBetween(from: string, to: string | undefined): number {
  return to === undefined ? 0 : Math.round((Date.parse(to) - Date.parse(from)) / 60_000);
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`The demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
