import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AwsError } from '../../local/aws/service.ts';
import { createWorld, EXECUTION, invoke, machine, told, waitForToken } from './stepfunctions-world.ts';
import type { Invoke, StepFunctionsWorld } from './stepfunctions-world.ts';

/** A machine's history once nothing moves any more, without the first event. */
async function historyOf(definition: unknown, options: { input?: unknown; invoke?: Invoke; seconds?: number } = {}): Promise<string[]> {
  const world = createWorld(options.invoke === undefined ? {} : { invoke: options.invoke });
  await world.run(definition, options.input ?? {});
  if (options.seconds !== undefined) await world.pass(options.seconds);
  return told(await world.events()).slice(1);
}

async function outputOf(states: Record<string, unknown>, input: unknown = {}): Promise<unknown> {
  const world = createWorld();
  await world.run(machine(states), input);
  const { output, error, cause } = await world.call('DescribeExecution', { executionArn: EXECUTION });
  return output === undefined ? { error, cause } : JSON.parse(output as string);
}

/** Answers each call with the next of these: a payload, or an Error for a function that fails. */
function scripted(...answers: readonly unknown[]): Invoke {
  const rest = [...answers];
  return async () => {
    const next = rest.shift();
    return next instanceof Error ? { functionError: { errorType: next.name, errorMessage: next.message, trace: ['at f'] } } : { payload: next };
  };
}

function named(name: string, message = 'no'): Error {
  return Object.assign(new Error(message), { name });
}

const FAILED = '{"errorType":"Busy","errorMessage":"no","trace":["at f"]}';

describe('a Pass state', () => {
  it('puts out its input when it says nothing else', async () => {
    assert.deepEqual(await historyOf(machine({ A: { Type: 'Pass', End: true } }), { input: { a: 1 } }), [
      '2 0 PassStateEntered name=A input={"a":1}',
      '3 2 PassStateExited name=A output={"a":1}',
      '4 3 ExecutionSucceeded output={"a":1}',
    ]);
  });

  it('assigns variables that later states see, and that its own Output does not see yet', async () => {
    const states = {
      A: { Type: 'Pass', Assign: { v: '{% $states.input.a %}' }, Next: 'B' },
      B: { Type: 'Pass', Assign: { v: '{% $v + 1 %}', w: '{% $v %}' }, Output: '{% $v %}', Next: 'C' },
      C: { Type: 'Pass', Output: { v: '{% $v %}', w: '{% $w %}', input: '{% $states.input %}' }, End: true },
    };
    assert.deepEqual(await outputOf(states, { a: 1 }), { v: 2, w: 1, input: 1 });
  });

  it('tells in the history what it assigned, as JSON texts', async () => {
    const events = await historyOf(machine({ A: { Type: 'Pass', Assign: { x: 42, s: 'text', o: { n: null } }, End: true } }));
    assert.equal(events[1], '3 2 PassStateExited name=A output={} assignedVariables={"x":"42","s":"\\"text\\"","o":"{\\"n\\":null}"}');
  });

  it('fails the execution where an expression gives nothing', async () => {
    const cause =
      "An error occurred while executing the state 'A' (entered at the event id #2). " +
      "The JSONata expression '$states.input.none' specified for the field 'Output/result' returned nothing (undefined).";
    assert.deepEqual(await historyOf(machine({ A: { Type: 'Pass', Output: { result: '{% $states.input.none %}' }, End: true } })), [
      '2 0 PassStateEntered name=A input={}',
      `3 0 EvaluationFailed error=States.QueryEvaluationError cause=${cause} location=Output/result state=A`,
      `4 3 ExecutionFailed error=States.QueryEvaluationError cause=${cause}`,
    ]);
  });

  it('may not put out more than 262,144 bytes', async () => {
    const outcome = await outputOf({ A: { Type: 'Pass', Output: "{% $pad('', 262143, 'x') %}", End: true } });
    assert.deepEqual(outcome, {
      error: 'States.DataLimitExceeded',
      cause: "The state/task 'A' returned a result with a size exceeding the maximum number of bytes service limit.",
    });
    assert.equal(((await outputOf({ A: { Type: 'Pass', Output: "{% $pad('', 262142, 'x') %}", End: true } })) as string).length, 262_142);
  });
});

