import {
  AddRoleToInstanceProfileCommand,
  CreateInstanceProfileCommand,
  DeleteInstanceProfileCommand,
  GetInstanceProfileCommand,
  ListInstanceProfilesForRoleCommand,
  RemoveRoleFromInstanceProfileCommand,
  type IAMClient,
  type InstanceProfile,
} from '@aws-sdk/client-iam';
import type { RoleResource } from '../../domain/parts/resource.ts';
import { nameOf } from '../eks/errors.ts';
import type { PartOf } from '../ports.ts';

/** The profile of a role of ours, which has the role's name and holds that role alone. */
export async function bringProfile(client: IAMClient, { name, part }: RoleResource, of: PartOf): Promise<void> {
  const found = await readProfile(client, name);
  if (found === 'absent') {
    await client.send(
      new CreateInstanceProfileCommand({
        InstanceProfileName: name,
        Tags: [
          { Key: 'slipway:cluster-id', Value: of.clusterId },
          { Key: 'slipway:part', Value: part },
        ],
      }),
    );
  }
  if (found === 'absent' || !holds(found, name)) await client.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: name, RoleName: name }));
}

/** IAM deletes no role that a profile holds. */
export async function removeProfile(client: IAMClient, name: string): Promise<void> {
  const found = await readProfile(client, name);
  if (found === 'absent') return;
  if (holds(found, name)) await client.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName: name, RoleName: name }));
  await client.send(new DeleteInstanceProfileCommand({ InstanceProfileName: name }));
}

/** The profile that hands somebody else's role to instances; undefined where there is none, or no such role. */
export async function profileOfRole(client: IAMClient, roleArn: string): Promise<string | undefined> {
  try {
    const { InstanceProfiles } = await client.send(new ListInstanceProfilesForRoleCommand({ RoleName: roleArn.split('/').at(-1) ?? '' }));
    return InstanceProfiles?.[0]?.InstanceProfileName;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

async function readProfile(client: IAMClient, InstanceProfileName: string): Promise<InstanceProfile | 'absent'> {
  try {
    return (await client.send(new GetInstanceProfileCommand({ InstanceProfileName }))).InstanceProfile ?? 'absent';
  } catch (error) {
    if (isGone(error)) return 'absent';
    throw error;
  }
}

function holds({ Roles = [] }: InstanceProfile, roleName: string): boolean {
  return Roles.some(({ RoleName }) => RoleName === roleName);
}

function isGone(error: unknown): boolean {
  return nameOf(error) === 'NoSuchEntityException' || nameOf(error) === 'NoSuchEntity';
}
