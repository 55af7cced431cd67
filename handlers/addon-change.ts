import type { Ports } from '../aws/ports.ts';
import type { AskedAddon } from '../domain/addons/asked.ts';
import type { AddonOfRoute } from '../domain/addons/plan-addons.ts';
import type { Cluster } from '../domain/cluster.ts';
import { changedCluster } from '../domain/draft-cluster.ts';
import { isRefusal, type RefusalCode } from '../domain/refusal.ts';
import type { ChangeCluster } from '../domain/requests.ts';
import type { Outcome } from './answers.ts';
import { beginChange } from './begin-change.ts';
import type { Ask } from './route.ts';

export const REFUSALS_OF_ADDONS: RefusalCode[] = [
  'not-found',
  'team-not-allowed',
  'generation-mismatch',
  'operation-in-progress',
  'frozen',
  'cluster-not-active',
  'cluster-not-in-account',
  'addon-not-offered',
  'account-unreachable',
  'role-lacks-actions',
  'role-not-passable',
  'rules-broken',
];

/** One add-on by its own route: a change of the cluster whose list of add-ons is another in this one. Errors are told under the names of the route's own request. */
export async function changeAddonBy(ask: Pick<Ask, 'caller' | 'now' | 'nowMs' | 'requestId' | 'remember'>, ports: Ports, before: Cluster, { addonName, asked, remove, isNew }: AddonOfRoute & { readonly asked?: AskedAddon; readonly isNew?: true }): Promise<Outcome> {
  const others = (before.addonsAsked ?? []).filter((addon) => addon.addonName !== addonName);
  const addons = asked === undefined ? others : [...others, asked];
  const change: ChangeCluster = { addons: structuredClone(addons) as NonNullable<ChangeCluster['addons']> };
  const addon = { addonName, ...(remove === undefined ? {} : { remove }), ...(isNew === undefined ? {} : { isNew }) };
  const outcome = await beginChange(ask, ports, { before, after: changedCluster(before, change), change, addon });
  if (!isRefusal(outcome) || outcome.errors === undefined) return outcome;
  const own = `addons.${others.length}.`;
  return { ...outcome, errors: outcome.errors.map(({ path, message }) => ({ path: path.startsWith(own) ? path.slice(own.length) : path, message })) };
}