describe('a Choice state', () => {
  const states = {
    C: {
      Type: 'Choice',
      Choices: [
        { Condition: '{% $states.input.n > 1 %}', Next: 'Many', Output: 'rule', Assign: { by: 'rule' } },
        { Condition: '{% $states.input.n = 1 %}', Next: 'One' },
      ],
      Default: 'None',
      Output: 'own',
      Assign: { by: 'own' },
    },
    Many: { Type: 'Pass', Output: "{% ['many', $states.input, $by] %}", End: true },
    One: { Type: 'Pass', Output: "{% ['one', $states.input.n] %}", End: true },
    None: { Type: 'Pass', Output: "{% ['none', $states.input, $by] %}", End: true },
  };

  it('goes where the first true rule points, with that rule’s Output and Assign', async () => {
    assert.deepEqual(await outputOf(states, { n: 2 }), ['many', 'rule', 'rule']);
    assert.deepEqual(await outputOf(states, { n: 1 }), ['one', 1]);
  });

  it('goes to Default with its own Output and Assign', async () => {
    assert.deepEqual(await outputOf(states, { n: 0 }), ['none', 'own', 'own']);
  });

  it('fails with States.NoChoiceMatched without a Default', async () => {
    const { Default, ...rest } = states.C;
    assert.equal(Default, 'None');
    const outcome = (await outputOf({ C: { ...rest, Choices: [...rest.Choices, { Condition: '{% false %}', Next: 'None' }] }, Many: states.Many, One: states.One, None: states.None }, { n: 0 })) as { error: string };
    assert.equal(outcome.error, 'States.NoChoiceMatched');
  });

  it('takes a condition only for true or false', async () => {
    const outcome = await outputOf({ C: { Type: 'Choice', Choices: [{ Condition: '{% 1 %}', Next: 'S' }], Default: 'S' }, S: { Type: 'Succeed' } });
    assert.deepEqual(outcome, {
      error: 'States.QueryEvaluationError',
      cause:
        "An error occurred while executing the state 'C' (entered at the event id #2). The JSONata expression '1' specified for the field 'Choices[0]/Condition' " +
        "returned an unexpected result type. Expected 'boolean', but was 'number' for value: 1",
    });
  });
});

describe('a Wait state', () => {
  it('waits for its seconds of virtual time', async () => {
    const wait = machine({ W: { Type: 'Wait', Seconds: '{% $states.input.s %}', End: true } });
    assert.deepEqual(await historyOf(wait, { input: { s: 90 }, seconds: 89 }), ['2 0 WaitStateEntered name=W input={"s":90}']);
    assert.deepEqual(await historyOf(wait, { input: { s: 90 }, seconds: 90 }), [
      '2 0 WaitStateEntered name=W input={"s":90}',
      '3 2 WaitStateExited name=W output={"s":90} @90s',
      '4 3 ExecutionSucceeded output={"s":90} @90s',
    ]);
  });

  it('waits until its timestamp, and not at all for one that is past', async () => {
    const wait = (Timestamp: string): unknown => machine({ W: { Type: 'Wait', Timestamp, End: true } });
    assert.equal((await historyOf(wait('2026-03-01T02:00:30+02:00'), { seconds: 60 }))[1], '3 2 WaitStateExited name=W output={} @30s');
    assert.equal((await historyOf(wait('2026-02-28T00:00:00Z')))[1], '3 2 WaitStateExited name=W output={}');
  });

  it('refuses a timestamp that is none', async () => {
    const cause =
      "An error occurred while executing the state 'W' (entered at the event id #2). " +
      'The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: 2016-12-05 21:29:29Z';
    assert.deepEqual(await historyOf(machine({ W: { Type: 'Wait', Timestamp: '{% $states.input %}', End: true } }), { input: '2016-12-05 21:29:29Z' }), [
      '2 0 WaitStateEntered name=W input="2016-12-05 21:29:29Z"',
      `3 2 EvaluationFailed error=States.QueryEvaluationError cause=${cause} location=Timestamp state=W`,
      `4 3 ExecutionFailed error=States.QueryEvaluationError cause=${cause}`,
    ]);
  });
});

