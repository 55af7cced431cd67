import { controlPlaneFindings } from './control-plane-findings.ts';
import type { ClusterFacts } from './facts.ts';
import { finding } from './finding-codes.ts';
import { evidenceOf, reasonOf, remedyOf } from './insight-findings.ts';
import { newestOf, refreshBack } from './instance-refreshes.ts';
import { compareMinors, type Minor } from './minor.ts';
import { canRollTo } from './nodegroup-rolls.ts';
import { poolName } from './other-nodes-findings.ts';
import type { Finding } from './plan.ts';
import type { InsightFacts, PooledNodesFacts } from './readiness-facts.ts';
import { supportAt } from './support-dates.ts';
import { targetSupportFindings } from './support-findings.ts';
import type { World } from './walk-hops.ts';

interface Ask {
  readonly facts: ClusterFacts;
  readonly world: World;
  readonly from: Minor;
  readonly to: Minor;
  /** RFC 3339. */
  readonly now: string;
}

/** What bars the way back, and what to know on it. Add-ons tell theirs with their moves. */
export function rollbackFindings(ask: Ask): readonly Finding[] {
  const { facts, to, now } = ask;
  return [...controlPlaneFindings(facts), ...policy(ask), ...managedGroups(ask), ...selfManagedGroups(ask), ...otherNodes(ask), ...insights(ask), ...targetSupportFindings(facts.cluster.name, to, facts.catalogue, now)];
}

/** Into a version in extended support only with the policy for it (source: EKS user guide, rollback prerequisites). */
function policy({ facts, to, now }: Ask): Finding[] {
  if (supportAt(to, facts.catalogue, now) !== 'extended' || facts.cluster.supportType !== 'STANDARD') return [];
  return [barred(facts.cluster.name, to, `${to} is in extended support, and the cluster's upgrade policy is STANDARD.`, 'Set `upgradePolicy.supportType` of the cluster to EXTENDED, then ask again.')];
}

function managedGroups({ world, to }: Ask): Finding[] {
  return world.nodegroups.flatMap(({ nodegroupName, version, amiType, customAmi }) => {
    if (version === undefined) {
      return [
        finding('kubelet-version-unknown', 'advises', nodegroupName, {
          detail: 'EKS does not know which kubelet its custom image brings, so whether it may stay was not judged.',
          remedy: `See that the image's kubelet is not newer than ${to}.`,
          hop: to,
        }),
      ];
    }
    if (compareMinors(version, to) <= 0 || canRollTo({ amiType, customAmi }, to)) return [];
    if (!customAmi) {
      return [
        finding('al2-not-offered', 'blocks', nodegroupName, {
          detail: `Its nodes are at ${version}, newer than ${to}, and EKS has no ${amiType} images for ${to}.`,
          remedy: 'Make a node group with another image type, move the workload, and delete this group.',
          hop: to,
        }),
      ];
    }
    return [
      finding('custom-ami', 'blocks', nodegroupName, {
        detail: `Its nodes are at ${version}, newer than ${to}, and its launch template names its own image, so it cannot be rolled back by version.`,
        remedy: `Update the group to a version of its launch template with an image of ${to}, then ask again.`,
        hop: to,
      }),
    ];
  });
}

function selfManagedGroups({ world, from, to }: Ask): Finding[] {
  return world.selfManaged.flatMap((group) => {
    const isNewer = group.newest !== undefined && compareMinors(group.newest, to) > 0;
    if (isNewer && refreshBack(group, from, to) === undefined) {
      return [
        finding('self-managed-no-image', 'blocks', group.groupName, {
          detail: `Its instances are at ${group.newest}, newer than ${to}, and no version of its launch template has an image that fits ${to}.`,
          remedy: `Put an image with a kubelet of ${to} into a new version of the group's launch template, then ask again.`,
          hop: to,
        }),
      ];
    }
    if (isNewer || !group.unknown) return [];
    return [
      finding('kubelet-version-unknown', 'advises', group.groupName, {
        detail: 'The names of its images do not tell which kubelets some of its instances have, so whether they may stay was not judged.',
        remedy: `See that none of its kubelets is newer than ${to}.`,
        hop: to,
      }),
    ];
  });
}

