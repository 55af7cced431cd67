import type { IdempotentAnswer, Store, Written } from '../ports.ts';
import { answerKey } from './keys.ts';
import type { Action, Stored, TableAccess } from './table-access.ts';

/** The answer beside what makes it true: written only when nobody has answered under this key. */
export function answerAction(answer: IdempotentAnswer | undefined): Action | undefined {
  if (answer === undefined) return undefined;
  return { put: { ...answerKey(answer.id), ...answer, ttl: Math.ceil(answer.expiresAt / 1000) }, if: { that: 'attribute_not_exists(#pk)' } };
}

export function answerIn(item: Stored): IdempotentAnswer {
  const { pk: _pk, sk: _sk, ttl: _ttl, ...answer } = item;
  return answer as unknown as IdempotentAnswer;
}

/** Another request with the same key was first, when a transaction met its answer. */
export function answeredBy(met: { readonly answer?: Stored | null }): Extract<Written, { kind: 'answered' }> | undefined {
  return met.answer === undefined || met.answer === null ? undefined : { kind: 'answered', answer: answerIn(met.answer) };
}

export function idempotency(table: TableAccess): Pick<Store, 'answerFor' | 'rememberAnswer'> {
  return {
    async rememberAnswer(answer) {
      const written = await table.write({ answer: answerAction(answer) });
      return written.kind === 'written' ? written : (answeredBy(written.met) ?? { kind: 'written' });
    },

    async answerFor(id, now) {
      const item = await table.get(answerKey(id));
      if (item === undefined) return undefined;
      const answer = answerIn(item);
      if (answer.expiresAt > now) return answer;
      // DynamoDB deletes days late. Taken away here, it is in nobody's way when the answer of this ask is written.
      await table.write({ answer: { delete: answerKey(id), if: { that: '#expiresAt = :seen', values: { seen: answer.expiresAt } } } });
      return undefined;
    },
  };
}
