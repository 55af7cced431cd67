import * as sts from '@aws-sdk/client-sts';
import type { AssumeRoleCommandInput, AssumeRoleCommandOutput, GetCallerIdentityCommandOutput } from '@aws-sdk/client-sts';
import { Sessions } from '../callers.ts';
import type { SessionRecord } from '../callers.ts';
import { IamRecords } from '../iam/records.ts';
import type { Call, SimulatedService, World } from '../service.ts';
import { assumeRole, issueForFunction } from './assume-role.ts';
import type { IssuedSession } from './assume-role.ts';

export interface SimulatedSts extends SimulatedService {
  /** The credentials that Lambda gives a function under its execution role, renewed for as long as the function lives. Throws when the role does not trust Lambda. */
  issueForFunction(roleArn: string, functionName: string): IssuedSession;
}

/** `machineNow` is epoch ms by the machine's own clock: credentials expire by it. */
export function createSts(world: World, machineNow: () => number): SimulatedSts {
  const around = { world, iam: new IamRecords(world.disk), sessions: new Sessions(world.disk), machineNow };
  return {
    name: 'sts',
    protocol: 'aws-query',
    schemas: { ...sts },
    // AssumeRole weighs the caller's policies together with the role's trust; the identity of a caller is nobody's to deny.
    needs: () => [],
    operations: {
      GetCallerIdentity: (_input: unknown, call: Call): Omit<GetCallerIdentityCommandOutput, '$metadata'> => callerIdentity(around.iam, call),
      AssumeRole: (input: AssumeRoleCommandInput, call: Call): Omit<AssumeRoleCommandOutput, '$metadata'> => assumeRole(around, input, call),
      GetAccessKeyInfo: ({ AccessKeyId = '' }: { AccessKeyId?: string }) => ({ Account: accountOfKey(around.sessions.get(AccessKeyId), AccessKeyId) }),
    },
    issueForFunction: (roleArn, functionName) => issueForFunction(around, roleArn, functionName),
  };
}

function callerIdentity(iam: IamRecords, { caller }: Call): Omit<GetCallerIdentityCommandOutput, '$metadata'> {
  const role = caller.role === undefined ? undefined : iam.role(caller.accountId, caller.role.name);
  const userId = role === undefined || caller.role === undefined ? caller.accountId : `${role.roleId}:${caller.role.sessionName}`;
  return { UserId: userId, Account: caller.accountId, Arn: caller.arn };
}

function accountOfKey(session: SessionRecord | undefined, accessKeyId: string): string {
  if (session !== undefined) return session.accountId;
  return /^\d{12}$/.test(accessKeyId) ? accessKeyId : '000000000000';
}
