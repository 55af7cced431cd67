import type { AnyRoute } from '../../handlers/route.ts';

const NODEGROUP = {
  nodegroupName: 'red',
  instanceTypes: ['m7i.large'],
  amiType: 'AL2023_x86_64_STANDARD',
  nodeRole: 'arn:aws:iam::111111111111:role/eks-node',
  scalingConfig: { minSize: 1, maxSize: 3, desiredSize: 2 },
};

export const CLUSTER = {
  name: 'checkout',
  accountId: '111111111111',
  region: 'us-east-1',
  version: '1.33',
  roleArn: 'arn:aws:iam::111111111111:role/eks-cluster',
  resourcesVpcConfig: { subnetIds: ['subnet-0000000a', 'subnet-0000000b'] },
};

/** A body that is as it should be, for every route that takes one. A route that is missing here fails its tests. */
const BODIES: Readonly<Record<string, unknown>> = {
  'POST /v1/accounts': { accountId: '999999999999', name: 'payments', regions: ['us-east-1'] },
  'PATCH /v1/accounts/{accountId}': { labels: { env: 'prod' } },
  'POST /v1/clusters': CLUSTER,
  'POST /v1/clusters/import': { accountId: '111111111111', region: 'us-east-1', name: 'prod' },
  'PATCH /v1/clusters/{clusterId}': { labels: { env: 'prod' } },
  'POST /v1/clusters/{clusterId}/access-entries': { principalArn: 'arn:aws:iam::111111111111:role/team-b', role: 'viewer' },
  'PATCH /v1/clusters/{clusterId}/access-entries/{principalArn}': { role: 'viewer' },
  'POST /v1/clusters/{clusterId}/addons': { addonName: 'coredns' },
  'PATCH /v1/clusters/{clusterId}/addons/{addonName}': { configurationValues: '{}' },
  'POST /v1/clusters/{clusterId}/tokens': { level: 'viewer', reason: 'The nightly report.' },
  'POST /v1/clusters/{clusterId}/nodegroups': NODEGROUP,
  'PATCH /v1/clusters/{clusterId}/nodegroups/{nodegroupName}': { scalingConfig: { desiredSize: 3 } },
  'POST /v1/clusters/{clusterId}/upgrades': { to: '1.34' },
  'POST /v1/clusters/{clusterId}/rollbacks': { reason: 'Checkout answers slowly since the upgrade.' },
  'POST /v1/clusters/{clusterId}/waivers': { code: 'insight-error', owner: 'team payments', reason: 'The client goes on Friday.', until: '2026-09-20T00:00:00Z' },
  'POST /v1/operations/{operationId}/approve': { gate: 'beforeControlPlane', comment: 'Seen in staging.' },
  'POST /v1/exposures/render': { kind: 'nlb', name: 'shop', namespace: 'web', ports: [{ port: 443, targetPort: 8443 }] },
  'POST /v1/exposures/explain': { annotations: { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal' } },
  'POST /v1/conversions/aws-auth': { configMap: 'mapRoles: []' },
  'POST /v1/conversions/stack': { manifest: 'apiVersion: cloudformation.linki.space/v1alpha1\nkind: Stack\nmetadata: {name: bucket}\nspec: {template: "Resources: {}"}' },
  'POST /v1/conversions/kube2iam': { manifests: 'kind: Pod', accountId: '111111111111' },
  'POST /v1/repositories': { accountId: '111111111111', region: 'us-east-1', name: 'payments/api', team: 'payments' },
  'PATCH /v1/repositories/{repositoryName}': { scanOnPush: false },
  'POST /v1/clusters/{clusterId}/pod-identities': { namespace: 'shop', serviceAccount: 'cart', roleArn: 'arn:aws:iam::111111111111:role/eks-cart' },
  'POST /v1/clusters/{clusterId}/fargate-profiles': { fargateProfileName: 'batch', selectors: [{ namespace: 'jobs' }] },
  'POST /v1/clusters/{clusterId}/capabilities': { type: 'KRO' },
  'POST /v1/profiles': { name: 'web', parts: { podIdentities: [] } },
  'POST /v1/profiles/{profileName}/apply': { label: 'tier=web', reason: 'The shops get carts.' },
  'POST /v1/freeze': { reason: 'An incident.' },
  'POST /v1/unfreeze': { reason: 'It is over.' },
};

const QUERIES: Readonly<Record<string, string>> = {
  'GET /v1/clusters/{clusterId}/upgrade-plan': '?to=1.34',
  'GET /v1/profiles/{profileName}/difference': '?label=tier%3Dweb',
  'GET /v1/versions': '?accountId=111111111111&region=us-east-1',
};

export function soundBody(route: AnyRoute): unknown {
  const name = `${route.method} ${route.path}`;
  if (!(name in BODIES) && route.body !== undefined && route.bodyOptional !== true) throw new Error(`${name} takes a body, and sound-requests.ts knows none.`);
  return BODIES[name];
}

export function soundQuery(route: AnyRoute): string {
  return QUERIES[`${route.method} ${route.path}`] ?? '';
}

/** A value of its kind for every variable of a path; tests name the things that stand by `of`. */
const VARIABLES: Readonly<Record<string, string>> = {
  accountId: '111111111111',
  operationId: 'op-1',
  nodegroupName: 'blue',
  addonName: 'coredns',
  waiverId: 'w-00000000000000000000none',
  repositoryName: 'payments%2Fstanding',
  profileName: 'web',
  principalArn: encodeURIComponent('arn:aws:iam::111111111111:role/nobody'),
  namespace: 'shop',
  serviceAccount: 'cart',
  fargateProfileName: 'batch',
  capabilityName: 'kro',
};

export function soundPath(path: string, of: Readonly<Record<string, string>>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = of[name] ?? VARIABLES[name];
    if (value === undefined) throw new Error(`sound-requests.ts knows no value for {${name}}.`);
    return value;
  });
}
