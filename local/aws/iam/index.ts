import * as iam from '@aws-sdk/client-iam';
import type { Call, Needed, SimulatedService, World } from '../service.ts';
import { policyOperations } from './policies.ts';
import { IamRecords, parsedTrust } from './records.ts';
import type { RoleRecord } from './records.ts';
import { rolePolicyOperations } from './role-policies.ts';
import { roleOperations } from './roles.ts';
import { trustText } from './trust.ts';

export interface SimulatedIam extends SimulatedService {
  /** A role, as other services see it when they are passed it. */
  role(accountId: string, name: string): SeenRole | undefined;
}

export interface SeenRole {
  readonly arn: string;
  readonly name: string;
  readonly roleId: string;
  /** Services that the trust policy lets assume it. */
  readonly trustedServices: readonly string[];
  /** ARNs of the attached policies. */
  readonly attachedPolicies: readonly string[];
}

/** Roles and policies of every account; global, whatever the region of the call. */
export function createIam(world: World): SimulatedIam {
  const records = new IamRecords(world.disk);
  return {
    name: 'iam',
    protocol: 'aws-query',
    schemas: { ...iam },
    operations: { ...roleOperations(world, records), ...rolePolicyOperations(records), ...policyOperations(world, records) },
    needs: (operation, input, call) => needsOf(operation, input as Readonly<Record<string, unknown>>, call, records),
    role(accountId, name) {
      const role = records.role(accountId, name);
      return role === undefined ? undefined : seen(role, records);
    },
  };
}

function seen(role: RoleRecord, records: IamRecords): SeenRole {
  const { statements } = parsedTrust(trustText(records, role));
  const services = statements.filter(({ effect }) => effect === 'Allow').flatMap(({ principals }) => (principals ?? []).filter(({ type }) => type === 'Service').map(({ value }) => value));
  return { arn: role.arn, name: role.name, roleId: role.roleId, trustedServices: [...new Set(services)], attachedPolicies: role.attached };
}

/** Most operations are checked against the role or policy that they name. Source: Service Authorization Reference, AWS IAM. */
function needsOf(operation: string, input: Readonly<Record<string, unknown>>, call: Call, records: IamRecords): readonly Needed[] | undefined {
  const { RoleName, PolicyArn, PolicyName, Path, AWSServiceName } = input;
  const action = `iam:${operation}`;
  if (operation === 'CreateServiceLinkedRole') {
    return [{ action, resource: `arn:aws:iam::${call.accountId}:role/aws-service-role/${String(AWSServiceName)}/*`, context: { 'iam:AWSServiceName': String(AWSServiceName) } }];
  }
  if (typeof RoleName === 'string') {
    const role = records.role(call.accountId, RoleName);
    const resource = role?.arn ?? `arn:aws:iam::${call.accountId}:role${typeof Path === 'string' ? Path : '/'}${RoleName}`;
    return [{ action, resource, ...(typeof PolicyArn === 'string' ? { context: { 'iam:PolicyARN': PolicyArn } } : {}) }];
  }
  if (typeof PolicyArn === 'string') return [{ action, resource: PolicyArn }];
  if (operation === 'CreatePolicy') return [{ action, resource: `arn:aws:iam::${call.accountId}:policy${typeof Path === 'string' ? Path : '/'}${String(PolicyName)}` }];
  if (operation === 'ListRoles') return [{ action, resource: `arn:aws:iam::${call.accountId}:role/` }];
  return undefined;
}
