import type { Change } from '@aws-sdk/client-route-53';
import type { Call, Needed } from '../service.ts';
import { normalised } from './names.ts';
import { zoneOf } from './records.ts';
import type { Route53Records } from './records.ts';

interface Named {
  readonly Id?: string;
  readonly HostedZoneId?: string;
  readonly ResourceId?: string;
  readonly ResourceIds?: readonly string[];
  readonly VPC?: { readonly VPCId?: string; readonly VPCRegion?: string };
  readonly ChangeBatch?: { readonly Changes?: readonly Change[] };
}

const OF_NOTHING = ['CreateHostedZone', 'ListHostedZones', 'ListHostedZonesByName', 'GetHostedZoneCount'];

/** Source: Service Authorization Reference, Amazon Route 53: zones by their ARN, with the condition keys of the records that are changed. */
export function needsOf(operation: string, input: unknown, call: Call, records: Route53Records): Needed[] {
  const named = input as Named;
  const action = `route53:${operation}`;
  const vpcs = named.VPC === undefined ? {} : { context: { 'route53:VPCs': [`VPCId=${named.VPC.VPCId},VPCRegion=${named.VPC.VPCRegion}`] } };
  if (OF_NOTHING.includes(operation)) return [{ action, resource: '*', ...vpcs }];
  if (operation === 'GetChange') return [{ action, resource: `arn:aws:route53:::change/${named.Id?.replace(/^\/?change\//, '')}` }];
  const ids = named.ResourceIds ?? [named.HostedZoneId ?? named.Id ?? named.ResourceId ?? ''];
  return ids.map((id) => ({ action, resource: `arn:aws:route53:::hostedzone/${id.replace(/^\/?hostedzone\//, '')}`, context: { ...vpcs.context, ...tagContext(id, call, records), ...changeContext(named.ChangeBatch?.Changes) } }));
}

function tagContext(id: string, call: Call, records: Route53Records): Record<string, string> {
  const zone = records.zones.get(id.replace(/^\/?hostedzone\//, ''));
  if (zone?.accountId !== call.accountId) return {};
  return Object.fromEntries(Object.entries(zoneOf(records, call.accountId, id).tags).map(([key, value]) => [`aws:ResourceTag/${key}`, value]));
}

function changeContext(changes: readonly Change[] | undefined): Record<string, readonly string[]> {
  if (changes === undefined) return {};
  const sets = changes.flatMap(({ ResourceRecordSet }) => ResourceRecordSet ?? []);
  return {
    // Without the last dot, as the developer guide says of the key.
    'route53:ChangeResourceRecordSetsNormalizedRecordNames': sets.map(({ Name = '' }) => normalised(Name).slice(0, -1)),
    'route53:ChangeResourceRecordSetsRecordTypes': sets.map(({ Type = '' }) => Type),
    'route53:ChangeResourceRecordSetsActions': changes.map(({ Action = '' }) => Action),
  };
}
