import type { Account } from './account.ts';
import { conditionOf } from './condition.ts';
import { refuse, type Refusal } from './refusal.ts';

/** Why no cluster may be made or taken on in this account and region now; undefined when one may. */
export function refusedByStanding(account: Account, region: string): Refusal | undefined {
  const { accountId, regions } = account;
  if (!regions.includes(region)) return refuse('region-not-registered', `Account ${accountId} is registered for ${regions.join(', ')}, not for ${region}.`);
  const access = conditionOf(account.conditions, 'AccessVerified');
  if (access?.status === 'True') return undefined;
  const why = access === undefined ? '' : ` ${access.message}`;
  return refuse('account-not-verified', `Account ${accountId} is not verified.${why}`, { remedy: `Make the role in the account, then POST /v1/accounts/${accountId}/verify.` });
}
