import type { ChoiceState } from './definition.ts';
import { StateFailure } from './failure.ts';
import type { Leaving, StateKind } from './flow.ts';

/** Goes where the first rule points whose Condition is true; Output and Assign are that rule's, or the state's own when Default is taken. */
export const choice: StateKind<ChoiceState> = {
  async begin(flow, run, frame, state) {
    const scope = run.scopeOf(frame);
    for (const [index, rule] of state.Choices.entries()) {
      const field = `Choices[${index}]/`;
      const chosen = await flow.expressions.typed<boolean>(rule.Condition, 'boolean', scope, `${field}Condition`);
      if (chosen) return flow.leave(run, frame, rule, scope, frame.input, field);
    }
    if (state.Default === undefined) {
      throw new StateFailure(
        'States.NoChoiceMatched',
        `An error occurred while executing the state '${frame.state}' (entered at the event id #${frame.entered}). ` +
          'Failed to transition out of the state. The state does not point to a next state.',
      );
    }
    const { Output, Assign } = state;
    const leaving: Leaving = { Next: state.Default, ...(Output === undefined ? {} : { Output }), ...(Assign === undefined ? {} : { Assign }) };
    await flow.leave(run, frame, leaving, scope, frame.input);
  },
};
