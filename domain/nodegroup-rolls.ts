import type { NodegroupFacts } from './facts.ts';
import { finding } from './finding-codes.ts';
import { compareMinors, nextMinor, type Minor } from './minor.ts';
import type { Finding } from './plan.ts';
import { kubeletFits, kubeletSkewMinorsMax } from './skew.ts';

/** One node group replaced node by node, to the control plane's minor, and why now. */
export interface NodegroupRoll {
  readonly nodegroupName: string;
  readonly from: Minor;
  readonly to: Minor;
  readonly because: string;
}

/** A managed node group as it stands at one point of the plan. `version` undefined: EKS does not know its kubelet. */
export interface NodegroupAt {
  readonly nodegroupName: string;
  readonly version: Minor | undefined;
  readonly amiType: string;
  readonly customAmi: boolean;
}

/** EKS builds no Amazon Linux 2 images for 1.33 and later, whatever the date (source: EKS user guide, AL2 AMI deprecation; eksup EKS008). */
export const AL2_LAST_MINOR: Minor = '1.32';

/** Whether EKS offers managed nodes of this image type for this minor. */
export function isAmiTypeOffered(amiType: string, minor: Minor): boolean {
  return !amiType.startsWith('AL2_') || compareMinors(minor, AL2_LAST_MINOR) <= 0;
}

/**
 * Whether a group rolls now that the control plane is at `controlPlane` on its way to `goal`. It rolls at the goal, and on the way
 * only where the next hop would leave it too far behind: waiting until then and rolling as far as the control plane is gives the
 * fewest rolls. Decided from where things stand alone, so planning again halfway gives the rest of the same rolls.
 */
export function rollAt(group: NodegroupAt, controlPlane: Minor, goal: Minor): NodegroupRoll | undefined {
  const { nodegroupName, version } = group;
  if (version === undefined || compareMinors(version, controlPlane) >= 0 || !canRollTo(group, controlPlane)) return undefined;
  const roll = { nodegroupName, from: version, to: controlPlane };
  if (controlPlane === goal) return { ...roll, because: `The control plane has come to ${goal}, and the nodes follow it at the end.` };
  const next = nextMinor(controlPlane);
  if (!kubeletFits(version, next)) {
    return { ...roll, because: `At ${version} it would be more than ${kubeletSkewMinorsMax(version)} minors behind a control plane at ${next}, so it rolls before that hop.` };
  }
  // An AL2 group that will be needed further on has its last chance here.
  if (!canRollTo(group, next) && !kubeletFits(version, goal)) {
    return { ...roll, because: `EKS has no ${group.amiType} images for ${next}, and at ${version} it would be too far behind a control plane at ${goal}: this is the last minor that it can roll to.` };
  }
  return undefined;
}

/** What stands in the way of a hop, or is left behind at the goal, because a group cannot be rolled by version. */
export function findingsAtHop(group: NodegroupAt, controlPlane: Minor, next: Minor): readonly Finding[] {
  if (group.version === undefined || compareMinors(group.version, controlPlane) > 0 || kubeletFits(group.version, next)) return [];
  return [cannotRoll(group, group.version, controlPlane, next, 'blocks')];
}

export function findingsAtGoal(group: NodegroupAt, goal: Minor): readonly Finding[] {
  const { nodegroupName, version } = group;
  if (version === undefined) {
    return [
      finding('kubelet-version-unknown', 'advises', nodegroupName, {
        detail: 'EKS does not know which kubelet its custom image brings, so its skew could not be judged.',
        remedy: 'Check that the image\'s kubelet is not newer than the control plane and at most three minors behind the target.',
        hop: goal,
      }),
    ];
  }
  return compareMinors(version, goal) >= 0 ? [] : [cannotRoll(group, version, goal, goal, 'advises')];
}

/** Custom images are rolled by a new launch template version, never by a Kubernetes version (source: EKS UpdateNodegroupVersion, launch templates with a custom AMI). */
export function canRollTo(group: Pick<NodegroupAt, 'amiType' | 'customAmi'>, minor: Minor): boolean {
  return !group.customAmi && isAmiTypeOffered(group.amiType, minor);
}

function cannotRoll(group: NodegroupAt, version: Minor, controlPlane: Minor, hop: Minor, severity: Finding['severity']): Finding {
  const why = severity === 'blocks' ? `At ${version} it would be too far behind a control plane at ${hop}` : `It stays at ${version} under a control plane at ${hop}`;
  if (group.customAmi) {
    return finding('custom-ami', severity, group.nodegroupName, {
      detail: `${why}, and its launch template names its own image, so it cannot be rolled by version.`,
      remedy: `Build an image with a kubelet of ${controlPlane}, put it in a new version of the launch template, and update the group to that.`,
      hop,
    });
  }
  return finding('al2-not-offered', severity, group.nodegroupName, {
    detail: `${why}, and EKS offers no ${group.amiType} images after ${AL2_LAST_MINOR}.`,
    remedy: 'Make a node group with an AL2023 or Bottlerocket image type, move the workload, and delete this group.',
    hop,
  });
}

/** The part of a group's facts that rolling depends on. */
export function nodegroupAt(facts: NodegroupFacts): NodegroupAt {
  return { nodegroupName: facts.nodegroupName, version: facts.version, amiType: facts.amiType, customAmi: facts.customAmi };
}
