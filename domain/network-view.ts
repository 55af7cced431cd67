import * as z from 'zod';
import type { CniSettings } from './addresses/cni-settings.ts';
import { forecast, type ForecastAsk } from './addresses/forecast.ts';
import type { ClusterFacts, ZoneFacts } from './facts.ts';
import { DISALLOWED_ZONE_IDS } from './zones.ts';

/** What clients are told of zones and subnets: the schemas, and the mappings from what was seen. */

export const ZoneView = z
  .strictObject({
    zoneId: z.string().meta({ description: 'The same place in every account: what requests name.' }),
    zoneName: z.string().meta({ description: 'What this account calls it; another account may call it otherwise.' }),
    zoneType: z.string(),
    state: z.string(),
    optIn: z.string(),
    controlPlanes: z.boolean().meta({ description: 'Whether EKS puts control planes there. Nodes may be in the others all the same.' }),
  })
  .meta({ id: 'Zone' });

export function viewZone(zone: ZoneFacts): z.input<typeof ZoneView> {
  return { ...zone, controlPlanes: zone.zoneType === 'availability-zone' && !DISALLOWED_ZONE_IDS.includes(zone.zoneId) };
}

const Count = z.int().meta({ description: 'Below zero: so many are missing.' });

const SubnetView = z
  .strictObject({
    subnetId: z.string(),
    vpcId: z.string(),
    zoneId: z.string(),
    zoneName: z.string(),
    cidrBlock: z.string().optional(),
    ipv6: z.boolean().optional(),
    ownerAccountId: z.string().optional(),
    shared: z.boolean().meta({ description: 'It belongs to another account, which alone tags it and changes its routes.' }),
    usedBy: z.array(z.string()).meta({ description: '`control-plane`, `pods`, and node groups as `nodegroup/blue`.' }),
    freeAddresses: z.int(),
    forecast: z.strictObject({
      freeAtMaximum: Count,
      freeAtMaximumFull: Count,
      freeDuringUpgrade: Count,
      roomForNodes: z.record(z.string(), z.int()),
      notCounted: z.array(z.string()).meta({ description: 'Node groups whose instance types are not known, so that nothing of theirs is counted.' }),
    }),
  })
  .meta({ id: 'Subnet' });

export const SubnetsView = z
  .strictObject({
    observedAt: z.iso.datetime(),
    cni: z
      .strictObject({ read: z.boolean(), prefixDelegation: z.boolean(), warmPrefixTarget: z.int(), warmEniTarget: z.int(), warmIpTarget: z.int().optional(), minimumIpTarget: z.int().optional(), customNetworking: z.boolean() })
      .meta({ description: 'How the VPC CNI keeps addresses, as its add-on says. `read` is false where its settings could not be read: then its defaults count.' }),
    items: z.array(SubnetView),
  })
  .meta({ id: 'Subnets' });

interface Seen {
  readonly accountId: string;
  readonly facts: ClusterFacts;
  readonly settings: CniSettings | 'unread';
  readonly ask: ForecastAsk;
}

export function viewSubnets({ accountId, facts, settings, ask }: Seen): z.input<typeof SubnetsView> {
  const { podSubnets, ...cni } = ask.cni;
  const forecasts = new Map(forecast(ask).map((one) => [one.subnetId, one]));
  const forPods = new Set(Object.values(podSubnets ?? {}));
  return {
    observedAt: facts.observedAt,
    cni: { read: settings !== 'unread', ...cni, customNetworking: podSubnets !== undefined },
    items: facts.subnets.map((subnet) => {
      const { subnetId: _id, free, roomForNodes, notCounted, ...expected } = forecasts.get(subnet.subnetId) ?? { subnetId: '', free: 0, freeAtMaximum: 0, freeAtMaximumFull: 0, freeDuringUpgrade: 0, roomForNodes: {}, notCounted: [] };
      return {
        subnetId: subnet.subnetId,
        vpcId: subnet.vpcId,
        zoneId: subnet.zoneId,
        zoneName: subnet.zoneName,
        ...(subnet.cidrBlock === undefined ? {} : { cidrBlock: subnet.cidrBlock }),
        ...(subnet.ipv6 === undefined ? {} : { ipv6: subnet.ipv6 }),
        ...(subnet.ownerAccountId === undefined ? {} : { ownerAccountId: subnet.ownerAccountId }),
        shared: subnet.ownerAccountId !== undefined && subnet.ownerAccountId !== accountId,
        usedBy: [
          ...(facts.cluster.subnetIds.includes(subnet.subnetId) ? ['control-plane'] : []),
          ...(forPods.has(subnet.subnetId) ? ['pods'] : []),
          ...facts.nodegroups.filter(({ subnetIds }) => subnetIds.includes(subnet.subnetId)).map(({ nodegroupName }) => `nodegroup/${nodegroupName}`),
        ],
        freeAddresses: free,
        forecast: { ...expected, roomForNodes: { ...roomForNodes }, notCounted: [...notCounted] },
      };
    }),
  };
}
