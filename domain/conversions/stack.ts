import * as z from 'zod';
import { Namespace } from '../parts/pod-identity-wish.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { ACK_MAPPINGS, convertMembers, isObject, type Resolve } from './stack-property.ts';

/** A Stack of the cloudformation-operator as manifests of ACK: what goes over without guessing, and what does not, each with why. */

const MANIFEST_CHARACTERS_MAX = 60_000;
const RESOURCES_MAX = 200;

export const ConvertStack = z
  .strictObject({ manifest: z.string().min(1).max(MANIFEST_CHARACTERS_MAX).meta({ description: 'The manifest of a Stack (`cloudformation.linki.space/v1alpha1`), as YAML or JSON.' }) })
  .meta({ id: 'ConvertStack' });
export type ConvertStack = z.output<typeof ConvertStack>;

export const ConvertedStackView = z
  .object({
    manifests: z.array(z.record(z.string(), z.unknown())),
    yaml: z.string().meta({ description: 'The same as one text.' }),
    notConverted: z.array(z.object({ subject: z.string(), because: z.string() })),
    notes: z.array(z.string()).meta({ description: 'What is otherwise than in the stack.' }),
    order: z.array(z.string()).meta({ description: 'How to go over without losing what is there.' }),
  })
  .meta({ id: 'ConvertedStack' });
export type ConvertedStack = Omit<z.output<typeof ConvertedStackView>, 'yaml'>;

/** Reads YAML whose short forms of functions (`!Ref`) are written out (`{Ref: ...}`), every scalar as text. */
export type ReadTemplate = (text: string) => { readonly kind: 'read'; readonly value: unknown } | { readonly kind: 'unread'; readonly because: string };

interface Stack {
  readonly name: string;
  readonly namespace?: string;
  /** Members of the spec beside the template and its parameters. */
  readonly others: readonly string[];
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly template: Readonly<Record<string, unknown>>;
  readonly resources: Readonly<Record<string, unknown>>;
}

export function convertStack({ manifest }: ConvertStack, read: ReadTemplate): ConvertedStack | Refusal {
  const stack = stackIn(manifest, read);
  if ('because' in stack) return refuse('rules-broken', `This is no Stack that could be read: ${stack.because}.`, { errors: [{ path: 'manifest', message: stack.because }] });
  const resources = Object.entries(stack.resources);
  if (resources.length > RESOURCES_MAX) return refuse('rules-broken', `The template has ${resources.length} resources, and CloudFormation itself takes no more than ${RESOURCES_MAX} here.`, { errors: [{ path: 'manifest', message: `More than ${RESOURCES_MAX} resources` }] });
  const made = resources.map(([id, resource]) => convertResource(id, resource, stack));
  const manifests = made.flatMap((one) => ('manifest' in one ? [one.manifest] : []));
  return {
    manifests,
    notConverted: [...made.flatMap((one) => ('notConverted' in one ? one.notConverted : [])), ...sectionsLeft(stack.template), ...stack.others.map(specLeft)],
    notes: made.flatMap((one) => ('manifest' in one ? one.notes : [])),
    order: manifests.length === 0 ? ['Nothing of the stack goes over as it stands: see what was not converted, and why.'] : orderFor(stack.name),
  };
}

