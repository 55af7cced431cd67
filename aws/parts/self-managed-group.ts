import {
  CreateAutoScalingGroupCommand,
  CreateOrUpdateTagsCommand,
  DeleteAutoScalingGroupCommand,
  DeleteWarmPoolCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
  PutWarmPoolCommand,
  UpdateAutoScalingGroupCommand,
  type AutoScalingClient,
  type AutoScalingGroup,
  type CreateAutoScalingGroupCommandInput,
} from '@aws-sdk/client-auto-scaling';
import type { RequestLaunchTemplateData } from '@aws-sdk/client-ec2';
import { DescribeClusterCommand, type EKSClient } from '@aws-sdk/client-eks';
import type { Step } from '../../domain/operation.ts';
import type { ResourceSeen } from '../../domain/parts/judge-resource.ts';
import { instancesFrom, launchTemplateData } from '../../domain/parts/launch-template-data.ts';
import { userDataFor, type ClusterToJoin } from '../../domain/parts/node-user-data.ts';
import type { SelfManagedGroupResource } from '../../domain/parts/resource.ts';
import { nameOf, orAbsent } from '../eks/errors.ts';
import { mayBeNewRole } from '../eks/role-not-known.ts';
import type { Handler, PartClients } from '../parts.ts';
import type { Begun, PartOf } from '../ports.ts';
import { profileOfRole } from './instance-profile.ts';
import { bringTemplate, deleteTemplate, imageFor, readTemplate } from './launch-template.ts';
import { refusing } from './refusing.ts';

const BUSY = new Set(['ScalingActivityInProgressFault', 'ScalingActivityInProgress', 'ResourceInUseFault', 'ResourceInUse', 'ResourceContentionFault', 'ResourceContention']);
const ACTIVITIES_READ = 5;

/** Nodes from a template of ours: a launch template with an Auto Scaling group of the same name. */
export const selfManagedGroup: Handler<SelfManagedGroupResource> = {
  async put(clients, resource, of, step) {
    return whenItMay(async () => {
      const { name } = resource;
      const [ec2, autoScaling] = [clients.ec2(), clients.autoScaling()];
      const [cluster, template, group] = [await readCluster(clients.eks(), of.clusterName), await readTemplate(ec2, name, of), await readGroup(autoScaling, name)];
      if (cluster === 'absent') return { kind: 'refused', code: 'ClusterNotReady', message: `EKS does not tell where the API server of ${of.clusterName} is, so its nodes could not join.` };
      if (template !== 'absent' && !template.ours) return notOurs('launch template', name);
      if (group !== 'absent' && !isOurs(group, of)) return notOurs('Auto Scaling group', name);
      if (group !== 'absent' && group.Status !== undefined) return { kind: 'in-use', message: `Auto Scaling group ${name}: ${group.Status}.` };
      const instanceProfile = resource.instanceProfile ?? (await profileOfRole(clients.iam(), resource.nodeRoleArn));
      if (instanceProfile === undefined) return { kind: 'refused', code: 'InstanceProfileMissing', message: `${resource.nodeRoleArn} has no instance profile, and instances get a role by one alone.` };
      const image = await imageFor(ec2, resource, template);
      if (image === undefined) return { kind: 'refused', code: 'ImageNotFound', message: `No ${resource.amiFamily} image for ${resource.version} on ${resource.architecture} is published here.` };
      const userData = Buffer.from(userDataFor(resource, cluster)).toString('base64');
      const data = launchTemplateData(resource, { imageId: image.id, instanceProfile, clusterSecurityGroup: cluster.securityGroup, userData }) as RequestLaunchTemplateData;
      const version = await bringTemplate(ec2, resource, template, { data, image }, of);
      await bringGroup(autoScaling, resource, group, version, of, step);
      await bringWarmPool(autoScaling, resource, group);
      const seen = await seenGroup(clients, resource);
      return seen !== 'absent' && seen.state === 'ready' ? { kind: 'done', outcome: `${resource.partName} runs version ${version.version} of its template, with ${image.name} (${image.id}).` } : { kind: 'begun' };
    });
  },

  async remove(clients, { name }, of) {
    return whenItMay(async () => {
      const [template, group] = [await readTemplate(clients.ec2(), name, of), await readGroup(clients.autoScaling(), name)];
      if (template === 'absent' && group === 'absent') return { kind: 'absent', message: `There is no group ${name}.` };
      if (group !== 'absent' && !isOurs(group, of)) return { kind: 'done', outcome: `Auto Scaling group ${name} is not ours, and stays.` };
      // Ends the instances of the group and of its warm pool, then the group itself (source: Auto Scaling API reference, DeleteAutoScalingGroup).
      if (group !== 'absent' && group.Status === undefined) await clients.autoScaling().send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: name, ForceDelete: true }));
      if (template !== 'absent' && template.ours) await deleteTemplate(clients.ec2(), template);
      return { kind: 'begun' };
    });
  },

  look: (clients, resource) => seenGroup(clients, resource),
};

interface ReadCluster extends ClusterToJoin {
  readonly securityGroup: string;
}

