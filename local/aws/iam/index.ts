import * as iam from '@aws-sdk/client-iam';
import { judgeTrust } from '../policy.ts';
import type { SimulatedService, World } from '../service.ts';
import { instanceProfileOperations } from './instance-profiles.ts';
import { needsOf } from './needs.ts';
import { oidcProviderOperations } from './oidc-providers.ts';
import { policyOperations } from './policies.ts';
import { policyVersionOperations } from './policy-versions.ts';
import { IamRecords, parsedTrust } from './records.ts';
import type { RoleRecord } from './records.ts';
import { rolePolicyOperations } from './role-policies.ts';
import { roleOperations } from './roles.ts';
import { trustText } from './trust.ts';
import { RoleVisibility } from './visibility.ts';

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
  /** Whether the trust policy lets a service do an action (`sts:TagSession`), whatever conditions it sets besides. */
  trusts(service: string, action: string): boolean;
  /** ARNs of the attached policies. */
  readonly attachedPolicies: readonly string[];
}

/** Roles and policies of every account; global, whatever the region of the call. */
export function createIam(world: World): SimulatedIam {
  const records = new IamRecords(world.disk);
  const visibility = new RoleVisibility(world.disk);
  return {
    name: 'iam',
    protocol: 'aws-query',
    schemas: { ...iam },
    operations: {
      ...roleOperations(world, records),
      ...rolePolicyOperations(records),
      ...policyOperations(world, records),
      ...policyVersionOperations(records),
      ...instanceProfileOperations(world, records),
      ...oidcProviderOperations(records),
    },
    needs: (operation, input, call) => needsOf(operation, input, call, records),
    role(accountId, name) {
      const role = records.role(accountId, name);
      const through = role === undefined || world.clock.now() >= role.createdAt + visibility.seconds() * 1000;
      return role === undefined || !through ? undefined : seen(role, records);
    },
  };
}

function seen(role: RoleRecord, records: IamRecords): SeenRole {
  const document = parsedTrust(trustText(records, role));
  const services = document.statements.filter(({ effect }) => effect === 'Allow').flatMap(({ principals }) => (principals ?? []).filter(({ type }) => type === 'Service').map(({ value }) => value));
  const unconditional = { ...document, statements: document.statements.map((statement) => ({ ...statement, conditions: [] })) };
  return {
    arn: role.arn,
    name: role.name,
    roleId: role.roleId,
    trustedServices: [...new Set(services)],
    trusts: (service, action) => judgeTrust(unconditional, { kind: 'service', service }, { action, context: {} }).allowed,
    attachedPolicies: role.attached,
  };
}
