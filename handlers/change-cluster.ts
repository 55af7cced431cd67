import { isDeepStrictEqual } from 'node:util';
import type { Ports } from '../aws/ports.ts';
import { teamOf } from '../domain/caller.ts';
import type { Cluster } from '../domain/cluster.ts';
import { changedCluster } from '../domain/draft-cluster.ts';
import { wasBefore } from '../domain/plan-again.ts';
import { planClusterChange } from '../domain/plan-cluster-change.ts';
import { isRefusal, refuse } from '../domain/refusal.ts';
import { ChangeCluster } from '../domain/requests.ts';
import { heldByPolicy } from '../domain/waiting.ts';
import { ClusterView, OperationView } from '../domain/view.ts';
import { MOVED, okCluster, type Outcome } from './answers.ts';
import { beginWork, refusedByFreeze } from './begin-work.ts';
import { lookAtWaits } from './record-intent.ts';
import { clusterToChange, inProgress } from './reach.ts';
import { route, type Ask } from './route.ts';

/** Changes a cluster. Labels, team and maintenance policy are ours and change at once; what EKS must carry out is an operation. */
export const changeCluster = route({
  method: 'PATCH',
  path: '/v1/clusters/{clusterId}',
  access: 'operate',
  summary: 'Change a cluster',
  body: ChangeCluster,
  answers: {
    200: { description: 'The cluster, when only labels, team or maintenance policy changed.', schema: ClusterView },
    202: { description: 'The operation, when EKS must carry the change out.', schema: OperationView },
  },
  refusals: ['not-found', 'team-not-allowed', 'generation-mismatch', 'operation-in-progress', 'frozen', 'cluster-not-active', 'cluster-not-in-account', 'nothing-to-change', 'account-unreachable', 'rules-broken'],
  async run(ask, ports) {
    const before = await clusterToChange(ask, ports, ask.params.clusterId);
    if (isRefusal(before)) return before;
    const team = ask.body.team === undefined ? { team: before.team } : teamOf(ask.caller, ask.body.team);
    if (isRefusal(team)) return team;
    const { team: _team, ...same } = changedCluster(before, ask.body);
    const after: Cluster = { ...same, ...(team.team === undefined ? {} : { team: team.team }) };

    if (isOursAlone(ask.body)) return changeRecord(ask, before, after, ports);

    if (before.activeOperation !== undefined) return inProgress(before.activeOperation);
    const frozen = await refusedByFreeze(ports);
    if (frozen !== undefined) return frozen;
    const { accountId, region, clusterId, name } = before;
    const facts = await ports.observer.observe({ ask: 'cluster', accountId, region, clusterName: name, clusterId });
    if (isRefusal(facts)) return facts;
    if (facts === 'absent') return refuse('cluster-not-in-account', `EKS knows no cluster ${name} in ${accountId}, ${region}.`);

    const plan = planClusterChange({ before, after, facts, now: ask.now });

    // What EKS has no part in after all (the same values again) is a change of the record.
    if (!isRefusal(plan) && plan.hops.every((hop) => hop.steps.length === 0)) return changeRecord(ask, before, after, ports);
    // Who can get in changes on the record as steps change it, see domain/access-after.ts.
    return beginWork(ask, ports, { kind: 'change-cluster', before, after: { ...after, access: before.access }, plan, request: { ...ask.body, was: wasBefore(before) } });
  },
});

const OURS: ReadonlySet<string> = new Set(['labels', 'team', 'maintenancePolicy']);

/** Whether a change concerns nothing that EKS knows of. */
function isOursAlone(change: ChangeCluster): boolean {
  return Object.keys(change).every((member) => OURS.has(member));
}

async function changeRecord(ask: Pick<Ask, 'now' | 'nowMs' | 'requestId'>, before: Cluster, after: Cluster, ports: Ports): Promise<Outcome> {
  // An operation keeps the team that it began with, so a cluster does not change hands under one.
  if (before.team !== after.team && before.activeOperation !== undefined) return inProgress(before.activeOperation);
  if (isDeepStrictEqual(before, after)) return okCluster(before, ask);
  const changed = { ...after, generation: before.generation + 1, revision: before.revision + 1 };
  const written = await ports.store.changeCluster(before, changed);
  if (written.kind !== 'written') return MOVED;
  if (before.activeOperation !== undefined && !isDeepStrictEqual(before.maintenancePolicy, after.maintenancePolicy)) await lookAgain(ask, ports, before.activeOperation);
  return okCluster(changed, ask);
}

/** An upgrade that waits for its window decides again, by the new policy. */
async function lookAgain(ask: Pick<Ask, 'nowMs' | 'requestId'>, ports: Ports, operationId: string): Promise<void> {
  const record = await ports.store.operation(operationId);
  if (record === undefined) return;
  await lookAtWaits(ask, ports, { ...record, waits: record.waits.filter(heldByPolicy) });
}
