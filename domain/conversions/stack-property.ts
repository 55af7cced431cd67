import * as z from 'zod';
import mappings from './ack-mappings.json' with { type: 'json' };

/** How the properties of a CloudFormation resource are those of ACK's custom resource: data, read strictly. What is not in it is not converted. */

/** `as`: a scalar. `of`: an object, member by member. `each`: a list of objects; `into`: the one member that holds the list. */
export type PropertyMapping =
  | { readonly to: string; readonly as: 'text' | 'number' | 'boolean' | 'json' | 'tag-map' }
  | { readonly to: string; readonly of: Readonly<Record<string, PropertyMapping>> }
  | { readonly to: string; readonly each: Readonly<Record<string, PropertyMapping>>; readonly into?: string | undefined };

const Property: z.ZodType<PropertyMapping> = z.lazy(() =>
  z.union([
    z.strictObject({ to: z.string(), as: z.enum(['text', 'number', 'boolean', 'json', 'tag-map']) }),
    z.strictObject({ to: z.string(), of: z.record(z.string(), Property) }),
    z.strictObject({ to: z.string(), each: z.record(z.string(), Property), into: z.string().optional() }),
  ]),
);

const Mapping = z.strictObject({
  source: z.string().min(1),
  apiVersion: z.string().regex(/^[a-z0-9]+\.services\.k8s\.aws\/v1alpha1$/),
  kind: z.string(),
  name: z.strictObject({ property: z.string(), to: z.string() }),
  properties: z.record(z.string(), Property),
});
export type ResourceMapping = z.output<typeof Mapping>;

export const ACK_MAPPINGS: Readonly<Record<string, ResourceMapping>> = z.record(z.string(), Mapping).parse(mappings);

/** Why a value is not converted, with where it stands below the resource. */
export interface Unconverted {
  readonly path: string;
  readonly because: string;
}

export type Converted = { readonly value: unknown } | { readonly faults: readonly Unconverted[] };

/** A value of a template: parameters in the place of their `Ref`, and nothing else that a stack works out. */
export type Resolve = (value: unknown) => { readonly value: unknown } | { readonly because: string };

/** Members of an object by their mappings, or everything about them that cannot be converted. */
export function convertMembers(members: Readonly<Record<string, unknown>>, known: Readonly<Record<string, PropertyMapping>>, resolve: Resolve, above: string): Converted {
  const parts = Object.entries(members).map(([name, value]) => {
    const path = above === '' ? name : `${above}.${name}`;
    const mapping = Object.hasOwn(known, name) ? known[name] : undefined;
    return mapping === undefined ? { faults: [{ path, because: 'No field of ACK stands for it here' }] } : convertValue(value, mapping, resolve, path);
  });
  const faults = parts.flatMap((part) => ('faults' in part ? part.faults : []));
  return faults.length > 0 ? { faults } : { value: Object.assign({}, ...parts.map((part) => ('value' in part ? part.value : {}))) as unknown };
}

/** One member under its name in ACK. */
function convertValue(given: unknown, mapping: PropertyMapping, resolve: Resolve, path: string): Converted {
  const resolved = resolve(given);
  if ('because' in resolved) return { faults: [{ path, because: resolved.because }] };
  const { value } = resolved;
  const under = (converted: unknown): Converted => ({ value: { [mapping.to]: converted } });
  if ('of' in mapping) {
    if (!isObject(value)) return { faults: [{ path, because: 'Not an object' }] };
    const inner = convertMembers(value, mapping.of, resolve, path);
    return 'faults' in inner ? inner : under(inner.value);
  }
  if ('each' in mapping) {
    if (!Array.isArray(value)) return { faults: [{ path, because: 'Not a list' }] };
    const inner = value.map((item: unknown, at) => (isObject(item) ? convertMembers(item, mapping.each, resolve, `${path}.${at}`) : { faults: [{ path: `${path}.${at}`, because: 'Not an object' }] }));
    const faults = inner.flatMap((one) => ('faults' in one ? one.faults : []));
    const list = inner.map((one) => ('value' in one ? one.value : undefined));
    return faults.length > 0 ? { faults } : under(mapping.into === undefined ? list : { [mapping.into]: list });
  }
  const scalar = scalarOf(value, mapping.as, resolve);
  return 'because' in scalar ? { faults: [{ path, because: scalar.because }] } : under(scalar.value);
}

function scalarOf(value: unknown, as: 'text' | 'number' | 'boolean' | 'json' | 'tag-map', resolve: Resolve): ReturnType<Resolve> {
  if (as === 'json') return hasFunction(value) ? { because: 'It refers to other resources of the stack' } : { value: JSON.stringify(value) };
  if (as === 'tag-map') return tagMap(value, resolve);
  if (typeof value !== 'string') return { because: 'Not a plain value' };
  if (as === 'number') return /^\d{1,15}$/.test(value) ? { value: Number(value) } : { because: 'Not a number' };
  if (as === 'boolean') return value === 'true' || value === 'false' ? { value: value === 'true' } : { because: 'Neither true nor false' };
  return { value };
}

function tagMap(value: unknown, resolve: Resolve): ReturnType<Resolve> {
  if (!Array.isArray(value)) return { because: 'Not a list' };
  const pairs = value.map((tag: unknown) => (isObject(tag) ? [resolve(tag['Key']), resolve(tag['Value'])] : []));
  const plain = pairs.flatMap(([key, text]) => (key !== undefined && text !== undefined && 'value' in key && 'value' in text && typeof key.value === 'string' && typeof text.value === 'string' ? [[key.value, text.value] as const] : []));
  return plain.length === pairs.length ? { value: Object.fromEntries(plain) } : { because: 'A tag that is no plain pair of Key and Value' };
}

/** Whether a function of CloudFormation stands anywhere in it. */
export function hasFunction(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasFunction);
  return isObject(value) && Object.entries(value).some(([name, inner]) => name === 'Ref' || name.startsWith('Fn::') || hasFunction(inner));
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
