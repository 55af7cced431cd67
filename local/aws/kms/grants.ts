import type { CreateGrantCommandInput, GrantListEntry, ListGrantsCommandInput, RevokeGrantCommandInput } from '@aws-sdk/client-kms';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler, World } from '../service.ts';
import { arnOf, stateOf } from './keys.ts';
import type { GrantRecord, Keys } from './keys.ts';
import { paged } from './pages.ts';

const GRANTS_MAX = 50_000;

/** Grants that can be made, seen and revoked. Nobody uses them here: nothing is encrypted. */
export function grantOperations(world: World, keys: Keys): Record<string, OperationHandler> {
  return {
    CreateGrant(input: CreateGrantCommandInput, call: Call) {
      const key = keys.at(input.KeyId, call);
      if (stateOf(key) === 'Disabled') throw new AwsError('DisabledException', `${arnOf(key)} is disabled.`, 400);
      if (stateOf(key) === 'PendingDeletion') throw new AwsError('KMSInvalidStateException', `${arnOf(key)} is pending deletion.`, 400);
      if (input.Constraints !== undefined) throw new AwsError('NotImplemented', 'The simulated AWS does not support Constraints of CreateGrant.', 501);
      if (keys.grants(key).length >= GRANTS_MAX) throw new AwsError('LimitExceededException', `A key has at most ${GRANTS_MAX} grants.`, 400);
      const grant: GrantRecord = {
        keyArn: arnOf(key),
        id: `${world.newId()}${world.newId()}`,
        ...(input.Name === undefined ? {} : { name: input.Name }),
        createdAt: call.now,
        grantee: input.GranteePrincipal ?? '',
        ...(input.RetiringPrincipal === undefined ? {} : { retiring: input.RetiringPrincipal }),
        issuingAccount: call.accountId,
        operations: input.Operations ?? [],
      };
      keys.putGrant(grant);
      return { GrantId: grant.id, GrantToken: Buffer.from(grant.id).toString('base64') };
    },

    ListGrants(input: ListGrantsCommandInput, call: Call) {
      const fit = keys.grants(keys.at(input.KeyId, call)).filter(({ id, grantee }) => (input.GrantId ?? id) === id && (input.GranteePrincipal ?? grantee) === grantee);
      const { items, ...rest } = paged(fit, input);
      return { Grants: items.map(view), ...rest };
    },

    RevokeGrant(input: RevokeGrantCommandInput, call: Call) {
      const grant = keys.grants(keys.at(input.KeyId, call)).find(({ id }) => id === input.GrantId);
      if (grant === undefined) throw new AwsError('NotFoundException', `Grant ID ${input.GrantId ?? ''} not found`, 400);
      keys.deleteGrant(grant);
    },
  };
}

function view(grant: GrantRecord): GrantListEntry {
  return {
    KeyId: grant.keyArn,
    GrantId: grant.id,
    Name: grant.name ?? '',
    CreationDate: new Date(grant.createdAt),
    GranteePrincipal: grant.grantee,
    ...(grant.retiring === undefined ? {} : { RetiringPrincipal: grant.retiring }),
    IssuingAccount: `arn:aws:iam::${grant.issuingAccount}:root`,
    Operations: [...grant.operations],
  };
}
