import type { WaitState } from './definition.ts';
import type { Scope } from './expressions.ts';
import { evaluationFailure } from './expressions.ts';
import type { Flow, StateKind } from './flow.ts';
import { TIMEOUT_SECONDS_MAX } from './limits.ts';

/** ISO-8601 with date, `T`, time and an offset, as AWS reads it. */
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:\d{2})$/;

/** Waits for a number of seconds or until an instant. A time that is past is no wait. */
export const wait: StateKind<WaitState> = {
  async begin(flow, run, frame, state) {
    const scope = run.scopeOf(frame);
    const until = state.Seconds === undefined ? await untilTimestamp(flow, state, scope) : run.now + (await seconds(flow, state.Seconds, scope)) * 1000;
    if (until <= run.now) return flow.leave(run, frame, state, scope, frame.input);
    run.park(frame, { kind: 'wait', until, armed: run.record.events });
  },

  async due(flow, run, frame, state) {
    run.unpark(frame);
    await flow.leave(run, frame, state, run.scopeOf(frame), frame.input);
  },
};

async function seconds(flow: Flow, field: number | string, scope: Scope): Promise<number> {
  const value = await flow.expressions.typed<number>(field, 'number', scope, 'Seconds');
  if (Number.isInteger(value) && value >= 0 && value <= TIMEOUT_SECONDS_MAX) return value;
  throw evaluationFailure(scope, 'Seconds', `The Seconds field must be a whole number from 0 to ${TIMEOUT_SECONDS_MAX} but was: ${value}`, true);
}

async function untilTimestamp(flow: Flow, state: WaitState, scope: Scope): Promise<number> {
  const text = await flow.expressions.typed<string>(state.Timestamp ?? '', 'string', scope, 'Timestamp');
  const at = TIMESTAMP.test(text) ? Date.parse(text.replace(/(\.\d{3})\d+/, '$1')) : NaN;
  if (!Number.isNaN(at)) return at;
  throw evaluationFailure(scope, 'Timestamp', `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${text}`, true);
}
