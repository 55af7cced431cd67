import { DescribeInstanceRefreshesCommand, type AutoScalingClient, type AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { EC2Client } from '@aws-sdk/client-ec2';
import type { SelfManagedGroupFacts } from '../../domain/readiness-facts.ts';
import { REFRESH_RUNNING } from '../auto-scaling.ts';
import { eachOf } from '../eks/each-of.ts';
import { kubeletsOf, minorOf, readImageNames, type ImageNames } from './images.ts';
import { readInstances } from './instances.ts';
import { templateFor, type ReadTemplate } from './launch-templates.ts';
import { OWN_GROUP_ACTIONS, templateOf } from './own-groups.ts';

/** EC2 takes 200 values in a filter. */
const INSTANCES_A_CALL_MAX = 200;
const REFRESHES_LOOKED_AT_MAX = 5;

export const SELF_MANAGED_ACTIONS = [...OWN_GROUP_ACTIONS, 'autoscaling:DescribeInstanceRefreshes', 'ec2:DescribeInstances', 'ec2:DescribeImages'];

type Clients = { readonly autoScaling: AutoScalingClient; readonly ec2: EC2Client };

/** What the cluster's own Auto Scaling groups run, and what a refresh of each could bring. `templates` are those that the groups use. */
export async function readSelfManagedGroups(clients: Clients, groups: readonly AutoScalingGroup[], templates: readonly ReadTemplate[]): Promise<SelfManagedGroupFacts[]> {
  if (groups.length === 0) return [];
  const imageOf = await imagesOfInstances(clients.ec2, groups.flatMap(({ Instances }) => Instances ?? []).flatMap(({ InstanceId }) => InstanceId ?? []));
  const names = await readImageNames(clients.ec2, [...imageOf.values(), ...templates.flatMap(({ versions }) => versions.flatMap(({ imageId }) => imageId ?? []))]);
  return eachOf(groups, async (group) => {
    const ref = templateOf(group);
    const refresh = await runningRefresh(clients.autoScaling, group);
    return groupFacts(group, ref === undefined ? undefined : templateFor(templates, ref), imageOf, names, refresh);
  });
}

async function imagesOfInstances(client: EC2Client, instanceIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const images = new Map<string, string>();
  for (let index = 0; index < instanceIds.length; index += INSTANCES_A_CALL_MAX) {
    const found = await readInstances(client, [{ Name: 'instance-id', Values: instanceIds.slice(index, index + INSTANCES_A_CALL_MAX) }]);
    for (const { InstanceId, ImageId } of found) if (InstanceId !== undefined && ImageId !== undefined) images.set(InstanceId, ImageId);
  }
  return images;
}

async function runningRefresh(client: AutoScalingClient, group: AutoScalingGroup): Promise<string | undefined> {
  const { InstanceRefreshes } = await client.send(new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: nameOfGroup(group), MaxRecords: REFRESHES_LOOKED_AT_MAX }));
  return (InstanceRefreshes ?? []).find(({ Status }) => REFRESH_RUNNING.has(Status ?? ''))?.InstanceRefreshId;
}

function groupFacts(group: AutoScalingGroup, template: ReadTemplate | undefined, imageOf: ReadonlyMap<string, string>, names: ImageNames, refreshInProgress: string | undefined): SelfManagedGroupFacts {
  const instances = group.Instances ?? [];
  return {
    groupName: nameOfGroup(group),
    ...(group.AutoScalingGroupARN === undefined ? {} : { arn: group.AutoScalingGroupARN }),
    desiredCapacity: group.DesiredCapacity ?? 0,
    minSize: group.MinSize ?? 0,
    maxSize: group.MaxSize ?? 0,
    ...(template?.facts.version === undefined ? {} : { launchTemplate: { id: template.facts.id, version: template.facts.version } }),
    mixedInstances: group.MixedInstancesPolicy !== undefined,
    kubelets: kubeletsOf(instances.flatMap(({ InstanceId }) => imageOf.get(InstanceId ?? '') ?? []), names),
    images: template === undefined ? [] : newestOfEach(template, names),
    subnetIds: (group.VPCZoneIdentifier ?? '').split(',').map((subnetId) => subnetId.trim()).filter((subnetId) => subnetId !== ''),
    unhealthyInstances: instances.filter(({ HealthStatus }) => HealthStatus !== undefined && HealthStatus !== 'Healthy').length,
    ...(refreshInProgress === undefined ? {} : { refreshInProgress }),
  };
}

/** The newest version for each minor: an older one for the same minor brings nothing more. */
function newestOfEach({ versions }: ReadTemplate, names: ImageNames): SelfManagedGroupFacts['images'] {
  const found = versions.flatMap(({ version, imageId }) => {
    if (imageId === undefined) return [];
    const [imageName, minor] = [names.get(imageId), minorOf(imageId, names)];
    return [{ version, imageId, ...(imageName === undefined ? {} : { imageName }), ...(minor === undefined ? {} : { minor }) }];
  });
  return [...Map.groupBy(found, ({ minor }) => minor).values()].flatMap((same) => same.slice(0, 1));
}

function nameOfGroup({ AutoScalingGroupName = '' }: AutoScalingGroup): string {
  return AutoScalingGroupName;
}
