import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { accountBoundary, accountSetup } from '../../domain/account-setup.ts';
import { conditionOf } from '../../domain/condition.ts';
import type { AssumeTrial, VerificationFacts } from '../../domain/facts.ts';
import { judgeVerification } from '../../domain/judge-verification.ts';
import { neededPolicyFor } from '../../domain/permissions.ts';
import { account, NOW } from './worlds.ts';

const assumed: AssumeTrial = { kind: 'assumed' };
const denied: AssumeTrial = { kind: 'denied', message: 'Not authorized to perform sts:AssumeRole.' };
const failed: AssumeTrial = { kind: 'failed', message: 'STS timed out.' };

const WANTED = accountSetup(account(), '000000000000').permissionsPolicy;
const document = (statements: readonly unknown[]) => JSON.stringify({ Version: '2012-10-17', Statement: statements });

function facts(more: Partial<VerificationFacts> = {}): VerificationFacts {
  return { observedAt: NOW, externalId: 'new-id', withId: assumed, withoutId: denied, withWrongId: denied, permissions: { kind: 'read', document: JSON.stringify(WANTED) }, ...more };
}

function judged(type: string, seen: VerificationFacts, of = account()): [string | undefined, string | undefined] {
  const found = conditionOf(judgeVerification(of, seen, NOW).conditions, type);
  return [found?.status, found?.reason];
}

