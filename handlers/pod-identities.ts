import { PodIdentityWish } from '../domain/parts/pod-identity-wish.ts';
import { wishRoutes } from './wish-routes.ts';

/** Pod identities of a cluster, each by its namespace and service account. */
export const podIdentityRoutes = wishRoutes({
  member: 'podIdentities',
  part: 'pod-identity',
  noun: 'pod identity',
  wish: PodIdentityWish,
  path: '/v1/clusters/{clusterId}/pod-identities',
  onePath: '/v1/clusters/{clusterId}/pod-identities/{namespace}/{serviceAccount}',
  nameOfWish: ({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`,
  nameOfPath: ({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`,
});
