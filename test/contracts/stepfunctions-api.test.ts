import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HistoryEvent } from '@aws-sdk/client-sfn';
import { Disk } from '../../local/disk.ts';
import { createWorld, EXECUTION, invoke, machine, MACHINE, ROLE, told, waitForToken } from './stepfunctions-world.ts';

const PASS = JSON.stringify(machine({ A: { Type: 'Pass', End: true } }));
const WAIT = JSON.stringify(machine({ W: { Type: 'Wait', Seconds: 60, End: true } }));

const code = (expected: string) => (error: { code?: string }) => {
  assert.equal(error.code, expected);
  return true;
};

/** Lets this many turns of the event loop go by. */
async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('state machines', () => {
  it('are created once: the same again is the same, another of the name is refused', async () => {
    const { call, pass } = createWorld();
    const input = { name: 'm', roleArn: ROLE, definition: PASS, tags: [{ key: 'a', value: '1' }] };
    const created = { stateMachineArn: MACHINE, creationDate: new Date('2026-03-01T00:00:00.000Z') };
    assert.deepEqual(await call('CreateStateMachine', input), created);
    await pass(60);
    assert.deepEqual(await call('CreateStateMachine', input), created);
    await assert.rejects(call('CreateStateMachine', { ...input, definition: WAIT }), code('StateMachineAlreadyExists'));
    assert.deepEqual(await call('ListTagsForResource', { resourceArn: MACHINE }), { tags: [{ key: 'a', value: '1' }] });
    await call('TagResource', { resourceArn: MACHINE, tags: [{ key: 'b', value: '2' }] });
    await call('UntagResource', { resourceArn: MACHINE, tagKeys: ['a'] });
    assert.deepEqual(await call('ListTagsForResource', { resourceArn: MACHINE }), { tags: [{ key: 'b', value: '2' }] });
  });

  it('are described as AWS describes them', async () => {
    const { call } = createWorld();
    await call('CreateStateMachine', { name: 'm', roleArn: ROLE, definition: PASS });
    assert.deepEqual(await call('DescribeStateMachine', { stateMachineArn: MACHINE }), {
      stateMachineArn: MACHINE,
      name: 'm',
      status: 'ACTIVE',
      definition: PASS,
      roleArn: ROLE,
      type: 'STANDARD',
      creationDate: new Date('2026-03-01T00:00:00.000Z'),
      loggingConfiguration: { includeExecutionData: false, level: 'OFF' },
      tracingConfiguration: { enabled: false },
    });
  });

  it('refuse what the engine does not carry out, by name', async () => {
    const { call } = createWorld();
    const create = (definition: unknown, more = {}): Promise<unknown> => call('CreateStateMachine', { name: 'm', roleArn: ROLE, definition: JSON.stringify(definition), ...more });
    await assert.rejects(create({ StartAt: 'A', States: { A: { Type: 'Pass', End: true } } }), (error: { code?: string; message?: string }) => {
      assert.equal(error.code, 'InvalidDefinition');
      assert.match(error.message ?? '', /does not carry out JSONPath/);
      return true;
    });
    await assert.rejects(create(machine({ A: { ...invoke({ End: true }), Resource: 'arn:aws:states:::sqs:sendMessage' } })), /does not support the resource \\?"arn:aws:states:::sqs:sendMessage/);
    await assert.rejects(create(JSON.parse(PASS), { type: 'EXPRESS' }), code('StateMachineTypeNotSupported'));
    await assert.rejects(create(JSON.parse(PASS), { publish: true }), code('NotImplemented'));
    await assert.rejects(create(JSON.parse(PASS), { name: 'a b' }), code('InvalidName'));
    await assert.rejects(create(JSON.parse(PASS), { roleArn: 'role' }), code('InvalidArn'));
    await assert.rejects(call('DescribeStateMachine', { stateMachineArn: MACHINE }), code('StateMachineDoesNotExist'));
    await assert.rejects(call('DescribeStateMachine', { stateMachineArn: 'm' }), code('InvalidArn'));
  });

  it('leave running executions the definition they started with', async () => {
    const { call, run, pass } = createWorld();
    await run(JSON.parse(WAIT));
    const { revisionId } = await call('UpdateStateMachine', { stateMachineArn: MACHINE, definition: PASS });
    assert.match(revisionId as string, /^[0-9a-f]{32}$/);
    assert.equal((await call('DescribeStateMachine', { stateMachineArn: MACHINE }))['definition'], PASS);
    assert.equal((await call('DescribeStateMachineForExecution', { executionArn: EXECUTION }))['definition'], WAIT);
    await call('StartExecution', { stateMachineArn: MACHINE, name: 'later' });
    await pass(60);
    assert.equal((await call('DescribeExecution', { executionArn: EXECUTION }))['status'], 'SUCCEEDED');
    await assert.rejects(call('UpdateStateMachine', { stateMachineArn: MACHINE }), code('MissingRequiredParameter'));
  });

  it('are listed page by page, each account and region its own', async () => {
    const { call } = createWorld();
    for (const name of ['c', 'a', 'b']) await call('CreateStateMachine', { name, roleArn: ROLE, definition: PASS });
    await call('CreateStateMachine', { name: 'other', roleArn: ROLE, definition: PASS }, { accountId: '111111111111' });
    const first = await call<{ stateMachines: { name: string }[]; nextToken: string }>('ListStateMachines', { maxResults: 2 });
    const second = await call<{ stateMachines: { name: string }[]; nextToken?: string }>('ListStateMachines', { maxResults: 2, nextToken: first.nextToken });
    assert.deepEqual([first.stateMachines.map(({ name }) => name), second.stateMachines.map(({ name }) => name), second.nextToken], [['a', 'b'], ['c'], undefined]);
    await call('DeleteStateMachine', { stateMachineArn: MACHINE.replace(/m$/, 'a') });
    assert.equal((await call<{ stateMachines: unknown[] }>('ListStateMachines', {})).stateMachines.length, 2);
    await assert.rejects(call('DescribeStateMachine', { stateMachineArn: MACHINE.replace(/m$/, 'b') }, { region: 'eu-west-1' }), code('StateMachineDoesNotExist'));
  });

  it('are validated without being created', async () => {
    const { call } = createWorld();
    assert.deepEqual(await call('ValidateStateMachineDefinition', { definition: PASS }), { result: 'OK', diagnostics: [], truncated: false });
    const { result, diagnostics } = await call<{ result: string; diagnostics: { severity: string; location: string }[] }>('ValidateStateMachineDefinition', {
      definition: JSON.stringify(machine({ A: { Type: 'Pass', Next: 'B' } })),
    });
    assert.deepEqual([result, diagnostics[0]?.severity, diagnostics[0]?.location], ['FAIL', 'ERROR', '/States/A/Next']);
  });
});

describe('starting an execution', () => {
  it('answers the same for the same name and input while it runs, and refuses the name for anything else', async () => {
    const { call, run, pass } = createWorld();
    await run(JSON.parse(WAIT), { a: 1 });
    const again = { stateMachineArn: MACHINE, name: 'e', input: '{"a":1}' };
    await pass(30);
    assert.deepEqual(await call('StartExecution', again), { executionArn: EXECUTION, startDate: new Date('2026-03-01T00:00:00.000Z') });
    await assert.rejects(call('StartExecution', { ...again, input: '{"a":2}' }), code('ExecutionAlreadyExists'));
    await pass(30);
    await assert.rejects(call('StartExecution', again), code('ExecutionAlreadyExists'));
  });

  it('may use a name again ninety days after its execution ended', async () => {
    const { call, run, pass, clock, events } = createWorld();
    await run(JSON.parse(PASS));
    const again = { stateMachineArn: MACHINE, name: 'e', input: '{"again":true}' };
    await pass(90 * 86_400);
    await assert.rejects(call('StartExecution', again), code('ExecutionAlreadyExists'));
    await pass(1);
    await assert.rejects(call('DescribeExecution', { executionArn: EXECUTION }), code('ExecutionDoesNotExist'));
    await call('StartExecution', again);
    await clock.idle();
    assert.equal((await events()).length, 4);
    assert.equal((await call('DescribeExecution', { executionArn: EXECUTION }))['output'], '{"again":true}');
  });

  it('takes JSON only, up to 262,144 bytes, under a proper name', async () => {
    const { call } = createWorld();
    await call('CreateStateMachine', { name: 'm', roleArn: ROLE, definition: PASS });
    await assert.rejects(call('StartExecution', { stateMachineArn: MACHINE, input: 'not json' }), code('InvalidExecutionInput'));
    await assert.rejects(call('StartExecution', { stateMachineArn: MACHINE, input: JSON.stringify('é'.repeat(131_072)) }), code('ValidationException'));
    await assert.rejects(call('StartExecution', { stateMachineArn: MACHINE, name: 'a/b' }), code('InvalidName'));
    await assert.rejects(call('StartExecution', { stateMachineArn: MACHINE, name: 'x'.repeat(81) }), code('InvalidName'));
    await assert.rejects(call('StartExecution', { stateMachineArn: `${MACHINE}x` }), code('StateMachineDoesNotExist'));
    const { executionArn } = await call('StartExecution', { stateMachineArn: MACHINE });
    assert.match(executionArn as string, /:execution:m:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
  });
});

describe('stopping an execution', () => {
  it('aborts it at once; stopping it again only tells when that was', async () => {
    const { call, run, pass, events } = createWorld();
    await run(JSON.parse(WAIT));
    await pass(10);
    const stopped = { stopDate: new Date('2026-03-01T00:00:10.000Z') };
    assert.deepEqual(await call('StopExecution', { executionArn: EXECUTION, error: 'Enough', cause: 'asked' }), stopped);
    await pass(100);
    assert.deepEqual(await call('StopExecution', { executionArn: EXECUTION }), stopped);
    const { status, error, cause } = await call('DescribeExecution', { executionArn: EXECUTION });
    assert.deepEqual({ status, error, cause }, { status: 'ABORTED', error: 'Enough', cause: 'asked' });
    const last = (await events()).at(-1);
    assert.deepEqual([last?.id, last?.previousEventId, last?.type, last?.executionAbortedEventDetails], [3, 0, 'ExecutionAborted', { error: 'Enough', cause: 'asked' }]);
  });
});

describe('two commands at once', () => {
  it('come one after the other, and an execution ends once', async () => {
    const { call, run, events } = createWorld();
    await run(JSON.parse(WAIT));
    const stopped = await Promise.all(['a', 'b'].map((error) => call('StopExecution', { executionArn: EXECUTION, error })));
    assert.deepEqual(stopped[0], stopped[1]);
    assert.equal((await events()).length, 3);
    assert.equal((await call('DescribeExecution', { executionArn: EXECUTION }))['error'], 'a');
  });
});

describe('a disk that fails', () => {
  it('leaves the execution as it was last written, and it goes on from there', async () => {
    class FailingDisk extends Disk {
      failing = false;
      override transaction<T>(work: () => T): T {
        return super.transaction(() => {
          const result = work();
          if (this.failing) throw new Error('disk full');
          return result;
        });
      }
    }
    const disk = new FailingDisk(':memory:');
    const world = createWorld({}, { disk });
    await world.run(JSON.parse(WAIT));
    disk.failing = true;
    await assert.rejects(world.call('StopExecution', { executionArn: EXECUTION }), /disk full/);
    disk.failing = false;
    assert.equal((await world.call('DescribeExecution', { executionArn: EXECUTION }))['status'], 'RUNNING');
    await world.call('StopExecution', { executionArn: EXECUTION });
    assert.equal((await world.call('DescribeExecution', { executionArn: EXECUTION }))['status'], 'ABORTED');
    assert.equal((await world.events()).length, 3);
  });
});

describe('listing executions', () => {
  it('shows the latest first, page by page, by status if asked', async () => {
    const { call, pass } = createWorld();
    await call('CreateStateMachine', { name: 'm', roleArn: ROLE, definition: WAIT });
    for (const name of ['a', 'b', 'c']) {
      await call('StartExecution', { stateMachineArn: MACHINE, name });
      await pass(25);
    }
    const names = async (input: Record<string, unknown>): Promise<{ names: string[]; nextToken?: string }> => {
      const { executions, nextToken } = await call<{ executions: { name: string }[]; nextToken?: string }>('ListExecutions', { stateMachineArn: MACHINE, ...input });
      return { names: executions.map(({ name }) => name), ...(nextToken === undefined ? {} : { nextToken }) };
    };
    assert.deepEqual(await names({ statusFilter: 'RUNNING' }), { names: ['c', 'b'] });
    assert.deepEqual(await names({ statusFilter: 'SUCCEEDED' }), { names: ['a'] });
    const first = await names({ maxResults: 2 });
    assert.deepEqual(first.names, ['c', 'b']);
    assert.deepEqual(await names({ maxResults: 2, nextToken: first.nextToken }), { names: ['a'] });
    await assert.rejects(names({ maxResults: 1001 }), code('ValidationException'));
    await assert.rejects(names({ statusFilter: 'succeeded' }), code('ValidationException'));
    await assert.rejects(names({ nextToken: 'nonsense' }), code('InvalidToken'));
  });
});

describe('an execution’s history', () => {
  it('is read forwards and backwards, page by page, with or without its data', async () => {
    const { call, run } = createWorld();
    await run(machine({ A: { Type: 'Pass', Assign: { x: 1 }, End: true } }));
    const ids = async (input: Record<string, unknown>): Promise<[number[], string | undefined]> => {
      const { events, nextToken } = await call<{ events: HistoryEvent[]; nextToken?: string }>('GetExecutionHistory', { executionArn: EXECUTION, ...input });
      return [events.map(({ id }) => id ?? 0), nextToken];
    };
    const [first, nextToken] = await ids({ maxResults: 3 });
    assert.deepEqual(first, [1, 2, 3]);
    assert.deepEqual(await ids({ maxResults: 3, nextToken }), [[4], undefined]);
    const [last, before] = await ids({ maxResults: 3, reverseOrder: true });
    assert.deepEqual(last, [4, 3, 2]);
    assert.deepEqual(await ids({ maxResults: 3, reverseOrder: true, nextToken: before }), [[1], undefined]);
    const { events } = await call<{ events: HistoryEvent[] }>('GetExecutionHistory', { executionArn: EXECUTION, includeExecutionData: false });
    assert.deepEqual(events.slice(0, 3), [
      { id: 1, previousEventId: 0, type: 'ExecutionStarted', timestamp: new Date('2026-03-01T00:00:00.000Z'), executionStartedEventDetails: { roleArn: ROLE } },
      { id: 2, previousEventId: 0, type: 'PassStateEntered', timestamp: new Date('2026-03-01T00:00:00.000Z'), stateEnteredEventDetails: { name: 'A' } },
      { id: 3, previousEventId: 2, type: 'PassStateExited', timestamp: new Date('2026-03-01T00:00:00.000Z'), stateExitedEventDetails: { name: 'A' } },
    ]);
    await assert.rejects(call('GetExecutionHistory', { executionArn: `${EXECUTION}x` }), code('ExecutionDoesNotExist'));
  });
});

describe('status changes', () => {
  it('are told as EventBridge tells them, at the start and at the end', async () => {
    const { run, pass, changes } = createWorld();
    await run(JSON.parse(WAIT), { a: 1 });
    await pass(60);
    assert.deepEqual(changes.map(({ detail }) => detail.status), ['RUNNING', 'SUCCEEDED']);
    assert.deepEqual(changes[1], {
      version: '0',
      id: changes[1]?.id,
      'detail-type': 'Step Functions Execution Status Change',
      source: 'aws.states',
      account: '000000000000',
      time: '2026-03-01T00:01:00Z',
      region: 'us-east-1',
      resources: [EXECUTION],
      detail: {
        executionArn: EXECUTION,
        stateMachineArn: MACHINE,
        stateMachineVersionArn: null,
        stateMachineAliasArn: null,
        name: 'e',
        status: 'SUCCEEDED',
        startDate: 1772323200000,
        stopDate: 1772323260000,
        input: '{"a":1}',
        inputDetails: { included: true },
        output: '{"a":1}',
        outputDetails: { included: true },
        redriveCount: 0,
        redriveDate: null,
        error: null,
        cause: null,
      },
    });
  });

  it('are told after a restart when the process ended before its listeners had heard', async () => {
    const disk = new Disk(':memory:');
    const before = createWorld({}, { disk });
    before.sfn.onStatusChange(() => new Promise(() => undefined));
    await before.call('CreateStateMachine', { name: 'm', roleArn: ROLE, definition: PASS });
    await before.call('StartExecution', { stateMachineArn: MACHINE, name: 'e' });
    await turns(50);
    assert.deepEqual(before.changes.map(({ detail }) => detail.status), ['RUNNING']);
    before.sfn.close();
    const after = createWorld({}, { disk, firstId: 1_000 });
    after.sfn.resume();
    await after.clock.idle();
    assert.deepEqual(after.changes.map(({ detail }) => detail.status), ['RUNNING', 'SUCCEEDED']);
  });

  it('are told again later when a listener fails', async () => {
    const world = createWorld();
    let failures = 1;
    const heard: string[] = [];
    world.sfn.onStatusChange(({ detail }) => {
      if (failures-- > 0) throw new Error('not now');
      heard.push(detail.status);
    });
    await world.run(JSON.parse(PASS));
    await world.pass(60);
    assert.deepEqual(heard, ['RUNNING', 'SUCCEEDED']);
  });
});

describe('permissions', () => {
  it('are asked for on the machine or the execution, and for passing the role', () => {
    const { sfn, clock } = createWorld();
    const caller = { accountId: '000000000000', arn: 'a', sessionTags: {} };
    const needs = (operation: string, input: unknown): unknown =>
      sfn.needs?.(operation, input, { service: 'states', operation, accountId: '000000000000', region: 'us-east-1', caller, requestId: 'r', now: clock.now(), endpoint: '' });
    assert.deepEqual(needs('StartExecution', { stateMachineArn: MACHINE }), [{ action: 'states:StartExecution', resource: MACHINE }]);
    assert.deepEqual(needs('DescribeExecution', { executionArn: EXECUTION }), [{ action: 'states:DescribeExecution', resource: EXECUTION }]);
    assert.deepEqual(needs('SendTaskSuccess', { taskToken: 't' }), [{ action: 'states:SendTaskSuccess', resource: '*' }]);
    assert.deepEqual(needs('CreateStateMachine', { name: 'm', roleArn: ROLE }), [
      { action: 'states:CreateStateMachine', resource: MACHINE },
      { action: 'iam:PassRole', resource: ROLE, context: { 'iam:PassedToService': 'states.amazonaws.com' } },
    ]);
  });
});

describe('waiting in virtual time', () => {
  it('jumps to the next event at the speed max, and never past a function that works', async () => {
    const world = createWorld(
      {
        invoke: async (_arn, payload) => {
          // Many turns of the event loop: more than the clock takes for idleness.
          await turns(50);
          return { payload };
        },
      },
      { speed: 'max' },
    );
    await world.run(machine({ T: invoke({ TimeoutSeconds: 1, Next: 'W' }), W: { Type: 'Wait', Seconds: 86_400, End: true } }));
    await turns(1_000);
    const { status, stopDate } = await world.call('DescribeExecution', { executionArn: EXECUTION });
    assert.deepEqual({ status, stopDate }, { status: 'SUCCEEDED', stopDate: new Date('2026-03-02T00:00:00.000Z') });
    world.clock.stop();
  });

  it('counts the time that a call may take by the machine’s clock, however fast virtual time flies', async () => {
    const world = createWorld(
      {
        invoke: async (_arn, payload) => {
          const late = world.clock.now() + 600_000;
          while (world.clock.now() < late) await turns(1);
          return { payload };
        },
      },
      { speed: 100_000 },
    );
    await world.run(machine({ T: invoke({ TimeoutSeconds: 120, End: true }) }));
    assert.equal((await world.call('DescribeExecution', { executionArn: EXECUTION }))['status'], 'SUCCEEDED');
    world.clock.stop();
  });

  it('ends a call that takes longer than it may, though virtual time stands still', async () => {
    const world = createWorld({ invoke: () => new Promise(() => undefined) });
    void world.run(machine({ T: invoke({ TimeoutSeconds: 1, End: true }) }));
    await new Promise<void>((ended) => world.sfn.onStatusChange(({ detail }) => void (detail.status === 'FAILED' && ended())));
    assert.match(told(await world.events()).at(-2) ?? '', /TaskTimedOut resource=invoke error=States.Timeout/);
  });

  it('says nothing of a function that answers after the engine was closed', async () => {
    let answer = (_: { payload: unknown }): void => undefined;
    const world = createWorld({ invoke: () => new Promise((resolve) => (answer = resolve)) });
    void world.run(machine({ T: invoke({ End: true }) }));
    await turns(20);
    world.sfn.close();
    world.disk.close();
    answer({ payload: null });
    await world.clock.idle();
  });

  it('leaves no timer behind when an execution ends', async () => {
    const world = createWorld({ invoke: async () => ({ payload: null }) });
    await world.run(machine({ T: waitForToken({ TimeoutSeconds: 600, End: true }) }));
    assert.equal(world.clock.nextForegroundAt(), Date.parse('2026-03-01T00:10:00.000Z'));
    await world.call('StopExecution', { executionArn: EXECUTION });
    assert.equal(world.clock.nextForegroundAt(), undefined);
  });
});
