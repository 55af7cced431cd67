import { existsSync, readFileSync, rmSync } from 'node:fs';
import { build, type Plugin } from 'esbuild';
import { parse } from 'yaml';
import { leanSchemas } from './lean-schemas.ts';
import { withoutHands } from './without-hands.ts';

/** Where bundles go; a function's handler in serverless.yml is this folder and its TypeScript file's path. */
const OUT = '.build';
/** A bundle above this has taken in something that a function does not need; a cold start reads all of it. */
const BUNDLE_KB_MAX = 1800;
/** The functions of the API: they hold no keys to accounts, and so need none of what reaches into them. */
const FRONT_DOOR = /^handlers\//;

/**
 * Bundles each function of serverless.yml into one file of its own: `handlers/queries.ts` -> `.build/handlers/queries.cjs`.
 * CommonJS, since importing Node's own modules as ES modules costs a cold start some 20 ms; `module` before `main`, since
 * the AWS SDK shakes down to two thirds that way. Names are kept: a stack and an error's class stay readable in the logs.
 */
async function bundle(): Promise<void> {
  const { functions } = parse(readFileSync('serverless.yml', 'utf8')) as { functions: Record<string, { handler: string }> };
  const entries = Object.values(functions).map(({ handler }) => handler.replace(`${OUT}/`, '').replace(/\.handler$/, ''));
  const missing = entries.filter((entry) => !existsSync(`${entry}.ts`));
  if (missing.length > 0) throw new Error(`serverless.yml names functions without a file: ${missing.map((entry) => `${entry}.ts`).join(', ')}`);

  rmSync(OUT, { recursive: true, force: true });
  const sizes = [...(await built(entries.filter((entry) => FRONT_DOOR.test(entry)), [leanSchemas, withoutHands])), ...(await built(entries.filter((entry) => !FRONT_DOOR.test(entry)), [leanSchemas]))];
  const large = sizes.filter(({ kilobytes }) => kilobytes > BUNDLE_KB_MAX);
  if (large.length > 0) throw new Error(`above ${BUNDLE_KB_MAX} KB: ${large.map(({ file, kilobytes }) => `${file} (${kilobytes})`).join(', ')}`);
  const all = sizes.map(({ kilobytes }) => kilobytes);
  console.log(`bundled ${sizes.length} functions, ${Math.min(...all)} to ${Math.max(...all)} KB`);
}

/** Bundles some of the entries; the files that came of it, with their sizes. */
async function built(entries: readonly string[], plugins: Plugin[]): Promise<{ readonly file: string; readonly kilobytes: number }[]> {
  const result = await build({
    entryPoints: entries.map((entry) => ({ in: `${entry}.ts`, out: entry })),
    outdir: OUT,
    outbase: '.',
    plugins,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    mainFields: ['module', 'main'],
    minify: true,
    keepNames: true,
    legalComments: 'none',
    logLevel: 'warning',
    logLimit: 20,
    metafile: true,
  });
  // A warning here is a bundle that will fail on AWS: a module that CommonJS cannot have, a name that resolves to nothing.
  if (result.warnings.length > 0) throw new Error(`${result.warnings.length} warnings while bundling`);
  return Object.entries(result.metafile.outputs).map(([file, { bytes }]) => ({ file, kilobytes: Math.round(bytes / 1024) }));
}

try {
  await bundle();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
