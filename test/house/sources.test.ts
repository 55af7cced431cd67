import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allSources, codeOf, type Source } from './sources.ts';

/** A file that needs more is two subjects. */
const LINES_MAX = 600;
const NO_ROOM_FOR = ['utils', 'util', 'common', 'services', 'service-layer', 'lib', 'helpers', 'helper', 'misc', 'shared'];

interface Rule {
  readonly says: string;
  readonly applies: (path: string) => boolean;
  readonly broken: (source: Source) => boolean;
  readonly example: Source;
}

const isCode = (path: string): boolean => /\.(ts|js|mjs)$/.test(path);
const isTest = (path: string): boolean => path.startsWith('test/');
// The rules and their examples name what they forbid.
const isRule = (path: string): boolean => path.startsWith('test/house/');

const RULES: readonly Rule[] = [
  {
    says: 'the domain reads no clock',
    applies: (path) => path.startsWith('domain/'),
    broken: ({ text }) => /\bDate\.now\b|\bnew Date\(\s*\)|\bDate\(\s*\)|\bperformance\.|\bTemporal\.Now\b|\bhrtime\b/.test(codeOf(text)),
    example: { path: 'domain/x.ts', text: 'export const age = (now = new Date()) => now;' },
  },
  {
    says: 'the domain leaves nothing to chance',
    applies: (path) => path.startsWith('domain/'),
    broken: ({ text }) => /\bMath\.random\b|\brandomUUID\b|\bgetRandomValues\b|\brandomBytes\b/.test(codeOf(text)),
    example: { path: 'domain/x.ts', text: 'const jitter = Math.random() * 2;' },
  },
  {
    says: 'the domain knows no environment',
    applies: (path) => path.startsWith('domain/'),
    broken: ({ text }) => /\bprocess\b/.test(codeOf(text)),
    example: { path: 'domain/x.ts', text: "const stage = process.env['STAGE'];" },
  },
  {
    says: `a file has at most ${LINES_MAX} lines`,
    applies: isCode,
    broken: ({ text }) => text.trimEnd().split('\n').length > LINES_MAX,
    example: { path: 'domain/x.ts', text: 'const x = 1;\n'.repeat(LINES_MAX + 1) },
  },
  {
    says: 'a thing belongs to the room that says its noun',
    applies: () => true,
    broken: ({ path }) => path.split('/').some((part) => NO_ROOM_FOR.includes(part.replace(/(\.test)?\.\w+$/, ''))),
    example: { path: 'handlers/utils.ts', text: '' },
  },
  {
    says: 'zod is imported as a namespace',
    applies: (path) => isCode(path) && !isRule(path),
    broken: ({ text }) => /import\s+(?!type\b)[^;*]*\{[^}]*\}[^;]*from 'zod/.test(text) || /import \w+(, \{[^}]*\})? from 'zod'/.test(text),
    example: { path: 'handlers/x.ts', text: "import { z } from 'zod';" },
  },
  {
    says: 'nothing is put off',
    applies: (path) => isCode(path) && !isRule(path),
    broken: ({ text }) => /\b(TODO|FIXME|XXX|HACK)\b/.test(text),
    example: { path: 'aws/x.ts', text: '// TODO: retry' },
  },
  {
    says: 'a test that is left out says why',
    applies: (path) => isTest(path) && path.endsWith('.ts') && !isRule(path),
    // `skip: javaIsThere ? false : 'Java 17 is not installed'` and `context.skip('why')` tell; `.skip`, `skip: true` and `.only` do not.
    broken: ({ text }) => /\b(it|describe|test)\.(only|skip|todo)\b|\b(only|skip|todo): true\b|\.skip\(\)/.test(text),
    example: { path: 'test/domain/x.test.ts', text: "it.skip('refuses to skip a minor', () => {});" },
  },
  {
    says: 'a test does not sleep',
    // Programs that a test starts and kills may take their time; so may a test of real time itself, with the line above it
    // saying so: `// Real time: why`.
    applies: (path) => isTest(path) && path.endsWith('.test.ts') && !isRule(path),
    broken: ({ text }) => /setTimeout\([^;]*?,\s*[\d_.]+\s*\)|timers\/promises/.test(text.replace(/^\s*\/\/ Real time: .*\n.*$/gm, '')),
    example: { path: 'test/domain/x.test.ts', text: 'await new Promise((resolve) => setTimeout(resolve, 50));' },
  },
  {
    says: 'a thing has one name and is imported by it',
    // The framework takes a plugin by its default export.
    applies: (path) => path.endsWith('.ts') && path !== 'deploy/live-alias.ts' && !isRule(path),
    broken: ({ text }) => /^export default\b/m.test(text),
    example: { path: 'handlers/x.ts', text: 'export default function handler() {}' },
  },
  {
    says: 'what is imported from this repository is imported by its file name',
    applies: (path) => path.endsWith('.ts') && !isRule(path),
    broken: ({ text }) => /from '\.{1,2}\/[^']*(?<!\.(ts|json|js|mjs))'/.test(text),
    example: { path: 'domain/x.ts', text: "import { minor } from './minor';" },
  },
];

describe('the sources', () => {
  const sources = allSources();

  for (const rule of RULES) {
    it(`keep that ${rule.says}`, () => {
      assert.deepEqual(sources.filter((source) => rule.applies(source.path) && rule.broken(source)).map(({ path }) => path), []);
    });
  }
});

describe('the rules for sources', () => {
  for (const { says, applies, broken, example } of RULES) {
    it(`see when it is not so that ${says}`, () => {
      assert.ok(applies(example.path), `${example.path} is looked at`);
      assert.ok(broken(example), example.text.slice(0, 80));
    });
  }

  it('do not mind words in comments and texts', () => {
    assert.equal(codeOf("const a = 'Math.random'; // Date.now").trimEnd(), `const a = ${' '.repeat(13)};`);
    assert.equal(codeOf('/* process */ now'), `${' '.repeat(13)} now`);
  });
});
