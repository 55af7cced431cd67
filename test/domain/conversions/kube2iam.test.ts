import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseAllDocuments, stringify } from 'yaml';
import { convertKube2iam, ConvertedKube2iamView, type ConvertedKube2iam } from '../../../domain/conversions/kube2iam.ts';
import type { Home } from '../../../domain/conversions/kube2iam-roles.ts';
import { PodIdentityWish } from '../../../domain/parts/pod-identity-wish.ts';
import { isRefusal } from '../../../domain/refusal.ts';
import { readYaml } from '../../../handlers/read-yaml.ts';
import { rewriteYaml } from '../../../handlers/rewrite-yaml.ts';

const ACCOUNT = '111122223333';
const HOME: Home = { accountId: ACCOUNT, region: 'eu-central-1', cluster: { clusterId: 'c-00000000000000000000abcdef', name: 'prod' } };
const ROLE = 'iam.amazonaws.com/role';
const arn = (name: string, account = ACCOUNT) => `arn:aws:iam::${account}:role/${name}`;

function convert(manifests: string, home: Home = HOME): ConvertedKube2iam {
  const answer = convertKube2iam({ manifests }, home, { read: (text) => readYaml(text, 200), rewrite: rewriteYaml });
  assert.ok(!isRefusal(answer), JSON.stringify(answer));
  return ConvertedKube2iamView.parse(answer);
}
function refusal(manifests: string): string {
  const answer = convertKube2iam({ manifests }, HOME, { read: (text) => readYaml(text, 200), rewrite: rewriteYaml });
  assert.ok(isRefusal(answer));
  return answer.detail;
}
const podSpec = (more: object = {}) => ({ containers: [{ name: 'app', image: 'shop:1' }], ...more });
const deployment = (name: string, role: string | undefined, more: { namespace?: string; spec?: object; annotations?: object; own?: object } = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: more.namespace ?? 'web', ...(more.own === undefined ? {} : { annotations: more.own }) },
  spec: { template: { metadata: { labels: { app: name }, annotations: { ...(role === undefined ? {} : { [ROLE]: role }), ...more.annotations } }, spec: podSpec(more.spec) } },
});
const yamlOf = (...objects: object[]) => objects.map((object) => stringify(object, { aliasDuplicateObjects: false })).join('---\n');
const because = ({ notConverted }: ConvertedKube2iam) => notConverted.map(({ subject, because: why }) => `${subject}: ${why}`);
const objectsOf = (text: string) => parseAllDocuments(text).map((document) => document.toJS() as never) as Record<string, never>[];

const SHOP = `# The shop.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  namespace: web
spec:
  replicas: 0o17 # as it was
  template:
    metadata:
      labels: { app: shop, on: "yes" }
      annotations:
        iam.amazonaws.com/role: shop-role
    spec:
      containers:
        - name: shop
          image: shop:1.10
          args: [--at, 1:30, yes]
`;

