import * as z from 'zod';
import attributes from './annotations/attributes.json' with { type: 'json' };
import { CERTIFICATE_ARN, faultOfBucket, faultOfBucketPrefix, faultOfHealthPath, faultOfSuccessCodes, faultOfTagText, HOSTNAME, HOSTNAME_CHARACTERS_MAX } from './values.ts';

/** What an annotation's value may be, as the catalogue says it. */
export const ValueForm = z.discriminatedUnion('is', [
  z.strictObject({ is: z.literal('boolean') }),
  z.strictObject({ is: z.literal('one-of'), values: z.array(z.string()).min(1), anyCase: z.boolean().optional() }),
  z.strictObject({ is: z.literal('integer'), min: z.int(), max: z.int() }),
  z.strictObject({
    is: z.literal('list'),
    of: z.enum(['certificate', 'cidr', 'eip-allocation', 'hostname', 'ipv4', 'ipv6', 'port', 'port-number', 'port-or-star', 'prefix-list', 'security-group', 'security-group-id', 'subnet', 'text']),
    max: z.int(),
  }),
  z.strictObject({ is: z.literal('map'), of: z.enum(['tags', 'labels', 'network-load-balancer', 'application-load-balancer', 'target-group', 'listener', 'capacity']), valueOptional: z.boolean().optional() }),
  z.strictObject({ is: z.literal('text'), pattern: z.string(), says: z.string() }),
  z.strictObject({ is: z.literal('bucket') }),
  z.strictObject({ is: z.literal('bucket-prefix') }),
  z.strictObject({ is: z.literal('path') }),
  z.strictObject({ is: z.literal('success-codes') }),
  z.strictObject({ is: z.literal('health-check-port') }),
  z.strictObject({ is: z.literal('listen-ports') }),
  z.strictObject({ is: z.literal('json') }),
]);
export type ValueForm = z.output<typeof ValueForm>;

/** Attributes whose values are known; others are AWS's to judge. */
const ATTRIBUTES: ReadonlyMap<string, ReadonlyMap<string, ValueForm>> = new Map(
  Object.entries(z.record(z.string(), z.record(z.string(), ValueForm)).parse(attributes)).map(([of, forms]) => [of, new Map(Object.entries(forms))]),
);

const LISTEN_PORTS_MAX = 50;
const ListenPorts = z
  .array(z.union([z.strictObject({ HTTP: z.int().min(1).max(65_535) }), z.strictObject({ HTTPS: z.int().min(1).max(65_535) })]))
  .min(1)
  .max(LISTEN_PORTS_MAX);

/** As Go's strconv.ParseBool reads it, which controllers use; undefined when it cannot. */
export function goBoolean(value: string): boolean | undefined {
  if (['1', 't', 'T', 'true', 'TRUE', 'True'].includes(value)) return true;
  return ['0', 'f', 'F', 'false', 'FALSE', 'False'].includes(value) ? false : undefined;
}

/** `a, b` as `a` and `b`: controllers trim, and skip what is empty. */
export function listOf(value: string): readonly string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/**
 * `a=1,b=2` as pairs; a pair without `=` has no value. A backslash takes the comma behind it for the value's own
 * (source: AWS Load Balancer Controller, pkg/annotations/parser.go).
 */
export function mapOf(value: string): readonly (readonly [key: string, value: string | undefined])[] {
  const pairs = value.match(/(\\.|[^,\\])+/gs) ?? [];
  return pairs.map((pair) => {
    const text = pair.replace(/\\(.)/gs, '$1').trim();
    const at = text.indexOf('=');
    return at === -1 ? [text, undefined] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  });
}

/** The ports of `listen-ports`; undefined when they are not well-formed. */
export function listenPortsOf(value: string): readonly { readonly HTTP?: number; readonly HTTPS?: number }[] | undefined {
  const read = ListenPorts.safeParse(jsonOf(value));
  return read.success ? read.data : undefined;
}

/** What is wrong with a value, in a sentence without its full stop, or undefined. */
export function faultOfValue(form: ValueForm, value: string): string | undefined {
  switch (form.is) {
    case 'boolean':
      return goBoolean(value) === undefined ? 'The value is "true" or "false"' : undefined;
    case 'one-of':
      return form.values.some((each) => each === value || (form.anyCase === true && each.toLowerCase() === value.toLowerCase())) ? undefined : `The value is ${inWords(form.values.map((each) => `"${each}"`))}`;
    case 'integer':
      return /^-?\d{1,9}$/.test(value) && Number(value) >= form.min && Number(value) <= form.max ? undefined : `The value is a number from ${form.min} to ${form.max}`;
    case 'list':
      return faultOfList(form, value);
    case 'map':
      return faultOfMap(form, value);
    case 'text':
      return new RegExp(form.pattern).test(value) ? undefined : `The value is ${form.says}`;
    case 'bucket':
      return faultOfBucket(value);
    case 'bucket-prefix':
      return faultOfBucketPrefix(value);
    case 'path':
      return faultOfHealthPath(value);
    case 'success-codes':
      return faultOfSuccessCodes(value);
    case 'health-check-port':
      return value === 'traffic-port' || isPort(value) ? undefined : 'The value is traffic-port, a number from 1 to 65535, or the name of a port';
    case 'listen-ports':
      return listenPortsOf(value) === undefined ? 'The value is JSON as [{"HTTP":80},{"HTTPS":443}]' : undefined;
    case 'json':
      return jsonOf(value) === undefined ? 'The value is JSON' : undefined;
  }
}

