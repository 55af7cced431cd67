import type { Cluster } from '../cluster.ts';
import type { Wanted } from '../wanted.ts';

/** Add-ons by which parts may be installed or that they settle: what EKS lists for them must be known before the parts are compiled. */
const ADDONS_OF_WISHES: Readonly<Partial<Record<keyof Wanted, readonly string[]>>> = {
  podIdentities: ['eks-pod-identity-agent'],
  fargateProfiles: ['coredns'],
  autoscaling: ['cluster-autoscaler', 'eks-pod-identity-agent'],
  traffic: ['aws-load-balancer-controller', 'eks-pod-identity-agent'],
  dns: ['external-dns', 'eks-pod-identity-agent'],
  network: ['vpc-cni', 'eks-pod-identity-agent'],
};

/** The add-ons that what is asked for may need. */
export function addonsOfWishes(wanted: Wanted | undefined): readonly string[] {
  if (wanted === undefined) return [];
  return [...new Set((Object.keys(wanted) as (keyof Wanted)[]).flatMap((wish) => ADDONS_OF_WISHES[wish] ?? []))];
}

/** The add-ons that a change of a cluster may concern besides those that are installed. */
export function addonsToLookAt({ addonsAsked = [], wanted }: Pick<Cluster, 'addonsAsked' | 'wanted'>): readonly string[] {
  return [...new Set([...addonsAsked.map(({ addonName }) => addonName), ...addonsOfWishes(wanted)])];
}
