import * as z from 'zod';
import { WEEKDAYS } from './cron.ts';
import { NodeRepairConfig, WarmPoolConfig } from './node-words.ts';
import { GATES } from './gates.ts';
import { OPERATION_KINDS, OPERATION_STATES } from './requests.ts';
import { CLUSTER_STATUSES } from './cluster-status.ts';
import { PART_STATES } from './parts/part-states.ts';
import { wishes } from './wanted.ts';

/**
 * What clients are told, as schemas: the types of the views, the answers in the OpenAPI document, and what tests hold
 * every answer against. Times are RFC 3339 UTC.
 */

const Time = z.iso.datetime().meta({ description: 'RFC 3339, UTC.' });
const StringMap = z.record(z.string(), z.string());

export const ConditionView = z
  .strictObject({ type: z.string(), status: z.enum(['True', 'False', 'Unknown']), reason: z.string(), message: z.string(), lastTransitionTime: Time })
  .meta({ id: 'Condition' });

const accountMembers = {
  accountId: z.string(),
  name: z.string(),
  regions: z.array(z.string()),
  labels: StringMap,
  teams: z.array(z.string()).optional(),
  dnsZones: z.array(z.strictObject({ hostedZoneId: z.string(), teams: z.array(z.string()).optional() })).optional().meta({ description: 'The hosted zones that clusters of teams may have names in.' }),
  roleArn: z.string(),
  conditions: z.array(ConditionView),
  createdAt: Time,
  createdBy: z.string(),
  generation: z.int(),
};

export const AccountView = z.strictObject(accountMembers).meta({ id: 'Account' });

/** One account, with what its owner needs to let us in: for admins only. */
export const AccountSetupView = z
  .strictObject({
    ...accountMembers,
    externalId: z.string().optional(),
    previousExternalId: z.string().optional().meta({ description: 'Still valid beside the new one, until `verify` has seen the new one work.' }),
    trustPolicy: z.record(z.string(), z.unknown()).optional().meta({ description: 'The trust policy of the role, as a JSON document.' }),
    permissionsPolicy: z.record(z.string(), z.unknown()).optional().meta({ description: 'The permissions of the role, as a JSON document.' }),
    boundaryPolicy: z.record(z.string(), z.unknown()).optional().meta({ description: 'What roles that are made in the account may do at most: the managed policy `slipway-boundary`, as a JSON document.' }),
    template: z.string().optional().meta({ description: 'A CloudFormation template that makes the role with both policies, and the boundary.' }),
    templateUrl: z.string().optional().meta({
      description: 'Where CloudFormation reads the template: private, good for an hour at most, for whoever holds it. In answers to registering, rotating and verifying, on AWS; a failed upload leaves it out.',
    }),
  })
  .meta({ id: 'AccountSetup', description: '`externalId`, `trustPolicy`, `permissionsPolicy`, `boundaryPolicy`, `template` and `templateUrl` are told to admins only.' });

const NodegroupMembers = {
  nodegroupName: z.string(),
  version: z.string().optional(),
  releaseVersion: z.string().optional(),
  status: z.string(),
  amiType: z.string().optional(),
  capacityType: z.string().optional(),
  instanceTypes: z.array(z.string()).optional(),
  diskSize: z.int().optional(),
  nodeRole: z.string().optional(),
  subnets: z.array(z.string()).optional(),
  scalingConfig: z.strictObject({ minSize: z.int(), maxSize: z.int(), desiredSize: z.int() }),
  updateConfig: z.strictObject({ maxUnavailable: z.int().optional(), maxUnavailablePercentage: z.int().optional(), updateStrategy: z.string().optional() }).optional(),
  nodeRepairConfig: NodeRepairConfig.optional(),
  warmPoolConfig: WarmPoolConfig.optional(),
  labels: StringMap.optional(),
  taints: z.array(z.strictObject({ key: z.string(), value: z.string().optional(), effect: z.string() })).optional(),
  launchTemplate: z.strictObject({ id: z.string().optional(), name: z.string().optional(), version: z.string().optional() }).optional(),
  customAmi: z.boolean().optional(),
};

export const NodegroupView = z.strictObject(NodegroupMembers).meta({ id: 'Nodegroup' });

export const AddonView = z
  .strictObject({
    addonName: z.string(),
    addonVersion: z.string().optional(),
    status: z.string(),
    reason: z.string().optional(),
    configurationValues: z.string().optional(),
    resolveConflicts: z.string().optional(),
    podIdentityAssociations: z.array(z.strictObject({ serviceAccount: z.string(), roleArn: z.string() })).optional().meta({ description: 'As last looked at; looked at by changes.' }),
    owner: z.string().optional(),
    asked: z.boolean().meta({ description: 'A client named it.' }),
    broughtBy: z.array(z.string()).optional().meta({ description: 'The parts that it was installed for, and with which it goes.' }),
  })
  .meta({ id: 'Addon' });

