import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { CreateTableCommandInput } from '@aws-sdk/client-dynamodb';
import { HOME_ACCOUNT_ID, HOME_REGION } from './aws/service.ts';
import { createTemplate, text, type Place, type Template } from './deployment/template.ts';
import { branch, readService, type Branch, type Tree } from './deployment/variables.ts';

/** What serverless.yml deploys, as it is on the rehearsal stage: names, ARNs, roles and events resolved. */
export interface Deployment {
  readonly stage: string;
  readonly functions: readonly DeployedFunction[];
  readonly roles: readonly DeployedRole[];
  readonly tables: readonly DeployedTable[];
  readonly queues: readonly DeployedQueue[];
  readonly stateMachines: readonly DeployedMachine[];
  readonly routes: readonly DeployedRoute[];
}

export interface DeployedFunction {
  /** `slipway-local-next-hop` */
  readonly name: string;
  readonly arn: string;
  /** What everybody calls: the alias `live`. */
  readonly liveArn: string;
  /** The TypeScript file that exports `handler`, from the repository's root: `workflows/next-hop/next-hop.ts`. */
  readonly file: string;
  readonly roleName: string;
  readonly roleArn: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly events: readonly FunctionEvent[];
}

export type FunctionEvent =
  | { readonly kind: 'httpApi'; readonly method: string; readonly path: string }
  | { readonly kind: 'sqs'; readonly queueName: string; readonly queueArn: string; readonly batchSize: number; readonly reportsBatchItemFailures: boolean }
  | { readonly kind: 'schedule'; readonly ruleName: string; readonly everySeconds: number }
  /** EventBridge's pattern: every member must be matched by one of its list's values. */
  | { readonly kind: 'eventBridge'; readonly ruleName: string; readonly pattern: Branch };

/** A route of the HTTP API; the method `*` and path `$default` take what no other route does. */
export interface DeployedRoute {
  readonly method: string;
  readonly path: string;
  /** The function's name. */
  readonly function: string;
}

export interface DeployedRole {
  readonly name: string;
  readonly arn: string;
  readonly trust: Branch;
  readonly policies: readonly { readonly name: string; readonly document: Branch }[];
}

export interface DeployedTable {
  readonly create: CreateTableCommandInput;
  readonly timeToLiveAttribute: string;
}

export interface DeployedQueue {
  readonly name: string;
  readonly url: string;
  readonly arn: string;
  /** As CreateQueue takes them: all text, the redrive policy as JSON. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface DeployedMachine {
  readonly name: string;
  readonly arn: string;
  readonly roleName: string;
  readonly roleArn: string;
  /** The ASL as JSON text, every placeholder replaced. */
  readonly definition: string;
}

/** Members of functions, tables, queues, roles and machines that the stage understands; another is refused, so that none is quietly left out. */
const KNOWN = {
  service: ['service', 'frameworkVersion', 'configValidationMode', 'plugins', 'params', 'provider', 'package', 'custom', 'functions', 'resources'],
  provider: ['name', 'runtime', 'architecture', 'region', 'stage', 'memorySize', 'timeout', 'versionFunctions', 'logRetentionInDays', 'environment', 'httpApi', 'logs'],
  function: ['name', 'description', 'handler', 'role', 'memorySize', 'timeout', 'maximumRetryAttempts', 'environment', 'package', 'events'],
  sqs: ['arn', 'batchSize', 'functionResponseType', 'maximumConcurrency'],
  schedule: ['name', 'description', 'rate'],
  eventBridge: ['name', 'description', 'pattern'],
  role: ['RoleName', 'AssumeRolePolicyDocument', 'Policies'],
  table: [
    'TableName',
    'BillingMode',
    'DeletionProtectionEnabled',
    'PointInTimeRecoverySpecification',
    'SSESpecification',
    'TimeToLiveSpecification',
    'KeySchema',
    'AttributeDefinitions',
    'GlobalSecondaryIndexes',
  ],
  queue: ['QueueName', 'VisibilityTimeout', 'MessageRetentionPeriod', 'SqsManagedSseEnabled', 'RedrivePolicy'],
  machine: ['StateMachineName', 'StateMachineType', 'RoleArn', 'Definition', 'DefinitionSubstitutions', 'LoggingConfiguration', 'TracingConfiguration'],
} as const satisfies Record<string, readonly string[]>;

