import type { Ports, Question } from '../aws/ports.ts';
import type { Account } from '../domain/account.ts';
import type { Role } from '../domain/caller.ts';
import type { Cluster } from '../domain/cluster.ts';
import { draftNodegroup } from '../domain/draft-cluster.ts';
import { namedRoles, nodegroupRole } from '../domain/named-roles.ts';
import { nextRun, termsOfNextRun } from '../domain/new-operation.ts';
import type { Operation } from '../domain/operation.ts';
import { planAgain, planCreationAgain } from '../domain/plan-again.ts';
import type { Plan } from '../domain/plan.ts';
import { forcedNodegroups, withForce } from '../domain/forced-retry.ts';
import { isRefusal, refuse, type Refusal } from '../domain/refusal.ts';
import { CreateNodegroup, RetryOperation } from '../domain/requests.ts';
import { OperationView } from '../domain/view.ts';
import { refusedByAlarmsAsked } from './alarms-asked.ts';
import { accepted, MOVED } from './answers.ts';
import { accountToWorkIn, refusedByFreeze, start } from './begin-work.ts';
import { changeQuestion, deletionQuestion } from './cluster-questions.ts';
import { questionFor } from './creation-question.ts';
import { withZones } from './hosted-zones-asked.ts';
import { withNamedRoles } from './named-roles-asked.ts';
import { notFound } from './not-found.ts';
import { inProgress, operationToChange } from './reach.ts';
import { problem } from './problems.ts';
import { intentOf } from './record-intent.ts';
import { ACCESS, route, type Ask } from './route.ts';

/** Who may retry without force. */
const OPERATORS: ReadonlySet<Role> = new Set(ACCESS.operate);

/** Begins a failed or cancelled operation again: the same request, planned afresh from what is true now. */
export const retryOperation = route({
  method: 'POST',
  path: '/v1/operations/{operationId}/retry',
  access: 'retry',
  summary: 'Retry a failed or cancelled operation; with force for approvers alone',
  body: RetryOperation,
  bodyOptional: true,
  answers: { 202: { description: 'The operation in its next run, with a fresh plan.', schema: OperationView } },
  refusals: [
    'not-found',
    'team-not-allowed',
    'generation-mismatch',
    'operation-not-failed',
    'force-needs-approver',
    'nothing-to-force',
    'alarm-not-ready',
    'operation-in-progress',
    'frozen',
    'account-not-verified',
    'account-unreachable',
    'role-lacks-actions',
    'cluster-not-in-account',
    'cluster-not-active',
    'cluster-exists',
    'nodegroup-exists',
    'nothing-to-upgrade',
    'nothing-to-change',
    'upgrade-blocked',
    'version-not-offered',
    'deletion-protected',
    'addon-not-offered',
    'zone-not-allowed',
    'role-not-passable',
    'rules-broken',
  ],
  async run(ask, ports) {
    const record = await operationToChange(ask, ports, ask.params.operationId);
    if (isRefusal(record)) return record;
    const { operation, steps } = record;
    const { force } = ask.body;
    if (force !== true && !OPERATORS.has(ask.caller.role)) return problem('forbidden', `Without force it takes the role ${[...OPERATORS].join(' or ')}; the token's role is ${ask.caller.role}.`);
    if (operation.state !== 'Failed' && operation.state !== 'Cancelled') {
      return refuse('operation-not-failed', `Operation ${operation.id} is ${operation.state}; only a failed or cancelled one is retried.`);
    }
    const forceNodegroups = force === true ? forcedNodegroups(operation, steps, ask.caller) : undefined;
    if (isRefusal(forceNodegroups)) return forceNodegroups;
    const cluster = await ports.store.cluster(operation.clusterId);
    if (cluster === undefined) return notFound();
    if (cluster.activeOperation !== undefined) return inProgress(cluster.activeOperation);
    const frozen = await refusedByFreeze(ports);
    if (frozen !== undefined) return frozen;

    const forced = forceNodegroups === undefined ? {} : { forceNodegroups };
    const again = { ...operation, terms: termsOfNextRun(operation, forced) };
    const [planned, alarms] = await Promise.all([planFrom(ask, ports, again, cluster), refusedByAlarmsAsked(ports, cluster, again.terms)]);
    if (isRefusal(planned)) return planned;
    if (alarms !== undefined) return alarms;

    const next = { plan: withForce(planned, forceNodegroups), by: intentOf(ask), ...forced };
    const begun = nextRun(operation, next);
    const answer = accepted(begun);
    const written = await ports.store.beginRetry(operation, next, cluster, ask.remember(answer));
    if (written.kind === 'answered') return written;
    if (written.kind === 'busy') return inProgress(written.operationId);
    if (written.kind === 'moved') return MOVED;
    await start(ask, ports, begun);
    return answer;
  },
});

/** What a plan of the operation's kind is made from. */
function clusterQuestion({ kind }: Operation, cluster: Cluster): Question & { ask: 'cluster' } {
  const { accountId, region, clusterId, name } = cluster;
  const question = { ask: 'cluster', accountId, region, clusterName: name, clusterId } as const;
  switch (kind) {
    case 'change-cluster':
      return changeQuestion(cluster);
    case 'upgrade-cluster':
    case 'rollback-cluster':
      return { ...question, readiness: true };
    case 'delete-cluster':
      return deletionQuestion(cluster);
    default:
      return question;
  }
}

/** Gathers what the plan needs, and asks for it. A creation may have come far or nowhere, so both looks are made. */
async function planFrom(ask: Pick<Ask, 'caller' | 'now' | 'nowMs'>, ports: Ports, operation: Operation, cluster: Cluster): Promise<Plan | Refusal> {
  const { accountId, region, clusterId } = cluster;
  const [facts, waivers] = await Promise.all([
    ports.observer.observe(clusterQuestion(operation, cluster)),
    ports.store.waivers(clusterId, ask.nowMs),
  ]);
  if (isRefusal(facts)) return facts;
  if (operation.kind !== 'create-cluster') {
    const plan = planAgain({ operation, cluster, facts, now: ask.now, waivers, askedBy: ask.caller.sub });
    return operation.kind === 'change-cluster' || operation.kind === 'create-nodegroup' ? lookedAtAgain(plan, ports, operation, cluster, await ports.store.account(accountId), facts === 'absent' ? undefined : facts.cluster.vpcId) : plan;
  }
  const account = await accountToWorkIn(ask, ports, accountId, region);
  if (isRefusal(account)) return account;
  const creation = await ports.observer.observe(questionFor(cluster));
  if (isRefusal(creation)) return creation;
  const vpcId = creation.subnets.find(({ subnetId }) => cluster.subnetIds.includes(subnetId))?.vpcId;
  return lookedAtAgain(planCreationAgain({ operation, cluster, facts, account, creation, now: ask.now }), ports, operation, cluster, account, vpcId);
}

/** Zones and roles that the request names may have gone, or come, since it was first asked; what it does not name is not its matter. */
async function lookedAtAgain(plan: Plan | Refusal, ports: Ports, { kind, request }: Operation, cluster: Cluster, account: Account | undefined, vpcId: string | undefined): Promise<Plan | Refusal> {
  const inZones = request['dns'] === undefined ? plan : await withZones(plan, ports, cluster, account, vpcId);
  const roles = kind === 'create-nodegroup' ? nodegroupRole(draftNodegroup(CreateNodegroup.parse(request)), '') : namedRoles(cluster).filter(({ path }) => request[path.split('.')[0] ?? ''] !== undefined);
  return withNamedRoles(inZones, ports, cluster, account, roles);
}
