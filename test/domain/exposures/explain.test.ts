import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { KNOWN_ANNOTATIONS } from '../../../domain/exposures/catalogue.ts';
import { explainAnnotations, type ExplainedAnnotation } from '../../../domain/exposures/explain-annotations.ts';
import { CERTIFICATE } from './asks.ts';

const SERVICES = 'service.beta.kubernetes.io/aws-load-balancer-';
const INGRESSES = 'alb.ingress.kubernetes.io/';

/** The annotations of a Service, by what stands behind the prefix; other names as they are. */
function full(short: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(short).map(([name, value]) => [name.includes('/') ? name : `${SERVICES}${name}`, value]));
}

function explained(name: string, short: Readonly<Record<string, string>>): ExplainedAnnotation {
  const item = explainAnnotations(full(short)).find(({ annotation }) => annotation === (name.includes('/') ? name : `${SERVICES}${name}`));
  assert.ok(item !== undefined, name);
  return item;
}

interface Row {
  readonly name: string;
  readonly sound: readonly string[];
  readonly unsound: readonly string[];
  /** What else the object says, for the value to mean something. */
  readonly beside?: Readonly<Record<string, string>>;
  /** What the first sound value comes to today; without it the annotation is current. */
  readonly today?: Readonly<Record<string, string>> | RegExp;
}

const TLS = { 'ssl-cert': CERTIFICATE };
const LOGS = { 'access-log-enabled': 'true', 'access-log-s3-bucket-name': 'logs' };

const IN_TREE: readonly Row[] = [
  { name: 'type', sound: ['nlb'], unsound: ['elb', 'NLB', ''], today: { type: 'external', 'nlb-target-type': 'instance' } },
  { name: 'internal', sound: ['true', 'false'], unsound: ['0.0.0.0/0', 'yes', ''], today: { scheme: 'internal' } },
  { name: 'proxy-protocol', sound: ['*'], unsound: ['true', '80', ''] },
  { name: 'access-log-emit-interval', sound: ['5', '60'], unsound: ['10', '5m'], beside: LOGS, today: /^Nothing: .* every 5 minutes/ },
  { name: 'access-log-enabled', sound: ['true', 'false'], unsound: ['yes'], beside: { 'access-log-s3-bucket-name': 'logs' }, today: { attributes: 'access_logs.s3.enabled=true' } },
  { name: 'access-log-s3-bucket-name', sound: ['shop-logs'], unsound: ['Shop', 'a', '10.0.0.1', 'xn--logs', 'logs-s3alias', 'a..b'], beside: { 'access-log-enabled': 'true' }, today: { attributes: 'access_logs.s3.bucket=shop-logs' } },
  { name: 'access-log-s3-bucket-prefix', sound: ['web/shop'], unsound: ['/web', 'web/', 'AWSLogs', 'a,b'], beside: LOGS, today: { attributes: 'access_logs.s3.prefix=web/shop' } },
  { name: 'connection-draining-enabled', sound: ['true', 'false'], unsound: ['on'], today: { 'target-group-attributes': 'deregistration_delay.timeout_seconds=300' } },
  { name: 'connection-draining-timeout', sound: ['60', '1', '3600'], unsound: ['0', '3601', '60s', '-1'], beside: { 'connection-draining-enabled': 'true' }, today: { 'target-group-attributes': 'deregistration_delay.timeout_seconds=60' } },
  { name: 'connection-idle-timeout', sound: ['60', '1', '4000'], unsound: ['0', '4001', 'x'], today: /tcp\.idle_timeout\.seconds=60 .*\n.*idle_timeout\.timeout_seconds=60 / },
  { name: 'cross-zone-load-balancing-enabled', sound: ['true', 'false'], unsound: ['yes'], today: { attributes: 'load_balancing.cross_zone.enabled=true' } },
  { name: 'extra-security-groups', sound: ['sg-01234567', 'sg-01234567,sg-0123456789abcdef0'], unsound: ['my-group', '', 'sg-1'], today: { 'security-groups': 'sg-01234567', 'manage-backend-security-group-rules': 'true' } },
  { name: 'ssl-cert', sound: [CERTIFICATE, 'arn:aws:iam::111122223333:server-certificate/shop'], unsound: ['shop', '', 'arn:aws:acm:eu-central-1:111122223333:key/x'] },
  { name: 'ssl-ports', sound: ['443', '443,8443', '443,https', '*'], unsound: ['0', '70000', 'HTTPS!', ''], beside: TLS },
  { name: 'ssl-negotiation-policy', sound: ['ELBSecurityPolicy-TLS-1-2-2017-01'], unsound: ['', 'a b'], beside: TLS },
  { name: 'backend-protocol', sound: ['tcp', 'ssl'], unsound: ['HTTP2', ''], beside: TLS },
  { name: 'additional-resource-tags', sound: ['team=shop,empty=,bare', 'a=b'], unsound: ['=x', 'aws:team=x', 'a=b,a=c', 'team=a;b', ''] },
  { name: 'healthcheck-healthy-threshold', sound: ['2', '10'], unsound: ['1', '11', 'two'] },
  { name: 'healthcheck-unhealthy-threshold', sound: ['2', '10'], unsound: ['1', '11', '2.5'] },
  { name: 'healthcheck-timeout', sound: ['2', '60'], unsound: ['1', '61', '5s'], beside: { 'healthcheck-interval': '300' } },
  { name: 'healthcheck-interval', sound: ['5', '300'], unsound: ['4', '301', ''], beside: { 'healthcheck-timeout': '2' } },
];

