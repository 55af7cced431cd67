/** The members of ASL that the house rules look at. */
export interface Machine {
  readonly QueryLanguage?: string;
  readonly TimeoutSeconds?: number;
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export interface State {
  readonly Type: string;
  readonly Resource?: string;
  readonly Arguments?: { readonly FunctionName?: string };
  readonly TimeoutSeconds?: number;
  readonly Retry?: readonly { readonly ErrorEquals: readonly string[]; readonly MaxAttempts?: number; readonly IntervalSeconds?: number }[];
  readonly Catch?: readonly { readonly ErrorEquals: readonly string[]; readonly Next: string }[];
  readonly Choices?: readonly { readonly Condition?: string; readonly Next: string }[];
  readonly Default?: string;
  readonly MaxConcurrency?: number | string;
  readonly ItemProcessor?: { readonly StartAt: string; readonly States: Readonly<Record<string, State>> };
  readonly Next?: string;
  readonly End?: boolean;
}

/** Faults of Lambda itself, which pass; a task that does not try again would fail an operation for nothing. */
const LAMBDA_FAULTS = ['Lambda.ServiceException', 'Lambda.AWSLambdaException', 'Lambda.SdkClientException', 'Lambda.TooManyRequestsException'];
/** The names that the States Language itself raises (source: "Error names" in the Step Functions guide). */
const LANGUAGE_ERRORS = /^(States\.(ALL|Timeout|TaskFailed|HeartbeatTimeout|Permissions|DataLimitExceeded|ItemReaderFailed|ResultWriterFailed|QueryEvaluationError|ExceedToleratedFailureThreshold)|Lambda\.[A-Za-z]+)$/;
/** A choice matches one word that the domain said. */
const WORD_MATCH = /^\{% \$states\.input(\.\w+)+ = '[\w-]+' %\}$/;
/** States that carry out the same kind of step in another place of the plan, and so call its function by that name. */
const ALSO_KNOWN_AS: Readonly<Record<string, string>> = { PrepareAddon: 'UpgradeAddon', CreateNetworkAddon: 'CreateAddon', MakeRoles: 'MakePart', MakeIdentities: 'MakePart', MakeNodes: 'MakePart', MakeParts: 'MakePart', RemoveParts: 'RemovePart', RemoveIdentities: 'RemovePart' };

/** What is wrong with a machine by the rules of the house, a sentence each. `errors` are the names of domain/errors.ts. */
export function machineFaults(machine: Machine, errors: readonly string[]): string[] {
  return [
    ...(machine.QueryLanguage === 'JSONata' ? [] : ['the machine is not in JSONata']),
    ...(machine.TimeoutSeconds === undefined ? ['the machine has no TimeoutSeconds'] : []),
    ...statesFaults(machine.States, errors, false),
  ];
}

/** The names within `${...}` of a definition: `NextHopArn`. */
export function placeholdersOf(definition: string): string[] {
  return [...new Set([...definition.matchAll(/\$\{([^}]*)\}/g)].map((match) => match[1] ?? ''))].sort();
}

/** `upgrade-control-plane` for the placeholder `UpgradeControlPlaneArn`; undefined when it is not made so. */
export function functionOf(placeholder: string): string | undefined {
  const name = /^((?:[A-Z][a-z]+)+)Arn$/.exec(placeholder)?.[1];
  return name?.replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
}

function statesFaults(states: Readonly<Record<string, State>>, errors: readonly string[], withinMap: boolean): string[] {
  return Object.entries(states).flatMap(([name, state]) => [
    ...handlingFaults(state, errors).map((fault) => `${name} ${fault}`),
    ...(state.Type === 'Task' ? taskFaults(name, state, states, withinMap) : []),
    ...(state.Type === 'Choice' ? choiceFaults(name, state) : []),
    ...(state.Type === 'Map' ? mapFaults(name, state, states, errors) : []),
  ]);
}

