import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Disk } from '../../local/disk.ts';
import { activeCluster, ACCOUNT, CLUSTER_ROLE, clusterInput, eksPlace, nodegroupInput, REGION, SUBNETS } from './eks-place.ts';
import type { EksPlace } from './eks-place.ts';

const statusOf = (place: EksPlace, name: string): string => place.call('DescribeCluster', { name }).cluster.status;
const versionOf = (place: EksPlace, name: string): string => place.call('DescribeCluster', { name }).cluster.version;
const updateOf = (place: EksPlace, name: string, updateId: string) => place.call('DescribeUpdate', { name, updateId }).update;

describe('a cluster of the simulated EKS', () => {
  it('is CREATING for eight to twelve minutes and ACTIVE with an endpoint after them', async () => {
    const place = eksPlace();
    const { cluster } = place.call('CreateCluster', clusterInput('a'));
    assert.equal(cluster.status, 'CREATING');
    assert.equal(cluster.endpoint, undefined);
    await place.seconds(8 * 60 - 1);
    assert.equal(statusOf(place, 'a'), 'CREATING');
    await place.seconds(4 * 60 + 1);
    const active = place.call('DescribeCluster', { name: 'a' }).cluster;
    assert.equal(active.status, 'ACTIVE');
    assert.match(active.endpoint, /^https:\/\/[0-9A-F]{32}\.gr7\.us-east-1\.eks\.amazonaws\.com$/);
    assert.match(Buffer.from(active.certificateAuthority.data, 'base64').toString(), /^-----BEGIN CERTIFICATE-----\n/);
    assert.equal(active.identity.oidc.issuer, `https://oidc.eks.us-east-1.amazonaws.com/id/${active.endpoint.slice(8, 40)}`);
    assert.equal(active.upgradePolicy.supportType, 'EXTENDED');
  });

  it('answers all that it was made with', async () => {
    const place = eksPlace();
    const asked = {
      tags: { team: 'payments' },
      deletionProtection: true,
      upgradePolicy: { supportType: 'STANDARD' },
      zonalShiftConfig: { enabled: true },
      kubernetesNetworkConfig: { serviceIpv4Cidr: '172.20.0.0/16' },
      logging: { clusterLogging: [{ types: ['audit', 'api'], enabled: true }] },
      encryptionConfig: [{ resources: ['secrets'], provider: { keyArn: `arn:aws:kms:us-east-1:${ACCOUNT}:key/1` } }],
      resourcesVpcConfig: { subnetIds: SUBNETS, endpointPrivateAccess: true, publicAccessCidrs: ['10.0.0.0/8'] },
    };
    place.call('CreateCluster', clusterInput('a', asked));
    const { cluster } = place.call('DescribeCluster', { name: 'a' });
    assert.deepEqual(cluster.tags, asked.tags);
    assert.equal(cluster.deletionProtection, true);
    assert.equal(cluster.upgradePolicy.supportType, 'STANDARD');
    assert.equal(cluster.zonalShiftConfig.enabled, true);
    assert.equal(cluster.kubernetesNetworkConfig.serviceIpv4Cidr, '172.20.0.0/16');
    assert.deepEqual(cluster.logging.clusterLogging, [
      { types: ['api', 'audit'], enabled: true },
      { types: ['authenticator', 'controllerManager', 'scheduler'], enabled: false },
    ]);
    assert.deepEqual(cluster.encryptionConfig, asked.encryptionConfig);
    assert.equal(cluster.resourcesVpcConfig.endpointPrivateAccess, true);
    assert.deepEqual(cluster.resourcesVpcConfig.publicAccessCidrs, ['10.0.0.0/8']);
    assert.equal(cluster.resourcesVpcConfig.vpcId, 'vpc-1');
  });

  it('is made once for one token, and refused for the same token with another body', () => {
    const place = eksPlace();
    const input = clusterInput('a', { clientRequestToken: 'token-1' });
    const first = place.call('CreateCluster', input).cluster;
    const second = place.call('CreateCluster', input).cluster;
    assert.deepEqual(second, first);
    assert.throws(() => place.call('CreateCluster', { ...input, tags: { a: 'b' } }), { code: 'InvalidParameterException', status: 400 });
    assert.throws(() => place.call('CreateCluster', clusterInput('a', { clientRequestToken: 'token-2' })), {
      code: 'ResourceInUseException',
      status: 409,
      message: 'Cluster already exists with name: a',
    });
  });

  it('gets the default version of the day when none is named, and no version that is not offered', () => {
    const place = eksPlace({ now: Date.parse('2026-03-01T00:00:00Z') });
    const { version, ...unnamed } = clusterInput('a');
    assert.equal(version, '1.33');
    assert.equal(place.call('CreateCluster', unnamed).cluster.version, '1.34');
    for (const refused of ['1.36', '1.28', '1.99', 'latest'])
      assert.throws(() => place.call('CreateCluster', clusterInput('b', { version: refused })), { code: 'InvalidParameterException', message: 'unsupported Kubernetes version' });
  });

  it('is refused without a role that EKS may assume, with subnets of one zone, and in a zone that EKS does not serve', () => {
    const place = eksPlace();
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/nobody`;
    assert.throws(() => place.call('CreateCluster', clusterInput('a', { roleArn })), {
      code: 'InvalidParameterException',
      message: new RegExp(`^Role with arn: ${roleArn}, could not be assumed because it does not exist`),
    });
    assert.throws(() => place.call('CreateCluster', clusterInput('a', { resourcesVpcConfig: { subnetIds: ['subnet-0a'] } })), {
      code: 'InvalidParameterException',
      message: /at least two different AZs/,
    });
    assert.throws(() => place.call('CreateCluster', clusterInput('a', { resourcesVpcConfig: { subnetIds: ['subnet-0a', 'subnet-gone'] } })), {
      code: 'InvalidParameterException',
      message: /subnet-gone/,
    });
    assert.throws(() => place.call('CreateCluster', clusterInput('a', { resourcesVpcConfig: { subnetIds: ['subnet-0a', 'subnet-0d'] } })), {
      code: 'UnsupportedAvailabilityZoneException',
      members: { clusterName: 'a', validZones: ['us-east-1a'] },
    });
    place.addresses.free = 5;
    assert.throws(() => place.call('CreateCluster', clusterInput('a')), { code: 'InvalidParameterException', message: /Free IPs: 5/ });
    assert.deepEqual(place.call('ListClusters').clusters, []);
  });

  it('lives in its account and region only', () => {
    const place = eksPlace();
    place.call('CreateCluster', clusterInput('a'));
    assert.deepEqual(place.call('ListClusters', {}, { region: 'eu-west-1' }).clusters, []);
    assert.throws(() => place.call('DescribeCluster', { name: 'a' }, { accountId: '222222222222' }), {
      code: 'ResourceNotFoundException',
      status: 404,
      message: 'No cluster found for name: a.',
    });
  });

  it('is listed in pages that miss nothing and end', () => {
    const place = eksPlace();
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) place.call('CreateCluster', clusterInput(name));
    const seen: string[] = [];
    let nextToken: string | undefined;
    do {
      const answer = place.call('ListClusters', { maxResults: 2, ...(nextToken === undefined ? {} : { nextToken }) });
      seen.push(...answer.clusters);
      nextToken = answer.nextToken;
    } while (nextToken !== undefined);
    assert.deepEqual(seen, names);
    for (const bad of [{ maxResults: 0 }, { maxResults: 101 }, { nextToken: 'made-up' }])
      assert.throws(() => place.call('ListClusters', bad), { code: 'InvalidParameterException' });
  });

  it('ends FAILED when a failure is scripted for it', async () => {
    const place = eksPlace();
    place.failures.set('eks:CreateCluster', { code: 'AccessDenied' });
    place.call('CreateCluster', clusterInput('a'));
    await place.minutes(13);
    const { cluster } = place.call('DescribeCluster', { name: 'a' });
    assert.equal(cluster.status, 'FAILED');
    assert.equal(cluster.health.issues[0].code, 'AccessDenied');
  });
});

describe('a version update of the simulated EKS', () => {
  it('goes on saying ACTIVE and the old version for half a minute, and UPDATING for some seconds after it is Successful', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    const { update } = place.call('UpdateClusterVersion', { name: 'a', version: '1.34' });
    assert.equal(update.type, 'VersionUpdate');
    assert.deepEqual(update.params, [
      { type: 'Version', value: '1.34' },
      { type: 'PlatformVersion', value: 'eks.3' },
    ]);
    await place.seconds(24);
    assert.equal(statusOf(place, 'a'), 'ACTIVE');
    await place.seconds(12);
    assert.equal(statusOf(place, 'a'), 'UPDATING');
    assert.equal(versionOf(place, 'a'), '1.33');
    let seconds = 36;
    while (updateOf(place, 'a', update.id).status === 'InProgress') {
      await place.seconds(1);
      seconds += 1;
    }
    assert.ok(seconds >= 480 && seconds <= 721, `it took ${seconds} s`);
    assert.equal(versionOf(place, 'a'), '1.34');
    assert.equal(statusOf(place, 'a'), 'UPDATING');
    await place.seconds(19);
    assert.equal(statusOf(place, 'a'), 'ACTIVE');
  });

  it('is refused while another runs, although the cluster still says ACTIVE, and names the other', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    const { update } = place.call('UpdateClusterVersion', { name: 'a', version: '1.34', clientRequestToken: 't' });
    assert.equal(statusOf(place, 'a'), 'ACTIVE');
    assert.throws(() => place.call('UpdateClusterVersion', { name: 'a', version: '1.34' }), {
      code: 'ResourceInUseException',
      status: 409,
      message: `Cannot VersionUpdate because cluster a currently has update ${update.id} in progress`,
    });
    assert.throws(() => place.call('UpdateClusterConfig', { name: 'a', deletionProtection: true }), {
      message: `Cannot DeletionProtectionUpdate because cluster a currently has update ${update.id} in progress`,
    });
    assert.throws(() => place.call('DeleteCluster', { name: 'a' }), { code: 'ResourceInUseException' });
    assert.equal(place.call('UpdateClusterVersion', { name: 'a', version: '1.34', clientRequestToken: 't' }).update.id, update.id);
    assert.deepEqual(place.call('ListUpdates', { name: 'a' }).updateIds, [update.id]);
  });

  it('goes one minor up: not two, not two down, not to where it is, not to what is not offered', async () => {
    const place = eksPlace({ now: Date.parse('2026-03-01T00:00:00Z') });
    await activeCluster(place, 'a', { version: '1.35' });
    await activeCluster(place, 'b', { version: '1.33' });
    const refusals: [string, string, string][] = [
      ['b', '1.35', 'Unsupported Kubernetes minor version update from 1.33 to 1.35'],
      ['a', '1.33', 'Unsupported Kubernetes minor version update from 1.35 to 1.33'],
      ['b', '1.33', 'Unsupported Kubernetes minor version update from 1.33 to 1.33'],
      ['a', '1.36', 'unsupported Kubernetes version'],
      ['a', '1.37', 'unsupported Kubernetes version'],
    ];
    for (const [name, version, message] of refusals) assert.throws(() => place.call('UpdateClusterVersion', { name, version }), { code: 'InvalidParameterException', message });
  });

  it('is refused when its subnets have too few free addresses, and fails when the cluster role is gone', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    place.addresses.free = 2;
    assert.throws(() => place.call('UpdateClusterVersion', { name: 'a', version: '1.34' }), { code: 'InvalidRequestException', message: /Free IPs: 4 , need at least 5/ });
    place.addresses.free = 3;
    place.roles.delete('eks-cluster');
    const { update } = place.call('UpdateClusterVersion', { name: 'a', version: '1.34' });
    await place.minutes(13);
    assert.equal(updateOf(place, 'a', update.id).errors[0].errorCode, 'AccessDenied');
  });

  it('leaves the cluster at the old version when it fails, with the reason on the update', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    place.failures.set('eks:UpdateClusterVersion', { code: 'IpNotAvailable', message: 'No address is left.', resourceIds: ['subnet-0a'] });
    const { update } = place.call('UpdateClusterVersion', { name: 'a', version: '1.34' });
    await place.minutes(13);
    const failed = updateOf(place, 'a', update.id);
    assert.equal(failed.status, 'Failed');
    assert.deepEqual(failed.errors, [{ errorCode: 'IpNotAvailable', errorMessage: 'No address is left.', resourceIds: ['subnet-0a'] }]);
    assert.equal(versionOf(place, 'a'), '1.33');
    assert.equal(statusOf(place, 'a'), 'ACTIVE');
    place.call('UpdateClusterVersion', { name: 'a', version: '1.34' });
  });

  it('obeys insights in ERROR only where that is switched on and not forced', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a', { version: '1.34', nodes: 1 });
    place.call('CreateAddon', { clusterName: 'a', addonName: 'coredns', addonVersion: 'v1.12.1-eksbuild.2' });
    await place.minutes(3);
    place.call('StartInsightsRefresh', { clusterName: 'a' });
    await place.minutes(3);
    place.eks.enforceInsights(true);
    assert.throws(() => place.call('UpdateClusterVersion', { name: 'a', version: '1.35' }), {
      code: 'InvalidStateException',
      status: 400,
      message: /^Upgrade readiness issues detected\. Call the EKS ListInsights API/,
    });
    place.eks.enforceInsights(false);
    const { update } = place.call('UpdateClusterVersion', { name: 'a', version: '1.35', clientRequestToken: 'unforced' });
    assert.equal(update.status, 'InProgress');
    await place.minutes(14);
    place.eks.enforceInsights(true);
    place.call('UpdateClusterVersion', { name: 'a', version: '1.36', force: true });
  });

  it('goes on over a restart, from the disk alone', async () => {
    const disk = new Disk(':memory:');
    const before = eksPlace({ disk });
    await activeCluster(before, 'a', { nodes: 2 });
    const { update } = before.call('UpdateClusterVersion', { name: 'a', version: '1.34' });
    await before.minutes(3);
    before.clock.stop();
    const after = eksPlace({ disk, now: before.clock.now() });
    after.eks.resume();
    assert.ok(after.clock.nextForegroundAt() !== undefined, 'time has something to move to');
    await after.minutes(10);
    const kept = disk.collection<{ status: string }>('eks/updates').get(`${ACCOUNT}/${REGION}/a/${update.id}`);
    assert.equal(kept?.status, 'Successful');
  });

  it('makes time move at speed max', async () => {
    const place = eksPlace();
    place.call('CreateCluster', clusterInput('a'));
    place.clock.setSpeed('max');
    while (statusOf(place, 'a') === 'CREATING') await new Promise((resolve) => setImmediate(resolve));
    assert.equal(statusOf(place, 'a'), 'ACTIVE');
    place.clock.stop();
  });
});

describe('UpdateClusterConfig of the simulated EKS', () => {
  it('changes one kind of thing a call', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    const two = { name: 'a', deletionProtection: true, resourcesVpcConfig: { endpointPrivateAccess: true } };
    assert.throws(() => place.call('UpdateClusterConfig', two), { code: 'InvalidParameterException', message: 'Only one type of update can be allowed.' });
    const kinds: [object, string, (cluster: never) => unknown, unknown][] = [
      [{ deletionProtection: true }, 'DeletionProtectionUpdate', (cluster: { deletionProtection: boolean }) => cluster.deletionProtection, true],
      [
        { resourcesVpcConfig: { endpointPrivateAccess: true } },
        'EndpointAccessUpdate',
        (cluster: { resourcesVpcConfig: { endpointPrivateAccess: boolean } }) => cluster.resourcesVpcConfig.endpointPrivateAccess,
        true,
      ],
      [
        { resourcesVpcConfig: { subnetIds: ['subnet-0a', 'subnet-0c'] } },
        'VpcConfigUpdate',
        (cluster: { resourcesVpcConfig: { subnetIds: string[] } }) => cluster.resourcesVpcConfig.subnetIds,
        ['subnet-0a', 'subnet-0c'],
      ],
      [
        { logging: { clusterLogging: [{ types: ['api'], enabled: true }] } },
        'LoggingUpdate',
        (cluster: { logging: { clusterLogging: { types: string[] }[] } }) => cluster.logging.clusterLogging[0]?.types,
        ['api'],
      ],
      [{ zonalShiftConfig: { enabled: true } }, 'ZonalShiftConfigUpdate', (cluster: { zonalShiftConfig: object }) => cluster.zonalShiftConfig, { enabled: true }],
    ];
    for (const [change, type, read, expected] of kinds) {
      const { update } = place.call('UpdateClusterConfig', { name: 'a', ...change });
      assert.equal(update.type, type);
      await place.minutes(4);
      assert.equal(updateOf(place, 'a', update.id).status, 'Successful');
      assert.deepEqual(read(place.call('DescribeCluster', { name: 'a' }).cluster as never), expected);
    }
    assert.throws(() => place.call('UpdateClusterConfig', { name: 'a', resourcesVpcConfig: { endpointPrivateAccess: true } }), {
      message: /^Cluster is already at the desired configuration with endpointPrivateAccess: true/,
    });
    assert.throws(() => place.call('UpdateClusterConfig', { name: 'a', upgradePolicy: { supportType: 'STANDARD' } }), {
      code: 'InvalidRequestException',
      message: /standard support/,
    });
  });

  it('moves the authentication mode forward only', async () => {
    const place = eksPlace();
    place.call('CreateCluster', clusterInput('a', { accessConfig: undefined }));
    await place.minutes(13);
    assert.throws(() => place.call('ListAccessEntries', { clusterName: 'a' }), { code: 'InvalidRequestException', message: /must be set to one of \[API, API_AND_CONFIG_MAP\]/ });
    place.call('UpdateClusterConfig', { name: 'a', accessConfig: { authenticationMode: 'API_AND_CONFIG_MAP' } });
    await place.minutes(4);
    assert.deepEqual(place.call('ListAccessEntries', { clusterName: 'a' }).accessEntries, []);
    assert.throws(() => place.call('UpdateClusterConfig', { name: 'a', accessConfig: { authenticationMode: 'CONFIG_MAP' } }), {
      message: 'Unsupported authentication mode update from API_AND_CONFIG_MAP to CONFIG_MAP',
    });
  });

  it('refuses by name what is not simulated', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    const controlPlaneEgressMode = 'CUSTOMER_ROUTED';
    assert.throws(() => place.call('UpdateClusterConfig', { name: 'a', resourcesVpcConfig: { controlPlaneEgressMode } }), { status: 501, message: /egress/ });
    assert.throws(() => place.call('CreateCluster', clusterInput('b', { outpostConfig: {} })), { status: 501, message: /Outposts/ });
  });
});

describe('DeleteCluster of the simulated EKS', () => {
  it('is refused while node groups are there or protection is on, and ends in a 404', async () => {
    const place = eksPlace();
    place.call('CreateCluster', clusterInput('a', { deletionProtection: true }));
    await place.minutes(13);
    place.call('CreateNodegroup', nodegroupInput('a', 'blue'));
    await place.minutes(7);
    assert.throws(() => place.call('DeleteCluster', { name: 'a' }), {
      code: 'ResourceInUseException',
      message: 'Cluster has nodegroups attached',
      members: { clusterName: 'a', nodegroupName: 'blue' },
    });
    place.call('DeleteNodegroup', { clusterName: 'a', nodegroupName: 'blue' });
    await place.minutes(6);
    assert.throws(() => place.call('DeleteCluster', { name: 'a' }), { code: 'InvalidRequestException', message: /deletion protection is enabled/ });
    place.call('UpdateClusterConfig', { name: 'a', deletionProtection: false });
    await place.minutes(4);
    assert.equal(place.call('DeleteCluster', { name: 'a' }).cluster.status, 'DELETING');
    await place.minutes(6);
    assert.throws(() => place.call('DescribeCluster', { name: 'a' }), { code: 'ResourceNotFoundException', status: 404 });
    const again = place.call('CreateCluster', clusterInput('a')).cluster;
    assert.equal(again.status, 'CREATING');
    assert.deepEqual(place.call('ListUpdates', { name: 'a' }).updateIds, []);
  });
});

describe('throttles of the simulated EKS', () => {
  it('let a caller poll in reason and stop one that does not', async () => {
    const place = eksPlace();
    place.call('CreateCluster', clusterInput('a', { roleArn: CLUSTER_ROLE }));
    for (let call = 0; call < 200; call += 1) statusOf(place, 'a');
    assert.throws(() => statusOf(place, 'a'), { code: 'ThrottlingException', status: 429 });
    assert.deepEqual(place.call('ListClusters').clusters, ['a'], 'another operation has its own bucket');
    await place.seconds(1);
    for (let call = 0; call < 50; call += 1) statusOf(place, 'a');
    assert.throws(() => statusOf(place, 'a'), { code: 'ThrottlingException' });
  });
});
