import { parseDocument, type ScalarTag, type CollectionTag } from 'yaml';
import type { ReadTemplate } from '../domain/conversions/stack.ts';
import { readYaml } from './read-yaml.ts';

/** Functions of CloudFormation that have a short form, `!Ref`; all others but it begin with `Fn::` in full (source: CloudFormation user guide, Intrinsic function reference). */
const FUNCTIONS = ['Ref', 'Base64', 'Cidr', 'Condition', 'FindInMap', 'GetAtt', 'GetAZs', 'If', 'ImportValue', 'Join', 'Select', 'Split', 'Sub', 'Transform', 'And', 'Equals', 'Not', 'Or'] as const;

const fullName = (name: string): string => (name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`);

/** Reads a template: a short form becomes the full one around its text. One with a list or an object behind it is full with nothing in it: no such function is converted. */
export const readTemplate: ReadTemplate = (text) => {
  const plain = readYaml(text);
  if (plain.kind === 'unread') return plain;
  if (plain.documents.filter((one) => one !== '' && one !== null).length > 1) return { kind: 'unread', because: 'It is more than one document: send them one by one' };
  const document = parseDocument(text, { schema: 'failsafe', logLevel: 'silent', uniqueKeys: false, customTags: FUNCTIONS.flatMap((name) => [scalar(name), ...collections(name)]) });
  // An unknown tag is a warning to the parser, which takes what stands behind it for plain.
  const [stranger] = document.warnings.map(({ message }) => /tag:? (!\S+)/.exec(message)?.[1]);
  if (stranger !== undefined) return { kind: 'unread', because: `It has the tag ${stranger.slice(0, 50)}, which is no function of CloudFormation` };
  return { kind: 'read', value: document.toJS({ maxAliasCount: 0 }) as unknown };
};

function scalar(name: string): ScalarTag {
  return { tag: `!${name}`, resolve: (value) => ({ [fullName(name)]: value }) };
}

function collections(name: string): readonly CollectionTag[] {
  return (['seq', 'map'] as const).map((collection): CollectionTag => ({ tag: `!${name}`, collection, resolve: () => ({ [fullName(name)]: [] }) }));
}
