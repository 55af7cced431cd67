import * as z from 'zod';
import { Access, Principal } from './access-wish.ts';
import { GATES } from './gates.ts';
import { RepositoryName } from './images/requests.ts';
import { MaintenancePolicy, Moment } from './maintenance-policy.ts';
import { NodeRepairConfig, ScalingConfig, Taint, TAINTS_MAX, WarmPoolConfig } from './node-words.ts';
import {
  AccountId,
  AddonName,
  AlarmArn,
  AwsProfile,
  Cidr,
  ClusterId,
  ClusterName,
  FindingCode,
  InstanceType,
  KubernetesLabels,
  LabelFilter,
  Labels,
  MinorVersion,
  NodegroupName,
  OperationId,
  ProfileName,
  ProfileReference,
  Reason,
  Region,
  RoleArn,
  SecurityGroupId,
  SubnetId,
  Tags,
  Team,
  WaiverId,
  text,
} from './request-words.ts';
import { CapabilityName } from './parts/capability-wish.ts';
import { FargateProfileName } from './parts/fargate-profile-wish.ts';
import { Namespace, ServiceAccount } from './parts/pod-identity-wish.ts';
import { HostedZoneId } from './parts/dns-wish.ts';
import { changedWishes, wishes } from './wanted.ts';

/**
 * What clients may send, in EKS's own names wherever it has one. Every object is strict: an unknown field is refused,
 * because a misspelt wish that is ignored is worse than one that is refused.
 */

// Accounts

const ALLOWED_ZONES_MAX = 200;

const DnsZones = z
  .array(z.strictObject({ hostedZoneId: HostedZoneId, teams: z.array(Team).min(1).max(100).optional().meta({ description: 'Without it all teams that may act in the account.' }) }))
  .max(ALLOWED_ZONES_MAX)
  .refine((zones) => new Set(zones.map(({ hostedZoneId }) => hostedZoneId)).size === zones.length, { message: 'Each zone once' })
  .meta({ description: 'The hosted zones that clusters of teams may have names in. Clusters of no team may have all.' });

export const RegisterAccount = z
  .strictObject({
    accountId: AccountId,
    name: text(128),
    regions: z.array(Region).min(1).max(40),
    labels: Labels.default({}),
    teams: z.array(Team).min(1).max(100).optional().meta({ description: 'The teams that may act in the account. Without it only callers of all teams may.' }),
    dnsZones: DnsZones.optional(),
  })
  .meta({ id: 'RegisterAccount' });
export type RegisterAccount = z.output<typeof RegisterAccount>;

export const ChangeAccount = z
  .strictObject({
    name: text(128).optional(),
    labels: Labels.optional().meta({ description: 'The whole new set.' }),
    teams: z.array(Team).min(1).max(100).nullable().optional().meta({ description: 'The whole new list. `null`: only callers of all teams may act in it.' }),
    dnsZones: DnsZones.optional(),
  })
  .refine((change) => Object.keys(change).length > 0, { message: 'Say what is to change' })
  .meta({ id: 'ChangeAccount' });
export type ChangeAccount = z.output<typeof ChangeAccount>;

// Clusters

const UpdateConfig = z.strictObject({
  maxUnavailable: z.int().min(1).max(100).optional(),
  maxUnavailablePercentage: z.int().min(1).max(100).optional(),
  updateStrategy: z.enum(['DEFAULT', 'MINIMAL']).optional(),
});

const LaunchTemplate = z
  .strictObject({
    id: z.string().max(32).regex(/^lt-[0-9a-f]{8,17}$/, 'Not a launch template id').optional(),
    name: z.string().min(3).max(128).regex(/^[\w().\-/]+$/, 'Not a launch template name').optional(),
    version: z.string().max(20).regex(/^(\d+|\$Latest|\$Default)$/, 'A launch template version is a number, $Latest or $Default').optional(),
  })
  .refine((template) => (template.id === undefined) !== (template.name === undefined), { message: 'Name the launch template by id or by name, one of the two' });

const ReleaseVersion = z.string().max(64).regex(/^[0-9A-Za-z._-]+$/, 'Not a release version');

