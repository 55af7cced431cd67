import type { Member, Shape, Structure } from './shape.ts';
import { readTimestamp } from './timestamp.ts';
import { missing, MalformedInput, wrongType } from './wire.ts';

/** The dotted names of a form (`Filter.1.Value.2`) as a tree. */
export interface FormNode {
  text?: string;
  readonly parts: Map<string, FormNode>;
}

/** How many parts a dotted name may have. */
const PARTS_MAX = 20;

/** The keys of the two query protocols: EC2 has its own names and flattens every list. */
export interface QueryNames {
  readonly member: (member: Member) => string;
  readonly flattensLists: boolean;
}

export const QUERY_NAMES: QueryNames = { member: (member) => member.traits.xmlName ?? member.name, flattensLists: false };

export const EC2_NAMES: QueryNames = {
  member: (member) => member.traits.ec2QueryName ?? capitalised(member.traits.xmlName ?? member.name),
  flattensLists: true,
};

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

export function parseForm(form: URLSearchParams): FormNode {
  const root: FormNode = { parts: new Map() };
  for (const [name, text] of form) {
    const parts = name.split('.');
    if (parts.length > PARTS_MAX) throw new MalformedInput('body', name, `The parameter ${name.slice(0, 100)} has too many parts.`);
    let node = root;
    for (const part of parts) {
      let next = node.parts.get(part);
      if (next === undefined) {
        next = { parts: new Map() };
        node.parts.set(part, next);
      }
      node = next;
    }
    node.text = text;
  }
  return root;
}

/** A node of the form to the SDK's shape; `undefined` when it holds nothing. */
export function readForm(shape: Shape, node: FormNode, names: QueryNames, path = ''): unknown {
  switch (shape.kind) {
    case 'structure':
    case 'union':
      return readStructure(shape, node, names, path);
    case 'list':
      return readList(shape.item, node, names, path, false);
    case 'map':
      return readMap(shape.key, shape.value, node, names, path, false);
    default:
      return readText(shape, node.text, path);
  }
}

function readStructure(shape: Structure, node: FormNode, names: QueryNames, path: string): unknown {
  const read: Record<string, unknown> = {};
  for (const [name, member] of shape.members) {
    const found = node.parts.get(names.member(member));
    const memberPath = path === '' ? name : `${path}.${name}`;
    const value = found === undefined ? undefined : readMember(member, found, names, memberPath);
    if (value !== undefined) read[name] = value;
    else if (member.required) throw missing(memberPath);
  }
  return read;
}

function readMember(member: Member, node: FormNode, names: QueryNames, path: string): unknown {
  const flat = member.traits.xmlFlattened !== undefined;
  if (member.shape.kind === 'list') return readList(member.shape.item, node, names, path, flat);
  if (member.shape.kind === 'map') return readMap(member.shape.key, member.shape.value, node, names, path, flat);
  return readForm(member.shape, node, names, path);
}

function readList(item: Member, node: FormNode, names: QueryNames, path: string, flat: boolean): unknown[] {
  const container = names.flattensLists || flat ? node : node.parts.get(item.traits.xmlName ?? 'member');
  if (container === undefined) return [];
  return numbered(container).map(([index, part]) => readForm(item.shape, part, names, `${path}.${index}.member`));
}

function readMap(key: Member, value: Member, node: FormNode, names: QueryNames, path: string, flat: boolean): Record<string, unknown> {
  const container = flat ? node : node.parts.get('entry');
  const entries = container === undefined ? [] : numbered(container);
  return Object.fromEntries(
    entries.map(([index, entry]) => {
      const name = entry.parts.get(key.traits.xmlName ?? 'key')?.text;
      const found = entry.parts.get(value.traits.xmlName ?? 'value');
      if (name === undefined) throw missing(`${path}.${index}.key`);
      if (found === undefined) throw missing(`${path}.${index}.value`);
      return [name, readForm(value.shape, found, names, `${path}.${name}`)];
    }),
  );
}

const numbered = (node: FormNode): [number, FormNode][] =>
  [...node.parts]
    .filter(([part]) => /^\d+$/.test(part))
    .map(([part, child]): [number, FormNode] => [Number(part), child])
    .sort(([a], [b]) => a - b);

function readText(shape: Shape, text: string | undefined, path: string): unknown {
  if (text === undefined) return undefined;
  switch (shape.kind) {
    case 'boolean':
      if (!/^(true|false)$/i.test(text)) throw wrongType(path, 'boolean');
      return text.toLowerCase() === 'true';
    case 'number':
    case 'big-integer':
    case 'big-decimal':
      if (text.trim() === '' || Number.isNaN(Number(text))) throw wrongType(path, 'number');
      return Number(text);
    case 'timestamp': {
      const time = readTimestamp(text);
      if (time === undefined) throw wrongType(path, 'timestamp');
      return time;
    }
    case 'blob':
      return new Uint8Array(Buffer.from(text, 'base64'));
    default:
      return text;
  }
}
