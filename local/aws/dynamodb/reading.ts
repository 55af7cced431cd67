import type { QueryInput, QueryOutput, ScanInput, ScanOutput } from '@aws-sdk/client-dynamodb';
import type { Call } from '../service.ts';
import { consumed, noUnits, readUnits } from './capacity.ts';
import { keyAttributes, projectedNames, projectInto, typeOfKey, type IndexDefinition, type KeyNames, type TableDefinition } from './definition.ts';
import { refuseLegacy, tableFor, type Engine } from './engine.ts';
import { holds, project } from './expressions/evaluate.ts';
import { parseCondition, parseProjection } from './expressions/parser.ts';
import { Placeholders } from './expressions/placeholders.ts';
import type { Condition, Operand, Path } from './expressions/syntax.ts';
import { keyRangeOf, withinRange } from './key-condition.ts';
import { orderedBytes, placeOf } from './keys.ts';
import type { Range } from './rows.ts';
import { equal, itemSize, mapValues, normalise, typeOf, type Item, type Value } from './values.ts';
import { validationError } from './validation.ts';

/** "A single Query or Scan operation can retrieve a maximum of 1 MB of data", before the filter (DynamoDB developer guide). */
const PAGE_BYTES_MAX = 1024 * 1024;
const SEGMENTS_MAX = 1_000_000;

interface Reading {
  readonly table: TableDefinition;
  readonly index: IndexDefinition | undefined;
  readonly filter: Condition | undefined;
  readonly paths: Path[] | undefined;
  readonly countOnly: boolean;
}

export function query(engine: Engine, input: QueryInput, call: Call): QueryOutput {
  refuseLegacy({ ...input });
  const table = tableFor(engine, call, input.TableName ?? '');
  const expressions = { ProjectionExpression: input.ProjectionExpression, FilterExpression: input.FilterExpression, KeyConditionExpression: input.KeyConditionExpression };
  const placeholders = new Placeholders(input.ExpressionAttributeNames, input.ExpressionAttributeValues, expressions);
  if (input.KeyConditionExpression === undefined) throw validationError('Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.');
  const condition = parseCondition('KeyConditionExpression', input.KeyConditionExpression, placeholders);
  const reading = readReading(table, input, placeholders);
  const key = reading.index?.key ?? table.key;
  const range = keyRangeOf(table, key, condition);
  for (const name of reading.filter === undefined ? [] : namesIn(reading.filter)) {
    if (keyAttributes(key).includes(name)) throw validationError(`Filter Expression can only contain non-primary key attributes: Primary key attribute: ${name}`);
  }
  const start = input.ExclusiveStartKey === undefined ? undefined : startOf(table, reading.index, input.ExclusiveStartKey);
  if (start !== undefined) {
    if (!equal(start[key.hash] as Value, range.hashValue)) throw validationError('The provided starting key is outside query boundaries based on provided conditions');
    if (key.range !== undefined && !withinRange(range, orderedBytes(start[key.range] as Value))) throw validationError('The provided starting key does not match the range key predicate');
  }
  return readPage(engine, reading, input, { ...range, forward: input.ScanIndexForward ?? true, ...afterOf(table, key, start) });
}

export function scan(engine: Engine, input: ScanInput, call: Call): ScanOutput {
  refuseLegacy({ ...input });
  const table = tableFor(engine, call, input.TableName ?? '');
  const expressions = { ProjectionExpression: input.ProjectionExpression, FilterExpression: input.FilterExpression };
  const reading = readReading(table, input, new Placeholders(input.ExpressionAttributeNames, input.ExpressionAttributeValues, expressions));
  const start = input.ExclusiveStartKey === undefined ? undefined : startOf(table, reading.index, input.ExclusiveStartKey);
  return readPage(engine, reading, input, { ...segmentOf(input), forward: true, ...afterOf(table, reading.index?.key ?? table.key, start) });
}

function readReading(table: TableDefinition, input: ScanInput, placeholders: Placeholders): Reading {
  const index = input.IndexName === undefined ? undefined : table.indexes.find((one) => one.name === input.IndexName);
  if (input.IndexName !== undefined && index === undefined) throw validationError(`The table does not have the specified index: ${input.IndexName}`);
  if (index?.kind === 'global' && input.ConsistentRead) throw validationError('Consistent reads are not supported on global secondary indexes');
  if (input.Limit !== undefined && input.Limit < 1) throw validationError('Limit must be greater than or equal to 1');
  const paths = input.ProjectionExpression === undefined ? undefined : parseProjection(input.ProjectionExpression, placeholders);
  const filter = input.FilterExpression === undefined ? undefined : parseCondition('FilterExpression', input.FilterExpression, placeholders);
  placeholders.refuseUnused();
  checkSelect(input.Select, index, paths);
  const held = index === undefined ? undefined : projectedNames(table, index);
  if (index !== undefined && held !== undefined) {
    const beyond = (names: readonly string[]) => [...new Set(names)].filter((name) => !held.has(name));
    const [asked, filtered] = [index.kind === 'global' ? beyond((paths ?? []).map((path) => String(path[0]))) : [], beyond(filter === undefined ? [] : namesIn(filter))];
    if (asked.length > 0) throw validationError(`One or more parameter values were invalid: Global secondary index ${index.name} does not project [${asked.join(', ')}]`);
    if (filtered.length > 0) throw validationError(`One or more parameter values were invalid: Secondary index ${index.name} does not project one or more filter attributes: [${filtered.join(', ')}]`);
  }
  return { table, index, filter, paths, countOnly: input.Select === 'COUNT' };
}

