import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { policy, refusal, startAws } from './aws-stage.ts';
import type { AwsStage } from './aws-stage.ts';

const run = promisify(execFile);
const ACCOUNT = '111111111111';
const SPEED = 3000;
const TIMEOUT_MS = 600_000;
/** A filesystem mirror of Terraform's providers; the AWS provider weighs half a gigabyte, so nothing is downloaded for a test. */
const mirror = process.env['SLIPWAY_TERRAFORM_PROVIDERS'];

/** Why Terraform cannot be asked, if it cannot. */
function absent(): string | false {
  if (mirror === undefined) return 'SLIPWAY_TERRAFORM_PROVIDERS does not name a filesystem mirror with the AWS provider';
  try {
    execFileSync('terraform', ['version'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'terraform is not installed';
  }
}

/** A directory with the configuration, an account with the roles that it names, and the command to run in it. */
async function workspace(context: TestContext): Promise<{ stage: AwsStage; terraform: (...words: readonly string[]) => Promise<string> }> {
  const stage = await startAws(context, { speed: SPEED });
  const iam = new IAMClient(stage.as(ACCOUNT));
  for (const [RoleName, Service] of [
    ['eks-cluster', 'eks.amazonaws.com'],
    ['eks-nodes', 'ec2.amazonaws.com'],
  ])
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: policy({ Effect: 'Allow', Principal: { Service }, Action: 'sts:AssumeRole' }) }));
  const { Subnets = [] } = await new EC2Client(stage.as(ACCOUNT)).send(
    new DescribeSubnetsCommand({ Filters: [{ Name: 'availability-zone-id', Values: ['use1-az1', 'use1-az2'] }] }),
  );
  const directory = await mkdtemp(join(tmpdir(), 'slipway-terraform-'));
  context.after(() => rm(directory, { recursive: true, force: true }));
  await cp(join(import.meta.dirname, 'terraform/cluster'), directory, { recursive: true });
  await writeFile(join(directory, 'cli.tfrc'), `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(mirror)}\n  }\n}\n`);
  const env = {
    ...process.env,
    TF_CLI_CONFIG_FILE: join(directory, 'cli.tfrc'),
    TF_VAR_endpoint: stage.url,
    TF_VAR_account_id: ACCOUNT,
    TF_VAR_subnet_ids: JSON.stringify(Subnets.map((subnet) => subnet.SubnetId)),
    AWS_EC2_METADATA_DISABLED: 'true',
    CHECKPOINT_DISABLE: '1',
    TF_IN_AUTOMATION: '1',
  };
  const terraform = async (...words: readonly string[]): Promise<string> => (await run('terraform', [...words, '-no-color'], { cwd: directory, env, timeout: TIMEOUT_MS })).stdout;
  await terraform('init');
  return { stage, terraform };
}

const BEFORE = ['-var', 'kubernetes_version=1.33', '-var', 'vpc_cni_version=v1.20.4-eksbuild.2'];
const AFTER = ['-var', 'kubernetes_version=1.34', '-var', 'vpc_cni_version=v1.21.1-eksbuild.1'];

// Both mostly wait: Terraform's provider sleeps for a minute before it deletes a cluster, and half a minute after.
describe('the simulated EKS, asked by Terraform', { skip: absent(), concurrency: true }, () => {
  it('lets a cluster, its node group, add-ons and access be made, found unchanged, upgraded, and taken down to the cluster', { timeout: TIMEOUT_MS }, async (context) => {
    const { stage, terraform } = await workspace(context);
    assert.match(await terraform('apply', '-auto-approve', ...BEFORE), /Apply complete! Resources: 6 added, 0 changed, 0 destroyed/);
    // Exactly what the variables change: everything else was found as it was made.
    assert.match(await terraform('apply', '-auto-approve', ...AFTER), /Apply complete! Resources: 0 added, 3 changed, 0 destroyed/);
    assert.match(await terraform('plan', '-detailed-exitcode', ...AFTER), /No changes/);
    const { cluster } = await new EKSClient(stage.as(ACCOUNT)).send(new DescribeClusterCommand({ name: 'demo' }));
    assert.equal(cluster?.version, '1.34');
    const history = stage.aws.eks.history(ACCOUNT, 'us-east-1', 'demo');
    assert.deepEqual(history.updates.map((update) => update.type).sort(), ['AddonUpdate', 'VersionUpdate', 'VersionUpdate']);
    const rest = ['aws_eks_node_group.blue', 'aws_eks_addon.vpc_cni', 'aws_eks_addon.coredns', 'aws_eks_access_entry.admins'].map((resource) => `-target=${resource}`);
    assert.match(await terraform('destroy', '-auto-approve', ...rest, ...AFTER), /Destroy complete! Resources: 5 destroyed/);
    assert.deepEqual(stage.told, []);
  });

  it('lets a cluster be made and destroyed', { timeout: TIMEOUT_MS }, async (context) => {
    const { stage, terraform } = await workspace(context);
    const only = '-target=aws_eks_cluster.demo';
    assert.match(await terraform('apply', '-auto-approve', only, ...BEFORE), /1 added/);
    assert.match(await terraform('destroy', '-auto-approve', only, ...BEFORE), /Destroy complete! Resources: 1 destroyed/);
    assert.equal((await refusal(new EKSClient(stage.as(ACCOUNT)).send(new DescribeClusterCommand({ name: 'demo' })))).status, 404);
    assert.deepEqual(stage.told, []);
  });
});