export const CreateNodegroup = z
  .strictObject({
    nodegroupName: NodegroupName,
    version: MinorVersion.optional(),
    releaseVersion: ReleaseVersion.optional(),
    subnets: z.array(SubnetId).min(1).max(32).optional().meta({ description: 'Default: the subnets of the cluster.' }),
    instanceTypes: z.array(InstanceType).min(1).max(20).optional(),
    amiType: z.string().max(64).regex(/^[A-Z0-9]+(_[A-Za-z0-9]+)*$/, 'Not an AMI type').optional().meta({ description: '`CUSTOM` when the launch template names its own image.' }),
    capacityType: z.enum(['ON_DEMAND', 'SPOT', 'CAPACITY_BLOCK']).optional(),
    diskSize: z.int().min(1).max(16_384).optional().meta({ description: 'GiB.' }),
    nodeRole: RoleArn.optional(),
    scalingConfig: ScalingConfig,
    labels: KubernetesLabels.optional(),
    taints: z.array(Taint).max(TAINTS_MAX).optional(),
    updateConfig: UpdateConfig.optional(),
    nodeRepairConfig: NodeRepairConfig.optional().meta({ description: 'EKS replaces or reboots nodes that are unwell.' }),
    warmPoolConfig: WarmPoolConfig.optional().meta({ description: 'Instances that are made ready beforehand.' }),
    launchTemplate: LaunchTemplate.optional(),
  })
  .meta({ id: 'CreateNodegroup' });
export type CreateNodegroup = z.output<typeof CreateNodegroup>;

/** No add-on has more service accounts. */
const ADDON_IDENTITIES_MAX = 20;

const addonMembers = {
  addonName: AddonName,
  addonVersion: z.string().max(64).regex(/^v?\d[0-9A-Za-z._-]*$/, 'Not an add-on version').optional(),
  configurationValues: z.string().max(4096).optional().meta({ description: 'JSON or YAML text, as EKS takes it.' }),
  resolveConflicts: z.enum(['NONE', 'OVERWRITE', 'PRESERVE']).optional(),
  podIdentityAssociations: z
    .array(z.strictObject({ serviceAccount: ServiceAccount, roleArn: RoleArn }))
    .max(ADDON_IDENTITIES_MAX)
    .optional()
    .meta({ description: 'The whole list of service accounts of the add-on that have roles.' }),
};

export const CreateAddon = z.strictObject(addonMembers).meta({ id: 'CreateAddon' });
export type CreateAddon = z.output<typeof CreateAddon>;

const { addonName: _fixed, ...changeableMembers } = addonMembers;
export const ChangeAddon = z
  .strictObject(changeableMembers)
  .refine((change) => Object.keys(change).length > 0, { message: 'Say what is to change' })
  .meta({ id: 'ChangeAddon', description: 'What is left out stays as it is. `configurationValues` of `{}` takes all settings away.' });
export type ChangeAddon = z.output<typeof ChangeAddon>;

export const CreateCluster = z
  .strictObject({
    name: ClusterName,
    accountId: AccountId,
    region: Region,
    version: MinorVersion,
    roleArn: RoleArn,
    resourcesVpcConfig: z.strictObject({
      subnetIds: z.array(SubnetId).min(1).max(32),
      securityGroupIds: z.array(SecurityGroupId).max(4).default([]),
      endpointPublicAccess: z.boolean().default(true),
      endpointPrivateAccess: z.boolean().default(false),
      publicAccessCidrs: z.array(Cidr).max(40).default([]),
    }),
    kubernetesNetworkConfig: z
      .strictObject({ ipFamily: z.enum(['ipv4', 'ipv6']).optional(), serviceIpv4Cidr: Cidr.optional() })
      .optional()
      .meta({ description: 'Of pods and services; fixed for the cluster\'s life. Without it IPv4, and a service network that EKS chooses.' }),
    nodegroups: z.array(CreateNodegroup).max(30).default([]),
    addons: z.array(CreateAddon).max(30).default([]).meta({ description: 'When none is named: vpc-cni, kube-proxy, eks-pod-identity-agent and coredns, each in the default version.' }),
    labels: Labels.default({}),
    team: Team.optional(),
    access: z.array(Access).max(100).default([]),
    upgradePolicy: z.strictObject({ supportType: z.enum(['STANDARD', 'EXTENDED']) }).optional(),
    deletionProtection: z.boolean().default(false),
    tags: Tags.optional(),
    ...wishes,
    profile: ProfileReference.optional().meta({ description: 'A profile, `web`, or one version of it, `web@3`. What the request itself asks for wins over it.' }),
  })
  .meta({ id: 'CreateCluster' });
