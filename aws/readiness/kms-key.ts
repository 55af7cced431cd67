import { DescribeKeyCommand, type KMSClient } from '@aws-sdk/client-kms';
import type { KmsKeyFacts } from '../../domain/readiness-facts.ts';
import { nameOf } from '../eks/errors.ts';

export const KEY_ACTIONS = ['kms:DescribeKey'];

/** The key that encrypts the cluster's secrets, as KMS sees it; `none` where EKS was given none. */
export async function readKmsKey(client: KMSClient, keyArn: string | undefined): Promise<KmsKeyFacts | 'none'> {
  if (keyArn === undefined) return 'none';
  try {
    const { KeyMetadata } = await client.send(new DescribeKeyCommand({ KeyId: keyArn }));
    return { keyArn, state: KeyMetadata?.KeyState ?? 'Unavailable' };
  } catch (error) {
    if (nameOf(error) === 'NotFoundException') return { keyArn, state: 'NotFound' };
    throw error;
  }
}
