import type { RoleDocument, RoleStatement } from '../parts/resource.ts';
import type { ControllerPlace } from './place.ts';

export interface KarpenterPlace extends ControllerPlace {
  readonly nodeRoleArn: string;
  /** The queue that tells of interruptions, where its owner has made one. */
  readonly interruptionQueue?: string;
}

/**
 * What Karpenter 1.14 may do (source: karpenter.sh, v1.14, Reference, CloudFormation: the controller's policies, each statement with its
 * reason). Instances, launch templates and instance profiles are its own by the tags of the cluster and of a node pool or node class.
 */
export function karpenterPolicies(place: KarpenterPlace): Readonly<Record<string, RoleDocument>> {
  return { nodes: document(nodes(place)), profiles: document(profiles(place)), look: document(looks(place)) };
}

function document(Statement: readonly RoleStatement[]): RoleDocument {
  return { Version: '2012-10-17', Statement };
}

function allow(Sid: string, Action: readonly string[], Resource: readonly string[], Condition?: RoleStatement['Condition']): RoleStatement {
  return { Sid, Effect: 'Allow', Action, Resource, ...(Condition === undefined ? {} : { Condition }) };
}

const ANY_POOL = { 'aws:ResourceTag/karpenter.sh/nodepool': '*' };
const FOR_A_POOL = { 'aws:RequestTag/karpenter.sh/nodepool': '*' };

function nodes({ region, clusterName }: KarpenterPlace): readonly RoleStatement[] {
  const [ec2, owner] = [`arn:aws:ec2:${region}`, `kubernetes.io/cluster/${clusterName}`];
  const made = ['fleet', 'instance', 'volume', 'network-interface', 'launch-template', 'spot-instances-request'].map((kind) => `${ec2}:*:${kind}/*`);
  const asOurs = { [`aws:RequestTag/${owner}`]: 'owned', 'aws:RequestTag/eks:eks-cluster-name': clusterName };
  const ours = { [`aws:ResourceTag/${owner}`]: 'owned' };
  const launch = ['ec2:CreateFleet', 'ec2:RunInstances'];
  return [
    allow('LaunchFrom', launch, [`${ec2}::image/*`, `${ec2}::snapshot/*`, ...['security-group', 'subnet', 'capacity-reservation', 'placement-group'].map((kind) => `${ec2}:*:${kind}/*`)]),
    allow('LaunchFromTemplates', launch, [`${ec2}:*:launch-template/*`], { StringEquals: ours, StringLike: ANY_POOL }),
    allow('Launch', [...launch, 'ec2:CreateLaunchTemplate'], made, { StringEquals: asOurs, StringLike: FOR_A_POOL }),
    allow('TagWhatIsLaunched', ['ec2:CreateTags'], made, { StringEquals: { ...asOurs, 'ec2:CreateAction': ['RunInstances', 'CreateFleet', 'CreateLaunchTemplate'] }, StringLike: FOR_A_POOL }),
    allow('TagOwnInstances', ['ec2:CreateTags'], [`${ec2}:*:instance/*`], {
      StringEquals: ours,
      StringLike: ANY_POOL,
      StringEqualsIfExists: { 'aws:RequestTag/eks:eks-cluster-name': clusterName },
      'ForAllValues:StringEquals': { 'aws:TagKeys': ['eks:eks-cluster-name', 'karpenter.sh/nodeclaim', 'Name'] },
    }),
    allow('RemoveOwn', ['ec2:DeleteLaunchTemplate', 'ec2:TerminateInstances'], [`${ec2}:*:instance/*`, `${ec2}:*:launch-template/*`], { StringEquals: ours, StringLike: ANY_POOL }),
  ];
}

function profiles({ accountId, region, clusterName, nodeRoleArn }: KarpenterPlace): readonly RoleStatement[] {
  const [own, owner] = [[`arn:aws:iam::${accountId}:instance-profile/*`], `kubernetes.io/cluster/${clusterName}`];
  const asOurs = { [`aws:RequestTag/${owner}`]: 'owned', 'aws:RequestTag/eks:eks-cluster-name': clusterName, 'aws:RequestTag/topology.kubernetes.io/region': region };
  const ours = { [`aws:ResourceTag/${owner}`]: 'owned', 'aws:ResourceTag/topology.kubernetes.io/region': region };
  const [forAClass, ofAClass] = [{ 'aws:RequestTag/karpenter.k8s.aws/ec2nodeclass': '*' }, { 'aws:ResourceTag/karpenter.k8s.aws/ec2nodeclass': '*' }];
  return [
    allow('HandTheNodeRoleToInstances', ['iam:PassRole'], [nodeRoleArn], { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } }),
    allow('MakeProfiles', ['iam:CreateInstanceProfile'], own, { StringEquals: asOurs, StringLike: forAClass }),
    allow('TagProfiles', ['iam:TagInstanceProfile'], own, { StringEquals: { ...ours, ...asOurs }, StringLike: { ...ofAClass, ...forAClass } }),
    allow('ChangeOwnProfiles', ['iam:AddRoleToInstanceProfile', 'iam:DeleteInstanceProfile', 'iam:RemoveRoleFromInstanceProfile'], own, { StringEquals: ours, StringLike: ofAClass }),
    allow('ReadProfiles', ['iam:GetInstanceProfile'], own),
    allow('FindProfiles', ['iam:ListInstanceProfiles'], ['*']),
  ];
}

const DESCRIBED = ['CapacityReservations', 'Images', 'InstanceStatus', 'InstanceTypeOfferings', 'InstanceTypes', 'Instances', 'LaunchTemplates', 'PlacementGroups', 'SecurityGroups', 'SpotPriceHistory', 'Subnets'];

function looks({ accountId, region, clusterName, interruptionQueue }: KarpenterPlace): readonly RoleStatement[] {
  const cluster = `arn:aws:eks:${region}:${accountId}:cluster/${clusterName}`;
  return [
    allow('LookAtTheRegion', DESCRIBED.map((what) => `ec2:Describe${what}`), ['*'], { StringEquals: { 'aws:RequestedRegion': region } }),
    allow('ReadImageParameters', ['ssm:GetParameter'], [`arn:aws:ssm:${region}::parameter/aws/service/*`]),
    allow('ReadPrices', ['pricing:GetProducts'], ['*']),
    allow('FindTheCluster', ['eks:DescribeCluster'], [cluster]),
    allow('SeeZonalShifts', ['arc-zonal-shift:GetManagedResource'], ['*'], { StringEquals: { 'arc-zonal-shift:ResourceIdentifier': cluster } }),
    ...(interruptionQueue === undefined ? [] : [allow('ReadInterruptions', ['sqs:DeleteMessage', 'sqs:GetQueueUrl', 'sqs:ReceiveMessage'], [`arn:aws:sqs:${region}:${accountId}:${interruptionQueue}`])]),
  ];
}
