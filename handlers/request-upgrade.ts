import type { Ports } from '../aws/ports.ts';
import { absentCluster } from '../domain/absent-cluster.ts';
import type { Cluster } from '../domain/cluster.ts';
import { expectedSeconds } from '../domain/durations.ts';
import type { ClusterFacts } from '../domain/facts.ts';
import { neverFits } from '../domain/maintenance.ts';
import { nodeTurnsOf } from '../domain/node-turns.ts';
import type { Plan } from '../domain/plan.ts';
import { planUpgrade } from '../domain/plan-upgrade.ts';
import { isRefusal, refuse, type Refusal } from '../domain/refusal.ts';
import { RequestUpgrade } from '../domain/requests.ts';
import { upgradeTerms } from '../domain/upgrade-terms.ts';
import { OperationView } from '../domain/view.ts';
import { refusedByAlarmsAsked } from './alarms-asked.ts';
import { beginWork, refusedByFreeze } from './begin-work.ts';
import { clusterToWorkOn } from './reach.ts';
import { route } from './route.ts';

/** Asks for a cluster to move to a newer minor, over as many hops as it takes. */
export const requestUpgrade = route({
  method: 'POST',
  path: '/v1/clusters/{clusterId}/upgrades',
  access: 'operate',
  summary: 'Upgrade a cluster, with its add-ons and node groups',
  body: RequestUpgrade,
  answers: { 202: { description: 'The operation that upgrades it.', schema: OperationView } },
  refusals: [
    'not-found',
    'team-not-allowed',
    'generation-mismatch',
    'operation-in-progress',
    'frozen',
    'cluster-not-active',
    'cluster-not-in-account',
    'nothing-to-upgrade',
    'version-not-offered',
    'version-not-newer',
    'upgrade-blocked',
    'window-too-short',
    'no-maintenance-window',
    'alarm-not-ready',
    'rules-broken',
    'account-unreachable',
    'role-lacks-actions',
  ],
  async run(ask, ports) {
    const before = await clusterToWorkOn(ask, ports, ask.params.clusterId);
    if (isRefusal(before)) return before;
    const frozen = await refusedByFreeze(ports);
    if (frozen !== undefined) return frozen;
    const { to, reason } = ask.body;
    const terms = upgradeTerms(ask.body, before, ask.nowMs);
    if (isRefusal(terms)) return terms;
    const { accountId, region, clusterId, name } = before;
    const [facts, alarms, waivers] = await Promise.all([
      ports.observer.observe({ ask: 'cluster', accountId, region, clusterName: name, clusterId, readiness: true }),
      refusedByAlarmsAsked(ports, before, terms),
      ports.store.waivers(clusterId, ask.nowMs),
    ]);
    if (isRefusal(facts)) return facts;
    if (facts === 'absent') return absentCluster(before);
    if (alarms !== undefined) return alarms;

    const plan = planUpgrade({ cluster: before, to, facts, now: ask.now, terms, waivers, askedBy: ask.caller.sub });

    const stuck = isRefusal(plan) || terms.ignoreWindows === true ? undefined : await refusedByWindows(ports, before, facts, plan, ask.nowMs);
    if (stuck !== undefined) return stuck;
    return beginWork(ask, ports, { kind: 'upgrade-cluster', before, after: { ...before, desiredVersion: to }, plan, request: ask.body, reason, terms });
  },
});

/** A step that no window is long enough for would wait for ever; that is said before the first is begun. */
async function refusedByWindows({ store }: Ports, cluster: Cluster, facts: ClusterFacts, plan: Plan, nowMs: number): Promise<Refusal | undefined> {
  const { maintenancePolicy, nodegroups } = cluster;
  if (maintenancePolicy === undefined) return undefined;
  const steps = plan.hops.flatMap((hop) => hop.steps);
  const kinds = [...new Set(steps.map((step) => step.kind))];
  const samples = new Map(await Promise.all(kinds.map(async (kind) => [kind, await store.durations(kind)] as const)));
  const pieces = steps.map((step) => ({ title: step.title, seconds: expectedSeconds(step.kind, nodeTurnsOf(step, facts, nodegroups), samples.get(step.kind) ?? []) }));
  const stuck = neverFits(maintenancePolicy, nowMs, pieces);
  if (stuck === undefined) return undefined;
  return refuse('window-too-short', `${stuck.title} takes about ${Math.ceil(stuck.seconds / 60)} minutes, and no maintenance window of the cluster is so long.`, {
    remedy: 'Make a window longer, or let the node group roll more nodes at a time, or ignore the windows and say why.',
  });
}
