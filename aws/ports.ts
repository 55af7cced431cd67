import type { Account } from '../domain/account.ts';
import type { AddonSchema } from '../domain/addons/settings-errors.ts';
import type { Cluster } from '../domain/cluster.ts';
import type { Condition } from '../domain/condition.ts';
import type { AccessFacts, AddonCatalogue, AddonFacts, BoundaryLook, ClusterFacts, ControlPlaneFacts, EntranceFacts, NodegroupFacts, CreationFacts, SubnetFacts, UpdateFacts, VerificationFacts, VersionCatalogue, ZoneFacts } from '../domain/facts.ts';
import type { InstanceLimits } from '../domain/instance-limits.ts';
import type { Approval } from '../domain/gates.ts';
import type { Intent, Operation, OperationError, OperationEvent, OperationState, Step, Wait, WaitingFor, WaitKind, WaitOutcome } from '../domain/operation.ts';
import type { NextRun } from '../domain/new-operation.ts';
import type { ImagePurpose } from '../domain/images/permissions.ts';
import type { LifecyclePolicy } from '../domain/images/lifecycle-policy.ts';
import type { LifecyclePreview } from '../domain/images/preview.ts';
import type { Repository, RepositoryAddress, RepositoryMade } from '../domain/images/repository.ts';
import type { RegistryLook } from '../domain/images/usage.ts';
import type { ResourceSeen } from '../domain/parts/judge-resource.ts';
import type { Resource } from '../domain/parts/resource.ts';
import type { Sight } from '../domain/parts/seen-states.ts';
import type { Plan } from '../domain/plan.ts';
import type { Profile } from '../domain/profile.ts';
import type { AlarmFacts, InsightsFacts, InstanceRefreshFacts, ReadinessFacts } from '../domain/readiness-facts.ts';
import type { Refusal } from '../domain/refusal.ts';
import type { TokenLevel } from '../domain/parts/tokens-wish.ts';
import type { TokenIssue } from '../domain/token-issue.ts';
import type { Waiver } from '../domain/waiver.ts';
import type { HostedZoneFacts } from '../domain/hosted-zones.ts';

/** The moment, asked once per request or task and passed on as an argument. */
export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
}

export interface Ids {
  /** A new operation's id: `op-` and 26 characters that sort by time. */
  operationId(now: number): string;
  /** A new cluster's id: `c-` and 26 characters. */
  clusterId(now: number): string;
  /** A new waiver's id: `w-` and 26 characters. */
  waiverId(now: number): string;
  /** That a token was issued: `ti-` and 26 characters. */
  tokenIssueId(now: number): string;
  /** 43 characters from 256 random bits: an account's external id. */
  externalId(): string;
}

/** Field names that every line shares: `operation`, `cluster`, `account`. Secrets and external ids never go in. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined | null | readonly string[]>>;

export interface Log {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields & { readonly error?: string }): void;
}

/** Metrics of what steps took and came to, and of what an operator's alarms watch. */
export interface Meter {
  count(name: string, value: number, dimensions?: Readonly<Record<string, string>>): void;
  seconds(name: string, value: number, dimensions?: Readonly<Record<string, string>>): void;
}

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
  /** Changes that need no operation (labels, team, deletion protection of our own record): generation rises. */
  changeCluster(before: Cluster, after: Cluster, answer?: IdempotentAnswer): Promise<Written | { readonly kind: 'moved'; readonly cluster: Cluster | undefined }>;
  /** An imported cluster: the record and its name in one transaction, no operation. */
  importCluster(cluster: Cluster, answer?: IdempotentAnswer): Promise<Written | { readonly kind: 'exists'; readonly clusterId: string } | { readonly kind: 'account-moved' }>;
  /** Waivers that have not ended at `now`, oldest first, about 50 at most. */
  waivers(clusterId: string, now: number): Promise<readonly Waiver[]>;
  /** The same again is our own, whose answer was lost. */
  addWaiver(waiver: Waiver, answer?: IdempotentAnswer): Promise<Written | { readonly kind: 'too-many'; readonly count: number } | { readonly kind: 'cluster-gone' }>;
  removeWaiver(clusterId: string, waiverId: string): Promise<'removed' | 'absent'>;
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
  /** The answer to an ask whose work is done and written. */
  rememberAnswer(answer: IdempotentAnswer): Promise<Written>;

  // Operations
  /**
   * ONE transaction: the operation and its plan if absent, the idempotency record, and the cluster with `activeOperation` set.
   * `cluster.before` undefined: a new cluster (its name is taken, its account exists and is verified, and the account's cluster count
   * rises). Otherwise the cluster must have no active operation and still be at `before.revision`.
   */
  beginOperation(
    operation: Operation,
    cluster: { readonly before?: Cluster; readonly after: Cluster },
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

/** Starting, waking and asking after executions. */
export interface Executions {
  /** Starts `{operationId}-{run}`; "already exists" counts as started. */
  start(kind: Operation['kind'], operationId: string, run: number): Promise<void>;
  /** `gone`: TaskTimedOut, TaskDoesNotExist or InvalidToken; there is nobody left to wake. */
  wake(token: string, outcome: WaitOutcome): Promise<'woken' | 'gone'>;
  /** `absent` when no such execution was ever started (or it is past its 90 days). */
  status(kind: Operation['kind'], operationId: string, run: number): Promise<'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT' | 'ABORTED' | 'absent'>;
}

/** The message of one look. `at` is the time that it was asked for: a wait that has moved since has a message of its own. */
export interface LookMessage {
  readonly operationId: string;
  readonly stepId: string;
  readonly at: number;
}

/** The queue of looks. */
export interface LookQueue {
  /** Asks for a look at a wait at a time; later than the queue's 15 minutes it is left to the schedule. */
  queue(wait: { readonly operationId: string; readonly stepId: string }, at: number, now: number): Promise<void>;
}

/** Credentials of a role in an account, for one step or for looking. */
export interface Session {
  readonly accountId: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken: string; readonly expiration: Date };
}

