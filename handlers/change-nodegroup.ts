import { absentCluster } from '../domain/absent-cluster.ts';
import { changedNodegroup } from '../domain/draft-cluster.ts';
import { planNodegroupChange } from '../domain/plan-nodegroup-change.ts';
import { isRefusal } from '../domain/refusal.ts';
import { ChangeNodegroup } from '../domain/requests.ts';
import { OperationView } from '../domain/view.ts';
import { beginWork, refusedByFreeze } from './begin-work.ts';
import { notFound } from './not-found.ts';
import { clusterToWorkOn } from './reach.ts';
import { route } from './route.ts';

/** Changes sizes, labels, taints or update config of a node group. */
export const changeNodegroup = route({
  method: 'PATCH',
  path: '/v1/clusters/{clusterId}/nodegroups/{nodegroupName}',
  access: 'operate',
  summary: 'Change a node group',
  body: ChangeNodegroup,
  answers: { 202: { description: 'The operation that changes it.', schema: OperationView } },
  refusals: ['not-found', 'team-not-allowed', 'generation-mismatch', 'operation-in-progress', 'frozen', 'cluster-not-active', 'cluster-not-in-account', 'nothing-to-change', 'account-unreachable', 'role-lacks-actions', 'rules-broken'],
  async run(ask, ports) {
    const cluster = await clusterToWorkOn(ask, ports, ask.params.clusterId);
    if (isRefusal(cluster)) return cluster;
    const before = cluster.nodegroups.find((group) => group.nodegroupName === ask.params.nodegroupName);
    if (before === undefined) return notFound();
    const frozen = await refusedByFreeze(ports);
    if (frozen !== undefined) return frozen;
    const { accountId, region, clusterId, name } = cluster;
    const facts = await ports.observer.observe({ ask: 'cluster', accountId, region, clusterName: name, clusterId });
    if (isRefusal(facts)) return facts;
    if (facts === 'absent') return absentCluster(cluster);

    const after = changedNodegroup(before, ask.body);
    const plan = planNodegroupChange({ cluster, before, after, facts, now: ask.now });

    const nodegroups = cluster.nodegroups.map((group) => (group === before ? after : group));
    return beginWork(ask, ports, { kind: 'change-nodegroup', before: cluster, after: { ...cluster, nodegroups }, plan, request: { ...ask.body, nodegroupName: before.nodegroupName } });
  },
});
