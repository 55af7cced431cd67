import type { Ports } from '../aws/ports.ts';
import type { Account } from '../domain/account.ts';
import type { Cluster } from '../domain/cluster.ts';
import type { Plan } from '../domain/plan.ts';
import { isRefusal, type Refusal } from '../domain/refusal.ts';
import { refuseAbsentZones, refuseZones, zoneFindings } from '../domain/hosted-zones.ts';

/**
 * The plan with what is to be known of the zones that names are asked for in, or the refusal of zones that the cluster's team may not have or
 * that are not there. Zones that are reached through a role of another account are not looked at: the plan says so.
 */
export async function withZones(plan: Plan | Refusal, { observer }: Pick<Ports, 'observer'>, cluster: Cluster, account: Account | undefined, vpcId: string | undefined): Promise<Plan | Refusal> {
  const dns = cluster.wanted?.dns;
  if (isRefusal(plan) || dns === undefined || dns.hostedZoneIds.length === 0) return plan;
  const { accountId, region } = cluster;
  const refused = refuseZones(cluster, account ?? { accountId });
  if (refused !== undefined) return refused;
  if (dns.crossAccountRoleArn !== undefined) return plan;
  const zones = await observer.observe({ ask: 'hosted-zones', accountId, region, hostedZoneIds: dns.hostedZoneIds });
  if (isRefusal(zones)) return zones;
  return refuseAbsentZones(zones, accountId) ?? { ...plan, findings: [...plan.findings, ...zoneFindings(zones, vpcId)] };
}
