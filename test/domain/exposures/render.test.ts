import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { IngressManifest, Manifest, ServiceManifest } from '../../../domain/exposures/manifests.ts';
import { renderExposure } from '../../../domain/exposures/render-exposure.ts';
import { RenderExposure } from '../../../domain/exposures/requests.ts';
import { isRefusal } from '../../../domain/refusal.ts';
import { ask, CERTIFICATE } from './asks.ts';

const SERVICES = 'service.beta.kubernetes.io/aws-load-balancer-';
const INGRESSES = 'alb.ingress.kubernetes.io/';
const KINDS = ['nlb', 'alb', 'classic'] as const;
type Kind = (typeof KINDS)[number];

function rendered(change: Readonly<Record<string, unknown>>) {
  const answer = renderExposure(ask(change));
  if (isRefusal(answer)) assert.fail(JSON.stringify(answer.errors));
  return answer;
}

/** The annotations of what stands before the pods, without the prefix of their kind. */
function annotationsOf(change: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const last = rendered(change).manifests.at(-1) as Manifest;
  return Object.fromEntries(Object.entries(last.metadata.annotations ?? {}).map(([name, value]) => [name.replace(SERVICES, '').replace(INGRESSES, ''), value]));
}

/** What a change adds to the annotations of the plainest exposure of a kind, or takes another value for. */
function added(kind: Kind, change: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const plain = annotationsOf({ kind });
  return Object.fromEntries(Object.entries(annotationsOf({ kind, ...change })).filter(([name, value]) => plain[name] !== value));
}

function refusedAt(change: Readonly<Record<string, unknown>>): readonly string[] {
  const answer = renderExposure(ask(change));
  return isRefusal(answer) ? (answer.errors ?? []).map(({ path }) => path) : [];
}

describe('the plainest exposure', () => {
  it('by an NLB is a Service of the controller\'s class, straight to the pods', () => {
    assert.deepEqual(rendered({ kind: 'nlb' }).manifests, [
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'shop', namespace: 'web', labels: { 'app.kubernetes.io/name': 'shop' }, annotations: { [`${SERVICES}nlb-target-type`]: 'ip', [`${SERVICES}scheme`]: 'internet-facing', [`${SERVICES}type`]: 'external' } },
        spec: { type: 'LoadBalancer', loadBalancerClass: 'service.k8s.aws/nlb', allocateLoadBalancerNodePorts: false, selector: { 'app.kubernetes.io/name': 'shop' }, ports: [{ name: 'tcp-443', protocol: 'TCP', port: 443, targetPort: 8443 }] },
      },
    ]);
  });

  it('by an ALB is a Service within the cluster and an Ingress of class alb that leads everything to its first port', () => {
    const [service, ingress] = rendered({ kind: 'alb' }).manifests as [ServiceManifest, IngressManifest];
    assert.deepEqual([service.spec.type, service.metadata.annotations, ingress.spec.ingressClassName], ['ClusterIP', undefined, 'alb']);
    assert.deepEqual(ingress.spec.rules, [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name: 'shop', port: { number: 443 } } } }] } }]);
    assert.deepEqual(annotationsOf({ kind: 'alb' }), { 'listen-ports': '[{"HTTP":80}]', scheme: 'internet-facing', 'target-type': 'ip' });
  });

  it('by a classic load balancer is a Service without any annotation', () => {
    const [service] = rendered({ kind: 'classic' }).manifests as [ServiceManifest];
    assert.deepEqual(service.metadata.annotations, undefined);
    assert.deepEqual(Object.keys(service.spec), ['type', 'selector', 'ports']);
  });
});

const NAMES = { 'external-dns.alpha.kubernetes.io/hostname': 'shop.example.com', 'external-dns.kubernetes.io/hostname': 'shop.example.com' };
const LOGS = { bucket: 'shop-logs', prefix: 'web' };
const CHECK = { intervalSeconds: 20, timeoutSeconds: 6, healthyThreshold: 2, unhealthyThreshold: 4 };
const ZWO = { ports: [{ port: 80, targetPort: 'http' }, { port: 443, targetPort: 'https' }] };

