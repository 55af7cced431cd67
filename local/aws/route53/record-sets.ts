import { isIPv4, isIPv6 } from 'node:net';
import type { Change, ChangeResourceRecordSetsRequest, ListResourceRecordSetsRequest, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler, World } from '../service.ts';
import { invalidInput, isWithin, normalised, sortKey } from './names.ts';
import { zoneOf } from './records.ts';
import type { Route53Records, ZoneRecord } from './records.ts';
import { newChange } from './zones.ts';

/** Source: Route 53 developer guide, "Quotas", on ChangeResourceRecordSets. */
const CHANGES_MAX = 1000;
const VALUE_CHARACTERS_MAX = 32_000;
const SETS_PER_ZONE_MAX = 10_000;
const ITEMS_MAX = 300;
const TTL_MAX = 2_147_483_647;
const TYPES = ['SOA', 'A', 'TXT', 'NS', 'CNAME', 'MX', 'NAPTR', 'PTR', 'SRV', 'SPF', 'AAAA', 'CAA', 'DS', 'TLSA', 'SSHFP', 'SVCB', 'HTTPS'];
const TEXT = /^("(?:[^"\\]|\\.){0,255}"\s*)+$/;
const ROUTED = ['Weight', 'Region', 'GeoLocation', 'Failover', 'MultiValueAnswer', 'CidrRoutingConfig', 'GeoProximityLocation'] as const;

/** The records of hosted zones. Source: Route 53 API reference, ChangeResourceRecordSets; its refusals as its users report them. */
export function recordSetOperations(world: World, records: Route53Records): Record<string, OperationHandler> {
  return {
    ChangeResourceRecordSets(input: ChangeResourceRecordSetsRequest, call: Call) {
      const zone = zoneOf(records, call.accountId, input.HostedZoneId);
      const changes = input.ChangeBatch?.Changes ?? [];
      if (changes.length === 0) throw invalidInput("1 validation error detected: Value '[]' at 'changeBatch.changes' failed to satisfy constraint: Member must have length greater than or equal to 1");
      if (changes.length > CHANGES_MAX) throw refused([`Number of records limit of ${CHANGES_MAX} exceeded.`]);
      const weight = changes.flatMap(({ ResourceRecordSet: set }) => set?.ResourceRecords ?? []).reduce((sum, { Value = '' }) => sum + Value.length, 0);
      if (weight > VALUE_CHARACTERS_MAX) throw refused([`Number of characters limit of ${VALUE_CHARACTERS_MAX} exceeded.`]);
      // The batch is one: each change sees those before it, and one that is wrong undoes all of them.
      const wrong = changes.flatMap((change) => apply(records, zone, change, call.now) ?? []);
      if (wrong.length > 0) throw refused(wrong);
      if (records.setsOf(zone.id).length > SETS_PER_ZONE_MAX) throw refused([`The hosted zone ${zone.id} can have at most ${SETS_PER_ZONE_MAX} resource record sets.`]);
      return { ChangeInfo: newChange(world, records, call, input.ChangeBatch?.Comment) };
    },

    ListResourceRecordSets(input: ListResourceRecordSetsRequest, call: Call) {
      const zone = zoneOf(records, call.accountId, input.HostedZoneId);
      if (input.StartRecordType !== undefined && input.StartRecordName === undefined) throw invalidInput('If you specify the record type, you must specify the record name.');
      const size = Math.min(input.MaxItems ?? ITEMS_MAX, ITEMS_MAX);
      const from = input.StartRecordName === undefined ? '' : `${sortKey(input.StartRecordName)} ${input.StartRecordType ?? ''} ${input.StartRecordIdentifier ?? ''}`.trimEnd();
      const rest = records.setsOf(zone.id).filter(({ set }) => from === '' || placeOf(set) >= from);
      const next = rest[size]?.set;
      return {
        ResourceRecordSets: rest.slice(0, size).map(({ set }) => set),
        IsTruncated: next !== undefined,
        ...(next === undefined ? {} : { NextRecordName: next.Name, NextRecordType: next.Type, ...(next.SetIdentifier === undefined ? {} : { NextRecordIdentifier: next.SetIdentifier }) }),
        MaxItems: size,
      };
    },
  };
}

const placeOf = ({ Name = '', Type = 'A', SetIdentifier = '' }: ResourceRecordSet): string => `${sortKey(Name)} ${Type} ${SetIdentifier}`.trimEnd();

function refused(messages: readonly string[]): AwsError {
  return new AwsError('InvalidChangeBatch', `[${messages.join(', ')}]`, 400);
}