describe('manifests with kube2iam\'s annotations', () => {
  it('lose the annotation and gain a service account, and are otherwise as they were, comments and all', () => {
    const { yaml, podIdentities, notConverted } = convert(SHOP);
    const expected = SHOP.replace(/ {6}annotations:\n.*shop-role\n/, '').replace('          args: [--at, 1:30, yes]\n', '          args: [ --at, 1:30, yes ]\n      serviceAccountName: shop\n');
    assert.equal(yaml, `${expected.replace('labels: { app: shop, on: "yes" }', 'labels: { app: shop, on: "yes" }')}---\napiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: shop\n  namespace: web\n`);
    assert.deepEqual(podIdentities, [{ namespace: 'web', serviceAccount: 'shop', roleArn: arn('shop-role') }]);
    assert.deepEqual(notConverted, []);
  });

  it('are read in every kind that has pods, in Lists too, and what else there is is passed over', () => {
    const template = { metadata: { annotations: { [ROLE]: 'r' } }, spec: podSpec() };
    const kinds = ['DaemonSet', 'StatefulSet', 'ReplicaSet', 'Job'].map((kind) => ({ kind, metadata: { name: kind.toLowerCase(), namespace: 'web' }, spec: { template } }));
    const cron = { kind: 'CronJob', metadata: { name: 'cron', namespace: 'web' }, spec: { jobTemplate: { spec: { template } } } };
    const pod = { kind: 'Pod', metadata: { generateName: 'pod-', namespace: 'web', annotations: { [ROLE]: 'r' } }, spec: podSpec() };
    const { podIdentities, yaml } = convert(yamlOf({ kind: 'List', items: [...kinds, cron] }, pod, { kind: 'ConfigMap', metadata: { name: 'x' }, data: { a: 'b' } }));
    assert.deepEqual(podIdentities.map(({ serviceAccount }) => serviceAccount), ['daemonset', 'statefulset', 'replicaset', 'job', 'cron', 'pod']);
    assert.doesNotMatch(yaml, /iam\.amazonaws\.com/);
    assert.match(yaml, /kind: ConfigMap/);
  });

  it('keep their service account where all its pods have the role, and are left where it would give others more', () => {
    const spec = { serviceAccountName: 'shop-sa' };
    assert.deepEqual(convert(yamlOf(deployment('a', 'r', { spec }), deployment('b', 'r', { spec }))).podIdentities, [{ namespace: 'web', serviceAccount: 'shop-sa', roleArn: arn('r') }]);
    const shared = convert(yamlOf(deployment('a', 'r', { spec }), deployment('b', undefined, { spec })));
    assert.deepEqual(shared.podIdentities, []);
    assert.match(because(shared).join(), /^Deployment web\/a: Its pods run as the service account shop-sa together with those of Deployment web\/b, which have no role/);
    assert.match(shared.yaml, /iam\.amazonaws\.com\/role: r/);
    const two = convert(yamlOf(deployment('a', 'r', { spec }), deployment('b', 's', { spec })));
    assert.deepEqual(because(two).map((line) => /have another role/.test(line)), [true, true]);
    const named = convert(yamlOf(deployment('a', 'r'), deployment('b', undefined, { spec: { serviceAccount: 'a' } })));
    assert.deepEqual(named.podIdentities, []);
    const deprecated = convert(yamlOf(deployment('a', 'r', { spec: { serviceAccount: 'default' } })));
    assert.deepEqual((objectsOf(deprecated.yaml)[0] as never as { spec: { template: { spec: object } } }).spec.template.spec, podSpec({ serviceAccountName: 'a' }));
  });

  it('name roles by ARN, by name and by path; without an account only ARNs tell', () => {
    const roles = (text: string, home: Home) => convert(yamlOf(deployment('a', text)), home);
    assert.equal(roles(arn('x/y'), {}).podIdentities[0]?.roleArn, arn('x/y'));
    assert.equal(roles('/team/y', HOME).podIdentities[0]?.roleArn, arn('team/y'));
    assert.match(because(roles('z', {})).join(), /without its account: ask again with accountId/);
    for (const bad of ['a b', 'arn:aws:s3:::x', 'arn:aws:iam::1:role/x', '{{ .Values.role }}']) assert.match(because(roles(bad, HOME)).join(), /is not the (name|ARN) of a role/, bad);
  });

  it('come to a target role where the role is of another account', () => {
    const { podIdentities, roles } = convert(yamlOf(deployment('a', arn('shared', '444455556666'))));
    assert.deepEqual(podIdentities, [{ namespace: 'web', serviceAccount: 'a', targetRoleArn: arn('shared', '444455556666') }]);
    assert.deepEqual((roles[0]?.statements[0] as { Condition: { ArnEquals: object } }).Condition.ArnEquals, { 'aws:PrincipalArn': arn('slipway-of-prod-abcdef-web-a') });
    assert.match(convert(yamlOf(deployment('a', arn('shared', '444455556666'))), { accountId: ACCOUNT }).roles[0]!.needs.join(), /ask again with clusterId/);
  });

  it('come with the statement that each role needs beside the one for the nodes', () => {
    const { roles } = convert(yamlOf(deployment('a', 'r'), deployment('b', 'r')));
    assert.deepEqual(roles[0]?.usedBy, ['web/a', 'web/b']);
    assert.deepEqual(roles[0]?.statements[1], {
      Effect: 'Allow',
      Principal: { Service: ['pods.eks.amazonaws.com'] },
      Action: ['sts:AssumeRole', 'sts:TagSession'],
      Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT, 'aws:RequestTag/eks-cluster-arn': `arn:aws:eks:eu-central-1:${ACCOUNT}:cluster/prod`, 'aws:RequestTag/kubernetes-namespace': 'web', 'aws:RequestTag/kubernetes-service-account': 'b' } },
    });
    const [open] = convert(yamlOf(deployment('a', 'r')), { accountId: ACCOUNT }).roles;
    assert.doesNotMatch(JSON.stringify(open?.statements), /cluster-arn/);
    assert.match(open!.needs.join(), /any cluster of the account/);
  });

  it('say what does not go over, and why', () => {
    const namespace = { kind: 'Namespace', metadata: { name: 'web', annotations: { 'iam.amazonaws.com/allowed-roles': '["team-*"]' } } };
    assert.match(because(convert(yamlOf(namespace, deployment('a', 'r')))).join('\n'), /Deployment web\/a: The namespace does not allow the role.*\nNamespace web: What it allows/);
    assert.equal(convert(yamlOf(namespace, deployment('a', 'team-r'))).podIdentities.length, 1);
    assert.match(because(convert(yamlOf(deployment('a', 'r', { annotations: { 'iam.amazonaws.com/external-id': 'x' } })))).join(), /sends an external id of its own/);
    const session = convert(yamlOf(deployment('a', 'r', { annotations: { 'iam.amazonaws.com/session-name': 'x' } })));
    assert.match(because(session).join(), /has no counterpart/);
    assert.doesNotMatch(session.yaml, /amazonaws/);
    assert.match(because(convert(yamlOf(deployment('a', undefined, { own: { [ROLE]: 'r' } })))).join(), /stands on it and not on its pods/);
    assert.match(because(convert(yamlOf(deployment('kube2iam', undefined, { spec: { containers: [{ image: 'docker.io/jtblin/kube2iam:0.11' }] } })))).join(), /It goes last/);
    assert.match(because(convert(yamlOf(deployment('Shop_1', 'r')))).join(), /No service account can be named after it/);
  });

  it('ask for IRSA where the pods run on Windows', () => {
    const { podIdentities, roles } = convert(yamlOf(deployment('a', 'r', { spec: { nodeSelector: { 'kubernetes.io/os': 'windows' } } })));
    assert.deepEqual(podIdentities, [{ namespace: 'web', serviceAccount: 'a', roleArn: arn('r'), irsa: true }]);
    assert.match(roles[0]!.needs.join(), /OpenID Connect provider/);
  });

  it('that Kubernetes has never taken, for an annotation that is no text, are told so and not converted', () => {
    const written = (value: string) => SHOP.replace('iam.amazonaws.com/role: shop-role', `iam.amazonaws.com/role: ${value}`);
    for (const [value, what] of [['[a, b]', 'a list'], ['{ a: b }', 'an object'], ['', 'nothing'], ['~', 'nothing'], ['123', 'a number'], ['1e3', 'a number'], ['0x1f', 'a number'], ['true', 'true or false'], ['Yes', 'true or false'], ['!!binary aGVsbG8=', 'no text']] as const) {
      const { podIdentities, notConverted, yaml, order } = convert(written(value));
      assert.deepEqual([podIdentities, yaml], [[], written(value)], value);
      assert.deepEqual(notConverted, [{ subject: 'Deployment web/shop', because: `${ROLE} is ${what} there, and Kubernetes takes nothing but text in annotations: it has never taken this manifest. Write the text, in quotes.` }]);
      assert.match(order.join(), /Nothing is to be done.*Settle/);
    }
    for (const text of ['"123"', "'true'", '!!str 123', '123-a', 'yes-man']) assert.equal(convert(written(text)).podIdentities.length, 1, text);
    const beside = convert(`kind: Namespace\nmetadata: { name: web, annotations: { iam.amazonaws.com/allowed-roles: [a] } }\n---\n${SHOP.replace('shop-role', 'shop-role\n        iam.amazonaws.com/external-id: 12')}`);
    assert.deepEqual(beside.notConverted.map(({ subject, because: why }) => [subject, why.split(',')[0]]), [['Deployment web/shop', 'iam.amazonaws.com/external-id is a number there'], ['Namespace web', 'iam.amazonaws.com/allowed-roles is a list there']]);
  });

  it('keep the blanks within their brackets, or that there are none', () => {
    for (const list of ['[a, b]', '[ a, b ]']) assert.match(convert(SHOP.replace('{ app: shop, on: "yes" }', list === '[a, b]' ? '{app: shop}' : '{ app: shop }').replace('[--at, 1:30, yes]', list)).yaml, new RegExp(list.replace(/[[\]]/g, '\\$&')));
  });

  it('of twenty thousand keys are read as fast as any', () => {
    const wide = `kind: Pod\nspec: {${Array.from({ length: 20_000 }, (_, at) => `k${at}: 1`).join(',')}}\n`;
    const began = performance.now();
    assert.deepEqual(convert(wide).podIdentities, []);
    // The parser's own look at twins takes ten seconds here.
    assert.ok(performance.now() - began < 5_000);
    assert.match(refusal('kind: Pod\nspec: { a: 1, b: { c: 1, c: 2 } }'), /keys must be unique, and `c` is there twice in one map/);
  });

  it('are refused where they are hostile or no YAML', () => {
    assert.match(refusal('a: [b'), /Not well-formed/);
    assert.match(refusal(`a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]`), /It has aliases \(`\*name`\): write out what they stand for/);
    assert.match(refusal('kind: Pod\u0000'), /control characters/);
    assert.match(refusal('kind: Pod\n---\n'.repeat(201)), /More than 200 documents/);
    assert.match(refusal('['.repeat(5000)), /Nested deeper/);
    assert.match(refusal(yamlOf({ kind: 'List', items: Array.from({ length: 501 }, () => ({ kind: 'Pod' })) })), /more than 500 workloads/);
    for (const odd of ['null', '[]', 'text', '- kind: Pod', 'kind: {}', 'items: {}']) assert.match(refusal(odd), /no object of Kubernetes/, odd);
    for (const odd of ['kind: Pod\nmetadata: []\nspec: 1', 'kind: __proto__', 'kind: Deployment\nspec: {template: {metadata: {annotations: [iam.amazonaws.com/role]}}}']) assert.deepEqual(convert(odd).podIdentities, [], odd);
  });

  it('keep everything else, whatever is in them; each converted workload has the role of its service account and of no other', () => {
    const role = fc.constantFrom(undefined, 'r', 's', arn('r'), arn('t', '444455556666'), 'not a role');
    const account = fc.constantFrom(undefined, 'default', 'one', 'two');
    const scalar = fc.constantFrom('yes', '1e3', '0777', 'null', '1:30', ' a', '', '#', 'a: b', '*', '&x', 'é');
    const one = fc.record({ name: fc.constantFrom('a', 'b', 'c', 'true', '1'), role, account, scalar }).map(({ name, role: text, account: serviceAccountName, scalar: word }) => deployment(name, text, { spec: { ...(serviceAccountName === undefined ? {} : { serviceAccountName }), hostname: word }, annotations: word === 'é' ? {} : { other: word } }));
    fc.assert(
      fc.property(fc.array(one, { minLength: 1, maxLength: 6 }), (objects) => {
        const { yaml, podIdentities, notConverted } = convert(yamlOf(...objects));
        const identities = new Map(podIdentities.map((identity) => [identity.serviceAccount, identity.roleArn ?? identity.targetRoleArn]));
        assert.equal(identities.size, podIdentities.length);
        for (const identity of podIdentities) assert.ok(PodIdentityWish.safeParse(identity).success);
        const after = objectsOf(yaml) as never as ReturnType<typeof deployment>[];
        objects.forEach((before, at) => {
          const now = after[at]!;
          const asked = (before.spec.template.metadata.annotations as Record<string, string>)[ROLE];
          const still = (now.spec.template.metadata.annotations as Record<string, string> | undefined)?.[ROLE];
          const { serviceAccountName: _was, ...was } = before.spec.template.spec as { serviceAccountName?: string };
          const { serviceAccountName: is, ...kept } = now.spec.template.spec as { serviceAccountName?: string };
          assert.deepEqual(kept, was);
          assert.deepEqual(now.metadata, before.metadata);
          if (asked !== undefined && still === undefined) assert.equal(identities.get(is ?? ''), asked.startsWith('arn:') ? asked : arn(asked));
          // Who has no annotation has no role by an association either.
          if (asked === undefined) assert.equal(identities.get(is ?? 'default'), undefined);
          if (still !== undefined) assert.ok(notConverted.length > 0);
        });
      }),
      { numRuns: 150, seed: 7 },
    );
  });
});
