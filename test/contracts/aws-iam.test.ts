import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  AttachRolePolicyCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateServiceLinkedRoleCommand,
  DeletePolicyCommand,
  DeleteRoleCommand,
  DeleteRolePermissionsBoundaryCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListEntitiesForPolicyCommand,
  ListInstanceProfilesForRoleCommand,
  ListPoliciesCommand,
  ListPolicyTagsCommand,
  ListPolicyVersionsCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListRoleTagsCommand,
  paginateListRoles,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  TagPolicyCommand,
  TagRoleCommand,
  UntagPolicyCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
  UpdateRoleDescriptionCommand,
} from '@aws-sdk/client-iam';
import { policy, refusal, startAws } from './aws-stage.ts';

const TRUST = policy({ Effect: 'Allow', Principal: { Service: 'eks.amazonaws.com' }, Action: 'sts:AssumeRole' });
const READ = policy({ Effect: 'Allow', Action: 'eks:Describe*', Resource: '*' });
const CLUSTER_POLICY = 'arn:aws:iam::aws:policy/AmazonEKSClusterPolicy';
const ACCOUNT = '111111111111';

describe('A role', () => {
  it('is made, looked at, changed, listed and deleted', async (context) => {
    const stage = await startAws(context);
    const iam = new IAMClient(stage.as(ACCOUNT));
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'eks-cluster', Path: '/team/', Description: 'for clusters', AssumeRolePolicyDocument: TRUST, Tags: [{ Key: 'team', Value: 'a' }] }));
    assert.equal(Role?.Arn, 'arn:aws:iam::111111111111:role/team/eks-cluster');
    assert.match(Role?.RoleId ?? '', /^AROA[A-Z2-7]{17}$/);
    assert.equal(Role?.CreateDate?.toISOString(), '2026-11-22T00:00:00.000Z');

    await iam.send(new UpdateRoleCommand({ RoleName: 'eks-cluster', MaxSessionDuration: 7200 }));
    assert.equal((await iam.send(new UpdateRoleDescriptionCommand({ RoleName: 'eks-cluster', Description: 'changed' }))).Role?.Description, 'changed');
    await iam.send(new TagRoleCommand({ RoleName: 'eks-cluster', Tags: [{ Key: 'Team', Value: 'b' }, { Key: 'x', Value: '' }] }));
    await iam.send(new UntagRoleCommand({ RoleName: 'eks-cluster', TagKeys: ['x'] }));
    assert.deepEqual((await iam.send(new ListRoleTagsCommand({ RoleName: 'eks-cluster' }))).Tags, [{ Key: 'Team', Value: 'b' }]);
    const seen = (await iam.send(new GetRoleCommand({ RoleName: 'EKS-cluster' }))).Role;
    assert.equal(decodeURIComponent(seen?.AssumeRolePolicyDocument ?? ''), TRUST);
    assert.equal(seen?.MaxSessionDuration, 7200);
    assert.deepEqual((await iam.send(new ListInstanceProfilesForRoleCommand({ RoleName: 'eks-cluster' }))).InstanceProfiles, []);
    assert.deepEqual((await iam.send(new ListRolesCommand({ PathPrefix: '/team/' }))).Roles?.map(({ RoleName }) => RoleName), ['eks-cluster']);
    assert.equal(stage.aws.iam.role(ACCOUNT, 'eks-cluster')?.trustedServices[0], 'eks.amazonaws.com');

    await iam.send(new DeleteRoleCommand({ RoleName: 'eks-cluster' }));
    assert.equal((await refusal(iam.send(new GetRoleCommand({ RoleName: 'eks-cluster' })))).name, 'NoSuchEntityException');
  });

  it('belongs to its account and to no region', async (context) => {
    const stage = await startAws(context);
    await new IAMClient(stage.as(ACCOUNT, 'eu-west-1')).send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: TRUST }));
    assert.equal((await new IAMClient(stage.as(ACCOUNT, 'ap-south-1')).send(new GetRoleCommand({ RoleName: 'r' }))).Role?.RoleName, 'r');
    assert.equal((await refusal(new IAMClient(stage.as('222222222222')).send(new GetRoleCommand({ RoleName: 'r' })))).name, 'NoSuchEntityException');
  });

  it('cannot be deleted while it has policies', async (context) => {
    const iam = new IAMClient((await startAws(context)).as(ACCOUNT));
    const RoleName = 'r';
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: CLUSTER_POLICY }));
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument: READ }));
    assert.equal((await refusal(iam.send(new DeleteRoleCommand({ RoleName })))).name, 'DeleteConflictException');
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName: 'own' }));
    assert.equal((await refusal(iam.send(new DeleteRoleCommand({ RoleName })))).name, 'DeleteConflictException');
    await iam.send(new DetachRolePolicyCommand({ RoleName, PolicyArn: CLUSTER_POLICY }));
    await iam.send(new DeleteRoleCommand({ RoleName }));
  });

  it('keeps its policies, inline and attached', async (context) => {
    const iam = new IAMClient((await startAws(context)).as(ACCOUNT));
    const RoleName = 'r';
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument: READ }));
    assert.equal(decodeURIComponent((await iam.send(new GetRolePolicyCommand({ RoleName, PolicyName: 'own' }))).PolicyDocument ?? ''), READ);
    assert.deepEqual((await iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames, ['own']);
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: CLUSTER_POLICY }));
    await iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: CLUSTER_POLICY }));
    assert.deepEqual((await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))).AttachedPolicies, [{ PolicyName: 'AmazonEKSClusterPolicy', PolicyArn: CLUSTER_POLICY }]);
    await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName, PermissionsBoundary: 'arn:aws:iam::aws:policy/PowerUserAccess' }));
    assert.equal((await iam.send(new GetRoleCommand({ RoleName }))).Role?.PermissionsBoundary?.PermissionsBoundaryArn, 'arn:aws:iam::aws:policy/PowerUserAccess');
    await iam.send(new DeleteRolePermissionsBoundaryCommand({ RoleName }));
  });

  const long = (length: number): string => policy({ Effect: 'Allow', Principal: { Service: `${'x'.repeat(length)}.amazonaws.com` }, Action: 'sts:AssumeRole' });
  const refused: readonly [string, ConstructorParameters<typeof CreateRoleCommand>[0], string][] = [
    ['with a name that is taken, whatever its case', { RoleName: 'TAKEN', AssumeRolePolicyDocument: TRUST }, 'EntityAlreadyExistsException'],
    ['with a space in its name', { RoleName: 'two words', AssumeRolePolicyDocument: TRUST }, 'ValidationError'],
    ['with a name of 65 characters', { RoleName: 'x'.repeat(65), AssumeRolePolicyDocument: TRUST }, 'ValidationError'],
    ['with a path that does not end', { RoleName: 'r', Path: '/team', AssumeRolePolicyDocument: TRUST }, 'ValidationError'],
    ['with a trust policy of more than 2,048 characters', { RoleName: 'r', AssumeRolePolicyDocument: long(2100) }, 'LimitExceededException'],
    ['with a trust policy that is none', { RoleName: 'r', AssumeRolePolicyDocument: '{}' }, 'MalformedPolicyDocumentException'],
    ['with sessions of 13 hours', { RoleName: 'r', AssumeRolePolicyDocument: TRUST, MaxSessionDuration: 46_800 }, 'ValidationError'],
    ['with a tag twice', { RoleName: 'r', AssumeRolePolicyDocument: TRUST, Tags: [{ Key: 'a', Value: '1' }, { Key: 'A', Value: '2' }] }, 'InvalidInputException'],
    ['with a boundary that does not exist', { RoleName: 'r', AssumeRolePolicyDocument: TRUST, PermissionsBoundary: 'arn:aws:iam::aws:policy/Nothing' }, 'NoSuchEntityException'],
    ['without a trust policy', { RoleName: 'r', AssumeRolePolicyDocument: undefined }, 'ValidationError'],
  ];
  it('is refused when it breaks a rule', async (context) => {
    const iam = new IAMClient((await startAws(context)).as(ACCOUNT));
    await iam.send(new CreateRoleCommand({ RoleName: 'taken', AssumeRolePolicyDocument: TRUST }));
    for (const [title, input, name] of refused) assert.equal((await refusal(iam.send(new CreateRoleCommand(input)))).name, name, title);
  });

  it('takes no unknown policy, no malformed one, and no more than it holds', async (context) => {
    const iam = new IAMClient((await startAws(context)).as(ACCOUNT));
    const RoleName = 'r';
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));
    assert.equal((await refusal(iam.send(new AttachRolePolicyCommand({ RoleName, PolicyArn: 'arn:aws:iam::aws:policy/AmazonNothing' })))).name, 'NoSuchEntityException');
    assert.equal((await refusal(iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument: '{"Statement":[{}]}' })))).name, 'MalformedPolicyDocumentException');
    const big = policy({ Effect: 'Allow', Action: Array.from({ length: 700 }, (_, index) => `eks:Action${index}Long`), Resource: '*' });
    assert.equal((await refusal(iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument: big })))).name, 'LimitExceededException');
    assert.equal((await refusal(iam.send(new UpdateAssumeRolePolicyCommand({ RoleName, PolicyDocument: READ })))).name, 'MalformedPolicyDocumentException');
  });

  it('that a service linked cannot be changed by its account', async (context) => {
    const iam = new IAMClient((await startAws(context)).as(ACCOUNT));
    const { Role } = await iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'eks-nodegroup.amazonaws.com' }));
    assert.equal(Role?.Arn, 'arn:aws:iam::111111111111:role/aws-service-role/eks-nodegroup.amazonaws.com/AWSServiceRoleForAmazonEKSNodegroup');
    assert.equal((await refusal(iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'eks-nodegroup.amazonaws.com' })))).name, 'InvalidInputException');
    assert.equal((await refusal(iam.send(new DeleteRoleCommand({ RoleName: Role?.RoleName ?? '' })))).name, 'UnmodifiableEntityException');
  });

  it('is listed in pages', async (context) => {
    const iam = new IAMClient((await startAws(context)).as(ACCOUNT));
    for (const RoleName of ['a', 'b', 'c', 'd', 'e']) await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: TRUST }));
    const pages: (string | undefined)[][] = [];
    for await (const page of paginateListRoles({ client: iam, pageSize: 2 }, {})) pages.push((page.Roles ?? []).map(({ RoleName }) => RoleName));
    assert.deepEqual(pages, [['a', 'b'], ['c', 'd'], ['e']]);
  });
});

