/** What an instance type holds at most, as DescribeInstanceTypes tells it. */
export interface InstanceLimits {
  readonly instanceType: string;
  readonly vcpus: number;
  /** Network interfaces on the first card, which alone the VPC CNI uses. */
  readonly interfaces: number;
  /** IPv4 addresses of an interface, its primary one included. */
  readonly addressesPerInterface: number;
}

/** Families that run on Xen; all others are of the Nitro System (source: EC2 user guide, Amazon EC2 instances built on the AWS Nitro System, previous generations). */
const XEN_FAMILIES: ReadonlySet<string> = new Set(['c1', 'c3', 'c4', 'd2', 'f1', 'g2', 'g3', 'g3s', 'h1', 'i2', 'i3', 'm1', 'm2', 'm3', 'm4', 'p2', 'p3', 'r3', 'r4', 't1', 't2', 'x1', 'x1e']);

/** By the type's name. Bare metal is of the Nitro System whatever its family. */
export function isNitro(instanceType: string): boolean {
  const [family = '', size = ''] = instanceType.split('.');
  return size.startsWith('metal') || !XEN_FAMILIES.has(family);
}

/** What EKS launches where a group names no type (source: EKS API reference, CreateNodegroup, instanceTypes). */
export const DEFAULT_INSTANCE_TYPE = 't3.medium';
