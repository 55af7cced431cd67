import { hostnameAnnotations, mapText, metadata, selectorOf, servicePorts, tagsText, text, type Manifest } from './manifests.ts';
import type { RenderExposure } from './requests.ts';

/** What the annotations of load balancers of Services begin with. */
export const OF_SERVICES = 'service.beta.kubernetes.io/aws-load-balancer-';
/** Services of this class are the controller's, whatever else runs in the cluster (source: AWS Load Balancer Controller, guide/service/nlb). */
export const NLB_CLASS = 'service.k8s.aws/nlb';

/** A Service for which the AWS Load Balancer Controller makes an NLB that sends straight to the pods (source: AWS Load Balancer Controller, guide/service/annotations). */
export function nlbManifests(ask: RenderExposure): readonly Manifest[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata(ask, annotationsOf(ask)),
      spec: {
        type: 'LoadBalancer',
        loadBalancerClass: NLB_CLASS,
        // Targets are pods by their addresses: a node port for each would be taken for nothing.
        allocateLoadBalancerNodePorts: false,
        ...(ask.sourceRanges === undefined ? {} : { loadBalancerSourceRanges: ask.sourceRanges }),
        selector: selectorOf(ask),
        ports: servicePorts(ask),
      },
    },
  ];
}

function annotationsOf(ask: RenderExposure): Readonly<Record<string, string | undefined>> {
  const { tls, healthCheck, accessLogs, securityGroups } = ask;
  const udp = ask.ports.some(({ protocol }) => protocol !== 'TCP');
  return {
    [`${OF_SERVICES}type`]: 'external',
    [`${OF_SERVICES}nlb-target-type`]: 'ip',
    [`${OF_SERVICES}scheme`]: ask.internal ? 'internal' : 'internet-facing',
    [`${OF_SERVICES}ip-address-type`]: ask.ipAddressType,
    // A dualstack NLB has UDP listeners only with it.
    [`${OF_SERVICES}enable-prefix-for-ipv6-source-nat`]: ask.ipAddressType === 'dualstack' && udp ? 'on' : undefined,
    [`${OF_SERVICES}enable-tcp-udp-listener`]: ask.ports.some(({ protocol }) => protocol === 'TCP_UDP') ? 'true' : undefined,
    [`${OF_SERVICES}attributes`]: mapText({
      'access_logs.s3.enabled': accessLogs === undefined ? undefined : true,
      'access_logs.s3.bucket': accessLogs?.bucket,
      'access_logs.s3.prefix': accessLogs?.prefix,
      'load_balancing.cross_zone.enabled': ask.crossZone,
    }),
    [`${OF_SERVICES}target-group-attributes`]: mapText({ 'deregistration_delay.timeout_seconds': ask.drainingSeconds, 'proxy_protocol_v2.enabled': ask.proxyProtocol }),
    ...idleTimeouts(ask),
    [`${OF_SERVICES}ssl-cert`]: tls?.certificateArn,
    [`${OF_SERVICES}ssl-ports`]: tls?.ports?.join(','),
    [`${OF_SERVICES}ssl-negotiation-policy`]: tls?.policy,
    [`${OF_SERVICES}backend-protocol`]: ask.backendProtocol,
    [`${OF_SERVICES}security-groups`]: securityGroups?.join(','),
    // With groups of one's own the controller lets nothing into the pods' groups, unless it is told to.
    [`${OF_SERVICES}manage-backend-security-group-rules`]: securityGroups === undefined ? undefined : 'true',
    [`${OF_SERVICES}healthcheck-protocol`]: healthCheck?.protocol?.toLowerCase(),
    [`${OF_SERVICES}healthcheck-port`]: healthCheck?.port === undefined ? undefined : String(healthCheck.port),
    [`${OF_SERVICES}healthcheck-path`]: healthCheck?.path,
    [`${OF_SERVICES}healthcheck-interval`]: text(healthCheck?.intervalSeconds),
    [`${OF_SERVICES}healthcheck-timeout`]: text(healthCheck?.timeoutSeconds),
    [`${OF_SERVICES}healthcheck-healthy-threshold`]: text(healthCheck?.healthyThreshold),
    [`${OF_SERVICES}healthcheck-unhealthy-threshold`]: text(healthCheck?.unhealthyThreshold),
    [`${OF_SERVICES}healthcheck-success-codes`]: healthCheck?.successCodes,
    [`${OF_SERVICES}additional-resource-tags`]: tagsText(ask),
    ...hostnameAnnotations(ask),
  };
}

/** An NLB has its idle timeout on each TCP listener. */
function idleTimeouts({ idleTimeoutSeconds, ports }: RenderExposure): Readonly<Record<string, string>> {
  if (idleTimeoutSeconds === undefined) return {};
  const tcp = ports.filter(({ protocol }) => protocol === 'TCP');
  return Object.fromEntries(tcp.map(({ port }) => [`${OF_SERVICES}listener-attributes.TCP-${port}`, `tcp.idle_timeout.seconds=${idleTimeoutSeconds}`]));
}
