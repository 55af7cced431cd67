import type { Account } from '../../domain/account.ts';
import type { Cluster } from '../../domain/cluster.ts';
import type { ClusterChange } from '../../domain/cluster-change.ts';
import type { Condition } from '../../domain/condition.ts';
import type { ClusterFacts } from '../../domain/facts.ts';
import type { Approval } from '../../domain/gates.ts';
import type { Repository, RepositoryAddress } from '../../domain/images/repository.ts';
import type { NextRun } from '../../domain/new-operation.ts';
import type { Intent, Operation, OperationError, OperationEvent, OperationState, Step, Wait, WaitKind, WaitOutcome } from '../../domain/operation.ts';
import type { Plan } from '../../domain/plan.ts';
import type { Profile } from '../../domain/profile.ts';
import type { TokenIssue } from '../../domain/token-issue.ts';
import type { Waiver, WithdrawnWaiver } from '../../domain/waiver.ts';

export interface Page {
  readonly limit: number;
  /** Where the last page ended: a store's key, already opened from the client's cursor. */
  readonly after?: Readonly<Record<string, string>>;
}

export interface Paged<T> {
  readonly items: readonly T[];
  readonly next?: Readonly<Record<string, string>>;
}

/** An answer to remember under an Idempotency-Key, so that the same ask gets the same bytes. */
export interface IdempotentAnswer {
  /** SHA-256 of caller, route and key. */
  readonly id: string;
  /** SHA-256 of the concrete path and the body, without its blanks. */
  readonly bodyHash: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body, as sent. */
  readonly body: string;
  /** Epoch ms; past it the record does not count, whatever TTL did. */
  readonly expiresAt: number;
}

/** What a conditional write came to. A conflict says what it met. */
export type Written =
  | { readonly kind: 'written' }
  /** Another request with the same Idempotency-Key was first; here is what it answered. */
  | { readonly kind: 'answered'; readonly answer: IdempotentAnswer };

export interface Store {
  // Idempotency
  /** The answer of an ask that made several things true, each by a write of its own. */
  rememberAnswer(answer: IdempotentAnswer): Promise<Written>;
  answerFor(id: string, now: number): Promise<IdempotentAnswer | undefined>;

  // Accounts
  account(accountId: string): Promise<Account | undefined>;
  listAccounts(page: Page): Promise<Paged<Account>>;
  registerAccount(account: Account, answer?: IdempotentAnswer): Promise<Written | { readonly kind: 'exists'; readonly account: Account }>;
  /** Writes what `verify` saw. `retirePrevious`: the new external id has worked, the one before it ends. Conditional on the account's externalId being the one that was tried. */
  recordVerification(
    accountId: string,
    seen: { readonly conditions: readonly Condition[]; readonly triedExternalId: string; readonly retirePrevious: boolean },
    answer?: IdempotentAnswer,
  ): Promise<Written | { readonly kind: 'moved' }>;
  /** Puts a new external id in force beside the one before it. */
  rotateExternalId(account: Account, newExternalId: string, answer?: IdempotentAnswer): Promise<Written | { readonly kind: 'moved' }>;
  /** Writes what clients change of an account; conditional on its generation. The same again is our own, whose answer was lost. */
  changeAccount(before: Account, after: Account): Promise<{ readonly kind: 'written' } | { readonly kind: 'moved' }>;
  removeAccount(accountId: string): Promise<{ readonly kind: 'removed' } | { readonly kind: 'has-clusters'; readonly count: number } | { readonly kind: 'absent' }>;

