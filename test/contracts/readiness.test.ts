import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { AutoScalingClient, CreateAutoScalingGroupCommand, StartInstanceRefreshCommand } from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateCommand, CreateLaunchTemplateVersionCommand, DeleteLaunchTemplateCommand, DescribeImagesCommand, EC2Client, ModifySubnetAttributeCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import * as eks from '@aws-sdk/client-eks';
import { CreateRoleCommand, DeleteRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateKeyCommand, KMSClient, ScheduleKeyDeletionCommand } from '@aws-sdk/client-kms';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { createEks } from '../../aws/eks.ts';
import { AccountUnreachable, type Session } from '../../aws/ports.ts';
import type { ClusterFacts } from '../../domain/facts.ts';
import { rolePolicyFor, watchPolicyFor } from '../../domain/permissions.ts';
import type { Looked, ReadinessFacts } from '../../domain/readiness-facts.ts';
import { rememberReadiness } from '../../domain/remembered-readiness.ts';
import { policy, startAws } from './aws-stage.ts';
import { account, ACCOUNT, activeCluster, roleArn, type Fleet } from './eks-fleet.ts';

const REGION = 'us-east-1';
const NOW = '2026-11-22T02:00:00Z';
const OWNED = { Key: 'kubernetes.io/cluster/a', Value: 'owned' };

/** The looks, each with the actions that it cannot do without. */
const LOOKS: Readonly<Record<string, readonly string[]>> = {
  insights: ['eks:ListInsights', 'eks:DescribeInsightsRefresh'],
  roles: ['iam:GetRole'],
  kmsKey: ['kms:DescribeKey'],
  quotas: ['servicequotas:GetServiceQuota', 'ec2:DescribeInstances', 'ec2:DescribeInstanceTypes'],
  launchTemplates: ['ec2:DescribeLaunchTemplateVersions'],
  selfManagedGroups: ['autoscaling:DescribeAutoScalingGroups', 'autoscaling:DescribeInstanceRefreshes', 'ec2:DescribeInstances', 'ec2:DescribeImages'],
  fargateProfiles: ['eks:ListFargateProfiles', 'eks:DescribeFargateProfile'],
  pooledNodes: ['ec2:DescribeInstances', 'ec2:DescribeImages'],
  limits: ['servicequotas:GetServiceQuota'],
};

/** What an own group launches, and could, stands in its template: unknown with it. */
const OF_TEMPLATES = ['quotas', 'selfManagedGroups'];

let fleet: Fleet;
let ec2: EC2Client;
let session: Session;
let keyArn: string;
let images: readonly [string, string];
let templateId: string;
let facts: ClusterFacts;
let close: () => Promise<void>;

const hands = () => createEks({ endpoint: fleet.url });
const fault = (operation: string, kind: Record<string, unknown>, times = 99) => fleet.send('POST', '/_sim/faults', { operation, times, fault: kind });
const healed = () => fetch(`${fleet.url}/_sim/faults`, { method: 'DELETE' });

const readiness = (over: Partial<ClusterFacts> = {}, refreshAskedAt?: string): Promise<ReadinessFacts> => hands().readiness(session, { ...facts, ...over }, NOW, 'all', refreshAskedAt);

function seen<T>(found: Looked<T> | undefined): T {
  assert.ok(found?.kind === 'seen', JSON.stringify(found));
  return found.value;
}

const lookOf = (found: ReadinessFacts, name: string) => (found as unknown as Record<string, Looked<unknown>>)[name];

async function newestImage(name: string): Promise<string> {
  const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Owners: ['amazon'], Filters: [{ Name: 'name', Values: [name] }] }));
  return Images.sort((a, b) => (a.CreationDate! < b.CreationDate! ? 1 : -1))[0]!.ImageId!;
}

