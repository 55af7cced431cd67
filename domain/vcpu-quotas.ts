import quotas from './vcpu-quotas.json' with { type: 'json' };

/** One of EC2's quotas on vCPUs that run in a region, by families of instance types. */
export interface VcpuQuota {
  /** `L-1216C47A` */
  readonly code: string;
  readonly family: string;
  readonly name: string;
}

interface Listed extends VcpuQuota {
  /** `m` for all generations, `p5` for one. */
  readonly series: readonly string[];
}

/** `m7i.large`, `u-6tb1.metal`, `u7i-12tb.224xlarge`: letters, then the generation. */
const SERIES = /^([a-z]+)(\d*)/;

/** Which quota a running instance of the type counts against. Undefined for a family that no quota of ours is known for: it is told as not known, never as none. */
export function vcpuQuotaOf(instanceType: string, spot: boolean): VcpuQuota | undefined {
  const [, letters = '', generation = ''] = SERIES.exec(instanceType) ?? [];
  const listed: readonly Listed[] = spot ? quotas.spot : quotas.onDemand;
  const found = listed.find(({ series }) => series.includes(`${letters}${generation}`) || series.includes(letters));
  return found === undefined ? undefined : { code: found.code, family: found.family, name: found.name };
}
