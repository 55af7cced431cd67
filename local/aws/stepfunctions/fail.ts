import type { FailState } from './definition.ts';
import { StateFailure } from './failure.ts';
import type { StateKind } from './flow.ts';

/** Ends its thread with an error. It is never exited: the next event is the execution's or the branch's failure. */
export const fail: StateKind<FailState> = {
  async begin(flow, run, frame, state) {
    const scope = run.scopeOf(frame);
    const error = state.Error === undefined ? undefined : await flow.expressions.typed<string>(state.Error, 'string', scope, 'Error');
    const cause = state.Cause === undefined ? undefined : await flow.expressions.typed<string>(state.Cause, 'string', scope, 'Cause');
    throw new StateFailure(error, cause);
  },
};
