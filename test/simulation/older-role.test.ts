import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DeletePolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { neededPolicyFor } from '../../domain/permissions.ts';
import type { Json } from '../../local/api-client.ts';
import { ACCOUNT, REGION, rehearse, type Rehearsal } from './rehearsal.ts';

/** What roles were asked for before there were readiness checks: nothing of these services, and of EKS no insights and no profiles. */
const LATER = /^(kms|servicequotas|autoscaling|cloudwatch):|^ec2:Describe(Instances|InstanceTypes|Images)$|^eks:(.*Insight.*|.*FargateProfile.*)$/;

describe('an account whose role was made before readiness checks were', () => {
  let world: Rehearsal;
  let clusterId: string;

  before(async () => {
    world = await rehearse({ seed: 41 });
    const { permissionsPolicy } = await world.api.get(`/v1/accounts/${ACCOUNT}`);
    const earlier = permissionsPolicy.Statement.map((statement: Json) => ({ ...statement, Action: statement.Action.filter((action: string) => !LATER.test(action)) })).filter((statement: Json) => statement.Action.length > 0);
    const iam = new IAMClient({ endpoint: world.stage.awsUrl, region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'owner' } });
    await iam.send(new PutRolePolicyCommand({ RoleName: 'slipway-access', PolicyName: 'slipway-access', PolicyDocument: JSON.stringify({ ...permissionsPolicy, Statement: earlier }) }));
    await world.advance(1);
    clusterId = await world.cluster();
  });
  after(() => world.stage.close());

  it('is verified, and told which actions it lacks', async () => {
    const { conditions } = await world.api.post(`/v1/accounts/${ACCOUNT}/verify`, {});
    const of = (type: string) => conditions.find((condition: Json) => condition.type === type);
    assert.equal(of('AccessVerified').status, 'True');
    assert.deepEqual([of('PermissionsCurrent').status, of('PermissionsCurrent').reason], ['False', 'MissingActions']);
    assert.match(of('PermissionsCurrent').message, /autoscaling:DescribeAutoScalingGroups/);
  });

  it('has its plans made, with each look that could not be made and the action that it needs', async () => {
    const plan = await world.api.get(`/v1/clusters/${clusterId}/upgrade-plan?to=1.34`);
    assert.equal(plan.hops.length, 1);
    const because = plan.notLookedAt.map((line: Json) => line.because).join('\n');
    for (const action of ['eks:ListFargateProfiles', 'ec2:DescribeInstances', 'servicequotas:GetServiceQuota', 'autoscaling:DescribeAutoScalingGroups']) assert.ok(because.includes(`may not ${action}`), `${action}\n${because}`);
  });

  it('is refused an upgrade that alarms shall turn back, with the action and the role that lacks it', async () => {
    const alarmArns = [`arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:errors`];
    const { status, body } = await world.api.ask('POST', `/v1/clusters/${clusterId}/upgrades`, { to: '1.34', bakeMinutes: 5, rollbackOn: { alarmArns } });
    assert.deepEqual([status, body.code], [409, 'role-lacks-actions']);
    assert.ok(body.detail.startsWith(`Slipway's role arn:aws:iam::${ACCOUNT}:role/slipway-access may not cloudwatch:DescribeAlarms: `), body.detail);
  });

  it('stays verified without all that parts of clusters need, and is told so', async () => {
    const iam = new IAMClient({ endpoint: world.stage.awsUrl, region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'owner' } });
    const earlier = neededPolicyFor({ accountId: ACCOUNT, passRoleArns: [`arn:aws:iam::${ACCOUNT}:role/eks-*`] });
    await iam.send(new PutRolePolicyCommand({ RoleName: 'slipway-access', PolicyName: 'slipway-access', PolicyDocument: JSON.stringify(earlier) }));
    await iam.send(new DeletePolicyCommand({ PolicyArn: `arn:aws:iam::${ACCOUNT}:policy/slipway-boundary` }));
    const { conditions } = await world.api.post(`/v1/accounts/${ACCOUNT}/verify`, {});
    const of = (type: string) => conditions.find((condition: Json) => condition.type === type);
    assert.deepEqual(['AccessVerified', 'PermissionsCurrent', 'BoundaryInPlace'].map((type) => [of(type).status, of(type).reason]), [['True', 'RoleAssumed'], ['False', 'MissingActions'], ['False', 'BoundaryMissing']]);
    assert.match(of('PermissionsCurrent').message, /Clusters, node groups and upgrades go on without/);
    assert.equal((await world.api.get(`/v1/clusters/${clusterId}/upgrade-plan?to=1.34`)).hops.length, 1);
  });
});
