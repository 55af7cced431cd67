import type { AMITypes, NodegroupScalingConfig, NodegroupUpdateConfig, NodeRepairConfig, Taint, WarmPoolConfig } from '@aws-sdk/client-eks';
import { minorsBetween } from '../../../domain/minor.ts';
import type { Minor } from '../../../domain/minor.ts';
import type { SeenLaunchTemplate } from './around.ts';
import { amiReleases } from './catalogue.ts';
import { invalidParameter } from './errors.ts';
import type { About } from './errors.ts';
import { QUOTAS } from './limits.ts';
import type { Place } from './place.ts';
import type { LaunchTemplateDoc } from './state.ts';

/** The last minor that EKS builds Amazon Linux 2 images for. Source: EKS user guide, Amazon Linux 2 end of support. */
const LAST_AL2_MINOR: Minor = '1.32';
const UPDATE_NODES_MAX = 100;
const RESERVED_LABEL_PREFIXES = ['kubernetes.io/', 'k8s.io/', 'eks.amazonaws.com/'];

export function requireScaling(asked: NodegroupScalingConfig | undefined, before: NodegroupScalingConfig | undefined, about: About): NodegroupScalingConfig {
  const minSize = asked?.minSize ?? before?.minSize ?? 1;
  const maxSize = asked?.maxSize ?? before?.maxSize ?? 2;
  const desiredSize = asked?.desiredSize ?? before?.desiredSize ?? 2;
  if (minSize < 0 || maxSize < 1 || desiredSize < 0) throw invalidParameter('Sizes must not be negative, and the maximum size must be at least 1', about);
  if (minSize > desiredSize) throw invalidParameter(`Minimum capacity ${minSize} can't be greater than desired size ${desiredSize}`, about);
  if (desiredSize > maxSize) throw invalidParameter(`Desired capacity ${desiredSize} can't be greater than max size ${maxSize}`, about);
  if (maxSize > QUOTAS.nodesPerNodegroup) throw invalidParameter(`Max size ${maxSize} can't be greater than ${QUOTAS.nodesPerNodegroup}`, about);
  return { minSize, maxSize, desiredSize };
}

export function requireUpdateConfig(asked: NodegroupUpdateConfig | undefined, before: NodegroupUpdateConfig | undefined, about: About): NodegroupUpdateConfig {
  if (asked?.maxUnavailable !== undefined && asked.maxUnavailablePercentage !== undefined)
    throw invalidParameter('Only one of maxUnavailable and maxUnavailablePercentage can be specified.', about);
  if (asked?.maxUnavailable !== undefined && (asked.maxUnavailable < 1 || asked.maxUnavailable > UPDATE_NODES_MAX))
    throw invalidParameter(`maxUnavailable must be between 1 and ${UPDATE_NODES_MAX}`, about);
  if (asked?.maxUnavailablePercentage !== undefined && (asked.maxUnavailablePercentage < 1 || asked.maxUnavailablePercentage > 100))
    throw invalidParameter('maxUnavailablePercentage must be between 1 and 100', about);
  const pace =
    asked?.maxUnavailable !== undefined
      ? { maxUnavailable: asked.maxUnavailable }
      : asked?.maxUnavailablePercentage !== undefined
        ? { maxUnavailablePercentage: asked.maxUnavailablePercentage }
        : before?.maxUnavailablePercentage !== undefined
          ? { maxUnavailablePercentage: before.maxUnavailablePercentage }
          : { maxUnavailable: before?.maxUnavailable ?? 1 };
  const updateStrategy = asked?.updateStrategy ?? before?.updateStrategy;
  return updateStrategy === undefined ? pace : { ...pace, updateStrategy };
}

/** Node auto repair. Source: EKS API reference, NodeRepairConfig and NodeRepairConfigOverrides. */
export function requireRepair(asked: NodeRepairConfig | undefined, about: About): NodeRepairConfig | undefined {
  if (asked === undefined) return undefined;
  for (const [count, percentage] of [
    ['maxUnhealthyNodeThresholdCount', 'maxUnhealthyNodeThresholdPercentage'],
    ['maxParallelNodesRepairedCount', 'maxParallelNodesRepairedPercentage'],
  ] as const) {
    if (asked[count] !== undefined && asked[percentage] !== undefined) throw invalidParameter(`Only one of ${count} and ${percentage} can be specified.`, about);
    if ((asked[count] ?? 1) < 1) throw invalidParameter(`${count} must be at least 1`, about);
    if ((asked[percentage] ?? 1) < 1 || (asked[percentage] ?? 1) > 100) throw invalidParameter(`${percentage} must be between 1 and 100`, about);
  }
  const whole = ['nodeMonitoringCondition', 'nodeUnhealthyReason', 'minRepairWaitTimeMins', 'repairAction'] as const;
  const partial = asked.nodeRepairConfigOverrides?.find((override) => whole.some((name) => override[name] === undefined));
  if (partial !== undefined) throw invalidParameter(`All of ${whole.join(', ')} must be specified in nodeRepairConfigOverrides.`, about);
  return asked;
}

