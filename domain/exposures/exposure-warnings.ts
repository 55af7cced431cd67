import { rulesOf } from './alb.ts';
import { SECURITY_GROUPS_MAX, type RenderExposure } from './requests.ts';
import { coversHostname, regionOfCertificate } from './values.ts';

/** Something that may well be meant, and that whoever asks should know. */
export interface ExposureWarning {
  /** Stable, kebab-case. */
  readonly code: string;
  /** The member of the request that it is about. */
  readonly path: string;
  readonly reason: string;
}

/** Inbound rules of one security group (source: VPC quotas). */
const SECURITY_GROUP_RULES_MAX = 60;

export function warningsOf(ask: RenderExposure): readonly ExposureWarning[] {
  return [...kindWarnings(ask), ...portWarnings(ask), ...accessWarnings(ask), ...tlsWarnings(ask), ...classicWarnings(ask), ...nameWarnings(ask), ...logWarnings(ask), ...proxyWarnings(ask)];
}

function warn(condition: boolean, code: string, path: string, reason: string): readonly ExposureWarning[] {
  return condition ? [{ code, path, reason }] : [];
}

function kindWarnings({ kind }: RenderExposure): readonly ExposureWarning[] {
  const classic = kind === 'classic';
  return [
    ...warn(classic, 'legacy-kind', 'kind', 'Classic Load Balancers are of the previous generation, and the provider in Kubernetes that makes them gets only critical fixes. Take nlb, or alb for HTTP.'),
    ...warn(
      classic,
      'taken-by-controller',
      'kind',
      'Where the AWS Load Balancer Controller runs with its service webhook, as it does by default since 2.5, it takes every new Service of this type for an NLB. Its Helm value enableServiceMutatorWebhook: false leaves this one to the provider. EKS Auto Mode makes no classic ones.',
    ),
  ];
}

function portWarnings(ask: RenderExposure): readonly ExposureWarning[] {
  const { kind, ports, healthCheck } = ask;
  const udpUnchecked = ports.some(({ protocol }) => protocol === 'UDP') && healthCheck?.port === undefined;
  const unreached = ports.flatMap(({ port }, at) => (kind === 'alb' && !rulesOf(ask).some((rule) => rule.port === port) ? [{ port, at }] : []));
  return [
    ...warn(kind === 'nlb' && udpUnchecked, 'udp-health-check', 'healthCheck.port', 'UDP is not checked by UDP: without healthCheck.port the pods must answer TCP on the port itself, or none counts as healthy.'),
    ...unreached.flatMap(({ port, at }) => warn(true, 'port-without-rule', `ports.${at}.port`, `No rule leads to ${port}: it can be reached within the cluster alone.`)),
  ];
}

function accessWarnings({ kind, internal, sourceRanges, securityGroups, ports, tls }: RenderExposure): readonly ExposureWarning[] {
  const rules = (sourceRanges?.length ?? 0) * (kind === 'alb' ? (tls === undefined ? 1 : 2) : ports.length);
  const open = !internal && sourceRanges === undefined && (kind === 'classic' || securityGroups === undefined);
  return [
    ...warn(open, 'open-to-the-internet', 'internal', 'Neither internal nor sourceRanges nor securityGroups limit who connects: everybody on the internet may.'),
    ...warn(rules > SECURITY_GROUP_RULES_MAX, 'many-rules', 'sourceRanges', `${rules} rules are needed in one security group; by default one holds ${SECURITY_GROUP_RULES_MAX}.`),
    ...warn(kind === 'classic' && securityGroups !== undefined, 'groups-are-added', 'securityGroups', 'The groups come beside the one that the provider makes: what that one lets in stays open.'),
  ];
}

function tlsWarnings({ tls, region }: RenderExposure): readonly ExposureWarning[] {
  const of = tls === undefined || region !== undefined ? undefined : regionOfCertificate(tls.certificateArn);
  return warn(of !== undefined, 'certificate-region', 'tls.certificateArn', `The certificate is in ${of}: a load balancer in another region cannot have it. Say region to have it checked.`);
}

/** Sources: cloud-provider-aws, EnsureLoadBalancer (the first port is checked, by SSL with backend protocol ssl or https) and buildELBSecurityGroupList; VPC quotas. */
function classicWarnings({ kind, ports, tls, backendProtocol, securityGroups }: RenderExposure): readonly ExposureWarning[] {
  if (kind !== 'classic') return [];
  const first = ports[0]?.port ?? 0;
  const plain = tls?.ports !== undefined && !tls.ports.includes(first);
  const byTls = backendProtocol === 'ssl' || backendProtocol === 'https';
  return [
    ...warn(plain && byTls, 'first-port-checked-by-tls', 'tls.ports', `With backendProtocol ${backendProtocol} the health check speaks TLS to the first port, ${first}, which is not among tls.ports: unless its pods speak TLS themselves, none counts as healthy. Put a port of tls.ports first.`),
    ...warn((securityGroups?.length ?? 0) >= SECURITY_GROUPS_MAX, 'many-groups', 'securityGroups', `With the group that the provider makes they are ${(securityGroups?.length ?? 0) + 1}; by default one load balancer takes ${SECURITY_GROUPS_MAX}.`),
  ];
}

function nameWarnings(ask: RenderExposure): readonly ExposureWarning[] {
  const { kind, hostname } = ask;
  if (kind !== 'alb' || hostname === undefined) return [];
  const served = rulesOf(ask).some(({ host }) => host === undefined || coversHostname(host, hostname) || coversHostname(hostname, host));
  return warn(!served, 'hostname-without-rule', 'hostname', `No rule is for ${hostname}: whoever comes by that name gets 404.`);
}

/** Source: ELB user guide, access logs for your Network Load Balancer. */
function logWarnings({ kind, accessLogs, tls }: RenderExposure): readonly ExposureWarning[] {
  return warn(kind === 'nlb' && accessLogs !== undefined && tls === undefined, 'logs-need-tls', 'accessLogs', 'An NLB logs requests to its TLS listeners alone, and this one has none.');
}

function proxyWarnings({ kind, proxyProtocol }: RenderExposure): readonly ExposureWarning[] {
  return warn(proxyProtocol === true, 'pods-must-read-it', 'proxyProtocol', `The pods must read version ${kind === 'classic' ? '1' : '2'} of the proxy protocol on every port: without it each connection begins with bytes that they do not understand.`);
}
