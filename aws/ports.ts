import type { AccountAccess, Templates } from './ports/account-access.ts';
import type { Alarms, AutoScaling, HostedZones, Parts, Roles } from './ports/around-eks.ts';
import type { Eks } from './ports/eks.ts';
import type { ImageWorker, Images } from './ports/images.ts';
import type { Observer } from './ports/observer.ts';
import type { Clock, Executions, Ids, Log, LookQueue, Meter } from './ports/process.ts';
import type { Store } from './ports/store.ts';
import type { TokenIssuer, TokenMint } from './ports/tokens.ts';

export type * from './ports/process.ts';
export type * from './ports/store.ts';
export * from './ports/account-access.ts';
export type * from './ports/eks.ts';
export type * from './ports/around-eks.ts';
export type * from './ports/images.ts';
export type * from './ports/observer.ts';
export type * from './ports/tokens.ts';

export interface Ports {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly meter: Meter;
  readonly store: Store;
  readonly executions: Executions;
  readonly looks: LookQueue;
  readonly accounts: AccountAccess;
  readonly eks: Eks;
  readonly autoScaling: AutoScaling;
  readonly alarms: Alarms;
  readonly hostedZones: HostedZones;
  readonly roles: Roles;
  readonly parts: Parts;
  readonly images: Images;
  readonly observer: Observer;
  readonly imageWorker: ImageWorker;
  readonly templates: Templates;
  readonly tokens: TokenIssuer;
  readonly mint: TokenMint;
}
