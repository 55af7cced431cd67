import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createWorld, EXECUTION, machine, MACHINE, ROLE, told, waitForToken } from './stepfunctions-world.ts';
import type { StepFunctionsWorld } from './stepfunctions-world.ts';

/** A world whose functions keep the tokens that they are given. */
function keeping(): StepFunctionsWorld & { readonly tokens: string[] } {
  const tokens: string[] = [];
  const world = createWorld({
    invoke: async (_arn, payload) => {
      tokens.push((payload as { token: string }).token);
      return { payload: 'noted' };
    },
  });
  return { ...world, tokens };
}

const refusal = (code: string, message: string) => (error: { code?: string; message?: string; status?: number }) => {
  assert.deepEqual({ code: error.code, message: error.message, status: error.status }, { code, message, status: 400 });
  return true;
};
const GONE = refusal('TaskTimedOut', "Task Timed Out: 'Provided task does not exist anymore'");
const INVALID = refusal('InvalidToken', "Invalid Token: 'Invalid token'");

async function lines(world: StepFunctionsWorld): Promise<string[]> {
  return told(await world.events()).map((line) => line.replace(/ parameters=\S*/, ''));
}

describe('a task that waits for its token', () => {
  it('is parked once its function has returned, and goes on with what the token brings', async () => {
    const world = keeping();
    await world.run(machine({ T: waitForToken({ Output: '{% $states.result.ok %}', End: true }) }));
    await world.pass(86_400);
    await world.call('SendTaskSuccess', { taskToken: world.tokens[0], output: '{"ok": [1] }' });
    await world.clock.idle();
    assert.deepEqual((await lines(world)).slice(1), [
      '2 0 TaskStateEntered name=T input={}',
      '3 2 TaskScheduled resource=invoke.waitForTaskToken',
      '4 3 TaskStarted resource=invoke.waitForTaskToken',
      '5 4 TaskSubmitted resource=invoke.waitForTaskToken output={"ExecutedVersion":"$LATEST","Payload":"noted","StatusCode":200}',
      '6 5 TaskSucceeded resource=invoke.waitForTaskToken output={"ok": [1] } @86400s',
      '7 6 TaskStateExited name=T output=[1] @86400s',
      '8 7 ExecutionSucceeded output=[1] @86400s',
    ]);
  });

  it('fails with what the token brings, which may have no name', async () => {
    const named = keeping();
    await named.run(machine({ T: waitForToken({ Catch: [{ ErrorEquals: ['Stalled'], Next: 'S' }], End: true }), S: { Type: 'Succeed' } }));
    await named.call('SendTaskFailure', { taskToken: named.tokens[0], error: 'Stalled', cause: 'why' });
    await named.clock.idle();
    assert.deepEqual((await lines(named)).slice(5, 7), [
      '6 5 TaskFailed resource=invoke.waitForTaskToken error=Stalled cause=why',
      '7 6 TaskStateExited name=T output={"Error":"Stalled","Cause":"why"}',
    ]);
    const nameless = keeping();
    await nameless.run(machine({ T: waitForToken({ End: true }) }));
    await nameless.call('SendTaskFailure', { taskToken: nameless.tokens[0] });
    await nameless.clock.idle();
    assert.deepEqual((await lines(nameless)).slice(5), ['6 5 TaskFailed resource=invoke.waitForTaskToken', '7 6 ExecutionFailed']);
  });

  it('may be answered before its function has returned; what the function then says is not heard', async () => {
    let returned: (value: { payload: unknown }) => void = () => undefined;
    let token = '';
    const world = createWorld({
      invoke: (_arn, payload) => {
        token = (payload as { token: string }).token;
        return new Promise((resolve) => void (returned = resolve));
      },
    });
    const definition = machine({ T: waitForToken({ Next: 'W' }), W: { Type: 'Wait', Seconds: 5, End: true } });
    await world.call('CreateStateMachine', { name: 'm', roleArn: ROLE, definition: JSON.stringify(definition) });
    await world.call('StartExecution', { stateMachineArn: MACHINE, name: 'e', input: '{}' });
    while (token === '') await new Promise((resolve) => setImmediate(resolve));
    await world.call('SendTaskSuccess', { taskToken: token, output: '1' });
    returned({ payload: 'late' });
    await world.pass(5);
    assert.deepEqual((await lines(world)).slice(3, 7), [
      '4 3 TaskStarted resource=invoke.waitForTaskToken',
      '5 4 TaskSucceeded resource=invoke.waitForTaskToken output=1',
      '6 5 TaskStateExited name=T output=1',
      '7 6 WaitStateEntered name=W input=1',
    ]);
  });

  it('does not hear the function of an earlier task, however late that fails', async () => {
    const tokens: string[] = [];
    const returns: ((value: { functionError: { errorType: string; errorMessage: string } }) => void)[] = [];
    const world = createWorld({
      invoke: (_arn, payload) => {
        tokens.push((payload as { token: string }).token);
        return new Promise((resolve) => void returns.push(resolve));
      },
    });
    const states = { T: waitForToken({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'U' }], End: true }), U: waitForToken({ End: true }) };
    await world.call('CreateStateMachine', { name: 'm', roleArn: ROLE, definition: JSON.stringify(machine(states)) });
    await world.call('StartExecution', { stateMachineArn: MACHINE, name: 'e' });
    const calls = async (count: number): Promise<void> => {
      while (tokens.length < count) await new Promise((resolve) => setImmediate(resolve));
    };
    await calls(1);
    await world.call('SendTaskFailure', { taskToken: tokens[0], error: 'Stalled' });
    await calls(2);
    returns[0]?.({ functionError: { errorType: 'Late', errorMessage: 'no' } });
    for (let turns = 0; turns < 10; turns += 1) await new Promise((resolve) => setImmediate(resolve));
    await world.call('SendTaskSuccess', { taskToken: tokens[1], output: '1' });
    assert.equal((await world.call('DescribeExecution', { executionArn: EXECUTION }))['output'], '1');
    returns[1]?.({ functionError: { errorType: 'Late', errorMessage: 'no' } });
    await world.clock.idle();
  });

  it('fails when its function does', async () => {
    const world = createWorld({ invoke: async () => ({ functionError: { errorType: 'Broken', errorMessage: 'no' } }) });
    await world.run(machine({ T: waitForToken({ End: true }) }));
    assert.deepEqual((await lines(world)).slice(4), [
      '5 4 TaskFailed resource=invoke.waitForTaskToken error=Broken cause={"errorType":"Broken","errorMessage":"no"}',
      '6 5 ExecutionFailed error=Broken cause={"errorType":"Broken","errorMessage":"no"}',
    ]);
  });

  it('times out without a heartbeat, and lives with one', async () => {
    const world = keeping();
    const states = { T: waitForToken({ TimeoutSeconds: 600, HeartbeatSeconds: 60, Catch: [{ ErrorEquals: ['States.HeartbeatTimeout'], Next: 'S' }], End: true }), S: { Type: 'Succeed' } };
    await world.run(machine(states));
    for (let beats = 0; beats < 3; beats += 1) {
      await world.pass(50);
      await world.call('SendTaskHeartbeat', { taskToken: world.tokens[0] });
    }
    await world.pass(59);
    assert.equal((await world.events()).length, 5);
    await world.pass(1);
    assert.deepEqual((await lines(world)).slice(5, 7), [
      '6 5 TaskTimedOut resource=invoke.waitForTaskToken error=States.Timeout @210s',
      '7 6 TaskStateExited name=T output={"Error":"States.Timeout","Cause":null} @210s',
    ]);
    await assert.rejects(world.call('SendTaskHeartbeat', { taskToken: world.tokens[0] }), GONE);
  });
});

