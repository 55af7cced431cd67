import { tellAborted } from './aborted.ts';
import type { ParallelState } from './definition.ts';
import type { StateKind } from './flow.ts';

/** Runs all its branches at once on the same input; its result is the array of their outputs. */
export const parallel: StateKind<ParallelState> = {
  async begin(flow, run, frame, state) {
    const input = state.Arguments === undefined ? frame.input : await flow.expressions.template(state.Arguments, run.scopeOf(frame), 'Arguments');
    const started = run.emit('ParallelStateStarted', frame.previous);
    frame.previous = started;
    run.park(frame, { kind: 'children' });
    for (const [index, branch] of state.Branches.entries()) run.begin(run.addFrame(frame, index, { state: branch.StartAt, input }), started);
  },

  async childDone(flow, run, frame, state, child) {
    const children = run.children(frame);
    if (children.some((other) => other.status !== 'done')) return;
    frame.previous = child.previous;
    run.removeChildren(frame);
    await flow.succeed(run, frame, state, children.map((other) => other.output ?? null));
  },

  childFailed(_flow, run, frame, _state, child) {
    tellAborted(run, frame, child);
  },
};
