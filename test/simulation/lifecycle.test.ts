import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { CreateClusterCommand, EKSClient, ListClustersCommand } from '@aws-sdk/client-eks';
import {
  AttachRolePolicyCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  IAMClient,
  PutRolePolicyCommand,
  UpdateAssumeRolePolicyCommand,
} from '@aws-sdk/client-iam';
import type { Json } from '../../local/api-client.ts';
import { ACCOUNT, REGION, rehearse, type Rehearsal } from './rehearsal.ts';

const world: Rehearsal = await rehearse({ seed: 31 });
after(() => world.stage.close());

const credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'owner' };
const eks = new EKSClient({ endpoint: world.stage.awsUrl, region: REGION, credentials });
const iam = new IAMClient({ endpoint: world.stage.awsUrl, region: REGION, credentials });

const conditionOf = (thing: Json, type: string): Json => thing.conditions.find((condition: Json) => condition.type === type);

async function done(operation: Json): Promise<Json> {
  const ended = await world.ended(operation.id);
  assert.equal(ended.state, 'Succeeded', JSON.stringify(ended.errors));
  return ended;
}

describe('the life of a cluster', () => {
  it('begins with access entries and the network before the nodes, and ends with nothing left behind', async () => {
    const clusterId = await world.newCluster({ name: 'whole' });
    const cluster = await world.api.get(`/v1/clusters/${clusterId}`);
    assert.equal(cluster.status, 'Active');
    assert.equal(conditionOf(cluster, 'AdminAccess').status, 'True');
    assert.deepEqual(cluster.addons.map((addon: Json) => [addon.addonName, addon.status]).sort(), [
      ['coredns', 'ACTIVE'],
      ['eks-pod-identity-agent', 'ACTIVE'],
      ['kube-proxy', 'ACTIVE'],
      ['vpc-cni', 'ACTIVE'],
    ]);
    assert.equal((await world.api.ask('DELETE', `/v1/accounts/${ACCOUNT}`)).status, 409);

    const { plan } = await done(await world.api.delete(`/v1/clusters/${clusterId}`));
    assert.ok(plan.findings.length > 0, 'what stays behind is listed');
    assert.equal((await world.api.ask('GET', `/v1/clusters/${clusterId}`)).status, 404);
    const { clusters } = await eks.send(new ListClustersCommand({}));
    assert.ok(!clusters?.includes('whole'));
  });

  it('reports add-ons that await nodes, without failing, when there is no node to run them', async () => {
    const clusterId = await world.newCluster({ name: 'empty', nodegroups: [] });
    const cluster = await world.api.get(`/v1/clusters/${clusterId}`);
    assert.equal(cluster.addons.find((addon: Json) => addon.addonName === 'coredns').reason, 'AwaitingNodes');
    assert.equal(conditionOf(cluster, 'AddonsReady').reason, 'AwaitingNodes');

    await done(await world.api.post(`/v1/clusters/${clusterId}/nodegroups`, world.nodegroup('blue', 1)));
    await done(await world.api.patch(`/v1/clusters/${clusterId}/nodegroups/blue`, { scalingConfig: { minSize: 1, maxSize: 4, desiredSize: 2 }, labels: { tier: 'web' } }));
    const group = await world.api.get(`/v1/clusters/${clusterId}/nodegroups/blue`);
    assert.equal(group.scalingConfig.desiredSize, 2);
    assert.deepEqual(group.labels, { tier: 'web' });
    await done(await world.api.delete(`/v1/clusters/${clusterId}/nodegroups/blue`));
    assert.equal((await world.api.ask('GET', `/v1/clusters/${clusterId}/nodegroups/blue`)).status, 404);
  });

  it('is not deleted while deletion protection is on', async () => {
    const clusterId = await world.newCluster({ name: 'guarded', nodegroups: [] });
    await done(await world.api.patch(`/v1/clusters/${clusterId}`, { deletionProtection: true }));
    const refused = await world.api.ask('DELETE', `/v1/clusters/${clusterId}`);
    assert.equal(refused.status, 409);
    assert.equal(refused.body.code, 'deletion-protected');
    await done(await world.api.patch(`/v1/clusters/${clusterId}`, { deletionProtection: false }));
    await done(await world.api.delete(`/v1/clusters/${clusterId}`));
  });

  it('is told with those alone who can really get in when a change of them fails midway', async () => {
    const clusterId = await world.newCluster({ name: 'doors', nodegroups: [] });
    const entry = (name: string): Json => ({ principalArn: `arn:aws:iam::${ACCOUNT}:role/${name}`, role: 'viewer' });
    const who = async (): Promise<string[]> => (await world.api.get(`/v1/clusters/${clusterId}`)).access.map((one: Json) => one.principalArn.split('/').at(-1));
    await world.fault({ operation: 'eks:CreateAccessEntry', match: { principalArn: entry('second').principalArn }, times: 1, fault: { kind: 'error', code: 'InvalidParameterException', status: 400 } });
    const begun = await world.api.patch(`/v1/clusters/${clusterId}`, { access: [entry('first'), entry('second')] });
    const failed = await world.ended(begun.id);
    assert.equal(failed.state, 'Failed');
    assert.deepEqual(await who(), ['platform-admins', 'first']);
    const steps = Object.fromEntries(failed.steps.map((step: Json) => [step.title, step]));
    assert.equal(steps['Letting role/second in as viewer'].state, 'Failed');
    assert.deepEqual([steps['Shutting role/platform-admins out'].state, steps['Shutting role/platform-admins out'].outcome], ['Skipped', 'Not begun: the operation failed before it.']);

    const again = await world.api.post(`/v1/operations/${begun.id}/retry`, {});
    assert.deepEqual(again.steps.map((step: Json) => [step.title, step.state]), [['Letting role/second in as viewer', 'Pending'], ['Shutting role/platform-admins out', 'Pending']]);
    await done(again);
    assert.deepEqual((await who()).sort(), ['first', 'second']);
    assert.equal(conditionOf(await world.api.get(`/v1/clusters/${clusterId}`), 'AdminAccess').reason, 'NobodyCanGetIn');
  });

  it('may begin elsewhere: a cluster that is there is taken on as it is, and upgraded', async () => {
    await eks.send(
      new CreateClusterCommand({ name: 'theirs', version: '1.33', roleArn: world.clusterRoleArn, resourcesVpcConfig: { subnetIds: await world.owner.subnetIds(2), endpointPrivateAccess: true } }),
    );
    await world.advance(20);
    const imported = await done(await world.api.post('/v1/clusters/import', { accountId: ACCOUNT, region: REGION, name: 'theirs' }));
    const cluster = await world.api.get(`/v1/clusters/${imported.clusterId}`);
    assert.equal(cluster.version, '1.33');
    assert.equal(conditionOf(cluster, 'AdminAccess').status, 'Unknown');
    await done(await world.api.post(`/v1/clusters/${imported.clusterId}/upgrades`, { to: '1.34' }));
  });

  it('is refused by rule before anything is made', async () => {
    const body = { name: 'x', accountId: ACCOUNT, region: REGION, version: '1.99', roleArn: world.clusterRoleArn, resourcesVpcConfig: { subnetIds: await world.owner.subnetIds(2) } };
    const unknown = await world.api.ask('POST', '/v1/clusters', body);
    assert.equal(`${unknown.status} ${unknown.body.code}`, '422 version-not-offered');
    const oneZone = await world.api.ask('POST', '/v1/clusters', { ...body, version: '1.34', resourcesVpcConfig: { subnetIds: await world.owner.subnetIds(1) } });
    assert.equal(oneZone.status, 422);
    const older = await world.api.ask('POST', '/v1/clusters', { ...body, version: '1.34', nodegroups: [{ ...world.nodegroup('old'), version: '1.33' }] });
    assert.equal(`${older.status} ${older.body.code}`, '422 version-not-the-clusters');
    const al2 = await world.api.ask('POST', '/v1/clusters', { ...body, version: '1.33', nodegroups: [{ ...world.nodegroup('old'), amiType: 'AL2_x86_64' }] });
    assert.equal(`${al2.status} ${al2.body.code}`, '422 ami-type-not-offered');
    const stranger = await world.api.ask('POST', '/v1/clusters', { ...body, version: '1.34', addons: [{ addonName: 'nosuch' }] });
    assert.equal(`${stranger.status} ${stranger.body.code}`, '422 addon-not-offered', stranger.body.detail);
    const created = (await world.calls())['eks:CreateCluster'] ?? 0;
    assert.equal((await world.api.get('/v1/clusters?limit=100')).items.filter((item: Json) => item.name === 'x').length, 0);
    assert.ok(created > 0);
  });
});