describe('each of the twenty-one annotations of the provider in Kubernetes', () => {
  it('is in the table, and in the issue\'s order', () => {
    const catalogue = (JSON.parse(readFileSync(join(import.meta.dirname, '../../../domain/exposures/annotations/in-tree.json'), 'utf8')) as { annotations: { name: string }[] }).annotations;
    assert.equal(IN_TREE.length, 21);
    assert.deepEqual(IN_TREE.map(({ name }) => name), catalogue.map(({ name }) => name));
  });

  for (const { name, sound, unsound, beside = {}, today } of IN_TREE) {
    it(`${name} says what it means, and takes ${sound.join(' and ')}`, () => {
      for (const value of sound) {
        const item = explained(name, { ...beside, [name]: value });
        assert.equal(item.problem, undefined, `${name}: ${value}`);
        assert.ok(item.meaning.length > 20 && (item.sources ?? []).length > 0);
      }
    });

    it(`${name} tells what is wrong with ${unsound.map((value) => `"${value}"`).join(' and ')}`, () => {
      for (const value of unsound) assert.match(explained(name, { ...beside, [name]: value }).problem ?? 'none', /\.$/, `${name}: ${value}`);
    });

    it(`${name} is ${today === undefined ? 'current' : 'obsolete, and told what says it today'}`, () => {
      const item = explained(name, { ...beside, [name]: sound[0]! });
      assert.equal(item.status, today === undefined ? 'current' : 'obsolete');
      if (today === undefined) assert.equal(item.replacement, undefined);
      else if (today instanceof RegExp) assert.match(item.replacement ?? '', today);
      else {
        assert.deepEqual(item.replacedBy, full(today));
        for (const [annotation, value] of Object.entries(full(today))) assert.ok(item.replacement?.includes(`${annotation}: "${value}"`), item.replacement);
      }
    });
  }

  it('is translated only where its value can be', () => {
    for (const { name, unsound, beside = {}, today } of IN_TREE) {
      if (today === undefined || name === 'type') continue;
      for (const value of unsound) {
        const item = explained(name, { ...beside, [name]: value });
        assert.equal(item.replacedBy, undefined, `${name}: ${value}`);
        assert.equal(typeof item.replacement, 'string');
      }
    }
  });

  it('is not told to be written again with the value that is at fault: what to write is left open', () => {
    for (const { name, unsound, beside = {}, today } of IN_TREE) {
      if (today === undefined || name === 'type') continue;
      const offered = new Set(unsound.map((value) => explained(name, { ...beside, [name]: value }).replacement));
      assert.equal(offered.size, 1, `${name}: ${[...offered].join(' | ')}`);
      if (name !== 'access-log-emit-interval') assert.match([...offered][0] ?? '', /<.*>/, name);
    }
    assert.equal(explained('kubernetes.io/ingress.class', { 'kubernetes.io/ingress.class': 'No Class' }).replacement, 'spec.ingressClassName: <name of an IngressClass>');
  });
});

