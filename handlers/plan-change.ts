import type { Ports } from '../aws/ports.ts';
import { same } from '../domain/json-equal.ts';
import { namedRoles, newlyNamed } from '../domain/named-roles.ts';
import { planClusterChange, type ClusterChange } from '../domain/plan-cluster-change.ts';
import type { Plan } from '../domain/plan.ts';
import { askedActions, newlyAsked } from '../domain/policies/asked-actions.ts';
import { isRefusal, type Refusal } from '../domain/refusal.ts';
import { withKnownActions } from './actions-asked.ts';
import { refusedSettings } from './addon-settings.ts';
import { withZones } from './hosted-zones-asked.ts';
import { withNamedRoles } from './named-roles-asked.ts';

/** The plan of a change, held against all that it newly names in the account: hosted zones, roles, actions, and settings of add-ons. What a profile would do is planned so too. */
export async function planChange(ports: Ports, change: ClusterChange): Promise<Plan | Refusal> {
  const { before, after, facts } = change;
  const account = await ports.store.account(before.accountId);
  const planned = planClusterChange(change);
  const inZones = same(before.wanted?.dns ?? null, after.wanted?.dns ?? null) ? planned : await withZones(planned, ports, after, account, facts.cluster.vpcId);
  const withRoles = await withNamedRoles(inZones, ports, after, account, newlyNamed(namedRoles(after), namedRoles(before)));
  const plan = await withKnownActions(withRoles, ports, after, newlyAsked(askedActions(after), askedActions(before)));
  if (isRefusal(plan)) return plan;
  return (await refusedSettings(ports, after, plan, facts.addons)) ?? plan;
}
