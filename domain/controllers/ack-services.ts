import * as z from 'zod';
import type { RoleDocument } from '../parts/resource.ts';
import services from './ack-services.json' with { type: 'json' };
import type { ControllerPlace } from './place.ts';

/** What ACK's controllers need for the resources of a service: data, read strictly so that a slip in it shows at once. */
const Service = z.strictObject({
  source: z.string().min(1),
  /** ARNs with `{prefix}`, `{region}` and `{account}`. */
  resources: z.array(z.string().startsWith('arn:aws:').endsWith('{prefix}*')).min(1),
  /** Without the service's prefix. */
  actions: z.array(z.string().regex(/^[A-Z][A-Za-z0-9]+$/)).min(1),
});

const SERVICES: Readonly<Record<string, z.output<typeof Service>>> = z.record(z.string(), Service).parse(services);

/** Services whose resources a role can be made for. Rights over rights are none of them: the boundary lets no role of ours make roles. */
export const ACK_SERVICES = Object.keys(SERVICES) as [string, ...string[]];

/** A policy by service: everything of resources whose names begin as said, and nothing of others. */
export function ackPolicies(asked: readonly { readonly service: string; readonly namePrefix: string }[], { accountId, region }: Pick<ControllerPlace, 'accountId' | 'region'>): Readonly<Record<string, RoleDocument>> {
  return Object.fromEntries(
    ACK_SERVICES.flatMap((service): [string, RoleDocument][] => {
      const prefixes = asked.filter((one) => one.service === service).map(({ namePrefix }) => namePrefix);
      const { actions = [], resources = [] } = SERVICES[service] ?? {};
      if (prefixes.length === 0) return [];
      const on = prefixes.flatMap((prefix) => resources.map((arn) => arn.replace('{region}', region).replace('{account}', accountId).replace('{prefix}', prefix)));
      return [[service, { Version: '2012-10-17', Statement: [{ Sid: 'KeepByName', Effect: 'Allow', Action: actions.map((action) => `${service}:${action}`), Resource: on }] }]];
    }),
  );
}
