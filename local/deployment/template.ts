import { branch, type Branch, type Tree } from './variables.ts';

/** Where a template is looked at as deployed. */
export interface Place {
  readonly accountId: string;
  readonly region: string;
  /** The simulated AWS: queue URLs begin with it. */
  readonly awsUrl: string;
}

interface Identity {
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What `Ref` and `Fn::GetAtt` answer for a type (source: "Return values" of each type's page in the CloudFormation reference). */
const IDENTITIES: Readonly<Record<string, (name: (property: string) => string, place: Place, logicalId: string) => Identity>> = {
  'AWS::DynamoDB::Table': (name, place) => ({ ref: name('TableName'), attributes: { Arn: arn(place, 'dynamodb', `table/${name('TableName')}`) } }),
  'AWS::SQS::Queue': (name, place) => ({
    ref: `${place.awsUrl}/${place.accountId}/${name('QueueName')}`,
    attributes: { Arn: arn(place, 'sqs', name('QueueName')), QueueName: name('QueueName') },
  }),
  'AWS::IAM::Role': (name, { accountId }) => ({ ref: name('RoleName'), attributes: { Arn: `arn:aws:iam::${accountId}:role/${name('RoleName')}` } }),
  'AWS::StepFunctions::StateMachine': (name, place) => {
    const machineArn = arn(place, 'states', `stateMachine:${name('StateMachineName')}`);
    return { ref: machineArn, attributes: { Arn: machineArn, Name: name('StateMachineName') } };
  },
  'AWS::Lambda::Function': (name, place) => ({ ref: name('FunctionName'), attributes: { Arn: arn(place, 'lambda', `function:${name('FunctionName')}`) } }),
  'AWS::Lambda::Alias': (name, place) => ({ ref: arn(place, 'lambda', `function:${name('FunctionName')}:${name('Name')}`), attributes: {} }),
  'AWS::SecretsManager::Secret': (name, place) => ({ ref: arn(place, 'secretsmanager', `secret:${name('Name')}`), attributes: {} }),
  'AWS::S3::Bucket': (_name, _place, logicalId) => ({ ref: logicalId.toLowerCase(), attributes: { Arn: `arn:aws:s3:::${logicalId.toLowerCase()}` } }),
  'AWS::Logs::LogGroup': (name, place) => ({ ref: name('LogGroupName'), attributes: { Arn: arn(place, 'logs', `log-group:${name('LogGroupName')}:*`) } }),
};

function arn({ region, accountId }: Place, service: string, rest: string): string {
  return `arn:aws:${service}:${region}:${accountId}:${rest}`;
}

/** A CloudFormation template's resources, seen as deployed at a place. */
export interface Template {
  /** The resources of a type; their properties are evaluated when they are read. */
  ofType(type: string): readonly { readonly logicalId: string; readonly properties: Branch }[];
  /** `tree` with its intrinsic functions in the place of their values. Throws on one it does not know, and on a reference to nothing. */
  evaluate(tree: Tree): Tree;
  typeOf(logicalId: string): string | undefined;
}

/** `resources` are those of a template: `{ logicalId: { Type, Properties } }`. Only what is asked for is evaluated. */
export function createTemplate(resources: Branch, place: Place): Template {
  const pseudo: Readonly<Record<string, string>> = { 'AWS::AccountId': place.accountId, 'AWS::Region': place.region, 'AWS::Partition': 'aws', 'AWS::URLSuffix': 'amazonaws.com' };

  function typeOf(logicalId: string): string | undefined {
    const resource = resources[logicalId];
    return resource === undefined ? undefined : String(branch(resource, logicalId)['Type']);
  }

  function identity(logicalId: string): Identity {
    const type = typeOf(logicalId);
    if (type === undefined) throw new Error(`the template refers to ${logicalId}, which it does not have`);
    const identify = IDENTITIES[type];
    if (identify === undefined) throw new Error(`the rehearsal stage does not know what a reference to a ${type} (${logicalId}) answers`);
    const properties = branch(branch(resources[logicalId], logicalId)['Properties'] ?? {}, logicalId);
    const name = (property: string): string => text(evaluate(properties[property] ?? null), `${property} of ${logicalId}`);
    return identify(name, place, logicalId);
  }

  function ref(to: string): string {
    return pseudo[to] ?? identity(to).ref;
  }

  function attribute(logicalId: string, name: string): string {
    const value = identity(logicalId).attributes[name];
    if (value === undefined) throw new Error(`the rehearsal stage does not know the attribute ${name} of ${logicalId}`);
    return value;
  }

  function substitute(format: string): string {
    return format.replace(/\$\{([^!}][^}]*)\}/g, (_, reference: string) => {
      const [logicalId = '', ...path] = pseudo[reference] === undefined ? reference.split('.') : [reference];
      return path.length === 0 ? ref(logicalId) : attribute(logicalId, path.join('.'));
    });
  }

  function evaluate(tree: Tree): Tree {
    if (Array.isArray(tree)) return tree.map((item: Tree) => evaluate(item));
    if (typeof tree !== 'object' || tree === null) return tree;
    const entries = Object.entries(tree as Branch);
    const [only] = entries;
    if (only === undefined || entries.length > 1 || !(only[0] === 'Ref' || only[0].startsWith('Fn::'))) return Object.fromEntries(entries.map(([key, value]) => [key, evaluate(value)]));
    const [intrinsic, argument] = only;
    if (intrinsic === 'Ref') return ref(text(argument, 'Ref'));
    if (intrinsic === 'Fn::Sub' && typeof argument === 'string') return substitute(argument);
    if (intrinsic === 'Fn::GetAtt' && Array.isArray(argument)) return attribute(text(argument[0], intrinsic), text(argument[1], intrinsic));
    if (intrinsic === 'Fn::Join' && Array.isArray(argument)) return (evaluate(argument[1]) as readonly string[]).join(text(argument[0], intrinsic));
    throw new Error(`the rehearsal stage does not know ${intrinsic} of ${JSON.stringify(argument)}`);
  }

  return {
    typeOf,
    evaluate,
    ofType: (type) =>
      Object.keys(resources)
        .filter((logicalId) => typeOf(logicalId) === type)
        .map((logicalId) => ({
          logicalId,
          get properties() {
            return branch(evaluate(branch(resources[logicalId], logicalId)['Properties'] ?? {}), logicalId);
          },
        })),
  };
}

/** `tree` as a text, or an error that names `where`. */
export function text(tree: Tree | undefined, where: string): string {
  if (typeof tree !== 'string') throw new Error(`${where} is not a text`);
  return tree;
}
