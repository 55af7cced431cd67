import { ACMClient, DescribeCertificateCommand, ListCertificatesCommand, RequestCertificateCommand } from '@aws-sdk/client-acm';
import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeInstancesCommand, DescribeLaunchTemplatesCommand, DescribeNetworkInterfacesCommand, DescribeSecurityGroupsCommand, EC2Client, ModifySubnetAttributeCommand } from '@aws-sdk/client-ec2';
import { DescribePullThroughCacheRulesCommand, DescribeRegistryCommand, DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { EKSClient, ListClustersCommand } from '@aws-sdk/client-eks';
import { IAMClient, ListInstanceProfilesCommand, ListOpenIDConnectProvidersCommand, ListPoliciesCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import { ChangeResourceRecordSetsCommand, CreateHostedZoneCommand, ListHostedZonesCommand, ListResourceRecordSetsCommand, Route53Client } from '@aws-sdk/client-route-53';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createAccountOwner } from '../account-owner.ts';

/** What the owner of the demo's account does with the official clients, and what there is in the account. */
export interface DemoOwner {
  /** Subnets that are private, since Fargate takes no others, a hosted zone, and a certificate that is asked for. */
  prepare(): Promise<{ subnetIds: string[]; hostedZoneId: string; certificateArn: string }>;
  /** Puts the record into the zone that proves the certificate's name; false while ACM does not tell it yet. */
  proveCertificate(certificateArn: string, hostedZoneId: string): Promise<boolean>;
  /**
   * Everything of the kinds that a cluster with all its parts is made of, a line each. What goes with its cluster at EKS (node groups, add-ons, access entries,
   * pod identities, Fargate profiles, capabilities) has no line of its own. AWS's own service-linked roles are the account's, and instances that are terminated are gone.
   */
  inventory(): Promise<string[]>;
}

const SUBNETS = 3;
export const SHOP = 'shop.example.com';

export function createDemoOwner(awsUrl: string, accountId: string, region: string): DemoOwner {
  const client = { endpoint: awsUrl, region, credentials: { accessKeyId: accountId, secretAccessKey: 'owner' } };
  const owner = createAccountOwner(awsUrl, accountId, region);
  const acm = new ACMClient(client);
  const ec2 = new EC2Client(client);
  const route53 = new Route53Client(client);

  return {
    async prepare() {
      const subnetIds = await owner.subnetIds(SUBNETS);
      for (const SubnetId of subnetIds) await ec2.send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: false } }));
      const { HostedZone } = await route53.send(new CreateHostedZoneCommand({ Name: SHOP, CallerReference: 'demo' }));
      const { CertificateArn = '' } = await acm.send(new RequestCertificateCommand({ DomainName: SHOP, ValidationMethod: 'DNS' }));
      return { subnetIds, hostedZoneId: (HostedZone?.Id ?? '').replace('/hostedzone/', ''), certificateArn: CertificateArn };
    },

    async proveCertificate(certificateArn, hostedZoneId) {
      const { Certificate } = await acm.send(new DescribeCertificateCommand({ CertificateArn: certificateArn }));
      const proof = Certificate?.DomainValidationOptions?.[0]?.ResourceRecord;
      if (proof === undefined) return false;
      const ResourceRecordSet = { Name: proof.Name, Type: proof.Type, TTL: 300, ResourceRecords: [{ Value: proof.Value }] };
      await route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: hostedZoneId, ChangeBatch: { Changes: [{ Action: 'UPSERT', ResourceRecordSet }] } }));
      return true;
    },

    async inventory() {
      const kinds = await Promise.all([identities(new IAMClient(client)), machines(ec2, new AutoScalingClient(client)), images(new ECRClient(client)), names(route53, acm), others(new EKSClient(client), new SQSClient(client), new CloudWatchClient(client))]);
      return kinds.flat().sort();
    },
  };
}