const ITEMS: Readonly<Record<Extract<ValueForm, { is: 'list' }>['of'], { readonly says: string; readonly fits: (item: string) => boolean }>> = {
  certificate: { says: 'the ARN of an ACM or IAM server certificate', fits: (item) => CERTIFICATE_ARN.test(item) },
  cidr: { says: 'an address block', fits: (item) => z.cidrv4().safeParse(item).success || z.cidrv6().safeParse(item).success },
  'eip-allocation': { says: 'the id of an Elastic IP allocation', fits: (item) => /^eipalloc-[0-9a-f]{8,17}$/.test(item) },
  hostname: { says: 'a DNS name', fits: (item) => item.length <= HOSTNAME_CHARACTERS_MAX && HOSTNAME.test(item.toLowerCase().replace(/\.$/, '')) },
  ipv4: { says: 'an IPv4 address', fits: (item) => z.ipv4().safeParse(item).success },
  ipv6: { says: 'an IPv6 address', fits: (item) => z.ipv6().safeParse(item).success },
  port: { says: 'a port by number or name', fits: isPort },
  'port-number': { says: 'a port by number', fits: isPortNumber },
  'port-or-star': { says: 'a port by number or name', fits: (item) => item === '*' || isPort(item) },
  'prefix-list': { says: 'the id of a prefix list', fits: (item) => /^pl-[0-9a-f]{8,17}$/.test(item) },
  'security-group': { says: 'a security group by id or Name tag', fits: (item) => !item.startsWith('sg-') || isSecurityGroupId(item) },
  'security-group-id': { says: 'the id of a security group', fits: isSecurityGroupId },
  subnet: { says: 'a subnet by id or Name tag', fits: (item) => !item.startsWith('subnet-') || /^subnet-[0-9a-f]{8,17}$/.test(item) },
  text: { says: 'text', fits: () => true },
};

function faultOfList({ of, max }: Extract<ValueForm, { is: 'list' }>, value: string): string | undefined {
  const items = listOf(value);
  if (items.length === 0) return 'The list is empty';
  if (items.length > max) return `The list has at most ${max} items`;
  const { says, fits } = ITEMS[of];
  const unfit = items.find((item) => !fits(item));
  return unfit === undefined ? undefined : `"${clip(unfit)}" is not ${says}`;
}

const TAG_KEY_CHARACTERS_MAX = 128;
const TAG_VALUE_CHARACTERS_MAX = 256;

function faultOfMap({ of, valueOptional }: Extract<ValueForm, { is: 'map' }>, value: string): string | undefined {
  const pairs = mapOf(value);
  if (pairs.length === 0) return 'The map is empty: write key=value,key=value';
  for (const [key, said] of pairs) {
    if (key === '' || (said === undefined && valueOptional !== true)) return `"${clip(key)}" is no pair: write key=value,key=value`;
    const fault = of === 'tags' ? faultOfTag(key, said ?? '') : faultOfAttribute(of, key, said ?? '');
    if (fault !== undefined) return `${clip(key)}: ${fault}`;
  }
  return new Set(pairs.map(([key]) => key)).size < pairs.length ? 'A key is there twice' : undefined;
}

function faultOfTag(key: string, value: string): string | undefined {
  if (key.length > TAG_KEY_CHARACTERS_MAX || value.length > TAG_VALUE_CHARACTERS_MAX) return `A key has at most ${TAG_KEY_CHARACTERS_MAX} characters, a value ${TAG_VALUE_CHARACTERS_MAX}`;
  return key.startsWith('aws:') ? 'Keys that begin with aws: are kept by AWS' : (faultOfTagText(key) ?? faultOfTagText(value));
}

function faultOfAttribute(of: string, key: string, value: string): string | undefined {
  const form = ATTRIBUTES.get(of)?.get(key);
  return form === undefined ? undefined : faultOfValue(form, value);
}

function isSecurityGroupId(item: string): boolean {
  return /^sg-[0-9a-f]{8,17}$/.test(item);
}

function isPortNumber(item: string): boolean {
  return /^\d{1,5}$/.test(item) && Number(item) >= 1 && Number(item) <= 65_535;
}

/** By number, or by the name that it has in the Service. */
function isPort(item: string): boolean {
  return /^\d+$/.test(item) ? isPortNumber(item) : /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(item);
}

function jsonOf(value: string): unknown {
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return undefined;
  }
}

function inWords(items: readonly string[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} or ${items.at(-1)}`;
}

const QUOTED_CHARACTERS_MAX = 80;

function clip(text: string): string {
  return text.length > QUOTED_CHARACTERS_MAX ? `${text.slice(0, QUOTED_CHARACTERS_MAX)}...` : text;
}
