import type {
  CreatePolicyCommandInput,
  DeletePolicyCommandInput,
  GetPolicyCommandInput,
  GetPolicyVersionCommandInput,
  ListEntitiesForPolicyCommandInput,
  ListPoliciesCommandInput,
  ListPolicyTagsCommandInput,
  ListPolicyVersionsCommandInput,
  Policy,
  PolicyVersion,
  TagPolicyCommandInput,
  UntagPolicyCommandInput,
} from '@aws-sdk/client-iam';
import { iamId } from '../arn.ts';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler, World } from '../service.ts';
import { parsedIdentity } from './records.ts';
import type { IamRecords, ManagedPolicy, PolicyRecord } from './records.ts';
import { checkDescription, checkedTags, checkName, checkPath, encoded, page, weight, wellFormed } from './rules.ts';
import { wholeSeconds } from './roles.ts';

const POLICY_CHARACTERS_MAX = 6144;
const POLICIES_MAX = 1500;

/** Policies of their own: customers', each in its one version, and AWS's. */
export function policyOperations(world: World, records: IamRecords): Record<string, OperationHandler> {
  const known = (arn: string): PolicyRecord | ManagedPolicy => {
    const policy = records.managed(arn) ?? records.policy(arn);
    if (policy === undefined) throw new AwsError('NoSuchEntity', `Policy ${arn} was not found.`, 404);
    return policy;
  };
  const own = (arn: string, call: Call): PolicyRecord => {
    if (records.managed(arn) !== undefined) throw new AwsError('AccessDenied', `User: ${call.caller.arn} is not authorized to change the AWS managed policy ${arn}`, 403);
    const policy = records.policy(arn);
    if (policy === undefined || policy.accountId !== call.accountId) throw new AwsError('NoSuchEntity', `Policy ${arn} was not found.`, 404);
    return policy;
  };
  const attachedTo = (arn: string, accountId: string): string[] => records.roles(accountId).filter(({ attached }) => attached.includes(arn)).map(({ name }) => name);
  const view = (policy: PolicyRecord | ManagedPolicy, accountId: string): Policy => ({
    PolicyName: policy.name,
    PolicyId: policy.policyId,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: versionOf(policy),
    AttachmentCount: attachedTo(policy.arn, accountId).length,
    PermissionsBoundaryUsageCount: records.roles(accountId).filter(({ boundary }) => boundary === policy.arn).length,
    IsAttachable: true,
    ...(policy.description === undefined ? {} : { Description: policy.description }),
    CreateDate: createdAt(policy),
    UpdateDate: createdAt(policy),
    ...('tags' in policy && policy.tags.length > 0 ? { Tags: [...policy.tags] } : {}),
  });

  return {
    CreatePolicy(input: CreatePolicyCommandInput, call: Call) {
      const policy = newPolicy(world, input, call);
      if (records.policy(policy.arn) !== undefined || records.policies(call.accountId).some(({ name }) => name.toLowerCase() === policy.name.toLowerCase())) {
        throw new AwsError('EntityAlreadyExists', `A policy called ${policy.name} already exists. Duplicate names are not allowed.`, 409);
      }
      if (records.policies(call.accountId).length >= POLICIES_MAX) throw new AwsError('LimitExceeded', `Cannot exceed quota for PoliciesPerAccount: ${POLICIES_MAX}`, 409);
      records.putPolicy(policy);
      return { Policy: view(policy, call.accountId) };
    },

    GetPolicy: (input: GetPolicyCommandInput, call: Call) => ({ Policy: view(known(input.PolicyArn ?? ''), call.accountId) }),

    GetPolicyVersion(input: GetPolicyVersionCommandInput) {
      const policy = known(input.PolicyArn ?? '');
      if (input.VersionId !== versionOf(policy)) throw new AwsError('NoSuchEntity', `Policy ${policy.arn} version ${input.VersionId} does not exist or is not attachable.`, 404);
      return { PolicyVersion: { ...version(policy), Document: encoded(policy.document) } };
    },

    ListPolicyVersions(input: ListPolicyVersionsCommandInput) {
      const { items, ...rest } = page([version(known(input.PolicyArn ?? ''))], input);
      return { Versions: items, ...rest };
    },

    ListPolicies(input: ListPoliciesCommandInput, call: Call) {
      const scope = input.Scope ?? 'All';
      const all = [...(scope === 'Local' ? [] : records.allManaged()), ...(scope === 'AWS' ? [] : records.policies(call.accountId))];
      const fit = all.filter(({ path }) => path.startsWith(input.PathPrefix ?? '/')).map((policy) => view(policy, call.accountId));
      const used = input.OnlyAttached === true ? fit.filter(({ AttachmentCount = 0 }) => AttachmentCount > 0) : fit;
      const { items, ...rest } = page(used, input);
      // Lists leave out description and tags, as on AWS.
      return { Policies: items.map(({ Description: _description, Tags: _tags, ...policy }) => policy), ...rest };
    },

    DeletePolicy(input: DeletePolicyCommandInput, call: Call) {
      const policy = own(input.PolicyArn ?? '', call);
      if (attachedTo(policy.arn, call.accountId).length > 0) throw new AwsError('DeleteConflict', 'Cannot delete a policy attached to entities.', 409);
      records.removePolicy(policy.arn);
    },

    ListEntitiesForPolicy(input: ListEntitiesForPolicyCommandInput, call: Call) {
      const policy = known(input.PolicyArn ?? '');
      const names = attachedTo(policy.arn, call.accountId);
      const wantsRoles = input.EntityFilter === undefined || input.EntityFilter === 'Role';
      const { items, ...rest } = page(wantsRoles ? names : [], input);
      return { PolicyGroups: [], PolicyUsers: [], PolicyRoles: items.map((name) => ({ RoleName: name, RoleId: records.role(call.accountId, name)?.roleId ?? '' })), ...rest };
    },

    TagPolicy(input: TagPolicyCommandInput, call: Call) {
      const policy = own(input.PolicyArn ?? '', call);
      records.putPolicy({ ...policy, tags: checkedTags(input.Tags, policy.tags) });
    },

    UntagPolicy(input: UntagPolicyCommandInput, call: Call) {
      const policy = own(input.PolicyArn ?? '', call);
      const gone = new Set((input.TagKeys ?? []).map((key) => key.toLowerCase()));
      records.putPolicy({ ...policy, tags: policy.tags.filter(({ Key }) => !gone.has(Key.toLowerCase())) });
    },

    ListPolicyTags(input: ListPolicyTagsCommandInput) {
      const policy = known(input.PolicyArn ?? '');
      const { items, ...rest } = page('tags' in policy ? policy.tags : [], input);
      return { Tags: items, ...rest };
    },
  };
}

