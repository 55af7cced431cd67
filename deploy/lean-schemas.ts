import { readFile } from 'node:fs/promises';
import type { Plugin } from 'esbuild';

/** Where the AWS SDK keeps a service's shapes: one file, a list a statement. */
const SCHEMA_FILES = /[\\/]@aws-sdk[\\/].+[\\/]schemas[\\/]\w+\.js$/;
/** `export var Subnet$ = [3, n0, _S, ...];`, over one line or several, ended by `];` at a line's end. */
const SCHEMA_STATEMENT = /^((?:export )?(?:var|const) [\w$]+ = )\[([\s\S]*?)\];$/gm;

/**
 * Lets esbuild leave out the shapes of operations that nobody calls. It keeps every list that has a computed key, since making
 * one could have an effect; these have none, so each is wrapped in a call that is marked as pure. EC2 alone has half a
 * megabyte of them, of which we need those of one read. A statement that looks different stays as it is.
 */
export const leanSchemas: Plugin = {
  name: 'lean-schemas',
  setup(build) {
    build.onLoad({ filter: SCHEMA_FILES }, async ({ path }) => ({
      loader: 'js',
      contents: (await readFile(path, 'utf8')).replace(SCHEMA_STATEMENT, '$1/* @__PURE__ */ (() => [$2])();'),
    }));
  },
};
