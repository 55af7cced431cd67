import type {
  CreateStateMachineInput,
  CreateStateMachineOutput,
  DeleteStateMachineInput,
  DescribeStateMachineInput,
  DescribeStateMachineOutput,
  ListStateMachinesInput,
  ListStateMachinesOutput,
  ListStateMachineVersionsInput,
  ListStateMachineVersionsOutput,
  ListTagsForResourceInput,
  ListTagsForResourceOutput,
  LoggingConfiguration,
  Tag,
  TagResourceInput,
  TracingConfiguration,
  UntagResourceInput,
  UpdateStateMachineInput,
  UpdateStateMachineOutput,
  ValidateStateMachineDefinitionInput,
  ValidateStateMachineDefinitionOutput,
} from '@aws-sdk/client-sfn';
import type { Call, OperationHandler, World } from '../service.ts';
import { AwsError } from '../service.ts';
import { refusals, validate } from './check.ts';
import { PAGE_DEFAULT, PAGE_MAX } from './limits.ts';
import { checkArn, checkName, isOwn, machineArn, pageToken, readPageToken } from './names.ts';
import { pageSize } from './pages.ts';
import type { MachineRecord } from './records.ts';
import type { Storage } from './storage.ts';

const LOGGING_DEFAULT: LoggingConfiguration = { includeExecutionData: false, level: 'OFF' };
const TRACING_DEFAULT: TracingConfiguration = { enabled: false };

/** The operations on state machines. */
export function machineOperations(world: World, storage: Storage): Record<string, OperationHandler> {
  return {
    CreateStateMachine: (input: CreateStateMachineInput, call: Call): CreateStateMachineOutput => createMachine(world, storage, input, call),
    UpdateStateMachine: (input: UpdateStateMachineInput, call: Call): UpdateStateMachineOutput => updateMachine(world, storage, input, call),
    DescribeStateMachine: (input: DescribeStateMachineInput, call: Call) => describeMachine(machineOf(storage, input.stateMachineArn, call)),
    ListStateMachines: (input: ListStateMachinesInput, call: Call) => listMachines(storage, input, call),
    DeleteStateMachine: (input: DeleteStateMachineInput) => {
      checkArn(input.stateMachineArn ?? '');
      storage.deleteMachine(input.stateMachineArn ?? '');
      return {};
    },
    ListStateMachineVersions: (input: ListStateMachineVersionsInput, call: Call): ListStateMachineVersionsOutput => {
      machineOf(storage, input.stateMachineArn, call);
      return { stateMachineVersions: [] };
    },
    ValidateStateMachineDefinition: (input: ValidateStateMachineDefinitionInput) => validateDefinition(input),
    ListTagsForResource: (input: ListTagsForResourceInput, call: Call): ListTagsForResourceOutput => ({
      tags: Object.entries(taggedMachine(storage, input.resourceArn, call).tags).map(([key, value]) => ({ key, value })),
    }),
    TagResource: (input: TagResourceInput, call: Call) => {
      const machine = taggedMachine(storage, input.resourceArn, call);
      storage.putMachine({ ...machine, tags: { ...machine.tags, ...tagsOf(input.tags) } });
      return {};
    },
    UntagResource: (input: UntagResourceInput, call: Call) => {
      const machine = taggedMachine(storage, input.resourceArn, call);
      storage.putMachine({ ...machine, tags: Object.fromEntries(Object.entries(machine.tags).filter(([key]) => !input.tagKeys?.includes(key))) });
      return {};
    },
  };
}

/** The machine of this ARN in the caller's account and region. Throws InvalidArn, StateMachineDoesNotExist. */
export function machineOf(storage: Storage, arn: string | undefined, call: Call): MachineRecord {
  const wanted = arn ?? '';
  checkArn(wanted);
  const machine = isOwn(wanted, call, 'stateMachine') ? storage.machine(wanted) : undefined;
  if (machine === undefined) throw new AwsError('StateMachineDoesNotExist', `State Machine Does Not Exist: '${wanted}'`);
  return machine;
}

/** The same name with the same definition and settings is the same machine; the role and the tags are not compared, as on AWS. */
function createMachine(world: World, storage: Storage, input: CreateStateMachineInput, call: Call): CreateStateMachineOutput {
  checkName(input.name ?? '');
  if (input.type === 'EXPRESS') throw new AwsError('StateMachineTypeNotSupported', 'The simulated Step Functions has machines of the type STANDARD only');
  refuseUnsupported(input);
  checkRole(input.roleArn);
  const definition = input.definition ?? '';
  checkDefinitionText(definition);
  const arn = machineArn(call, input.name ?? '');
  const settings = { logging: input.loggingConfiguration ?? LOGGING_DEFAULT, tracing: input.tracingConfiguration ?? TRACING_DEFAULT };
  const known = storage.machine(arn);
  if (known !== undefined) {
    const same = known.definition === definition && JSON.stringify([known.logging, known.tracing]) === JSON.stringify([settings.logging, settings.tracing]);
    if (!same) throw new AwsError('StateMachineAlreadyExists', `State Machine Already Exists: '${arn}'`);
    return { stateMachineArn: arn, creationDate: new Date(known.createdAt) };
  }
  const now = world.clock.now();
  storage.putMachine({ arn, name: input.name ?? '', definition, roleArn: input.roleArn ?? '', createdAt: now, updatedAt: now, ...settings, tags: tagsOf(input.tags) });
  return { stateMachineArn: arn, creationDate: new Date(now) };
}

