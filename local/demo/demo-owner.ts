import { AutoScalingClient, DescribeAutoScalingGroupsCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeLaunchTemplatesCommand, EC2Client, ModifySubnetAttributeCommand } from '@aws-sdk/client-ec2';
import { DescribeRepositoriesCommand, ECRClient } from '@aws-sdk/client-ecr';
import { EKSClient, ListClustersCommand } from '@aws-sdk/client-eks';
import { IAMClient, ListInstanceProfilesCommand, ListOpenIDConnectProvidersCommand, ListPoliciesCommand, ListRolesCommand } from '@aws-sdk/client-iam';
import { CreateHostedZoneCommand, ListHostedZonesCommand, Route53Client } from '@aws-sdk/client-route-53';
import { createAccountOwner } from '../account-owner.ts';

/** What the owner of the demo's account does with the official clients, and what there is in the account. */
export interface DemoOwner {
  /** Subnets that are private, since Fargate takes no others, and a hosted zone. */
  prepare(): Promise<{ subnetIds: string[]; hostedZoneId: string }>;
  /** Everything of the kinds that a cluster with all its parts is made of, a line each. AWS's own service-linked roles are the account's. */
  inventory(): Promise<string[]>;
}

const SUBNETS = 3;

export function createDemoOwner(awsUrl: string, accountId: string, region: string): DemoOwner {
  const client = { endpoint: awsUrl, region, credentials: { accessKeyId: accountId, secretAccessKey: 'owner' } };
  const owner = createAccountOwner(awsUrl, accountId, region);
  const iam = new IAMClient(client);
  const ec2 = new EC2Client(client);

  return {
    async prepare() {
      const subnetIds = await owner.subnetIds(SUBNETS);
      for (const SubnetId of subnetIds) await ec2.send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: false } }));
      const { HostedZone } = await new Route53Client(client).send(new CreateHostedZoneCommand({ Name: 'shop.example.com', CallerReference: 'demo' }));
      return { subnetIds, hostedZoneId: (HostedZone?.Id ?? '').replace('/hostedzone/', '') };
    },

    async inventory() {
      const { Roles = [] } = await iam.send(new ListRolesCommand({ MaxItems: 1000 }));
      const { InstanceProfiles = [] } = await iam.send(new ListInstanceProfilesCommand({ MaxItems: 1000 }));
      const { OpenIDConnectProviderList = [] } = await iam.send(new ListOpenIDConnectProvidersCommand({}));
      const { Policies = [] } = await iam.send(new ListPoliciesCommand({ Scope: 'Local' }));
      const { LaunchTemplates = [] } = await ec2.send(new DescribeLaunchTemplatesCommand({}));
      const { AutoScalingGroups = [] } = await new AutoScalingClient(client).send(new DescribeAutoScalingGroupsCommand({}));
      const { clusters = [] } = await new EKSClient(client).send(new ListClustersCommand({}));
      const { repositories = [] } = await new ECRClient(client).send(new DescribeRepositoriesCommand({}));
      const { HostedZones = [] } = await new Route53Client(client).send(new ListHostedZonesCommand({}));
      return [
        ...Roles.filter(({ Path }) => !(Path ?? '').startsWith('/aws-service-role/')).map(({ RoleName }) => `role ${RoleName}`),
        ...InstanceProfiles.map(({ InstanceProfileName }) => `instance profile ${InstanceProfileName}`),
        ...OpenIDConnectProviderList.map(({ Arn }) => `identity provider ${Arn}`),
        ...Policies.map(({ PolicyName }) => `policy ${PolicyName}`),
        ...LaunchTemplates.map(({ LaunchTemplateName }) => `launch template ${LaunchTemplateName}`),
        ...AutoScalingGroups.map(({ AutoScalingGroupName }) => `Auto Scaling group ${AutoScalingGroupName}`),
        ...clusters.map((name) => `cluster ${name}`),
        ...repositories.map(({ repositoryName }) => `repository ${repositoryName}`),
        ...HostedZones.map(({ Name }) => `hosted zone ${Name}`),
      ].sort();
    },
  };
}
