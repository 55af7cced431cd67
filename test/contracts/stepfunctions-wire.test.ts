import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import * as sfn from '@aws-sdk/client-sfn';
import { startEndpoint } from '../../local/aws/endpoint.ts';
import { createWorld, EXECUTION, machine, MACHINE, ROLE, START, waitForToken } from './stepfunctions-world.ts';
import type { StepFunctionsWorld } from './stepfunctions-world.ts';

const DEFINITION = JSON.stringify(machine({ T: waitForToken({ End: true }) }));

/** A world behind the simulated AWS's address, for as long as `story` lasts. */
async function served(story: (url: string, world: StepFunctionsWorld, tokens: string[]) => Promise<void>): Promise<void> {
  const tokens: string[] = [];
  const world = createWorld({
    invoke: async (_arn, payload) => {
      tokens.push((payload as { token: string }).token);
      return { payload: null };
    },
  });
  const { clock, disk } = world;
  const endpoint = await startEndpoint({ clock, disk, random: () => 0, newId: () => '0'.repeat(32) }, [world.sfn], { port: 0 });
  try {
    await story(endpoint.url, world, tokens);
  } finally {
    await endpoint.close();
  }
}

function awsIsHere(): boolean {
  try {
    execFileSync('aws', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

describe('Step Functions over the wire', () => {
  it('speaks with the official client: shapes, dates and errors arrive as the model has them', async () => {
    await served(async (url, world, tokens) => {
      const client = new sfn.SFNClient({ endpoint: url, region: 'us-east-1', credentials: { accessKeyId: '000000000000', secretAccessKey: 'x' } });
      const { stateMachineArn } = await client.send(new sfn.CreateStateMachineCommand({ name: 'm', roleArn: ROLE, definition: DEFINITION }));
      assert.equal(stateMachineArn, MACHINE);
      const { startDate } = await client.send(new sfn.StartExecutionCommand({ stateMachineArn, name: 'e', input: '{"a":1}' }));
      assert.deepEqual(startDate, new Date(START));
      await world.clock.idle();
      await assert.rejects(client.send(new sfn.StartExecutionCommand({ stateMachineArn, name: 'e', input: '{}' })), sfn.ExecutionAlreadyExists);
      await client.send(new sfn.SendTaskSuccessCommand({ taskToken: tokens[0], output: '[1]' }));
      await assert.rejects(client.send(new sfn.SendTaskSuccessCommand({ taskToken: tokens[0], output: '[1]' })), sfn.TaskTimedOut);
      await assert.rejects(client.send(new sfn.SendTaskHeartbeatCommand({ taskToken: 'x' })), sfn.InvalidToken);
      const { status, output, stopDate } = await client.send(new sfn.DescribeExecutionCommand({ executionArn: EXECUTION }));
      assert.deepEqual({ status, output, stopDate }, { status: 'SUCCEEDED', output: '[1]', stopDate: new Date(START) });
      const { events } = await client.send(new sfn.GetExecutionHistoryCommand({ executionArn: EXECUTION }));
      assert.deepEqual(events?.[5], {
        id: 6,
        previousEventId: 5,
        type: 'TaskSucceeded',
        timestamp: new Date(START),
        taskSucceededEventDetails: { resourceType: 'lambda', resource: 'invoke.waitForTaskToken', output: '[1]', outputDetails: { truncated: false } },
      });
      await assert.rejects(client.send(new sfn.CreateActivityCommand({ name: 'a' })), (error: { $metadata?: { httpStatusCode?: number } }) => error.$metadata?.httpStatusCode === 501);
      client.destroy();
    });
  });

  it('shows a history to the aws command line', { skip: awsIsHere() ? false : 'the aws command line is not installed' }, async () => {
    await served(async (url, world) => {
      await world.run(JSON.parse(DEFINITION), { a: 1 });
      const env = { ...process.env, AWS_ACCESS_KEY_ID: '000000000000', AWS_SECRET_ACCESS_KEY: 'x', AWS_DEFAULT_REGION: 'us-east-1' };
      const { stdout } = await promisify(execFile)('aws', ['--endpoint-url', url, '--output', 'json', 'stepfunctions', 'get-execution-history', '--execution-arn', EXECUTION], { env });
      const { events } = JSON.parse(stdout) as { events: { type: string }[] };
      assert.deepEqual(events.map(({ type }) => type), ['ExecutionStarted', 'TaskStateEntered', 'TaskScheduled', 'TaskStarted', 'TaskSubmitted']);
    });
  });
});