async function identities(iam: IAMClient): Promise<string[]> {
  const { Roles = [] } = await iam.send(new ListRolesCommand({ MaxItems: 1000 }));
  const { InstanceProfiles = [] } = await iam.send(new ListInstanceProfilesCommand({ MaxItems: 1000 }));
  const { OpenIDConnectProviderList = [] } = await iam.send(new ListOpenIDConnectProvidersCommand({}));
  const { Policies = [] } = await iam.send(new ListPoliciesCommand({ Scope: 'Local' }));
  return [
    ...Roles.filter(({ Path }) => !(Path ?? '').startsWith('/aws-service-role/')).map(({ RoleName }) => `role ${RoleName}`),
    ...InstanceProfiles.map(({ InstanceProfileName }) => `instance profile ${InstanceProfileName}`),
    ...OpenIDConnectProviderList.map(({ Arn }) => `identity provider ${Arn}`),
    ...Policies.map(({ PolicyName }) => `policy ${PolicyName}`),
  ];
}

async function machines(ec2: EC2Client, autoscaling: AutoScalingClient): Promise<string[]> {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({}));
  const { LaunchTemplates = [] } = await ec2.send(new DescribeLaunchTemplatesCommand({}));
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({}));
  const { NetworkInterfaces = [] } = await ec2.send(new DescribeNetworkInterfacesCommand({}));
  const { AutoScalingGroups = [] } = await autoscaling.send(new DescribeAutoScalingGroupsCommand({}));
  const instances = Reservations.flatMap(({ Instances = [] }) => Instances).filter(({ State }) => State?.Name !== 'terminated');
  return [
    ...instances.map(({ InstanceId }) => `instance ${InstanceId}`),
    ...LaunchTemplates.map(({ LaunchTemplateName }) => `launch template ${LaunchTemplateName}`),
    ...SecurityGroups.map(({ GroupId, GroupName }) => `security group ${GroupName} ${GroupId}`),
    ...NetworkInterfaces.map(({ NetworkInterfaceId }) => `network interface ${NetworkInterfaceId}`),
    ...AutoScalingGroups.map(({ AutoScalingGroupName }) => `Auto Scaling group ${AutoScalingGroupName}`),
  ];
}

async function images(ecr: ECRClient): Promise<string[]> {
  const { repositories = [] } = await ecr.send(new DescribeRepositoriesCommand({}));
  const { pullThroughCacheRules = [] } = await ecr.send(new DescribePullThroughCacheRulesCommand({}));
  const { replicationConfiguration } = await ecr.send(new DescribeRegistryCommand({}));
  return [
    ...repositories.map(({ repositoryName }) => `repository ${repositoryName}`),
    ...pullThroughCacheRules.map(({ ecrRepositoryPrefix }) => `pull-through cache rule ${ecrRepositoryPrefix}`),
    ...(replicationConfiguration?.rules ?? []).map((rule) => `replication rule ${JSON.stringify(rule)}`),
  ];
}

async function names(route53: Route53Client, acm: ACMClient): Promise<string[]> {
  const { HostedZones = [] } = await route53.send(new ListHostedZonesCommand({}));
  const records = await Promise.all(HostedZones.map(async ({ Id }) => (await route53.send(new ListResourceRecordSetsCommand({ HostedZoneId: Id }))).ResourceRecordSets ?? []));
  const { CertificateSummaryList = [] } = await acm.send(new ListCertificatesCommand({}));
  return [
    ...HostedZones.map(({ Name }) => `hosted zone ${Name}`),
    ...records.flat().map(({ Name, Type }) => `record ${Type} ${Name}`),
    ...CertificateSummaryList.map(({ CertificateArn }) => `certificate ${CertificateArn}`),
  ];
}

async function others(eks: EKSClient, sqs: SQSClient, cloudwatch: CloudWatchClient): Promise<string[]> {
  const { clusters = [] } = await eks.send(new ListClustersCommand({}));
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  const { MetricAlarms = [] } = await cloudwatch.send(new DescribeAlarmsCommand({}));
  return [...clusters.map((name) => `cluster ${name}`), ...QueueUrls.map((url) => `queue ${url}`), ...MetricAlarms.map(({ AlarmName }) => `alarm ${AlarmName}`)];
}