  // Clusters
  cluster(clusterId: string): Promise<Cluster | undefined>;
  clusterNamed(accountId: string, region: string, name: string): Promise<Cluster | undefined>;
  /** `team` undefined: all teams; otherwise only that team's. Filters are applied in the table; a page is full unless it is the last. */
  listClusters(
    filter: { readonly team?: string; readonly accountId?: string; readonly version?: string; readonly status?: string; readonly label?: { readonly key: string; readonly value?: string } },
    page: Page,
  ): Promise<Paged<Cluster>>;
  /** Records what was seen of a cluster (versions, statuses, conditions); conditional on `revision`, a client's `generation` stays. */
  recordCluster(cluster: Cluster): Promise<{ readonly kind: 'written' } | { readonly kind: 'moved'; readonly cluster: Cluster | undefined }>;
  /** Changes that need no operation (labels, team, deletion protection of our own record): generation rises. `change` is its line on the record, written with it. */
  changeCluster(before: Cluster, after: Cluster, change: ClusterChange | undefined, answer?: IdempotentAnswer): Promise<Written | { readonly kind: 'moved'; readonly cluster: Cluster | undefined }>;
  /** Who changed the cluster's record in the last 400 days, newest first. */
  clusterChanges(clusterId: string, page: Page): Promise<Paged<ClusterChange>>;
  /** An imported cluster: the record and its name in one transaction, no operation. */
  importCluster(cluster: Cluster, answer?: IdempotentAnswer): Promise<Written | { readonly kind: 'exists'; readonly clusterId: string } | { readonly kind: 'account-moved' }>;
  /** Waivers that have not ended at `now`, oldest first, about 50 at most. */
  waivers(clusterId: string, now: number): Promise<readonly Waiver[]>;
  /** The same again is our own, whose answer was lost. */
  addWaiver(waiver: Waiver, answer?: IdempotentAnswer): Promise<Written | { readonly kind: 'too-many'; readonly count: number } | { readonly kind: 'cluster-gone' }>;
  /** Takes a waiver back, and puts it on the record. */
  withdrawWaiver(withdrawn: WithdrawnWaiver): Promise<'withdrawn' | 'absent'>;
  /** Waivers that were taken back in the last 400 days, those given last first. */
  withdrawnWaivers(clusterId: string, page: Page): Promise<Paged<WithdrawnWaiver>>;
  /** A line of the record of tokens; never a token. */
  addTokenIssue(issue: TokenIssue): Promise<void>;
  /** Newest first. */
  tokenIssues(clusterId: string, page: Page): Promise<Paged<TokenIssue>>;
  observation(clusterId: string): Promise<ClusterFacts | undefined>;
  recordObservation(clusterId: string, facts: ClusterFacts): Promise<void>;

  // Repositories of images
  repository(address: RepositoryAddress): Promise<Repository | undefined>;
  /** All of that name, whatever account and region, about 100 at most. */
  repositoriesNamed(name: string): Promise<readonly Repository[]>;
  listRepositories(filter: { readonly team?: string; readonly accountId?: string }, page: Page): Promise<Paged<Repository>>;
  /** A repository that is asked for, with the first line of its history. */
  beginRepository(repository: Repository, line: RepositoryLine): Promise<{ readonly kind: 'written' } | { readonly kind: 'exists'; readonly repository: Repository }>;
  /** What is wished of it now, or what became of that. Conditional on `before.revision`; `after` undefined: it is forgotten. */
  changeRepository(before: Repository, after: Repository | undefined, line: RepositoryLine): Promise<'written' | 'moved'>;
  /** Those whose change is under way, longest first. */
  openRepositories(limit: number): Promise<readonly Repository[]>;
  /** Oldest first. */
  repositoryEvents(address: RepositoryAddress, page: Page): Promise<Paged<OperationEvent>>;
  /** Takes the settings of a registry, which ECR has one set of for everybody, for a minute; false while another has them. */
  holdRegistry(of: RepositoryAddress, holder: string, now: number): Promise<boolean>;
  releaseRegistry(of: RepositoryAddress, holder: string): Promise<void>;

