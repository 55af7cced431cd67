import { absentCluster } from '../domain/absent-cluster.ts';
import { planNodegroupDeletion } from '../domain/plan-nodegroup-deletion.ts';
import { isRefusal } from '../domain/refusal.ts';
import { OperationView } from '../domain/view.ts';
import { beginWork, refusedByFreeze } from './begin-work.ts';
import { notFound } from './not-found.ts';
import { clusterToWorkOn } from './reach.ts';
import { route } from './route.ts';

/** Deletes a node group; its nodes are drained by EKS. */
export const deleteNodegroup = route({
  method: 'DELETE',
  path: '/v1/clusters/{clusterId}/nodegroups/{nodegroupName}',
  access: 'operate',
  summary: 'Delete a node group',
  answers: { 202: { description: 'The operation that deletes it.', schema: OperationView } },
  refusals: ['not-found', 'team-not-allowed', 'generation-mismatch', 'operation-in-progress', 'frozen', 'cluster-not-active', 'cluster-not-in-account', 'account-unreachable', 'role-lacks-actions'],
  async run(ask, ports) {
    const before = await clusterToWorkOn(ask, ports, ask.params.clusterId);
    if (isRefusal(before)) return before;
    const { nodegroupName } = ask.params;
    if (!before.nodegroups.some((group) => group.nodegroupName === nodegroupName)) return notFound();
    const frozen = await refusedByFreeze(ports);
    if (frozen !== undefined) return frozen;
    const { accountId, region, clusterId, name } = before;
    const facts = await ports.observer.observe({ ask: 'cluster', accountId, region, clusterName: name, clusterId });
    if (isRefusal(facts)) return facts;
    if (facts === 'absent') return absentCluster(before);

    const plan = planNodegroupDeletion({ cluster: before, nodegroupName, facts, now: ask.now });

    return beginWork(ask, ports, { kind: 'delete-nodegroup', before, after: before, plan, request: { nodegroupName } });
  },
});
