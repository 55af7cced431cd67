import { OF_INGRESSES } from './alb.ts';
import { isOfControllerAlone } from './catalogue.ts';
import { faultsOfCheckTimes, type CheckedBy } from './check-times.ts';
import { NLB_CLASS, OF_SERVICES } from './nlb.ts';
import { goBoolean, listenPortsOf, listOf, mapOf } from './value-forms.ts';
import { CLASSIC_POLICIES, isClassicPolicy } from './values.ts';

/**
 * Which annotations get in each other's way, or say nothing without another, and why. Sources, unless one is named:
 * cloud-provider-aws, docs/service_controller.md and pkg/providers/v1; AWS Load Balancer Controller, guide/service/annotations,
 * guide/ingress/annotations and pkg/service.
 */
export function conflictsOf(annotations: ReadonlyMap<string, string>): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  const object: ReadObject = { annotations, service: (name) => annotations.get(`${OF_SERVICES}${name}`), ingress: (name) => annotations.get(`${OF_INGRESSES}${name}`), maker: makerOf(annotations) };
  for (const [annotation, why] of [...typeConflicts(object), ...schemeConflicts(object), ...tlsConflicts(object), ...logConflicts(object), ...timeConflicts(object), ...groupConflicts(object), ...healthConflicts(object), ...attributeConflicts(object), ...ingressConflicts(object)]) {
    if (annotations.has(annotation)) found.set(annotation, [...(found.get(annotation) ?? []), why]);
  }
  return found;
}

/** Who makes the load balancer of the Service, as far as its annotations tell: the provider in Kubernetes (an NLB), the controller, or one of them. */
type Maker = 'in-tree-nlb' | 'controller' | 'unknown';

interface ReadObject {
  readonly annotations: ReadonlyMap<string, string>;
  readonly maker: Maker;
  service(name: string): string | undefined;
  ingress(name: string): string | undefined;
}

type Conflict = readonly [annotation: string, why: string];

function makerOf(annotations: ReadonlyMap<string, string>): Maker {
  const type = annotations.get(`${OF_SERVICES}type`);
  if (type === 'nlb') return 'in-tree-nlb';
  return type === 'external' || type === 'nlb-ip' || [...annotations.keys()].some(isOfControllerAlone) ? 'controller' : 'unknown';
}

function ofService(condition: boolean, name: string, why: string): readonly Conflict[] {
  return condition ? [[`${OF_SERVICES}${name}`, why]] : [];
}

function ofIngress(condition: boolean, name: string, why: string): readonly Conflict[] {
  return condition ? [[`${OF_INGRESSES}${name}`, why]] : [];
}

/** What only Classic Load Balancers have. */
const CLASSIC_ONLY = ['access-log-emit-interval', 'connection-draining-enabled', 'connection-draining-timeout', 'connection-idle-timeout', 'extra-security-groups'];

function typeConflicts(object: ReadObject): readonly Conflict[] {
  const { annotations, maker, service } = object;
  const withType = `Together with type: ${service('type')}`;
  const inTreeNlb = maker === 'in-tree-nlb';
  const controllers = inTreeNlb ? [...annotations.keys()].filter(isOfControllerAlone) : [];
  return [
    ...CLASSIC_ONLY.flatMap((name) => ofService(inTreeNlb, name, `${withType} it does nothing${name === 'extra-security-groups' ? ' but make the provider refuse the Service' : ''}: only Classic Load Balancers have it.`)),
    ...CLASSIC_ONLY.flatMap((name) => ofService(maker === 'controller', name, 'The AWS Load Balancer Controller, which the other annotations are for, does not know it.')),
    ...ofService(inTreeNlb, 'proxy-protocol', `${withType} it does nothing: the provider sets it on Classic Load Balancers alone; target-group-attributes has proxy_protocol_v2.enabled.`),
    ...ofService(maker === 'unknown' && readsRequests(service), 'proxy-protocol', `A Classic Load Balancer has the proxy protocol on TCP and SSL listeners alone; with backend-protocol: ${service('backend-protocol')} it reads requests and tells the client in X-Forwarded-For. Take one of the two away.`),
    ...ofService((inTreeNlb || maker === 'controller') && ['http', 'https'].includes(service('backend-protocol') ?? ''), 'backend-protocol', 'An NLB does not read HTTP: it takes tcp or ssl.'),
    ...classicConflicts(object),
    ...inTreeTargetConflicts(object),
    ...controllers.map((annotation): Conflict => [annotation, `${withType} nobody reads it: the provider in Kubernetes makes that NLB, and only the controller knows this annotation.`]),
    ...ofService(service('type') === 'external' && service('nlb-target-type') === undefined, 'type', `Without nlb-target-type the controller takes the Service only if its spec.loadBalancerClass is ${NLB_CLASS}.`),
  ];
}

