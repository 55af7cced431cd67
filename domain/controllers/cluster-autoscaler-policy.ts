import type { RoleDocument } from '../parts/resource.ts';
import type { ControllerPlace } from './place.ts';

/** Auto Scaling groups that the autoscaler may change carry both. EKS puts them on the groups of managed node groups (source: EKS user guide, managed node groups: auto-discovery by the Cluster Autoscaler). */
export function autoscalerTags(clusterName: string): Readonly<Record<string, string>> {
  return { 'k8s.io/cluster-autoscaler/enabled': 'true', [`k8s.io/cluster-autoscaler/${clusterName}`]: 'owned' };
}

/**
 * What the Cluster Autoscaler may do (source: kubernetes/autoscaler, cloudprovider/aws, README, IAM Policy: the full policy, whose second block
 * is to be narrowed by tags): look at all groups, since IAM knows no resource for that, and change those of its cluster.
 */
export function clusterAutoscalerPolicies({ accountId, region, clusterName }: ControllerPlace): Readonly<Record<string, RoleDocument>> {
  const tags = Object.fromEntries(Object.entries(autoscalerTags(clusterName)).map(([key, value]) => [`aws:ResourceTag/${key}`, value]));
  const looks = ['autoscaling:DescribeAutoScalingGroups', 'autoscaling:DescribeAutoScalingInstances', 'autoscaling:DescribeLaunchConfigurations', 'autoscaling:DescribeScalingActivities', 'ec2:DescribeImages', 'ec2:DescribeInstanceTypes', 'ec2:DescribeLaunchTemplateVersions', 'ec2:GetInstanceTypesFromInstanceRequirements'];
  return {
    scale: {
      Version: '2012-10-17',
      Statement: [
        { Sid: 'Look', Effect: 'Allow', Action: looks, Resource: ['*'] },
        { Sid: 'LookAtNodegroups', Effect: 'Allow', Action: ['eks:DescribeNodegroup'], Resource: [`arn:aws:eks:${region}:${accountId}:nodegroup/${clusterName}/*`] },
        {
          Sid: 'ScaleOwnGroups',
          Effect: 'Allow',
          Action: ['autoscaling:SetDesiredCapacity', 'autoscaling:TerminateInstanceInAutoScalingGroup'],
          Resource: [`arn:aws:autoscaling:${region}:${accountId}:autoScalingGroup:*:autoScalingGroupName/*`],
          Condition: { StringEquals: tags },
        },
      ],
    },
  };
}
