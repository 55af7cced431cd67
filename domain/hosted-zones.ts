import type { Account } from './account.ts';
import type { Cluster } from './cluster.ts';
import { finding } from './finding-codes.ts';
import type { Finding } from './plan.ts';
import { refuse, type Refusal } from './refusal.ts';

/** A hosted zone that an account lets clusters have names in. */
export interface AllowedZone {
  readonly hostedZoneId: string;
  /** The teams whose clusters may; undefined: all. */
  readonly teams?: readonly string[];
}

/** A hosted zone as Route 53 tells of it. */
export type HostedZoneFacts =
  | { readonly hostedZoneId: string; readonly kind: 'absent' }
  | { readonly hostedZoneId: string; readonly kind: 'there'; readonly name: string; readonly private: boolean; /** Of a private zone: where its names are known. */ readonly vpcIds: readonly string[] };

/** The refusal of zones that the cluster's team may not have names in. A cluster of no team is the platform's own, and may have all. */
export function refuseZones({ wanted, team, name }: Pick<Cluster, 'wanted' | 'team' | 'name'>, { accountId, dnsZones = [] }: Pick<Account, 'accountId' | 'dnsZones'>): Refusal | undefined {
  const asked = wanted?.dns?.hostedZoneIds ?? [];
  if (team === undefined) return undefined;
  const refused = asked.flatMap((id, index) => (dnsZones.some((zone) => zone.hostedZoneId === id && zone.teams?.includes(team) !== false) ? [] : [{ id, path: `dns.hostedZoneIds.${index}` }]));
  if (refused.length === 0) return undefined;
  return refuse('zone-not-allowed', `Team ${team} may have no names of ${name} in ${refused.map(({ id }) => id).join(', ')}.`, {
    remedy: `An admin allows a zone to a team: PATCH /v1/accounts/${accountId} {"dnsZones": [...]}.`,
    errors: refused.map(({ path }) => ({ path, message: `Not allowed to team ${team}` })),
  });
}

/** The refusal of zones that are not there. */
export function refuseAbsentZones(zones: readonly HostedZoneFacts[], accountId: string): Refusal | undefined {
  const absent = zones.flatMap(({ hostedZoneId, kind }, index) => (kind === 'absent' ? [{ hostedZoneId, path: `dns.hostedZoneIds.${index}` }] : []));
  if (absent.length === 0) return undefined;
  return refuse('rules-broken', `Account ${accountId} has no hosted zone ${absent.map(({ hostedZoneId }) => hostedZoneId).join(', ')}.`, {
    remedy: 'Name zones of the cluster\'s own account; zones of another one are reached through dns.crossAccountRoleArn.',
    errors: absent.map(({ path }) => ({ path, message: `Not there in account ${accountId}` })),
  });
}

/** Names in a private zone are known in its VPCs alone (source: Route 53 developer guide, Working with private hosted zones). */
export function zoneFindings(zones: readonly HostedZoneFacts[], vpcId: string | undefined): readonly Finding[] {
  return zones.flatMap((zone) =>
    zone.kind === 'there' && zone.private && vpcId !== undefined && !zone.vpcIds.includes(vpcId)
      ? [finding('zone-of-another-vpc', 'advises', zone.hostedZoneId, { detail: `${zone.name} is private, and not associated with the cluster's VPC ${vpcId}: the cluster's pods and nodes do not know its names.`, remedy: 'Associate the zone with the VPC, or name a zone that is.' })]
      : [],
  );
}
