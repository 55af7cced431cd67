import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { activeCluster, ACCOUNT, clusterInput, eksPlace, nodegroupInput } from './eks-place.ts';
import type { EksPlace } from './eks-place.ts';

const addonOf = (place: EksPlace, addonName: string) => place.call('DescribeAddon', { clusterName: 'a', addonName }).addon;
const create = (place: EksPlace, addonName: string, more: object = {}) => place.call('CreateAddon', { clusterName: 'a', addonName, ...more }).addon;
const update = (place: EksPlace, addonName: string, more: object) => place.call('UpdateAddon', { clusterName: 'a', addonName, ...more }).update;
const updateOf = (place: EksPlace, addonName: string, updateId: string) => place.call('DescribeUpdate', { name: 'a', updateId, addonName }).update;

describe('an add-on of the simulated EKS', () => {
  it('is CREATING and then ACTIVE within two minutes, at the default version of its cluster', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a', { nodes: 1 });
    const addon = create(place, 'coredns', { tags: { a: 'b' } });
    assert.equal(addon.status, 'CREATING');
    assert.equal(addon.addonVersion, 'v1.12.1-eksbuild.2');
    assert.match(addon.addonArn, new RegExp(`^arn:aws:eks:us-east-1:${ACCOUNT}:addon/a/coredns/[0-9a-f-]{36}$`));
    await place.minutes(2);
    assert.equal(addonOf(place, 'coredns').status, 'ACTIVE');
    assert.deepEqual(addonOf(place, 'coredns').tags, { a: 'b' });
    assert.deepEqual(place.call('ListAddons', { clusterName: 'a' }).addons, ['coredns']);
  });

  it('is DEGRADED without a node when it needs one, recovers when nodes come, and falls ill again when they go', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    for (const name of ['coredns', 'metrics-server', 'vpc-cni', 'kube-proxy', 'eks-pod-identity-agent']) create(place, name);
    await place.minutes(3);
    const statuses = () => ['coredns', 'metrics-server', 'vpc-cni', 'kube-proxy', 'eks-pod-identity-agent'].map((name) => addonOf(place, name).status);
    assert.deepEqual(statuses(), ['DEGRADED', 'DEGRADED', 'ACTIVE', 'ACTIVE', 'ACTIVE']);
    assert.equal(addonOf(place, 'coredns').health.issues[0].code, 'InsufficientNumberOfReplicas');
    place.call('CreateNodegroup', nodegroupInput('a', 'blue'));
    await place.minutes(6);
    assert.deepEqual(statuses(), ['ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE', 'ACTIVE']);
    assert.deepEqual(addonOf(place, 'coredns').health.issues, []);
    place.call('DeleteNodegroup', { clusterName: 'a', nodegroupName: 'blue' });
    await place.minutes(6);
    assert.deepEqual(statuses(), ['DEGRADED', 'DEGRADED', 'ACTIVE', 'ACTIVE', 'ACTIVE']);
  });

  it('has only versions that are listed for its cluster, and only settings that its schema knows', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    const refusals: [string, object, RegExp][] = [
      ['coredns', { addonVersion: 'v1.14.2-eksbuild.3' }, /^Addon version specified is not supported$/],
      ['coredns', { addonVersion: 'v9.9.9-eksbuild.1' }, /^Addon version specified is not supported$/],
      ['no-such-addon', {}, /^Addon no-such-addon specified is not supported in 1\.33 kubernetes version$/],
      ['coredns', { configurationValues: '{"replicas":2}' }, /\$\.replicas: is not defined in the schema/],
      ['coredns', { configurationValues: '{"replicaCount":"two"}' }, /\$\.replicaCount: string found, integer expected/],
      ['coredns', { configurationValues: '{' }, /neither valid JSON nor valid YAML/],
      ['aws-ebs-csi-driver', { podIdentityAssociations: [{ serviceAccount: 's', roleArn: `arn:aws:iam::${ACCOUNT}:role/nobody` }] }, /nobody/],
    ];
    for (const [name, more, message] of refusals) assert.throws(() => create(place, name, more), { code: 'InvalidParameterException', message });
    create(place, 'coredns', { configurationValues: 'replicaCount: 3\n' });
    assert.throws(() => create(place, 'coredns'), { code: 'ResourceInUseException', message: 'Addon already exists.' });
    assert.throws(() => addonOf(place, 'vpc-cni'), { code: 'ResourceNotFoundException', message: 'No addon: vpc-cni found in cluster: a' });
  });

  it('is updated in up to two minutes, once for one token, and refuses a second update meanwhile', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a', { nodes: 1 });
    create(place, 'coredns');
    await place.minutes(2);
    const begun = update(place, 'coredns', { addonVersion: 'v1.12.3-eksbuild.1', resolveConflicts: 'PRESERVE', clientRequestToken: 't' });
    assert.equal(begun.type, 'AddonUpdate');
    assert.deepEqual(begun.params, [
      { type: 'AddonVersion', value: 'v1.12.3-eksbuild.1' },
      { type: 'ResolveConflicts', value: 'PRESERVE' },
    ]);
    assert.equal(addonOf(place, 'coredns').status, 'UPDATING');
    assert.throws(() => update(place, 'coredns', { addonVersion: 'v1.12.4-eksbuild.10' }), { code: 'ResourceInUseException', status: 409 });
    assert.throws(() => place.call('DeleteAddon', { clusterName: 'a', addonName: 'coredns' }), { code: 'InvalidRequestException' });
    await place.minutes(2);
    assert.equal(updateOf(place, 'coredns', begun.id).status, 'Successful');
    assert.equal(update(place, 'coredns', { addonVersion: 'v1.12.3-eksbuild.1', resolveConflicts: 'PRESERVE', clientRequestToken: 't' }).id, begun.id);
    assert.deepEqual([addonOf(place, 'coredns').status, addonOf(place, 'coredns').addonVersion], ['ACTIVE', 'v1.12.3-eksbuild.1']);
    assert.deepEqual(place.call('ListUpdates', { name: 'a', addonName: 'coredns' }).updateIds, [begun.id]);
    assert.deepEqual(place.call('ListUpdates', { name: 'a' }).updateIds, []);
  });

  it('moves the VPC CNI by one minor at a time', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    create(place, 'vpc-cni', { addonVersion: 'v1.19.5-eksbuild.1' });
    await place.minutes(2);
    assert.throws(() => update(place, 'vpc-cni', { addonVersion: 'v1.21.1-eksbuild.1' }), {
      code: 'InvalidParameterException',
      message: 'Updating VPC-CNI can only go up or down 1 minor version at a time',
    });
    update(place, 'vpc-cni', { addonVersion: 'v1.20.4-eksbuild.2' });
    await place.minutes(2);
    update(place, 'vpc-cni', { addonVersion: 'v1.21.1-eksbuild.1' });
    await place.minutes(2);
    assert.equal(addonOf(place, 'vpc-cni').addonVersion, 'v1.21.1-eksbuild.1');
  });

  it('keeps its old version when its update is scripted to fail, and can be updated again', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a', { nodes: 1 });
    create(place, 'coredns');
    await place.minutes(2);
    place.failures.set('eks:UpdateAddon', { code: 'ConfigurationConflict' });
    const { id } = update(place, 'coredns', { addonVersion: 'v1.12.3-eksbuild.1' });
    await place.minutes(2);
    assert.equal(updateOf(place, 'coredns', id).errors[0].errorCode, 'ConfigurationConflict');
    assert.deepEqual([addonOf(place, 'coredns').status, addonOf(place, 'coredns').addonVersion], ['UPDATE_FAILED', 'v1.12.1-eksbuild.2']);
    update(place, 'coredns', { addonVersion: 'v1.12.3-eksbuild.1' });
    await place.minutes(2);
    assert.equal(addonOf(place, 'coredns').status, 'ACTIVE');
  });

  it('whose update finds no node applies the version and fails for want of replicas', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    create(place, 'coredns');
    await place.minutes(3);
    const { id } = update(place, 'coredns', { addonVersion: 'v1.12.3-eksbuild.1' });
    await place.minutes(3);
    assert.equal(updateOf(place, 'coredns', id).errors[0].errorCode, 'InsufficientNumberOfReplicas');
    assert.deepEqual([addonOf(place, 'coredns').status, addonOf(place, 'coredns').addonVersion], ['DEGRADED', 'v1.12.3-eksbuild.1']);
  });

  it('is not moved by an upgrade of its cluster, and says so when it is no longer listed', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a', { version: '1.32', nodes: 1 });
    create(place, 'coredns');
    await place.minutes(2);
    assert.deepEqual(addonOf(place, 'coredns').health.issues, []);
    place.call('UpdateClusterVersion', { name: 'a', version: '1.33' });
    await place.minutes(14);
    const addon = addonOf(place, 'coredns');
    assert.equal(addon.addonVersion, 'v1.11.4-eksbuild.2');
    assert.match(addon.health.issues[0].message, /v1\.11\.4-eksbuild\.2 is not supported by Kubernetes version 1\.33/);
  });

  it('that replaces a self-managed one at another version conflicts with it unless it may overwrite', async () => {
    const place = eksPlace();
    place.call('CreateCluster', clusterInput('a', { bootstrapSelfManagedAddons: true }));
    await place.minutes(13);
    assert.deepEqual(place.call('ListAddons', { clusterName: 'a' }).addons, []);
    create(place, 'vpc-cni', { addonVersion: 'v1.20.4-eksbuild.2' });
    create(place, 'kube-proxy', { addonVersion: 'v1.33.8-eksbuild.2', resolveConflicts: 'OVERWRITE' });
    await place.minutes(2);
    assert.deepEqual([addonOf(place, 'vpc-cni').status, addonOf(place, 'vpc-cni').health.issues[0].code], ['CREATE_FAILED', 'ConfigurationConflict']);
    assert.equal(addonOf(place, 'kube-proxy').status, 'ACTIVE');
  });

  it('brings its pod identity associations with it, changes them, and takes them away', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a', { nodes: 1 });
    const roleArn = `arn:aws:iam::${ACCOUNT}:role/pods`;
    const addon = create(place, 'aws-ebs-csi-driver', { podIdentityAssociations: [{ serviceAccount: 'ebs-csi-controller-sa', roleArn }] });
    await place.minutes(2);
    const listed = () => place.call('ListPodIdentityAssociations', { clusterName: 'a' }).associations;
    assert.deepEqual(
      listed().map((association: { associationArn: string }) => association.associationArn),
      addon.podIdentityAssociations,
    );
    assert.equal(listed()[0].ownerArn, addon.addonArn);
    assert.throws(() => place.call('DeletePodIdentityAssociation', { clusterName: 'a', associationId: listed()[0].associationId }), { code: 'InvalidRequestException' });
    update(place, 'aws-ebs-csi-driver', { configurationValues: '{}' });
    await place.minutes(2);
    assert.equal(listed().length, 1, 'left out means no change');
    update(place, 'aws-ebs-csi-driver', { podIdentityAssociations: [] });
    await place.minutes(2);
    assert.deepEqual(listed(), []);
  });

  it('is gone soon after its deletion', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    create(place, 'vpc-cni');
    await place.minutes(2);
    assert.equal(place.call('DeleteAddon', { clusterName: 'a', addonName: 'vpc-cni', preserve: true }).addon.status, 'DELETING');
    await place.minutes(1);
    assert.deepEqual(place.call('ListAddons', { clusterName: 'a' }).addons, []);
  });
});