export const PartView = z
  .strictObject({
    part: z.string(),
    name: z.string(),
    state: z.enum(PART_STATES).meta({ description: '`HandedOver`: Slipway has made what AWS\'s APIs make of it, and people apply the rest; it is not known to run.' }),
    reason: z.string(),
    message: z.string(),
    resources: z.array(z.string()).meta({ description: 'Kind and name of each thing in AWS that it is made of.' }),
  })
  .meta({ id: 'Part' });

export const PartsView = z.strictObject({ items: z.array(PartView), observedAt: Time }).meta({ id: 'Parts' });

export const ClusterView = z
  .strictObject({
    clusterId: z.string(),
    name: z.string(),
    accountId: z.string(),
    region: z.string(),
    version: z.string(),
    desiredVersion: z.string(),
    status: z.enum(CLUSTER_STATUSES),
    conditions: z.array(ConditionView),
    lookedAt: Time.optional().meta({ description: 'When what is told here of the control plane, node groups and add-ons was last seen, the oldest of it. Absent: never yet.' }),
    activeOperation: z.string().optional(),
    roleArn: z.string(),
    resourcesVpcConfig: z.strictObject({
      subnetIds: z.array(z.string()),
      securityGroupIds: z.array(z.string()),
      endpointPublicAccess: z.boolean(),
      endpointPrivateAccess: z.boolean(),
      publicAccessCidrs: z.array(z.string()),
    }),
    kubernetesNetworkConfig: z.strictObject({ ipFamily: z.string().optional(), serviceIpv4Cidr: z.string().optional() }).optional().meta({ description: 'Of pods and services, as asked for and last seen.' }),
    certificateAuthority: z
      .strictObject({ sha256: z.string(), notAfter: Time.optional(), seenAt: Time })
      .optional()
      .meta({ description: 'The certificate authority of the API server as it was last seen: the fingerprint of its certificate and its end. A kubeconfig looks anew.' }),
    authenticationMode: z.string().optional().meta({ description: 'Where EKS looks for who may get in, as last seen.' }),
    access: z.array(z.strictObject({ principalArn: z.string(), role: z.string().optional(), namespaces: z.array(z.string()).optional(), kubernetesGroups: z.array(z.string()).optional(), username: z.string().optional() })),
    nodegroups: z.array(NodegroupView),
    addons: z.array(AddonView),
    labels: StringMap,
    team: z.string().optional(),
    upgradePolicy: z.strictObject({ supportType: z.enum(['STANDARD', 'EXTENDED']) }),
    deletionProtection: z.boolean(),
    maintenancePolicy: z
      .strictObject({
        timeZone: z.string(),
        windows: z.array(
          z.strictObject({
            cron: z.string().optional(),
            weekly: z.strictObject({ days: z.array(z.enum(WEEKDAYS)), at: z.string() }).optional(),
            durationMinutes: z.int(),
          }),
        ),
        freezes: z.array(z.strictObject({ from: Time, to: Time, owner: z.string(), reason: z.string() })),
      })
      .optional(),
    rollback: z
      .strictObject({ availableUntil: Time.optional(), to: z.string().optional(), because: z.string() })
      .meta({ description: 'Whether the last upgrade of the control plane can be turned back, where to and until when.' }),
    tags: StringMap.optional(),
    ...wishes,
    profile: z.string().optional().meta({ description: 'The profile that it has, with its version.' }),
    parts: z.array(PartView).meta({ description: 'What is asked for beyond node groups and add-ons, and how far each of it is.' }),
    origin: z.enum(['created', 'imported']),
    createdAt: Time,
    createdBy: z.string(),
    generation: z.int(),
  })
  .meta({ id: 'Cluster' });

export const WaiverView = z
  .strictObject({
    waiverId: z.string(),
    clusterId: z.string(),
    code: z.string(),
    subject: z.string().optional().meta({ description: 'Only for this subject of the finding; absent: for all of them.' }),
    owner: z.string(),
    reason: z.string(),
    until: Time,
    by: z.string().meta({ description: 'The approver who gave it. An upgrade that the same person asks for is not helped by it.' }),
    at: Time,
    withdrawnAt: Time.optional().meta({ description: 'When it was taken back; it counts no more since.' }),
    withdrawnBy: z.string().optional(),
    withdrawnReason: z.string().optional(),
  })
  .meta({ id: 'Waiver' });