function checkSelect(select: string | undefined, index: IndexDefinition | undefined, paths: Path[] | undefined): void {
  if (select === 'ALL_PROJECTED_ATTRIBUTES' && index === undefined) throw validationError('ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName');
  if (paths !== undefined && select !== undefined && select !== 'SPECIFIC_ATTRIBUTES') throw validationError(`Cannot specify the ProjectionExpression when choosing to get ${select}`);
  if (paths === undefined && select === 'SPECIFIC_ATTRIBUTES') throw validationError('Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES');
  if (select === 'ALL_ATTRIBUTES' && index?.kind === 'global' && index.projection.ProjectionType !== 'ALL') {
    throw validationError(`One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary index ${index.name} because its projection type is not ALL`);
  }
}

/** The top-level attributes that a condition looks at. */
function namesIn(condition: Condition): string[] {
  if (condition.kind === 'and' || condition.kind === 'or') return [...namesIn(condition.left), ...namesIn(condition.right)];
  if (condition.kind === 'not') return namesIn(condition.condition);
  if (condition.kind === 'compare') return [condition.left, condition.right].flatMap(namesInOperand);
  if (condition.kind === 'between') return [condition.operand, condition.lower, condition.upper].flatMap(namesInOperand);
  if (condition.kind === 'in') return [condition.operand, ...condition.among].flatMap(namesInOperand);
  return condition.operands.flatMap(namesInOperand);
}

function namesInOperand(operand: Operand): string[] {
  if (operand.kind === 'path') return [String(operand.path[0])];
  return operand.kind === 'call' ? operand.operands.flatMap(namesInOperand) : [];
}

/** A page's start: exactly the keys of the table and of the index. */
function startOf(table: TableDefinition, index: IndexDefinition | undefined, given: Item): Item {
  const names = new Set([...keyAttributes(table.key), ...(index === undefined ? [] : keyAttributes(index.key))]);
  const matches = Object.keys(given).length === names.size && [...names].every((name) => given[name] !== undefined && typeOf(given[name]) === typeOfKey(table, name));
  if (!matches) throw validationError('The provided starting key is invalid');
  return mapValues(given, normalise);
}

function afterOf(table: TableDefinition, key: KeyNames, start: Item | undefined): Pick<Range, 'after'> {
  return start === undefined ? {} : { after: { inIndex: placeOf(key, start), row: placeOf(table.key, start) } };
}

/** A segment of a parallel scan is a part of all partitions' hashes. */
function segmentOf({ Segment: segment, TotalSegments: total }: ScanInput): Pick<Range, 'segment'> {
  if (segment === undefined && total === undefined) return {};
  if (total === undefined) throw validationError('The TotalSegments parameter is required but was not present in the request when Segment parameter is present');
  if (segment === undefined) throw validationError('The Segment parameter is required but was not present in the request when parameter TotalSegments is present');
  if (total < 1 || total > SEGMENTS_MAX || segment < 0 || segment >= total) {
    throw validationError(`The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: ${segment} is not less than TotalSegments: ${total}`);
  }
  const edge = (n: number): Uint8Array => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE((BigInt(n) << 64n) / BigInt(total));
    return bytes;
  };
  return { segment: { from: edge(segment), until: segment + 1 === total ? undefined : edge(segment + 1) } };
}

function readPage(engine: Engine, reading: Reading, input: ScanInput, range: Range): QueryOutput {
  const { table, index } = reading;
  const items: Item[] = [];
  let [looked, bytes, matched] = [0, 0, 0];
  let last: Item | undefined;
  for (const item of engine.rows.read(table, index, range)) {
    const held = index === undefined ? item : (projectInto(table, index, item) ?? item);
    looked += 1;
    bytes += itemSize(held);
    if (reading.filter === undefined || holds(reading.filter, held)) {
      matched += 1;
      if (!reading.countOnly) items.push(shown(reading, input, item, held));
    }
    if (looked === input.Limit || bytes >= PAGE_BYTES_MAX) {
      last = item;
      break;
    }
  }
  const cost = readUnits(bytes, { consistent: input.ConsistentRead });
  const units = index === undefined ? { ...noUnits(), table: cost } : { table: 0, indexes: new Map([[index.name, cost]]) };
  const capacity = consumed(table, units, input.ReturnConsumedCapacity);
  return {
    ...(reading.countOnly ? {} : { Items: items }),
    Count: matched,
    ScannedCount: looked,
    ...(last === undefined ? {} : { LastEvaluatedKey: pageEnd(table, index, last) }),
    ...(capacity === undefined ? {} : { ConsumedCapacity: capacity }),
  };
}

/** A local index's reader may ask for more than the index holds: DynamoDB fetches it from the table. */
function shown(reading: Reading, input: ScanInput, item: Item, held: Item): Item {
  const source = reading.index?.kind === 'local' && (reading.paths !== undefined || input.Select === 'ALL_ATTRIBUTES') ? item : held;
  return reading.paths === undefined ? source : project(source, reading.paths);
}

function pageEnd(table: TableDefinition, index: IndexDefinition | undefined, item: Item): Item {
  const names = new Set([...keyAttributes(table.key), ...(index === undefined ? [] : keyAttributes(index.key))]);
  return Object.fromEntries([...names].map((name) => [name, item[name] as Value]));
}

