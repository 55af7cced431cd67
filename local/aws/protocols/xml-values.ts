import { checkScalar, checkStructure, isObject } from './json-values.ts';
import type { Member, Shape, Structure } from './shape.ts';
import { writeTimestamp } from './timestamp.ts';
import { unfit } from './wire.ts';

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** Text between tags. Control characters that XML 1.0 cannot hold are left out. */
export function escapeXml(text: string): string {
  // eslint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, '').replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}

/** The inside of an element, each member held against the model. */
export function writeXml(shape: Shape, value: unknown, path: string): string {
  switch (shape.kind) {
    case 'structure':
    case 'union':
      return writeStructure(shape, value, path);
    case 'list':
      return writeItems(shape.item, shape.item.traits.xmlName ?? 'member', value, path);
    case 'map':
      return writeEntries(shape.key, shape.value, 'entry', value, path);
    case 'timestamp':
      return String(writeTimestamp(checkScalar(shape, value, path) as Date, shape.format, 'date-time'));
    case 'blob':
      return Buffer.from(checkScalar(shape, value, path) as Uint8Array).toString('base64');
    default:
      return escapeXml(String(checkScalar(shape, value, path)));
  }
}

function writeStructure(shape: Structure, value: unknown, path: string): string {
  checkStructure(shape, value, path);
  let xml = '';
  for (const [name, member] of shape.members) {
    const found = value[name];
    if (found !== undefined) xml += writeMember(member, found, path === '' ? name : `${path}.${name}`);
  }
  return xml;
}

function writeMember(member: Member, value: unknown, path: string): string {
  const tag = member.traits.xmlName ?? member.name;
  if (member.traits.xmlFlattened !== undefined && member.shape.kind === 'list') return writeItems(member.shape.item, tag, value, path);
  if (member.traits.xmlFlattened !== undefined && member.shape.kind === 'map') return writeEntries(member.shape.key, member.shape.value, tag, value, path);
  return `<${tag}>${writeXml(member.shape, value, path)}</${tag}>`;
}

function writeItems(item: Member, tag: string, value: unknown, path: string): string {
  if (!Array.isArray(value)) throw unfit(path, 'is not a list');
  return value.map((found, index) => `<${tag}>${writeXml(item.shape, found, `${path}[${index}]`)}</${tag}>`).join('');
}

function writeEntries(key: Member, item: Member, tag: string, value: unknown, path: string): string {
  if (!isObject(value)) throw unfit(path, 'is not a map');
  const keyTag = key.traits.xmlName ?? 'key';
  const valueTag = item.traits.xmlName ?? 'value';
  return Object.entries(value)
    .map(([name, found]) => `<${tag}><${keyTag}>${escapeXml(name)}</${keyTag}><${valueTag}>${writeXml(item.shape, found, `${path}.${name}`)}</${valueTag}></${tag}>`)
    .join('');
}
