import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { withPullAccounts } from '../../../domain/images/pull-policy.ts';
import { mergedReplication, RULES_MAX, type ReplicationRule } from '../../../domain/images/replication.ts';

const HOME = '111111111111';
const regions = ['eu-west-1', 'eu-central-1', 'us-east-1'];
const to = (...names: string[]) => names.map((region) => ({ region, accountId: HOME }));
const rule = (names: readonly string[], filters: readonly string[] | undefined): ReplicationRule => ({
  destinations: names.map((region) => ({ region, registryId: HOME })),
  ...(filters === undefined ? {} : { repositoryFilters: filters.map((filter) => ({ filter, filterType: 'PREFIX_MATCH' })) }),
});
const anyRule = fc.tuple(fc.subarray(regions, { minLength: 1 }), fc.option(fc.subarray(['orders/', 'search/api', 'base'], { minLength: 1 }), { nil: undefined })).map(([names, filters]) => rule(names, filters));
const anyRules = fc.array(anyRule, { maxLength: RULES_MAX - 1 });
const anyDestinations = fc.subarray(regions, { minLength: 1 }).map((names) => to(...names));

function rulesAfter(present: readonly ReplicationRule[], before: ReturnType<typeof to>, wished: ReturnType<typeof to>): readonly ReplicationRule[] {
  const merged = mergedReplication(present, { name: 'payments/api', before, wished });
  assert.ok(merged === 'same' || 'rules' in merged);
  return merged === 'same' ? present : merged.rules;
}

describe('the replication rules of a registry', () => {
  it('lead the repository where it is wished, are the same the second time, and are as before when it is taken back', () => {
    fc.assert(fc.property(anyRules, anyDestinations, (present, wished) => {
      const there = rulesAfter(present, [], wished);
      const leads = (one: ReplicationRule) => one.destinations.map(({ region }) => region).sort().join() === wished.map(({ region }) => region).sort().join();
      assert.ok(there.some((one) => leads(one) && (one.repositoryFilters === undefined || one.repositoryFilters.some(({ filter }) => filter === 'payments/api'))));
      assert.equal(mergedReplication(there, { name: 'payments/api', before: wished, wished }), 'same');
      assert.deepEqual(rulesAfter(there, wished, []), present);
    }));
  });

  it('lose nothing that others put there, wherever the repository is led next', () => {
    fc.assert(fc.property(anyRules, anyDestinations, anyDestinations, (present, first, second) => {
      const others = (rules: readonly ReplicationRule[]) => JSON.stringify(rules.map((one) => ({ ...one, repositoryFilters: one.repositoryFilters?.filter(({ filter }) => filter !== 'payments/api') })).filter(({ repositoryFilters }) => repositoryFilters?.length !== 0));
      assert.equal(others(rulesAfter(rulesAfter(present, [], first), first, second)), others(present));
    }));
  });

  it('are not more than ECR takes', () => {
    const full = Array.from({ length: RULES_MAX }, (_rule, place) => rule(['us-east-1'], [`team-${place}/`]));
    assert.deepEqual(mergedReplication(full, { name: 'payments/api', before: [], wished: to('eu-west-1') }), { tooMany: 'The registry would have 11 replication rules; ECR takes 10.' });
    assert.ok('rules' in (mergedReplication(full, { name: 'payments/api', before: [], wished: to('us-east-1') }) as object));
    const afar = rule(Array.from({ length: 25 }, (_region, place) => `xx-test-${place}`), ['a/']);
    assert.deepEqual(mergedReplication([afar], { name: 'payments/api', before: [], wished: to('eu-west-1') }), { tooMany: 'The registry would be replicated to 26 others; ECR takes 25.' });
  });
});

describe('the policy of a repository', () => {
  const theirs = JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 'Lambda', Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'ecr:BatchGetImage' }] });

  it('lets accounts pull beside what others let', () => {
    const set = withPullAccounts(theirs, ['222222222222']);
    assert.ok(typeof set === 'object');
    assert.deepEqual((JSON.parse(set.set) as { Statement: { Sid: string }[] }).Statement.map(({ Sid }) => Sid), ['Lambda', 'SlipwayPull']);
    assert.equal(withPullAccounts(set.set, ['222222222222']), 'same');
    assert.deepEqual(withPullAccounts(set.set, []), { set: theirs });
  });

  it('is deleted with our statement when there is no other, and is left alone when it cannot be read', () => {
    const ours = withPullAccounts(undefined, ['222222222222']);
    assert.ok(typeof ours === 'object');
    assert.equal(withPullAccounts(ours.set, []), 'none');
    assert.equal(withPullAccounts(undefined, []), 'same');
    assert.equal(withPullAccounts('{', ['222222222222']), 'unreadable');
  });

  it('is the same when ECR gives a list of one back as the one', () => {
    const ours = withPullAccounts(undefined, ['222222222222']);
    assert.ok(typeof ours === 'object');
    const given = ours.set.replace('["arn:aws:iam::222222222222:root"]', '"arn:aws:iam::222222222222:root"');
    assert.notEqual(given, ours.set);
    assert.equal(withPullAccounts(given, ['222222222222']), 'same');
  });
});
