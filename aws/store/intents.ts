import { isDeepStrictEqual } from 'node:util';
import { givenIn } from '../../domain/gates.ts';
import type { Intent, Wait } from '../../domain/operation.ts';
import type { IdempotentAnswer, Store, Written } from '../ports.ts';
import { answerAction, answeredBy } from './answers.ts';
import type { Change } from './expressions.ts';
import { decideTogether, holdsUp, type Decision } from './heads.ts';
import { historyLine, withReason } from './history.ts';
import { waitKey } from './keys.ts';
import { listed, type Head } from './records.ts';
import type { Action, TableAccess } from './table-access.ts';

type Intents = Pick<Store, 'recordIntent' | 'clearPause' | 'recordApproval'>;
type Refused = 'ended' | 'not-paused' | 'approved' | 'moved';
type Recorded = Written | { readonly kind: Refused; readonly operation: ReturnType<typeof listed> };

/** Waits that one wish brings forward; a transaction takes 100 actions. Those beyond are looked at in their own time. */
const WAITS_BROUGHT_FORWARD_MAX = 90;

const TOLD = {
  cancel: { type: 'CancelAsked', verb: 'to cancel' },
  pause: { type: 'PauseAsked', verb: 'to pause' },
  turnBack: { type: 'TurnBackAsked', verb: 'to turn back' },
} as const;

/** Wishes of people: noted on the head, and every wait that they concern becomes due in the same transaction, so that no lost message delays them. */
export function intents(table: TableAccess): Intents {
  return {
    async recordIntent(operationId, which, intent, answer) {
      const told = TOLD[which];
      return (await record(table, operationId, intent, answer, {
        refuse: (head) => (head.endedAt === undefined ? undefined : 'ended'),
        change: () => ({ set: { [which]: intent }, add: { generation: 1 } }),
        event: { type: told.type, message: messageOf(intent, told.verb) },
        // Who saw the alarm was looking at the wait that it concerns.
        concerns: which === 'turnBack' ? () => false : holdsUp,
      })) as Awaited<ReturnType<Store['recordIntent']>>;
    },

    async clearPause(operationId, by, answer) {
      return (await record(table, operationId, by, answer, {
        refuse: (head) => (head.endedAt !== undefined ? 'ended' : head.pause === undefined ? 'not-paused' : undefined),
        change: () => ({ remove: ['pause'], add: { generation: 1 } }),
        event: { type: 'Resumed', message: messageOf(by, 'to go on') },
        concerns: (wait) => holdsUp(wait) && wait.kind === 'Paused',
      })) as Awaited<ReturnType<Store['clearPause']>>;
    },

    async recordApproval(operationId, run, approval, answer) {
      const { gate, hop, by, comment, at } = approval;
      // The same approval again is our own, whose answer was lost.
      const standing = (head: Head) => givenIn(head, { gate, hop });
      return (await record(table, operationId, { by, at }, answer, {
        refuse: (head) => {
          if (head.endedAt !== undefined) return 'ended';
          if (head.run !== run) return 'moved';
          return standing(head) === undefined || isDeepStrictEqual(standing(head), approval) ? undefined : 'approved';
        },
        change: (head) => (standing(head) === undefined ? { set: { approvals: [...(head.approvals ?? []), approval] }, add: { generation: 1 } } : {}),
        event: { type: 'Approved', message: withReason(`${by} approved ${gate}${hop === undefined ? '' : ` of the hop to ${hop}`}`, comment, 'and left no comment') },
        concerns: (wait) => holdsUp(wait) && wait.kind === 'Approval',
      })) as Awaited<ReturnType<Store['recordApproval']>>;
    },
  };
}

interface Wish {
  readonly refuse: (head: Head) => Refused | undefined;
  readonly change: (head: Head) => Change;
  readonly event: { readonly type: string; readonly message: string };
  readonly concerns: (wait: Wait) => boolean;
}

async function record(table: TableAccess, operationId: string, by: Intent, answer: IdempotentAnswer | undefined, wish: Wish): Promise<Recorded> {
  const now = Date.parse(by.at);
  return decideTogether<string, Recorded>(
    table,
    operationId,
    now,
    (head, waits): { answer: Recorded } | Decision<string> => {
      if (head === undefined) throw new Error(`There is no operation ${operationId}.`);
      const refused = wish.refuse(head);
      if (refused !== undefined) return { answer: { kind: refused, operation: listed(head) } };
      const forward = waits.filter(wish.concerns).slice(0, WAITS_BROUGHT_FORWARD_MAX);
      return {
        actions: {
          ...Object.fromEntries(forward.map((wait, index) => [`wait${index}`, bringForward(wait, now)])),
          event: historyLine(operationId, { ...wish.event, by: by.by }, now),
          answer: answerAction(answer),
        },
        change: wish.change(head),
      };
    },
    (met) => {
      const answered = answeredBy(met);
      return answered === undefined ? 'again' : { answer: answered };
    },
    { kind: 'written' },
  );
}

function bringForward(wait: Wait, now: number): Action {
  const at = Math.min(now, wait.nextCheckAt);
  return {
    update: waitKey(wait.operationId, wait.stepId),
    change: { set: { nextCheckAt: at, dueAt: at } },
    if: { that: '#tokenEpoch = :epoch AND attribute_not_exists(#outcome)', values: { epoch: wait.tokenEpoch } },
  };
}

function messageOf({ by, reason }: Intent, verb: string): string {
  return withReason(`${by} asked ${verb}`, reason);
}
