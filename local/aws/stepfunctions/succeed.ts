import type { SucceedState } from './definition.ts';
import type { StateKind } from './flow.ts';

/** Ends its thread: the execution, or a branch of it, has succeeded. */
export const succeed: StateKind<SucceedState> = {
  async begin(flow, run, frame, state) {
    const { Output } = state;
    await flow.leave(run, frame, Output === undefined ? {} : { Output }, run.scopeOf(frame), frame.input);
  },
};
