import type { Account } from './account.ts';
import { refuse, type Refusal } from './refusal.ts';

export const ROLES = ['viewer', 'operator', 'approver', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Who asks, as their token says: who, what they may do, and where. Without `team`: in all teams. */
export interface Caller {
  readonly sub: string;
  readonly role: Role;
  readonly team?: string;
}

/** Whether something of a team is there for this caller. What is of no team is not among any team's things. */
export function sees(caller: Caller, thing: { readonly team?: string }): boolean {
  return caller.team === undefined || thing.team === caller.team;
}

/** Whether an account is there for this caller: one that is kept for other teams is not. */
export function seesAccount(caller: Caller, account: Account): boolean {
  return caller.team === undefined || account.teams === undefined || account.teams.includes(caller.team);
}

/**
 * Whether the caller may act in an account. With a team: only where the account lists it. The refusal is the same whether
 * the account is registered or not, so that nobody learns of accounts by asking.
 */
export function mayActIn(caller: Caller, account: Account | undefined, accountId: string): Refusal | undefined {
  if (caller.team === undefined || account?.teams?.includes(caller.team) === true) return undefined;
  return refuse('team-not-allowed', `Account ${accountId} is not registered for team ${caller.team}.`, {
    remedy: `Ask an admin to register the account with ${caller.team} among its teams.`,
  });
}

/** The team that a new or changed cluster is of: the one asked for, or the caller's own. `null` asks for none. */
export function teamOf(caller: Caller, asked: string | null | undefined): { readonly team: string | undefined } | Refusal {
  if (asked === undefined) return { team: caller.team };
  if (caller.team === undefined) return { team: asked ?? undefined };
  if (asked === caller.team) return { team: asked };
  return refuse('team-not-allowed', `A caller of team ${caller.team} cannot set another team.`, { remedy: 'Leave `team` out, or ask a caller of all teams.' });
}