export type CreateCluster = z.output<typeof CreateCluster>;

export const ImportCluster = z
  .strictObject({ accountId: AccountId, region: Region, name: ClusterName, labels: Labels.default({}), team: Team.optional() })
  .meta({ id: 'ImportCluster' });
export type ImportCluster = z.output<typeof ImportCluster>;

/** What a change must not say `null` of, and what to say instead. */
function staying(instead: string): { readonly error: (issue: { readonly input?: unknown }) => string | undefined } {
  return { error: ({ input }) => (input === null ? `Cannot be taken away by null: ${instead}` : undefined) };
}

const ChangedVpcConfig = z.strictObject(
  {
    endpointPublicAccess: z.boolean().optional(),
    endpointPrivateAccess: z.boolean().optional(),
    publicAccessCidrs: z.array(Cidr).max(40).optional(),
    subnetIds: z.array(SubnetId).min(1).max(32).optional().meta({ description: 'Of the control plane: the whole new list, in the zones that it was made in.' }),
    securityGroupIds: z.array(SecurityGroupId).max(4).optional().meta({ description: 'Of the control plane, besides the one that EKS made: the whole new list.' }),
  },
  staying('a cluster is in its network for life; say what of it is to change'),
);

export const ChangeCluster = z
  .strictObject({
    labels: Labels.nullable().optional().meta({ description: 'The whole new set. `null`: none.' }),
    team: Team.nullable().optional().meta({ description: '`null`: of no team.' }),
    deletionProtection: z.boolean(staying('say false')).optional(),
    resourcesVpcConfig: ChangedVpcConfig.optional(),
    upgradePolicy: z.strictObject({ supportType: z.enum(['STANDARD', 'EXTENDED']) }, staying('name STANDARD or EXTENDED')).optional(),
    addons: z
      .array(CreateAddon, staying('`[]` takes every add-on away that no part needs, those without which nodes do not work too'))
      .max(30)
      .optional()
      .meta({ description: 'The whole new list. What a part of the cluster needs stays, named or not.' }),
    access: z.array(Access).max(100).nullable().optional().meta({ description: 'The whole new list; `null`: none, so that nobody is let in by Slipway.' }),
    authenticationMode: z.enum(['API_AND_CONFIG_MAP', 'API'], staying('EKS always has one')).optional().meta({ description: 'Where EKS looks for who may get in. It goes from CONFIG_MAP over both to the API, and never back.' }),
    maintenancePolicy: MaintenancePolicy.nullable().optional().meta({ description: 'The whole new policy. `null`: none, so that upgrades may begin their steps at any time.' }),
    ...changedWishes,
    profile: ProfileReference.nullable().optional().meta({ description: 'The profile, or one version of it, in the place of the one that it has. `null`: none.' }),
    reason: Reason.optional().meta({ description: 'Why, for the record: of the change (`GET .../changes`), and of the operation where one is begun.' }),
  })
  .refine((change) => Object.keys(change).some((member) => member !== 'reason'), { message: 'Say what is to change' })
  .meta({ id: 'ChangeCluster' });
export type ChangeCluster = z.output<typeof ChangeCluster>;

export const ChangeNodegroup = z
  .strictObject({
    version: MinorVersion.optional(),
    releaseVersion: ReleaseVersion.optional(),
    launchTemplate: LaunchTemplate.optional().meta({ description: 'The group keeps its template; only the version may be another.' }),
    scalingConfig: ScalingConfig.partial().optional(),
    labels: KubernetesLabels.optional().meta({ description: 'The whole new set.' }),
    taints: z.array(Taint).max(TAINTS_MAX).optional().meta({ description: 'The whole new set.' }),
    updateConfig: UpdateConfig.optional(),
    nodeRepairConfig: NodeRepairConfig.optional().meta({ description: 'The whole new settings.' }),
    warmPoolConfig: WarmPoolConfig.optional().meta({ description: 'What is left out stays as it is; `enabled: false` takes the pool away.' }),
  })
  .refine((change) => Object.keys(change).length > 0, { message: 'Say what is to change' })
  .meta({ id: 'ChangeNodegroup' });
