import { finding } from './finding-codes.ts';
import { compareMinors, nextMinor, type Minor } from './minor.ts';
import type { Resource, SelfManagedGroupResource } from './parts/resource.ts';
import type { Finding, PlannedStep, Stage } from './plan.ts';
import type { SelfManagedGroupFacts } from './readiness-facts.ts';
import { kubeletFits, kubeletSkewMinorsMax } from './skew.ts';

/** Instances of a self-managed group that stay in service while it is refreshed: Auto Scaling's own default (source: Auto Scaling API reference, RefreshPreferences). */
export const MIN_HEALTHY_PERCENTAGE = 90;

/** One self-managed Auto Scaling group whose instances are replaced, and why now. */
export interface InstanceRefresh {
  readonly groupName: string;
  readonly from: Minor;
  readonly to: Minor;
  /** Of a group that is not ours: where the image is. */
  readonly launchTemplate?: { readonly id: string; readonly version: string };
  /** Of a group of ours: what it shall be before its instances are replaced. */
  readonly own?: SelfManagedGroupResource;
  readonly because: string;
}

/** A self-managed group as it stands at one point of the plan: its oldest kubelet that is known and its newest; undefined where none is, or none runs. */
export interface SelfManagedAt {
  readonly groupName: string;
  readonly version: Minor | undefined;
  readonly newest: Minor | undefined;
  /** Some of its instances do not tell their kubelet. */
  readonly unknown: boolean;
  readonly launchTemplateId: string | undefined;
  /** The versions of its launch template whose image's minor is known. */
  readonly images: readonly { readonly version: string; readonly minor: Minor }[];
  /** The minor that a new instance would have, where it is known. */
  readonly coming: Minor | undefined;
  /** The group is one of ours, as it was made: an image for any minor is put into its template when it is needed. */
  readonly own?: SelfManagedGroupResource;
}

/** The part of a group's facts that a refresh depends on. */
export function selfManagedAt(facts: SelfManagedGroupFacts, made: readonly Resource[] = []): SelfManagedAt {
  const { groupName, kubelets, launchTemplate, images } = facts;
  const own = made.find((resource) => resource.kind === 'self-managed-group' && resource.name === groupName);
  const known = kubelets.filter((minor) => minor !== null);
  return {
    groupName,
    version: oldestOf(known),
    newest: newestOf(known),
    unknown: known.length < kubelets.length,
    launchTemplateId: launchTemplate?.id,
    images: images.flatMap(({ version, minor }) => (minor === undefined ? [] : [{ version, minor }])),
    coming: images.find(({ version }) => version === launchTemplate?.version)?.minor,
    ...(own?.kind === 'self-managed-group' ? { own } : {}),
  };
}

/**
 * Whether a group is refreshed now that the control plane is at `controlPlane` on its way to `goal`, by the rule of managed groups
 * (`rollAt`): at the goal, and on the way only where the next hop would leave it too far behind. At the goal the image must be for the
 * goal; on the way the newest that the control plane allows will do, because a launch template seldom has one for every minor.
 */
export function refreshAt(group: SelfManagedAt, controlPlane: Minor, goal: Minor): InstanceRefresh | undefined {
  const { groupName, version } = group;
  if (version === undefined || compareMinors(version, controlPlane) >= 0) return undefined;
  const image = newestImage(group, controlPlane);
  if (image === undefined || compareMinors(image.minor, version) <= 0) return undefined;
  const refresh = { groupName, from: version, to: image.minor, ...image.from };
  if (controlPlane === goal) {
    return image.minor === goal ? { ...refresh, because: `The control plane has come to ${goal}, and ${image.where} an image for it.` } : undefined;
  }
  const next = nextMinor(controlPlane);
  if (kubeletFits(version, next) || !kubeletFits(image.minor, next)) return undefined;
  return {
    ...refresh,
    because: `At ${version} it would be more than ${kubeletSkewMinorsMax(version)} minors behind a control plane at ${next}; ${image.where} the newest image that fits.`,
  };
}

/** What a refresh back brings: the newest image that is no newer than `target` and fits the control plane where it is now, and so after it too. */
export function refreshBack(group: SelfManagedAt, controlPlane: Minor, target: Minor): Omit<InstanceRefresh, 'because'> | undefined {
  const { groupName, newest } = group;
  const image = newestImage(group, target);
  if (newest === undefined || image === undefined || !kubeletFits(image.minor, controlPlane)) return undefined;
  return { groupName, from: newest, to: image.minor, ...image.from };
}

/** What stands in the way of a hop because a group has no image that would do. */
export function refreshFindingsAtHop(group: SelfManagedAt, controlPlane: Minor, next: Minor): readonly Finding[] {
  if (group.version === undefined || compareMinors(group.version, controlPlane) > 0 || kubeletFits(group.version, next)) return [];
  return [noImage(group, 'blocks', controlPlane, next, `At ${group.version} it would be too far behind a control plane at ${next}`)];
}

