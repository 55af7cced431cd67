import { conflictsOf } from './annotation-conflicts.ts';
import { knownAnnotation, looksKnown, type KnownAnnotation } from './catalogue.ts';
import { replacementOf } from './replacements.ts';
import { faultOfValue } from './value-forms.ts';

export interface ExplainedAnnotation {
  readonly annotation: string;
  readonly value: string;
  readonly meaning: string;
  /** `obsolete`: it works where an older controller reads it, and something else says it today. `unknown`: no controller that is known here reads it. */
  readonly status: 'current' | 'obsolete' | 'unknown';
  /** Only of obsolete ones: the lines to write in its place, or why there are none. What a value at fault should be is left open in `<...>`. */
  readonly replacement?: string;
  /** The same as annotations, where the value could be translated. */
  readonly replacedBy?: Readonly<Record<string, string>>;
  /** What is wrong with the value, or with it beside the other annotations. */
  readonly problem?: string;
  readonly readBy?: string;
  readonly sources?: readonly string[];
}

/** What each annotation of one object does, by name. What the object's spec says is not known here. */
export function explainAnnotations(annotations: Readonly<Record<string, string>>): readonly ExplainedAnnotation[] {
  const all = new Map(Object.entries(annotations).sort(([a], [b]) => (a < b ? -1 : 1)));
  const conflicts = conflictsOf(all);
  return [...all].map(([annotation, value]) => {
    const known = knownAnnotation(annotation);
    return known === undefined ? unknown(annotation, value) : explained(annotation, value, known, { all, conflicts: conflicts.get(annotation) ?? [] });
  });
}

function unknown(annotation: string, value: string): ExplainedAnnotation {
  const problem = 'It begins as the annotations of a controller do, and no controller that is known here reads it. Is it misspelt?';
  return { annotation, value, meaning: 'Not known here.', status: 'unknown', ...(looksKnown(annotation) ? { problem } : {}) };
}

function explained(annotation: string, value: string, known: KnownAnnotation, { all, conflicts }: { readonly all: ReadonlyMap<string, string>; readonly conflicts: readonly string[] }): ExplainedAnnotation {
  const fault = faultOfValue(known.value, value);
  const problems = [...(fault === undefined ? [] : [`${fault}.`]), ...conflicts];
  const obsolete = known.obsolete === true || known.obsolete?.includes(value) === true;
  const replacement = obsolete ? replacementOf(annotation, fault === undefined ? value : undefined, all) : undefined;
  return {
    annotation,
    value,
    meaning: known.meaning,
    status: obsolete ? 'obsolete' : 'current',
    ...(replacement === undefined ? {} : { replacement: replacement.text }),
    ...(replacement?.annotations === undefined ? {} : { replacedBy: replacement.annotations }),
    ...(problems.length === 0 ? {} : { problem: problems.join(' ') }),
    readBy: known.readBy,
    sources: known.sources,
  };
}