/** Could not assume the account's role, or the account refused a read that the role needs. */
export class AccountUnreachable extends Error {
  override readonly name = 'AccountUnreachable';
  readonly accountId: string;
  /** The action that the role may not do, where AWS named one: the account is there, and asking again gets the same answer until the role has it. */
  readonly lacks: string | undefined;
  constructor(accountId: string, message: string, { lacks, ...options }: ErrorOptions & { readonly lacks?: string | undefined } = {}) {
    super(message, options);
    this.accountId = accountId;
    this.lacks = lacks;
  }
}

/** A line of a repository's history. */
export interface RepositoryLine {
  readonly type: string;
  readonly message: string;
  readonly by?: string;
  /** Epoch ms. */
  readonly at: number;
}

export interface AccountAccess {
  /** A session for one step: external id, tags naming operation and cluster, and a session policy cut to the step. Throws AccountUnreachable. */
  actFor(operation: Operation, step: Step): Promise<Session>;
  /** A session for work on a repository, cut to it and to the purposes; `name` undefined: for looking at any. Throws AccountUnreachable. */
  actOnImages(asked: { readonly accountId: string; readonly region: string; readonly name?: string; readonly purposes: readonly ImagePurpose[]; readonly by: string }): Promise<Session>;
  /** A shared read-only session per account and region. Throws AccountUnreachable. */
  watch(accountId: string, region: string): Promise<Session>;
  /** What the account's role is allowed, as it reads by itself; never throws. */
  readPermissions(accountId: string): Promise<VerificationFacts['permissions']>;
  /** The boundary of roles that are made in the account, read through the account's role. Never throws. */
  readBoundary(accountId: string): Promise<BoundaryLook>;
  /** Tries to assume the account's role, with an external id, with none, or with a wrong one; `as-work`: with the tags and the source identity that a step's session carries. Never throws for a denial. */
  tryToAssume(accountId: string, externalId: string | undefined, manner: 'as-work' | 'bare'): Promise<{ readonly kind: 'assumed' } | { readonly kind: 'denied'; readonly message: string } | { readonly kind: 'failed'; readonly message: string }>;
}