type Row = readonly [what: string, change: Readonly<Record<string, unknown>>, byKind: Readonly<Record<Kind, Readonly<Record<string, string>> | string>>];

/** What each wish comes to for each kind: annotations, or the path at which it is refused. */
const WISHES: readonly Row[] = [
  ['internal', { internal: true }, { nlb: { scheme: 'internal' }, alb: { scheme: 'internal' }, classic: { internal: 'true' } }],
  ['TLS', { tls: { certificateArn: CERTIFICATE } }, { nlb: { 'ssl-cert': CERTIFICATE }, alb: { 'certificate-arn': CERTIFICATE, 'listen-ports': '[{"HTTP":80},{"HTTPS":443}]', 'ssl-redirect': '443' }, classic: { 'ssl-cert': CERTIFICATE } }],
  ['TLS on some ports', { ...ZWO, tls: { certificateArn: CERTIFICATE, ports: [443] } }, { nlb: { 'ssl-cert': CERTIFICATE, 'ssl-ports': '443' }, alb: 'tls.ports', classic: { 'ssl-cert': CERTIFICATE, 'ssl-ports': '443' } }],
  [
    'a security policy',
    { tls: { certificateArn: CERTIFICATE, policy: 'ELBSecurityPolicy-TLS13-1-2-2021-06' } },
    {
      nlb: { 'ssl-cert': CERTIFICATE, 'ssl-negotiation-policy': 'ELBSecurityPolicy-TLS13-1-2-2021-06' },
      alb: { 'certificate-arn': CERTIFICATE, 'listen-ports': '[{"HTTP":80},{"HTTPS":443}]', 'ssl-policy': 'ELBSecurityPolicy-TLS13-1-2-2021-06', 'ssl-redirect': '443' },
      classic: 'tls.policy',
    },
  ],
  ['HTTP to the pods', { backendProtocol: 'http' }, { nlb: 'backendProtocol', alb: { 'backend-protocol': 'HTTP' }, classic: { 'backend-protocol': 'http' } }],
  ['TLS to the pods without TLS in front', { backendProtocol: 'ssl' }, { nlb: 'backendProtocol', alb: 'backendProtocol', classic: 'backendProtocol' }],
  ['a name', { hostname: 'shop.example.com' }, { nlb: NAMES, alb: NAMES, classic: NAMES }],
  [
    'access logs',
    { accessLogs: LOGS },
    {
      nlb: { attributes: 'access_logs.s3.enabled=true,access_logs.s3.bucket=shop-logs,access_logs.s3.prefix=web' },
      alb: { 'load-balancer-attributes': 'access_logs.s3.enabled=true,access_logs.s3.bucket=shop-logs,access_logs.s3.prefix=web' },
      classic: { 'access-log-enabled': 'true', 'access-log-s3-bucket-name': 'shop-logs', 'access-log-s3-bucket-prefix': 'web' },
    },
  ],
  ['access logs every five minutes', { accessLogs: { bucket: 'shop-logs', emitIntervalMinutes: 5 } }, { nlb: 'accessLogs.emitIntervalMinutes', alb: 'accessLogs.emitIntervalMinutes', classic: { 'access-log-enabled': 'true', 'access-log-emit-interval': '5', 'access-log-s3-bucket-name': 'shop-logs' } }],
  ['source ranges', { sourceRanges: ['10.0.0.0/8', '203.0.113.0/24'] }, { nlb: {}, alb: { 'inbound-cidrs': '10.0.0.0/8,203.0.113.0/24' }, classic: {} }],
  ['IPv6 source ranges', { sourceRanges: ['2001:db8::/32'] }, { nlb: 'sourceRanges.0', alb: 'sourceRanges.0', classic: 'sourceRanges.0' }],
  ['both address types', { ipAddressType: 'dualstack', sourceRanges: ['2001:db8::/32'] }, { nlb: { 'ip-address-type': 'dualstack' }, alb: { 'ip-address-type': 'dualstack', 'inbound-cidrs': '2001:db8::/32' }, classic: 'ipAddressType' }],
  [
    'a health check',
    { healthCheck: CHECK },
    {
      nlb: { 'healthcheck-interval': '20', 'healthcheck-timeout': '6', 'healthcheck-healthy-threshold': '2', 'healthcheck-unhealthy-threshold': '4' },
      alb: { 'healthcheck-interval-seconds': '20', 'healthcheck-timeout-seconds': '6', 'healthy-threshold-count': '2', 'unhealthy-threshold-count': '4' },
      classic: { 'healthcheck-interval': '20', 'healthcheck-timeout': '6', 'healthcheck-healthy-threshold': '2', 'healthcheck-unhealthy-threshold': '4' },
    },
  ],
  [
    'a health check by HTTP',
    { healthCheck: { protocol: 'HTTP', port: 9000, path: '/healthz', successCodes: '200-299' } },
    {
      nlb: { 'healthcheck-protocol': 'http', 'healthcheck-port': '9000', 'healthcheck-path': '/healthz', 'healthcheck-success-codes': '200-299' },
      alb: { 'healthcheck-protocol': 'HTTP', 'healthcheck-port': '9000', 'healthcheck-path': '/healthz', 'success-codes': '200-299' },
      classic: 'healthCheck.protocol',
    },
  ],
  ['a health check by TCP', { healthCheck: { protocol: 'TCP' } }, { nlb: { 'healthcheck-protocol': 'tcp' }, alb: 'healthCheck.protocol', classic: 'healthCheck.protocol' }],
  ['a path without a protocol', { healthCheck: { path: '/healthz' } }, { nlb: 'healthCheck.path', alb: { 'healthcheck-path': '/healthz' }, classic: 'healthCheck.path' }],
  ['a timeout as long as the interval', { healthCheck: { intervalSeconds: 20, timeoutSeconds: 20 } }, { nlb: { 'healthcheck-interval': '20', 'healthcheck-timeout': '20' }, alb: 'healthCheck.timeoutSeconds', classic: 'healthCheck.timeoutSeconds' }],
  ['an interval shorter than the timeout that nobody said', { healthCheck: { intervalSeconds: 5 } }, { nlb: 'healthCheck.intervalSeconds', alb: 'healthCheck.intervalSeconds', classic: 'healthCheck.intervalSeconds' }],
  ['a long timeout', { healthCheck: { intervalSeconds: 300, timeoutSeconds: 61 } }, { nlb: { 'healthcheck-interval': '300', 'healthcheck-timeout': '61' }, alb: { 'healthcheck-interval-seconds': '300', 'healthcheck-timeout-seconds': '61' }, classic: 'healthCheck.timeoutSeconds' }],
  ['tags', { tags: { team: 'shop', cost: '4 7' } }, { nlb: { 'additional-resource-tags': 'cost=4 7,team=shop' }, alb: { tags: 'cost=4 7,team=shop' }, classic: { 'additional-resource-tags': 'cost=4 7,team=shop' } }],
  ['a tag with a comma', { tags: { team: 'a,b' } }, { nlb: 'tags.team', alb: 'tags.team', classic: 'tags.team' }],
  ['a tag value with =', { tags: { team: 'a=b' } }, { nlb: { 'additional-resource-tags': 'team=a=b' }, alb: { tags: 'team=a=b' }, classic: 'tags.team' }],
  ['a tag key with =', { tags: { 'a=b': 'c' } }, { nlb: 'tags.a=b', alb: 'tags.a=b', classic: 'tags.a=b' }],
  ['a tag that ends in a blank', { tags: { team: 'shop ' } }, { nlb: 'tags.team', alb: 'tags.team', classic: 'tags.team' }],
  ['a tag of controllers', { tags: { 'kubernetes.io/cluster/prod': 'owned' } }, { nlb: 'tags.kubernetes.io/cluster/prod', alb: 'tags.kubernetes.io/cluster/prod', classic: 'tags.kubernetes.io/cluster/prod' }],
  [
    'security groups',
    { securityGroups: ['sg-01234567', 'sg-0123456789abcdef0'] },
    {
      nlb: { 'security-groups': 'sg-01234567,sg-0123456789abcdef0', 'manage-backend-security-group-rules': 'true' },
      alb: { 'security-groups': 'sg-01234567,sg-0123456789abcdef0', 'manage-backend-security-group-rules': 'true' },
      classic: { 'extra-security-groups': 'sg-01234567,sg-0123456789abcdef0' },
    },
  ],
  ['security groups and source ranges', { securityGroups: ['sg-01234567'], sourceRanges: ['10.0.0.0/8'] }, { nlb: 'sourceRanges', alb: 'sourceRanges', classic: { 'extra-security-groups': 'sg-01234567' } }],
  ['draining', { drainingSeconds: 90 }, { nlb: { 'target-group-attributes': 'deregistration_delay.timeout_seconds=90' }, alb: { 'target-group-attributes': 'deregistration_delay.timeout_seconds=90' }, classic: { 'connection-draining-enabled': 'true', 'connection-draining-timeout': '90' } }],
  ['no draining', { drainingSeconds: 0 }, { nlb: { 'target-group-attributes': 'deregistration_delay.timeout_seconds=0' }, alb: { 'target-group-attributes': 'deregistration_delay.timeout_seconds=0' }, classic: 'drainingSeconds' }],
  ['an idle timeout', { idleTimeoutSeconds: 120 }, { nlb: { 'listener-attributes.TCP-443': 'tcp.idle_timeout.seconds=120' }, alb: { 'load-balancer-attributes': 'idle_timeout.timeout_seconds=120' }, classic: { 'connection-idle-timeout': '120' } }],
  ['a short idle timeout', { idleTimeoutSeconds: 59 }, { nlb: 'idleTimeoutSeconds', alb: { 'load-balancer-attributes': 'idle_timeout.timeout_seconds=59' }, classic: { 'connection-idle-timeout': '59' } }],
  ['the shortest idle timeout of an NLB', { idleTimeoutSeconds: 60 }, { nlb: { 'listener-attributes.TCP-443': 'tcp.idle_timeout.seconds=60' }, alb: { 'load-balancer-attributes': 'idle_timeout.timeout_seconds=60' }, classic: { 'connection-idle-timeout': '60' } }],
  ['a long idle timeout', { idleTimeoutSeconds: 4001 }, { nlb: { 'listener-attributes.TCP-443': 'tcp.idle_timeout.seconds=4001' }, alb: 'idleTimeoutSeconds', classic: 'idleTimeoutSeconds' }],
  ['balancing over zones', { crossZone: true }, { nlb: { attributes: 'load_balancing.cross_zone.enabled=true' }, alb: { 'target-group-attributes': 'load_balancing.cross_zone.enabled=true' }, classic: { 'cross-zone-load-balancing-enabled': 'true' } }],
  ['the proxy protocol', { proxyProtocol: true }, { nlb: { 'target-group-attributes': 'proxy_protocol_v2.enabled=true' }, alb: 'proxyProtocol', classic: { 'proxy-protocol': '*' } }],
  ['the proxy protocol before HTTP', { proxyProtocol: true, backendProtocol: 'http' }, { nlb: 'backendProtocol', alb: 'proxyProtocol', classic: 'proxyProtocol' }],
  ['the proxy protocol before HTTPS', { proxyProtocol: true, backendProtocol: 'https', tls: { certificateArn: CERTIFICATE } }, { nlb: 'backendProtocol', alb: 'proxyProtocol', classic: 'proxyProtocol' }],
  [
    'the proxy protocol before TLS',
    { proxyProtocol: true, backendProtocol: 'ssl', tls: { certificateArn: CERTIFICATE } },
    {
      nlb: { 'backend-protocol': 'ssl', 'ssl-cert': CERTIFICATE, 'target-group-attributes': 'proxy_protocol_v2.enabled=true' },
      alb: 'proxyProtocol',
      classic: { 'backend-protocol': 'ssl', 'proxy-protocol': '*', 'ssl-cert': CERTIFICATE },
    },
  ],
  ['UDP', { ports: [{ port: 53, targetPort: 53, protocol: 'UDP' }] }, { nlb: {}, alb: 'ports.0.protocol', classic: 'ports.0.protocol' }],
  ['TCP and UDP on one port', { ports: [{ port: 53, targetPort: 53, protocol: 'TCP_UDP' }] }, { nlb: { 'enable-tcp-udp-listener': 'true' }, alb: 'ports.0.protocol', classic: 'ports.0.protocol' }],
  ['UDP over IPv6', { ipAddressType: 'dualstack', ports: [{ port: 53, targetPort: 53, protocol: 'UDP' }] }, { nlb: { 'ip-address-type': 'dualstack', 'enable-prefix-for-ipv6-source-nat': 'on' }, alb: 'ports.0.protocol', classic: 'ports.0.protocol' }],
  ['UDP with TLS', { ports: [{ port: 443, targetPort: 443 }, { port: 53, targetPort: 53, protocol: 'UDP' }], tls: { certificateArn: CERTIFICATE } }, { nlb: 'ports.1.protocol', alb: 'ports.1.protocol', classic: 'ports.1.protocol' }],
  ['rules', { rules: [{ port: 443 }] }, { nlb: 'rules', alb: {}, classic: 'rules' }],
  ['a certificate of another region', { tls: { certificateArn: CERTIFICATE }, region: 'eu-west-1' }, { nlb: 'tls.certificateArn', alb: 'tls.certificateArn', classic: 'tls.certificateArn' }],
];

