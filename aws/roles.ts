import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { ROLES_LOOKED_AT_MAX } from '../domain/named-roles.ts';
import { eachOf } from './eks/each-of.ts';
import { nameOf } from './eks/errors.ts';
import type { Roles } from './ports.ts';
import { looked } from './readiness/look.ts';
import { bySession, type Transport } from './transport.ts';

const CALL_ATTEMPTS_MAX = 6;

export const ROLE_ACTIONS = ['iam:GetRole'];

/** Roles of the account through the credentials of a session. */
export function createRoles(transport: Transport): Roles {
  const clientOf = bySession((session) => new IAMClient({ region: session.region, credentials: session.credentials, maxAttempts: CALL_ATTEMPTS_MAX, ...transport }));
  return {
    look: (session, roleArns) => eachOf(roleArns.slice(0, ROLES_LOOKED_AT_MAX), async (roleArn) => ({ roleArn, role: await looked(session.accountId, ROLE_ACTIONS, () => readRole(clientOf(session), roleArn)) })),
  };
}

/** A role's trust policy, as JSON. A role of the same name with another path is another role: EKS assumes the one of this ARN. */
export async function readRole(client: IAMClient, roleArn: string): Promise<'absent' | { readonly trust: string }> {
  try {
    const { Role } = await client.send(new GetRoleCommand({ RoleName: roleArn.split('/').at(-1) }));
    return Role?.Arn === roleArn ? { trust: decodeURIComponent(Role.AssumeRolePolicyDocument ?? '') } : 'absent';
  } catch (error) {
    if (nameOf(error) === 'NoSuchEntityException' || nameOf(error) === 'NoSuchEntity') return 'absent';
    throw error;
  }
}