describe('judgeVerification', () => {
  it('verifies a role that needs its external id', () => {
    assert.deepEqual(judged('AccessVerified', facts()), ['True', 'RoleAssumed']);
    assert.deepEqual(judged('PermissionsCurrent', facts()), ['True', 'PermissionsCurrent']);
  });

  it('verifies access only when one of our ids works and neither none nor a wrong one does', () => {
    const trial = fc.constantFrom(assumed, denied, failed);
    fc.assert(
      fc.property(trial, trial, trial, fc.option(trial, { nil: undefined }), (withId, withoutId, withWrongId, withPreviousId) => {
        const [status, reason] = judged('AccessVerified', facts({ withId, withoutId, withWrongId, ...(withPreviousId === undefined ? {} : { withPreviousId }) }));
        const works = withId.kind === 'assumed' || withPreviousId?.kind === 'assumed';
        assert.equal(status === 'True', works && withoutId.kind === 'denied' && withWrongId.kind === 'denied');
        if (withoutId.kind === 'assumed' || withWrongId.kind === 'assumed') assert.equal(reason, 'ExternalIdNotRequired');
      }),
      { numRuns: 200, seed: 2 },
    );
  });

  it('says why access is not verified', () => {
    assert.deepEqual(judged('AccessVerified', facts({ withId: denied })), ['False', 'AssumeRoleDenied']);
    assert.deepEqual(judged('AccessVerified', facts({ withoutId: assumed })), ['False', 'ExternalIdNotRequired']);
    assert.deepEqual(judged('AccessVerified', facts({ withWrongId: assumed })), ['False', 'ExternalIdNotRequired']);
    assert.deepEqual(judged('AccessVerified', facts({ withId: failed })), ['Unknown', 'AssumeRoleFailed']);
    assert.deepEqual(judged('AccessVerified', facts({ withoutId: failed })), ['Unknown', 'AssumeRoleFailed']);
  });

  it('retires the previous id once the new one has worked, and not before', () => {
    const rotating = account({ previousExternalId: 'old-id' });
    const retire = (seen: VerificationFacts, of = rotating) => judgeVerification(of, seen, NOW).retirePrevious;
    assert.equal(retire(facts({ withPreviousId: assumed })), true);
    assert.equal(retire(facts({ withId: denied, withPreviousId: assumed })), false);
    assert.equal(retire(facts({ withoutId: assumed })), false);
    assert.equal(retire(facts({ externalId: 'an-older-one' })), false);
    assert.equal(retire(facts(), account()), false);
    assert.deepEqual(judged('AccessVerified', facts({ withId: denied, withPreviousId: assumed }), rotating), ['True', 'PreviousExternalIdInUse']);
  });

  it('names the actions that are missing', () => {
    const without = WANTED.Statement.map((statement) => ({ ...statement, Action: statement.Action.filter((action) => action !== 'eks:UpdateAddon' && action !== 'iam:PassRole') })).filter((statement) => statement.Action.length > 0);
    const seen = facts({ permissions: { kind: 'read', document: document(without) } });
    assert.deepEqual(judged('PermissionsCurrent', seen), ['False', 'MissingActions']);
    assert.match(conditionOf(judgeVerification(account(), seen, NOW).conditions, 'PermissionsCurrent')!.message, /does not allow eks:UpdateAddon, iam:PassRole\./);
  });

  it('says that work goes on where a role made for an earlier release lacks only what readiness checks look with', () => {
    const without = (...gone: string[]) => WANTED.Statement.map((statement) => ({ ...statement, Action: statement.Action.filter((action) => !gone.includes(action)) })).filter((statement) => statement.Action.length > 0);
    const told = (...gone: string[]) => conditionOf(judgeVerification(account(), facts({ permissions: { kind: 'read', document: document(without(...gone)) } }), NOW).conditions, 'PermissionsCurrent')!.message;
    assert.match(told('ec2:DescribeInstanceTypes', 'eks:ListFargateProfiles'), /does not allow ec2:DescribeInstanceTypes, eks:ListFargateProfiles\..*All work goes on without/);
    assert.doesNotMatch(told('eks:ListInsights'), /goes on/);
    assert.doesNotMatch(told('kms:DescribeKey', 'eks:UpdateAddon'), /goes on/);
    assert.deepEqual(judged('AccessVerified', facts({ permissions: { kind: 'read', document: document(without('kms:DescribeKey')) } })), ['True', 'RoleAssumed']);
  });

  it('says that work goes on where a role made for an earlier release lacks only what parts need', () => {
    const earlier = neededPolicyFor({ accountId: account().accountId, passRoleArns: ['arn:aws:iam::111111111111:role/eks-*'] });
    const told = (statements: readonly unknown[]) => conditionOf(judgeVerification(account(), facts({ permissions: { kind: 'read', document: document(statements) } }), NOW).conditions, 'PermissionsCurrent')!;
    assert.equal(told(earlier.Statement).status, 'False');
    assert.match(told(earlier.Statement).message, /Clusters, node groups and upgrades go on without; parts of clusters .* and repositories of images are refused by AWS until then/);
    assert.doesNotMatch(told(earlier.Statement.slice(1)).message, /go on without/);
  });

  it('says whether roles that are made stand under the boundary, and verifies access without it', () => {
    const there = (text: string) => facts({ boundary: { kind: 'there', document: text } });
    const own = accountBoundary(account());
    assert.deepEqual(judged('BoundaryInPlace', there(JSON.stringify(own))), ['True', 'BoundaryInPlace']);
    const shuffled = own.Statement.map(({ Sid: _sid, ...statement }) => Object.fromEntries(Object.entries(statement).reverse().map(([key, value]) => [key, Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value])));
    assert.deepEqual(judged('BoundaryInPlace', there(document(shuffled))), ['True', 'BoundaryInPlace']);
    assert.deepEqual(judged('BoundaryInPlace', there(document(own.Statement.slice(1)))), ['True', 'BoundaryOfTheOwner']);
    assert.deepEqual(judged('BoundaryInPlace', facts({ boundary: { kind: 'absent' } })), ['False', 'BoundaryMissing']);
    assert.deepEqual(judged('BoundaryInPlace', facts({ boundary: { kind: 'unreadable', message: 'Denied.' } })), ['Unknown', 'BoundaryUnreadable']);
    assert.deepEqual(judged('BoundaryInPlace', facts()), ['Unknown', 'BoundaryUnreadable']);
    assert.deepEqual(judged('AccessVerified', facts({ boundary: { kind: 'absent' } })), ['True', 'RoleAssumed']);
  });

  it('misses every action that is taken away, and none that is there under another form', () => {
    const all = WANTED.Statement.flatMap((statement) => statement.Action.map((action) => ({ action, statement })));
    fc.assert(
      fc.property(fc.subarray(all), fc.boolean(), (kept, apart) => {
        const statements = apart ? kept.map(({ action, statement }) => ({ ...statement, Action: action.toUpperCase() })) : WANTED.Statement.map((statement) => ({ ...statement, Action: kept.filter((pair) => pair.statement === statement).map((pair) => pair.action) }));
        const message = conditionOf(judgeVerification(account(), facts({ permissions: { kind: 'read', document: document(statements) } }), NOW).conditions, 'PermissionsCurrent')!;
        assert.equal(message.status, kept.length === all.length ? 'True' : 'False');
      }),
      { numRuns: 100, seed: 3 },
    );
  });

  it('finds nothing missing in a wider policy, and does not count what is denied or allowed under another condition', () => {
    const current = (...statements: unknown[]) => judged('PermissionsCurrent', facts({ permissions: { kind: 'read', document: document(statements) } }))[0];
    assert.equal(current({ Effect: 'Allow', Action: '*', Resource: '*' }), 'True');
    assert.equal(current({ Effect: 'Allow', Action: ['eks:*', 'ec2:*', 'ecr:*', 'iam:*', 'kms:*', 'autoscaling:*', 'cloudwatch:*', 'servicequotas:*', 'route53:*'], Resource: ['*'] }), 'True');
    assert.equal(current({ Effect: 'Allow', Action: '*', Resource: '*' }, { Effect: 'Deny', Action: 'eks:DeleteCluster', Resource: '*' }), 'False');
    assert.equal(current({ Effect: 'Allow', Action: '*', Resource: '*', Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } } }), 'False');
    assert.equal(current({ Effect: 'Allow', Action: '*', Resource: 'arn:aws:eks:us-east-1:111111111111:cluster/*' }), 'False');
    assert.equal(current({ Effect: 'Allow', Action: ['ec2:*', 'iam:*'], Resource: '*' }, { Effect: 'Allow', Action: 'eks:*', Resource: ['arn:aws:eks:?:111111111111:*', '?'] }), 'False');
    assert.equal(current({ Effect: 'Allow', NotAction: 's3:*', Resource: '*' }), 'True');
    assert.equal(current({ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }), 'False');
    assert.equal(current({ Effect: 'Allow', Action: '*', NotResource: 'arn:aws:s3:::*' }), 'False');
    assert.equal(current({ Effect: 'Allow', Action: '*', Resource: '*' }, { Effect: 'Deny', NotAction: ['eks:*', 'ec2:*'], Resource: '*' }), 'False');
    assert.equal(current({ Effect: 'Allow', Action: '*', Resource: '*' }, { Effect: 'Deny', Action: 'eks:*', NotResource: 'arn:aws:eks:*:111111111111:*' }), 'False');
    assert.equal(current({ Effect: 'Allow', Action: '*', Resource: '*' }, { Effect: 'Deny', Action: '*', NotResource: '*' }), 'True');
  });

  it('leaves to the account\'s owner which roles may be handed to EKS', () => {
    const own = WANTED.Statement.map((statement) => (statement.Action.includes('iam:PassRole') ? { ...statement, Resource: 'arn:aws:iam::111111111111:role/k8s-*' } : statement));
    assert.deepEqual(judged('PermissionsCurrent', facts({ permissions: { kind: 'read', document: document(own) } })), ['True', 'PermissionsCurrent']);
  });

  it('says which trust is missing when the role is assumed only without tags and a source identity', () => {
    const seen = facts({ withId: denied, unnamed: assumed });
    assert.deepEqual(judged('AccessVerified', seen), ['False', 'SessionCannotBeNamed']);
    assert.match(conditionOf(judgeVerification(account(), seen, NOW).conditions, 'AccessVerified')!.message, /NameTheSession \(sts:TagSession and sts:SetSourceIdentity\)/);
  });

  it('does not guess about permissions that could not be read', () => {
    for (const statements of [[], WANTED.Statement]) {
      const seen = facts({ permissions: { kind: 'read', document: document(statements), unread: [{ policy: 'Guardrail', message: 'Denied.' }] } });
      assert.deepEqual(judged('PermissionsCurrent', seen), ['Unknown', 'PermissionsUnreadable']);
      assert.match(conditionOf(judgeVerification(account(), seen, NOW).conditions, 'PermissionsCurrent')!.message, /Guardrail/);
    }
    assert.deepEqual(judged('PermissionsCurrent', facts({ permissions: { kind: 'unreadable', message: 'Denied.' } })), ['Unknown', 'PermissionsUnreadable']);
    for (const text of ['', 'null', '{}', '"a"', '{"Statement":["a"]}', '[1]']) {
      assert.deepEqual(judged('PermissionsCurrent', facts({ permissions: { kind: 'read', document: text } })), ['Unknown', 'PermissionsUnreadable'], text);
    }
  });

  it('keeps the time of a condition that has not changed', () => {
    const earlier = account({ conditions: [{ type: 'AccessVerified', status: 'True', reason: 'RoleAssumed', message: 'Works.', lastTransitionTime: '2026-01-01T00:00:00.000Z' }] });
    assert.equal(conditionOf(judgeVerification(earlier, facts(), NOW).conditions, 'AccessVerified')?.lastTransitionTime, '2026-01-01T00:00:00.000Z');
    assert.equal(conditionOf(judgeVerification(earlier, facts({ withId: denied }), NOW).conditions, 'AccessVerified')?.lastTransitionTime, NOW);
  });
});
