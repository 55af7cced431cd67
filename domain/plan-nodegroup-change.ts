import type { Cluster, Nodegroup } from './cluster.ts';
import type { ClusterFacts } from './facts.ts';
import { finding } from './finding-codes.ts';
import { same } from './json-equal.ts';
import { bringsOwnImage, changeableErrors, refuseBroken, refuseNodegroup, type RuleError } from './nodegroup-rules.ts';
import { noSuchGroup, refuseUnlessUp, workOn } from './nodegroup-work.ts';
import { defined } from './parameters.ts';
import type { Finding, Plan, PlannedStep } from './plan.ts';
import { refuse, type Refusal } from './refusal.ts';

export interface NodegroupChangeAsk {
  readonly cluster: Cluster;
  readonly before: Nodegroup;
  readonly after: Nodegroup;
  readonly facts: ClusterFacts;
  /** RFC 3339. */
  readonly now: string;
}

/** Plans the changes that EKS makes to a group in place: sizes, labels, taints, update settings, repair and warm pool in one update, version, release and launch template in another. */
export function planNodegroupChange({ before, after, facts }: NodegroupChangeAsk): Plan | Refusal {
  const { nodegroupName } = before;
  const notReady = refuseUnlessUp(facts);
  if (notReady !== undefined) return notReady;
  if (!facts.nodegroups.some((group) => group.nodegroupName === nodegroupName)) return noSuchGroup(facts, nodegroupName);
  const versionRefusal = after.version === before.version ? undefined : refuseNodegroup(after, facts.cluster.version, '');
  const refusal = versionRefusal ?? refuseBroken([...fixedErrors(before, after), ...changeableErrors(after, '')]);
  if (refusal !== undefined) return refusal;
  const steps = [...configStep(before, after, facts), ...versionStep(before, after, facts)];
  if (steps.length === 0) return refuse('nothing-to-change', `Node group ${nodegroupName} is as asked already.`, { remedy: 'Nothing is left to do; ask for something else, or nothing.' });
  return workOn(facts, steps, scaleDownAdvice(before, after), Math.max(0, after.scalingConfig.desiredSize - before.scalingConfig.desiredSize));
}

/** What EKS fixes at a group's birth. */
const FIXED = ['amiType', 'capacityType', 'diskSize', 'instanceTypes', 'nodeRole', 'subnets'] as const satisfies readonly (keyof Nodegroup)[];

function fixedErrors(before: Nodegroup, after: Nodegroup): RuleError[] {
  const errors: RuleError[] = FIXED.filter((name) => !same(before[name], after[name])).map((name) => ({ path: name, message: 'Fixed when the group was made: make a new group and delete this one' }));
  const [was, is] = [before.launchTemplate, after.launchTemplate];
  if ((was === undefined) !== (is === undefined) || was?.id !== is?.id || was?.name !== is?.name) {
    errors.push({ path: 'launchTemplate', message: 'A group keeps its launch template, or has none: only its version changes' });
  }
  if (bringsOwnImage(after) && (after.version !== before.version || after.releaseVersion !== before.releaseVersion)) {
    errors.push({ path: 'version', message: 'A custom image is changed by a new version of the launch template' });
  }
  return errors;
}

