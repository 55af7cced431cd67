import { DescribeAutoScalingGroupsCommand, type AutoScalingClient, type AutoScalingGroup } from '@aws-sdk/client-auto-scaling';

const PAGE_SIZE = 100;
const PAGES_MAX = 10;

/** A managed node group's Auto Scaling group carries it (source: EKS user guide, Managed node groups, tags). */
const MANAGED_TAG = 'eks:nodegroup-name';
const OWNED = 'owned';

export const OWN_GROUP_ACTIONS = ['autoscaling:DescribeAutoScalingGroups'];

/**
 * Auto Scaling groups of the cluster that no managed node group stands behind, by the tags that self-managed nodes need (source: EKS
 * user guide, Self-managed nodes) or that Cluster Autoscaler finds them by.
 */
export async function readOwnGroups(client: AutoScalingClient, clusterName: string): Promise<AutoScalingGroup[]> {
  const keys = [`kubernetes.io/cluster/${clusterName}`, `k8s.io/cluster-autoscaler/${clusterName}`];
  const found: AutoScalingGroup[] = [];
  let NextToken: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await client.send(new DescribeAutoScalingGroupsCommand({ Filters: [{ Name: 'tag-key', Values: keys }], MaxRecords: PAGE_SIZE, ...(NextToken === undefined ? {} : { NextToken }) }));
    found.push(...(answer.AutoScalingGroups ?? []));
    NextToken = answer.NextToken;
    if (NextToken === undefined || NextToken === '') return found.filter((group) => isOwn(group, keys));
  }
  throw new Error(`More than ${PAGES_MAX * PAGE_SIZE} Auto Scaling groups carry the cluster's tags.`);
}

function isOwn({ Tags = [] }: AutoScalingGroup, keys: readonly string[]): boolean {
  const owned = Tags.some(({ Key, Value }) => Key !== undefined && keys.includes(Key) && Value === OWNED);
  return owned && Tags.every(({ Key }) => Key !== MANAGED_TAG);
}

/** A launch template as a group names it. */
export interface TemplateRef {
  readonly id?: string;
  readonly name?: string;
  /** A number, `$Latest` or `$Default`. */
  readonly version: string;
}

/** Undefined for a group with a launch configuration. Where a group names no version it means the default one. */
export function templateOf(group: AutoScalingGroup): TemplateRef | undefined {
  const named = group.LaunchTemplate ?? group.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
  if (named === undefined) return undefined;
  return {
    ...(named.LaunchTemplateId === undefined ? {} : { id: named.LaunchTemplateId }),
    ...(named.LaunchTemplateName === undefined ? {} : { name: named.LaunchTemplateName }),
    version: named.Version ?? '$Default',
  };
}
