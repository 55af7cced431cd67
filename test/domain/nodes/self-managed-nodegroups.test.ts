import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parse } from 'yaml';
import type { Cluster } from '../../../domain/cluster.ts';
import { minorOfImage } from '../../../domain/node-images.ts';
import type { Minor } from '../../../domain/minor.ts';
import { imageNamePattern, instancesFrom, launchTemplateData } from '../../../domain/parts/launch-template-data.ts';
import { dnsAddressOf, userDataFor } from '../../../domain/parts/node-user-data.ts';
import type { SelfManagedGroupResource } from '../../../domain/parts/resource.ts';
import { selfManagedNodegroups } from '../../../domain/parts/self-managed-nodegroups.ts';
import type { SelfManagedNodegroupWish } from '../../../domain/parts/self-managed-nodegroup-wish.ts';
import { planClusterChange } from '../../../domain/plan-cluster-change.ts';
import { planRollback } from '../../../domain/plan-rollback.ts';
import { planUpgrade } from '../../../domain/plan-upgrade.ts';
import { ready } from '../checks/ready.ts';
import { ACCOUNT_ID, at133, cluster, NOW, planned, steps, SUBNETS } from '../worlds.ts';

const blue: SelfManagedNodegroupWish = { nodegroupName: 'blue', amiFamily: 'AL2023', instanceTypes: ['m7i.large'], scalingConfig: { minSize: 1, maxSize: 4, desiredSize: 2 } };
const compile = (wishes: readonly SelfManagedNodegroupWish[], more: Partial<Cluster> = {}) =>
  selfManagedNodegroups({ cluster: cluster('1.33', { wanted: { selfManagedNodegroups: [...wishes] }, ...more }), addonCatalogue: {}, subnets: SUBNETS });
const paths = (wish: SelfManagedNodegroupWish) => (compile([wish]).errors ?? []).map(({ path }) => path);
const groupOf = (wish: SelfManagedNodegroupWish, more: Partial<Cluster> = {}): SelfManagedGroupResource => {
  const found = compile([wish], more).resources.find((resource) => resource.kind === 'self-managed-group');
  assert.ok(found?.kind === 'self-managed-group');
  return found;
};
const JOIN = { name: 'prod', endpoint: 'https://ABC.gr7.us-east-1.eks.amazonaws.com', certificateAuthority: 'Q0VSVA==', serviceCidr: '10.100.0.0/16' };

