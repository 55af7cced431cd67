import { randomBytes } from 'node:crypto';
import type { OperationEvent } from '../../domain/operation.ts';
import { sentence } from '../../domain/sentence.ts';
import { eventItem } from './records.ts';
import type { Action } from './table-access.ts';

/** Digits of an epoch in ms, and of the lines that one process writes: enough that they sort as they were written. */
const TIME_DIGITS = 15;
const COUNTER_DIGITS = 10;

let lines = 0;

/** A line of an operation's history. Lines sort by time, those of one process in one millisecond as they were written; the end keeps two processes apart. */
export function historyLine(operationId: string, line: Pick<OperationEvent, 'type' | 'message' | 'step' | 'by'>, now: number): Action {
  lines += 1;
  const sequence = [String(now).padStart(TIME_DIGITS, '0'), String(lines).padStart(COUNTER_DIGITS, '0'), randomBytes(4).toString('hex')].join('-');
  return { put: eventItem(operationId, { at: new Date(now).toISOString(), sequence, ...line }) };
}

/** What a person did, and why; that nothing was said about it is told, too. */
export function withReason(done: string, reason: string | undefined, silence = 'and gave no reason'): string {
  return sentence(reason === undefined ? `${done}, ${silence}` : `${done}: ${reason}`);
}