function configStep(before: Nodegroup, after: Nodegroup, facts: ClusterFacts): PlannedStep[] {
  const parameters = defined({
    scalingConfig: same(before.scalingConfig, after.scalingConfig) ? undefined : after.scalingConfig,
    labels: labelChange(before.labels ?? {}, after.labels ?? {}),
    taints: taintChange(before.taints ?? [], after.taints ?? []),
    updateConfig: same(before.updateConfig, after.updateConfig) ? undefined : after.updateConfig,
    nodeRepairConfig: same(before.nodeRepairConfig, after.nodeRepairConfig) ? undefined : after.nodeRepairConfig,
    warmPoolConfig: same(before.warmPoolConfig, after.warmPoolConfig) ? undefined : after.warmPoolConfig,
  });
  const changed = Object.keys(parameters);
  if (changed.length === 0) return [];
  const words: Readonly<Record<string, string>> = { scalingConfig: 'size', labels: 'labels', taints: 'taints', updateConfig: 'update settings', nodeRepairConfig: 'repair', warmPoolConfig: 'warm pool' };
  const what = changed.map((name) => words[name] ?? name).join(', ');
  return [
    {
      id: `${facts.cluster.version}/nodegroup/${after.nodegroupName}/config`,
      title: `Changing ${what} of node group ${after.nodegroupName}`,
      kind: 'update-nodegroup-config',
      stage: 'CarryOut',
      subject: after.nodegroupName,
      reason: 'EKS changes these in place, all in one update, and replaces no nodes for it.',
      parameters,
    },
  ];
}

function versionStep(before: Nodegroup, after: Nodegroup, facts: ClusterFacts): PlannedStep[] {
  const launchTemplate = same(before.launchTemplate, after.launchTemplate) ? undefined : after.launchTemplate;
  const moved = after.version !== before.version || (after.releaseVersion !== undefined && after.releaseVersion !== before.releaseVersion);
  if (launchTemplate === undefined && !moved) return [];
  const ownImage = bringsOwnImage(after);
  const version = after.version ?? before.version;
  return [
    {
      id: `${facts.cluster.version}/nodegroup/${after.nodegroupName}`,
      title: ownImage || !moved ? `Rolling node group ${after.nodegroupName} to its launch template's version ${launchTemplate?.version ?? ''}`.trimEnd() : `Rolling node group ${after.nodegroupName} to ${after.releaseVersion ?? version}`,
      kind: 'upgrade-nodegroup',
      stage: 'CarryOut',
      subject: after.nodegroupName,
      ...(before.version === undefined ? {} : { from: before.version }),
      ...(version === undefined ? {} : { to: version }),
      reason: 'Every node is replaced, because nodes are not changed while they run.',
      // Left out, EKS would take the group to its cluster's version; a release is only taken together with its version.
      parameters: defined({ version: ownImage ? undefined : version, releaseVersion: ownImage || after.releaseVersion === before.releaseVersion ? undefined : after.releaseVersion, launchTemplate }),
    },
  ];
}

function labelChange(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): Record<string, unknown> | undefined {
  const changed = Object.fromEntries(Object.entries(after).filter(([key, value]) => before[key] !== value));
  const removed = Object.keys(before).filter((key) => !Object.hasOwn(after, key));
  return change({ addOrUpdateLabels: Object.keys(changed).length === 0 ? undefined : changed, removeLabels: removed.length === 0 ? undefined : removed });
}

type Taints = NonNullable<Nodegroup['taints']>;

/** EKS knows a taint by its key and effect. */
function taintChange(before: Taints, after: Taints): Record<string, unknown> | undefined {
  const changed = after.filter((taint) => !before.some((other) => same(other, taint)));
  const removed = before.filter((taint) => !after.some((other) => other.key === taint.key && other.effect === taint.effect));
  return change({ addOrUpdateTaints: changed.length === 0 ? undefined : changed, removeTaints: removed.length === 0 ? undefined : removed });
}

function change(members: Record<string, unknown>): Record<string, unknown> | undefined {
  const said = defined(members);
  return Object.keys(said).length === 0 ? undefined : said;
}

function scaleDownAdvice(before: Nodegroup, after: Nodegroup): Finding[] {
  const [was, is] = [before.scalingConfig.desiredSize, after.scalingConfig.desiredSize];
  if (is >= was) return [];
  return [
    finding('scale-down-ignores-budgets', 'advises', after.nodegroupName, {
      detail: `Going from ${was} to ${is} nodes ends nodes without regard to disruption budgets: EKS does not drain for a smaller size.`,
      remedy: 'Drain the nodes first where that matters.',
    }),
  ];
}
