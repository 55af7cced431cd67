import type { Question } from '../aws/ports.ts';
import { typesToKnow } from '../domain/addresses/forecast-ask.ts';
import { addonsOfWishes } from '../domain/addons/addons-of-wishes.ts';
import type { Cluster } from '../domain/cluster.ts';
import { DEFAULT_ADDONS } from '../domain/plan-creation.ts';

/** What must be known of the account before something new is made there: its subnets, and what EKS offers. */
export function questionFor({ accountId, region, name, subnetIds, nodegroups, addonsAsked = [], wanted }: Cluster): Question & { ask: 'creation' } {
  const others = [...nodegroups, ...(wanted?.selfManagedNodegroups ?? []), ...(wanted?.fargateProfiles ?? [])].flatMap((nodes) => nodes.subnets ?? []);
  const subnets = [...new Set([...subnetIds, ...others, ...podSubnets(wanted)])];
  const named = addonsAsked.length === 0 ? DEFAULT_ADDONS : addonsAsked.map((addon) => addon.addonName);
  const addonNames = [...new Set([...named, ...addonsOfWishes(wanted)])];
  return { ask: 'creation', accountId, region, clusterName: name, subnetIds: subnets, addonNames, instanceTypes: typesToKnow(nodegroups) };
}

/** Subnets that pods get their addresses from, where these are not the nodes'. */
export function podSubnets(wanted: Cluster['wanted']): readonly string[] {
  return (wanted?.network?.cni?.customNetworking?.subnets ?? []).map(({ subnetId }) => subnetId);
}
