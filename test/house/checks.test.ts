import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { FINDINGS, type FindingCode } from '../../domain/finding-codes.ts';
import { mayBeWaived } from '../../domain/waiver.ts';
import { CASES, OF_OTHER_WORK } from '../domain/checks/cases.ts';
import { SCENARIOS } from '../simulation/check-scenarios.ts';
import { NOT_SHOWN, OTHER_WORK, TOLD_BY_STORIES } from '../simulation/other-work-scenarios.ts';
import { REPOSITORY } from './sources.ts';

/** How a heading of docs/checks.md begins: what the finding may do, whether it can be waived, and for which versions it is looked for. */
const OPENING = /^(Blocks|Advises|Either)(, never waived)?\. (Every version|From \d\.\d+ on|Target \d\.\d+)[.,: ]/;

const text = readFileSync(join(REPOSITORY, 'docs/checks.md'), 'utf8');

describe('the page of checks', () => {
  for (const code of Object.keys(FINDINGS) as FindingCode[]) {
    it(`says of ${code} what it may do, whether it can be waived and for which versions it is`, () => {
      assert.equal(openingOf(text, code), expected(code));
    });
  }

  it('is found out when a heading says something else', () => {
    assert.equal(openingOf('### al2-last-minor\n\nBlocks. Target 1.32, for some.\n', 'al2-last-minor'), 'Blocks');
    assert.match(openingOf('### al2-last-minor\n\nAdvises. Some groups.\n', 'al2-last-minor'), /does not begin/);
  });
});

describe('every check', () => {
  const all = Object.keys(FINDINGS) as FindingCode[];
  const ofUpgrades = all.filter((code) => !OF_OTHER_WORK.includes(code));

  it('of an upgrade has a case that fails when the check is gone', () => {
    const had = new Set(CASES.map((one) => one.code));
    assert.deepEqual(ofUpgrades.filter((code) => !had.has(code)), []);
  });

  it('of an upgrade is shown by a simulated account', () => {
    const shown = new Set<string>(SCENARIOS.flatMap((scenario) => scenario.codes));
    assert.deepEqual(ofUpgrades.filter((code) => !shown.has(code)), []);
  });

  it('of other work is shown by one too, or says why it cannot be', () => {
    const asked = OTHER_WORK.flatMap((work) => work.codes);
    assert.deepEqual([...asked, ...Object.keys(TOLD_BY_STORIES), ...Object.keys(NOT_SHOWN)].sort(), [...OF_OTHER_WORK].sort());
    for (const [code, story] of Object.entries(TOLD_BY_STORIES)) assert.ok(readFileSync(join(REPOSITORY, 'test/simulation', story), 'utf8').includes(`'${code}'`), `${story} tells ${code}`);
    for (const because of Object.values(NOT_SHOWN)) assert.match(because, /^\S.*\.$/);
  });
});

function openingOf(page: string, code: string): string {
  const body = page.split(`\n### ${code}\n`)[1] ?? page.split(`### ${code}\n`)[1] ?? '';
  const opening = OPENING.exec(body.trimStart());
  return opening === null ? `does not begin with what it may do and its versions: ${body.trimStart().slice(0, 60)}` : `${opening[1] ?? ''}${opening[2] ?? ''}`;
}

function expected(code: FindingCode): string {
  const severity = FINDINGS[code];
  const word = { blocks: 'Blocks', advises: 'Advises', either: 'Either' }[severity];
  return severity !== 'advises' && mayBeWaived(code).kind === 'no' ? `${word}, never waived` : word;
}
