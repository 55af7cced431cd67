import type { Cluster } from '../cluster.ts';
import type { ClusterFacts, CreationFacts, NodegroupFacts } from '../facts.ts';
import { DEFAULT_INSTANCE_TYPE, type InstanceLimits } from '../instance-limits.ts';
import { cniSettings, CNI_DEFAULTS, type CniSettings } from './cni-settings.ts';
import type { ForecastAsk } from './forecast.ts';

/** The instance types whose limits a forecast needs. Those of a launch template are not told by the group. */
export function typesToKnow(nodegroups: readonly { readonly instanceTypes?: readonly string[]; readonly launchTemplate?: unknown }[]): readonly string[] {
  return [...new Set(nodegroups.flatMap(({ instanceTypes = [], launchTemplate }) => (instanceTypes.length === 0 && launchTemplate === undefined ? [DEFAULT_INSTANCE_TYPE] : instanceTypes)))];
}

/** Of a cluster that is there. Settings that could not be read count as the CNI's defaults. */
export function forecastAsk(facts: ClusterFacts, limits: readonly InstanceLimits[], settings: CniSettings | 'unread'): ForecastAsk {
  return { subnets: facts.subnets, nodegroups: facts.nodegroups, limits, cni: settings === 'unread' ? CNI_DEFAULTS : settings, ipFamily: facts.cluster.ipFamily ?? 'ipv4' };
}

/** Of a cluster that is asked for, with the settings that its VPC CNI will have. */
export function creationForecast(cluster: Cluster, facts: CreationFacts, configurationValues: string | undefined): ForecastAsk {
  const settings = cniSettings(configurationValues);
  const nodegroups = cluster.nodegroups.map((group): NodegroupFacts => ({
    nodegroupName: group.nodegroupName,
    status: group.status,
    amiType: group.amiType ?? '',
    instanceTypes: group.instanceTypes ?? [],
    subnetIds: group.subnets ?? cluster.subnetIds,
    // None of its nodes is there yet.
    scalingConfig: { ...group.scalingConfig, minSize: 0, desiredSize: 0 },
    updateConfig: {},
    ...(group.launchTemplate === undefined ? {} : { launchTemplate: group.launchTemplate }),
    customAmi: group.customAmi ?? false,
    labels: {},
    taints: [],
    healthIssues: [],
  }));
  return { subnets: facts.subnets, nodegroups, limits: facts.instanceLimits ?? [], cni: settings === 'unread' ? CNI_DEFAULTS : settings, ipFamily: cluster.ipFamily ?? 'ipv4' };
}