describe('the Succeed and Fail states', () => {
  it('end the execution well', async () => {
    assert.deepEqual(await historyOf(machine({ S: { Type: 'Succeed', Output: { done: true } } })), [
      '2 0 SucceedStateEntered name=S input={}',
      '3 2 SucceedStateExited name=S output={"done":true}',
      '4 3 ExecutionSucceeded output={"done":true}',
    ]);
  });

  it('end the execution badly, with an error and cause that may be expressions', async () => {
    const world = createWorld();
    await world.run(machine({ F: { Type: 'Fail', Error: '{% $states.input.code %}', Cause: 'because' } }), { code: 'Stuck' });
    assert.deepEqual(told(await world.events()).slice(1), ['2 0 FailStateEntered name=F input={"code":"Stuck"}', '3 2 ExecutionFailed error=Stuck cause=because']);
    const { status, error, cause, output } = await world.call('DescribeExecution', { executionArn: EXECUTION });
    assert.deepEqual({ status, error, cause, output }, { status: 'FAILED', error: 'Stuck', cause: 'because', output: undefined });
  });

  it('may say nothing at all of the error', async () => {
    assert.deepEqual(await historyOf(machine({ F: { Type: 'Fail' } })), ['2 0 FailStateEntered name=F input={}', '3 2 ExecutionFailed']);
  });
});

