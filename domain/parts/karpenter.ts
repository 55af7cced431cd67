import { karpenterPolicies } from '../controllers/karpenter-policy.ts';
import { interruptionTemplate, karpenterManifests } from '../controllers/karpenter-manifests.ts';
import { agentNeed, controllerIdentity, controllerRole, placeOf, type ControllerRole } from '../controllers/place.ts';
import { CONTROLLERS, minorsOf, releaseFor, type Release } from '../controllers/releases.ts';
import type { Cluster } from '../cluster.ts';
import { finding } from '../finding-codes.ts';
import type { AutoscalingOf } from './autoscaling-wish.ts';
import type { Compiled, PartsAsk } from './compiled.ts';
import { roleArnIn, type AccessEntryResource, type HandOverResource, type Resource, type RoleResource } from './resource.ts';
import { roleNameFor } from './role-name.ts';

const KARPENTER = 'karpenter';
const REPLICAS = 2;
const OF_THE_PART = { part: 'autoscaling', partName: 'autoscaling' } as const;
/** What nodes need that Karpenter launches (source: karpenter.sh, v1.14, Reference, CloudFormation, KarpenterNodeRole). */
const NODE_POLICIES: readonly string[] = ['AmazonEKSWorkerNodePolicy', 'AmazonEKS_CNI_Policy', 'AmazonEC2ContainerRegistryPullOnly', 'AmazonSSMManagedInstanceCore'].map((name) => `arn:aws:iam::aws:policy/${name}`);

/** Karpenter: roles for it and for its nodes, a way into the cluster for these, and what installs it. */
export function karpenter(ask: PartsAsk): Compiled {
  const { cluster } = ask;
  const wish = cluster.wanted?.autoscaling;
  if (wish?.kind !== 'karpenter') return { resources: [] };
  const release = releaseFor(KARPENTER, cluster.version);
  if (release === undefined) return { resources: [], errors: [{ path: 'autoscaling.kind', message: `Karpenter is listed for ${minorsOf(KARPENTER).join(', ')}, not for ${cluster.version}` }] };
  const nodes = nodeResources(wish, cluster);
  const { interruptionQueue } = wish;
  const place = { ...placeOf(ask), nodeRoleArn: nodes.roleArn, ...(interruptionQueue === undefined ? {} : { interruptionQueue }) };
  const of: ControllerRole = { ...OF_THE_PART, word: KARPENTER, description: `Karpenter of ${cluster.name}.`, namespace: 'kube-system', serviceAccount: KARPENTER, policies: karpenterPolicies(place) };
  const role = controllerRole(cluster, of);
  return {
    resources: [...nodes.resources, role, controllerIdentity(of, roleArnIn(cluster.accountId, role.name), role.name), handOver(wish, cluster, nodes, release)],
    addons: agentNeed(cluster, 'autoscaling'),
    findings: interruptionQueue === undefined ? [unseenInterruptions(cluster)] : [],
  };
}

interface NodeRole {
  readonly roleArn: string;
  readonly resources: readonly Resource[];
}

/** The role of the nodes and their access entry. EKS makes the entry itself for the roles of managed node groups. */
function nodeResources({ nodeRoleArn }: AutoscalingOf<'karpenter'>, cluster: Cluster): NodeRole {
  const role: RoleResource = {
    kind: 'role',
    name: roleNameFor(cluster, KARPENTER, 'node'),
    ...OF_THE_PART,
    description: `Nodes that Karpenter brings to ${cluster.name}.`,
    trust: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: ['ec2.amazonaws.com'] }, Action: ['sts:AssumeRole'] }] },
    policies: {},
    managedPolicyArns: NODE_POLICIES,
  };
  const roleArn = nodeRoleArn ?? roleArnIn(cluster.accountId, role.name);
  const roles = nodeRoleArn === undefined ? [role] : [];
  if (cluster.nodegroups.some((group) => group.nodeRole === roleArn)) return { roleArn, resources: roles };
  const entry: AccessEntryResource = { kind: 'access-entry', name: roleArn, ...OF_THE_PART, principalArn: roleArn, type: 'EC2_LINUX', policies: [], ...(nodeRoleArn === undefined ? { needs: [`role/${role.name}`] } : {}) };
  return { roleArn, resources: [...roles, entry] };
}

function handOver({ interruptionQueue }: AutoscalingOf<'karpenter'>, cluster: Cluster, nodes: NodeRole, { version, chart }: Release): HandOverResource {
  const { repository } = CONTROLLERS[KARPENTER].chart;
  return {
    kind: 'hand-over',
    name: KARPENTER,
    ...OF_THE_PART,
    needs: [`pod-identity/kube-system/${KARPENTER}`, ...nodes.resources.filter(({ kind }) => kind === 'access-entry').map(({ kind, name }) => `${kind}/${name}`)],
    what: KARPENTER,
    version,
    // Definitions of custom resources have a chart of their own, which moves with each version (source: karpenter.sh, v1.14, Upgrade Guide, CRD Upgrades).
    commands: [`helm upgrade --install karpenter-crd ${repository}/karpenter-crd --version ${chart} --namespace kube-system`],
    chart: {
      ...CONTROLLERS[KARPENTER].chart,
      version: chart,
      releaseName: KARPENTER,
      namespace: 'kube-system',
      values: {
        replicas: REPLICAS,
        serviceAccount: { create: true, name: KARPENTER },
        settings: { clusterName: cluster.name, ...(interruptionQueue === undefined ? {} : { interruptionQueue }) },
      },
    },
    manifests: karpenterManifests({ clusterName: cluster.name, nodeRoleName: nodes.roleArn.split('/').at(-1) ?? '', subnetIds: cluster.subnetIds }),
    ...(interruptionQueue === undefined ? { documents: [{ title: `CloudFormation template of the queue that tells Karpenter of interruptions, for the owner of account ${cluster.accountId} (region ${cluster.region})`, content: interruptionTemplate(queueNameFor(cluster)) }] } : {}),
  };
}

/** A queue's name has 80 characters at most, and a cluster's 100 (source: SQS CreateQueue, EKS CreateCluster). */
function queueNameFor({ name, clusterId }: Cluster): string {
  return `karpenter-${name.slice(0, 60)}-${clusterId.slice(-6)}`;
}

function unseenInterruptions(cluster: Cluster) {
  return finding('interruptions-unseen', 'advises', cluster.name, {
    detail: 'Slipway may make no queues and rules of EventBridge, so Karpenter is not told of interruptions of spot instances and of health events beforehand.',
    remedy: `Have the account's owner create the CloudFormation template of GET /v1/clusters/${cluster.clusterId}/handed-over, then name the queue: autoscaling.interruptionQueue ${queueNameFor(cluster)}.`,
  });
}
