import { absentCluster } from '../domain/absent-cluster.ts';
import { isMinor } from '../domain/minor.ts';
import { planRollback } from '../domain/plan-rollback.ts';
import { isRefusal } from '../domain/refusal.ts';
import { RequestRollback } from '../domain/requests.ts';
import { OperationView } from '../domain/view.ts';
import { beginWork, refusedByFreeze } from './begin-work.ts';
import { clusterToWorkOn } from './reach.ts';
import { route } from './route.ts';

/** Asks for a cluster to go back by the minor that it last came up. */
export const requestRollback = route({
  method: 'POST',
  path: '/v1/clusters/{clusterId}/rollbacks',
  access: 'operate',
  summary: 'Take the last minor of an upgrade back: node groups and add-ons first, then the control plane',
  body: RequestRollback,
  answers: { 202: { description: 'The operation that takes it back.', schema: OperationView } },
  refusals: [
    'not-found',
    'team-not-allowed',
    'generation-mismatch',
    'operation-in-progress',
    'frozen',
    'cluster-not-active',
    'cluster-not-in-account',
    'rollback-unavailable',
    'rules-broken',
    'account-unreachable',
    'role-lacks-actions',
  ],
  async run(ask, ports) {
    const before = await clusterToWorkOn(ask, ports, ask.params.clusterId);
    if (isRefusal(before)) return before;
    const frozen = await refusedByFreeze(ports);
    if (frozen !== undefined) return frozen;
    const { accountId, region, clusterId, name } = before;
    const [facts, waivers] = await Promise.all([
      ports.observer.observe({ ask: 'cluster', accountId, region, clusterName: name, clusterId, readiness: true }),
      ports.store.waivers(clusterId, ask.nowMs),
    ]);
    if (isRefusal(facts)) return facts;
    if (facts === 'absent') return absentCluster(before);

    const plan = planRollback({ cluster: before, facts, now: ask.now, waivers, askedBy: ask.caller.sub });

    const desiredVersion = isRefusal(plan) || !isMinor(plan.to) ? before.desiredVersion : plan.to;
    return beginWork(ask, ports, { kind: 'rollback-cluster', before, after: { ...before, desiredVersion }, plan, request: ask.body, reason: ask.body.reason });
  },
});