describe('a Task that calls a function', () => {
  it('gives the function its payload and puts out what Lambda answers', async () => {
    const asked: unknown[] = [];
    const events = await historyOf(machine({ T: invoke({ Output: '{% $states.result.Payload %}', TimeoutSeconds: 60, End: true }) }), {
      input: { a: 1 },
      invoke: async (arn, payload) => {
        asked.push([arn, payload]);
        return { payload: { b: 2 } };
      },
    });
    assert.deepEqual(asked, [['f', { a: 1 }]]);
    assert.deepEqual(events, [
      '2 0 TaskStateEntered name=T input={"a":1}',
      '3 2 TaskScheduled resource=invoke parameters={"FunctionName":"f","Payload":{"a":1}} timeoutInSeconds=60',
      '4 3 TaskStarted resource=invoke',
      '5 4 TaskSucceeded resource=invoke output={"ExecutedVersion":"$LATEST","Payload":{"b":2},"StatusCode":200}',
      '6 5 TaskStateExited name=T output={"b":2}',
      '7 6 ExecutionSucceeded output={"b":2}',
    ]);
  });

  it('fails with the function’s own error type, and its error object as cause', async () => {
    assert.deepEqual(await historyOf(machine({ T: invoke({ End: true }) }), { invoke: scripted(named('Busy')) }), [
      '2 0 TaskStateEntered name=T input={}',
      '3 2 TaskScheduled resource=invoke parameters={"FunctionName":"f","Payload":{}}',
      '4 3 TaskStarted resource=invoke',
      `5 4 TaskFailed resource=invoke error=Busy cause=${FAILED}`,
      `6 5 ExecutionFailed error=Busy cause=${FAILED}`,
    ]);
  });

  it('tries again as its retrier says, with the count in the context, and then gives up', async () => {
    const Retry = [{ ErrorEquals: ['Other'] }, { ErrorEquals: ['Busy'], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 3, MaxDelaySeconds: 10 }];
    const world = createWorld({ invoke: scripted(named('Busy'), named('Busy'), named('Busy'), named('Busy')) });
    await world.run(machine({ T: invoke({ Retry, End: true }, { attempt: '{% $states.context.State.RetryCount %}' }) }));
    await world.pass(60);
    assert.deepEqual(
      told(await world.events())
        .filter((line) => /TaskScheduled|ExecutionFailed/.test(line))
        .map((line) => line.replace(/ resource=invoke parameters=\{"FunctionName":"f",| cause=.*(?= @)/g, ' ')),
      [
        '3 2 TaskScheduled "Payload":{"attempt":0}}',
        '6 5 TaskScheduled "Payload":{"attempt":1}} @2s',
        '9 8 TaskScheduled "Payload":{"attempt":2}} @8s',
        '12 11 TaskScheduled "Payload":{"attempt":3}} @18s',
        '15 14 ExecutionFailed error=Busy  @18s',
      ],
    );
    assert.equal(world.sfn.transitions(EXECUTION), 4);
  });

  it('spreads its retries when the jitter is FULL', async () => {
    const Retry = [{ ErrorEquals: ['States.ALL'], IntervalSeconds: 8, JitterStrategy: 'FULL', MaxAttempts: 1 }];
    const events = await historyOf(machine({ T: invoke({ Retry, End: true }) }), { invoke: scripted(named('Busy'), 'well'), seconds: 60 });
    assert.match(events[4] ?? '', /^6 5 TaskScheduled .* @4s$/);
  });

  it('counts each retrier’s attempts apart', async () => {
    const Retry = [
      { ErrorEquals: ['A'], MaxAttempts: 1 },
      { ErrorEquals: ['B'], MaxAttempts: 1 },
    ];
    const events = await historyOf(machine({ T: invoke({ Retry, End: true }) }), { invoke: scripted(named('A'), named('B'), named('A'), 'never'), seconds: 60 });
    assert.deepEqual(events.filter((line) => line.includes('TaskFailed')).map((line) => /error=(\w)/.exec(line)?.[1]), ['A', 'B', 'A']);
    assert.match(events.at(-1) ?? '', /ExecutionFailed error=A/);
  });

  it('catches an error by name, and puts it out', async () => {
    const states = {
      T: invoke({ Catch: [{ ErrorEquals: ['Busy'], Next: 'Caught' }], End: true }),
      Caught: { Type: 'Pass', End: true },
    };
    assert.deepEqual((await historyOf(machine(states), { invoke: scripted(named('Busy')) })).slice(4, 6), [
      `6 5 TaskStateExited name=T output={"Error":"Busy","Cause":${JSON.stringify(FAILED)}}`,
      `7 6 PassStateEntered name=Caught input={"Error":"Busy","Cause":${JSON.stringify(FAILED)}}`,
    ]);
  });

  it('catches with the catcher’s own Output and Assign, which see $states.errorOutput', async () => {
    const Catch = [{ ErrorEquals: ['States.ALL'], Output: { was: '{% $states.input.a %}', error: '{% $states.errorOutput.Error %}' }, Assign: { e: '{% $states.errorOutput.Error %}' }, Next: 'C' }];
    const world = createWorld({ invoke: scripted(named('Busy')) });
    await world.run(machine({ T: invoke({ Catch, Assign: { e: 'not this' }, End: true }), C: { Type: 'Pass', Output: '{% [$states.input, $e] %}', End: true } }), { a: 1 });
    assert.equal((await world.call('DescribeExecution', { executionArn: EXECUTION }))['output'], '[{"was":1,"error":"Busy"},"Busy"]');
  });

  it('times out in virtual time, and takes no late answer', async () => {
    let answer: (value: { payload: unknown }) => void = () => undefined;
    const world = createWorld({ invoke: (_arn, payload) => (payload === 'slow' ? new Promise((resolve) => void (answer = resolve)) : Promise.resolve({ payload })) });
    const definition = machine({ T: waitForToken({ TimeoutSeconds: '{% 60 %}', Catch: [{ ErrorEquals: ['States.Timeout'], Next: 'Late' }], End: true }), Late: { Type: 'Wait', Seconds: 60, End: true } });
    await world.run(definition);
    await world.pass(61);
    answer({ payload: 1 });
    await world.clock.idle();
    assert.deepEqual(
      told(await world.events())
        .slice(2)
        .map((line) => line.replace(/ (parameters|output)=\S*/g, '')),
      [
        '3 2 TaskScheduled resource=invoke.waitForTaskToken timeoutInSeconds=60',
        '4 3 TaskStarted resource=invoke.waitForTaskToken',
        '5 4 TaskSubmitted resource=invoke.waitForTaskToken',
        '6 5 TaskTimedOut resource=invoke.waitForTaskToken error=States.Timeout @60s',
        '7 6 TaskStateExited name=T @60s',
        '8 7 WaitStateEntered name=Late input={"Error":"States.Timeout","Cause":null} @60s',
      ],
    );
  });

  it('is refused by Lambda under Lambda’s own error names', async () => {
    const refusing: Invoke = async () => {
      throw new AwsError('ResourceNotFoundException', 'Function not found: f', 404);
    };
    const events = await historyOf(machine({ T: invoke({ End: true }) }), { invoke: refusing });
    assert.equal(
      events.at(-1),
      '6 5 ExecutionFailed error=Lambda.ResourceNotFoundException cause=Function not found: f (Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; Proxy: null)',
    );
  });

  it('is refused when the machine’s role may not call the function', async () => {
    const asked: unknown[] = [];
    const world = createWorld({
      authorize: (call) => {
        asked.push(call);
        return { allowed: false, because: 'not authorized' };
      },
    });
    await world.run(machine({ T: invoke({ End: true }) }));
    assert.deepEqual(asked, [{ roleArn: 'arn:aws:iam::000000000000:role/machine', action: 'lambda:InvokeFunction', resource: 'f', region: 'us-east-1' }]);
    assert.match(told(await world.events()).at(-1) ?? '', /ExecutionFailed error=Lambda.AWSLambdaException cause=not authorized .*Status Code: 403/);
  });

  it('fails with States.DataLimitExceeded when the function answers too much', async () => {
    const events = await historyOf(machine({ T: invoke({ Catch: [{ ErrorEquals: ['States.DataLimitExceeded'], Next: 'C' }], End: true }), C: { Type: 'Succeed' } }), {
      invoke: scripted('x'.repeat(262_144)),
    });
    assert.match(events[3] ?? '', /^5 4 TaskFailed .*error=States.DataLimitExceeded cause=The state\/task 'lambda' returned/);
    assert.match(events.at(-1) ?? '', /ExecutionSucceeded/);
  });
});

describe('what a catch-all catches', () => {
  const cases: readonly [string, readonly string[], boolean][] = [
    ['Busy', ['States.ALL'], true],
    ['Busy', ['States.TaskFailed'], true],
    ['States.Timeout', ['States.ALL'], true],
    ['States.Timeout', ['States.TaskFailed'], false],
    ['States.QueryEvaluationError', ['States.ALL'], true],
    ['States.Runtime', ['States.ALL'], false],
    ['States.DataLimitExceeded', ['States.ALL'], false],
    ['States.DataLimitExceeded', ['States.DataLimitExceeded'], true],
    ['Busy', ['busy'], false],
  ];
  for (const [error, ErrorEquals, caught] of cases) {
    it(`${ErrorEquals.join()} ${caught ? 'catches' : 'does not catch'} ${error}`, async () => {
      const states = { T: invoke({ Catch: [{ ErrorEquals, Next: 'C' }], End: true }), C: { Type: 'Succeed' } };
      const events = await historyOf(machine(states), { invoke: scripted(named(error)) });
      assert.match(events.at(-1) ?? '', caught ? /ExecutionSucceeded/ : /ExecutionFailed/);
    });
  }
});

describe('a Map state', () => {
  const each = (more: Record<string, unknown>, state: Record<string, unknown> = { Type: 'Pass', End: true }): unknown =>
    machine({ M: { Type: 'Map', ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, StartAt: 'P', States: { P: state } }, End: true, ...more } });

  it('runs its items one after the other with MaxConcurrency 1, as AWS records it', async () => {
    assert.deepEqual(await historyOf(each({ Items: [1, 2], MaxConcurrency: 1 })), [
      '2 0 MapStateEntered name=M input={}',
      '3 2 MapStateStarted length=2',
      '4 3 MapIterationStarted name=M index=0',
      '5 4 PassStateEntered name=P input=1',
      '6 5 PassStateExited name=P output=1',
      '7 6 MapIterationSucceeded name=M index=0',
      '8 6 MapIterationStarted name=M index=1',
      '9 8 PassStateEntered name=P input=2',
      '10 9 PassStateExited name=P output=2',
      '11 10 MapIterationSucceeded name=M index=1',
      '12 11 MapStateSucceeded',
      '13 11 MapStateExited name=M output=[1,2]',
      '14 13 ExecutionSucceeded output=[1,2]',
    ]);
  });

  it('begins all of them at once without it', async () => {
    assert.deepEqual((await historyOf(each({ Items: '{% $states.input %}' }, { Type: 'Wait', Seconds: 5, End: true }), { input: ['a', 'b'], seconds: 5 })).slice(1, 7), [
      '3 2 MapStateStarted length=2',
      '4 3 MapIterationStarted name=M index=0',
      '5 3 MapIterationStarted name=M index=1',
      '6 4 WaitStateEntered name=P input="a"',
      '7 5 WaitStateEntered name=P input="b"',
      '8 6 WaitStateExited name=P output="a" @5s',
    ]);
  });

  it('runs at most forty at a time', async () => {
    const world = createWorld();
    await world.run(each({ Items: '{% [1..50] %}' }, { Type: 'Wait', Seconds: 1, End: true }));
    assert.equal((await world.events()).filter(({ type }) => type === 'MapIterationStarted').length, 40);
    await world.pass(2);
    assert.equal((await world.call('DescribeExecution', { executionArn: EXECUTION }))['status'], 'SUCCEEDED');
  });

  it('has nothing to do with no items', async () => {
    assert.deepEqual(await historyOf(each({ Items: [] })), [
      '2 0 MapStateEntered name=M input={}',
      '3 2 MapStateStarted length=0',
      '4 3 MapStateSucceeded',
      '5 3 MapStateExited name=M output=[]',
      '6 5 ExecutionSucceeded output=[]',
    ]);
  });

  it('shapes each item with ItemSelector and keeps each iteration’s variables to itself', async () => {
    const output = await outputOf({
      A: { Type: 'Pass', Assign: { outer: 'o' }, Next: 'M' },
      M: {
        Type: 'Map',
        Items: [10, 20],
        ItemSelector: { i: '{% $states.context.Map.Item.Index %}', v: '{% $states.context.Map.Item.Value %}', all: '{% $states.input.n %}' },
        ItemProcessor: { StartAt: 'P', States: { P: { Type: 'Pass', Assign: { inner: '{% $states.input.v %}' }, Next: 'Q' }, Q: { Type: 'Pass', Output: '{% [$outer, $inner, $states.input, $states.context.Map.Item.Index] %}', End: true } } },
        Output: '{% $states.result %}',
        End: true,
      },
    }, { n: 2 });
    assert.deepEqual(output, [
      ['o', 10, { i: 0, v: 10, all: 2 }, 0],
      ['o', 20, { i: 1, v: 20, all: 2 }, 1],
    ]);
  });

  it('fails with its first failing item, as AWS records it', async () => {
    const states = { C: { Type: 'Choice', Choices: [{ Condition: '{% $states.input = 3 %}', Next: 'Break' }], Default: 'P' }, P: { Type: 'Pass', End: true }, Break: { Type: 'Fail', Error: 'SomeFailure' } };
    const events = await historyOf(machine({ M: { Type: 'Map', Items: [3, 4], MaxConcurrency: 1, ItemProcessor: { StartAt: 'C', States: states }, End: true } }));
    assert.deepEqual(events.slice(2), [
      '4 3 MapIterationStarted name=M index=0',
      '5 4 ChoiceStateEntered name=C input=3',
      '6 5 ChoiceStateExited name=C output=3',
      '7 6 FailStateEntered name=Break input=3',
      '8 7 MapIterationFailed name=M index=0',
      '9 7 MapStateFailed',
      '10 9 ExecutionFailed error=SomeFailure',
    ]);
  });

  it('aborts what still runs when one item fails', async () => {
    const world = createWorld({ invoke: async (_arn, payload) => (payload === 2 ? { functionError: { errorType: 'Busy', errorMessage: 'no', trace: ['at f'] } } : { payload }) });
    const states = { C: { Type: 'Choice', Choices: [{ Condition: '{% $states.input = 1 %}', Next: 'W' }], Default: 'T' }, W: { Type: 'Wait', Seconds: 9, End: true }, T: invoke({ End: true }) };
    await world.run(machine({ M: { Type: 'Map', Items: [1, 2, 3], MaxConcurrency: 2, ItemProcessor: { StartAt: 'C', States: states }, Catch: [{ ErrorEquals: ['Busy'], Next: 'S' }], End: true }, S: { Type: 'Succeed' } }));
    assert.deepEqual(told(await world.events()).slice(13, 20), [
      `14 13 TaskFailed resource=invoke error=Busy cause=${FAILED}`,
      '15 14 MapIterationAborted name=M index=0',
      '16 14 WaitStateAborted',
      '17 14 MapIterationFailed name=M index=1',
      '18 14 TaskStateAborted',
      '19 14 MapStateFailed',
      `20 19 MapStateExited name=M output={"Error":"Busy","Cause":${JSON.stringify(FAILED)}}`,
    ]);
  });

  it('begins again as a whole when it is retried', async () => {
    const events = await historyOf(each({ Items: [1], Retry: [{ ErrorEquals: ['E'], MaxAttempts: 1 }] }, { Type: 'Fail', Error: 'E' }), { seconds: 5 });
    assert.deepEqual(events.slice(1), [
      '3 2 MapStateStarted length=1',
      '4 3 MapIterationStarted name=M index=0',
      '5 4 FailStateEntered name=P input=1',
      '6 5 MapIterationFailed name=M index=0',
      '7 5 MapStateStarted length=1 @1s',
      '8 7 MapIterationStarted name=M index=0 @1s',
      '9 8 FailStateEntered name=P input=1 @1s',
      '10 9 MapIterationFailed name=M index=0 @1s',
      '11 9 MapStateFailed @1s',
      '12 11 ExecutionFailed error=E @1s',
    ]);
  });

  it('takes only an array for its items', async () => {
    assert.deepEqual(
      (await historyOf(each({ Items: '{% 1 %}' }))).map((line) => line.replace(/An error.*#2\). /, '')),
      [
        '2 0 MapStateEntered name=M input={}',
        "3 0 EvaluationFailed error=States.QueryEvaluationError cause=The JSONata expression '1' specified for the field 'Items' returned an unexpected result type. Expected 'array', but was 'number' for value: 1 location=Items state=M",
        '4 3 MapStateFailed',
        "5 4 ExecutionFailed error=States.QueryEvaluationError cause=The JSONata expression '1' specified for the field 'Items' returned an unexpected result type. Expected 'array', but was 'number' for value: 1",
      ],
    );
    assert.match((await historyOf(each({}), { input: { a: 1 } }))[1] ?? '', /Map state input must be an array but was: \{"a":1\} state=M$/);
  });
});

describe('a Parallel state', () => {
  const branch = (name: string, state: Record<string, unknown>): unknown => ({ StartAt: name, States: { [name]: state } });

  it('gives all branches the same input and puts out their outputs in order', async () => {
    const Branches = [branch('A', { Type: 'Wait', Seconds: 2, End: true }), branch('B', { Type: 'Pass', Output: '{% $states.input + 1 %}', End: true })];
    assert.deepEqual(await historyOf(machine({ P: { Type: 'Parallel', Arguments: '{% $states.input.n %}', Branches, End: true } }), { input: { n: 1 }, seconds: 2 }), [
      '2 0 ParallelStateEntered name=P input={"n":1}',
      '3 2 ParallelStateStarted',
      '4 3 WaitStateEntered name=A input=1',
      '5 3 PassStateEntered name=B input=1',
      '6 5 PassStateExited name=B output=2',
      '7 4 WaitStateExited name=A output=1 @2s',
      '8 7 ParallelStateSucceeded @2s',
      '9 7 ParallelStateExited name=P output=[1,2] @2s',
      '10 9 ExecutionSucceeded output=[1,2] @2s',
    ]);
  });

  it('fails with its first failing branch, is retried and is caught, as AWS records it', async () => {
    const Branches = [branch('F', { Type: 'Fail', Error: 'FailureType', Cause: 'Cause description' })];
    const parallel = { Type: 'Parallel', Branches, Retry: [{ ErrorEquals: ['FailureType'], MaxAttempts: 1 }], Catch: [{ ErrorEquals: ['FailureType'], Next: 'S' }], End: true };
    assert.deepEqual(await historyOf(machine({ P: parallel, S: { Type: 'Succeed', Output: 1 } }), { seconds: 5 }), [
      '2 0 ParallelStateEntered name=P input={}',
      '3 2 ParallelStateStarted',
      '4 3 FailStateEntered name=F input={}',
      '5 4 ParallelStateStarted @1s',
      '6 5 FailStateEntered name=F input={} @1s',
      '7 6 ParallelStateFailed @1s',
      '8 7 ParallelStateExited name=P output={"Error":"FailureType","Cause":"Cause description"} @1s',
      '9 8 SucceedStateEntered name=S input={"Error":"FailureType","Cause":"Cause description"} @1s',
      '10 9 SucceedStateExited name=S output=1 @1s',
      '11 10 ExecutionSucceeded output=1 @1s',
    ]);
  });

  it('aborts a nested Map with everything in it', async () => {
    const map = { Type: 'Map', Items: [1], ItemProcessor: { StartAt: 'T', States: { T: waitForToken({ End: true }) } }, End: true };
    const Branches = [branch('M', map), { StartAt: 'W', States: { W: { Type: 'Wait', Seconds: 3, Next: 'F' }, F: { Type: 'Fail', Error: 'E' } } }];
    const world = createWorld();
    await world.run(machine({ P: { Type: 'Parallel', Branches, End: true } }));
    await world.pass(3);
    const events = told(await world.events()).map((line) => line.replace(/ (parameters|output)=\S*/g, ''));
    assert.deepEqual(events.slice(-6), [
      '13 12 FailStateEntered name=F input={} @3s',
      '14 13 MapStateAborted @3s',
      '15 13 MapIterationAborted name=M index=0 @3s',
      '16 13 TaskStateAborted @3s',
      '17 13 ParallelStateFailed @3s',
      '18 17 ExecutionFailed error=E @3s',
    ]);
    assert.equal(await openTokens(world), 0);
  });
});

describe('an execution', () => {
  it('ends as TIMED_OUT when the machine’s own time is up', async () => {
    const world = createWorld();
    await world.run(machine({ W: { Type: 'Wait', Seconds: 100, End: true } }, { TimeoutSeconds: 60 }));
    await world.pass(60);
    assert.deepEqual(told(await world.events()).at(-1), '3 0 ExecutionTimedOut @60s');
    const { status, stopDate, error } = await world.call('DescribeExecution', { executionArn: EXECUTION });
    assert.deepEqual({ status, stopDate, error }, { status: 'TIMED_OUT', stopDate: new Date('2026-03-01T00:01:00.000Z'), error: undefined });
  });

  it('fails at the 25,000th history event', { timeout: 60_000 }, async () => {
    const world = createWorld();
    await world.run(machine({ A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Choice', Choices: [{ Condition: '{% false %}', Next: 'S' }], Default: 'A' }, S: { Type: 'Succeed' } }));
    const { events } = await world.call<{ events: { id: number; type: string }[] }>('GetExecutionHistory', { executionArn: EXECUTION, reverseOrder: true, maxResults: 1 });
    assert.deepEqual(events.map(({ id, type }) => [id, type]), [[25_000, 'ExecutionFailed']]);
    const { error, cause } = await world.call('DescribeExecution', { executionArn: EXECUTION });
    assert.deepEqual({ error, cause }, { error: 'States.Runtime', cause: 'The execution reached the maximum number of history events (25000).' });
  });

  it('counts a transition for every state entered', async () => {
    const world = createWorld();
    await world.run(machine({ M: { Type: 'Map', Items: [1, 2], ItemProcessor: { StartAt: 'A', States: { A: { Type: 'Pass', End: true } } }, Next: 'S' }, S: { Type: 'Succeed' } }));
    assert.equal(world.sfn.transitions(EXECUTION), 4);
  });

  it('shows its states the context object', async () => {
    const world = createWorld({ invoke: async (_arn, payload) => ({ payload }) });
    await world.run(machine({ W: { Type: 'Wait', Seconds: 1, Next: 'T' }, T: invoke({ Output: '{% $states.result.Payload %}', End: true }, '{% $states.context %}') }), { a: 1 });
    await world.pass(1);
    assert.deepEqual(JSON.parse((await world.call('DescribeExecution', { executionArn: EXECUTION }))['output'] as string), {
      Execution: { Id: EXECUTION, Input: { a: 1 }, Name: 'e', RoleArn: 'arn:aws:iam::000000000000:role/machine', StartTime: '2026-03-01T00:00:00.000Z', RedriveCount: 0 },
      StateMachine: { Id: 'arn:aws:states:us-east-1:000000000000:stateMachine:m', Name: 'm' },
      State: { Name: 'T', EnteredTime: '2026-03-01T00:00:01.000Z', RetryCount: 0 },
    });
  });
});

describe('JSONata as Step Functions speaks it', () => {
  const cases: readonly [string, unknown][] = [
    ["$partition([1,2,3,4,5], 2)", [[1, 2], [3, 4], [5]]],
    ['$range(0, 10, 5)', [0, 5, 10]],
    ['$range(3, 1, -1)', [3, 2, 1]],
    ["$hash('abc', 'SHA-1')", 'a9993e364706816aba3e25717850c26c9cd0d89d'],
    ["$hash('abc')", 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
    ["$parse('{\"a\":[1]}')", { a: [1] }],
    ['$random()', 0.5],
    ['$random(7) = $random(7)', true],
    ['$now()', '2026-03-01T00:00:00.000Z'],
    ['$millis()', 1772323200000],
    ["$now('[Y]-[M01]')", '2026-03'],
    ["$match($uuid(), /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/).index", 0],
    ["$toMillis('1970-01-01T00:00:01Z')", 1000],
    ['($list := [{"a":1},{"a":2}]; $list[a > 1].a)', 2],
  ];
  for (const [expression, value] of cases) {
    it(`${expression} is ${JSON.stringify(value)}`, async () => assert.deepEqual(await outputOf({ A: { Type: 'Pass', Output: `{% ${expression} %}`, End: true } }), value));
  }

  it('has no $eval', async () => {
    const { cause } = (await outputOf({ A: { Type: 'Pass', Output: "{% $eval('1') %}", End: true } })) as { cause: string };
    assert.match(cause, /The JSONata expression '\$eval\('1'\)' specified for the field 'Output' threw an error during evaluation\. T1006: Attempted to invoke a non-function$/);
  });

  it('gives no function as a value', async () => {
    const { cause } = (await outputOf({ A: { Type: 'Pass', Output: '{% function($x){$x} %}', End: true } })) as { cause: string };
    assert.match(cause, /returned an unsupported result type\.$/);
  });
});

async function openTokens({ disk }: StepFunctionsWorld): Promise<number> {
  return (disk.sql.prepare('SELECT count(*) AS n FROM states_tokens WHERE open = 1').get() as { n: number }).n;
}
