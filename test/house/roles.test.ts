import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readDeployment, type DeployedRole } from '../../local/deployment.ts';

/** Actions that IAM allows on no narrower resource than `*`, each with why. Anything else on `*` is a mistake. */
const ONLY_ON_EVERYTHING: Readonly<Record<string, string>> = {
  'logs:CreateLogDelivery': 'a log delivery has no ARN',
  'logs:GetLogDelivery': 'a log delivery has no ARN',
  'logs:UpdateLogDelivery': 'a log delivery has no ARN',
  'logs:DeleteLogDelivery': 'a log delivery has no ARN',
  'logs:ListLogDeliveries': 'a log delivery has no ARN',
  'logs:PutResourcePolicy': 'a resource policy of CloudWatch Logs has no ARN',
  'logs:DescribeResourcePolicies': 'a resource policy of CloudWatch Logs has no ARN',
  'logs:DescribeLogGroups': 'a list is of all log groups',
  'states:SendTaskSuccess': "IAM's reference knows no resource: the token is its own proof",
  'states:SendTaskFailure': "IAM's reference knows no resource: the token is its own proof",
  'xray:PutTraceSegments': "X-Ray's writes take no resource",
  'xray:PutTelemetryRecords': "X-Ray's writes take no resource",
  'xray:GetSamplingRules': 'sampling rules are read all together',
  'xray:GetSamplingTargets': 'sampling targets are read all together',
};

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly NotAction?: unknown;
  readonly NotResource?: unknown;
  readonly Resource?: string | readonly string[];
}

const { roles, functions, stateMachines } = readDeployment();

describe('the roles', () => {
  it('allow nothing that is not named', () => {
    assert.deepEqual(roles.flatMap(roleFaults), []);
  });

  it('belong to one function or machine each', () => {
    const users = [...functions, ...stateMachines].map(({ roleName }) => roleName);
    assert.deepEqual([...users].sort(), roles.map(({ name }) => name).sort());
    assert.equal(new Set(users).size, users.length);
  });

  it('are named as the workload accounts expect them: slipway-*, without a path', () => {
    for (const { name, arn } of roles) assert.match(arn, new RegExp(`^arn:aws:iam::000000000000:role/slipway-local-[a-z-]+$`), name);
  });

  it('give the functions of the API no key to an account', () => {
    for (const short of ['queries', 'commands']) assert.deepEqual(allowedOf(short).filter((action) => action.startsWith('sts:')), []);
  });

  it('let queries only read, only commands and the reconciler start executions, and what ends an upgrade the rollback that follows it', () => {
    assert.deepEqual(allowedOf('queries'), ['dynamodb:BatchGetItem', 'dynamodb:GetItem', 'dynamodb:Query', 'lambda:InvokeFunction', 'logs:CreateLogStream', 'logs:PutLogEvents']);
    assert.deepEqual(namesOfThoseWho('states:StartExecution'), ['commands', 'execution-ended', 'finish-failed', 'look', 'reconcile']);
    for (const short of ['execution-ended', 'finish-failed', 'look']) assert.deepEqual(startedBy(short), ['slipway-local-rollback-cluster']);
  });

  it('let task tokens be sent by looks, and by the tasks of states that wait, for their own', () => {
    const waiting = stateMachines.flatMap(({ definition }) => [...definition.matchAll(/invoke\.waitForTaskToken","Arguments":\{"FunctionName":"[^"]*:slipway-local-([a-z-]+):live"/g)].map((match) => match[1]));
    assert.deepEqual(namesOfThoseWho('states:SendTaskSuccess'), [...new Set(['look', ...waiting])].sort());
    assert.deepEqual(namesOfThoseWho('states:SendTaskFailure'), namesOfThoseWho('states:SendTaskSuccess'));
  });
});

describe('the rules for roles', () => {
  const role = (statement: Statement): DeployedRole => ({ name: 'slipway-local-x', arn: '', trust: {}, policies: [{ name: 'x', document: { Statement: [statement as never] } }] });

  it('find an action with a wildcard', () => {
    assert.deepEqual(roleFaults(role({ Effect: 'Allow', Action: 'dynamodb:*', Resource: 'arn:aws:dynamodb:us-east-1:000000000000:table/x' })), ['slipway-local-x allows dynamodb:*']);
    assert.deepEqual(roleFaults(role({ Effect: 'Allow', Action: ['sqs:Send*'], Resource: 'arn:aws:sqs:us-east-1:000000000000:x' })), ['slipway-local-x allows sqs:Send*']);
  });

  it('find an action on everything that could be on less', () => {
    assert.deepEqual(roleFaults(role({ Effect: 'Allow', Action: ['xray:PutTraceSegments', 's3:GetObject'], Resource: '*' })), ['slipway-local-x allows s3:GetObject on everything']);
    assert.deepEqual(roleFaults(role({ Effect: 'Allow', Action: 's3:GetObject', Resource: ['arn:aws:s3:::x/*', 'arn:aws:s3:::*'] })), ['slipway-local-x allows s3:GetObject on everything']);
  });

  it('find a statement that allows all but', () => {
    assert.deepEqual(roleFaults(role({ Effect: 'Allow', Action: [], NotAction: 'iam:*', Resource: 'arn:aws:iam::000000000000:role/x' })), ['slipway-local-x allows all but something']);
  });
});

function roleFaults({ name, policies }: DeployedRole): string[] {
  return policies.flatMap(({ document }) => (document['Statement'] as unknown as Statement[]).flatMap(statementFaults)).map((fault) => `${name} allows ${fault}`);
}

function statementFaults(statement: Statement): string[] {
  const actions = [statement.Action].flat();
  const resources = [statement.Resource ?? []].flat();
  const onEverything = resources.some((resource) => resource === '*' || /^arn:aws:[a-z0-9]*:[^:]*:[^:]*:\*$/.test(resource));
  return [
    ...actions.filter((action) => action.includes('*')),
    ...(onEverything ? actions.filter((action) => ONLY_ON_EVERYTHING[action] === undefined).map((action) => `${action} on everything`) : []),
    ...(statement.NotAction !== undefined || statement.NotResource !== undefined ? ['all but something'] : []),
  ];
}

function allowedOf(short: string): string[] {
  return [...new Set(statementsOf(short).flatMap(({ Action }) => [Action].flat()))].sort();
}

function statementsOf(short: string): Statement[] {
  const role = roles.find(({ name }) => name === `slipway-local-${short}`);
  return (role?.policies ?? []).flatMap(({ document }) => document['Statement'] as unknown as Statement[]);
}

/** The machines whose executions a function may start, by name. */
function startedBy(short: string): string[] {
  const starts = statementsOf(short).filter(({ Action }) => [Action].flat().includes('states:StartExecution'));
  return starts.flatMap(({ Resource }) => [Resource ?? []].flat()).map((arn) => arn.slice(arn.lastIndexOf(':') + 1));
}

function namesOfThoseWho(action: string): string[] {
  const all = roles.map(({ name }) => name.replace('slipway-local-', ''));
  return all.filter((short) => allowedOf(short).includes(action)).sort();
}
