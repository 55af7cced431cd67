import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import type { Json } from '../../local/api-client.ts';
import { clusterLines, exposureLines, handedOverLines } from '../../local/demo/cluster-lines.ts';
import { createDemoOwner, SHOP } from '../../local/demo/demo-owner.ts';
import { baseline, REPOSITORY, REPOSITORY_REMOVED, requestWith } from '../../local/demo/every-part.ts';
import { ACCOUNT, REGION, rehearse, type Rehearsal } from './rehearsal.ts';

describe('the cluster of the README, with every part', () => {
  let world: Rehearsal;
  let clusterId: string;
  let certificateArn: string;
  let had: readonly string[];
  let shown: readonly string[];
  const inventory = () => createDemoOwner(world.stage.awsUrl, ACCOUNT, REGION).inventory();
  const ended = async ({ id }: Json): Promise<Json> => {
    const done = await world.ended(id);
    assert.equal(done.state, 'Succeeded', JSON.stringify(done.errors));
    return done;
  };
  /** Without what an upgrade changes: versions, but not addresses. */
  const unversioned = (lines: readonly string[]) => lines.map((line) => line.replace(/\bv?\d+\.\d+(\.\d+(-eksbuild\.\d+)?)?(?=[ ,:;]|$)/g, 'x'));

  before(async () => {
    world = await rehearse({ seed: 47 });
  });
  after(() => world.stage.close());

  it('is made from its one request, and AWS has every part', async () => {
    const owner = createDemoOwner(world.stage.awsUrl, ACCOUNT, REGION);
    const prepared = await owner.prepare();
    certificateArn = prepared.certificateArn;
    await world.advance(1);
    assert.ok(await owner.proveCertificate(certificateArn, prepared.hostedZoneId));
    await world.api.patch(`/v1/accounts/${ACCOUNT}`, { dnsZones: [{ hostedZoneId: prepared.hostedZoneId, teams: ['shop'] }] });
    await world.api.post('/v1/profiles', baseline());
    had = await inventory();
    const made = await world.api.post('/v1/clusters', requestWith(prepared.subnetIds, prepared.hostedZoneId));
    clusterId = made.clusterId;
    await ended(made);
    await world.api.post('/v1/repositories', REPOSITORY);
    shown = await clusterLines(world.api, clusterId);
    const parts = shown.filter((line) => /^(Active|HandedOver) +[a-z]/.test(line)).map((line) => line.split(':')[0] ?? '');
    assert.deepEqual(parts.filter((part) => !part.startsWith('Active ')), ['HandedOver autoscaling', 'HandedOver traffic']);
    for (const part of ['pod-identity shop/cart', 'fargate-profile batch', 'capability kro', 'capability ack', 'capability argocd', 'dns', 'tokens viewer', 'self-managed-nodegroup spare', 'network']) assert.ok(parts.includes(`Active     ${part}`), part);
    assert.deepEqual(unversioned(shown.slice(parts.length)), [
      'shop is at x, Active, with profile baseline@1. Its public endpoint lets in 203.0.113.0/24.',
      `Add-ons: ${['coredns', 'eks-pod-identity-agent', 'external-dns', 'kube-proxy', 'vpc-cni'].map((name) => `${name} x ACTIVE`).join(', ')}.`,
      'Node group blue: x, ACTIVE, 2 nodes, labels {"pool":"steady"}, taints pool=steady:PREFER_NO_SCHEDULE, repair on.',
      'Access: auditors viewer (AsAsked), platform-admins admin (AsAsked), shop-team operator in shop (AsAsked); 8 entries beside, of nodes, tokens and capabilities.',
      'Images: shop/cart is Active, IMMUTABLE, scanned on push, with 0 images.',
    ]);
  });

  it('hands over what people apply, in words, as objects and as YAML that tools take', async () => {
    const told = await handedOverLines(world.api, clusterId);
    assert.equal(told[0], `Handed over (GET /v1/clusters/${clusterId}/handed-over), for people to apply:`);
    assert.deepEqual(unversioned(told.slice(1)), [
      '  karpenter x: values of the chart karpenter x, 2 manifests, 1 document; 3 commands to run',
      '  aws-load-balancer-controller x: values of the chart aws-load-balancer-controller x; 2 commands to run',
    ]);
    const text = (await world.api.ask('GET', `/v1/clusters/${clusterId}/handed-over`, undefined, { accept: 'application/yaml' })).text;
    const documents = parseAllDocuments(text);
    assert.ok(Array.isArray(documents) && documents.every(({ errors }) => errors.length === 0));
    assert.match(text, /Slipway has applied none of it/);
    const values = parse((await world.api.ask('GET', `/v1/clusters/${clusterId}/handed-over?name=aws-load-balancer-controller&only=values`, undefined, { accept: 'application/yaml' })).text) as Json;
    assert.deepEqual([values.clusterName, values.region], ['shop', REGION]);
    const exposed = await exposureLines(world.api, SHOP, certificateArn);
    assert.ok(exposed.includes('  Service shop/cart') && exposed.some((line) => line.endsWith(`aws-load-balancer-ssl-cert: ${certificateArn}`)), exposed.join('\n'));
  });

  it('is upgraded with its parts, which stay as they are asked for', async () => {
    await ended(await world.api.post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.35' }));
    const after = await clusterLines(world.api, clusterId);
    assert.deepEqual(unversioned(after), unversioned(shown));
    assert.equal((await handedOverLines(world.api, clusterId)).length, 3);
    assert.equal((await world.api.get(`/v1/clusters/${clusterId}`)).version, '1.35');
  });

  it('is removed, and leaves nothing behind', async () => {
    const made = (await inventory()).filter((thing) => !had.includes(thing));
    for (const kind of ['Auto Scaling group', 'cluster', 'instance', 'instance profile', 'launch template', 'repository', 'role', 'security group']) assert.ok(made.some((thing) => thing.startsWith(`${kind} `)), kind);
    await ended(await world.api.delete(`/v1/clusters/${clusterId}`));
    await world.api.delete(REPOSITORY_REMOVED);
    assert.deepEqual(await inventory(), had);
  });
});