describe('a wish', () => {
  for (const [what, change, byKind] of WISHES) {
    for (const kind of KINDS) {
      const comes = byKind[kind];
      it(`for ${what} ${typeof comes === 'string' ? `is refused at ${comes}` : `comes to ${Object.keys(comes).join(', ') || 'no other annotation'}`} with kind ${kind}`, () => {
        if (typeof comes === 'string') assert.ok(refusedAt({ kind, ...change }).includes(comes), refusedAt({ kind, ...change }).join());
        else assert.deepEqual(added(kind, change), comes);
      });
    }
  }

  it('for source ranges stands in the field of a Service', () => {
    for (const kind of ['nlb', 'classic']) assert.deepEqual((rendered({ kind, sourceRanges: ['10.0.0.0/8'] }).manifests as [ServiceManifest])[0].spec.loadBalancerSourceRanges, ['10.0.0.0/8']);
  });

  it('for TCP and UDP on one port is two ports of the Service', () => {
    const [{ spec }] = rendered({ ports: [{ port: 53, targetPort: 'dns', protocol: 'TCP_UDP' }] }).manifests as [ServiceManifest];
    assert.deepEqual(spec.ports, [
      { name: 'tcp-53', protocol: 'TCP', port: 53, targetPort: 'dns' },
      { name: 'udp-53', protocol: 'UDP', port: 53, targetPort: 'dns' },
    ]);
  });

  it('for a selector takes the place of the name', () => {
    const [{ spec }] = rendered({ selector: { tier: 'front', app: 'shop' } }).manifests as [ServiceManifest];
    assert.deepEqual(Object.entries(spec.selector), [['app', 'shop'], ['tier', 'front']]);
  });

  it('for rules is one rule of the Ingress for each host, its paths in the order asked', () => {
    const rules = [{ host: 'a.example.com', path: '/api', port: 443 }, { port: 80 }, { host: 'a.example.com', port: 80 }];
    const [, ingress] = rendered({ kind: 'alb', ...ZWO, rules }).manifests as [ServiceManifest, IngressManifest];
    const seen = ingress.spec.rules.map(({ host, http }) => [host, http.paths.map(({ path, backend }) => `${path} ${backend.service.port.number}`)]);
    assert.deepEqual(seen, [['a.example.com', ['/api 443', '/ 80']], [undefined, ['/ 80']]]);
  });

  it('that cannot be is told with all the others that cannot', () => {
    assert.deepEqual(refusedAt({ kind: 'alb', proxyProtocol: true, rules: [{ port: 80 }, { port: 443 }, { port: 443, path: '/' }], ports: [{ port: 443, targetPort: 1, protocol: 'UDP' }] }), ['ports.0.protocol', 'rules.0.port', 'rules.1', 'rules.2', 'proxyProtocol']);
    assert.deepEqual(refusedAt({ tls: { certificateArn: CERTIFICATE, ports: [80, 443, 443] } }), ['tls.ports.0', 'tls.ports.2']);
    assert.deepEqual(refusedAt({ idleTimeoutSeconds: 120, tls: { certificateArn: CERTIFICATE } }), ['idleTimeoutSeconds']);
    assert.deepEqual(refusedAt({ idleTimeoutSeconds: 120, ports: [{ port: 53, targetPort: 53, protocol: 'UDP' }] }), ['idleTimeoutSeconds']);
  });
});

