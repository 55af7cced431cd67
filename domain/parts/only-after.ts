import type { AddonIdentity, AddonShare } from '../addons/asked.ts';
import type { PlannedStep } from '../plan.ts';
import { keyOf, type PartKind, type Resource } from './resource.ts';
import { removesResource } from './steps-of-resource.ts';

/** What of the record decides which step comes only after which. */
export interface Standing {
  readonly made: readonly Resource[];
  /** Resources that failed when they were last tried, by `keyOf`. */
  readonly troubled?: ReadonlySet<string>;
  /** What was to be there before this change, by `keyOf`. */
  readonly planned?: ReadonlySet<string>;
  readonly addonShares?: readonly AddonShare[];
}

/** Parts that stand for themselves, each by its name: none takes the place of another. Of all others what goes may have been replaced by what comes. */
const EACH_BY_ITSELF: ReadonlySet<PartKind> = new Set(['pod-identity', 'capability', 'tokens']);

type OfResource = PlannedStep & { readonly resource: Resource };

/**
 * The steps of a plan, each with those that it comes only after, so that a step that fails holds up what needs it and nothing else. What is made
 * waits for what it needs; what goes, for what had needed it, and for what takes its place.
 */
export function withOnlyAfter(steps: readonly PlannedStep[], standing: Standing): PlannedStep[] {
  const ofResources = steps.filter((step): step is OfResource => step.resource !== undefined);
  const all: Steps = {
    list: steps,
    // Of what goes and comes anew the latter counts.
    bringing: new Map(ofResources.filter(({ kind }) => !removesResource(kind)).map((step) => [keyOf(step.resource), step])),
    removing: new Map(ofResources.filter(({ kind }) => removesResource(kind)).map((step) => [keyOf(step.resource), step])),
    standing,
  };
  return steps.map((step) => {
    const onlyAfter = [...new Set([...(step.onlyAfter ?? []), ...before(step, all).map(({ id }) => id)])].filter((id) => id !== step.id);
    return onlyAfter.length === 0 ? step : { ...step, onlyAfter };
  });
}

interface Steps {
  readonly list: readonly PlannedStep[];
  readonly bringing: ReadonlyMap<string, OfResource>;
  readonly removing: ReadonlyMap<string, OfResource>;
  readonly standing: Standing;
}

function before(step: PlannedStep, all: Steps): readonly PlannedStep[] {
  const { resource } = step;
  if (resource === undefined) return step.kind.endsWith('addon') || step.kind === 'update-addon-config' ? beforeAddon(step, all) : [];
  const anew = all.bringing.get(keyOf(resource));
  if (!removesResource(step.kind)) return [...needed(resource, all), ...present(all.removing.get(keyOf(resource)))];
  // It goes to come anew: not before the new one can be made.
  if (anew !== undefined) return needed(anew.resource, all);
  return [...users(resource, all), ...replacing(resource, all)];
}

function needed({ needs = [] }: Resource, { bringing }: Steps): readonly PlannedStep[] {
  return needs.flatMap((need) => present(bringing.get(need)));
}

/** The roles of its service accounts; and one step of an add-on after the other. */
function beforeAddon(step: PlannedStep, { list, bringing }: Steps): readonly PlannedStep[] {
  const identities = (step.parameters?.['podIdentityAssociations'] ?? []) as readonly AddonIdentity[];
  const roles = identities.flatMap(({ roleArn }) => present(bringing.get(`role/${roleArn.slice(roleArn.lastIndexOf('/') + 1)}`)));
  return [...roles, ...list.slice(0, list.indexOf(step)).filter(({ resource, subject }) => resource === undefined && subject === step.subject)];
}

/** What was made with it, and is changed or goes too; and add-ons whose pods had it as their role. */
function users(resource: Resource, { list, bringing, removing, standing: { made, addonShares = [] } }: Steps): readonly PlannedStep[] {
  const key = keyOf(resource);
  const of = made.filter(({ needs = [] }) => needs.includes(key)).flatMap((user) => present(bringing.get(keyOf(user)) ?? removing.get(keyOf(user))));
  if (resource.kind !== 'role') return of;
  const addons = addonShares.filter(({ podIdentityAssociations = [] }) => podIdentityAssociations.some(({ roleArn }) => roleArn.endsWith(`/${resource.name}`))).map(({ addonName }) => addonName);
  return [...of, ...list.filter((step) => step.resource === undefined && addons.includes(step.subject))];
}

/**
 * What may take its place. What had failed before this change holds up nothing that goes by this change: that is another wish. The last of a chain
 * of needs stands for all of it.
 */
function replacing(resource: Resource, { bringing, standing: { troubled = new Set(), planned = new Set() } }: Steps): readonly PlannedStep[] {
  const own = [...bringing.values()].filter((step) => step.resource.part === resource.part && (!EACH_BY_ITSELF.has(resource.part) || step.resource.partName === resource.partName));
  const inner = new Set(own.flatMap((step) => step.resource.needs ?? []));
  return own.filter((step) => !inner.has(keyOf(step.resource)) && !(troubled.has(keyOf(step.resource)) && planned.has(keyOf(resource))));
}

function present(step: PlannedStep | undefined): readonly PlannedStep[] {
  return step === undefined ? [] : [step];
}
