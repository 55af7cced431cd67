import { compareMinors, isMinor, type Minor } from './minor.ts';
import type { Plan } from './plan.ts';

type NotLookedAt = Plan['notLookedAt'];

/** kube-proxy's IPVS mode is gone from this minor on (source: Kubernetes 1.36 release notes; eksup K8S012). */
const IPVS_REMOVED_IN: Minor = '1.36';

/** What an upgrade's plan did not look at, and why: a reader must not take silence for a pass. */
export function notLookedAtForUpgrade(to: string): NotLookedAt {
  return [
    { code: 'pod-disruption-budgets', because: 'Only the cluster\'s own API tells which budgets would hold up a drain; Slipway asks the AWS APIs alone.' },
    { code: 'deprecated-api-use', because: 'Which clients still call APIs that go away is told by EKS upgrade insights, which this plan does not read yet.' },
    { code: 'self-managed-nodes', because: 'Nodes of your own Auto Scaling groups are not known to EKS; they must be kept within the kubelet skew by hand.' },
    { code: 'karpenter-nodes', because: 'Karpenter\'s nodes are described by objects in the cluster; they follow by drift when its node classes let them.' },
    { code: 'fargate-pods', because: 'A Fargate pod keeps its kubelet until it is started anew; restart such pods after the control plane has moved.' },
    { code: 'self-managed-addons', because: 'Controllers installed with Helm or manifests are not in EKS\'s add-on catalogue; check their support for the target.' },
    { code: 'cluster-role-permissions', because: 'That the cluster\'s role exists was judged from EKS\'s own health issues; what it may do was not read.' },
    { code: 'ec2-quotas', because: 'Whether the account\'s EC2 quota covers the surge nodes was not read.' },
    ...(isMinor(to) && compareMinors(to, IPVS_REMOVED_IN) >= 0
      ? [{ code: 'kube-proxy-ipvs-mode', because: `kube-proxy's IPVS mode is gone from ${IPVS_REMOVED_IN} on; whether this cluster uses it stands in a ConfigMap.` }]
      : []),
  ];
}

export function notLookedAtForCreation(): NotLookedAt {
  return [
    { code: 'iam-roles', because: 'Whether the cluster\'s and the nodes\' roles exist and carry the policies that EKS needs is told by EKS when they are used.' },
    { code: 'network-routes', because: 'Whether nodes in these subnets can reach the API server, ECR and STS depends on routes and endpoints that were not read.' },
    { code: 'ec2-quotas', because: 'Whether the account\'s EC2 quota covers the nodes was not read.' },
  ];
}

export function notLookedAtForDeletion(): NotLookedAt {
  return [
    { code: 'load-balancers', because: 'Load balancers made by Services and Ingresses outlive the cluster; only its own API tells which there are. Delete the Services first.' },
    { code: 'volumes', because: 'EBS and EFS volumes made by persistent volume claims outlive the cluster, as their reclaim policy says; only its own API tells which there are.' },
    { code: 'fargate-profiles', because: 'Fargate profiles were not listed; EKS refuses to delete a cluster that has one.' },
    { code: 'pod-identity-roles', because: 'IAM roles used through pod identity, and an OIDC provider in IAM, stay as they are.' },
  ];
}
