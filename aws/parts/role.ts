import {
  AttachRolePolicyCommand,
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  ListAttachedRolePoliciesCommand,
  ListRolePoliciesCommand,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
  type IAMClient,
  type Role,
} from '@aws-sdk/client-iam';
import { boundaryArnOf } from '../../domain/boundary.ts';
import { asksForIssuer, trustText } from '../../domain/parts/oidc-issuer.ts';
import { HOME_ACCOUNT, type RoleResource } from '../../domain/parts/resource.ts';
import { nameOf } from '../eks/errors.ts';
import type { Handler } from '../parts.ts';
import type { Begun, PartOf } from '../ports.ts';
import { readIssuer } from './oidc-issuer.ts';
import { bringProfile, removeProfile } from './instance-profile.ts';
import { refusing } from './refusing.ts';

/** Policies of one of our roles that are read; IAM allows ten attached ones, twenty after a raise, and inline ones share 10,240 characters. */
const POLICIES_READ_MAX = 100;

/** Roles named `slipway-*`: made with the boundary, brought to their trust and policies, and taken away with all that hangs on them. */
export const role: Handler<RoleResource> = {
  async put({ iam, eks, accountId, homeAccountId }, resource, of) {
    return refusing(async () => {
      const client = iam();
      const issuer = asksForIssuer(resource.trust) ? await readIssuer(eks(), of.clusterName) : undefined;
      if (issuer === 'absent') return { kind: 'refused', code: 'NoIssuer', message: `The cluster ${of.clusterName} has no OpenID Connect issuer yet.` };
      const trust = withHome(trustText(resource.trust, issuer), homeAccountId);
      const found = await readRole(client, resource.name);
      if (found !== 'absent' && !isOurs(found, of)) return foreign(resource);
      if (found === 'absent') await create(client, resource, trust, of, accountId);
      else await client.send(new UpdateAssumeRolePolicyCommand({ RoleName: resource.name, PolicyDocument: trust }));
      await bringPolicies(client, resource);
      if (resource.instanceProfile === true) await bringProfile(client, resource, of);
      return { kind: 'done', outcome: `Role ${resource.name} ${found === 'absent' ? 'was made' : 'is as it shall be'}.` };
    });
  },

  async remove({ iam }, resource, of) {
    return refusing(async () => {
      const client = iam();
      const found = await readRole(client, resource.name);
      if (found === 'absent') return { kind: 'absent', message: `There is no role ${resource.name}.` };
      if (!isOurs(found, of)) return { kind: 'done', outcome: `Role ${resource.name} is not this cluster's any more, and stays.` };
      await bringPolicies(client, { ...resource, policies: {}, managedPolicyArns: [] });
      if (resource.instanceProfile === true) await removeProfile(client, resource.name);
      await client.send(new DeleteRoleCommand({ RoleName: resource.name }));
      return { kind: 'done', outcome: `Role ${resource.name} is gone.` };
    });
  },

  async look({ iam }, resource) {
    const found = await readRole(iam(), resource.name);
    return found === 'absent' ? 'absent' : { state: 'ready', status: 'there' };
  },
};

async function readRole(client: IAMClient, RoleName: string): Promise<Role | 'absent'> {
  try {
    return (await client.send(new GetRoleCommand({ RoleName }))).Role ?? 'absent';
  } catch (error) {
    if (nameOf(error) === 'NoSuchEntityException' || nameOf(error) === 'NoSuchEntity') return 'absent';
    throw error;
  }
}

/** A role of ours carries the cluster's id; GetRole tells a role's tags. */
function isOurs(found: Role, of: PartOf): boolean {
  return (found.Tags ?? []).some(({ Key, Value }) => Key === 'slipway:cluster-id' && Value === of.clusterId);
}

function foreign({ name }: RoleResource): Begun {
  return { kind: 'refused', code: 'RoleNotOurs', message: `There is a role ${name} that Slipway has not made for this cluster. It is left as it is.` };
}

/** Slipway's own account is asked for only where a trust names it. */
function withHome(trust: string, homeAccountId: () => string): string {
  return trust.includes(HOME_ACCOUNT) ? trust.replaceAll(HOME_ACCOUNT, homeAccountId()) : trust;
}

async function create(client: IAMClient, resource: RoleResource, trust: string, of: PartOf, accountId: string): Promise<void> {
  await client.send(
    new CreateRoleCommand({
      RoleName: resource.name,
      Description: resource.description,
      AssumeRolePolicyDocument: trust,
      PermissionsBoundary: boundaryArnOf(accountId),
      Tags: [
        { Key: 'slipway:cluster-id', Value: of.clusterId },
        { Key: 'slipway:part', Value: resource.part },
      ],
    }),
  );
}

/** Inline and attached policies as they shall be, and no others. */
async function bringPolicies(client: IAMClient, { name: RoleName, policies, managedPolicyArns = [] }: Pick<RoleResource, 'name' | 'policies' | 'managedPolicyArns'>): Promise<void> {
  for (const [PolicyName, document] of Object.entries(policies)) await client.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: JSON.stringify(document) }));
  const { PolicyNames = [] } = await client.send(new ListRolePoliciesCommand({ RoleName, MaxItems: POLICIES_READ_MAX }));
  for (const PolicyName of PolicyNames) if (policies[PolicyName] === undefined) await client.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }));
  const { AttachedPolicies = [] } = await client.send(new ListAttachedRolePoliciesCommand({ RoleName, MaxItems: POLICIES_READ_MAX }));
  const attached = AttachedPolicies.flatMap(({ PolicyArn }) => PolicyArn ?? []);
  for (const PolicyArn of managedPolicyArns) if (!attached.includes(PolicyArn)) await client.send(new AttachRolePolicyCommand({ RoleName, PolicyArn }));
  for (const PolicyArn of attached) if (!managedPolicyArns.includes(PolicyArn)) await client.send(new DetachRolePolicyCommand({ RoleName, PolicyArn }));
}
