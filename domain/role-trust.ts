import { listed, type IamConditions, type IamPolicy, type IamStatement } from './policies/policy-document.ts';
import { matchesWildcards } from './policies/wildcards.ts';

/** What a service does to a role, and what it says of itself on the way. */
export interface TrustNeeded {
  /** `pods.eks.amazonaws.com`. */
  readonly service: string;
  readonly actions: readonly string[];
  /** Condition keys whose values are known beforehand; null where the service does not send the key. What is not among them is left to AWS to judge. */
  readonly context?: Readonly<Record<string, string | null>>;
}

/** Operators that are judged. A condition with another one is taken to be met: nobody is refused for what only AWS can tell. */
const JUDGED = /^(StringEquals|StringLike|StringEqualsIgnoreCase|ArnEquals|ArnLike)(IfExists)?$/i;

/**
 * Why a service cannot assume a role, by the role's trust policy (JSON); undefined where it can, or where that cannot be told from here.
 * A statement that denies is not weighed: a trust that denies the service that it is for is nobody's mistake.
 */
export function trustFault(trust: string, needed: TrustNeeded): string | undefined {
  const statements = statementsOf(trust);
  if (statements === undefined) return undefined;
  const allowing = statements.filter(({ Effect, Principal, NotPrincipal }) => Effect === 'Allow' && (NotPrincipal !== undefined || trusts(Principal, needed.service)));
  const ways = needed.actions.map((action) => ({ action, by: allowing.filter(({ Action, NotAction }) => NotAction !== undefined || listed(Action).some((pattern) => matchesWildcards(pattern.toLowerCase(), action.toLowerCase()))) }));
  const missing = ways.filter(({ by }) => by.length === 0).map(({ action }) => action);
  if (missing.length > 0) return `Its trust policy does not let ${needed.service} do ${missing.join(' and ')}`;
  const [barred] = ways.flatMap(({ by }) => (by.some(({ Condition }) => unmet(Condition, needed) === undefined) ? [] : (unmet(by[0]?.Condition, needed) ?? [])));
  return barred === undefined ? undefined : `Its trust policy lets ${needed.service} in under a condition that is never met here: ${barred}`;
}

function statementsOf(trust: string): readonly IamStatement[] | undefined {
  try {
    const { Statement } = JSON.parse(trust) as Partial<IamPolicy>;
    return Statement === undefined ? undefined : [Statement].flat();
  } catch {
    // What is no JSON, IAM would not have taken: it was cut short on the way, and tells nothing.
    return undefined;
  }
}

/** In other partitions services have other ends: `ec2.amazonaws.com.cn`. */
function trusts(principal: IamStatement['Principal'], service: string): boolean {
  if (principal === undefined) return false;
  if (principal === '*') return true;
  return listed(principal['Service']).some((named) => named === '*' || named === service || named.startsWith(`${service}.`)) || listed(principal['AWS']).includes('*');
}

/** The first condition that what is known beforehand does not meet. */
function unmet(conditions: IamConditions | undefined, { context = {} }: TrustNeeded): string | undefined {
  const known = new Map(Object.entries(context).map(([key, value]) => [key.toLowerCase(), value]));
  for (const [operator, keys] of Object.entries(conditions ?? {})) {
    if (!JUDGED.test(operator)) continue;
    for (const [key, values] of Object.entries(keys)) {
      const sent = known.get(key.toLowerCase());
      if (sent === undefined || (sent === null && /IfExists$/i.test(operator))) continue;
      if (sent !== null && listed(values).some((value) => value.includes('${') || agrees(operator, value, sent))) continue;
      return `${key} is ${sent === null ? 'not sent' : `"${sent}"`}, and ${listed(values).map((value) => `"${value}"`).join(' or ')} is asked for`;
    }
  }
  return undefined;
}

function agrees(operator: string, asked: string, sent: string): boolean {
  if (/^StringEquals(IfExists)?$/i.test(operator)) return asked === sent;
  if (/^StringEqualsIgnoreCase/i.test(operator)) return asked.toLowerCase() === sent.toLowerCase();
  return matchesWildcards(asked, sent);
}
