import {
  DescribeAddonCommand,
  DescribeClusterCommand,
  DescribeNodegroupCommand,
  DescribePodIdentityAssociationCommand,
  ListAddonsCommand,
  ListNodegroupsCommand,
  type Addon,
  type Cluster,
  type EKSClient,
  type Nodegroup,
} from '@aws-sdk/client-eks';
import type { AddonFacts, ControlPlaneFacts, HealthIssue, NodegroupFacts } from '../../domain/facts.ts';
import { minorOf, type Minor } from '../../domain/minor.ts';
import { signingCertificate } from './certificates.ts';
import { eachOf } from './each-of.ts';
import { nameOf, orAbsent } from './errors.ts';

/** EKS allows 30 node groups a cluster by default, adjustable; ten pages of a hundred are past any raise. */
const PAGES_MAX = 10;

/** Settings of an add-on may be half a megabyte, and facts of thirty add-ons are one record. */
const CONFIGURATION_CHARACTERS_KEPT_MAX = 8192;

export function readControlPlane(client: EKSClient, name: string): Promise<ControlPlaneFacts | 'absent'> {
  return orAbsent(async () => {
    const { cluster } = await client.send(new DescribeClusterCommand({ name }));
    return controlPlaneFacts(name, cluster ?? {});
  });
}

export function readNodegroup(client: EKSClient, clusterName: string, nodegroupName: string): Promise<NodegroupFacts | 'absent'> {
  return orAbsent(async () => {
    const { nodegroup } = await client.send(new DescribeNodegroupCommand({ clusterName, nodegroupName }));
    return nodegroupFacts(nodegroupName, nodegroup ?? {});
  });
}

/** `identities`: its service accounts with their roles too, which costs a read for each. */
export function readAddon(client: EKSClient, clusterName: string, addonName: string, identities?: true): Promise<AddonFacts | 'absent'> {
  return orAbsent(async () => {
    const { addon } = await client.send(new DescribeAddonCommand({ clusterName, addonName }));
    const found = identities === undefined ? undefined : await readIdentities(client, clusterName, addon?.podIdentityAssociations ?? []);
    return { ...addonFacts(addonName, addon ?? {}), ...(found === undefined ? {} : { podIdentityAssociations: found }) };
  });
}

/** Undefined where the account's role may not read them: it was set up before parts of clusters were asked for. */
async function readIdentities(client: EKSClient, clusterName: string, associationArns: readonly string[]): Promise<AddonFacts['podIdentityAssociations']> {
  try {
    const found = await eachOf(associationArns, (arn) => orAbsent(async () => (await client.send(new DescribePodIdentityAssociationCommand({ clusterName, associationId: arn.split('/').at(-1) }))).association ?? 'absent'));
    return found.flatMap((association) => (association === 'absent' ? [] : [{ serviceAccount: association.serviceAccount ?? '', roleArn: association.roleArn ?? '' }]));
  } catch (error) {
    if (nameOf(error) === 'AccessDeniedException') return undefined;
    throw error;
  }
}

/** Names of a cluster's node groups, every page. */
export async function listNodegroupNames(client: EKSClient, clusterName: string): Promise<string[]> {
  const names: string[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await client.send(new ListNodegroupsCommand({ clusterName, ...(nextToken === undefined ? {} : { nextToken }) }));
    names.push(...(answer.nodegroups ?? []));
    nextToken = answer.nextToken;
    if (nextToken === undefined) return names;
  }
  throw new Error(`Cluster ${clusterName} lists more than ${PAGES_MAX} pages of node groups.`);
}

/** Names of a cluster's add-ons, every page. */
export async function listAddonNames(client: EKSClient, clusterName: string): Promise<string[]> {
  const names: string[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await client.send(new ListAddonsCommand({ clusterName, ...(nextToken === undefined ? {} : { nextToken }) }));
    names.push(...(answer.addons ?? []));
    nextToken = answer.nextToken;
    if (nextToken === undefined) return names;
  }
  throw new Error(`Cluster ${clusterName} lists more than ${PAGES_MAX} pages of add-ons.`);
}

function controlPlaneFacts(name: string, cluster: Cluster): ControlPlaneFacts {
  const signing = signingCertificate(cluster.certificateAuthority?.data);
  const keyArn = cluster.encryptionConfig?.map(({ provider }) => provider?.keyArn).find((arn) => arn !== undefined);
  return {
    name,
    arn: cluster.arn ?? '',
    version: versionOf(cluster.version, `cluster ${name}`),
    ...(cluster.platformVersion === undefined ? {} : { platformVersion: cluster.platformVersion }),
    status: cluster.status ?? 'UNKNOWN',
    roleArn: cluster.roleArn ?? '',
    ...(cluster.resourcesVpcConfig?.vpcId === undefined ? {} : { vpcId: cluster.resourcesVpcConfig.vpcId }),
    ...(cluster.kubernetesNetworkConfig?.ipFamily === undefined ? {} : { ipFamily: cluster.kubernetesNetworkConfig.ipFamily }),
    ...(cluster.kubernetesNetworkConfig?.serviceIpv4Cidr === undefined ? {} : { serviceIpv4Cidr: cluster.kubernetesNetworkConfig.serviceIpv4Cidr }),
    subnetIds: cluster.resourcesVpcConfig?.subnetIds ?? [],
    securityGroupIds: cluster.resourcesVpcConfig?.securityGroupIds ?? [],
    ...(cluster.resourcesVpcConfig?.endpointPublicAccess === undefined ? {} : { endpointPublicAccess: cluster.resourcesVpcConfig.endpointPublicAccess }),
    ...(cluster.resourcesVpcConfig?.endpointPrivateAccess === undefined ? {} : { endpointPrivateAccess: cluster.resourcesVpcConfig.endpointPrivateAccess }),
    ...(cluster.resourcesVpcConfig?.publicAccessCidrs === undefined ? {} : { publicAccessCidrs: cluster.resourcesVpcConfig.publicAccessCidrs }),
    ...(cluster.accessConfig?.authenticationMode === undefined ? {} : { authenticationMode: cluster.accessConfig.authenticationMode }),
    ...(cluster.upgradePolicy?.supportType === undefined ? {} : { supportType: cluster.upgradePolicy.supportType }),
    deletionProtection: cluster.deletionProtection ?? false,
    autoMode: cluster.computeConfig?.enabled ?? false,
    ...(keyArn === undefined ? {} : { kmsKeyArn: keyArn }),
    hybridNodes: (cluster.remoteNetworkConfig?.remoteNodeNetworks ?? []).length > 0,
    healthIssues: issues(cluster.health?.issues),
    ...(cluster.endpoint === undefined ? {} : { endpoint: cluster.endpoint }),
    ...(cluster.identity?.oidc?.issuer === undefined ? {} : { oidcIssuer: cluster.identity.oidc.issuer.replace('https://', '') }),
    ...(signing === undefined ? {} : { certificateAuthority: signing }),
    ...(cluster.createdAt === undefined ? {} : { createdAt: cluster.createdAt.toISOString() }),
    tags: cluster.tags ?? {},
  };
}

