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

describe('The aws command line, for what a cluster is given', { skip: absent() }, () => {
  it('makes a zone with a record, asks for a certificate, and lists what may identify pods', async (context) => {
    const stage = await startAws(context);
    const [zone, certificate, provider] = await Promise.all([
      aws(stage, 'route53', 'create-hosted-zone', '--name', 'example.com', '--caller-reference', 'one'),
      aws(stage, 'acm', 'request-certificate', '--domain-name', 'www.example.com', '--validation-method', 'DNS'),
      aws(stage, 'iam', 'create-open-id-connect-provider', '--url', 'https://oidc.eks.eu-west-1.amazonaws.com/id/ABC', '--client-id-list', 'sts.amazonaws.com'),
    ]);
    const zoneId = String((zone['HostedZone'] as Record<string, unknown>)['Id']);
    const changes = { Changes: [{ Action: 'UPSERT', ResourceRecordSet: { Name: 'www.example.com', Type: 'A', TTL: 60, ResourceRecords: [{ Value: '192.0.2.1' }] } }] };
    await aws(stage, 'route53', 'change-resource-record-sets', '--hosted-zone-id', zoneId, '--change-batch', JSON.stringify(changes));
    const { ResourceRecordSets } = await aws(stage, 'route53', 'list-resource-record-sets', '--hosted-zone-id', zoneId);
    assert.deepEqual((ResourceRecordSets as Record<string, unknown>[]).map(({ Name, Type }) => `${String(Name)} ${String(Type)}`), ['example.com. NS', 'example.com. SOA', 'www.example.com. A']);
    assert.match(String(certificate['CertificateArn']), /^arn:aws:acm:eu-west-1:/);
    assert.equal(provider['OpenIDConnectProviderArn'], `arn:aws:iam::${ACCOUNT}:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/ABC`);
  });
});

describe('The aws command line, beside EKS', { skip: absent() }, () => {
  it('makes an alarm fire, and rolls an Auto Scaling group', async (context) => {
    const stage = await startAws(context);
    const settings = ['--namespace', 'Shop', '--metric-name', 'Errors', '--statistic', 'Sum', '--period', '60', '--evaluation-periods', '1', '--threshold', '1', '--comparison-operator', 'GreaterThanThreshold'];
    const [images, quota] = await Promise.all([
      aws(stage, 'ec2', 'describe-images', '--owners', 'amazon', '--filters', 'Name=name,Values=amazon-eks-node-al2023-x86_64-standard-1.33-v20260304'),
      aws(stage, 'service-quotas', 'get-service-quota', '--service-code', 'ec2', '--quota-code', 'L-1216C47A'),
      aws(stage, 'cloudwatch', 'put-metric-alarm', '--alarm-name', 'errors', ...settings),
    ]);
    assert.equal((quota['Quota'] as Record<string, unknown>)['Value'], 1152);
    const [image] = images['Images'] as Record<string, string>[];
    await aws(stage, 'ec2', 'create-launch-template', '--launch-template-name', 'nodes', '--launch-template-data', JSON.stringify({ ImageId: image?.['ImageId'], InstanceType: 'm5.large' }));
    await Promise.all([
      aws(stage, 'autoscaling', 'create-auto-scaling-group', '--auto-scaling-group-name', 'workers', '--launch-template', 'LaunchTemplateName=nodes,Version=1', '--min-size', '1', '--max-size', '2', '--availability-zones', 'eu-west-1a'),
      aws(stage, 'cloudwatch', 'set-alarm-state', '--alarm-name', 'errors', '--state-value', 'ALARM', '--state-reason', 'a drill'),
    ]);
    await stage.pass(120);
    await aws(stage, 'autoscaling', 'start-instance-refresh', '--auto-scaling-group-name', 'workers');
    await stage.pass(300);
    const [refreshes, alarms] = await Promise.all([aws(stage, 'autoscaling', 'describe-instance-refreshes', '--auto-scaling-group-name', 'workers'), aws(stage, 'cloudwatch', 'describe-alarms', '--state-value', 'ALARM')]);
    assert.deepEqual((refreshes['InstanceRefreshes'] as Record<string, unknown>[]).map(({ Status, PercentageComplete }) => [Status, PercentageComplete]), [['Successful', 100]]);
    assert.deepEqual((alarms['MetricAlarms'] as Record<string, unknown>[]).map(({ AlarmName }) => AlarmName), ['errors']);
  });
});

describe('The aws command line, with images', { skip: absent() }, () => {
  it('makes a repository, pushes to it and asks what its lifecycle policy would expire', async (context) => {
    const stage = await startAws(context);
    const named = ['--repository-name', 'payments/api'];
    const made = await aws(stage, 'ecr', 'create-repository', ...named, '--image-tag-mutability', 'IMMUTABLE');
    assert.equal((made['repository'] as Record<string, unknown>)['repositoryUri'], `${ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/payments/api`);
    const manifest = JSON.stringify({ schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json', config: { size: 10 }, layers: [{ size: 90 }] });
    const rule = { rulePriority: 1, description: 'Untagged images go.', selection: { tagStatus: 'untagged', countType: 'imageCountMoreThan', countNumber: 1 }, action: { type: 'expire' } };
    await Promise.all([
      aws(stage, 'ecr', 'put-image', ...named, '--image-manifest', manifest, '--image-tag', 'v1'),
      aws(stage, 'ecr', 'put-lifecycle-policy', ...named, '--lifecycle-policy-text', JSON.stringify({ rules: [rule] })),
    ]);
    const [images, preview] = await Promise.all([aws(stage, 'ecr', 'describe-images', ...named), aws(stage, 'ecr', 'start-lifecycle-policy-preview', ...named)]);
    assert.deepEqual((images['imageDetails'] as Record<string, unknown>[]).map(({ imageTags, imageSizeInBytes }) => [imageTags, imageSizeInBytes]), [[['v1'], 100]]);
    assert.equal(preview['status'], 'IN_PROGRESS');
    await assert.rejects(aws(stage, 'ecr', 'delete-repository', ...named), /RepositoryNotEmptyException/);
  });
});
