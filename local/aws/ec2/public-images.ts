import { compareMinors } from '../../../domain/minor.ts';
import type { Minor } from '../../../domain/minor.ts';
import { amiReleases, releasedVersions } from '../eks/catalogue.ts';
import catalogue from '../eks/catalogue.json' with { type: 'json' };
import owners from './image-owners.json' with { type: 'json' };
import { steadyId } from './zones.ts';

/** An image as DescribeImages tells it, whoever owns it. */
export interface SeenImage {
  readonly id: string;
  readonly ownerId: string;
  readonly ownerAlias?: string;
  readonly isPublic: boolean;
  readonly name: string;
  readonly description: string;
  readonly architecture: string;
  readonly rootDeviceName: string;
  readonly createdAt: number;
  /** From then on only those who know its id, or ask for deprecated ones, see it. */
  readonly deprecatedAt?: number;
  readonly sourceImageId?: string;
  readonly sourceImageRegion?: string;
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
}

/** The last minor with Amazon Linux 2 images, and the day of the last of them. Source: EKS user guide, "EKS AL2 & AL2-Accelerated AMIs transition". */
const AL2_LAST_MINOR: Minor = '1.32';
const AL2_LAST_DAY = Date.parse('2025-11-26T00:00:00Z');
/** EKS deprecates its images two years after they were made, as their DeprecationTime tells. */
const YEARS_UNTIL_DEPRECATED = 2;

/**
 * The EKS-optimised images of a region that were published by `now`: Amazon Linux 2 (up to 1.32), Amazon Linux 2023 and
 * Bottlerocket, for each release that the simulated EKS knows. Names are those that Amazon gives; ids are made of region and name.
 */
export function publicImages(region: string, now: number): SeenImage[] {
  return releasedVersions(now).flatMap(({ minor, releaseDate }) => [...amazonLinux(region, minor, now), ...bottlerocket(region, minor, Date.parse(`${releaseDate}T00:00:00Z`), now)]);
}

function amazonLinux(region: string, minor: Minor, now: number): SeenImage[] {
  return amiReleases(minor, 'AL2023_x86_64_STANDARD', now).flatMap((release) => {
    const [patch = '', date = ''] = release.split('-');
    const createdAt = dayIn(date);
    const image = (name: string, architecture: string, description: string): SeenImage => amazons(region, owners.eks, `${name}-${minor}-v${date}`, architecture, `${description}, (k8s: ${patch}, containerd: 1.7.*)`, createdAt);
    const al2023 = 'EKS-optimized Kubernetes node based on Amazon Linux 2023';
    const al2 = 'EKS Kubernetes Worker AMI with AmazonLinux2 image';
    return [
      image('amazon-eks-node-al2023-x86_64-standard', 'x86_64', al2023),
      image('amazon-eks-node-al2023-arm64-standard', 'arm64', al2023),
      image('amazon-eks-node-al2023-x86_64-nvidia', 'x86_64', al2023),
      ...(hasAmazonLinux2(minor) && createdAt <= AL2_LAST_DAY ? [image('amazon-eks-node', 'x86_64', al2), image('amazon-eks-arm64-node', 'arm64', al2), image('amazon-eks-gpu-node', 'x86_64', al2)] : []),
    ];
  });
}

function hasAmazonLinux2(minor: Minor): boolean {
  return compareMinors(minor, AL2_LAST_MINOR) <= 0;
}

/** Releases of Bottlerocket that are younger than the minor have an image for it; if there is none yet, the newest has. */
function bottlerocket(region: string, minor: Minor, releasedAt: number, now: number): SeenImage[] {
  const ownerId = (owners.bottlerocket as Readonly<Record<string, string>>)[region];
  if (ownerId === undefined) return [];
  const releases = catalogue.bottlerocketReleases.map(({ version, from }) => ({ version, from: Date.parse(`${from}T00:00:00Z`) })).filter(({ from }) => from <= now);
  const younger = releases.filter(({ from }) => from >= releasedAt);
  return (younger.length > 0 ? younger : releases.slice(-1)).flatMap(({ version, from }) =>
    [['x86_64', 'x86_64'] as const, ['aarch64', 'arm64'] as const].map(([written, architecture]) => {
      const name = `bottlerocket-aws-k8s-${minor}-${written}-v${version}`;
      return amazons(region, ownerId, name, architecture, name, Math.max(from, releasedAt));
    }),
  );
}

function amazons(region: string, ownerId: string, name: string, architecture: string, description: string, createdAt: number): SeenImage {
  const deprecated = new Date(createdAt);
  deprecated.setUTCFullYear(deprecated.getUTCFullYear() + YEARS_UNTIL_DEPRECATED);
  return { id: steadyId('ami', region, name), ownerId, ownerAlias: 'amazon', isPublic: true, name, description, architecture, rootDeviceName: '/dev/xvda', createdAt, deprecatedAt: deprecated.getTime(), tags: [] };
}

/** `20250519` as a moment. */
function dayIn(date: string): number {
  return Date.parse(`${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6, 8)}T00:00:00Z`);
}
