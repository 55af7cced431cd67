import { compareMinors, minorsBetween, type Minor } from './minor.ts';

/** How many minors a kubelet may be behind its API server: three, or two when it is 1.24 or older (source: Kubernetes version skew policy; EKS best practices, cluster upgrades). */
const KUBELET_SKEW_MINORS_MAX = 3;
const OLD_KUBELET_SKEW_MINORS_MAX = 2;
const LAST_OLD_KUBELET: Minor = '1.24';

/** How many minors a kubelet of this version may be behind its control plane. */
export function kubeletSkewMinorsMax(kubelet: Minor): number {
  return compareMinors(kubelet, LAST_OLD_KUBELET) <= 0 ? OLD_KUBELET_SKEW_MINORS_MAX : KUBELET_SKEW_MINORS_MAX;
}

/** Whether nodes of this minor may stand under this control plane: never newer, and not too far behind. */
export function kubeletFits(kubelet: Minor, controlPlane: Minor): boolean {
  const behind = minorsBetween(kubelet, controlPlane);
  return behind !== undefined && behind >= 0 && behind <= kubeletSkewMinorsMax(kubelet);
}

/** The same rule holds for kube-proxy: never newer than the API server, and as far behind as a kubelet may be (source: Kubernetes version skew policy, kube-proxy). */
export function kubeProxyFits(kubeProxy: Minor, controlPlane: Minor): boolean {
  return kubeletFits(kubeProxy, controlPlane);
}
