import type { Wait } from '../../domain/operation.ts';
import { isSeenOver, standingOf, waitBegun, waitOver, waitToTell, watchesOwnWork } from '../../domain/waiting.ts';
import type { Condition, Change } from './expressions.ts';
import { historyLine } from './history.ts';
import { headKey, waitKey } from './keys.ts';
import { readHead } from './operations.ts';
import { openDue, waitIn, type Head } from './records.ts';
import type { Action, Outcome, TableAccess } from './table-access.ts';

/** How often a decision that rests on several items is taken anew because one of them moved. */
export const DECISIONS_MAX = 12;
/** Waits of one operation: one for each step at work, and some states. */
const WAITS_PAGE_MAX = 400;

/** A transition of the head: its revision rises, its time moves, and while it is open so does its place among the open. */
export function headTransition(operationId: string, change: Change, now: number, condition: Condition): Action {
  const updatedAt = new Date(now).toISOString();
  return {
    update: headKey(operationId),
    change: { ...change, set: { updatedAt, ...openDue(updatedAt), ...change.set }, add: { revision: 1, ...change.add } },
    if: condition,
  };
}

export const runsOn = (run: number): Condition => ({ that: '#run = :run AND attribute_not_exists(#endedAt)', values: { run } });
const unmoved = (head: Head): Condition => ({ that: '#revision = :revision', values: { revision: head.revision } });

export async function readWaits(table: TableAccess, operationId: string): Promise<Wait[]> {
  const { pk, sk: prefix } = waitKey(operationId, '');
  const { items } = await table.query({ that: '#pk = :pk AND begins_with(#sk, :prefix)', values: { pk, prefix }, limit: WAITS_PAGE_MAX });
  return items.map(waitIn);
}

/** What the head must become when the waits are these; undefined when it is so already. */
function standingChange(head: Head, waits: readonly Wait[]): Change | undefined {
  if (head.endedAt !== undefined || head.state === 'Pending') return undefined;
  const { state, waitingFor } = standingOf(waits, head.run);
  return waitingFor === undefined ? { set: { state }, remove: ['waitingFor'] } : { set: { state, waitingFor } };
}

/** The lines of history that a change of the waits makes, and what the head keeps of them: one when a wait begins, one when it is over, however often it is looked at. */
function tidings(head: Head | undefined, waits: readonly Wait[] | undefined, now: number): { readonly change?: Change; readonly lines: Readonly<Record<'waitBegun' | 'waitOver', Action | undefined>> } {
  const lines = { waitBegun: undefined, waitOver: undefined };
  if (head === undefined || waits === undefined || head.endedAt !== undefined || head.state === 'Pending') return { lines };
  const { waitingFor } = standingOf(waits, head.run);
  const { toldWait } = head;
  const begun = waitToTell(toldWait, waitingFor, new Date(now).toISOString());
  const over = toldWait !== undefined && (begun !== undefined || isSeenOver(toldWait, waitingFor)) ? historyLine(head.id, waitOver(toldWait), now) : undefined;
  if (begun !== undefined) return { change: { set: { toldWait: begun } }, lines: { waitOver: over, waitBegun: historyLine(head.id, waitBegun(begun), now) } };
  return over === undefined ? { lines } : { change: { remove: ['toldWait'] }, lines: { ...lines, waitOver: over } };
}

export interface Decision<Name extends string> {
  readonly actions: Readonly<Partial<Record<Name, Action | undefined>>>;
  /** The waits as they will be, when the decision changes which of them hold the operation up. */
  readonly waits?: readonly Wait[];
  /** Further changes of the head. */
  readonly change?: Change;
}

/**
 * Decides on the head and the waits as they are, and writes only if the head has not moved meanwhile: every change of a
 * wait that holds an operation up raises the head's revision, so what was read together still belongs together. The
 * head is read before the waits, never after: a wait newer than the head is then found out.
 */
export async function decideTogether<Name extends string, T>(
  table: TableAccess,
  operationId: string,
  now: number,
  decide: (head: Head | undefined, waits: readonly Wait[]) => { readonly answer: T } | Decision<Name>,
  refused: (met: Extract<Outcome<Name | 'head'>, { kind: 'refused' }>['met']) => { readonly answer: T } | 'again',
  written: T,
): Promise<T> {
  for (let decision = 0; decision < DECISIONS_MAX; decision += 1) {
    const head = await readHead(table, operationId);
    const waits = await readWaits(table, operationId);
    const decided = decide(head, waits);
    if ('answer' in decided) return decided.answer;
    const standing = head === undefined || decided.waits === undefined ? undefined : standingChange(head, decided.waits);
    const { change: told, lines } = tidings(head, decided.waits, now);
    const change = standing === undefined && decided.change === undefined ? undefined : merged(merged(standing, told), decided.change);
    const headAction = head === undefined || change === undefined ? undefined : transitionOf(head, operationId, change, now);
    const outcome = await table.write<Name | 'head'>({ ...decided.actions, ...lines, head: headAction } as Partial<Record<Name | 'head', Action>>);
    if (outcome.kind === 'written') return written;
    const came = refused(outcome.met);
    if (came !== 'again') return came.answer;
  }
  throw new Error(`Operation ${operationId} moved ${DECISIONS_MAX} times while it was written.`);
}

function transitionOf(head: Head, operationId: string, change: Change, now: number): Action {
  const at = Math.max(now, Date.parse(head.updatedAt));
  if (head.endedAt === undefined) return headTransition(operationId, change, at, unmoved(head));
  return { update: headKey(operationId), change: { ...change, add: { revision: 1, ...change.add } }, if: unmoved(head) };
}

function merged(a: Change | undefined, b: Change | undefined): Change {
  return { set: { ...a?.set, ...b?.set }, remove: [...(a?.remove ?? []), ...(b?.remove ?? [])], add: { ...a?.add, ...b?.add } };
}

/** The waits once `wait` is among them. */
export function withWait(waits: readonly Wait[], wait: Wait): Wait[] {
  return [...waits.filter((other) => other.stepId !== wait.stepId), wait];
}

export function withoutWait(waits: readonly Wait[], stepId: string): Wait[] {
  return waits.filter((other) => other.stepId !== stepId);
}

/** Whether the wait holds its operation up. */
export function holdsUp(wait: Wait): boolean {
  return wait.outcome === undefined && !watchesOwnWork(wait);
}
