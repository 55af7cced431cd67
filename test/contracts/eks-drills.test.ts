import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CreateLaunchTemplateCommand, EC2Client, RegisterImageCommand } from '@aws-sdk/client-ec2';
import * as eks from '@aws-sdk/client-eks';
import { refusal, startAws } from './aws-stage.ts';
import { account, ACCOUNT, activeCluster, clusterNow, roleArn, upgraded, workloads } from './eks-fleet.ts';
import type { Fleet } from './eks-fleet.ts';

const HERE = { account: ACCOUNT, region: 'us-east-1', cluster: 'a' };
const WITHDRAWN = '/_sim/eks/withdrawn-addons';

/** The minors that an add-on's versions are listed for, by version; a default is marked with a star. */
async function listed(fleet: Fleet, addonName: string, region = 'us-east-1'): Promise<Record<string, string>> {
  const { addons = [] } = await new eks.EKSClient(fleet.as(ACCOUNT, region)).send(new eks.DescribeAddonVersionsCommand({ addonName }));
  const versions = addons.flatMap(({ addonVersions = [] }) => addonVersions);
  return Object.fromEntries(
    versions.map(({ addonVersion, compatibilities = [] }) => [addonVersion, compatibilities.map(({ clusterVersion, defaultVersion }) => `${clusterVersion}${defaultVersion === true ? '*' : ''}`).join(' ')]),
  );
}

describe('add-on versions that the simulated EKS is told to withdraw', () => {
  it('are listed and installed no more, in that region, and the newest that is left becomes the default', async (t) => {
    const fleet = await account(await startAws(t));
    const { client } = fleet;
    await activeCluster(fleet, 'a', { version: '1.34' });
    const before = await listed(fleet, 'coredns');
    assert.equal(before['v1.12.3-eksbuild.1'], '1.34* 1.33 1.32');
    const create = (addonVersion?: string) => client.send(new eks.CreateAddonCommand({ clusterName: 'a', addonName: 'coredns', ...(addonVersion === undefined ? {} : { addonVersion }) }));

    assert.equal((await fleet.send('POST', WITHDRAWN, { region: 'us-east-1', addonName: 'coredns', addonVersions: ['v1.12.3-eksbuild.1'], kubernetesVersions: ['1.34'] })).status, 201);
    const after = await listed(fleet, 'coredns');
    assert.deepEqual([after['v1.12.3-eksbuild.1'], after['v1.13.2-eksbuild.4']], ['1.33 1.32', '1.36 1.35 1.34*']);
    assert.deepEqual(await listed(fleet, 'coredns', 'eu-west-1'), before);
    assert.equal((await refusal(create('v1.12.3-eksbuild.1'))).message, 'Addon version specified is not supported');
    assert.equal((await create()).addon?.addonVersion, 'v1.13.2-eksbuild.4');
    await fleet.pass(600);
    assert.match((await refusal(client.send(new eks.UpdateAddonCommand({ clusterName: 'a', addonName: 'coredns', addonVersion: 'v1.12.3-eksbuild.1' })))).message, /not supported/);

    await fleet.send('POST', WITHDRAWN, { region: 'us-east-1', addonName: 'coredns' });
    assert.equal((await refusal(client.send(new eks.DescribeAddonVersionsCommand({ addonName: 'coredns' })))).name, 'ResourceNotFoundException');
    assert.equal((await refusal(client.send(new eks.UpdateAddonCommand({ clusterName: 'a', addonName: 'coredns', addonVersion: 'v1.13.2-eksbuild.4' })))).message, 'Addon coredns specified is not supported in 1.34 kubernetes version');
    // What is installed goes on as it is, but for want of nodes.
    const { addon } = await client.send(new eks.DescribeAddonCommand({ clusterName: 'a', addonName: 'coredns' }));
    assert.deepEqual([addon?.addonVersion, addon?.health?.issues?.map(({ code }) => code)], ['v1.13.2-eksbuild.4', ['InsufficientNumberOfReplicas']]);

    assert.deepEqual((await fleet.get(WITHDRAWN)).body, { withdrawn: [{ region: 'us-east-1', addonName: 'coredns' }] });
    await fleet.send('DELETE', WITHDRAWN, undefined);
    assert.deepEqual(await listed(fleet, 'coredns'), before);
  });

  it('must be there to be withdrawn', async (t) => {
    const stage = await startAws(t);
    for (const asked of [{ addonName: 'core-dns' }, { addonName: 'coredns', addonVersions: ['v9'] }, { addonName: 'coredns', kubernetesVersions: ['1.x'] }, { addonName: 'coredns', addonVersions: [] }, { addonName: 'coredns', account: ACCOUNT }]) {
      const { status, body } = await stage.send('POST', WITHDRAWN, { region: 'us-east-1', ...asked });
      assert.equal(status, 400, JSON.stringify(asked));
      assert.match(String(body['message']), /\.$/);
    }
    assert.deepEqual((await stage.get(WITHDRAWN)).body, { withdrawn: [] });
  });
});

