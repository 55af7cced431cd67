import { planUpgrade } from '../domain/plan-upgrade.ts';
import { isRefusal, refuse } from '../domain/refusal.ts';
import { RequestUpgrade } from '../domain/requests.ts';
import { OperationView } from '../domain/view.ts';
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
    'account-unreachable',
  ],
  async run(ask, ports) {
    const before = await clusterToWorkOn(ask, ports, ask.params.clusterId);
    if (isRefusal(before)) return before;
    const frozen = await refusedByFreeze(ports);
    if (frozen !== undefined) return frozen;
    const { accountId, region, clusterId, name } = before;
    const facts = await ports.observer.observe({ ask: 'cluster', accountId, region, clusterName: name, clusterId });
    if (isRefusal(facts)) return facts;
    if (facts === 'absent') return refuse('cluster-not-in-account', `EKS knows no cluster ${name} in ${accountId}, ${region}.`);

    const { to, reason } = ask.body;
    const plan = planUpgrade({ cluster: before, to, facts, now: ask.now });

    return beginWork(ask, ports, { kind: 'upgrade-cluster', before, after: { ...before, desiredVersion: to }, plan, request: ask.body, reason });
  },
});
