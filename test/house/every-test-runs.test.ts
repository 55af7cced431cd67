import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { test: string } };

describe('npm test', () => {
  it('runs every file of tests', () => {
    const patterns = [...scripts.test.matchAll(/"(test\/[^"]+)"/g)].map(([, pattern]) => pattern ?? '');
    // Those of the domain are run by test/domain.test.ts.
    const run = [...patterns.flatMap((pattern) => globSync(pattern)), ...globSync('test/domain/**/*.test.ts')];

    assert.deepEqual(run.sort(), globSync('test/**/*.test.ts').sort());
  });
});