/** What is deployed on AWS and has no counterpart on the stage: nothing that runs there asks for it. */
const NOT_ON_THE_STAGE = new Set(['AWS::Logs::LogGroup', 'AWS::CloudWatch::Alarm', 'AWS::SNS::Topic', 'AWS::S3::Bucket', 'AWS::S3::BucketPolicy', 'AWS::SecretsManager::Secret']);
const ON_THE_STAGE = new Set(['AWS::DynamoDB::Table', 'AWS::SQS::Queue', 'AWS::IAM::Role', 'AWS::StepFunctions::StateMachine']);

export interface DeploymentOptions {
  /** The folder of serverless.yml; the repository's root when absent. */
  readonly root?: string;
  /** `local` when absent. */
  readonly stage?: string;
  /** Where the simulated AWS listens: queue URLs begin with it. */
  readonly awsUrl?: string;
  /** The value of a generated secret; when absent one that follows from its name, good for a rehearsal and nothing else. */
  readonly secret?: (name: string) => string;
}

/** Reads serverless.yml and its files for Slipway's own account on the rehearsal stage. Throws on whatever it does not know. */
export function readDeployment(options: DeploymentOptions = {}): Deployment {
  const root = options.root ?? join(import.meta.dirname, '..');
  const stage = options.stage ?? 'local';
  const place: Place = { accountId: HOME_ACCOUNT_ID, region: HOME_REGION, awsUrl: options.awsUrl ?? 'http://127.0.0.1:4566' };
  const service = readService({ root, stage, options: { stage, region: HOME_REGION } });
  onlyKnown('service', service, 'serverless.yml');
  const provider = branch(service['provider'], 'provider');
  onlyKnown('provider', provider, 'provider');
  const declared = Object.entries(branch(service['functions'], 'functions')).map(([key, definition]) => [key, branch(definition, key)] as const);

  const resources = resourcesOf(service);
  for (const [logicalId, resource] of Object.entries(resources)) {
    const type = text(branch(resource, logicalId)['Type'], `Type of ${logicalId}`);
    if (!ON_THE_STAGE.has(type) && !NOT_ON_THE_STAGE.has(type)) throw new Error(`the rehearsal stage does not know what to do with the ${type} ${logicalId}`);
  }
  const template = createTemplate({ ...resources, ...functionResources(declared) }, place);
  const secret = options.secret ?? ((name: string) => createHash('sha256').update(name).digest('hex'));
  const functions = declared.map(([key, definition]) => deployedFunction(key, definition, provider, template, secret));
  return {
    stage,
    functions,
    roles: template.ofType('AWS::IAM::Role').map(({ logicalId, properties }) => deployedRole(properties, logicalId, template)),
    tables: template.ofType('AWS::DynamoDB::Table').map(({ logicalId, properties }) => deployedTable(properties, logicalId)),
    queues: template.ofType('AWS::SQS::Queue').map(({ logicalId, properties }) => deployedQueue(properties, logicalId, template)),
    stateMachines: template.ofType('AWS::StepFunctions::StateMachine').map(({ logicalId, properties }) => deployedMachine(properties, logicalId)),
    routes: functions.flatMap(({ name, events }) => events.filter((event) => event.kind === 'httpApi').map(({ method, path }) => ({ method, path, function: name }))),
  };
}

function onlyKnown(kind: keyof typeof KNOWN, tree: Branch, where: string): void {
  const known: readonly string[] = KNOWN[kind];
  const unknown = Object.keys(tree).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Error(`the rehearsal stage does not know ${unknown.join(', ')} of ${where}`);
}

