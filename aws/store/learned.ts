import type { Freeze, Store } from '../ports.ts';
import { answerAction, answeredBy } from './answers.ts';
import { budgetKey, durationsKey, freezeKey } from './keys.ts';
import type { TableAccess } from './table-access.ts';

type Learned = Pick<Store, 'durations' | 'recordDuration' | 'spendReads' | 'freeze' | 'recordFreeze'>;

const DURATIONS_MAX = 20;
/** A duration that cannot be written for others writing theirs is not worth more tries. */
const DURATION_TRIES_MAX = 5;
/** Reads of EKS that looks may make in one account and region within one window. EKS publishes no rate; this leaves the account's own people most of any that is likely. */
const READS_PER_WINDOW_MAX = 100;
const WINDOW_SECONDS = 10;
/** Another look may open the window in between; then its reads are spent from that. */
const BUDGET_TRIES_MAX = 3;

export function learned(table: TableAccess): Learned {
  const durations = async (kind: string): Promise<{ readonly seconds: readonly number[]; readonly revision: number }> => {
    const item = await table.get(durationsKey(kind));
    return { seconds: (item?.['seconds'] as number[] | undefined) ?? [], revision: Number(item?.['revision'] ?? 0) };
  };

  return {
    durations: async (kind) => (await durations(kind)).seconds,

    async recordDuration(kind, seconds) {
      for (let tries = 0; tries < DURATION_TRIES_MAX; tries += 1) {
        const before = await durations(kind);
        const written = await table.write({
          durations: {
            put: { ...durationsKey(kind), seconds: [seconds, ...before.seconds].slice(0, DURATIONS_MAX), revision: before.revision + 1 },
            if: { that: 'attribute_not_exists(#pk) OR #revision = :seen', values: { seen: before.revision } },
          },
        });
        if (written.kind === 'written') return;
      }
    },

    async spendReads(accountId, region, reads, now) {
      const window = Math.floor(now / (WINDOW_SECONDS * 1000));
      const key = budgetKey(accountId, region);
      for (let tries = 0; tries < BUDGET_TRIES_MAX; tries += 1) {
        const spent = await table.write({
          budget: { update: key, change: { add: { used: reads } }, if: { that: '#window = :window AND #used <= :room', values: { window, room: READS_PER_WINDOW_MAX - reads } } },
        });
        if (spent.kind === 'written') return true;
        if (Number(spent.met.budget?.['window'] ?? 0) >= window) return false;
        const opened = await table.write({
          budget: { update: key, change: { set: { window, used: reads } }, if: { that: 'attribute_not_exists(#pk) OR #window < :window', values: { window } } },
        });
        if (opened.kind === 'written') return true;
      }
      return false;
    },

    async freeze() {
      const item = await table.get(freezeKey());
      if (item === undefined) return undefined;
      const { pk: _pk, sk: _sk, ...freeze } = item;
      return freeze as unknown as Freeze;
    },

    async recordFreeze(freeze, answer) {
      const written = await table.write({
        freeze: freeze === undefined ? { delete: freezeKey() } : { put: { ...freezeKey(), ...freeze } },
        answer: answerAction(answer),
      });
      return written.kind === 'written' ? written : (answeredBy(written.met) ?? { kind: 'written' });
    },
  };
}
