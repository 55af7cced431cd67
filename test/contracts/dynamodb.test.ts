import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactGetItemsCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
  type AttributeValue,
  type QueryCommandInput,
  type TransactWriteItem,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { contractTable, makeTable, startTarget, type Target } from './dynamodb-target.ts';

type Values = Record<string, AttributeValue>;

const TABLE = `contract-${process.pid}`;
const KEY = { pk: { S: 'book' }, sk: { S: 'one' } };
const BOOK: Values = {
  ...KEY,
  num: { N: '5' },
  title: { S: 'Häuser' },
  parts: { L: [{ N: '1' }, { N: '2' }, { N: '3' }] },
  deep: { M: { x: { N: '1' }, y: { S: 'q' } } },
  tags: { SS: ['a', 'b'] },
  bytes: { B: new Uint8Array([0, 255, 7]) },
};

let target: Target;
const put = (item: Values) => target.client.send(new PutItemCommand({ TableName: TABLE, Item: item }));
const get = async (key: Values): Promise<Values | undefined> => (await target.client.send(new GetItemCommand({ TableName: TABLE, Key: key, ConsistentRead: true }))).Item;

before(async () => {
  target = await startTarget();
  await makeTable(target.client, TABLE);
});
after(() => target.close());

/** A promise's refusal: the error's name and what its message says. */
function refusedWith(name: string, message?: string | RegExp) {
  return (error: unknown) => {
    const { name: actual, message: said } = error as Error;
    assert.equal(actual, name, said);
    if (message instanceof RegExp) assert.match(said, message);
    else if (message !== undefined) assert.equal(said, message);
    return true;
  };
}

describe('items', () => {
  beforeEach(() => put(BOOK));

  it('come back as they were put, with every type', async () => {
    const item = { ...KEY, all: { M: { s: { S: '' }, n: { N: '-0.5' }, b: { B: new Uint8Array([1, 2]) }, t: { BOOL: false }, z: { NULL: true }, bs: { BS: [new Uint8Array([9])] }, l: { L: [{ M: {} }, { L: [] }] } } } } satisfies Values;
    await put(item);
    assert.deepEqual(await get(KEY), item);
  });

  it('that are not there are answered with nothing', async () => {
    assert.equal(await get({ ...KEY, sk: { S: 'other' } }), undefined);
  });

  it('tell what they were when they are replaced or deleted', async () => {
    const replaced = await target.client.send(new PutItemCommand({ TableName: TABLE, Item: { ...KEY, only: { S: 'this' } }, ReturnValues: 'ALL_OLD' }));
    assert.deepEqual(replaced.Attributes?.['num'], { N: '5' });
    const deleted = await target.client.send(new DeleteItemCommand({ TableName: TABLE, Key: KEY, ReturnValues: 'ALL_OLD' }));
    assert.deepEqual(deleted.Attributes, { ...KEY, only: { S: 'this' } });
    const again = await target.client.send(new DeleteItemCommand({ TableName: TABLE, Key: KEY, ReturnValues: 'ALL_OLD' }));
    assert.equal(again.Attributes, undefined);
  });

  it('are shown in part when a projection asks for it', async () => {
    const answer = await target.client.send(
      new GetItemCommand({ TableName: TABLE, Key: KEY, ProjectionExpression: '#p[2], #p[0], deep.x, nothing', ExpressionAttributeNames: { '#p': 'parts' } }),
    );
    assert.deepEqual(answer.Item, { parts: { L: [{ N: '1' }, { N: '3' }] }, deep: { M: { x: { N: '1' } } } });
  });

  it('over 400 KB are refused', async () => {
    await assert.rejects(put({ ...KEY, x: { S: 'x'.repeat(400 * 1024) } }), refusedWith('ValidationException', 'Item size has exceeded the maximum allowed size'));
  });

  const BAD_KEYS: [string, () => Promise<unknown>][] = [
    ['a put without its sort key', () => put({ pk: { S: 'book' } })],
    ['a put with a key of another type', () => put({ pk: { S: 'book' }, sk: { N: '1' } })],
    ['a put with an empty key', () => put({ pk: { S: 'book' }, sk: { S: '' } })],
    ["a put whose index key is of another type", () => put({ ...KEY, shelf: { N: '1' } })],
    ['a put whose index key is empty', () => put({ ...KEY, shelf: { S: '' } })],
    ['a get without its sort key', () => get({ pk: { S: 'book' } })],
    ['a get with more than the key', () => get({ ...KEY, num: { N: '1' } })],
    ['a get with a key of another type', () => get({ pk: { S: 'book' }, sk: { N: '1' } })],
  ];
  for (const [what, ask] of BAD_KEYS) it(`refuse ${what}`, () => assert.rejects(ask(), refusedWith('ValidationException')));

  it('of a table that is not there are refused', () =>
    assert.rejects(target.client.send(new GetItemCommand({ TableName: 'no-such-table', Key: KEY })), refusedWith('ResourceNotFoundException')));
});

