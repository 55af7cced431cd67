import { repeated } from '../repeated.ts';
import type { Compiled, PartsAsk } from './compiled.ts';
import type { Resource } from './resource.ts';

/** Service accounts with their roles: an association each. */
export function podIdentities({ cluster }: PartsAsk): Compiled {
  const wishes = cluster.wanted?.podIdentities ?? [];
  const names = wishes.map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`);
  return {
    resources: wishes.map(({ namespace, serviceAccount, roleArn }): Resource => ({ kind: 'pod-identity', name: `${namespace}/${serviceAccount}`, part: 'pod-identity', partName: `${namespace}/${serviceAccount}`, namespace, serviceAccount, roleArn })),
    errors: repeated(names, 'podIdentities', 'serviceAccount'),
  };
}
