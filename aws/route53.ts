import { GetHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import type { HostedZoneFacts } from '../domain/hosted-zones.ts';
import { nameOf, reaching } from './eks/errors.ts';
import type { HostedZones } from './ports.ts';
import { bySession, type Transport } from './transport.ts';

const CALL_ATTEMPTS_MAX = 6;

/** Hosted zones of Route 53 through the credentials of a session. */
export function createHostedZones(transport: Transport): HostedZones {
  const clientOf = bySession((session) => new Route53Client({ region: session.region, credentials: session.credentials, maxAttempts: CALL_ATTEMPTS_MAX, ...transport }));
  return {
    look: (session, hostedZoneIds) => reaching(session.accountId, () => Promise.all(hostedZoneIds.map((id) => lookAt(clientOf(session), id)))),
  };
}

async function lookAt(client: Route53Client, hostedZoneId: string): Promise<HostedZoneFacts> {
  try {
    const { HostedZone, VPCs = [] } = await client.send(new GetHostedZoneCommand({ Id: hostedZoneId }));
    return { hostedZoneId, kind: 'there', name: HostedZone?.Name ?? '', private: HostedZone?.Config?.PrivateZone ?? false, vpcIds: VPCs.flatMap(({ VPCId }) => VPCId ?? []) };
  } catch (error) {
    if (nameOf(error) === 'NoSuchHostedZone') return { hostedZoneId, kind: 'absent' };
    throw error;
  }
}
