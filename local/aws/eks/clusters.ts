import type {
  CreateClusterRequest,
  CreateClusterResponse,
  DeleteClusterRequest,
  DeleteClusterResponse,
  DescribeClusterRequest,
  DescribeClusterResponse,
  ListClustersRequest,
  ListClustersResponse,
  LogType,
  Logging,
} from '@aws-sdk/client-eks';
import type { Minor } from '../../../domain/minor.ts';
import type { Call } from '../service.ts';
import { addCreatorEntry } from './access.ts';
import { holdForControlPlane } from './addresses.ts';
import { autoModeAsked, closeSpans, drift } from './auto-mode.ts';
import { defaultVersion, offeredVersion, platformVersion } from './catalogue.ts';
import { clusterOf, describedCluster } from './cluster-view.ts';
import { inUse, invalidParameter, invalidRequest, limitExceeded, notSimulated } from './errors.ts';
import { clusterIssues } from './health.ts';
import { insightsAfter } from './insights.ts';
import { ADDRESSES, QUOTAS } from './limits.ts';
import { page } from './pages.ts';
import type { Place } from './place.ts';
import type { Apply } from './settle.ts';
import type { ClusterDoc } from './state.ts';
import { once } from './tokens.ts';
import { scriptedError, updateDoc } from './updates.ts';
import { clusterRoleRefusal, isPublicAccessCidr, requireClusterName, requireClusterSubnets, requireKeys, requireRole, requireSecurityGroups, requireTags } from './validation.ts';

export function createCluster(input: CreateClusterRequest, place: Place, call: Call): CreateClusterResponse {
  const name = input.name ?? '';
  once(
    place,
    'CreateCluster',
    input,
    () => {
      const cluster = newCluster(input, name, place);
      place.clusters.put(name, cluster);
      holdForControlPlane(place, cluster, 1);
      if (cluster.authenticationMode !== 'CONFIG_MAP' && cluster.bootstrapClusterCreatorAdminPermissions) addCreatorEntry(place, cluster, call);
      const failure = place.around.faults?.takeFailUpdate('eks:CreateCluster', place.accountId, place.region, input);
      if (failure === undefined) {
        place.after('clusterCreation', { kind: 'cluster-created', clusterName: name });
      } else {
        const error = scriptedError(failure, { message: (code) => `The control plane could not be created: ${code}`, resourceIds: cluster.subnetIds });
        place.clusters.put(name, { ...cluster, healthIssues: [{ code: error.errorCode, message: error.errorMessage, resourceIds: error.resourceIds }] });
        place.after('clusterCreation', { kind: 'cluster-creation-failed', clusterName: name });
      }
      return { name };
    },
    () => place.clusters.get(name) !== undefined,
  );
  const cluster = clusterOf(place, name);
  const described = describedCluster(cluster, place.region);
  return {
    cluster: {
      ...described,
      accessConfig: { authenticationMode: cluster.authenticationMode, bootstrapClusterCreatorAdminPermissions: cluster.bootstrapClusterCreatorAdminPermissions },
    },
  };
}

