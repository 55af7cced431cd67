import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CloudWatchClient, DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DescribeSubnetsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { DescribeAddonVersionsCommand, DescribeClusterCommand, EKSClient, ListClustersCommand } from '@aws-sdk/client-eks';
import { CreateRoleCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { carryStraight } from '../../local/aws/straight.ts';
import { startAws, type AwsStage, type ClientSettings } from './aws-stage.ts';

const ACCOUNT = '111111111111';

/** The settings of a client that comes through the endpoint, and of one within the process. */
function bothWays(stage: AwsStage, maxAttempts = 1): [ClientSettings, ClientSettings & { requestHandler: ReturnType<typeof carryStraight> }] {
  const settings = { ...stage.as(ACCOUNT, 'eu-west-1'), maxAttempts };
  return [settings, { ...settings, requestHandler: carryStraight((request) => stage.take(request)) }];
}

/** What came of a call, without the ids of its request. */
async function outcome(call: Promise<object>): Promise<unknown> {
  try {
    const { $metadata: _ids, ...answer } = (await call) as { $metadata: unknown };
    return answer;
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    return { name, message, status: $metadata?.httpStatusCode };
  }
}

describe('A request within the process', () => {
  const asked: readonly [string, (settings: ClientSettings) => Promise<object>][] = [
    ['a list', (settings) => new EKSClient(settings).send(new ListClustersCommand({}))],
    ['a query with numbers and names', (settings) => new EKSClient(settings).send(new DescribeAddonVersionsCommand({ addonName: 'vpc-cni', kubernetesVersion: '1.34', maxResults: 2 }))],
    ['a query with several values of one name', (settings) => new EKSClient(settings).send(new DescribeAddonVersionsCommand({ types: ['storage', 'networking'], maxResults: 20 }))],
    ['a path that is percent-encoded', (settings) => new EKSClient(settings).send(new DescribeClusterCommand({ name: 'a/b c' }))],
    ['XML', (settings) => new EC2Client(settings).send(new DescribeSubnetsCommand({}))],
    ['XML of a form with unusual characters', (settings) => new IAMClient(settings).send(new GetRoleCommand({ RoleName: 'ünknown & +' }))],
    ['CBOR', (settings) => new CloudWatchClient(settings).send(new DescribeAlarmsCommand({ AlarmNames: ['none'] }))],
    ['JSON of a target', (settings) => new DynamoDBClient(settings).send(new DescribeTableCommand({ TableName: 'none' }))],
    ['bytes', (settings) => new LambdaClient(settings).send(new InvokeCommand({ FunctionName: 'none', Payload: Buffer.from('{"a":"ä"}') }))],
    ['nothing but a body', (settings) => new SQSClient(settings).send(new ListQueuesCommand({}))],
  ];
  for (const [title, ask] of asked) {
    it(`of ${title} is answered as one that came over the wire`, async (context) => {
      const stage = await startAws(context);
      await new IAMClient(stage.as(ACCOUNT)).send(new CreateRoleCommand({ RoleName: 'there', AssumeRolePolicyDocument: '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"eks.amazonaws.com"},"Action":"sts:AssumeRole"}]}' }));
      const [wire, straight] = bothWays(stage);
      assert.deepEqual(await outcome(ask(straight)), await outcome(ask(wire)));
    });
  }

  it('whose answer is lost is asked again, as over the wire', async (context) => {
    const stage = await startAws(context);
    for (const settings of bothWays(stage, 2)) {
      await stage.send('POST', '/_sim/faults', { operation: 'eks:ListClusters', times: 1, fault: { kind: 'loseAnswer' } });
      assert.deepEqual(await outcome(new EKSClient(settings).send(new ListClustersCommand({}))), { clusters: [] });
    }
    assert.equal((await stage.get('/_sim/calls')).body['eks:ListClusters'], 4);
    for (const settings of bothWays(stage)) {
      await stage.send('POST', '/_sim/faults', { operation: 'eks:ListClusters', times: 1, fault: { kind: 'loseAnswer' } });
      assert.deepEqual(await outcome(new EKSClient(settings).send(new ListClustersCommand({}))), { name: 'TimeoutError', message: 'socket hang up', status: undefined });
    }
  });

  it('is given up when its caller gives up, as over the wire', async (context) => {
    const stage = await startAws(context);
    for (const settings of bothWays(stage)) {
      await stage.send('POST', '/_sim/faults', { operation: 'eks:ListClusters', times: 1, fault: { kind: 'delay', seconds: 60 } });
      const controller = new AbortController();
      const call = outcome(new EKSClient(settings).send(new ListClustersCommand({}), { abortSignal: controller.signal }));
      while (((await stage.get('/_sim/faults')).body['faults'] as unknown[]).length > 0);
      controller.abort();
      assert.deepEqual(await call, { name: 'AbortError', message: 'Request aborted', status: undefined });
    }
  });
});
