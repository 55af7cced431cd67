import { same } from '../../domain/json-equal.ts';
import type { Store } from '../ports.ts';
import { answerAction, answeredBy } from './answers.ts';
import { ACCOUNTS, accountKey } from './keys.ts';
import { readList } from './lists.ts';
import { accountIn, accountItem, isVerified } from './records.ts';
import type { TableAccess } from './table-access.ts';

type Accounts = Pick<Store, 'account' | 'listAccounts' | 'registerAccount' | 'recordVerification' | 'rotateExternalId' | 'changeAccount' | 'removeAccount'>;

export function accounts(table: TableAccess): Accounts {
  return {
    async account(accountId) {
      const item = await table.get(accountKey(accountId));
      return item === undefined ? undefined : accountIn(item);
    },

    async listAccounts(page) {
      const { items, ...rest } = await readList(table, { index: 'list', partition: ACCOUNTS, filter: undefined, forward: true, keyOf: accountKey }, page);
      return { items: items.map(accountIn), ...rest };
    },

    async registerAccount(account, answer) {
      const written = await table.write({
        account: { put: accountItem(account), if: { that: 'attribute_not_exists(#pk)' } },
        answer: answerAction(answer),
      });
      if (written.kind === 'written') return written;
      const standing = written.met.account ?? undefined;
      // The external id is ours alone: what stands with it is what we wrote, and the answer to that was lost.
      if (standing?.['externalId'] === account.externalId) return { kind: 'written' };
      return answeredBy(written.met) ?? { kind: 'exists', account: accountIn(standing ?? {}) };
    },

    async recordVerification(accountId, { conditions, triedExternalId, retirePrevious }, answer) {
      const written = await table.write({
        account: {
          update: accountKey(accountId),
          change: { set: { conditions, verified: isVerified(conditions) }, ...(retirePrevious ? { remove: ['previousExternalId'] } : {}) },
          if: { that: '#externalId = :tried', values: { tried: triedExternalId } },
        },
        answer: answerAction(answer),
      });
      return written.kind === 'written' ? written : (answeredBy(written.met) ?? { kind: 'moved' });
    },

    async rotateExternalId(account, newExternalId, answer) {
      // Rotated twice before the first was seen to work, the one that works is still the oldest: it stays the previous one. Both ids
      // must be as the caller saw them, since the answer to it tells both.
      const { previousExternalId } = account;
      const written = await table.write({
        account: {
          update: accountKey(account.accountId),
          change: { set: { externalId: newExternalId }, keep: { previousExternalId: account.externalId }, add: { generation: 1 } },
          if:
            previousExternalId === undefined
              ? { that: '#externalId = :known AND attribute_not_exists(#previousExternalId)', values: { known: account.externalId } }
              : { that: '#externalId = :known AND #previousExternalId = :previous', values: { known: account.externalId, previous: previousExternalId } },
        },
        answer: answerAction(answer),
      });
      if (written.kind === 'written' || written.met.account?.['externalId'] === newExternalId) return { kind: 'written' };
      return answeredBy(written.met) ?? { kind: 'moved' };
    },

    async changeAccount(before, after) {
      const { name, labels, teams, dnsZones, generation } = after;
      const written = await table.write({
        account: {
          update: accountKey(before.accountId),
          change: {
            set: { name, labels, generation, ...(teams === undefined ? {} : { teams }), ...(dnsZones === undefined ? {} : { dnsZones }) },
            ...(teams === undefined && before.teams !== undefined ? { remove: ['teams'] } : {}),
          },
          if: { that: '#generation = :known', values: { known: before.generation } },
        },
      });
      if (written.kind === 'written') return written;
      const standing = written.met.account ?? undefined;
      return standing !== undefined && same(accountIn(standing), after) ? { kind: 'written' } : { kind: 'moved' };
    },

    async removeAccount(accountId) {
      const written = await table.write({ account: { delete: accountKey(accountId), if: { that: 'attribute_exists(#pk) AND #clusterCount = :none', values: { none: 0 } } } });
      if (written.kind === 'written') return { kind: 'removed' };
      const standing = written.met.account;
      return standing === undefined || standing === null ? { kind: 'absent' } : { kind: 'has-clusters', count: Number(standing['clusterCount']) };
    },
  };
}
