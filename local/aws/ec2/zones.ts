import { createHash } from 'node:crypto';
import { AwsError } from '../service.ts';
import regions from './regions.json' with { type: 'json' };

export interface Zone {
  /** `us-east-1a`: another place for another account. */
  readonly name: string;
  /** `use1-az4`: the same place for everybody. */
  readonly id: string;
}

export const REGIONS: readonly string[] = regions.map(({ region }) => region);

/**
 * A region's zones as an account sees them, by name. AWS maps names to zone ids for each account by itself; here the
 * account's number decides. Source: EC2 user guide, "Availability Zone IDs".
 */
export function zonesOf(accountId: string, region: string): readonly Zone[] {
  const known = regions.find((candidate) => candidate.region === region);
  if (known === undefined) throw new AwsError('InvalidParameterValue', `The simulated AWS has no region ${region}.`, 400);
  const ids = [...known.zones].sort((a, b) => (digest(accountId, a) < digest(accountId, b) ? -1 : 1));
  return [...known.letters].map((letter, index) => ({ name: `${region}${letter}`, id: ids[index] ?? '' }));
}

/** `vpc-0123456789abcdef0`: always the same for the same account, region and thing. */
export function steadyId(prefix: string, ...parts: readonly string[]): string {
  return `${prefix}-0${digest(...parts).slice(0, 16)}`;
}

function digest(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join(' ')).digest('hex');
}
