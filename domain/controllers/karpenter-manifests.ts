/** A node is replaced after thirty days at the latest, as Karpenter has it by default (source: karpenter.sh, v1.14, NodePools, expireAfter). */
const EXPIRE_AFTER = '720h';
/** A bound that somebody raises knowingly, so that a mistake in one workload cannot fill an account. */
const VCPUS_MAX = 1000;

interface Nodes {
  readonly clusterName: string;
  readonly nodeRoleName: string;
  readonly subnetIds: readonly string[];
}

/** A node class and a node pool to begin with: general-purpose instances, on demand, in the cluster's subnets and behind its own security group (source: karpenter.sh, v1.14, NodeClasses and NodePools). */
export function karpenterManifests({ clusterName, nodeRoleName, subnetIds }: Nodes): readonly Readonly<Record<string, unknown>>[] {
  return [
    {
      apiVersion: 'karpenter.k8s.aws/v1',
      kind: 'EC2NodeClass',
      metadata: { name: 'default' },
      spec: {
        role: nodeRoleName,
        amiSelectorTerms: [{ alias: 'al2023@latest' }],
        subnetSelectorTerms: subnetIds.map((id) => ({ id })),
        // EKS puts this tag on the security group of the cluster, and nobody else can (source: EKS user guide, security group requirements).
        securityGroupSelectorTerms: [{ tags: { 'aws:eks:cluster-name': clusterName } }],
        metadataOptions: { httpEndpoint: 'enabled', httpTokens: 'required', httpPutResponseHopLimit: 1 },
      },
    },
    {
      apiVersion: 'karpenter.sh/v1',
      kind: 'NodePool',
      metadata: { name: 'default' },
      spec: {
        template: {
          spec: {
            nodeClassRef: { group: 'karpenter.k8s.aws', kind: 'EC2NodeClass', name: 'default' },
            expireAfter: EXPIRE_AFTER,
            requirements: [
              { key: 'kubernetes.io/arch', operator: 'In', values: ['amd64'] },
              { key: 'kubernetes.io/os', operator: 'In', values: ['linux'] },
              { key: 'karpenter.sh/capacity-type', operator: 'In', values: ['on-demand'] },
              { key: 'karpenter.k8s.aws/instance-category', operator: 'In', values: ['c', 'm', 'r'] },
              { key: 'karpenter.k8s.aws/instance-generation', operator: 'Gt', values: ['4'] },
            ],
          },
        },
        limits: { cpu: String(VCPUS_MAX) },
        disruption: { consolidationPolicy: 'WhenEmptyOrUnderutilized', consolidateAfter: '1m' },
      },
    },
  ];
}

/** How long a message waits in the queue: what it tells of is over then. */
const MESSAGES_KEPT_SECONDS = 300;

/** What tells Karpenter that instances end: the events that it knows (source: karpenter.sh, v1.14, Reference, CloudFormation, Interruption Handling). */
const EVENTS: readonly (readonly [name: string, source: string, detailType: string])[] = [
  ['HealthEvents', 'aws.health', 'AWS Health Event'],
  ['SpotInterruptions', 'aws.ec2', 'EC2 Spot Instance Interruption Warning'],
  ['Rebalances', 'aws.ec2', 'EC2 Instance Rebalance Recommendation'],
  ['StateChanges', 'aws.ec2', 'EC2 Instance State-change Notification'],
  ['ReservationInterruptions', 'aws.ec2', 'EC2 Capacity Reservation Instance Interruption Warning'],
];

/** A template for the account's owner: the queue, who may write to it, and the rules that do. */
export function interruptionTemplate(queueName: string): Readonly<Record<string, unknown>> {
  const queueArn = { 'Fn::GetAtt': ['Queue', 'Arn'] };
  const rules = EVENTS.map(([name, source, detailType]) => [
    name,
    { Type: 'AWS::Events::Rule', Properties: { EventPattern: { source: [source], 'detail-type': [detailType] }, Targets: [{ Id: 'Karpenter', Arn: queueArn }] } },
  ]);
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: 'What tells Karpenter that instances are about to end.',
    Resources: {
      Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: queueName, MessageRetentionPeriod: MESSAGES_KEPT_SECONDS, SqsManagedSseEnabled: true } },
      QueuePolicy: {
        Type: 'AWS::SQS::QueuePolicy',
        Properties: {
          Queues: [{ Ref: 'Queue' }],
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [
              { Sid: 'Events', Effect: 'Allow', Principal: { Service: ['events.amazonaws.com'] }, Action: 'sqs:SendMessage', Resource: queueArn, Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } } },
              { Sid: 'TlsAlone', Effect: 'Deny', Principal: '*', Action: 'sqs:*', Resource: queueArn, Condition: { Bool: { 'aws:SecureTransport': 'false' } } },
            ],
          },
        },
      },
      ...(Object.fromEntries(rules) as Record<string, unknown>),
    },
    Outputs: { QueueName: { Value: { 'Fn::GetAtt': ['Queue', 'QueueName'] } } },
  };
}
