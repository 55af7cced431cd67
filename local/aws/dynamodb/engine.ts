import type { Collection } from '../../disk.ts';
import { AwsError, type Call, type World } from '../service.ts';
import { tableNameOf, type TableDefinition } from './definition.ts';
import { RememberedTransactions } from './remembered-transactions.ts';
import { Rows } from './rows.ts';
import { unsupported } from './validation.ts';

/** What every operation works on. */
export interface Engine {
  readonly world: World;
  readonly rows: Rows;
  /** By `account/region/name`. */
  readonly tables: Collection<TableDefinition>;
  readonly remembered: RememberedTransactions;
}

export function createEngine(world: World): Engine {
  return {
    world,
    rows: new Rows(world.disk),
    tables: world.disk.kept('dynamodb/tables'),
    remembered: new RememberedTransactions(world.disk),
  };
}

export function tableKey(where: { readonly accountId: string; readonly region: string }, name: string): string {
  return `${where.accountId}/${where.region}/${name}`;
}

/** The table that a call means; `detailed` as the table operations tell that there is none. */
export function tableFor(engine: Engine, call: Call, nameOrArn: string, detailed = false): TableDefinition {
  const name = tableNameOf(nameOrArn);
  const table = engine.tables.get(tableKey(call, name));
  if (table === undefined) throw new AwsError('ResourceNotFoundException', detailed ? `Requested resource not found: Table: ${name} not found` : 'Requested resource not found');
  return table;
}

const LEGACY = ['Expected', 'AttributeUpdates', 'ConditionalOperator', 'KeyConditions', 'QueryFilter', 'ScanFilter', 'AttributesToGet'];

/** The parameters from before expressions existed. */
export function refuseLegacy(input: Readonly<Record<string, unknown>>): void {
  const given = LEGACY.find((name) => input[name] !== undefined);
  if (given !== undefined) throw unsupported(`the legacy parameter ${given}; use an expression`);
}
