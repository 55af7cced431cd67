import { STSClient, type STSClientConfig } from '@aws-sdk/client-sts';
import { createAccounts } from './accounts.ts';
import { createAlarms } from './alarms.ts';
import { createAutoScaling } from './auto-scaling.ts';
import { createEks } from './eks.ts';
import { createImages } from './images.ts';
import { createParts } from './parts.ts';
import type { Ports, Store } from './ports.ts';
import { createHostedZones } from './route53.ts';
import { createRoles } from './roles.ts';
import { createTokenMint } from './token-mint.ts';
import { transportOf } from './transport.ts';
import type { Wiring } from './wiring.ts';

/** What reaches into other accounts. */
export type Hands = Pick<Ports, 'accounts' | 'eks' | 'autoScaling' | 'alarms' | 'hostedZones' | 'roles' | 'parts' | 'images' | 'mint'>;

/** The hands of the functions that work in accounts, each made when it is first asked for. Bundles of the front door have `no-hands.ts` in its place. */
export function createHands(wiring: Wiring, home: STSClientConfig, store: () => Store, homeAccountId: () => string): { readonly [Name in keyof Hands]: () => Hands[Name] } {
  const transport = transportOf(wiring);
  return {
    accounts: () => createAccounts(new STSClient(home), store(), { now: wiring.clock.now, realNow: () => Date.now() }, transport),
    eks: () => createEks(transport),
    autoScaling: () => createAutoScaling(transport),
    alarms: () => createAlarms(transport),
    hostedZones: () => createHostedZones(transport),
    roles: () => createRoles(transport),
    parts: () => createParts(transport, homeAccountId),
    images: () => createImages(transport),
    mint: () => createTokenMint(new STSClient(home), () => Date.now()),
  };
}