/** Everything that CreateCluster checks, then the cluster as it begins. */
function newCluster(input: CreateClusterRequest, name: string, place: Place): ClusterDoc {
  const about = { clusterName: name };
  requireClusterName(name);
  if (place.clusters.get(name) !== undefined) throw inUse(`Cluster already exists with name: ${name}`, about);
  if (place.clusters.list().length >= QUOTAS.clustersPerRegion) throw limitExceeded(`Cluster limit exceeded for account. Max allowed ${QUOTAS.clustersPerRegion}`, about);
  refuseWhatIsNotSimulated(input);
  const version = input.version ?? defaultVersion(place.now)?.minor ?? '';
  if (offeredVersion(version, place.now) === undefined) throw invalidParameter('unsupported Kubernetes version', about);
  requireTags(input.tags ?? {}, about);
  const roleArn = input.roleArn ?? '';
  requireRole(place, roleArn, 'eks.amazonaws.com', () => clusterRoleRefusal(roleArn), about);

  const vpc = input.resourcesVpcConfig ?? {};
  const subnets = requireClusterSubnets(place, vpc.subnetIds ?? [], about);
  const crowded = subnets.find((subnet) => subnet.availableIpAddressCount < ADDRESSES.freePerSubnetToCreate);
  if (crowded !== undefined)
    throw invalidParameter(
      `Provided subnets ${crowded.subnetId} Free IPs: ${crowded.availableIpAddressCount} , need at least ${ADDRESSES.freePerSubnetToCreate} IPs in each subnet to be free for this operation`,
      about,
    );
  const ipv4Alone = input.kubernetesNetworkConfig?.ipFamily === 'ipv6' ? subnets.find(({ hasIpv6 }) => hasIpv6 === false) : undefined;
  if (ipv4Alone !== undefined) throw invalidParameter(`Subnet ${ipv4Alone.subnetId} must have an IPv6 CIDR block for a cluster of ipFamily ipv6`, about);
  requireSecurityGroups(place, vpc.securityGroupIds ?? [], about);
  requireKeys(place, input.encryptionConfig ?? [], about);
  const access = requireEndpointAccess(vpc, name);
  const authenticationMode = input.accessConfig?.authenticationMode ?? 'CONFIG_MAP';
  const autoMode = autoModeAsked(place, input, { name, authenticationMode, roleArn });
  if (autoMode?.enabled === true && input.bootstrapSelfManagedAddons !== false)
    throw invalidParameter('For EKS Auto Mode, bootstrapSelfManagedAddons must be set to false.', about);
  const id = place.newId().toUpperCase();
  return {
    id,
    name,
    arn: place.arn(`cluster/${name}`),
    createdAt: place.now,
    status: 'CREATING',
    version: version as Minor,
    platformVersion: platformVersion(version, place.now),
    roleArn,
    vpcId: subnets[0]?.vpcId ?? '',
    subnetIds: vpc.subnetIds ?? [],
    securityGroupIds: vpc.securityGroupIds ?? [],
    clusterSecurityGroupId: `sg-${place.newId().slice(-17)}`,
    ...access,
    network: networkOf(input),
    logTypes: logTypesAfter([], input.logging),
    encryptionConfig: input.encryptionConfig ?? [],
    authenticationMode,
    bootstrapClusterCreatorAdminPermissions: input.accessConfig?.bootstrapClusterCreatorAdminPermissions ?? true,
    selfManagedAddons: input.bootstrapSelfManagedAddons ?? true,
    supportType: input.upgradePolicy?.supportType ?? 'EXTENDED',
    deletionProtection: input.deletionProtection ?? false,
    zonalShift: input.zonalShiftConfig?.enabled,
    autoMode,
    remoteNetworkConfig: input.remoteNetworkConfig,
    controlPlaneScalingConfig: input.controlPlaneScalingConfig,
    kubeApiServerConfig: input.kubeApiServerConfig,
    kubeSchedulerConfig: input.kubeSchedulerConfig,
    kubeControllerManagerConfig: input.kubeControllerManagerConfig,
    tags: input.tags ?? {},
    clientRequestToken: input.clientRequestToken,
    healthIssues: [],
    insights: [],
  };
}

function refuseWhatIsNotSimulated(input: CreateClusterRequest): void {
  if (input.outpostConfig !== undefined) throw notSimulated('local clusters on Outposts');
  if (input.resourcesVpcConfig?.controlPlaneEgressMode !== undefined && input.resourcesVpcConfig.controlPlaneEgressMode !== 'AWS_MANAGED')
    throw notSimulated('customer-routed control-plane egress');
}

/** How the endpoint can be reached, with EKS's defaults. At least one way must be left open. */
export function requireEndpointAccess(
  vpc: { readonly endpointPublicAccess?: boolean | undefined; readonly endpointPrivateAccess?: boolean | undefined; readonly publicAccessCidrs?: readonly string[] | undefined },
  clusterName: string,
  before: Pick<ClusterDoc, 'endpointPublicAccess' | 'endpointPrivateAccess' | 'publicAccessCidrs'> = {
    endpointPublicAccess: true,
    endpointPrivateAccess: false,
    publicAccessCidrs: ['0.0.0.0/0'],
  },
): Pick<ClusterDoc, 'endpointPublicAccess' | 'endpointPrivateAccess' | 'publicAccessCidrs'> {
  const endpointPublicAccess = vpc.endpointPublicAccess ?? before.endpointPublicAccess;
  const endpointPrivateAccess = vpc.endpointPrivateAccess ?? before.endpointPrivateAccess;
  if (!endpointPublicAccess && !endpointPrivateAccess) throw invalidParameter('Private and public endpoint access cannot be false', { clusterName });
  const asked = vpc.publicAccessCidrs ?? before.publicAccessCidrs;
  if (asked.length > QUOTAS.publicAccessCidrsPerCluster)
    throw invalidParameter(`Cannot specify more than ${QUOTAS.publicAccessCidrsPerCluster} public access CIDRs`, { clusterName });
  const invalid = asked.filter((cidr) => !isPublicAccessCidr(cidr));
  if (invalid.length > 0) throw invalidParameter(`The following CIDRs are invalid in publicAccessCidrs: [${invalid.join(', ')}]`, { clusterName });
  const publicAccessCidrs = !endpointPublicAccess ? [] : asked.length === 0 ? ['0.0.0.0/0'] : asked;
  return { endpointPublicAccess, endpointPrivateAccess, publicAccessCidrs };
}

function networkOf(input: CreateClusterRequest): ClusterDoc['network'] {
  const asked = input.kubernetesNetworkConfig;
  const elasticLoadBalancing = { enabled: asked?.elasticLoadBalancing?.enabled ?? false };
  if (asked?.ipFamily === 'ipv6') return { ipFamily: 'ipv6', serviceIpv6Cidr: 'fd7a:c0de:5eed::/108', elasticLoadBalancing };
  return { ipFamily: 'ipv4', serviceIpv4Cidr: asked?.serviceIpv4Cidr ?? '10.100.0.0/16', elasticLoadBalancing };
}

