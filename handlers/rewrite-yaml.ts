import { isMap, parseAllDocuments, Scalar, stringify } from 'yaml';
import type { Edit } from '../domain/conversions/kube2iam-objects.ts';

/** Words that a reader of YAML 1.1 or 1.2 would take for something else than text. */
const NO_PLAIN_TEXT = /^(?:[-+.\d].*|y|n|yes|no|on|off|true|false|null|~)$/i;

/** Whether blanks stand within the brackets of lists and objects. */
const PADDED = /[[{] \S/;

/** A text that was read before, with edits and with objects added at its end. Every scalar stays as it was written, comments and order too. */
export function rewriteYaml(text: string, edits: readonly Edit[], added: readonly object[]): string {
  if (edits.length === 0 && added.length === 0) return text;
  const parsed = parseAllDocuments(text, { schema: 'failsafe', logLevel: 'silent', uniqueKeys: false });
  const documents = Array.isArray(parsed) ? parsed : [];
  for (const { document, path, value } of edits) {
    const target = documents[document];
    if (target === undefined) continue;
    if (value === undefined) {
      target.deleteIn(path);
      const above = target.getIn(path.slice(0, -1));
      if (path.at(-1) === 'annotations' && isMap(above) && above.items.length === 0) target.deleteIn(path.slice(0, -1));
    } else {
      target.setIn(path, scalar(value));
    }
  }
  const rewritten = documents.map((document) => document.toString({ lineWidth: 0, flowCollectionPadding: PADDED.test(text) }).replace(/^---\n/, ''));
  return [...rewritten, ...added.map((object) => stringify(object, { compat: 'yaml-1.1', lineWidth: 0 }))].map((part) => (part.endsWith('\n') ? part : `${part}\n`)).join('---\n');
}

function scalar(value: string): Scalar {
  const made = new Scalar(value);
  if (NO_PLAIN_TEXT.test(value)) made.type = Scalar.QUOTE_DOUBLE;
  return made;
}
