import type { Step } from '../../domain/operation.ts';
import { waitOver } from '../../domain/waiting.ts';
import type { StepEnd, Store } from '../ports.ts';
import type { Condition } from './expressions.ts';
import { headTransition, runsOn } from './heads.ts';
import { historyLine } from './history.ts';
import { headKey, planKey, stepKey } from './keys.ts';
import { readHead } from './operations.ts';
import { headIn, stepIn, stepItem } from './records.ts';
import type { Action, Stored, TableAccess } from './table-access.ts';

type Steps = Pick<Store, 'recordStart' | 'recordPlan' | 'beginStep' | 'recordUpdate' | 'endStep'>;

const DONE: ReadonlySet<StepEnd['state']> = new Set(['Succeeded', 'Skipped']);

/** The transitions of steps: step, head and history line in one transaction each. */
export function steps(table: TableAccess): Steps {
  return {
    async recordStart(operationId, run, now) {
      const pending: Condition = { that: '#run = :run AND #state = :pending', values: { run, pending: 'Pending' } };
      await table.write({
        head: headTransition(operationId, { set: { state: 'Running' }, keep: { startedAt: new Date(now).toISOString() } }, now, pending),
        event: historyLine(operationId, { type: 'Started', message: run === 1 ? 'The work began.' : `The work began again, for the ${run}. time.` }, now),
      });
    },

    async recordPlan(operationId, run, plan, event, now) {
      const total = plan.hops.reduce((sum, hop) => sum + hop.steps.length, 0);
      await table.write({
        head: headTransition(operationId, { set: { total, to: plan.to } }, now, runsOn(run)),
        plan: { put: { ...planKey(operationId, run), plan } },
        event: historyLine(operationId, { type: 'Planned', message: event }, now),
      });
    },

    async beginStep(operationId, step, now) {
      await goOn(table, operationId, step.run, now);
      const at = new Date(now).toISOString();
      const written = await table.write({
        head: headTransition(operationId, { set: { current: step.title } }, now, {
          that: '#run = :run AND attribute_not_exists(#endedAt) AND attribute_not_exists(#cancel) AND attribute_not_exists(#pause)',
          values: { run: step.run },
        }),
        step: {
          put: stepItem(operationId, { ...step, state: 'Running', startedAt: step.startedAt ?? at, intentAt: step.intentAt ?? at }),
          if: { that: 'attribute_not_exists(#pk) OR #attempt < :attempt', values: { attempt: step.attempt } },
        },
        event: historyLine(operationId, { type: 'StepBegun', message: `${step.title}: ${step.reason}`, step: step.id }, now),
      });
      if (written.kind === 'written') return written;
      const { head, step: standing } = written.met;
      if (head !== undefined) return { kind: 'stopped', by: stoppedBy(head, step.run) };
      // Begun by an earlier try of ours, whose intent and time stand: what EKS lists since then may be ours.
      return standing !== undefined && standing !== null && stepIn(standing).endedAt !== undefined ? { kind: 'stopped', by: 'end' } : { kind: 'written' };
    },

    async recordUpdate(operationId, step, { updateId, adopted, begunAt }, now) {
      const told = adopted ? `Found under way: EKS ${updateId === 'resource' ? 'is making it' : `update ${updateId}`}.` : `EKS took it${updateId === 'resource' ? '' : `: update ${updateId}`}.`;
      await table.write({
        step: {
          update: stepKey(operationId, step.run, step.id),
          change: {
            ...asBegun(step),
            set: { updateId, adopted, state: 'Running', ...(begunAt === undefined ? {} : { startedAt: begunAt }) },
            keep: { ...asBegun(step).keep, ...(begunAt === undefined ? { startedAt: new Date(now).toISOString() } : {}) },
          },
          if: { that: 'attribute_not_exists(#endedAt) AND (attribute_not_exists(#updateId) OR #updateId <> :update)', values: { update: updateId } },
        },
        event: historyLine(operationId, { type: adopted ? 'StepAdopted' : 'StepTaken', message: told, step: step.id }, now),
      });
    },

    async endStep(operationId, step, end, now) {
      const ending = stepEnding(operationId, step, end, now);
      const written = await table.write(ending);
      // Ended already: a step ends once. An operation that runs anew, or has ended, does not count its steps any more.
      if (written.kind === 'written' || written.met.step !== undefined) return;
      await table.write({ step: ending.step, event: ending.event });
    },
  };
}

/** What the operation waited for is over when it begins a step: told once, whoever of several steps comes first. */
async function goOn(table: TableAccess, operationId: string, run: number, now: number): Promise<void> {
  const head = await readHead(table, operationId);
  if (head?.toldWait === undefined || head.endedAt !== undefined || head.run !== run || head.cancel !== undefined || head.pause !== undefined) return;
  const since: Condition = { that: '#toldWait = :told', values: { told: head.toldWait } };
  await table.write({ head: { update: headKey(operationId), change: { remove: ['toldWait'] }, if: since }, event: historyLine(operationId, waitOver(head.toldWait), now) });
}

/** The step ended, its operation counts it, and its history says what it came to. */
export function stepEnding(operationId: string, step: Step, end: StepEnd, now: number): { readonly step: Action; readonly head: Action; readonly event: Action } {
  const endedAt = new Date(now).toISOString();
  return {
    step: {
      update: stepKey(operationId, step.run, step.id),
      change: { ...asBegun(step), set: { state: end.state, outcome: end.outcome, error: end.error, endedAt } },
      if: { that: 'attribute_not_exists(#endedAt)' },
    },
    head: headTransition(operationId, { add: { done: DONE.has(end.state) ? 1 : 0 } }, now, runsOn(step.run)),
    event: historyLine(operationId, { type: `Step${end.state}`, message: `${step.title}: ${end.outcome}`, step: step.id }, now),
  };
}

const CHANGING: ReadonlySet<string> = new Set(['state', 'outcome', 'error', 'endedAt', 'updateId', 'adopted', 'startedAt']);

/** A step may end without having begun (it was so already): then all of it is written; what stands is kept. */
function asBegun(step: Step): { readonly keep: Readonly<Record<string, unknown>> } {
  return { keep: Object.fromEntries(Object.entries(step).filter(([name]) => !CHANGING.has(name))) };
}

function stoppedBy(met: Stored | null, run: number): 'cancel' | 'pause' | 'end' {
  const head = met === null ? undefined : headIn(met);
  if (head === undefined || head.endedAt !== undefined || head.run !== run) return 'end';
  return head.cancel === undefined ? 'pause' : 'cancel';
}

