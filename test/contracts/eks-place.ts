import type { Around, SimulatedEks } from '../../local/aws/eks/index.ts';
import { createEks } from '../../local/aws/eks/index.ts';
import type { Call, World } from '../../local/aws/service.ts';
import { VirtualClock } from '../../local/clock.ts';
import type { Timer } from '../../local/clock.ts';
import { Disk } from '../../local/disk.ts';
import { createRandom } from '../../local/random.ts';

export const ACCOUNT = '111111111111';
export const REGION = 'us-east-1';
export const EPOCH = Date.parse('2026-09-01T09:00:00Z');
export const CLUSTER_ROLE = `arn:aws:iam::${ACCOUNT}:role/eks-cluster`;
export const NODE_ROLE = `arn:aws:iam::${ACCOUNT}:role/eks-nodes`;
export const SUBNETS = ['subnet-0a', 'subnet-0b'];

/** A simulated EKS by itself, with an account that has what a cluster needs. Time moves only by `minutes`. */
export interface EksPlace {
  readonly eks: SimulatedEks;
  readonly world: World;
  readonly clock: VirtualClock;
  /** The failures that the next matching pieces of work will meet, by operation. */
  readonly failures: Map<string, { code?: string; message?: string; resourceIds?: string[] }>;
  readonly addresses: { free: number };
  readonly roles: Set<string>;
  /** Subnets that were deleted. */
  readonly gone: Set<string>;
  /** Calls an operation as the account's root and answers what it answers. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  call(operation: string, input?: object, at?: { accountId?: string; region?: string }): any;
  minutes(count: number): Promise<void>;
  seconds(count: number): Promise<void>;
}

/** Never wakes anybody: what is due is found by whoever looks next. */
class SilentClock extends VirtualClock {
  override at(): Timer {
    return { cancel: () => undefined };
  }
}

export function eksPlace(options: { seed?: number; disk?: Disk; now?: number; timers?: boolean; instanceType?: Around['ec2']['instanceType'] } = {}): EksPlace {
  const { random, newId } = createRandom(options.seed ?? 1);
  const clock = new (options.timers === false ? SilentClock : VirtualClock)({ now: options.now ?? EPOCH, speed: 0 });
  const world: World = { clock, disk: options.disk ?? new Disk(':memory:'), random, newId };
  const failures = new Map<string, { code?: string; message?: string; resourceIds?: string[] }>();
  const addresses = { free: 4000 };
  const roles = new Set(['eks-cluster', 'eks-nodes', 'pods']);
  const gone = new Set<string>();
  const around: Around = {
    iam: {
      role: (accountId, name) =>
        roles.has(name)
          ? {
              arn: `arn:aws:iam::${accountId}:role/${name}`,
              trustedServices: ['eks.amazonaws.com', 'ec2.amazonaws.com', 'pods.eks.amazonaws.com', 'eks-fargate-pods.amazonaws.com', 'capabilities.eks.amazonaws.com'],
            }
          : undefined,
    },
    ec2: {
      ...(options.instanceType === undefined ? {} : { instanceType: options.instanceType }),
      subnet: (_account, _region, subnetId) => {
        const zone = /^subnet-0([a-f])$/.exec(subnetId)?.[1];
        if (zone === undefined || gone.has(subnetId)) return undefined;
        // As in the account of the tests: 1d is the zone that EKS refuses.
        const zoneId = `use1-az${{ a: 1, b: 2, c: 4, d: 3, e: 5, f: 6 }[zone]}`;
        return { subnetId, vpcId: 'vpc-1', availabilityZone: `us-east-1${zone}`, availabilityZoneId: zoneId, availableIpAddressCount: addresses.free };
      },
      launchTemplate: (_account, _region, { id, name, version }) =>
        id === 'lt-own' || name === 'own'
          ? { id: 'lt-own', name: 'own', version: version ?? '1', imageId: `ami-${version ?? '1'}` }
          : id === 'lt-plain'
            ? { id: 'lt-plain', name: 'plain', version: version ?? '1' }
            : undefined,
    },
    faults: {
      takeFailUpdate: (operation) => {
        const failure = failures.get(operation);
        failures.delete(operation);
        return failure;
      },
    },
  };
  const eks = createEks(world, around);
  const call = (operation: string, input: object = {}, { accountId = ACCOUNT, region = REGION } = {}) => {
    const caller = { accountId, arn: `arn:aws:iam::${accountId}:root`, sessionTags: {} };
    const made: Call = { service: 'eks', operation, accountId, region, caller, requestId: 'r', now: clock.now(), endpoint: 'http://127.0.0.1:4566' };
    const handler = eks.operations[operation];
    if (handler === undefined) throw new Error(`not supported: ${operation}`);
    eks.beforehand?.(operation, input, made);
    return handler(input, made);
  };
  return {
    eks,
    world,
    clock,
    failures,
    addresses,
    roles,
    gone,
    call,
    minutes: (count) => clock.advanceTo(clock.now() + count * 60_000),
    seconds: (count) => clock.advanceTo(clock.now() + count * 1000),
  };
}

export const clusterInput = (name: string, more: object = {}) => ({
  name,
  version: '1.33',
  roleArn: CLUSTER_ROLE,
  resourcesVpcConfig: { subnetIds: SUBNETS },
  accessConfig: { authenticationMode: 'API' },
  bootstrapSelfManagedAddons: false,
  ...more,
});

export const nodegroupInput = (clusterName: string, nodegroupName: string, more: object = {}) => ({
  clusterName,
  nodegroupName,
  nodeRole: NODE_ROLE,
  subnets: SUBNETS,
  scalingConfig: { minSize: 0, maxSize: 10, desiredSize: 2 },
  ...more,
});

/** A cluster that is ACTIVE, with a node group of that many nodes unless it is 0. */
export async function activeCluster(place: EksPlace, name: string, options: { version?: string; nodes?: number } = {}): Promise<void> {
  place.call('CreateCluster', clusterInput(name, options.version === undefined ? {} : { version: options.version }));
  await place.minutes(13);
  const nodes = options.nodes ?? 0;
  if (nodes === 0) return;
  place.call('CreateNodegroup', nodegroupInput(name, 'blue', { scalingConfig: { minSize: 0, maxSize: 10, desiredSize: nodes } }));
  await place.minutes(7);
}
