import type { Cluster } from '../cluster.ts';

/** Roles that Slipway makes. The access role is not among them: a session that may change these can never change what it itself works through. */
export const MADE_ROLE_PREFIX = 'slipway-of-';

/** Roles have 64 characters at most (source: IAM quotas). */
const ROLE_NAME_CHARACTERS_MAX = 64;
const CLUSTER_CHARACTERS_MAX = 20;
const CLUSTER_ID_CHARACTERS = 6;

/**
 * The name of a role of a cluster, the same whenever it is asked for: `slipway-of-prod-k3x9qz-dns`. The end of the cluster's id keeps
 * namesakes in two regions apart, since IAM is one for all of them. What is too long is cut, and told apart by a checksum.
 */
export function roleNameFor(cluster: Pick<Cluster, 'name' | 'clusterId'>, ...words: readonly string[]): string {
  const own = `${MADE_ROLE_PREFIX}${cluster.name.slice(0, CLUSTER_CHARACTERS_MAX)}-${cluster.clusterId.slice(-CLUSTER_ID_CHARACTERS)}-`;
  const said = words.join('-').replaceAll(/[^\w+=,.@-]/g, '-');
  const room = ROLE_NAME_CHARACTERS_MAX - own.length;
  // A slash and a dash between the words must not come to the same name.
  const plain = words.every((word) => /^[a-z0-9.]+$/.test(word));
  if (said.length <= room && plain) return `${own}${said}`;
  const sum = checksum(words.join('/'));
  return `${own}${said.slice(0, room - sum.length - 1)}-${sum}`;
}

/** FNV-1a in 32 bits (source: draft-eastlake-fnv), in base 36: to tell names apart, not to protect them. */
function checksum(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash.toString(36).padStart(7, '0');
}
