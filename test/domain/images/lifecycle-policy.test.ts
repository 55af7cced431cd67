import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { lifecycleFaults, lifecyclePolicy } from '../../../domain/images/lifecycle-policy.ts';
import type { LifecycleRules } from '../../../domain/images/repository.ts';
import { expiring, parseLifecycle } from '../../../local/aws/ecr/lifecycle-rules.ts';
import type { ImageRecord } from '../../../local/aws/ecr/records.ts';

const DAY_MS = 86_400_000;
const prefixes = ['v', 'v1', 'release-', 'main', 'dev-'];
const some = <T extends object>(record: { [K in keyof T]: fc.Arbitrary<T[K]> }) => fc.record(record, { requiredKeys: [] });
const keepTagged = fc.tuple(fc.subarray(prefixes, { minLength: 1 }), fc.integer({ min: 1, max: 9 }), fc.boolean()).map(([all, count, byAge]) => ({ prefixes: all, ...(byAge ? { days: count } : { keepLast: count }) }));
const anyRules: fc.Arbitrary<LifecycleRules> = some<Required<LifecycleRules>>({ untaggedDays: fc.integer({ min: 1, max: 9 }), keepTagged: fc.array(keepTagged, { minLength: 1, maxLength: 1 }), keepLast: fc.integer({ min: 1, max: 9 }) }).filter((rules) => Object.keys(rules).length > 0);
const anyImages = fc
  .array(fc.tuple(fc.nat({ max: 20 }), fc.subarray(['v1.0', 'v2', 'release-7', 'main', 'dev-x', 'other'])), { maxLength: 25 })
  .map((all) => all.map(([days, tags], place): ImageRecord => ({ digest: `sha256:${place}`, manifest: '{}', mediaType: 'x', bytes: 1, pushedAt: (30 - days) * DAY_MS, tags, lists: [] })));

describe('the lifecycle policy of typed rules', () => {
  it('is one that ECR takes, whatever the rules', () => {
    fc.assert(fc.property(anyRules, (rules) => {
      assert.deepEqual(lifecycleFaults(rules), []);
      const text = JSON.stringify(lifecyclePolicy(rules));
      assert.ok(text.length >= 100, text);
      parseLifecycle(text);
    }));
  });

  it('leaves the youngest of each prefix, and what is tagged so is no matter of the count of all', () => {
    fc.assert(fc.property(anyImages, fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }), (images, keepLast, all) => {
      const gone = new Set(expiring(parseLifecycle(JSON.stringify(lifecyclePolicy({ keepTagged: [{ prefixes: ['v'], keepLast }], keepLast: all }))), images, 31 * DAY_MS).map(({ digest }) => digest));
      const tagged = images.filter(({ tags }) => tags.some((tag) => tag.startsWith('v')));
      assert.equal(tagged.filter(({ digest }) => !gone.has(digest)).length, Math.min(keepLast, tagged.length));
      const youngest = [...images].sort((a, b) => b.pushedAt - a.pushedAt || (a.digest < b.digest ? -1 : 1)).slice(0, all);
      for (const { digest } of youngest.filter((image) => !tagged.includes(image))) assert.ok(!gone.has(digest), digest);
    }));
  });

  it('has its rules in the order that they are explained in', () => {
    const { rules } = lifecyclePolicy({ untaggedDays: 7, keepTagged: [{ prefixes: ['v', 'release-'], keepLast: 50 }, { prefixes: ['dev-'], days: 14 }], keepLast: 200 });
    assert.deepEqual(rules.map(({ rulePriority, description }) => `${rulePriority} ${description}`), [
      '1 Untagged images go after 7 days.',
      '2 Of images tagged v* the last 50 stay.',
      '3 Of images tagged release-* the last 50 stay.',
      '4 Of images tagged dev-* those of the last 14 days stay.',
      '5 Of all images the last 200 stay.',
    ]);
  });

  it('names a prefix that is there twice, and rules that are too many', () => {
    assert.deepEqual(lifecycleFaults({ keepTagged: [{ prefixes: ['v'], days: 1 }, { prefixes: ['a', 'v'], keepLast: 1 }] }).map(({ path }) => path), ['lifecycle.keepTagged.1.prefixes.1']);
    const many = Array.from({ length: 3 }, (_entry, group) => ({ prefixes: Array.from({ length: 17 }, (_prefix, place) => `p${group}-${place}-`), keepLast: 1 }));
    assert.deepEqual(lifecycleFaults({ keepTagged: many }).map(({ path, message }) => [path, message]), [['lifecycle.keepTagged', 'They come to 51 rules; ECR takes 50']]);
  });
});