export type ChangeNodegroup = z.output<typeof ChangeNodegroup>;

// Upgrades and operations

/** A week: longer, and the facts of the plan are another month's. */
const BAKE_MINUTES_MAX = 10_080;
/** Node groups of one cluster that roll at once, at most: more, and a fault of the new nodes is everywhere before anybody sees it. */
export const PARALLEL_NODEGROUPS_MAX = 4;
const NODEGROUP_RETRIES_MAX = 3;
const ALARMS_MAX = 10;

const gatesAsked = z
  .array(z.enum(GATES))
  .max(GATES.length)
  .refine((gates) => new Set(gates).size === gates.length, { message: 'Each gate once' });

const alarmsAsked = z
  .array(AlarmArn)
  .min(1)
  .max(ALARMS_MAX)
  .refine((arns) => new Set(arns).size === arns.length, { message: 'Each alarm once' });

const canaryNodegroup = NodegroupName.optional().meta({ description: 'The node group that rolls first; the others begin once it is done and healthy.' });

export const RequestUpgrade = z
  .strictObject({
    to: MinorVersion,
    reason: Reason.optional(),
    startAt: z
      .union([z.literal('next-window'), Moment], { error: 'Either `next-window` or a moment as in RFC 3339' })
      .optional()
      .meta({ description: 'No step begins earlier. `next-window`: when the next maintenance window opens, not the one that is open.' }),
    ignoreWindows: z.boolean().optional().meta({ description: 'Begin outside maintenance windows too, which needs a `reason`. Freezes are obeyed all the same.' }),
    gates: gatesAsked
      .optional()
      .meta({ description: 'Where to wait for an approval: once before the first hop, before the node groups of a hop, after the bake of a hop.' }),
    bakeMinutes: z.int().min(0).max(BAKE_MINUTES_MAX).optional().meta({ description: 'How long to wait after each hop, once all is healthy again.' }),
    holdNodegroups: z.boolean().optional().meta({ description: 'Leave the node groups where they are until the control plane and the add-ons of the hop have baked: meanwhile the way back is short.' }),
    canaryNodegroup,
    maxParallelNodegroups: z.int().min(1).max(PARALLEL_NODEGROUPS_MAX).optional().meta({ description: `Node groups that roll at once, at most; ${PARALLEL_NODEGROUPS_MAX} when not given.` }),
    nodegroupRetries: z.int().min(0).max(NODEGROUP_RETRIES_MAX).optional().meta({ description: 'How often the failed roll of a node group is tried again by itself, where time may mend it.' }),
    rollbackOn: z
      .strictObject({ alarmArns: alarmsAsked })
      .optional()
      .meta({ description: 'Turn the hop back when one of these CloudWatch alarms rings while it bakes; needs `bakeMinutes`. The alarms are of the cluster\'s account, in any region. A Route 53 health check is watched through its alarm.' }),
  })
  .refine((asked) => asked.ignoreWindows !== true || asked.reason !== undefined, { message: 'Who ignores the windows says why', path: ['reason'] })
  .meta({ id: 'RequestUpgrade' });
export type RequestUpgrade = z.output<typeof RequestUpgrade>;

export const RequestRollback = z.strictObject({ reason: Reason }).meta({ id: 'RequestRollback' });
export type RequestRollback = z.output<typeof RequestRollback>;

/** The body of a retry; it may be left out. */
export const RetryOperation = z
  .strictObject({
    reason: Reason.optional(),
    force: z.literal(true).optional().meta({ description: 'For approvers: node groups whose roll failed because pods could not be evicted roll past their disruption budgets. Needs a `reason`.' }),
  })
  .refine((asked) => asked.force !== true || asked.reason !== undefined, { message: 'Who forces says why', path: ['reason'] })
  .meta({ id: 'RetryOperation' });
export type RetryOperation = z.output<typeof RetryOperation>;

/** The body of cancel, pause and resume; it may be left out. */
export const Because = z.strictObject({ reason: Reason.optional() }).meta({ id: 'Because' });
export type Because = z.output<typeof Because>;

export const Approve = z.strictObject({ gate: z.enum(GATES), comment: Reason.optional() }).meta({ id: 'Approve' });
export type Approve = z.output<typeof Approve>;

/** The body of freeze and unfreeze: who stops the fleet says why. */
export const MustSayWhy = z.strictObject({ reason: Reason }).meta({ id: 'MustSayWhy' });

