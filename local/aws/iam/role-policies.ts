import type {
  AttachRolePolicyCommandInput,
  DeleteRolePermissionsBoundaryCommandInput,
  DeleteRolePolicyCommandInput,
  DetachRolePolicyCommandInput,
  GetRolePolicyCommandInput,
  ListAttachedRolePoliciesCommandInput,
  ListRolePoliciesCommandInput,
  PutRolePermissionsBoundaryCommandInput,
  PutRolePolicyCommandInput,
} from '@aws-sdk/client-iam';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler } from '../service.ts';
import { parsedIdentity } from './records.ts';
import type { IamRecords, RoleRecord } from './records.ts';
import { checkName, encoded, ownRole, page, roleNamed, weight, wellFormed } from './rules.ts';

/** Inline policies of a role, all together. */
const INLINE_CHARACTERS_MAX = 10_240;
const ATTACHED_MAX = 10;

/** What a role may do: inline policies, attached policies, the permissions boundary. */
export function rolePolicyOperations(records: IamRecords): Record<string, OperationHandler> {
  const attachable = (arn: string): void => {
    if (!/^arn:aws:iam::(aws|\d{12}):policy\/.+/.test(arn)) throw new AwsError('ValidationError', `ARN ${arn} is not valid.`, 400);
    if (records.document(arn) === undefined) throw new AwsError('NoSuchEntity', `Policy ${arn} does not exist or is not attachable.`, 404);
  };

  return {
    PutRolePolicy(input: PutRolePolicyCommandInput, call: Call) {
      const role = ownRole(records, call.accountId, input.RoleName ?? '', 'PutRolePolicy');
      const name = input.PolicyName ?? '';
      const document = input.PolicyDocument ?? '';
      checkName('policyName', name, 128);
      wellFormed(() => parsedIdentity(document));
      const inline = { ...role.inline, [name]: document };
      if (Object.values(inline).reduce((sum, text) => sum + weight(text), 0) > INLINE_CHARACTERS_MAX) {
        throw new AwsError('LimitExceeded', `Maximum policy size of ${INLINE_CHARACTERS_MAX} bytes exceeded for role ${role.name}`, 409);
      }
      records.putRole({ ...role, inline });
    },

    GetRolePolicy(input: GetRolePolicyCommandInput, call: Call) {
      const role = roleNamed(records, call.accountId, input.RoleName ?? '');
      return { RoleName: role.name, PolicyName: input.PolicyName, PolicyDocument: encoded(inlinePolicy(role, input.PolicyName ?? '')) };
    },

    ListRolePolicies(input: ListRolePoliciesCommandInput, call: Call) {
      const role = roleNamed(records, call.accountId, input.RoleName ?? '');
      const { items, ...rest } = page(Object.keys(role.inline).sort(), input);
      return { PolicyNames: items, ...rest };
    },

    DeleteRolePolicy(input: DeleteRolePolicyCommandInput, call: Call) {
      const role = ownRole(records, call.accountId, input.RoleName ?? '', 'DeleteRolePolicy');
      inlinePolicy(role, input.PolicyName ?? '');
      records.putRole({ ...role, inline: Object.fromEntries(Object.entries(role.inline).filter(([name]) => name !== input.PolicyName)) });
    },

    AttachRolePolicy(input: AttachRolePolicyCommandInput, call: Call) {
      const role = ownRole(records, call.accountId, input.RoleName ?? '', 'AttachRolePolicy');
      const arn = input.PolicyArn ?? '';
      attachable(arn);
      if (role.attached.includes(arn)) return;
      if (role.attached.length >= ATTACHED_MAX) throw new AwsError('LimitExceeded', `Cannot exceed quota for PoliciesPerRole: ${ATTACHED_MAX}`, 409);
      records.putRole({ ...role, attached: [...role.attached, arn] });
    },

    DetachRolePolicy(input: DetachRolePolicyCommandInput, call: Call) {
      const role = ownRole(records, call.accountId, input.RoleName ?? '', 'DetachRolePolicy');
      if (!role.attached.includes(input.PolicyArn ?? '')) throw new AwsError('NoSuchEntity', `Policy ${input.PolicyArn} was not found.`, 404);
      records.putRole({ ...role, attached: role.attached.filter((arn) => arn !== input.PolicyArn) });
    },

    ListAttachedRolePolicies(input: ListAttachedRolePoliciesCommandInput, call: Call) {
      const role = roleNamed(records, call.accountId, input.RoleName ?? '');
      const attached = role.attached.map((arn) => ({ PolicyName: arn.slice(arn.lastIndexOf('/') + 1), PolicyArn: arn, path: arn.slice(arn.indexOf('/'), arn.lastIndexOf('/') + 1) }));
      const { items, ...rest } = page(
        attached.filter(({ path }) => path.startsWith(input.PathPrefix ?? '/')).map(({ path: _path, ...policy }) => policy),
        input,
      );
      return { AttachedPolicies: items, ...rest };
    },

    PutRolePermissionsBoundary(input: PutRolePermissionsBoundaryCommandInput, call: Call) {
      const role = ownRole(records, call.accountId, input.RoleName ?? '', 'PutRolePermissionsBoundary');
      attachable(input.PermissionsBoundary ?? '');
      records.putRole({ ...role, boundary: input.PermissionsBoundary ?? '' });
    },

    DeleteRolePermissionsBoundary(input: DeleteRolePermissionsBoundaryCommandInput, call: Call) {
      const { boundary, ...role } = ownRole(records, call.accountId, input.RoleName ?? '', 'DeleteRolePermissionsBoundary');
      if (boundary === undefined) throw new AwsError('NoSuchEntity', `Role ${role.name} does not have a permissions boundary.`, 404);
      records.putRole(role);
    },
  };
}

function inlinePolicy(role: RoleRecord, name: string): string {
  const document = role.inline[name];
  if (document === undefined) throw new AwsError('NoSuchEntity', `The role policy with name ${name} cannot be found.`, 404);
  return document;
}
