import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { AutoScalingClient, CancelInstanceRefreshCommand, CreateAutoScalingGroupCommand, DescribeInstanceRefreshesCommand, StartInstanceRefreshCommand, type InstanceRefresh } from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateCommand, CreateLaunchTemplateVersionCommand, DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import type { Json } from '../../local/api-client.ts';
import { ACCOUNT, REGION, rehearse, type Rehearsal } from './rehearsal.ts';

const world: Rehearsal = await rehearse({ seed: 38 });
after(() => world.stage.close());
const client = { endpoint: world.stage.awsUrl, region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'owner' } };
const ec2 = new EC2Client(client);
const autoScaling = new AutoScalingClient(client);

/** A cluster at 1.33 whose nodes are a group of the account's own, with an image for 1.34 as its launch template's second version. */
async function withOwnGroup(name: string): Promise<string> {
  const clusterId = await world.cluster({ name, nodegroups: [] });
  for (const minor of ['1.33', '1.34']) {
    const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Filters: [{ Name: 'name', Values: [`amazon-eks-node-al2023-x86_64-standard-${minor}-*`] }] }));
    const LaunchTemplateData = { ImageId: Images[0]?.ImageId ?? '', InstanceType: 'm5.large' as const };
    await (minor === '1.33' ? ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: name, LaunchTemplateData })) : ec2.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateName: name, LaunchTemplateData })));
  }
  const VPCZoneIdentifier = (await world.owner.subnetIds(2)).join(',');
  const Tags = [{ Key: `kubernetes.io/cluster/${name}`, Value: 'owned', PropagateAtLaunch: true }];
  await autoScaling.send(new CreateAutoScalingGroupCommand({ AutoScalingGroupName: name, MinSize: 0, MaxSize: 3, DesiredCapacity: 2, VPCZoneIdentifier, LaunchTemplate: { LaunchTemplateName: name, Version: '1' }, Tags }));
  await world.advance(5);
  return clusterId;
}

const upgrade = async (clusterId: string): Promise<string> => (await world.api.post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.34' })).id;
const stepOf = (operation: Json): Json => operation.steps.find((step: Json) => step.kind === 'refresh-instances');
const refresh = async (name: string, version: string): Promise<string | undefined> =>
  (await autoScaling.send(new StartInstanceRefreshCommand({ AutoScalingGroupName: name, DesiredConfiguration: { LaunchTemplate: { LaunchTemplateName: name, Version: version } } }))).InstanceRefreshId;
const refreshes = async (name: string): Promise<InstanceRefresh[]> => (await autoScaling.send(new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: name }))).InstanceRefreshes ?? [];

describe('a self-managed group', () => {
  it('is refreshed once to the version of its launch template that fits, after the control plane, although the answer was lost', async () => {
    const id = await upgrade(await withOwnGroup('workers'));
    await world.until(id, (operation) => operation.steps.some((step: Json) => step.kind === 'upgrade-control-plane' && step.state === 'Running'));
    await world.fault({ operation: 'autoscaling:StartInstanceRefresh', times: 1, fault: { kind: 'loseAnswer' } });
    const operation = await world.ended(id);
    assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
    const [one, ...others] = await refreshes('workers');
    assert.deepEqual([one?.Status, others, stepOf(operation).updateId, stepOf(operation).adopted], ['Successful', [], one?.InstanceRefreshId, false]);
    const controlPlane = operation.steps.find((step: Json) => step.kind === 'upgrade-control-plane');
    assert.ok(Date.parse(stepOf(operation).startedAt) >= Date.parse(controlPlane.endedAt));
    assert.ok(Date.parse(operation.endedAt) >= (one?.EndTime?.getTime() ?? Infinity), 'it is watched to its end');
  });

  it('whose instances somebody else refreshes to another version is waited for', async () => {
    const clusterId = await withOwnGroup('crowd');
    const id = await upgrade(clusterId);
    await world.until(id, (operation) => operation.steps.some((step: Json) => step.subject === 'kube-proxy' && step.state === 'Running'));
    const foreign = await refresh('crowd', '1');
    const waiting = await world.until(id, (operation) => operation.waitingFor?.kind === 'EksUpdate' || operation.endedAt !== undefined);
    assert.match(String(waiting.waitingFor?.because), new RegExp(`Another instance refresh holds it: ${foreign}`));
    const operation = await world.ended(id);
    assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
    assert.equal((await refreshes('crowd')).length, 2);
    assert.notEqual(stepOf(operation).updateId, foreign);
  });

  it('whose refresh fails ends the upgrade with what Auto Scaling said', async () => {
    const id = await upgrade(await withOwnGroup('failing'));
    await world.until(id, (operation) => stepOf(operation)?.state === 'Running');
    await autoScaling.send(new CancelInstanceRefreshCommand({ AutoScalingGroupName: 'failing' }));
    const operation = await world.ended(id);
    assert.deepEqual([operation.state, operation.errors[0].code, operation.errors[0].resourceIds], ['Failed', 'InstanceRefreshCancelled', ['failing']], JSON.stringify(operation.errors));
  });
});
