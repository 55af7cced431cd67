import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AssociateSubnetCidrBlockCommand, CreateSubnetCommand, CreateVpcCommand, DescribeAvailabilityZonesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeAddonCommand, DescribeClusterCommand, EKSClient, ListPodIdentityAssociationsCommand } from '@aws-sdk/client-eks';
import { GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import type { Json } from '../../local/api-client.ts';
import { ACCOUNT, REGION, rehearse, type Rehearsal } from './rehearsal.ts';

describe('the network of a cluster', () => {
  let world: Rehearsal;
  let eks: EKSClient;
  let iam: IAMClient;
  let clusterId: string;
  let subnetIds: string[];

  before(async () => {
    world = await rehearse({ seed: 47 });
    const client = { endpoint: world.stage.awsUrl, region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'owner' } };
    [eks, iam] = [new EKSClient(client), new IAMClient(client)];
    subnetIds = await world.owner.subnetIds(3);
    const operation = await world.api.post('/v1/clusters', {
      name: 'shop',
      accountId: ACCOUNT,
      region: REGION,
      version: '1.35',
      roleArn: world.clusterRoleArn,
      resourcesVpcConfig: { subnetIds: subnetIds.slice(0, 2) },
      kubernetesNetworkConfig: { serviceIpv4Cidr: '10.200.0.0/16' },
      nodegroups: [world.nodegroup('blue')],
      network: { cni: { prefixDelegation: true, ownRole: true } },
    });
    clusterId = operation.clusterId;
    await ended(operation);
  });
  after(() => world.stage.close());

  const addon = async () => (await eks.send(new DescribeAddonCommand({ clusterName: 'shop', addonName: 'vpc-cni' }))).addon;
  const roles = async (): Promise<string[]> => ((await eks.send(new ListPodIdentityAssociationsCommand({ clusterName: 'shop' }))).associations ?? []).map(({ serviceAccount }) => serviceAccount ?? '');
  const ended = async (operation: Json): Promise<Json> => {
    const done = await world.ended(operation.id);
    assert.equal(done.state, 'Succeeded', JSON.stringify(done.errors));
    return done;
  };

  it('is made with the settings of the CNI, its role and its service network', async () => {
    assert.equal((await addon())?.configurationValues, '{"env":{"ENABLE_PREFIX_DELEGATION":"true"}}');
    assert.deepEqual(await roles(), ['aws-node']);
    assert.equal((await eks.send(new DescribeClusterCommand({ name: 'shop' }))).cluster?.kubernetesNetworkConfig?.serviceIpv4Cidr, '10.200.0.0/16');
    const { kubernetesNetworkConfig, parts } = await world.api.get(`/v1/clusters/${clusterId}`);
    assert.deepEqual(kubernetesNetworkConfig, { ipFamily: 'ipv4', serviceIpv4Cidr: '10.200.0.0/16' });
    assert.deepEqual(parts.map(({ part, state }: Json) => [part, state]), [['network', 'Active']]);
  });

  it('changes to other settings, and goes back to what the add-on has by itself, role and all', async () => {
    const zones = (await world.api.get(`/v1/clusters/${clusterId}/subnets`)).items;
    const customNetworking = { subnets: zones.map(({ zoneId, subnetId }: Json) => ({ zoneId, subnetId })) };
    await ended(await world.api.patch(`/v1/clusters/${clusterId}`, { network: { cni: { warmIpTarget: 4, minimumIpTarget: 12, ownRole: true, customNetworking } } }));
    const values = JSON.parse((await addon())?.configurationValues ?? '{}');
    assert.deepEqual([values.env.WARM_IP_TARGET, values.env.ENABLE_PREFIX_DELEGATION, Object.keys(values.eniConfig.subnets)], ['4', undefined, zones.map(({ zoneName }: Json) => zoneName)]);
    const done = await ended(await world.api.patch(`/v1/clusters/${clusterId}`, { network: null }));
    assert.deepEqual(done.steps.map(({ kind }: Json) => kind), ['update-addon-config', 'delete-role']);
    assert.equal((await addon())?.configurationValues, '{}');
    assert.deepEqual(await roles(), []);
    await assert.rejects(iam.send(new GetRoleCommand({ RoleName: done.steps[1].subject })), { name: /NoSuchEntity/ });
  });

  it('is refused with paths and both names of zones, before anything is begun', async () => {
    const refused = async (network: Json) => (await world.api.ask('PATCH', `/v1/clusters/${clusterId}`, { network })).body.errors;
    assert.deepEqual((await refused({ cni: { warmPrefixTarget: 1, warmIpTarget: 4 } })).map(({ path }: Json) => path), ['network.cni.warmPrefixTarget', 'network.cni.warmPrefixTarget']);
    const [one, two] = (await world.api.get(`/v1/clusters/${clusterId}/subnets`)).items;
    const [first] = await refused({ cni: { customNetworking: { subnets: [{ zoneId: one.zoneId, subnetId: two.subnetId }] } } });
    assert.equal(first.path, 'network.cni.customNetworking.subnets.0.zoneId');
    assert.ok(first.message.includes(`${two.zoneId} (${two.zoneName} here)`), first.message);
  });

  it('tells of its subnets whose they are and how long they last, and of zones both names', async () => {
    const { items, cni } = await world.api.get(`/v1/clusters/${clusterId}/subnets`);
    assert.deepEqual(cni, { read: true, prefixDelegation: false, warmPrefixTarget: 1, warmEniTarget: 1, customNetworking: false });
    for (const subnet of items) {
      assert.deepEqual([subnet.shared, subnet.usedBy, subnet.forecast.notCounted], [false, ['control-plane', 'nodegroup/blue'], []]);
      assert.ok(subnet.forecast.freeAtMaximumFull < subnet.freeAddresses);
    }
    const zones = (await world.api.get(`/v1/accounts/${ACCOUNT}/zones?region=${REGION}`)).items;
    for (const { zoneId, zoneName } of items) assert.deepEqual(zones.filter((zone: Json) => zone.zoneId === zoneId).map((zone: Json) => [zone.zoneName, zone.controlPlanes]), [[zoneName, true]]);
  });

  it('moves its control plane to other subnets of the same zones alone, and says what a private endpoint means', async () => {
    const strange = await world.api.ask('PATCH', `/v1/clusters/${clusterId}`, { resourcesVpcConfig: { subnetIds } });
    assert.deepEqual([strange.status, strange.body.errors?.[0].path], [422, 'resourcesVpcConfig.subnetIds']);
    const done = await ended(await world.api.patch(`/v1/clusters/${clusterId}`, { resourcesVpcConfig: { endpointPrivateAccess: true, endpointPublicAccess: false } }));
    assert.deepEqual(done.plan.findings.map(({ code }: Json) => code), ['endpoint-private-alone']);
  });

  it('may be of IPv6, in subnets that have a block of it, with the role that the CNI then takes', async () => {
    const ec2 = new EC2Client({ endpoint: world.stage.awsUrl, region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'owner' } });
    const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.66.0.0/16', AmazonProvidedIpv6CidrBlock: true }));
    const prefix = Vpc?.Ipv6CidrBlockAssociationSet?.[0]?.Ipv6CidrBlock?.replace(/00::\/56$/, '') ?? '';
    const { AvailabilityZones = [] } = await ec2.send(new DescribeAvailabilityZonesCommand({}));
    const subnet = async (index: number): Promise<string> => {
      const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: `10.66.${index}.0/24`, AvailabilityZone: AvailabilityZones[index]?.ZoneName }));
      return Subnet?.SubnetId ?? '';
    };
    const subnets = [await subnet(0), await subnet(1)];
    const asked = { name: 'six', accountId: ACCOUNT, region: REGION, version: '1.35', roleArn: world.clusterRoleArn, resourcesVpcConfig: { subnetIds: subnets }, kubernetesNetworkConfig: { ipFamily: 'ipv6' }, nodegroups: [], network: { cni: { prefixDelegation: true } } };

    const refused = await world.api.ask('POST', '/v1/clusters', asked);
    assert.deepEqual([refused.status, refused.body.errors[0].path], [422, 'kubernetesNetworkConfig.ipFamily']);
    for (const [index, id] of subnets.entries()) await ec2.send(new AssociateSubnetCidrBlockCommand({ SubnetId: id, Ipv6CidrBlock: `${prefix}0${index}::/64` }));
    await assert.rejects(ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.66.9.0/24', Ipv6CidrBlock: `${prefix}01::/64` })), { name: 'InvalidSubnet.Conflict' });
    const { clusterId: six } = await ended(await world.api.post('/v1/clusters', asked));

    assert.deepEqual((await world.api.get(`/v1/clusters/${six}`)).kubernetesNetworkConfig, { ipFamily: 'ipv6' });
    const { associations = [] } = await eks.send(new ListPodIdentityAssociationsCommand({ clusterName: 'six', serviceAccount: 'aws-node' }));
    assert.equal(associations.length, 1, 'AmazonEKS_CNI_Policy has no rights to give IPv6 addresses, so the CNI has a role of its own');
    await ended((await world.api.ask('DELETE', `/v1/clusters/${six}`)).body);
  });
});
