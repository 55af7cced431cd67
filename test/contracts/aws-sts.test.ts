import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DescribeClusterCommand, DescribeClusterVersionsCommand, EKSClient, ListClustersCommand } from '@aws-sdk/client-eks';
import { AttachRolePolicyCommand, CreateRoleCommand, DeleteRoleCommand, DeleteRolePolicyCommand, DetachRolePolicyCommand, GetRoleCommand, IAMClient, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { AssumeRoleCommandInput, Credentials } from '@aws-sdk/client-sts';
import { policy, refusal, startAws } from './aws-stage.ts';
import type { AwsStage } from './aws-stage.ts';

const HOME = '000000000000';
const WORKLOAD = '111111111111';
const ROLE = `arn:aws:iam::${WORKLOAD}:role/slipway-access`;
const HOME_TRUST = { Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${HOME}:root` }, Condition: { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${HOME}:role/slipway-*` } } };
const LAMBDA_TRUST = policy({ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' });

/** A workload account that trusts Slipway's roles with an external id, and two roles at home of which one may assume it. */
async function makeAccounts(stage: AwsStage): Promise<{ look: Credentials; stranger: Credentials; mute: Credentials }> {
  const home = new IAMClient(stage.as(HOME));
  for (const [RoleName, actions] of [
    ['slipway-look', ['sts:AssumeRole', 'sts:TagSession', 'sts:SetSourceIdentity']],
    ['stranger', ['sts:AssumeRole']],
    ['slipway-mute', ['sts:GetCallerIdentity']],
  ] as const) {
    await home.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: LAMBDA_TRUST }));
    await home.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'own', PolicyDocument: policy({ Effect: 'Allow', Action: actions, Resource: 'arn:aws:iam::*:role/slipway-access' }) }));
  }
  const trust = policy(
    { ...HOME_TRUST, Action: 'sts:AssumeRole', Condition: { ...HOME_TRUST.Condition, StringEquals: { 'sts:ExternalId': 'the-right-id' } } },
    { ...HOME_TRUST, Action: ['sts:TagSession', 'sts:SetSourceIdentity'] },
  );
  const workload = new IAMClient(stage.as(WORKLOAD));
  await workload.send(new CreateRoleCommand({ RoleName: 'slipway-access', AssumeRolePolicyDocument: trust }));
  await workload.send(new PutRolePolicyCommand({ RoleName: 'slipway-access', PolicyName: 'own', PolicyDocument: policy({ Effect: 'Allow', Action: ['eks:DescribeCluster', 'eks:ListClusters'], Resource: '*' }) }));
  await stage.pass(11);
  const running = (name: string): Credentials => {
    const { accessKeyId, secretAccessKey, sessionToken, expiration } = stage.aws.sts.issueForFunction(`arn:aws:iam::${HOME}:role/${name}`, name);
    return { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken, Expiration: expiration };
  };
  return { look: running('slipway-look'), stranger: running('stranger'), mute: running('slipway-mute') };
}