describe('self-managed node groups', () => {
  it('come down to a role with a profile, its way into the cluster, and a group that needs both', () => {
    const [role, entry, group] = compile([blue]).resources;
    assert.ok(role?.kind === 'role' && entry?.kind === 'access-entry' && group?.kind === 'self-managed-group');
    const roleArn = `arn:aws:iam::${ACCOUNT_ID}:role/${role.name}`;
    assert.deepEqual([role.instanceProfile, role.trust.Statement[0]?.Principal], [true, { Service: ['ec2.amazonaws.com'] }]);
    assert.deepEqual([entry.principalArn, entry.type, entry.policies, entry.needs], [roleArn, 'EC2_LINUX', [], [`role/${role.name}`]]);
    assert.deepEqual([group.version, group.architecture, group.nodeRoleArn, group.instanceProfile, group.needs], ['1.33', 'x86_64', roleArn, role.name, [`role/${role.name}`, `access-entry/${roleArn}`]]);
    assert.deepEqual(group.tags, { Name: 'prod-blue', 'kubernetes.io/cluster/prod': 'owned' });
  });

  it('make no role where one is named, one entry where two share it, and none where a managed group has it too', () => {
    const nodeRoleArn = `arn:aws:iam::${ACCOUNT_ID}:role/eks-own-nodes`;
    const two = [{ ...blue, nodeRoleArn }, { ...blue, nodegroupName: 'green', nodeRoleArn }];
    assert.deepEqual(compile(two).resources.map(({ kind }) => kind), ['access-entry', 'self-managed-group', 'self-managed-group']);
    const managed = { nodegroupName: 'old', status: 'ACTIVE', nodeRole: nodeRoleArn, scalingConfig: { minSize: 1, maxSize: 1, desiredSize: 1 } };
    assert.deepEqual(compile(two, { nodegroups: [managed] }).resources.map(({ kind }) => kind), ['self-managed-group', 'self-managed-group']);
  });

  it('are found by Cluster Autoscaler where it is asked for, with what a node would have', () => {
    const wish: SelfManagedNodegroupWish = { ...blue, labels: { tier: 'web' }, taints: [{ key: 'spot', value: 'yes', effect: 'NO_SCHEDULE' }] };
    const { tags } = groupOf(wish, { wanted: { selfManagedNodegroups: [wish], autoscaling: { kind: 'cluster-autoscaler' } } });
    assert.deepEqual(Object.entries(tags).filter(([key]) => key.startsWith('k8s.io/')), [
      ['k8s.io/cluster-autoscaler/enabled', 'true'],
      ['k8s.io/cluster-autoscaler/prod', 'owned'],
      ['k8s.io/cluster-autoscaler/node-template/label/tier', 'web'],
      ['k8s.io/cluster-autoscaler/node-template/taint/spot', 'yes:NoSchedule'],
    ]);
  });

  it('keep their minor when something else of the cluster is changed, and have their size set only where the wish for it is another', () => {
    const made = compile([blue]).resources;
    const before = cluster('1.35', { wanted: { selfManagedNodegroups: [blue] }, made });
    const change = (wish: SelfManagedNodegroupWish) => steps(planned(planClusterChange({ before, after: { ...before, wanted: { selfManagedNodegroups: [wish] } }, facts: at133({ cluster: { version: '1.35' } }), now: NOW })));
    assert.deepEqual(change(blue), []);
    assert.deepEqual(change({ ...blue, labels: { tier: 'web' } }).map(({ kind, parameters }) => [kind, parameters]), [['update-self-managed-group', undefined]]);
    assert.deepEqual(change({ ...blue, scalingConfig: { ...blue.scalingConfig, desiredSize: 3 } }).map(({ parameters }) => parameters), [{ desiredSize: 3 }]);
  });

  it('are refused with the path where AWS would refuse them or nodes would not come up', () => {
    const pool = { minSize: 1, poolState: 'STOPPED' as const };
    assert.deepEqual(paths({ ...blue, instanceTypes: ['m7i.large', 'm7g.large', 'm7i.large'] }), ['selfManagedNodegroups.0.instanceTypes.1', 'selfManagedNodegroups.0.instanceTypes.2']);
    assert.deepEqual(paths({ ...blue, architecture: 'arm64' }), ['selfManagedNodegroups.0.instanceTypes.0']);
    assert.deepEqual(paths({ ...blue, scalingConfig: { minSize: 3, maxSize: 4, desiredSize: 2 } }), ['selfManagedNodegroups.0.scalingConfig.minSize']);
    assert.deepEqual(paths({ ...blue, labels: { 'kubernetes.io/x': 'y' } }), ['selfManagedNodegroups.0.labels']);
    assert.deepEqual(paths({ ...blue, spot: true, instanceTypes: ['m7i.large', 'm6i.large'], warmPool: pool }), ['selfManagedNodegroups.0.warmPool', 'selfManagedNodegroups.0.warmPool']);
    assert.deepEqual(paths({ ...blue, amiFamily: 'BOTTLEROCKET', warmPool: { ...pool, poolState: 'HIBERNATED', maxGroupPreparedCapacity: 1 } }), ['selfManagedNodegroups.0.warmPool.poolState', 'selfManagedNodegroups.0.warmPool.maxGroupPreparedCapacity']);
    assert.deepEqual(paths({ ...blue, nodeRoleArn: 'arn:aws:iam::222222222222:role/eks-node' }), ['selfManagedNodegroups.0.nodeRoleArn']);
    assert.deepEqual(paths({ ...blue, warmPool: pool }), []);
  });
});

