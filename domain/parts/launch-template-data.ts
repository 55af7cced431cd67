import type { SelfManagedGroupResource } from './resource.ts';

/** What is known of the account when a template is written. */
export interface TemplateFacts {
  readonly imageId: string;
  readonly instanceProfile: string;
  /** EKS's own of the cluster: nodes and control plane speak through it. */
  readonly clusterSecurityGroup: string;
  /** Base64. */
  readonly userData: string;
}

/** Where the images keep what grows: Bottlerocket has its containers on a second disk (source: Bottlerocket, FAQ; awslabs/amazon-eks-ami). */
const DATA_DEVICE = { AL2023: '/dev/xvda', BOTTLEROCKET: '/dev/xvdb' } as const;

/**
 * A launch template in EC2's terms (RequestLaunchTemplateData). Instances ask for their credentials with a token and from themselves
 * alone: pods have roles of their own (source: EKS best practices, restrict access to the instance profile).
 */
export function launchTemplateData(group: SelfManagedGroupResource, { imageId, instanceProfile, clusterSecurityGroup, userData }: TemplateFacts): Readonly<Record<string, unknown>> {
  const [first] = group.instanceTypes;
  return {
    ImageId: imageId,
    InstanceType: first,
    IamInstanceProfile: { Name: instanceProfile },
    SecurityGroupIds: [...new Set([clusterSecurityGroup, ...group.securityGroups])],
    UserData: userData,
    MetadataOptions: { HttpTokens: 'required', HttpPutResponseHopLimit: 1 },
    ...(group.diskSize === undefined ? {} : { BlockDeviceMappings: [{ DeviceName: DATA_DEVICE[group.amiFamily], Ebs: { VolumeSize: group.diskSize, VolumeType: 'gp3', Encrypted: true, DeleteOnTermination: true } }] }),
    // Of several types a mixed instances policy says it; a template that says so too is refused.
    ...(group.spot && group.instanceTypes.length === 1 ? { InstanceMarketOptions: { MarketType: 'spot' } } : {}),
  };
}

/** What a group makes its instances from: the template alone, or with several types to choose from (source: Auto Scaling API reference, MixedInstancesPolicy). */
export function instancesFrom(group: SelfManagedGroupResource, LaunchTemplateId: string, Version: string): Readonly<Record<string, unknown>> {
  const specification = { LaunchTemplateId, Version };
  if (group.instanceTypes.length === 1) return { LaunchTemplate: specification };
  return {
    MixedInstancesPolicy: {
      LaunchTemplate: { LaunchTemplateSpecification: specification, Overrides: group.instanceTypes.map((InstanceType) => ({ InstanceType })) },
      InstancesDistribution: { OnDemandPercentageAboveBaseCapacity: group.spot ? 0 : 100, ...(group.spot ? { SpotAllocationStrategy: 'price-capacity-optimized' } : {}) },
    },
  };
}

/** Names of images that EKS and Bottlerocket publish for a minor, with `*` for the release (source: EKS user guide, Retrieve recommended AMI IDs; domain/node-images.ts). */
export function imageNamePattern({ amiFamily, architecture, version }: Pick<SelfManagedGroupResource, 'amiFamily' | 'architecture' | 'version'>): string {
  if (amiFamily === 'AL2023') return `amazon-eks-node-al2023-${architecture}-standard-${version}-v*`;
  return `bottlerocket-aws-k8s-${version}-${architecture === 'arm64' ? 'aarch64' : 'x86_64'}-v*`;
}
