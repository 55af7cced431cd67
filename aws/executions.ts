import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  InvalidToken,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
  type SFNClient,
} from '@aws-sdk/client-sfn';
import type { OperationKind, WaitOutcome } from '../domain/operation.ts';
import type { Executions } from './ports.ts';

/** Which state machine carries out which kind of operation. */
const MACHINES: Readonly<Record<OperationKind, string>> = {
  'create-cluster': 'create-cluster',
  'import-cluster': 'carry-out',
  'change-cluster': 'carry-out',
  'delete-cluster': 'delete-cluster',
  'create-nodegroup': 'carry-out',
  'change-nodegroup': 'carry-out',
  'delete-nodegroup': 'carry-out',
  'upgrade-cluster': 'upgrade-cluster',
  'rollback-cluster': 'rollback-cluster',
};

/** Longest cause that SendTaskFailure takes (source: the service's model, 32,768). */
const CAUSE_CHARACTERS_MAX = 32_768;

/** Executions of Step Functions. `machineArnPrefix` ends where the machine's short name begins. */
export function createExecutions(client: SFNClient, machineArnPrefix: string): Executions {
  return {
    async start(kind, operationId, run) {
      try {
        const input = JSON.stringify({ operationId, run });
        await client.send(new StartExecutionCommand({ stateMachineArn: `${machineArnPrefix}${MACHINES[kind]}`, name: nameOf(operationId, run), input }));
      } catch (error) {
        if (!(error instanceof ExecutionAlreadyExists)) throw error;
      }
    },

    async wake(token, outcome) {
      try {
        await send(client, token, outcome);
        return 'woken';
      } catch (error) {
        if (error instanceof TaskTimedOut || error instanceof TaskDoesNotExist || error instanceof InvalidToken) return 'gone';
        throw error;
      }
    },

    async status(kind, operationId, run) {
      const executionArn = `${machineArnPrefix.replace(':stateMachine:', ':execution:')}${MACHINES[kind]}:${nameOf(operationId, run)}`;
      try {
        const { status } = await client.send(new DescribeExecutionCommand({ executionArn }));
        // PENDING_REDRIVE is the only other status; a redriven execution is as good as running.
        return status === 'SUCCEEDED' || status === 'FAILED' || status === 'TIMED_OUT' || status === 'ABORTED' ? status : 'RUNNING';
      } catch (error) {
        if (error instanceof ExecutionDoesNotExist) return 'absent';
        throw error;
      }
    },
  };
}

function nameOf(operationId: string, run: number): string {
  return `${operationId}-${run}`;
}

async function send(client: SFNClient, taskToken: string, outcome: WaitOutcome): Promise<void> {
  if (outcome.kind === 'answer') await client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(outcome.output) }));
  else await client.send(new SendTaskFailureCommand({ taskToken, error: outcome.error, cause: outcome.cause.slice(0, CAUSE_CHARACTERS_MAX) }));
}
