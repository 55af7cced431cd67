import type { Collection, Disk } from '../../disk.ts';
import type { World } from '../service.ts';
import type { Around } from './around.ts';
import type { AccessEntryDoc, AddonDoc, CapabilityDoc, ClusterDoc, FargateDoc, NodegroupDoc, PodIdentityDoc, SpanDoc, TokenDoc, Transition, UpdateDoc } from './state.ts';
import { draw } from './limits.ts';
import type { Work } from './limits.ts';
import { WITHDRAWN_SHELF } from './withdrawn-addons.ts';
import type { Withdrawal } from './withdrawn-addons.ts';
import { WORKLOADS_SHELF } from './workloads.ts';
import type { Workloads } from './workloads.ts';

/** The documents of one kind in one account and region. */
export class Documents<T> {
  readonly #collection: Collection<T>;
  readonly #prefix: string;

  constructor(collection: Collection<T>, prefix: string) {
    this.#collection = collection;
    this.#prefix = prefix;
  }

  get(key: string): T | undefined {
    return this.#collection.get(this.#prefix + key);
  }

  put(key: string, value: T): void {
    this.#collection.put(this.#prefix + key, value);
  }

  delete(key: string): void {
    this.#collection.delete(this.#prefix + key);
  }

  list(prefix = ''): T[] {
    return this.#collection.list(this.#prefix + prefix);
  }

  entries(prefix = ''): [string, T][] {
    return this.#collection.entries(this.#prefix + prefix).map(([key, value]) => [key.slice(this.#prefix.length), value]);
  }

  clear(prefix: string): void {
    for (const [key] of this.entries(prefix)) this.delete(key);
  }
}

/** All that the simulated EKS keeps on disk, of every account and region. Made once, since a collection prepares its statements. */
export function openShelves(disk: Disk) {
  return {
    clusters: disk.collection<ClusterDoc>('eks/clusters'),
    nodegroups: disk.collection<NodegroupDoc>('eks/nodegroups'),
    addons: disk.collection<AddonDoc>('eks/addons'),
    updates: disk.collection<UpdateDoc>('eks/updates'),
    accessEntries: disk.collection<AccessEntryDoc>('eks/access-entries'),
    podIdentities: disk.collection<PodIdentityDoc>('eks/pod-identities'),
    fargateProfiles: disk.collection<FargateDoc>('eks/fargate-profiles'),
    capabilities: disk.collection<CapabilityDoc>('eks/capabilities'),
    tokens: disk.collection<TokenDoc>('eks/tokens'),
    spans: disk.collection<SpanDoc>('eks/spans'),
    pending: disk.collection<Transition>('eks/pending'),
    counters: disk.collection<number>('eks/counters'),
    workloads: disk.collection<Workloads>(WORKLOADS_SHELF),
    withdrawnAddons: disk.collection<Withdrawal>(WITHDRAWN_SHELF),
  };
}

export type Shelves = ReturnType<typeof openShelves>;

export interface Where {
  readonly accountId: string;
  readonly region: string;
}

/** The EKS of one account in one region at one instant: what an operation, or a transition, reads and writes. */
export class Place {
  readonly accountId: string;
  readonly region: string;
  /** Epoch milliseconds of virtual time. */
  readonly now: number;
  readonly around: Around;
  /** Keys: the cluster's name; of everything in a cluster: `<cluster>/<name>`. */
  readonly clusters: Documents<ClusterDoc>;
  readonly nodegroups: Documents<NodegroupDoc>;
  readonly addons: Documents<AddonDoc>;
  readonly updates: Documents<UpdateDoc>;
  readonly accessEntries: Documents<AccessEntryDoc>;
  readonly podIdentities: Documents<PodIdentityDoc>;
  readonly fargateProfiles: Documents<FargateDoc>;
  readonly capabilities: Documents<CapabilityDoc>;
  readonly tokens: Documents<TokenDoc>;
  readonly spans: Documents<SpanDoc>;
  readonly pending: Documents<Transition>;
  /** What is scripted of what runs in each cluster. */
  readonly workloads: Documents<Workloads>;
  /** What is no more listed of add-ons, by their names: of all accounts in the region. */
  readonly withdrawnAddons: Documents<Withdrawal>;
  readonly #shelves: Shelves;
  readonly #world: World;
  readonly #scheduled: (transition: Transition) => void;

