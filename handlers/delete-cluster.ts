import { planDeletion } from '../domain/plan-deletion.ts';
import { isRefusal } from '../domain/refusal.ts';
import { OperationView } from '../domain/view.ts';
import { beginWork, refusedByFreeze } from './begin-work.ts';
import { deletionQuestion } from './cluster-questions.ts';
import { clusterToWorkOn } from './reach.ts';
import { route } from './route.ts';

/** Deletes a cluster, node groups first. */
export const deleteCluster = route({
  method: 'DELETE',
  path: '/v1/clusters/{clusterId}',
  access: 'operate',
  summary: 'Delete a cluster, node groups first',
  answers: { 202: { description: 'The operation that deletes it.', schema: OperationView } },
  refusals: ['not-found', 'team-not-allowed', 'generation-mismatch', 'operation-in-progress', 'deletion-protected', 'frozen', 'account-unreachable', 'role-lacks-actions'],
  async run(ask, ports) {
    const before = await clusterToWorkOn(ask, ports, ask.params.clusterId);
    if (isRefusal(before)) return before;
    const frozen = await refusedByFreeze(ports);
    if (frozen !== undefined) return frozen;
    const facts = await ports.observer.observe(deletionQuestion(before));
    if (isRefusal(facts)) return facts;

    const plan = planDeletion({ cluster: before, facts, now: ask.now });

    return beginWork(ask, ports, { kind: 'delete-cluster', before, after: { ...before, deletingSince: ask.now }, plan, request: {} });
  },
});
