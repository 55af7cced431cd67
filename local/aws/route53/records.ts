import type { ResourceRecordSet, VPC } from '@aws-sdk/client-route-53';
import type { Collection, Disk } from '../../disk.ts';
import { AwsError } from '../service.ts';
import { normalised, sortKey } from './names.ts';

export interface ZoneRecord {
  /** `Z` and twenty letters and digits, without `/hostedzone/`. */
  readonly id: string;
  readonly accountId: string;
  /** With its last dot. */
  readonly name: string;
  readonly callerReference: string;
  readonly comment?: string;
  readonly isPrivate: boolean;
  readonly vpcs: readonly VPC[];
  readonly nameServers: readonly string[];
  readonly createdAt: number;
  readonly tags: Readonly<Record<string, string>>;
}

export interface RecordSetRecord {
  readonly zoneId: string;
  readonly set: ResourceRecordSet;
  /** Virtual epoch ms: since when it says what it says. */
  readonly changedAt: number;
}

export interface ChangeRecord {
  readonly id: string;
  readonly accountId: string;
  readonly submittedAt: number;
  readonly comment?: string;
}

/** A change is known everywhere so soon after it was asked. Route 53 says "generally within 60 seconds". */
export const PROPAGATION_SECONDS = 60;

/** What Route 53 remembers, of every account. */
export class Route53Records {
  readonly zones: Collection<ZoneRecord>;
  readonly changes: Collection<ChangeRecord>;
  readonly #sets: Collection<RecordSetRecord>;

  constructor(disk: Disk) {
    this.zones = disk.collection('route53-zones');
    this.changes = disk.collection('route53-changes');
    this.#sets = disk.collection('route53-record-sets');
  }

  zonesOf(accountId: string): ZoneRecord[] {
    return this.zones.list().filter((zone) => zone.accountId === accountId);
  }

  /** The sets of a zone in Route 53's order. */
  setsOf(zoneId: string): RecordSetRecord[] {
    return this.#sets.list(`${zoneId}/`);
  }

  setAt(zoneId: string, set: ResourceRecordSet): RecordSetRecord | undefined {
    return this.#sets.get(keyOf(zoneId, set));
  }

  putSet(record: RecordSetRecord): void {
    this.#sets.put(keyOf(record.zoneId, record.set), record);
  }

  removeSet(zoneId: string, set: ResourceRecordSet): void {
    this.#sets.delete(keyOf(zoneId, set));
  }

  /** What the world's resolvers find under a name: the values of public zones that have propagated by `now`, with the time at which they did. */
  resolve(name: string, type: string, now: number): { readonly values: readonly string[]; readonly since: number } | undefined {
    const found = this.zones
      .list()
      .filter((zone) => !zone.isPrivate && normalised(name).endsWith(`.${zone.name}`))
      .flatMap((zone) => this.setAt(zone.id, { Name: normalised(name), Type: type as ResourceRecordSet['Type'] }) ?? [])
      .map(({ set, changedAt }) => ({ values: (set.ResourceRecords ?? []).map(({ Value = '' }) => Value), since: changedAt + PROPAGATION_SECONDS * 1000 }))
      .filter(({ since }) => since <= now);
    return found[0];
  }
}

const keyOf = (zoneId: string, { Name = '', Type = 'A', SetIdentifier = '' }: ResourceRecordSet): string => `${zoneId}/${sortKey(Name)} ${Type} ${SetIdentifier}`;

/** A zone that the account has; `/hostedzone/` before its id is passed over. */
export function zoneOf(records: Route53Records, accountId: string, id = ''): ZoneRecord {
  const zone = records.zones.get(id.replace(/^\/?hostedzone\//, ''));
  if (zone === undefined || zone.accountId !== accountId) throw new AwsError('NoSuchHostedZone', `No hosted zone found with ID: ${id.replace(/^\/?hostedzone\//, '')}`, 404);
  return zone;
}