/** `resources:` is a list of pieces of a template; extensions and outputs change nothing on the stage. */
function resourcesOf(service: Branch): Branch {
  const pieces = service['resources'];
  if (!Array.isArray(pieces)) throw new Error('resources of serverless.yml is not a list');
  return Object.assign({}, ...pieces.map((piece: Tree) => branch(piece, 'resources')['Resources'] ?? {})) as Branch;
}

/** The functions as the framework and its alias plugin will name them, so that references to them have an answer. */
function functionResources(declared: readonly (readonly [string, Branch])[]): Branch {
  return Object.fromEntries(
    declared.flatMap(([key, definition]) => {
      const prefix = `${key.charAt(0).toUpperCase()}${key.slice(1)}`;
      const name = text(definition['name'], `name of ${key}`);
      return [
        [`${prefix}LambdaFunction`, { Type: 'AWS::Lambda::Function', Properties: { FunctionName: name } }],
        [`${prefix}LiveAlias`, { Type: 'AWS::Lambda::Alias', Properties: { FunctionName: name, Name: 'live' } }],
      ];
    }),
  );
}

function deployedFunction(key: string, definition: Branch, provider: Branch, template: Template, secret: (name: string) => string): DeployedFunction {
  onlyKnown('function', definition, `function ${key}`);
  const prefix = `${key.charAt(0).toUpperCase()}${key.slice(1)}`;
  const role = text(definition['role'], `role of ${key}`);
  const handler = /^\.build\/(.+)\.handler$/.exec(text(definition['handler'], `handler of ${key}`));
  if (handler === null) throw new Error(`the handler of ${key} is not a bundle's: .build/<file>.handler`);
  const environment = { ...branch(provider['environment'] ?? {}, 'environment'), ...branch(definition['environment'] ?? {}, `environment of ${key}`) };
  return {
    name: text(definition['name'], `name of ${key}`),
    arn: text(template.evaluate({ 'Fn::GetAtt': [`${prefix}LambdaFunction`, 'Arn'] }), key),
    liveArn: text(template.evaluate({ Ref: `${prefix}LiveAlias` }), key),
    file: `${handler[1]}.ts`,
    roleName: text(template.evaluate({ Ref: role }), role),
    roleArn: text(template.evaluate({ 'Fn::GetAtt': [role, 'Arn'] }), role),
    timeoutSeconds: Number(definition['timeout'] ?? provider['timeout']),
    memoryMegabytes: Number(definition['memorySize'] ?? provider['memorySize']),
    environment: evaluatedEnvironment(environment, template, secret),
    events: eventsOf(definition).map((event) => functionEvent(event, key, template)),
  };
}

/** Variables that name a thing which is not on the stage are left out, as for a deployment that has none. */
function evaluatedEnvironment(environment: Branch, template: Template, secret: (name: string) => string): Record<string, string> {
  const there = Object.entries(environment).filter(([, value]) => {
    const to = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Branch)['Ref'] : undefined;
    return typeof to !== 'string' || !NOT_ON_THE_STAGE.has(template.typeOf(to) ?? '');
  });
  return Object.fromEntries(
    there.map(([name, value]) => {
      const found = String(template.evaluate(value));
      const dynamic = /^\{\{resolve:secretsmanager:.*:secret:(.+):SecretString\}\}$/.exec(found);
      return [name, dynamic?.[1] === undefined ? found : secret(dynamic[1])];
    }),
  );
}

function eventsOf(definition: Branch): readonly Branch[] {
  const events = definition['events'] ?? [];
  if (!Array.isArray(events)) throw new Error('events is not a list');
  return events.map((event: Tree) => branch(event, 'an event'));
}