describe('a warning', () => {
  const codes = (change: Readonly<Record<string, unknown>>): readonly string[] => rendered({ internal: true, ...change }).warnings.map(({ code }) => code);
  const cases: readonly (readonly [code: string, given: Readonly<Record<string, unknown>>, not: Readonly<Record<string, unknown>>])[] = [
    ['legacy-kind', { kind: 'classic' }, { kind: 'nlb' }],
    ['taken-by-controller', { kind: 'classic' }, { kind: 'alb' }],
    ['udp-health-check', { ports: [{ port: 53, targetPort: 53, protocol: 'UDP' }] }, { ports: [{ port: 53, targetPort: 53, protocol: 'UDP' }], healthCheck: { port: 8080 } }],
    ['port-without-rule', { kind: 'alb', ...ZWO }, { kind: 'alb', ...ZWO, rules: [{ port: 80 }, { port: 443, path: '/a' }] }],
    ['open-to-the-internet', { internal: false }, { internal: false, sourceRanges: ['10.0.0.0/8'] }],
    ['open-to-the-internet', { internal: false, kind: 'classic', securityGroups: ['sg-01234567'] }, { internal: false, securityGroups: ['sg-01234567'] }],
    ['many-rules', { ...ZWO, sourceRanges: Array.from({ length: 31 }, (_, index) => `10.0.${index}.0/24`) }, { ...ZWO, sourceRanges: Array.from({ length: 30 }, (_, index) => `10.0.${index}.0/24`) }],
    ['groups-are-added', { kind: 'classic', securityGroups: ['sg-01234567'] }, { securityGroups: ['sg-01234567'] }],
    ['certificate-region', { tls: { certificateArn: CERTIFICATE } }, { tls: { certificateArn: CERTIFICATE }, region: 'eu-central-1' }],
    ['hostname-without-rule', { kind: 'alb', hostname: 'x.example.com', rules: [{ host: 'y.example.com', port: 443 }] }, { kind: 'alb', hostname: 'x.example.com', rules: [{ host: '*.example.com', port: 443 }] }],
    ['logs-need-tls', { accessLogs: LOGS }, { accessLogs: LOGS, tls: { certificateArn: CERTIFICATE } }],
    ['first-port-checked-by-tls', { kind: 'classic', ...ZWO, backendProtocol: 'ssl', tls: { certificateArn: CERTIFICATE, ports: [443] } }, { kind: 'classic', ...ZWO, backendProtocol: 'ssl', tls: { certificateArn: CERTIFICATE, ports: [80] } }],
    ['many-groups', { kind: 'classic', securityGroups: Array.from({ length: 5 }, (_, at) => `sg-0123456${at}`) }, { securityGroups: Array.from({ length: 5 }, (_, at) => `sg-0123456${at}`) }],
    ['pods-must-read-it', { proxyProtocol: true }, { proxyProtocol: false }],
  ];
  for (const [code, given, not] of cases) {
    it(`${code} is given for ${JSON.stringify(given).slice(0, 80)}, with the member that it is about`, () => {
      assert.ok(codes(given).includes(code));
      assert.ok(!codes(not).includes(code));
      const warning = rendered({ internal: true, ...given }).warnings.find((each) => each.code === code);
      assert.ok(warning !== undefined && warning.reason.endsWith('.') && (warning.path.split('.')[0] ?? '') in RenderExposure.shape);
    });
  }

  it('is not given where there is nothing to say', () => {
    assert.deepEqual(rendered({ internal: true }).warnings, []);
  });
});