describe('an upgrade that the simulated EKS forces', () => {
  const force = (fleet: Fleet) => fleet.send('POST', '/_sim/eks/forced-upgrade', HERE);

  it('moves a control plane past what its nodes allow, leaves them where they are, and closes the way back', async (t) => {
    const fleet = await account(await startAws(t));
    await activeCluster(fleet, 'a', { version: '1.32', nodes: 1 });
    for (const version of ['1.33', '1.34', '1.35']) await upgraded(fleet, 'a', version);
    assert.match((await refusal(fleet.client.send(new eks.UpdateClusterVersionCommand({ name: 'a', version: '1.36' })))).message, /must be updated/);
    const { status, body } = await force(fleet);
    assert.deepEqual([status, body['from'], body['to']], [201, '1.35', '1.36']);
    assert.equal((await fleet.client.send(new eks.DescribeUpdateCommand({ name: 'a', updateId: String(body['updateId']) }))).update?.type, 'VersionUpdate');
    assert.match(String((await force(fleet)).body['message']), /in progress$/);
    await fleet.pass(14 * 60);
    assert.deepEqual([(await clusterNow(fleet, 'a')).status, (await clusterNow(fleet, 'a')).version], ['ACTIVE', '1.36']);
    assert.equal((await fleet.client.send(new eks.DescribeNodegroupCommand({ clusterName: 'a', nodegroupName: 'blue' }))).nodegroup?.version, '1.32');
    assert.match((await refusal(fleet.client.send(new eks.UpdateClusterVersionCommand({ name: 'a', version: '1.35', force: true })))).message, /cannot be rolled back/);
    assert.deepEqual([(await force(fleet)).status, (await force(fleet)).body['message']], [400, 'EKS offers no version after 1.36 that it could move cluster a to.']);
  });

  it('leaves the way back open after the end of standard support', async (t) => {
    const fleet = await account(await startAws(t));
    await activeCluster(fleet, 'a', { version: '1.35', more: { upgradePolicy: { supportType: 'STANDARD' } } });
    await force(fleet);
    await fleet.pass(14 * 60);
    assert.equal((await fleet.client.send(new eks.UpdateClusterVersionCommand({ name: 'a', version: '1.35', force: true }))).update?.type, 'VersionRollback');
  });

  it('needs a cluster', async (t) => {
    assert.equal((await force(await account(await startAws(t)))).status, 404);
  });
});

describe('a node group with an image of its own', () => {
  it('has no version where EKS is told not to tell it, and others always have one', async (t) => {
    const fleet = await account(await startAws(t));
    await activeCluster(fleet, 'a', { nodes: 1 });
    const ec2 = new EC2Client(fleet.as(ACCOUNT));
    const { ImageId } = await ec2.send(new RegisterImageCommand({ Name: 'golden', Architecture: 'x86_64' }));
    await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: 'own', LaunchTemplateData: { ImageId: ImageId ?? '', InstanceType: 'm5.large' } }));
    await fleet.client.send(new eks.CreateNodegroupCommand({ clusterName: 'a', nodegroupName: 'own', nodeRole: roleArn('eks-nodes'), subnets: fleet.subnets, launchTemplate: { name: 'own' } }));
    await workloads(fleet, { nodegroups: { own: { tellsVersion: false }, blue: { tellsVersion: false } } });
    const told = async (nodegroupName: string) => (await fleet.client.send(new eks.DescribeNodegroupCommand({ clusterName: 'a', nodegroupName }))).nodegroup;
    assert.deepEqual([(await told('own'))?.version, (await told('own'))?.releaseVersion, (await told('blue'))?.version], [undefined, ImageId, '1.34']);
  });
});
