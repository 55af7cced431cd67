import jsonata from 'jsonata';
import { expressionText } from './definition.ts';
import { expressionsIn, isFields, list, variablesOf } from './examine.ts';
import { EXTRA_FUNCTIONS } from './support.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The functions of JSONata 2, without `$eval`, which Step Functions does not have. Source: docs.jsonata.org. */
const FUNCTIONS: readonly string[] = (
  'string length substring substringBefore substringAfter uppercase lowercase trim pad contains split join match replace base64encode base64decode ' +
  'encodeUrlComponent encodeUrl decodeUrlComponent decodeUrl number abs floor ceil round power sqrt formatNumber formatBase formatInteger parseInteger ' +
  'sum max min average boolean not exists count append sort reverse shuffle distinct zip keys lookup spread merge sift each error assert type ' +
  'now millis fromMillis toMillis map filter single reduce clone'
).split(' ');

/** Where `$states.result` and `$states.errorOutput` have a value, by the field that an expression stands in. */
const RESULT_FIELDS = /\/(Output|Assign)(\/|\[|$)/;
const ERROR_FIELDS = /\/Catch\[\d+\]\/(Output|Assign)(\/|\[|$)/;

/** What AWS would load but what can only go wrong: a variable that nobody assigns, a result where there is none. Expects a definition that was not refused. */
export function lookOver(definition: unknown): { problem: string; where: string }[] {
  return isFields(definition) ? lookOverBranch(definition, '', []) : [];
}

function lookOverBranch(branch: Fields, where: string, outer: readonly string[]): { problem: string; where: string }[] {
  const states = isFields(branch['States']) ? branch['States'] : {};
  const known = [...outer, ...variablesOf(states)];
  return Object.entries(states).flatMap(([name, state]) => {
    if (!isFields(state)) return [];
    const at = `${where}/States/${name}`;
    const inner = [...list(state['Branches']).map((each, index) => [each, `${at}/Branches[${index}]`] as const), ...(isFields(state['ItemProcessor']) ? [[state['ItemProcessor'], `${at}/ItemProcessor`] as const] : [])];
    return [
      ...expressionsIn(state, at).flatMap((expression) => lookOverExpression(expression.value, expression.where, known, state['Type'])),
      ...inner.flatMap(([each, path]) => lookOverBranch(each, path, known)),
    ];
  });
}

function lookOverExpression(value: string, where: string, known: readonly string[], type: unknown): { problem: string; where: string }[] {
  const text = expressionText(value);
  const found: { problem: string; where: string }[] = [];
  const { used, bound } = namesIn(jsonata(text).ast());
  for (const name of used) {
    if (name === '' || name === '$' || name === 'states' || bound.has(name) || known.includes(name) || FUNCTIONS.includes(name) || EXTRA_FUNCTIONS.includes(name)) continue;
    found.push({ problem: `Nothing assigns the variable $${name}, and no function is named so`, where });
  }
  const caught = ERROR_FIELDS.test(where);
  const hasResult = (type === 'Task' || type === 'Map' || type === 'Parallel') && RESULT_FIELDS.test(where) && !caught;
  if (/\$states\.result\b/.test(text) && !hasResult) found.push({ problem: '$states.result has no value here', where });
  if (/\$states\.errorOutput\b/.test(text) && !caught) found.push({ problem: '$states.errorOutput has a value in Catch only', where });
  return found;
}

/** The variables that an expression uses, and those that it binds itself: with `:=`, as a function's arguments, with `@` or `#`. */
function namesIn(ast: unknown): { used: Set<string>; bound: Set<string> } {
  const used = new Set<string>();
  const bound = new Set<string>();
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(walk);
    if (typeof node !== 'object' || node === null) return;
    const { type, value, lhs, focus, index } = node as { type?: string; value?: unknown; lhs?: { value?: unknown }; focus?: unknown; index?: unknown };
    if (type === 'variable') used.add(String(value));
    if (type === 'bind') bound.add(String(lhs?.value));
    if (type === 'lambda') for (const argument of (node as { arguments?: { value?: unknown }[] }).arguments ?? []) bound.add(String(argument.value));
    for (const name of [focus, index]) if (typeof name === 'string') bound.add(name);
    Object.values(node).forEach(walk);
  };
  walk(ast);
  return { used, bound };
}