describe('a token', () => {
  it('is good once', async () => {
    const world = keeping();
    await world.run(machine({ T: waitForToken({ Next: 'W' }), W: { Type: 'Wait', Seconds: 5, End: true } }));
    await world.call('SendTaskSuccess', { taskToken: world.tokens[0], output: '1' });
    await assert.rejects(world.call('SendTaskSuccess', { taskToken: world.tokens[0], output: '2' }), GONE);
    await assert.rejects(world.call('SendTaskFailure', { taskToken: world.tokens[0], error: 'E' }), GONE);
    await world.pass(5);
    assert.equal((await world.call('DescribeExecution', { executionArn: EXECUTION }))['output'], '1');
  });

  it('is good for one only of two that send it at once', async () => {
    const world = keeping();
    await world.run(machine({ T: waitForToken({ End: true }) }));
    const sent = await Promise.allSettled([1, 2, 3].map((n) => world.call('SendTaskSuccess', { taskToken: world.tokens[0], output: String(n) })));
    assert.deepEqual(sent.map(({ status }) => status), ['fulfilled', 'rejected', 'rejected']);
  });

  it('is no good any more when its attempt has been retried, its execution has ended, or time has run out', async () => {
    const world = keeping();
    await world.run(machine({ T: waitForToken({ TimeoutSeconds: 10, Retry: [{ ErrorEquals: ['States.Timeout'], MaxAttempts: 1 }], End: true }) }));
    await world.pass(11);
    assert.equal(world.tokens.length, 2);
    await assert.rejects(world.call('SendTaskSuccess', { taskToken: world.tokens[0], output: '1' }), GONE);
    await world.call('StopExecution', { executionArn: EXECUTION });
    await assert.rejects(world.call('SendTaskSuccess', { taskToken: world.tokens[1], output: '1' }), GONE);
  });

  it('must be one', async () => {
    const world = keeping();
    await world.run(machine({ T: waitForToken({ End: true }) }));
    const token = world.tokens[0] ?? '';
    for (const nonsense of ['', 'x', `${token}0`, token.slice(1), token.replace(/.$/, (last) => (last === '0' ? '1' : '0'))]) {
      await assert.rejects(world.call('SendTaskSuccess', { taskToken: nonsense, output: '1' }), INVALID);
    }
    assert.ok(token.length > 600 && token.length <= 2_048);
  });

  it('takes only JSON, and no more of it than a state may hold', async () => {
    const world = keeping();
    await world.run(machine({ T: waitForToken({ End: true }) }));
    await assert.rejects(world.call('SendTaskSuccess', { taskToken: world.tokens[0], output: '{' }), (error: { code?: string }) => error.code === 'InvalidOutput');
    await assert.rejects(world.call('SendTaskSuccess', { taskToken: world.tokens[0], output: JSON.stringify('x'.repeat(262_143)) }), (error: { code?: string }) => error.code === 'ValidationException');
    await world.call('SendTaskSuccess', { taskToken: world.tokens[0], output: '1' });
  });

  it('survives a restart', async () => {
    const before = keeping();
    await before.run(machine({ T: waitForToken({ End: true }) }));
    before.sfn.close();
    const after = createWorld({}, { disk: before.disk, firstId: 1_000, now: before.clock.now() + 1_000 });
    after.sfn.resume();
    await after.call('SendTaskSuccess', { taskToken: before.tokens[0], output: '1' });
    assert.equal((await after.call('DescribeExecution', { executionArn: EXECUTION }))['status'], 'SUCCEEDED');
  });
});