/** What beginning a piece of EKS work came to. */
export type Begun =
  /** AWS has done it by the time it answers. */
  | { readonly kind: 'done'; readonly outcome: string }
  /** `updateId` is absent for creations and deletions, which are watched by the resource itself. */
  | { readonly kind: 'begun'; readonly updateId?: string }
  /** 409: another update holds the resource. EKS names it in its message most of the time. */
  | { readonly kind: 'in-use'; readonly updateId?: string; readonly message: string }
  /** It is there already (a creation), or already as asked. */
  | { readonly kind: 'already'; readonly message: string }
  /** It is not there (a deletion, or an update of something gone). */
  | { readonly kind: 'absent'; readonly message: string }
  /** EKS refuses by its rules: trying again changes nothing. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string };

/** EKS as Slipway uses it. Reads answer `absent` only when EKS said so; a failed look throws. Throttles are retried inside, within a written limit. */
export interface Eks {
  facts(session: Session, clusterName: string, known: KnownCatalogues): Promise<ClusterFacts | 'absent'>;
  controlPlane(session: Session, clusterName: string): Promise<ControlPlaneFacts | 'absent'>;
  /** What gets a client to the API server: endpoint and every certificate authority that the cluster trusts. */
  entrance(session: Session, clusterName: string, now: string): Promise<EntranceFacts | 'absent'>;
  /** Access entries: of one principal, or a page of all by their ARNs, with those that are named besides. */
  accessEntries(session: Session, clusterName: string, asked: AccessAsked, now: string): Promise<AccessFacts | 'absent'>;
  nodegroup(session: Session, clusterName: string, nodegroupName: string): Promise<NodegroupFacts | 'absent'>;
  addon(session: Session, clusterName: string, addonName: string): Promise<AddonFacts | 'absent'>;
  update(session: Session, of: UpdateOf, updateId: string): Promise<UpdateFacts | 'absent'>;
  /** Updates of the control plane, a node group or an add-on that are InProgress or began at or after `since`, newest first. At most 10 are looked at. */
  recentUpdates(session: Session, of: UpdateOf, since: string): Promise<readonly UpdateFacts[]>;
  /**
   * What the readiness checks judge, beyond `facts`. Each part may be unknown by itself: a right that is missing, a throttle. Throws AccountUnreachable
   * only where the account as a whole cannot be looked into.
   */
  readiness(session: Session, facts: ClusterFacts, now: string, closer?: CloserLooks): Promise<ReadinessFacts>;
  /** Asks EKS to look at the cluster anew; harmless to repeat while a refresh runs. */
  refreshInsights(session: Session, clusterName: string): Promise<void>;
  /** The last refresh that was asked for, as it stands. */
  insightsRefresh(session: Session, clusterName: string): Promise<InsightsFacts['refresh']>;
  versions(session: Session): Promise<VersionCatalogue>;
  addonCatalogue(session: Session, addonNames: readonly string[]): Promise<AddonCatalogue>;
  /** The zones of the session's region, as its account sees them. */
  zones(session: Session): Promise<readonly ZoneFacts[]>;
  /** What instance types hold; those that EC2 does not tell of are left out. */
  instanceLimits(session: Session, instanceTypes: readonly string[]): Promise<readonly InstanceLimits[]>;
  /** What versions of add-ons take for settings. */
  addonSchemas(session: Session, addons: readonly { readonly addonName: string; readonly addonVersion: string }[]): Promise<readonly AddonSchema[]>;
  subnets(session: Session, subnetIds: readonly string[]): Promise<readonly SubnetFacts[]>;
  /** Carries out the beginning of a step with its parameters; `clientRequestToken` is a hash of operation, step and attempt. */
  begin(session: Session, step: Step, clusterName: string, clientRequestToken: string): Promise<Begun>;
  /** Asks EKS to stop an update of the control plane, which EKS takes for a rollback whose nodes are being rolled back (Auto Mode); the update itself tells when it has stopped. */
  cancelUpdate(session: Session, clusterName: string, updateId: string): Promise<'cancelling' | { readonly refused: string }>;
}

/** Which of EKS's insights are looked at closer, for their evidence: all that do not pass, or those alone that may stop an operation. */
export type CloserLooks = 'all' | 'may-stop';

/** Auto Scaling groups of a cluster that are not behind a managed group. */
export interface AutoScaling {
  /** Begins an instance refresh to the launch template version that the step's parameters name. Auto Scaling takes no token: a refresh that runs is `in-use`, with its id. */
  begin(session: Session, step: Step): Promise<Begun>;
  refresh(session: Session, groupName: string, refreshId: string): Promise<InstanceRefreshFacts | 'absent'>;
  /** Refreshes of the group that run or began at or after `since`, newest first, at most 10. */
  recentRefreshes(session: Session, groupName: string, since: string): Promise<readonly InstanceRefreshFacts[]>;
}

