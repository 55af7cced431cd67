import type { ClusterFacts } from './facts.ts';
import { minorsWithoutInsights } from './insight-findings.ts';
import { compareMinors, isMinor } from './minor.ts';
import type { Hop, Plan } from './plan.ts';
import { groupsWithoutQuota } from './quota-findings.ts';
import type { Looked, ReadinessFacts } from './readiness-facts.ts';
import { IPVS_REMOVED_IN } from './version-ends.ts';

type NotLookedAt = Plan['notLookedAt'];
type Line = NotLookedAt[number];

/**
 * What only the cluster's own API tells. This table is the seam for a reader of it: such a reader gathers its facts beside
 * `ReadinessFacts` (`aws/readiness`), its checks join `readinessFindings`, and the line here goes for a cluster that it has read.
 */
const ONLY_THE_CLUSTER_TELLS: readonly Line[] = [
  { code: 'pod-disruption-budgets', because: 'Only the cluster\'s own API tells which budgets would hold up a drain; Slipway asks the AWS APIs alone.' },
  { code: 'workload-settings', because: 'Only the cluster\'s own API tells whether workloads bear the loss of a node: replicas, minReadySeconds, spread, readiness probes, a grace period of 0.' },
  { code: 'self-managed-addons', because: 'Controllers installed with Helm or manifests are not in EKS\'s add-on catalogue; check their support for the target, and that none is retired, as ingress-nginx is.' },
  { code: 'webhooks-and-custom-resources', because: 'Only the cluster\'s own API tells which admission webhooks would hold up new pods, and in which versions custom resources are stored.' },
  { code: 'pod-addresses', because: 'Where the VPC CNI gives pods subnets of their own (ENIConfig), only the cluster\'s own API tells which; whether they have free addresses was not judged.' },
];

/** What an upgrade's plan did not look at, and why: a reader must not take silence for a pass. */
export function notLookedAtForUpgrade({ to, facts, hops }: { readonly to: string; readonly facts: ClusterFacts; readonly hops: readonly Hop[] }): NotLookedAt {
  return [
    ...ONLY_THE_CLUSTER_TELLS,
    ...(facts.readiness === undefined ? NOBODY_LOOKED : unknownParts(facts.readiness, facts, hops)),
    ...ipvs(facts.readiness, to),
    { code: 'role-permissions', because: 'That the roles of the cluster, its nodes and its Fargate pods are there was judged where it could be; what their policies allow was not read.' },
    { code: 'ebs-quotas', because: 'Whether the account\'s quotas of EBS storage (gp2, gp3) hold the volumes of the surge nodes was not read.' },
  ];
}

const NOBODY_LOOKED: readonly Line[] = [
  { code: 'deprecated-api-use', because: 'Which clients still call APIs that go away is told by EKS upgrade insights, which this plan did not read; they are read before the control plane moves.' },
  { code: 'self-managed-nodes', because: 'Auto Scaling groups of the cluster\'s own were not looked at; their nodes must be kept within the kubelet skew.' },
  { code: 'karpenter-nodes', because: 'Karpenter\'s nodes were not looked at; they follow by drift when its node classes let them.' },
  { code: 'fargate-pods', because: 'Fargate profiles were not looked at. A Fargate pod keeps its kubelet until it is started anew.' },
  { code: 'iam-roles', because: 'That the roles of the cluster and its nodes exist was judged from EKS\'s own health issues.' },
  { code: 'kms-key', because: 'That the key of the cluster\'s Secrets is usable was judged from EKS\'s own health issues.' },
  { code: 'launch-templates', because: 'Whether the groups\' launch templates are still there was not looked at.' },
  { code: 'ec2-quotas', because: 'Whether the account\'s EC2 quota covers the surge nodes was not read.' },
];

/** Parts of readiness that could not be seen. Insights are not among them: that nobody saw them blocks. */
function unknownParts(readiness: ReadinessFacts, facts: ClusterFacts, hops: readonly Hop[]): Line[] {
  const ahead = minorsWithoutInsights(readiness.insights, hops);
  const unjudged = readiness.quotas.kind === 'seen' ? groupsWithoutQuota(readiness.quotas.value, facts, hops) : [];
  return [
    ...(ahead.length === 0 ? [] : [{ code: 'insights-ahead', because: `EKS tells no insight for ${ahead.join(', ')} yet: it looks one minor ahead, and is asked again before each of those hops.` }]),
    ...(readiness.insights.kind === 'unknown' && hops.every((hop) => hop.from === hop.to) ? unknown('deprecated-api-use', 'EKS\'s upgrade insights', readiness.insights) : []),
    ...unknown('iam-roles', 'whether the roles of the cluster, its nodes and its Fargate pods exist', readiness.roles),
    ...unknown('kms-key', 'whether the key of the cluster\'s Secrets is usable', readiness.kmsKey),
    ...unknown('launch-templates', 'whether the groups\' launch templates are still there', readiness.launchTemplates),
    ...unknown('ec2-quotas', 'whether the account\'s EC2 quota covers the surge nodes', readiness.quotas),
    ...(unjudged.length === 0 ? [] : [{ code: 'ec2-quotas', because: `Unknown: no quota is known for the instances of ${unjudged.join(', ')}, so whether one covers their surge nodes was not judged.` }]),
    ...unknown('self-managed-nodes', 'the Auto Scaling groups of the cluster\'s own', readiness.selfManagedGroups),
    ...unknown('fargate-pods', 'Fargate profiles', readiness.fargateProfiles),
    ...unknown('karpenter-nodes', 'nodes of Karpenter and Auto Mode', readiness.pooledNodes),
  ];
}

