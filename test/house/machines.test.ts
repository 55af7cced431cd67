import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { WORKFLOW_ERRORS } from '../../domain/errors.ts';
import { readDeployment } from '../../local/deployment.ts';
import { branch, readTree, type Branch } from '../../local/deployment/variables.ts';
import { functionOf, machineFaults, placeholdersOf, type Machine, type State } from './machine-rules.ts';

// The package brings no types.
const validate = createRequire(import.meta.url)('asl-validator') as (definition: unknown) => { isValid: boolean; errorsText(separator: string): string };
const WORKFLOWS = join(import.meta.dirname, '../../workflows');
const ERRORS = Object.keys(WORKFLOW_ERRORS);
const machines = readdirSync(WORKFLOWS)
  .filter((name) => existsSync(join(WORKFLOWS, name, 'machine.asl.json')))
  .map((name) => ({ name, text: readFileSync(join(WORKFLOWS, name, 'machine.asl.json'), 'utf8') }));
const deployment = readDeployment();

describe('the state machines', () => {
  it('are all deployed, and no other', () => {
    assert.deepEqual(deployment.stateMachines.map(({ name }) => name).sort(), machines.map(({ name }) => `slipway-local-${name}`).sort());
  });

  for (const { name, text } of machines) {
    it(`${name} is valid ASL`, () => {
      const { isValid, errorsText } = validate(JSON.parse(text));
      assert.ok(isValid, errorsText('\n'));
    });

    it(`${name} keeps the rules of the house`, () => {
      assert.deepEqual(machineFaults(JSON.parse(text) as Machine, ERRORS), []);
    });

    it(`${name} calls only functions that are deployed, and may call exactly those`, () => {
      const called = placeholdersOf(text);
      assert.deepEqual(called.map(functionOf).filter((fn) => !deployment.functions.some(({ name: deployed }) => deployed === `slipway-local-${fn}`)), []);
      assert.deepEqual(Object.keys(substitutionsOf(name)).sort(), called);
      const role = deployment.roles.find((candidate) => candidate.name === `slipway-local-${name}`);
      const [invoke] = (role?.policies[0]?.document['Statement'] ?? []) as readonly { Action: string; Resource: string[] }[];
      assert.equal(invoke?.Action, 'lambda:InvokeFunction');
      assert.deepEqual([...(invoke?.Resource ?? [])].sort(), called.map((placeholder) => `arn:aws:lambda:us-east-1:000000000000:function:slipway-local-${functionOf(placeholder)}:live`).sort());
    });
  }

  it('log no execution data, since it holds task tokens, and trace', () => {
    const declared = Object.values(machinesAsWritten()).filter((resource) => resource['Type'] === 'AWS::StepFunctions::StateMachine');
    assert.equal(declared.length, machines.length);
    for (const resource of declared) {
      const { LoggingConfiguration, TracingConfiguration } = branch(resource['Properties'], 'a machine');
      assert.deepEqual([branch(LoggingConfiguration, 'logging')['IncludeExecutionData'], branch(LoggingConfiguration, 'logging')['Level'], TracingConfiguration], [false, 'ALL', { Enabled: true }]);
    }
  });
});