/** Repositories of images in an account. Refusals are of ECR and of the account's role; faults are thrown, and then it is not known what was done. */
export interface Images {
  /** Brings the repository to what is wished of it. What was made tells how far it came, refused or not. */
  put(session: Session, repository: Repository): Promise<{ readonly made: RepositoryMade; readonly refusal?: Refusal }>;
  /** Deletes it, if it is ours; with `force` also with images in it. */
  remove(session: Session, repository: Repository): Promise<'gone' | Refusal>;
  /** Leads the registry's replication of the repository where it is wished, and takes back where it was led before. */
  setReplication(session: Session, repository: Repository): Promise<'set' | Refusal>;
  /** Makes the cache rule that is wished, or leaves one that says the same. `ours`: this call made it. */
  putCacheRule(session: Session, rule: NonNullable<Repository['wanted']['pullThrough']>): Promise<{ readonly ours: boolean } | Refusal>;
  removeCacheRule(session: Session, prefix: string): Promise<'gone' | Refusal>;
  /** At most `pagesMax` pages of 1,000 images of each repository are looked at. */
  look(session: Session, names: readonly string[], pagesMax: number): Promise<Omit<RegistryLook, 'observedAt'> | Refusal>;
  /** What the policy would expire, as ECR says; changes nothing. */
  preview(session: Session, repository: RepositoryAddress, policy: LifecyclePolicy): Promise<Omit<LifecyclePreview, 'observedAt'> | Refusal>;
}

/** What the front door asks of the function that works on images in accounts. */
export type ImageTask =
  | { readonly task: 'settle'; readonly address: RepositoryAddress }
  | { readonly task: 'look'; readonly accountId: string; readonly region: string; readonly names: readonly string[]; readonly pagesMax: number }
  | { readonly task: 'preview'; readonly address: RepositoryAddress; readonly policy: LifecyclePolicy; readonly by: string };

export interface ImageAnswers {
  /** `gone`: it was to be deleted, and is. */
  settle: Repository | 'gone';
  look: RegistryLook;
  preview: LifecyclePreview;
}

export interface ImageWorker {
  /** What came of it, or why it did not; `account-unreachable` when nothing was heard within 20 s. */
  ask<T extends ImageTask>(task: T): Promise<ImageAnswers[T['task']] | Refusal>;
}

/** Resources of a cluster's parts, wherever in AWS they live. */
export interface Parts {
  /** Brings the step's resource to what it shall be, or begins to. Harmless to repeat; what somebody else made under the same name is refused, never taken over. */
  begin(session: Session, step: Step, of: PartOf): Promise<Begun>;
  /** The resource as it stands; `absent` only when AWS said so. A failed look throws. */
  look(session: Session, resource: Resource, clusterName: string): Promise<ResourceSeen>;
}

/** The cluster that a part is of, and the token that makes a repeat the same ask. */
export interface PartOf {
  readonly clusterName: string;
  readonly clusterId: string;
  readonly clientRequestToken: string;
}

/** Hosted zones of Route 53. */
export interface HostedZones {
  /** One fact for each id, in their order; `absent` only when Route 53 said so. A failed look throws. */
  look(session: Session, hostedZoneIds: readonly string[]): Promise<readonly HostedZoneFacts[]>;
}

export interface Alarms {
  /** The alarms as they stand, one fact for each ARN, all of the session's account and region. A failed look throws. */
  look(session: Session, alarmArns: readonly string[]): Promise<readonly AlarmFacts[]>;
}

/** When the look is made, and what was read of the region's catalogues a short while ago. */
export interface KnownCatalogues {
  /** RFC 3339. */
  readonly now: string;
  readonly catalogue?: VersionCatalogue;
  readonly addonCatalogue?: AddonCatalogue;
  /** Look at the Fargate profiles too. */
  readonly fargateProfiles?: true;
  /** Look closer at add-ons: their roles too, and what is listed for these names besides those that are installed. */
  readonly addonsCloser?: readonly string[];
  /** Subnets to look at besides the cluster's and its groups'. */
  readonly subnetIds?: readonly string[];
}

/** Which access entries are looked at. */
export type AccessAsked =
  | { readonly principalArn: string }
  /** Those after `after`, at most `limit`; `known` are looked for whether EKS lists them or not. */
  | { readonly after: string; readonly limit: number; readonly known: readonly string[] };

export interface UpdateOf {
  readonly clusterName: string;
  readonly nodegroupName?: string;
  readonly addonName?: string;
}

