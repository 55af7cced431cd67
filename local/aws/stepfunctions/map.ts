import { tellAborted } from './aborted.ts';
import type { Json, MapState } from './definition.ts';
import { evaluationFailure } from './expressions.ts';
import type { Flow, StateKind } from './flow.ts';
import { MAP_CONCURRENCY_MAX } from './limits.ts';
import type { Frame } from './records.ts';
import type { Run } from './run.ts';

/** Runs its ItemProcessor once for every item, so many at a time; its result is the array of their outputs. */
export const map: StateKind<MapState> = {
  async begin(flow, run, frame, state) {
    const items = await itemsOf(flow, run, frame, state);
    const limit = await concurrencyOf(flow, run, frame, state);
    const inputs: Json[] = [];
    for (const [index, value] of items.entries()) {
      const scope = run.scopeOf(frame, { item: { index, value } });
      inputs.push(state.ItemSelector === undefined ? value : await flow.expressions.template(state.ItemSelector, scope, 'ItemSelector'));
    }
    frame.previous = run.emit('MapStateStarted', frame.previous, { mapStateStartedEventDetails: { length: items.length } });
    if (items.length === 0) return flow.succeed(run, frame, state, []);
    run.park(frame, { kind: 'children' });
    const children = items.map((value, index) => run.addFrame(frame, index, { state: state.ItemProcessor.StartAt, input: inputs[index] ?? null }, { index, value }));
    for (const child of children.slice(0, limit)) startIteration(run, frame, child, frame.previous);
  },

  async childDone(flow, run, frame, state, child) {
    const succeeded = run.emit('MapIterationSucceeded', child.previous, { mapIterationSucceededEventDetails: { name: frame.state, index: child.index } });
    const children = run.children(frame);
    const next = children.find((other) => other.status === 'pending');
    if (next !== undefined) return startIteration(run, frame, next, child.previous);
    if (children.some((other) => other.status !== 'done')) return;
    frame.previous = succeeded;
    run.removeChildren(frame);
    await flow.succeed(run, frame, state, children.map((other) => other.output ?? null));
  },

  childFailed(_flow, run, frame, _state, child) {
    tellAborted(run, frame, child);
  },
};

function startIteration(run: Run, frame: Frame, child: Frame, previous: number): void {
  run.begin(child, run.emit('MapIterationStarted', previous, { mapIterationStartedEventDetails: { name: frame.state, index: child.index } }));
}

async function itemsOf(flow: Flow, run: Run, frame: Frame, state: MapState): Promise<readonly Json[]> {
  const scope = run.scopeOf(frame);
  if (state.Items !== undefined) return flow.expressions.typed<readonly Json[]>(state.Items, 'array', scope, 'Items');
  if (Array.isArray(frame.input)) return frame.input as readonly Json[];
  throw evaluationFailure(scope, undefined, `Map state input must be an array but was: ${JSON.stringify(frame.input)}`);
}

async function concurrencyOf(flow: Flow, run: Run, frame: Frame, state: MapState): Promise<number> {
  if (state.MaxConcurrency === undefined) return MAP_CONCURRENCY_MAX;
  const scope = run.scopeOf(frame);
  const value = await flow.expressions.typed<number>(state.MaxConcurrency, 'number', scope, 'MaxConcurrency');
  if (!Number.isInteger(value) || value < 0) throw evaluationFailure(scope, 'MaxConcurrency', `MaxConcurrency must be a whole number and not negative but was: ${value}`);
  return value === 0 ? MAP_CONCURRENCY_MAX : Math.min(value, MAP_CONCURRENCY_MAX);
}
