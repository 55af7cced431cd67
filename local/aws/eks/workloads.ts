import * as eks from '@aws-sdk/client-eks';
import * as z from 'zod';
import { isMinor } from '../../../domain/minor.ts';
import type { Collection, Disk } from '../../disk.ts';

// What runs in the clusters, and what ails them: nobody runs pods here, so tests and drills say what EKS would see of them.

const LIST_MAX = 100;
const RESOURCE_IDS_MAX = 50;
const REQUESTS_PER_DAY_MAX = 1_000_000;
/** How many clusters may have something scripted at one time. */
export const WORKLOADS_MAX = 1000;

const text = z.string().min(1).max(1000);
const time = z.iso.datetime({ offset: true });
const minor = z.string().refine(isMinor, 'a minor is written like 1.36');
const resourceIds = z.array(text).max(RESOURCE_IDS_MAX);
const listOf = <T extends z.ZodType>(item: T) => z.array(item).max(LIST_MAX);

/** A client that calls the cluster's API. Whether an API is deprecated EKS knows of those in its catalogue; of others the script says it. */
const Client = z.strictObject({
  userAgent: text,
  api: z.string().regex(/^\/apis?\/[a-z0-9./-]+$/, 'an API is written like /apis/batch/v1beta1/cronjobs'),
  perDay: z.int().min(1).max(REQUESTS_PER_DAY_MAX),
  /** When it began: when it was scripted, if not said. */
  since: time.optional(),
  /** When it stopped. The audit log remembers it for 30 days. */
  until: time.optional(),
  /** The minor that no longer serves the API. */
  removedIn: minor.optional(),
  replacedWith: text.optional(),
  /** The first minor that serves the API: a rollback to before it is an ERROR. */
  newIn: minor.optional(),
});

const ClusterIssue = z.strictObject({ code: z.enum(eks.ClusterIssueCode), message: text.optional(), resourceIds: resourceIds.optional() });
const NodegroupIssue = z.strictObject({ code: z.enum(eks.NodegroupIssueCode), message: text.optional(), resourceIds: resourceIds.optional() });

const NodegroupTrouble = z.strictObject({
  health: listOf(NodegroupIssue).optional(),
  /** A pod that its disruption budget, or a toleration of all taints, keeps on the nodes: drains wait for it until it is taken away or the update is forced. */
  heldBy: z.strictObject({ pod: text, /** How many nodes drain before one that does not. */ afterNodes: z.int().min(0).max(1000).default(0) }).optional(),
  /** New instances do not register with the cluster. */
  nodesJoin: z.literal(false).optional(),
  /** The Auto Scaling group cannot launch instances: EC2 has none left, or the account's quota is used up. */
  launches: z.enum(['InsufficientInstanceCapacity', 'VcpuLimitExceeded']).optional(),
  /** DescribeNodegroup leaves the version out, as EKS has done of groups with an image of their own (source: eksctl-io/eksctl 3960). Groups with EKS's images always have one. */
  tellsVersion: z.literal(false).optional(),
});

const ScriptedInsight = z.strictObject({
  name: text,
  category: z.enum(eks.Category).optional(),
  status: z.enum(eks.InsightStatusValue),
  reason: text,
});

const AutoMode = z.strictObject({
  nodes: z.int().min(0).max(LIST_MAX).optional(),
  /** How many nodes the NodePools' disruption budget lets go at a time; 0 blocks them for good. */
  budget: z.int().min(0).max(LIST_MAX).optional(),
  /** The annotation karpenter.sh/do-not-disrupt: on a node it blocks, on a pod it delays. */
  doNotDisrupt: z.enum(['node', 'pod']).optional(),
  /** A PodDisruptionBudget with maxUnavailable 0. */
  podsHeld: z.boolean().optional(),
});

export const WorkloadsRequest = z.strictObject({
  account: z.string().regex(/^\d{12}$/, 'an account is 12 digits'),
  region: z.string().regex(/^[a-z0-9-]{1,32}$/, 'a region is written like us-east-1'),
  cluster: z.string().min(1).max(100),
  clients: listOf(Client).optional(),
  /** Kubelets that EKS does not manage: of self-managed and hybrid nodes, and of Fargate pods. */
  nodes: listOf(z.strictObject({ name: text, version: minor })).optional(),
  /** What an insight says from the next look on, whatever EKS would find; of a name that there is none of, one more insight. */
  insights: listOf(ScriptedInsight).optional(),
  /** Refreshes, EKS's own daily ones included, come to nothing: what was seen last goes stale. */
  refresh: z.literal('fails').optional(),
  health: listOf(ClusterIssue).optional(),
  nodegroups: z.record(z.string().min(1).max(63), NodegroupTrouble).optional(),
  autoMode: AutoMode.optional(),
});

export type Workloads = z.infer<typeof WorkloadsRequest>;
export type WorkloadClient = NonNullable<Workloads['clients']>[number];
export type NodegroupTrouble = z.infer<typeof NodegroupTrouble>;

export const WORKLOADS_SHELF = 'eks/workloads';

/** What is scripted, by cluster, kept on the disk so that a restart in the middle of a drill does not heal it. */
export class EksWorkloads {
  readonly #workloads: Collection<Workloads>;

  constructor(disk: Disk) {
    this.#workloads = disk.collection(WORKLOADS_SHELF);
  }

  list(): Workloads[] {
    return this.#workloads.list();
  }

  /** Takes the place of all that was scripted for the cluster before. `now` is where clients without a beginning begin, epoch milliseconds. */
  put(asked: Workloads, now: number): Workloads {
    const clients = asked.clients?.map((client) => ({ since: new Date(now).toISOString(), ...client }));
    const stored = { ...asked, ...(clients === undefined ? {} : { clients }) };
    this.#workloads.put(keyOf(asked), stored);
    return stored;
  }

  /** Without a filter, everything. */
  clear(filter: { readonly account?: string | undefined; readonly region?: string | undefined; readonly cluster?: string | undefined }): void {
    const { account, region, cluster } = filter;
    for (const stored of this.#workloads.list()) {
      if ((account ?? stored.account) === stored.account && (region ?? stored.region) === stored.region && (cluster ?? stored.cluster) === stored.cluster) this.#workloads.delete(keyOf(stored));
    }
  }
}

function keyOf({ account, region, cluster }: Pick<Workloads, 'account' | 'region' | 'cluster'>): string {
  return `${account}/${region}/${cluster}`;
}
