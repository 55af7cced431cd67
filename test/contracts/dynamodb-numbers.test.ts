import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { addDecimals, compareDecimals, decimalKey, formatDecimal, parseDecimal } from '../../local/aws/dynamodb/decimal.ts';
import { fromText, toText, type Item } from '../../local/aws/dynamodb/values.ts';

const RUNS = { seed: 20261102, numRuns: 500 };
/** Digits and an exponent near each other, so that neighbours, prefixes and carries come up. */
const numbers = fc.record({ digits: fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), scale: fc.integer({ min: -6, max: 6 }) }).map(({ digits, scale }) => ({ written: `${digits}E${scale}`, exact: digits * 10n ** BigInt(scale + 6) }));
const small = fc.record({ digits: fc.bigInt({ min: -120n, max: 120n }), scale: fc.integer({ min: -2, max: 2 }) }).map(({ digits, scale }) => ({ written: `${digits}E${scale}`, exact: digits * 10n ** BigInt(scale + 6) }));
const sign = (n: bigint | number) => (n > 0 ? 1 : n < 0 ? -1 : 0);

describe('a DynamoDB number', () => {
  it('compares, and its key sorts, as the number does', () => {
    fc.assert(
      fc.property(fc.oneof(numbers, small), fc.oneof(numbers, small), (a, b) => {
        const [x, y] = [parseDecimal(a.written), parseDecimal(b.written)];
        assert.equal(sign(compareDecimals(x, y)), sign(a.exact - b.exact), `${a.written} to ${b.written}`);
        assert.equal(sign(Buffer.compare(decimalKey(x), decimalKey(y))), sign(a.exact - b.exact), `the keys of ${a.written} and ${b.written}`);
      }),
      RUNS,
    );
  });

  it('adds exactly', () => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const sum = addDecimals(parseDecimal(a.written), parseDecimal(b.written));
        assert.equal(formatDecimal(sum), formatDecimal(parseDecimal(`${a.exact + b.exact}E-6`)));
      }),
      RUNS,
    );
  });

  it('is written in one way only', () => {
    const ways: [string, string][] = [['1.50E+3', '1500'], ['-0.0', '0'], ['+007', '7'], ['.5', '0.5'], ['5.', '5'], ['1E-130', `0.${'0'.repeat(129)}1`], ['-12e-1', '-1.2']];
    for (const [given, written] of ways) assert.equal(formatDecimal(parseDecimal(given)), written);
  });
});

describe('an item on the disk', () => {
  it('comes back as it was, bytes and odd names included', () => {
    const item: Item = {
      B: { B: Buffer.from([1, 2, 255]) },
      set: { BS: [new Uint8Array([0]), new Uint8Array([9, 9])] },
      $bytes: { M: { $bytes: { S: '"$bytes"' }, deep: { L: [{ B: new Uint8Array([7]) }, { N: '1' }] } } },
    };
    const back = fromText(toText(item));
    assert.deepEqual(JSON.stringify(back, plain), JSON.stringify(item, plain));
    assert.ok(back['B']?.B instanceof Uint8Array);
  });
});

function plain(this: Record<string, unknown>, key: string, value: unknown): unknown {
  const held = this[key];
  return held instanceof Uint8Array ? [...held] : value;
}
