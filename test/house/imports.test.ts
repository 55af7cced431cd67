import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync, existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { cruise, type ICruiseOptions, type ICruiseResult } from 'dependency-cruiser';
import extractDepcruiseOptions from 'dependency-cruiser/config-utl/extract-depcruise-options';
import extractTSConfig from 'dependency-cruiser/config-utl/extract-ts-config';
import { REPOSITORY } from './sources.ts';

/** A file that breaks each rule of .dependency-cruiser.mjs: what it is called, and what it imports. */
const BREAKERS: Readonly<Record<string, readonly (readonly [path: string, text: string])[]>> = {
  'domain-imports-only-the-timeless': [['domain/reads-a-file.ts', "import 'node:fs';"], ['domain/asks-aws.ts', "import type { Ports } from '../aws/ports.ts';\nexport type P = Ports;"]],
  'aws-imports-domain-and-the-sdk': [['aws/decides.ts', "import '../handlers/queries.ts';"], ['aws/checks-tokens.ts', "import 'jose';"]],
  'only-aws-imports-the-sdk': [['handlers/speaks-to-aws.ts', "import '@aws-sdk/client-eks';"], ['workflows/speaks-to-aws.ts', "import '@aws-sdk/client-eks';"]],
  'handlers-meet-aws-in-its-wiring': [['handlers/takes-the-store.ts', "import '../aws/store.ts';"]],
  'workflows-meet-aws-in-its-wiring': [['workflows/takes-the-store.ts', "import '../aws/store.ts';"]],
  'handlers-do-not-import-workflows': [['handlers/begins.ts', "import '../workflows/begin.ts';"]],
  'workflows-do-not-import-handlers': [['workflows/answers.ts', "import '../handlers/queries.ts';"]],
  'nothing-imports-local': [['aws/rehearses.ts', "import '../local/clock.ts';"], ['handlers/rehearses.ts', "import '../local/clock.ts';"]],
  'nothing-imports-tests': [['local/tests-itself.ts', "import '../test/one.ts';"]],
  'what-is-deployed-needs-no-development-dependency': [['handlers/makes-things-up.ts', "import 'fast-check';"]],
  'no-circles': [['domain/egg.ts', "import { hen } from './hen.ts';\nexport const egg = () => hen;"]],
};
/** A circle takes two, and is told of one. */
const HEN = ['domain/hen.ts', "import { egg } from './egg.ts';\nexport const hen = () => egg;"] as const;
const SOUND: readonly (readonly [path: string, text: string])[] = [
  ['domain/plan.ts', "import * as z from 'zod';\nimport semver from 'semver';\nexport const plan = [z, semver];"],
  ['aws/ports.ts', "import type { plan } from '../domain/plan.ts';\nexport type Ports = typeof plan;"],
  ['aws/store.ts', "import 'node:crypto';\nimport '@aws-sdk/client-dynamodb';\nimport '../domain/plan.ts';"],
  ['aws/wiring.ts', "import './store.ts';"],
  ['handlers/queries.ts', "import '../aws/wiring.ts';\nimport '../domain/plan.ts';\nimport '@middy/core';"],
  ['workflows/begin.ts', "import '../aws/wiring.ts';"],
  ['local/clock.ts', "import '../handlers/queries.ts';\nimport '../workflows/begin.ts';\nimport '@aws-sdk/client-eks';\nimport 'yaml';"],
  ['test/one.ts', "import '../local/clock.ts';"],
];

describe('the rooms', () => {
  it('import each other along the arrows of the house only', async () => {
    assert.deepEqual(await violations(REPOSITORY), []);
  });
});

describe('the rules for imports', () => {
  const folders: string[] = [];
  let found: readonly { readonly rule: string; readonly from: string }[];

  before(async () => {
    assert.deepEqual(await violations(house(SOUND)), []);
    found = await violations(house([...SOUND, HEN, ...Object.values(BREAKERS).flat()]));
  });
  after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

  it('are all shown a file that breaks them', async () => {
    assert.deepEqual(Object.keys(BREAKERS).sort(), (await options(REPOSITORY)).ruleSet?.forbidden?.map(({ name }) => name).sort());
  });

  for (const [rule, files] of Object.entries(BREAKERS)) {
    for (const [path] of files) {
      it(`see that ${path} breaks ${rule}`, () => {
        assert.ok(found.some((violation) => violation.rule === rule && violation.from === path), `found: ${found.map((violation) => `${violation.from} ${violation.rule}`).join(', ')}`);
      });
    }
  }

  function house(files: readonly (readonly [string, string])[]): string {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-house-'));
    folders.push(folder);
    for (const name of ['node_modules', 'package.json', 'tsconfig.json', '.dependency-cruiser.mjs']) symlinkSync(join(REPOSITORY, name), join(folder, name));
    for (const [path, text] of files) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    return folder;
  }
});

async function options(folder: string): Promise<ICruiseOptions> {
  return { ...(await extractDepcruiseOptions(join(folder, '.dependency-cruiser.mjs'))), baseDir: folder };
}

async function violations(folder: string): Promise<{ rule: string; from: string; to: string }[]> {
  const rooms = ['domain', 'handlers', 'workflows', 'aws', 'local', 'test', 'deploy'].filter((room) => existsSync(join(folder, room)));
  const { output } = await cruise(rooms, { ...(await options(folder)), validate: true }, undefined, { tsConfig: extractTSConfig(join(REPOSITORY, 'tsconfig.json')) });
  return (output as ICruiseResult).summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to }));
}

