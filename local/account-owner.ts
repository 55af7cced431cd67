import { EC2Client, DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import { AttachRolePolicyCommand, CreatePolicyCommand, CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import type { Json } from './api-client.ts';

/** What the owner of a workload account does there before Slipway can work, with the official clients and the account's own credentials. */
export interface AccountOwner {
  /** The role that Slipway assumes and the boundary of the roles that it makes, from what `POST /v1/accounts` answered. */
  makeAccessRole(account: Json): Promise<void>;
  /** The roles that EKS and the nodes run with. */
  makeClusterRoles(): Promise<{ clusterRoleArn: string; nodeRoleArn: string }>;
  /** Subnets of the default VPC in zones that EKS takes, at most `count`. */
  subnetIds(count: number): Promise<string[]>;
}

/** Zones that EKS takes no cluster in (source: EKS user guide, network requirements). */
const ZONES_WITHOUT_EKS = new Set(['use1-az3', 'usw1-az2', 'cac1-az3']);

export function createAccountOwner(awsUrl: string, accountId: string, region: string): AccountOwner {
  const client = { endpoint: awsUrl, region, credentials: { accessKeyId: accountId, secretAccessKey: 'owner' } };
  const iam = new IAMClient(client);
  const ec2 = new EC2Client(client);

  async function makeServiceRole(name: string, service: string, policies: readonly string[]): Promise<string> {
    const trust = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: ['sts:AssumeRole', 'sts:TagSession'] }] };
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: JSON.stringify(trust) }));
    for (const policy of policies) await iam.send(new AttachRolePolicyCommand({ RoleName: name, PolicyArn: `arn:aws:iam::aws:policy/${policy}` }));
    return Role?.Arn ?? '';
  }

  return {
    async makeAccessRole(account) {
      const RoleName = String(account.roleArn).split('/').at(-1) ?? '';
      await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(account.trustPolicy) }));
      await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: RoleName, PolicyDocument: JSON.stringify(account.permissionsPolicy) }));
      await iam.send(new CreatePolicyCommand({ PolicyName: 'slipway-boundary', PolicyDocument: JSON.stringify(account.boundaryPolicy) }));
    },

    async makeClusterRoles() {
      const clusterRoleArn = await makeServiceRole('eks-cluster', 'eks.amazonaws.com', ['AmazonEKSClusterPolicy']);
      const nodeRoleArn = await makeServiceRole('eks-node', 'ec2.amazonaws.com', ['AmazonEKSWorkerNodePolicy', 'AmazonEKS_CNI_Policy', 'AmazonEC2ContainerRegistryReadOnly']);
      return { clusterRoleArn, nodeRoleArn };
    },

    async subnetIds(count) {
      const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ Filters: [{ Name: 'default-for-az', Values: ['true'] }] }));
      const fit = (Subnets ?? []).filter((subnet) => !ZONES_WITHOUT_EKS.has(subnet.AvailabilityZoneId ?? ''));
      return fit.slice(0, count).flatMap((subnet) => (subnet.SubnetId === undefined ? [] : [subnet.SubnetId]));
    },
  };
}
