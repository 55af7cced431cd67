import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import { Disk } from '../../local/disk.ts';

type Act = { readonly kind: 'put' | 'delete' | 'get'; readonly key: string; readonly value: number };

describe('Documents that are kept in memory', () => {
  const act = fc.record({ kind: fc.constantFrom('put', 'delete', 'get'), key: fc.constantFrom('a', 'b', 'c'), value: fc.nat() });
  const transactions = fc.array(fc.record({ acts: fc.array(act, { maxLength: 6 }), fails: fc.boolean() }), { maxLength: 8 });

  it('read as they stand on the disk, whatever was written, removed and undone', () => {
    fc.assert(
      fc.property(transactions, (played) => {
        const disk = new Disk(':memory:');
        const [kept, other, plain] = [disk.kept<{ n: number }>('things'), disk.kept<{ n: number }>('things'), disk.collection<{ n: number }>('things')];
        const one = ({ kind, key, value }: Act): void => void (kind === 'put' ? kept.put(key, { n: value }) : kind === 'delete' ? kept.delete(key) : other.get(key));
        for (const { acts, fails } of played) {
          try {
            disk.transaction(() => {
              acts.forEach(one);
              if (fails) throw new Error('undone');
            });
          } catch (error) {
            assert.equal((error as Error).message, 'undone');
          }
          for (const key of ['a', 'b', 'c']) for (const reader of [kept, other]) assert.deepEqual(reader.get(key), plain.get(key));
        }
        disk.close();
      }),
      { numRuns: 50 },
    );
  });

  it('can be changed by nobody who has read them', () => {
    const disk = new Disk(':memory:');
    const kept = disk.kept<{ inner: { list: number[] } }>('things');
    kept.put('a', { inner: { list: [1] } });
    assert.throws(() => kept.get('a')?.inner.list.push(2), TypeError);
    assert.deepEqual(kept.get('a'), { inner: { list: [1] } });
    disk.close();
  });
});