function stackIn(manifest: string, read: ReadTemplate): Stack | { readonly because: string } {
  const outer = read(manifest);
  if (outer.kind === 'unread') return outer;
  const { value } = outer;
  if (!isObject(value) || value['kind'] !== 'Stack' || value['apiVersion'] !== 'cloudformation.linki.space/v1alpha1') return { because: 'Not a Stack of cloudformation.linki.space/v1alpha1' };
  const [metadata, spec] = [isObject(value['metadata']) ? value['metadata'] : {}, isObject(value['spec']) ? value['spec'] : {}];
  const [name, text, namespace] = [metadata['name'], spec['template'], metadata['namespace']];
  if (typeof name !== 'string' || !/^[0-9a-z]([0-9a-z.-]{0,200}[0-9a-z])?$/.test(name)) return { because: 'Its metadata.name is no name that Kubernetes takes' };
  if (namespace !== undefined && !Namespace.safeParse(namespace).success) return { because: 'Its metadata.namespace is no name that Kubernetes takes' };
  if (typeof text !== 'string' || text === '') return { because: 'Its spec.template is not the text of a template' };
  const inner = read(text);
  if (inner.kind === 'unread') return { because: `Its template: ${inner.because}` };
  if (!isObject(inner.value)) return { because: 'Its template is no object' };
  const resources = inner.value['Resources'];
  if (!isObject(resources)) return { because: 'Its template has no Resources' };
  return { name, template: inner.value, resources, others: Object.keys(spec).filter((member) => member !== 'template' && member !== 'parameters'), parameters: isObject(spec['parameters']) ? spec['parameters'] : {}, ...(typeof namespace === 'string' ? { namespace } : {}) };
}

type Result = { readonly manifest: Readonly<Record<string, unknown>>; readonly notes: readonly string[] } | { readonly notConverted: readonly { readonly subject: string; readonly because: string }[] };

/** Attributes of a resource beside its type and properties that change nothing of what it is. */
const WITHOUT_MEANING: readonly string[] = ['Type', 'Properties', 'DeletionPolicy', 'UpdateReplacePolicy', 'DependsOn', 'Metadata'];

function convertResource(id: string, resource: unknown, stack: Stack): Result {
  const left = (because: string): Result => ({ notConverted: [{ subject: id, because }] });
  const odd = oddResource(id, resource, stack);
  if (odd !== undefined || !isObject(resource)) return left(odd ?? 'Not a resource');
  const type = String(resource['Type']);
  const mapping = Object.hasOwn(ACK_MAPPINGS, type) ? ACK_MAPPINGS[type] : undefined;
  if (mapping === undefined) return left(`${type} is none of ${Object.keys(ACK_MAPPINGS).join(', ')}`);
  const unknown = Object.keys(resource).filter((name) => !WITHOUT_MEANING.includes(name));
  if (unknown.length > 0) return left(`Its ${unknown.join(', ')} has no counterpart in ACK`);
  const properties = isObject(resource['Properties']) ? resource['Properties'] : {};
  const { [mapping.name.property]: named, ...rest } = properties;
  const converted = convertMembers(rest, mapping.properties, resolving(stack), '');
  if ('faults' in converted) return { notConverted: converted.faults.map(({ path, because }) => ({ subject: `${id}.${path}`, because })) };
  const ownName = named === undefined ? undefined : resolving(stack)(named);
  if (ownName !== undefined && ('because' in ownName || typeof ownName.value !== 'string')) return { notConverted: [{ subject: `${id}.${mapping.name.property}`, because: 'because' in ownName ? ownName.because : 'Not a plain value' }] };
  const objectName = objectNameOf(id, stack);
  const deletion = resource['DeletionPolicy'];
  const retained = deletion === 'Retain' || deletion === 'RetainExceptOnCreate';
  return {
    manifest: {
      apiVersion: mapping.apiVersion,
      kind: mapping.kind,
      metadata: { name: objectName, ...(stack.namespace === undefined ? {} : { namespace: stack.namespace }), ...(retained ? { annotations: { 'services.k8s.aws/deletion-policy': 'retain' } } : {}) },
      spec: { [mapping.name.to]: ownName === undefined ? objectName : ownName.value, ...(converted.value as Readonly<Record<string, unknown>>) },
    },
    notes: [
      ...(ownName === undefined ? [`${id}: CloudFormation had made a name of its own, and ACK needs one: ${objectName} would be a new ${mapping.kind}. To keep the one that is there, write its name in spec.${mapping.name.to}.`] : []),
      ...(deletion === undefined || deletion === 'Delete' || retained ? [] : [`${id}: ACK knows no DeletionPolicy ${String(deletion).slice(0, 50)}. Who deletes the manifest deletes what it stands for.`]),
      ...(resource['DependsOn'] === undefined ? [] : [`${id}: ACK knows no DependsOn; it tries again until what it needs is there.`]),
    ],
  };
}

