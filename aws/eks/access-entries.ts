import { DescribeClusterCommand, ListAccessEntriesCommand, type EKSClient } from '@aws-sdk/client-eks';
import type { AccessEntryFacts, AccessFacts } from '../../domain/facts.ts';
import type { AccessAsked } from '../ports.ts';
import { listPolicies, readAccessEntry } from './access-policies.ts';
import { eachOf } from './each-of.ts';
import { orAbsent } from './errors.ts';

/** A hundred names a page; a cluster with more entries than these pages hold is nobody's that we know of. */
const PAGES_MAX = 20;

/** Access entries as EKS has them. None are there while the authentication mode is CONFIG_MAP: then EKS is not asked, and the mode is told. */
export function readAccess(client: EKSClient, clusterName: string, asked: AccessAsked, now: string): Promise<AccessFacts | 'absent'> {
  return orAbsent(async () => {
    const { cluster } = await client.send(new DescribeClusterCommand({ name: clusterName }));
    const authenticationMode = cluster?.accessConfig?.authenticationMode;
    const mode = authenticationMode === undefined ? {} : { authenticationMode };
    if (authenticationMode === 'CONFIG_MAP') return { observedAt: now, ...mode, entries: [], missing: 'principalArn' in asked ? [asked.principalArn] : [] };
    const { principals, next } = 'principalArn' in asked ? { principals: [asked.principalArn], next: undefined } : pageOf([...(await listPrincipals(client, clusterName)), ...asked.known], asked.after, asked.limit);
    const looked = await eachOf(principals, async (principalArn) => ({ principalArn, seen: await readOne(client, clusterName, principalArn) }));
    return {
      observedAt: now,
      ...mode,
      entries: looked.flatMap(({ seen }) => (seen === 'absent' ? [] : [seen])),
      missing: looked.flatMap(({ principalArn, seen }) => (seen === 'absent' ? [principalArn] : [])),
      ...(next === undefined ? {} : { next }),
    };
  });
}

function pageOf(all: readonly string[], after: string, limit: number): { readonly principals: string[]; readonly next: string | undefined } {
  const left = [...new Set(all)].sort().filter((principal) => principal > after);
  const principals = left.slice(0, limit);
  return { principals, next: left.length > limit ? principals.at(-1) : undefined };
}

async function listPrincipals(client: EKSClient, clusterName: string): Promise<string[]> {
  const principals: string[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await client.send(new ListAccessEntriesCommand({ clusterName, ...(nextToken === undefined ? {} : { nextToken }) }));
    principals.push(...(answer.accessEntries ?? []));
    nextToken = answer.nextToken;
    if (nextToken === undefined) return principals;
  }
  throw new Error(`Cluster ${clusterName} lists more than ${PAGES_MAX} pages of access entries.`);
}

/** An entry that goes between the two looks is not there. */
function readOne(client: EKSClient, clusterName: string, principalArn: string): Promise<AccessEntryFacts | 'absent'> {
  return orAbsent(async () => {
    const entry = await readAccessEntry(client, clusterName, principalArn);
    if (entry === 'absent') return entry;
    const policies = await listPolicies(client, clusterName, principalArn);
    return {
      principalArn,
      type: entry.type ?? 'UNKNOWN',
      ...(entry.username === undefined ? {} : { username: entry.username }),
      kubernetesGroups: entry.kubernetesGroups ?? [],
      policies: policies.flatMap(({ policyArn, accessScope }) => (policyArn === undefined ? [] : [{ policyArn, ...(accessScope?.type === 'namespace' ? { namespaces: accessScope.namespaces ?? [] } : {}) }])),
      tags: entry.tags ?? {},
      ...(entry.createdAt === undefined ? {} : { createdAt: entry.createdAt.toISOString() }),
      ...(entry.modifiedAt === undefined ? {} : { modifiedAt: entry.modifiedAt.toISOString() }),
    };
  });
}
