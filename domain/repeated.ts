import type { RuleError } from './nodegroup-rules.ts';

/** An error for each name that stands in a list a second time, under the path of the member that names it. */
export function repeated(names: readonly string[], list: string, member: string): RuleError[] {
  return names.flatMap((name, index) => (names.indexOf(name) < index ? [{ path: `${list}.${index}.${member}`, message: `${name} stands there twice` }] : []));
}
