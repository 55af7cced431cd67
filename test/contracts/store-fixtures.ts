import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { TABLE } from '../../aws/store/table.ts';
import type { IdempotentAnswer } from '../../aws/ports.ts';
import type { Account } from '../../domain/account.ts';
import type { Cluster } from '../../domain/cluster.ts';
import { pendingSteps } from '../../domain/new-operation.ts';
import type { Operation, Step, Wait } from '../../domain/operation.ts';
import type { Plan } from '../../domain/plan.ts';

/** 2026-11-02T09:00:00Z */
export const NOON = 1_793_610_000_000;
export const AT = '2026-11-02T09:00:00.000Z';
export const ACCOUNT_ID = '111111111111';
export const REGION = 'eu-west-1';

export async function makeStoreTable(client: DynamoDBClient, name: string): Promise<void> {
  await client.send(
    new CreateTableCommand({
      TableName: name,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [...TABLE.AttributeDefinitions],
      KeySchema: [...TABLE.KeySchema],
      GlobalSecondaryIndexes: TABLE.GlobalSecondaryIndexes.map((index) => ({ ...index, KeySchema: [...index.KeySchema], Projection: structuredClone(index.Projection) as never })),
    }),
  );
}

export function account(more: Partial<Account> = {}): Account {
  return {
    accountId: ACCOUNT_ID,
    name: 'payments',
    regions: [REGION],
    labels: {},
    roleArn: `arn:aws:iam::${ACCOUNT_ID}:role/slipway-access`,
    externalId: 'external-1',
    conditions: [{ type: 'AccessVerified', status: 'True', reason: 'Assumed', message: 'It let us in.', lastTransitionTime: AT }],
    createdAt: AT,
    createdBy: 'alice',
    generation: 1,
    ...more,
  };
}

export function cluster(more: Partial<Cluster> = {}): Cluster {
  return {
    clusterId: 'c-1',
    name: 'blue',
    accountId: ACCOUNT_ID,
    region: REGION,
    labels: {},
    version: '1.33',
    desiredVersion: '1.33',
    roleArn: `arn:aws:iam::${ACCOUNT_ID}:role/eks-cluster`,
    subnetIds: ['subnet-1', 'subnet-2'],
    securityGroupIds: [],
    endpointPublicAccess: true,
    endpointPrivateAccess: false,
    publicAccessCidrs: [],
    supportType: 'STANDARD',
    deletionProtection: false,
    access: [],
    nodegroups: [],
    addons: [],
    conditions: [],
    origin: 'created',
    exists: true,
    createdAt: AT,
    createdBy: 'alice',
    generation: 1,
    revision: 1,
    ...more,
  };
}

export const PLAN: Plan = {
  from: '1.33',
  to: '1.34',
  hops: [
    {
      from: '1.33',
      to: '1.34',
      steps: [
        { id: '1.34/control-plane', title: 'Upgrading the control plane to 1.34', kind: 'upgrade-control-plane', stage: 'UpgradeControlPlane', subject: 'blue', from: '1.33', to: '1.34', reason: 'It was asked for.' },
        { id: '1.34/nodegroup/a', title: 'Upgrading node group a to 1.34', kind: 'upgrade-nodegroup', stage: 'UpgradeNodegroups', subject: 'a', to: '1.34', reason: 'It is the end.', parameters: { force: false, none: null } },
        { id: '1.34/nodegroup/b', title: 'Upgrading node group b to 1.34', kind: 'upgrade-nodegroup', stage: 'UpgradeNodegroups', subject: 'b', to: '1.34', reason: 'It is the end.' },
      ],
    },
  ],
  findings: [],
  notLookedAt: [],
  estimate: { minutes: 40, addresses: 4, surgeNodes: 1, savedPerMonthUsd: 0 },
};

export function operation(id: string, more: Partial<Operation> = {}): Operation {
  return {
    id,
    kind: 'upgrade-cluster',
    clusterId: 'c-1',
    clusterName: 'blue',
    accountId: ACCOUNT_ID,
    region: REGION,
    state: 'Pending',
    run: 1,
    progress: { done: 0, total: 3, percent: 0, message: '1 of 3: Upgrading the control plane to 1.34' },
    plan: PLAN,
    request: { to: '1.34' },
    errors: [],
    requestedBy: 'alice',
    createdAt: AT,
    updatedAt: AT,
    generation: 1,
    revision: 1,
    ...more,
  };
}

export function step(index: 0 | 1 | 2, more: Partial<Step> = {}): Step {
  return { ...(pendingSteps(PLAN, 1)[index] as Step), attempt: 1, ...more };
}

export function wait(operationId: string, more: Partial<Wait> = {}): Wait {
  return {
    operationId,
    stepId: '1.34/control-plane',
    run: 1,
    token: 'token-1',
    tokenEpoch: 1,
    kind: 'EksUpdate',
    accountId: ACCOUNT_ID,
    region: REGION,
    clusterId: 'c-1',
    nextCheckAt: NOON + 480_000,
    since: NOON,
    deadline: NOON + 3_600_000,
    because: 'Upgrading the control plane to 1.34',
    looks: 0,
    ...more,
  };
}

export function remembered(id: string, body = '{"an":"answer"}'): IdempotentAnswer {
  return { id, bodyHash: 'hash', status: 202, headers: { location: '/v1/operations/op-1' }, body, expiresAt: NOON + 7 * 86_400_000 };
}