export const GiveWaiver = z
  .strictObject({
    code: FindingCode.meta({ description: 'The finding that may pass, by its code.' }),
    subject: text(253).optional().meta({ description: 'Only for this subject of the finding; without it for all of them.' }),
    owner: text(128).meta({ description: 'Who answers for it: a person or a team to ask.' }),
    reason: Reason,
    until: Moment.meta({ description: 'When it ends, at most 90 days ahead.' }),
  })
  .meta({ id: 'GiveWaiver' });
export type GiveWaiver = z.output<typeof GiveWaiver>;

/** A deletion has no body, so its reason comes with the query. */
export const ReasonQuery = z.strictObject({ reason: Reason.optional() });

/** Of the removal of an add-on. */
export const AddonRemovalQuery = z.strictObject({
  preserve: z.enum(['true', 'false']).transform((text) => text === 'true').default(false).meta({ type: 'boolean', description: '`true`: what runs of it stays in the cluster, and EKS manages it no more.' }),
});

/** Of a request that takes no body. */
export const Nothing = z.strictObject({});

// Query parameters: strings, each at most once

/** Most items on a page. */
export const PAGE_ITEMS_MAX = 100;
const PAGE_ITEMS_DEFAULT = 50;

const Limit = z
  .string()
  .transform((text) => (/^\d{1,4}$/.test(text) ? Number(text) : Number.NaN))
  .pipe(z.int({ error: `A number from 1 to ${PAGE_ITEMS_MAX}` }).min(1).max(PAGE_ITEMS_MAX))
  .default(PAGE_ITEMS_DEFAULT)
  .meta({ type: 'integer', minimum: 1, maximum: PAGE_ITEMS_MAX, description: `How many items a page has at most; ${PAGE_ITEMS_DEFAULT} when not given.` });

const Cursor = z.string().min(1).max(2048).optional().meta({ description: 'The `nextCursor` of the page before, with the same filters.' });

export const PageQuery = z.strictObject({ limit: Limit, cursor: Cursor });

export const WaiverQuery = z.strictObject({
  withdrawn: z.enum(['true', 'false']).transform((text) => text === 'true').default(false).meta({ type: 'boolean', description: '`true`: those that were taken back in the last 400 days, with who and why, instead of those in force.' }),
  limit: Limit,
  cursor: Cursor,
});

export const ClusterQuery = z.strictObject({
  label: LabelFilter.optional(),
  version: MinorVersion.optional(),
  accountId: AccountId.optional(),
  status: z.enum(['Creating', 'Active', 'Changing', 'Deleting', 'Failed', 'Unknown']).optional(),
  limit: Limit,
  cursor: Cursor,
});

/** Clusters that one look at a profile's difference, or one application of it, concerns at most: each is looked into. */
export const PROFILE_CLUSTERS_MAX = 10;

const ProfileClusters = z
  .string()
  .transform((text) => (/^\d{1,2}$/.test(text) ? Number(text) : Number.NaN))
  .pipe(z.int({ error: `A number from 1 to ${PROFILE_CLUSTERS_MAX}` }).min(1).max(PROFILE_CLUSTERS_MAX))
  .default(PROFILE_CLUSTERS_MAX)
  .meta({ type: 'integer', minimum: 1, maximum: PROFILE_CLUSTERS_MAX, description: `How many clusters at a time, at most; ${PROFILE_CLUSTERS_MAX} when not given.` });

const ProfileVersion = z.string().regex(/^[1-9]\d{0,5}$/, 'Not the number of a version').transform(Number).optional().meta({ type: 'integer', minimum: 1, description: 'The newest when not given.' });

export const WriteProfile = z
  .strictObject({
    name: ProfileName,
    description: text(256).optional(),
    team: Team.optional().meta({ description: 'Whose it is; of the whole fleet without it.' }),
    parts: z.record(z.string().max(64), z.unknown()).meta({ description: 'The parts of a cluster, under the names that they have in its request. Texts may hold {accountId}, {region}, {clusterName} and {team}.' }),
    reason: Reason.optional(),
  })
  .meta({ id: 'WriteProfile' });
export type WriteProfile = z.output<typeof WriteProfile>;