/** The kinds of logs that are on after a request has turned some on and some off. */
export function logTypesAfter(before: readonly LogType[], logging: Logging | undefined): LogType[] {
  const on = new Set(before);
  for (const setup of logging?.clusterLogging ?? []) {
    for (const type of setup.types ?? []) {
      if (setup.enabled === true) on.add(type);
      else on.delete(type);
    }
  }
  return [...on].sort();
}

export function describeCluster(input: DescribeClusterRequest, place: Place): DescribeClusterResponse {
  const cluster = clusterOf(place, input.name ?? '');
  return { cluster: describedCluster({ ...cluster, healthIssues: clusterIssues(place, cluster) }, place.region) };
}

export function listClusters(input: ListClustersRequest, place: Place): ListClustersResponse {
  const names = place.clusters.list().map((cluster) => cluster.name);
  const { items, nextToken } = page(names, input, (name) => name);
  return { clusters: items, ...(nextToken === undefined ? {} : { nextToken }) };
}

export function deleteCluster(input: DeleteClusterRequest, place: Place): DeleteClusterResponse {
  const cluster = clusterOf(place, input.name ?? '');
  const about = { clusterName: cluster.name };
  const nodegroup = place.nodegroups.list(`${cluster.name}/`)[0];
  if (nodegroup !== undefined) throw inUse('Cluster has nodegroups attached', { ...about, nodegroupName: nodegroup.nodegroupName });
  if (place.fargateProfiles.list(`${cluster.name}/`).length > 0) throw inUse('Cluster has fargate profiles attached', about);
  if (place.capabilities.list(`${cluster.name}/`).length > 0) throw inUse('Cluster has capabilities attached', about);
  if (cluster.deletionProtection)
    throw invalidRequest(`Cluster ${cluster.name} cannot be deleted because deletion protection is enabled. Disable deletion protection and try again.`, about);
  const update = updateDoc(place, cluster.name, cluster.update);
  if (update?.status === 'InProgress') throw inUse(`Cannot delete because cluster ${cluster.name} currently has update ${update.id} in progress`, about);
  if (cluster.status === 'CREATING') throw inUse(`Cannot delete because cluster ${cluster.name} currently has status CREATING`, about);
  if (cluster.status !== 'DELETING') {
    cluster.status = 'DELETING';
    place.clusters.put(cluster.name, cluster);
    place.after('clusterDeletion', { kind: 'cluster-deleted', clusterName: cluster.name });
  }
  return { cluster: describedCluster(cluster, place.region) };
}

const created: Apply = (place, { clusterName }) => {
  const cluster = place.clusters.get(clusterName);
  if (cluster === undefined) return;
  cluster.status = 'ACTIVE';
  cluster.span = place.openSpan({ what: 'control-plane', clusterName, version: cluster.version });
  cluster.insights = insightsAfter(place, cluster, false);
  cluster.insightsRefreshedAt = place.now;
  place.around.ec2.makeSecurityGroup?.(place.accountId, place.region, {
    id: cluster.clusterSecurityGroupId,
    vpcId: cluster.vpcId,
    name: `eks-cluster-sg-${clusterName}-${cluster.clusterSecurityGroupId.slice(-10)}`,
    description: 'EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, as well as any managed workloads.',
    tags: { Name: `eks-cluster-sg-${clusterName}`, [`kubernetes.io/cluster/${clusterName}`]: 'owned', 'aws:eks:cluster-name': clusterName },
  });
  place.clusters.put(clusterName, cluster);
  place.after('insightsFirst', { kind: 'insights-judged', clusterName });
  drift(place, clusterName);
};

const creationFailed: Apply = (place, { clusterName }) => {
  const cluster = place.clusters.get(clusterName);
  if (cluster !== undefined) place.clusters.put(clusterName, { ...cluster, status: 'FAILED' });
};

const deleted: Apply = (place, { clusterName }) => {
  const cluster = place.clusters.get(clusterName);
  if (cluster === undefined) return;
  place.closeSpan(cluster.span);
  closeSpans(place, cluster.autoNodes ?? []);
  holdForControlPlane(place, cluster, 0);
  place.around.ec2.removeSecurityGroup?.(place.accountId, place.region, cluster.clusterSecurityGroupId);
  for (const addon of place.addons.list(`${clusterName}/`)) place.closeSpan(addon.span);
  place.clusters.delete(clusterName);
  for (const documents of [place.addons, place.accessEntries, place.podIdentities, place.pending]) documents.clear(`${clusterName}/`);
};

export const clusterTransitions: Readonly<Record<string, Apply>> = { 'cluster-created': created, 'cluster-creation-failed': creationFailed, 'cluster-deleted': deleted };
