import type { RoleDocument } from '../parts/resource.ts';

/** Types of records that ExternalDNS keeps by default, and TXT for its registry (source: ExternalDNS, flags, managed-record-types and registry). */
const RECORD_TYPES: readonly string[] = ['A', 'AAAA', 'CNAME', 'TXT'];

/** How ExternalDNS may change records: `sync` takes away what nothing asks for any more, `upsert-only` never does. */
export type DnsPolicy = 'sync' | 'upsert-only';

/**
 * What ExternalDNS may do in exactly these zones (source: ExternalDNS, AWS tutorial, IAM permissions with ABAC, and its further improvements:
 * named zones; Route 53 developer guide, conditions for record sets). All zones are listed, since Route 53 knows no resource for
 * that; in others than these nothing is read or changed.
 */
export function externalDnsPolicies(hostedZoneIds: readonly string[], policy: DnsPolicy): Readonly<Record<string, RoleDocument>> {
  const zones = hostedZoneIds.map((id) => `arn:aws:route53:::hostedzone/${id}`);
  return {
    zones: {
      Version: '2012-10-17',
      Statement: [
        {
          Sid: 'ChangeRecords',
          Effect: 'Allow',
          Action: ['route53:ChangeResourceRecordSets'],
          Resource: zones,
          Condition: {
            'ForAllValues:StringEquals': {
              'route53:ChangeResourceRecordSetsRecordTypes': RECORD_TYPES,
              'route53:ChangeResourceRecordSetsActions': policy === 'sync' ? ['CREATE', 'DELETE', 'UPSERT'] : ['CREATE', 'UPSERT'],
            },
          },
        },
        { Sid: 'ReadRecords', Effect: 'Allow', Action: ['route53:ListResourceRecordSets', 'route53:ListTagsForResources'], Resource: zones },
        { Sid: 'FindZones', Effect: 'Allow', Action: ['route53:ListHostedZones'], Resource: ['*'] },
      ],
    },
  };
}
