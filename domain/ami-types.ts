import amiTypes from './ami-types.json' with { type: 'json' };

/** The image types that EKS builds managed nodes from, each with the processors that it runs on; `any` for an image of one's own (source: EKS service model, AMITypes). */
const ARCHITECTURES: ReadonlyMap<string, string> = new Map(Object.entries(amiTypes));

export type Architecture = 'x86_64' | 'arm64';

export function isKnownAmiType(amiType: string): boolean {
  return ARCHITECTURES.has(amiType);
}

/** What the images of a type run on; undefined when that is not told by the type. */
export function architectureOfAmi(amiType: string): Architecture | undefined {
  const known = ARCHITECTURES.get(amiType);
  return known === 'x86_64' || known === 'arm64' ? known : undefined;
}

/** What a machine runs, by its name: after the generation a `g` stands for Graviton, and `a1` was the first (source: EC2 user guide, instance type naming conventions). */
export function architectureOfInstance(instanceType: string): Architecture {
  const family = instanceType.split('.')[0] ?? '';
  return family === 'a1' || /^[a-z]+\d+[a-z]*g/.test(family) || family.includes('-gb') ? 'arm64' : 'x86_64';
}
