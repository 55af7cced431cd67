import { selects } from '../../../domain/parts/fargate-selectors.ts';
import { addonEntry } from './catalogue.ts';
import { readyNodes } from './nodes.ts';
import type { Place } from './place.ts';
import type { AddonDoc } from './state.ts';

/** CoreDNS as EKS labels its pods. */
const COREDNS_POD = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns', 'eks.amazonaws.com/component': 'coredns' } };

/** Whether an add-on's pods have nothing to run on: no node, and no Fargate profile that CoreDNS is set for. Source: EKS user guide, Get started with Fargate. */
export function isStranded(place: Place, { addonName, clusterName, configurationValues }: Pick<AddonDoc, 'addonName' | 'clusterName' | 'configurationValues'>): boolean {
  if (addonEntry(addonName)?.needsNodes !== true || readyNodes(place, clusterName) > 0) return false;
  if (addonName !== 'coredns' || !/"?computeType"?\s*:\s*"?Fargate\b/i.test(configurationValues ?? '')) return true;
  const profiles = place.fargateProfiles.list(`${clusterName}/`).filter(({ status }) => status === 'ACTIVE');
  return !profiles.some(({ selectors }) => selectors.some(({ namespace = '', labels = {} }) => selects({ namespace, labels }, COREDNS_POD)));
}
