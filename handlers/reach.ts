import type { OperationRecord, Ports } from '../aws/ports.ts';
import type { Account } from '../domain/account.ts';
import { mayActIn, sees, seesAccount } from '../domain/caller.ts';
import type { Cluster } from '../domain/cluster.ts';
import { isRefusal, refuse, type Refusal } from '../domain/refusal.ts';
import { notFound } from './not-found.ts';
import type { Ask } from './route.ts';

/** Gathering what a request is about, as far as its caller reaches. What they do not see is not there. */

type Asked = Pick<Ask, 'caller' | 'ifMatch'>;

export async function clusterToRead(ask: Asked, { store }: Ports, clusterId: string): Promise<Cluster | Refusal> {
  const cluster = await store.cluster(clusterId);
  return cluster !== undefined && sees(ask.caller, cluster) ? cluster : notFound();
}

/** A cluster that the caller may change, in the generation that they have seen. */
export async function clusterToChange(ask: Asked, reach: Ports, clusterId: string): Promise<Cluster | Refusal> {
  const cluster = await clusterToRead(ask, reach, clusterId);
  if (isRefusal(cluster)) return cluster;
  return (await refusedIn(ask, reach, cluster.accountId)) ?? staleFor(ask, cluster.generation) ?? cluster;
}

/** A cluster that work may be begun on: nothing else holds it. The store checks the same again in the transaction. */
export async function clusterToWorkOn(ask: Asked, reach: Ports, clusterId: string): Promise<Cluster | Refusal> {
  const cluster = await clusterToChange(ask, reach, clusterId);
  if (isRefusal(cluster)) return cluster;
  return cluster.activeOperation === undefined ? cluster : inProgress(cluster.activeOperation);
}

export async function operationToRead(ask: Asked, { store }: Ports, operationId: string): Promise<OperationRecord | Refusal> {
  const record = await store.operation(operationId);
  return record !== undefined && sees(ask.caller, record.operation) ? record : notFound();
}

export async function operationToChange(ask: Asked, reach: Ports, operationId: string): Promise<OperationRecord | Refusal> {
  const record = await operationToRead(ask, reach, operationId);
  if (isRefusal(record)) return record;
  return (await refusedIn(ask, reach, record.operation.accountId)) ?? staleFor(ask, record.operation.generation) ?? record;
}

export async function accountToRead(ask: Asked, { store }: Ports, accountId: string): Promise<Account | Refusal> {
  const account = await store.account(accountId);
  return account !== undefined && seesAccount(ask.caller, account) ? account : notFound();
}

export async function accountToChange(ask: Asked, reach: Ports, accountId: string): Promise<Account | Refusal> {
  const account = await accountToRead(ask, reach, accountId);
  if (isRefusal(account)) return account;
  return mayActIn(ask.caller, account, accountId) ?? staleFor(ask, account.generation) ?? account;
}

export function inProgress(operation: string): Refusal {
  return refuse('operation-in-progress', `Operation ${operation} holds the cluster.`, { operation, remedy: `Wait until GET /v1/operations/${operation} says that it has ended, or ask POST /v1/operations/${operation}/cancel.` });
}

/** Only a caller with a team is bound to accounts; for others the account need not be looked up. */
async function refusedIn(ask: Asked, { store }: Ports, accountId: string): Promise<Refusal | undefined> {
  return ask.caller.team === undefined ? undefined : mayActIn(ask.caller, await store.account(accountId), accountId);
}

/** If-Match: the caller acts only on the generation that they have seen. */
export function staleFor({ ifMatch }: Asked, generation: number): Refusal | undefined {
  if (ifMatch === undefined) return undefined;
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (tags.includes('*') || tags.includes(`"${generation}"`)) return undefined;
  return refuse('generation-mismatch', `The generation is ${generation} now, which is not the one that If-Match names.`, { remedy: 'Read it again, and decide anew.' });
}