/** Warm pools of a managed group, as they would stand. Source: EKS API reference, WarmPoolConfig. */
export function requireWarmPool(asked: WarmPoolConfig | undefined, before: WarmPoolConfig | undefined, amiType: AMITypes, about: About): WarmPoolConfig | undefined {
  if (asked === undefined) return undefined;
  const after: WarmPoolConfig = { minSize: 0, poolState: 'STOPPED', reuseOnScaleIn: false, ...before, ...asked };
  if ((after.minSize ?? 0) < 0) throw invalidParameter('The minSize of a warm pool must not be negative', about);
  if (after.maxGroupPreparedCapacity !== undefined && after.maxGroupPreparedCapacity < (after.minSize ?? 0))
    throw invalidParameter("The maxGroupPreparedCapacity of a warm pool can't be less than its minSize", about);
  const bottlerocket = amiType.startsWith('BOTTLEROCKET');
  if (bottlerocket && after.poolState === 'HIBERNATED') throw invalidParameter('Warm pool instances in the Hibernated state are not supported with Bottlerocket AMIs.', about);
  if (bottlerocket && after.reuseOnScaleIn === true) throw invalidParameter('reuseOnScaleIn is not supported for Bottlerocket AMIs.', about);
  return after;
}

/** How many nodes a roll replaces at a time. */
export function paceOf(updateConfig: NodegroupUpdateConfig, nodes: number): number {
  const asked = updateConfig.maxUnavailablePercentage === undefined ? (updateConfig.maxUnavailable ?? 1) : Math.floor((nodes * updateConfig.maxUnavailablePercentage) / 100);
  return Math.min(UPDATE_NODES_MAX, Math.max(1, asked));
}

export function requireLabels(labels: Readonly<Record<string, string>>, about: About): void {
  const reserved = Object.keys(labels).find((key) => RESERVED_LABEL_PREFIXES.some((prefix) => key.startsWith(prefix)));
  if (reserved !== undefined) throw invalidParameter(`Label cannot contain reserved prefixes [${RESERVED_LABEL_PREFIXES.join(', ')}]`, about);
}

export function requireTaints(taints: readonly Taint[], about: About): void {
  if (new Set(taints.map((taint) => `${taint.key}:${taint.effect}`)).size < taints.length) throw invalidParameter('Taints must be unique by key and effect', about);
}

export function requireAmiType(amiType: AMITypes, version: Minor, about: About): void {
  if (amiType.startsWith('AL2_') && (minorsBetween(LAST_AL2_MINOR, version) ?? 1) > 0)
    throw invalidParameter(`AMI Type ${amiType} is only supported for kubernetes versions ${LAST_AL2_MINOR} or earlier`, about);
}

/** Kinds of machines that EC2 has, and that the images of the AMI type run on. */
export function requireInstanceTypes(place: Place, instanceTypes: readonly string[], amiType: AMITypes, about: About): void {
  const { instanceType } = place.around.ec2;
  if (instanceType === undefined) return;
  const missing = instanceTypes.filter((name) => instanceType(name) === undefined);
  if (missing.length > 0) throw invalidParameter(`The following supplied instance types do not exist: [${missing.join(', ')}]`, about);
  if (amiType === 'CUSTOM') return;
  const architecture = amiType.includes('ARM_64') ? 'arm64' : 'x86_64';
  const unfit = instanceTypes.filter((name) => instanceType(name)?.architecture !== architecture);
  if (unfit.length > 0) throw invalidParameter(`[${unfit.join(', ')}] is not a valid instance type for requested amiType ${amiType}`, about);
}

/** What EKS picks when no AMI type is named: Amazon Linux 2023 from 1.30 on. */
export function defaultAmiType(version: Minor): AMITypes {
  return (minorsBetween('1.30', version) ?? 0) >= 0 ? 'AL2023_x86_64_STANDARD' : 'AL2_x86_64';
}

/** The AMI release asked for, when it belongs to the minor; without one the newest. */
export function requireRelease(place: Place, asked: string | undefined, version: Minor, amiType: AMITypes, about: About): string {
  const releases = amiReleases(version, amiType, place.now);
  if (asked === undefined) return releases.at(-1) ?? '';
  if (!releases.includes(asked)) throw invalidParameter(`Requested release version ${asked} is not valid for kubernetes version ${version}.`, about);
  return asked;
}

/** A launch template version as the account has it. */
export function requireLaunchTemplate(
  place: Place,
  asked: { readonly id?: string | undefined; readonly name?: string | undefined; readonly version?: string | undefined },
  about: About,
): LaunchTemplateDoc & Pick<SeenLaunchTemplate, 'instanceType'> {
  if ((asked.id === undefined) === (asked.name === undefined)) throw invalidParameter('Launch template must be specified by either its id or its name, not both.', about);
  const seen = place.around.ec2.launchTemplate?.(place.accountId, place.region, {
    ...(asked.id === undefined ? {} : { id: asked.id }),
    ...(asked.name === undefined ? {} : { name: asked.name }),
    ...(asked.version === undefined ? {} : { version: asked.version }),
  });
  if (seen === undefined) throw invalidParameter(`The specified launch template ${asked.id ?? asked.name}, version ${asked.version ?? '$Default'}, does not exist.`, about);
  return seen;
}
