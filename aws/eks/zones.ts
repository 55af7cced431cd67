import { DescribeAvailabilityZonesCommand, type EC2Client } from '@aws-sdk/client-ec2';
import type { ZoneFacts } from '../../domain/facts.ts';

/** The zones of the session's region as its account sees them: ids are the same in every account, names are its own. */
export async function readZones(client: EC2Client): Promise<ZoneFacts[]> {
  const { AvailabilityZones = [] } = await client.send(new DescribeAvailabilityZonesCommand({ AllAvailabilityZones: true }));
  return AvailabilityZones.map((zone) => ({ zoneId: zone.ZoneId ?? '', zoneName: zone.ZoneName ?? '', zoneType: zone.ZoneType ?? 'availability-zone', state: zone.State ?? 'unknown', optIn: zone.OptInStatus ?? 'opt-in-not-required' })).sort((a, b) => (a.zoneId < b.zoneId ? -1 : 1));
}
