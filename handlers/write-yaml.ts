import { stringify } from 'yaml';

/** kubectl reads YAML 1.1, where `on`, `no` and `1:30` are no texts: what either version would take for something else is quoted. */
const FOR_KUBECTL = { compat: 'yaml-1.1', lineWidth: 0 } as const;

/** An object as YAML that is the same for every reader. */
export function writeYaml(value: unknown): string {
  return stringify(value, FOR_KUBECTL);
}
