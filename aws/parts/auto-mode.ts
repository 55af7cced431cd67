import { autoModeSwitches } from '../../domain/parts/auto-mode.ts';
import type { ResourceSeen } from '../../domain/parts/judge-resource.ts';
import type { AutoModeResource } from '../../domain/parts/resource.ts';
import { DescribeClusterCommand } from '@aws-sdk/client-eks';
import { begin } from '../eks/begin.ts';
import { orAbsent } from '../eks/errors.ts';
import type { Handler } from '../parts.ts';

/** EKS Auto Mode of a cluster that is there: one update of its configuration turns all of it on or off. */
export const autoMode: Handler<AutoModeResource> = {
  put: ({ eks, accountId }, resource, of, step) => begin(eks(), accountId, { ...step, kind: 'update-cluster-config', parameters: autoModeSwitches(resource) }, of.clusterName, of.clientRequestToken),

  remove: ({ eks, accountId }, _resource, of, step) => begin(eks(), accountId, { ...step, kind: 'update-cluster-config', parameters: autoModeSwitches(undefined) }, of.clusterName, of.clientRequestToken),

  async look({ eks }, _resource, clusterName): Promise<ResourceSeen> {
    const cluster = await orAbsent(async () => (await eks().send(new DescribeClusterCommand({ name: clusterName }))).cluster ?? 'absent');
    if (cluster === 'absent' || cluster.computeConfig?.enabled !== true) return 'absent';
    return { state: cluster.status === 'ACTIVE' ? 'ready' : 'changing', status: cluster.status ?? 'UNKNOWN' };
  },
};