/** What is left behind at the goal. */
export function refreshFindingsAtGoal(group: SelfManagedAt, goal: Minor): readonly Finding[] {
  if (group.unknown) {
    return [
      finding('kubelet-version-unknown', 'advises', group.groupName, {
        detail: 'The names of its images do not tell which kubelets some of its instances have, so their skew could not be judged.',
        remedy: `See that none is newer than the control plane or more than three minors behind ${goal}.`,
        hop: goal,
      }),
    ];
  }
  if (group.version === undefined || compareMinors(group.version, goal) >= 0) return [];
  return [noImage(group, 'advises', goal, goal, `It stays at ${group.version} under a control plane at ${goal}`)];
}

/** What a group of ours shall be where it has no instance to replace at the goal: the next one that comes must fit. */
export function templateAt(group: SelfManagedAt, controlPlane: Minor, goal: Minor): SelfManagedGroupResource | undefined {
  const { own, version, unknown, coming } = group;
  if (own === undefined || version !== undefined || unknown || coming === undefined) return undefined;
  return controlPlane === goal && compareMinors(coming, goal) < 0 ? { ...own, version: goal } : undefined;
}

/** The step that puts the image of a minor into the template of a group of ours, and has new instances made from it. */
export function templateStep(own: SelfManagedGroupResource, hop: Minor, at: { readonly stage: Stage; readonly reason: string }): PlannedStep {
  return {
    id: `${hop}/template/${own.name}`,
    title: `Putting an image for ${own.version} into the template of ${own.partName}`,
    kind: 'update-self-managed-group',
    subject: own.name,
    to: own.version,
    resource: own,
    ...at,
  };
}

/** What tells one refresh from another, and what Auto Scaling is asked for: nothing more where the group's own template is meant. */
export function refreshOf({ groupName, launchTemplate }: Pick<InstanceRefresh, 'groupName' | 'launchTemplate'>, hop: Minor): Pick<PlannedStep, 'id' | 'parameters'> {
  if (launchTemplate === undefined) return { id: `${hop}/instances/${groupName}`, parameters: { minHealthyPercentage: MIN_HEALTHY_PERCENTAGE } };
  const { id, version } = launchTemplate;
  return { id: `${hop}/instances/${groupName}/${version}`, parameters: { launchTemplateId: id, launchTemplateVersion: version, minHealthyPercentage: MIN_HEALTHY_PERCENTAGE } };
}

/** What a refresh does not do by itself (source: Auto Scaling user guide, lifecycle hooks; aws-node-termination-handler, queue processor). */
export const NOT_DRAINED = 'A refresh ends instances without regard to disruption budgets: pods are drained only where a lifecycle hook of the group sees to it.';

/** The oldest of several minors. */
export function oldestOf(minors: readonly Minor[]): Minor | undefined {
  return [...minors].sort(compareMinors)[0];
}

/** The newest of several minors. */
export function newestOf(minors: readonly Minor[]): Minor | undefined {
  return [...minors].sort(compareMinors).at(-1);
}

function noImage(group: SelfManagedAt, severity: Finding['severity'], wanted: Minor, hop: Minor, why: string): Finding {
  const lack = group.launchTemplateId === undefined ? 'it has no launch template of its own that Slipway could refresh it to' : `no version of its launch template has an image with a kubelet of ${wanted}`;
  return finding('self-managed-no-image', severity, group.groupName, {
    detail: `${why}, and ${lack}.`,
    remedy: `Put an image with a kubelet of ${wanted} into a new version of the group's launch template, then plan again; or replace its instances by hand.`,
    hop,
  });
}

interface ImageAt {
  readonly minor: Minor;
  readonly where: string;
  readonly from: Pick<InstanceRefresh, 'launchTemplate' | 'own'>;
}

/** The newest minor that is not newer than `atMost`; of the versions with an image for it the newest. A group of ours gets what it needs. */
function newestImage(group: SelfManagedAt, atMost: Minor): ImageAt | undefined {
  if (group.own !== undefined) return { minor: atMost, where: 'its template gets', from: { own: { ...group.own, version: atMost } } };
  const { launchTemplateId: id } = group;
  const fitting = group.images.filter((image) => compareMinors(image.minor, atMost) <= 0);
  const [newest] = [...fitting].sort((a, b) => compareMinors(b.minor, a.minor) || Number(b.version) - Number(a.version));
  return newest === undefined || id === undefined ? undefined : { minor: newest.minor, where: `version ${newest.version} of the group's launch template has`, from: { launchTemplate: { id, version: newest.version } } };
}