function updateMachine(world: World, storage: Storage, input: UpdateStateMachineInput, call: Call): UpdateStateMachineOutput {
  const machine = machineOf(storage, input.stateMachineArn, call);
  refuseUnsupported(input);
  const { definition, roleArn, loggingConfiguration, tracingConfiguration } = input;
  if ([definition, roleArn, loggingConfiguration, tracingConfiguration].every((part) => part === undefined)) {
    throw new AwsError('MissingRequiredParameter', 'Either the definition, the role ARN, the LoggingConfiguration, or the TracingConfiguration must be specified');
  }
  if (roleArn !== undefined) checkRole(roleArn);
  if (definition !== undefined) checkDefinitionText(definition);
  const updatedAt = world.clock.now();
  const revisionId = world.newId();
  storage.putMachine({
    ...machine,
    definition: definition ?? machine.definition,
    roleArn: roleArn ?? machine.roleArn,
    logging: loggingConfiguration ?? machine.logging,
    tracing: tracingConfiguration ?? machine.tracing,
    updatedAt,
    revisionId,
  });
  return { updateDate: new Date(updatedAt), revisionId };
}

function describeMachine(machine: MachineRecord): DescribeStateMachineOutput {
  const { Comment } = JSON.parse(machine.definition) as { Comment?: string };
  return {
    stateMachineArn: machine.arn,
    name: machine.name,
    status: 'ACTIVE',
    definition: machine.definition,
    roleArn: machine.roleArn,
    type: 'STANDARD',
    creationDate: new Date(machine.createdAt),
    loggingConfiguration: machine.logging as LoggingConfiguration,
    tracingConfiguration: machine.tracing as TracingConfiguration,
    ...(machine.revisionId === undefined ? {} : { revisionId: machine.revisionId }),
    ...(Comment === undefined ? {} : { description: Comment }),
  };
}

function listMachines(storage: Storage, input: ListStateMachinesInput, call: Call): ListStateMachinesOutput {
  const limit = pageSize(input.maxResults, PAGE_DEFAULT, PAGE_MAX);
  const found = storage.machines(machineArn(call, ''), readPageToken(input.nextToken, ''), limit + 1);
  const page = found.slice(0, limit);
  const last = page.at(-1);
  return {
    stateMachines: page.map((machine) => ({ stateMachineArn: machine.arn, name: machine.name, type: 'STANDARD', creationDate: new Date(machine.createdAt) })),
    ...(found.length > limit && last !== undefined ? { nextToken: pageToken(last.arn) } : {}),
  };
}

function validateDefinition(input: ValidateStateMachineDefinitionInput): ValidateStateMachineDefinitionOutput {
  const found = validate(input.definition ?? '');
  const limit = pageSize(input.maxResults, PAGE_DEFAULT, PAGE_DEFAULT);
  return {
    result: found.length === 0 ? 'OK' : 'FAIL',
    diagnostics: found.slice(0, limit).map(({ problem, where }) => ({ severity: 'ERROR', code: 'SCHEMA_VALIDATION_FAILED', message: problem, location: where })),
    truncated: found.length > limit,
  };
}

function checkDefinitionText(definition: string): void {
  const found = refusals(definition);
  if (found.length === 0) return;
  const told = found.map(({ problem, where }) => `SCHEMA_VALIDATION_FAILED: ${problem} at ${where}`).join(', ');
  throw new AwsError('InvalidDefinition', `Invalid State Machine Definition: '${told}'`);
}

function checkRole(roleArn: string | undefined): void {
  if (!/^arn:aws:iam::\d{12}:role\/.+$/.test(roleArn ?? '')) throw new AwsError('InvalidArn', `Invalid Arn: '${roleArn ?? ''}'`);
}

/** Versions, aliases and own keys are not simulated: whoever asks for one is told so. */
function refuseUnsupported(input: CreateStateMachineInput | UpdateStateMachineInput): void {
  const asked = input.publish === true ? 'publish' : input.encryptionConfiguration?.type === 'CUSTOMER_MANAGED_KMS_KEY' ? 'encryptionConfiguration' : undefined;
  if (asked !== undefined) throw new AwsError('NotImplemented', `The simulated Step Functions does not support ${asked}`, 501);
}

function taggedMachine(storage: Storage, arn: string | undefined, call: Call): MachineRecord {
  const wanted = arn ?? '';
  checkArn(wanted);
  const machine = isOwn(wanted, call, 'stateMachine') ? storage.machine(wanted) : undefined;
  if (machine === undefined) throw new AwsError('ResourceNotFound', `Resource not found: '${wanted}'`, 400, { resourceName: wanted });
  return machine;
}

function tagsOf(tags: readonly Tag[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).map(({ key, value }) => [key ?? '', value ?? '']));
}
