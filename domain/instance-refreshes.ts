import { finding } from './finding-codes.ts';
import { compareMinors, nextMinor, type Minor } from './minor.ts';
import type { Finding } from './plan.ts';
import type { SelfManagedGroupFacts } from './readiness-facts.ts';
import { kubeletFits, kubeletSkewMinorsMax } from './skew.ts';

/** Instances of a self-managed group that stay in service while it is refreshed: Auto Scaling's own default (source: Auto Scaling API reference, RefreshPreferences). */
export const MIN_HEALTHY_PERCENTAGE = 90;

/** One self-managed Auto Scaling group whose instances are replaced, and why now. */
export interface InstanceRefresh {
  readonly groupName: string;
  readonly from: Minor;
  readonly to: Minor;
  readonly launchTemplateId: string;
  readonly launchTemplateVersion: string;
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
}

/** The part of a group's facts that a refresh depends on. */
export function selfManagedAt(facts: SelfManagedGroupFacts): SelfManagedAt {
  const { groupName, kubelets, launchTemplate, images } = facts;
  const known = kubelets.filter((minor) => minor !== undefined);
  return {
    groupName,
    version: oldestOf(known),
    newest: newestOf(known),
    unknown: known.length < kubelets.length,
    launchTemplateId: launchTemplate?.id,
    images: images.flatMap(({ version, minor }) => (minor === undefined ? [] : [{ version, minor }])),
  };
}

/**
 * Whether a group is refreshed now that the control plane is at `controlPlane` on its way to `goal`, by the rule of managed groups
 * (`rollAt`): at the goal, and on the way only where the next hop would leave it too far behind. At the goal the image must be for the
 * goal; on the way the newest that the control plane allows will do, because a launch template seldom has one for every minor.
 */
export function refreshAt(group: SelfManagedAt, controlPlane: Minor, goal: Minor): InstanceRefresh | undefined {
  const { groupName, version, launchTemplateId } = group;
  if (version === undefined || launchTemplateId === undefined || compareMinors(version, controlPlane) >= 0) return undefined;
  const image = newestImage(group, controlPlane);
  if (image === undefined || compareMinors(image.minor, version) <= 0) return undefined;
  const refresh = { groupName, from: version, to: image.minor, launchTemplateId, launchTemplateVersion: image.version };
  if (controlPlane === goal) {
    return image.minor === goal ? { ...refresh, because: `The control plane has come to ${goal}, and version ${image.version} of the group's launch template has an image for it.` } : undefined;
  }
  const next = nextMinor(controlPlane);
  if (kubeletFits(version, next) || !kubeletFits(image.minor, next)) return undefined;
  return {
    ...refresh,
    because: `At ${version} it would be more than ${kubeletSkewMinorsMax(version)} minors behind a control plane at ${next}; version ${image.version} of its launch template has the newest image that fits.`,
  };
}

/** What a refresh back brings: the newest image that is no newer than `target` and fits the control plane where it is now, and so after it too. */
export function refreshBack(group: SelfManagedAt, controlPlane: Minor, target: Minor): Omit<InstanceRefresh, 'because'> | undefined {
  const { groupName, newest, launchTemplateId } = group;
  const image = newestImage(group, target);
  if (newest === undefined || launchTemplateId === undefined || image === undefined || !kubeletFits(image.minor, controlPlane)) return undefined;
  return { groupName, from: newest, to: image.minor, launchTemplateId, launchTemplateVersion: image.version };
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

/** What a refresh does not do by itself (source: Auto Scaling user guide, lifecycle hooks; aws-node-termination-handler, queue processor). */
export const NOT_DRAINED = 'Its pods are drained only where a lifecycle hook of the group sees to it.';

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

/** The newest minor that is not newer than `atMost`; of the versions with an image for it the newest. */
function newestImage(group: SelfManagedAt, atMost: Minor): SelfManagedAt['images'][number] | undefined {
  const fitting = group.images.filter((image) => compareMinors(image.minor, atMost) <= 0);
  return [...fitting].sort((a, b) => compareMinors(b.minor, a.minor) || Number(b.version) - Number(a.version))[0];
}
