import { autoscalerTags, clusterAutoscalerPolicies } from '../controllers/cluster-autoscaler-policy.ts';
import { agentNeed, controllerIdentity, controllerRole, placeOf, type ControllerRole } from '../controllers/place.ts';
import { CONTROLLERS, minorsOf, releaseFor, type Release } from '../controllers/releases.ts';
import type { Cluster } from '../cluster.ts';
import type { Compiled, PartsAsk } from './compiled.ts';
import { roleArnIn, type HandOverResource } from './resource.ts';
import { listedAsAddon } from './traffic.ts';

const AUTOSCALER = 'cluster-autoscaler';
const OF_THE_PART = { part: 'autoscaling', partName: 'autoscaling' } as const;

/** The Cluster Autoscaler, of the control plane's minor: its role, and what installs it. */
export function clusterAutoscaler(ask: PartsAsk): Compiled {
  const { cluster } = ask;
  if (cluster.wanted?.autoscaling?.kind !== AUTOSCALER) return { resources: [] };
  const of: ControllerRole = { ...OF_THE_PART, word: AUTOSCALER, description: `Cluster Autoscaler of ${cluster.name}.`, namespace: 'kube-system', serviceAccount: AUTOSCALER, policies: clusterAutoscalerPolicies(placeOf(ask)) };
  const role = controllerRole(cluster, of);
  const roleArn = roleArnIn(cluster.accountId, role.name);
  if (listedAsAddon(AUTOSCALER, ask)) {
    return { resources: [role], addons: [...agentNeed(cluster, 'autoscaling'), { addonName: AUTOSCALER, part: 'autoscaling', podIdentityAssociations: [{ serviceAccount: AUTOSCALER, roleArn }], needs: [`role/${role.name}`] }] };
  }
  const release = releaseFor(AUTOSCALER, cluster.version);
  if (release === undefined) return { resources: [], errors: [{ path: 'autoscaling.kind', message: `The Cluster Autoscaler is listed here for ${minorsOf(AUTOSCALER).join(', ')}, not for ${cluster.version}` }] };
  return { resources: [role, controllerIdentity(of, roleArn, role.name), handOver(cluster, release)], addons: agentNeed(cluster, 'autoscaling') };
}

function handOver({ name, region }: Cluster, { version, chart }: Release): HandOverResource {
  return {
    kind: 'hand-over',
    name: AUTOSCALER,
    ...OF_THE_PART,
    needs: [`pod-identity/kube-system/${AUTOSCALER}`],
    what: AUTOSCALER,
    version,
    chart: {
      ...CONTROLLERS[AUTOSCALER].chart,
      version: chart,
      releaseName: AUTOSCALER,
      namespace: 'kube-system',
      values: {
        cloudProvider: 'aws',
        awsRegion: region,
        autoDiscovery: { clusterName: name, tags: Object.keys(autoscalerTags(name)) },
        fullnameOverride: AUTOSCALER,
        image: { tag: `v${version}` },
        rbac: { create: true, serviceAccount: { create: true, name: AUTOSCALER } },
      },
    },
  };
}
