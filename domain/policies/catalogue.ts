import * as z from 'zod';
import accesses from './accesses.json' with { type: 'json' };
import forms from './arn-forms.json' with { type: 'json' };

/** What a pod may be given by name: the catalogue is data, each entry with its source, and is read strictly so that a slip in it shows at once. */

const Grant = z.strictObject({
  actions: z.array(z.string().regex(/^[a-z][a-z0-9-]*:[A-Za-z]+$/)).min(1),
  /** ARNs with `{arn}`, `{prefix}` and the parts of the form in braces; `*` where IAM knows no resource. */
  on: z.array(z.string().min(1)).min(1),
  /** The condition key that narrows it to the prefix. */
  withPrefix: z.string().optional(),
  /** The condition key that narrows it to the namespaces. */
  withNamespaces: z.string().optional(),
});

const Access = z.strictObject({
  means: z.string().min(1),
  /** The form of the ARNs in `on`; without it the access takes none. */
  takes: z.string().optional(),
  prefix: z.literal(true).optional(),
  namespaces: z.literal(true).optional(),
  grants: z.array(Grant).min(1),
  source: z.string().min(1),
});
export type Access = z.output<typeof Access>;

const Form = z.strictObject({ says: z.string().min(1), form: z.string().startsWith('arn:{partition}:'), parts: z.record(z.string(), z.string()), example: z.string().startsWith('arn:') });

/** Parts that ARNs of every service share. */
const COMMON_PARTS: Readonly<Record<string, string>> = { partition: 'aws[a-z-]{0,16}', region: '[a-z]{2,4}(?:-[a-z]{2,12}){1,3}-\\d{1,2}', account: '\\d{12}' };

export interface ArnForm {
  readonly says: string;
  readonly example: string;
  readonly pattern: RegExp;
}

export const ACCESSES: Readonly<Record<string, Access>> = z.record(z.string(), Access).parse(accesses);

export const ARN_FORMS: Readonly<Record<string, ArnForm>> = Object.fromEntries(
  Object.entries(z.record(z.string(), Form).parse(forms)).map(([name, { says, form, parts, example }]) => [name, { says, example, pattern: patternOf(form, parts) }]),
);

/** Names of all accesses, in the order of the catalogue. */
export const ACCESS_NAMES = Object.keys(ACCESSES) as [string, ...string[]];

function patternOf(form: string, parts: Readonly<Record<string, string>>): RegExp {
  const source = form
    .split(/(\{\w+\})/)
    .map((piece) => {
      const name = /^\{(\w+)\}$/.exec(piece)?.[1];
      return name === undefined ? piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&') : `(?<${name}>${parts[name] ?? COMMON_PARTS[name]})`;
    })
    .join('');
  return new RegExp(`^${source}$`);
}