/** What the provider in Kubernetes does not give to a Classic Load Balancer (source: cloud-provider-aws, pkg/providers/v1/aws_validations.go and docs/service_controller.md). */
function classicConflicts({ maker, service }: ReadObject): readonly Conflict[] {
  const meant = CLASSIC_ONLY.find((name) => service(name) !== undefined);
  const classic = maker === 'unknown' && meant !== undefined;
  return [
    ...ofService(classic, 'target-group-attributes', `Beside ${meant}, which only a Classic Load Balancer has, the provider in Kubernetes refuses the Service: target groups are an NLB's.`),
    ...ofService(classic, 'eip-allocations', `Beside ${meant}, which only a Classic Load Balancer has, it does nothing: Elastic IP addresses are an NLB's.`),
  ];
}

/** Attributes of target groups that the provider in Kubernetes takes (source: cloud-provider-aws, docs/service_controller.md, Target group attributes). */
const IN_TREE_ATTRIBUTES: readonly string[] = ['preserve_client_ip.enabled', 'proxy_protocol_v2.enabled'];

function inTreeTargetConflicts({ maker, service }: ReadObject): readonly Conflict[] {
  const strange = mapOf(service('target-group-attributes') ?? '').map(([attribute]) => attribute).filter((attribute) => !IN_TREE_ATTRIBUTES.includes(attribute));
  return ofService(maker === 'in-tree-nlb' && strange.length > 0, 'target-group-attributes', `Together with type: nlb the provider in Kubernetes takes ${IN_TREE_ATTRIBUTES.join(' and ')} alone, and refuses the Service for ${strange.join(', ')}.`);
}

/** Whether a Classic Load Balancer has HTTP or HTTPS listeners; https without a certificate counts as tcp (source: cloud-provider-aws, buildListener). */
function readsRequests(service: ReadObject['service']): boolean {
  const spoken = service('backend-protocol');
  return spoken === 'http' || (spoken === 'https' && (service('ssl-cert') ?? '') !== '');
}

function schemeConflicts({ service }: ReadObject): readonly Conflict[] {
  const [internal, scheme] = [service('internal'), service('scheme')];
  if (internal === undefined) return [];
  const said = internal === 'false' ? 'internet-facing' : 'internal';
  return [
    ...ofService(scheme !== undefined, 'internal', scheme === said ? 'scheme says the same and goes first: take this one away.' : `scheme goes first, so that the load balancer is ${scheme} in spite of it.`),
    ...ofService(goBoolean(internal) === undefined, 'internal', 'The provider in Kubernetes takes everything but "false" for true; the controller refuses what is no boolean.'),
  ];
}

function tlsConflicts({ service, maker }: ReadObject): readonly Conflict[] {
  const without = (service('ssl-cert') ?? '') === '';
  const ports = service('ssl-ports') ?? '';
  const policy = service('ssl-negotiation-policy') ?? '';
  return [
    ...ofService(without, 'ssl-ports', 'Without ssl-cert it does nothing: no port speaks TLS.'),
    ...ofService(without, 'ssl-negotiation-policy', 'Without ssl-cert it does nothing: no port speaks TLS.'),
    ...ofService(without && ['https', 'ssl'].includes(service('backend-protocol') ?? ''), 'backend-protocol', 'Without ssl-cert it counts as tcp: only TLS listeners speak TLS to the pods.'),
    ...ofService(maker === 'controller' && listOf(ports).includes('*'), 'ssl-ports', 'The controller takes "*" for the name of a port: leave the annotation out for all ports.'),
    ...ofService(maker !== 'controller' && /,\s|\s,|^\s|\s$/.test(ports), 'ssl-ports', 'The provider in Kubernetes does not trim blanks: what has one beside it matches no port.'),
    ...ofService(maker === 'unknown' && /^ELBSecurityPolicy-/.test(policy) && !isClassicPolicy(policy), 'ssl-negotiation-policy', `A Classic Load Balancer, which is made where neither type nor spec.loadBalancerClass says otherwise, knows only ${CLASSIC_POLICIES.join(', ')}.`),
    ...ofService(maker !== 'controller' && (service('ssl-cert') ?? '').includes(','), 'ssl-cert', 'The provider in Kubernetes takes one certificate; only the controller takes several.'),
  ];
}

