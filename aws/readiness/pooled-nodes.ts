import type { EC2Client, Instance } from '@aws-sdk/client-ec2';
import type { PooledNodesFacts } from '../../domain/readiness-facts.ts';
import { kubeletsOf, readImageNames } from './images.ts';
import { INSTANCE_ACTIONS, readInstances } from './instances.ts';

/** Karpenter's tags on what it launches; the second was its name before v1 (source: Karpenter documentation, NodeClasses, tags). */
const KARPENTER_POOL_TAGS = ['karpenter.sh/nodepool', 'karpenter.sh/provisioner-name'];
/** Auto Mode's tags (source: EKS user guide, Auto Mode cluster IAM role; EC2 user guide, Capacity Manager's tags). */
const AUTO_MODE_CLUSTER_TAG = 'eks:eks-cluster-name';
const AUTO_MODE_POOL_TAG = 'eks:kubernetes-node-pool-name';

export const POOLED_NODE_ACTIONS = [...INSTANCE_ACTIONS, 'ec2:DescribeImages'];

interface Pooled {
  readonly kind: PooledNodesFacts['kind'];
  readonly pool: string;
  readonly imageId: string;
}

/** Nodes that Karpenter or Auto Mode has launched for the cluster, by node pool: as many as carry their tags. */
export async function readPooledNodes(client: EC2Client, clusterName: string): Promise<PooledNodesFacts[]> {
  const [karpenter, autoMode] = await Promise.all([
    readInstances(client, [{ Name: `tag:kubernetes.io/cluster/${clusterName}`, Values: ['owned', 'shared'] }, { Name: 'tag-key', Values: KARPENTER_POOL_TAGS }]),
    readInstances(client, [{ Name: `tag:${AUTO_MODE_CLUSTER_TAG}`, Values: [clusterName] }, { Name: 'tag-key', Values: [AUTO_MODE_POOL_TAG] }]),
  ]);
  const nodes = [
    ...karpenter.map((instance) => pooled('karpenter', instance, KARPENTER_POOL_TAGS)),
    ...autoMode.map((instance) => pooled('auto-mode', instance, [AUTO_MODE_POOL_TAG])),
  ];
  const names = await readImageNames(client, nodes.map(({ imageId }) => imageId));
  const pools = Map.groupBy(nodes, ({ kind, pool }) => `${kind}/${pool}`);
  return [...pools.values()].flatMap((same) => (same[0] === undefined ? [] : [{ kind: same[0].kind, pool: same[0].pool, count: same.length, kubelets: kubeletsOf(same.map(({ imageId }) => imageId), names) }]));
}

function pooled(kind: Pooled['kind'], { Tags, ImageId = '' }: Instance, poolTags: readonly string[]): Pooled {
  const pool = (Tags ?? []).find(({ Key }) => Key !== undefined && poolTags.includes(Key))?.Value ?? '';
  return { kind, pool, imageId: ImageId };
}
