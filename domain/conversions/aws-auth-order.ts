import type { Entry, NotConverted } from './aws-auth-mapping.ts';

/**
 * What to do in which order. An entry overrides the mapping of the same ARN as soon as it is there (source: EKS user guide, Migrating existing
 * aws-auth ConfigMap entries), so it must be whole from the start; nobody loses a mapping before the entry has been tried; nodes come last.
 */
export function orderOf(entries: readonly Entry[], notConverted: readonly NotConverted[]): string[] {
  const people = entries.filter(({ type }) => type === 'STANDARD');
  const admins = people.filter(({ policies }) => policies.length > 0);
  const nodes = entries.filter(({ type }) => type !== 'STANDARD');
  const groups = [...new Set(people.flatMap(({ kubernetesGroups }) => kubernetesGroups))];
  const nothing = entries.length === 0 && notConverted.length === 0;
  return [
    ...(nothing ? ['The ConfigMap maps nobody: there is nothing to convert.'] : []),
    'Set the authentication mode to API_AND_CONFIG_MAP, if it is CONFIG_MAP (PATCH the cluster with authenticationMode; it cannot be taken back). Both count from then on.',
    admins.length > 0
      ? `Make the entries of admins first (${named(admins)}), and get in with one of them (\`kubectl auth whoami\`) before anything else changes.`
      : 'No mapping here makes an admin. Make an access entry with the role admin first, and get in with it: once the ConfigMap goes, whoever made the cluster may be the only one left.',
    ...(groups.length > 0 ? [`Look whether each group is bound (\`kubectl get rolebindings,clusterrolebindings -A -o wide\`): ${groups.join(', ')}.`] : []),
    ...(people.length > admins.length ? ['Make the other entries, each whole at once: as soon as it is there it overrides the mapping of the same ARN.'] : []),
    ...(nodes.length > 0 ? [`Look whether EKS has made the entries of the nodes (GET .../access-entries), and make those of self-managed and hybrid nodes (${named(nodes)}).`] : []),
    ...(notConverted.length > 0 ? ['Settle what was not converted: it ends with the mapping that it stands in.'] : []),
    ...(nothing ? [] : ['Take the mappings out of the ConfigMap, those of people one by one, each once its entry has been tried.']),
    ...(nodes.length > 0 ? ['Take the mappings of nodes out last, and see a new node join before the last of them goes: without entry and mapping nodes lose the cluster.'] : []),
    'When all is well, set the authentication mode to API. The ConfigMap counts no more, and there is no way back.',
  ];
}

const NAMES_MAX = 5;

function named(entries: readonly Entry[]): string {
  const names = entries.map(({ principalArn }) => principalArn.slice(principalArn.lastIndexOf(':') + 1));
  return names.length <= NAMES_MAX ? names.join(', ') : `${names.slice(0, NAMES_MAX).join(', ')} and ${names.length - NAMES_MAX} more`;
}