function newPolicy(world: World, input: CreatePolicyCommandInput, call: Call): PolicyRecord {
  const name = input.PolicyName ?? '';
  const path = input.Path ?? '/';
  const document = input.PolicyDocument ?? '';
  checkName('policyName', name, 128);
  checkPath(path);
  checkDescription(input.Description);
  const tags = checkedTags(input.Tags);
  if (weight(document) > POLICY_CHARACTERS_MAX) throw new AwsError('LimitExceeded', `Cannot exceed quota for PolicySize: ${POLICY_CHARACTERS_MAX}`, 409);
  wellFormed(() => parsedIdentity(document));
  return {
    accountId: call.accountId,
    name,
    path,
    policyId: iamId('ANPA', world.newId(), 17),
    arn: `arn:aws:iam::${call.accountId}:policy${path}${name}`,
    createdAt: call.now,
    ...(input.Description === undefined ? {} : { description: input.Description }),
    document,
    tags,
  };
}

const isManaged = (policy: PolicyRecord | ManagedPolicy): policy is ManagedPolicy => 'version' in policy;

const versionOf = (policy: PolicyRecord | ManagedPolicy): string => (isManaged(policy) ? policy.version : 'v1');

const createdAt = (policy: PolicyRecord | ManagedPolicy): Date => (isManaged(policy) ? new Date(policy.createdAt) : wholeSeconds(policy.createdAt));

function version(policy: PolicyRecord | ManagedPolicy): PolicyVersion {
  return { VersionId: versionOf(policy), IsDefaultVersion: true, CreateDate: createdAt(policy) };
}
