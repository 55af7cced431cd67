import { _InstanceType } from '@aws-sdk/client-ec2';
import types from './instance-types.json' with { type: 'json' };

export interface SeenInstanceType {
  readonly architecture: 'x86_64' | 'arm64';
  /** IPv4 addresses of one network interface, its own among them. */
  readonly addressesPerInterface: number;
}

const EXISTING = new Set<string>(Object.values(_InstanceType));
/** Of types that are not described here. */
const ADDRESSES_PER_INTERFACE = 15;

/** A type as other services see it: all that EC2's model lists, of which those in `instance-types.json` are described. */
export function instanceType(name: string): SeenInstanceType | undefined {
  if (!EXISTING.has(name)) return undefined;
  const addressesPerInterface = types.find(({ type }) => type === name)?.addressesPerInterface ?? ADDRESSES_PER_INTERFACE;
  return { architecture: architectureOf(name), addressesPerInterface };
}

/** A `g` after the generation is Graviton: `m7g.large`, `c6gn.xlarge`; the first of them were called `a1`. Source: EC2 user guide, instance type names. */
function architectureOf(name: string): 'x86_64' | 'arm64' {
  const [family = ''] = name.split('.');
  return family === 'a1' || /^[a-z]+\d+[a-z-]*g/.test(family) ? 'arm64' : 'x86_64';
}
