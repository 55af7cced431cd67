import { randomBytes } from 'node:crypto';
import type { Ids } from './ports.ts';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const TIME_CHARACTERS = 10;
const RANDOM_CHARACTERS = 16;
const EXTERNAL_ID_BYTES = 32;

/** Ids that sort by the time they were made, from the machine's own randomness. */
export const ids: Ids = {
  operationId: (now) => `op-${sortable(now)}`,
  clusterId: (now) => `c-${sortable(now)}`,
  waiverId: (now) => `w-${sortable(now)}`,
  changeId: (now) => `ch-${sortable(now)}`,
  tokenIssueId: (now) => `ti-${sortable(now)}`,
  externalId: () => randomBytes(EXTERNAL_ID_BYTES).toString('base64url'),
};

/** 26 characters: 10 of milliseconds, 16 random, so that a list by id is a list by time. */
function sortable(now: number): string {
  let time = '';
  for (let rest = now, n = 0; n < TIME_CHARACTERS; n += 1, rest = Math.floor(rest / 32)) time = `${ALPHABET[rest % 32]}${time}`;
  return time + [...randomBytes(RANDOM_CHARACTERS)].map((byte) => ALPHABET[byte % 32]).join('');
}
