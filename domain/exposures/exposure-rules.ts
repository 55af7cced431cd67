import { rulesOf } from './alb.ts';
import { faultsOfCheckTimes } from './check-times.ts';
import type { RenderExposure } from './requests.ts';
import { CLASSIC_POLICIES, faultOfTagText, isClassicPolicy, regionOfCertificate } from './values.ts';

export interface Fault {
  /** JSON-pointer-like, as in `tls.ports.0`. */
  readonly path: string;
  readonly message: string;
}

/** Everything in a well-formed ask that its kind of load balancer cannot be, each with the reason; in the order of the contract. */
export function faultsOf(ask: RenderExposure): readonly Fault[] {
  return [
    ...portFaults(ask),
    ...ruleFaults(ask),
    ...tlsFaults(ask),
    ...backendFaults(ask),
    ...addressFaults(ask),
    ...accessLogFaults(ask),
    ...healthCheckFaults(ask),
    ...tagFaults(ask),
    ...timingFaults(ask),
    ...proxyFaults(ask),
  ];
}

function fault(path: string, message: string): Fault {
  return { path, message };
}

function when(condition: boolean, path: string, message: string): readonly Fault[] {
  return condition ? [fault(path, message)] : [];
}

/** Classic: TCP alone (source: cloud-provider-aws, checkProtocol). TLS: TCP alone (source: AWS Load Balancer Controller, buildListenerSpec). */
function portFaults({ kind, ports, tls }: RenderExposure): readonly Fault[] {
  return ports.flatMap(({ protocol }, at) => {
    if (protocol === 'TCP') return [];
    if (kind !== 'nlb') return [fault(`ports.${at}.protocol`, `Only an NLB takes ${protocol}; ${kind === 'alb' ? 'an ALB speaks HTTP and HTTPS' : 'a classic load balancer takes TCP'}.`)];
    return when(tls !== undefined, `ports.${at}.protocol`, `TLS is over TCP: a load balancer with TLS has no ${protocol} port. Make another exposure for it.`);
  });
}

function ruleFaults(ask: RenderExposure): readonly Fault[] {
  const { kind, rules, ports } = ask;
  if (rules === undefined) return [];
  if (kind !== 'alb') return [fault('rules', 'Only an ALB reads hosts and paths; with this kind each port leads to the pods as it is.')];
  const seen = new Set<string>();
  return rulesOf(ask).flatMap(({ host = '', path = '/', port }, at) => {
    const route = `${host}${path}`;
    const twice = seen.has(route);
    seen.add(route);
    return [
      ...when(!ports.some((each) => each.port === port), `rules.${at}.port`, `${port} is none of the ports.`),
      ...when(twice, `rules.${at}`, `An earlier rule takes ${route} already.`),
    ];
  });
}

function tlsFaults({ kind, tls, ports, region }: RenderExposure): readonly Fault[] {
  if (tls === undefined) return [];
  const { policy } = tls;
  const ofOthers = when(kind === 'classic' && policy !== undefined && !isClassicPolicy(policy), 'tls.policy', `A classic load balancer knows only ${CLASSIC_POLICIES.join(', ')}.`);
  const of = regionOfCertificate(tls.certificateArn);
  const elsewhere = when(region !== undefined && of !== undefined && of !== region, 'tls.certificateArn', `The certificate is in ${of}; a load balancer in ${region} takes one of ${region}.`);
  if (tls.ports === undefined) return [...elsewhere, ...ofOthers];
  if (kind === 'alb') return [...elsewhere, fault('tls.ports', 'An ALB speaks TLS on 443 and leads there from 80; its ports are not chosen.')];
  const strange = tls.ports.flatMap((port, at) => [
    ...when(!ports.some((each) => each.port === port), `tls.ports.${at}`, `${port} is none of the ports.`),
    ...when(tls.ports?.indexOf(port) !== at, `tls.ports.${at}`, 'Each port once.'),
  ]);
  return [...elsewhere, ...strange, ...ofOthers];
}

/** Sources: cloud-provider-aws, docs/service_controller.md; AWS Load Balancer Controller, guide/service and guide/ingress. */
function backendFaults({ kind, backendProtocol, tls }: RenderExposure): readonly Fault[] {
  const path = 'backendProtocol';
  if (backendProtocol === undefined) return [];
  const readsHttp = backendProtocol === 'http' || backendProtocol === 'https';
  if (kind === 'alb') return when(!readsHttp, path, `An ALB speaks http or https to pods, not ${backendProtocol}.`);
  if (kind === 'nlb' && readsHttp) return [fault(path, `An NLB does not read ${backendProtocol}: say tcp, ssl for TLS to the pods, or take an ALB.`)];
  const encrypts = backendProtocol === 'https' || backendProtocol === 'ssl';
  return when(encrypts && tls === undefined, path, `${backendProtocol} behind the load balancer needs tls in front of it.`);
}

/** Controllers ignore ranges next to groups, and take IPv6 ranges with dualstack alone (source: AWS Load Balancer Controller, guide/service, buildCIDRsFromSourceRanges). */
function addressFaults({ kind, sourceRanges = [], securityGroups, ipAddressType }: RenderExposure): readonly Fault[] {
  const classic = kind === 'classic';
  return [
    ...when(classic && ipAddressType === 'dualstack', 'ipAddressType', 'The provider of classic load balancers makes them for IPv4 alone.'),
    ...sourceRanges.flatMap((range, at) =>
      when(range.includes(':') && ipAddressType !== 'dualstack', `sourceRanges.${at}`, classic ? 'A classic load balancer takes IPv4 ranges.' : 'An IPv6 range needs ipAddressType dualstack.'),
    ),
    ...when(!classic && sourceRanges.length > 0 && securityGroups !== undefined, 'sourceRanges', 'The controller ignores ranges where securityGroups are given: write them into the groups.'),
  ];
}

