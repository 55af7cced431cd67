import type {
  CreatePolicyVersionCommandInput,
  DeletePolicyVersionCommandInput,
  GetPolicyVersionCommandInput,
  ListPolicyVersionsCommandInput,
  PolicyVersion,
  SetDefaultPolicyVersionCommandInput,
} from '@aws-sdk/client-iam';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler } from '../service.ts';
import { parsedIdentity } from './records.ts';
import type { IamRecords, ManagedPolicy, PolicyRecord, PolicyVersionRecord } from './records.ts';
import { encoded, page, weight, wellFormed, wholeSeconds } from './rules.ts';

const POLICY_CHARACTERS_MAX = 6144;
const VERSIONS_MAX = 5;

/** The versions of customer managed policies; AWS's own are seen in their newest. Source: IAM User Guide, "Versioning IAM policies". */
export function policyVersionOperations(records: IamRecords): Record<string, OperationHandler> {
  const put = (policy: PolicyRecord, versions: readonly PolicyVersionRecord[], defaultVersion: string, now: number): void => {
    const document = versions.find(({ id }) => id === defaultVersion)?.document ?? policy.document;
    records.putPolicy({ ...policy, versions, defaultVersion, document, updatedAt: now });
  };

  return {
    CreatePolicyVersion(input: CreatePolicyVersionCommandInput, call: Call) {
      const policy = ownPolicy(records, input.PolicyArn ?? '', call);
      const document = input.PolicyDocument ?? '';
      checkPolicyDocument(document);
      const versions = versionsOf(policy);
      if (versions.length >= VERSIONS_MAX) {
        throw new AwsError('LimitExceeded', `A managed policy can have up to ${VERSIONS_MAX} versions. Before you create a new version, you must delete an existing version.`, 409);
      }
      const lastVersion = (policy.lastVersion ?? 1) + 1;
      const version = { id: `v${lastVersion}`, document, createdAt: call.now };
      put({ ...policy, lastVersion }, [...versions, version], input.SetAsDefault === true ? version.id : versionOf(policy), call.now);
      return { PolicyVersion: shown(version, input.SetAsDefault === true) };
    },

    SetDefaultPolicyVersion(input: SetDefaultPolicyVersionCommandInput, call: Call) {
      const policy = ownPolicy(records, input.PolicyArn ?? '', call);
      const { id } = versionNamed(policy, input.VersionId);
      put(policy, versionsOf(policy), id, call.now);
    },

    DeletePolicyVersion(input: DeletePolicyVersionCommandInput, call: Call) {
      const policy = ownPolicy(records, input.PolicyArn ?? '', call);
      const { id } = versionNamed(policy, input.VersionId);
      if (id === versionOf(policy)) throw new AwsError('DeleteConflict', 'Cannot delete the default version of a policy.', 409);
      put(
        policy,
        versionsOf(policy).filter((version) => version.id !== id),
        versionOf(policy),
        call.now,
      );
    },

    GetPolicyVersion(input: GetPolicyVersionCommandInput) {
      const policy = knownPolicy(records, input.PolicyArn ?? '');
      const version = versionNamed(policy, input.VersionId);
      return { PolicyVersion: { ...shown(version, version.id === versionOf(policy)), Document: encoded(version.document) } };
    },

    ListPolicyVersions(input: ListPolicyVersionsCommandInput) {
      const policy = knownPolicy(records, input.PolicyArn ?? '');
      const newestFirst = [...versionsOf(policy)].reverse().map((version) => shown(version, version.id === versionOf(policy)));
      const { items, ...rest } = page(newestFirst, input);
      return { Versions: items, ...rest };
    },
  };
}

export function checkPolicyDocument(document: string): void {
  if (weight(document) > POLICY_CHARACTERS_MAX) throw new AwsError('LimitExceeded', `Cannot exceed quota for PolicySize: ${POLICY_CHARACTERS_MAX}`, 409);
  wellFormed(() => parsedIdentity(document));
}

/** A customer's or AWS's policy. */
export function knownPolicy(records: IamRecords, arn: string): PolicyRecord | ManagedPolicy {
  const policy = records.managed(arn) ?? records.policy(arn);
  if (policy === undefined) throw new AwsError('NoSuchEntity', `Policy ${arn} was not found.`, 404);
  return policy;
}

/** A policy that the caller's account may change. */
export function ownPolicy(records: IamRecords, arn: string, call: Call): PolicyRecord {
  if (records.managed(arn) !== undefined) throw new AwsError('AccessDenied', `User: ${call.caller.arn} is not authorized to change the AWS managed policy ${arn}`, 403);
  const policy = records.policy(arn);
  if (policy === undefined || policy.accountId !== call.accountId) throw new AwsError('NoSuchEntity', `Policy ${arn} was not found.`, 404);
  return policy;
}

export const isManaged = (policy: PolicyRecord | ManagedPolicy): policy is ManagedPolicy => 'version' in policy;

/** The id of the version that counts. */
export const versionOf = (policy: PolicyRecord | ManagedPolicy): string => (isManaged(policy) ? policy.version : (policy.defaultVersion ?? 'v1'));

export function versionsOf(policy: PolicyRecord | ManagedPolicy): readonly PolicyVersionRecord[] {
  if (isManaged(policy)) return [{ id: policy.version, document: policy.document, createdAt: Date.parse(policy.createdAt) }];
  return policy.versions ?? [{ id: 'v1', document: policy.document, createdAt: policy.createdAt }];
}

function versionNamed(policy: PolicyRecord | ManagedPolicy, id: string | undefined): PolicyVersionRecord {
  const version = versionsOf(policy).find((candidate) => candidate.id === id);
  if (version === undefined) throw new AwsError('NoSuchEntity', `Policy ${policy.arn} version ${id} does not exist or is not attachable.`, 404);
  return version;
}

function shown(version: PolicyVersionRecord, isDefault: boolean): PolicyVersion {
  return { VersionId: version.id, IsDefaultVersion: isDefault, CreateDate: wholeSeconds(version.createdAt) };
}
