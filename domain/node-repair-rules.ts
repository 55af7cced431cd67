import type { Nodegroup } from './cluster.ts';
import type { RuleError } from './nodegroup-rules.ts';

const EITHER = [
  ['maxUnhealthyNodeThresholdCount', 'maxUnhealthyNodeThresholdPercentage'],
  ['maxParallelNodesRepairedCount', 'maxParallelNodesRepairedPercentage'],
] as const;

/** What is wrong with how a group's nodes are repaired and kept ready (sources: EKS API reference, NodeRepairConfig and WarmPoolConfig). */
export function readinessErrors({ nodeRepairConfig = {}, warmPoolConfig = {}, amiType = '', scalingConfig, capacityType }: Nodegroup, path: string): readonly RuleError[] {
  const at = (name: string, message: string): RuleError => ({ path: `${path}${name}`, message });
  const { minSize = 0, maxGroupPreparedCapacity, poolState, reuseOnScaleIn, enabled } = warmPoolConfig;
  const overrides = nodeRepairConfig.nodeRepairConfigOverrides ?? [];
  const keys = overrides.map(({ nodeMonitoringCondition, nodeUnhealthyReason }) => `${nodeMonitoringCondition}/${nodeUnhealthyReason}`);
  const bottlerocket = amiType.startsWith('BOTTLEROCKET');
  return [
    ...EITHER.filter(([count, percentage]) => nodeRepairConfig[count] !== undefined && nodeRepairConfig[percentage] !== undefined).map(([count, percentage]) => at(`nodeRepairConfig.${count}`, `Name ${count} or ${percentage}, one of the two`)),
    ...keys.flatMap((key, index) => (keys.indexOf(key) < index ? [at(`nodeRepairConfig.nodeRepairConfigOverrides.${index}`, `${key} stands there twice`)] : [])),
    ...(maxGroupPreparedCapacity !== undefined && maxGroupPreparedCapacity < Math.max(minSize, scalingConfig.desiredSize) ? [at('warmPoolConfig.maxGroupPreparedCapacity', `At least the pool's ${minSize} and the desired size ${scalingConfig.desiredSize}`)] : []),
    ...(bottlerocket && poolState === 'HIBERNATED' ? [at('warmPoolConfig.poolState', 'Bottlerocket does not hibernate')] : []),
    ...(bottlerocket && reuseOnScaleIn === true ? [at('warmPoolConfig.reuseOnScaleIn', 'Not with Bottlerocket')] : []),
    ...(enabled === true && capacityType === 'SPOT' ? [at('warmPoolConfig.enabled', 'Not with Spot instances')] : []),
  ];
}
