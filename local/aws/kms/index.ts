import * as kms from '@aws-sdk/client-kms';
import type { CancelKeyDeletionCommandInput, CreateKeyCommandInput, DescribeKeyCommandInput, DisableKeyCommandInput, EnableKeyCommandInput, GetKeyPolicyCommandInput, KeyMetadata, ListAliasesCommandInput, ListKeysCommandInput, ListResourceTagsCommandInput, ScheduleKeyDeletionCommandInput } from '@aws-sdk/client-kms';
import type { Collection } from '../../disk.ts';
import { AwsError } from '../service.ts';
import type { Call, SimulatedService, World } from '../service.ts';

interface KeyRecord {
  readonly accountId: string;
  readonly region: string;
  readonly id: string;
  readonly createdAt: number;
  readonly description: string;
  readonly policy: string;
  readonly tags: readonly { readonly TagKey: string; readonly TagValue: string }[];
  readonly deletionAt?: number;
  readonly disabled?: boolean;
}

const PAGE_DEFAULT = 100;
const PAGE_MAX = 1000;
const DAY_MS = 24 * 3600 * 1000;

export interface SimulatedKms extends SimulatedService {
  /** The state of a key as other services see it; undefined when the account has none of that ARN in the region, or no longer. */
  keyState(accountId: string, region: string, keyArn: string): 'Enabled' | 'Disabled' | 'PendingDeletion' | undefined;
}

