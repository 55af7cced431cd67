import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Call, Needed } from '../service.ts';
import { tableArn, tableNameOf } from './definition.ts';

interface Named {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly ResourceArn?: string;
  readonly RequestItems?: Readonly<Record<string, unknown>>;
  readonly TransactItems?: readonly (TransactWriteItem & { readonly Get?: { readonly TableName?: string } })[];
}

/** What a transaction's actions are called in IAM: there is no `dynamodb:TransactWriteItems` (service authorization reference). */
const ACTIONS = { ConditionCheck: 'dynamodb:ConditionCheckItem', Put: 'dynamodb:PutItem', Update: 'dynamodb:UpdateItem', Delete: 'dynamodb:DeleteItem', Get: 'dynamodb:GetItem' } as const;

/** What the caller's role must be allowed before an operation runs. */
export function neededFor(operation: string, input: unknown, call: Call): readonly Needed[] {
  const { TableName: table, IndexName: index, ResourceArn: arn, RequestItems: batches, TransactItems: actions } = input as Named;
  const arnOf = (name: string | undefined) => tableArn({ accountId: call.accountId, region: call.region, name: tableNameOf(name ?? '') });
  const action = `dynamodb:${operation}`;
  if (actions !== undefined) return actions.flatMap((one) => neededForAction(one, arnOf));
  if (batches !== undefined) return Object.keys(batches).map((name) => ({ action, resource: arnOf(name) }));
  if (arn !== undefined) return [{ action, resource: arn }];
  if (table === undefined) return [{ action, resource: '*' }];
  return [{ action, resource: index === undefined ? arnOf(table) : `${arnOf(table)}/index/${index}` }];
}

function neededForAction(action: NonNullable<Named['TransactItems']>[number], arnOf: (name: string | undefined) => string): Needed[] {
  return (Object.keys(ACTIONS) as (keyof typeof ACTIONS)[]).flatMap((kind) => {
    const given = action[kind];
    return given === undefined ? [] : [{ action: ACTIONS[kind], resource: arnOf(given.TableName) }];
  });
}
