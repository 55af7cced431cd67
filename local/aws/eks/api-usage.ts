import type { Minor } from '../../../domain/minor.ts';
import { apisRemovedIn, minorsThatRemoveApis } from './catalogue.ts';
import type { Place } from './place.ts';
import type { InsightDoc } from './state.ts';
import type { WorkloadClient } from './workloads.ts';

const DAY_MS = 86_400_000;
/** How long the audit log remembers a request: a finding stays so long after its client has been mended. Source: EKS user guide, cluster insights. */
export const DAYS_OF_AUDIT = 30;

export type ApiUsage = NonNullable<InsightDoc['removedApis']>[number];

/** The APIs that a minor no longer serves, with who has called them within the days that the audit log goes back. */
export function usageOfRemoved(place: Place, clusterName: string, minor: string): ApiUsage[] {
  const clients = place.workloads.get(clusterName)?.clients ?? [];
  const scripted = clients.filter((client) => client.removedIn === minor).map((client) => client.api);
  const known = apisRemovedIn(minor);
  const unknown = [...new Set(scripted)].filter((api) => !known.some(({ usage }) => usage === api));
  return [
    ...known,
    ...unknown.map((usage) => ({ usage, replacedWith: clients.find((client) => client.api === usage)?.replacedWith ?? '', startServingReplacementVersion: '' })),
  ].map((api) => ({ ...api, clients: statsOf(place, clients.filter((client) => client.api === api.usage)) }));
}

/** The minors that stop serving APIs, those that scripts tell of included. */
export function minorsWithRemovals(place: Place, clusterName: string): Minor[] {
  const scripted = (place.workloads.get(clusterName)?.clients ?? []).flatMap((client) => client.removedIn ?? []);
  return [...new Set([...minorsThatRemoveApis(), ...scripted])] as Minor[];
}

/** Clients of APIs that a cluster has had since a minor, seen within the audit log's days. */
export function usageOfNew(place: Place, clusterName: string, minor: Minor): { readonly api: string; readonly userAgent: string }[] {
  const clients = (place.workloads.get(clusterName)?.clients ?? []).filter((client) => client.newIn === minor);
  return clients.filter((client) => statsOf(place, [client]).length > 0).map(({ api, userAgent }) => ({ api, userAgent }));
}

function statsOf(place: Place, clients: readonly WorkloadClient[]): ApiUsage['clients'] {
  const remembered = place.now - DAYS_OF_AUDIT * DAY_MS;
  return clients.flatMap(({ userAgent, perDay, since, until }) => {
    const from = Math.max(remembered, since === undefined ? remembered : Date.parse(since));
    const to = Math.min(place.now, until === undefined ? place.now : Date.parse(until));
    return to < from ? [] : [{ userAgent, requests: Math.max(1, Math.round(((to - from) / DAY_MS) * perDay)), lastRequestAt: to }];
  });
}
