import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { effectOf, judge, judgeTrust } from '../../local/aws/policy.ts';
import type { Asked } from '../../local/aws/policy.ts';
import { MalformedPolicy, parsePolicy } from '../../local/aws/policy-document.ts';

const identity = (...statements: Record<string, unknown>[]) => parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), 'identity');
const trust = (...statements: Record<string, unknown>[]) => parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }), 'trust');
const asked = (more: Partial<Asked> = {}): Asked => ({ action: 'eks:DescribeCluster', resource: 'arn:aws:eks:eu-west-1:111111111111:cluster/blue', context: {}, ...more });
const allow = { Effect: 'Allow', Action: 'eks:DescribeCluster', Resource: '*' };

describe('An identity policy', () => {
  const cases: readonly [string, Record<string, unknown>, Partial<Asked>, boolean][] = [
    ['allows an action by its name', allow, {}, true],
    ['knows no case in actions', { ...allow, Action: 'EKS:describecluster' }, {}, true],
    ['allows what a star stands for', { ...allow, Action: 'eks:Describe*' }, {}, true],
    ['lets a question mark stand for one character only', { ...allow, Action: 'eks:DescribeCluste??' }, {}, false],
    ['does not allow another action', { ...allow, Action: 'eks:ListClusters' }, {}, false],
    ['allows all actions but those of NotAction', { Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }, {}, true],
    ['does not allow what NotAction names', { Effect: 'Allow', NotAction: 'eks:*', Resource: '*' }, {}, false],
    ['keeps to its resource', { ...allow, Resource: 'arn:aws:eks:*:*:cluster/blue' }, {}, true],
    ['knows case in resources', { ...allow, Resource: 'arn:aws:eks:*:*:cluster/Blue' }, {}, false],
    ['excludes what NotResource names', { Effect: 'Allow', Action: 'eks:*', NotResource: 'arn:aws:eks:*:*:cluster/blue' }, {}, false],
    ['puts the caller’s tag in the place of a variable', { ...allow, Resource: 'arn:aws:eks:*:*:cluster/${aws:PrincipalTag/cluster}' }, { context: { 'aws:principaltag/cluster': ['blue'] } }, true],
    ['matches nothing when a variable has no value', { ...allow, Resource: 'arn:aws:eks:*:*:cluster/${aws:PrincipalTag/cluster}' }, {}, false],
    ['takes a star in a tag as a star, not as a wildcard', { ...allow, Resource: 'arn:aws:eks:*:*:cluster/${aws:PrincipalTag/cluster}' }, { context: { 'aws:principaltag/cluster': ['*'] } }, false],
  ];
  for (const [title, statement, more, allowed] of cases) {
    it(title, () => assert.equal(effectOf([identity(statement)], asked(more)) === 'Allow', allowed));
  }

  const conditions: readonly [string, Record<string, unknown>, Record<string, readonly string[]>, boolean][] = [
    ['StringEquals', { StringEquals: { 'aws:RequestedRegion': ['eu-west-1', 'eu-west-2'] } }, { 'aws:requestedregion': ['eu-west-2'] }, true],
    ['StringEquals of a key that is not there', { StringEquals: { 'sts:ExternalId': 'x' } }, {}, false],
    ['StringEquals reads stars as stars', { StringEquals: { 'sts:ExternalId': '*' } }, { 'sts:externalid': ['x'] }, false],
    ['StringNotEquals of another value', { StringNotEquals: { 'sts:ExternalId': 'x' } }, { 'sts:externalid': ['y'] }, true],
    ['StringNotEquals of one of its values', { StringNotEquals: { 'sts:ExternalId': ['x', 'y'] } }, { 'sts:externalid': ['y'] }, false],
    ['StringNotEquals of a key that is not there', { StringNotEquals: { 'sts:ExternalId': 'x' } }, {}, true],
    ['StringLike', { StringLike: { 'sts:RoleSessionName': 'slipway-*' } }, { 'sts:rolesessionname': ['slipway-op-1'] }, true],
    ['StringEqualsIfExists of a key that is not there', { StringEqualsIfExists: { 'sts:ExternalId': 'x' } }, {}, true],
    ['StringEqualsIfExists of another value', { StringEqualsIfExists: { 'sts:ExternalId': 'x' } }, { 'sts:externalid': ['y'] }, false],
    ['ArnLike', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::000000000000:role/slipway-*' } }, { 'aws:principalarn': ['arn:aws:iam::000000000000:role/slipway-look'] }, true],
    ['ArnLike does not let a star reach over a colon', { ArnLike: { 'aws:PrincipalArn': 'arn:aws:*:role/slipway-look' } }, { 'aws:principalarn': ['arn:aws:iam::000000000000:role/slipway-look'] }, false],
    ['ArnEquals does as ArnLike', { ArnEquals: { 'aws:PrincipalArn': 'arn:aws:iam::*:role/slipway-?ook' } }, { 'aws:principalarn': ['arn:aws:iam::000000000000:role/slipway-look'] }, true],
    ['Bool', { Bool: { 'aws:SecureTransport': false } }, { 'aws:securetransport': ['false'] }, true],
    ['Null true of a key that is not there', { Null: { 'sts:ExternalId': 'true' } }, {}, true],
    ['Null false of a key that is not there', { Null: { 'sts:ExternalId': 'false' } }, {}, false],
    ['ForAllValues with one value outside', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a', 'b'] } }, { 'aws:tagkeys': ['a', 'c'] }, false],
    ['ForAllValues with none at all', { 'ForAllValues:StringEquals': { 'aws:TagKeys': ['a'] } }, {}, true],
    ['ForAnyValue with one value inside', { 'ForAnyValue:StringLike': { 'aws:TagKeys': ['team-*'] } }, { 'aws:tagkeys': ['x', 'team-a'] }, true],
    ['ForAnyValue with none at all', { 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['a'] } }, {}, false],
    ['two operators that must both hold', { StringEquals: { 'aws:RequestedRegion': 'eu-west-1' }, Null: { 'sts:ExternalId': 'false' } }, { 'aws:requestedregion': ['eu-west-1'] }, false],
  ];
  for (const [title, Condition, context, allowed] of conditions) {
    it(`weighs ${title}`, () => assert.equal(effectOf([identity({ ...allow, Condition })], asked({ context })) === 'Allow', allowed));
  }

  const refused: readonly [string, string][] = [
    ['what is no JSON', '{'],
    ['a version that there is not', JSON.stringify({ Version: '2020-01-01', Statement: [allow] })],
    ['a policy without statements', JSON.stringify({ Version: '2012-10-17', Statement: [] })],
    ['a field that there is not', JSON.stringify({ Statement: [{ ...allow, Actions: 'x' }] })],
    ['an effect that there is not', JSON.stringify({ Statement: [{ ...allow, Effect: 'Maybe' }] })],
    ['an action without its service', JSON.stringify({ Statement: [{ ...allow, Action: 'DescribeCluster' }] })],
    ['a resource that is no ARN', JSON.stringify({ Statement: [{ ...allow, Resource: 'blue' }] })],
    ['a statement without resource', JSON.stringify({ Statement: [{ Effect: 'Allow', Action: 'eks:*' }] })],
    ['a principal', JSON.stringify({ Statement: [{ ...allow, Principal: '*' }] })],
    ['an operator that the evaluator does not know', JSON.stringify({ Statement: [{ ...allow, Condition: { NumericLessThan: { 'sts:Age': '1' } } }] })],
    ['two statements of one id', JSON.stringify({ Statement: [{ ...allow, Sid: 'A' }, { ...allow, Sid: 'A' }] })],
  ];
  for (const [title, text] of refused) {
    it(`is refused with ${title}`, () => assert.throws(() => parsePolicy(text, 'identity'), MalformedPolicy));
  }
});

describe('The evaluation of several policies', () => {
  const statement = fc.record({
    Effect: fc.constantFrom('Allow', 'Deny'),
    Action: fc.constantFrom('eks:*', 'eks:DescribeCluster', 'eks:ListClusters', 'iam:*'),
    Resource: fc.constantFrom('*', 'arn:aws:eks:*:*:cluster/blue', 'arn:aws:eks:*:*:cluster/green'),
  });
  const documents = fc.array(fc.array(statement, { minLength: 1, maxLength: 3 }), { maxLength: 3 });
  const read = (all: readonly Record<string, unknown>[][]) => all.map((statements) => identity(...statements));

  it('lets an explicit deny win, whatever else allows', () => {
    fc.assert(
      fc.property(documents, (all) => {
        const verdict = judge({ identity: [...read(all), identity({ ...allow, Effect: 'Deny' })] }, asked());
        assert.deepEqual(verdict, { allowed: false, explicit: true, by: 'identity' });
      }),
    );
  });

  it('never allows with a session policy what it denies without', () => {
    fc.assert(
      fc.property(documents, fc.array(statement, { minLength: 1, maxLength: 3 }), (all, session) => {
        const without = judge({ identity: read(all) }, asked());
        const within = judge({ identity: read(all), session: identity(...session) }, asked());
        assert.ok(without.allowed || !within.allowed);
      }),
    );
  });

  it('does not depend on the order of statements and documents', () => {
    fc.assert(
      fc.property(documents, (all) => {
        const backwards = [...all].reverse().map((statements) => [...statements].reverse());
        assert.deepEqual(judge({ identity: read(backwards) }, asked()), judge({ identity: read(all) }, asked()));
      }),
    );
  });

  it('names the kind of policy that was silent', () => {
    assert.deepEqual(judge({ identity: [identity(allow)], session: identity({ ...allow, Action: 'eks:ListClusters' }) }, asked()), { allowed: false, explicit: false, by: 'session' });
    assert.deepEqual(judge({ identity: [], session: identity(allow) }, asked()), { allowed: false, explicit: false, by: 'identity' });
    assert.deepEqual(judge({ identity: [identity(allow)], boundary: identity({ ...allow, Action: 'iam:*' }) }, asked()), { allowed: false, explicit: false, by: 'boundary' });
  });
});

describe('Wildcards', () => {
  it('match as their translation to a regular expression does', () => {
    const piece = fc.constantFrom('a', 'b', '*', '?', ':', '.');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), fc.array(fc.constantFrom('a', 'b', ':', '.'), { maxLength: 8 }), (pattern, text) => {
        const expected = new RegExp(`^${pattern.map((one) => (one === '*' ? '.*' : one === '?' ? '.' : one === '.' ? '\\.' : one)).join('')}$`).test(text.join(''));
        const document = identity({ ...allow, Resource: '*', Condition: { StringLike: { 'aws:userid': pattern.join('') } } });
        assert.equal(effectOf([document], asked({ context: { 'aws:userid': [text.join('')] } })) === 'Allow', expected);
      }),
    );
  });
});