describe('a condition', () => {
  const check = (condition: string, values?: Values, names?: Record<string, string>) =>
    target.client.send(
      new PutItemCommand({
        TableName: TABLE,
        Item: BOOK,
        ConditionExpression: condition,
        ...(values === undefined ? {} : { ExpressionAttributeValues: values }),
        ...(names === undefined ? {} : { ExpressionAttributeNames: names }),
      }),
    );
  const five = { ':n': { N: '5' } };

  beforeEach(() => put(BOOK));

  const TRUE: [string, (Values | undefined)?, Record<string, string>?][] = [
    ['num = :n', { ':n': { N: '5.00' } }],
    ['num = :n', { ':n': { N: '0.5E1' } }],
    ['(num) = :n', five],
    ['num <> :n', { ':n': { S: '5' } }],
    ['absent <> :n', five],
    ['NOT absent = :n', five],
    ['num < :n', { ':n': { N: '10' } }],
    ['title > :s AND title <= :t', { ':s': { S: 'H' }, ':t': { S: 'Häuser' } }],
    ['num BETWEEN :a AND :b', { ':a': { N: '5' }, ':b': { N: '5.5' } }],
    ['num IN (:a, :b)', { ':a': { N: '4' }, ':b': { N: '5' } }],
    ['attribute_exists(deep.x) and Attribute_Not_Exists_is_no_function = :n or num = :n', five],
    ['attribute_exists(deep.x) AND attribute_not_exists(deep.z)'],
    ['attribute_type(deep, :t)', { ':t': { S: 'M' } }],
    ['begins_with(title, :s)', { ':s': { S: 'Hä' } }],
    ['begins_with(#b, :s)', { ':s': { B: new Uint8Array([0, 255]) } }, { '#b': 'bytes' }],
    ['contains(title, :s)', { ':s': { S: 'user' } }],
    ['contains(tags, :s)', { ':s': { S: 'b' } }],
    ['contains(parts, :n)', { ':n': { N: '2' } }],
    ['size(title) = :n', { ':n': { N: '6' } }],
    ['size(parts) >= :n AND size(tags) < :n', { ':n': { N: '3' } }],
    ['parts[1] = :n', { ':n': { N: '2' } }],
    ['#i.#x = parts[0]', undefined, { '#i': 'deep', '#x': 'x' }],
    ['tags = :s', { ':s': { SS: ['b', 'a'] } }],
    ['deep = :m', { ':m': { M: { y: { S: 'q' }, x: { N: '1' } } } }],
    ['num = :n OR num = :m AND num = :m', { ':n': { N: '5' }, ':m': { N: '6' } }],
    ['NOT num = :m AND num = :n', { ':n': { N: '5' }, ':m': { N: '6' } }],
    ['attribute_not_exists(toString)'],
  ];
  for (const [condition, values, names] of TRUE) it(`holds: ${condition} ${JSON.stringify(values ?? '')}`, async () => void (await check(condition, values, names)));

  const FALSE: [string, Values?][] = [
    ['num = :n', { ':n': { S: '5' } }],
    ['absent = :n', five],
    ['absent < :n', five],
    ['title < :n', five],
    ['size(num) = :n', { ':n': { N: '1' } }],
    ['contains(num, :n)', five],
    ['begins_with(num, :s)', { ':s': { S: '5' } }],
    ['(num = :n OR num = :m) AND num = :m', { ':n': { N: '5' }, ':m': { N: '6' } }],
    ['NOT (num = :n)', five],
    ['num > :n', { ':n': { N: '5.0000000000000000000000000000000000001' } }],
  ];
  for (const [condition, values] of FALSE) {
    it(`does not hold: ${condition} ${JSON.stringify(values)}`, () => assert.rejects(check(condition, values), refusedWith('ConditionalCheckFailedException', 'The conditional request failed')));
  }

  const REFUSED: [string, Values | undefined, string, Record<string, string>?][] = [
    ['num = ', undefined, 'Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "= "'],
    ['num == :n', five, 'Invalid ConditionExpression: Syntax error; token: "=", near: "== :n"'],
    ['num = :n garbage', five, 'Invalid ConditionExpression: Syntax error; token: "garbage", near: ":n garbage"'],
    ['num IN ()', undefined, 'Invalid ConditionExpression: Syntax error; token: ")", near: "()"'],
    ['_num = :n', five, 'Invalid ConditionExpression: Syntax error; token: "_", near: "_num"'],
    ['', undefined, 'Invalid ConditionExpression: The expression can not be empty;'],
    ['((num = :n))', five, 'Invalid ConditionExpression: The expression has redundant parentheses;'],
    ['name = :n', five, 'Invalid ConditionExpression: Attribute name is a reserved keyword; reserved keyword: name'],
    ['num = :x', five, 'Invalid ConditionExpression: An expression attribute value used in expression is not defined; attribute value: :x'],
    ['#a = :n', five, 'Invalid ConditionExpression: An expression attribute name used in the document path is not defined; attribute name: #a'],
    ['num = :n', { ...five, ':m': { N: '1' } }, 'Value provided in ExpressionAttributeValues unused in expressions: keys: {:m}'],
    ['num = :n', five, 'Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}', { '#b': 'num' }],
    ['num = :n', { n: { N: '5' } }, 'ExpressionAttributeValues contains invalid key: Syntax error; key: "n"'],
    ['num = :n', {}, 'ExpressionAttributeValues must not be empty'],
    ['num = num', undefined, 'Invalid ConditionExpression: The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [num]'],
    ['begins_with(title, :n)', five, 'Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N'],
    ['begins_with(title)', undefined, 'Invalid ConditionExpression: Incorrect number of operands for operator or function; operator or function: begins_with, number of operands: 1'],
    ['foo(title, :n)', five, 'Invalid ConditionExpression: Invalid function name; function: foo'],
    ['toString(title)', undefined, 'Invalid ConditionExpression: Invalid function name; function: toString'],
    ['attribute_exists(:n)', five, 'Invalid ConditionExpression: Operator or function requires a document path; operator or function: attribute_exists'],
    ['size(title)', undefined, 'Invalid ConditionExpression: The function is not allowed to be used this way in an expression; function: size'],
    ['num < :n', { ':n': { BOOL: true } }, 'Invalid ConditionExpression: Incorrect operand type for operator or function; operator or function: <, operand type: BOOL'],
    [
      'num BETWEEN :a AND :b',
      { ':a': { N: '5' }, ':b': { N: '4' } },
      'Invalid ConditionExpression: The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:5}, upper bound operand: AttributeValue: {N:4}',
    ],
  ];
  for (const [condition, values, message, names] of REFUSED) {
    it(`is refused: ${condition} ${JSON.stringify(values ?? '')}`, () => assert.rejects(check(condition, values, names), refusedWith('ValidationException', message)));
  }

  it('without an expression may not bring names or values', async () => {
    await assert.rejects(
      target.client.send(new PutItemCommand({ TableName: TABLE, Item: BOOK, ExpressionAttributeValues: five })),
      refusedWith('ValidationException', 'ExpressionAttributeValues can only be specified when using expressions: ConditionExpression is null'),
    );
    await assert.rejects(
      target.client.send(new GetItemCommand({ TableName: TABLE, Key: KEY, ExpressionAttributeNames: { '#a': 'a' } })),
      refusedWith('ValidationException', 'ExpressionAttributeNames can only be specified when using expressions'),
    );
  });

  it('that fails shows what it met, when asked', async () => {
    const failed = await target.client
      .send(new DeleteItemCommand({ TableName: TABLE, Key: KEY, ConditionExpression: 'num = :n', ExpressionAttributeValues: { ':n': { N: '6' } }, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }))
      .catch((error: unknown) => error as { Item?: Values });
    assert.deepEqual((failed as { Item?: Values }).Item?.['num'], { N: '5' });
  });
});