describe('values that change what an annotation is', () => {
  const cases: readonly (readonly [name: string, short: Readonly<Record<string, string>>, status: string, replacement?: RegExp])[] = [
    ['type', { type: 'external', 'nlb-target-type': 'ip' }, 'current'],
    ['type', { type: 'nlb-ip' }, 'obsolete', /nlb-target-type: "ip"[^]*on a new Service/],
    ['internal', { internal: 'false' }, 'obsolete', /scheme: "internet-facing"/],
    ['backend-protocol', { 'backend-protocol': 'https', ...TLS }, 'obsolete', /alb\.ingress\.kubernetes\.io\/backend-protocol: HTTPS/],
    ['connection-draining-enabled', { 'connection-draining-enabled': 'false' }, 'obsolete', /timeout_seconds=0/],
    ['connection-draining-enabled', { 'connection-draining-enabled': 'true', 'connection-draining-timeout': '90' }, 'obsolete', /timeout_seconds=90/],
    ['connection-draining-timeout', { 'connection-draining-timeout': '90' }, 'obsolete', /timeout_seconds=90/],
    ['connection-draining-timeout', { 'connection-draining-enabled': 'false', 'connection-draining-timeout': '90' }, 'obsolete', /timeout_seconds=0/],
    ['connection-idle-timeout', { 'connection-idle-timeout': '30' }, 'obsolete', /tcp\.idle_timeout\.seconds=60 .*\n.*idle_timeout\.timeout_seconds=30 /],
    [`${INGRESSES}waf-acl-id`, { [`${INGRESSES}waf-acl-id`]: 'a-b' }, 'obsolete', /wafv2-acl-arn/],
    ['kubernetes.io/ingress.class', { 'kubernetes.io/ingress.class': 'alb' }, 'obsolete', /spec\.ingressClassName: alb/],
    ['external-dns.alpha.kubernetes.io/hostname', { 'external-dns.alpha.kubernetes.io/hostname': 'shop.example.com' }, 'current'],
  ];
  for (const [name, short, status, replacement] of cases) {
    it(`make ${name} ${status} beside ${JSON.stringify(short)}`, () => {
      const item = explained(name, short);
      assert.equal(item.status, status);
      if (replacement !== undefined) assert.match(item.replacement ?? '', replacement);
    });
  }
});