describe('A trust policy', () => {
  const look = { kind: 'caller', accountId: '000000000000', arn: 'arn:aws:sts::000000000000:assumed-role/slipway-look/s', roleArn: 'arn:aws:iam::000000000000:role/slipway-look', roleId: 'AROAAAAAAAAAAAAAAAAAA' } as const;
  const assume = { Effect: 'Allow', Action: 'sts:AssumeRole' };
  const trusts = (Principal: unknown, principal: Parameters<typeof judgeTrust>[1] = look) => judgeTrust(trust({ ...assume, Principal }), principal, { action: 'sts:AssumeRole', context: {} });

  it('trusts a whole account by its root or its number, without naming the role', () => {
    assert.deepEqual(trusts({ AWS: 'arn:aws:iam::000000000000:root' }), { allowed: true, named: false });
    assert.deepEqual(trusts({ AWS: '000000000000' }), { allowed: true, named: false });
  });
  it('trusts a role by name', () => assert.deepEqual(trusts({ AWS: ['111111111111', look.roleArn] }), { allowed: true, named: true }));
  it('trusts one session of a role', () => assert.deepEqual(trusts({ AWS: look.arn }), { allowed: true, named: true }));
  it('does not trust another account', () => assert.equal(trusts({ AWS: '111111111111' }).allowed, false));
  it('trusts a service, and no caller by a service’s name', () => {
    assert.equal(trusts({ Service: 'eks.amazonaws.com' }, { kind: 'service', service: 'eks.amazonaws.com' }).allowed, true);
    assert.equal(trusts({ Service: 'eks.amazonaws.com' }).allowed, false);
  });
  it('lets a deny win', () => {
    const document = trust({ ...assume, Principal: '*' }, { ...assume, Effect: 'Deny', Principal: { AWS: look.roleArn } });
    assert.equal(judgeTrust(document, look, { action: 'sts:AssumeRole', context: {} }).allowed, false);
  });
  it('is refused with a resource, with another service’s action, or without a principal', () => {
    for (const statement of [{ ...assume, Principal: '*', Resource: '*' }, { ...assume, Principal: '*', Action: 'eks:*' }, assume, { ...assume, Principal: { AWS: 'bob' } }]) assert.throws(() => trust(statement), MalformedPolicy);
  });
});