export const ApplyProfile = z
  .strictObject({ label: LabelFilter.meta({ description: 'Which clusters, by a label: `tier=web`.' }), version: z.int().min(1).max(999_999).optional(), reason: Reason, after: ClusterId.optional().meta({ description: 'Goes on after this cluster: `next` of the answer before.' }) })
  .meta({ id: 'ApplyProfile' });
export type ApplyProfile = z.output<typeof ApplyProfile>;

export const ProfileQuery = z.strictObject({ version: ProfileVersion });

export const DifferenceQuery = z.strictObject({ label: LabelFilter, version: ProfileVersion, limit: ProfileClusters, cursor: Cursor });

export const OPERATION_KINDS = [
  'create-cluster',
  'import-cluster',
  'change-cluster',
  'delete-cluster',
  'create-nodegroup',
  'change-nodegroup',
  'delete-nodegroup',
  'upgrade-cluster',
  'rollback-cluster',
] as const;

export const OPERATION_STATES = ['Pending', 'Running', 'Waiting', 'Paused', 'Succeeded', 'Failed', 'Cancelled'] as const;

export const OperationQuery = z.strictObject({
  clusterId: ClusterId.optional(),
  state: z.enum(OPERATION_STATES).optional(),
  kind: z.enum(OPERATION_KINDS).optional(),
  limit: Limit,
  cursor: Cursor,
});

/** What changes an upgrade's plan, in the names and with the meaning that it has in the ask. */
export const UpgradePlanQuery = z.strictObject({
  to: MinorVersion,
  canaryNodegroup,
  maxParallelNodegroups: z
    .enum(['1', '2', '3', '4'], { error: `A number from 1 to ${PARALLEL_NODEGROUPS_MAX}` })
    .transform(Number)
    .optional()
    .meta({ type: 'integer', minimum: 1, maximum: PARALLEL_NODEGROUPS_MAX, description: 'Node groups that roll at once, at most.' }),
  holdNodegroups: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional()
    .meta({ type: 'boolean', description: 'Leave the node groups where they are until the hop has baked.' }),
  gates: z
    .string()
    .max(100)
    .transform((text) => text.split(','))
    .pipe(gatesAsked)
    .optional()
    .meta({ type: 'string', description: 'Where to wait for an approval: `beforeControlPlane,afterBake`.' }),
  bakeMinutes: z
    .string()
    .transform((text) => (/^\d{1,6}$/.test(text) ? Number(text) : Number.NaN))
    .pipe(z.int({ error: `A number from 0 to ${BAKE_MINUTES_MAX}` }).min(0).max(BAKE_MINUTES_MAX))
    .optional()
    .meta({ type: 'integer', minimum: 0, maximum: BAKE_MINUTES_MAX, description: 'How long to wait after each hop.' }),
  alarmArns: z
    .string()
    .max(ALARMS_MAX * 361)
    // A comma may stand in an alarm's name, so only one before the next ARN parts two.
    .transform((text) => text.split(/,(?=arn:)/))
    .pipe(alarmsAsked)
    .optional()
    .meta({ type: 'string', description: 'The alarms of `rollbackOn`, with commas between: what would bar the way back then blocks.' }),
});
export type UpgradePlanQuery = z.output<typeof UpgradePlanQuery>;

/** How whoever uses a kubeconfig gets in. */
export const KubeconfigQuery = z.strictObject({
  role: RoleArn.optional().meta({ description: 'The role to assume with the credentials at hand; without it they are used as they are.' }),
  profile: AwsProfile.optional().meta({ description: 'The profile of the AWS configuration whose credentials are used.' }),
});
export type KubeconfigQuery = z.output<typeof KubeconfigQuery>;

export const ZoneQuery = z.strictObject({ region: Region });

export const VersionQuery = z.strictObject({ accountId: AccountId, region: Region });

/** What a path's `{variables}` must look like; a path with another value names nothing, so it is 404. */
export const PATH_VARIABLES = { accountId: AccountId, clusterId: ClusterId, nodegroupName: NodegroupName, operationId: OperationId, waiverId: WaiverId, repositoryName: RepositoryName, addonName: AddonName, profileName: ProfileName, principalArn: Principal, namespace: Namespace, serviceAccount: ServiceAccount, fargateProfileName: FargateProfileName, capabilityName: CapabilityName } as const;
export type PathVariable = keyof typeof PATH_VARIABLES;
