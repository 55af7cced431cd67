import { absentCluster } from '../domain/absent-cluster.ts';
import { canaryRefusal, draftUpgrade } from '../domain/plan-upgrade.ts';
import { isRefusal } from '../domain/refusal.ts';
import { UpgradePlanQuery } from '../domain/requests.ts';
import { plannedTerms } from '../domain/upgrade-terms.ts';
import { PlanView } from '../domain/view.ts';
import { refusedByAlarmsAsked } from './alarms-asked.ts';
import { planAnswer } from './plan-answer.ts';
import { clusterToRead } from './reach.ts';
import { route } from './route.ts';

/** What an upgrade would do, and why, without doing it: findings that would block it are shown beside the steps. */
export const getUpgradePlan = route({
  method: 'GET',
  path: '/v1/clusters/{clusterId}/upgrade-plan',
  access: 'read',
  summary: 'Plan an upgrade without beginning it',
  query: UpgradePlanQuery,
  answers: { 200: { description: 'The plan: hops and steps, each with its reason.', schema: PlanView, text: true } },
  refusals: ['not-found', 'cluster-not-active', 'cluster-not-in-account', 'nothing-to-upgrade', 'version-not-offered', 'version-not-newer', 'alarm-not-ready', 'rules-broken', 'account-unreachable', 'role-lacks-actions'],
  async run(ask, ports) {
    const cluster = await clusterToRead(ask, ports, ask.params.clusterId);
    if (isRefusal(cluster)) return cluster;
    const terms = plannedTerms(ask.query, cluster, ask.nowMs);
    if (isRefusal(terms)) return terms;
    const { accountId, region, clusterId, name } = cluster;
    const [facts, alarms, waivers] = await Promise.all([
      ports.observer.observe({ ask: 'cluster', accountId, region, clusterName: name, clusterId, readiness: true }),
      refusedByAlarmsAsked(ports, cluster, terms),
      ports.store.waivers(clusterId, ask.nowMs),
    ]);
    if (isRefusal(facts)) return facts;
    if (facts === 'absent') return absentCluster(cluster);
    if (alarms !== undefined) return alarms;

    const plan = draftUpgrade({ cluster, to: ask.query.to, facts, now: ask.now, terms, waivers, askedBy: ask.caller.sub });
    if (isRefusal(plan)) return plan;

    return canaryRefusal(plan, terms) ?? planAnswer(ask, plan);
  },
});
