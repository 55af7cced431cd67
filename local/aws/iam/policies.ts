import type {
  CreatePolicyCommandInput,
  DeletePolicyCommandInput,
  GetPolicyCommandInput,
  ListEntitiesForPolicyCommandInput,
  ListPoliciesCommandInput,
  ListPolicyTagsCommandInput,
  Policy,
  TagPolicyCommandInput,
  UntagPolicyCommandInput,
} from '@aws-sdk/client-iam';
import { iamId } from '../arn.ts';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler, World } from '../service.ts';
import { checkPolicyDocument, isManaged, knownPolicy, ownPolicy, versionOf, versionsOf } from './policy-versions.ts';
import type { IamRecords, ManagedPolicy, PolicyRecord } from './records.ts';
import { checkDescription, checkedTags, checkName, checkPath, page, untagged, wholeSeconds } from './rules.ts';

const POLICIES_MAX = 1500;

/** Policies of their own: customers' and AWS's. */
export function policyOperations(world: World, records: IamRecords): Record<string, OperationHandler> {
  const known = (arn: string): PolicyRecord | ManagedPolicy => knownPolicy(records, arn);
  const own = (arn: string, call: Call): PolicyRecord => ownPolicy(records, arn, call);
  const attachedTo = (arn: string, accountId: string): string[] => records.roles(accountId).filter(({ attached }) => attached.includes(arn)).map(({ name }) => name);
  const boundaryOf = (arn: string, accountId: string): string[] => records.roles(accountId).filter(({ boundary }) => boundary === arn).map(({ name }) => name);
  const view = (policy: PolicyRecord | ManagedPolicy, accountId: string): Policy => ({
    PolicyName: policy.name,
    PolicyId: policy.policyId,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: versionOf(policy),
    AttachmentCount: attachedTo(policy.arn, accountId).length,
    PermissionsBoundaryUsageCount: boundaryOf(policy.arn, accountId).length,
    IsAttachable: true,
    ...(policy.description === undefined ? {} : { Description: policy.description }),
    CreateDate: createdAt(policy),
    UpdateDate: 'updatedAt' in policy && policy.updatedAt !== undefined ? wholeSeconds(policy.updatedAt) : createdAt(policy),
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
      const users = [...attachedTo(policy.arn, call.accountId), ...boundaryOf(policy.arn, call.accountId)];
      if (users.length > 0) throw new AwsError('DeleteConflict', 'Cannot delete a policy attached to entities.', 409);
      if (versionsOf(policy).length > 1) {
        throw new AwsError(
          'DeleteConflict',
          "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
          409,
        );
      }
      records.removePolicy(policy.arn);
    },

    ListEntitiesForPolicy(input: ListEntitiesForPolicyCommandInput, call: Call) {
      const policy = known(input.PolicyArn ?? '');
      const asPolicy = input.PolicyUsageFilter === 'PermissionsBoundary' ? [] : attachedTo(policy.arn, call.accountId);
      const asBoundary = input.PolicyUsageFilter === 'PermissionsPolicy' ? [] : boundaryOf(policy.arn, call.accountId);
      const names = [...new Set([...asPolicy, ...asBoundary])].sort();
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
      records.putPolicy({ ...policy, tags: untagged(policy.tags, input.TagKeys) });
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
  checkPolicyDocument(document);
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

const createdAt = (policy: PolicyRecord | ManagedPolicy): Date => (isManaged(policy) ? new Date(policy.createdAt) : wholeSeconds(policy.createdAt));
