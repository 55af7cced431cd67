import type { Collection, Disk } from '../../disk.ts';
import { AwsError } from '../service.ts';
import { formatCidr, parseCidr, sizeOf } from './cidr.ts';
import { shareKey, sharesOf } from './shared-subnets.ts';
import { steadyId, zonesOf } from './zones.ts';

export interface Tag {
  readonly Key: string;
  readonly Value: string;
}

interface Placed {
  readonly accountId: string;
  readonly region: string;
  readonly id: string;
  readonly tags: readonly Tag[];
}

export interface VpcRecord extends Placed {
  readonly cidr: string;
  readonly ipv6Cidr?: string;
  readonly isDefault: boolean;
  readonly dnsHostnames: boolean;
  readonly dnsSupport: boolean;
  readonly networkAddressUsageMetrics: boolean;
}

export interface SubnetRecord extends Placed {
  readonly vpcId: string;
  readonly cidr: string;
  readonly ipv6Cidr?: string;
  readonly ipv6OnCreation?: boolean;
  readonly zoneName: string;
  readonly zoneId: string;
  readonly isDefault: boolean;
  readonly publicAddresses: boolean;
}

export interface SecurityRule {
  readonly id: string;
  readonly egress: boolean;
  readonly protocol: string;
  readonly fromPort?: number;
  readonly toPort?: number;
  readonly cidr?: string;
  readonly cidrIpv6?: string;
  readonly groupId?: string;
  readonly description?: string;
}

export interface GroupRecord extends Placed {
  readonly vpcId: string;
  readonly name: string;
  readonly description: string;
  readonly rules: readonly SecurityRule[];
}

export interface TemplateRecord extends Placed {
  readonly name: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly defaultVersion: number;
  readonly latestVersion: number;
}

export interface TemplateVersionRecord {
  readonly number: number;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly description?: string;
  /** RequestLaunchTemplateData; its times are RFC 3339. */
  readonly data: Readonly<Record<string, unknown>>;
}

export interface InstanceRecord extends Placed {
  readonly imageId: string;
  readonly instanceType: string;
  readonly architecture: string;
  readonly subnetId: string;
  readonly vpcId: string;
  readonly zoneName: string;
  readonly zoneId: string;
  readonly privateAddress: string;
  readonly groupIds: readonly string[];
  readonly spot: boolean;
  readonly reservationId: string;
  /** Its number among those of one launch. */
  readonly launchIndex: number;
  readonly keyName?: string;
  readonly profileArn?: string;
  /** Virtual epoch ms. */
  readonly launchedAt: number;
  /** When its termination was asked for. */
  readonly terminatedAt?: number;
  readonly terminationReason?: string;
}

/** An image of the account's own. */
export interface ImageRecord extends Placed {
  readonly name: string;
  readonly description: string;
  readonly architecture: string;
  readonly rootDeviceName: string;
  readonly createdAt: number;
  readonly sourceImageId?: string;
  readonly sourceImageRegion?: string;
}

/** Five addresses of every subnet are AWS's own. */
const RESERVED_ADDRESSES = 5;
/** Default subnets are /20 pieces of the default VPC. */
const DEFAULT_SUBNET_BITS = 20;
const DEFAULT_VPC_CIDR = '172.31.0.0/16';

/** What EC2 remembers of one account in one region. A place that nobody touched before begins with its default VPC, subnets and group. */
export class Ec2Place {
  readonly accountId: string;
  readonly region: string;
  readonly vpcs: Shelf<VpcRecord>;
  readonly subnets: Shelf<SubnetRecord>;
  readonly groups: Shelf<GroupRecord>;
  readonly templates: Shelf<TemplateRecord>;
  readonly instances: Shelf<InstanceRecord>;
  readonly images: Shelf<ImageRecord>;
  readonly #versions: Collection<TemplateVersionRecord>;
  readonly #held: Collection<number>;
  readonly #disk: Disk;

