import type { Member, Shape } from './shape.ts';
import { readTimestamp } from './timestamp.ts';
import { missing, MalformedInput, wrongType } from './wire.ts';

/** An element of a request. Attributes are passed over: none of the services here reads any. */
export interface XmlNode {
  readonly name: string;
  readonly children: XmlNode[];
  text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
/** How deep elements may nest. */
const DEPTH_MAX = 50;
const TOKEN = /<(\/?)([A-Za-z_][\w.:-]*)((?:\s+[\w.:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|([^<]+)/y;

/** The root element of a document. Declarations of a document type, and with them entities of its own, are refused. */
export function parseXml(text: string): XmlNode {
  const source = text.replace(/^\uFEFF?\s*<\?xml[^?]*\?>/, '').replace(/<!--[^]*?-->/g, '').trim();
  const root: XmlNode = { name: '', children: [], text: '' };
  const open = [root];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < source.length) {
    const token = TOKEN.exec(source);
    if (token === null) throw notXml();
    const [, closes, name, , empty, characters] = token;
    const parent = open.at(-1) ?? root;
    if (characters !== undefined) parent.text += unescaped(characters);
    else if (closes === '/') {
      if (open.length < 2 || parent.name !== name) throw notXml();
      open.pop();
    } else {
      const node: XmlNode = { name: name ?? '', children: [], text: '' };
      parent.children.push(node);
      if (empty !== '/') open.push(node);
      if (open.length > DEPTH_MAX) throw notXml();
    }
  }
  const [document] = root.children;
  if (open.length !== 1 || root.children.length !== 1 || document === undefined) throw notXml();
  return document;
}

const notXml = (): MalformedInput => new MalformedInput('body', '', 'The XML you provided is not well formed.');

function unescaped(text: string): string {
  return text.replace(/&(#x[0-9a-f]+|#\d+|[a-z]+);/gi, (_, entity: string) => {
    const code = entity.startsWith('#x') ? parseInt(entity.slice(2), 16) : entity.startsWith('#') ? Number(entity.slice(1)) : undefined;
    const character = code === undefined ? ENTITIES[entity] : code <= 0x10ffff ? String.fromCodePoint(code) : undefined;
    if (character === undefined) throw notXml();
    return character;
  });
}

const tagOf = (member: Member): string => member.traits.xmlName ?? member.name;
/** Prefixes say nothing here: each service has one namespace. */
const named = (node: XmlNode, name: string): boolean => node.name === name || node.name.endsWith(`:${name}`);

/** An element to the SDK's shape. */
export function readXml(shape: Shape, node: XmlNode, path = ''): unknown {
  switch (shape.kind) {
    case 'structure':
    case 'union':
      return readMembers([...shape.members.values()], node, path);
    case 'list':
      return node.children.filter((child) => named(child, shape.item.traits.xmlName ?? 'member')).map((child, index) => readXml(shape.item.shape, child, `${path}.${index + 1}.member`));
    case 'map':
      throw wrongType(path, 'shape that is read from XML');
    default:
      return readText(shape, node.text.trim(), path);
  }
}

/** Some members of a structure, from the children of an element. */
export function readMembers(members: readonly Member[], node: XmlNode, path: string): Record<string, unknown> {
  const read: Record<string, unknown> = {};
  for (const member of members) {
    const where = path === '' ? member.name : `${path}.${member.name}`;
    const found = node.children.filter((child) => named(child, tagOf(member)));
    const [first] = found;
    if (first === undefined) {
      if (member.required) throw missing(where);
    } else if (member.shape.kind === 'list' && member.traits.xmlFlattened !== undefined) {
      const { item } = member.shape;
      read[member.name] = found.map((child, index) => readXml(item.shape, child, `${where}.${index + 1}`));
    } else read[member.name] = readXml(member.shape, first, where);
  }
  return read;
}

function readText(shape: Shape, text: string, path: string): unknown {
  switch (shape.kind) {
    case 'boolean':
      if (!/^(true|false)$/i.test(text)) throw wrongType(path, 'boolean');
      return text.toLowerCase() === 'true';
    case 'number':
    case 'big-integer':
    case 'big-decimal':
      if (text === '' || Number.isNaN(Number(text))) throw wrongType(path, 'number');
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