describe('DescribeAddonVersions of the simulated EKS', () => {
  it('lists for a minor the versions that CreateAddon takes, and no others', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    const listed = place.call('DescribeAddonVersions', { kubernetesVersion: '1.33' }).addons;
    for (const { addonName, addonVersions } of listed) {
      const defaults = addonVersions.filter((version: { compatibilities: { defaultVersion: boolean }[] }) => version.compatibilities[0]?.defaultVersion === true);
      assert.equal(defaults.length, 1, `${addonName} has one default`);
      for (const version of addonVersions)
        assert.deepEqual(
          version.compatibilities.map((compatibility: { clusterVersion: string }) => compatibility.clusterVersion),
          ['1.33'],
        );
      create(place, addonName, { addonVersion: addonVersions.at(-1).addonVersion });
    }
  });

  it('filters by publisher, owner and type, pages, and knows no add-on that is none', () => {
    const place = eksPlace();
    const names = (input: object): string[] => place.call('DescribeAddonVersions', input).addons.map((addon: { addonName: string }) => addon.addonName);
    assert.deepEqual(names({ owners: ['community'], types: ['networking'] }), ['external-dns']);
    assert.deepEqual(names({ publishers: ['nobody'] }), []);
    const first = place.call('DescribeAddonVersions', { maxResults: 5 });
    const rest = place.call('DescribeAddonVersions', { nextToken: first.nextToken });
    assert.deepEqual([...first.addons, ...rest.addons].length, names({}).length);
    assert.throws(() => place.call('DescribeAddonVersions', { addonName: 'nothing' }), { code: 'ResourceNotFoundException' });
  });

  it('tells nothing of a minor that is not released', () => {
    const place = eksPlace({ now: Date.parse('2026-02-01T00:00:00Z') });
    assert.deepEqual(place.call('DescribeAddonVersions', { kubernetesVersion: '1.36' }).addons, []);
    const compatible = place
      .call('DescribeAddonVersions', { addonName: 'coredns' })
      .addons[0].addonVersions.flatMap((version: { compatibilities: { clusterVersion: string }[] }) => version.compatibilities.map(({ clusterVersion }) => clusterVersion));
    assert.ok(!compatible.includes('1.36') && compatible.includes('1.35'));
  });

  it('gives the schema that configuration values are held to', () => {
    const place = eksPlace();
    const { configurationSchema } = place.call('DescribeAddonConfiguration', { addonName: 'coredns', addonVersion: 'v1.12.1-eksbuild.2' });
    const schema = JSON.parse(configurationSchema);
    assert.equal(schema.properties.replicaCount.type, 'integer');
    assert.equal(schema.additionalProperties, false);
  });
});
