import type { Ports } from '../aws/ports.ts';
import type { Account } from '../domain/account.ts';
import type { Cluster } from '../domain/cluster.ts';
import { refuseNamedRoles, refuseUnpassable, rolesNotSeen, type NamedRole } from '../domain/named-roles.ts';
import type { Plan } from '../domain/plan.ts';
import { isRefusal, type Refusal } from '../domain/refusal.ts';

/**
 * The plan with what could not be seen of the roles that the request names, or the refusal of roles that could not be handed to AWS, that are not there, or that
 * do not trust the service which is to work with them: EKS would say so only when it is their turn, with half of the work done.
 */
export async function withNamedRoles(plan: Plan | Refusal, { observer }: Pick<Ports, 'observer'>, { accountId, region }: Pick<Cluster, 'accountId' | 'region'>, account: Pick<Account, 'passRolePatterns'> | undefined, roles: readonly NamedRole[]): Promise<Plan | Refusal> {
  if (isRefusal(plan) || roles.length === 0) return plan;
  const refused = refuseUnpassable(roles, accountId, account?.passRolePatterns);
  if (refused !== undefined) return refused;
  const sights = await observer.observe({ ask: 'roles', accountId, region, roleArns: [...new Set(roles.map(({ roleArn }) => roleArn))] });
  if (isRefusal(sights)) return sights;
  return refuseNamedRoles(roles, sights) ?? { ...plan, notLookedAt: [...plan.notLookedAt, ...rolesNotSeen(roles, sights)] };
}
