import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { parse, parseAllDocuments } from 'yaml';
import type { Json } from '../../local/api-client.ts';
import { createDemoOwner } from '../../local/demo/demo-owner.ts';
import { fullRequest, showHandedOver } from '../../local/demo/every-part.ts';
import { ACCOUNT, REGION, rehearse, type Rehearsal } from './rehearsal.ts';

describe('the cluster of the README, with every part', () => {
  let world: Rehearsal;
  let clusterId: string;
  let had: readonly string[];
  const inventory = () => createDemoOwner(world.stage.awsUrl, ACCOUNT, REGION).inventory();
  const ended = async ({ id }: Json): Promise<Json> => {
    const done = await world.ended(id);
    assert.equal(done.state, 'Succeeded', JSON.stringify(done.errors));
    return done;
  };
  const states = async (): Promise<Record<string, string>> => Object.fromEntries((await world.api.get(`/v1/clusters/${clusterId}/parts`)).items.map(({ part, name, state }: Json) => [`${part} ${name}`, state]));

  const handedOverLines = async (): Promise<readonly string[]> => {
    const lines: string[] = [];
    await showHandedOver(world.api, clusterId, (line) => lines.push(line));
    return lines;
  };

  before(async () => {
    world = await rehearse({ seed: 47 });
  });
  after(() => world.stage.close());

  it('is made from its one request, and AWS has every part', async () => {
    const { subnetIds, hostedZoneId } = await createDemoOwner(world.stage.awsUrl, ACCOUNT, REGION).prepare();
    await world.api.patch(`/v1/accounts/${ACCOUNT}`, { dnsZones: [{ hostedZoneId, teams: ['shop'] }] });
    await world.api.post('/v1/profiles', { name: 'baseline', parts: { access: [{ principalArn: 'arn:aws:iam::{accountId}:role/auditors', role: 'viewer' }] } });
    had = await inventory();
    const request = fullRequest();
    const made = await world.api.post('/v1/clusters', { ...request, resourcesVpcConfig: { ...request.resourcesVpcConfig, subnetIds }, dns: { ...request.dns, hostedZoneIds: [hostedZoneId] } });
    clusterId = made.clusterId;
    await ended(made);
    const parts = await states();
    const handedOver = Object.keys(parts).filter((part) => parts[part] === 'HandedOver');
    assert.deepEqual(handedOver.sort(), ['autoscaling autoscaling', 'traffic traffic']);
    assert.deepEqual(Object.values(parts).filter((state) => state !== 'Active' && state !== 'HandedOver'), []);
    for (const part of ['pod-identity shop/cart', 'fargate-profile batch', 'capability kro', 'capability ack', 'dns dns', 'tokens viewer', 'self-managed-nodegroup spare', 'network network']) assert.equal(parts[part], 'Active', part);
  });

  it('hands over what people apply, in words, as objects and as YAML that tools take', async () => {
    const told = await handedOverLines();
    assert.equal(told[0], `   Handed over (GET /v1/clusters/${clusterId}/handed-over), for people to apply:`);
    assert.deepEqual(told.slice(1).map((line) => line.replace(/\d+\.\d+\.\d+/g, 'x')), [
      '     karpenter x: values of the chart karpenter x, 2 manifests, 1 document; 3 commands to run',
      '     aws-load-balancer-controller x: values of the chart aws-load-balancer-controller x; 2 commands to run',
    ]);
    const text = (await world.api.ask('GET', `/v1/clusters/${clusterId}/handed-over`, undefined, { accept: 'application/yaml' })).text;
    const documents = parseAllDocuments(text);
    assert.ok(Array.isArray(documents) && documents.every(({ errors }) => errors.length === 0));
    assert.match(text, /Slipway has applied none of it/);
    const values = parse((await world.api.ask('GET', `/v1/clusters/${clusterId}/handed-over?name=aws-load-balancer-controller&only=values`, undefined, { accept: 'application/yaml' })).text) as Json;
    assert.deepEqual([values.clusterName, values.region], ['shop', REGION]);
  });

  it('is upgraded with its parts, which stay as they are asked for', async () => {
    const before = await states();
    await ended(await world.api.post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.35' }));
    assert.deepEqual(await states(), before);
    assert.equal((await handedOverLines()).length, 3);
    assert.equal((await world.api.get(`/v1/clusters/${clusterId}`)).version, '1.35');
  });

  it('is removed, and leaves nothing behind', async () => {
    await ended(await world.api.delete(`/v1/clusters/${clusterId}`));
    assert.deepEqual(await inventory(), had);
  });
});