/** NLB and ALB write every five minutes, which nobody chooses (source: ELB user guides, access logs). */
function accessLogFaults({ kind, accessLogs }: RenderExposure): readonly Fault[] {
  return when(kind !== 'classic' && accessLogs?.emitIntervalMinutes !== undefined, 'accessLogs.emitIntervalMinutes', 'Only classic load balancers let the interval be chosen; others write every 5 minutes.');
}

function healthCheckFaults({ kind, healthCheck }: RenderExposure): readonly Fault[] {
  if (healthCheck === undefined) return [];
  const { protocol, path, port, successCodes } = healthCheck;
  const classic = kind === 'classic';
  const chosen = { protocol, port, path, successCodes };
  const readsHttp = kind === 'alb' || protocol === 'HTTP' || protocol === 'HTTPS';
  return [
    ...Object.entries(chosen).flatMap(([name, value]) => when(classic && value !== undefined, `healthCheck.${name}`, 'A classic load balancer is made to check its first port by TCP or SSL; only times and thresholds are chosen.')),
    ...when(kind === 'alb' && protocol === 'TCP', 'healthCheck.protocol', 'An ALB checks by HTTP or HTTPS.'),
    ...when(!classic && path !== undefined && !readsHttp, 'healthCheck.path', 'A check by TCP has no path: say protocol HTTP or HTTPS.'),
    ...when(!classic && successCodes !== undefined && !readsHttp, 'healthCheck.successCodes', 'A check by TCP has no codes: say protocol HTTP or HTTPS.'),
    ...faultsOfCheckTimes(kind, healthCheck).map(({ at, message }) => fault(`healthCheck.${at}`, message)),
  ];
}

/** Keys by which controllers know what is theirs (sources: AWS Load Balancer Controller, guide/ingress/annotations, resource tags; cloud-provider-aws, tags.go). */
const TAGS_OF_CONTROLLERS = /^(kubernetes\.io|elbv2\.k8s\.aws|service\.k8s\.aws|ingress\.k8s\.aws|gateway\.k8s\.aws)\//;

/** Tags go into an annotation as `key=value,key=value`, and are trimmed there. The provider of classic ones reads a value up to the next `=`. */
function tagFaults({ kind, tags = {} }: RenderExposure): readonly Fault[] {
  return Object.entries(tags).flatMap(([key, value]) => {
    const path = `tags.${key}`;
    const unfit = faultOfTagText(key) ?? faultOfTagText(value);
    if (unfit !== undefined) return [fault(path, `${unfit}.`)];
    return [
      ...when(key.includes('='), path, 'The annotation would take the part behind = for the value.'),
      ...when(key.trim() !== key || value.trim() !== value, path, 'Blanks at either end would be lost in the annotation.'),
      ...when(kind === 'classic' && value.includes('='), path, 'The provider of classic load balancers would cut the value at =.'),
      ...when(TAGS_OF_CONTROLLERS.test(key), path, 'Controllers know what is theirs by such keys.'),
    ];
  });
}

/** Sources: cloud-provider-aws, docs/service_controller.md; ELB user guides, idle timeout of Network and Application Load Balancers. */
function timingFaults({ kind, drainingSeconds, idleTimeoutSeconds, tls, ports }: RenderExposure): readonly Fault[] {
  const draining = when(kind === 'classic' && drainingSeconds === 0, 'drainingSeconds', 'A classic load balancer drains for 1 to 3600 s; leave it out to not drain.');
  if (idleTimeoutSeconds === undefined) return draining;
  const idle = (condition: boolean, message: string): readonly Fault[] => when(condition, 'idleTimeoutSeconds', message);
  if (kind !== 'nlb') return [...draining, ...idle(idleTimeoutSeconds > 4000, 'This kind of load balancer waits for 1 to 4000 s.')];
  return [
    ...draining,
    ...idle(idleTimeoutSeconds < 60, 'An NLB waits for 60 to 6000 s.'),
    ...idle(tls !== undefined, 'TLS listeners of an NLB wait for 350 s, which nobody chooses.'),
    ...idle(!ports.some(({ protocol }) => protocol === 'TCP'), 'Only TCP listeners of an NLB have an idle timeout that is chosen.'),
  ];
}

/** Classic: on TCP and SSL alone, and the provider turns it on for all ports (sources: ELB 2012-06-01 API reference, DescribeLoadBalancerPolicyTypes; cloud-provider-aws, ensureLoadBalancer). */
function proxyFaults({ kind, proxyProtocol, backendProtocol }: RenderExposure): readonly Fault[] {
  if (proxyProtocol !== true) return [];
  const readsHttp = backendProtocol === 'http' || backendProtocol === 'https';
  return [
    ...when(kind === 'alb', 'proxyProtocol', 'An ALB tells the client in X-Forwarded-For and knows no proxy protocol.'),
    ...when(
      kind === 'classic' && readsHttp,
      'proxyProtocol',
      `A classic load balancer has the proxy protocol with backendProtocol tcp and ssl alone; with ${backendProtocol} it reads requests and tells the client in X-Forwarded-For. Leave one of the two out.`,
    ),
  ];
}
