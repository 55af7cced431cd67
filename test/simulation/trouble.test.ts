import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { DeleteRolePolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { EKSClient, UpdateClusterVersionCommand, UpdateClusterConfigCommand } from '@aws-sdk/client-eks';
import { SFNClient, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { Json } from '../../local/api-client.ts';
import { ACCOUNT, REGION, rehearse, type Rehearsal } from './rehearsal.ts';

/** One stage for all: each test takes a cluster of its own, so that they tell nothing of each other. */
const world: Rehearsal = await rehearse({ seed: 21 });
after(() => world.stage.close());

const credentials = { accessKeyId: ACCOUNT, secretAccessKey: 'owner' };
const eks = new EKSClient({ endpoint: world.stage.awsUrl, region: REGION, credentials });
const iam = new IAMClient({ endpoint: world.stage.awsUrl, region: REGION, credentials });

function small(name: string): Promise<string> {
  return world.cluster({ name, nodegroups: [world.nodegroup('blue', 1)] });
}

async function upgrade(clusterId: string, to = '1.34'): Promise<string> {
  const operation = await world.api.post(`/v1/clusters/${clusterId}/upgrades`, { to });
  return operation.id;
}

const running = (kind: string) => (operation: Json) => operation.steps.some((step: Json) => step.kind === kind && step.updateId !== undefined && step.endedAt === undefined);

function updatesOf(name: string, type = 'VersionUpdate') {
  return world.stage.aws.eks.history(ACCOUNT, REGION, name).updates.filter((update) => update.type === type && update.nodegroupName === undefined && update.addonName === undefined);
}

describe('an upgrade in trouble', () => {
  it('begins one update although the answer to the call was lost', async () => {
    const clusterId = await small('lost');
    await world.fault({ operation: 'eks:UpdateClusterVersion', times: 1, fault: { kind: 'loseAnswer' } });
    const operation = await world.ended(await upgrade(clusterId));
    assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
    assert.equal(updatesOf('lost').length, 1);
  });

  it('goes on through throttles', async () => {
    const clusterId = await small('throttled');
    for (const name of ['eks:DescribeUpdate', 'eks:DescribeCluster', 'eks:UpdateClusterVersion', 'eks:UpdateNodegroupVersion']) {
      await world.fault({ operation: name, times: 1, fault: { kind: 'error', code: 'ThrottlingException', status: 429 } });
    }
    const operation = await world.ended(await upgrade(clusterId));
    assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
  });

  it('adopts an update to the same minor that somebody else began', async () => {
    const clusterId = await small('adopted');
    const plan = world.api.post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.34' });
    const { id } = await plan;
    await eks.send(new UpdateClusterVersionCommand({ name: 'adopted', version: '1.34' })).catch(() => undefined);
    const operation = await world.ended(id);
    assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
    assert.equal(updatesOf('adopted').length, 1);
  });

  it('waits for an update of another kind, says for which, and then begins its own', async () => {
    const clusterId = await small('waited');
    await eks.send(new UpdateClusterConfigCommand({ name: 'waited', logging: { clusterLogging: [{ types: ['api'], enabled: true }] } }));
    const id = await upgrade(clusterId);
    const waiting = await world.until(id, (operation) => operation.waitingFor?.kind === 'EksUpdate');
    assert.equal(waiting.state, 'Waiting');
    assert.match(waiting.waitingFor.because, /LoggingUpdate/);
    const operation = await world.ended(id);
    assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
    assert.equal(updatesOf('waited').length, 1);
  });

  it('fails with what EKS said when a node group does not roll, watches its sibling to the end, and is retried from what is true then', async () => {
    const clusterId = await world.cluster({ name: 'stuck', nodegroups: [world.nodegroup('blue', 1), world.nodegroup('green', 2)] });
    await world.fault({ operation: 'eks:UpdateNodegroupVersion', match: { nodegroupName: 'blue' }, times: 1, fault: { kind: 'failUpdate', code: 'PodEvictionFailure' } });
    const id = await upgrade(clusterId);
    const failed = await world.ended(id);
    assert.equal(failed.state, 'Failed');
    assert.equal(failed.errors[0].code, 'PodEvictionFailure');
    const states = Object.fromEntries(failed.steps.filter((step: Json) => step.kind === 'upgrade-nodegroup').map((step: Json) => [step.subject, step.state]));
    assert.deepEqual(states, { blue: 'Failed', green: 'Succeeded' });
    const cluster = await world.api.get(`/v1/clusters/${clusterId}`);
    assert.equal(cluster.activeOperation, undefined);

    const retried = await world.api.post(`/v1/operations/${id}/retry`, { reason: 'the budget was lifted' });
    assert.equal(retried.run, 2);
    const operation = await world.ended(id);
    assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
    assert.equal(updatesOf('stuck').length, 1);
    assert.deepEqual(
      operation.steps.map((step: Json) => step.subject),
      ['blue'],
    );
  });

  it('obeys a cancel before the next step, and tells what stays done', async () => {
    const clusterId = await small('cancelled');
    const id = await upgrade(clusterId, '1.35');
    await world.until(id, running('upgrade-control-plane'));
    const answer = await world.api.ask('POST', `/v1/operations/${id}/cancel`, { reason: 'wrong cluster' });
    assert.equal(answer.status, 202);
    const operation = await world.ended(id);
    assert.equal(operation.state, 'Cancelled');
    assert.match(operation.progress.message, /What was done stays done: .*Upgrading the control plane to 1\.34/);
    assert.equal(updatesOf('cancelled').length, 1);
    const cluster = await world.api.get(`/v1/clusters/${clusterId}`);
    assert.equal(cluster.version, '1.34');
    assert.equal(cluster.desiredVersion, '1.34');
    assert.equal(cluster.status, 'Active');
  });

  it('holds while it is paused and goes on when it is resumed', async () => {
    const clusterId = await small('paused');
    const id = await upgrade(clusterId);
    await world.until(id, running('upgrade-control-plane'));
    await world.api.post(`/v1/operations/${id}/pause`, { reason: 'lunch' });
    const paused = await world.until(id, (operation) => operation.state === 'Paused');
    assert.match(paused.waitingFor.because, /lunch/);
    await world.advance(20);
    assert.equal((await world.api.get(`/v1/operations/${id}`)).state, 'Paused');
    await world.api.post(`/v1/operations/${id}/resume`, {});
    assert.equal((await world.ended(id)).state, 'Succeeded');
  });

  it('waits while the account\'s role is lost, and goes on when it is back', async () => {
    const clusterId = await small('locked-out');
    const account = await world.api.get(`/v1/accounts/${ACCOUNT}`);
    const id = await upgrade(clusterId);
    await world.until(id, running('upgrade-control-plane'));
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'slipway-access', PolicyName: 'slipway-access' }));
    const waiting = await world.until(id, (operation) => operation.waitingFor?.kind === 'AccountUnreachable');
    assert.equal(waiting.state, 'Waiting');
    await world.advance(20);
    assert.equal((await world.api.get(`/v1/operations/${id}`)).state, 'Waiting');
    await iam.send(new PutRolePolicyCommand({ RoleName: 'slipway-access', PolicyName: 'slipway-access', PolicyDocument: JSON.stringify(account.permissionsPolicy) }));
    const operation = await world.ended(id);
    assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
    assert.equal(updatesOf('locked-out').length, 1);
  });

  it('waits as paused when it is paused while the account cannot be reached', async () => {
    const clusterId = await small('paused-and-locked-out');
    const account = await world.api.get(`/v1/accounts/${ACCOUNT}`);
    const id = await upgrade(clusterId, '1.35');
    await world.until(id, running('upgrade-control-plane'));
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'slipway-access', PolicyName: 'slipway-access' }));
    await world.until(id, (operation) => operation.waitingFor?.kind === 'AccountUnreachable');
    await world.api.post(`/v1/operations/${id}/pause`, { reason: 'until the role is back' });
    await iam.send(new PutRolePolicyCommand({ RoleName: 'slipway-access', PolicyName: 'slipway-access', PolicyDocument: JSON.stringify(account.permissionsPolicy) }));
    await world.until(id, (operation) => operation.state === 'Paused');
    await world.advance(20);
    await world.api.post(`/v1/operations/${id}/resume`, {});
    const operation = await world.ended(id);
    assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
    const transitions = world.stage.aws.stepfunctions.transitions(`arn:aws:states:us-east-1:000000000000:execution:slipway-local-upgrade-cluster:${id}-1`);
    assert.ok(transitions < 60, `the state went round ${transitions} times`);
  });

  it('begins nothing new while the fleet is frozen', async () => {
    const clusterId = await small('frozen');
    const id = await upgrade(clusterId);
    await world.until(id, running('upgrade-control-plane'));
    await world.api.post('/v1/freeze', { reason: 'an incident' });
    const refused = await world.api.ask('POST', `/v1/clusters/${clusterId}/upgrades`, { to: '1.35' });
    assert.equal(refused.status, 409);
    const waiting = await world.until(id, (operation) => operation.waitingFor?.kind === 'Frozen');
    assert.match(waiting.waitingFor.because, /an incident/);
    await world.api.post('/v1/unfreeze', { reason: 'over' });
    assert.equal((await world.ended(id)).state, 'Succeeded');
  });

  it('keeps the cluster locked when its execution is stopped, until EKS has done what it was doing', async () => {
    const clusterId = await small('orphan');
    const id = await upgrade(clusterId);
    await world.until(id, running('upgrade-control-plane'));
    const home = new SFNClient({ endpoint: world.stage.awsUrl, region: 'us-east-1', credentials: { accessKeyId: '000000000000', secretAccessKey: 'home' } });
    await home.send(new StopExecutionCommand({ executionArn: `arn:aws:states:us-east-1:000000000000:execution:slipway-local-upgrade-cluster:${id}-1`, error: 'Operator', cause: 'by hand' }));
    await world.advance(1);
    assert.equal((await world.api.get(`/v1/operations/${id}`)).endedAt, undefined);
    assert.equal((await world.api.get(`/v1/clusters/${clusterId}`)).activeOperation, id);
    const operation = await world.ended(id);
    assert.equal(operation.state, 'Failed');
    assert.equal(operation.steps.find((step: Json) => step.kind === 'upgrade-control-plane').state, 'Succeeded');
    assert.equal((await world.api.get(`/v1/clusters/${clusterId}`)).version, '1.34');
  });

  it('leaves add-ons that await a node at their version, and is no failure for it', async () => {
    const clusterId = await world.cluster({ name: 'nodeless', nodegroups: [] });
    const operation = await world.ended(await upgrade(clusterId, '1.35'));
    assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
    assert.ok(operation.plan.findings.some((finding: Json) => finding.code === 'addons-await-nodes' && finding.subject === 'coredns'));
    await world.ended((await world.api.post(`/v1/clusters/${clusterId}/nodegroups`, world.nodegroup('blue', 1))).id);
    const caughtUp = await world.ended(await upgrade(clusterId, '1.35'));
    assert.equal(caughtUp.state, 'Succeeded', JSON.stringify(caughtUp.errors));
    assert.deepEqual(caughtUp.steps.map((step: Json) => step.subject), ['coredns']);
  });

  it('is started by the reconciler when its execution could not be started at once', async () => {
    const clusterId = await small('late-start');
    await world.fault({ operation: 'states:StartExecution', times: 1, fault: { kind: 'error', code: 'AccessDeniedException', status: 400 } });
    const id = await upgrade(clusterId);
    assert.equal((await world.api.get(`/v1/operations/${id}`)).state, 'Pending');
    assert.equal((await world.ended(id)).state, 'Succeeded');
  });

  it('answers the second ask for a busy cluster with the operation in its way', async () => {
    const clusterId = await small('busy');
    const id = await upgrade(clusterId);
    const second = await world.api.ask('POST', `/v1/clusters/${clusterId}/upgrades`, { to: '1.34' });
    assert.equal(second.status, 409);
    assert.equal(second.body.code, 'operation-in-progress');
    assert.equal(second.body.operation, id);
    await world.ended(id);
  });

  it('begins one operation for twenty equal asks with one key', async () => {
    const clusterId = await small('twenty');
    const asks = Array.from({ length: 20 }, () => world.api.ask('POST', `/v1/clusters/${clusterId}/upgrades`, { to: '1.34' }, { 'idempotency-key': 'twenty-1' }));
    const answers = await Promise.all(asks);
    assert.deepEqual([...new Set(answers.map((answer) => `${answer.status} ${answer.text}`))].length, 1, answers.map((answer) => answer.text).join('\n').slice(0, 2000));
    assert.equal(answers[0]?.status, 202);
    await world.ended(answers[0]?.body.id);
    assert.equal(updatesOf('twenty').length, 1);
  });
});
