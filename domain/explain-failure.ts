import * as z from 'zod';
import addon from './explanations/addon.json' with { type: 'json' };
import controlPlane from './explanations/control-plane.json' with { type: 'json' };
import nodegroup from './explanations/nodegroup.json' with { type: 'json' };
import slipway from './explanations/slipway.json' with { type: 'json' };
import type { OperationError } from './operation.ts';
import type { StepKind } from './plan.ts';

const AFFECTS = ['nodegroup', 'control-plane', 'addon', 'account'] as const;
/** What has to be looked at. `account`: a quota or a switch of the whole account. */
export type Affects = (typeof AFFECTS)[number];

const POLICIES = ['retry-may-help', 'force-would-help', 'mend-first', 'stop'] as const;
/**
 * `retry-may-help`: time alone may mend it. `force-would-help`: disruption budgets hold it, so time may mend it, and force goes past
 * them. `mend-first`: the same again fails again until somebody has acted. `stop`: this way does not lead on at all.
 */
export type FailurePolicy = (typeof POLICIES)[number];

/** Acts named for one code, at most: who reads more at night reads none. */
const NEXT_ACTIONS_MAX = 5;

const Entry = z.strictObject({
  cause: z.string().min(1),
  /** In the order in which they are worth doing. */
  nextActions: z.array(z.string().min(1)).min(1).max(NEXT_ACTIONS_MAX),
  affects: z.enum(AFFECTS).optional(),
  policy: z.enum(POLICIES),
  /** Where AWS says so. */
  source: z.url({ protocol: /^https$/ }).optional(),
});
type Entry = z.output<typeof Entry>;

const Catalogue = z.record(z.string(), Entry);
/** By what a failed step works on. Many codes of EKS mean one thing for a control plane and another for a node group. */
const CATALOGUES: Readonly<Record<Exclude<Affects, 'account'>, ReadonlyMap<string, Entry>>> = {
  nodegroup: mapOf(nodegroup),
  'control-plane': mapOf(controlPlane),
  addon: mapOf(addon),
};
const OURS = mapOf(slipway);

export interface Explanation {
  /** One or two plain sentences. */
  readonly cause: string;
  /** Ordered, each an act that somebody can do. */
  readonly nextActions: readonly string[];
  readonly affects: Affects;
  readonly policy: FailurePolicy;
}

/** What an explanation's words are about. `stepKind` and `subject` are those of the failed step, where one failed. */
export interface FailureScene {
  readonly cluster: string;
  readonly region: string;
  readonly clusterId: string;
  /** Where the work was to lead. */
  readonly to: string;
  readonly stepKind?: StepKind;
  readonly subject?: string;
}

/**
 * Says why work failed, and what to do about it, in the words of the place where it failed: EKS's codes of updates and health issues,
 * Auto Scaling's instance refreshes, and our own. A code that no catalogue has gets an answer that says so.
 */
export function explainFailure(error: Pick<OperationError, 'code' | 'message' | 'remedy' | 'resourceIds'>, scene: FailureScene): Explanation {
  const place = placeOf(scene.stepKind);
  const found = entryFor(error.code, place);
  if (found === undefined) return unexplained(error, place);
  const fill = (text: string): string => filled(text, scene, error.resourceIds ?? []);
  return { cause: fill(found.entry.cause), nextActions: found.entry.nextActions.map(fill), affects: found.entry.affects ?? found.place, policy: found.entry.policy };
}

/** Whether a code has an explanation of its own for failures of this place. */
export function isExplained(code: string, place: Exclude<Affects, 'account'>): boolean {
  return CATALOGUES[place].has(code) || OURS.has(code);
}

function entryFor(code: string, place: Exclude<Affects, 'account'>): { readonly entry: Entry; readonly place: Affects } | undefined {
  const own = CATALOGUES[place].get(code) ?? OURS.get(code);
  if (own !== undefined) return { entry: own, place };
  // EKS lists one set of codes for all updates: a node group's update may well name a subnet of the cluster.
  const elsewhere = (['nodegroup', 'control-plane', 'addon'] as const).find((other) => CATALOGUES[other].has(code));
  const entry = elsewhere === undefined ? undefined : CATALOGUES[elsewhere].get(code);
  return elsewhere === undefined || entry === undefined ? undefined : { entry, place: elsewhere };
}

/** An error of the rules brings its own remedy; anything else that has no entry is a code that EKS has learned since. */
function unexplained({ code, message, remedy }: Pick<OperationError, 'code' | 'message' | 'remedy'>, affects: Affects): Explanation {
  if (remedy !== undefined) return { cause: message, nextActions: [remedy], affects, policy: 'mend-first' };
  return {
    cause: `${code} is no code that this release of Slipway knows; all that is known is its message.`,
    nextActions: ['Read the message, and look up the code in the EKS API reference.', 'Look at the health of the cluster, its node groups and add-ons at EKS, and mend what it names.', 'Try again; if it fails the same way, open a case with AWS Support and give it the update\'s id.'],
    affects,
    policy: 'mend-first',
  };
}

function placeOf(kind: StepKind | undefined): Exclude<Affects, 'account'> {
  switch (kind) {
    case 'create-nodegroup':
    case 'upgrade-nodegroup':
    case 'update-nodegroup-config':
    case 'delete-nodegroup':
    case 'refresh-instances':
      return 'nodegroup';
    case 'create-addon':
    case 'upgrade-addon':
    case 'update-addon-config':
    case 'delete-addon':
      return 'addon';
    default:
      return 'control-plane';
  }
}

/** Resources named in a sentence, at most; an operation's error lists all of them besides. */
const RESOURCES_NAMED_MAX = 3;

/** `{resources|the subnet}` becomes the resources that EKS named, or the words after the bar where it named none. */
function filled(text: string, { cluster, region, clusterId, to, subject }: FailureScene, resourceIds: readonly string[]): string {
  const more = resourceIds.length - RESOURCES_NAMED_MAX;
  const named = `${resourceIds.slice(0, RESOURCES_NAMED_MAX).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
  // A command takes one resource or a list without commas: the first is enough to begin with.
  const inCommands = text.replace(/`[^`]*`/g, (command) => command.replace(/\{resources\|([^}]*)\}/g, (_, otherwise: string) => resourceIds[0] ?? otherwise));
  return inCommands
    .replace(/\{resources\|([^}]*)\}/g, (_, otherwise: string) => (resourceIds.length === 0 ? otherwise : named))
    .replaceAll('{cluster}', cluster)
    .replaceAll('{region}', region)
    .replaceAll('{clusterId}', clusterId)
    .replaceAll('{to}', to)
    .replaceAll('{subject}', subject ?? cluster);
}

function mapOf(data: unknown): ReadonlyMap<string, Entry> {
  return new Map(Object.entries(Catalogue.parse(data)));
}