describe('annotations that get in each other\'s way', () => {
  const NLB = { type: 'external', 'nlb-target-type': 'ip' };
  const cases: readonly (readonly [at: string, short: Readonly<Record<string, string>>, why: RegExp])[] = [
    ['internal', { internal: 'true', scheme: 'internet-facing' }, /is internet-facing in spite of it/],
    ['internal', { internal: 'true', scheme: 'internal' }, /says the same and goes first/],
    ['connection-draining-enabled', { type: 'nlb', 'connection-draining-enabled': 'true' }, /only Classic/],
    ['connection-idle-timeout', { type: 'nlb', 'connection-idle-timeout': '60' }, /only Classic/],
    ['access-log-emit-interval', { type: 'nlb', 'access-log-emit-interval': '5', ...LOGS }, /only Classic/],
    ['extra-security-groups', { type: 'nlb', 'extra-security-groups': 'sg-01234567' }, /refuse the Service/],
    ['proxy-protocol', { type: 'nlb', 'proxy-protocol': '*' }, /Classic Load Balancers alone/],
    ['backend-protocol', { type: 'nlb', 'backend-protocol': 'http' }, /does not read HTTP/],
    ['scheme', { type: 'nlb', scheme: 'internal' }, /nobody reads it/],
    ['healthcheck-unhealthy-threshold', { type: 'nlb', 'healthcheck-healthy-threshold': '2', 'healthcheck-unhealthy-threshold': '3' }, /as healthcheck-healthy-threshold/],
    ['connection-idle-timeout', { ...NLB, 'connection-idle-timeout': '60' }, /does not know it/],
    ['extra-security-groups', { scheme: 'internal', 'extra-security-groups': 'sg-01234567' }, /does not know it/],
    ['type', { type: 'external' }, /spec\.loadBalancerClass is service\.k8s\.aws\/nlb/],
    ['ssl-ports', { 'ssl-ports': '443' }, /Without ssl-cert/],
    ['ssl-negotiation-policy', { 'ssl-negotiation-policy': 'ELBSecurityPolicy-2016-08' }, /Without ssl-cert/],
    ['backend-protocol', { 'backend-protocol': 'ssl' }, /Without ssl-cert/],
    ['ssl-ports', { ...NLB, ...TLS, 'ssl-ports': '*' }, /name of a port/],
    ['ssl-ports', { ...TLS, 'ssl-ports': '443, 8443' }, /does not trim/],
    ['ssl-cert', { 'ssl-cert': `${CERTIFICATE},${CERTIFICATE}` }, /takes one certificate/],
    ['access-log-s3-bucket-name', { 'access-log-s3-bucket-name': 'logs' }, /Without access-log-enabled/],
    ['access-log-s3-bucket-prefix', { 'access-log-s3-bucket-prefix': 'web', 'access-log-enabled': 'false' }, /Without access-log-enabled/],
    ['access-log-emit-interval', { 'access-log-emit-interval': '5' }, /Without access-log-enabled/],
    ['access-log-enabled', { 'access-log-enabled': 'true' }, /nowhere to write to/],
    ['attributes', { attributes: 'access_logs.s3.enabled=true' }, /needs access_logs\.s3\.bucket/],
    ['connection-draining-timeout', { 'connection-draining-timeout': '60' }, /Without connection-draining-enabled/],
    ['connection-draining-timeout', { 'connection-draining-timeout': '60', 'connection-draining-enabled': 'false' }, /Without connection-draining-enabled/],
    ['attributes', { ...NLB, attributes: 'load_balancing.cross_zone.enabled=true', 'cross-zone-load-balancing-enabled': 'false' }, /goes before load_balancing\.cross_zone\.enabled/],
    ['target-group-attributes', { ...NLB, 'proxy-protocol': '*', 'target-group-attributes': 'proxy_protocol_v2.enabled=false' }, /goes before/],
    ['proxy-protocol-per-target-group', { ...NLB, 'proxy-protocol': '*', 'proxy-protocol-per-target-group': '80' }, /for all ports/],
    ['service.beta.kubernetes.io/load-balancer-source-ranges', { ...NLB, 'security-groups': 'sg-01234567', 'service.beta.kubernetes.io/load-balancer-source-ranges': '10.0.0.0/8' }, /is ignored/],
    ['service.beta.kubernetes.io/load-balancer-source-ranges', { ...NLB, 'service.beta.kubernetes.io/load-balancer-source-ranges': '2001:db8::/32' }, /dualstack/],
    ['security-groups', { ...NLB, 'security-groups': 'sg-01234567', 'disable-nlb-sg': 'true' }, /without security groups/],
    ['eip-allocations', { ...NLB, scheme: 'internal', 'eip-allocations': 'eipalloc-01234567' }, /internet-facing/],
    ['private-ipv4-addresses', { ...NLB, scheme: 'internet-facing', 'private-ipv4-addresses': '10.0.0.9' }, /internal NLB/],
    ['ipv6-addresses', { ...NLB, 'ipv6-addresses': '2001:db8::1' }, /dualstack/],
    ['source-nat-ipv6-prefixes', { ...NLB, 'source-nat-ipv6-prefixes': 'auto_assigned' }, /refused/],
    ['target-node-labels', { ...NLB, 'target-node-labels': 'a=b' }, /not nodes/],
    ['healthcheck-path', { ...NLB, 'healthcheck-path': '/' }, /no path/],
    ['healthcheck-success-codes', { ...NLB, 'healthcheck-protocol': 'TCP', 'healthcheck-success-codes': '200' }, /no codes/],
    ['target-group-attributes', { 'connection-idle-timeout': '60', 'target-group-attributes': 'proxy_protocol_v2.enabled=true' }, /Beside connection-idle-timeout, .*refuses the Service/],
    ['eip-allocations', { ...{ 'connection-draining-enabled': 'true' }, 'eip-allocations': 'eipalloc-01234567' }, /Beside connection-draining-enabled, .*it does nothing/],
    ['target-group-attributes', { type: 'nlb', 'target-group-attributes': 'preserve_client_ip.enabled=false,deregistration_delay.timeout_seconds=60' }, /refuses the Service for deregistration_delay\.timeout_seconds\./],
    ['service.beta.kubernetes.io/load-balancer-source-ranges', { 'security-groups': 'sg-01234567', 'service.beta.kubernetes.io/load-balancer-source-ranges': '10.0.0.0/8' }, /It is ignored where security-groups are given/],
    ['proxy-protocol', { 'proxy-protocol': '*', 'backend-protocol': 'http' }, /TCP and SSL listeners alone; with backend-protocol: http it reads requests/],
    ['proxy-protocol', { 'proxy-protocol': '*', 'backend-protocol': 'https', ...TLS }, /TCP and SSL listeners alone; with backend-protocol: https/],
    ['backend-protocol', { 'proxy-protocol': '*', 'backend-protocol': 'https' }, /Without ssl-cert it counts as tcp/],
    ['ssl-negotiation-policy', { ...TLS, 'ssl-negotiation-policy': 'ELBSecurityPolicy-TLS13-1-2-2021-06' }, /knows only ELBSecurityPolicy-TLS-1-2-2017-01,/],
    ['healthcheck-timeout', { 'healthcheck-timeout': '10', 'healthcheck-interval': '10' }, /^The timeout \(10 s\) must be less than the interval \(10 s\)\.$/],
    ['healthcheck-timeout', { 'healthcheck-timeout': '10' }, /^The timeout \(10 s\) must be less than the interval \(10 s unless said\)\.$/],
    ['healthcheck-interval', { 'healthcheck-interval': '5' }, /^The timeout \(5 s unless said\) must be less than the interval \(5 s\)\.$/],
    ['healthcheck-interval', { type: 'nlb', 'healthcheck-interval': '9' }, /^The timeout \(10 s unless said\) must be at most the interval \(9 s\)\.$/],
    ['healthcheck-timeout', { ...NLB, 'healthcheck-timeout': '11', 'healthcheck-interval': '10' }, /at most/],
    ['healthcheck-timeout', { type: 'nlb', 'healthcheck-timeout': '61', 'healthcheck-interval': '300' }, /at most 60 s/],
    [`${INGRESSES}inbound-cidrs`, { [`${INGRESSES}inbound-cidrs`]: '10.0.0.0/8', [`${INGRESSES}security-groups`]: 'sg-01234567' }, /ignores it/],
    [`${INGRESSES}ssl-redirect`, { [`${INGRESSES}ssl-redirect`]: '443' }, /No HTTPS listener/],
    [`${INGRESSES}certificate-arn`, { [`${INGRESSES}certificate-arn`]: CERTIFICATE, [`${INGRESSES}listen-ports`]: '[{"HTTP":80}]' }, /No listener speaks HTTPS/],
    [`${INGRESSES}listen-ports`, { [`${INGRESSES}listen-ports`]: '[{"HTTP":80},{"HTTPS":80}]' }, /twice/],
    [`${INGRESSES}load-balancer-attributes`, { [`${INGRESSES}load-balancer-attributes`]: 'access_logs.s3.enabled=true' }, /bucket/],
    [`${INGRESSES}healthcheck-timeout-seconds`, { [`${INGRESSES}healthcheck-timeout-seconds`]: '15', [`${INGRESSES}healthcheck-interval-seconds`]: '15' }, /less than/],
    ['kubernetes.io/ingress.class', { 'kubernetes.io/ingress.class': 'nginx', [`${INGRESSES}scheme`]: 'internal' }, /class/],
  ];
  for (const [at, short, why] of cases) {
    it(`are told at ${at}: ${JSON.stringify(short).replace(CERTIFICATE, '...')}`, () => {
      assert.match(explained(at, short).problem ?? 'none', why);
    });
  }

  it('are told once, where the fault is, and nowhere else', () => {
    for (const [at, short] of cases) {
      const others = explainAnnotations(full(short)).filter(({ annotation, problem }) => problem !== undefined && annotation !== (at.includes('/') ? at : `${SERVICES}${at}`));
      assert.deepEqual(others.map(({ annotation, problem }) => `${annotation} ${problem}`), [], `${at} ${JSON.stringify(short)}`);
    }
  });
});

