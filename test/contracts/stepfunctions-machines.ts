import fc from 'fast-check';

/** A state of a random machine, before it has a name and a successor. */
type Sketch =
  | { readonly kind: 'pass' | 'choice' }
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'task' | 'token'; readonly retry: number; readonly caught: boolean }
  | { readonly kind: 'map'; readonly items: number; readonly concurrency: number; readonly retry: number; readonly caught: boolean; readonly inner: readonly Sketch[] }
  | { readonly kind: 'parallel'; readonly retry: number; readonly caught: boolean; readonly branches: readonly (readonly Sketch[])[] };

const DEPTH_MAX = 2;

const recovering = { retry: fc.integer({ min: 0, max: 2 }), caught: fc.boolean() };

function sketches(depth: number): fc.Arbitrary<Sketch[]> {
  const leaves: fc.Arbitrary<Sketch>[] = [
    fc.constantFrom<Sketch>({ kind: 'pass' }, { kind: 'choice' }),
    fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 0, max: 9 }) }),
    fc.record({ kind: fc.constantFrom('task' as const, 'token' as const), ...recovering }),
    fc.record({ kind: fc.constantFrom('task' as const, 'token' as const), ...recovering }),
  ];
  if (depth >= DEPTH_MAX) return fc.array(fc.oneof(...leaves), { minLength: 1, maxLength: 3 });
  const inner = sketches(depth + 1);
  const nested: fc.Arbitrary<Sketch>[] = [
    fc.record({ kind: fc.constant('map' as const), items: fc.integer({ min: 0, max: 3 }), concurrency: fc.integer({ min: 0, max: 2 }), ...recovering, inner }),
    fc.record({ kind: fc.constant('parallel' as const), ...recovering, branches: fc.array(inner, { minLength: 1, maxLength: 3 }) }),
  ];
  return fc.array(fc.oneof(...leaves, ...nested), { minLength: 1, maxLength: 3 });
}

const PAYLOAD = {
  // The time of entry tells apart what a retried Map or Parallel does again.
  key: "{% $states.context.State.Name & $states.input.path & '#' & $string($states.context.State.RetryCount) & '@' & $states.context.State.EnteredTime %}",
};

/** Every state puts out `{path, n}`: where it is in the Maps around it, and a number that tells whether anything was lost or done twice. */
function definitionOf(top: readonly Sketch[]): Record<string, unknown> {
  let names = 0;
  const branch = (chain: readonly Sketch[]): Record<string, unknown> => {
    const own = chain.map((sketch) => ({ sketch, name: `${sketch.kind}${(names += 1)}` }));
    const states: Record<string, unknown> = {};
    own.forEach(({ sketch, name }, index) => Object.assign(states, statesOf(sketch, name, own[index + 1]?.name)));
    return { StartAt: own[0]?.name, States: states };
  };
  const recovery = (sketch: { retry: number; caught: boolean }, next: string | undefined): Record<string, unknown> => ({
    ...(sketch.retry === 0 ? {} : { Retry: [{ ErrorEquals: ['Busy', 'States.Timeout'], IntervalSeconds: 2, BackoffRate: 1.5, MaxAttempts: sketch.retry }] }),
    ...(sketch.caught && next !== undefined
      ? { Catch: [{ ErrorEquals: ['States.ALL'], Next: next, Output: { path: '{% $states.input.path %}', n: '{% $states.input.n * 3 + $length($states.errorOutput.Error) %}' } }] }
      : {}),
  });
  const statesOf = (sketch: Sketch, name: string, next: string | undefined): Record<string, unknown> => {
    const onward = next === undefined ? { End: true } : { Next: next };
    const summed = { path: '{% $states.input.path %}', n: '{% $states.input.n + $sum($states.result.n) %}' };
    switch (sketch.kind) {
      case 'pass':
        return { [name]: { Type: 'Pass', Assign: { [name]: '{% $states.input.n %}' }, Output: { path: '{% $states.input.path %}', n: '{% $states.input.n + 1 %}' }, ...onward } };
      case 'choice':
        return {
          [name]: { Type: 'Choice', Choices: [{ Condition: '{% $states.input.n % 3 = 0 %}', Next: next ?? `${name}end` }], Default: `${name}odd` },
          [`${name}odd`]: { Type: 'Pass', Output: { path: '{% $states.input.path %}', n: '{% $states.input.n * 2 %}' }, Next: next ?? `${name}end` },
          ...(next === undefined ? { [`${name}end`]: { Type: 'Succeed' } } : {}),
        };
      case 'wait':
        return { [name]: { Type: 'Wait', Seconds: sketch.seconds, ...onward } };
      case 'task':
      case 'token': {
        const Resource = `arn:aws:states:::lambda:invoke${sketch.kind === 'token' ? '.waitForTaskToken' : ''}`;
        const Payload = sketch.kind === 'token' ? { ...PAYLOAD, token: '{% $states.context.Task.Token %}' } : PAYLOAD;
        const Output = { path: '{% $states.input.path %}', n: '{% $states.input.n + $states.result.Payload.n %}' };
        return { [name]: { Type: 'Task', Resource, Arguments: { FunctionName: 'f', Payload }, TimeoutSeconds: 5, Output, ...recovery(sketch, next), ...onward } };
      }
      case 'map':
        return {
          [name]: {
            Type: 'Map',
            Items: Array.from({ length: sketch.items }, (_, index) => index),
            MaxConcurrency: sketch.concurrency,
            ItemSelector: { path: "{% $states.input.path & '/' & $string($states.context.Map.Item.Index) %}", n: '{% $states.context.Map.Item.Value %}' },
            ItemProcessor: branch(sketch.inner),
            Output: sketch.items === 0 ? '{% $states.input %}' : summed,
            ...recovery(sketch, next),
            ...onward,
          },
        };
      case 'parallel':
        return { [name]: { Type: 'Parallel', Branches: sketch.branches.map(branch), Output: summed, ...recovery(sketch, next), ...onward } };
    }
  };
  return { QueryLanguage: 'JSONata', ...branch(top) };
}

/** Random machines of all types of states, nested, with retries and catches. */
export const machines: fc.Arbitrary<Record<string, unknown>> = sketches(0).map(definitionOf);
