import type { AttributeDefinition, BillingMode, KeySchemaElement, Projection, ProvisionedThroughput, Tag } from '@aws-sdk/client-dynamodb';
import type { Item } from './values.ts';

/** A table as it was made, kept on the disk. */
export interface TableDefinition {
  /** The table's id: a table made again under an old name sees none of the old rows. */
  readonly id: string;
  readonly name: string;
  readonly accountId: string;
  readonly region: string;
  readonly attributes: readonly AttributeDefinition[];
  readonly key: KeyNames;
  readonly indexes: readonly IndexDefinition[];
  readonly billingMode: BillingMode;
  readonly throughput?: ProvisionedThroughput;
  readonly tableClass?: string;
  readonly deletionProtection: boolean;
  readonly tags: readonly Tag[];
  /** Epoch milliseconds of virtual time. */
  readonly createdAt: number;
  /** The attribute that holds epoch seconds past which an item may be deleted. */
  readonly ttlAttribute?: string;
  readonly pointInTimeRecovery: boolean;
  readonly kmsKeyId?: string;
}

export interface IndexDefinition {
  readonly name: string;
  readonly kind: 'global' | 'local';
  readonly key: KeyNames;
  readonly projection: Projection;
  readonly throughput?: ProvisionedThroughput;
}

export interface KeyNames {
  readonly hash: string;
  readonly range?: string;
}

export function keyNamesOf(schema: readonly KeySchemaElement[]): KeyNames {
  const nameOf = (kind: string) => schema.find((element) => element.KeyType === kind)?.AttributeName;
  const range = nameOf('RANGE');
  return { hash: nameOf('HASH') ?? '', ...(range === undefined ? {} : { range }) };
}

export function keySchemaOf(key: KeyNames): KeySchemaElement[] {
  return [{ AttributeName: key.hash, KeyType: 'HASH' }, ...(key.range === undefined ? [] : [{ AttributeName: key.range, KeyType: 'RANGE' as const }])];
}

export function keyAttributes(key: KeyNames): string[] {
  return key.range === undefined ? [key.hash] : [key.hash, key.range];
}

export function typeOfKey(table: TableDefinition, name: string): string {
  return table.attributes.find((attribute) => attribute.AttributeName === name)?.AttributeType ?? '';
}

export function tableArn(table: { readonly accountId: string; readonly region: string; readonly name: string }): string {
  return `arn:aws:dynamodb:${table.region}:${table.accountId}:table/${table.name}`;
}

/** A table is named by its name or by its ARN. */
export function tableNameOf(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? (/:table\/([^/]+)/.exec(nameOrArn)?.[1] ?? nameOrArn) : nameOrArn;
}

/** The names that an index holds, or undefined when it holds all. */
export function projectedNames(table: TableDefinition, index: IndexDefinition): Set<string> | undefined {
  if (index.projection.ProjectionType === 'ALL') return undefined;
  const included = index.projection.ProjectionType === 'INCLUDE' ? (index.projection.NonKeyAttributes ?? []) : [];
  return new Set([...keyAttributes(table.key), ...keyAttributes(index.key), ...included]);
}

/** The part of an item that an index holds; undefined when the item lacks one of the index's keys (indexes are sparse). */
export function projectInto(table: TableDefinition, index: IndexDefinition, item: Item): Item | undefined {
  if (keyAttributes(index.key).some((name) => item[name] === undefined)) return undefined;
  const names = projectedNames(table, index);
  return names === undefined ? item : Object.fromEntries(Object.entries(item).filter(([name]) => names.has(name)));
}
