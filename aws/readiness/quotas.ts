import { DescribeInstanceTypesCommand, type EC2Client, type Instance, type _InstanceType } from '@aws-sdk/client-ec2';
import { GetServiceQuotaCommand, type ServiceQuotasClient } from '@aws-sdk/client-service-quotas';
import type { EksLimitsFacts, QuotaFacts } from '../../domain/readiness-facts.ts';
import { vcpuQuotaOf, type VcpuQuota } from '../../domain/vcpu-quotas.ts';
import { eachOf } from '../eks/each-of.ts';
import { nameOf } from '../eks/errors.ts';
import { INSTANCE_ACTIONS, readInstances } from './instances.ts';

/** EC2 describes this many types in a call (source: EC2 API reference, DescribeInstanceTypes). */
const TYPES_A_CALL_MAX = 100;
const TYPES_MAX = 1000;
/** Source: Service Quotas, service code eks. */
const EKS_QUOTAS = { nodegroups: 'L-6D54EA21', nodesPerNodegroup: 'L-BD136A63' } as const;

export const QUOTA_ACTIONS = ['servicequotas:GetServiceQuota', ...INSTANCE_ACTIONS, 'ec2:DescribeInstanceTypes'];
export const EKS_LIMIT_ACTIONS = ['servicequotas:GetServiceQuota'];

/** Instance types that a group of the cluster may launch. */
export interface LaunchedTypes {
  readonly instanceTypes: readonly string[];
  readonly spot: boolean;
}

type Clients = { readonly ec2: EC2Client; readonly quotas: ServiceQuotasClient };

interface Counted extends VcpuQuota {
  readonly spot: boolean;
  readonly types: readonly string[];
}

/** The quotas that new nodes of these groups count against, and what of them is used now. `limits` are those read a short while ago, by code. */
export async function readVcpuQuotas(clients: Clients, groups: readonly LaunchedTypes[], limits: Readonly<Record<string, number>>): Promise<QuotaFacts[]> {
  const counted = quotasOf(groups);
  if (counted.length === 0) return [];
  const limitOf = await readLimits(clients.quotas, counted, limits);
  const running = await readInstances(clients.ec2, []);
  const used = running.flatMap((instance) => {
    const code = quotaOf(instance)?.code;
    return code !== undefined && counted.some((quota) => quota.code === code) ? [{ code, type: String(instance.InstanceType) }] : [];
  });
  const vcpus = await readVcpus(clients.ec2, [...counted.flatMap(({ types }) => types), ...used.map(({ type }) => type)]);
  return counted.map(({ code, name, family, spot, types }) => ({
    code,
    name,
    family,
    spot,
    limitVcpus: limitOf.get(code) ?? 0,
    usedVcpus: used.filter((instance) => instance.code === code).reduce((sum, { type }) => sum + (vcpus.get(type) ?? 0), 0),
    vcpusByType: Object.fromEntries(types.map((type) => [type, vcpus.get(type) ?? 0])),
  }));
}

/** EKS's own quotas on node groups. One that Service Quotas does not tell is left out. */
export async function readEksLimits(client: ServiceQuotasClient): Promise<EksLimitsFacts> {
  const [nodegroups, nodesPerNodegroup] = await Promise.all([readQuota(client, 'eks', EKS_QUOTAS.nodegroups), readQuota(client, 'eks', EKS_QUOTAS.nodesPerNodegroup)]);
  return { ...(nodegroups === undefined ? {} : { nodegroups }), ...(nodesPerNodegroup === undefined ? {} : { nodesPerNodegroup }) };
}

function quotasOf(groups: readonly LaunchedTypes[]): Counted[] {
  const pairs = groups.flatMap(({ instanceTypes, spot }) => instanceTypes.flatMap((type) => {
    const quota = vcpuQuotaOf(type, spot);
    return quota === undefined ? [] : [{ ...quota, spot, type }];
  }));
  return [...Map.groupBy(pairs, ({ code }) => code).values()].flatMap((same) => (same[0] === undefined ? [] : [{ ...same[0], types: [...new Set(same.map(({ type }) => type))] }]));
}

/** Capacity blocks and scheduled instances count against no quota on what runs. */
function quotaOf({ InstanceType, InstanceLifecycle }: Instance): VcpuQuota | undefined {
  if (InstanceType === undefined || (InstanceLifecycle !== undefined && InstanceLifecycle !== 'spot')) return undefined;
  return vcpuQuotaOf(InstanceType, InstanceLifecycle === 'spot');
}

async function readLimits(client: ServiceQuotasClient, counted: readonly Counted[], known: Readonly<Record<string, number>>): Promise<ReadonlyMap<string, number>> {
  const read = await eachOf(counted, async ({ code, name }): Promise<[string, number]> => {
    const limit = known[code] ?? (await readQuota(client, 'ec2', code));
    if (limit === undefined) throw new Error(`Service Quotas tells no value for ${code} (${name}).`);
    return [code, limit];
  });
  return new Map(read);
}

async function readQuota(client: ServiceQuotasClient, ServiceCode: string, QuotaCode: string): Promise<number | undefined> {
  try {
    return (await client.send(new GetServiceQuotaCommand({ ServiceCode, QuotaCode }))).Quota?.Value;
  } catch (error) {
    if (nameOf(error) === 'NoSuchResourceException') return undefined;
    throw error;
  }
}

async function readVcpus(client: EC2Client, instanceTypes: readonly string[]): Promise<ReadonlyMap<string, number>> {
  const types = [...new Set(instanceTypes)];
  if (types.length > TYPES_MAX) throw new Error(`More than ${TYPES_MAX} instance types run here.`);
  const vcpus = new Map<string, number>();
  for (let index = 0; index < types.length; index += TYPES_A_CALL_MAX) {
    const { InstanceTypes } = await client.send(new DescribeInstanceTypesCommand({ InstanceTypes: types.slice(index, index + TYPES_A_CALL_MAX) as _InstanceType[] }));
    for (const { InstanceType, VCpuInfo } of InstanceTypes ?? []) if (InstanceType !== undefined && VCpuInfo?.DefaultVCpus !== undefined) vcpus.set(InstanceType, VCpuInfo.DefaultVCpus);
  }
  const untold = types.find((type) => !vcpus.has(type));
  if (untold !== undefined) throw new Error(`EC2 does not tell how many vCPUs a ${untold} has.`);
  return vcpus;
}
