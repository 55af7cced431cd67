import type { ServiceQuota } from '@aws-sdk/client-service-quotas';
import { AwsError } from '../service.ts';
import services from './quotas.json' with { type: 'json' };

export interface Quota {
  readonly service: string;
  readonly serviceName: string;
  readonly code: string;
  readonly name: string;
  /** AWS's default. */
  readonly value: number;
  /** What an account has here until it asks for more, where that is not the default. */
  readonly applied?: number;
  readonly adjustable: boolean;
  /** The class of vCPUs that a quota of EC2 counts. */
  readonly vcpuClass?: string;
}

interface Where {
  readonly accountId: string;
  readonly region: string;
}

export const SERVICES: readonly { readonly service: string; readonly name: string }[] = services;

/**
 * Those that bear on clusters and nodes, with their defaults. Of vCPUs a simulated account has as many as one that has run fleets for a
 * while: by default it could not run three small nodes, and EC2 raises these quotas by itself as they are used. Sources: EC2 user guide, "Amazon EC2 service quotas" (vCPUs: 5 for standard
 * instances, 0 for accelerated ones); EKS user guide, "View and manage Amazon EKS and Fargate service quotas"; VPC user guide, "Amazon VPC quotas"; ECR user guide, "Amazon ECR service quotas".
 */
export function quotasOf(service: string | undefined): Quota[] {
  const found = services.find((candidate) => candidate.service === service);
  if (found === undefined) throw new AwsError('NoSuchResourceException', `The request failed because the specified service does not exist: ${service ?? ''}`, 400);
  return found.quotas.map((quota) => ({ ...quota, service: found.service, serviceName: found.name }));
}

export function quotaAt(service: string | undefined, code: string | undefined): Quota {
  const quota = quotasOf(service).find((candidate) => candidate.code === code);
  if (quota === undefined) throw new AwsError('NoSuchResourceException', `The request failed because the specified service quota does not exist: ${code ?? ''}`, 400);
  return quota;
}

export function quotaArn({ accountId, region }: Where, { service, code }: Quota): string {
  return `arn:aws:servicequotas:${region}:${accountId}:${service}/${code}`;
}

export function quotaView(where: Where, quota: Quota, value: number): ServiceQuota {
  return {
    ServiceCode: quota.service,
    ServiceName: quota.serviceName,
    QuotaArn: quotaArn(where, quota),
    QuotaCode: quota.code,
    QuotaName: quota.name,
    Value: value,
    Unit: 'None',
    Adjustable: quota.adjustable,
    GlobalQuota: false,
    ...(quota.vcpuClass === undefined
      ? {}
      : { UsageMetric: { MetricNamespace: 'AWS/Usage', MetricName: 'ResourceCount', MetricDimensions: { Class: quota.vcpuClass, Resource: 'vCPU', Service: 'EC2', Type: 'Resource' }, MetricStatisticRecommendation: 'Maximum' } }),
    QuotaAppliedAtLevel: 'ACCOUNT',
  };
}