const NAME_CHARACTERS_MAX = 253;

function objectNameOf(id: string, { name }: Pick<Stack, 'name'>): string {
  return `${name}-${id.toLowerCase()}`;
}

/** What is wrong with a resource before its type is looked at; undefined when nothing is. */
function oddResource(id: string, resource: unknown, stack: Stack): string | undefined {
  // Source: CloudFormation user guide, Resources, logical ID.
  if (!/^[0-9A-Za-z]{1,255}$/.test(id)) return 'It is named as no resource of CloudFormation can be: by letters and digits, 255 at most';
  if (!isObject(resource)) return 'Not a resource';
  if (typeof resource['Type'] !== 'string') return 'It has no Type';
  if (resource['Properties'] !== undefined && resource['Properties'] !== '' && !isObject(resource['Properties'])) return 'Its Properties are no object';
  if (objectNameOf(id, stack).length > NAME_CHARACTERS_MAX) return `Its name in Kubernetes would have more than ${NAME_CHARACTERS_MAX} characters`;
  const twin = Object.keys(stack.resources).find((other) => other !== id && other.toLowerCase() === id.toLowerCase());
  return twin === undefined ? undefined : `In Kubernetes it would have the name of ${twin}, since names there have no capitals: give one of them another logical id`;
}

function specLeft(member: string): { readonly subject: string; readonly because: string } {
  return { subject: `spec.${member}`.slice(0, 100), because: member === 'tags' ? 'The tags of a stack are on all its resources: write them into each manifest' : 'It is about the stack, which is no more' };
}

/** A parameter's value stands for its `Ref`: the stack's own, or the template's default. */
function resolving({ parameters, template }: Stack): Resolve {
  const declared = isObject(template['Parameters']) ? template['Parameters'] : {};
  return (value) => {
    if (!isObject(value)) return { value };
    const names = Object.keys(value);
    const [name] = names;
    if (name === undefined || names.length > 1 || (name !== 'Ref' && !name.startsWith('Fn::'))) return { value };
    const parameter = name === 'Ref' ? String(value['Ref']) : '';
    const own = Object.hasOwn(declared, parameter) ? declared[parameter] : undefined;
    const told = Object.hasOwn(parameters, parameter) ? parameters[parameter] : isObject(own) ? own['Default'] : undefined;
    if (isObject(own) && typeof told === 'string') return { value: told };
    if (isObject(own)) return { because: `The parameter ${parameter} has no plain value in the stack, and no default` };
    return { because: name === 'Ref' ? `It refers to ${parameter}, which only a stack works out` : `${name} is worked out by a stack alone` };
  };
}

const SECTIONS: Readonly<Record<string, string>> = {
  Outputs: 'Values that others read are exported by ACK\'s FieldExport, or are references within a ResourceGraphDefinition of kro',
  Conditions: 'What is made on conditions is written with includeWhen of a ResourceGraphDefinition of kro',
  Mappings: 'Look-ups are worked out by a stack alone',
  Transform: 'Macros are worked out by CloudFormation alone',
  Rules: 'Rules for parameters are the schema of a ResourceGraphDefinition of kro',
};

function sectionsLeft(template: Readonly<Record<string, unknown>>): readonly { readonly subject: string; readonly because: string }[] {
  return Object.entries(SECTIONS).flatMap(([subject, because]) => (template[subject] === undefined ? [] : [{ subject, because }]));
}

function orderFor(name: string): string[] {
  return [
    'Ask the cluster for the ACK capability, with a role for these services and names.',
    `Set DeletionPolicy: Retain on every resource of the stack ${name} and apply it, so that deleting the stack deletes nothing.`,
    'Write into each manifest the name that the resource has, where the stack had made one.',
    'To take over what is there, annotate each manifest with services.k8s.aws/adoption-policy: adopt-or-create and the fields that ACK finds it by (services.k8s.aws/adoption-fields).',
    'Apply the manifests, and wait until each has the condition ACK.ResourceSynced.',
    `Delete the Stack ${name}, and last the operator.`,
  ];
}
