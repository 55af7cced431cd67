import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readDeployment, type Deployment } from '../../local/deployment.ts';
import { createTemplate, type Template } from '../../local/deployment/template.ts';
import { readService, type Branch, type Tree } from '../../local/deployment/variables.ts';

/**
 * The stage reads serverless.yml with its own small reader; AWS gets what the framework makes of it. Both are looked at
 * here as deployed to the same account and stage, so that a rehearsal can never differ from the performance.
 */
const REPOSITORY = join(import.meta.dirname, '../..');

describe('the deployment that the rehearsal stage reads', () => {
  let folder: string;
  let deployment: Deployment;
  let packaged: Template;
  let secretName: string | undefined;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-package-'));
    const resources = packageLocally(folder);
    packaged = createTemplate(resources, { accountId: '000000000000', region: 'us-east-1', awsUrl: 'http://127.0.0.1:4566' });
    deployment = readDeployment({
      secret: (name) => {
        secretName = name;
        return `the value of ${name}`;
      },
    });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('has the functions that are packaged: handler, role, limits and environment', () => {
    const expected = packaged.ofType('AWS::Lambda::Function').map(({ properties }) => ({
      name: properties['FunctionName'],
      file: String(properties['Handler']).replace('.build/', '').replace(/\.handler$/, '.ts'),
      roleArn: properties['Role'],
      timeoutSeconds: properties['Timeout'],
      memoryMegabytes: properties['MemorySize'],
      environment: withoutBucketsAndSecrets((properties['Environment'] as { Variables: Record<string, string> }).Variables),
    }));
    const read = deployment.functions.map(({ name, file, roleArn, timeoutSeconds, memoryMegabytes, environment }) => ({ name, file, roleArn, timeoutSeconds, memoryMegabytes, environment: { ...environment } }));
    assert.deepEqual(byName(read), byName(expected));
    assert.equal(secretName, 'slipway-local/cursor-key');
  });

  it('has the alias of every function, under the name that callers use', () => {
    const expected = packaged.ofType('AWS::Lambda::Alias').map(({ logicalId }) => packaged.evaluate({ Ref: logicalId }));
    assert.deepEqual(deployment.functions.map(({ liveArn }) => liveArn).sort(), expected.sort());
    assert.equal(expected.length, deployment.functions.length);
  });

  it('has the roles that are packaged, each statement as it is', () => {
    const expected = packaged.ofType('AWS::IAM::Role').map(({ properties }) => ({
      name: properties['RoleName'],
      trust: properties['AssumeRolePolicyDocument'],
      policies: (properties['Policies'] as unknown as { PolicyName: string; PolicyDocument: Branch }[]).map(({ PolicyName, PolicyDocument }) => ({ name: PolicyName, document: PolicyDocument })),
    }));
    assert.deepEqual(byName(deployment.roles.map(({ name, trust, policies }) => ({ name, trust, policies }))), byName(expected));
  });

  it('has the routes that are packaged, each to its function', () => {
    const expected = packagedRoutes(folder).map(({ key, uri }) => `${key} -> ${String(packaged.evaluate(uri))}`);
    const arns = new Map(deployment.functions.map(({ name, liveArn }) => [name, liveArn]));
    const read = deployment.routes.map(({ method, path, function: name }) => `${path === '$default' ? path : `${method} ${path}`} -> ${arns.get(name)}`);
    assert.deepEqual(read.sort(), expected.sort());
  });

  it('has the state machines that are packaged, with every placeholder replaced', () => {
    const expected = packaged.ofType('AWS::StepFunctions::StateMachine').map(({ properties }) => {
      const substitutions = properties['DefinitionSubstitutions'] as Record<string, string>;
      return {
        name: properties['StateMachineName'],
        roleArn: properties['RoleArn'],
        definition: Object.entries(substitutions).reduce((text, [key, value]) => text.replaceAll(`\${${key}}`, value), JSON.stringify(properties['Definition'])),
      };
    });
    assert.deepEqual(byName(deployment.stateMachines.map(({ name, roleArn, definition }) => ({ name, roleArn, definition }))), byName(expected));
    for (const { definition } of deployment.stateMachines) assert.doesNotMatch(definition, /\$\{/);
  });

  it('has the table and the queues that are packaged', () => {
    const [table] = packaged.ofType('AWS::DynamoDB::Table');
    const { TimeToLiveSpecification, PointInTimeRecoverySpecification, SSESpecification, ...create } = table?.properties ?? {};
    assert.deepEqual(deployment.tables, [{ create: { ...create, SSESpecification: { Enabled: true } }, timeToLiveAttribute: (TimeToLiveSpecification as Branch)['AttributeName'] }]);
    assert.deepEqual([PointInTimeRecoverySpecification, SSESpecification], [{ PointInTimeRecoveryEnabled: true }, { SSEEnabled: true }]);
    const expected = packaged.ofType('AWS::SQS::Queue').map(({ properties }) => ({ name: properties['QueueName'], dead: (properties['RedrivePolicy'] as Branch | undefined)?.['deadLetterTargetArn'] }));
    const read = deployment.queues.map(({ name, attributes }) => ({ name, dead: attributes['RedrivePolicy'] === undefined ? undefined : (JSON.parse(attributes['RedrivePolicy']) as Branch)['deadLetterTargetArn'] }));
    assert.deepEqual(byName(read), byName(expected));
  });

  it('has the events that are packaged: the queue, the schedules and the rule', () => {
    const expected = [
      ...packaged.ofType('AWS::Lambda::EventSourceMapping').map(({ properties }) => [properties['FunctionName'], properties['EventSourceArn'], properties['BatchSize']]),
      ...packaged.ofType('AWS::Events::Rule').map(({ properties }) => [targetOf(properties), properties['Name'], JSON.stringify(properties['EventPattern'] ?? properties['ScheduleExpression'])]),
    ];
    const read = deployment.functions.flatMap(({ liveArn, events }) =>
      events.flatMap((event): unknown[][] => {
        if (event.kind === 'sqs') return [[liveArn, event.queueArn, event.batchSize]];
        if (event.kind === 'schedule') return [[liveArn, event.ruleName, JSON.stringify(event.everySeconds === 60 ? 'rate(1 minute)' : `rate(${event.everySeconds / 60} minutes)`)]];
        return event.kind === 'eventBridge' ? [[liveArn, event.ruleName, JSON.stringify(event.pattern)]] : [];
      }),
    );
    assert.deepEqual(read.map(String).sort(), expected.map(String).sort());
  });
});

describe('reading serverless.yml', () => {
  it('refuses a member that it does not know', () => {
    spoiled('  memorySize: 512\n', '  memorySize: 512\n  kmsKeyArn: a-key\n', /does not know kmsKeyArn of provider/);
    spoiled("          batchSize: 10\n", "          batchSize: 10\n          filterPatterns: []\n", /does not know filterPatterns of sqs of look/);
  });

  it('refuses a variable that it does not know', () => {
    spoiled('tokenAudience: slipway', 'tokenAudience: ${ssm:/audience}', /does not know the variable \$\{ssm:\/audience\}/);
  });

  it('refuses an event that it does not know', () => {
    spoiled("- httpApi: 'GET /healthz'", "- alb: 'GET /healthz'", /does not know the event alb of queries/);
  });

  it('refuses a reference to nothing', () => {
    spoiled('SLIPWAY_TABLE: { Ref: Table }', 'SLIPWAY_TABLE: { Ref: Tabel }', /refers to Tabel, which it does not have/);
  });

  it('refuses an intrinsic function that it does not know', () => {
    spoiled('SLIPWAY_TABLE: { Ref: Table }', "SLIPWAY_TABLE: { Fn::Base64: 'x' }", /does not know Fn::Base64/);
  });

  it('refuses a tag that it does not know', () => {
    spoiled('SLIPWAY_TABLE: { Ref: Table }', 'SLIPWAY_TABLE: !Ref Table', /Unresolved tag/);
  });

  it('leaves the placeholders of ASL and CloudFormation to those whose they are', () => {
    const root = serviceFolder((text) => `${text}\n`);
    writeFileSync(join(root, 'serverless.yml'), "custom:\n  kept: 'a-${AWS::Region}-${NextHopArn}-${Table.Arn}'\n  known: 'b-${sls:stage}'\n");
    assert.deepEqual(readService({ root, stage: 'dev', options: {} }), { custom: { kept: 'a-${AWS::Region}-${NextHopArn}-${Table.Arn}', known: 'b-dev' } });
    rmSync(root, { recursive: true });
  });

  function spoiled(sound: string, unsound: string, error: RegExp): void {
    const root = serviceFolder((text) => {
      assert.ok(text.includes(sound), `serverless.yml has ${sound}`);
      return text.replace(sound, unsound);
    });
    assert.throws(() => readDeployment({ root }), error);
    rmSync(root, { recursive: true });
  }
});

/** A folder with serverless.yml and what it reads, the former put through `edit`. */
function serviceFolder(edit: (text: string) => string): string {
  const root = mkdtempSync(join(tmpdir(), 'slipway-service-'));
  writeFileSync(join(root, 'serverless.yml'), edit(readFileSync(join(REPOSITORY, 'serverless.yml'), 'utf8')));
  for (const name of ['deploy', 'workflows', 'node_modules', 'package.json']) symlinkSync(join(REPOSITORY, name), join(root, name));
  return root;
}

/** The resources that the framework packages for the stage `local`. What is in the bundles does not matter here: they are empty files. */
function packageLocally(folder: string): Branch {
  rmSync(folder, { recursive: true });
  mkdirSync(folder);
  cpSync(join(REPOSITORY, 'serverless.yml'), join(folder, 'serverless.yml'));
  for (const name of ['deploy', 'workflows', 'node_modules', 'package.json']) symlinkSync(join(REPOSITORY, name), join(folder, name));
  for (const { file } of readDeployment().functions) {
    const bundle = join(folder, '.build', file.replace(/\.ts$/, '.cjs'));
    mkdirSync(dirname(bundle), { recursive: true });
    writeFileSync(bundle, '');
  }
  execFileSync(process.execPath, [join(REPOSITORY, 'node_modules/serverless/bin/serverless.js'), 'package', '--stage', 'local'], { cwd: folder, stdio: 'pipe' });
  return (JSON.parse(readFileSync(join(folder, '.serverless/cloudformation-template-update-stack.json'), 'utf8')) as { Resources: Branch }).Resources;
}

/** The routes with the address that their integration calls. An API's own id exists only on AWS, so routes are followed as they are written. */
function packagedRoutes(folder: string): { key: string; uri: Tree }[] {
  const { Resources } = JSON.parse(readFileSync(join(folder, '.serverless/cloudformation-template-update-stack.json'), 'utf8')) as {
    Resources: Record<string, { Type: string; Properties: { RouteKey: string; Target: { 'Fn::Join': [string, [string, { Ref: string }]] }; IntegrationUri: Tree } }>;
  };
  return Object.values(Resources)
    .filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route')
    .map(({ Properties }) => ({ key: Properties.RouteKey, uri: Resources[Properties.Target['Fn::Join'][1][1].Ref]?.Properties.IntegrationUri ?? null }));
}

function targetOf(rule: Branch): Tree | undefined {
  return (rule['Targets'] as readonly Branch[])[0]?.['Arn'];
}

function withoutBucketsAndSecrets(variables: Record<string, string>): Record<string, string> {
  const { SLIPWAY_TEMPLATE_BUCKET: _bucket, SLIPWAY_CURSOR_KEY: cursorKey, ...rest } = variables;
  if (cursorKey === undefined) return rest;
  assert.equal(cursorKey, '{{resolve:secretsmanager:arn:aws:secretsmanager:us-east-1:000000000000:secret:slipway-local/cursor-key:SecretString}}');
  return { ...rest, SLIPWAY_CURSOR_KEY: 'the value of slipway-local/cursor-key' };
}

function byName<T extends { readonly name: unknown }>(list: readonly T[]): T[] {
  return [...list].sort((a, b) => String(a.name).localeCompare(String(b.name)));
}
