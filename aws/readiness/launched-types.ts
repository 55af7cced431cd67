import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { ClusterFacts, NodegroupFacts } from '../../domain/facts.ts';
import type { Looked } from '../../domain/readiness-facts.ts';
import { templateFor, type ReadTemplate } from './launch-templates.ts';
import { seenOr } from './look.ts';
import { templateOf } from './own-groups.ts';
import type { LaunchedTypes } from './quotas.ts';

/** The instance types that the cluster's groups may launch. A group whose types stand in a template that could not be looked at makes all unknown. */
export function launchedTypes({ nodegroups }: ClusterFacts, groups: readonly AutoScalingGroup[], templates: Looked<readonly ReadTemplate[]>): LaunchedTypes[] {
  return [...nodegroups.map((group) => ofManaged(group, templates)), ...groups.flatMap((group) => ofOwn(group, templates))];
}

function ofManaged({ instanceTypes, capacityType, launchTemplate }: NodegroupFacts, templates: Looked<readonly ReadTemplate[]>): LaunchedTypes {
  const spot = capacityType === 'SPOT';
  if (instanceTypes.length > 0 || launchTemplate === undefined) return { instanceTypes, spot };
  const type = templateFor(seenOr(templates), { ...launchTemplate, version: launchTemplate.version ?? '$Default' })?.facts.instanceType;
  return { instanceTypes: type === undefined ? [] : [type], spot };
}

/** A group of mixed instances launches its overrides' types, on demand and, in part or beyond a base, as Spot. */
function ofOwn(group: AutoScalingGroup, templates: Looked<readonly ReadTemplate[]>): LaunchedTypes[] {
  const ref = templateOf(group);
  const template = ref === undefined ? undefined : templateFor(seenOr(templates), ref);
  const overrides = (group.MixedInstancesPolicy?.LaunchTemplate?.Overrides ?? []).flatMap(({ InstanceType }) => InstanceType ?? []);
  const type = template?.facts.instanceType;
  const instanceTypes = overrides.length > 0 ? overrides : type === undefined ? [] : [type];
  if (group.MixedInstancesPolicy === undefined) return [{ instanceTypes, spot: template?.spot ?? false }];
  const { OnDemandBaseCapacity = 0, OnDemandPercentageAboveBaseCapacity = 100 } = group.MixedInstancesPolicy.InstancesDistribution ?? {};
  return [
    ...(OnDemandBaseCapacity > 0 || OnDemandPercentageAboveBaseCapacity > 0 ? [{ instanceTypes, spot: false }] : []),
    ...(OnDemandPercentageAboveBaseCapacity < 100 ? [{ instanceTypes, spot: true }] : []),
  ];
}
