import * as eks from '@aws-sdk/client-eks';
import { invalidParameter } from './errors.ts';
import type { About } from './errors.ts';
import inputs from './inputs.json' with { type: 'json' };

/** By operation: where in its input a value of an enumeration stands, and which of the service model's it is. Lists are passed through. */
const ENUMERATED: Readonly<Record<string, Readonly<Record<string, string>>>> = inputs;
const ENUMERATIONS = eks as unknown as Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Refuses a value that the service's model does not list. The official clients send whatever they are given; EKS looks. */
export function requireKnownValues(operation: string, input: unknown, about: About): void {
  for (const [path, enumeration] of Object.entries(ENUMERATED[operation] ?? {})) {
    const known = Object.values(ENUMERATIONS[enumeration] ?? {});
    const unknown = valuesAt(input, path.split('.')).find((value) => !known.includes(String(value)));
    if (unknown !== undefined)
      throw invalidParameter(`1 validation error detected: Value '${String(unknown)}' at '${path}' failed to satisfy constraint: Member must satisfy enum value set: [${known.join(', ')}]`, about);
  }
}

function valuesAt(value: unknown, path: readonly string[]): unknown[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item) => valuesAt(item, path));
  const [name, ...rest] = path;
  return name === undefined ? [value] : valuesAt((value as Readonly<Record<string, unknown>>)[name], rest);
}
