import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  CancelKeyDeletionCommand,
  CreateGrantCommand,
  CreateKeyCommand,
  DescribeKeyCommand,
  DisableKeyCommand,
  EnableKeyCommand,
  KMSClient,
  ListGrantsCommand,
  ListKeysCommand,
  PutKeyPolicyCommand,
  RevokeGrantCommand,
  ScheduleKeyDeletionCommand,
} from '@aws-sdk/client-kms';
import { CreateRoleCommand, DeleteRoleCommand, DeleteRolePolicyCommand, GetRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { TestContext } from 'node:test';
import { policy, refusal, startAws } from './aws-stage.ts';
import type { AwsStage } from './aws-stage.ts';

const ACCOUNT = '111111111111';
const DAY = 24 * 3600;

async function place(context: Pick<TestContext, 'after'>): Promise<{ stage: AwsStage; kms: KMSClient; KeyId: string; state(): Promise<string | undefined> }> {
  const stage = await startAws(context);
  const kms = new KMSClient(stage.as(ACCOUNT));
  const KeyId = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
  return { stage, kms, KeyId, state: async () => (await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState };
}

describe('A KMS key', () => {
  it('is disabled and enabled', async (context) => {
    const { kms, KeyId, state } = await place(context);
    await kms.send(new DisableKeyCommand({ KeyId }));
    assert.equal(await state(), 'Disabled');
    assert.equal((await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.Enabled, false);
    await kms.send(new EnableKeyCommand({ KeyId }));
    assert.equal(await state(), 'Enabled');
  });

  it('is saved from its deletion, disabled', async (context) => {
    const { kms, KeyId, state } = await place(context);
    assert.equal((await refusal(kms.send(new CancelKeyDeletionCommand({ KeyId })))).name, 'KMSInvalidStateException');
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    assert.equal(await state(), 'PendingDeletion');
    assert.equal((await refusal(kms.send(new EnableKeyCommand({ KeyId })))).name, 'KMSInvalidStateException');
    await kms.send(new CancelKeyDeletionCommand({ KeyId }));
    assert.equal(await state(), 'Disabled');
  });

  it('is gone when its days are over', async (context) => {
    const { stage, kms, KeyId, state } = await place(context);
    await kms.send(new ScheduleKeyDeletionCommand({ KeyId, PendingWindowInDays: 7 }));
    await stage.pass(7 * DAY - 1);
    assert.equal(await state(), 'PendingDeletion');
    await stage.pass(1);
    assert.deepEqual(await refusal(state()), { name: 'NotFoundException', message: `Key '${KeyId}' does not exist`, status: 404 });
    assert.deepEqual((await kms.send(new ListKeysCommand({}))).Keys, []);
  });

  it('tells its grants until they are revoked', async (context) => {
    const { kms, KeyId } = await place(context);
    const GranteePrincipal = `arn:aws:iam::${ACCOUNT}:role/eks-cluster`;
    const { GrantId } = await kms.send(new CreateGrantCommand({ KeyId, GranteePrincipal, Operations: ['Encrypt', 'Decrypt'], Name: 'eks' }));
    await kms.send(new CreateGrantCommand({ KeyId, GranteePrincipal: `${GranteePrincipal}-2`, Operations: ['Decrypt'] }));
    const grants = async (): Promise<(string | undefined)[] | undefined> => (await kms.send(new ListGrantsCommand({ KeyId, GranteePrincipal }))).Grants?.map((grant) => grant.GrantId);
    assert.deepEqual(await grants(), [GrantId]);
    await kms.send(new RevokeGrantCommand({ KeyId, GrantId }));
    assert.deepEqual(await grants(), []);
    await kms.send(new DisableKeyCommand({ KeyId }));
    assert.equal((await refusal(kms.send(new CreateGrantCommand({ KeyId, GranteePrincipal, Operations: ['Decrypt'] })))).name, 'DisabledException');
  });

  it('is seen only by those whom its policy and their own allow', async (context) => {
    const { stage, kms, KeyId } = await place(context);
    const iam = new IAMClient(stage.as(ACCOUNT));
    await iam.send(new CreateRoleCommand({ RoleName: 'looker', AssumeRolePolicyDocument: policy({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }) }));
    await iam.send(new PutRolePolicyCommand({ RoleName: 'looker', PolicyName: 'look', PolicyDocument: policy({ Effect: 'Allow', Action: 'kms:DescribeKey', Resource: KeyId }) }));
    await stage.pass(60);
    const { Credentials } = await new STSClient(stage.as(ACCOUNT)).send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/looker`, RoleSessionName: 'test' }));
    const look = () => new KMSClient(stage.as(Credentials)).send(new DescribeKeyCommand({ KeyId }));
    assert.equal((await look()).KeyMetadata?.KeyState, 'Enabled');
    await kms.send(new PutKeyPolicyCommand({ KeyId, Policy: policy({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:role/other` }, Action: 'kms:*', Resource: '*' }) }));
    assert.match((await refusal(look())).message, /no resource-based policy allows the kms:DescribeKey action$/);
    await kms.send(new PutKeyPolicyCommand({ KeyId, Policy: policy({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'kms:*', Resource: '*' }) }));
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'looker', PolicyName: 'look' }));
    assert.match((await refusal(look())).message, /no identity-based policy allows the kms:DescribeKey action$/);
    assert.equal((await refusal(kms.send(new PutKeyPolicyCommand({ KeyId, Policy: '{' })))).name, 'MalformedPolicyDocumentException');
  });
});

describe('A role', () => {
  it('is gone once it was deleted', async (context) => {
    const iam = new IAMClient((await startAws(context)).as(ACCOUNT));
    await iam.send(new CreateRoleCommand({ RoleName: 'eks-cluster', AssumeRolePolicyDocument: policy({ Effect: 'Allow', Principal: { Service: 'eks.amazonaws.com' }, Action: 'sts:AssumeRole' }) }));
    assert.equal((await iam.send(new GetRoleCommand({ RoleName: 'eks-cluster' }))).Role?.RoleName, 'eks-cluster');
    await iam.send(new DeleteRoleCommand({ RoleName: 'eks-cluster' }));
    const refused = await refusal(iam.send(new GetRoleCommand({ RoleName: 'eks-cluster' })));
    assert.deepEqual([refused.name, refused.status], ['NoSuchEntityException', 404]);
  });
});