describe('the annotations of the controller and of ExternalDNS', () => {
  const sound: Readonly<Record<string, string>> = {
    'nlb-target-type': 'instance',
    'target-group-attributes.3306': 'proxy_protocol_v2.enabled=true',
    'listener-attributes.TCP-80': 'tcp.idle_timeout.seconds=400',
    'service.beta.kubernetes.io/actions.TCP-80': '{"type":"forward"}',
    [`${INGRESSES}actions.response-503`]: '{"type":"fixed-response"}',
    [`${INGRESSES}target-control-port.shop.80`]: '9000',
    [`${INGRESSES}listener-attributes.HTTPS-443`]: 'routing.http.response.access_control_allow_headers.header_value=a\\,b',
    'external-dns.kubernetes.io/hostname': 'a.example.com, *.b.example.com.',
    'external-dns.alpha.kubernetes.io/ttl': '10m',
  };
  it('are known, those with a name of their own too', () => {
    for (const item of explainAnnotations(full(sound))) assert.deepEqual([item.status, item.problem], ['current', undefined], item.annotation);
  });

  const unsound: readonly (readonly [string, string])[] = [
    ['scheme', 'public'],
    ['name', 'x'.repeat(33)],
    ['target-group-attributes', 'deregistration_delay.timeout_seconds=3601'],
    ['target-group-attributes', 'deregistration_delay.timeout_seconds'],
    ['attributes', 'access_logs.s3.bucket=UPPER'],
    ['listener-attributes.TCP-80', 'tcp.idle_timeout.seconds=30'],
    ['security-groups', 'sg-xyz'],
    ['healthcheck-port', '70000'],
    ['service.beta.kubernetes.io/load-balancer-source-ranges', '10.0.0.0'],
    [`${INGRESSES}listen-ports`, '[{"TCP":80}]'],
    [`${INGRESSES}listen-ports`, '80'],
    [`${INGRESSES}target-type`, 'pod'],
    [`${INGRESSES}success-codes`, 'ok'],
    [`${INGRESSES}load-balancer-attributes`, 'idle_timeout.timeout_seconds=4001'],
    ['external-dns.kubernetes.io/hostname', 'no name'],
    ['external-dns.alpha.kubernetes.io/ttl', '-1'],
  ];
  for (const [name, value] of unsound) {
    it(`tell what is wrong: ${name}: ${value.slice(0, 40)}`, () => {
      assert.match(explained(name, { [name]: value }).problem ?? 'none', /\.$/);
    });
  }

  it('are told from what nobody reads: misspelt ones with a problem, others\' without', () => {
    assert.match(explained('shceme', { shceme: 'internal' }).problem ?? '', /misspelt/);
    assert.deepEqual([explained('shceme', { shceme: 'internal' }).status, explained(`${INGRESSES}schema`, { [`${INGRESSES}schema`]: 'x' }).status], ['unknown', 'unknown']);
    for (const name of ['prometheus.io/scrape', 'constructor', 'toString']) assert.deepEqual([explainAnnotations({ [name]: 'true' })[0]?.status, explainAnnotations({ [name]: 'true' })[0]?.problem], ['unknown', undefined]);
  });

  it('each have a source, and stand in the catalogue once', () => {
    assert.deepEqual(KNOWN_ANNOTATIONS.filter(({ sources }) => sources.length === 0), []);
    const names = KNOWN_ANNOTATIONS.map(({ annotation }) => annotation);
    assert.equal(new Set(names).size, names.length);
  });
});

