import * as z from 'zod';
import controllerIngresses from './annotations/controller-ingresses.json' with { type: 'json' };
import controllerServices from './annotations/controller-services.json' with { type: 'json' };
import inTree from './annotations/in-tree.json' with { type: 'json' };
import kubernetes from './annotations/kubernetes.json' with { type: 'json' };
import names from './annotations/names.json' with { type: 'json' };
import { ValueForm } from './value-forms.ts';

const Entry = z.strictObject({
  /** Behind the prefix; what follows `.{...}` is chosen by whoever writes it. */
  name: z.string().regex(/^[a-z0-9.-]+?(\.\{(port|protocol-port|name)\})?$/),
  meaning: z.string().min(1),
  value: ValueForm,
  /** Always, or with these values only: another annotation or field says it today. */
  obsolete: z.union([z.literal(true), z.array(z.string())]).optional(),
  sources: z.array(z.url()).optional(),
});

const Family = z.strictObject({
  prefixes: z.array(z.string()).min(1),
  /** What is to be known of a prefix. */
  notes: z.record(z.string(), z.string()).optional(),
  readBy: z.string(),
  sources: z.array(z.url({ protocol: /^https$/ })).min(1),
  annotations: z.array(Entry).min(1),
});

export interface KnownAnnotation {
  readonly annotation: string;
  readonly meaning: string;
  readonly value: ValueForm;
  readonly obsolete: true | readonly string[] | undefined;
  readonly readBy: string;
  readonly sources: readonly string[];
}

const FAMILIES = [inTree, controllerServices, controllerIngresses, names, kubernetes].map((family) => Family.parse(family));

const ENTRIES: readonly KnownAnnotation[] = FAMILIES.flatMap(({ prefixes, notes, readBy, sources, annotations }) =>
  prefixes.flatMap((prefix) =>
    annotations.map((entry) => ({
      annotation: `${prefix}${entry.name}`,
      meaning: notes?.[prefix] === undefined ? entry.meaning : `${entry.meaning} ${notes[prefix]}`,
      value: entry.value,
      obsolete: entry.obsolete,
      readBy,
      sources: entry.sources ?? sources,
    })),
  ),
);

const PARAMETERS = { port: '\\d{1,5}', 'protocol-port': '(TCP|UDP|TLS|TCP_UDP|QUIC|TCP_QUIC|HTTP|HTTPS)-\\d{1,5}', name: '[0-9A-Za-z][0-9A-Za-z_.-]*' } as const;

const EXACT: ReadonlyMap<string, KnownAnnotation> = new Map(ENTRIES.filter(({ annotation }) => !annotation.includes('{')).map((entry) => [entry.annotation, entry]));
const PATTERNS = ENTRIES.flatMap((entry) => {
  const [, stem, parameter] = /^(.*)\{(.*)\}$/.exec(entry.annotation) ?? [];
  return stem === undefined ? [] : [{ entry, pattern: new RegExp(`^${stem.replaceAll('.', '\\.')}${PARAMETERS[parameter as keyof typeof PARAMETERS]}$`) }];
});

/** What every controller that is known here reads, in the families' order. */
export const KNOWN_ANNOTATIONS = ENTRIES;

export function knownAnnotation(annotation: string): KnownAnnotation | undefined {
  return EXACT.get(annotation) ?? PATTERNS.find(({ pattern }) => pattern.test(annotation))?.entry;
}

/** Names that begin as those of a controller do: one that is not known here is read by nobody, misspelt most often. */
const READ_BY_ONE = /^(service\.beta\.kubernetes\.io\/(aws-)?load-balancer-|alb\.ingress\.kubernetes\.io\/|external-dns\.(alpha\.)?kubernetes\.io\/(hostname|ttl|target|access|controller))/;

export function looksKnown(annotation: string): boolean {
  return READ_BY_ONE.test(annotation);
}

/** Whether the AWS Load Balancer Controller alone reads it, of the annotations of Services. */
export function isOfControllerAlone(annotation: string): boolean {
  const known = knownAnnotation(annotation);
  return known !== undefined && CONTROLLER_SERVICES.has(known.annotation) && !ALSO_IN_TREE.has(known.annotation);
}

const CONTROLLER_SERVICES: ReadonlySet<string> = new Set(controllerServices.annotations.map(({ name }) => `${controllerServices.prefixes[0]}${name}`));

/** Annotations that came with the controller and that the provider in Kubernetes has taken up since (source: cloud-provider-aws, docs/service_controller.md). */
const ALSO_IN_TREE: ReadonlySet<string> = new Set(
  [
    'aws-load-balancer-security-groups',
    'aws-load-balancer-eip-allocations',
    'aws-load-balancer-private-ipv4-addresses',
    'aws-load-balancer-healthcheck-path',
    'aws-load-balancer-healthcheck-port',
    'aws-load-balancer-healthcheck-protocol',
    'aws-load-balancer-subnets',
    'aws-load-balancer-target-node-labels',
    'aws-load-balancer-target-group-attributes',
    'load-balancer-source-ranges',
  ].map((name) => `service.beta.kubernetes.io/${name}`),
);
