import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { InstanceRefreshStatus } from '@aws-sdk/client-auto-scaling';
import { AddonIssueCode, ClusterIssueCode, ErrorCode, NodegroupIssueCode } from '@aws-sdk/client-eks';
import { WORKFLOW_ERRORS } from '../../domain/errors.ts';
import { isExplained } from '../../domain/explain-failure.ts';
import { allSources, REPOSITORY } from './sources.ts';

const FOLDER = join(REPOSITORY, 'domain/explanations');
const catalogues = readdirSync(FOLDER).map((file) => ({ file, entries: JSON.parse(readFileSync(join(FOLDER, file), 'utf8')) as Record<string, { cause: string; nextActions: string[]; source?: string }> }));
const PLACES = ['nodegroup', 'control-plane', 'addon'] as const;
/** Errors that a state is woken with, or that end nothing: no operation tells them. */
const NOT_TOLD = new Set<string>(['RunAgain', 'PlanAgain', 'OperationCancelled', 'OperationEnded']);
/** What an instance refresh can end as, besides well. */
const REFRESH_ENDS = [InstanceRefreshStatus.Failed, InstanceRefreshStatus.Cancelled, InstanceRefreshStatus.RollbackFailed, InstanceRefreshStatus.RollbackSuccessful];

describe('the explanations of failures', () => {
  it('know every code that EKS gives the issues of a node group, a cluster and an add-on', () => {
    const missing = ([[NodegroupIssueCode, 'nodegroup'], [ClusterIssueCode, 'control-plane'], [AddonIssueCode, 'addon']] as const).flatMap(([codes, place]) => Object.values(codes).filter((code) => !isExplained(code, place)));
    assert.deepEqual(missing, []);
  });

  it('know every code that EKS gives the errors of an update', () => {
    assert.deepEqual(Object.values(ErrorCode).filter((code) => !PLACES.some((place) => isExplained(code, place))), []);
  });

  it('know every end of an instance refresh that is not well', () => {
    assert.deepEqual(REFRESH_ENDS.filter((status) => !isExplained(`InstanceRefresh${status}`, 'nodegroup')), []);
  });

  it('know every code of our own that an operation can tell', () => {
    const sources = allSources().filter(({ path }) => /^(domain|workflows)\/.*\.ts$/.test(path));
    const written = sources.flatMap(({ text }) => [...text.matchAll(/\b(?:failed|failure)\(\w+, '([A-Z]\w+)'|\bcode: '([A-Z]\w+)'/g)].map((match) => match[1] ?? match[2] ?? ''));
    assert.ok(written.length >= 8, 'the pattern finds them');
    const told = [...written, ...Object.keys(WORKFLOW_ERRORS).filter((code) => !NOT_TOLD.has(code))];
    assert.deepEqual([...new Set(told)].filter((code) => !isExplained(code, 'control-plane') && !isExplained(code, 'nodegroup')), []);
  });

  it('know every error by which EKS refuses a call for good', () => {
    const begin = readFileSync(join(REPOSITORY, 'aws/eks/begin.ts'), 'utf8');
    const refusals = [...(/const REFUSALS = new Set\(\[([^\]]*)\]/.exec(begin)?.[1] ?? '').matchAll(/'(\w+)'/g)].map((match) => match[1] ?? '');
    assert.ok(refusals.length >= 5, 'the pattern finds them');
    assert.deepEqual(refusals.filter((code) => !isExplained(code, 'control-plane')), []);
  });

  for (const { file, entries } of catalogues) {
    it(`stand in ${file} as sentences, with AWS's own page for AWS's codes`, () => {
      assert.deepEqual(Object.entries(entries).flatMap(([code, entry]) => [entry.cause, ...entry.nextActions].filter((text) => !/^[A-Z].*[.]$/s.test(text)).map((text) => `${code}: ${text}`)), []);
      assert.deepEqual(Object.entries(entries).filter(([, entry]) => (file === 'slipway.json') !== (entry.source === undefined)).map(([code]) => code), []);
    });

    it(`leave no word in ${file} to be filled that nobody fills`, () => {
      const words = JSON.stringify(entries).match(/\{[a-z][^{}":]*\}/g) ?? [];
      assert.deepEqual(words.filter((word) => !/^\{(cluster|clusterId|region|subject|to|resources\|[^}]+)\}$/.test(word)), []);
    });
  }
});
