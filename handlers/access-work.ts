import type { Ports } from '../aws/ports.ts';
import { absentCluster } from '../domain/absent-cluster.ts';
import { refusedByMode } from '../domain/authentication-mode.ts';
import { ownAccessAfter } from '../domain/changed-access.ts';
import { changeUnderProfile } from '../domain/change-under-profile.ts';
import type { AccessEntry, Cluster } from '../domain/cluster.ts';
import type { AccessEntryFacts } from '../domain/facts.ts';
import { wasBefore } from '../domain/plan-again.ts';
import { planClusterChange } from '../domain/plan-cluster-change.ts';
import { isRefusal, type Refusal, type RefusalCode } from '../domain/refusal.ts';
import type { ChangeCluster } from '../domain/requests.ts';
import { okCluster, type Outcome } from './answers.ts';
import { beginWork, refusedByFreeze } from './begin-work.ts';
import { changeQuestion } from './cluster-questions.ts';
import { profileAfter, underPlaces } from './profile-reached.ts';
import { clusterToWorkOn } from './reach.ts';
import type { Ask } from './route.ts';

/** What every route that changes access entries may be refused with. */
export const ACCESS_REFUSALS: readonly RefusalCode[] = [
  'not-found',
  'team-not-allowed',
  'generation-mismatch',
  'operation-in-progress',
  'frozen',
  'cluster-not-active',
  'cluster-not-in-account',
  'account-unreachable',
  'role-lacks-actions',
  'authentication-mode',
  'access-entry-not-ours',
  'rules-broken',
];

/**
 * Changes one entry: what EKS has of the principal is looked at, the cluster's access as it is to be is decided, and the operation is the one
 * that `PATCH` with the whole list begins.
 */
export async function changeAccess(ask: Ask<'{clusterId}'>, ports: Ports, principalArn: string, decide: (cluster: Cluster, seen: AccessEntryFacts | undefined) => readonly AccessEntry[] | Refusal): Promise<Outcome> {
  const before = await clusterToWorkOn(ask, ports, ask.params.clusterId);
  if (isRefusal(before)) return before;
  const frozen = await refusedByFreeze(ports);
  if (frozen !== undefined) return frozen;
  const { accountId, region, name } = before;
  const seen = await ports.observer.observe({ ask: 'access', accountId, region, clusterName: name, of: { principalArn } });
  if (isRefusal(seen)) return seen;
  if (seen === 'absent') return absentCluster(before);
  const closed = refusedByMode(seen.authenticationMode, name);
  if (closed !== undefined) return closed;

  const access = decide(before, seen.entries[0]);

  if (isRefusal(access)) return access;
  const profile = await profileAfter(ask, ports, before.profile, undefined);
  if (isRefusal(profile)) return profile;
  const own = ownAccessAfter(before, principalArn, access);
  if (isRefusal(own)) return own;
  const changed = changeUnderProfile({ before, change: { access: structuredClone(own) as NonNullable<ChangeCluster['access']> }, profile });
  if (isRefusal(changed)) return changed;
  const facts = await ports.observer.observe(changeQuestion(changed.after));
  if (isRefusal(facts)) return facts;
  if (facts === 'absent') return absentCluster(before);
  const plan = planClusterChange({ before, after: changed.after, facts, now: ask.now });
  if (!isRefusal(plan) && plan.hops.every((hop) => hop.steps.length === 0)) return okCluster(before, ask);
  // Who can get in changes on the record as steps change it, see domain/access-after.ts.
  const outcome = await beginWork(ask, ports, { kind: 'change-cluster', before, after: { ...changed.after, access: before.access }, plan, request: { ...changed.effective, was: wasBefore(before) } });
  return underPlaces(outcome, changed.joined);
}
