import type { GrantOperation, KeyMetadata } from '@aws-sdk/client-kms';
import type { Collection } from '../../disk.ts';
import { AwsError } from '../service.ts';
import type { World } from '../service.ts';

export interface KeyRecord {
  readonly accountId: string;
  readonly region: string;
  readonly id: string;
  readonly createdAt: number;
  readonly description: string;
  readonly policy: string;
  readonly tags: readonly { readonly TagKey: string; readonly TagValue: string }[];
  readonly disabled?: boolean;
  /** From then on there is no such key. */
  readonly deletionAt?: number;
}

export interface GrantRecord {
  readonly keyArn: string;
  readonly id: string;
  readonly name?: string;
  readonly createdAt: number;
  readonly grantee: string;
  readonly retiring?: string;
  readonly issuingAccount: string;
  readonly operations: readonly GrantOperation[];
}

interface Where {
  readonly accountId: string;
  readonly region: string;
  /** Virtual epoch ms. */
  readonly now: number;
}

/** Keys and their grants, on the disk. A key whose day of deletion has come is not there. */
export class Keys {
  readonly #keys: Collection<KeyRecord>;
  readonly #grants: Collection<GrantRecord>;

  constructor({ disk }: World) {
    this.#keys = disk.collection('kms-keys');
    this.#grants = disk.collection('kms-grants');
  }

  list({ accountId, region, now }: Where): KeyRecord[] {
    return this.#keys.list(`${accountId}/${region}/`).filter(({ deletionAt }) => deletionAt === undefined || deletionAt > now);
  }

  put(key: KeyRecord): void {
    this.#keys.put(`${key.accountId}/${key.region}/${key.id}`, key);
  }

  /** By id or ARN. */
  find(keyId: string | undefined, where: Where): KeyRecord | undefined {
    const id = /^arn:aws:kms:[a-z0-9-]+:\d{12}:key\/(.+)$/.exec(keyId ?? '')?.[1] ?? keyId;
    const key = this.list(where).find((candidate) => candidate.id === id);
    return key !== undefined && (keyId?.startsWith('arn:') !== true || keyId === arnOf(key)) ? key : undefined;
  }

  at(keyId: string | undefined, where: Where): KeyRecord {
    const key = this.find(keyId, where);
    if (key !== undefined) return key;
    const named = keyId ?? '';
    if (named.startsWith('alias/')) throw new AwsError('NotFoundException', `Alias arn:aws:kms:${where.region}:${where.accountId}:${named} is not found.`, 400);
    throw new AwsError('NotFoundException', `Key '${named.startsWith('arn:') ? named : `arn:aws:kms:${where.region}:${where.accountId}:key/${named}`}' does not exist`, 400);
  }

  grants(key: KeyRecord): GrantRecord[] {
    return this.#grants.list(`${arnOf(key)}/`);
  }

  putGrant(grant: GrantRecord): void {
    this.#grants.put(`${grant.keyArn}/${grant.id}`, grant);
  }

  deleteGrant({ keyArn, id }: GrantRecord): void {
    this.#grants.delete(`${keyArn}/${id}`);
  }
}

export const arnOf = (key: { readonly region: string; readonly accountId: string; readonly id: string }): string => `arn:aws:kms:${key.region}:${key.accountId}:key/${key.id}`;

export function stateOf({ deletionAt, disabled }: KeyRecord): 'PendingDeletion' | 'Disabled' | 'Enabled' {
  return deletionAt !== undefined ? 'PendingDeletion' : disabled === true ? 'Disabled' : 'Enabled';
}

export function keyView(key: KeyRecord): KeyMetadata {
  const state = stateOf(key);
  return {
    KeyId: key.id,
    Arn: arnOf(key),
    AWSAccountId: key.accountId,
    CreationDate: new Date(key.createdAt),
    Enabled: state === 'Enabled',
    Description: key.description,
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: state,
    ...(key.deletionAt === undefined ? {} : { DeletionDate: new Date(key.deletionAt) }),
    Origin: 'AWS_KMS',
    KeyManager: 'CUSTOMER',
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    KeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: false,
  };
}
