import type {
  CreateRoleCommandInput,
  CreateServiceLinkedRoleCommandInput,
  DeleteRoleCommandInput,
  GetRoleCommandInput,
  ListRolesCommandInput,
  ListRoleTagsCommandInput,
  Role,
  TagRoleCommandInput,
  UntagRoleCommandInput,
  UpdateAssumeRolePolicyCommandInput,
  UpdateRoleCommandInput,
  UpdateRoleDescriptionCommandInput,
} from '@aws-sdk/client-iam';
import { iamId } from '../arn.ts';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler, World } from '../service.ts';
import type { IamRecords, RoleRecord } from './records.ts';
import { checkDescription, checkedTags, checkName, checkPath, checkSessionDuration, encoded, ownRole, page, roleNamed, untagged, weight, wellFormed, wholeSeconds } from './rules.ts';
import services from './service-linked-roles.json' with { type: 'json' };
import { trustedRoleIds, trustText } from './trust.ts';

const TRUST_CHARACTERS_MAX = 2048;
const ROLES_MAX = 1000;
const SESSION_SECONDS_DEFAULT = 3600;
/** A new role is denied for so long, since IAM is eventually consistent. AWS promises no number and is mostly done within seconds; ten is this stage's choice. */
const SETTLING_SECONDS = 10;

export function roleOperations(world: World, records: IamRecords): Record<string, OperationHandler> {
  return {
    CreateRole(input: CreateRoleCommandInput, call: Call) {
      const role = newRole(world, records, input, call);
      records.putRole(role);
      return { Role: roleView(records, role) };
    },

    GetRole: (input: GetRoleCommandInput, call: Call) => ({ Role: roleView(records, roleNamed(records, call.accountId, input.RoleName ?? '')) }),

    ListRoles(input: ListRolesCommandInput, call: Call) {
      const roles = records.roles(call.accountId).filter(({ path }) => path.startsWith(input.PathPrefix ?? '/'));
      const { items, ...rest } = page(roles, input);
      // Lists leave out tags and the boundary, as on AWS.
      return { Roles: items.map((role) => listed(roleView(records, role))), ...rest };
    },

    DeleteRole(input: DeleteRoleCommandInput, call: Call) {
      const role = ownRole(records, call.accountId, input.RoleName ?? '', 'DeleteRole');
      if (Object.keys(role.inline).length > 0) throw new AwsError('DeleteConflict', 'Cannot delete entity, must delete policies first.', 409);
      if (records.profilesOf(role).length > 0) throw new AwsError('DeleteConflict', 'Cannot delete entity, must remove roles from instance profile first.', 409);
      if (role.attached.length > 0) throw new AwsError('DeleteConflict', 'Cannot delete entity, must detach all policies first.', 409);
      records.removeRole(role);
    },

    UpdateAssumeRolePolicy(input: UpdateAssumeRolePolicyCommandInput, call: Call) {
      const role = ownRole(records, call.accountId, input.RoleName ?? '', 'UpdateAssumeRolePolicy');
      records.putRole({ ...role, ...trustOf(records, input.PolicyDocument ?? '') });
    },

    UpdateRole(input: UpdateRoleCommandInput, call: Call) {
      const role = ownRole(records, call.accountId, input.RoleName ?? '', 'UpdateRole');
      checkDescription(input.Description);
      checkSessionDuration(input.MaxSessionDuration);
      const description = input.Description ?? role.description;
      records.putRole({ ...role, ...(description === undefined ? {} : { description }), maxSessionDuration: input.MaxSessionDuration ?? role.maxSessionDuration });
      return {};
    },

    UpdateRoleDescription(input: UpdateRoleDescriptionCommandInput, call: Call) {
      const role = ownRole(records, call.accountId, input.RoleName ?? '', 'UpdateRoleDescription');
      checkDescription(input.Description);
      const changed = { ...role, description: input.Description ?? '' };
      records.putRole(changed);
      return { Role: roleView(records, changed) };
    },

    TagRole(input: TagRoleCommandInput, call: Call) {
      const role = roleNamed(records, call.accountId, input.RoleName ?? '');
      records.putRole({ ...role, tags: checkedTags(input.Tags, role.tags) });
    },

    UntagRole(input: UntagRoleCommandInput, call: Call) {
      const role = roleNamed(records, call.accountId, input.RoleName ?? '');
      records.putRole({ ...role, tags: untagged(role.tags, input.TagKeys) });
    },

    ListRoleTags(input: ListRoleTagsCommandInput, call: Call) {
      const { items, ...rest } = page(roleNamed(records, call.accountId, input.RoleName ?? '').tags, input);
      return { Tags: items, ...rest };
    },

    CreateServiceLinkedRole(input: CreateServiceLinkedRoleCommandInput, call: Call) {
      const role = serviceLinkedRole(world, records, input, call);
      records.putRole(role);
      return { Role: roleView(records, role) };
    },
  };
}

