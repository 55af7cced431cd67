import * as z from 'zod';
import { Cidr, KubernetesLabels, Region, SecurityGroupId, Tags } from '../request-words.ts';
import { CERTIFICATE_ARN, faultOfBucket, faultOfBucketPrefix, faultOfHealthPath, faultOfSuccessCodes, HEALTH_CHECK, HOSTNAME, HOSTNAME_CHARACTERS_MAX, SUCCESS_CODES_CHARACTERS_MAX } from './values.ts';

/** What clients may ask of exposures: strict, every text and list with a limit. What depends on the kind of load balancer is judged in exposure-rules.ts. */

/** Listeners of one load balancer (source: ELB quotas, listeners per Network Load Balancer: 50). */
const PORTS_MAX = 50;
/** Rules of one Application Load Balancer, the default one not counted (source: ELB quotas). */
const RULES_MAX = 100;
const SOURCE_RANGES_MAX = 50;
/** Security groups of one network interface (source: VPC quotas). */
export const SECURITY_GROUPS_MAX = 5;
/** Fifty tags fit on a resource; controllers put some of their own there. */
const TAGS_MAX = 45;
/** Two patterns are made of a path, the longer with `/*`; ALB takes 128 characters (source: ELB API reference, RuleCondition). */
const PATH_CHARACTERS_MAX = 126;
const HOST_CHARACTERS_MAX = 128;

/** RFC 1035: what names a Service. */
const ServiceName = z.string().max(63).regex(/^[a-z]([a-z0-9-]*[a-z0-9])?$/, 'A name begins with a lower-case letter and goes on with lower-case letters, digits and hyphens');
const Namespace = z.string().max(63).regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, 'A namespace is made of lower-case letters, digits and hyphens');

const PortNumber = z.int().min(1).max(65_535);

/** A port of the pods by number, or by its name there (source: Kubernetes, IsValidPortName). */
const TargetPort = z.union(
  [
    PortNumber,
    z
      .string()
      .max(15)
      .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/)
      .refine((name) => /[a-z]/.test(name)),
  ],
  { error: 'A port of the pods: a number from 1 to 65535, or a name of at most 15 lower-case letters, digits and single hyphens, one of them a letter' },
);

const Port = z.strictObject({
  port: PortNumber.meta({ description: 'Where clients connect; with kind `alb` a port of the Service that rules name, for an ALB listens on 80 and 443.' }),
  targetPort: TargetPort,
  protocol: z.enum(['TCP', 'UDP', 'TCP_UDP']).default('TCP'),
});

const Hostname = z.string().max(HOSTNAME_CHARACTERS_MAX).regex(HOSTNAME, 'Not a DNS name in lower case');

const Rule = z.strictObject({
  host: Hostname.max(HOST_CHARACTERS_MAX).optional(),
  path: z
    .string()
    .max(PATH_CHARACTERS_MAX)
    .regex(/^\/[0-9A-Za-z_.$~@:+&/-]*$/, 'A path begins with / and holds no wildcards')
    .refine((path) => !/\/\/|\/\.{1,2}(\/|$)/.test(path), { message: 'A path has no empty, . or .. segments' })
    .optional()
    .meta({ description: 'A prefix; `/` when not given.' }),
  port: PortNumber.meta({ description: 'One of `ports`.' }),
});

const SourceRange = Cidr.refine((block) => !hasHostBits(block), { message: 'The address has bits beyond the prefix: write the first address of the block' });

const HealthCheck = z
  .strictObject({
    protocol: z.enum(['TCP', 'HTTP', 'HTTPS']).optional(),
    port: z.union([PortNumber, z.literal('traffic-port')], { error: 'A number from 1 to 65535, or traffic-port' }).optional(),
    path: z.string().max(1024).refine((path) => faultOfHealthPath(path) === undefined, { message: 'A path begins with / and holds no blanks' }).optional(),
    intervalSeconds: z.int().min(HEALTH_CHECK.intervalSeconds.min).max(HEALTH_CHECK.intervalSeconds.max).optional(),
    timeoutSeconds: z.int().min(HEALTH_CHECK.timeoutSeconds.min).max(HEALTH_CHECK.timeoutSeconds.max).optional(),
    healthyThreshold: z.int().min(HEALTH_CHECK.threshold.min).max(HEALTH_CHECK.threshold.max).optional(),
    unhealthyThreshold: z.int().min(HEALTH_CHECK.threshold.min).max(HEALTH_CHECK.threshold.max).optional(),
    successCodes: z.string().max(SUCCESS_CODES_CHARACTERS_MAX).refine((codes) => faultOfSuccessCodes(codes) === undefined, { message: 'Written as 200, 200,202 or 200-299' }).optional(),
  })
  .refine((check) => Object.keys(check).length > 0, { message: 'Say what is to be checked' });

