import * as kms from '@aws-sdk/client-kms';
import type {
  CancelKeyDeletionCommandInput,
  CreateKeyCommandInput,
  DescribeKeyCommandInput,
  EnableKeyCommandInput,
  GetKeyPolicyCommandInput,
  ListAliasesCommandInput,
  ListKeysCommandInput,
  ListResourceTagsCommandInput,
  PutKeyPolicyCommandInput,
  ScheduleKeyDeletionCommandInput,
} from '@aws-sdk/client-kms';
import { callerContext } from '../authorization.ts';
import { judgeTrust } from '../policy.ts';
import { MalformedPolicy, parsePolicy } from '../policy-document.ts';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler, SimulatedService, World } from '../service.ts';
import { grantOperations } from './grants.ts';
import { arnOf, Keys, keyView, stateOf } from './keys.ts';
import type { KeyRecord } from './keys.ts';
import { paged } from './pages.ts';

const DAY_MS = 24 * 3600 * 1000;

export interface SimulatedKms extends SimulatedService {
  /** The state of a key as other services see it; undefined when the account has none of that ARN in the region, or no longer. */
  keyState(accountId: string, region: string, keyArn: string): 'Enabled' | 'Disabled' | 'PendingDeletion' | undefined;
}

/** Symmetric encryption keys that can be looked at, disabled and deleted: what EKS's envelope encryption is given. Nothing is encrypted here. */
export function createKms(world: World): SimulatedKms {
  const keys = new Keys(world);

  function change(input: { readonly KeyId?: string | undefined }, call: Call, changed: (key: KeyRecord) => KeyRecord): KeyRecord {
    const key = changed(keys.at(input.KeyId, call));
    keys.put(key);
    return key;
  }

  const switched = (disabled: boolean) => (input: EnableKeyCommandInput, call: Call) =>
    void change(input, call, (key) => {
      if (stateOf(key) === 'PendingDeletion') throw new AwsError('KMSInvalidStateException', `${arnOf(key)} is pending deletion.`, 400);
      return { ...key, disabled };
    });

  const operations: Readonly<Record<string, OperationHandler>> = {
    CreateKey(input: CreateKeyCommandInput, call: Call) {
      const other = [input.KeyUsage ?? 'ENCRYPT_DECRYPT', input.KeySpec ?? 'SYMMETRIC_DEFAULT', input.Origin ?? 'AWS_KMS', String(input.MultiRegion ?? false)].join(' ');
      if (other !== 'ENCRYPT_DECRYPT SYMMETRIC_DEFAULT AWS_KMS false') throw new AwsError('NotImplemented', 'The simulated AWS has symmetric encryption keys of one region only.', 501);
      const id = world.newId().replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
      const policy = input.Policy ?? JSON.stringify({ Version: '2012-10-17', Id: 'key-default-1', Statement: [{ Sid: 'Enable IAM User Permissions', Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${call.accountId}:root` }, Action: 'kms:*', Resource: '*' }] });
      const tags = (input.Tags ?? []).map(({ TagKey = '', TagValue = '' }) => ({ TagKey, TagValue }));
      const key = { accountId: call.accountId, region: call.region, id, createdAt: call.now, description: input.Description ?? '', policy: checkedPolicy(policy), tags };
      keys.put(key);
      return { KeyMetadata: keyView(key) };
    },
    DescribeKey: (input: DescribeKeyCommandInput, call: Call) => ({ KeyMetadata: keyView(keys.at(input.KeyId, call)) }),
    ListKeys(input: ListKeysCommandInput, call: Call) {
      const { items, ...rest } = paged(keys.list(call), input);
      return { Keys: items.map((key) => ({ KeyId: key.id, KeyArn: arnOf(key) })), ...rest };
    },
    // No operation here makes an alias, and AWS's own appear only when a service first uses them.
    ListAliases: (_input: ListAliasesCommandInput) => ({ Aliases: [], Truncated: false }),
    GetKeyPolicy: (input: GetKeyPolicyCommandInput, call: Call) => ({ Policy: keys.at(input.KeyId, call).policy, PolicyName: 'default' }),
    PutKeyPolicy: (input: PutKeyPolicyCommandInput, call: Call) => void change(input, call, (key) => ({ ...key, policy: checkedPolicy(input.Policy ?? '') })),
    GetKeyRotationStatus: (input: DescribeKeyCommandInput, call: Call) => ({ KeyRotationEnabled: false, KeyId: arnOf(keys.at(input.KeyId, call)) }),
    ListResourceTags(input: ListResourceTagsCommandInput, call: Call) {
      const { items, ...rest } = paged(keys.at(input.KeyId, call).tags, input);
      return { Tags: items, ...rest };
    },
    EnableKey: switched(false),
    DisableKey: switched(true),
    ScheduleKeyDeletion(input: ScheduleKeyDeletionCommandInput, call: Call) {
      const days = input.PendingWindowInDays ?? 30;
      if (days < 7 || days > 30) throw new AwsError('ValidationException', `PendingWindowInDays must be between 7 and 30: ${days}`, 400);
      const deletionAt = call.now + days * DAY_MS;
      const key = change(input, call, (before) => {
        if (before.deletionAt !== undefined) throw new AwsError('KMSInvalidStateException', `${arnOf(before)} is pending deletion.`, 400);
        return { ...before, deletionAt };
      });
      return { KeyId: arnOf(key), DeletionDate: new Date(deletionAt), KeyState: 'PendingDeletion', PendingWindowInDays: days };
    },
    CancelKeyDeletion(input: CancelKeyDeletionCommandInput, call: Call) {
      const key = change(input, call, ({ deletionAt, ...before }) => {
        if (deletionAt === undefined) throw new AwsError('KMSInvalidStateException', `${arnOf(before)} is not pending deletion.`, 400);
        // The key is not lost, and not enabled either. Source: CancelKeyDeletion.
        return { ...before, disabled: true };
      });
      return { KeyId: arnOf(key) };
    },
    ...grantOperations(world, keys),
  };

  const guarded =
    (operation: OperationHandler): OperationHandler =>
    (input: { readonly KeyId?: string }, call) => {
      const key = input.KeyId === undefined ? undefined : keys.find(input.KeyId, call);
      if (key !== undefined) requireKeyPolicy(key, call);
      return operation(input, call);
    };

  return {
    name: 'kms',
    protocol: 'aws-json-1.1',
    schemas: { ...kms },
    needs(operation, input, call) {
      const { KeyId } = input as { KeyId?: string };
      if (KeyId === undefined) return undefined;
      return [{ action: `kms:${operation}`, resource: KeyId.startsWith('arn:') ? KeyId : `arn:aws:kms:${call.region}:${call.accountId}:key/${KeyId}` }];
    },
    keyState(accountId, region, keyArn) {
      const key = keyArn.startsWith('arn:') ? keys.find(keyArn, { accountId, region, now: world.clock.now() }) : undefined;
      return key === undefined ? undefined : stateOf(key);
    },
    operations: Object.fromEntries(Object.entries(operations).map(([name, operation]) => [name, guarded(operation)])),
  };
}

/**
 * A key's policy must allow a role what its own policies allow: by the account, or by its name. Without that IAM counts for nothing.
 * Source: KMS developer guide, "Key policies in AWS KMS". An account's own credentials may do everything here, so that nobody locks
 * himself out of a rehearsal.
 */
function requireKeyPolicy(key: KeyRecord, { caller, region, operation }: Call): void {
  if (caller.role === undefined) return;
  const action = `kms:${operation}`;
  const context = { ...callerContext(caller, region), 'kms:calleraccount': [caller.accountId] };
  const { allowed } = judgeTrust(parsePolicy(key.policy, 'key'), { kind: 'caller', accountId: caller.accountId, arn: caller.arn, roleArn: caller.role.arn }, { action, context });
  if (!allowed) throw new AwsError('AccessDeniedException', `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${arnOf(key)} because no resource-based policy allows the ${action} action`, 400);
}

function checkedPolicy(policy: string): string {
  try {
    parsePolicy(policy, 'key');
    return policy;
  } catch (error) {
    if (error instanceof MalformedPolicy) throw new AwsError('MalformedPolicyDocumentException', error.message, 400);
    throw error;
  }
}