describe('an ask that is not well-formed', () => {
  const spoiled: readonly (readonly [path: string, change: Readonly<Record<string, unknown>>])[] = [
    ['kind', { kind: 'gateway' }],
    ['name', { name: '1shop' }],
    ['name', { name: 'x'.repeat(64) }],
    ['namespace', { namespace: 'Web' }],
    ['ports', { ports: [] }],
    ['ports', { ports: Array.from({ length: 51 }, (_, index) => ({ port: index + 1, targetPort: 80 })) }],
    ['ports.1.port', { ports: [{ port: 53, targetPort: 53 }, { port: 53, targetPort: 53, protocol: 'UDP' }] }],
    ['ports.0.port', { ports: [{ port: 65_536, targetPort: 80 }] }],
    ['ports.0.targetPort', { ports: [{ port: 80, targetPort: '80' }] }],
    ['ports.0.targetPort', { ports: [{ port: 80, targetPort: 'a--b' }] }],
    ['ports.0.protocol', { ports: [{ port: 80, targetPort: 80, protocol: 'SCTP' }] }],
    ['rules', { kind: 'alb', rules: [] }],
    ['rules.0.path', { kind: 'alb', rules: [{ path: 'api', port: 443 }] }],
    ['rules.0.path', { kind: 'alb', rules: [{ path: '/a/*', port: 443 }] }],
    ['rules.0.path', { kind: 'alb', rules: [{ path: '/a/../b', port: 443 }] }],
    ['rules.0.host', { kind: 'alb', rules: [{ host: 'a_b.example.com', port: 443 }] }],
    ['selector', { selector: {} }],
    ['tls.certificateArn', { tls: { certificateArn: 'shop' } }],
    ['hostname', { hostname: 'shop' }],
    ['accessLogs.bucket', { accessLogs: { bucket: 'Shop' } }],
    ['accessLogs.bucket', { accessLogs: { bucket: 'logs--x-s3' } }],
    ['accessLogs.prefix', { accessLogs: { bucket: 'logs', prefix: 'a,b' } }],
    ['accessLogs.emitIntervalMinutes', { accessLogs: { bucket: 'logs', emitIntervalMinutes: 10 } }],
    ['sourceRanges.0', { sourceRanges: ['10.0.0.0'] }],
    ['sourceRanges.0', { sourceRanges: ['10.0.0.1/8'] }],
    ['sourceRanges.0', { sourceRanges: ['10.1.0.0/15'] }],
    ['sourceRanges.0', { sourceRanges: ['10.0.0.0/33'] }],
    ['sourceRanges', { sourceRanges: ['10.0.0.0/8', '10.0.0.0/8'] }],
    ['healthCheck', { healthCheck: {} }],
    ['healthCheck.intervalSeconds', { healthCheck: { intervalSeconds: 4 } }],
    ['healthCheck.timeoutSeconds', { healthCheck: { timeoutSeconds: 121 } }],
    ['healthCheck.healthyThreshold', { healthCheck: { healthyThreshold: 1 } }],
    ['healthCheck.path', { healthCheck: { protocol: 'HTTP', path: 'healthz' } }],
    ['healthCheck.successCodes', { healthCheck: { protocol: 'HTTP', successCodes: '299-200' } }],
    ['tags', { tags: Object.fromEntries(Array.from({ length: 46 }, (_, index) => [`k${index}`, ''])) }],
    ['tags.aws:team', { tags: { 'aws:team': 'x' } }],
    ['securityGroups.0', { securityGroups: ['my-group'] }],
    ['securityGroups', { securityGroups: ['sg-01234567', 'sg-01234567'] }],
    ['drainingSeconds', { drainingSeconds: 3601 }],
    ['idleTimeoutSeconds', { idleTimeoutSeconds: 0 }],
  ];
  for (const [path, change] of spoiled) {
    it(`is told of at ${path}: ${JSON.stringify(change).slice(0, 70)}`, () => {
      const read = RenderExposure.safeParse({ kind: 'nlb', name: 'shop', namespace: 'web', ports: [{ port: 443, targetPort: 8443 }], ...change });
      assert.deepEqual([...new Set(read.error?.issues.map((issue) => issue.path.join('.')))], [path]);
    });
  }

  it('is told apart from one with the first address of a block', () => {
    for (const range of ['0.0.0.0/0', '10.0.0.0/8', '10.0.0.1/32', '192.168.128.0/17', '2001:db8::1/64']) assert.ok(RenderExposure.shape.sourceRanges.safeParse([range]).success, range);
  });
});
