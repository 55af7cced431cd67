import { policyArnOf } from '../access-policies.ts';
import type { Cluster } from '../cluster.ts';
import type { Compiled, PartsAsk } from './compiled.ts';
import { HOME_ACCOUNT, keyOf, roleArnIn, type AccessEntryResource, type RoleResource, type RoleStatement } from './resource.ts';
import { roleNameFor } from './role-name.ts';
import { TOKEN_LEVELS, type TokenLevel } from './tokens-wish.ts';

/**
 * A role for each level that tokens are issued for, and the access entry that lets it in. One role a level, since a session policy bounds
 * what a session may do in AWS and nothing of what Kubernetes lets it do: there the entry's policy counts alone.
 */
export function tokens({ cluster }: PartsAsk): Compiled {
  const levels = TOKEN_LEVELS.filter((level) => cluster.wanted?.tokens?.levels.includes(level) === true);
  return {
    resources: levels.flatMap((level) => {
      const role = roleOf(cluster, level);
      return [role, entryOf(cluster, level, role)];
    }),
  };
}

export function tokenRoleName(cluster: Pick<Cluster, 'name' | 'clusterId'>, level: TokenLevel): string {
  return roleNameFor(cluster, 'token', level);
}

/** Names the session that may take the role: our own cluster id, which no other tenant's request can make Slipway send. */
export function tokenExternalId({ clusterId }: Pick<Cluster, 'clusterId'>): string {
  return clusterId;
}

/** Whether role and entry of a level were made. */
export function hasTokens(cluster: Pick<Cluster, 'name' | 'clusterId' | 'accountId' | 'made'>, level: TokenLevel): boolean {
  const made = new Set((cluster.made ?? []).map(keyOf));
  const name = tokenRoleName(cluster, level);
  return made.has(keyOf({ kind: 'role', name })) && made.has(keyOf({ kind: 'access-entry', name: roleArnIn(cluster.accountId, name) }));
}

/** No policy at all: whoever has the token's credentials has no right in AWS. Only the function that issues tokens may assume it. */
function roleOf(cluster: Cluster, level: TokenLevel): RoleResource {
  const Principal = { AWS: [`arn:aws:iam::${HOME_ACCOUNT}:root`] };
  const ArnLike = { 'aws:PrincipalArn': `arn:aws:iam::${HOME_ACCOUNT}:role/slipway-*-issue-token` };
  const statements: RoleStatement[] = [
    { Sid: 'IssueTokens', Effect: 'Allow', Principal, Action: ['sts:AssumeRole'], Condition: { ArnLike, StringEquals: { 'sts:ExternalId': tokenExternalId(cluster) } } },
    { Sid: 'NameWhoAsked', Effect: 'Allow', Principal, Action: ['sts:SetSourceIdentity'], Condition: { ArnLike } },
  ];
  return {
    kind: 'role',
    name: tokenRoleName(cluster, level),
    part: 'tokens',
    partName: level,
    description: `Behind short-lived ${level} tokens of the cluster ${cluster.name}. It has no right in AWS.`,
    trust: { Version: '2012-10-17', Statement: statements },
    policies: {},
  };
}

function entryOf(cluster: Cluster, level: TokenLevel, role: RoleResource): AccessEntryResource {
  const principalArn = roleArnIn(cluster.accountId, role.name);
  const policyArn = policyArnOf({ principalArn, role: level });
  return { kind: 'access-entry', name: principalArn, part: 'tokens', partName: level, needs: [keyOf(role)], principalArn, type: 'STANDARD', policies: policyArn === undefined ? [] : [{ policyArn }] };
}