describe('the template of a group', () => {
  const facts = { imageId: 'ami-1', instanceProfile: 'nodes', clusterSecurityGroup: 'sg-1', userData: 'eA==' };

  it('keeps pods away from the role of their node, and names the disk that grows', () => {
    const bottlerocket = launchTemplateData(groupOf({ ...blue, amiFamily: 'BOTTLEROCKET', diskSize: 80, securityGroups: ['sg-0000000a', 'sg-1'] }), facts);
    assert.deepEqual(bottlerocket['MetadataOptions'], { HttpTokens: 'required', HttpPutResponseHopLimit: 1 });
    assert.deepEqual(bottlerocket['SecurityGroupIds'], ['sg-1', 'sg-0000000a']);
    assert.deepEqual(bottlerocket['BlockDeviceMappings'], [{ DeviceName: '/dev/xvdb', Ebs: { VolumeSize: 80, VolumeType: 'gp3', Encrypted: true, DeleteOnTermination: true } }]);
  });

  it('says Spot where the group has one type, and the group says it where it has several', () => {
    const [one, several] = [groupOf({ ...blue, spot: true }), groupOf({ ...blue, spot: true, instanceTypes: ['m7i.large', 'm6i.large'] })];
    assert.deepEqual([launchTemplateData(one, facts)['InstanceMarketOptions'], launchTemplateData(several, facts)['InstanceMarketOptions']], [{ MarketType: 'spot' }, undefined]);
    assert.deepEqual(instancesFrom(one, 'lt-1', '3'), { LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '3' } });
    assert.deepEqual(instancesFrom(several, 'lt-1', '3'), {
      MixedInstancesPolicy: {
        LaunchTemplate: { LaunchTemplateSpecification: { LaunchTemplateId: 'lt-1', Version: '3' }, Overrides: [{ InstanceType: 'm7i.large' }, { InstanceType: 'm6i.large' }] },
        InstancesDistribution: { OnDemandPercentageAboveBaseCapacity: 0, SpotAllocationStrategy: 'price-capacity-optimized' },
      },
    });
  });

  it('asks for images whose names tell the minor that is wanted', () => {
    for (const amiFamily of ['AL2023', 'BOTTLEROCKET'] as const) {
      for (const architecture of ['x86_64', 'arm64'] as const) assert.equal(minorOfImage(imageNamePattern({ amiFamily, architecture, version: '1.35' }).replace('*', '20260101')), '1.35');
    }
  });

  const word = fc.stringMatching(/^[A-Za-z0-9]([A-Za-z0-9_.-]{0,12}[A-Za-z0-9])?$/);
  const taint = fc.record({ key: word, value: fc.option(word, { nil: undefined }), effect: fc.constantFrom('NO_SCHEDULE' as const, 'NO_EXECUTE' as const, 'PREFER_NO_SCHEDULE' as const) });
  const asked = fc.record({ labels: fc.dictionary(word, word, { maxKeys: 4 }), taints: fc.array(taint, { maxLength: 4 }) });
  const plain = (list: readonly { key: string; value?: string | undefined; effect: 'NO_SCHEDULE' | 'NO_EXECUTE' | 'PREFER_NO_SCHEDULE' }[]) => list.map(({ key, value, effect }) => ({ key, ...(value === undefined ? {} : { value }), effect }));

  it('tells nodeadm of Amazon Linux how to join, as YAML in a MIME document', () => {
    fc.assert(
      fc.property(asked, ({ labels, taints }) => {
        const text = userDataFor({ amiFamily: 'AL2023', labels, taints: plain(taints) }, JOIN);
        const [, part = ''] = text.split('Content-Type: application/node.eks.aws\n\n');
        const config = parse(part.split('\n--//--')[0] ?? '') as { kind: string; spec: { cluster: object; kubelet?: { flags?: string[]; config?: { registerWithTaints: { key: string; value?: string; effect: string }[] } } } };
        assert.equal(config.kind, 'NodeConfig');
        assert.deepEqual(config.spec.cluster, { name: JOIN.name, apiServerEndpoint: JOIN.endpoint, certificateAuthority: JOIN.certificateAuthority, cidr: JOIN.serviceCidr });
        const flag = config.spec.kubelet?.flags?.[0]?.replace('--node-labels=', '') ?? '';
        assert.deepEqual(Object.fromEntries(flag === '' ? [] : flag.split(',').map((pair) => pair.split('='))), { ...labels });
        assert.deepEqual((config.spec.kubelet?.config?.registerWithTaints ?? []).map(({ key, value }) => [key, value]), taints.map(({ key, value }) => [key, value]));
      }),
    );
  });

  it('tells Bottlerocket how to join, in settings, with cluster DNS where EKS has it', () => {
    const text = userDataFor({ amiFamily: 'BOTTLEROCKET', labels: { 'team/tier': 'web' }, taints: [{ key: 'gpu', value: 'yes', effect: 'NO_SCHEDULE' }, { key: 'gpu', effect: 'NO_EXECUTE' }] }, JOIN);
    assert.equal(
      text,
      [
        '[settings.kubernetes]',
        'api-server = "https://ABC.gr7.us-east-1.eks.amazonaws.com"',
        'cluster-certificate = "Q0VSVA=="',
        'cluster-name = "prod"',
        'cluster-dns-ip = "10.100.0.10"',
        '',
        '[settings.kubernetes.node-labels]',
        '"team/tier" = "web"',
        '',
        '[settings.kubernetes.node-taints]',
        '"gpu" = ["yes:NoSchedule", ":NoExecute"]',
        '',
      ].join('\n'),
    );
    assert.deepEqual(['172.20.0.0/16', 'fd30:1c53:5f8a::/108'].map(dnsAddressOf), ['172.20.0.10', 'fd30:1c53:5f8a::a']);
  });
});

