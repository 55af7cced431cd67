/** A value that JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A part of a definition that may hold `{% JSONata %}` strings anywhere inside. */
export type Template = Json;

/** A string `{% … %}` or the plain value. */
export type Expression = string;

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly Output?: Template;
  readonly Assign?: Readonly<Record<string, Template>>;
}

interface Common {
  readonly Comment?: string;
  readonly QueryLanguage?: 'JSONata';
}

interface Onward {
  readonly Next?: string;
  readonly End?: boolean;
  readonly Output?: Template;
  readonly Assign?: Readonly<Record<string, Template>>;
}

interface Recovering {
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

export interface TaskState extends Common, Onward, Recovering {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly Arguments?: Template;
  readonly TimeoutSeconds?: number | Expression;
  readonly HeartbeatSeconds?: number | Expression;
}

export interface ChoiceRule {
  readonly Condition: Expression;
  readonly Next: string;
  readonly Output?: Template;
  readonly Assign?: Readonly<Record<string, Template>>;
  readonly Comment?: string;
}

export interface ChoiceState extends Common {
  readonly Type: 'Choice';
  readonly Choices: readonly ChoiceRule[];
  readonly Default?: string;
  readonly Output?: Template;
  readonly Assign?: Readonly<Record<string, Template>>;
}

export interface PassState extends Common, Onward {
  readonly Type: 'Pass';
}

export interface WaitState extends Common, Onward {
  readonly Type: 'Wait';
  readonly Seconds?: number | Expression;
  readonly Timestamp?: Expression;
}

export interface MapState extends Common, Onward, Recovering {
  readonly Type: 'Map';
  readonly Items?: Template;
  readonly ItemSelector?: Template;
  readonly ItemProcessor: Branch;
  readonly MaxConcurrency?: number | Expression;
}

export interface ParallelState extends Common, Onward, Recovering {
  readonly Type: 'Parallel';
  readonly Branches: readonly Branch[];
  readonly Arguments?: Template;
}

export interface SucceedState extends Common {
  readonly Type: 'Succeed';
  readonly Output?: Template;
}

export interface FailState extends Common {
  readonly Type: 'Fail';
  readonly Error?: Expression;
  readonly Cause?: Expression;
}

export type State = TaskState | ChoiceState | PassState | WaitState | MapState | ParallelState | SucceedState | FailState;
export type StateType = State['Type'];

/** A chain of states with a beginning: a machine, an iteration of a Map, a branch of a Parallel. */
export interface Branch {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
}

export interface Definition extends Branch {
  readonly TimeoutSeconds?: number;
  readonly Comment?: string;
}

/** Whether this text is a `{% … %}` expression. AWS asks that nothing stands before or after it. */
export function isExpression(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('{%') && value.endsWith('%}');
}

/** What stands between `{%` and `%}`, as AWS quotes it in its error texts. */
export function expressionText(value: string): string {
  return value.slice(2, -2).trim();
}
