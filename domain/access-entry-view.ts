import * as z from 'zod';
import { policyArnOf, roleOf } from './access-policies.ts';
import type { AccessEntry, Cluster } from './cluster.ts';
import type { AccessEntryFacts, AccessFacts } from './facts.ts';
import { same } from './json-equal.ts';

/** Who gets into a cluster, as seen at EKS beside what Slipway has on its record. */
export const AccessEntryView = z
  .strictObject({
    principalArn: z.string(),
    state: z.enum(['AsAsked', 'Differs', 'Missing', 'NotAsked']).meta({ description: '`NotAsked`: EKS has it, and it is not among the `access` that the cluster is asked to have.' }),
    madeBy: z.enum(['slipway', 'eks', 'others']),
    type: z.string().optional().meta({ description: 'Absent where EKS has no entry.' }),
    role: z.string().optional().meta({ description: 'What its policy stands for; absent where it has none, several, or one that no role stands for.' }),
    namespaces: z.array(z.string()).optional(),
    username: z.string().optional(),
    kubernetesGroups: z.array(z.string()).optional(),
    policies: z.array(z.strictObject({ policyArn: z.string(), namespaces: z.array(z.string()).optional() })),
    asked: z.strictObject({ role: z.string().optional(), namespaces: z.array(z.string()).optional(), kubernetesGroups: z.array(z.string()).optional(), username: z.string().optional() }).optional().meta({ description: 'As the cluster is asked to have it.' }),
    createdAt: z.string().optional(),
    modifiedAt: z.string().optional(),
    seenAt: z.string(),
  })
  .meta({ id: 'AccessEntry' });

type View = z.input<typeof AccessEntryView>;

/** All that were looked at, by their ARNs. */
export function viewAccess(cluster: Cluster, seen: AccessFacts): View[] {
  const views = [...seen.entries.map((entry) => viewEntry(cluster, entry, seen.observedAt)), ...seen.missing.flatMap((principalArn) => viewMissing(cluster, principalArn, seen.observedAt))];
  return views.sort((a, b) => (a.principalArn < b.principalArn ? -1 : 1));
}

function viewEntry(cluster: Cluster, entry: AccessEntryFacts, seenAt: string): View {
  const { principalArn, type, username, kubernetesGroups, policies, createdAt, modifiedAt } = entry;
  const asked = cluster.access.find((other) => other.principalArn === principalArn);
  const [only, ...more] = policies;
  const role = only === undefined || more.length > 0 ? undefined : roleOf(only.policyArn, only.namespaces);
  return {
    principalArn,
    state: asked === undefined ? 'NotAsked' : isAsAsked(asked, entry) ? 'AsAsked' : 'Differs',
    madeBy: madeBy(cluster, entry, asked !== undefined),
    type,
    ...(role === undefined ? {} : { role }),
    ...(role === undefined || only?.namespaces === undefined ? {} : { namespaces: [...only.namespaces] }),
    ...(username === undefined ? {} : { username }),
    kubernetesGroups: [...kubernetesGroups],
    policies: policies.map(({ policyArn, namespaces }) => ({ policyArn, ...(namespaces === undefined ? {} : { namespaces: [...namespaces] }) })),
    ...(asked === undefined ? {} : { asked: viewAsked(asked) }),
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(modifiedAt === undefined ? {} : { modifiedAt }),
    seenAt,
  };
}

/** What is on the record and not at EKS; what is in neither is not there at all. */
function viewMissing(cluster: Cluster, principalArn: string, seenAt: string): View[] {
  const asked = cluster.access.find((other) => other.principalArn === principalArn);
  return asked === undefined ? [] : [{ principalArn, state: 'Missing', madeBy: 'slipway', policies: [], asked: viewAsked(asked), seenAt }];
}

function viewAsked({ principalArn: _principal, ...asked }: AccessEntry): NonNullable<View['asked']> {
  return structuredClone(asked) as NonNullable<View['asked']>;
}

/** EKS makes the entries of nodes of its own groups and profiles, and those of its service-linked roles (source: EKS user guide, Create access entries). */
function madeBy(cluster: Cluster, { principalArn, type, tags }: AccessEntryFacts, asked: boolean): View['madeBy'] {
  if (asked || tags['slipway:cluster-id'] === cluster.clusterId) return 'slipway';
  return type !== 'STANDARD' || principalArn.includes(':role/aws-service-role/') ? 'eks' : 'others';
}

function isAsAsked(asked: AccessEntry, { policies, kubernetesGroups, username }: AccessEntryFacts): boolean {
  const policyArn = policyArnOf(asked);
  const wanted = policyArn === undefined ? [] : [{ policyArn, ...(asked.namespaces === undefined ? {} : { namespaces: [...asked.namespaces].sort() }) }];
  const has = policies.map((policy) => ({ ...policy, ...(policy.namespaces === undefined ? {} : { namespaces: [...policy.namespaces].sort() }) }));
  return same(wanted, has) && same([...(asked.kubernetesGroups ?? [])].sort(), [...kubernetesGroups].sort()) && (asked.username === undefined || asked.username === username);
}
