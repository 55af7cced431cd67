import type {
  AddRoleToInstanceProfileCommandInput,
  CreateInstanceProfileCommandInput,
  DeleteInstanceProfileCommandInput,
  GetInstanceProfileCommandInput,
  InstanceProfile,
  ListInstanceProfilesCommandInput,
  ListInstanceProfilesForRoleCommandInput,
  ListInstanceProfileTagsCommandInput,
  RemoveRoleFromInstanceProfileCommandInput,
  TagInstanceProfileCommandInput,
  UntagInstanceProfileCommandInput,
} from '@aws-sdk/client-iam';
import { iamId } from '../arn.ts';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler, World } from '../service.ts';
import type { IamRecords, InstanceProfileRecord } from './records.ts';
import { roleView } from './roles.ts';
import { checkedTags, checkName, checkPath, noSuchRole, page, roleNamed, untagged, wholeSeconds } from './rules.ts';

const PROFILES_MAX = 1000;

/** Instance profiles: what hands one role to EC2 instances. Source: IAM API reference; "IAM and AWS STS quotas". */
export function instanceProfileOperations(world: World, records: IamRecords): Record<string, OperationHandler> {
  const shown = (profile: InstanceProfileRecord): InstanceProfile => {
    const role = profile.role === undefined ? undefined : records.role(profile.accountId, profile.role);
    return {
      Path: profile.path,
      InstanceProfileName: profile.name,
      InstanceProfileId: profile.profileId,
      Arn: profile.arn,
      CreateDate: wholeSeconds(profile.createdAt),
      Roles: role === undefined ? [] : [roleView(records, role)],
      ...(profile.tags.length === 0 ? {} : { Tags: [...profile.tags] }),
    };
  };
  const listed = ({ Tags: _tags, ...profile }: InstanceProfile): InstanceProfile => profile;
  const put = (profile: InstanceProfileRecord): void => records.instanceProfiles.put(profile.arn, profile);

  return {
    CreateInstanceProfile(input: CreateInstanceProfileCommandInput, call: Call) {
      const name = input.InstanceProfileName ?? '';
      const path = input.Path ?? '/';
      checkName('instanceProfileName', name, 128);
      checkPath(path);
      const tags = checkedTags(input.Tags);
      if (profileOf(records, call.accountId, name) !== undefined) throw new AwsError('EntityAlreadyExists', `Instance Profile ${name} already exists.`, 409);
      if (profilesOf(records, call.accountId).length >= PROFILES_MAX) throw new AwsError('LimitExceeded', `Cannot exceed quota for InstanceProfilesPerAccount: ${PROFILES_MAX}`, 409);
      const profile = {
        accountId: call.accountId,
        name,
        path,
        profileId: iamId('AIPA', world.newId(), 17),
        arn: `arn:aws:iam::${call.accountId}:instance-profile${path}${name}`,
        createdAt: call.now,
        tags,
      };
      put(profile);
      return { InstanceProfile: shown(profile) };
    },

    GetInstanceProfile: (input: GetInstanceProfileCommandInput, call: Call) => ({ InstanceProfile: shown(profileNamed(records, call.accountId, input.InstanceProfileName)) }),

    ListInstanceProfiles(input: ListInstanceProfilesCommandInput, call: Call) {
      const { items, ...rest } = page(
        profilesOf(records, call.accountId).filter(({ path }) => path.startsWith(input.PathPrefix ?? '/')),
        input,
      );
      return { InstanceProfiles: items.map((profile) => listed(shown(profile))), ...rest };
    },

    ListInstanceProfilesForRole(input: ListInstanceProfilesForRoleCommandInput, call: Call) {
      const { items, ...rest } = page(records.profilesOf(roleNamed(records, call.accountId, input.RoleName ?? '')), input);
      return { InstanceProfiles: items.map((profile) => listed(shown(profile))), ...rest };
    },

    DeleteInstanceProfile(input: DeleteInstanceProfileCommandInput, call: Call) {
      const profile = profileNamed(records, call.accountId, input.InstanceProfileName);
      if (profile.role !== undefined) throw new AwsError('DeleteConflict', 'Cannot delete entity, must remove roles from instance profile first.', 409);
      records.instanceProfiles.delete(profile.arn);
    },

    AddRoleToInstanceProfile(input: AddRoleToInstanceProfileCommandInput, call: Call) {
      const profile = profileNamed(records, call.accountId, input.InstanceProfileName);
      const role = roleNamed(records, call.accountId, input.RoleName ?? '');
      if (role.path.startsWith('/aws-service-role/')) {
        throw new AwsError('UnmodifiableEntity', `Cannot perform the operation on the protected role '${role.name}' - this role is only modifiable by AWS (AddRoleToInstanceProfile).`, 400);
      }
      if (profile.role !== undefined) throw new AwsError('LimitExceeded', 'Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1', 409);
      put({ ...profile, role: role.name });
    },

    RemoveRoleFromInstanceProfile(input: RemoveRoleFromInstanceProfileCommandInput, call: Call) {
      const { role, ...profile } = profileNamed(records, call.accountId, input.InstanceProfileName);
      if (role === undefined || role.toLowerCase() !== input.RoleName?.toLowerCase()) throw noSuchRole(input.RoleName ?? '');
      put(profile);
    },

    TagInstanceProfile(input: TagInstanceProfileCommandInput, call: Call) {
      const profile = profileNamed(records, call.accountId, input.InstanceProfileName);
      put({ ...profile, tags: checkedTags(input.Tags, profile.tags) });
    },

    UntagInstanceProfile(input: UntagInstanceProfileCommandInput, call: Call) {
      const profile = profileNamed(records, call.accountId, input.InstanceProfileName);
      put({ ...profile, tags: untagged(profile.tags, input.TagKeys) });
    },

    ListInstanceProfileTags(input: ListInstanceProfileTagsCommandInput, call: Call) {
      const { items, ...rest } = page(profileNamed(records, call.accountId, input.InstanceProfileName).tags, input);
      return { Tags: items, ...rest };
    },
  };
}

const profilesOf = (records: IamRecords, accountId: string): InstanceProfileRecord[] => records.instanceProfiles.list(`arn:aws:iam::${accountId}:instance-profile/`);

/** Names are unique whatever their case. */
export function profileOf(records: IamRecords, accountId: string, name: string): InstanceProfileRecord | undefined {
  return profilesOf(records, accountId).find((profile) => profile.name.toLowerCase() === name.toLowerCase());
}

function profileNamed(records: IamRecords, accountId: string, name = ''): InstanceProfileRecord {
  const profile = profileOf(records, accountId, name);
  if (profile === undefined) throw new AwsError('NoSuchEntity', `Instance Profile ${name} cannot be found.`, 404);
  return profile;
}
