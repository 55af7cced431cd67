import * as z from 'zod';
import { RoleArn } from '../request-words.ts';

/** More zones in one policy than IAM has room for beside the rest. */
const ZONES_MAX = 50;

/** Route 53: `Z` and up to 31 letters and digits (source: Route 53 API reference, ResourceId). */
export const HostedZoneId = z.string().max(32).regex(/^Z[0-9A-Z]{1,31}$/, 'Not a hosted zone id, as in Z0123456789ABCDEFGHIJ');

const once = (values: readonly string[]): boolean => new Set(values).size === values.length;

/** Names that ExternalDNS keeps in Route 53. */
export const DnsWish = z.strictObject({
  hostedZoneIds: z.array(HostedZoneId).max(ZONES_MAX).refine(once, { message: 'Each zone once' }),
  crossAccountRoleArn: RoleArn.optional().meta({ description: 'A role of the account that owns the zones; what it must trust and allow is told with what is handed over.' }),
  policy: z.enum(['sync', 'upsert-only']).optional().meta({ description: '`upsert-only` when not given: records that nothing asks for any more stay.' }),
  sources: z.array(z.enum(['service', 'ingress'])).min(1).max(2).refine(once, { message: 'Each source once' }).optional().meta({ description: 'Services and Ingresses when not given.' }),
  txtOwnerId: z
    .string()
    .max(63)
    .regex(/^[0-9A-Za-z]([0-9A-Za-z._-]*[0-9A-Za-z])?$/, 'Letters, digits, dots, hyphens and underscores')
    .optional()
    .meta({ description: "By what records are known as this cluster's. Made of the cluster's id when not given, which no other cluster has." }),
});
export type DnsWish = z.output<typeof DnsWish>;