describe('an update', () => {
  const update = (expression: string | undefined, values?: Values, more: Partial<UpdateItemCommandInput> = {}) =>
    target.client.send(
      new UpdateItemCommand({
        TableName: TABLE,
        Key: KEY,
        ...(expression === undefined ? {} : { UpdateExpression: expression }),
        ...(values === undefined ? {} : { ExpressionAttributeValues: values }),
        ...more,
      }),
    );

  beforeEach(() => put(BOOK));

  const CHANGES: [string, Values | undefined, (after: Values) => unknown, unknown][] = [
    ['SET num = num + :n', { ':n': { N: '0.1' } }, (item) => item['num'], { N: '5.1' }],
    ['SET num = num - :n', { ':n': { N: '12' } }, (item) => item['num'], { N: '-7' }],
    ['SET fresh = if_not_exists(fresh, :n) + :n', { ':n': { N: '2' } }, (item) => item['fresh'], { N: '4' }],
    ['SET num = if_not_exists(num, :n)', { ':n': { N: '9' } }, (item) => item['num'], { N: '5' }],
    ['SET a = (num + :n)', { ':n': { N: '1' } }, (item) => item['a'], { N: '6' }],
    ['SET a = num, num = :n', { ':n': { N: '8' } }, (item) => [item['a'], item['num']], [{ N: '5' }, { N: '8' }]],
    ['SET parts = list_append(parts, :l)', { ':l': { L: [{ N: '4' }] } }, (item) => item['parts'], { L: [{ N: '1' }, { N: '2' }, { N: '3' }, { N: '4' }] }],
    ['SET parts[1] = :n', { ':n': { S: 'two' } }, (item) => item['parts'], { L: [{ N: '1' }, { S: 'two' }, { N: '3' }] }],
    ['SET parts[9] = :a, parts[5] = :b', { ':a': { N: '9' }, ':b': { N: '5' } }, (item) => item['parts'], { L: [{ N: '1' }, { N: '2' }, { N: '3' }, { N: '5' }, { N: '9' }] }],
    ['SET parts[0] = :n REMOVE parts[1]', { ':n': { N: '7' } }, (item) => item['parts'], { L: [{ N: '7' }, { N: '3' }] }],
    ['REMOVE parts[0], parts[1]', undefined, (item) => item['parts'], { L: [{ N: '3' }] }],
    ['REMOVE parts[9], num', undefined, (item) => [item['parts'], item['num']], [BOOK['parts'], undefined]],
    ['SET deep.z = :n REMOVE deep.x', { ':n': { N: '3' } }, (item) => item['deep'], { M: { y: { S: 'q' }, z: { N: '3' } } }],
    ['ADD num :n', { ':n': { N: '-5' } }, (item) => item['num'], { N: '0' }],
    ['ADD fresh :n, deep.x :n', { ':n': { N: '2' } }, (item) => [item['fresh'], item['deep']?.M?.['x']], [{ N: '2' }, { N: '3' }]],
    ['ADD tags :s', { ':s': { SS: ['b', 'c'] } }, (item) => [...(item['tags']?.SS ?? [])].sort(), ['a', 'b', 'c']],
    ['DELETE tags :s', { ':s': { SS: ['b', 'q'] } }, (item) => item['tags'], { SS: ['a'] }],
    ['DELETE tags :s', { ':s': { SS: ['a', 'b'] } }, (item) => item['tags'], undefined],
    ['set a = num remove title add tags :s', { ':s': { SS: ['c'] } }, (item) => [item['a'], item['title'], item['tags']?.SS?.length], [{ N: '5' }, undefined, 3]],
  ];
  for (const [expression, values, look, expected] of CHANGES) {
    it(`${expression} does what it says ${JSON.stringify(values ?? '')}`, async () => {
      await update(expression, values);
      assert.deepEqual(look((await get(KEY)) ?? {}), expected);
    });
  }

  const REFUSED: [string, Values | undefined, string][] = [
    ['SET a = absent + :n', { ':n': { N: '1' } }, 'The provided expression refers to an attribute that does not exist in the item'],
    ['SET a = title + :n', { ':n': { N: '1' } }, 'An operand in the update expression has an incorrect data type'],
    ['SET a = num + :n', { ':n': { S: '1' } }, 'Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: +, operand type: S'],
    ['SET z.y = :n', { ':n': { N: '1' } }, 'The document path provided in the update expression is invalid for update'],
    ['REMOVE z.y', undefined, 'The document path provided in the update expression is invalid for update'],
    ['SET parts = list_append(num, :l)', { ':l': { L: [] } }, 'An operand in the update expression has an incorrect data type'],
    ['ADD title :n', { ':n': { N: '1' } }, 'An operand in the update expression has an incorrect data type'],
    ['ADD title :n', { ':n': { S: '1' } }, 'Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND'],
    ['SET a = :n SET b = :n', { ':n': { N: '1' } }, 'Invalid UpdateExpression: The "SET" section can only be used once in an update expression;'],
    ['SET deep.x = :n, deep = :n', { ':n': { N: '1' } }, 'Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [deep, x], path two: [deep]'],
    ['SET deep.x = :n, deep[1] = :n', { ':n': { N: '1' } }, 'Invalid UpdateExpression: Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [deep, x], path two: [deep, [1]]'],
    ['SET pk = :n', { ':n': { S: '1' } }, 'One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key'],
    ['SET a = attribute_exists(b)', undefined, 'Invalid UpdateExpression: The function is not allowed in an update expression; function: attribute_exists'],
    ['SET a = :n + :n + :n', { ':n': { N: '1' } }, 'Invalid UpdateExpression: Syntax error; token: "+", near: ":n + :n"'],
    ['FOO a :n', { ':n': { N: '1' } }, 'Invalid UpdateExpression: Syntax error; token: "FOO", near: "FOO a"'],
  ];
  for (const [expression, values, message] of REFUSED) {
    it(`${expression} is refused ${JSON.stringify(values ?? '')}`, async () => {
      await assert.rejects(update(expression, values), refusedWith('ValidationException', message));
      assert.deepEqual((await get(KEY))?.['num'], { N: '5' });
    });
  }

  it('makes the item when there is none', async () => {
    const key = { pk: { S: 'made' }, sk: { S: 'by update' } };
    await target.client.send(new UpdateItemCommand({ TableName: TABLE, Key: key, UpdateExpression: 'ADD n :n', ExpressionAttributeValues: { ':n': { N: '1' } } }));
    assert.deepEqual(await get(key), { ...key, n: { N: '1' } });
    await target.client.send(new DeleteItemCommand({ TableName: TABLE, Key: key }));
  });

  it('answers with what it was asked for', async () => {
    const set = (asked: UpdateItemCommandInput['ReturnValues']) => update('SET num = num + :n', { ':n': { N: '1' } }, { ReturnValues: asked }).then((answer) => answer.Attributes);
    assert.equal(await set('NONE'), undefined);
    assert.deepEqual(await set('UPDATED_NEW'), { num: { N: '7' } });
    assert.deepEqual(await set('UPDATED_OLD'), { num: { N: '7' } });
    assert.deepEqual((await set('ALL_NEW'))?.['title'], { S: 'Häuser' });
    assert.deepEqual((await set('ALL_OLD'))?.['num'], { N: '9' });
  });

  const NUMBERS: [string, string][] = [
    ['12345678901234567890123456789012345678', '12345678901234567890123456789012345679'],
    ['0.1', '1.1'],
    ['-1', '0'],
    ['99999999999999999999999999999999999999', '100000000000000000000000000000000000000'],
  ];
  for (const [from, to] of NUMBERS) {
    it(`counts ${from} up to ${to} exactly`, async () => {
      await put({ ...KEY, num: { N: from } });
      const answer = await update('ADD num :n', { ':n': { N: '1' } }, { ReturnValues: 'UPDATED_NEW' });
      assert.deepEqual(answer.Attributes, { num: { N: to } });
    });
  }

  for (const bad of ['123456789012345678901234567890123456789', '1E126', '1E-131', 'abc', '']) {
    it(`refuses the number "${bad}"`, () => assert.rejects(update('SET num = :n', { ':n': { N: bad } }), refusedWith('ValidationException')));
  }
});

