import { EC2Client } from '@aws-sdk/client-ec2';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EKSClient } from '@aws-sdk/client-eks';
import { IAMClient } from '@aws-sdk/client-iam';
import type { Step } from '../domain/operation.ts';
import type { ResourceSeen } from '../domain/parts/judge-resource.ts';
import type { Resource, ResourceKind } from '../domain/parts/resource.ts';
import { removesResource } from '../domain/parts/steps-of-resource.ts';
import { reaching } from './eks/errors.ts';
import { once } from './once.ts';
import { accessEntry } from './parts/access-entry.ts';
import { autoMode } from './parts/auto-mode.ts';
import { capability } from './parts/capability.ts';
import { fargateProfile } from './parts/fargate-profile.ts';
import { handOver } from './parts/hand-over.ts';
import { oidcProvider } from './parts/oidc-provider.ts';
import { podIdentity } from './parts/pod-identity.ts';
import { role } from './parts/role.ts';
import { selfManagedGroup } from './parts/self-managed-group.ts';
import type { Begun, PartOf, Parts, Session } from './ports.ts';
import { bySession, type Transport } from './transport.ts';

const CALL_ATTEMPTS_MAX = 6;

/** The official clients with the rights of one session, each made when it is first asked for. */
export interface PartClients {
  readonly accountId: string;
  readonly region: string;
  /** Slipway's own account. */
  homeAccountId(): string;
  eks(): EKSClient;
  iam(): IAMClient;
  ec2(): EC2Client;
  autoScaling(): AutoScalingClient;
}

/** What can be done with a kind of resource in AWS. `put` brings it to what it shall be, from whatever it is; a repeat is harmless. */
export interface Handler<R extends Resource> {
  put(clients: PartClients, resource: R, of: PartOf, step: Step): Promise<Begun>;
  remove(clients: PartClients, resource: R, of: PartOf, step: Step): Promise<Begun>;
  look(clients: PartClients, resource: R, clusterName: string): Promise<ResourceSeen>;
}

type Handlers = { readonly [Kind in ResourceKind]?: Handler<Extract<Resource, { readonly kind: Kind }>> };

const HANDLERS: Handlers = { role, 'pod-identity': podIdentity, 'access-entry': accessEntry, 'fargate-profile': fargateProfile, 'auto-mode': autoMode, 'self-managed-group': selfManagedGroup, 'oidc-provider': oidcProvider, capability, 'hand-over': handOver };

/** The resources of parts through the credentials of a session. */
export function createParts(transport: Transport, homeAccountId: () => string): Parts {
  const clientsOf = bySession((session) => partClients(session, transport, homeAccountId));
  return {
    begin: (session, step, of) =>
      reaching(session.accountId, () => {
        const resource = step.resource;
        if (resource === undefined) throw new Error(`The step ${step.id} names no resource.`);
        const clients = clientsOf(session);
        return removesResource(step.kind) ? handlerOf(resource).remove(clients, resource, of, step) : handlerOf(resource).put(clients, resource, of, step);
      }),
    look: (session, resource, clusterName) => reaching(session.accountId, () => handlerOf(resource).look(clientsOf(session), resource, clusterName)),
  };
}

function handlerOf(resource: Resource): Handler<Resource> {
  const handler = HANDLERS[resource.kind];
  if (handler === undefined) throw new Error(`Nobody handles resources of the kind ${resource.kind}.`);
  return handler as Handler<Resource>;
}

function partClients(session: Session, transport: Transport, homeAccountId: () => string): PartClients {
  const options = { region: session.region, credentials: session.credentials, maxAttempts: CALL_ATTEMPTS_MAX, ...transport };
  return {
    accountId: session.accountId,
    region: session.region,
    homeAccountId,
    eks: once(() => new EKSClient(options)),
    iam: once(() => new IAMClient(options)),
    ec2: once(() => new EC2Client(options)),
    autoScaling: once(() => new AutoScalingClient(options)),
  };
}