describe('an upgrade of a cluster with a group of ours', () => {
  const made = compile([blue]).resources;
  const name = groupOf(blue).name;
  const world = (kubelets: readonly Minor[], version: Minor = '1.33', more: Partial<Cluster> = {}) => {
    const group = { groupName: name, desiredCapacity: kubelets.length, minSize: 0, maxSize: 4, launchTemplate: { id: 'lt-1', version: '1' }, kubelets, images: [{ version: '1', imageId: 'ami-1', minor: kubelets[0] ?? ('1.33' as const) }], subnetIds: [], unhealthyInstances: 0 };
    return { cluster: cluster(version, { made, ...more }), facts: at133({ cluster: { version }, nodegroups: [], addons: [], readiness: ready({ selfManagedGroups: { kind: 'seen', value: [group] } }) }) };
  };
  const nodeSteps = (plan: ReturnType<typeof planUpgrade>) => steps(planned(plan)).filter(({ subject }) => subject === name).map(({ kind, to, parameters, resource }) => [kind, to, parameters?.['launchTemplateVersion'], resource?.kind === 'self-managed-group' ? resource.version : undefined]);

  it('puts an image for the goal into the template, then replaces the instances, once for all minors', () => {
    const { cluster: of, facts } = world(['1.33', '1.33']);
    assert.deepEqual(nodeSteps(planUpgrade({ cluster: of, facts, to: '1.35', now: NOW })), [['update-self-managed-group', '1.35', undefined, '1.35'], ['refresh-instances', '1.35', undefined, undefined]]);
  });

  it('brings the template alone up where no instance runs', () => {
    const { cluster: of, facts } = world([]);
    assert.deepEqual(nodeSteps(planUpgrade({ cluster: of, facts, to: '1.34', now: NOW })), [['update-self-managed-group', '1.34', undefined, '1.34']]);
  });

  it('goes back the same way', () => {
    const { cluster: of, facts } = world(['1.34', '1.34'], '1.34', { upgraded: { from: '1.33', to: '1.34', at: '2026-08-31T12:00:00.000Z' } });
    assert.deepEqual(nodeSteps(planRollback({ cluster: of, facts, now: NOW })), [['update-self-managed-group', '1.33', undefined, '1.33'], ['refresh-instances', '1.33', undefined, undefined]]);
  });
});
