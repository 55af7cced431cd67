import type { Call, Needed } from '../service.ts';
import { machineArn } from './names.ts';

const ON_NOTHING: readonly string[] = ['SendTaskSuccess', 'SendTaskFailure', 'SendTaskHeartbeat', 'ListStateMachines', 'ValidateStateMachineDefinition'];

/**
 * What a caller's role must be allowed. Tokens are their own proof: SendTask* know no resource.
 * Source: "Actions, resources, and condition keys for AWS Step Functions" in the service authorization reference.
 */
export function needs(operation: string, input: unknown, call: Call): readonly Needed[] {
  const { stateMachineArn, executionArn, resourceArn, name, roleArn } = (input ?? {}) as Record<string, string | undefined>;
  const action = `states:${operation}`;
  if (ON_NOTHING.includes(operation)) return [{ action, resource: '*' }];
  const resource = operation === 'CreateStateMachine' ? machineArn(call, name ?? '') : (stateMachineArn ?? executionArn ?? resourceArn ?? '*');
  const passes = (operation === 'CreateStateMachine' || operation === 'UpdateStateMachine') && roleArn !== undefined;
  const passRole: Needed = { action: 'iam:PassRole', resource: roleArn ?? '*', context: { 'iam:PassedToService': 'states.amazonaws.com' } };
  return passes ? [{ action, resource }, passRole] : [{ action, resource }];
}