describe('the rules for state machines', () => {
  const sound: State = {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: '${BeginArn}' },
    TimeoutSeconds: 60,
    Retry: [{ ErrorEquals: ['Lambda.ServiceException', 'Lambda.AWSLambdaException', 'Lambda.SdkClientException', 'Lambda.TooManyRequestsException'], IntervalSeconds: 1, MaxAttempts: 3 }],
    Catch: [{ ErrorEquals: ['States.ALL'], Next: 'FinishFailed' }],
    Next: 'Finish',
  };
  const told: State = { ...sound, Arguments: { FunctionName: '${FinishFailedArn}' }, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Failed' }], Next: 'Failed' };
  const machine = (states: Readonly<Record<string, State>>): Machine => ({
    QueryLanguage: 'JSONata',
    TimeoutSeconds: 60,
    StartAt: 'Begin',
    States: { FinishFailed: told, Failed: { Type: 'Fail' }, Finish: { Type: 'Succeed' }, ...states },
  });
  const faultsOf = (states: Readonly<Record<string, State>>): string[] => machineFaults(machine(states), ['RunAgain']);

  it('find nothing wrong with a sound machine', () => {
    assert.deepEqual(faultsOf({ Begin: sound }), []);
  });

  it('find a task without a time limit', () => {
    const { TimeoutSeconds: _limit, ...unlimited } = sound;
    assert.deepEqual(faultsOf({ Begin: unlimited }), ['Begin has no TimeoutSeconds']);
  });

  it('find a task that does not try again after a fault of Lambda', () => {
    assert.deepEqual(faultsOf({ Begin: { ...sound, Retry: [{ ErrorEquals: ['Lambda.ServiceException', 'Lambda.AWSLambdaException', 'Lambda.SdkClientException'], IntervalSeconds: 1, MaxAttempts: 3 }] } }), [
      'Begin does not try again after Lambda.TooManyRequestsException',
    ]);
  });

  it('find a failure that nobody catches, and one that ends well', () => {
    assert.deepEqual(faultsOf({ Begin: { ...sound, Catch: [] } }), ['Begin does not catch States.ALL']);
    assert.deepEqual(faultsOf({ Begin: { ...sound, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Finish' }] } }), ['Begin catches into Finish, which does not end in Fail after telling the record']);
    assert.deepEqual(faultsOf({ Begin: { ...sound, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Failed' }] } }), ['Begin catches into Failed without telling the record']);
  });

  it('find an error that nobody raises', () => {
    assert.deepEqual(faultsOf({ Begin: { ...sound, Retry: [...(sound.Retry ?? []), { ErrorEquals: ['RunAgian'], IntervalSeconds: 1, MaxAttempts: 3 }] } }), [
      'Begin names the error RunAgian, which domain/errors.ts does not have',
    ]);
  });

  it('find a retry without an end', () => {
    assert.deepEqual(faultsOf({ Begin: { ...sound, Retry: [...(sound.Retry ?? []), { ErrorEquals: ['RunAgain'], IntervalSeconds: 1 }] } }), ['Begin retries without MaxAttempts and IntervalSeconds']);
  });

  it('find States.ALL before others', () => {
    const early = [{ ErrorEquals: ['States.ALL'], Next: 'FinishFailed' }, { ErrorEquals: ['RunAgain'], Next: 'FinishFailed' }];
    assert.deepEqual(faultsOf({ Begin: { ...sound, Catch: early } }), ['Begin has States.ALL not alone and last']);
  });

  it('find a choice without a default, and one that decides by a rule of its own', () => {
    assert.deepEqual(faultsOf({ Begin: sound, WhatNext: { Type: 'Choice', Choices: [{ Condition: "{% $states.input.verdict = 'done' %}", Next: 'Finish' }] } }), ['WhatNext has no Default']);
    assert.deepEqual(faultsOf({ Begin: sound, WhatNext: { Type: 'Choice', Choices: [{ Condition: '{% $states.input.behind > 3 %}', Next: 'Finish' }], Default: 'Finish' } }), [
      'WhatNext decides by {% $states.input.behind > 3 %}: a choice matches one word of the domain',
    ]);
  });

  it('find a state that calls a function of another name', () => {
    assert.deepEqual(faultsOf({ Start: sound }), ['Start calls Begin: a state and its function have one name']);
  });

  it('find a map whose iterations fail it, and one without a limit', () => {
    const iteration: State = { ...sound, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'BeginFailed' }] };
    const map: State = { Type: 'Map', MaxConcurrency: 5, Catch: [{ ErrorEquals: ['States.ALL'], Next: 'FinishFailed' }], ItemProcessor: { StartAt: 'Begin', States: { Begin: iteration, BeginFailed: { Type: 'Pass', End: true } } } };
    assert.deepEqual(faultsOf({ All: map }), []);
    assert.deepEqual(faultsOf({ All: { ...map, ItemProcessor: { StartAt: 'Begin', States: { Begin: iteration, BeginFailed: { Type: 'Fail' } } } } }), ['All: Begin catches into BeginFailed, which is no end of the iteration']);
    const { MaxConcurrency: _limit, ...unlimited } = map;
    assert.deepEqual(faultsOf({ All: unlimited }), ['All has no MaxConcurrency']);
  });

  it('read a function from its placeholder', () => {
    assert.equal(functionOf('UpgradeControlPlaneArn'), 'upgrade-control-plane');
    assert.equal(functionOf('upgradeControlPlane'), undefined);
  });
});

function machinesAsWritten(): Record<string, Branch> {
  return branch(readTree(join(import.meta.dirname, '../../deploy/machines.yml')), 'machines.yml')['machines'] as Record<string, Branch>;
}

function substitutionsOf(name: string): Branch {
  const declared = Object.values(machinesAsWritten()).map((resource) => branch(resource['Properties'], name));
  const machine = declared.find((properties) => properties['StateMachineName'] === `slipway-\${sls:stage}-${name}`);
  return branch(machine?.['DefinitionSubstitutions'], `substitutions of ${name}`);
}
