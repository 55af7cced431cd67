import type { SubnetFacts } from './facts.ts';

/** Zones in which EKS runs no control planes, by id: names differ from account to account (source: EKS user guide, network requirements; eksctl). */
export const DISALLOWED_ZONE_IDS: readonly string[] = ['use1-az3', 'usw1-az2', 'cac1-az3'];

/** A zone in both words: its id, the same in every account, and its name in this one. `use1-az1 (us-east-1a here)` */
export function zoneTold({ zoneId, zoneName }: Pick<SubnetFacts, 'zoneId' | 'zoneName'>): string {
  return zoneName === '' ? zoneId : `${zoneId} (${zoneName} here)`;
}