/** Symmetric encryption keys that exist and can be looked at: what EKS's envelope encryption is given. Nothing is encrypted here. */
export function createKms(world: World): SimulatedKms {
  const keys: Collection<KeyRecord> = world.disk.collection('kms-keys');
  const shelf = ({ accountId, region }: Call): string => `${accountId}/${region}/`;

  function keyAt(keyId: string | undefined, call: Call): KeyRecord {
    const id = /^arn:aws:kms:[a-z0-9-]+:\d{12}:key\/(.+)$/.exec(keyId ?? '')?.[1] ?? keyId ?? '';
    const key = keys.get(shelf(call) + id);
    if (key !== undefined && (!(keyId ?? '').startsWith('arn:') || keyId === arnOf(key))) return key;
    if (id.startsWith('alias/')) throw new AwsError('NotFoundException', `Alias arn:aws:kms:${call.region}:${call.accountId}:${id} is not found.`, 400);
    throw new AwsError('NotFoundException', `Key '${(keyId ?? '').startsWith('arn:') ? keyId : `arn:aws:kms:${call.region}:${call.accountId}:key/${id}`}' does not exist`, 400);
  }

  function switched(keyId: string | undefined, call: Call, disabled: boolean): Record<string, never> {
    const key = keyAt(keyId, call);
    if (key.deletionAt !== undefined) throw new AwsError('KMSInvalidStateException', `${arnOf(key)} is pending deletion.`, 400);
    keys.put(shelf(call) + key.id, { ...key, disabled });
    return {};
  }

  return {
    name: 'kms',
    protocol: 'aws-json-1.1',
    schemas: { ...kms },
    needs(operation, input, call) {
      const { KeyId } = input as { KeyId?: string };
      if (KeyId === undefined) return undefined;
      return [{ action: `kms:${operation}`, resource: KeyId.startsWith('arn:') ? KeyId : `arn:aws:kms:${call.region}:${call.accountId}:key/${KeyId}` }];
    },
    operations: {
      CreateKey(input: CreateKeyCommandInput, call: Call) {
        const other = [input.KeyUsage ?? 'ENCRYPT_DECRYPT', input.KeySpec ?? 'SYMMETRIC_DEFAULT', input.Origin ?? 'AWS_KMS', String(input.MultiRegion ?? false)].join(' ');
        if (other !== 'ENCRYPT_DECRYPT SYMMETRIC_DEFAULT AWS_KMS false') throw new AwsError('NotImplemented', 'The simulated AWS has symmetric encryption keys of one region only.', 501);
        const id = world.newId().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
        const policy = input.Policy ?? JSON.stringify({ Version: '2012-10-17', Id: 'key-default-1', Statement: [{ Sid: 'Enable IAM User Permissions', Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${call.accountId}:root` }, Action: 'kms:*', Resource: '*' }] });
        const tags = (input.Tags ?? []).map(({ TagKey = '', TagValue = '' }) => ({ TagKey, TagValue }));
        const key = { accountId: call.accountId, region: call.region, id, createdAt: call.now, description: input.Description ?? '', policy, tags };
        keys.put(shelf(call) + id, key);
        return { KeyMetadata: view(key) };
      },
      DescribeKey: (input: DescribeKeyCommandInput, call: Call) => ({ KeyMetadata: view(keyAt(input.KeyId, call)) }),
      ListKeys(input: ListKeysCommandInput, call: Call) {
        const { items, ...rest } = paged(keys.list(shelf(call)), input);
        return { Keys: items.map((key) => ({ KeyId: key.id, KeyArn: arnOf(key) })), ...rest };
      },
      // No operation here makes an alias, and AWS's own appear only when a service first uses them.
      ListAliases: (_input: ListAliasesCommandInput) => ({ Aliases: [], Truncated: false }),
      GetKeyPolicy: (input: GetKeyPolicyCommandInput, call: Call) => ({ Policy: keyAt(input.KeyId, call).policy, PolicyName: 'default' }),
      GetKeyRotationStatus: (input: DescribeKeyCommandInput, call: Call) => ({ KeyRotationEnabled: false, KeyId: arnOf(keyAt(input.KeyId, call)) }),
      ListResourceTags(input: ListResourceTagsCommandInput, call: Call) {
        const { items, ...rest } = paged(keyAt(input.KeyId, call).tags, input);
        return { Tags: items, ...rest };
      },
      ScheduleKeyDeletion(input: ScheduleKeyDeletionCommandInput, call: Call) {
        const key = keyAt(input.KeyId, call);
        const days = input.PendingWindowInDays ?? 30;
        if (days < 7 || days > 30) throw new AwsError('ValidationException', `PendingWindowInDays must be between 7 and 30: ${days}`, 400);
        if (key.deletionAt !== undefined) throw new AwsError('KMSInvalidStateException', `${arnOf(key)} is pending deletion.`, 400);
        const deletionAt = call.now + days * DAY_MS;
        keys.put(shelf(call) + key.id, { ...key, deletionAt });
        return { KeyId: arnOf(key), DeletionDate: new Date(deletionAt), KeyState: 'PendingDeletion', PendingWindowInDays: days };
      },
      /** A key whose deletion is taken back stays disabled until it is enabled, as on AWS. */
      CancelKeyDeletion(input: CancelKeyDeletionCommandInput, call: Call) {
        const { deletionAt, ...key } = keyAt(input.KeyId, call);
        if (deletionAt === undefined) throw new AwsError('KMSInvalidStateException', `${arnOf(key)} is not pending deletion.`, 400);
        keys.put(shelf(call) + key.id, { ...key, disabled: true });
        return { KeyId: arnOf(key) };
      },
      DisableKey: (input: DisableKeyCommandInput, call: Call) => switched(input.KeyId, call, true),
      EnableKey: (input: EnableKeyCommandInput, call: Call) => switched(input.KeyId, call, false),
    },
    keyState(accountId, region, keyArn) {
      const key = keys.get(`${accountId}/${region}/${keyArn.split('/').at(-1) ?? ''}`);
      if (key === undefined || arnOf(key) !== keyArn || (key.deletionAt ?? Infinity) <= world.clock.now()) return undefined;
      return stateOf(key);
    },
  };
}

const arnOf = (key: KeyRecord): string => `arn:aws:kms:${key.region}:${key.accountId}:key/${key.id}`;

function stateOf(key: KeyRecord): 'Enabled' | 'Disabled' | 'PendingDeletion' {
  return key.deletionAt !== undefined ? 'PendingDeletion' : key.disabled === true ? 'Disabled' : 'Enabled';
}

function view(key: KeyRecord): KeyMetadata {
  return {
    KeyId: key.id,
    Arn: arnOf(key),
    AWSAccountId: key.accountId,
    CreationDate: new Date(key.createdAt),
    Enabled: stateOf(key) === 'Enabled',
    Description: key.description,
    KeyUsage: 'ENCRYPT_DECRYPT',
    KeyState: stateOf(key),
    ...(key.deletionAt === undefined ? {} : { DeletionDate: new Date(key.deletionAt) }),
    Origin: 'AWS_KMS',
    KeyManager: 'CUSTOMER',
    CustomerMasterKeySpec: 'SYMMETRIC_DEFAULT',
    KeySpec: 'SYMMETRIC_DEFAULT',
    EncryptionAlgorithms: ['SYMMETRIC_DEFAULT'],
    MultiRegion: false,
  };
}

function paged<T>(items: readonly T[], input: { readonly Limit?: number | undefined; readonly Marker?: string | undefined }): { readonly items: T[]; readonly Truncated: boolean; readonly NextMarker?: string } {
  const size = input.Limit ?? PAGE_DEFAULT;
  if (!Number.isInteger(size) || size < 1 || size > PAGE_MAX) throw new AwsError('ValidationException', `Limit must be between 1 and ${PAGE_MAX}: ${size}`, 400);
  const start = input.Marker === undefined ? 0 : Number(Buffer.from(input.Marker, 'base64url').toString('utf8'));
  if (!Number.isInteger(start) || start < 0) throw new AwsError('InvalidMarkerException', 'The marker is invalid.', 400);
  const end = start + size;
  const more = end < items.length;
  return { items: items.slice(start, end), Truncated: more, ...(more ? { NextMarker: Buffer.from(String(end)).toString('base64url') } : {}) };
}
