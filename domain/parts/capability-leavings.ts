import { finding } from '../finding-codes.ts';
import type { Finding } from '../plan.ts';
import { keyOf, type Resource } from './resource.ts';

const LEFT: Readonly<Record<'ACK' | 'KRO' | 'ARGOCD', string>> = {
  ACK: 'Its custom resources stay in the cluster, and every AWS resource that they stand for stays in the account, unkept and at its cost.',
  KRO: 'Its ResourceGraphDefinitions and their instances stay in the cluster, and nothing works on them any more.',
  ARGOCD: 'Its Applications and all that they installed stay in the cluster, and nothing keeps them in step with Git any more.',
};

/** What capabilities leave behind that are to go: EKS knows no other propagation of a deletion than RETAIN (source: EKS API reference, DeletePropagationPolicy). */
export function capabilityLeavings(made: readonly Resource[], wanted: readonly Resource[]): readonly Finding[] {
  const kept = new Set(wanted.map(keyOf));
  return made.flatMap((resource) =>
    resource.kind === 'capability' && !kept.has(keyOf(resource))
      ? [finding('capability-leaves-resources', 'advises', resource.name, { detail: `The capability ${resource.name} goes with the propagation RETAIN. ${LEFT[resource.type]}`, remedy: resource.type === 'ACK' ? 'Delete the custom resources first, and wait until ACK has deleted what they stand for; then take the capability away.' : 'Delete what shall not stay before the capability is taken away.' })]
      : [],
  );
}
