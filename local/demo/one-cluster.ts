import { createAccountOwner } from '../account-owner.ts';
import type { ApiClient, Json } from '../api-client.ts';
import { ACCOUNT, REGION, registerAccount } from './register-account.ts';
import { follow, say } from './telling.ts';

/** One cluster: made, and upgraded by two minors. */
export async function oneCluster(api: ApiClient, awsUrl: string, clock: () => string): Promise<void> {
  await registerAccount(api, awsUrl);
  const clusterId = await createCluster(api, awsUrl, clock);
  await upgrade(api, clusterId, clock);
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