async function readCluster(client: EKSClient, name: string): Promise<ReadCluster | 'absent'> {
  const cluster = await orAbsent(async () => (await client.send(new DescribeClusterCommand({ name }))).cluster ?? 'absent');
  if (cluster === 'absent') return cluster;
  const { endpoint, certificateAuthority, kubernetesNetworkConfig: network, resourcesVpcConfig } = cluster;
  const serviceCidr = network?.serviceIpv6Cidr ?? network?.serviceIpv4Cidr;
  const securityGroup = resourcesVpcConfig?.clusterSecurityGroupId;
  if (endpoint === undefined || certificateAuthority?.data === undefined || serviceCidr === undefined || securityGroup === undefined) return 'absent';
  return { name, endpoint, certificateAuthority: certificateAuthority.data, serviceCidr, securityGroup };
}

async function readGroup(client: AutoScalingClient, name: string): Promise<AutoScalingGroup | 'absent'> {
  return (await client.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [name] }))).AutoScalingGroups?.[0] ?? 'absent';
}

function isOurs({ Tags = [] }: AutoScalingGroup, of: PartOf): boolean {
  return Tags.some(({ Key, Value }) => Key === 'slipway:cluster-id' && Value === of.clusterId);
}

function notOurs(what: string, name: string): Begun {
  return { kind: 'refused', code: 'NodeGroupNotOurs', message: `There is a ${what} ${name} that Slipway has not made for this cluster. It is left as it is.` };
}

async function bringGroup(client: AutoScalingClient, resource: SelfManagedGroupResource, group: AutoScalingGroup | 'absent', template: { readonly id: string; readonly version: string }, of: PartOf, step: Step): Promise<void> {
  const { name: AutoScalingGroupName, scalingConfig, subnets } = resource;
  const { minSize: MinSize, maxSize: MaxSize, desiredSize } = scalingConfig;
  const shape = { AutoScalingGroupName, MinSize, MaxSize, VPCZoneIdentifier: subnets.join(','), ...(instancesFrom(resource, template.id, template.version) as Pick<CreateAutoScalingGroupCommandInput, 'LaunchTemplate' | 'MixedInstancesPolicy'>) };
  const tags = { ...resource.tags, 'slipway:cluster-id': of.clusterId, 'slipway:part': resource.part };
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ ResourceType: 'auto-scaling-group', ResourceId: AutoScalingGroupName, Key, Value, PropagateAtLaunch: true }));
  if (group === 'absent') {
    await client.send(new CreateAutoScalingGroupCommand({ ...shape, DesiredCapacity: desiredSize, Tags }));
    return;
  }
  const asked = step.parameters?.['desiredSize'];
  await client.send(new UpdateAutoScalingGroupCommand({ ...shape, ...(typeof asked === 'number' ? { DesiredCapacity: asked } : {}) }));
  await client.send(new CreateOrUpdateTagsCommand({ Tags }));
}

const POOL_STATES = { STOPPED: 'Stopped', RUNNING: 'Running', HIBERNATED: 'Hibernated' } as const;
/** Says that the pool has no limit of its own (source: Auto Scaling API reference, PutWarmPool). */
const NO_LIMIT = -1;

async function bringWarmPool(client: AutoScalingClient, { name: AutoScalingGroupName, warmPool }: SelfManagedGroupResource, group: AutoScalingGroup | 'absent'): Promise<void> {
  if (warmPool !== undefined) await client.send(new PutWarmPoolCommand({ AutoScalingGroupName, MinSize: warmPool.minSize, PoolState: POOL_STATES[warmPool.poolState], MaxGroupPreparedCapacity: warmPool.maxGroupPreparedCapacity ?? NO_LIMIT }));
  else if (group !== 'absent' && group.WarmPoolConfiguration !== undefined && group.WarmPoolConfiguration.Status === undefined) await client.send(new DeleteWarmPoolCommand({ AutoScalingGroupName, ForceDelete: true }));
}

/** Ready with as many instances in service as are wanted; failed where none comes and the last launch failed, which Auto Scaling repeats for hours. */
async function seenGroup(clients: PartClients, { name }: SelfManagedGroupResource): Promise<ResourceSeen> {
  const client = clients.autoScaling();
  const group = await readGroup(client, name);
  if (group === 'absent') return 'absent';
  if (group.Status !== undefined) return { state: 'changing', status: group.Status };
  const inService = (group.Instances ?? []).filter(({ LifecycleState, HealthStatus }) => LifecycleState === 'InService' && HealthStatus === 'Healthy').length;
  const wanted = group.DesiredCapacity ?? 0;
  const status = `${inService} of ${wanted} in service`;
  if (inService >= wanted) return { state: 'ready', status };
  const { Activities = [] } = await client.send(new DescribeScalingActivitiesCommand({ AutoScalingGroupName: name, MaxRecords: ACTIVITIES_READ }));
  const [last] = Activities;
  if (last?.StatusCode !== 'Failed' || (group.Instances ?? []).length > inService) return { state: 'changing', status };
  return { state: 'failed', status, code: 'LaunchFailed', message: `No instance of ${name} could be launched: ${last.StatusMessage ?? 'Auto Scaling gives no reason.'}`, resourceIds: [name] };
}

/** What is in the way for a while is waited for; what AWS refuses for good is a value. EC2 has a name for each thing that it does not take. */
async function whenItMay(work: () => Promise<Begun>): Promise<Begun> {
  return refusing(async () => {
    try {
      return await work();
    } catch (error) {
      const [name, message] = [nameOf(error), error instanceof Error ? error.message : ''];
      if (BUSY.has(name)) return { kind: 'in-use', message };
      if (/^(Invalid|Malformed|Unsupported)|LimitExceeded/.test(name)) return { kind: mayBeNewRole(message) ? 'not-yet' : 'refused', code: name, message };
      throw error;
    }
  });
}
