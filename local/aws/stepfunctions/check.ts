import { createRequire } from 'node:module';
import { DEFINITION_BYTES_MAX } from './limits.ts';
import { examine } from './examine.ts';
import { lookOver } from './look-over.ts';

/** One thing that is wrong with a definition. `where` is a path into it: `/States/NextHop/Arguments`. */
export interface Problem {
  readonly problem: string;
  readonly where: string;
}

const aslValidator = createRequire(import.meta.url)('asl-validator') as (definition: unknown) => { errors: { 'Error code': string; Message?: string; path?: string }[] };

/** Everything that can be found wrong with a definition before it runs: what would be refused, what asl-validator finds, and what could only fail. An empty answer is a good one. */
export function checkDefinition(text: string): Problem[] {
  const found = validate(text);
  return found.length > 0 ? found : lookOver(JSON.parse(text));
}

/** What is wrong with a definition by our own rules and asl-validator's. The validator compiles its schemas anew at each call, which takes a tenth of a second. */
export function validate(text: string): Problem[] {
  const refused = refusals(text);
  return refused.length > 0 ? refused : validatorErrors(JSON.parse(text));
}

/** Why a definition is not loaded: it is no valid Amazon States Language, or it asks for something the engine does not carry out. */
export function refusals(text: string): Problem[] {
  if (Buffer.byteLength(text) > DEFINITION_BYTES_MAX) return [{ problem: `The definition is larger than ${DEFINITION_BYTES_MAX} bytes`, where: '/' }];
  try {
    return examine(JSON.parse(text));
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    return [{ problem: `The definition is not JSON: ${thrown.message}`, where: '/' }];
  }
}

/** asl-validator reads templates more narrowly than AWS: it takes no empty text, no line break and no plain Output. Those are smoothed in the copy it sees. */
function validatorErrors(definition: unknown): Problem[] {
  return aslValidator(smoothed(definition)).errors.map((error) => ({ problem: error.Message ?? error['Error code'], where: error.path ?? '/' }));
}

const TEMPLATES: readonly string[] = ['Output', 'Arguments', 'Items', 'ItemSelector'];

function smoothed(value: unknown): unknown {
  if (typeof value === 'string') return value === '' ? 'x' : value.replace(/^\{%\s*/, '{% ').replace(/\s*%\}$/, ' %}').replace(/\s+/g, ' ');
  if (Array.isArray(value)) return value.map(smoothed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const plain = TEMPLATES.includes(name) && (typeof inner !== 'object' || inner === null || Array.isArray(inner)) && !(typeof inner === 'string' && inner.startsWith('{%'));
      return [name, plain ? (name === 'Items' ? [] : {}) : smoothed(inner)];
    }),
  );
}