describe('A policy of its own', () => {
  it('is made, looked at, attached and deleted', async (context) => {
    const iam = new IAMClient((await startAws(context)).as(ACCOUNT));
    const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'reader', PolicyDocument: READ, Description: 'reads', Tags: [{ Key: 'a', Value: 'b' }] }));
    const PolicyArn = 'arn:aws:iam::111111111111:policy/reader';
    assert.equal(Policy?.Arn, PolicyArn);
    assert.equal((await refusal(iam.send(new CreatePolicyCommand({ PolicyName: 'Reader', PolicyDocument: READ })))).name, 'EntityAlreadyExistsException');
    await iam.send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: TRUST }));
    await iam.send(new AttachRolePolicyCommand({ RoleName: 'r', PolicyArn }));
    assert.equal((await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy?.AttachmentCount, 1);
    assert.deepEqual((await iam.send(new ListEntitiesForPolicyCommand({ PolicyArn }))).PolicyRoles?.map(({ RoleName }) => RoleName), ['r']);
    assert.equal((await iam.send(new ListPolicyVersionsCommand({ PolicyArn }))).Versions?.[0]?.VersionId, 'v1');
    assert.equal(decodeURIComponent((await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }))).PolicyVersion?.Document ?? ''), READ);
    await iam.send(new TagPolicyCommand({ PolicyArn, Tags: [{ Key: 'c', Value: 'd' }] }));
    await iam.send(new UntagPolicyCommand({ PolicyArn, TagKeys: ['a'] }));
    assert.deepEqual((await iam.send(new ListPolicyTagsCommand({ PolicyArn }))).Tags, [{ Key: 'c', Value: 'd' }]);
    assert.equal((await refusal(iam.send(new DeletePolicyCommand({ PolicyArn })))).name, 'DeleteConflictException');
    await iam.send(new DetachRolePolicyCommand({ RoleName: 'r', PolicyArn }));
    await iam.send(new DeletePolicyCommand({ PolicyArn }));
    assert.deepEqual((await iam.send(new ListPoliciesCommand({ Scope: 'Local' }))).Policies, []);
  });

  it('of AWS is known by its name, with a document that the evaluator can read', async (context) => {
    const iam = new IAMClient((await startAws(context)).as(ACCOUNT));
    await iam.send(new CreateRoleCommand({ RoleName: 'r', AssumeRolePolicyDocument: TRUST }));
    const { Policies = [] } = await iam.send(new ListPoliciesCommand({ Scope: 'AWS' }));
    assert.equal(new Set(Policies.map(({ PolicyId }) => PolicyId)).size, Policies.length);
    for (const { Arn, DefaultVersionId } of Policies) {
      const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn: Arn, VersionId: DefaultVersionId }));
      const PolicyDocument = decodeURIComponent(PolicyVersion?.Document ?? '');
      await iam.send(new PutRolePolicyCommand({ RoleName: 'r', PolicyName: 'copy', PolicyDocument }));
    }
    assert.equal((await refusal(iam.send(new DeletePolicyCommand({ PolicyArn: CLUSTER_POLICY })))).name, 'AccessDenied');
  });
});
