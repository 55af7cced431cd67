import type { Ports } from '../aws/ports.ts';
import type { Cluster } from '../domain/cluster.ts';
import type { Plan } from '../domain/plan.ts';
import { refuseUnknownActions, type AskedAction } from '../domain/policies/asked-actions.ts';
import { isRefusal, type Refusal } from '../domain/refusal.ts';

/** The plan, or the refusal of actions in pods' own statements that AWS does not have. The list of all actions is too long to be carried about with every route: `observe` has it. */
export async function withKnownActions(plan: Plan | Refusal, { observer }: Pick<Ports, 'observer'>, { accountId, region }: Pick<Cluster, 'accountId' | 'region'>, asked: readonly AskedAction[]): Promise<Plan | Refusal> {
  if (isRefusal(plan) || asked.length === 0) return plan;
  const look = await observer.observe({ ask: 'actions', accountId, region, actions: [...new Set(asked.map(({ action }) => action))] });
  if (isRefusal(look)) return look;
  return refuseUnknownActions(asked, look) ?? plan;
}