/** Nodes that Slipway does not replace. None of them may be newer than the control plane when it goes back (source: EKS user guide, rollback, worker nodes). */
function otherNodes({ facts, to }: Ask): Finding[] {
  const { readiness, cluster } = facts;
  const pools = readiness?.pooledNodes.kind === 'seen' ? readiness.pooledNodes.value : [];
  const profiles = readiness?.fargateProfiles.kind === 'seen' ? readiness.fargateProfiles.value : [];
  return [
    ...pools.filter((pool) => pool.kind === 'karpenter').flatMap((pool) => karpenter(pool, to)),
    ...profiles.map((profile) => advice(profile.profileName, to, `EKS takes no Fargate pod back, and refuses while one is newer than ${to}.`, 'Delete the pods that were started since the upgrade; they start at the older version afterwards.')),
    ...(readiness?.hybridNodes === true || cluster.hybridNodes === true ? [advice(cluster.name, to, 'The cluster admits hybrid nodes, and AWS does not tell which there are.', `Bring those that are newer than ${to} back by hand first.`)] : []),
    ...(cluster.autoMode
      ? [
          finding('auto-mode-nodes', 'advises', cluster.name, {
            detail: `EKS Auto Mode brings its own nodes back to ${to} before the control plane, within disruption budgets: that takes from minutes to days, and the cluster reads ACTIVE meanwhile.`,
            remedy: 'Budgets of 0 nodes and do-not-disrupt marks on nodes hold it up for ever: lift them. Until the control plane itself goes back, a cancel stops it.',
            hop: to,
          }),
        ]
      : []),
  ];
}

function karpenter(pool: PooledNodesFacts, to: Minor): Finding[] {
  const known = pool.kubelets.filter((minor) => minor !== null);
  const newest = newestOf(known);
  const name = poolName(pool);
  if (newest !== undefined && compareMinors(newest, to) > 0) {
    return [barred(name, to, `Karpenter nodes of this pool are at ${newest}, newer than ${to}.`, `Have their node class name an image of ${to}, wait until drift has replaced them, then ask again.`)];
  }
  return known.length < pool.kubelets.length ? [advice(name, to, 'The images of some Karpenter nodes do not tell their kubelets.', `See that none is newer than ${to}.`)] : [];
}

/**
 * Insights whose matter the plan mends itself, on what was seen of groups and add-ons: EKS looks again before it begins (source: EKS user
 * guide, rollback readiness insights, which names them "Kubelet version rollback compatibility" and so on; those of upgrades are named without it).
 */
const MENDED = /^(kubelet|kube-proxy|eks add-on) version (skew|(rollback )?compatibility)$/i;

/** EKS refuses a rollback while one of its own insights on it is ERROR or UNKNOWN (source: EKS user guide, rollback, insight status behavior). */
function insights({ facts, to }: Ask): Finding[] {
  const looked = facts.readiness?.insights;
  if (looked === undefined) return [];
  if (looked.kind === 'unknown') return [advice(facts.cluster.name, to, `EKS's insights on a rollback could not be read: ${looked.because}`, 'EKS looks at them itself before it begins.')];
  return looked.value.insights.filter((insight) => insight.category === 'ROLLBACK_READINESS' && (insight.kubernetesVersion ?? to) === to).flatMap((insight) => judged(insight, to));
}

function judged(insight: InsightFacts, hop: Minor): Finding[] {
  const told = { hop, evidence: evidenceOf(insight), detail: `EKS says ${insight.status} of going back to ${hop}: ${reasonOf(insight)}`, remedy: remedyOf(insight) };
  if (insight.status === 'PASSING') return [];
  if (insight.status === 'WARNING') return [finding('insight-warning', 'advises', insight.name, told)];
  if (MENDED.test(insight.name)) return [advice(insight.name, hop, told.detail, 'Nothing: what is seen of groups and add-ons moves first, and EKS looks again before it begins.', told.evidence)];
  return [finding(insight.status === 'ERROR' ? 'insight-error' : 'insight-unknown', 'blocks', insight.name, told)];
}

function barred(subject: string, hop: Minor, detail: string, remedy: string): Finding {
  return finding('rollback-not-ready', 'blocks', subject, { detail, remedy, hop });
}

function advice(subject: string, hop: Minor, detail: string, remedy: string, evidence: readonly string[] = []): Finding {
  return finding('rollback-not-ready', 'advises', subject, { detail, remedy, hop, evidence });
}
