import { finding } from './finding-codes.ts';
import type { Finding } from './plan.ts';
import type { KmsKeyFacts } from './readiness-facts.ts';

/** States in which KMS decrypts; in every other, and in one that nobody knows yet, it is not known to (source: KMS developer guide, key states). */
const USABLE = ['Enabled', 'Updating'];

/** What to do when the key cannot be used, whoever says so. */
export const MAKE_KEY_USABLE = 'Enable the key, cancel its deletion, restore its grant, import its material or connect its key store; a key that is gone cannot be replaced.';

/** Whether KMS still decrypts with the cluster's key. EKS's own health tells it later, and not for every cause. */
export function keyFindings(key: KmsKeyFacts | 'none'): readonly Finding[] {
  if (key === 'none' || USABLE.includes(key.state)) return [];
  return [
    finding('kms-key-unusable', 'blocks', key.keyArn, {
      detail: key.state === 'NotFound' ? 'KMS knows no such key, and a new API server could not read the cluster\'s Secrets.' : `KMS says that the key is ${key.state}, and a new API server could not read the cluster's Secrets.`,
      remedy: MAKE_KEY_USABLE,
    }),
  ];
}
