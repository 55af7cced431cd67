import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { minorOfImage, minorOfImageParameter } from '../../domain/node-images.ts';

const PUBLISHED: readonly (readonly [string, string])[] = [
  ['amazon-eks-node-1.31-v20250519', '1.31'],
  ['amazon-eks-gpu-node-1.24-v20240409', '1.24'],
  ['amazon-eks-arm64-node-1.9-v20250519', '1.9'],
  ['amazon-eks-node-al2023-x86_64-standard-1.33-v20250519', '1.33'],
  ['amazon-eks-node-al2023-arm64-standard-1.36-v20260919', '1.36'],
  ['amazon-eks-node-al2023-x86_64-nvidia-1.33-v20250620', '1.33'],
  ['amazon-eks-node-al2023-x86_64-nvidia-560-1.31-v20241016', '1.31'],
  ['amazon-eks-node-al2023-x86_64-neuron-1.30-v20241016', '1.30'],
  ['bottlerocket-aws-k8s-1.33-x86_64-v1.46.0-431fe75a', '1.33'],
  ['bottlerocket-aws-k8s-1.30-nvidia-x86_64-v1.20.4-b6163b2a', '1.30'],
  ['bottlerocket-aws-k8s-1.34-fips-aarch64-v1.50.0-5043decc', '1.34'],
  ['ubuntu-eks/k8s_1.31/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-20250626', '1.31'],
  ['ubuntu-eks-pro/k8s_1.32/images/hvm-ssd-gp3/ubuntu-noble-24.04-arm64-server-20250607', '1.32'],
  ['Windows_Server-2025-English-Core-EKS_Optimized-1.35-2026.04.18', '1.35'],
  ['Windows_Server-2022-English-Full-EKS_Optimized-1.31', '1.31'],
];

describe('minorOfImage', () => {
  it('reads the minor of every image that is published for EKS nodes', () => {
    assert.deepEqual(PUBLISHED.map(([name]) => minorOfImage(name)), PUBLISHED.map(([, minor]) => minor));
  });

  it('reads whatever minor and date stand in such a name', () => {
    const parts = fc.record({ minor: fc.integer({ min: 0, max: 999 }), date: fc.integer({ min: 20180101, max: 20991231 }), shape: fc.nat(4) });
    fc.assert(
      fc.property(parts, ({ minor, date, shape }) => {
        const name = [`amazon-eks-node-1.${minor}-v${date}`, `amazon-eks-node-al2023-arm64-standard-1.${minor}-v${date}`, `bottlerocket-aws-k8s-1.${minor}-aarch64-v1.${date}.0-ab`, `ubuntu-eks/k8s_1.${minor}/images/${date}`, `Windows_Server-2022-English-Core-EKS_Optimized-1.${minor}-${date}`][shape]!;
        assert.equal(minorOfImage(name), `1.${minor}`);
      }),
      { numRuns: 200, seed: 11 },
    );
  });

  it('does not guess at an image of one\'s own, whatever stands in its name', () => {
    const own = ['golden-image', 'my amazon-eks-node-1.31-v20250519', 'acme-eks-1.31', 'al2023-ami-2023.7.20250512.0-kernel-6.1-x86_64', 'amazon-eks-node-latest', 'amazon-eks-node-1.031-v20250519', 'bottlerocket-aws-ecs-2-x86_64-v1.46.0', 'Windows_Server-2022-English-Full-Base-2025.05.14', ''];
    assert.deepEqual(own.map(minorOfImage), own.map(() => undefined));
    fc.assert(fc.property(fc.string(), (text) => minorOfImage(`x${text}`) === undefined), { numRuns: 200, seed: 12 });
  });
});

describe('minorOfImageParameter', () => {
  it('reads the minor of the public parameters that stand for an image', () => {
    assert.equal(minorOfImageParameter('resolve:ssm:/aws/service/eks/optimized-ami/1.33/amazon-linux-2023/x86_64/standard/recommended/image_id'), '1.33');
    assert.equal(minorOfImageParameter('resolve:ssm:/aws/service/bottlerocket/aws-k8s-1.34-nvidia/x86_64/latest/image_id'), '1.34');
    assert.equal(minorOfImageParameter('resolve:ssm:/aws/service/ami-windows-latest/Windows_Server-2022-English-Core-EKS_Optimized-1.30/image_id'), '1.30');
    assert.deepEqual(['ami-0123456789abcdef0', 'resolve:ssm:/acme/nodes/1.33', '/aws/service/eks/optimized-ami/1.33/x'].map(minorOfImageParameter), [undefined, undefined, undefined]);
  });
});
