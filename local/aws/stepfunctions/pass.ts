import type { PassState } from './definition.ts';
import type { StateKind } from './flow.ts';

/** Puts out its Output, or its input as it came. */
export const pass: StateKind<PassState> = {
  async begin(flow, run, frame, state) {
    await flow.leave(run, frame, state, run.scopeOf(frame), frame.input);
  },
};
