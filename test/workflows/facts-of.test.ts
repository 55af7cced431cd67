import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KnownCatalogues, Ports } from '../../aws/ports.ts';
import type { ClusterFacts } from '../../domain/facts.ts';
import { lookAtCluster } from '../../workflows/steps/facts-of.ts';
import { clusterFacts } from '../domain/worlds.ts';

const NINE = Date.parse('2026-10-05T09:00:00Z');
const MINUTE_MS = 60_000;
const WHERE = { accountId: '111111111111', region: 'eu-west-1', clusterId: 'c-1', clusterName: 'prod' };

/** Looks at a cluster so many minutes after nine, and tells at which of the looks the catalogues were read. */
async function readAt(...minutes: readonly number[]): Promise<number[]> {
  const read: number[] = [];
  let now = NINE;
  let kept: ClusterFacts | undefined;
  const ports = {
    clock: { now: () => now },
    accounts: { watch: async () => ({}) },
    store: { observation: async () => kept, recordObservation: async (_: string, facts: ClusterFacts) => void (kept = facts) },
    eks: {
      async facts(_session: unknown, _name: string, known: KnownCatalogues) {
        if (known.addonCatalogue === undefined) read.push((now - NINE) / MINUTE_MS);
        return { ...clusterFacts('1.34'), observedAt: known.now };
      },
    },
  } as unknown as Ports;
  for (const minute of minutes) {
    now = NINE + minute * MINUTE_MS;
    await lookAtCluster(ports, WHERE);
  }
  return read;
}

describe('A look at a cluster', () => {
  it('reads what EKS offers anew after two hours, however often it was looked at meanwhile', async () => {
    assert.deepEqual(await readAt(0, 119), [0]);
    assert.deepEqual(await readAt(0, 121), [0, 121]);
    assert.deepEqual(await readAt(0, 50, 100, 150, 200, 250, 300), [0, 150, 300]);
  });
});