  constructor(stage: { world: World; around: Around; shelves: Shelves }, where: Where, now: number, scheduled: (transition: Transition) => void) {
    this.accountId = where.accountId;
    this.region = where.region;
    this.now = now;
    this.around = stage.around;
    this.#world = stage.world;
    this.#shelves = stage.shelves;
    this.#scheduled = scheduled;
    const prefix = `${where.accountId}/${where.region}/`;
    this.clusters = new Documents(stage.shelves.clusters, prefix);
    this.nodegroups = new Documents(stage.shelves.nodegroups, prefix);
    this.addons = new Documents(stage.shelves.addons, prefix);
    this.updates = new Documents(stage.shelves.updates, prefix);
    this.accessEntries = new Documents(stage.shelves.accessEntries, prefix);
    this.podIdentities = new Documents(stage.shelves.podIdentities, prefix);
    this.fargateProfiles = new Documents(stage.shelves.fargateProfiles, prefix);
    this.capabilities = new Documents(stage.shelves.capabilities, prefix);
    this.tokens = new Documents(stage.shelves.tokens, prefix);
    this.spans = new Documents(stage.shelves.spans, prefix);
    this.pending = new Documents(stage.shelves.pending, prefix);
    this.workloads = new Documents(stage.shelves.workloads, prefix);
    this.withdrawnAddons = new Documents(stage.shelves.withdrawnAddons, `${where.region}/`);
  }

  /** Lets something become true after a drawn time of work, and answers when that is. */
  after(work: Work, transition: Omit<Transition, 'at' | 'sequence'>): number {
    const at = this.now + draw(work, () => this.#world.random());
    this.schedule({ ...transition, at });
    return at;
  }

  /** Lets something become true at a time. */
  schedule(transition: Omit<Transition, 'sequence'>): void {
    const stored = { ...transition, sequence: this.nextSequence() };
    this.pending.put(`${stored.clusterName}/${String(stored.sequence).padStart(12, '0')}`, stored);
    this.#scheduled(stored);
  }

  draw(work: Work): number {
    return draw(work, () => this.#world.random());
  }

  /** Rises by one each time, over all that is stored. */
  nextSequence(): number {
    const next = (this.#shelves.counters.get('sequence') ?? 0) + 1;
    this.#shelves.counters.put('sequence', next);
    return next;
  }

  /** 32 lower-case hex digits. */
  newId(): string {
    return this.#world.newId();
  }

  /** An id as EKS gives to updates and puts at the end of ARNs. */
  newUuid(): string {
    return asUuid(this.#world.newId());
  }

  /** 17 hex digits, as EC2 gives them. */
  newInstanceId(): string {
    return `i-${this.#world.newId().slice(-17)}`;
  }

  /** Opens a span in the history and answers where it is kept. */
  openSpan(span: Omit<SpanDoc, 'from' | 'to'>): string {
    const key = `${span.clusterName}/${String(this.nextSequence()).padStart(12, '0')}`;
    this.spans.put(key, { ...span, from: this.now });
    return key;
  }

  closeSpan(key: string | undefined, at = this.now): void {
    const span = key === undefined ? undefined : this.spans.get(key);
    if (key !== undefined && span !== undefined && span.to === undefined) this.spans.put(key, { ...span, to: Math.max(at, span.from) });
  }

  /** `arn:aws:eks:us-east-1:111111111111:cluster/blue` */
  arn(resource: string): string {
    return `arn:aws:eks:${this.region}:${this.accountId}:${resource}`;
  }
}

/** 32 hex digits in the groups of a UUID. */
export function asUuid(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
