import { isDeepStrictEqual } from 'node:util';
import type { Ports } from '../aws/ports.ts';
import { absentCluster } from '../domain/absent-cluster.ts';
import type { AddonOfRoute } from '../domain/addons/plan-addons.ts';
import type { Cluster } from '../domain/cluster.ts';
import { changeBetween, changesPolicy } from '../domain/cluster-change.ts';
import { addonsOf, wasBefore } from '../domain/plan-again.ts';
import { withoutForgotten } from '../domain/parts/forgotten.ts';
import { isRefusal, refuse } from '../domain/refusal.ts';
import type { ChangeCluster } from '../domain/requests.ts';
import { heldByPolicy } from '../domain/waiting.ts';
import { changeQuestion } from './cluster-questions.ts';
import { MOVED, okCluster, type Outcome } from './answers.ts';
import { beginWork, logChange, refusedByFreeze } from './begin-work.ts';
import { planChange } from './plan-change.ts';
import { lookAtWaits } from './record-intent.ts';
import { inProgress } from './reach.ts';
import type { Ask } from './route.ts';

interface Change {
  readonly before: Cluster;
  readonly after: Cluster;
  /** As a client sends it with PATCH, whichever route it came by: a retry plans it afresh. */
  readonly change: ChangeCluster;
  readonly reason?: string | undefined;
  /** Where the request is about one add-on. */
  readonly addon?: AddonOfRoute & { readonly isNew?: true };
}

type Asked = Pick<Ask, 'caller' | 'now' | 'nowMs' | 'requestId' | 'remember'>;

/** Begins the operation that a change of a cluster is; what comes to nothing at AWS is a change of the record, made at once. */
export async function beginChange(ask: Asked, ports: Ports, { before, after: asked, change, reason, addon }: Change): Promise<Outcome> {
  if (before.activeOperation !== undefined) return inProgress(before.activeOperation);
  const frozen = await refusedByFreeze(ports);
  if (frozen !== undefined) return frozen;
  const { clusterId, name } = before;
  const facts = await ports.observer.observe(changeQuestion(asked));
  if (isRefusal(facts)) return facts;
  if (facts === 'absent') return absentCluster(before);
  const after = withoutForgotten(asked, facts);

  if (addon?.isNew === true && facts.addons.some(({ addonName }) => addonName === addon.addonName)) {
    return refuse('addon-exists', `Cluster ${name} has the add-on ${addon.addonName} already.`, { remedy: `Change it: PATCH /v1/clusters/${clusterId}/addons/${addon.addonName}.` });
  }
  const only = addon === undefined ? undefined : { addonName: addon.addonName, ...(addon.remove === undefined ? {} : { remove: addon.remove }) };
  const plan = await planChange(ports, { before, after, facts, now: ask.now, addons: addonsOf(change, only) });

  // What EKS has no part in after all (the same values again) is a change of the record.
  if (!isRefusal(plan) && plan.hops.every((hop) => hop.steps.length === 0)) return changeRecord(ask, ports, { before, after, reason });
  // Who can get in changes on the record as steps change it, see domain/access-after.ts.
  return beginWork(ask, ports, { kind: 'change-cluster', before, after: { ...after, access: before.access }, plan, request: { ...change, ...(only === undefined ? {} : { addon: only }), was: wasBefore(before) }, reason });
}

/** A change that AWS has no part in. Who made it, and why, is written with it. */
export async function changeRecord(ask: Pick<Ask, 'caller' | 'now' | 'nowMs' | 'requestId'>, ports: Ports, { before, after, reason }: Pick<Change, 'before' | 'after' | 'reason'>): Promise<Outcome> {
  // An operation keeps the team that it began with, so a cluster does not change hands under one.
  if (before.team !== after.team && before.activeOperation !== undefined) return inProgress(before.activeOperation);
  if (isDeepStrictEqual(before, after)) return okCluster(before, ask);
  const changed = { ...after, generation: before.generation + 1, revision: before.revision + 1 };
  const change = changeBetween(before, changed, { changeId: ports.ids.changeId(ask.nowMs), at: ask.now, by: ask.caller.sub, reason });
  const written = await ports.store.changeCluster(before, changed, change);
  if (written.kind !== 'written') return MOVED;
  logChange(ask, ports, before, change);
  if (before.activeOperation !== undefined && changesPolicy(change)) await lookAgain(ask, ports, before.activeOperation);
  return okCluster(changed, ask);
}

/** An upgrade that waits for its window decides again, by the new policy. */
async function lookAgain(ask: Pick<Ask, 'nowMs' | 'requestId'>, ports: Ports, operationId: string): Promise<void> {
  const record = await ports.store.operation(operationId);
  if (record === undefined) return;
  await lookAtWaits(ask, ports, { ...record, waits: record.waits.filter(heldByPolicy) });
}
