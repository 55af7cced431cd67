import type { ApiClient, Json } from '../api-client.ts';
import { ACCOUNT, REGION } from './register-account.ts';

/** What a cluster with every part is and has, asked of the API, in lines for people. The same before and after an upgrade, but for versions. */
export async function clusterLines(api: ApiClient, clusterId: string): Promise<string[]> {
  const cluster = await api.get(`/v1/clusters/${clusterId}`);
  return [
    ...(await partLines(api, clusterId)),
    `${cluster.name} is at ${cluster.version}, ${cluster.status}, with profile ${cluster.profile}. Its public endpoint lets in ${cluster.resourcesVpcConfig.publicAccessCidrs.join(', ')}.`,
    `Add-ons: ${cluster.addons.map((addon: Json) => `${addon.addonName} ${addon.addonVersion} ${addon.status}`).join(', ')}.`,
    ...(await nodegroupLines(api, clusterId)),
    ...(await accessLines(api, clusterId)),
    await imagesLine(api),
  ];
}

async function partLines(api: ApiClient, clusterId: string): Promise<string[]> {
  const { items } = await api.get(`/v1/clusters/${clusterId}/parts`);
  return items.map(({ state, part, name, resources }: Json) => `${state.padEnd(10)} ${part}${name === part ? '' : ` ${name}`}: ${resources.join(', ')}`);
}

async function nodegroupLines(api: ApiClient, clusterId: string): Promise<string[]> {
  const { items } = await api.get(`/v1/clusters/${clusterId}/nodegroups`);
  return items.map(({ nodegroupName, version, status, scalingConfig, labels, taints, nodeRepairConfig }: Json) => {
    const tainted = taints.map(({ key, value, effect }: Json) => `${key}=${value}:${effect}`).join(', ');
    return `Node group ${nodegroupName}: ${version}, ${status}, ${scalingConfig.desiredSize} nodes, labels ${JSON.stringify(labels)}, taints ${tainted}, repair ${nodeRepairConfig.enabled ? 'on' : 'off'}.`;
  });
}

async function accessLines(api: ApiClient, clusterId: string): Promise<string[]> {
  const { items } = await api.get(`/v1/clusters/${clusterId}/access-entries`);
  const asked = items.filter(({ state }: Json) => state !== 'NotAsked');
  const people = asked.map(({ principalArn, role, namespaces, state }: Json) => `${principalArn.split('/').at(-1)} ${role}${namespaces === undefined ? '' : ` in ${namespaces.join(', ')}`} (${state})`);
  return [`Access: ${people.join(', ')}; ${items.length - asked.length} entries beside, of nodes, tokens and capabilities.`];
}

async function imagesLine(api: ApiClient): Promise<string> {
  const { name, state, immutability, scanOnPush, usage } = await api.get(`/v1/repositories/shop%2Fcart?accountId=${ACCOUNT}&region=${REGION}`);
  return `Images: ${name} is ${state}, ${immutability}, ${scanOnPush ? 'scanned on push' : 'not scanned'}, with ${usage.images} images.`;
}

/** What people apply themselves, as `GET /v1/clusters/{clusterId}/handed-over` has it. */
export async function handedOverLines(api: ApiClient, clusterId: string): Promise<string[]> {
  const { items } = (await api.ask('GET', `/v1/clusters/${clusterId}/handed-over`, undefined, { accept: 'application/json' })).body;
  const lines = items.map(({ what, version, chart, manifests = [], documents = [], commands }: Json) => {
    const pieces = [chart === undefined ? '' : `values of the chart ${chart.name} ${chart.version}`, counted(manifests.length, 'manifest'), counted(documents.length, 'document')].filter((piece) => piece !== '');
    return `  ${what}${version === undefined ? '' : ` ${version}`}: ${pieces.join(', ')}; ${counted(commands.length, 'command')} to run`;
  });
  return [`Handed over (GET /v1/clusters/${clusterId}/handed-over), for people to apply:`, ...lines];
}

function counted(count: number, noun: string): string {
  return count === 0 ? '' : `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The manifests that expose the shop by a load balancer, under its name and with its certificate. */
export async function exposureLines(api: ApiClient, hostname: string, certificateArn: string): Promise<string[]> {
  const { manifests, warnings } = await api.post('/v1/exposures/render', { kind: 'nlb', name: 'cart', namespace: 'shop', ports: [{ port: 443, targetPort: 8443 }], tls: { certificateArn }, region: REGION, hostname });
  const lines = manifests.flatMap(({ kind, metadata }: Json) => [`  ${kind} ${metadata.namespace}/${metadata.name}`, ...Object.entries(metadata.annotations).map(([name, value]) => `    ${name}: ${String(value)}`)]);
  return [`Exposed as ${hostname} with TLS (POST /v1/exposures/render), for people to apply:`, ...lines, ...warnings.map(({ code, reason }: Json) => `  ${code}: ${reason}`)];
}
