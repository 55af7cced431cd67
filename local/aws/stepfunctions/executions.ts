import type {
  DescribeExecutionInput,
  DescribeExecutionOutput,
  DescribeStateMachineForExecutionInput,
  DescribeStateMachineForExecutionOutput,
  GetExecutionHistoryInput,
  GetExecutionHistoryOutput,
  HistoryEvent,
  ListExecutionsInput,
  ListExecutionsOutput,
  LoggingConfiguration,
  StartExecutionInput,
  StartExecutionOutput,
  StopExecutionInput,
  StopExecutionOutput,
  TracingConfiguration,
} from '@aws-sdk/client-sfn';
import type { Call, OperationHandler, World } from '../service.ts';
import { AwsError } from '../service.ts';
import type { Engine } from './engine.ts';
import { CAUSE_CHARACTERS_MAX, ERROR_CHARACTERS_MAX, EXECUTION_RETENTION_DAYS, PAGE_DEFAULT, PAGE_MAX, PAYLOAD_BYTES_MAX } from './limits.ts';
import { machineOf } from './machines.ts';
import { checkArn, checkName, executionArn, isOwn, pageToken, readPageToken, validation } from './names.ts';
import { pageSize } from './pages.ts';
import type { EventRecord, ExecutionRecord } from './records.ts';
import type { Storage } from './storage.ts';

const DAY_MS = 86_400_000;
const STATUSES: readonly string[] = ['RUNNING', 'SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED', 'PENDING_REDRIVE'];

/** The operations on executions. */
export function executionOperations(world: World, storage: Storage, engine: Engine): Record<string, OperationHandler> {
  const found = (arn: string | undefined, call: Call): ExecutionRecord => executionOf(storage, arn, call, world.clock.now());
  return {
    StartExecution: (input: StartExecutionInput, call: Call): StartExecutionOutput => startExecution(world, storage, engine, input, call),
    StopExecution: (input: StopExecutionInput, call: Call) => stopExecution(engine, found(input.executionArn, call), input),
    DescribeExecution: (input: DescribeExecutionInput, call: Call) => describeExecution(found(input.executionArn, call)),
    DescribeStateMachineForExecution: (input: DescribeStateMachineForExecutionInput, call: Call) => describeMachineFor(storage, found(input.executionArn, call)),
    ListExecutions: (input: ListExecutionsInput, call: Call) => listExecutions(storage, input, call, world.clock.now()),
    GetExecutionHistory: (input: GetExecutionHistoryInput, call: Call) => history(storage, found(input.executionArn, call), input),
  };
}

/**
 * Starts an execution. The same name and input while it runs is the same execution; else a name is taken until 90 days after its execution ended.
 * Throws StateMachineDoesNotExist, InvalidName, InvalidExecutionInput, ExecutionAlreadyExists.
 */
function startExecution(world: World, storage: Storage, engine: Engine, input: StartExecutionInput, call: Call): StartExecutionOutput {
  const machine = machineOf(storage, input.stateMachineArn, call);
  const name = input.name ?? asUuid(world.newId());
  checkName(name);
  const text = input.input ?? '{}';
  checkInput(text);
  const now = world.clock.now();
  const arn = executionArn(machine.arn, name);
  const known = storage.execution(arn);
  if (known !== undefined && !isForgotten(known, now)) {
    if (known.status !== 'RUNNING' || known.input !== text) throw new AwsError('ExecutionAlreadyExists', `Execution Already Exists: '${arn}'`);
    return { executionArn: arn, startDate: new Date(known.startedAt) };
  }
  const { TimeoutSeconds } = JSON.parse(machine.definition) as { TimeoutSeconds?: number };
  engine.start({
    arn,
    name,
    machineArn: machine.arn,
    machineName: machine.name,
    roleArn: machine.roleArn,
    definition: machine.definition,
    ...(machine.revisionId === undefined ? {} : { revisionId: machine.revisionId }),
    ...(TimeoutSeconds === undefined ? {} : { deadline: now + TimeoutSeconds * 1000 }),
    ...(input.traceHeader === undefined ? {} : { traceHeader: input.traceHeader }),
    region: call.region,
    input: text,
    startedAt: now,
    status: 'RUNNING',
    events: 0,
    nextFrame: 0,
    transitions: 0,
  });
  return { executionArn: arn, startDate: new Date(now) };
}

/** Stopping what has ended is no error: it answers when that was. */
async function stopExecution(engine: Engine, record: ExecutionRecord, input: StopExecutionInput): Promise<StopExecutionOutput> {
  const { error, cause } = input;
  if (error !== undefined && error.length > ERROR_CHARACTERS_MAX) throw validation(`Value at 'error' failed to satisfy constraint: Member must have length less than or equal to ${ERROR_CHARACTERS_MAX}`);
  if (cause !== undefined && cause.length > CAUSE_CHARACTERS_MAX) throw validation(`Value at 'cause' failed to satisfy constraint: Member must have length less than or equal to ${CAUSE_CHARACTERS_MAX}`);
  const stoppedAt = record.stoppedAt ?? (await engine.stop(record, { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) }));
  return { stopDate: new Date(stoppedAt) };
}