/** A session as Slipway has it: the account's role, cut to looking. */
async function watching(): Promise<Session> {
  const iam = new IAMClient(fleet.as(ACCOUNT));
  await iam.send(new CreateRoleCommand({ RoleName: 'slipway-access', AssumeRolePolicyDocument: policy({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }) }));
  await iam.send(new PutRolePolicyCommand({ RoleName: 'slipway-access', PolicyName: 'access', PolicyDocument: JSON.stringify(rolePolicyFor({ accountId: ACCOUNT, passRoleArns: [] })) }));
  await fleet.pass(60);
  const { Credentials } = await new STSClient(fleet.as(ACCOUNT)).send(
    new AssumeRoleCommand({ RoleArn: roleArn('slipway-access'), RoleSessionName: 'watch', Policy: watchPolicyFor({ accountId: ACCOUNT, region: REGION }) }),
  );
  return { accountId: ACCOUNT, region: REGION, credentials: { accessKeyId: Credentials!.AccessKeyId!, secretAccessKey: Credentials!.SecretAccessKey!, sessionToken: Credentials!.SessionToken!, expiration: Credentials!.Expiration! } };
}

/** A cluster with every kind of node that the AWS APIs tell of. */
async function populate(): Promise<void> {
  const { client, subnets } = fleet;
  const autoScaling = new AutoScalingClient(fleet.as(ACCOUNT));
  keyArn = (await new KMSClient(fleet.as(ACCOUNT)).send(new CreateKeyCommand({}))).KeyMetadata!.Arn!;
  await activeCluster(fleet, 'a', { version: '1.34', nodes: 2, more: { encryptionConfig: [{ resources: ['secrets'], provider: { keyArn } }] } });
  images = [await newestImage('amazon-eks-node-al2023-x86_64-standard-1.33-v*'), await newestImage('amazon-eks-node-al2023-x86_64-standard-1.34-v*')];
  const template = await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: 'own', LaunchTemplateData: { ImageId: images[0], InstanceType: 'm7i.large' } }));
  templateId = template.LaunchTemplate!.LaunchTemplateId!;
  await ec2.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateId: templateId, SourceVersion: '1', LaunchTemplateData: { ImageId: images[1] } }));
  const group = { MinSize: 0, MaxSize: 4, DesiredCapacity: 2, VPCZoneIdentifier: subnets.join(','), LaunchTemplate: { LaunchTemplateId: templateId, Version: '1' } };
  const tag = (Key: string, Value: string) => ({ Key, Value, PropagateAtLaunch: true, ResourceType: 'auto-scaling-group' });
  await autoScaling.send(new CreateAutoScalingGroupCommand({ AutoScalingGroupName: 'own', ...group, Tags: [tag(OWNED.Key, 'owned')] }));
  await autoScaling.send(new CreateAutoScalingGroupCommand({ AutoScalingGroupName: 'of-another-cluster', ...group, Tags: [tag('kubernetes.io/cluster/b', 'owned')] }));
  await autoScaling.send(new CreateAutoScalingGroupCommand({ AutoScalingGroupName: 'behind-a-managed-group', ...group, Tags: [tag(OWNED.Key, 'owned'), tag('eks:nodegroup-name', 'blue')] }));
  await launch(images[1], [OWNED, { Key: 'karpenter.sh/nodepool', Value: 'spare' }]);
  await launch(images[0], [{ Key: 'eks:eks-cluster-name', Value: 'a' }, { Key: 'eks:kubernetes-node-pool-name', Value: 'general-purpose' }]);
  await new EC2Client(fleet.as(ACCOUNT)).send(new ModifySubnetAttributeCommand({ SubnetId: fleet.subnets[0]!, MapPublicIpOnLaunch: { Value: false } }));
  await client.send(new eks.CreateFargateProfileCommand({ clusterName: 'a', fargateProfileName: 'batch', podExecutionRoleArn: roleArn('fargate'), subnets: [fleet.subnets[0]!], selectors: [{ namespace: 'jobs' }] }));
  await client.send(new eks.CreateAddonCommand({ clusterName: 'a', addonName: 'kube-proxy', configurationValues: '{"mode":"ipvs"}' }));
  await fleet.pass(600);
}

