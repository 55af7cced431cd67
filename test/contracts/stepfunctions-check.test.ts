import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { checkDefinition, refusals } from '../../local/aws/stepfunctions/check.ts';
import { REFUSED } from '../../local/aws/stepfunctions/support.ts';
import { invoke, machine } from './stepfunctions-world.ts';

const S = { Type: 'Succeed' };
const branch = (states: Record<string, unknown>): unknown => ({ StartAt: Object.keys(states)[0], States: states });

/** What is wrong with these states, as `where: problem`. */
function found(states: Record<string, unknown>, more: Record<string, unknown> = {}): string[] {
  return checkDefinition(JSON.stringify(machine(states, more))).map(({ problem, where }) => `${where}: ${problem}`);
}

describe('checking a definition', () => {
  for (const name of ['create-cluster', 'upgrade-cluster', 'delete-cluster', 'carry-out']) {
    it(`finds nothing wrong with ${name}`, () => {
      assert.deepEqual(checkDefinition(readFileSync(join(import.meta.dirname, `../../workflows/${name}/machine.asl.json`), 'utf8')), []);
    });
  }

  it('takes what AWS takes and asl-validator alone would not: empty texts, line breaks, plain outputs', () => {
    const states = { A: { Type: 'Pass', Output: 'plain', Assign: { empty: '', list: [''] }, Next: 'B' }, B: { Type: 'Pass', Output: '{%\n  $states.input &\n  $empty\n%}', Next: 'C' }, C: { Type: 'Pass', Output: [1], Next: 'S' }, S };
    assert.deepEqual(found(states), []);
  });

  it('refuses JSONPath with a clear text', () => {
    assert.deepEqual(checkDefinition('{"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}}'), [
      { problem: 'QueryLanguage must be JSONata at the top of the definition: the simulated Step Functions does not carry out JSONPath', where: '/QueryLanguage' },
    ]);
    assert.deepEqual(found({ A: { Type: 'Pass', InputPath: '$.a', End: true } }), ['/States/A/InputPath: The simulated Step Functions does not support InputPath: it is JSONPath; use Arguments or Output']);
  });

  it('refuses what is no JSON and no object', () => {
    assert.match(checkDefinition('{')[0]?.problem ?? '', /^The definition is not JSON/);
    assert.deepEqual(checkDefinition('[]'), [{ problem: 'The definition must be a JSON object', where: '/' }]);
  });

  const task = (more: Record<string, unknown>): Record<string, unknown> => ({ T: invoke({ Next: 'S', ...more }), S });
  const retry = (...Retry: unknown[]): Record<string, unknown> => task({ Retry });
  const map = (more: Record<string, unknown>, states: Record<string, unknown> = { P: { Type: 'Pass', End: true } }): Record<string, unknown> => ({ M: { Type: 'Map', Items: [], ItemProcessor: branch(states), End: true, ...more } });
  const cases: readonly [string, Record<string, unknown>, string][] = [
    ['a target that is not there', { A: { Type: 'Pass', Next: 'B' }, S }, "/States/A/Next: There is no state 'B' here to go to"],
    ['a state that nothing leads to', { A: { Type: 'Pass', End: true }, S }, "/States/S: No state leads to 'S'"],
    ['a state without a way on', { A: { Type: 'Pass' } }, '/States/A: A state has either Next or "End": true'],
    ['a circle without an end', { A: { Type: 'Pass', Next: 'B' }, B: { Type: 'Pass', Next: 'A' } }, '/States: No state here is the last one'],
    ['a branch that leaves itself', { P: { Type: 'Parallel', Branches: [branch({ A: { Type: 'Pass', Next: 'S' } })], Next: 'S' }, S }, "/States/P/Branches[0]/States/A/Next: There is no state 'S' here to go to"],
    ['two states of one name', { ...map({ Next: 'P', End: undefined }), P: { Type: 'Pass', End: true } }, "/States/P: Two states are named 'P': the other is at /States/M/ItemProcessor/States/P"],
    ['an unknown type', { A: { Type: 'Activity', End: true } }, '/States/A/Type: Type must be one of Task, Choice, Pass, Wait, Map, Parallel, Succeed, Fail'],
    ['an unknown field', { A: { Type: 'Pass', Colour: 'red', End: true } }, '/States/A/Colour: The field Colour is not known here'],
    ['another service', task({ Resource: 'arn:aws:states:::sqs:sendMessage' }), '/States/T/Resource: The simulated Step Functions does not support the resource "arn:aws:states:::sqs:sendMessage": it has arn:aws:states:::lambda:invoke and arn:aws:states:::lambda:invoke.waitForTaskToken'],
    ['a call without a function', task({ Arguments: { Payload: 1 } }), '/States/T/Arguments: These fields are required: [FunctionName]'],
    ['an argument that is not carried out', task({ Arguments: { FunctionName: 'f', InvocationType: 'Event' } }), '/States/T/Arguments/InvocationType: The simulated Step Functions does not support the argument InvocationType of lambda:invoke'],
    ['a role of a task’s own', task({ Credentials: {} }), '/States/T/Credentials: The simulated Step Functions does not support Credentials: tasks run with the role of the machine only'],
    ['a heartbeat longer than the time', task({ TimeoutSeconds: 5, HeartbeatSeconds: 5 }), '/States/T/HeartbeatSeconds: HeartbeatSeconds must be smaller than TimeoutSeconds'],
    ['States.ALL that is not last', task({ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'S' }, { ErrorEquals: ['E'], Next: 'S' }] }), '/States/T/Catch[0]/ErrorEquals: States.ALL must be in the last retrier or catcher'],
    ['States.ALL in company', retry({ ErrorEquals: ['E', 'States.ALL'] }), '/States/T/Retry[0]/ErrorEquals: States.ALL must stand alone in ErrorEquals'],
    ['a backoff that shrinks', retry({ ErrorEquals: ['E'], BackoffRate: 0.5 }), '/States/T/Retry[0]/BackoffRate: BackoffRate must be a number of at least 1'],
    ['an interval of nothing', retry({ ErrorEquals: ['E'], IntervalSeconds: 0 }), '/States/T/Retry[0]/IntervalSeconds: This must be a whole number from 1 to 99999999'],
    ['a distributed Map', map({ ItemProcessor: { ...(branch({ P: S }) as object), ProcessorConfig: { Mode: 'DISTRIBUTED' } } }), '/States/M/ItemProcessor/ProcessorConfig/Mode: The simulated Step Functions does not support Maps of the mode "DISTRIBUTED"'],
    ['tolerated failures', map({ ToleratedFailureCount: 1 }), '/States/M/ToleratedFailureCount: The simulated Step Functions does not support ToleratedFailureCount: it belongs to distributed Maps'],
    ['an expression that cannot be read', { A: { Type: 'Pass', Output: { a: ['{% 1 + %}'] }, End: true } }, '/States/A/Output/a[0]: The JSONata expression cannot be read: Unexpected end of expression'],
    ['a condition that is none', { C: { Type: 'Choice', Choices: [{ Condition: 'yes', Next: 'S' }], Default: 'S' }, S }, '/States/C/Choices[0]/Condition: Condition must be a {% JSONata %} expression'],
    ['a wait for nothing', { W: { Type: 'Wait', End: true } }, '/States/W: A Wait has either Seconds or Timestamp'],
    ['a variable of an outer scope assigned inside', { A: { Type: 'Pass', Assign: { v: 1 }, Next: 'M' }, ...map({}, { P: { Type: 'Pass', Assign: { v: 2 }, End: true } }) }, '/States/M/ItemProcessor/States/P/Assign/v: The variable $v belongs to an outer scope and cannot be assigned here'],
    ['a variable that is no name', { A: { Type: 'Pass', Assign: { 'a-b': 1 }, End: true } }, '/States/A/Assign/a-b: A variable is named by a letter, then letters, digits and _, 80 characters at most'],
    ['a type that only looks like one', { A: { Type: 'toString', End: true } }, '/States/A/Type: Type must be one of Task, Choice, Pass, Wait, Map, Parallel, Succeed, Fail'],
    ['the reserved variable', { A: { Type: 'Pass', Assign: { states: 1 }, End: true } }, '/States/A/Assign/states: The variable $states is reserved'],
    ['a variable that nothing assigns', { A: { Type: 'Pass', Output: '{% $vv %}', End: true } }, '/States/A/Output: Nothing assigns the variable $vv, and no function is named so'],
    ['$eval, which Step Functions does not have', { A: { Type: 'Pass', Output: "{% $eval('1') %}", End: true } }, '/States/A/Output: Nothing assigns the variable $eval, and no function is named so'],
    ['an inner variable read outside', { ...map({ Next: 'Z', End: undefined }, { P: { Type: 'Pass', Assign: { inner: 1 }, End: true } }), Z: { Type: 'Pass', Output: '{% $inner %}', End: true } }, '/States/Z/Output: Nothing assigns the variable $inner, and no function is named so'],
    ['a result before there is one', task({ Arguments: { FunctionName: 'f', Payload: '{% $states.result %}' } }), '/States/T/Arguments/Payload: $states.result has no value here'],
    ['an error where none was caught', { A: { Type: 'Pass', Output: '{% $states.errorOutput %}', End: true } }, '/States/A/Output: $states.errorOutput has a value in Catch only'],
  ];
  for (const [what, states, told] of cases) it(`finds ${what}`, () => assert.deepEqual(found(states), [told]));

  it('takes the variables that an expression binds itself', () => {
    assert.deepEqual(found({ A: { Type: 'Pass', Output: '{% ($f := function($x, $y) { $x + $y }; $reduce([1,2], $f)) %}', End: true } }), []);
  });

  it('does not refuse to load what AWS would load, however doomed', () => {
    assert.deepEqual(refusals(JSON.stringify(machine({ A: { Type: 'Pass', Output: '{% $vv %}', End: true } }))), []);
  });

  it('has a reason for every field that it refuses by name', () => {
    for (const [name, why] of Object.entries(REFUSED)) assert.deepEqual(found({ A: { Type: 'Pass', End: true, [name]: 1 } }), [`/States/A/${name}: The simulated Step Functions does not support ${name}: ${why}`]);
  });
});