/** Carries out one change; answers what is wrong with it. */
function apply(records: Route53Records, zone: ZoneRecord, { Action, ResourceRecordSet: asked }: Change, now: number): string | undefined {
  const set = kept(asked ?? { Name: undefined, Type: undefined });
  const called = `[name='${set.Name}', type='${set.Type}'${set.SetIdentifier === undefined ? '' : `, set-identifier='${set.SetIdentifier}'`}]`;
  const existing = records.setAt(zone.id, set);
  if (Action === 'DELETE') {
    if (existing === undefined) return `Tried to delete resource record set ${called} but it was not found`;
    if (meaning(existing.set) !== meaning(set)) return `Tried to delete resource record set ${called} but the values provided do not match the current values`;
    if (set.Name === zone.name && (set.Type === 'NS' || set.Type === 'SOA')) return `A HostedZone must contain exactly one ${set.Type} record`;
    records.removeSet(zone.id, set);
    return undefined;
  }
  const problem = problemOf(set, zone) ?? rivalry(records, zone, set);
  if (problem !== undefined) return problem;
  if (Action === 'CREATE' && existing !== undefined) return `Tried to create resource record set ${called} but it already exists`;
  if (existing === undefined || meaning(existing.set) !== meaning(set)) records.putSet({ zoneId: zone.id, set, changedAt: now });
  return undefined;
}

/** A set as it is kept: its name normalised, its members in one order. */
function kept(set: ResourceRecordSet): ResourceRecordSet {
  const target = set.AliasTarget;
  return {
    ...set,
    Name: normalised(set.Name ?? ''),
    ...(target === undefined ? {} : { AliasTarget: { ...target, DNSName: normalised(target.DNSName ?? '') } }),
  };
}

/** Equal for sets that say the same, whatever the order of their values. */
function meaning(set: ResourceRecordSet): string {
  const { ResourceRecords = [], ...rest } = set;
  return JSON.stringify([Object.entries(rest).filter(([, value]) => value !== undefined).sort(([a], [b]) => (a < b ? -1 : 1)), ResourceRecords.map(({ Value }) => Value).sort()]);
}

function problemOf(set: ResourceRecordSet, zone: ZoneRecord): string | undefined {
  const { Name = '', Type = '', TTL, ResourceRecords = [], AliasTarget } = set;
  if (!TYPES.includes(Type)) return `Invalid request: Expected exactly one of [${TYPES.join(', ')}] but found '${Type}' in Change with [name=${Name}]`;
  if (!isWithin(Name, zone.name)) return `RRSet with DNS name ${Name} is not permitted in zone ${zone.name}`;
  if (Type === 'CNAME' && Name === zone.name) return `RRSet of type CNAME with DNS name ${Name} is not permitted at apex in zone ${zone.name}`;
  const routed = ROUTED.some((policy) => set[policy] !== undefined);
  if (routed !== (set.SetIdentifier !== undefined)) return `Invalid request: Missing or superfluous field 'SetIdentifier' in Change with [Name=${Name}, Type=${Type}]`;
  if (AliasTarget !== undefined) return ResourceRecords.length > 0 || TTL !== undefined ? `Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords]], but found more than one in Change with [Name=${Name}, Type=${Type}]` : undefined;
  if (ResourceRecords.length === 0 || TTL === undefined) return `Invalid request: Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found none in Change with [Name=${Name}, Type=${Type}]`;
  if (!Number.isInteger(TTL) || TTL < 0 || TTL > TTL_MAX) return `Invalid request: TTL must be between 0 and ${TTL_MAX} in Change with [Name=${Name}, Type=${Type}]`;
  if (Type === 'CNAME' && ResourceRecords.length > 1) return `RRSet of type CNAME with DNS name ${Name} has more than one value`;
  const values = ResourceRecords.map(({ Value = '' }) => Value);
  if (new Set(values).size < values.length) return `Duplicate Resource Record: '${values.find((value, index) => values.indexOf(value) < index)}'`;
  const unfit = values.find((value) => !fits(Type, value));
  return unfit === undefined ? undefined : `Invalid Resource Record: 'FATAL problem: ${WRONG[Type] ?? 'InvalidValue'} encountered with '${unfit}''`;
}

const WRONG: Readonly<Record<string, string>> = { A: 'ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)', AAAA: 'AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)', TXT: 'InvalidCharacterString (Value should be enclosed in quotation marks)' };

function fits(type: string, value: string): boolean {
  if (type === 'A') return isIPv4(value);
  if (type === 'AAAA') return isIPv6(value);
  return type === 'TXT' || type === 'SPF' ? TEXT.test(value) : value !== '';
}

/** A CNAME is alone under its name, and sets of one name and type are all simple or all of one policy. */
function rivalry(records: Route53Records, zone: ZoneRecord, set: ResourceRecordSet): string | undefined {
  const { Name = '', Type = '', SetIdentifier } = set;
  const others = records.setsOf(zone.id).map((record) => record.set).filter((other) => other.Name === Name);
  const rival = others.find((other) => other.Type !== Type && (other.Type === 'CNAME' || Type === 'CNAME'));
  if (rival !== undefined) return `RRSet of type ${Type} with DNS name ${Name} is not permitted because a conflicting RRSet of type ${rival.Type} with the same DNS name already exists in zone ${zone.name}`;
  const policyOf = (other: ResourceRecordSet): string | undefined => ROUTED.find((policy) => other[policy] !== undefined);
  const mixed = others.find((other) => other.Type === Type && other.SetIdentifier !== SetIdentifier && policyOf(other) !== policyOf(set));
  return mixed === undefined ? undefined : `RRSet with DNS name ${Name}, type ${Type}, SetIdentifier ${SetIdentifier} cannot be created because a non multivalue answer rrset exists with the same name and type.`;
}
