import { architectureOfAmi, architectureOfInstance, isKnownAmiType } from './ami-types.ts';
import type { Nodegroup } from './cluster.ts';
import type { Minor } from './minor.ts';
import { AL2_LAST_MINOR, isAmiTypeOffered } from './nodegroup-rolls.ts';
import { readinessErrors } from './node-repair-rules.ts';
import { refuse, type Refusal } from './refusal.ts';

export interface RuleError {
  readonly path: string;
  readonly message: string;
}

const NAME_PATTERN = /^[0-9A-Za-z][A-Za-z0-9_-]{0,62}$/;
const TAINTS_MAX = 50;
const LABELS_MAX = 50;
const INSTANCE_TYPES_MAX = 20;
const UNAVAILABLE_MAX = 100;
/** A Kubernetes label or taint key: an optional DNS prefix, then at most 63 characters. */
const KEY_PATTERN = /^([0-9a-z]([0-9a-z.-]{0,251}[0-9a-z])?\/)?[0-9A-Za-z]([0-9A-Za-z_.-]{0,61}[0-9A-Za-z])?$/;
/** Prefixes that EKS takes no labels with (source: EKS CreateNodegroup, labels: its own and those that Kubernetes keeps for the kubelet). */
const RESERVED_LABEL_PREFIXES: readonly string[] = ['kubernetes.io/', 'k8s.io/', 'eks.amazonaws.com/'];
const VALUE_PATTERN = /^([0-9A-Za-z]([0-9A-Za-z_.-]{0,61}[0-9A-Za-z])?)?$/;

/** Whether the group's launch template brings its own image: then EKS is told neither version nor release nor image type. */
export function bringsOwnImage(nodegroup: Nodegroup): boolean {
  return nodegroup.customAmi === true || nodegroup.amiType === 'CUSTOM';
}

/** The refusals that a new group meets for its version and image: it is born at its cluster's version, and EKS must have images for that. */
export function refuseNodegroup(nodegroup: Nodegroup, clusterVersion: Minor, path: string): Refusal | undefined {
  const { nodegroupName, version, amiType, releaseVersion } = nodegroup;
  if (version !== undefined && version !== clusterVersion && !bringsOwnImage(nodegroup)) {
    return refuse('version-not-the-clusters', `Node group ${nodegroupName} asks for ${version}; a node group has its cluster's version, ${clusterVersion}.`, {
      remedy: 'Leave the version out, or name the cluster\'s.',
      errors: [{ path: `${path}version`, message: `Must be ${clusterVersion}` }],
    });
  }
  if (amiType !== undefined && !isKnownAmiType(amiType)) {
    return refuse('ami-type-not-offered', `EKS knows no image type ${amiType}.`, {
      remedy: 'Choose one of EKS\'s own, such as AL2023_x86_64_STANDARD, AL2023_ARM_64_STANDARD or BOTTLEROCKET_x86_64; CUSTOM for an image of your own.',
      errors: [{ path: `${path}amiType`, message: 'Not an image type of EKS' }],
    });
  }
  if (releaseVersion !== undefined && isReleaseOfAnother(releaseVersion, amiType, clusterVersion)) {
    return refuse('version-not-the-clusters', `Node group ${nodegroupName} asks for release ${releaseVersion}, which is not one of ${clusterVersion}; a node group has its cluster's version.`, {
      remedy: 'Leave the release out to get the newest, or name one of the cluster\'s version.',
      errors: [{ path: `${path}releaseVersion`, message: `Not a release of ${clusterVersion}` }],
    });
  }
  if (amiType !== undefined && !isAmiTypeOffered(amiType, clusterVersion)) {
    return refuse('ami-type-not-offered', `EKS offers no ${amiType} images for ${clusterVersion}; Amazon Linux 2 ends with ${AL2_LAST_MINOR}.`, {
      remedy: 'Choose an AL2023 or Bottlerocket image type.',
      errors: [{ path: `${path}amiType`, message: `Not offered for ${clusterVersion}` }],
    });
  }
  return undefined;
}

/** Releases of Amazon Linux and Windows begin with their minor (`1.33.4-20260901`, `1.33-2026.09.08`); Bottlerocket counts its own. */
function isReleaseOfAnother(releaseVersion: string, amiType: string | undefined, minor: Minor): boolean {
  if (amiType?.startsWith('BOTTLEROCKET') === true) return false;
  return !releaseVersion.startsWith(`${minor}.`) && !releaseVersion.startsWith(`${minor}-`);
}

/** What is wrong with a group as it is asked for, each with its path. The limits are EKS's and Kubernetes's own (source: EKS CreateNodegroup, Kubernetes labels). */
export function nodegroupErrors(nodegroup: Nodegroup, path: string): readonly RuleError[] {
  const at = (name: string, message: string): RuleError => ({ path: `${path}${name}`, message });
  const { nodegroupName, nodeRole, instanceTypes = [], diskSize, capacityType } = nodegroup;
  const errors: RuleError[] = [];
  if (!NAME_PATTERN.test(nodegroupName)) errors.push(at('nodegroupName', 'Begins with a letter or digit, goes on with letters, digits, hyphens and underscores; at most 63 characters'));
  if (nodeRole === undefined) errors.push(at('nodeRole', 'Name the role of the nodes'));
  if (instanceTypes.length > INSTANCE_TYPES_MAX) errors.push(at('instanceTypes', `At most ${INSTANCE_TYPES_MAX}`));
  if (capacityType === 'CAPACITY_BLOCK' && nodegroup.launchTemplate === undefined) errors.push(at('launchTemplate', 'A capacity block is named in a launch template'));
  if (diskSize !== undefined && nodegroup.launchTemplate !== undefined) errors.push(at('diskSize', 'With a launch template the disk is named there'));
  return [...errors, ...instanceTypeErrors(nodegroup, path), ...launchTemplateErrors(nodegroup, path), ...changeableErrors(nodegroup, path)];
}