function unknown(code: string, what: string, looked: Looked<unknown>): Line[] {
  return looked.kind === 'seen' ? [] : [{ code, because: `Unknown: ${what} could not be seen. ${looked.because}` }];
}

function ipvs(readiness: ReadinessFacts | undefined, to: string): Line[] {
  if (!isMinor(to) || compareMinors(to, IPVS_REMOVED_IN) < 0) return [];
  const mode = readiness?.kubeProxyMode;
  if (mode?.kind === 'seen' && mode.value !== 'not-told') return [];
  const why = mode?.kind === 'unknown' ? `could not be seen. ${mode.because}` : 'is not told by its add-on; it stands in a ConfigMap of the cluster.';
  return [{ code: 'kube-proxy-ipvs-mode', because: `kube-proxy's IPVS mode is gone from ${IPVS_REMOVED_IN} on; whether this cluster uses it ${why}` }];
}

export function notLookedAtForCreation(): NotLookedAt {
  return [
    { code: 'iam-roles', because: 'Whether the roles that the request names carry the policies that EKS, nodes and pods need was not read; EKS tells of the cluster\'s and the nodes\' when they are used.' },
    { code: 'network-routes', because: 'Whether nodes in these subnets can reach the API server, ECR and STS depends on routes and endpoints that were not read.' },
    { code: 'ec2-quotas', because: 'Whether the account\'s EC2 quota covers the nodes was not read.' },
  ];
}

export function notLookedAtForDeletion({ fargateProfiles }: Pick<ClusterFacts, 'fargateProfiles'>): NotLookedAt {
  return [
    { code: 'load-balancers', because: 'Load balancers made by Services and Ingresses outlive the cluster, with their security groups; only its own API tells which there are. Delete the Services first.' },
    { code: 'volumes', because: 'EBS and EFS volumes made by persistent volume claims outlive the cluster, as their reclaim policy says; only its own API tells which there are.' },
    ...(fargateProfiles?.kind === 'seen' ? [] : [{ code: 'fargate-profiles', because: `Fargate profiles were not listed; EKS refuses to delete a cluster that has one.${fargateProfiles === undefined ? '' : ` ${fargateProfiles.because}`}` }]),
    { code: 'pod-identity-roles', because: 'IAM roles used through pod identity, and an OIDC provider in IAM, stay as they are.' },
  ];
}

/** What a rollback's plan did not look at. What an upgrade could not see it cannot either; what was written meanwhile is a matter of its own. */
export function notLookedAtForRollback({ readiness }: ClusterFacts): NotLookedAt {
  const unseen: readonly Line[] =
    readiness === undefined
      ? NOBODY_LOOKED.filter(({ code }) => code === 'self-managed-nodes' || code === 'karpenter-nodes').concat({ code: 'rollback-insights', because: 'EKS\'s own insights on a rollback were not read; EKS looks at them before it begins.' })
      : [...unknown('self-managed-nodes', 'the Auto Scaling groups of the cluster\'s own', readiness.selfManagedGroups), ...unknown('karpenter-nodes', 'nodes of Karpenter and Auto Mode', readiness.pooledNodes)];
  return [
    ...unseen,
    { code: 'objects-of-newer-apis', because: 'Objects that were made with APIs of the newer minor stay in etcd, and the older API server may not serve them; only the cluster\'s own API tells which there are.' },
    { code: 'pod-disruption-budgets', because: 'Only the cluster\'s own API tells which budgets would hold up a drain; Slipway asks the AWS APIs alone.' },
    { code: 'fargate-pods', because: 'Which Fargate pods were started since the upgrade, only the cluster\'s own API tells.' },
    { code: 'self-managed-addons', because: 'Controllers installed with Helm or manifests are not in EKS\'s add-on catalogue; check that they work with the older minor.' },
  ];
}