export const RenderExposure = z
  .strictObject({
    kind: z.enum(['nlb', 'alb', 'classic']),
    name: ServiceName,
    namespace: Namespace,
    ports: z
      .array(Port)
      .min(1)
      .max(PORTS_MAX)
      .superRefine((ports, context) => {
        ports.forEach(({ port }, at) => {
          if (ports.findIndex((other) => other.port === port) < at) context.addIssue({ code: 'custom', path: [at, 'port'], message: 'Each port once; TCP and UDP on one port are TCP_UDP' });
        });
      }),
    rules: z.array(Rule).min(1).max(RULES_MAX).optional().meta({ description: 'For kind `alb`: which requests go to which port. Without it all go to the first of `ports`.' }),
    selector: KubernetesLabels.refine((labels) => Object.keys(labels).length > 0, { message: 'At least one label' })
      .optional()
      .meta({ description: 'The labels of the pods. Default: `app.kubernetes.io/name` with the name.' }),
    internal: z.boolean().default(false).meta({ description: 'Only for clients within the network. Default: open to the internet.' }),
    tls: z
      .strictObject({
        certificateArn: z.string().max(400).regex(CERTIFICATE_ARN, 'Not the ARN of an ACM or IAM server certificate'),
        ports: z.array(PortNumber).min(1).max(PORTS_MAX).optional().meta({ description: 'The ports that speak TLS; all when not given.' }),
        policy: z.string().max(256).regex(/^ELBSecurityPolicy-[0-9A-Za-z-]+$/, 'Not a security policy of Elastic Load Balancing: their names begin with ELBSecurityPolicy-').optional(),
      })
      .optional(),
    backendProtocol: z.enum(['tcp', 'ssl', 'http', 'https']).optional().meta({ description: 'What the pods speak behind the load balancer.' }),
    hostname: Hostname.optional().meta({ description: 'The name that ExternalDNS is to make.' }),
    accessLogs: z
      .strictObject({
        bucket: z.string().max(63).refine((bucket) => faultOfBucket(bucket) === undefined, { error: ({ input }) => faultOfBucket(String(input)) ?? 'Not a bucket name' }),
        prefix: z.string().max(256).refine((prefix) => faultOfBucketPrefix(prefix) === undefined, { error: ({ input }) => faultOfBucketPrefix(String(input)) ?? 'Not a prefix' }).optional(),
        emitIntervalMinutes: z.union([z.literal(5), z.literal(60)], { error: 'Either 5 or 60' }).optional().meta({ description: 'Only of classic load balancers.' }),
      })
      .optional(),
    sourceRanges: z
      .array(SourceRange)
      .min(1)
      .max(SOURCE_RANGES_MAX)
      .refine((ranges) => new Set(ranges).size === ranges.length, { message: 'Each range once' })
      .optional(),
    ipAddressType: z.enum(['ipv4', 'dualstack']).optional(),
    healthCheck: HealthCheck.optional(),
    tags: Tags.refine((tags) => Object.keys(tags).length <= TAGS_MAX, { message: `At most ${TAGS_MAX} tags: controllers add their own` }).optional(),
    securityGroups: z
      .array(SecurityGroupId)
      .min(1)
      .max(SECURITY_GROUPS_MAX)
      .refine((groups) => new Set(groups).size === groups.length, { message: 'Each group once' })
      .optional(),
    drainingSeconds: z.int().min(0).max(3600).optional(),
    idleTimeoutSeconds: z.int().min(1).max(6000).optional(),
    crossZone: z.boolean().optional(),
    proxyProtocol: z.boolean().optional(),
    region: Region.optional().meta({ description: 'Where the cluster is. With it the region of the certificate is held against it.' }),
  })
  .meta({ id: 'RenderExposure' });
export type RenderExposure = z.output<typeof RenderExposure>;

/** Most annotations that are explained at once. */
const ANNOTATIONS_MAX = 100;
/** Of all annotations of one object together: a quarter of what Kubernetes takes (source: Kubernetes, ValidateAnnotations: 256 KiB), and more than any has. */
const ANNOTATION_CHARACTERS_MAX = 65_536;

/** An optional DNS name and a slash, then up to 63 characters (source: Kubernetes documentation, Annotations, syntax and character set). */
const AnnotationName = z.string().max(317).regex(/^([0-9A-Za-z]([0-9A-Za-z.-]{0,251}[0-9A-Za-z])?\/)?[0-9A-Za-z]([0-9A-Za-z_.-]{0,61}[0-9A-Za-z])?$/, 'Not the name of an annotation');

export const ExplainAnnotations = z
  .strictObject({
    annotations: z
      .record(AnnotationName, z.string().max(ANNOTATION_CHARACTERS_MAX))
      .refine((annotations) => Object.keys(annotations).length <= ANNOTATIONS_MAX, { message: `At most ${ANNOTATIONS_MAX} annotations` })
      .refine((annotations) => Object.entries(annotations).reduce((sum, [name, value]) => sum + name.length + value.length, 0) <= ANNOTATION_CHARACTERS_MAX, { message: `At most ${ANNOTATION_CHARACTERS_MAX} characters together` })
      .meta({ maxProperties: ANNOTATIONS_MAX }),
  })
  .meta({ id: 'ExplainAnnotations' });
export type ExplainAnnotations = z.output<typeof ExplainAnnotations>;

/** IPv4 only: security groups keep a block by its first address, and a controller that compares texts would write it again and again. */
function hasHostBits(block: string): boolean {
  const [address = '', prefix = ''] = block.split('/');
  const octets = address.split('.').map(Number);
  if (octets.length !== 4) return false;
  const bits = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  return bits % 2 ** (32 - Number(prefix)) !== 0;
}