/** As EKS tells it, without members that are not there. EKS may come to know states and actions that we do not. */
function said<T extends object>(told: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  return JSON.parse(JSON.stringify(told)) as { [Name in keyof T]: Exclude<T[Name], undefined> };
}

function repairFacts(told: NonNullable<Nodegroup['nodeRepairConfig']>): NonNullable<NodegroupFacts['nodeRepairConfig']> {
  return said(told) as NonNullable<NodegroupFacts['nodeRepairConfig']>;
}

function nodegroupFacts(name: string, group: Nodegroup): NodegroupFacts {
  const version = group.version === undefined ? undefined : minorOf(group.version);
  const template = group.launchTemplate;
  return {
    nodegroupName: name,
    ...(group.nodegroupArn === undefined ? {} : { arn: group.nodegroupArn }),
    ...(version === undefined ? {} : { version }),
    ...(group.releaseVersion === undefined ? {} : { releaseVersion: group.releaseVersion }),
    ...(group.modifiedAt === undefined ? {} : { modifiedAt: group.modifiedAt.toISOString() }),
    status: group.status ?? 'UNKNOWN',
    amiType: group.amiType ?? 'UNKNOWN',
    ...(group.capacityType === undefined ? {} : { capacityType: group.capacityType }),
    instanceTypes: group.instanceTypes ?? [],
    subnetIds: group.subnets ?? [],
    ...(group.nodeRole === undefined ? {} : { nodeRole: group.nodeRole }),
    scalingConfig: { minSize: group.scalingConfig?.minSize ?? 0, maxSize: group.scalingConfig?.maxSize ?? 0, desiredSize: group.scalingConfig?.desiredSize ?? 0 },
    updateConfig: {
      ...(group.updateConfig?.maxUnavailable === undefined ? {} : { maxUnavailable: group.updateConfig.maxUnavailable }),
      ...(group.updateConfig?.maxUnavailablePercentage === undefined ? {} : { maxUnavailablePercentage: group.updateConfig.maxUnavailablePercentage }),
      ...(group.updateConfig?.updateStrategy === undefined ? {} : { updateStrategy: group.updateConfig.updateStrategy }),
    },
    ...(group.nodeRepairConfig === undefined ? {} : { nodeRepairConfig: repairFacts(group.nodeRepairConfig) }),
    ...(group.warmPoolConfig === undefined ? {} : { warmPoolConfig: said(group.warmPoolConfig) }),
    ...(template === undefined
      ? {}
      : {
          launchTemplate: {
            ...(template.id === undefined ? {} : { id: template.id }),
            ...(template.name === undefined ? {} : { name: template.name }),
            ...(template.version === undefined ? {} : { version: template.version }),
          },
        }),
    customAmi: group.amiType === 'CUSTOM',
    labels: group.labels ?? {},
    taints: (group.taints ?? []).map((taint) => ({ key: taint.key ?? '', ...(taint.value === undefined ? {} : { value: taint.value }), effect: taint.effect ?? '' })),
    healthIssues: issues(group.health?.issues),
  };
}

function configurationOf({ configurationValues }: Addon): Pick<AddonFacts, 'configurationValues' | 'configurationTooLong'> {
  if (configurationValues === undefined) return {};
  return configurationValues.length > CONFIGURATION_CHARACTERS_KEPT_MAX ? { configurationTooLong: true } : { configurationValues };
}

function addonFacts(name: string, addon: Addon): AddonFacts {
  return {
    addonName: name,
    addonVersion: addon.addonVersion ?? '',
    status: addon.status ?? 'UNKNOWN',
    ...configurationOf(addon),
    ...(addon.owner === undefined ? {} : { owner: addon.owner }),
    healthIssues: issues(addon.health?.issues),
  };
}

function issues(found: readonly { code?: string | undefined; message?: string | undefined; resourceIds?: string[] | undefined }[] | undefined): HealthIssue[] {
  return (found ?? []).map((issue) => ({ code: issue.code ?? 'Unknown', message: issue.message ?? '', resourceIds: issue.resourceIds ?? [] }));
}

function versionOf(version: string | undefined, what: string): Minor {
  const minor = version === undefined ? undefined : minorOf(version);
  if (minor === undefined) throw new Error(`EKS tells no readable version for ${what}: ${version ?? 'none'}.`);
  return minor;
}
