import { readFileSync } from 'node:fs';
import { createAccountOwner } from '../account-owner.ts';
import type { ApiClient, Json } from '../api-client.ts';
import { clusterLines, exposureLines, handedOverLines } from './cluster-lines.ts';
import { createDemoOwner, SHOP, type DemoOwner } from './demo-owner.ts';
import { ACCOUNT, REGION, registerAccount } from './register-account.ts';
import { follow, pause, say } from './telling.ts';

const README = new URL('../../README.md', import.meta.url);
const BASELINE = new URL('../../docs/profiles/baseline.json', import.meta.url);

/** A cluster with every part from one request, shown part by part, upgraded, and removed with nothing left behind. */
export async function everyPart(api: ApiClient, awsUrl: string, clock: () => string): Promise<void> {
  const owner = createDemoOwner(awsUrl, ACCOUNT, REGION);
  await registerAccount(api, awsUrl);
  say('\n2. What the owner of the account has beside: roles for EKS, private subnets, a hosted zone, a certificate. The platform team writes a profile.');
  await createAccountOwner(awsUrl, ACCOUNT, REGION).makeClusterRoles();
  const { subnetIds, hostedZoneId, certificateArn } = await owner.prepare();
  await proven(owner, certificateArn, hostedZoneId);
  await allowZone(api, hostedZoneId);
  const profile = await api.post('/v1/profiles', baseline());
  say(`   Zone ${hostedZoneId}, profile ${profile.name}@${profile.version}: ${profile.description}`);
  const before = await owner.inventory();

  say('\n3. A cluster that is ready to use, from one request (the one of the README), and a repository for its team.');
  const { id, clusterId } = await api.post('/v1/clusters', requestWith(subnetIds, hostedZoneId));
  await follow(api, id, clock);
  await api.post('/v1/repositories', REPOSITORY);

  say('\n4. Each part, as AWS has it.');
  tell(await clusterLines(api, clusterId));
  tell(await handedOverLines(api, clusterId));
  tell(await exposureLines(api, SHOP, certificateArn));
  await showWaysIn(api, clusterId);

  say('\n5. A minor later: what is tied to the minor moves with it.');
  const upgrade = await api.post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.35' });
  await follow(api, upgrade.id, clock);
  tell(await clusterLines(api, clusterId));
  tell(await handedOverLines(api, clusterId));

  say('\n6. Removed.');
  const removal = await api.delete(`/v1/clusters/${clusterId}`);
  await follow(api, removal.id, clock);
  await api.delete(REPOSITORY_REMOVED);
  compare(before, await owner.inventory());
}

/** A repository of the team's images, and how it goes. */
export const REPOSITORY = { accountId: ACCOUNT, region: REGION, name: 'shop/cart' };
export const REPOSITORY_REMOVED = `/v1/repositories/shop%2Fcart?accountId=${ACCOUNT}&region=${REGION}&force=true&reason=the+demo+ends`;

/** The profile that the request names, as it is shipped. */
export function baseline(): Json {
  return JSON.parse(readFileSync(BASELINE, 'utf8')) as Json;
}

/** The request as the README has it, its one block of JSON, with the subnets and the zone that there are. */
export function requestWith(subnetIds: readonly string[], hostedZoneId: string): Json {
  const [, block = '{}'] = /```json\n([\s\S]*?)```/.exec(readFileSync(README, 'utf8')) ?? [];
  const request = JSON.parse(block) as Json;
  return { ...request, resourcesVpcConfig: { ...request.resourcesVpcConfig, subnetIds }, dns: { ...request.dns, hostedZoneIds: [hostedZoneId] } };
}

/** ACM tells the record that proves a name some seconds after it was asked. */
async function proven(owner: DemoOwner, certificateArn: string, hostedZoneId: string): Promise<void> {
  while (!(await owner.proveCertificate(certificateArn, hostedZoneId))) await pause();
}

/** Teams ask only for zones that the account allows them; an admin says which. */
async function allowZone(api: ApiClient, hostedZoneId: string): Promise<void> {
  await api.patch(`/v1/accounts/${ACCOUNT}`, { dnsZones: [{ hostedZoneId, teams: ['shop'] }] });
}

function tell(lines: readonly string[]): void {
  for (const line of lines) say(`   ${line}`);
}

async function showWaysIn(api: ApiClient, clusterId: string): Promise<void> {
  const token = await api.post(`/v1/clusters/${clusterId}/tokens`, { level: 'viewer', reason: 'the demo looks in' });
  say(`   A token for a machine, level ${token.level}, until ${token.status.expirationTimestamp}; GET .../kubeconfig is for people.`);
}

function compare(before: readonly string[], after: readonly string[]): void {
  const left = after.filter((thing) => !before.includes(thing));
  say(left.length === 0 ? `   Nothing is left behind: the account has the ${before.length} things that it had before.` : `   Left behind: ${left.join(', ')}.`);
  if (left.length > 0) throw new Error('Something was left behind.');
}
