import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { handedOver, handedOverText } from '../../../domain/parts/handed-over.ts';
import { resourcesOn } from '../../../domain/parts/wanted-resources.ts';
import { Wanted } from '../../../domain/wanted.ts';
import { writeYaml } from '../../../handlers/write-yaml.ts';
import { cluster, SUBNETS } from '../worlds.ts';

const asked = cluster('1.36', { wanted: Wanted.parse({ autoscaling: { kind: 'karpenter' }, traffic: { controller: 'aws-load-balancer-controller' } }) });
const given = { ...asked, made: resourcesOn({ cluster: asked, addonCatalogue: {}, subnets: SUBNETS }) };
const documents = (query: Parameters<typeof handedOver>[1]) => parseAllDocuments(handedOverText(handedOver(given, query), query ?? {}, writeYaml)).map((document) => document.toJS() as Record<string, unknown> | null);

describe('what is handed over', () => {
  it('is listed with its version, its chart and what to run, definitions of custom resources first', () => {
    const { items } = handedOver(given);
    assert.deepEqual(items.map(({ name, version }) => [name, version]), [['karpenter', '1.14.1'], ['aws-load-balancer-controller', '3.5.0']]);
    assert.deepEqual(items[0]?.commands.map((command) => /(karpenter\/karpenter-crd|karpenter\/karpenter |kubectl apply)/.exec(command)?.[1]), ['karpenter/karpenter-crd', 'karpenter/karpenter ', 'kubectl apply']);
    assert.match(items[0]?.commands[1] ?? '', /handed-over\?name=karpenter&only=values" \| helm upgrade --install karpenter oci:\/\/public\.ecr\.aws\/karpenter\/karpenter --version 1\.14\.1 --namespace kube-system --values -$/);
  });

  it('is YAML that says above each document what it is, and that Slipway has applied none of it', () => {
    const text = handedOverText(handedOver(given), {}, writeYaml);
    assert.match(text, /^# What Slipway hands over: .*Slipway has applied none of it/);
    for (const told of ['1 of 2: karpenter 1.14.1, for autoscaling', 'Values of the chart karpenter', 'Manifest: EC2NodeClass', 'Manifest: NodePool', 'CloudFormation template', '2 of 2: aws-load-balancer-controller 3.5.0, for traffic']) assert.ok(text.includes(told), told);
    assert.deepEqual(documents({}).filter((document) => document !== null).map((document) => document['kind'] ?? Object.keys(document)[0]), ['replicas', 'EC2NodeClass', 'NodePool', 'AWSTemplateFormatVersion', 'clusterName']);
  });

  it('of one kind of one thing is a file that a tool takes', () => {
    assert.deepEqual(documents({ name: 'karpenter', only: 'manifests' }).map((document) => document?.['kind']), ['EC2NodeClass', 'NodePool']);
    assert.equal(documents({ name: 'aws-load-balancer-controller', only: 'values' })[0]?.['clusterName'], 'prod');
    assert.equal(handedOverText(handedOver(given, { name: 'nothing' }), { name: 'nothing', only: 'values' }, writeYaml), '');
  });

  it('is nothing where nothing was handed over', () => {
    assert.deepEqual(handedOver(cluster('1.36')).items, []);
    assert.match(handedOverText(handedOver(cluster('1.36')), {}, writeYaml), /Nothing is handed over/);
  });
});
