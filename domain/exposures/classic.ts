import { hostnameAnnotations, metadata, selectorOf, servicePorts, tagsText, text, type Manifest } from './manifests.ts';
import { OF_SERVICES } from './nlb.ts';
import type { RenderExposure } from './requests.ts';

/** A Service for which the provider in Kubernetes' own tree makes a Classic Load Balancer (source: cloud-provider-aws, docs/service_controller.md). */
export function classicManifests(ask: RenderExposure): readonly Manifest[] {
  return [
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: metadata(ask, annotationsOf(ask)),
      spec: {
        type: 'LoadBalancer',
        ...(ask.sourceRanges === undefined ? {} : { loadBalancerSourceRanges: ask.sourceRanges }),
        selector: selectorOf(ask),
        ports: servicePorts(ask),
      },
    },
  ];
}

/** No `type`: that is what makes it a classic one. Lists are written without blanks, which the provider does not trim everywhere. */
function annotationsOf(ask: RenderExposure): Readonly<Record<string, string | undefined>> {
  const { tls, healthCheck, accessLogs, drainingSeconds } = ask;
  return {
    [`${OF_SERVICES}internal`]: ask.internal ? 'true' : undefined,
    [`${OF_SERVICES}proxy-protocol`]: ask.proxyProtocol === true ? '*' : undefined,
    [`${OF_SERVICES}access-log-enabled`]: accessLogs === undefined ? undefined : 'true',
    [`${OF_SERVICES}access-log-emit-interval`]: text(accessLogs?.emitIntervalMinutes),
    [`${OF_SERVICES}access-log-s3-bucket-name`]: accessLogs?.bucket,
    [`${OF_SERVICES}access-log-s3-bucket-prefix`]: accessLogs?.prefix,
    [`${OF_SERVICES}connection-draining-enabled`]: drainingSeconds === undefined ? undefined : 'true',
    [`${OF_SERVICES}connection-draining-timeout`]: text(drainingSeconds),
    [`${OF_SERVICES}connection-idle-timeout`]: text(ask.idleTimeoutSeconds),
    [`${OF_SERVICES}cross-zone-load-balancing-enabled`]: text(ask.crossZone),
    [`${OF_SERVICES}extra-security-groups`]: ask.securityGroups?.join(','),
    [`${OF_SERVICES}ssl-cert`]: tls?.certificateArn,
    [`${OF_SERVICES}ssl-ports`]: tls?.ports?.join(','),
    [`${OF_SERVICES}ssl-negotiation-policy`]: tls?.policy,
    [`${OF_SERVICES}backend-protocol`]: ask.backendProtocol,
    [`${OF_SERVICES}additional-resource-tags`]: tagsText(ask),
    [`${OF_SERVICES}healthcheck-healthy-threshold`]: text(healthCheck?.healthyThreshold),
    [`${OF_SERVICES}healthcheck-unhealthy-threshold`]: text(healthCheck?.unhealthyThreshold),
    [`${OF_SERVICES}healthcheck-timeout`]: text(healthCheck?.timeoutSeconds),
    [`${OF_SERVICES}healthcheck-interval`]: text(healthCheck?.intervalSeconds),
    ...hostnameAnnotations(ask),
  };
}
