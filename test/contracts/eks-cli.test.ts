import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { policy, startAws } from './aws-stage.ts';

const ACCOUNT = '111111111111';
/** A minute of virtual time passes in less than a millisecond, so that the command line never has to wait. */
const SPEED = 100_000;
const COMMAND_SECONDS_MAX = 60;

const installed = spawnSync('aws', ['--version']).status === 0;

describe('the simulated EKS, asked by the aws command line', { skip: installed ? false : 'the aws command line is not installed' }, () => {
  it('creates, upgrades and deletes a cluster with a node group and an add-on', async (t) => {
    const stage = await startAws(t, { speed: SPEED });
    const environment = {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      AWS_ACCESS_KEY_ID: ACCOUNT,
      AWS_SECRET_ACCESS_KEY: 'any',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: stage.url,
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_MAX_ATTEMPTS: '1',
    };
    const aws = (line: string, ...more: string[]): Promise<string> =>
      new Promise((resolve, reject) => {
        execFile('aws', [...line.split(' '), ...more, '--output', 'text'], { env: environment, timeout: COMMAND_SECONDS_MAX * 1000 }, (error, stdout, stderr) =>
          error === null ? resolve(stdout.trim()) : reject(new Error(`aws ${line}: ${stderr.trim() || error.message}`)),
        );
      });

    const iam = new IAMClient(stage.as(ACCOUNT));
    const role = async (RoleName: string, Service: string): Promise<string> =>
      (await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policy({ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }) }))).Role?.Arn ?? '';
    const [clusterRole, nodeRole] = await Promise.all([role('eks-cluster', 'eks.amazonaws.com'), role('eks-nodes', 'ec2.amazonaws.com')]);
    const zones = { Name: 'availability-zone-id', Values: ['use1-az1', 'use1-az2'] };
    const { Subnets = [] } = await new EC2Client(stage.as(ACCOUNT)).send(new DescribeSubnetsCommand({ Filters: [zones] }));
    const [first, second] = Subnets.map((subnet) => subnet.SubnetId);

    assert.equal(
      await aws(
        `eks create-cluster --name demo --kubernetes-version 1.33 --role-arn ${clusterRole} --resources-vpc-config subnetIds=${first},${second} --access-config authenticationMode=API --query cluster.status`,
      ),
      'CREATING',
    );
    await aws('eks wait cluster-active --name demo');
    await Promise.all([
      aws(`eks create-nodegroup --cluster-name demo --nodegroup-name blue --node-role ${nodeRole} --subnets ${first} ${second} --scaling-config minSize=1,maxSize=2,desiredSize=1`),
      aws('eks create-addon --cluster-name demo --addon-name vpc-cni'),
    ]);
    await aws('eks wait nodegroup-active --cluster-name demo --nodegroup-name blue');

    const updateId = await aws('eks update-cluster-version --name demo --kubernetes-version 1.34 --query update.id');
    const [update, cluster, nodegroup, addon, refused] = await Promise.all([
      aws(`eks describe-update --name demo --update-id ${updateId} --query update.[type,status]`),
      aws('eks describe-cluster --name demo --query cluster.[version,status]'),
      aws('eks describe-nodegroup --cluster-name demo --nodegroup-name blue --query nodegroup.[version,status]'),
      aws('eks describe-addon --cluster-name demo --addon-name vpc-cni --query addon.[addonName,status]'),
      aws('eks delete-cluster --name demo').catch((error: Error) => error.message),
    ]);
    assert.deepEqual([update, cluster, nodegroup, addon], ['VersionUpdate\tSuccessful', '1.34\tACTIVE', '1.33\tACTIVE', 'vpc-cni\tACTIVE']);
    assert.match(refused, /\(ResourceInUseException\) when calling the DeleteCluster operation: Cluster has nodegroups attached/);

    await aws('eks delete-nodegroup --cluster-name demo --nodegroup-name blue');
    await aws('eks wait nodegroup-deleted --cluster-name demo --nodegroup-name blue');
    await aws('eks delete-cluster --name demo');
    await aws('eks wait cluster-deleted --name demo');
    assert.deepEqual(stage.told, []);
  });
});