/** The third function's questions: looks into an account on behalf of the API, which holds no keys to it. */
export type Question =
  | { readonly ask: 'cluster'; readonly accountId: string; readonly region: string; readonly clusterName: string; readonly clusterId?: string; /** Ask for what the readiness checks judge, too. */ readonly readiness?: true; /** As in KnownCatalogues. */ readonly addonsCloser?: readonly string[]; readonly subnetIds?: readonly string[]; /** Look at the Fargate profiles too, which bar a deletion. */ readonly fargateProfiles?: true }
  | { readonly ask: 'entrance'; readonly accountId: string; readonly region: string; readonly clusterName: string }
  | { readonly ask: 'access'; readonly accountId: string; readonly region: string; readonly clusterName: string; readonly of: AccessAsked }
  | { readonly ask: 'alarms'; readonly accountId: string; readonly region: string; readonly alarmArns: readonly string[] }
  | { readonly ask: 'creation'; readonly accountId: string; readonly region: string; readonly clusterName: string; readonly subnetIds: readonly string[]; readonly addonNames: readonly string[]; readonly instanceTypes?: readonly string[] }
  | { readonly ask: 'zones'; readonly accountId: string; readonly region: string }
  | { readonly ask: 'instance-limits'; readonly accountId: string; readonly region: string; readonly instanceTypes: readonly string[] }
  | { readonly ask: 'hosted-zones'; readonly accountId: string; readonly region: string; readonly hostedZoneIds: readonly string[] }
  | { readonly ask: 'addon-schemas'; readonly accountId: string; readonly region: string; readonly addons: readonly { readonly addonName: string; readonly addonVersion: string }[] }
  | { readonly ask: 'parts'; readonly accountId: string; readonly region: string; readonly clusterName: string; readonly resources: readonly Resource[] }
  | { readonly ask: 'versions'; readonly accountId: string; readonly region: string }
  | { readonly ask: 'verification'; readonly accountId: string };

export interface Answers {
  cluster: ClusterFacts | 'absent';
  entrance: EntranceFacts | 'absent';
  access: AccessFacts | 'absent';
  alarms: readonly AlarmFacts[];
  'hosted-zones': readonly HostedZoneFacts[];
  creation: CreationFacts;
  'addon-schemas': readonly AddonSchema[];
  /** By `keyOf`. */
  parts: Readonly<Record<string, Sight>>;
  zones: readonly ZoneFacts[];
  'instance-limits': readonly InstanceLimits[];
  versions: VersionCatalogue;
  verification: VerificationFacts;
}

export interface Observer {
  /** The facts, or a Refusal `account-unreachable` when they were not had within 20 s. */
  observe<Q extends Question>(question: Q): Promise<Answers[Q['ask']] | Refusal>;
}

/** The templates that let Slipway into accounts, where CloudFormation can read them. */
/** What is asked of the function that issues tokens. The role and the rest it reads off the cluster's record. */
export interface TokenAsked {
  readonly clusterId: string;
  readonly level: TokenLevel;
  /** Who asked. */
  readonly sub: string;
  readonly minutes: number;
}

/** A secret: it goes to who asked, and nowhere else. */
export interface IssuedToken {
  readonly token: string;
  /** RFC 3339. */
  readonly expirationTimestamp: string;
}

export interface TokenIssuer {
  /** The token, or a Refusal: a level that is not set up, or `account-unreachable`. */
  issue(asked: TokenAsked): Promise<IssuedToken | Refusal>;
}

/** Makes tokens from a role. Only the function that issues them has the right to assume it. */
export interface TokenMint {
  /** Throws AccountUnreachable when the role cannot be assumed. */
  mint(asked: {
    readonly accountId: string;
    readonly region: string;
    readonly clusterName: string;
    readonly roleArn: string;
    readonly externalId: string;
    readonly sessionName: string;
    /** 1 to 14. */
    readonly minutes: number;
  }): Promise<IssuedToken>;
}

export interface Templates {
  /** Keeps an account's template and answers a private URL of limited life; undefined where there is no bucket. It carries the external id: for admins alone. */
  publish(accountId: string, template: string): Promise<string | undefined>;
}

export interface Ports {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly meter: Meter;
  readonly store: Store;
  readonly executions: Executions;
  readonly looks: LookQueue;
  readonly accounts: AccountAccess;
  readonly eks: Eks;
  readonly autoScaling: AutoScaling;
  readonly alarms: Alarms;
  readonly hostedZones: HostedZones;
  readonly parts: Parts;
  readonly images: Images;
  readonly observer: Observer;
  readonly imageWorker: ImageWorker;
  readonly templates: Templates;
  readonly tokens: TokenIssuer;
  readonly mint: TokenMint;
}

export type { WaitingFor };