function describeExecution(record: ExecutionRecord): DescribeExecutionOutput {
  return {
    executionArn: record.arn,
    stateMachineArn: record.machineArn,
    name: record.name,
    status: record.status,
    startDate: new Date(record.startedAt),
    ...(record.stoppedAt === undefined ? {} : { stopDate: new Date(record.stoppedAt) }),
    input: record.input,
    inputDetails: { included: true },
    ...(record.output === undefined ? {} : { output: record.output, outputDetails: { included: true } }),
    ...(record.error === undefined ? {} : { error: record.error }),
    ...(record.cause === undefined ? {} : { cause: record.cause }),
    ...(record.traceHeader === undefined ? {} : { traceHeader: record.traceHeader }),
    redriveCount: 0,
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: 'The simulated Step Functions does not redrive executions',
  };
}

function describeMachineFor(storage: Storage, record: ExecutionRecord): DescribeStateMachineForExecutionOutput {
  const machine = storage.machine(record.machineArn);
  return {
    stateMachineArn: record.machineArn,
    name: record.machineName,
    definition: record.definition,
    roleArn: record.roleArn,
    updateDate: new Date(machine?.updatedAt ?? record.startedAt),
    ...(record.revisionId === undefined ? {} : { revisionId: record.revisionId }),
    ...(machine === undefined ? {} : { loggingConfiguration: machine.logging as LoggingConfiguration, tracingConfiguration: machine.tracing as TracingConfiguration }),
  };
}

function listExecutions(storage: Storage, input: ListExecutionsInput, call: Call, now: number): ListExecutionsOutput {
  const machine = machineOf(storage, input.stateMachineArn, call);
  const status = input.statusFilter;
  if (status !== undefined && !STATUSES.includes(status)) {
    throw validation(`Value '${status as string}' at 'statusFilter' failed to satisfy constraint: Member must satisfy enum value set: [${STATUSES.join(', ')}]`);
  }
  const limit = pageSize(input.maxResults, PAGE_DEFAULT, PAGE_MAX);
  const found = storage.list(machine.arn, status, readPageToken(input.nextToken, Number.MAX_SAFE_INTEGER), limit + 1);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    executions: page
      .filter(({ record }) => !isForgotten(record, now))
      .map(({ record }) => ({
        executionArn: record.arn,
        stateMachineArn: record.machineArn,
        name: record.name,
        status: record.status,
        startDate: new Date(record.startedAt),
        ...(record.stoppedAt === undefined ? {} : { stopDate: new Date(record.stoppedAt) }),
        redriveCount: 0,
      })),
    ...(found.length > limit && last !== undefined ? { nextToken: pageToken(last.position) } : {}),
  };
}

function history(storage: Storage, record: ExecutionRecord, input: GetExecutionHistoryInput): GetExecutionHistoryOutput {
  const limit = pageSize(input.maxResults, PAGE_DEFAULT, PAGE_MAX);
  const found =
    input.reverseOrder === true
      ? storage.eventsBackwards(record.arn, readPageToken(input.nextToken, Number.MAX_SAFE_INTEGER), limit + 1)
      : storage.events(record.arn, readPageToken(input.nextToken, 0), limit + 1);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  const bare = input.includeExecutionData === false;
  return {
    events: page.map((event) => toHistoryEvent(event, bare)),
    ...(found.length > limit && last !== undefined ? { nextToken: pageToken(last.id) } : {}),
  };
}

const DATA_FIELDS: readonly string[] = ['input', 'inputDetails', 'output', 'outputDetails', 'assignedVariables', 'assignedVariablesDetails'];

/** `bare` leaves inputs, outputs and variables out. */
function toHistoryEvent(event: EventRecord, bare: boolean): HistoryEvent {
  const { timestamp, ...rest } = event;
  const details = bare ? Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, withoutData(value)])) : rest;
  return { ...details, timestamp: new Date(timestamp) } as HistoryEvent;
}

function withoutData(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([name]) => !DATA_FIELDS.includes(name)));
}

/** The execution of this ARN in the caller's account and region. Throws InvalidArn, ExecutionDoesNotExist. */
function executionOf(storage: Storage, arn: string | undefined, call: Call, now: number): ExecutionRecord {
  const wanted = arn ?? '';
  checkArn(wanted);
  const record = isOwn(wanted, call, 'execution') ? storage.execution(wanted) : undefined;
  if (record === undefined || isForgotten(record, now)) throw new AwsError('ExecutionDoesNotExist', `Execution Does Not Exist: '${wanted}'`);
  return record;
}

function isForgotten(record: ExecutionRecord, now: number): boolean {
  return record.stoppedAt !== undefined && now - record.stoppedAt > EXECUTION_RETENTION_DAYS * DAY_MS;
}

function checkInput(text: string): void {
  if (Buffer.byteLength(text) > PAYLOAD_BYTES_MAX) throw validation(`Value at 'input' failed to satisfy constraint: Member must have length less than or equal to ${PAYLOAD_BYTES_MAX}`);
  try {
    JSON.parse(text);
  } catch (thrown) {
    throw new AwsError('InvalidExecutionInput', `Invalid State Machine Execution Input: '${(thrown as Error).message}'`);
  }
}

function asUuid(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