function logConflicts({ service, ingress, maker }: ReadObject): readonly Conflict[] {
  const enabled = goBoolean(service('access-log-enabled') ?? '') === true;
  const attributes = new Map(mapOf(service('attributes') ?? ''));
  const byAttributes = maker === 'controller' && goBoolean(attributes.get('access_logs.s3.enabled') ?? '') === true;
  const bucketless = enabled && service('access-log-s3-bucket-name') === undefined && !attributes.has('access_logs.s3.bucket');
  return [
    ...['access-log-s3-bucket-name', 'access-log-s3-bucket-prefix', 'access-log-emit-interval'].flatMap((name) => ofService(!enabled && !byAttributes, name, 'Without access-log-enabled: "true" nothing is logged.')),
    ...ofService(bucketless, 'access-log-enabled', 'Without access-log-s3-bucket-name there is nowhere to write to, and AWS refuses it.'),
    ...ofService(logsNowhere(service('attributes')), 'attributes', 'access_logs.s3.enabled needs access_logs.s3.bucket.'),
    ...ofIngress(logsNowhere(ingress('load-balancer-attributes')), 'load-balancer-attributes', 'access_logs.s3.enabled needs access_logs.s3.bucket.'),
  ];
}

function logsNowhere(attributes: string | undefined): boolean {
  const said = new Map(mapOf(attributes ?? ''));
  return goBoolean(said.get('access_logs.s3.enabled') ?? '') === true && !said.has('access_logs.s3.bucket');
}

function timeConflicts({ service }: ReadObject): readonly Conflict[] {
  const draining = goBoolean(service('connection-draining-enabled') ?? '') === true;
  return ofService(!draining, 'connection-draining-timeout', 'Without connection-draining-enabled: "true" connections do not drain, however long.');
}

function groupConflicts({ annotations, service, ingress, maker }: ReadObject): readonly Conflict[] {
  const ranges = 'service.beta.kubernetes.io/load-balancer-source-ranges';
  const own = maker === 'controller' && service('security-groups') !== undefined;
  // Neither writes rules into groups that it has not made (source for Classic Load Balancers: cloud-provider-aws, buildELBSecurityGroupList).
  const groupsGiven = maker !== 'in-tree-nlb' && service('security-groups') !== undefined;
  const ofAlb = ingress('security-groups') !== undefined;
  const [scheme, ipType] = [service('scheme'), service('ip-address-type')];
  const v6Ranges = listOf(annotations.get(ranges) ?? '').some((range) => range.includes(':'));
  return [
    ...(groupsGiven ? ([[ranges, 'It is ignored where security-groups are given: write the ranges into those groups.']] as const) : []),
    ...(maker === 'controller' && v6Ranges && ipType !== 'dualstack' ? ([[ranges, 'The controller refuses IPv6 ranges unless ip-address-type is dualstack.']] as const) : []),
    ...ofService(own, 'security-group-prefix-lists', 'The controller ignores it where security-groups are given.'),
    ...ofIngress(ofAlb, 'inbound-cidrs', 'The controller ignores it where security-groups are given.'),
    ...ofIngress(ofAlb, 'security-group-prefix-lists', 'The controller ignores it where security-groups are given.'),
    ...ofService(goBoolean(service('disable-nlb-sg') ?? '') === true, 'security-groups', 'disable-nlb-sg makes the NLB without security groups.'),
    ...ofService(maker === 'controller' && scheme !== 'internet-facing' && goBoolean(service('internal') ?? '') !== false, 'eip-allocations', 'Only an internet-facing NLB takes Elastic IP addresses.'),
    ...ofService(scheme === 'internet-facing', 'private-ipv4-addresses', 'Only an internal NLB takes private addresses.'),
    ...ofService(ipType !== 'dualstack', 'ipv6-addresses', 'Only a dualstack NLB has IPv6 addresses.'),
    ...ofService(ipType !== 'dualstack', 'enable-prefix-for-ipv6-source-nat', 'Only a dualstack NLB has IPv6 source NAT.'),
    ...ofService(service('enable-prefix-for-ipv6-source-nat') !== 'on', 'source-nat-ipv6-prefixes', 'Without enable-prefix-for-ipv6-source-nat: "on" it is refused.'),
    ...ofService(service('nlb-target-type') === 'ip' || service('type') === 'nlb-ip', 'target-node-labels', 'Targets are pods, not nodes: it does nothing.'),
  ];
}

/** Without a type the provider in Kubernetes makes a Classic Load Balancer. */
const CHECKED_BY: Readonly<Record<Maker, CheckedBy>> = { unknown: 'classic', 'in-tree-nlb': 'in-tree-nlb', controller: 'nlb' };

