import { resolve } from 'node:path';
import type { Plugin } from 'esbuild';

/** Puts `aws/no-hands.ts` in the place of `aws/hands.ts`: half of a front door's bundle would be clients that it has no credentials for. */
export const withoutHands: Plugin = {
  name: 'without-hands',
  setup(bundle) {
    bundle.onResolve({ filter: /\/hands\.ts$/ }, () => ({ path: resolve('aws/no-hands.ts') }));
  },
};
