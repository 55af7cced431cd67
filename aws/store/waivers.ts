import type { Waiver, WithdrawnWaiver } from '../../domain/waiver.ts';
import type { Store } from '../ports.ts';
import { answerAction, answeredBy } from './answers.ts';
import { clusterKey, waiverKey, withdrawnKey } from './keys.ts';
import { newestFirst } from './lists.ts';
import type { Action, TableAccess } from './table-access.ts';

/** More than this and nobody knows any more what is waived. With the cluster all of them go in one transaction, which takes 100 actions. */
const WAIVERS_MAX = 50;
/** Those that ended are cleared away when one is added, so many at most at a time. */
const ENDED_CLEARED_MAX = 40;
/** How long it is told who took a waiver back, and why: longer than auditors ask back. */
const WITHDRAWN_KEPT_DAYS = 400;
const DAY_MS = 86_400_000;

export function waivers(table: TableAccess): Pick<Store, 'waivers' | 'addWaiver' | 'withdrawWaiver' | 'withdrawnWaivers'> {
  return {
    async waivers(clusterId, now) {
      const { inForce } = byEnd(await allWaivers(table, clusterId), now);
      return inForce.sort((a, b) => Date.parse(a.at) - Date.parse(b.at) || (a.waiverId < b.waiverId ? -1 : 1));
    },

    async addWaiver(waiver, answer) {
      const { clusterId, waiverId } = waiver;
      const { inForce, ended } = byEnd(await allWaivers(table, clusterId), Date.parse(waiver.at));
      if (inForce.length >= WAIVERS_MAX) return { kind: 'too-many', count: inForce.length };
      const written = await table.write({
        ...removals(ended.slice(0, ENDED_CLEARED_MAX)),
        cluster: { check: clusterKey(clusterId), if: { that: 'attribute_exists(#pk)' } },
        waiver: { put: { ...waiverKey(clusterId, waiverId), ...waiver, ttl: Math.ceil(Date.parse(waiver.until) / 1000) }, if: { that: 'attribute_not_exists(#pk)' } },
        answer: answerAction(answer),
      });
      if (written.kind === 'written') return written;
      if (written.met.cluster !== undefined) return { kind: 'cluster-gone' };
      // Waivers' ids are unguessable: one that stands with ours is what we wrote, and the answer to that was lost.
      return answeredBy(written.met) ?? { kind: 'written' };
    },

    async withdrawWaiver(withdrawn) {
      const { clusterId, waiverId, withdrawnAt } = withdrawn;
      // Three actions, hence one transaction with a token: the repeat of one whose answer was lost does not find its own work done by another.
      const written = await table.write({
        cluster: { check: clusterKey(clusterId), if: { that: 'attribute_exists(#pk)' } },
        waiver: { delete: waiverKey(clusterId, waiverId), if: { that: 'attribute_exists(#pk)' } },
        record: { put: { ...withdrawnKey(clusterId, waiverId), ...withdrawn, ttl: Math.ceil((Date.parse(withdrawnAt) + WITHDRAWN_KEPT_DAYS * DAY_MS) / 1000) } },
      });
      return written.kind === 'written' ? 'withdrawn' : 'absent';
    },

    withdrawnWaivers: (clusterId, page) => newestFirst<WithdrawnWaiver>(table, (waiverId) => withdrawnKey(clusterId, waiverId), 'waiverId', page),
  };
}

/** All that stand in the table, ended or not. */
export async function allWaivers(table: TableAccess, clusterId: string): Promise<readonly Waiver[]> {
  const { pk, sk: prefix } = waiverKey(clusterId, '');
  const { items } = await table.query({ that: '#pk = :pk AND begins_with(#sk, :prefix)', values: { pk, prefix } });
  return items.map(({ pk: _pk, sk: _sk, ttl: _ttl, ...waiver }) => waiver as unknown as Waiver);
}

/** What takes waivers away, whether they are still there or not. */
export function removals(waiversToGo: readonly Waiver[]): Readonly<Record<`waiver-${string}`, Action>> {
  return Object.fromEntries(waiversToGo.map(({ clusterId, waiverId }) => [`waiver-${waiverId}`, { delete: waiverKey(clusterId, waiverId) }]));
}

/** A waiver counts until its end, whatever the table has cleared away by then. */
function byEnd(all: readonly Waiver[], now: number): { readonly inForce: Waiver[]; readonly ended: Waiver[] } {
  const { inForce = [], ended = [] } = Object.groupBy(all, (waiver) => (Date.parse(waiver.until) > now ? 'inForce' : 'ended'));
  return { inForce, ended };
}
