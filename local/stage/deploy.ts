import { CreateTableCommand, DynamoDBClient, UpdateContinuousBackupsCommand, UpdateTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateStateMachineCommand, SFNClient, UpdateStateMachineCommand } from '@aws-sdk/client-sfn';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { HOME_ACCOUNT_ID, HOME_REGION } from '../aws/service.ts';
import type { Deployment, DeployedMachine, DeployedRole, DeployedTable } from '../deployment.ts';

/** Makes what serverless.yml describes exist in Slipway's own simulated account, through the official clients. Repeats bring it up to date. */
export async function deploy(deployment: Deployment, endpoint: string): Promise<void> {
  const client = { endpoint, region: HOME_REGION, credentials: { accessKeyId: HOME_ACCOUNT_ID, secretAccessKey: 'stage' } };
  const [iam, dynamodb, sqs, states] = [new IAMClient(client), new DynamoDBClient(client), new SQSClient(client), new SFNClient(client)];
  for (const role of deployment.roles) await putRole(iam, role);
  for (const table of deployment.tables) await putTable(dynamodb, table);
  // Dead-letter queues come first: a redrive policy names a queue that exists.
  const queues = [...deployment.queues].sort((a, b) => Number('RedrivePolicy' in a.attributes) - Number('RedrivePolicy' in b.attributes));
  for (const queue of queues) await sqs.send(new CreateQueueCommand({ QueueName: queue.name, Attributes: { ...queue.attributes } }));
  for (const machine of deployment.stateMachines) await putMachine(states, machine);
}

async function putRole(iam: IAMClient, role: DeployedRole): Promise<void> {
  const trust = JSON.stringify(role.trust);
  await orExists('EntityAlreadyExistsException', () => iam.send(new CreateRoleCommand({ RoleName: role.name, AssumeRolePolicyDocument: trust })), () =>
    iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: role.name, PolicyDocument: trust })),
  );
  for (const policy of role.policies) {
    await iam.send(new PutRolePolicyCommand({ RoleName: role.name, PolicyName: policy.name, PolicyDocument: JSON.stringify(policy.document) }));
  }
}

async function putTable(dynamodb: DynamoDBClient, table: DeployedTable): Promise<void> {
  const TableName = table.create.TableName;
  await orExists('ResourceInUseException', async () => {
    await dynamodb.send(new CreateTableCommand(table.create));
    await dynamodb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { Enabled: true, AttributeName: table.timeToLiveAttribute } }));
    await dynamodb.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true } }));
  });
}

async function putMachine(states: SFNClient, machine: DeployedMachine): Promise<void> {
  const { name, definition, roleArn } = machine;
  await orExists('StateMachineAlreadyExists', () => states.send(new CreateStateMachineCommand({ name, definition, roleArn })), () =>
    states.send(new UpdateStateMachineCommand({ stateMachineArn: machine.arn, definition, roleArn })),
  );
}

/** Makes a thing, or does `otherwise` when AWS says that it is there. */
async function orExists(errorName: string, make: () => Promise<unknown>, otherwise: () => Promise<unknown> = () => Promise.resolve()): Promise<void> {
  try {
    await make();
  } catch (error) {
    if (!(error instanceof Error) || error.name !== errorName) throw error;
    await otherwise();
  }
}