  constructor(disk: Disk, accountId: string, region: string) {
    this.accountId = accountId;
    this.region = region;
    const prefix = `${accountId}/${region}/`;
    this.vpcs = new Shelf(disk.collection('ec2-vpcs'), prefix);
    this.subnets = new Shelf(disk.collection('ec2-subnets'), prefix);
    this.groups = new Shelf(disk.collection('ec2-security-groups'), prefix);
    this.templates = new Shelf(disk.collection('ec2-launch-templates'), prefix);
    this.instances = new Shelf(disk.collection('ec2-instances'), prefix);
    this.images = new Shelf(disk.collection('ec2-images'), prefix);
    this.#disk = disk;
    this.#versions = disk.collection('ec2-launch-template-versions');
    this.#held = disk.collection('ec2-held-addresses');
    const begun = disk.collection<boolean>('ec2-places');
    if (begun.get(prefix) === undefined) {
      disk.transaction(() => {
        this.#begin();
        begun.put(prefix, true);
      });
    }
  }

  #begin(): void {
    const { accountId, region } = this;
    const zones = zonesOf(accountId, region);
    const vpcId = steadyId('vpc', accountId, region, 'default');
    const base = parseCidr(DEFAULT_VPC_CIDR)?.base ?? 0;
    this.vpcs.put({ accountId, region, id: vpcId, tags: [], cidr: DEFAULT_VPC_CIDR, isDefault: true, dnsHostnames: true, dnsSupport: true, networkAddressUsageMetrics: false });
    this.groups.put(defaultGroup(accountId, region, vpcId));
    zones.forEach((zone, index) => {
      const cidr = formatCidr({ base: base + index * sizeOf(DEFAULT_SUBNET_BITS), bits: DEFAULT_SUBNET_BITS });
      this.subnets.put({ accountId, region, id: steadyId('subnet', accountId, region, zone.name), tags: [], vpcId, cidr, zoneName: zone.name, zoneId: zone.id, isDefault: true, publicAddresses: true });
    });
  }

  versions(templateId: string): TemplateVersionRecord[] {
    return this.#versions.list(`${templateId}/`);
  }

  putVersion(templateId: string, version: TemplateVersionRecord): void {
    this.#versions.put(`${templateId}/${String(version.number).padStart(6, '0')}`, version);
  }

  removeVersion(templateId: string, number: number): void {
    this.#versions.delete(`${templateId}/${String(number).padStart(6, '0')}`);
  }

  removeVersions(templateId: string): void {
    for (const [key] of this.#versions.entries(`${templateId}/`)) this.#versions.delete(key);
  }

  /** The account's own subnets, and those that others share with it. Zones are the same by their ids; each account has its own names for them. */
  visibleSubnets(): SubnetRecord[] {
    const zones = zonesOf(this.accountId, this.region);
    const shared = sharesOf(this.#disk).list(`${this.accountId}/${this.region}/`).flatMap(({ owner, subnetId }) => this.#disk.collection<SubnetRecord>('ec2-subnets').get(`${owner}/${this.region}/${subnetId}`) ?? []);
    return [...this.subnets.list(), ...shared.map((subnet) => ({ ...subnet, tags: [], zoneName: zones.find(({ id }) => id === subnet.zoneId)?.name ?? subnet.zoneName }))];
  }

  visibleSubnet(id: string): SubnetRecord | undefined {
    return this.subnets.get(id) ?? this.visibleSubnets().find((subnet) => subnet.id === id);
  }

  /** The account's own VPCs, and those that a subnet is shared of. */
  visibleVpcs(): VpcRecord[] {
    const own = this.vpcs.list();
    const foreign = new Map(this.visibleSubnets().filter(({ accountId }) => accountId !== this.accountId).map(({ vpcId, accountId }) => [vpcId, accountId]));
    const shared = [...foreign].flatMap(([vpcId, owner]) => this.#disk.collection<VpcRecord>('ec2-vpcs').get(`${owner}/${this.region}/${vpcId}`) ?? []);
    return [...own, ...shared.map((vpc) => ({ ...vpc, tags: [] }))];
  }

  /** Addresses are counted with the subnet's owner, whoever holds them. */
  #heldAt(subnetId: string): { readonly shelf: string; readonly isShared: boolean } {
    const shared = sharesOf(this.#disk).get(shareKey({ with: this.accountId, region: this.region, subnetId }));
    return { shelf: `${shared?.owner ?? this.accountId}/${this.region}/${subnetId}/`, isShared: shared !== undefined };
  }

  /** Sets how many addresses of a subnet a holder has; 0 gives them back. */
  hold(subnetId: string, holder: string, addresses: number): void {
    const { shelf, isShared } = this.#heldAt(subnetId);
    const key = `${shelf}${isShared ? `${this.accountId}/` : ''}${holder}`;
    if (addresses <= 0) this.#held.delete(key);
    else this.#held.put(key, addresses);
  }

  heldAddresses(subnetId: string): number {
    return this.#held.list(this.#heldAt(subnetId).shelf).reduce((sum, count) => sum + count, 0);
  }

  freeAddresses(subnet: SubnetRecord): number {
    const block = parseCidr(subnet.cidr);
    return Math.max(0, (block === undefined ? 0 : sizeOf(block.bits)) - RESERVED_ADDRESSES - this.heldAddresses(subnet.id));
  }
}

/** The group that every VPC is born with: its members reach each other, and everything may leave. */
export function defaultGroup(accountId: string, region: string, vpcId: string): GroupRecord {
  const id = steadyId('sg', accountId, region, vpcId, 'default');
  return {
    accountId,
    region,
    id,
    tags: [],
    vpcId,
    name: 'default',
    description: 'default VPC security group',
    rules: [
      { id: steadyId('sgr', id, 'in'), egress: false, protocol: '-1', groupId: id },
      { id: steadyId('sgr', id, 'out'), egress: true, protocol: '-1', cidr: '0.0.0.0/0' },
    ],
  };
}

/** The records of one kind in one place, by id. */
export class Shelf<T extends Placed> {
  readonly #records: Collection<T>;
  readonly #prefix: string;

  constructor(records: Collection<T>, prefix: string) {
    this.#records = records;
    this.#prefix = prefix;
  }

  get(id: string): T | undefined {
    return this.#records.get(this.#prefix + id);
  }

  list(): T[] {
    return this.#records.list(this.#prefix);
  }

  put(record: T): void {
    this.#records.put(this.#prefix + record.id, record);
  }

  delete(id: string): void {
    this.#records.delete(this.#prefix + id);
  }
}

/** `InvalidVpcID.NotFound` and its kind. */
export function notFound(code: string, what: string, id: string): AwsError {
  return new AwsError(code, `The ${what} ID '${id}' does not exist`, 400);
}

const TAGS_MAX = 50;

export type TagSpecifications = readonly { readonly ResourceType?: string | undefined; readonly Tags?: readonly { readonly Key?: string | undefined; readonly Value?: string | undefined }[] | undefined }[];

/** Tags of a creation, from its TagSpecifications for the resource's type. */
export function tagsFor(type: string, specifications: TagSpecifications | undefined): Tag[] {
  const stray = (specifications ?? []).find(({ ResourceType }) => ResourceType !== type);
  if (stray !== undefined) throw new AwsError('InvalidParameterValue', `'${stray.ResourceType}' is not a valid taggable resource type for this operation.`, 400);
  return mergedTags([], (specifications ?? []).flatMap(({ Tags }) => Tags ?? []));
}

export function mergedTags(existing: readonly Tag[], added: readonly { Key?: string | undefined; Value?: string | undefined }[]): Tag[] {
  const tags = new Map(existing.map((tag) => [tag.Key, tag]));
  for (const { Key = '', Value = '' } of added) {
    if (Key === '' || Key.length > 127 || Key.startsWith('aws:')) throw new AwsError('InvalidParameterValue', `Tag keys starting with 'aws:' are reserved for internal use, and keys have 1 to 127 characters: '${Key.slice(0, 200)}'`, 400);
    if (Value.length > 255) throw new AwsError('InvalidParameterValue', 'Tag value exceeds the maximum length of 255 characters', 400);
    tags.set(Key, { Key, Value });
  }
  if (tags.size > TAGS_MAX) throw new AwsError('TagLimitExceeded', `The maximum number of Tags for a resource has been reached: ${TAGS_MAX}.`, 400);
  return [...tags.values()];
}
