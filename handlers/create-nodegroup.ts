import { absentCluster } from '../domain/absent-cluster.ts';
import { draftNodegroup } from '../domain/draft-cluster.ts';
import { nodegroupRole } from '../domain/named-roles.ts';
import { planNodegroupCreation } from '../domain/plan-nodegroup-creation.ts';
import { isRefusal } from '../domain/refusal.ts';
import { CreateNodegroup } from '../domain/requests.ts';
import { OperationView } from '../domain/view.ts';
import { beginWork, refusedByFreeze } from './begin-work.ts';
import { withNamedRoles } from './named-roles-asked.ts';
import { clusterToWorkOn } from './reach.ts';
import { route } from './route.ts';

/** Asks for a node group in a cluster. */
export const createNodegroup = route({
  method: 'POST',
  path: '/v1/clusters/{clusterId}/nodegroups',
  access: 'operate',
  summary: 'Create a node group',
  body: CreateNodegroup,
  answers: { 202: { description: 'The operation that creates it.', schema: OperationView } },
  refusals: [
    'not-found',
    'team-not-allowed',
    'generation-mismatch',
    'operation-in-progress',
    'frozen',
    'nodegroup-exists',
    'cluster-not-active',
    'cluster-not-in-account',
    'version-not-the-clusters',
    'ami-type-not-offered',
    'subnets-not-found',
    'subnets-short-of-addresses',
    'role-not-passable',
    'account-unreachable',
    'role-lacks-actions',
    'rules-broken',
  ],
  async run(ask, ports) {
    const before = await clusterToWorkOn(ask, ports, ask.params.clusterId);
    if (isRefusal(before)) return before;
    const frozen = await refusedByFreeze(ports);
    if (frozen !== undefined) return frozen;
    const nodegroup = draftNodegroup(ask.body);
    const { accountId, region, clusterId, name } = before;
    const facts = await ports.observer.observe({ ask: 'cluster', accountId, region, clusterName: name, clusterId });
    if (isRefusal(facts)) return facts;
    if (facts === 'absent') return absentCluster(before);

    const planned = planNodegroupCreation({ cluster: before, nodegroup, facts, now: ask.now });
    const plan = await withNamedRoles(planned, ports, before, await ports.store.account(accountId), nodegroupRole(nodegroup, ''));

    const after = { ...before, nodegroups: [...before.nodegroups.filter((group) => group.nodegroupName !== nodegroup.nodegroupName), nodegroup] };
    return beginWork(ask, ports, { kind: 'create-nodegroup', before, after, plan, request: ask.body });
  },
});
