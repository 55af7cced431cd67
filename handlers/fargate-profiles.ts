import { FargateProfileWish } from '../domain/parts/fargate-profile-wish.ts';
import { wishRoutes } from './wish-routes.ts';

/** Fargate profiles of a cluster, by name. */
export const fargateProfileRoutes = wishRoutes({
  member: 'fargateProfiles',
  part: 'fargate-profile',
  noun: 'Fargate profile',
  wish: FargateProfileWish,
  path: '/v1/clusters/{clusterId}/fargate-profiles',
  onePath: '/v1/clusters/{clusterId}/fargate-profiles/{fargateProfileName}',
  nameOfWish: ({ fargateProfileName }) => fargateProfileName,
  nameOfPath: ({ fargateProfileName }) => fargateProfileName,
});
