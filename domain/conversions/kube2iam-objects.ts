/** What of Kubernetes manifests concerns the roles of pods: every scalar is text here, as in a YAML text. */

/** A place in a text of several documents. */
export interface Place {
  readonly document: number;
  readonly path: readonly (string | number)[];
}

/** What is to be otherwise in a text: a scalar that is set, or what is taken out. */
export interface Edit extends Place {
  readonly value?: string;
}

export interface Workload {
  /** `Deployment web/shop`. */
  readonly called: string;
  readonly kind: string;
  readonly name: string | undefined;
  readonly namespace: string;
  /** Of the workload's own metadata, where it is no Pod: nothing there ever counted. */
  readonly ownAnnotations: Texts;
  /** Of the pods. */
  readonly annotations: Texts;
  /** Annotations of the pods that are no text, with what they are: Kubernetes takes no manifest with one. */
  readonly unfit: Texts;
  readonly serviceAccount: string | undefined;
  /** Which members of the pods' spec name the service account. */
  readonly namedBy: readonly ('serviceAccountName' | 'serviceAccount')[];
  readonly windows: boolean;
  readonly images: readonly string[];
  readonly podMetadata: Place;
  readonly podSpec: Place;
}

export interface Objects {
  /** All that say a kind. */
  readonly count: number;
  readonly workloads: readonly Workload[];
  readonly namespaces: readonly { readonly name: string; readonly annotations: Texts; readonly unfit: Texts }[];
  /** `namespace/name`. */
  readonly serviceAccounts: ReadonlySet<string>;
}

export type Texts = Readonly<Record<string, string>>;

/** Whether a scalar stands in the text without quotes. */
export type IsPlain = (document: number, path: readonly (string | number)[]) => boolean;

/** kubectl puts what names no namespace into the one of its context; this is the one that it has when nobody chose. */
export const DEFAULT_NAMESPACE = 'default';

/** Where the pods of each kind are told, from the object. */
const PODS_OF: Readonly<Record<string, readonly string[]>> = {
  Pod: [],
  Deployment: ['spec', 'template'],
  DaemonSet: ['spec', 'template'],
  StatefulSet: ['spec', 'template'],
  ReplicaSet: ['spec', 'template'],
  ReplicationController: ['spec', 'template'],
  Job: ['spec', 'template'],
  CronJob: ['spec', 'jobTemplate', 'spec', 'template'],
};

/** All objects of the documents; those in Lists too. What is no object of Kubernetes is passed over. */
export function objectsIn(documents: readonly unknown[], isPlain: IsPlain): Objects {
  const found = documents.flatMap((document, at) => objectsAt(document, { document: at, path: [] }));
  return {
    count: found.filter(({ object }) => textOf(object['kind']) !== undefined).length,
    workloads: found.flatMap(({ object, place }) => workloadOf(object, place, isPlain)),
    namespaces: found.flatMap(({ object, place }) => (object['kind'] === 'Namespace' ? [{ name: textOf(mapOf(object['metadata'])['name']) ?? '', ...annotationsOf(mapOf(object['metadata']), { document: place.document, path: [...place.path, 'metadata'] }, isPlain) }] : [])),
    serviceAccounts: new Set(found.flatMap(({ object }) => (object['kind'] === 'ServiceAccount' ? [`${namespaceOf(object)}/${textOf(mapOf(object['metadata'])['name']) ?? ''}`] : []))),
  };
}

function objectsAt(value: unknown, place: Place): { readonly object: Readonly<Record<string, unknown>>; readonly place: Place }[] {
  const object = mapOf(value);
  const items = object['items'];
  if (!Array.isArray(items)) return [{ object, place }];
  return items.map((item: unknown, at) => ({ object: mapOf(item), place: { document: place.document, path: [...place.path, 'items', at] } }));
}

function workloadOf(object: Readonly<Record<string, unknown>>, place: Place, isPlain: IsPlain): Workload[] {
  const kind = textOf(object['kind']) ?? '';
  const way = Object.hasOwn(PODS_OF, kind) ? PODS_OF[kind] : undefined;
  if (way === undefined) return [];
  const pods = way.reduce((inner, member) => mapOf(inner[member]), object);
  const spec = mapOf(pods['spec']);
  const metadata = mapOf(object['metadata']);
  const name = textOf(metadata['name']) ?? textOf(metadata['generateName'])?.replace(/[-.]+$/, '');
  const namespace = namespaceOf(object);
  const containers = [spec['containers'], spec['initContainers']].flatMap((list): unknown[] => (Array.isArray(list) ? list : []));
  const at = { document: place.document, path: [...place.path, ...way] };
  return [
    {
      called: `${kind} ${namespace}/${name ?? '(without a name)'}`,
      kind,
      name,
      namespace,
      ownAnnotations: kind === 'Pod' ? {} : textsOf(metadata['annotations']),
      ...annotationsOf(mapOf(pods['metadata']), { ...at, path: [...at.path, 'metadata'] }, isPlain),
      serviceAccount: textOf(spec['serviceAccountName']) ?? textOf(spec['serviceAccount']),
      namedBy: (['serviceAccountName', 'serviceAccount'] as const).filter((member) => Object.hasOwn(spec, member)),
      windows: mapOf(spec['nodeSelector'])['kubernetes.io/os'] === 'windows' || mapOf(spec['os'])['name'] === 'windows',
      images: containers.flatMap((container) => textOf(mapOf(container)['image']) ?? []),
      podMetadata: { ...at, path: [...at.path, 'metadata'] },
      podSpec: { ...at, path: [...at.path, 'spec'] },
    },
  ];
}

function namespaceOf(object: Readonly<Record<string, unknown>>): string {
  return textOf(mapOf(object['metadata'])['namespace']) ?? DEFAULT_NAMESPACE;
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Readonly<Record<string, unknown>>) : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** What a reader of types takes a plain scalar for, where it is no text to it; YAML 1.1 with its many words, as kubectl reads it. */
const NO_TEXT: readonly (readonly [form: RegExp, what: string])[] = [
  [/^(?:~|null)?$/i, 'nothing'],
  [/^(?:y|n|yes|no|on|off|true|false)$/i, 'true or false'],
  [/^[-+]?(?:\d[\d_]*(?:\.[\d_]*)?(?:e[-+]?\d+)?|\.\d[\d_]*|0x[\da-f_]+|0o[0-7_]+|0b[01_]+|\.inf|\.nan)$/i, 'a number'],
];

function annotationsOf(metadata: Readonly<Record<string, unknown>>, { document, path }: Place, isPlain: IsPlain): { readonly annotations: Texts; readonly unfit: Texts } {
  const all = Object.entries(mapOf(metadata['annotations'])).map(([name, value]) => ({ name, value, what: unfitness(value, () => isPlain(document, [...path, 'annotations', name])) }));
  return {
    annotations: Object.fromEntries(all.flatMap(({ name, value, what }) => (what === undefined && typeof value === 'string' ? [[name, value]] : []))),
    unfit: Object.fromEntries(all.flatMap(({ name, what }) => (what === undefined ? [] : [[name, what]]))),
  };
}

function unfitness(value: unknown, isPlain: () => boolean): string | undefined {
  if (typeof value !== 'string') return Array.isArray(value) ? 'a list' : value === null ? 'nothing' : typeof value === 'object' && !(value instanceof Uint8Array) ? 'an object' : 'no text';
  const read = NO_TEXT.find(([form]) => form.test(value));
  return read !== undefined && isPlain() ? read[1] : undefined;
}

function textsOf(value: unknown): Texts {
  return Object.fromEntries(Object.entries(mapOf(value)).filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}
