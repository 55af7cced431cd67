import { hostnameAnnotations, mapText, metadata, selectorOf, servicePorts, tagsText, text, type IngressRule, type Manifest } from './manifests.ts';
import type { RenderExposure } from './requests.ts';

/** What the annotations of Ingresses of the AWS Load Balancer Controller begin with. */
export const OF_INGRESSES = 'alb.ingress.kubernetes.io/';
const ALB_CLASS = 'alb';

/** A Service, and an Ingress for which the AWS Load Balancer Controller makes an ALB that sends straight to the pods (source: AWS Load Balancer Controller, guide/ingress/annotations). */
export function albManifests(ask: RenderExposure): readonly Manifest[] {
  return [
    { apiVersion: 'v1', kind: 'Service', metadata: metadata(ask, {}), spec: { type: 'ClusterIP', selector: selectorOf(ask), ports: servicePorts(ask) } },
    { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: metadata(ask, annotationsOf(ask)), spec: { ingressClassName: ALB_CLASS, rules: ingressRules(ask) } },
  ];
}

/** The rules as asked, or everything to the first port. */
export function rulesOf({ rules, ports }: RenderExposure): readonly { readonly host?: string | undefined; readonly path?: string | undefined; readonly port: number }[] {
  return rules ?? ports.slice(0, 1).map(({ port }) => ({ port }));
}

/** One rule of the Ingress for each host, in the order in which hosts are first named; paths in the order asked. */
function ingressRules(ask: RenderExposure): readonly IngressRule[] {
  return [...Map.groupBy(rulesOf(ask), ({ host }) => host)].map(([host, rules]) => ({
    ...(host === undefined ? {} : { host }),
    http: { paths: rules.map(({ path = '/', port }) => ({ path, pathType: 'Prefix', backend: { service: { name: ask.name, port: { number: port } } } })) },
  }));
}

function annotationsOf(ask: RenderExposure): Readonly<Record<string, string | undefined>> {
  const { tls, healthCheck, accessLogs, securityGroups } = ask;
  return {
    [`${OF_INGRESSES}scheme`]: ask.internal ? 'internal' : 'internet-facing',
    [`${OF_INGRESSES}target-type`]: 'ip',
    [`${OF_INGRESSES}ip-address-type`]: ask.ipAddressType,
    [`${OF_INGRESSES}listen-ports`]: tls === undefined ? '[{"HTTP":80}]' : '[{"HTTP":80},{"HTTPS":443}]',
    [`${OF_INGRESSES}ssl-redirect`]: tls === undefined ? undefined : '443',
    [`${OF_INGRESSES}certificate-arn`]: tls?.certificateArn,
    [`${OF_INGRESSES}ssl-policy`]: tls?.policy,
    [`${OF_INGRESSES}backend-protocol`]: ask.backendProtocol?.toUpperCase(),
    [`${OF_INGRESSES}inbound-cidrs`]: ask.sourceRanges?.join(','),
    [`${OF_INGRESSES}security-groups`]: securityGroups?.join(','),
    // With groups of one's own the controller lets nothing into the pods' groups, unless it is told to.
    [`${OF_INGRESSES}manage-backend-security-group-rules`]: securityGroups === undefined ? undefined : 'true',
    [`${OF_INGRESSES}load-balancer-attributes`]: mapText({
      'access_logs.s3.enabled': accessLogs === undefined ? undefined : true,
      'access_logs.s3.bucket': accessLogs?.bucket,
      'access_logs.s3.prefix': accessLogs?.prefix,
      'idle_timeout.timeout_seconds': ask.idleTimeoutSeconds,
    }),
    [`${OF_INGRESSES}target-group-attributes`]: mapText({
      'deregistration_delay.timeout_seconds': ask.drainingSeconds,
      // An ALB balances over zones unless a target group of it is told not to.
      'load_balancing.cross_zone.enabled': ask.crossZone,
    }),
    [`${OF_INGRESSES}healthcheck-protocol`]: healthCheck?.protocol,
    [`${OF_INGRESSES}healthcheck-port`]: healthCheck?.port === undefined ? undefined : String(healthCheck.port),
    [`${OF_INGRESSES}healthcheck-path`]: healthCheck?.path,
    [`${OF_INGRESSES}healthcheck-interval-seconds`]: text(healthCheck?.intervalSeconds),
    [`${OF_INGRESSES}healthcheck-timeout-seconds`]: text(healthCheck?.timeoutSeconds),
    [`${OF_INGRESSES}healthy-threshold-count`]: text(healthCheck?.healthyThreshold),
    [`${OF_INGRESSES}unhealthy-threshold-count`]: text(healthCheck?.unhealthyThreshold),
    [`${OF_INGRESSES}success-codes`]: healthCheck?.successCodes,
    [`${OF_INGRESSES}tags`]: tagsText(ask),
    ...hostnameAnnotations(ask),
  };
}
