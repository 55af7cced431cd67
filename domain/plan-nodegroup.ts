import type { Cluster, Nodegroup } from './cluster.ts';
import { estimateWork } from './estimate.ts';
import type { ClusterFacts } from './facts.ts';
import { finding } from './finding-codes.ts';
import { defined } from './nodegroup-parameters.ts';
import { bringsOwnImage, changeableErrors, nodegroupErrors, refuseNodegroup, type RuleError } from './nodegroup-rules.ts';
import type { Finding, Plan, PlannedStep } from './plan.ts';
import { nodegroupStep } from './plan-creation.ts';
import { refuse, type Refusal } from './refusal.ts';
import { refuseNodegroupSubnets } from './subnet-rules.ts';
import { updateInProgress } from './update-in-progress.ts';

interface NodegroupAsk {
  readonly cluster: Cluster;
  readonly facts: ClusterFacts;
  /** RFC 3339. */
  readonly now: string;
}

/** Plans a new node group for a cluster that is there. */
export function planNodegroupCreation({ cluster, nodegroup, facts }: NodegroupAsk & { readonly nodegroup: Nodegroup }): Plan | Refusal {
  const { nodegroupName, subnets } = nodegroup;
  const { version, vpcId, subnetIds } = facts.cluster;
  const notReady = refuseUnlessUp(facts);
  if (notReady !== undefined) return notReady;
  if (facts.nodegroups.some((group) => group.nodegroupName === nodegroupName)) {
    return refuse('nodegroup-exists', `Cluster ${facts.cluster.name} has a node group ${nodegroupName} already.`, { remedy: 'Choose another name, or change that group.' });
  }
  // Facts hold the cluster's own subnets; others are judged by EKS when it makes the group.
  const known = subnets?.filter((subnetId) => facts.subnets.some((subnet) => subnet.subnetId === subnetId)) ?? [];
  const refusal = refuseNodegroup(nodegroup, version, '') ?? refuseNodegroupSubnets(known, facts.subnets, vpcId, 'subnets') ?? refuseErrors(nodegroupErrors(nodegroup, ''));
  if (refusal !== undefined) return refusal;
  return workOn(facts, [nodegroupStep(nodegroup, { ...cluster, version, subnetIds }, 'CarryOut')], [], nodegroup.scalingConfig.desiredSize);
}

/** Plans the changes that EKS makes to a group in place: sizes, labels, taints and update settings in one update, version, release and launch template in another. */
export function planNodegroupChange({ before, after, facts }: NodegroupAsk & { readonly before: Nodegroup; readonly after: Nodegroup }): Plan | Refusal {
  const { nodegroupName } = before;
  const notReady = refuseUnlessUp(facts);
  if (notReady !== undefined) return notReady;
  if (!facts.nodegroups.some((group) => group.nodegroupName === nodegroupName)) return noSuchGroup(facts, nodegroupName);
  const versionRefusal = after.version === before.version ? undefined : refuseNodegroup(after, facts.cluster.version, '');
  const refusal = versionRefusal ?? refuseErrors([...fixedErrors(before, after), ...changeableErrors(after, '')]);
  if (refusal !== undefined) return refusal;
  const steps = [...configStep(before, after, facts), ...versionStep(before, after, facts)];
  if (steps.length === 0) return refuse('nothing-to-change', `Node group ${nodegroupName} is as asked already.`);
  return workOn(facts, steps, scaleDownAdvice(before, after), Math.max(0, after.scalingConfig.desiredSize - before.scalingConfig.desiredSize));
}

/** Plans a group's end. A group that EKS no longer has needs no work. */
export function planNodegroupDeletion({ cluster, nodegroupName, facts }: NodegroupAsk & { readonly nodegroupName: string }): Plan | Refusal {
  const notReady = refuseUnlessUp(facts);
  if (notReady !== undefined) return notReady;
  const seen = facts.nodegroups.find((group) => group.nodegroupName === nodegroupName);
  if (seen === undefined) return cluster.nodegroups.some((group) => group.nodegroupName === nodegroupName) ? workOn(facts, [], [], 0) : noSuchGroup(facts, nodegroupName);
  const last = facts.nodegroups.every((group) => group.nodegroupName === nodegroupName || group.scalingConfig.desiredSize === 0);
  const findings = last
    ? [finding('last-nodegroup', 'advises', nodegroupName, { detail: 'No other managed node group has nodes: pods without other nodes to run on stay Pending, CoreDNS among them.', remedy: 'Make another group first if the cluster is to go on.' })]
    : [];
  return workOn(facts, [deletionStep(nodegroupName, facts.cluster.version, 'CarryOut')], findings, 0);
}

/** The step that deletes a group: EKS drains its nodes, within disruption budgets for a while, and ends them. */
export function deletionStep(nodegroupName: string, version: string, stage: PlannedStep['stage']): PlannedStep {
  return {
    id: `${version}/nodegroup/${nodegroupName}`,
    title: `Deleting node group ${nodegroupName}`,
    kind: 'delete-nodegroup',
    stage,
    subject: nodegroupName,
    reason: stage === 'CarryOut' ? 'Asked for.' : 'EKS deletes a control plane only when its node groups are gone.',
  };
}

function refuseUnlessUp(facts: ClusterFacts): Refusal | undefined {
  if (facts.cluster.status === 'ACTIVE' || facts.cluster.status === 'UPDATING') return undefined;
  return refuse('cluster-not-active', `The control plane of ${facts.cluster.name} is ${facts.cluster.status}; EKS works on node groups of an ACTIVE one.`, { remedy: 'Wait until it is ACTIVE, then ask again.' });
}

function noSuchGroup(facts: ClusterFacts, nodegroupName: string): Refusal {
  return refuse('not-found', `Cluster ${facts.cluster.name} has no node group ${nodegroupName}.`);
}

function refuseErrors(errors: readonly RuleError[]): Refusal | undefined {
  return errors.length === 0 ? undefined : refuse('rules-broken', `The request breaks ${errors.length === 1 ? 'a rule' : `${errors.length} rules`}: ${errors.map((error) => `${error.path}: ${error.message}`).join('; ')}.`, { errors });
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
  });
  const changed = Object.keys(parameters);
  if (changed.length === 0) return [];
  const words: Readonly<Record<string, string>> = { scalingConfig: 'size', labels: 'labels', taints: 'taints', updateConfig: 'update settings' };
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

function workOn(facts: ClusterFacts, steps: readonly PlannedStep[], findings: readonly Finding[], addresses: number): Plan {
  const { version } = facts.cluster;
  return { from: version, to: version, hops: [{ from: version, to: version, steps }], findings: [...updateInProgress(facts), ...findings], notLookedAt: [], estimate: estimateWork(steps, addresses) };
}

/** Equal as JSON says, whatever the order of keys; a member that is undefined is one that is absent. */
function same(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1))) : inner,
  );
}
