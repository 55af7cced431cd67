import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { FINDINGS } from '../../domain/finding-codes.ts';
import { REFUSALS } from '../../domain/refusal.ts';
import { EDGE_PROBLEMS } from '../../handlers/problems.ts';
import { REPOSITORY } from './sources.ts';

const pages = ['README.md', ...readdirSync(join(REPOSITORY, 'docs'), { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.md')).map((name) => `docs/${name.replaceAll('\\', '/')}`)];
const scripts = Object.keys((JSON.parse(readFileSync(join(REPOSITORY, 'package.json'), 'utf8')) as { scripts: object }).scripts);

describe('the pages', () => {
  for (const page of pages) {
    const text = readFileSync(join(REPOSITORY, page), 'utf8');
    it(`${page} names only files that are there`, () => {
      assert.deepEqual(pathsIn(text).filter((path) => !existsSync(join(REPOSITORY, path))), []);
    });
    it(`${page} links only to what is there`, () => {
      assert.deepEqual(linksIn(text).filter((link) => !existsSync(join(REPOSITORY, page, '..', link))), []);
    });
    it(`${page} names only scripts that npm can run`, () => {
      assert.deepEqual(scriptsIn(text).filter((script) => !scripts.includes(script)), []);
    });
  }

  it('tell of every code that a client can meet, once', () => {
    assert.deepEqual(codesIn(readFileSync(join(REPOSITORY, 'docs/errors.md'), 'utf8')), [...Object.keys(REFUSALS), ...Object.keys(EDGE_PROBLEMS)].sort());
  });

  it('tell of every finding that planning can make, once', () => {
    assert.deepEqual(codesIn(readFileSync(join(REPOSITORY, 'docs/checks.md'), 'utf8')), Object.keys(FINDINGS).sort());
  });

  it('tell of every route of the simulated AWS', () => {
    const source = readFileSync(join(REPOSITORY, 'local/aws/sim-routes.ts'), 'utf8');
    const page = readFileSync(join(REPOSITORY, 'docs/operating.md'), 'utf8');
    const rows = page.split('\n').filter((line) => /^\| `(GET|POST|DELETE)/.test(line)).map((line) => line.split('|')[1] ?? '');
    const told = rows.flatMap((cell) => (cell.match(/\b(GET|POST|DELETE)\b/g) ?? []).map((method) => `${method} ${/\/_sim[a-z0-9/-]*/.exec(cell)?.[0] ?? ''}`));
    assert.deepEqual(told.sort(), [...source.matchAll(/case '((?:GET|POST|DELETE) \/_sim[^']*)'/g)].map(([, route]) => route).sort());
  });

  it('number the decisions without a double', () => {
    const numbers = readdirSync(join(REPOSITORY, 'docs/decisions')).map((name) => name.slice(0, 4));
    assert.deepEqual(numbers.filter((number, place) => !/^\d{4}$/.test(number) || numbers.indexOf(number) !== place), []);
  });
});

describe('the rules for pages', () => {
  it('find a path, and leave patterns and other words alone', () => {
    assert.deepEqual(pathsIn('See `domain/plan.ts`, `handlers/<verb>.ts`, `aws/store.ts` or `aws/store/`, `eks:UpdateNodegroup`, `npm run check`.'), ['domain/plan.ts', 'aws/store.ts', 'aws/store/']);
  });

  it('find a link, and leave those to elsewhere alone', () => {
    assert.deepEqual(linksIn('[a](errors.md#frozen), [b](https://example.com), [c](#below), [d](decisions/0001-x.md)'), ['errors.md', 'decisions/0001-x.md']);
  });

  it('find a script', () => {
    assert.deepEqual(scriptsIn('`npm ci && npm test`, `npm run -s token -- --role admin`, npm run check.'), ['test', 'token', 'check']);
  });

  it('find the codes that have a heading', () => {
    assert.deepEqual(codesIn('# Errors\n\n## `frozen`\n\ntext\n\n### account-exists (409)\n'), ['account-exists', 'frozen']);
  });
});

/** Paths of the repository that a page names in code: a room's or one of the top folders'. Patterns with `<` or `*` are not paths. */
function pathsIn(text: string): string[] {
  const named = [...text.matchAll(/`((?:domain|handlers|workflows|aws|local|deploy|test|docs|console|cli|\.ci)\/[^`\s]*)`/g)].map((match) => match[1] ?? '');
  return named.filter((path) => !/[<>*{}]/.test(path));
}

function linksIn(text: string): string[] {
  return [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map((match) => match[1] ?? '').filter((link) => !/^\w+:/.test(link));
}

function scriptsIn(text: string): string[] {
  return [...text.matchAll(/\bnpm (?:run (?:-s )?([\w:-]+)|(test|start)\b)/g)].map((match) => match[1] ?? match[2] ?? '');
}

/** Codes with a heading: the first kebab-case word of a second or third level heading. */
function codesIn(text: string): string[] {
  return [...text.matchAll(/^#{2,3} `?([a-z][a-z0-9]*(?:-[a-z0-9]+)*)`?(?=[\s:(]|$)/gm)].map((match) => match[1] ?? '').sort();
}