function functionEvent(event: Branch, key: string, template: Template): FunctionEvent {
  const [kind = ''] = Object.keys(event);
  const where = `${kind} of ${key}`;
  if (kind === 'httpApi') {
    const route = text(event[kind], where);
    const [method = '', path = ''] = route === '*' ? ['*', '$default'] : route.split(' ');
    return { kind, method, path };
  }
  if (kind !== 'sqs' && kind !== 'schedule' && kind !== 'eventBridge') throw new Error(`the rehearsal stage does not know the event ${where}`);
  const detail = branch(template.evaluate(branch(event[kind], where)), where);
  onlyKnown(kind, detail, where);
  if (kind === 'schedule') return { kind, ruleName: text(detail['name'], where), everySeconds: secondsOf(text(detail['rate'], where)) };
  if (kind === 'eventBridge') return { kind, ruleName: text(detail['name'], where), pattern: branch(detail['pattern'], where) };
  const queueArn = text(detail['arn'], where);
  return {
    kind,
    queueArn,
    queueName: queueArn.split(':').at(-1) ?? '',
    batchSize: Number(detail['batchSize']),
    reportsBatchItemFailures: detail['functionResponseType'] === 'ReportBatchItemFailures',
  };
}

function secondsOf(rate: string): number {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(rate) ?? [];
  if (count === undefined) throw new Error(`the rehearsal stage does not know the schedule ${rate}`);
  return Number(count) * { minute: 60, hour: 3600, day: 86_400 }[unit as 'minute' | 'hour' | 'day'];
}

function deployedRole(properties: Branch, logicalId: string, template: Template): DeployedRole {
  onlyKnown('role', properties, logicalId);
  const policies = properties['Policies'];
  if (!Array.isArray(policies)) throw new Error(`Policies of ${logicalId} is not a list`);
  return {
    name: text(properties['RoleName'], logicalId),
    arn: text(template.evaluate({ 'Fn::GetAtt': [logicalId, 'Arn'] }), logicalId),
    trust: branch(properties['AssumeRolePolicyDocument'], logicalId),
    policies: policies.map((policy: Tree) => {
      const { PolicyName, PolicyDocument } = branch(policy, logicalId);
      return { name: text(PolicyName, logicalId), document: branch(PolicyDocument, logicalId) };
    }),
  };
}

function deployedTable(properties: Branch, logicalId: string): DeployedTable {
  onlyKnown('table', properties, logicalId);
  const { TimeToLiveSpecification, PointInTimeRecoverySpecification: _pointInTime, SSESpecification, ...rest } = properties;
  const create = { ...rest, SSESpecification: { Enabled: branch(SSESpecification, logicalId)['SSEEnabled'] } };
  return { create: create as unknown as CreateTableCommandInput, timeToLiveAttribute: text(branch(TimeToLiveSpecification, logicalId)['AttributeName'], logicalId) };
}

function deployedQueue(properties: Branch, logicalId: string, template: Template): DeployedQueue {
  onlyKnown('queue', properties, logicalId);
  const { QueueName, ...attributes } = properties;
  return {
    name: text(QueueName, logicalId),
    url: text(template.evaluate({ Ref: logicalId }), logicalId),
    arn: text(template.evaluate({ 'Fn::GetAtt': [logicalId, 'Arn'] }), logicalId),
    attributes: Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)])),
  };
}

function deployedMachine(properties: Branch, logicalId: string): DeployedMachine {
  onlyKnown('machine', properties, logicalId);
  if (properties['StateMachineType'] !== 'STANDARD') throw new Error(`${logicalId} is not a Standard machine`);
  const name = text(properties['StateMachineName'], logicalId);
  const roleArn = text(properties['RoleArn'], logicalId);
  const substitutions = branch(properties['DefinitionSubstitutions'] ?? {}, logicalId);
  // As CloudFormation does it: in the definition's text, so that a placeholder works wherever it stands.
  const definition = JSON.stringify(properties['Definition']).replace(/\$\{([A-Za-z0-9]+)\}/g, (placeholder, key: string) => {
    const value = substitutions[key];
    if (value === undefined) throw new Error(`${logicalId} has no value for ${placeholder} of its definition`);
    return String(value);
  });
  return { name, arn: `arn:aws:states:${HOME_REGION}:${HOME_ACCOUNT_ID}:stateMachine:${name}`, roleName: roleArn.split('/').at(-1) ?? '', roleArn, definition };
}