function newRole(world: World, records: IamRecords, input: CreateRoleCommandInput, call: Call): RoleRecord {
  const name = input.RoleName ?? '';
  const path = input.Path ?? '/';
  checkName('roleName', name, 64);
  checkPath(path);
  checkDescription(input.Description);
  checkSessionDuration(input.MaxSessionDuration);
  const tags = checkedTags(input.Tags);
  if (path.startsWith('/aws-service-role/')) throw new AwsError('ValidationError', 'The path /aws-service-role/ is kept for roles that services make.', 400);
  if (input.PermissionsBoundary !== undefined && records.document(input.PermissionsBoundary) === undefined) {
    throw new AwsError('NoSuchEntity', `Scope ARN: ${input.PermissionsBoundary} does not exist or is not attachable.`, 404);
  }
  const trust = trustOf(records, input.AssumeRolePolicyDocument ?? '');
  if (records.role(call.accountId, name) !== undefined) throw new AwsError('EntityAlreadyExists', `Role with name ${name} already exists.`, 409);
  if (records.roles(call.accountId).length >= ROLES_MAX) throw new AwsError('LimitExceeded', `Cannot exceed quota for RolesPerAccount: ${ROLES_MAX}`, 409);
  return {
    accountId: call.accountId,
    name,
    path,
    roleId: iamId('AROA', world.newId(), 17),
    arn: `arn:aws:iam::${call.accountId}:role${path}${name}`,
    createdAt: call.now,
    settledAt: call.now + SETTLING_SECONDS * 1000,
    ...trust,
    ...(input.Description === undefined ? {} : { description: input.Description }),
    maxSessionDuration: input.MaxSessionDuration ?? SESSION_SECONDS_DEFAULT,
    tags,
    inline: {},
    attached: [],
    ...(input.PermissionsBoundary === undefined ? {} : { boundary: input.PermissionsBoundary }),
  };
}

function trustOf(records: IamRecords, document: string): Pick<RoleRecord, 'trust' | 'trustedRoleIds'> {
  if (weight(document) > TRUST_CHARACTERS_MAX) throw new AwsError('LimitExceeded', `Cannot exceed quota for ACLSizePerRole: ${TRUST_CHARACTERS_MAX}`, 409);
  return { trust: document, trustedRoleIds: wellFormed(() => trustedRoleIds(records, document)) };
}

function serviceLinkedRole(world: World, records: IamRecords, input: CreateServiceLinkedRoleCommandInput, call: Call): RoleRecord {
  const service = input.AWSServiceName ?? '';
  const known = services.find((candidate) => candidate.service === service);
  if (known === undefined) throw new AwsError('NotSupportedService', `The simulated IAM knows no service-linked role of ${service}.`, 404);
  if (input.CustomSuffix !== undefined) throw new AwsError('InvalidInput', `Custom suffix is not allowed for ${service}`, 400);
  if (records.role(call.accountId, known.role) !== undefined) {
    throw new AwsError('InvalidInput', `Service role name ${known.role} has been taken in this account, please try a different suffix.`, 400);
  }
  const path = `/aws-service-role/${service}/`;
  const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }] };
  return {
    accountId: call.accountId,
    name: known.role,
    path,
    roleId: iamId('AROA', world.newId(), 17),
    arn: `arn:aws:iam::${call.accountId}:role${path}${known.role}`,
    createdAt: call.now,
    settledAt: call.now,
    trust: JSON.stringify(trust),
    trustedRoleIds: {},
    description: input.Description ?? known.description,
    maxSessionDuration: SESSION_SECONDS_DEFAULT,
    tags: [],
    inline: {},
    attached: [],
  };
}

export function roleView(records: IamRecords, role: RoleRecord): Role {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.roleId,
    Arn: role.arn,
    CreateDate: wholeSeconds(role.createdAt),
    AssumeRolePolicyDocument: encoded(trustText(records, role)),
    ...(role.description === undefined ? {} : { Description: role.description }),
    MaxSessionDuration: role.maxSessionDuration,
    ...(role.boundary === undefined ? {} : { PermissionsBoundary: { PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: role.boundary } }),
    ...(role.tags.length === 0 ? {} : { Tags: [...role.tags] }),
  };
}

function listed({ Tags: _tags, PermissionsBoundary: _boundary, ...role }: Role): Role {
  return role;
}
