import { parsedIdentity } from './iam/records.ts';
import type { IamRecords } from './iam/records.ts';
import { judge } from './policy.ts';
import type { Context } from './policy.ts';
import type { Caller, Needed } from './service.ts';

export type Decision = { readonly allowed: true } | { readonly allowed: false; readonly message: string };

/** The condition keys that every request of a caller carries. Source: IAM User Guide, "AWS global condition context keys". */
export function callerContext(caller: Caller, region: string): Context {
  const tags = Object.entries(caller.sessionTags).map(([key, value]): [string, string[]] => [`aws:principaltag/${key.toLowerCase()}`, [value]]);
  return {
    'aws:principalarn': [caller.role?.arn ?? caller.arn],
    'aws:principalaccount': [caller.accountId],
    'aws:principaltype': [caller.role === undefined ? 'Account' : 'AssumedRole'],
    'aws:principalisawsservice': ['false'],
    'aws:requestedregion': [region],
    'aws:securetransport': ['false'],
    ...(caller.sourceIdentity === undefined ? {} : { 'aws:sourceidentity': [caller.sourceIdentity] }),
    ...Object.fromEntries(tags),
  };
}

/** Whether the caller's own policies (its role's, the boundary, the session policy) allow all that is needed. Root-like callers may do everything. */
export function authorize(iam: IamRecords, caller: Caller, region: string, needed: readonly Needed[]): Decision {
  if (caller.role === undefined) return { allowed: true };
  const role = iam.role(caller.accountId, caller.role.name);
  const held = {
    identity: role === undefined ? [] : iam.identityPolicies(role),
    boundary: role === undefined ? undefined : iam.boundary(role),
    session: caller.sessionPolicy === undefined ? undefined : parsedIdentity(caller.sessionPolicy),
  };
  const always = callerContext(caller, region);
  for (const { action, resource, context } of needed) {
    const verdict = judge(held, { action, resource, context: { ...always, ...contextOf(context) } });
    if (!verdict.allowed) return { allowed: false, message: denial(caller, action, resource, verdict) };
  }
  return { allowed: true };
}

/** Keys know no case; one value or several. */
export function contextOf(context: Needed['context']): Context {
  return Object.fromEntries(Object.entries(context ?? {}).map(([key, value]) => [key.toLowerCase(), typeof value === 'string' ? [value] : value]));
}

const KINDS = { identity: 'identity-based policy', boundary: 'permissions boundary', session: 'session policy' } as const;

function denial(caller: Caller, action: string, resource: string, verdict: { readonly explicit: boolean; readonly by: keyof typeof KINDS }): string {
  const kind = KINDS[verdict.by];
  const article = verdict.by === 'identity' ? 'an' : 'a';
  const why = verdict.explicit ? `with an explicit deny in ${article} ${kind}` : `because no ${kind} allows the ${action} action`;
  return `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource} ${why}`;
}