export const ProfileView = z
  .strictObject({
    name: z.string(),
    version: z.int(),
    description: z.string().optional(),
    team: z.string().optional(),
    parts: z.record(z.string(), z.unknown()),
    reason: z.string().optional(),
    createdAt: Time,
    createdBy: z.string(),
  })
  .meta({ id: 'Profile' });

const Refused = z.strictObject({ code: z.string(), detail: z.string(), remedy: z.string().optional(), errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional() });

export const AppliedView = z
  .strictObject({
    items: z.array(z.strictObject({ clusterId: z.string(), name: z.string(), operation: z.string().optional(), unchanged: z.boolean().optional(), refused: Refused.optional() })),
    next: z.string().nullable().meta({ description: 'The cluster after which another ask goes on; null when these were all.' }),
  })
  .meta({ id: 'Applied' });

const Progress = z.strictObject({ done: z.int(), total: z.int(), percent: z.number(), message: z.string() });
const WaitingFor = z.strictObject({ kind: z.string(), until: Time.optional(), because: z.string() });
const Intent = z.strictObject({ by: z.string(), reason: z.string().optional(), at: Time });

export const OperationErrorView = z
  .strictObject({ code: z.string(), message: z.string(), step: z.string().optional(), remedy: z.string().optional(), cause: z.string().optional(), nextActions: z.array(z.string()).optional(), resourceIds: z.array(z.string()).optional() })
  .meta({ id: 'OperationError' });

export const FindingView = z
  .strictObject({
    code: z.string(),
    severity: z.enum(['blocks', 'advises']),
    subject: z.string(),
    detail: z.string(),
    remedy: z.string(),
    hop: z.string().nullable(),
    evidence: z.array(z.string()).optional(),
    waiver: z.strictObject({ waiverId: z.string(), owner: z.string(), by: z.string(), reason: z.string(), until: z.string() }).optional(),
  })
  .meta({ id: 'Finding' });

export const DifferenceView = z
  .strictObject({
    clusterId: z.string(),
    name: z.string(),
    from: z.string().optional().meta({ description: 'The profile that it has, with its version.' }),
    to: z.string(),
    unchanged: z.boolean(),
    steps: z.array(z.strictObject({ id: z.string(), title: z.string(), kind: z.string(), reason: z.string() })),
    findings: z.array(FindingView),
    refused: Refused.optional(),
  })
  .meta({ id: 'Difference' });

const PlannedStepView = z.strictObject({
  id: z.string(),
  title: z.string(),
  kind: z.string(),
  stage: z.string(),
  subject: z.string(),
  from: z.string().optional(),
  to: z.string().optional(),
  reason: z.string(),
  parameters: z.record(z.string(), z.unknown()).optional(),
  resource: z.record(z.string(), z.unknown()).optional().meta({ description: 'Of a part of the cluster: what the step makes, changes or takes away, in AWS\'s own terms.' }),
});

export const PlanView = z
  .strictObject({
    from: z.string(),
    to: z.string(),
    hops: z.array(z.strictObject({ from: z.string(), to: z.string(), steps: z.array(PlannedStepView) })),
    findings: z.array(FindingView),
    nodes: z
      .array(
        z.strictObject({
          kind: z.enum(['managed', 'self-managed', 'fargate', 'auto-mode', 'karpenter', 'hybrid']),
          name: z.string(),
          version: z.string().optional().meta({ description: 'The oldest kubelet, where it is known.' }),
          count: z.int().optional(),
          action: z.enum(['roll', 'refresh', 'redeploy', 'follows', 'by-hand', 'none']),
          because: z.string(),
        }),
      )
      .optional()
      .meta({ description: 'Every kind of node that the cluster has, and what becomes of it. Of upgrades and rollbacks.' }),
    notLookedAt: z.array(z.strictObject({ code: z.string(), because: z.string() })),
    estimate: z.strictObject({ minutes: z.number(), addresses: z.number(), surgeNodes: z.number(), savedPerMonthUsd: z.number(), assumes: z.array(z.string()).optional().meta({ description: 'What the numbers take for granted or leave out.' }) }),
    lookedAt: Time.optional().meta({ description: 'When the facts were looked at that it was made from, the oldest of them. Of upgrades and rollbacks. The tag of a plan does not depend on it.' }),
    insightsRefreshedAt: Time.optional().meta({ description: 'When EKS made the insights that were seen then, the oldest of them.' }),
  })
  .meta({ id: 'Plan' });

