import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GetFunctionCommand, GetFunctionConfigurationCommand, InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateStateMachineCommand, DescribeExecutionCommand, SFNClient, StartExecutionCommand } from '@aws-sdk/client-sfn';
import { Disk } from '../../local/disk.ts';
import { policy, refusal, startAws } from './aws-stage.ts';
import type { AwsStage } from './aws-stage.ts';

const HOME = '000000000000';
const ROLE = `arn:aws:iam::${HOME}:role/slipway-local-look`;
const ARN = `arn:aws:lambda:us-east-1:${HOME}:function:slipway-local-look`;

type Handler = Parameters<AwsStage['aws']['lambda']['register']>[0]['handler'];

function registered(stage: AwsStage, handler: Handler, timeoutSeconds = 5): LambdaClient {
  stage.aws.lambda.register({ name: 'slipway-local-look', roleArn: ROLE, timeoutSeconds, handler });
  return new LambdaClient(stage.as(HOME));
}

const text = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString('utf8');

describe('A state machine', () => {
  it('calls functions with the rights of its role', async (context) => {
    const stage = await startAws(context);
    registered(stage, () => Promise.resolve({ seen: true }));
    const [iam, states] = [new IAMClient(stage.as(HOME)), new SFNClient(stage.as(HOME))];
    const trust = policy({ Effect: 'Allow', Principal: { Service: 'states.amazonaws.com' }, Action: 'sts:AssumeRole' });
    await iam.send(new CreateRoleCommand({ RoleName: 'machine', AssumeRolePolicyDocument: trust }));
    const Arguments = { FunctionName: `${ARN}:live`, Payload: {} };
    const definition = JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'T', States: { T: { Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', Arguments, End: true } } });
    const { stateMachineArn } = await states.send(new CreateStateMachineCommand({ name: 'm', roleArn: `arn:aws:iam::${HOME}:role/machine`, definition }));
    const outcome = async (Resource: string) => {
      await iam.send(new PutRolePolicyCommand({ RoleName: 'machine', PolicyName: 'calls', PolicyDocument: policy({ Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource }) }));
      const { executionArn } = await states.send(new StartExecutionCommand({ stateMachineArn }));
      await stage.world.clock.idle();
      return states.send(new DescribeExecutionCommand({ executionArn }));
    };
    const refused = await outcome(ARN);
    assert.deepEqual([refused.status, refused.error], ['FAILED', 'Lambda.AWSLambdaException']);
    assert.equal(
      refused.cause,
      `User: arn:aws:sts::${HOME}:assumed-role/machine/states is not authorized to perform: lambda:InvokeFunction on resource: ${ARN}:live because no identity-based policy allows the lambda:InvokeFunction action (Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException; Proxy: null)`,
    );
    assert.deepEqual(stage.aws.lambda.invocations(), {});
    assert.equal((await outcome(`${ARN}:*`)).status, 'SUCCEEDED');
  });
});

describe('A function', () => {
  it('is invoked by name, alias and ARN, and answers JSON', async (context) => {
    const stage = await startAws(context);
    const lambda = registered(stage, (event, { invokedFunctionArn }) => Promise.resolve({ event, invokedFunctionArn, nothing: undefined }));
    for (const [FunctionName, arn] of [['slipway-local-look', ARN], ['slipway-local-look:live', `${ARN}:live`], [ARN, ARN], [`${ARN}:live`, `${ARN}:live`]] as const) {
      const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload: Buffer.from('{"a":1}') }));
      assert.deepEqual([answer.StatusCode, answer.FunctionError, JSON.parse(text(answer.Payload))], [200, undefined, { event: { a: 1 }, invokedFunctionArn: arn }]);
    }
    assert.deepEqual(await stage.aws.lambda.invoke(`${ARN}:live`, { at: new Date(0) }), { payload: { event: { at: '1970-01-01T00:00:00.000Z' }, invokedFunctionArn: `${ARN}:live` } });
    assert.deepEqual(stage.aws.lambda.invocations(), { 'slipway-local-look': 5 });
  });

  it('that throws tells its error’s name, message and trace', async (context) => {
    class AccountUnreachable extends Error {
      override readonly name = 'AccountUnreachable';
    }
    const stage = await startAws(context);
    const lambda = registered(stage, () => Promise.reject(new AccountUnreachable('no way in')));
    const answer = await lambda.send(new InvokeCommand({ FunctionName: ARN }));
    const { errorType, errorMessage, trace } = JSON.parse(text(answer.Payload)) as Record<string, unknown>;
    assert.deepEqual([answer.FunctionError, errorType, errorMessage, Array.isArray(trace)], ['Unhandled', 'AccountUnreachable', 'no way in', true]);
  });

  it('that runs too long is stopped waiting for', async (context) => {
    const stage = await startAws(context);
    registered(stage, () => new Promise(() => undefined), 0.05);
    const outcome = await stage.aws.lambda.invoke(ARN, {});
    assert.ok('functionError' in outcome);
    assert.deepEqual([outcome.functionError.errorType, /Task timed out after 0.05 seconds/.test(outcome.functionError.errorMessage)], ['Sandbox.Timedout', true]);
  });

  it('that nobody registered, or by an alias that there is not, is not found', async (context) => {
    const stage = await startAws(context);
    const lambda = registered(stage, () => Promise.resolve());
    for (const FunctionName of ['other', 'slipway-local-look:beta', ARN.replace(HOME, '111111111111')]) {
      assert.equal((await refusal(lambda.send(new InvokeCommand({ FunctionName })))).name, 'ResourceNotFoundException');
    }
    assert.equal((await refusal(lambda.send(new InvokeCommand({ FunctionName: ARN, Payload: Buffer.from('{') })))).name, 'InvalidRequestContentException');
  });

  it('is tried three times when it is invoked asynchronously and fails', async (context) => {
    const stage = await startAws(context);
    const at: number[] = [];
    const lambda = registered(stage, () => {
      at.push((stage.world.clock.now() - Date.parse('2026-11-22T00:00:00Z')) / 1000);
      return Promise.reject(new Error('no'));
    });
    assert.equal((await lambda.send(new InvokeCommand({ FunctionName: ARN, InvocationType: 'Event' }))).StatusCode, 202);
    await stage.pass(600);
    assert.deepEqual(at, [0, 60, 180]);
  });

  it('runs after a restart what was accepted before', async (context) => {
    const disk = new Disk(':memory:');
    const first = await startAws(context, { disk });
    await registered(first, () => Promise.resolve()).send(new InvokeCommand({ FunctionName: ARN, InvocationType: 'Event', Payload: Buffer.from('{"n":7}') }));
    const second = await startAws(context, { disk });
    const got: unknown[] = [];
    registered(second, (event) => Promise.resolve(got.push(event)));
    second.aws.resume();
    await second.pass(1);
    assert.deepEqual(got, [{ n: 7 }]);
  });

  it('is told about', async (context) => {
    const stage = await startAws(context);
    const lambda = registered(stage, () => Promise.resolve());
    assert.equal((await lambda.send(new GetFunctionCommand({ FunctionName: 'slipway-local-look' }))).Configuration?.Role, ROLE);
    assert.equal((await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'slipway-local-look' }))).State, 'Active');
    assert.deepEqual((await lambda.send(new ListFunctionsCommand({}))).Functions?.map(({ FunctionArn }) => FunctionArn), [ARN]);
    assert.equal((await lambda.send(new InvokeCommand({ FunctionName: ARN, InvocationType: 'DryRun' }))).StatusCode, 204);
  });
});
