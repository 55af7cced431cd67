import type { StateType } from './definition.ts';
import { RESOURCE_PREFIX, RESOURCES } from './task.ts';

/** What of the Amazon States Language the engine carries out. Whatever is not here is refused when a definition is loaded. */
export const SUPPORTED = {
  queryLanguage: 'JSONata',
  machine: ['Comment', 'QueryLanguage', 'StartAt', 'States', 'TimeoutSeconds', 'Version'],
  branch: ['Comment', 'StartAt', 'States'],
  itemProcessor: ['Comment', 'ProcessorConfig', 'StartAt', 'States'],
  processorMode: 'INLINE',
  states: {
    Task: ['Resource', 'Arguments', 'TimeoutSeconds', 'HeartbeatSeconds', 'Retry', 'Catch', 'Output', 'Assign', 'Next', 'End'],
    Choice: ['Choices', 'Default', 'Output', 'Assign'],
    Pass: ['Output', 'Assign', 'Next', 'End'],
    Wait: ['Seconds', 'Timestamp', 'Output', 'Assign', 'Next', 'End'],
    Map: ['Items', 'ItemSelector', 'ItemProcessor', 'MaxConcurrency', 'Retry', 'Catch', 'Output', 'Assign', 'Next', 'End'],
    Parallel: ['Branches', 'Arguments', 'Retry', 'Catch', 'Output', 'Assign', 'Next', 'End'],
    Succeed: ['Output'],
    Fail: ['Error', 'Cause'],
  },
  everyState: ['Type', 'Comment', 'QueryLanguage'],
  choiceRule: ['Comment', 'Condition', 'Next', 'Output', 'Assign'],
  retrier: ['Comment', 'ErrorEquals', 'IntervalSeconds', 'MaxAttempts', 'BackoffRate', 'MaxDelaySeconds', 'JitterStrategy'],
  catcher: ['Comment', 'ErrorEquals', 'Next', 'Output', 'Assign'],
  resources: RESOURCES.map((name) => RESOURCE_PREFIX + name),
  taskArguments: ['FunctionName', 'Payload'],
  machineType: 'STANDARD',
} as const satisfies { readonly states: Readonly<Record<StateType, readonly string[]>> } & Readonly<Record<string, unknown>>;

/** Fields that a reader may expect, and why they are not carried out. */
export const REFUSED: Readonly<Record<string, string>> = {
  InputPath: 'it is JSONPath; use Arguments or Output',
  OutputPath: 'it is JSONPath; use Output',
  ResultPath: 'it is JSONPath; use Output or Assign',
  ResultSelector: 'it is JSONPath; use Output',
  Parameters: 'it is JSONPath; use Arguments or ItemSelector',
  ItemsPath: 'it is JSONPath; use Items',
  Result: 'it is JSONPath; use Output',
  Variable: 'it is JSONPath; use Condition',
  SecondsPath: 'it is JSONPath; use Seconds',
  TimestampPath: 'it is JSONPath; use Timestamp',
  TimeoutSecondsPath: 'it is JSONPath; use TimeoutSeconds',
  HeartbeatSecondsPath: 'it is JSONPath; use HeartbeatSeconds',
  ErrorPath: 'it is JSONPath; use Error',
  CausePath: 'it is JSONPath; use Cause',
  MaxConcurrencyPath: 'it is JSONPath; use MaxConcurrency',
  Iterator: 'it is the old name; use ItemProcessor',
  Credentials: 'tasks run with the role of the machine only',
  ItemReader: 'it belongs to distributed Maps',
  ItemBatcher: 'it belongs to distributed Maps',
  ResultWriter: 'it belongs to distributed Maps',
  Label: 'it belongs to distributed Maps',
  ToleratedFailureCount: 'it belongs to distributed Maps',
  ToleratedFailurePercentage: 'it belongs to distributed Maps',
};

/** JSONata functions that Step Functions has besides the language's own, less `$eval`. */
export const EXTRA_FUNCTIONS: readonly string[] = ['partition', 'range', 'hash', 'random', 'uuid', 'parse'];