describe('AssumeRole', () => {
  let stage: AwsStage;
  let who: Awaited<ReturnType<typeof makeAccounts>>;
  const cleanups: (() => unknown)[] = [];
  before(async () => {
    stage = await startAws({ after: (work: () => unknown) => void cleanups.push(work) });
    who = await makeAccounts(stage);
  });
  after(() => Promise.all(cleanups.map((work) => work())));

  const assume = (as: Parameters<AwsStage['as']>[0], input: Partial<AssumeRoleCommandInput> = {}) =>
    new STSClient(stage.as(as)).send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'op-1', ExternalId: 'the-right-id', ...input }));

  it('gives a session of the role to whom the role trusts', async () => {
    const { Credentials, AssumedRoleUser } = await assume(who.look);
    assert.equal(AssumedRoleUser?.Arn, `arn:aws:sts::${WORKLOAD}:assumed-role/slipway-access/op-1`);
    const identity = await new STSClient(stage.as(Credentials)).send(new GetCallerIdentityCommand({}));
    assert.equal(identity.Account, WORKLOAD);
    assert.equal(identity.Arn, AssumedRoleUser?.Arn);
    assert.equal(identity.UserId, AssumedRoleUser?.AssumedRoleId);
    assert.equal(Credentials?.Expiration?.toISOString(), '2026-11-22T01:00:00.000Z');
  });

  const denied: readonly [string, () => Promise<unknown>, string][] = [
    ['without the external id', () => assume(who.look, { ExternalId: undefined }), 'sts:AssumeRole'],
    ['with a wrong external id', () => assume(who.look, { ExternalId: 'a-wrong-id' }), 'sts:AssumeRole'],
    ['to a role whose name the trust policy does not like', () => assume(who.stranger), 'sts:AssumeRole'],
    ['to a role whose own policy does not allow it', () => assume(who.mute), 'sts:AssumeRole'],
    ['to the home account’s own keys, which are no slipway role', () => assume(HOME), 'sts:AssumeRole'],
    ['to another account', () => assume('222222222222'), 'sts:AssumeRole'],
    ['of a role that does not exist, in the same words', () => assume(who.look, { RoleArn: `arn:aws:iam::${WORKLOAD}:role/slipway-access2` }), 'sts:AssumeRole'],
    ['with tags, when the caller may not tag', () => assume(who.mute, { Tags: [{ Key: 'a', Value: 'b' }] }), 'sts:AssumeRole'],
  ];
  for (const [title, work, action] of denied) {
    it(`is denied ${title}`, async () => {
      const { name, message, status } = await refusal(work());
      assert.deepEqual([name, status], ['AccessDenied', 403]);
      assert.match(message, new RegExp(`is not authorized to perform: ${action} on resource: arn:aws:iam::`));
    });
  }

  const invalid: readonly [string, Partial<AssumeRoleCommandInput>, string][] = [
    ['a duration below 900 s', { DurationSeconds: 899 }, 'ValidationError'],
    ['a duration above 12 h', { DurationSeconds: 43_201 }, 'ValidationError'],
    ['more than an hour for a chained session', { DurationSeconds: 3601 }, 'ValidationError'],
    ['a session name with a space', { RoleSessionName: 'two words' }, 'ValidationError'],
    ['a session policy of 2,049 characters', { Policy: policy({ Effect: 'Allow', Action: `eks:${'x'.repeat(2049)}`, Resource: '*' }) }, 'ValidationError'],
    ['a session policy that is none', { Policy: '{"Statement":[]}' }, 'MalformedPolicyDocumentException'],
    ['a tag twice', { Tags: [{ Key: 'Team', Value: 'a' }, { Key: 'team', Value: 'b' }] }, 'InvalidParameterValue'],
    ['a transitive tag that is not among the tags', { TransitiveTagKeys: ['x'] }, 'InvalidParameterValue'],
    ['more policies and tags than can be packed', { Tags: Array.from({ length: 50 }, (_, index) => ({ Key: `key-${index}`, Value: Array.from({ length: 60 }, (_x, at) => String.fromCharCode(48 + ((index * 31 + at * at * 17) % 75))).join('') })) }, 'PackedPolicyTooLargeException'],
  ];
  for (const [title, input, name] of invalid) {
    it(`refuses ${title}`, async () => assert.equal((await refusal(assume(who.look, input))).name, name));
  }

  it('keeps tags and source identity, and tells how full the session is', async () => {
    const answer = await assume(who.look, { Tags: [{ Key: 'operation', Value: 'op-1' }], SourceIdentity: 'dana', Policy: policy({ Effect: 'Allow', Action: 'eks:*', Resource: '*' }) });
    assert.equal(answer.SourceIdentity, 'dana');
    assert.ok((answer.PackedPolicySize ?? 0) > 0 && (answer.PackedPolicySize ?? 101) <= 100);
  });

  it('needs sts:TagSession in the trust policy when tags are passed', async () => {
    const workload = new IAMClient(stage.as(WORKLOAD));
    await workload.send(new CreateRoleCommand({ RoleName: 'plain', AssumeRolePolicyDocument: policy({ Effect: 'Allow', Principal: { AWS: WORKLOAD }, Action: 'sts:AssumeRole' }) }));
    await stage.pass(11);
    const RoleArn = `arn:aws:iam::${WORKLOAD}:role/plain`;
    await assume(WORKLOAD, { RoleArn });
    assert.match((await refusal(assume(WORKLOAD, { RoleArn, Tags: [{ Key: 'a', Value: 'b' }] }))).message, /sts:TagSession/);
    assert.match((await refusal(assume(WORKLOAD, { RoleArn, SourceIdentity: 'dana' }))).message, /sts:SetSourceIdentity/);
  });

  it('is denied for some seconds after the role was made', async () => {
    const workload = new IAMClient(stage.as(WORKLOAD));
    await workload.send(new CreateRoleCommand({ RoleName: 'fresh', AssumeRolePolicyDocument: policy({ Effect: 'Allow', Principal: { AWS: WORKLOAD }, Action: 'sts:AssumeRole' }) }));
    const RoleArn = `arn:aws:iam::${WORKLOAD}:role/fresh`;
    assert.equal((await refusal(assume(WORKLOAD, { RoleArn }))).name, 'AccessDenied');
    await stage.pass(10);
    assert.ok((await assume(WORKLOAD, { RoleArn })).Credentials);
  });

  it('does not trust a role that was made again under a trusted name', async () => {
    const home = new IAMClient(stage.as(HOME));
    const workload = new IAMClient(stage.as(WORKLOAD));
    const named = { RoleName: 'slipway-named', AssumeRolePolicyDocument: LAMBDA_TRUST };
    const may = { RoleName: 'slipway-named', PolicyName: 'own', PolicyDocument: policy({ Effect: 'Allow', Action: 'sts:AssumeRole', Resource: '*' }) };
    const { Role } = await home.send(new CreateRoleCommand(named));
    await home.send(new PutRolePolicyCommand(may));
    const RoleArn = `arn:aws:iam::${WORKLOAD}:role/by-name`;
    await workload.send(new CreateRoleCommand({ RoleName: 'by-name', AssumeRolePolicyDocument: policy({ Effect: 'Allow', Principal: { AWS: Role?.Arn }, Action: 'sts:AssumeRole' }) }));
    await stage.pass(11);
    const session = (): Credentials => {
      const issued = stage.aws.sts.issueForFunction(Role?.Arn ?? '', 'fn');
      return { AccessKeyId: issued.accessKeyId, SecretAccessKey: issued.secretAccessKey, SessionToken: issued.sessionToken, Expiration: issued.expiration };
    };
    await assume(session(), { RoleArn });
    await home.send(new DeleteRolePolicyCommand(may));
    await home.send(new DeleteRoleCommand(named));
    await home.send(new CreateRoleCommand(named));
    await home.send(new PutRolePolicyCommand(may));
    await stage.pass(11);
    assert.equal((await refusal(assume(session(), { RoleArn }))).name, 'AccessDenied');
    const shown = decodeURIComponent((await workload.send(new GetRoleCommand({ RoleName: 'by-name' }))).Role?.AssumeRolePolicyDocument ?? '');
    assert.ok(shown.includes(Role?.RoleId ?? 'nothing'), 'the trust policy shows the dead role by its id');
  });

  it('refuses a trust policy that names a role that does not exist', async () => {
    const workload = new IAMClient(stage.as(WORKLOAD));
    const absent = policy({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${HOME}:role/nobody` }, Action: 'sts:AssumeRole' });
    const refused = await refusal(workload.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'slipway-access', PolicyDocument: absent })));
    assert.equal(refused.name, 'MalformedPolicyDocumentException');
    assert.match(refused.message, /Invalid principal in policy/);
  });

  it('works again when the same external id is tried after a refusal', async () => {
    await refusal(assume(who.look, { ExternalId: 'a-wrong-id' }));
    assert.ok((await assume(who.look)).Credentials);
  });
});

describe('A session', () => {
  it('may do what role policy and session policy both allow, and the denial says which was silent', async (context) => {
    const stage = await startAws(context);
    const { look } = await makeAccounts(stage);
    const assume = async (Policy?: string): Promise<EKSClient> => {
      const { Credentials } = await new STSClient(stage.as(look)).send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'op-1', ExternalId: 'the-right-id', Policy }));
      return new EKSClient(stage.as(Credentials, 'eu-west-1'));
    };
    const whole = await assume();
    assert.deepEqual((await whole.send(new ListClustersCommand({}))).clusters, []);
    assert.equal((await refusal(whole.send(new DescribeClusterCommand({ name: 'blue' })))).name, 'ResourceNotFoundException');

    const narrow = await assume(policy({ Effect: 'Allow', Action: '*', Resource: `arn:aws:eks:eu-west-1:${WORKLOAD}:cluster/green` }));
    const refused = await refusal(narrow.send(new DescribeClusterCommand({ name: 'blue' })));
    assert.deepEqual([refused.name, refused.status], ['AccessDeniedException', 403]);
    assert.equal(
      refused.message,
      `User: arn:aws:sts::${WORKLOAD}:assumed-role/slipway-access/op-1 is not authorized to perform: eks:DescribeCluster on resource: arn:aws:eks:eu-west-1:${WORKLOAD}:cluster/blue because no session policy allows the eks:DescribeCluster action`,
    );

    const wider = await assume(policy({ Effect: 'Allow', Action: 'eks:DescribeClusterVersions', Resource: '*' }));
    assert.match((await refusal(wider.send(new DescribeClusterVersionsCommand({})))).message, /because no identity-based policy allows the eks:DescribeClusterVersions action/);
  });

  it('gains and loses what is attached to its role while it lasts', async (context) => {
    const stage = await startAws(context);
    const { look } = await makeAccounts(stage);
    const { Credentials } = await new STSClient(stage.as(look)).send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'op-1', ExternalId: 'the-right-id' }));
    const session = new IAMClient(stage.as(Credentials));
    const owner = new IAMClient(stage.as(WORKLOAD));
    const attachment = { RoleName: 'slipway-access', PolicyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' };
    const ask = () => session.send(new GetRoleCommand({ RoleName: 'slipway-access' }));
    assert.equal((await refusal(ask())).name, 'AccessDenied');
    await owner.send(new AttachRolePolicyCommand(attachment));
    assert.equal((await ask()).Role?.RoleName, 'slipway-access');
    await owner.send(new DetachRolePolicyCommand(attachment));
    assert.equal((await refusal(ask())).name, 'AccessDenied');
  });

  it('expires by the machine’s own clock, however fast virtual time goes', async (context) => {
    const stage = await startAws(context);
    const { look } = await makeAccounts(stage);
    const { Credentials } = await new STSClient(stage.as(look)).send(new AssumeRoleCommand({ RoleArn: ROLE, RoleSessionName: 'op-1', ExternalId: 'the-right-id', DurationSeconds: 900 }));
    await stage.pass(7 * 24 * 3600);
    assert.deepEqual((await new EKSClient(stage.as(Credentials)).send(new ListClustersCommand({}))).clusters, []);
    stage.machineNow += 901_000;
    const refused = await refusal(new EKSClient(stage.as(Credentials)).send(new ListClustersCommand({})));
    assert.deepEqual([refused.name, refused.status], ['ExpiredTokenException', 403]);
    assert.equal((await refusal(new STSClient(stage.as(Credentials)).send(new GetCallerIdentityCommand({})))).status, 403);
  });

  it('is nobody’s with another token, or with a key that was never issued', async (context) => {
    const stage = await startAws(context);
    const { look } = await makeAccounts(stage);
    const wrong = { ...look, SessionToken: 'another' };
    assert.equal((await refusal(new EKSClient(stage.as(wrong)).send(new ListClustersCommand({})))).name, 'UnrecognizedClientException');
    assert.equal((await refusal(new STSClient(stage.as({ ...look, AccessKeyId: 'ASIANOBODYNOBODYNOBO' })).send(new GetCallerIdentityCommand({})))).name, 'InvalidClientTokenId');
  });

  it('dies with its role', async (context) => {
    const stage = await startAws(context);
    const { stranger } = await makeAccounts(stage);
    const iam = new IAMClient(stage.as(HOME));
    await new STSClient(stage.as(stranger)).send(new GetCallerIdentityCommand({}));
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'stranger', PolicyName: 'own' }));
    await iam.send(new DeleteRoleCommand({ RoleName: 'stranger' }));
    assert.equal((await refusal(new STSClient(stage.as(stranger)).send(new GetCallerIdentityCommand({})))).status, 403);
  });
});

describe('A caller', () => {
  it('is the account that its access key id is, and Slipway’s own with any other', async (context) => {
    const stage = await startAws(context);
    const who = async (id: string): Promise<string | undefined> => (await new STSClient(stage.as(id, 'eu-central-1')).send(new GetCallerIdentityCommand({}))).Arn;
    assert.equal(await who('333333333333'), 'arn:aws:iam::333333333333:root');
    assert.equal(await who('AKIAIOSFODNN7EXAMPLE'), 'arn:aws:iam::000000000000:root');
  });
});
