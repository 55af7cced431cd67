import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import * as eks from '@aws-sdk/client-eks';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { policy } from './aws-stage.ts';
import type { AwsStage } from './aws-stage.ts';

export const ACCOUNT = '111111111111';
export const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;

export interface Fleet extends AwsStage {
  readonly client: eks.EKSClient;
  readonly subnets: string[];
}

/** An account with the roles and subnets that a cluster needs, made through the same endpoint. */
export async function account(stage: AwsStage): Promise<Fleet> {
  const iam = new IAMClient(stage.as(ACCOUNT));
  for (const [RoleName, service] of [
    ['eks-cluster', 'eks.amazonaws.com'],
    ['eks-nodes', 'ec2.amazonaws.com'],
    ['pods', 'pods.eks.amazonaws.com'],
    ['fargate', 'eks-fargate-pods.amazonaws.com'],
    ['capability', 'capabilities.eks.amazonaws.com'],
  ])
    await iam.send(
      new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policy({ Effect: 'Allow', Principal: { Service: service }, Action: ['sts:AssumeRole', 'sts:TagSession'] }) }),
    );
  const ec2 = new EC2Client(stage.as(ACCOUNT));
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
  const usable = Subnets.filter((subnet) => subnet.AvailabilityZoneId !== 'use1-az3').map((subnet) => subnet.SubnetId ?? '');
  return Object.assign(stage, { client: new eks.EKSClient(stage.as(ACCOUNT)), subnets: usable.slice(0, 2) });
}

export const clusterOf = (fleet: Fleet, name: string): eks.CreateClusterCommandInput => ({
  name,
  version: '1.33',
  roleArn: roleArn('eks-cluster'),
  resourcesVpcConfig: { subnetIds: fleet.subnets },
  accessConfig: { authenticationMode: 'API' },
  bootstrapSelfManagedAddons: false,
});

/** A cluster that is ACTIVE, with the node group `blue` unless it is to have no nodes. */
export async function activeCluster(fleet: Fleet, name: string, options: { readonly version?: string; readonly nodes?: number; readonly more?: object } = {}): Promise<void> {
  const { client } = fleet;
  await client.send(new eks.CreateClusterCommand({ ...clusterOf(fleet, name), version: options.version ?? '1.34', ...options.more }));
  await fleet.pass(13 * 60);
  const desiredSize = options.nodes ?? 0;
  if (desiredSize === 0) return;
  const group = { clusterName: name, nodegroupName: 'blue', nodeRole: roleArn('eks-nodes'), subnets: fleet.subnets, scalingConfig: { minSize: 0, maxSize: 10, desiredSize } };
  await client.send(new eks.CreateNodegroupCommand(group));
  await fleet.pass(8 * 60);
}

/** Upgrades the control plane, and waits until the cluster is ACTIVE again. */
export async function upgraded(fleet: Fleet, name: string, version: string): Promise<void> {
  await fleet.client.send(new eks.UpdateClusterVersionCommand({ name, version }));
  await fleet.pass(14 * 60);
}

export async function clusterNow(fleet: Fleet, name: string): Promise<eks.Cluster> {
  return (await fleet.client.send(new eks.DescribeClusterCommand({ name }))).cluster ?? {};
}

/** The update as EKS tells it now. */
export async function updateNow(fleet: Fleet, update: eks.Update | undefined, of: { readonly nodegroupName?: string; readonly addonName?: string } = {}): Promise<eks.Update> {
  return (await fleet.client.send(new eks.DescribeUpdateCommand({ name: 'a', updateId: update?.id, ...of }))).update ?? {};
}

/** Scripts what runs in the cluster `a`, in place of what was scripted before. */
export async function workloads(fleet: Fleet, asked: object): Promise<void> {
  const { status, body } = await fleet.send('POST', '/_sim/eks/workloads', { account: ACCOUNT, region: 'us-east-1', cluster: 'a', ...asked });
  if (status !== 201) throw new Error(`${status} ${JSON.stringify(body)}`);
}
