import { teamOf } from '../domain/caller.ts';
import { draftImport } from '../domain/draft-cluster.ts';
import { planImport } from '../domain/plan-import.ts';
import { isRefusal, refuse } from '../domain/refusal.ts';
import { ImportCluster } from '../domain/requests.ts';
import { OperationView } from '../domain/view.ts';
import { accountToWorkIn, beginWork } from './begin-work.ts';
import { route } from './route.ts';

/** Takes on a cluster that is there already. Only reads: a freeze does not stop it. */
export const importCluster = route({
  method: 'POST',
  path: '/v1/clusters/import',
  access: 'operate',
  summary: 'Take on a cluster that exists already',
  body: ImportCluster,
  answers: { 202: { description: 'The operation that reads it.', schema: OperationView } },
  refusals: ['account-not-registered', 'account-not-verified', 'account-unreachable', 'role-lacks-actions', 'region-not-registered', 'team-not-allowed', 'cluster-exists', 'cluster-not-in-account'],
  async run(ask, ports) {
    const { accountId, region, name } = ask.body;
    const team = teamOf(ask.caller, ask.body.team);
    if (isRefusal(team)) return team;
    const account = await accountToWorkIn(ask, ports, accountId, region);
    if (isRefusal(account)) return account;
    const namesake = await ports.store.clusterNamed(accountId, region, name);
    if (namesake !== undefined) return refuse('cluster-exists', `There is a cluster ${name} in ${accountId}, ${region} already.`);
    const facts = await ports.observer.observe({ ask: 'cluster', accountId, region, clusterName: name });
    if (isRefusal(facts)) return facts;
    if (facts === 'absent') return refuse('cluster-not-in-account', `EKS knows no cluster ${name} in ${accountId}, ${region}.`);

    const draft = draftImport(ask.body, facts, { clusterId: ports.ids.clusterId(ask.nowMs), ...team, by: ask.caller.sub, now: ask.now });
    const plan = planImport({ cluster: draft, facts, now: ask.now });

    return beginWork(ask, ports, { kind: 'import-cluster', after: draft, plan, request: ask.body });
  },
});
