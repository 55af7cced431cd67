import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KnownCatalogues, Ports } from '../../aws/ports.ts';
import type { ClusterFacts } from '../../domain/facts.ts';
import { keepControlPlane, lookAtCluster, lookAtSettling } from '../../workflows/steps/facts-of.ts';
import { aStep } from '../domain/operation-words.ts';
import { at133, clusterFacts } from '../domain/worlds.ts';

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

describe('A look between two hops', () => {
  const STEPS = [aStep({ kind: 'upgrade-addon', subject: 'coredns', state: 'Succeeded', endedAt: '2026-10-05T09:01:00.000Z' }), aStep({ id: '1.35/control-plane', hop: '1.35', state: 'Pending' })];

  /** A cluster that was seen at nine, and the control plane again `seenBefore` seconds before it is looked at between two hops, ten minutes past; what EKS was not asked for then. */
  async function sparedAt(look: (ports: Ports) => Promise<unknown>, seenBefore: number): Promise<{ cluster: boolean; addons: (string | undefined)[] }> {
    let now = NINE;
    let kept: ClusterFacts = { ...at133(), observedAt: new Date(NINE).toISOString() };
    let asked: KnownCatalogues | undefined;
    const ports = {
      clock: { now: () => now },
      accounts: { watch: async () => ({}) },
      store: { observation: async () => kept, recordObservation: async (_: string, facts: ClusterFacts) => void (kept = facts) },
      eks: {
        async facts(_session: unknown, _name: string, known: KnownCatalogues) {
          asked = known;
          return { ...at133(), observedAt: known.now };
        },
      },
    } as unknown as Ports;
    now = NINE + 10 * MINUTE_MS - seenBefore * 1000;
    await keepControlPlane(ports, WHERE, clusterFacts('1.34').cluster);
    now = NINE + 10 * MINUTE_MS;
    await look(ports);
    return { cluster: asked?.cluster?.version === '1.34', addons: (asked?.addons ?? []).map(({ addonName }) => addonName) };
  }
  const betweenHops = (ports: Ports) => lookAtSettling(ports, WHERE, NINE + 10 * MINUTE_MS, 300, STEPS);
  const others = at133().addons.map(({ addonName }) => addonName).filter((name) => name !== 'coredns');

  it('does not read again the control plane that its move was just judged by, nor add-ons that were left alone', async () => {
    assert.deepEqual(await sparedAt(betweenHops, 2), { cluster: true, addons: others });
    assert.deepEqual(await sparedAt(betweenHops, 16), { cluster: false, addons: others });
  });

  it('reads all of it where nothing more is to come, and where somebody asks', async () => {
    assert.deepEqual(await sparedAt((ports) => lookAtSettling(ports, WHERE, NINE + 10 * MINUTE_MS, 300), 2), { cluster: true, addons: [] });
    assert.deepEqual(await sparedAt((ports) => lookAtCluster(ports, WHERE), 2), { cluster: false, addons: [] });
  });
});