  // Operations
  /**
   * ONE transaction: the operation and its plan if absent, the idempotency record, and the cluster with `activeOperation` set.
   * `cluster.before` undefined: a new cluster (its name is taken, its account exists and is verified, and the account's cluster count
   * rises). Otherwise the cluster must have no active operation and still be at `before.revision`. `cluster.change` is the line on its record.
   */
  beginOperation(
    operation: Operation,
    cluster: { readonly before?: Cluster; readonly after: Cluster; readonly change?: ClusterChange },
    answer?: IdempotentAnswer,
  ): Promise<
    | Written
    | { readonly kind: 'busy'; readonly operationId: string }
    | { readonly kind: 'moved'; readonly cluster: Cluster | undefined }
    | { readonly kind: 'exists'; readonly clusterId: string }
    | { readonly kind: 'account-moved' }
  >;
  /** The head with its plan, the current run's steps (planned ones that have not begun are Pending), and its waits. */
  operation(operationId: string): Promise<OperationRecord | undefined>;
  /** Heads only: `plan` has no hops in lists. Newest first. */
  listOperations(filter: { readonly team?: string; readonly clusterId?: string; readonly state?: OperationState; readonly kind?: string }, page: Page): Promise<Paged<Operation>>;
  /** Oldest first. */
  events(operationId: string, page: Page): Promise<Paged<OperationEvent>>;
  /** Cancel or pause asked for, or `turnBack` by an alarm. Commands write intent; looks and the next step obey it. `ended` when there is nothing left to stop. */
  recordIntent(operationId: string, which: 'cancel' | 'pause' | 'turnBack', intent: Intent, answer?: IdempotentAnswer): Promise<Written | { readonly kind: 'ended'; readonly operation: Operation }>;
  clearPause(operationId: string, by: Intent, answer?: IdempotentAnswer): Promise<Written | { readonly kind: 'ended' | 'not-paused'; readonly operation: Operation }>;
  /** Somebody has let the present run of an upgrade through a gate; what waits for an approval is due at once. `approved`: another was first at this passage. `moved`: another run has begun, which asks again. */
  recordApproval(operationId: string, run: number, approval: Approval, answer?: IdempotentAnswer): Promise<Written | { readonly kind: 'ended' | 'approved' | 'moved'; readonly operation: Operation }>;
  /** A failed or cancelled operation begins again as its next run, with a fresh plan; the cluster is taken in the same transaction. */
  beginRetry(
    operation: Operation,
    next: NextRun,
    cluster: Cluster,
    answer?: IdempotentAnswer,
  ): Promise<Written | { readonly kind: 'busy'; readonly operationId: string } | { readonly kind: 'moved' }>;

  /** The execution runs: Pending becomes Running. Repeats are harmless. */
  recordStart(operationId: string, run: number, now: number): Promise<void>;
  /** The rest of the plan, planned afresh from what is true now: steps that have begun stay. */
  recordPlan(operationId: string, run: number, plan: Plan, event: string, now: number): Promise<void>;
  /** We are about to call EKS for this step. Refused when a cancel or pause is asked, or the operation has ended. */
  beginStep(operationId: string, step: Step, now: number): Promise<{ readonly kind: 'written' } | { readonly kind: 'stopped'; readonly by: 'cancel' | 'pause' | 'end' }>;
  /** EKS took it (or it was found under way): its id is stored before any wait. `begunAt`, RFC 3339, where EKS began it by this very call: the step starts then. */
  recordUpdate(operationId: string, step: Step, update: { readonly updateId: string; readonly adopted: boolean; readonly begunAt?: string | undefined }, now: number): Promise<void>;
  /** The step ended here and now. Repeats are harmless: a step ends once. */
  endStep(operationId: string, step: Step, end: StepEnd, now: number): Promise<void>;
  addEvent(operationId: string, event: { readonly type: string; readonly message: string; readonly step?: string; readonly by?: string }, now: number): Promise<void>;

