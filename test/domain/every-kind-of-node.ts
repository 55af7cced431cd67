import type { ClusterFacts } from '../../domain/facts.ts';
import type { Minor } from '../../domain/minor.ts';
import { insights, ready, seen } from './checks/ready.ts';
import { addonFacts, ADDONS, clusterFacts, nodegroupFacts } from './worlds.ts';

const image = (version: number, minor: Minor) => ({ version: String(version), imageId: `ami-${version}`, imageName: `amazon-eks-node-al2023-x86_64-standard-${minor}-v20260801`, minor });
const own = { minSize: 1, maxSize: 6, subnetIds: [], unhealthyInstances: 0 };

/** A cluster with nodes of every kind, all at `version`, with what EKS and Auto Scaling would offer it on the way to 1.36 and back. */
export function everyKindOfNode(version: Minor, addons: Readonly<Record<string, string>>): ClusterFacts {
  return clusterFacts(version, {
    cluster: { autoMode: true, hybridNodes: true },
    nodegroups: [
      nodegroupFacts('blue', version),
      nodegroupFacts('canary', version, { scalingConfig: { minSize: 1, maxSize: 2, desiredSize: 1 } }),
      nodegroupFacts('green', version, { scalingConfig: { minSize: 2, maxSize: 20, desiredSize: 12 }, updateConfig: { maxUnavailablePercentage: 25 } }),
      nodegroupFacts('hardened', undefined, { amiType: 'CUSTOM', customAmi: true }),
    ],
    addons: Object.entries(addons).map(([name, addonVersion]) => addonFacts(name, addonVersion)),
    addonCatalogue: ADDONS,
    readiness: ready({
      insights: insights([], ['1.35', '1.36']),
      selfManagedGroups: seen([
        { ...own, groupName: 'gpu-workers', desiredCapacity: 4, launchTemplate: { id: 'lt-gpu', version: '3' }, kubelets: [version, version, version, version], images: [image(5, '1.36'), image(4, '1.35'), image(3, '1.34')] },
        { ...own, groupName: 'old-workers', desiredCapacity: 2, launchTemplate: { id: 'lt-old', version: '1' }, kubelets: ['1.34', '1.34'], images: [image(1, '1.34')] },
      ]),
      fargateProfiles: seen([{ profileName: 'jobs', status: 'ACTIVE', subnetIds: [], namespaces: ['batch'], healthIssues: [] }]),
      pooledNodes: seen([
        { kind: 'auto-mode', pool: 'general-purpose', count: 3, kubelets: [version] },
        { kind: 'karpenter', pool: 'spot', count: 6, kubelets: [version === '1.36' ? '1.35' : version] },
      ]),
      hybridNodes: true,
    }),
  });
}
