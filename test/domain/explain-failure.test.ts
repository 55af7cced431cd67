import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { explainFailure, type FailureScene } from '../../domain/explain-failure.ts';
import { errorsOf } from '../../domain/operation-errors.ts';
import { anOperation, aStep } from './operation-words.ts';

const ROLL: FailureScene = { cluster: 'checkout', region: 'eu-west-1', clusterId: 'c-1', to: '1.34', stepKind: 'upgrade-nodegroup', subject: 'blue' };
const NODE = 'ip-10-0-1-7.eu-west-1.compute.internal';

describe('explainFailure', () => {
  it('names the cluster and the minor of a request as it is to be made, and leaves no placeholder', () => {
    const told = (code: string) => explainFailure({ code, message: '' }, ROLL).nextActions.join(' ');
    assert.match(told('HealthNotRestored'), /POST \/v1\/clusters\/c-1\/rollbacks /);
    for (const code of ['HealthNotRestored', 'OperationStopped', 'PlanDidNotConverge']) assert.doesNotMatch(told(code), /CLUSTER|MINOR|[{}]/);
  });

  it('names the nodes of an eviction that failed, what holds them, how to find it, and what force does', () => {
    const told = explainFailure({ code: 'PodEvictionFailure', message: 'Reached max retries while trying to evict pods from nodes in node group blue', resourceIds: [NODE] }, ROLL);
    assert.match(told.cause, new RegExp(`did not leave ${NODE} within EKS's 15 minutes.*PodDisruptionBudget.*no controller`));
    assert.ok(told.nextActions.some((act) => act.includes('kubectl get pdb -A')));
    assert.ok(told.nextActions.some((act) => act.includes(`--field-selector spec.nodeName=${NODE}`)));
    assert.match(told.nextActions.at(-1) ?? '', /approver.*by force.*reason.*without regard to their budgets/);
    assert.deepEqual([told.affects, told.policy], ['nodegroup', 'force-would-help']);
  });

  it('leads through the ways in which a new node fails to join', () => {
    const told = explainFailure({ code: 'NodeCreationFailure', message: 'Instances failed to join the kubernetes cluster', resourceIds: ['i-0123456789abcdef0'] }, ROLL);
    for (const way of [/--instance-id i-0123456789abcdef0 /, /API server/, /access entry/, /[Uu]ser data/, /VPC CNI/]) assert.ok(told.nextActions.some((act) => way.test(act)), String(way));
    assert.equal(told.policy, 'mend-first');
  });

  it('reads one code by the place where it failed', () => {
    const addresses = (scene: FailureScene): string => explainFailure({ code: 'InsufficientFreeAddresses', message: '' }, scene).cause;
    assert.match(addresses(ROLL), /surge nodes/);
    assert.match(addresses({ cluster: 'checkout', region: 'eu-west-1', clusterId: 'c-1', to: '1.34', stepKind: 'upgrade-control-plane', subject: 'checkout' }), /up to five/);
  });

  it('knows a code of the cluster that comes with the update of a node group', () => {
    assert.equal(explainFailure({ code: 'SubnetNotFound', message: '', resourceIds: ['subnet-1'] }, ROLL).affects, 'control-plane');
  });

  it('says of a code that it does not know that it does not know it', () => {
    const told = explainFailure({ code: 'SomethingOfNextYear', message: 'Whatever.' }, ROLL);
    assert.match(told.cause, /SomethingOfNextYear is no code that this release of Slipway knows/);
    assert.deepEqual([told.affects, told.policy], ['nodegroup', 'mend-first']);
  });

  it('leaves an error of the rules its own remedy', () => {
    const told = explainFailure({ code: 'upgrade-blocked', message: 'blue is too old.', remedy: 'Roll blue.' }, { cluster: 'checkout', region: 'eu-west-1', clusterId: 'c-1', to: '1.34' });
    assert.deepEqual(told, { cause: 'blue is too old.', nextActions: ['Roll blue.'], affects: 'control-plane', policy: 'mend-first' });
  });

  it('does not take what every object inherits for a code', () => {
    for (const code of ['constructor', '__proto__', 'toString']) assert.match(explainFailure({ code, message: '' }, ROLL).cause, /is no code that/);
  });

  it('names three resources, counts the rest, and gives a command the first', () => {
    const told = explainFailure({ code: 'PodEvictionFailure', message: '', resourceIds: ['n-1', 'n-2', 'n-3', 'n-4', 'n-5'] }, ROLL);
    assert.match(told.cause, /n-1, n-2, n-3 and 2 more/);
    assert.ok(told.nextActions.some((act) => act.includes('spec.nodeName=n-1`')));
  });

  it('is carried by an operation\'s errors, with the resources that EKS named', () => {
    const step = aStep({ id: '1.34/nodegroup/blue', kind: 'upgrade-nodegroup', subject: 'blue', state: 'Failed', error: { code: 'PodEvictionFailure', message: 'Reached max retries.', step: '1.34/nodegroup/blue', resourceIds: [NODE] } });
    const [error] = errorsOf(anOperation(), [step], { Error: 'StepFailed' });
    assert.match(error?.cause ?? '', new RegExp(NODE));
    assert.deepEqual(error?.resourceIds, [NODE]);
    assert.ok((error?.nextActions?.length ?? 0) >= 3);
    assert.ok(error?.remedy?.startsWith(error.nextActions?.[0] ?? '-'));
  });
});