function timesOf(by: CheckedBy, read: (name: string) => string | undefined, names: Readonly<Record<'intervalSeconds' | 'timeoutSeconds', string>>): readonly (readonly [name: string, why: string])[] {
  const [interval, timeout] = [read(names.intervalSeconds), read(names.timeoutSeconds)];
  // What is no number is told of by itself.
  if ([interval, timeout].some((value) => value !== undefined && !/^\d{1,9}$/.test(value))) return [];
  const seconds = (value: string | undefined): number | undefined => (value === undefined ? undefined : Number(value));
  return faultsOfCheckTimes(by, { intervalSeconds: seconds(interval), timeoutSeconds: seconds(timeout) }).map(({ at, message }) => [names[at], message]);
}

function healthConflicts({ service, ingress, maker }: ReadObject): readonly Conflict[] {
  const byTcp = !['http', 'https'].includes((service('healthcheck-protocol') ?? '').toLowerCase());
  const [healthy, unhealthy] = [service('healthcheck-healthy-threshold'), service('healthcheck-unhealthy-threshold')];
  return [
    ...ofService(byTcp, 'healthcheck-path', 'A check by TCP has no path: say healthcheck-protocol http or https.'),
    ...ofService(byTcp, 'healthcheck-success-codes', 'A check by TCP has no codes: say healthcheck-protocol http or https.'),
    ...timesOf(CHECKED_BY[maker], service, { intervalSeconds: 'healthcheck-interval', timeoutSeconds: 'healthcheck-timeout' }).flatMap(([name, why]) => ofService(true, name, why)),
    ...ofService(maker === 'in-tree-nlb' && healthy !== undefined && unhealthy !== undefined && healthy !== unhealthy, 'healthcheck-unhealthy-threshold', 'With type: nlb it must be as healthcheck-healthy-threshold is.'),
    ...timesOf('alb', ingress, { intervalSeconds: 'healthcheck-interval-seconds', timeoutSeconds: 'healthcheck-timeout-seconds' }).flatMap(([name, why]) => ofIngress(true, name, why)),
  ];
}

/** Single annotations go before the attributes that mean the same. */
const SAME_AS_ATTRIBUTE: readonly (readonly [annotation: string, attribute: string])[] = [
  ['access-log-enabled', 'access_logs.s3.enabled'],
  ['access-log-s3-bucket-name', 'access_logs.s3.bucket'],
  ['access-log-s3-bucket-prefix', 'access_logs.s3.prefix'],
  ['cross-zone-load-balancing-enabled', 'load_balancing.cross_zone.enabled'],
];

function attributeConflicts({ service }: ReadObject): readonly Conflict[] {
  const attributes = new Map(mapOf(service('attributes') ?? ''));
  const ofTargets = new Map(mapOf(service('target-group-attributes') ?? ''));
  const proxied = service('proxy-protocol') === '*';
  return [
    ...SAME_AS_ATTRIBUTE.flatMap(([name, attribute]) => ofService(service(name) !== undefined && attributes.has(attribute), 'attributes', `${name} goes before ${attribute} here: say it once.`)),
    ...ofService(proxied && ofTargets.get('proxy_protocol_v2.enabled') === 'false', 'target-group-attributes', 'proxy-protocol: "*" goes before proxy_protocol_v2.enabled=false here.'),
    ...ofService(proxied, 'proxy-protocol-per-target-group', 'proxy-protocol: "*" turns it on for all ports, whatever is said here.'),
  ];
}

function ingressConflicts({ annotations, ingress }: ReadObject): readonly Conflict[] {
  const listening = ingress('listen-ports') === undefined ? undefined : listenPortsOf(ingress('listen-ports') ?? '');
  const certified = (ingress('certificate-arn') ?? '') !== '';
  const https = listening === undefined ? (certified ? [443] : []) : listening.flatMap(({ HTTPS }) => (HTTPS === undefined ? [] : [HTTPS]));
  const all = (listening ?? []).flatMap(({ HTTP, HTTPS }) => [HTTP ?? HTTPS]);
  // With listen-ports that cannot be read nothing is known of what listens.
  const readable = ingress('listen-ports') === undefined || listening !== undefined;
  return [
    ...ofIngress(readable && !https.includes(Number(ingress('ssl-redirect'))), 'ssl-redirect', 'No HTTPS listener is on this port: listen-ports must have it.'),
    ...ofIngress(listening !== undefined && https.length === 0, 'certificate-arn', 'No listener speaks HTTPS: listen-ports must have one.'),
    ...ofIngress(new Set(all).size < all.length, 'listen-ports', 'A port is there twice.'),
    ...(annotations.has('kubernetes.io/ingress.class') && annotations.get('kubernetes.io/ingress.class') !== 'alb' && [...annotations.keys()].some((name) => name.startsWith(OF_INGRESSES))
      ? ([['kubernetes.io/ingress.class', 'The annotations of alb.ingress.kubernetes.io are read for Ingresses of the controller\'s class, which is alb unless it was set up otherwise.']] as const)
      : []),
  ];
}
