import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { Cluster } from '../../domain/cluster.ts';
import type { ClusterFacts } from '../../domain/facts.ts';
import type { Store } from '../ports.ts';
import { answerAction, answeredBy } from './answers.ts';
import { changeActions } from './changes.ts';
import type { Condition } from './expressions.ts';
import { accountKey, CLUSTERS, clusterKey, nameKey, observationKey } from './keys.ts';
import { allOf, equals, readList } from './lists.ts';
import { clusterIn, clusterItem } from './records.ts';
import type { Action, Stored, TableAccess } from './table-access.ts';

type Clusters = Pick<Store, 'cluster' | 'clusterNamed' | 'listClusters' | 'recordCluster' | 'changeCluster' | 'importCluster' | 'observation' | 'recordObservation'>;
type ClusterFilter = Parameters<Store['listClusters']>[0];

const zip = promisify(gzip);
const unzip = promisify(gunzip);

/** The name is free, and the account is registered for the region and verified; it counts one cluster more. */
export function newClusterActions(cluster: Cluster): { readonly name: Action; readonly account: Action } {
  const { accountId, region, name, clusterId } = cluster;
  return {
    name: { put: { ...nameKey(accountId, region, name), clusterId }, if: { that: 'attribute_not_exists(#pk)' } },
    account: {
      update: accountKey(accountId),
      change: { add: { clusterCount: 1 } },
      if: { that: '#verified = :yes AND contains(#regions, :region)', values: { yes: true, region } },
    },
  };
}

/** Writes a cluster over the one that was looked at. */
export function clusterOver(revision: number, cluster: Cluster, more?: Condition): Action {
  const seen: Condition = { that: '#revision = :revision', values: { revision } };
  return { put: clusterItem({ ...cluster, revision: revision + 1 }), if: allOf([seen, more]) ?? seen };
}

/** What stands where a write was refused. */
export function clusterMet(met: Stored | null | undefined): Cluster | undefined {
  return met === undefined || met === null ? undefined : clusterIn(met);
}

export function clusters(table: TableAccess): Clusters {
  const cluster = async (clusterId: string): Promise<Cluster | undefined> => {
    const item = await table.get(clusterKey(clusterId));
    return item === undefined ? undefined : clusterIn(item);
  };

  return {
    cluster,

    async clusterNamed(accountId, region, name) {
      const named = await table.get(nameKey(accountId, region, name));
      return named === undefined ? undefined : cluster(String(named['clusterId']));
    },

    async listClusters(filter, page) {
      const { team } = filter;
      const partition = team === undefined ? CLUSTERS : `${CLUSTERS}#${team}`;
      const { items, ...rest } = await readList(table, { index: team === undefined ? 'list' : 'team', partition, filter: clusterFilter(filter), forward: true, keyOf: clusterKey }, page);
      return { items: items.map(clusterIn), ...rest };
    },

    async recordCluster(seen) {
      const action = clusterOver(seen.revision, seen);
      const written = await table.write({ cluster: action });
      if (written.kind === 'written' || isOurs(action, written.met.cluster)) return { kind: 'written' };
      return { kind: 'moved', cluster: clusterMet(written.met.cluster) };
    },

    async changeCluster(before, after, change, answer) {
      const action = clusterOver(before.revision, after);
      const written = await table.write({ cluster: action, ...changeActions(change, after), answer: answerAction(answer) });
      if (written.kind === 'written' || isOurs(action, written.met.cluster)) return { kind: 'written' };
      return answeredBy(written.met) ?? { kind: 'moved', cluster: clusterMet(written.met.cluster) };
    },

    async importCluster(imported, answer) {
      const { name, account } = newClusterActions(imported);
      const written = await table.write({
        cluster: { put: clusterItem(imported), if: { that: 'attribute_not_exists(#pk)' } },
        name,
        account,
        answer: answerAction(answer),
      });
      if (written.kind === 'written' || written.met.name?.['clusterId'] === imported.clusterId) return { kind: 'written' };
      const answered = answeredBy(written.met);
      if (answered !== undefined) return answered;
      return written.met.name === undefined || written.met.name === null ? { kind: 'account-moved' } : { kind: 'exists', clusterId: String(written.met.name['clusterId']) };
    },

    async observation(clusterId) {
      const item = await table.get(observationKey(clusterId));
      if (item === undefined) return undefined;
      return JSON.parse((await unzip(item['facts'] as Uint8Array)).toString('utf8')) as ClusterFacts;
    },

    async recordObservation(clusterId, facts) {
      // A catalogue of add-ons is a hundred kilobytes of repetition: zipped, it costs a tenth.
      const zipped = await zip(JSON.stringify(facts));
      const lookedAt = facts.amendedAt ?? facts.observedAt;
      await table.write({
        observation: {
          put: { ...observationKey(clusterId), observedAt: lookedAt, facts: zipped },
          if: { that: 'attribute_not_exists(#pk) OR #observedAt <= :observedAt', values: { observedAt: lookedAt } },
        },
      });
    },
  };
}

/** A refused write met exactly what it was writing: it had been carried out, and the answer was lost. */
function isOurs(action: Action, met: Stored | null | undefined): boolean {
  return 'put' in action && met !== null && met !== undefined && JSON.stringify(sorted(action.put)) === JSON.stringify(sorted(met));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, member]) => [name, sorted(member)]));
}

function clusterFilter({ accountId, version, status, label }: ClusterFilter): Condition | undefined {
  return allOf([equals('accountId', accountId), equals('version', version), equals('status', status), label === undefined ? undefined : labelCondition(label)]);
}

function labelCondition({ key, value }: NonNullable<ClusterFilter['label']>): Condition {
  const names = { labelKey: key };
  if (value === undefined) return { that: 'attribute_exists(#labels.#labelKey)', names };
  return { that: '#labels.#labelKey = :labelValue', values: { labelValue: value }, names };
}