export const StepView = z
  .strictObject({
    id: z.string(),
    title: z.string(),
    kind: z.string(),
    subject: z.string(),
    from: z.string().optional(),
    to: z.string().optional(),
    reason: z.string(),
    hop: z.string(),
    order: z.int(),
    state: z.enum(['Pending', 'Running', 'Waiting', 'Succeeded', 'Failed', 'Skipped', 'Cancelled', 'Stalled']),
    startedAt: Time.optional(),
    endedAt: Time.optional(),
    attempt: z.int(),
    run: z.int(),
    updateId: z.string().optional(),
    adopted: z.boolean().optional(),
    outcome: z.string().optional(),
    error: OperationErrorView.optional(),
  })
  .meta({ id: 'Step' });

/** How an upgrade goes, in the names that it was asked with; what was not asked is left out. */
const TermsView = z
  .strictObject({
    startAt: Time.optional(),
    ignoreWindows: z.boolean().optional(),
    gates: z.array(z.enum(GATES)).optional(),
    bakeMinutes: z.int().optional(),
    holdNodegroups: z.boolean().optional(),
    canaryNodegroup: z.string().optional(),
    maxParallelNodegroups: z.int().optional(),
    nodegroupRetries: z.int().optional(),
    rollbackOn: z.strictObject({ alarmArns: z.array(z.string()) }).optional(),
    forceNodegroups: z.array(z.string()).optional().meta({ description: 'Node groups that roll past the disruption budgets of pods in this run, because an approver said so.' }),
  })
  .meta({ id: 'Terms' });

const operationMembers = {
  id: z.string(),
  kind: z.enum(OPERATION_KINDS),
  clusterId: z.string(),
  clusterName: z.string(),
  accountId: z.string(),
  region: z.string(),
  team: z.string().optional(),
  state: z.enum(OPERATION_STATES),
  run: z.int(),
  progress: Progress,
  waitingFor: WaitingFor.optional(),
  errors: z.array(OperationErrorView),
  requestedBy: z.string(),
  reason: z.string().optional(),
  createdAt: Time,
  startedAt: Time.optional(),
  endedAt: Time.optional(),
  updatedAt: Time,
  cancel: Intent.optional(),
  pause: Intent.optional(),
  terms: TermsView.optional(),
  causedBy: z.string().optional().meta({ description: 'Of a rollback that an alarm began: the upgrade that it turns back.' }),
  succeededBy: z.string().optional().meta({ description: 'Of an upgrade that an alarm turned back: the rollback.' }),
  askedAgainBy: z.string().optional().meta({ description: 'Who asked for the present run, when it is a retry.' }),
  approvals: z.array(z.strictObject({ gate: z.enum(GATES), hop: z.string().optional(), by: z.string(), comment: z.string().optional(), at: Time, run: z.int() })).optional().meta({ description: 'Of every run, with the run that each let through. Another run is another ask: its gates ask again.' }),
  generation: z.int(),
};

/** An operation in a list: without plan and steps. */
export const OperationSummaryView = z.strictObject(operationMembers).meta({ id: 'OperationSummary' });

export const OperationView = z.strictObject({ ...operationMembers, plan: PlanView, steps: z.array(StepView) }).meta({ id: 'Operation' });

export const EventView = z
  .strictObject({ at: Time, sequence: z.string(), type: z.string(), step: z.string().optional(), message: z.string(), by: z.string().optional() })
  .meta({ id: 'Event' });

export const VersionView = z
  .strictObject({
    version: z.string(),
    defaultVersion: z.boolean(),
    versionStatus: z.string(),
    defaultPlatformVersion: z.string().optional(),
    releaseDate: Time.optional(),
    endOfStandardSupportDate: Time.optional(),
    endOfExtendedSupportDate: Time.optional(),
  })
  .meta({ id: 'Version' });

export const FreezeView = z
  .strictObject({ frozen: z.boolean(), by: z.string().optional(), reason: z.string().optional(), at: Time.optional() })
  .meta({ id: 'Freeze', description: 'Whether new EKS writes are stopped fleet-wide, by whom and why.' });

export const HealthView = z.strictObject({ status: z.literal('ok') }).meta({ id: 'Health' });

/** A page of a list. `nextCursor` is null on the last one. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.strictObject({ items: z.array(item), nextCursor: z.string().nullable() });
}

/** RFC 9457. */
export const ProblemView = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    instance: z.string(),
    remedy: z.string().optional(),
    errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
    findings: z.array(FindingView).optional(),
    operation: z.string().optional(),
  })
  .meta({ id: 'Problem', description: 'An error, as RFC 9457 has it. `code` is stable and listed in docs/errors.md.' });
export type ProblemView = z.output<typeof ProblemView>;