/** EKS picks an x86 image where no type is named, and takes only machines that the image runs on. */
function instanceTypeErrors({ amiType = 'AL2023_x86_64_STANDARD', instanceTypes = [] }: Nodegroup, path: string): RuleError[] {
  const runsOn = architectureOfAmi(amiType);
  if (runsOn === undefined) return [];
  return instanceTypes.flatMap((instanceType, index) => {
    const has = architectureOfInstance(instanceType);
    return has === runsOn ? [] : [{ path: `${path}instanceTypes.${index}`, message: `${instanceType} is ${has}, and ${amiType} images run on ${runsOn}` }];
  });
}

/** What is wrong with what may be changed later too: sizes, labels, taints, how many nodes may be unavailable. */
export function changeableErrors(nodegroup: Nodegroup, path: string): readonly RuleError[] {
  const at = (name: string, message: string): RuleError => ({ path: `${path}${name}`, message });
  const { scalingConfig, labels = {}, taints = [], updateConfig } = nodegroup;
  const { minSize, desiredSize, maxSize } = scalingConfig;
  const errors: RuleError[] = [];
  if (minSize > desiredSize) errors.push(at('scalingConfig.minSize', `${minSize} is more than the desired size ${desiredSize}`));
  if (desiredSize > maxSize) errors.push(at('scalingConfig.desiredSize', `${desiredSize} is more than the greatest size ${maxSize}`));
  if (minSize < 0 || maxSize < 1) errors.push(at('scalingConfig.maxSize', 'Sizes begin at 0, the greatest at 1'));
  for (const [key, value] of Object.entries(labels)) {
    if (!KEY_PATTERN.test(key)) errors.push(at('labels', `Not a Kubernetes label key: ${key}`));
    if (RESERVED_LABEL_PREFIXES.some((prefix) => key.startsWith(prefix))) errors.push(at('labels', `Reserved by Kubernetes or EKS: ${key}`));
    if (!VALUE_PATTERN.test(value)) errors.push(at('labels', `Not a Kubernetes label value: ${value}`));
  }
  if (Object.keys(labels).length > LABELS_MAX) errors.push(at('labels', `At most ${LABELS_MAX}`));
  if (taints.length > TAINTS_MAX) errors.push(at('taints', `At most ${TAINTS_MAX}`));
  taints.forEach((taint, index) => {
    if (!KEY_PATTERN.test(taint.key)) errors.push(at(`taints.${index}.key`, 'Not a taint key'));
    if (taint.value !== undefined && !VALUE_PATTERN.test(taint.value)) errors.push(at(`taints.${index}.value`, 'Not a taint value'));
    if (taints.some((other, before) => before < index && other.key === taint.key && other.effect === taint.effect)) errors.push(at(`taints.${index}`, `The taint ${taint.key} with ${taint.effect} stands there twice`));
  });
  return [...errors, ...updateConfigErrors(updateConfig, path), ...readinessErrors(nodegroup, path)];
}

function updateConfigErrors(updateConfig: Nodegroup['updateConfig'], path: string): RuleError[] {
  if (updateConfig === undefined) return [];
  const { maxUnavailable, maxUnavailablePercentage } = updateConfig;
  if (maxUnavailable !== undefined && maxUnavailablePercentage !== undefined) {
    return [{ path: `${path}updateConfig`, message: 'Name maxUnavailable or maxUnavailablePercentage, one of the two' }];
  }
  const number = maxUnavailable ?? maxUnavailablePercentage ?? 1;
  return number >= 1 && number <= UNAVAILABLE_MAX ? [] : [{ path: `${path}updateConfig`, message: `Between 1 and ${UNAVAILABLE_MAX}` }];
}

function launchTemplateErrors(nodegroup: Nodegroup, path: string): RuleError[] {
  const { launchTemplate, amiType, version, releaseVersion } = nodegroup;
  const errors: RuleError[] = [];
  if (launchTemplate !== undefined && (launchTemplate.id === undefined) === (launchTemplate.name === undefined)) {
    errors.push({ path: `${path}launchTemplate`, message: 'Name the launch template by id or by name, one of the two' });
  }
  if (!bringsOwnImage(nodegroup)) return errors;
  if (launchTemplate === undefined) errors.push({ path: `${path}launchTemplate`, message: 'A custom image is named in a launch template' });
  if (amiType !== undefined && amiType !== 'CUSTOM') errors.push({ path: `${path}amiType`, message: 'With a custom image the type is CUSTOM' });
  if (version !== undefined) errors.push({ path: `${path}version`, message: 'A custom image brings its own version' });
  if (releaseVersion !== undefined) errors.push({ path: `${path}releaseVersion`, message: 'A custom image brings its own release' });
  return errors;
}

/** The refusal of everything that is wrong, all at once, each with its path. */
export function refuseBroken(errors: readonly RuleError[]): Refusal | undefined {
  if (errors.length === 0) return undefined;
  return refuse('rules-broken', `The request breaks ${errors.length === 1 ? 'a rule' : `${errors.length} rules`}: ${errors.map((error) => `${error.path}: ${error.message}`).join('; ')}.`, {
    remedy: 'Mend what `errors` names, each under its path, and ask again.',
    errors,
  });
}
