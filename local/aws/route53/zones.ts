import type {
  AssociateVPCWithHostedZoneRequest,
  ChangeInfo,
  CreateHostedZoneRequest,
  DeleteHostedZoneRequest,
  DisassociateVPCFromHostedZoneRequest,
  GetChangeRequest,
  GetHostedZoneRequest,
  HostedZone,
  ListHostedZonesByNameRequest,
  ListHostedZonesRequest,
  UpdateHostedZoneCommentRequest,
  VPC,
} from '@aws-sdk/client-route-53';
import { iamId } from '../arn.ts';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler, World } from '../service.ts';
import { checkName, invalidInput, normalised, sortKey } from './names.ts';
import { PROPAGATION_SECONDS, zoneOf } from './records.ts';
import type { ChangeRecord, Route53Records, ZoneRecord } from './records.ts';

/** Source: Route 53 developer guide, "Quotas". */
const ZONES_MAX = 500;
const ITEMS_MAX = 100;
const REFERENCE_MAX = 128;
const NS_SECONDS = 172_800;
const SOA_SECONDS = 900;

export type HasVpc = (accountId: string, region: string, vpcId: string) => boolean;

/** Hosted zones, public and private. Source: Route 53 API reference. */
export function zoneOperations(world: World, records: Route53Records, hasVpc: HasVpc): Record<string, OperationHandler> {
  const changed = (call: Call, comment?: string): ChangeInfo => newChange(world, records, call, comment);
  const shown = (zone: ZoneRecord): HostedZone => ({
    Id: `/hostedzone/${zone.id}`,
    Name: zone.name,
    CallerReference: zone.callerReference,
    Config: { ...(zone.comment === undefined ? {} : { Comment: zone.comment }), PrivateZone: zone.isPrivate },
    ResourceRecordSetCount: records.setsOf(zone.id).length,
  });
  const requireVpc = (call: Call, vpc: VPC): void => {
    if (!hasVpc(call.accountId, vpc.VPCRegion ?? '', vpc.VPCId ?? '')) throw new AwsError('InvalidVPCId', `The VPC: ${vpc.VPCId} that you provided is not authorized to make the association.`, 400);
  };
  const requireNoClash = (call: Call, name: string, vpc: VPC): void => {
    const clash = records.zonesOf(call.accountId).find((zone) => zone.name === name && zone.vpcs.some(({ VPCId }) => VPCId === vpc.VPCId));
    if (clash !== undefined) throw new AwsError('ConflictingDomainExists', `The VPC ${vpc.VPCId} in region ${vpc.VPCRegion} has already been associated with the hosted zone ${clash.id} with the same domain name.`, 400);
  };

  return {
    CreateHostedZone(input: CreateHostedZoneRequest, call: Call) {
      const zone = newZone(world, records, input, call);
      if (input.VPC !== undefined) {
        requireVpc(call, input.VPC);
        requireNoClash(call, zone.name, input.VPC);
      }
      records.zones.put(zone.id, zone);
      begin(records, zone);
      return {
        HostedZone: shown(zone),
        ChangeInfo: changed(call),
        DelegationSet: { NameServers: [...zone.nameServers] },
        ...(input.VPC === undefined ? {} : { VPC: input.VPC }),
        Location: `${call.endpoint}/2013-04-01/hostedzone/${zone.id}`,
      };
    },

    GetHostedZone(input: GetHostedZoneRequest, call: Call) {
      const zone = zoneOf(records, call.accountId, input.Id);
      return { HostedZone: shown(zone), ...(zone.isPrivate ? { VPCs: [...zone.vpcs] } : { DelegationSet: { NameServers: [...zone.nameServers] } }) };
    },

    GetHostedZoneCount: (_input: unknown, call: Call) => ({ HostedZoneCount: records.zonesOf(call.accountId).length }),

    ListHostedZones(input: ListHostedZonesRequest, call: Call) {
      if (input.DelegationSetId !== undefined) throw new AwsError('NotImplemented', 'The simulated Route 53 has no reusable delegation sets.', 501);
      const size = sizeOf(input.MaxItems);
      const all = records.zonesOf(call.accountId).filter(({ isPrivate }) => input.HostedZoneType !== 'PrivateHostedZone' || isPrivate);
      const start = input.Marker === undefined ? 0 : all.findIndex(({ id }) => id === input.Marker);
      if (start < 0) throw invalidInput(`The marker ${input.Marker} is not valid.`);
      const next = all[start + size];
      return {
        HostedZones: all.slice(start, start + size).map(shown),
        Marker: input.Marker ?? '',
        IsTruncated: next !== undefined,
        ...(next === undefined ? {} : { NextMarker: next.id }),
        MaxItems: size,
      };
    },

    ListHostedZonesByName(input: ListHostedZonesByNameRequest, call: Call) {
      const size = sizeOf(input.MaxItems);
      const ordered = records.zonesOf(call.accountId).sort((a, b) => compare(sortKey(a.name), sortKey(b.name)) || compare(a.id, b.id));
      const from = input.DNSName === undefined ? '' : sortKey(input.DNSName);
      const rest = ordered.filter((zone) => compare(sortKey(zone.name), from) > 0 || (sortKey(zone.name) === from && compare(zone.id, input.HostedZoneId ?? '') >= 0) || from === '');
      const next = rest[size];
      return {
        HostedZones: rest.slice(0, size).map(shown),
        ...(input.DNSName === undefined ? {} : { DNSName: input.DNSName }),
        ...(input.HostedZoneId === undefined ? {} : { HostedZoneId: input.HostedZoneId }),
        IsTruncated: next !== undefined,
        ...(next === undefined ? {} : { NextDNSName: next.name, NextHostedZoneId: next.id }),
        MaxItems: size,
      };
    },

    UpdateHostedZoneComment(input: UpdateHostedZoneCommentRequest, call: Call) {
      const { comment: _comment, ...zone } = zoneOf(records, call.accountId, input.Id);
      const after = { ...zone, ...(input.Comment === undefined ? {} : { comment: input.Comment }) };
      records.zones.put(zone.id, after);
      return { HostedZone: shown(after) };
    },

    DeleteHostedZone(input: DeleteHostedZoneRequest, call: Call) {
      const zone = zoneOf(records, call.accountId, input.Id);
      const sets = records.setsOf(zone.id);
      if (sets.some(({ set }) => set.Name !== zone.name || (set.Type !== 'NS' && set.Type !== 'SOA')))
        throw new AwsError('HostedZoneNotEmpty', 'The specified hosted zone contains non-required resource record sets and so cannot be deleted.', 400);
      for (const { set } of sets) records.removeSet(zone.id, set);
      records.zones.delete(zone.id);
      return { ChangeInfo: changed(call) };
    },

    AssociateVPCWithHostedZone(input: AssociateVPCWithHostedZoneRequest, call: Call) {
      const zone = zoneOf(records, call.accountId, input.HostedZoneId);
      const vpc = input.VPC ?? {};
      if (!zone.isPrivate) throw new AwsError('PublicZoneVPCAssociation', 'You are trying to associate a VPC with a public hosted zone. Amazon Route 53 does not support associating a VPC with a public hosted zone.', 400);
      requireVpc(call, vpc);
      requireNoClash(call, zone.name, vpc);
      records.zones.put(zone.id, { ...zone, vpcs: [...zone.vpcs, vpc] });
      return { ChangeInfo: changed(call, input.Comment) };
    },

    DisassociateVPCFromHostedZone(input: DisassociateVPCFromHostedZoneRequest, call: Call) {
      const zone = zoneOf(records, call.accountId, input.HostedZoneId);
      const kept = zone.vpcs.filter(({ VPCId }) => VPCId !== input.VPC?.VPCId);
      if (kept.length === zone.vpcs.length) throw new AwsError('VPCAssociationNotFound', `The VPC ${input.VPC?.VPCId} is not associated with the hosted zone.`, 404);
      if (kept.length === 0) throw new AwsError('LastVPCAssociation', 'The VPC that you are trying to disassociate from the private hosted zone is the last VPC that is associated with the hosted zone.', 400);
      records.zones.put(zone.id, { ...zone, vpcs: kept });
      return { ChangeInfo: changed(call, input.Comment) };
    },

    GetChange(input: GetChangeRequest, call: Call) {
      const change = records.changes.get((input.Id ?? '').replace(/^\/?change\//, ''));
      if (change === undefined || change.accountId !== call.accountId) throw new AwsError('NoSuchChange', `A change with the ID ${input.Id} does not exist.`, 404);
      return { ChangeInfo: infoOf(change, call.now) };
    },
  };
}

/** Writes a change down; its end is a matter of the clock. */
export function newChange(world: World, records: Route53Records, call: Call, comment?: string): ChangeInfo {
  const change = { id: iamId('C', world.newId(), 20), accountId: call.accountId, submittedAt: call.now, ...(comment === undefined ? {} : { comment }) };
  records.changes.put(change.id, change);
  return infoOf(change, call.now);
}

function infoOf(change: ChangeRecord, now: number): ChangeInfo {
  return {
    Id: `/change/${change.id}`,
    Status: now >= change.submittedAt + PROPAGATION_SECONDS * 1000 ? 'INSYNC' : 'PENDING',
    SubmittedAt: new Date(change.submittedAt),
    ...(change.comment === undefined ? {} : { Comment: change.comment }),
  };
}

function newZone(world: World, records: Route53Records, input: CreateHostedZoneRequest, call: Call): ZoneRecord {
  const callerReference = input.CallerReference ?? '';
  checkName(input.Name ?? '');
  if (callerReference.length < 1 || callerReference.length > REFERENCE_MAX) throw invalidInput(`The caller reference must have between 1 and ${REFERENCE_MAX} characters.`);
  if (input.DelegationSetId !== undefined) throw new AwsError('NotImplemented', 'The simulated Route 53 has no reusable delegation sets.', 501);
  if (input.HostedZoneConfig?.PrivateZone === true && input.VPC === undefined) throw invalidInput('When you create a private hosted zone, you must specify a VPC.');
  const existing = records.zonesOf(call.accountId);
  const twin = existing.find((zone) => zone.callerReference === callerReference);
  if (twin !== undefined) throw new AwsError('HostedZoneAlreadyExists', `A hosted zone has already been created with the specified caller reference.`, 409);
  if (existing.length >= ZONES_MAX) throw new AwsError('TooManyHostedZones', `Limits Exceeded: MAX_HOSTED_ZONES_BY_OWNER - Cannot create more hosted zones.`, 400);
  const id = iamId('Z', world.newId(), 20);
  const number = 1 + (id.charCodeAt(3) % 500);
  const isPrivate = input.VPC !== undefined;
  return {
    id,
    accountId: call.accountId,
    name: normalised(input.Name ?? ''),
    callerReference,
    ...(input.HostedZoneConfig?.Comment === undefined ? {} : { comment: input.HostedZoneConfig.Comment }),
    isPrivate,
    vpcs: input.VPC === undefined ? [] : [input.VPC],
    nameServers: isPrivate ? ['ns-0.awsdns-00.com', 'ns-512.awsdns-00.net', 'ns-1024.awsdns-00.org', 'ns-1536.awsdns-00.co.uk'] : [`ns-${number}.awsdns-10.com`, `ns-${number + 512}.awsdns-20.net`, `ns-${number + 1024}.awsdns-30.org`, `ns-${number + 1536}.awsdns-40.co.uk`],
    createdAt: call.now,
    tags: {},
  };
}

/** Every zone is born with its name servers and its start of authority. */
function begin(records: Route53Records, { id, name, nameServers, createdAt }: ZoneRecord): void {
  records.putSet({ zoneId: id, changedAt: createdAt, set: { Name: name, Type: 'NS', TTL: NS_SECONDS, ResourceRecords: nameServers.map((server) => ({ Value: `${server}.` })) } });
  records.putSet({ zoneId: id, changedAt: createdAt, set: { Name: name, Type: 'SOA', TTL: SOA_SECONDS, ResourceRecords: [{ Value: `${nameServers[0]}. awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400` }] } });
}

function sizeOf(asked: number | undefined): number {
  const size = asked ?? ITEMS_MAX;
  if (!Number.isInteger(size) || size < 1) throw invalidInput(`MaxItems must be a positive number: ${size}`);
  return Math.min(size, ITEMS_MAX);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
