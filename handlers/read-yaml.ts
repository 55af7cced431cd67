import { isScalar, parseAllDocuments, Scalar, visit, type Document } from 'yaml';

const DOCUMENTS_MAX = 20;
/** Deeper than any manifest; the parser itself would fall over its stack. */
const NESTING_MAX = 100;

export type YamlRead =
  | {
      readonly kind: 'read';
      readonly documents: readonly unknown[];
      /** Whether a scalar stands there without quotes and without a tag, so that whoever reads types takes `123` for a number. */
      isPlain(document: number, path: readonly (string | number)[]): boolean;
    }
  | { readonly kind: 'unread'; readonly because: string };

/** What no YAML text holds (source: YAML 1.2.2, 5.1 Character Set). */
// eslint-disable-next-line no-control-regex
const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;

/**
 * Reads YAML (or JSON, which is YAML) that somebody sent, every scalar as text. Aliases are refused: a few lines of them stand for
 * gigabytes, and no manifest that `kubectl` tells has any.
 */
export function readYaml(text: string, documentsMax = DOCUMENTS_MAX): YamlRead {
  if (CONTROL_CHARACTERS.test(text)) return { kind: 'unread', because: 'It holds control characters, which YAML takes nowhere' };
  if (nestsTooDeep(text)) return { kind: 'unread', because: `Nested deeper than ${NESTING_MAX} levels` };
  try {
    const documents = parseAllDocuments(text, { schema: 'failsafe', logLevel: 'silent', prettyErrors: true, uniqueKeys: false });
    if (!Array.isArray(documents)) return { kind: 'read', documents: [], isPlain: () => false };
    if (documents.length > documentsMax) return { kind: 'unread', because: `More than ${documentsMax} documents` };
    const error = documents.flatMap((document) => document.errors)[0];
    if (error !== undefined) return { kind: 'unread', because: `Not well-formed YAML: ${firstLine(error.message)}` };
    const twice = documents.flatMap((document) => keyTwiceIn(document) ?? [])[0];
    if (twice !== undefined) return { kind: 'unread', because: `Not well-formed YAML: keys must be unique, and \`${twice.slice(0, KEY_CHARACTERS_MAX)}\` is there twice in one map` };
    return {
      kind: 'read',
      documents: documents.map((document) => document.toJS({ maxAliasCount: 0 }) as unknown),
      isPlain(document, path) {
        const node = documents[document]?.getIn(path, true);
        return isScalar(node) && node.type === Scalar.PLAIN && node.tag === undefined;
      },
    };
  } catch (error) {
    if (error instanceof ReferenceError) return { kind: 'unread', because: 'It has aliases (`*name`): write out what they stand for' };
    return { kind: 'unread', because: `Not readable as YAML: ${firstLine(error instanceof Error ? error.message : 'unknown error')}` };
  }
}

/** Counts flow brackets, and the indentation of blocks, without parsing. */
function nestsTooDeep(text: string): boolean {
  let open = 0;
  for (const character of text) {
    if (character === '[' || character === '{') open += 1;
    else if (character === ']' || character === '}') open = Math.max(0, open - 1);
    if (open > NESTING_MAX) return true;
  }
  return /^(?: {200}|(?:[-?] ){100})/m.test(text);
}

const KEY_CHARACTERS_MAX = 100;

/** A key that stands twice in one map. The parser's own look compares each with each: a map of twenty thousand keys would hold the front door up for ten seconds. */
function keyTwiceIn(document: Document): string | undefined {
  let twice: string | undefined;
  visit(document, {
    Map(_key, { items }) {
      const seen = new Set<unknown>();
      for (const { key } of items) {
        const name = isScalar(key) ? key.value : undefined;
        if (typeof name === 'string' && seen.has(name)) twice = name;
        seen.add(name);
      }
      return twice === undefined ? undefined : visit.BREAK;
    },
  });
  return twice;
}

const WORDS_CHARACTERS_MAX = 200;

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/[.:]+$/, '').slice(0, WORDS_CHARACTERS_MAX);
}
