import { pendingSteps } from '../../domain/new-operation.ts';
import type { Operation, Step, Wait } from '../../domain/operation.ts';
import type { Plan } from '../../domain/plan.ts';
import { progressOf } from '../../domain/progress.ts';
import { standingOf, watchesOwnWork } from '../../domain/waiting.ts';
import type { OperationRecord, Page, Paged, Store } from '../ports.ts';
import { historyLine } from './history.ts';
import { clusterOperationKey, eventKey, headKey, OPEN, OPERATIONS, planKey, requestKey } from './keys.ts';
import { allOf, equals, readList } from './lists.ts';
import { eventIn, headIn, listed, stepIn, waitIn, type Head } from './records.ts';
import type { Stored, TableAccess } from './table-access.ts';

type Operations = Pick<Store, 'operation' | 'listOperations' | 'events' | 'addEvent' | 'openOperations'>;
type OperationFilter = Parameters<Store['listOperations']>[0];

/** Pages of 1 MB that one operation may take, with all its runs. */
const RECORD_PAGES_MAX = 16;
/** Pages of a cluster's operations that one page of the list may cost, when a filter lets little through. */
const CLUSTER_PAGES_MAX = 20;

export async function readHead(table: TableAccess, operationId: string): Promise<Head | undefined> {
  const item = await table.get(headKey(operationId));
  return item === undefined ? undefined : headIn(item);
}

export function operations(table: TableAccess): Operations {
  return {
    async operation(operationId) {
      const items = await readAll(table, headKey(operationId).pk);
      return assemble(operationId, items);
    },

    async listOperations(filter, page) {
      return filter.clusterId === undefined ? listAll(table, filter, page) : listOfCluster(table, filter.clusterId, filter, page);
    },

    async events(operationId, page) {
      const { pk } = eventKey(operationId, '');
      const after = page.after?.['sequence'];
      const { items } = await table.query({ that: '#pk = :pk', values: { pk }, limit: page.limit + 1, ...(after === undefined ? {} : { after: eventKey(operationId, after) }) });
      const shown = items.slice(0, page.limit).map(eventIn);
      const last = shown.at(-1);
      return { items: shown, ...(items.length > page.limit && last !== undefined ? { next: { sequence: last.sequence } } : {}) };
    },

    async addEvent(operationId, event, now) {
      await table.write({ event: historyLine(operationId, event, now) });
    },

    async openOperations(limit) {
      const { items } = await table.query({ index: 'due', that: '#duePk = :open', values: { open: OPEN }, limit });
      const heads = (await table.getAll(items.map((item) => ({ pk: String(item['pk']), sk: String(item['sk']) })))).map(headIn);
      return heads.filter((head) => head.endedAt === undefined).sort((a, b) => (a.updatedAt < b.updatedAt ? -1 : 1)).map(listed);
    },
  };
}

/** All items of one partition, in as few reads as there are pages. */
async function readAll(table: TableAccess, pk: string): Promise<Stored[]> {
  const items: Stored[] = [];
  let after: Stored | undefined;
  for (let page = 0; page < RECORD_PAGES_MAX; page += 1) {
    const read = await table.query({ that: '#pk = :pk', values: { pk }, after });
    items.push(...read.items);
    if (read.last === undefined) return items;
    after = read.last;
  }
  throw new Error(`${pk} takes more than ${RECORD_PAGES_MAX} pages.`);
}

/** An operation from its items: what it is doing is told by its waits, how far it is by its steps. */
function assemble(operationId: string, items: readonly Stored[]): OperationRecord | undefined {
  const at = new Map(items.map((item) => [String(item['sk']), item]));
  const headAt = at.get('HEAD');
  if (headAt === undefined) return undefined;
  const head = headIn(headAt);
  const plan = at.get(planKey(operationId, head.run).sk)?.['plan'] as Plan;
  const waits = items.filter((item) => String(item['sk']).startsWith('WAIT#')).map(waitIn);
  const begun = items.filter((item) => String(item['sk']).startsWith('STEP#')).map(stepIn).filter((step) => step.run === head.run);
  const steps = stepsOf(plan, begun, waits, head.run);
  const { waitingFor: _waitingFor, ...rest } = listed(head);
  const begins = head.endedAt === undefined && head.state !== 'Pending';
  const standing = begins ? standingOf(waits, head.run) : undefined;
  const progress = progressOf(plan, steps, standing?.waitingFor);
  const operation: Operation = {
    ...rest,
    ...standing,
    plan,
    request: at.get(requestKey(operationId).sk)?.['request'] as Operation['request'],
    progress: head.endedAt === undefined ? progress : { ...progress, message: head.message },
  };
  return { operation, steps, waits };
}

/** The plan's steps, with what became of those that were begun; and those that were begun and are in no plan any more. */
function stepsOf(plan: Plan, begun: readonly Step[], waits: readonly Wait[], run: number): Step[] {
  const known = new Map(begun.map((step) => [step.id, step]));
  const planned = pendingSteps(plan, run).map((step) => ({ ...step, ...known.get(step.id), order: step.order }));
  const ids = new Set(planned.map((step) => step.id));
  const held = new Set(waits.filter((wait) => wait.run === run && wait.outcome === undefined && !watchesOwnWork(wait)).map((wait) => wait.stepId));
  return [...planned, ...begun.filter((step) => !ids.has(step.id))]
    .map((step): Step => (step.state === 'Running' && held.has(step.id) ? { ...step, state: 'Waiting' } : step))
    .sort((a, b) => a.order - b.order);
}

async function listAll(table: TableAccess, { team, state, kind }: OperationFilter, page: Page): Promise<Paged<Operation>> {
  const partition = team === undefined ? OPERATIONS : `${OPERATIONS}#${team}`;
  const filter = allOf([equals('state', state), equals('kind', kind)]);
  const { items, ...rest } = await readList(table, { index: team === undefined ? 'list' : 'team', partition, filter, forward: false, keyOf: headKey }, page);
  return { items: items.map((item) => listed(headIn(item))), ...rest };
}

/** A cluster's operations are named in the cluster's own partition, newest last. */
async function listOfCluster(table: TableAccess, clusterId: string, filter: OperationFilter, page: Page): Promise<Paged<Operation>> {
  const { pk, sk: prefix } = clusterOperationKey(clusterId, '');
  const found: Operation[] = [];
  let after: Stored | undefined = page.after?.['id'] === undefined ? undefined : clusterOperationKey(clusterId, page.after['id']);
  for (let inner = 0; inner < CLUSTER_PAGES_MAX; inner += 1) {
    const { items, last } = await table.query({ that: '#pk = :pk AND begins_with(#sk, :prefix)', values: { pk, prefix }, forward: false, after, limit: page.limit + 1 });
    const heads = await table.getAll(items.map((item) => headKey(String(item['operationId']))));
    found.push(...heads.map((item) => listed(headIn(item))).filter((operation) => matches(operation, filter)));
    if (found.length > page.limit) {
      const shown = found.slice(0, page.limit);
      return { items: shown, next: { id: shown.at(-1)?.id ?? '' } };
    }
    if (last === undefined) return { items: found };
    after = last;
  }
  return { items: found, next: { id: String(after?.['sk']).slice(prefix.length) } };
}

function matches(operation: Operation, { team, state, kind }: OperationFilter): boolean {
  return (team === undefined || operation.team === team) && (state === undefined || operation.state === state) && (kind === undefined || operation.kind === kind);
}
