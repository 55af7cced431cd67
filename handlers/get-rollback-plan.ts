import { absentCluster } from '../domain/absent-cluster.ts';
import { draftRollback } from '../domain/plan-rollback.ts';
import { isRefusal } from '../domain/refusal.ts';
import { PlanView } from '../domain/view.ts';
import { planAnswer } from './plan-answer.ts';
import { clusterToRead } from './reach.ts';
import { route } from './route.ts';

/** What a rollback would do, and why, without doing it: findings that would bar it are shown beside the steps. */
export const getRollbackPlan = route({
  method: 'GET',
  path: '/v1/clusters/{clusterId}/rollback-plan',
  access: 'read',
  summary: 'Plan a rollback without beginning it',
  answers: { 200: { description: 'The plan of the one hop back, each step with its reason.', schema: PlanView, text: true } },
  refusals: ['not-found', 'cluster-not-active', 'cluster-not-in-account', 'rollback-unavailable', 'account-unreachable', 'role-lacks-actions'],
  async run(ask, ports) {
    const cluster = await clusterToRead(ask, ports, ask.params.clusterId);
    if (isRefusal(cluster)) return cluster;
    const { accountId, region, clusterId, name } = cluster;
    const [facts, waivers] = await Promise.all([
      ports.observer.observe({ ask: 'cluster', accountId, region, clusterName: name, clusterId, readiness: true }),
      ports.store.waivers(clusterId, ask.nowMs),
    ]);
    if (isRefusal(facts)) return facts;
    if (facts === 'absent') return absentCluster(cluster);

    const plan = draftRollback({ cluster, facts, now: ask.now, waivers, askedBy: ask.caller.sub });

    return isRefusal(plan) ? plan : planAnswer(ask, plan);
  },
});
