import { readFileSync } from 'node:fs';
import { createAccountOwner } from '../account-owner.ts';
import type { ApiClient, Json } from '../api-client.ts';
import { createDemoOwner } from './demo-owner.ts';
import { ACCOUNT, REGION, registerAccount } from './register-account.ts';
import { follow, say } from './telling.ts';

const README = new URL('../../README.md', import.meta.url);
const BASELINE = new URL('../../docs/profiles/baseline.json', import.meta.url);

/** A cluster with every part from one request, shown part by part, upgraded, and removed with nothing left behind. */
export async function everyPart(api: ApiClient, awsUrl: string, clock: () => string): Promise<void> {
  const owner = createDemoOwner(awsUrl, ACCOUNT, REGION);
  await registerAccount(api, awsUrl);
  say('\n2. What the owner of the account has beside: roles for EKS, private subnets, a hosted zone. The platform team writes a profile.');
  await createAccountOwner(awsUrl, ACCOUNT, REGION).makeClusterRoles();
  const { subnetIds, hostedZoneId } = await owner.prepare();
  await allowZone(api, hostedZoneId);
  const profile = await api.post('/v1/profiles', JSON.parse(readFileSync(BASELINE, 'utf8')));
  say(`   Zone ${hostedZoneId}, profile ${profile.name}@${profile.version}: ${profile.description}`);
  const before = await owner.inventory();

  say('\n3. A cluster that is ready to use, from one request (the one of the README).');
  const request = fullRequest();
  const asked = { ...request, resourcesVpcConfig: { ...request.resourcesVpcConfig, subnetIds }, dns: { ...request.dns, hostedZoneIds: [hostedZoneId] } };
  const { id, clusterId } = await api.post('/v1/clusters', asked);
  await follow(api, id, clock);
  await repository(api);

  say('\n4. Each part, as AWS has it.');
  await showParts(api, clusterId);
  await showHandedOver(api, clusterId);
  await showWaysIn(api, clusterId);

  say('\n5. A minor later: what is tied to the minor moves with it.');
  const upgrade = await api.post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.35' });
  await follow(api, upgrade.id, clock);
  await showParts(api, clusterId);
  await showHandedOver(api, clusterId);

  say('\n6. Removed.');
  const removal = await api.delete(`/v1/clusters/${clusterId}`);
  await follow(api, removal.id, clock);
  await api.delete(`/v1/repositories/shop%2Fcart?accountId=${ACCOUNT}&region=${REGION}&force=true&reason=the+demo+ends`);
  compare(before, await owner.inventory());
}

/** The request as the README has it: its one block of JSON. */
export function fullRequest(): Json {
  const [, block = '{}'] = /```json\n([\s\S]*?)```/.exec(readFileSync(README, 'utf8')) ?? [];
  return JSON.parse(block) as Json;
}

/** Teams ask only for zones that the account allows them; an admin says which. */
async function allowZone(api: ApiClient, hostedZoneId: string): Promise<void> {
  await api.patch(`/v1/accounts/${ACCOUNT}`, { dnsZones: [{ hostedZoneId, teams: ['shop'] }] });
}

async function repository(api: ApiClient): Promise<void> {
  const made = await api.post('/v1/repositories', { accountId: ACCOUNT, region: REGION, name: 'shop/cart' });
  say(`   Images: ${made.name} is ${made.state}, immutable and scanned on push.`);
}

async function showParts(api: ApiClient, clusterId: string): Promise<void> {
  const { items } = await api.get(`/v1/clusters/${clusterId}/parts`);
  for (const part of items) say(`   ${part.state.padEnd(10)} ${part.part}${part.name === part.part ? '' : ` ${part.name}`}: ${part.resources.join(', ')}`);
  const cluster = await api.get(`/v1/clusters/${clusterId}`);
  say(`   ${cluster.name} is at ${cluster.version}, ${cluster.status}, with profile ${cluster.profile}. Add-ons: ${cluster.addons.map((addon: Json) => `${addon.addonName} ${addon.addonVersion}`).join(', ')}.`);
}

/** What people apply themselves, as `GET /v1/clusters/{clusterId}/handed-over` has it. */
export async function showHandedOver(api: ApiClient, clusterId: string, tell: (line: string) => void = say): Promise<void> {
  const { items } = (await api.ask('GET', `/v1/clusters/${clusterId}/handed-over`, undefined, { accept: 'application/json' })).body;
  tell(`   Handed over (GET /v1/clusters/${clusterId}/handed-over), for people to apply:`);
  for (const { what, version, chart, manifests = [], documents = [], commands } of items) {
    const pieces = [chart === undefined ? '' : `values of the chart ${chart.name} ${chart.version}`, counted(manifests.length, 'manifest'), counted(documents.length, 'document')].filter((piece) => piece !== '');
    tell(`     ${what}${version === undefined ? '' : ` ${version}`}: ${pieces.join(', ')}; ${counted(commands.length, 'command')} to run`);
  }
}

function counted(count: number, noun: string): string {
  return count === 0 ? '' : `${count} ${noun}${count === 1 ? '' : 's'}`;
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
