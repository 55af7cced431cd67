import { keyOf, type AccessEntryResource, type CapabilityResource, type Resource } from './resource.ts';
import { MADE_ROLE_PREFIX } from './role-name.ts';

/** Who else may have an access entry of the cluster: people and programs by the request, nodes of managed groups by their role. */
export interface OtherEntries {
  readonly access: readonly { readonly principalArn: string }[];
  readonly nodegroups: readonly { readonly nodeRole?: string }[];
}

/** What EKS gives the role of a capability (source: EKS user guide, Create an ACK capability and its kind; Review access policy permissions). */
const POLICIES: Readonly<Record<CapabilityResource['type'], readonly string[]>> = {
  ACK: ['AmazonEKSACKPolicy'],
  KRO: ['AmazonEKSKROPolicy'],
  ARGOCD: ['AmazonEKSArgoCDClusterPolicy', 'AmazonEKSArgoCDPolicy'],
};

type Entry = Pick<AccessEntryResource, 'principalArn' | 'type' | 'policies'>;

/** The entry that EKS makes for it by itself (source: EKS user guide, Create access entries). */
function entryBy(resource: Resource): Entry | undefined {
  if (resource.kind === 'capability') return { principalArn: resource.roleArn, type: 'STANDARD', policies: POLICIES[resource.type].map((name) => ({ policyArn: `arn:aws:eks::aws:cluster-access-policy/${name}` })) };
  if (resource.kind === 'fargate-profile') return entryOfNodes(resource.podExecutionRoleArn, 'FARGATE_LINUX');
  return resource.kind === 'auto-mode' ? entryOfNodes(resource.nodeRoleArn, 'EC2') : undefined;
}

/** Of a role that Slipway has not made, others may have nodes in the cluster which it knows nothing of. */
function entryOfNodes(principalArn: string | undefined, type: string): Entry | undefined {
  return principalArn?.includes(`:role/${MADE_ROLE_PREFIX}`) === true ? { principalArn, type, policies: [] } : undefined;
}

/** An entry of EKS's own making that goes, and the resources for which it was made. */
export interface EntryLeft {
  readonly entry: AccessEntryResource;
  readonly by: readonly Resource[];
}

/**
 * The entries that EKS made for resources which go or get another role, and that nothing else of the cluster uses: EKS does not say that it takes them away, and who has
 * such a role would still get in. One that an earlier operation could not take away stands among what was made.
 */
export function entriesLeft(made: readonly Resource[], wanted: readonly Resource[], others: OtherEntries): readonly EntryLeft[] {
  const used = new Set([
    ...wanted.flatMap((resource) => entryBy(resource)?.principalArn ?? []),
    ...[...wanted, ...made.filter((resource) => !isOfEks(resource))].flatMap((resource) => (resource.kind === 'access-entry' ? [resource.principalArn] : [])),
    ...others.access.map(({ principalArn }) => principalArn),
    ...others.nodegroups.flatMap(({ nodeRole }) => nodeRole ?? []),
  ]);
  const left = new Map<string, EntryLeft>();
  for (const resource of made) {
    const entry = isOfEks(resource) ? resource : madeFor(resource);
    if (entry === undefined || used.has(entry.principalArn)) continue;
    const known = left.get(keyOf(entry));
    left.set(keyOf(entry), { entry: { ...entry, policies: [...(known?.entry.policies ?? []), ...entry.policies] }, by: [...(known?.by ?? []), ...(entry === resource ? [] : [resource])] });
  }
  return [...left.values()];
}

export function isOfEks(resource: Resource): resource is AccessEntryResource {
  return resource.kind === 'access-entry' && resource.madeByEks === true;
}

function madeFor(resource: Resource): AccessEntryResource | undefined {
  const entry = entryBy(resource);
  return entry === undefined ? undefined : { kind: 'access-entry', name: entry.principalArn, part: resource.part, partName: resource.partName, ...entry, madeByEks: true };
}
