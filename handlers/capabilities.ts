import { capabilityName, CapabilityWish } from '../domain/parts/capability-wish.ts';
import { wishRoutes } from './wish-routes.ts';

/** Capabilities of a cluster, by name: their type in small letters where none was given. */
export const capabilityRoutes = wishRoutes({
  member: 'capabilities',
  part: 'capability',
  noun: 'capability',
  wish: CapabilityWish,
  path: '/v1/clusters/{clusterId}/capabilities',
  onePath: '/v1/clusters/{clusterId}/capabilities/{capabilityName}',
  nameOfWish: capabilityName,
  nameOfPath: ({ capabilityName: name }) => name,
});