async function launch(ImageId: string, Tags: { Key: string; Value: string }[]): Promise<void> {
  await ec2.send(new RunInstancesCommand({ ImageId, InstanceType: 'm7i.xlarge', MinCount: 1, MaxCount: 1, SubnetId: fleet.subnets[1], TagSpecifications: [{ ResourceType: 'instance', Tags }] }));
}

describe('what is looked at before a control plane moves', () => {
  before(async () => {
    fleet = await account(await startAws({ after: (end) => void (close = end as () => Promise<void>) }));
    ec2 = new EC2Client(fleet.as(ACCOUNT));
    await populate();
    session = await watching();
    const found = await hands().facts(session, 'a', { now: NOW });
    assert.ok(found !== 'absent');
    facts = found;
  });

  after(() => close());
  afterEach(async () => void (await healed()));

  it('is all seen with the rights of a looking session', async () => {
    const found = await readiness();
    assert.deepEqual(Object.keys(LOOKS).filter((name) => lookOf(found, name)?.kind !== 'seen').map((name) => [name, lookOf(found, name)]), []);
    assert.deepEqual(seen(found.roles), [
      { roleArn: roleArn('eks-cluster'), usedBy: 'cluster', subjects: ['a'], exists: true },
      { roleArn: roleArn('eks-nodes'), usedBy: 'nodegroup', subjects: ['blue'], exists: true },
      { roleArn: roleArn('fargate'), usedBy: 'fargate-profile', subjects: ['batch'], exists: true },
    ]);
    assert.deepEqual(seen(found.kmsKey), { keyArn, state: 'Enabled' });
    assert.equal(seen(found.kubeProxyMode), 'ipvs');
    assert.deepEqual(seen(found.fargateProfiles).map(({ profileName, status, namespaces }) => [profileName, status, namespaces]), [['batch', 'ACTIVE', ['jobs']]]);
    assert.deepEqual(seen(found.pooledNodes), [
      { kind: 'karpenter', pool: 'spare', count: 1, kubelets: ['1.34'] },
      { kind: 'auto-mode', pool: 'general-purpose', count: 1, kubelets: ['1.33'] },
    ]);
  });

  it('tells of an own Auto Scaling group what it runs and what a refresh could bring, and of no other\'s', async () => {
    const [own, ...others] = seen((await readiness()).selfManagedGroups);
    assert.deepEqual(others, []);
    assert.ok(own !== undefined);
    assert.deepEqual([own.groupName, own.desiredCapacity, own.kubelets, own.launchTemplate, own.unhealthyInstances, own.refreshInProgress], ['own', 2, ['1.33'], { id: templateId, version: '1' }, 0, undefined]);
    assert.deepEqual(own.images.map(({ version, imageId, minor }) => [version, imageId, minor]), [['2', images[1], '1.34'], ['1', images[0], '1.33']]);
    assert.deepEqual(own.subnetIds, fleet.subnets);
  });

  it('counts the vCPUs that run against the quotas that the groups\' types fall under', async () => {
    const [quota, ...others] = seen((await readiness()).quotas);
    assert.deepEqual(others, []);
    assert.deepEqual([quota?.code, quota?.family, quota?.spot], ['L-1216C47A', 'standard', false]);
    assert.deepEqual(quota?.vcpusByType, { 't3.medium': 2, 'm7i.large': 2 });
    // Two of each of three Auto Scaling groups, and two of four vCPUs each; what the simulated EKS keeps of its managed nodes is not in EC2.
    assert.equal(quota?.usedVcpus, 3 * 2 * 2 + 2 * 4);
  });

  for (const [name, needs] of Object.entries(LOOKS)) {
    it(`has ${name} unknown, with the action that is missing, and the other looks seen, where the role may not look`, async () => {
      for (const action of needs) {
        await fault(action, { kind: 'deny' });
        const found = await readiness();
        const look = lookOf(found, name);
        assert.ok(look?.kind === 'unknown', `${action}: ${JSON.stringify(look)}`);
        assert.ok(look.because.startsWith(`Slipway's role in the account may not ${action}: `), look.because);
        const others = Object.keys(LOOKS).filter((other) => !LOOKS[other]?.some((need) => needs.includes(need)));
        assert.deepEqual(others.filter((other) => lookOf(found, other)?.kind !== 'seen').filter((other) => name !== 'launchTemplates' || !OF_TEMPLATES.includes(other)), [], action);
        await healed();
      }
    });
  }

  it('says of each look that it was throttled, and asks no more than a few times', async () => {
    const actions = [...new Set(Object.values(LOOKS).flat())].filter((action) => action !== 'autoscaling:DescribeAutoScalingGroups');
    for (const action of actions) await fault(action, { kind: 'error', code: 'ThrottlingException', status: 400, message: 'Rate exceeded' });
    const found = await readiness();
    for (const name of Object.keys(LOOKS)) assert.match(JSON.stringify(lookOf(found, name)), /"unknown".*AWS throttled it/, name);
  });

  it('is refused as a whole where the account takes the session no more', async () => {
    await fault('kms:DescribeKey', { kind: 'error', code: 'ExpiredTokenException', status: 403, message: 'The security token included in the request is expired' });
    await assert.rejects(readiness(), AccountUnreachable);
  });

  it('asks after a refresh only where the insights do not tell by themselves that it is done', async () => {
    await fault('eks:DescribeInsightsRefresh', { kind: 'deny' });
    const refreshOf = async (refreshAskedAt?: string) => (await readiness({}, refreshAskedAt)).insights;
    const done = await refreshOf('2020-01-01T00:00:00Z');
    assert.ok(done.kind === 'seen' && done.value.refresh.status === 'COMPLETED', JSON.stringify(done));
    assert.equal((await refreshOf('2099-01-01T00:00:00Z')).kind, 'unknown');
  });

  it('does not read again what it remembers, but a profile that is not well', async () => {
    const first = await readiness();
    const remembered = rememberReadiness(first, undefined);
    for (const action of ['eks:ListFargateProfiles', 'servicequotas:GetServiceQuota']) await fault(action, { kind: 'deny' });
    const again = await readiness({ remembered });
    assert.deepEqual([again.fargateProfiles, again.quotas, again.limits], [first.fargateProfiles, first.quotas, first.limits]);
    const [profile] = seen(first.fargateProfiles);
    const ill = await readiness({ remembered: { ...remembered, fargateProfiles: [{ ...profile!, status: 'DELETING' }] } });
    assert.equal(ill.fargateProfiles.kind, 'unknown');
  });

  it('sees a refresh that runs, a template and a role that are gone, and a key that is to be deleted', async () => {
    const autoScaling = new AutoScalingClient(fleet.as(ACCOUNT));
    const { InstanceRefreshId } = await autoScaling.send(new StartInstanceRefreshCommand({ AutoScalingGroupName: 'own' }));
    assert.equal(seen((await readiness()).selfManagedGroups)[0]?.refreshInProgress, InstanceRefreshId);

    await ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: templateId }));
    await new IAMClient(fleet.as(ACCOUNT)).send(new DeleteRoleCommand({ RoleName: 'fargate' }));
    await new KMSClient(fleet.as(ACCOUNT)).send(new ScheduleKeyDeletionCommand({ KeyId: keyArn, PendingWindowInDays: 7 }));
    const found = await readiness();
    assert.deepEqual(seen(found.launchTemplates), [{ id: templateId, name: 'own', version: '1', exists: false, usedBy: ['own'] }]);
    assert.deepEqual(seen(found.roles).filter(({ exists }) => !exists).map(({ roleArn: gone }) => gone), [roleArn('fargate')]);
    assert.deepEqual(seen(found.kmsKey), { keyArn, state: 'PendingDeletion' });
    const [own] = seen(found.selfManagedGroups);
    assert.deepEqual([own?.kubelets, own?.images], [['1.33'], []]);
  });
});
