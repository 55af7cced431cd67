import { OF_INGRESSES } from './alb.ts';
import { NLB_CLASS, OF_SERVICES } from './nlb.ts';
import { goBoolean } from './value-forms.ts';

/** What says today what an obsolete annotation says. */
export interface Replacement {
  /** For people: the lines to write, or why nothing takes its place. */
  readonly text: string;
  /** To write in its place, where the value could be translated. One that several obsolete ones lead to is joined with commas. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/**
 * What takes the place of an annotation that is obsolete with its value; `annotations` are all of the object. `undefined` stands for a value that is at
 * fault: it is not offered again, and what to write is left open.
 */
export function replacementOf(annotation: string, value: string | undefined, annotations: ReadonlyMap<string, string>): Replacement | undefined {
  const service = annotation.startsWith(OF_SERVICES) ? OF_SERVICE.get(annotation.slice(OF_SERVICES.length)) : undefined;
  if (service !== undefined) return service(value, annotations);
  switch (annotation) {
    case `${OF_INGRESSES}web-acl-id`:
    case `${OF_INGRESSES}waf-acl-id`:
      return { text: `${OF_INGRESSES}wafv2-acl-arn: <the ARN of a web ACL of AWS WAF> (WAF Classic has come to its end)` };
    case 'kubernetes.io/ingress.class':
      return { text: `spec.ingressClassName: ${value ?? '<name of an IngressClass>'}` };
    default:
      return undefined;
  }
}

type Translate = (value: string | undefined, annotations: ReadonlyMap<string, string>) => Replacement;

/** Seconds that a Classic Load Balancer drains when nothing is said (source: cloud-provider-aws, docs/service_controller.md). */
const CLASSIC_DRAINING_SECONDS = 300;

const OF_SERVICE: ReadonlyMap<string, Translate> = new Map<string, Translate>([
  // Source: cloud-provider-aws, pkg/providers/v1/aws_validations.go: the type must not be updated after the load balancer was made.
  ['type', (value) => written({ type: 'external', 'nlb-target-type': value === 'nlb-ip' ? 'ip' : 'instance' }, `spec.loadBalancerClass: ${NLB_CLASS}\n(on a new Service: the type of one that is there is not to be edited)`)],
  ['internal', (value) => (value === undefined ? open('scheme', '<internal or internet-facing>') : written({ scheme: goBoolean(value) === false ? 'internet-facing' : 'internal' }))],
  ['access-log-emit-interval', () => ({ text: 'Nothing: NLB and ALB write their access logs every 5 minutes.' })],
  ['access-log-enabled', (value) => attribute('attributes', 'access_logs.s3.enabled', truth(value), '<true or false>')],
  ['access-log-s3-bucket-name', (value) => attribute('attributes', 'access_logs.s3.bucket', value, '<bucket>')],
  ['access-log-s3-bucket-prefix', (value) => attribute('attributes', 'access_logs.s3.prefix', value, '<prefix>')],
  ['connection-draining-enabled', (_value, annotations) => draining(annotations)],
  ['connection-draining-timeout', (_value, annotations) => draining(annotations)],
  ['connection-idle-timeout', (value) => ({ text: idleTimeouts(value) })],
  ['cross-zone-load-balancing-enabled', (value) => attribute('attributes', 'load_balancing.cross_zone.enabled', truth(value), '<true or false>')],
  ['extra-security-groups', (value) => (value === undefined ? open('security-groups', '<ids of security groups>') : written({ 'security-groups': value, 'manage-backend-security-group-rules': 'true' }, '(in place of the group that the controller makes, not beside it)'))],
  ['backend-protocol', (value) => ({ text: `${OF_INGRESSES}backend-protocol: ${value?.toUpperCase() ?? '<HTTP or HTTPS>'} (on an Ingress: only an ALB reads HTTP)` })],
]);

function written(annotations: Readonly<Record<string, string>>, also?: string): Replacement {
  const full = Object.fromEntries(Object.entries(annotations).map(([name, value]) => [`${OF_SERVICES}${name}`, value]));
  const lines = Object.entries(full).map(([name, value]) => `${name}: "${value}"`);
  return { text: [...lines, ...(also === undefined ? [] : [also])].join('\n'), annotations: full };
}

function open(name: string, what: string): Replacement {
  return { text: `${OF_SERVICES}${name}: "${what}"` };
}

function attribute(of: string, name: string, value: string | undefined, otherwise: string): Replacement {
  return value === undefined ? { text: `${OF_SERVICES}${of}: ${name}=${otherwise}` } : written({ [of]: `${name}=${value}` });
}

function truth(value: string | undefined): string | undefined {
  const read = goBoolean(value ?? '');
  return read === undefined ? undefined : String(read);
}

/** Both annotations come to one attribute: how long, and not at all where it is turned off. A time alone is taken for the wish; that it does nothing as it stands is told as a problem. */
function draining(annotations: ReadonlyMap<string, string>): Replacement {
  const enabled = goBoolean(annotations.get(`${OF_SERVICES}connection-draining-enabled`) ?? 'true');
  const timeout = annotations.get(`${OF_SERVICES}connection-draining-timeout`) ?? String(CLASSIC_DRAINING_SECONDS);
  const seconds = /^\d{1,4}$/.test(timeout) && Number(timeout) >= 1 && Number(timeout) <= 3600 ? String(Number(timeout)) : undefined;
  const said = enabled === undefined ? undefined : enabled ? seconds : '0';
  return attribute('target-group-attributes', 'deregistration_delay.timeout_seconds', said, '<0 to 3600>');
}

function idleTimeouts(value: string | undefined): string {
  const nlb = value === undefined ? '<60 to 6000>' : String(Math.max(60, Number(value)));
  const alb = value === undefined ? '<1 to 4000>' : String(Number(value));
  return `${OF_SERVICES}listener-attributes.TCP-<port>: tcp.idle_timeout.seconds=${nlb} (NLB, for each TCP port)\n${OF_INGRESSES}load-balancer-attributes: idle_timeout.timeout_seconds=${alb} (ALB)`;
}
