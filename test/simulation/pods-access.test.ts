import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DescribePodIdentityAssociationCommand, EKSClient, ListPodIdentityAssociationsCommand, type PodIdentityAssociation } from '@aws-sdk/client-eks';
import { CreateRoleCommand, DeleteRoleCommand, GetRoleCommand, GetRolePolicyCommand, IAMClient, ListOpenIDConnectProvidersCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import type { Json } from '../../local/api-client.ts';
import { ACCOUNT, REGION, rehearse, type Rehearsal } from './rehearsal.ts';

const BUCKET = 'arn:aws:s3:::shop-data';
const TARGET = 'arn:aws:iam::444455556666:role/shared';
const reads = { policy: [{ access: 's3-read', on: [BUCKET], prefix: 'web/' }] };

describe('access of pods', () => {
  let world: Rehearsal;
  let eks: EKSClient;
  let iam: IAMClient;
  let clusterId: string;

  before(async () => {
    world = await rehearse({ seed: 47 });
    const client = { endpoint: world.stage.awsUrl, region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'owner' } };
    eks = new EKSClient(client);
    iam = new IAMClient(client);
  });
  after(() => world.stage.close());

  const madeRoles = async (): Promise<string[]> => ((await iam.send(new ListRolesCommand({}))).Roles ?? []).flatMap(({ RoleName = '' }) => (RoleName.startsWith('slipway-of-') ? [RoleName] : [])).sort();
  const providers = async (): Promise<string[]> => ((await iam.send(new ListOpenIDConnectProvidersCommand({}))).OpenIDConnectProviderList ?? []).flatMap(({ Arn }) => Arn ?? []);
  const associations = async (): Promise<PodIdentityAssociation[]> => {
    const { associations: listed = [] } = await eks.send(new ListPodIdentityAssociationsCommand({ clusterName: 'shop' }));
    return Promise.all(listed.map(async ({ associationId }) => (await eks.send(new DescribePodIdentityAssociationCommand({ clusterName: 'shop', associationId }))).association ?? {}));
  };
  const documentOf = (text: string | undefined): Json => JSON.parse(decodeURIComponent(text ?? '')) as Json;
  const change = async (podIdentities: readonly object[]): Promise<Json> => {
    const operation = await world.api.patch(`/v1/clusters/${clusterId}`, { podIdentities });
    const done = await world.ended(operation.id);
    assert.equal(done.state, 'Succeeded', JSON.stringify(done.errors));
    return done;
  };
  const partsOf = async (): Promise<Json[]> => (await world.api.get(`/v1/clusters/${clusterId}`)).parts.map(({ name, state }: Json) => [name, state]);

  it('is made with the cluster: roles under the boundary, associations, and what is for people to apply', async () => {
    const operation = await world.api.post('/v1/clusters', {
      name: 'shop',
      accountId: ACCOUNT,
      region: REGION,
      version: '1.35',
      roleArn: world.clusterRoleArn,
      resourcesVpcConfig: { subnetIds: await world.owner.subnetIds(3) },
      nodegroups: [world.nodegroup('blue')],
      podIdentities: [
        { namespace: 'web', serviceAccount: 'cart', ...reads },
        { namespace: 'web', serviceAccount: 'mail', targetRoleArn: TARGET, sessionTags: false },
        { namespace: 'jobs', serviceAccount: 'batch', ...reads, irsa: true },
      ],
    });
    clusterId = operation.clusterId;
    const done = await world.ended(operation.id);
    assert.equal(done.state, 'Succeeded', JSON.stringify(done.errors));
    assert.deepEqual(await partsOf(), [['web/cart', 'Active'], ['web/mail', 'HandedOver'], ['irsa', 'Active'], ['jobs/batch', 'HandedOver']]);

    const roles = await madeRoles();
    assert.deepEqual(roles.map((name) => name.slice(name.lastIndexOf('-', name.lastIndexOf('-') - 1) + 1)), ['jobs-batch', 'web-cart', 'web-mail']);
    for (const RoleName of roles) assert.equal((await iam.send(new GetRoleCommand({ RoleName }))).Role?.PermissionsBoundary?.PermissionsBoundaryArn, `arn:aws:iam::${ACCOUNT}:policy/slipway-boundary`);
    const found = await associations();
    assert.deepEqual(found.map(({ serviceAccount, disableSessionTags, targetRoleArn }) => [serviceAccount, disableSessionTags, targetRoleArn]).sort(), [['cart', false, undefined], ['mail', true, TARGET]]);

    const [provider = '', ...others] = await providers();
    assert.deepEqual(others, []);
    const issuer = provider.slice(provider.indexOf('/') + 1);
    const batch = (await iam.send(new GetRoleCommand({ RoleName: roles[0] }))).Role;
    assert.deepEqual(documentOf(batch?.AssumeRolePolicyDocument).Statement[0].Condition, { StringEquals: { [`${issuer}:aud`]: 'sts.amazonaws.com', [`${issuer}:sub`]: 'system:serviceaccount:jobs:batch' } });
  });

  it('changes in place: another policy, and a target role that comes and goes', async () => {
    const before_ = await madeRoles();
    const [cart = ''] = before_.filter((name) => name.endsWith('web-cart'));
    const wishes = [{ namespace: 'web', serviceAccount: 'cart', policy: [{ access: 's3-read-write', on: [BUCKET] }], targetRoleArn: TARGET }];
    const done = await change(wishes);
    assert.deepEqual(done.steps.map(({ kind }: Json) => kind).sort(), ['delete-oidc-provider', 'delete-pod-identity', 'delete-role', 'delete-role', 'hand-over', 'put-pod-identity', 'put-role', 'take-back', 'take-back']);
    assert.deepEqual(await madeRoles(), [cart]);
    assert.deepEqual(await providers(), []);
    const { PolicyDocument } = await iam.send(new GetRolePolicyCommand({ RoleName: cart, PolicyName: 'access' }));
    assert.ok(documentOf(PolicyDocument).Statement.some(({ Action }: Json) => Action.includes('s3:PutObject')));
    assert.equal((await associations())[0]?.targetRoleArn, TARGET);
    await change([{ namespace: 'web', serviceAccount: 'cart', ...reads }]);
    assert.equal((await associations())[0]?.targetRoleArn, undefined);
    assert.deepEqual(await partsOf(), [['web/cart', 'Active']]);
  });

  it('is refused for what the rules forbid, before anything is begun', async () => {
    const statements = [{ actions: ['iam:PassRole'], resources: ['arn:aws:iam::111111111111:role/admin'] }];
    const answer = await world.api.ask('PATCH', `/v1/clusters/${clusterId}`, { podIdentities: [{ namespace: 'web', serviceAccount: 'cart', statements }] });
    assert.deepEqual([answer.status, answer.body.code, answer.body.errors[0].path], [422, 'rules-broken', 'podIdentities.0.statements.0.actions.0']);
  });

  it('is refused for actions that AWS does not have, unless they are said to be newer than the list', async () => {
    const asking = (more: object): Promise<Json> => world.api.ask('POST', `/v1/clusters/${clusterId}/pod-identities`, { namespace: 'web', serviceAccount: 'odd', statements: [{ actions: ['s3:GetObjekt'], resources: [`${BUCKET}/*`], ...more }] });
    const { status, body } = await asking({});
    assert.deepEqual([status, body.code, body.errors], [422, 'rules-broken', [{ path: 'statements.0.actions.0', message: 's3 has no action GetObjekt; is s3:GetObject meant?' }]]);
    const begun = await asking({ unlisted: true });
    assert.equal((await world.ended(begun.body.id)).state, 'Succeeded');
    // What is asked for already is not looked up again.
    await change((await world.api.get(`/v1/clusters/${clusterId}`)).podIdentities.slice(0, 1));
  });

  it('takes over no role that somebody else made under its name', async () => {
    const [cart = ''] = await madeRoles();
    await change([]);
    assert.deepEqual(await madeRoles(), []);
    await iam.send(new CreateRoleCommand({ RoleName: cart, AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }] }) }));
    const operation = await world.api.patch(`/v1/clusters/${clusterId}`, { podIdentities: [{ namespace: 'web', serviceAccount: 'cart', ...reads }] });
    const failed = await world.ended(operation.id);
    assert.deepEqual([failed.state, failed.errors[0].code], ['Failed', 'RoleNotOurs']);
    await iam.send(new DeleteRoleCommand({ RoleName: cart }));
    const retried = await world.ended((await world.api.post(`/v1/operations/${operation.id}/retry`, {})).id);
    assert.equal(retried.state, 'Succeeded', JSON.stringify(retried.errors));
  });

  it('waits for roles to come through to EKS, but not for longer than two minutes', async () => {
    const visible = async (seconds: number): Promise<void> => assert.equal((await fetch(`${world.stage.awsUrl}/_sim/iam/visibility`, { method: 'POST', body: JSON.stringify({ seconds }) })).status, 200);
    const { podIdentities } = await world.api.get(`/v1/clusters/${clusterId}`);
    const later = { namespace: 'shop', serviceAccount: 'later', ...reads };
    await visible(40);
    const slow = await world.api.patch(`/v1/clusters/${clusterId}`, { podIdentities: [...podIdentities, later] });
    const waiting = await world.until(slow.id, ({ state }) => state === 'Waiting');
    assert.match(waiting.waitingFor.because, /^A role may be so new .* asked again until .*Role provided in the request does not exist/);
    assert.equal((await world.ended(slow.id)).state, 'Succeeded');
    await visible(3600);
    const lost = await world.ended((await world.api.patch(`/v1/clusters/${clusterId}`, { podIdentities: [...podIdentities, { ...later, serviceAccount: 'never' }] })).id);
    const step = lost.steps.find(({ subject }: Json) => subject === 'shop/never');
    const seconds = (Date.parse(step.endedAt) - Date.parse(step.startedAt)) / 1000;
    assert.ok(lost.state === 'Failed' && seconds > 90 && seconds <= 150, `${lost.state} after ${seconds} s`);
    assert.match(lost.errors[0].message, /Role provided in the request does not exist.*for 120 seconds/);
    await visible(0);
    await change(podIdentities);
  });

  it('goes with the cluster, and leaves nothing behind', async () => {
    await change([{ namespace: 'jobs', serviceAccount: 'batch', ...reads, irsa: true }]);
    const done = await world.ended((await world.api.delete(`/v1/clusters/${clusterId}`)).id);
    assert.equal(done.state, 'Succeeded', JSON.stringify(done.errors));
    assert.deepEqual([await madeRoles(), await providers()], [[], []]);
  });
});