  // Waits
  /** ONE transaction with the check that no cancel is asked (nor pause), except for waits on EKS's own work. `stale`: a newer token is parked. */
  park(wait: Wait): Promise<{ readonly kind: 'parked' } | { readonly kind: 'stopped'; readonly by: 'cancel' | 'pause' | 'end' } | { readonly kind: 'stale' }>;
  wait(operationId: string, stepId: string): Promise<Wait | undefined>;
  /** Looked, not yet: when to look again and why. False when the wait has moved meanwhile. */
  postpone(wait: Wait, next: { readonly nextCheckAt: number; readonly because: string; readonly kind?: WaitKind; readonly stalled?: boolean }): Promise<boolean>;
  /** Waking, part 1: the outcome on the wait and the step in one transaction. False when the wait has moved or has its outcome. */
  recordOutcome(wait: Wait, outcome: WaitOutcome, end: { readonly step: Step; readonly end: StepEnd } | undefined, now: number): Promise<boolean>;
  /** Waking, part 3: gone, if the epoch is unchanged. */
  removeWait(wait: Wait): Promise<void>;
  waitsOf(operationId: string): Promise<readonly Wait[]>;
  /** Waits whose time has come, soonest first. */
  dueWaits(now: number, limit: number): Promise<readonly Wait[]>;

  /**
   * ONE transaction: the operation ended, the cluster released and brought up to date (`undefined`: the cluster is gone, its name free, the
   * account's count one less). With `successor` that operation is begun in the same transaction, the ended one names it in `succeededBy`, and
   * the cluster is handed over to it, as `cluster` has it otherwise. Repeats are harmless; they tell the successor that was begun, whatever
   * they bring. No `succeededBy` in the answer: nothing was begun, since the cluster is not the ended operation's.
   */
  endOperation(
    operationId: string,
    run: number,
    end: { readonly state: 'Succeeded' | 'Failed' | 'Cancelled'; readonly errors: readonly OperationError[]; readonly message: string; readonly cluster: Cluster | undefined; /** Takes over the cluster in the same transaction: the rollback that an alarm began. */ readonly successor?: Operation },
    now: number,
  ): Promise<{ readonly kind: 'ended' | 'already'; readonly succeededBy?: string } | { readonly kind: 'moved' }>;
  /** Operations that have not ended, those longest without a transition first. */
  openOperations(limit: number): Promise<readonly Operation[]>;

  // Profiles
  /** The newest version of each, by name; at most 200. */
  profiles(): Promise<readonly Profile[]>;
  /** A version of a profile, or its newest. */
  profile(name: string, version?: number): Promise<Profile | undefined>;
  /** Conditional on the newest being the version before. `moved`: another was first. */
  addProfileVersion(profile: Profile, answer?: IdempotentAnswer): Promise<Written | { readonly kind: 'moved' }>;

  // What was learned, and the brakes
  /** Seconds that work of this kind took, newest first, at most 20: `upgrade-control-plane`, `upgrade-nodegroup-per-node`. */
  durations(kind: string): Promise<readonly number[]>;
  recordDuration(kind: string, seconds: number): Promise<void>;
  /** Takes `reads` from the account and region's budget; false when it is used up for now. */
  spendReads(accountId: string, region: string, reads: number, now: number): Promise<boolean>;
  freeze(): Promise<Freeze | undefined>;
  recordFreeze(freeze: Freeze | undefined, answer?: IdempotentAnswer): Promise<Written>;
}

export interface OperationRecord {
  readonly operation: Operation;
  readonly steps: readonly Step[];
  readonly waits: readonly Wait[];
}

export interface StepEnd {
  readonly state: 'Succeeded' | 'Failed' | 'Skipped' | 'Cancelled';
  readonly outcome: string;
  readonly error?: OperationError;
}

export interface Freeze {
  readonly by: string;
  readonly reason: string;
  readonly at: string;
}

/** A line of a repository's history. */
export interface RepositoryLine {
  readonly type: string;
  readonly message: string;
  readonly by?: string;
  /** Epoch ms. */
  readonly at: number;
}
