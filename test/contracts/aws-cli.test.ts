import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { policy, startAws } from './aws-stage.ts';
import type { AwsStage } from './aws-stage.ts';

const run = promisify(execFile);
const ACCOUNT = '111111111111';
/** The command line takes a second or two to start. */
const TIMEOUT_MS = 60_000;

/** Why the command line cannot be asked, if it cannot. */
function absent(): string | false {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore' });
    return false;
  } catch {
    return 'the aws command line is not installed';
  }
}

async function aws(stage: AwsStage, ...words: readonly string[]): Promise<Record<string, unknown>> {
  const credentials = { AWS_ACCESS_KEY_ID: ACCOUNT, AWS_SECRET_ACCESS_KEY: 'any', AWS_DEFAULT_REGION: 'eu-west-1', AWS_EC2_METADATA_DISABLED: 'true', AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
  const { stdout } = await run('aws', ['--endpoint-url', stage.url, '--output', 'json', ...words], { env: { ...process.env, ...credentials }, timeout: TIMEOUT_MS });
  return stdout.trim() === '' ? {} : (JSON.parse(stdout) as Record<string, unknown>);
}

describe('The aws command line', { skip: absent() }, () => {
  it('speaks each protocol with the simulated AWS', async (context) => {
    const stage = await startAws(context);
    const trust = policy({ Effect: 'Allow', Principal: { Service: 'eks.amazonaws.com' }, Action: 'sts:AssumeRole' });
    const [identity, role, subnets, queue, keys, clusters] = await Promise.all([
      aws(stage, 'sts', 'get-caller-identity'),
      aws(stage, 'iam', 'create-role', '--role-name', 'eks-cluster', '--assume-role-policy-document', trust),
      aws(stage, 'ec2', 'describe-subnets', '--filters', 'Name=default-for-az,Values=true'),
      aws(stage, 'sqs', 'create-queue', '--queue-name', 'looks', '--attributes', 'DelaySeconds=5'),
      aws(stage, 'kms', 'list-keys'),
      aws(stage, 'eks', 'list-clusters'),
    ]);
    assert.equal(identity['Account'], ACCOUNT);
    assert.deepEqual((role['Role'] as Record<string, unknown>)['AssumeRolePolicyDocument'], JSON.parse(trust));
    assert.equal((subnets['Subnets'] as unknown[]).length, 3);
    assert.equal(queue['QueueUrl'], `${stage.url}/${ACCOUNT}/looks`);
    assert.deepEqual([keys['Keys'], clusters['clusters']], [[], []]);
  });

  it('tells errors as AWS does', async (context) => {
    const stage = await startAws(context);
    await assert.rejects(aws(stage, 'iam', 'get-role', '--role-name', 'nobody'), /An error occurred \(NoSuchEntity\) when calling the GetRole operation: The role with name nobody cannot be found\./);
    await assert.rejects(aws(stage, 'eks', 'register-cluster', '--name', 'x', '--connector-config', 'roleArn=r,provider=OTHER'), /NotImplemented.*does not support eks:RegisterCluster/);
  });
});