function handlingFaults(state: State, errors: readonly string[]): string[] {
  const handlers = [...(state.Retry ?? []), ...(state.Catch ?? [])];
  const named = handlers.flatMap(({ ErrorEquals }) => ErrorEquals);
  return [
    ...named.filter((error) => !LANGUAGE_ERRORS.test(error) && !errors.includes(error)).map((error) => `names the error ${error}, which domain/errors.ts does not have`),
    ...(state.Retry ?? []).filter(({ MaxAttempts, IntervalSeconds }) => MaxAttempts === undefined || IntervalSeconds === undefined).map(() => 'retries without MaxAttempts and IntervalSeconds'),
    ...[state.Retry ?? [], state.Catch ?? []].filter((list) => list.some(({ ErrorEquals }, place) => ErrorEquals.includes('States.ALL') && (ErrorEquals.length > 1 || place < list.length - 1))).map(() => 'has States.ALL not alone and last'),
  ];
}

function taskFaults(name: string, state: State, states: Readonly<Record<string, State>>, withinMap: boolean): string[] {
  const called = /^\$\{(\w+)Arn\}$/.exec(state.Arguments?.FunctionName ?? '')?.[1];
  const retried = (state.Retry ?? []).flatMap(({ ErrorEquals }) => ErrorEquals);
  const caught = (state.Catch ?? []).find(({ ErrorEquals }) => ErrorEquals.includes('States.ALL'));
  return [
    ...(/^arn:aws:states:::lambda:invoke(\.waitForTaskToken)?$/.test(state.Resource ?? '') ? [] : [`${name} does not call a function`]),
    ...(called === (ALSO_KNOWN_AS[name] ?? name) ? [] : [`${name} calls ${called ?? 'no placeholder'}: a state and its function have one name`]),
    ...(state.TimeoutSeconds === undefined ? [`${name} has no TimeoutSeconds`] : []),
    ...LAMBDA_FAULTS.filter((fault) => !retried.includes(fault)).map((fault) => `${name} does not try again after ${fault}`),
    ...(caught === undefined ? [`${name} does not catch States.ALL`] : toldFaults(name, caught.Next, states, withinMap)),
  ];
}

/**
 * A caught failure must be told to the record and end in Fail, or the execution would read as succeeded. Within a Map it ends
 * the iteration as data instead, so that siblings are watched on; the task that tells has only Fail left when it fails itself.
 */
function toldFaults(name: string, next: string, states: Readonly<Record<string, State>>, withinMap: boolean): string[] {
  const target = states[next];
  if (withinMap) return target?.Type === 'Pass' && target.End === true ? [] : [`${name} catches into ${next}, which is no end of the iteration`];
  if (target?.Type === 'Fail') return states[name]?.Next === next ? [] : [`${name} catches into ${next} without telling the record`];
  const told = target?.Type === 'Task' && target.Next !== undefined && states[target.Next]?.Type === 'Fail';
  return told ? [] : [`${name} catches into ${next}, which does not end in Fail after telling the record`];
}

function choiceFaults(name: string, state: State): string[] {
  return [
    ...(state.Default === undefined ? [`${name} has no Default`] : []),
    ...(state.Choices ?? []).filter(({ Condition }) => !WORD_MATCH.test(Condition ?? '')).map(({ Condition }) => `${name} decides by ${Condition}: a choice matches one word of the domain`),
  ];
}

function mapFaults(name: string, state: State, states: Readonly<Record<string, State>>, errors: readonly string[]): string[] {
  const caught = (state.Catch ?? []).find(({ ErrorEquals }) => ErrorEquals.includes('States.ALL'));
  return [
    ...(state.MaxConcurrency === undefined ? [`${name} has no MaxConcurrency`] : []),
    ...(caught === undefined ? [`${name} does not catch States.ALL`] : toldFaults(name, caught.Next, states, false)),
    ...statesFaults(state.ItemProcessor?.States ?? {}, errors, true).map((fault) => `${name}: ${fault}`),
  ];
}