describe('a query', () => {
  const query = (condition: string, values: Values, more: Partial<QueryCommandInput> = {}) =>
    target.client.send(new QueryCommand({ TableName: TABLE, KeyConditionExpression: condition, ExpressionAttributeValues: values, ...more }));
  const sorts = (answer: { Items?: Values[] | undefined }) => (answer.Items ?? []).map((item) => item['sk']?.S);
  const shelf = { ':p': { S: 'query' } };

  before(async () => {
    const ranks = ['10', '-2', '1e1', '0.5', '-20', '9'];
    for (const [index, rank] of ranks.entries()) {
      await put({ pk: { S: 'query' }, sk: { S: `s${index}` }, ...(index === 5 ? {} : { shelf: { S: 'A' } }), rank: { N: rank }, v: { N: String(index) } });
    }
    for (const sk of ['B', 'a', 'Z', 'ä', '😀', 'zz', '￿']) await put({ pk: { S: 'utf8' }, sk: { S: sk } });
  });

  it('answers one partition in the order of its sort key, either way', async () => {
    assert.deepEqual(sorts(await query('pk = :p', shelf)), ['s0', 's1', 's2', 's3', 's4', 's5']);
    assert.deepEqual(sorts(await query('pk = :p', shelf, { ScanIndexForward: false, Limit: 2 })), ['s5', 's4']);
  });

  it('orders strings by their UTF-8 bytes', async () => {
    assert.deepEqual(sorts(await query('pk = :p', { ':p': { S: 'utf8' } })), ['B', 'Z', 'a', 'zz', 'ä', '￿', '😀']);
  });

  it('orders numbers by value, in indexes too, and leaves out what lacks the index key', async () => {
    const answer = await query('shelf = :s', { ':s': { S: 'A' } }, { IndexName: 'by-rank' });
    assert.deepEqual((answer.Items ?? []).map((item) => Number(item['rank']?.N)), [-20, -2, 0.5, 10, 10]);
    const local = await query('pk = :p AND #r > :n', { ...shelf, ':n': { N: '0' } }, { IndexName: 'local-rank', ExpressionAttributeNames: { '#r': 'rank' } });
    assert.deepEqual(sorts(local).slice(0, 2), ['s3', 's5']);
  });

  it('finds an item in an index where it now is, and no longer where it was', async () => {
    const key = { pk: { S: 'moving' }, sk: { S: 'x' } };
    const ranks = async () => (await query('shelf = :s', { ':s': { S: 'M' } }, { IndexName: 'by-rank' })).Items?.map((item) => item['rank']?.N);
    await put({ ...key, shelf: { S: 'M' }, rank: { N: '1' } });
    await put({ ...key, shelf: { S: 'M' }, rank: { N: '9' } });
    assert.deepEqual(await ranks(), ['9']);
    await target.client.send(new UpdateItemCommand({ TableName: TABLE, Key: key, UpdateExpression: 'REMOVE shelf' }));
    assert.deepEqual(await ranks(), []);
    await put({ ...key, shelf: { S: 'M' }, rank: { N: '2' } });
    await target.client.send(new DeleteItemCommand({ TableName: TABLE, Key: key }));
    assert.deepEqual(await ranks(), []);
  });

  const RANGES: [string, Values, string[]][] = [
    ['sk > :a', { ':a': { S: 's3' } }, ['s4', 's5']],
    ['sk >= :a', { ':a': { S: 's4' } }, ['s4', 's5']],
    ['sk < :a', { ':a': { S: 's1' } }, ['s0']],
    ['sk <= :a', { ':a': { S: 's1' } }, ['s0', 's1']],
    ['sk = :a', { ':a': { S: 's1' } }, ['s1']],
    ['sk BETWEEN :a AND :b', { ':a': { S: 's1' }, ':b': { S: 's3' } }, ['s1', 's2', 's3']],
    ['begins_with(sk, :a)', { ':a': { S: 's5' } }, ['s5']],
    ['(:a > sk)', { ':a': { S: 's1' } }, ['s0']],
  ];
  for (const [range, values, expected] of RANGES) {
    it(`keeps to ${range}`, async () => assert.deepEqual(sorts(await query(`pk = :p AND ${range}`, { ...shelf, ...values })), expected));
  }

  it('goes on where the page before ended, over every item once', async () => {
    for (const forward of [true, false]) {
      const seen: (string | undefined)[] = [];
      let start: Values | undefined;
      do {
        const page = await query('shelf = :s', { ':s': { S: 'A' } }, { IndexName: 'by-rank', Limit: 2, ScanIndexForward: forward, ...(start === undefined ? {} : { ExclusiveStartKey: start }) });
        seen.push(...sorts(page));
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
      assert.deepEqual([...seen].sort(), ['s0', 's1', 's2', 's3', 's4']);
    }
  });

  it('knows where a prefix ends, and where numbers of one beginning stand', async () => {
    for (const sk of ['s4', 's5', 's55', 's5\u{10ffff}', 's6', 's7']) await put({ pk: { S: 'prefix' }, sk: { S: sk } });
    assert.deepEqual(sorts(await query('pk = :p AND begins_with(sk, :a)', { ':p': { S: 'prefix' }, ':a': { S: 's5' } })), ['s5', 's55', 's5\u{10ffff}']);
    for (const rank of ['-1.2', '-1.23', '-12', '1.2', '1.23', '0']) await put({ pk: { S: 'numbers' }, sk: { S: rank }, shelf: { S: 'N' }, rank: { N: rank } });
    assert.deepEqual(sorts(await query('shelf = :s', { ':s': { S: 'N' } }, { IndexName: 'by-rank' })), ['-12', '-1.23', '-1.2', '0', '1.2', '1.23']);
  });

  it('filters after it has read, and counts both', async () => {
    const answer = await query('pk = :p', { ...shelf, ':v': { N: '3' } }, { FilterExpression: 'v >= :v', Limit: 5 });
    assert.deepEqual([sorts(answer), answer.Count, answer.ScannedCount, answer.LastEvaluatedKey?.['sk']], [['s3', 's4'], 2, 5, { S: 's4' }]);
    const counted = await query('pk = :p', shelf, { Select: 'COUNT' });
    assert.deepEqual([counted.Items, counted.Count], [undefined, 6]);
  });

  it('ends a page at 1 MB', async () => {
    for (let n = 0; n < 5; n += 1) await put({ pk: { S: 'large' }, sk: { S: String(n) }, x: { S: 'x'.repeat(300 * 1024) } });
    const page = await query('pk = :p', { ':p': { S: 'large' } });
    assert.ok(page.LastEvaluatedKey !== undefined && (page.Items ?? []).length < 5);
    const rest = await query('pk = :p', { ':p': { S: 'large' } }, { ExclusiveStartKey: page.LastEvaluatedKey });
    assert.equal((page.Items ?? []).length + (rest.Items ?? []).length, 5);
  });

  it('of an index shows what the index holds', async () => {
    const answer = await query('shelf = :s', { ':s': { S: 'A' } }, { IndexName: 'keys-only', Limit: 1 });
    assert.deepEqual(Object.keys(answer.Items?.[0] ?? {}).sort(), ['pk', 'shelf', 'sk']);
    assert.deepEqual(Object.keys(answer.LastEvaluatedKey ?? {}).sort(), ['pk', 'shelf', 'sk']);
  });

  const REFUSED: [string, Values, RegExp, Partial<QueryCommandInput>?][] = [
    ['sk = :p', shelf, /^Query condition missed key schema element/],
    ['pk > :p', shelf, /^Query key condition not supported/],
    ['pk = :p AND v = :p', shelf, /^Query condition missed key schema element/],
    ['pk = :p OR sk = :p', shelf, /Invalid operator used in KeyConditionExpression: OR/],
    ['pk = :p AND sk <> :p', shelf, /Invalid operator used in KeyConditionExpression: <>/],
    ['pk = :p AND sk > :p AND sk < :p', shelf, /KeyConditionExpressions must only contain one condition per key/],
    ['pk = :p', { ':p': { N: '1' } }, /Condition parameter type does not match schema type/],
    ['pk = :p', shelf, /Filter Expression can only contain non-primary key attributes: Primary key attribute: sk/, { FilterExpression: 'sk = :p' }],
    ['shelf = :p', shelf, /Consistent reads are not supported on global secondary indexes/, { IndexName: 'by-rank', ConsistentRead: true }],
    ['shelf = :p', shelf, /The table does not have the specified index: nope/, { IndexName: 'nope' }],
    ['shelf = :p', shelf, /Global secondary index keys-only does not project \[v\]/, { IndexName: 'keys-only', ProjectionExpression: 'v' }],
    ['shelf = :p', shelf, /Select type ALL_ATTRIBUTES is not supported for global secondary index keys-only/, { IndexName: 'keys-only', Select: 'ALL_ATTRIBUTES' }],
    ['pk = :p', shelf, /./, { ExclusiveStartKey: { pk: { S: 'query' } } }],
    ['pk = :p', shelf, /./, { Limit: 0 }],
  ];
  for (const [condition, values, message, more] of REFUSED) {
    it(`is refused: ${condition} ${JSON.stringify(more ?? '')}`, () => assert.rejects(query(condition, values, more), refusedWith('ValidationException', message)));
  }
});

describe('a scan', () => {
  it('sees every item once, in segments too', async () => {
    const seen: string[] = [];
    for (const segment of [0, 1, 2]) {
      let start: Values | undefined;
      do {
        const page = await target.client.send(
          new ScanCommand({ TableName: TABLE, Segment: segment, TotalSegments: 3, Limit: 4, FilterExpression: 'pk = :p', ExpressionAttributeValues: { ':p': { S: 'query' } }, ...(start === undefined ? {} : { ExclusiveStartKey: start }) }),
        );
        seen.push(...(page.Items ?? []).map((item) => item['sk']?.S ?? ''));
        start = page.LastEvaluatedKey;
      } while (start !== undefined);
    }
    assert.deepEqual(seen.sort(), ['s0', 's1', 's2', 's3', 's4', 's5']);
  });
});

describe('batches', () => {
  it('write and read many items', async () => {
    const keys = Array.from({ length: 25 }, (_none, n) => ({ pk: { S: 'batch' }, sk: { S: `b${n}` } }));
    await target.client.send(new BatchWriteItemCommand({ RequestItems: { [TABLE]: keys.map((Item) => ({ PutRequest: { Item } })) } }));
    await target.client.send(new BatchWriteItemCommand({ RequestItems: { [TABLE]: [{ DeleteRequest: { Key: keys[0] } }] } }));
    const answer = await target.client.send(new BatchGetItemCommand({ RequestItems: { [TABLE]: { Keys: keys } } }));
    assert.equal(answer.Responses?.[TABLE]?.length, 24);
  });

  it('refuse an item twice, and more than they may hold', async () => {
    const write = (keys: Values[]) => target.client.send(new BatchWriteItemCommand({ RequestItems: { [TABLE]: keys.map((Item) => ({ PutRequest: { Item } })) } }));
    await assert.rejects(write([KEY, KEY]), refusedWith('ValidationException', 'Provided list of item keys contains duplicates'));
    await assert.rejects(write(Array.from({ length: 26 }, (_none, n) => ({ pk: { S: 'batch' }, sk: { S: `c${n}` } }))), refusedWith('ValidationException'));
  });
});

describe('a transaction', () => {
  const at = (sk: string) => ({ pk: { S: 'tx' }, sk: { S: sk } });
  const putting = (sk: string, more: Partial<NonNullable<TransactWriteItem['Put']>> = {}): TransactWriteItem => ({ Put: { TableName: TABLE, Item: at(sk), ...more } });
  const transact = (items: TransactWriteItem[], token?: string) => target.client.send(new TransactWriteItemsCommand({ TransactItems: items, ...(token === undefined ? {} : { ClientRequestToken: token }) }));

  it('writes all its items', async () => {
    await put({ ...at('c'), n: { N: '1' } });
    await put(at('d'));
    await transact([
      putting('a'),
      { Update: { TableName: TABLE, Key: at('c'), UpdateExpression: 'ADD n :n', ExpressionAttributeValues: { ':n': { N: '1' } } } },
      { Delete: { TableName: TABLE, Key: at('d') } },
      { ConditionCheck: { TableName: TABLE, Key: at('e'), ConditionExpression: 'attribute_not_exists(pk)' } },
    ]);
    const read = await target.client.send(new TransactGetItemsCommand({ TransactItems: ['a', 'c', 'd'].map((sk) => ({ Get: { TableName: TABLE, Key: at(sk) } })) }));
    assert.deepEqual(read.Responses?.map((answer) => answer.Item), [at('a'), { ...at('c'), n: { N: '2' } }, undefined]);
  });

  it('writes none when one condition fails, and says which and what it met', async () => {
    await put({ ...at('held'), by: { S: 'me' } });
    const failed = (await transact([
      putting('never'),
      putting('held', { ConditionExpression: 'attribute_not_exists(pk)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
      { ConditionCheck: { TableName: TABLE, Key: at('gone'), ConditionExpression: 'attribute_exists(pk)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } },
    ]).catch((error: unknown) => error)) as { name: string; message: string; CancellationReasons: { Code: string; Item?: Values }[] };
    assert.equal(failed.name, 'TransactionCanceledException');
    assert.equal(failed.message, 'Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed, ConditionalCheckFailed]');
    assert.deepEqual(failed.CancellationReasons.map((reason) => reason.Code), ['None', 'ConditionalCheckFailed', 'ConditionalCheckFailed']);
    assert.deepEqual(failed.CancellationReasons[1]?.Item, { ...at('held'), by: { S: 'me' } });
    assert.equal(failed.CancellationReasons[2]?.Item, undefined);
    assert.equal(await get(at('never')), undefined);
  });

  it('is carried out once however often it is sent under one token', async () => {
    const counting: TransactWriteItem[] = [{ Update: { TableName: TABLE, Key: at('counter'), UpdateExpression: 'ADD n :n', ExpressionAttributeValues: { ':n': { N: '1' } } } }];
    await transact(counting, `token-${process.pid}`);
    await transact(counting, `token-${process.pid}`);
    assert.deepEqual((await get(at('counter')))?.['n'], { N: '1' });
    await assert.rejects(transact([putting('other')], `token-${process.pid}`), refusedWith('IdempotentParameterMismatchException'));
    await transact(counting, `token-${process.pid}-2`);
    assert.deepEqual((await get(at('counter')))?.['n'], { N: '2' });
  });

  it('that was cancelled leaves its token free', async () => {
    const once = putting('late', { ConditionExpression: 'attribute_exists(pk)' });
    await assert.rejects(transact([once], `free-${process.pid}`), refusedWith('TransactionCanceledException'));
    await put(at('late'));
    await transact([once], `free-${process.pid}`);
  });

  it('has from 1 to 100 actions, none on the same item, each of one kind', async () => {
    await assert.rejects(transact([]), refusedWith('ValidationException'));
    await assert.rejects(transact(Array.from({ length: 101 }, (_none, n) => putting(String(n)))), refusedWith('ValidationException'));
    await assert.rejects(transact([putting('a'), { Delete: { TableName: TABLE, Key: at('a') } }]), refusedWith('ValidationException', 'Transaction request cannot include multiple operations on one item'));
    await assert.rejects(transact([{ ...putting('a'), Delete: { TableName: TABLE, Key: at('b') } }]), refusedWith('ValidationException', 'TransactItems can only contain one of Check, Put, Update or Delete'));
  });
});

describe('tables', () => {
  it('are made, listed, described and deleted', async () => {
    const name = `${TABLE}-other`;
    await makeTable(target.client, name);
    await assert.rejects(target.client.send(new CreateTableCommand(contractTable(name))), refusedWith('ResourceInUseException'));
    assert.ok((await target.client.send(new ListTablesCommand({}))).TableNames?.includes(name));
    const { Table: table } = await target.client.send(new DescribeTableCommand({ TableName: name }));
    assert.equal(table?.TableStatus, 'ACTIVE');
    assert.deepEqual(table?.GlobalSecondaryIndexes?.map((index) => [index.IndexName, index.IndexStatus]).sort(), [['by-rank', 'ACTIVE'], ['keys-only', 'ACTIVE']]);
    await target.client.send(new DeleteTableCommand({ TableName: name }));
    await assert.rejects(target.client.send(new DescribeTableCommand({ TableName: name })), refusedWith('ResourceNotFoundException'));
  });

  it('made again under an old name are empty', async () => {
    const name = `${TABLE}-again`;
    await makeTable(target.client, name);
    await target.client.send(new PutItemCommand({ TableName: name, Item: KEY }));
    await target.client.send(new DeleteTableCommand({ TableName: name }));
    await makeTable(target.client, name);
    assert.equal((await target.client.send(new ScanCommand({ TableName: name }))).Count, 0);
    await target.client.send(new DeleteTableCommand({ TableName: name }));
  });

  it('say whether items have a time to live', async () => {
    const specification = { AttributeName: 'ttl', Enabled: true };
    await target.client.send(new UpdateTimeToLiveCommand({ TableName: TABLE, TimeToLiveSpecification: specification }));
    await assert.rejects(target.client.send(new UpdateTimeToLiveCommand({ TableName: TABLE, TimeToLiveSpecification: specification })), refusedWith('ValidationException', 'TimeToLive is already enabled'));
    const { TimeToLiveDescription: told } = await target.client.send(new DescribeTimeToLiveCommand({ TableName: TABLE }));
    assert.equal(told?.AttributeName, 'ttl');
  });

  it('with a key that is not defined are refused', () =>
    assert.rejects(
      target.client.send(new CreateTableCommand({ TableName: `${TABLE}-bad`, BillingMode: 'PAY_PER_REQUEST', AttributeDefinitions: [{ AttributeName: 'q', AttributeType: 'S' }], KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }] })),
      refusedWith('ValidationException'),
    ));
});
