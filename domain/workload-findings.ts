import { offersOf } from './addon-versions.ts';
import { issueText } from './control-plane-findings.ts';
import type { AddonFacts, ClusterFacts, NodegroupFacts } from './facts.ts';
import { finding } from './finding-codes.ts';
import { compareMinors, minorOf } from './minor.ts';
import { autoModeEvidence } from './other-nodes-findings.ts';
import type { Finding, Hop } from './plan.ts';
import { kubeletFits } from './skew.ts';

const UNHEALTHY_NODEGROUP = ['DEGRADED', 'CREATE_FAILED', 'DELETE_FAILED'];
const BUSY = ['CREATING', 'UPDATING', 'DELETING'];

/** How the node groups and add-ons are before the work. A group that cannot come up now would not come up new either, so it blocks the work when it is to be rolled. */
export function workloadFindings(facts: ClusterFacts, hops: readonly Hop[]): readonly Finding[] {
  const rolled = new Map(hops.flatMap((hop) => hop.steps.filter((step) => step.kind === 'upgrade-nodegroup').map((step) => [step.subject, hop.to] as const)));
  return [...facts.nodegroups.flatMap((group) => nodegroupFindings(group, facts, rolled.get(group.nodegroupName))), ...facts.addons.flatMap((addon) => addonFindings(addon, facts)), ...autoMode(facts)];
}

function nodegroupFindings(group: NodegroupFacts, facts: ClusterFacts, hop: string | undefined): Finding[] {
  const { nodegroupName, version, status, healthIssues } = group;
  const controlPlane = facts.cluster.version;
  const findings: Finding[] = goneSubnets(group, facts, hop);
  if (UNHEALTHY_NODEGROUP.includes(status) || healthIssues.length > 0) {
    const failed = UNHEALTHY_NODEGROUP.includes(status);
    findings.push(
      finding('nodegroup-unhealthy', failed && hop !== undefined ? 'blocks' : 'advises', nodegroupName, {
        detail: `The group is ${status}${healthIssues.length === 0 ? '; EKS names no issue.' : `: ${healthIssues.map(issueText).join(' ')}`}`,
        remedy: 'Mend what EKS names: a roll replaces every node of the group, and new nodes would meet the same fault.',
        hop: hop ?? null,
      }),
    );
  }
  if (BUSY.includes(status)) {
    const detail = status === 'DELETING' ? 'The group is being deleted, and is left alone.' : `The group is ${status} by work that is not ours.`;
    findings.push(finding('nodegroup-busy', 'advises', nodegroupName, { detail, remedy: 'Nothing: the operation waits for it before it works on the group.' }));
  }
  if (version !== undefined && compareMinors(version, controlPlane) > 0) {
    findings.push(
      finding('nodegroup-newer-than-control-plane', 'advises', nodegroupName, {
        detail: `Its kubelet is ${version}, newer than the control plane at ${controlPlane}, which Kubernetes does not support.`,
        remedy: 'An upgrade of the control plane mends it. Until then make no new nodes in this group.',
      }),
    );
  } else if (version !== undefined && !kubeletFits(version, controlPlane)) {
    findings.push(
      finding('kubelet-skew', 'advises', nodegroupName, {
        detail: `Its kubelet is ${version}, farther behind the control plane at ${controlPlane} than Kubernetes supports.`,
        remedy: 'Roll it soon; a plan that moves the control plane rolls it first.',
      }),
    );
  }
  return findings;
}

/** The group's own subnets are looked at together with the rest of readiness; before that, one that was not seen is not known to be gone. */
function goneSubnets(group: NodegroupFacts, facts: ClusterFacts, hop: string | undefined): Finding[] {
  if (facts.readiness === undefined) return [];
  const found = new Set(facts.subnets.map((subnet) => subnet.subnetId));
  const gone = group.subnetIds.filter((subnetId) => !found.has(subnetId));
  if (gone.length === 0) return [];
  return [
    finding('nodegroup-subnet-missing', hop === undefined ? 'advises' : 'blocks', group.nodegroupName, {
      detail: `EC2 no longer knows ${gone.join(', ')}, into which the group launches nodes.`,
      remedy: 'Make a node group in subnets that are there, move the workload, and delete this group: its subnets cannot be changed.',
      hop: hop ?? null,
    }),
  ];
}

/** Whether an add-on is DEGRADED for want of a node alone. EKS would fail its update, and without a node its version harms nothing. */
export function awaitsNodes(addon: AddonFacts, facts: ClusterFacts): boolean {
  return addon.status === 'DEGRADED' && !facts.cluster.autoMode && facts.nodegroups.every((group) => group.scalingConfig.desiredSize === 0);
}

function addonFindings(addon: AddonFacts, facts: ClusterFacts): Finding[] {
  const { addonName, addonVersion, status, healthIssues } = addon;
  if (awaitsNodes(addon, facts)) {
    return [
      finding('addons-await-nodes', 'advises', addonName, {
        detail: `${addonName} has no node to run on, so it stays at ${addonVersion}: EKS would fail its update.`,
        remedy: 'Add a node, then ask for the same minor again: what lags behind moves then.',
      }),
    ];
  }
  const findings: Finding[] = [];
  if (BUSY.includes(status)) {
    findings.push(
      finding('addon-busy', 'advises', addonName, {
        detail: status === 'DELETING' ? 'The add-on is being deleted, and is left alone.' : `The add-on is ${status} by work that is not ours.`,
        remedy: 'Nothing: the operation waits for it before it works on the add-on.',
      }),
    );
  } else if (status !== 'ACTIVE' || healthIssues.length > 0) {
    findings.push(
      finding('addon-unhealthy', 'advises', addonName, {
        detail: `The add-on is ${status}${healthIssues.length === 0 ? '; EKS names no issue.' : `: ${healthIssues.map(issueText).join(' ')}`}`,
        remedy: 'Mend what EKS names. A move to another version may mend it, or fail for the same cause.',
      }),
    );
  }
  if (offersOf(addonName, facts.addonCatalogue) === undefined && status !== 'DELETING') {
    findings.push(
      finding('addon-not-in-catalogue', 'advises', addonName, {
        detail: `EKS lists no versions of ${addonName} here, so whether ${addonVersion} fits a newer minor could not be judged, and it is left as it is.`,
        remedy: 'Ask its publisher which versions fit the target, and move it by hand.',
      }),
    );
  }
  const minor = minorOf(addonVersion);
  if (addonName === 'kube-proxy' && minor !== undefined && compareMinors(minor, facts.cluster.version) > 0) {
    findings.push(
      finding('kube-proxy-newer-than-control-plane', 'advises', addonName, {
        detail: `kube-proxy is at ${addonVersion}, newer than the control plane at ${facts.cluster.version}, which Kubernetes does not support.`,
        remedy: 'An upgrade of the control plane mends it.',
      }),
    );
  }
  return findings;
}

function autoMode(facts: ClusterFacts): Finding[] {
  if (!facts.cluster.autoMode) return [];
  return [
    finding('auto-mode-nodes', 'advises', facts.cluster.name, {
      detail: 'The cluster runs in EKS Auto Mode: its own nodes follow the control plane by themselves, within disruption budgets.',
      remedy: 'Nothing; expect nodes to be replaced for some time after each hop.',
      evidence: autoModeEvidence(facts),
    }),
  ];
}
