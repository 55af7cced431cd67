import type { Waiver } from '../../domain/waiver.ts';
import type { Store } from '../ports.ts';
import { answerAction, answeredBy } from './answers.ts';
import { clusterKey, waiverKey } from './keys.ts';
import type { TableAccess } from './table-access.ts';

/** More than this and nobody knows any more what is waived. */
const WAIVERS_MAX = 100;

export function waivers(table: TableAccess): Pick<Store, 'waivers' | 'addWaiver' | 'removeWaiver'> {
  const waiversOf = async (clusterId: string, now: number): Promise<readonly Waiver[]> => {
    const { pk } = clusterKey(clusterId);
    const { items } = await table.query({ that: '#pk = :pk AND begins_with(#sk, :waiver)', values: { pk, waiver: 'WAIVER#' }, limit: WAIVERS_MAX });
    return items
      .map(({ pk: _pk, sk: _sk, ...waiver }) => waiver as unknown as Waiver)
      .filter((waiver) => Date.parse(waiver.until) > now)
      .sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
  };

  return {
    waivers: waiversOf,

    async addWaiver(waiver, answer) {
      const count = (await waiversOf(waiver.clusterId, Date.parse(waiver.at))).length;
      if (count >= WAIVERS_MAX) return { kind: 'too-many', count };
      const written = await table.write({
        cluster: { check: clusterKey(waiver.clusterId), if: { that: 'attribute_exists(#pk)' } },
        waiver: { put: { ...waiverKey(waiver.clusterId, waiver.waiverId), ...waiver }, if: { that: 'attribute_not_exists(#pk)' } },
        answer: answerAction(answer),
      });
      if (written.kind === 'written') return written;
      if (written.met.cluster !== undefined) return { kind: 'cluster-gone' };
      return answeredBy(written.met) ?? { kind: 'written' };
    },

    async removeWaiver(clusterId, waiverId) {
      const written = await table.write({ waiver: { delete: waiverKey(clusterId, waiverId), if: { that: 'attribute_exists(#pk)' } } });
      return written.kind === 'written' ? 'removed' : 'absent';
    },
  };
}
