import { same } from '../json-equal.ts';
import type { PlannedStep, Stage } from '../plan.ts';
import { entriesLeft, isOfEks, type OtherEntries } from './entries-of-eks.ts';
import { withOnlyAfter, type Standing } from './only-after.ts';
import { keyOf, type PartKind, type Resource, type ResourceKind } from './resource.ts';
import { changingSteps, makingStep, removingStep } from './steps-of-resource.ts';

interface Difference extends Standing {
  readonly wanted: readonly Resource[];
  readonly version: string;
  readonly stageOf: (resource: Resource) => Stage;
  /** Steps of add-ons: they use roles that are made here, and may still use those that go. */
  readonly addons?: readonly PlannedStep[];
  /** Of a cluster that stays: who else may have an access entry. With the cluster go all of them. */
  readonly others?: OtherEntries;
}

/**
 * The steps from what was made to what is wanted: first what is new or other, each after what it needs, then what is wanted no more, each before what it
 * needed. What failed when it was last tried comes last of what is made: it may fail again, and take its time to.
 */
export function planParts({ wanted, version, stageOf, addons = [], others, ...standing }: Difference): PlannedStep[] {
  const { made, troubled = new Set() } = standing;
  const was = new Map(made.map((resource) => [keyOf(resource), resource]));
  const is = new Set(wanted.map(keyOf));
  const at = (resource: Resource, reason: string) => ({ version, stage: stageOf(resource), reason });
  const brought = troubledLast(inOrderOfNeeds(wanted), troubled).flatMap((resource) => {
    const before = was.get(keyOf(resource));
    if (before === undefined) return [makingStep(resource, at(resource, `Asked for as ${spoken(resource)}.`))];
    return same(before, resource) ? [] : changingSteps(before, resource, at(resource, `It is to be otherwise for ${spoken(resource)}.`));
  });
  const gone = [...inOrderOfNeeds(made.filter((resource) => !is.has(keyOf(resource)) && !isOfEks(resource)))].reverse();
  const goes = (resource: Resource): PlannedStep => removingStep(resource, at(resource, `Nothing asks for it any more: it was made for ${spoken(resource)}.`));
  const going = gone.filter((resource) => deletionStage(resource) === 'RemoveParts').map(goes);
  const left = others === undefined ? [] : entriesLeft(made, wanted, others).map(({ entry, by }) => {
    const keys = new Set(by.map(keyOf));
    const onlyAfter = [...brought, ...going].flatMap(({ id, resource }) => (resource !== undefined && keys.has(keyOf(resource)) ? [id] : []));
    return { ...removingStep(entry, at(entry, `EKS made it for ${spoken(entry)}, and nothing else uses the role here.`)), ...(onlyAfter.length === 0 ? {} : { onlyAfter }) };
  });
  return withOnlyAfter([...brought, ...addons, ...going, ...left, ...gone.filter((resource) => deletionStage(resource) !== 'RemoveParts').map(goes)], standing);
}

/** Resources in order of their needs, those in trouble and what needs them behind the others. */
function troubledLast(resources: readonly Resource[], troubled: ReadonlySet<string>): readonly Resource[] {
  const late = new Set<string>();
  for (const resource of resources) {
    if (troubled.has(keyOf(resource)) || (resource.needs ?? []).some((need) => late.has(need))) late.add(keyOf(resource));
  }
  return [...resources.filter((resource) => !late.has(keyOf(resource))), ...resources.filter((resource) => late.has(keyOf(resource)))];
}

/** Each after what it needs; otherwise as they stood. A need that is not among them is there already, or made by another stage. */
export function inOrderOfNeeds(resources: readonly Resource[]): readonly Resource[] {
  const byKey = new Map(resources.map((resource) => [keyOf(resource), resource]));
  const placed = new Set<string>();
  const order: Resource[] = [];
  const place = (resource: Resource, path: readonly string[]): void => {
    const key = keyOf(resource);
    if (placed.has(key)) return;
    if (path.includes(key)) throw new Error(`Resources need each other in a circle: ${[...path, key].join(' -> ')}`);
    for (const need of resource.needs ?? []) {
      const needed = byKey.get(need);
      if (needed !== undefined) place(needed, [...path, key]);
    }
    placed.add(key);
    order.push(resource);
  };
  for (const resource of resources) place(resource, []);
  return order;
}

/** The stages of a creation in their order, and which kinds of resource come in which. */
const CREATION_STAGES: Readonly<Record<ResourceKind, Stage>> = {
  role: 'MakeRoles',
  'oidc-provider': 'MakeIdentities',
  'pod-identity': 'MakeIdentities',
  'access-entry': 'MakeIdentities',
  'fargate-profile': 'MakeNodes',
  'self-managed-group': 'MakeNodes',
  'auto-mode': 'MakeNodes',
  capability: 'MakeParts',
  'hand-over': 'MakeParts',
};

const STAGE_ORDER: readonly Stage[] = ['MakeRoles', 'MakeIdentities', 'MakeNodes', 'MakeParts'];

/** Where each resource comes in a new cluster's making: in the stage of its kind, or later where it needs something of a later one. */
export function creationStages(wanted: readonly Resource[]): (resource: Resource) => Stage {
  const stages = new Map<string, number>();
  for (const resource of inOrderOfNeeds(wanted)) {
    const own = STAGE_ORDER.indexOf(CREATION_STAGES[resource.kind]);
    stages.set(keyOf(resource), Math.max(own, ...(resource.needs ?? []).map((need) => stages.get(need) ?? 0)));
  }
  return (resource) => STAGE_ORDER[stages.get(keyOf(resource)) ?? 0] ?? 'MakeParts';
}

/** What outlives a control plane is taken away after it: roles that it or its nodes still use, and IAM's trust in it. */
export function deletionStage({ kind }: Resource): Stage {
  return kind === 'role' || kind === 'oidc-provider' ? 'RemoveIdentities' : 'RemoveParts';
}

function spoken({ part, partName }: { readonly part: PartKind; readonly partName: string }): string {
  const noun = part.replaceAll('-', ' ');
  return partName === part ? noun : `${noun} ${partName}`;
}