describe('whatever is given', () => {
  const name = fc.oneof(fc.constantFrom(...KNOWN_ANNOTATIONS.map(({ annotation }) => annotation.replace(/\{.*\}/, 'TCP-80'))), fc.stringMatching(/^[a-z]{1,10}(\/[a-z]{1,10})?$/));
  const value = fc.oneof(fc.string(), fc.constantFrom('true', 'false', 'nlb', 'external', '60', 'a=b', '[]', '{}', '\\', ',', '='));
  it('is told of once each, by name, and what is told in its place is current and sound (2000 objects, seed 20260906)', () => {
    fc.assert(
      fc.property(fc.dictionary(name, value, { maxKeys: 8 }), (annotations) => {
        const items = explainAnnotations(annotations);
        assert.deepEqual(items.map(({ annotation }) => annotation), Object.keys(annotations).sort());
        for (const { replacedBy, value: given, annotation, problem } of items) {
          assert.equal(given, annotations[annotation]);
          assert.ok(problem !== '');
          for (const item of explainAnnotations(replacedBy ?? {})) {
            assert.equal(item.status, 'current');
            // A part of what access logs need is all that one annotation can say.
            if (!item.value.startsWith('access_logs.')) assert.equal(item.problem, undefined, `${annotation}: ${given}`);
          }
        }
      }),
      { numRuns: 2000, seed: 20260906 },
    );
  });
});
