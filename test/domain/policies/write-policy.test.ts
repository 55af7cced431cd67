import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { knowsNoResource, whyForbidden } from '../../../domain/policies/action-rules.ts';
import { ACCESSES, ARN_FORMS } from '../../../domain/policies/catalogue.ts';
import { statementFaults } from '../../../domain/policies/lint-policy.ts';
import { charactersOf, listed, ROLE_POLICIES_CHARACTERS_MAX } from '../../../domain/policies/policy-document.ts';
import { PolicyAsked, StatementsAsked } from '../../../domain/policies/requests.ts';
import { faultsOfWish, writePolicy } from '../../../domain/policies/write-policy.ts';
import { anyAccess } from './asks.ts';

const BUCKET = 'arn:aws:s3:::shop-data';
const TABLE = 'arn:aws:dynamodb:eu-central-1:111122223333:table/orders';
const messages = (wish: object): string[] => faultsOfWish(wish).map(({ path, message }) => `${path}: ${message}`);
const statement = (change: object = {}) => ({ actions: ['s3:GetObject'], resources: [`${BUCKET}/*`], ...change });

describe('the catalogue of accesses', () => {
  it('has a source for each, takes the example of each form, and grants nothing that is forbidden', () => {
    for (const [name, { takes, grants, source }] of Object.entries(ACCESSES)) {
      assert.match(source, /^Service Authorization Reference, /, name);
      if (takes !== undefined) assert.match(ARN_FORMS[takes]!.example, ARN_FORMS[takes]!.pattern, name);
      for (const { actions, on } of grants) {
        assert.deepEqual([...actions].sort(), actions, name);
        assert.deepEqual(actions.flatMap((action) => whyForbidden(action) ?? []), [], name);
        assert.deepEqual(on.includes('*') ? actions.filter((action) => !knowsNoResource(action)) : actions.filter(knowsNoResource), [], name);
      }
    }
  });

  it('is told of in the docs, each entry with what it takes and means', () => {
    const page = readFileSync(new URL('../../../docs/integrations/pods-access.md', import.meta.url), 'utf8');
    for (const [name, { means, takes }] of Object.entries(ACCESSES)) assert.ok(page.includes(`| \`${name}\` | ${takes === undefined ? '' : ARN_FORMS[takes]!.says}`) && page.includes(`| ${means} |`), name);
  });

  it('takes no ARN with a wildcard, of any form', () => {
    for (const { example, pattern, says } of Object.values(ARN_FORMS)) for (const at of [...example].keys()) assert.doesNotMatch(`${example.slice(0, at)}*${example.slice(at + 1)}`, pattern, `${says} ${at}`);
  });

  const linted = spawnSync('cfn-lint', ['--version']).status === 0;
  it('comes to policies that cfn-lint finds clean: actions that IAM knows, on resources that they know', { skip: linted ? false : 'cfn-lint is not installed' }, () => {
    const statements = Object.entries(ACCESSES).flatMap(([access, { takes, namespaces }]) => writePolicy({ policy: [{ access, ...(takes === undefined ? {} : { on: [ARN_FORMS[takes]!.example] }), ...(namespaces === true ? { namespaces: ['Shop'] } : {}) }] }).Statement.map((each) => ({ ...each, Sid: undefined })));
    const folder = mkdtempSync(join(tmpdir(), 'slipway-policy-'));
    try {
      const file = join(folder, 'policy.json');
      const resource = (Statement: object[]) => ({ Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: { Version: '2012-10-17', Statement } } });
      writeFileSync(file, JSON.stringify({ AWSTemplateFormatVersion: '2010-09-09', Resources: Object.fromEntries(statements.map((each, at) => [`P${at}`, resource([each])])) }));
      const { status, stdout, stderr } = spawnSync('cfn-lint', ['--include-checks', 'I', '--template', file], { encoding: 'utf8' });
      assert.equal(`${status}${stdout}${stderr}`, '0');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('a policy that is asked for by name', () => {
  it('keeps buckets and objects, tables and indexes apart, and narrows by prefix what is listed and what is read', () => {
    const { Statement } = writePolicy({ policy: [{ access: 's3-read', on: [BUCKET], prefix: 'web/' }, { access: 'dynamodb-read', on: [TABLE] }] });
    const of = (action: string) => Statement.filter(({ Action }) => listed(Action).includes(action)).map(({ Resource, Condition }) => ({ Resource, ...(Condition === undefined ? {} : { Condition }) }));
    assert.deepEqual(of('s3:ListBucket'), [{ Resource: [BUCKET], Condition: { StringLike: { 's3:prefix': ['web/*'] } } }]);
    assert.deepEqual(of('s3:GetObject'), [{ Resource: [`${BUCKET}/web/*`] }]);
    assert.deepEqual(of('dynamodb:Query'), [{ Resource: [TABLE] }, { Resource: [`${TABLE}/index/*`] }]);
    assert.deepEqual(of('dynamodb:GetItem'), [{ Resource: [TABLE] }]);
  });

  it('derives what an access needs besides, in the same place', () => {
    const { Statement } = writePolicy({ policy: [{ access: 'states-start', on: ['arn:aws:states:eu-central-1:111122223333:stateMachine:checkout'] }] });
    assert.deepEqual(Statement.map(({ Resource }) => Resource), [['arn:aws:states:eu-central-1:111122223333:stateMachine:checkout'], ['arn:aws:states:eu-central-1:111122223333:execution:checkout:*']]);
  });

  it('is without fault and least privilege, fits, and is the same each time, whatever is asked', () => {
    fc.assert(
      fc.property(fc.array(anyAccess, { minLength: 1, maxLength: 5 }), (policy) => {
        assert.ok(PolicyAsked.safeParse(policy).success, JSON.stringify(policy));
        assert.deepEqual(faultsOfWish({ policy }), []);
        const written = writePolicy({ policy });
        assert.deepEqual(written.Statement.flatMap((each, at) => statementFaults(each, String(at))), []);
        assert.ok(charactersOf(written) < ROLE_POLICIES_CHARACTERS_MAX);
        assert.deepEqual(writePolicy({ policy }), written);
        assert.equal(new Set(written.Statement.map(({ Sid }) => Sid)).size, written.Statement.length);
        for (const { Sid } of written.Statement) assert.match(Sid ?? '', /^[0-9A-Za-z]+$/);
      }),
      { numRuns: 200, seed: 4 },
    );
  });

  it('is refused where an access is on nothing, on something else, or narrowed by what it does not know', () => {
    assert.deepEqual(messages({ policy: [{ access: 's3-read' }] }), ['policy.0.on: Say on what: an S3 bucket, as in arn:aws:s3:::shop-data']);
    assert.deepEqual(messages({ policy: [{ access: 's3-read', on: [BUCKET, TABLE] }] }), ['policy.0.on.1: s3-read takes an S3 bucket, as in arn:aws:s3:::shop-data, whole and without wildcards']);
    assert.equal(messages({ policy: [{ access: 'sqs-send', on: ['arn:aws:sqs:eu-central-1:111122223333:*'] }] }).length, 1);
    assert.deepEqual(messages({ policy: [{ access: 'xray-write', on: [TABLE] }] }), ['policy.0.on: xray-write is about no resource that IAM knows: leave `on` out']);
    assert.deepEqual(messages({ policy: [{ access: 'dynamodb-read', on: [TABLE], prefix: 'a' }, { access: 'cloudwatch-metrics' }] }), ['policy.0.prefix: dynamodb-read takes no prefix', 'policy.1.namespaces: Say which namespaces: cloudwatch-metrics knows no ARN to narrow it by']);
  });

  it('is refused where it comes to more than IAM takes', () => {
    const on = Array.from({ length: 20 }, (_each, at) => `arn:aws:s3:::${'b'.repeat(58)}-${at}`.slice(0, 76));
    assert.match(messages({ policy: Array.from({ length: 4 }, () => ({ access: 's3-read-write', on })) }).join(), /^policy: The policy comes to \d+ characters/);
  });
});

describe('a statement that is written by hand', () => {
  it('is taken on named resources, with conditions, and with what EKS says of the pod', () => {
    const conditions = { StringEquals: { 's3:ExistingObjectTag/team': ['web'] } };
    const statements = StatementsAsked.parse([statement({ conditions }), statement({ resources: [`${BUCKET}/\${aws:PrincipalTag/kubernetes-namespace}/*`] }), statement({ actions: ['textract:DetectDocumentText'], resources: ['*'] })]);
    assert.deepEqual(faultsOfWish({ statements }), []);
    const { Statement } = writePolicy({ statements });
    assert.deepEqual(Statement[0], { Sid: 'Own1', Effect: 'Allow', Action: ['s3:GetObject'], Resource: [`${BUCKET}/*`], Condition: conditions });
    assert.deepEqual(Statement.flatMap((each, at) => statementFaults(each, String(at))), []);
  });

  const WRONG: Readonly<Record<string, [object, RegExp]>> = {
    'gives rights over rights': [{ actions: ['iam:PutRolePolicy'] }, /actions\.0: No pod is given iam:PutRolePolicy: it changes or tells/],
    'assumes a role': [{ actions: ['sts:AssumeRole'], resources: ['arn:aws:iam::111122223333:role/admin'] }, /ask for targetRoleArn/],
    'assumes a role in other letters': [{ actions: ['sts:assumerole'], resources: ['arn:aws:iam::111122223333:role/admin'] }, /ask for targetRoleArn/],
    'lets somebody into the cluster': [{ actions: ['eks:CreateAccessEntry'], resources: ['arn:aws:eks:eu-central-1:111122223333:cluster/prod'] }, /asked of Slipway/],
    'opens a bucket to others': [{ actions: ['s3:PutBucketPolicy'], resources: [BUCKET] }, /lets others in/],
    'opens a function to others': [{ actions: ['lambda:AddPermission'], resources: ['arn:aws:lambda:eu-central-1:111122223333:function:resize'] }, /lets others in/],
    'is on everything': [{ resources: ['*'] }, /resources\.0: s3:GetObject can be had on named resources/],
    'hides behind one that knows no resource': [{ actions: ['textract:DetectDocumentText', 's3:GetObject'], resources: ['*'] }, /s3:GetObject can be had/],
    'is on every bucket': [{ resources: ['arn:aws:s3:::*'] }, /every resource of its kind/],
    'is on every bucket whose name ends alike': [{ resources: ['arn:aws:s3:::*-data/x'] }, /every resource of its kind/],
    'is on every table': [{ actions: ['dynamodb:GetItem'], resources: ['arn:aws:dynamodb:eu-central-1:111122223333:table/*'] }, /every resource of its kind/],
    'is on any region': [{ actions: ['dynamodb:GetItem'], resources: ['arn:aws:dynamodb:*:111122223333:table/orders'] }, /not for services, regions or accounts/],
    'is on names that end alike': [{ actions: ['dynamodb:GetItem'], resources: ['arn:aws:sqs:eu-central-1:111122223333:*-data'] }, /begins with letters/],
    'has a variable of its own': [{ resources: [`${BUCKET}/\${aws:username}/*`] }, /Of variables only/],
    'ends before the resource': [{ resources: ['arn:aws:s3:::'] }, /Not a whole ARN/],
  };
  for (const [what, [change, expected]] of Object.entries(WRONG)) {
    it(`is refused where it ${what}`, () => {
      const statements = [statement(change)] as never;
      assert.match(messages({ statements }).join('\n'), expected);
    });
  }

  it('is refused by its shape where an action is a pattern or a condition is none', () => {
    for (const change of [{ actions: ['s3:*'] }, { actions: ['*'] }, { actions: ['s3:Get*'] }, { actions: [] }, { resources: [] }, { resources: ['bucket'] }, { conditions: { StringMaybe: { a: 'b' } } }, { conditions: { StringEquals: { 'no key': 'b' } } }, { effect: 'Deny' }, { actions: ['s3:GetObject', 's3:GetObject'] }]) {
      assert.equal(StatementsAsked.safeParse([statement(change)]).success, false, JSON.stringify(change));
    }
  });
});
