import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { openFrontDoor, type FrontDoor } from './front-door.ts';

let door: FrontDoor;
before(async () => {
  door = await openFrontDoor();
});
after(() => door.close());

const SHOP = { kind: 'alb', name: 'shop', namespace: 'web', ports: [{ port: 80, targetPort: 'http' }] };
const render = (change: object = {}) => door.ask('POST', '/v1/exposures/render', { body: { ...SHOP, ...change } });
const explain = (annotations: unknown) => door.ask('POST', '/v1/exposures/explain', { body: { annotations } });

const YAML = `apiVersion: v1
kind: Service
metadata:
  name: shop
  namespace: web
  labels:
    app.kubernetes.io/name: shop
spec:
  type: ClusterIP
  selector:
    app.kubernetes.io/name: shop
  ports:
    - name: tcp-80
      protocol: TCP
      port: 80
      targetPort: http
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: web
  labels:
    app.kubernetes.io/name: shop
  annotations:
    alb.ingress.kubernetes.io/listen-ports: '[{"HTTP":80}]'
    alb.ingress.kubernetes.io/manage-backend-security-group-rules: "true"
    alb.ingress.kubernetes.io/scheme: internal
    alb.ingress.kubernetes.io/security-groups: sg-01234567
    alb.ingress.kubernetes.io/target-type: ip
spec:
  ingressClassName: alb
  rules:
    - http:
        paths:
          - path: /
            pathType: Prefix
            backend:
              service:
                name: shop
                port:
                  number: 80
`;

describe('an exposure', () => {
  it('is answered as objects, as YAML, and with warnings, and nothing is written', async () => {
    const before = door.done.length;
    const answer = await render({ internal: true, securityGroups: ['sg-01234567'] });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(Object.keys(answer.body), ['manifests', 'yaml', 'warnings']);
    assert.equal(answer.body.yaml, YAML);
    assert.deepEqual(answer.body.warnings, []);
    assert.deepEqual(door.done.slice(before), []);
  });

  it('is the same as YAML 1.1, 1.2 and objects, whatever words it has', async () => {
    const words = ['on', 'no', 'yes', 'y', 'n', 'off', 'null', 'true', 'a1'];
    for (const word of words) {
      const { body } = await render({ kind: 'nlb', name: /^[a-z]/.test(word) ? word : 'shop', namespace: word, selector: { [word]: word, octal: '0777', number: '1e3', hex: '0x1f', date: '2026-09-01' }, tags: { time: '1:30' }, ports: [{ port: 80, targetPort: word }] });
      for (const version of ['1.1', '1.2'] as const) {
        const read = parseAllDocuments(body.yaml as string, { version }).map((document) => document.toJS() as unknown);
        assert.deepEqual(read, body.manifests, `${word} ${version}`);
      }
    }
  });

  it('that its kind cannot be is refused with every path and reason', async () => {
    const answer = await render({ proxyProtocol: true, healthCheck: { protocol: 'TCP' } });
    assert.deepEqual([answer.status, answer.body.code], [422, 'rules-broken']);
    assert.deepEqual(answer.body.errors.map((error: { path: string }) => error.path), ['healthCheck.protocol', 'proxyProtocol']);
    assert.match(answer.body.detail, /^healthCheck\.protocol: An ALB checks/);
  });

  it('that is not well-formed is refused with every path and reason', async () => {
    const answer = await render({ sourceRanges: ['10.0.0.1/8'], accessLogs: { bucket: 'a..b' } });
    assert.deepEqual([answer.status, answer.body.code], [400, 'invalid-request']);
    assert.deepEqual(answer.body.errors, [
      { path: 'accessLogs.bucket', message: 'A bucket name has no two dots in a row' },
      { path: 'sourceRanges.0', message: 'The address has bits beyond the prefix: write the first address of the block' },
    ]);
  });
});

describe('annotations', () => {
  it('are explained one by one', async () => {
    const answer = await explain({ 'service.beta.kubernetes.io/aws-load-balancer-internal': 'true', 'example.com/owner': 'ada' });
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual(answer.body.items.map(({ annotation, value, status, replacement }: Record<string, string>) => [annotation, value, status, replacement]), [
      ['example.com/owner', 'ada', 'unknown', undefined],
      ['service.beta.kubernetes.io/aws-load-balancer-internal', 'true', 'obsolete', 'service.beta.kubernetes.io/aws-load-balancer-scheme: "internal"'],
    ]);
  });

  it('may be none, a hundred at most, and 64 KiB together', async () => {
    const many = (count: number, value: string) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`example.com/a${index}`, value]));
    assert.deepEqual((await explain({})).body, { items: [] });
    assert.equal((await explain(many(100, 'x'))).status, 200);
    for (const annotations of [many(101, 'x'), many(2, 'x'.repeat(33_000)), { 'a b': 'x' }, { 'a/b/c': 'x' }, { a: 1 }, [], null]) assert.deepEqual([(await explain(annotations)).status, (await explain(annotations)).body.code], [400, 'invalid-request']);
  });
});
