import type { PlannedStep, Stage, StepKind } from '../plan.ts';
import { keyOf, type Resource, type ResourceKind } from './resource.ts';

interface Verbs {
  readonly make: StepKind;
  /** `replace`: AWS changes nothing of it, so it goes and comes anew. */
  readonly change: StepKind | 'replace';
  readonly remove: StepKind;
  /** What a person calls it: `role`, with its name behind. */
  readonly noun: string;
}

const VERBS: Readonly<Record<ResourceKind, Verbs>> = {
  role: { make: 'put-role', change: 'put-role', remove: 'delete-role', noun: 'role' },
  'oidc-provider': { make: 'put-oidc-provider', change: 'put-oidc-provider', remove: 'delete-oidc-provider', noun: 'identity provider' },
  'pod-identity': { make: 'put-pod-identity', change: 'put-pod-identity', remove: 'delete-pod-identity', noun: 'pod identity of' },
  'access-entry': { make: 'put-access-entry', change: 'put-access-entry', remove: 'delete-access-entry', noun: 'access entry of' },
  'fargate-profile': { make: 'create-fargate-profile', change: 'replace', remove: 'delete-fargate-profile', noun: 'Fargate profile' },
  capability: { make: 'create-capability', change: 'update-capability', remove: 'delete-capability', noun: 'capability' },
  'self-managed-group': { make: 'create-self-managed-group', change: 'update-self-managed-group', remove: 'delete-self-managed-group', noun: 'self-managed node group' },
  'auto-mode': { make: 'put-auto-mode', change: 'put-auto-mode', remove: 'remove-auto-mode', noun: 'EKS Auto Mode' },
  'hand-over': { make: 'hand-over', change: 'hand-over', remove: 'take-back', noun: 'what installs' },
};

/** Kinds of steps that work on resources of parts: they are carried out by `ports.parts`. */
export const PART_STEP_KINDS: ReadonlySet<StepKind> = new Set(Object.values(VERBS).flatMap(({ make, change, remove }) => [make, remove, ...(change === 'replace' ? [] : [change])]));

const REMOVALS: ReadonlySet<StepKind> = new Set(Object.values(VERBS).map(({ remove }) => remove));

export function removesResource(kind: StepKind): boolean {
  return REMOVALS.has(kind);
}

/** With the cluster goes what is in its way, whoever made it. */
export function goesWithCluster({ parameters }: Pick<PlannedStep, 'parameters'>): boolean {
  return parameters?.['withCluster'] === true;
}

/** A termination lifecycle hook only waits: moving the pods takes the cluster's own API (source: Auto Scaling user guide, Lifecycle hooks). */
const UNDRAINED = 'Its instances end with what runs on them: Auto Scaling drains none. Where pods are to move gently, drain the nodes first.';

interface At {
  readonly version: string;
  readonly stage: Stage;
  readonly reason: string;
}

/** The step that makes a resource which is not there. */
export function makingStep(resource: Resource, at: At): PlannedStep {
  const { make, noun } = VERBS[resource.kind];
  if (resource.kind === 'auto-mode') return step(resource, make, `Turning ${noun} on`, at);
  const verb = resource.kind === 'hand-over' ? 'Handing over' : resource.kind === 'role' ? 'Making' : 'Creating';
  return step(resource, make, `${verb} ${noun} ${called(resource)}`, at);
}

/** The steps that bring a resource from what it was to what it shall be. */
export function changingSteps(before: Resource, after: Resource, at: At): PlannedStep[] {
  const { change, noun } = VERBS[after.kind];
  if (change === 'replace') return [removingStep(before, { ...at, reason: `AWS changes nothing of a ${noun}: it goes and comes anew.` }), makingStep(after, at)];
  if (after.kind === 'auto-mode') return [step(after, change, `Changing ${noun}`, at)];
  // Whatever scales the group may have moved its size meanwhile: it is set where the wish for it is another.
  if (after.kind === 'self-managed-group' && before.kind === after.kind && before.scalingConfig.desiredSize !== after.scalingConfig.desiredSize) {
    return [{ ...step(after, change, `Changing ${noun} ${called(after)}`, at), parameters: { desiredSize: after.scalingConfig.desiredSize } }];
  }
  return [step(after, change, `${after.kind === 'hand-over' ? 'Handing over anew' : 'Changing'} ${noun} ${called(after)}`, at)];
}

/** The step that takes a resource away. */
export function removingStep(resource: Resource, at: At): PlannedStep {
  const { remove, noun } = VERBS[resource.kind];
  if (resource.kind === 'auto-mode') return step(resource, remove, `Turning ${noun} off`, at);
  if (resource.kind === 'self-managed-group') return step(resource, remove, `Removing ${noun} ${called(resource)}`, { ...at, reason: `${at.reason} ${UNDRAINED}` });
  return step(resource, remove, resource.kind === 'hand-over' ? `Taking back ${noun} ${called(resource)}` : `Removing ${noun} ${called(resource)}`, at);
}

function step(resource: Resource, kind: StepKind, title: string, { version, stage, reason }: At): PlannedStep {
  return { id: `${version}/${kind}/${keyOf(resource)}`, title, kind, stage, subject: resource.name, reason, resource };
}

function called(resource: Resource): string {
  return resource.kind === 'hand-over' ? `${resource.what}${resource.version === undefined ? '' : ` ${resource.version}`}` : resource.name;
}
