import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { DescribeAddonCommand, EKSClient, ListAccessEntriesCommand, ListCapabilitiesCommand, ListPodIdentityAssociationsCommand } from '@aws-sdk/client-eks';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { parseAllDocuments } from 'yaml';
import type { Json } from '../../local/api-client.ts';
import { ACCOUNT, REGION, rehearse, type Rehearsal } from './rehearsal.ts';

describe('controllers, names and capabilities of a cluster', () => {
  let world: Rehearsal;
  let eks: EKSClient;
  let iam: IAMClient;
  let clusterId: string;
  let zone: string;

  before(async () => {
    world = await rehearse({ seed: 43 });
    const client = { endpoint: world.stage.awsUrl, region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'owner' } };
    eks = new EKSClient(client);
    iam = new IAMClient(client);
    const made = await new Route53Client(client).send(new CreateHostedZoneCommand({ Name: 'shop.example.com', CallerReference: 'once' }));
    zone = (made.HostedZone?.Id ?? '').replace('/hostedzone/', '');
  });
  after(() => world.stage.close());

  const ended = async (operation: Json): Promise<Json> => {
    assert.ok(operation.id !== undefined, JSON.stringify(operation));
    const done = await world.ended(operation.id);
    assert.equal(done.state, 'Succeeded', JSON.stringify([done.errors, done.steps.filter(({ state }: Json) => state === 'Failed' || state === 'Waiting'), done.waitingFor]));
    return done;
  };
  const cluster = (): Promise<Json> => world.api.get(`/v1/clusters/${clusterId}`);
  const states = async (): Promise<string[]> => (await cluster()).parts.map(({ part, name, state }: Json) => `${part}${name === part ? '' : ` ${name}`}: ${state}`);
  const roles = async (): Promise<string[]> => ((await iam.send(new ListRolesCommand({ MaxItems: 200 }))).Roles ?? []).flatMap(({ RoleName = '' }) => (RoleName.startsWith('slipway-of-') ? [RoleName] : []));
  const capabilities = async (): Promise<string[]> => ((await eks.send(new ListCapabilitiesCommand({ clusterName: 'shop' }))).capabilities ?? []).map(({ type, status }) => `${type} ${status}`);
  const handedOver = async (): Promise<string[]> => (await world.api.ask('GET', `/v1/clusters/${clusterId}/handed-over`, undefined, { accept: 'application/json' })).body.items.map(({ what, version }: Json) => `${what} ${version}`);

  it('are made as far as AWS makes them, and the rest is handed over', async () => {
    const operation = await world.api.post('/v1/clusters', {
      name: 'shop',
      accountId: ACCOUNT,
      region: REGION,
      version: '1.34',
      roleArn: world.clusterRoleArn,
      resourcesVpcConfig: { subnetIds: await world.owner.subnetIds(3) },
      nodegroups: [world.nodegroup('blue')],
      traffic: { controller: 'aws-load-balancer-controller' },
      dns: { hostedZoneIds: [zone], policy: 'sync' },
      autoscaling: { kind: 'cluster-autoscaler' },
      capabilities: [{ type: 'ACK', services: [{ service: 's3', namePrefix: 'shop-' }] }, { type: 'KRO' }],
    });
    clusterId = operation.clusterId;
    await ended(operation);
    assert.deepEqual(await states(), ['autoscaling: HandedOver', 'traffic: HandedOver', 'dns: Active', 'capability ack: Active', 'capability kro: Active']);
    assert.deepEqual(await capabilities(), ['ACK ACTIVE', 'KRO ACTIVE']);
    const { addon } = await eks.send(new DescribeAddonCommand({ clusterName: 'shop', addonName: 'external-dns' }));
    assert.deepEqual(JSON.parse(addon?.configurationValues ?? '{}').extraArgs, [`--zone-id-filter=${zone}`]);
    assert.equal(addon?.podIdentityAssociations?.length, 1);
    assert.deepEqual((await roles()).length, 5);
  });

  it('hand over charts, values and commands as YAML, or as JSON to who asks for it', async () => {
    assert.deepEqual(await handedOver(), ['cluster-autoscaler 1.34.5', 'aws-load-balancer-controller 3.5.0']);
    const answer = await world.api.ask('GET', `/v1/clusters/${clusterId}/handed-over`);
    assert.equal(answer.headers.get('content-type'), 'application/yaml');
    const values = parseAllDocuments(answer.text).map((document) => document.toJS() as Json).filter((document) => document !== null);
    assert.deepEqual(values.map((value) => value.image.tag), ['v1.34.5', 'v3.5.0']);
  });

  it('are kept in step by an upgrade, which says which version is asked for', async () => {
    const done = await ended(await world.api.post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.35' }));
    const titles: string[] = done.steps.map(({ title }: Json) => title);
    assert.ok(titles.indexOf('Handing over anew what installs cluster-autoscaler 1.35.2') > titles.indexOf('Upgrading the control plane to 1.35'), titles.join('\n'));
    assert.deepEqual(await handedOver(), ['cluster-autoscaler 1.35.2', 'aws-load-balancer-controller 3.5.0']);
    assert.match((await cluster()).parts.find(({ part }: Json) => part === 'autoscaling').message, /Cluster-autoscaler 1\.35\.2 is for people to apply/);
  });

  it('change: another scaler takes the place of the one before, whose role goes', async () => {
    const done = await ended(await world.api.patch(`/v1/clusters/${clusterId}`, { autoscaling: { kind: 'karpenter' } }));
    const titles: string[] = done.steps.map(({ title }: Json) => title);
    assert.ok(titles.includes('Handing over what installs karpenter 1.14.1') && titles.includes('Taking back what installs cluster-autoscaler 1.35.2'), titles.join('\n'));
    assert.ok((await roles()).some((name) => name.includes('karpenter')) && !(await roles()).some((name) => name.endsWith('autoscaler')));
    assert.ok(done.plan.findings.some(({ code }: Json) => code === 'interruptions-unseen'));
  });

  it('are taken away when nothing asks for them, with what stays behind told', async () => {
    const done = await ended(await world.api.patch(`/v1/clusters/${clusterId}`, { traffic: null, dns: null, autoscaling: { kind: 'none' }, capabilities: null }));
    assert.deepEqual(done.plan.findings.filter(({ code }: Json) => code === 'capability-leaves-resources').map(({ subject }: Json) => subject), ['ack', 'kro']);
    assert.deepEqual([await capabilities(), await roles(), await states(), await handedOver()], [[], [], [], []]);
    // EKS had let the capabilities in by itself.
    assert.deepEqual(((await eks.send(new ListAccessEntriesCommand({ clusterName: 'shop' }))).accessEntries ?? []).filter((principal) => principal.includes('slipway-of-')), []);
    assert.deepEqual((await eks.send(new ListPodIdentityAssociationsCommand({ clusterName: 'shop' }))).associations, []);
    await assert.rejects(eks.send(new DescribeAddonCommand({ clusterName: 'shop', addonName: 'external-dns' })), { name: 'ResourceNotFoundException' });
  });
});
