import { isMinor, type Minor } from './minor.ts';

/**
 * Names of the images that are published for EKS nodes, each with its minor in it. Sources: awslabs/amazon-eks-ami releases (Amazon
 * Linux 2 and 2023), Bottlerocket's published images, Canonical's Ubuntu for EKS, and EKS user guide, Windows AMIs.
 */
const IMAGE_NAMES: readonly RegExp[] = [
  // amazon-eks-node-1.31-v20250501, amazon-eks-gpu-node-1.31-v20250501, amazon-eks-arm64-node-1.31-v20250501
  /^amazon-eks-(?:gpu-|arm64-)?node-(\d+\.\d+)-v\d/,
  // amazon-eks-node-al2023-x86_64-standard-1.33-v20250501, amazon-eks-node-al2023-x86_64-nvidia-560-1.31-v20241016
  /^amazon-eks-node-al2023-(?:x86_64|arm64)-[a-z]+(?:-\d+)?-(\d+\.\d+)-v\d/,
  // bottlerocket-aws-k8s-1.33-x86_64-v1.46.0-431fe75a, bottlerocket-aws-k8s-1.33-nvidia-fips-aarch64-v1.46.0-431fe75a
  /^bottlerocket-aws-k8s-(\d+\.\d+)-[a-z]/,
  // ubuntu-eks/k8s_1.31/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20250626, ubuntu-eks-pro/k8s_1.32/...
  /^ubuntu-eks(?:-pro)?\/k8s_(\d+\.\d+)\//,
  // Windows_Server-2022-English-Core-EKS_Optimized-1.35-2026.04.18
  /^Windows_Server-\d{4}-English-(?:Core|Full)-EKS_Optimized-(\d+\.\d+)(?:-|$)/,
];

/**
 * Public parameters that a launch template may name in an image's place. Sources: EKS user guide, Retrieve recommended Amazon Linux,
 * Bottlerocket and Windows AMI IDs.
 */
const IMAGE_PARAMETERS: readonly RegExp[] = [
  /^\/aws\/service\/eks\/optimized-ami\/(\d+\.\d+)\//,
  /^\/aws\/service\/bottlerocket\/aws-k8s-(\d+\.\d+)(?:-[a-z]+)*\//,
  /^\/aws\/service\/ami-windows-latest\/Windows_Server-\d{4}-English-(?:Core|Full)-EKS_Optimized-(\d+\.\d+)\//,
];

const PARAMETER_PREFIX = 'resolve:ssm:';

/** The kubelet's minor of a node made of this image; undefined for an image of one's own, whose name tells nothing that can be relied on. */
export function minorOfImage(imageName: string): Minor | undefined {
  return firstMinor(IMAGE_NAMES, imageName);
}

/** The same for `resolve:ssm:/aws/service/eks/optimized-ami/1.33/...`, which a launch template may hold for an image's id. */
export function minorOfImageParameter(imageId: string): Minor | undefined {
  return imageId.startsWith(PARAMETER_PREFIX) ? firstMinor(IMAGE_PARAMETERS, imageId.slice(PARAMETER_PREFIX.length)) : undefined;
}

function firstMinor(patterns: readonly RegExp[], text: string): Minor | undefined {
  const told = patterns.map((pattern) => pattern.exec(text)?.[1]).find((found) => found !== undefined);
  return told !== undefined && isMinor(told) ? told : undefined;
}