describe('an account', () => {
  it('is not worked in before it is verified', async () => {
    await world.api.post('/v1/accounts', { accountId: '222222222222', name: 'new', regions: [REGION] });
    const refused = await world.api.ask('POST', '/v1/clusters', {
      name: 'early',
      accountId: '222222222222',
      region: REGION,
      version: '1.34',
      roleArn: 'arn:aws:iam::222222222222:role/eks-cluster',
      resourcesVpcConfig: { subnetIds: ['subnet-11111111', 'subnet-22222222'] },
    });
    assert.equal(`${refused.status} ${refused.body.code}`, '409 account-not-verified');
  });

  it('is found out when its role does not ask for the external id', async () => {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'slipway-access' }));
    const trust = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
    const open = JSON.parse(trust);
    delete open.Statement[0].Condition.StringEquals;
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'slipway-access', PolicyDocument: JSON.stringify(open) }));
    const verified = await world.api.post(`/v1/accounts/${ACCOUNT}/verify`, {});
    assert.equal(conditionOf(verified, 'AccessVerified').status, 'False');
    assert.equal(conditionOf(verified, 'AccessVerified').reason, 'ExternalIdNotRequired');
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'slipway-access', PolicyDocument: trust }));
    assert.equal(conditionOf(await world.api.post(`/v1/accounts/${ACCOUNT}/verify`, {}), 'AccessVerified').status, 'True');
  });

  it('is not verified when its role lets nobody name the session, since all work does', async () => {
    const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'slipway-access' }));
    const trust = decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '');
    const nameless = JSON.parse(trust);
    nameless.Statement = nameless.Statement.filter((statement: Json) => statement.Sid !== 'NameTheSession');
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'slipway-access', PolicyDocument: JSON.stringify(nameless) }));
    const access = conditionOf(await world.api.post(`/v1/accounts/${ACCOUNT}/verify`, {}), 'AccessVerified');
    assert.deepEqual([access.status, access.reason], ['False', 'SessionCannotBeNamed']);
    assert.match(access.message, /NameTheSession.*sts:TagSession.*sts:SetSourceIdentity/);
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'slipway-access', PolicyDocument: trust }));
  });

  it('may give its role what it needs by attached policies of AWS', async () => {
    const named = { RoleName: 'slipway-access', PolicyName: 'slipway-access' };
    const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand(named));
    const administrator = { RoleName: 'slipway-access', PolicyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' };
    await iam.send(new DeleteRolePolicyCommand(named));
    await iam.send(new AttachRolePolicyCommand(administrator));
    const permissions = conditionOf(await world.api.post(`/v1/accounts/${ACCOUNT}/verify`, {}), 'PermissionsCurrent');
    assert.deepEqual([permissions.status, permissions.reason], ['True', 'PermissionsCurrent'], permissions.message);
    await iam.send(new PutRolePolicyCommand({ ...named, PolicyDocument: decodeURIComponent(PolicyDocument) }));
    await iam.send(new DetachRolePolicyCommand(administrator));
  });

  it('whose role may not read one of its policies is not guessed about', async () => {
    const named = { RoleName: 'slipway-access', PolicyName: 'slipway-access' };
    const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand(named));
    const attached = { RoleName: 'slipway-access', PolicyArn: 'arn:aws:iam::aws:policy/AmazonEKSClusterPolicy' };
    const kept = JSON.parse(decodeURIComponent(PolicyDocument));
    kept.Statement = kept.Statement.filter((statement: Json) => statement.Sid !== 'ReadItsOwnPolicies' && statement.Sid !== 'Addons');
    await iam.send(new AttachRolePolicyCommand(attached));
    await iam.send(new PutRolePolicyCommand({ ...named, PolicyDocument: JSON.stringify(kept) }));
    const permissions = conditionOf(await world.api.post(`/v1/accounts/${ACCOUNT}/verify`, {}), 'PermissionsCurrent');
    assert.deepEqual([permissions.status, permissions.reason], ['Unknown', 'PermissionsUnreadable']);
    assert.match(permissions.message, /AmazonEKSClusterPolicy/);
    await iam.send(new PutRolePolicyCommand({ ...named, PolicyDocument: decodeURIComponent(PolicyDocument) }));
    await iam.send(new DetachRolePolicyCommand(attached));
  });

  it('keeps both external ids in force until the new one has been seen to work', async () => {
    const rotated = await world.api.post(`/v1/accounts/${ACCOUNT}/external-id`, {});
    assert.equal(rotated.trustPolicy.Statement[0].Condition.StringEquals['sts:ExternalId'].length, 2);
    const meanwhile = await world.api.post(`/v1/accounts/${ACCOUNT}/verify`, {});
    assert.equal(conditionOf(meanwhile, 'AccessVerified').status, 'True');
    assert.equal(conditionOf(meanwhile, 'AccessVerified').reason, 'PreviousExternalIdInUse');
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'slipway-access', PolicyDocument: JSON.stringify(rotated.trustPolicy) }));
    const verified = await world.api.post(`/v1/accounts/${ACCOUNT}/verify`, {});
    assert.equal(conditionOf(verified, 'AccessVerified').status, 'True');
    assert.equal(verified.externalId, rotated.externalId);
    assert.equal(typeof verified.trustPolicy.Statement[0].Condition.StringEquals['sts:ExternalId'], 'string');
  });
});
