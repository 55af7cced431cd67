import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import {
  AddClientIDToOpenIDConnectProviderCommand,
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateInstanceProfileCommand,
  CreateOpenIDConnectProviderCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  DeleteInstanceProfileCommand,
  DeleteOpenIDConnectProviderCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  GetInstanceProfileCommand,
  GetOpenIDConnectProviderCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  IAMClient,
  ListEntitiesForPolicyCommand,
  ListInstanceProfilesForRoleCommand,
  ListInstanceProfileTagsCommand,
  ListOpenIDConnectProvidersCommand,
  ListOpenIDConnectProviderTagsCommand,
  ListPolicyVersionsCommand,
  ListRolesCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  RemoveRoleFromInstanceProfileCommand,
  SetDefaultPolicyVersionCommand,
  TagInstanceProfileCommand,
  TagOpenIDConnectProviderCommand,
  TagRoleCommand,
  UntagOpenIDConnectProviderCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateOpenIDConnectProviderThumbprintCommand,
} from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { policy, refusal, startAws } from './aws-stage.ts';

const ACCOUNT = '111111111111';
const TRUST = policy({ Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: ['sts:AssumeRole', 'sts:TagSession'] });
const TRUSTS_ACCOUNT = policy({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' });
const READ = policy({ Effect: 'Allow', Action: 'eks:Describe*', Resource: '*' });
const ALL_OF_IAM = policy({ Effect: 'Allow', Action: 'iam:*', Resource: '*' });
const BOUNDARY = `arn:aws:iam::${ACCOUNT}:policy/slipway-boundary`;

/** An account whose role `builder` has these rights, and a client with a session of it. */
async function asBuilder(context: TestContext, rights: string, boundary?: string): Promise<{ owner: IAMClient; builder: IAMClient }> {
  const stage = await startAws(context);
  const owner = new IAMClient(stage.as(ACCOUNT));
  await owner.send(new CreatePolicyCommand({ PolicyName: 'slipway-boundary', PolicyDocument: READ }));
  await owner.send(new CreateRoleCommand({ RoleName: 'builder', AssumeRolePolicyDocument: TRUSTS_ACCOUNT, ...(boundary === undefined ? {} : { PermissionsBoundary: boundary }) }));
  await owner.send(new PutRolePolicyCommand({ RoleName: 'builder', PolicyName: 'rights', PolicyDocument: rights }));
  await stage.pass(15);
  const { Credentials } = await new STSClient(stage.as(ACCOUNT)).send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/builder`, RoleSessionName: 'test' }));
  return { owner, builder: new IAMClient(stage.as(Credentials)) };
}

describe('A permissions boundary', () => {
  const OWN_ROLES = `arn:aws:iam::${ACCOUNT}:role/slipway-*`;
  const delegated = policy(
    {
      Effect: 'Allow',
      Action: ['iam:CreateRole', 'iam:PutRolePolicy', 'iam:AttachRolePolicy', 'iam:DeleteRolePolicy', 'iam:PutRolePermissionsBoundary'],
      Resource: OWN_ROLES,
      Condition: { StringEquals: { 'iam:PermissionsBoundary': BOUNDARY } },
    },
    { Effect: 'Allow', Action: ['iam:GetRole', 'iam:DeleteRole', 'iam:DeleteRolePermissionsBoundary'], Resource: OWN_ROLES },
  );

  it('can be demanded of every role that a delegate makes and changes', async (context) => {
    const { owner, builder } = await asBuilder(context, delegated);
    const plain = { RoleName: 'slipway-web', AssumeRolePolicyDocument: TRUST };
    assert.match((await refusal(builder.send(new CreateRoleCommand(plain)))).message, /not authorized to perform: iam:CreateRole on resource: arn:aws:iam::111111111111:role\/slipway-web/);
    assert.equal((await refusal(builder.send(new CreateRoleCommand({ ...plain, PermissionsBoundary: 'arn:aws:iam::aws:policy/AdministratorAccess' })))).name, 'AccessDenied');
    await builder.send(new CreateRoleCommand({ ...plain, PermissionsBoundary: BOUNDARY }));
    await builder.send(new PutRolePolicyCommand({ RoleName: 'slipway-web', PolicyName: 'p', PolicyDocument: READ }));
    assert.equal((await builder.send(new GetRoleCommand({ RoleName: 'slipway-web' }))).Role?.PermissionsBoundary?.PermissionsBoundaryArn, BOUNDARY);
    await builder.send(new PutRolePermissionsBoundaryCommand({ RoleName: 'slipway-web', PermissionsBoundary: BOUNDARY }));
    await builder.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: 'slipway-web' }));
    assert.equal((await refusal(builder.send(new PutRolePolicyCommand({ RoleName: 'slipway-web', PolicyName: 'q', PolicyDocument: ALL_OF_IAM })))).name, 'AccessDenied');

    await owner.send(new CreateRoleCommand({ RoleName: 'slipway-free', AssumeRolePolicyDocument: TRUST }));
    assert.equal((await refusal(builder.send(new PutRolePolicyCommand({ RoleName: 'slipway-free', PolicyName: 'p', PolicyDocument: READ })))).name, 'AccessDenied');
  });

  it('leaves a role only what both it and the role policies allow', async (context) => {
    const { owner, builder } = await asBuilder(context, policy({ Effect: 'Allow', Action: ['iam:GetRole', 'iam:ListRoles'], Resource: '*' }), `arn:aws:iam::${ACCOUNT}:policy/slipway-boundary`);
    assert.match((await refusal(builder.send(new ListRolesCommand({})))).message, /because no permissions boundary allows the iam:ListRoles action/);
    await owner.send(new CreatePolicyVersionCommand({ PolicyArn: BOUNDARY, PolicyDocument: ALL_OF_IAM, SetAsDefault: true }));
    assert.equal((await builder.send(new ListRolesCommand({}))).Roles?.length, 1);
    assert.match((await refusal(builder.send(new DeleteRoleCommand({ RoleName: 'builder' })))).message, /because no identity-based policy allows/);
  });

  it('is counted, listed, and not deleted while a role is under it', async (context) => {
    const { owner } = await asBuilder(context, READ, BOUNDARY);
    const { Policy } = await owner.send(new GetPolicyCommand({ PolicyArn: BOUNDARY }));
    assert.deepEqual([Policy?.AttachmentCount, Policy?.PermissionsBoundaryUsageCount], [0, 1]);
    const entities = async (PolicyUsageFilter: 'PermissionsPolicy' | 'PermissionsBoundary') =>
      (await owner.send(new ListEntitiesForPolicyCommand({ PolicyArn: BOUNDARY, PolicyUsageFilter }))).PolicyRoles?.map(({ RoleName }) => RoleName);
    assert.deepEqual([await entities('PermissionsPolicy'), await entities('PermissionsBoundary')], [[], ['builder']]);
    assert.equal((await refusal(owner.send(new DeletePolicyCommand({ PolicyArn: BOUNDARY })))).name, 'DeleteConflictException');
    await owner.send(new DeleteRolePermissionsBoundaryCommand({ RoleName: 'builder' }));
    await owner.send(new DeletePolicyCommand({ PolicyArn: BOUNDARY }));
  });
});

describe('Conditions on calls of IAM', () => {
  it('see which policy is attached', async (context) => {
    const own = 'arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy';
    const { owner, builder } = await asBuilder(context, policy({ Effect: 'Allow', Action: 'iam:AttachRolePolicy', Resource: '*', Condition: { ArnEquals: { 'iam:PolicyARN': own } } }));
    await owner.send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: TRUST }));
    await builder.send(new AttachRolePolicyCommand({ RoleName: 'r', PolicyArn: own }));
    assert.equal((await refusal(builder.send(new AttachRolePolicyCommand({ RoleName: 'r', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' })))).name, 'AccessDenied');
  });

  it('see the tags that are asked for and those of the role, and making with tags needs the right to tag', async (context) => {
    const tagged = { StringEquals: { 'aws:RequestTag/slipway:cluster-id': 'c1' } };
    const { owner, builder } = await asBuilder(
      context,
      policy(
        { Effect: 'Allow', Action: 'iam:CreateRole', Resource: '*' },
        { Effect: 'Allow', Action: 'iam:TagRole', Resource: `arn:aws:iam::${ACCOUNT}:role/slipway-*`, Condition: tagged },
        { Effect: 'Allow', Action: 'iam:DeleteRole', Resource: '*', Condition: { StringEquals: { 'aws:ResourceTag/slipway:cluster-id': 'c1' } } },
        { Effect: 'Allow', Action: 'iam:DeleteRolePolicy', Resource: '*', Condition: { StringEquals: { 'iam:ResourceTag/slipway:cluster-id': 'c1' } } },
      ),
    );
    const role = (RoleName: string, Value: string) => new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST, Tags: [{ Key: 'slipway:cluster-id', Value }] });
    await builder.send(role('slipway-a', 'c1'));
    assert.match((await refusal(builder.send(role('slipway-b', 'c2')))).message, /iam:TagRole/);
    assert.match((await refusal(builder.send(role('other', 'c1')))).message, /iam:TagRole on resource: arn:aws:iam::111111111111:role\/other/);
    await owner.send(role('slipway-b', 'c2'));
    assert.equal((await refusal(builder.send(new TagRoleCommand({ RoleName: 'slipway-b', Tags: [{ Key: 'a', Value: 'b' }] })))).name, 'AccessDenied');
    assert.equal((await refusal(builder.send(new DeleteRoleCommand({ RoleName: 'slipway-b' })))).name, 'AccessDenied');
    assert.equal((await refusal(builder.send(new DeleteRolePolicyCommand({ RoleName: 'slipway-a', PolicyName: 'none' })))).name, 'NoSuchEntityException');
    await builder.send(new DeleteRoleCommand({ RoleName: 'slipway-a' }));
  });
});

describe('A customer managed policy', () => {
  it('has up to five versions, one of which counts, and goes when only that one is left', async (context) => {
    const iam = new IAMClient((await startAws(context)).as(ACCOUNT));
    const PolicyArn = `arn:aws:iam::${ACCOUNT}:policy/p`;
    const version = (count: number) => policy({ Effect: 'Allow', Action: `eks:Action${count}`, Resource: '*' });
    await iam.send(new CreatePolicyCommand({ PolicyName: 'p', PolicyDocument: version(1) }));
    for (const count of [2, 3, 4, 5]) await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: version(count), SetAsDefault: count === 3 }));
    const versions = async () => (await iam.send(new ListPolicyVersionsCommand({ PolicyArn }))).Versions?.map(({ VersionId, IsDefaultVersion }) => `${VersionId}${IsDefaultVersion === true ? '*' : ''}`);
    assert.deepEqual(await versions(), ['v5', 'v4', 'v3*', 'v2', 'v1']);
    assert.equal(decodeURIComponent((await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v4' }))).PolicyVersion?.Document ?? ''), version(4));
    assert.equal((await refusal(iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: READ })))).name, 'LimitExceededException');
    assert.equal((await refusal(iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: '{}' })))).name, 'MalformedPolicyDocumentException');
    assert.equal((await refusal(iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v3' })))).name, 'DeleteConflictException');
    await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v5' }));
    assert.equal((await iam.send(new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: READ }))).PolicyVersion?.VersionId, 'v6');
    await iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }));
    assert.equal((await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy?.DefaultVersionId, 'v1');
    assert.match((await refusal(iam.send(new DeletePolicyCommand({ PolicyArn })))).message, /more than one version/);
    for (const VersionId of ['v2', 'v3', 'v4', 'v6']) await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId }));
    await iam.send(new DeletePolicyCommand({ PolicyArn }));
  });
});

describe('An instance profile', () => {
  it('holds one role, and neither goes before they are parted', async (context) => {
    const iam = new IAMClient((await startAws(context)).as(ACCOUNT));
    await iam.send(new CreateRoleCommand({ RoleName: 'nodes', AssumeRolePolicyDocument: TRUST }));
    const InstanceProfileName = 'nodes-profile';
    const { InstanceProfile } = await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName, Path: '/slipway/', Tags: [{ Key: 'a', Value: 'b' }] }));
    assert.equal(InstanceProfile?.Arn, `arn:aws:iam::${ACCOUNT}:instance-profile/slipway/nodes-profile`);
    assert.match(InstanceProfile?.InstanceProfileId ?? '', /^AIPA[A-Z2-7]{17}$/);
    await iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName: 'nodes' }));
    assert.match((await refusal(iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName: 'nodes' })))).message, /InstanceSessionsPerInstanceProfile: 1/);
    assert.deepEqual((await iam.send(new GetInstanceProfileCommand({ InstanceProfileName }))).InstanceProfile?.Roles?.map(({ RoleName }) => RoleName), ['nodes']);
    const ofRole = async () => (await iam.send(new ListInstanceProfilesForRoleCommand({ RoleName: 'nodes' }))).InstanceProfiles?.map((profile) => profile.InstanceProfileName);
    assert.deepEqual(await ofRole(), [InstanceProfileName]);
    await iam.send(new TagInstanceProfileCommand({ InstanceProfileName, Tags: [{ Key: 'c', Value: 'd' }] }));
    assert.deepEqual((await iam.send(new ListInstanceProfileTagsCommand({ InstanceProfileName }))).Tags?.map(({ Key }) => Key), ['a', 'c']);
    assert.match((await refusal(iam.send(new DeleteRoleCommand({ RoleName: 'nodes' })))).message, /must remove roles from instance profile first/);
    assert.equal((await refusal(iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName })))).name, 'DeleteConflictException');
    assert.equal((await refusal(iam.send(new CreateInstanceProfileCommand({ InstanceProfileName })))).name, 'EntityAlreadyExistsException');
    await iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName: 'nodes' }));
    assert.equal((await refusal(iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName: 'nodes' })))).name, 'NoSuchEntityException');
    await iam.send(new DeleteRoleCommand({ RoleName: 'nodes' }));
    await iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName }));
  });

  it('takes a role only from who may pass it', async (context) => {
    const { owner, builder } = await asBuilder(context, policy({ Effect: 'Allow', Action: 'iam:AddRoleToInstanceProfile', Resource: `arn:aws:iam::${ACCOUNT}:instance-profile/*` }));
    await owner.send(new CreateInstanceProfileCommand({ InstanceProfileName: 'p' }));
    assert.match((await refusal(builder.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName: 'p', RoleName: 'builder' })))).message, /iam:PassRole on resource: arn:aws:iam::111111111111:role\/builder/);
  });
});

describe('An OpenID Connect provider', () => {
  const Url = 'https://oidc.eks.us-east-1.amazonaws.com/id/ABCDEF0123456789ABCDEF0123456789';
  const arn = `arn:aws:iam::${ACCOUNT}:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/ABCDEF0123456789ABCDEF0123456789`;

  it('is made once for an issuer, looked at, changed and deleted', async (context) => {
    const iam = new IAMClient((await startAws(context)).as(ACCOUNT));
    const made = await iam.send(new CreateOpenIDConnectProviderCommand({ Url, ClientIDList: ['sts.amazonaws.com'], Tags: [{ Key: 'a', Value: 'b' }] }));
    assert.equal(made.OpenIDConnectProviderArn, arn);
    assert.match((await refusal(iam.send(new CreateOpenIDConnectProviderCommand({ Url })))).message, /^Provider with url https:\/\/oidc\.eks.* already exists\.$/);
    await iam.send(new AddClientIDToOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn, ClientID: 'other' }));
    await iam.send(new UpdateOpenIDConnectProviderThumbprintCommand({ OpenIDConnectProviderArn: arn, ThumbprintList: ['9e99a48a9960b14926bb7f3b02e22da2b0ab7280'] }));
    const seen = await iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }));
    assert.deepEqual([seen.Url, seen.ClientIDList, seen.ThumbprintList], [Url.slice(8), ['sts.amazonaws.com', 'other'], ['9e99a48a9960b14926bb7f3b02e22da2b0ab7280']]);
    await iam.send(new TagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn, Tags: [{ Key: 'c', Value: 'd' }] }));
    await iam.send(new UntagOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn, TagKeys: ['a'] }));
    assert.deepEqual((await iam.send(new ListOpenIDConnectProviderTagsCommand({ OpenIDConnectProviderArn: arn }))).Tags, [{ Key: 'c', Value: 'd' }]);
    assert.deepEqual((await iam.send(new ListOpenIDConnectProvidersCommand({}))).OpenIDConnectProviderList, [{ Arn: arn }]);
    await iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }));
    await iam.send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }));
    assert.equal((await refusal(iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn })))).name, 'NoSuchEntityException');
  });

  it('is refused when its address or thumbprints are none', async (context) => {
    const iam = new IAMClient((await startAws(context)).as(ACCOUNT));
    for (const wrong of ['http://plain.example', 'no address', 'https://a.example?q=1', `https://${'x'.repeat(255)}.example`]) {
      assert.equal((await refusal(iam.send(new CreateOpenIDConnectProviderCommand({ Url: wrong })))).name, 'ValidationError', wrong);
    }
    assert.equal((await refusal(iam.send(new CreateOpenIDConnectProviderCommand({ Url, ThumbprintList: ['short'] })))).name, 'ValidationError');
  });

  it('is what a role may trust by web identity', async (context) => {
    const iam = new IAMClient((await startAws(context)).as(ACCOUNT));
    const condition = { StringEquals: { [`${Url.slice(8)}:sub`]: 'system:serviceaccount:default:web', [`${Url.slice(8)}:aud`]: 'sts.amazonaws.com' } };
    const trust = policy({ Effect: 'Allow', Principal: { Federated: arn }, Action: 'sts:AssumeRoleWithWebIdentity', Condition: condition });
    await iam.send(new CreateRoleCommand({ RoleName: 'irsa', AssumeRolePolicyDocument: trust }));
    const wrong: readonly [string, Record<string, unknown>][] = [
      ['Federated principals must be valid domain names or SAML metadata ARNs', { Federated: 'arn:aws:iam::1:nothing' }],
      ['Invalid principal in policy: "SERVICE":"pods.eks"', { Service: 'pods.eks' }],
    ];
    for (const [message, Principal] of wrong) {
      const refused = await refusal(iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'irsa', PolicyDocument: policy({ Effect: 'Allow', Principal, Action: 'sts:AssumeRole' }) })));
      assert.deepEqual([refused.name, refused.message], ['MalformedPolicyDocumentException', message]);
    }
  });
});
