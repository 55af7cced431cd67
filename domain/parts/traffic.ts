import { isListed, offersOf } from '../addon-versions.ts';
import { agentNeed, controllerIdentity, controllerRole, placeOf, type ControllerPlace, type ControllerRole } from '../controllers/place.ts';
import { loadBalancerPolicies } from '../controllers/load-balancer-policy.ts';
import { CONTROLLERS, releaseFor, unknownOn, type Release } from '../controllers/releases.ts';
import type { Cluster } from '../cluster.ts';
import { finding } from '../finding-codes.ts';
import type { Finding } from '../plan.ts';
import type { Compiled, PartsAsk } from './compiled.ts';
import { roleArnIn, type HandOverResource } from './resource.ts';
import type { TrafficWish } from './traffic-wish.ts';

const CONTROLLER = 'aws-load-balancer-controller';
const REPLICAS = 2;
const OF_THE_PART = { part: 'traffic', partName: 'traffic' } as const;

/** Load balancers for Services and Ingresses: by the AWS Load Balancer Controller, or by what EKS Auto Mode brings. */
export function traffic(ask: PartsAsk): Compiled {
  const wish = ask.cluster.wanted?.traffic;
  switch (wish?.controller) {
    case undefined:
    case 'none':
      return { resources: [] };
    case 'auto-mode':
      return autoMode(ask);
    case CONTROLLER:
      return loadBalancerController(ask, wish);
  }
}

function loadBalancerController(ask: PartsAsk, wish: Extract<TrafficWish, { controller: typeof CONTROLLER }>): Compiled {
  const { cluster } = ask;
  const place = placeOf(ask);
  const of: ControllerRole = { ...OF_THE_PART, word: 'traffic', description: `AWS Load Balancer Controller of ${cluster.name}.`, namespace: 'kube-system', serviceAccount: CONTROLLER, policies: loadBalancerPolicies(place) };
  const role = controllerRole(cluster, of);
  const roleArn = roleArnIn(cluster.accountId, role.name);
  const findings = subnetFindings(ask);
  if (listedAsAddon(CONTROLLER, ask)) {
    return { resources: [role], addons: [...agentNeed(cluster, 'traffic'), { addonName: CONTROLLER, part: 'traffic', podIdentityAssociations: [{ serviceAccount: CONTROLLER, roleArn }], needs: [`role/${role.name}`] }], findings };
  }
  const release = releaseFor(CONTROLLER, cluster.version);
  if (release === undefined) return { resources: [], errors: [{ path: 'traffic.controller', message: `No release of the AWS Load Balancer Controller is known here for ${cluster.version}` }] };
  return { resources: [role, controllerIdentity(of, roleArn, role.name), handOver(place, wish, release)], addons: agentNeed(cluster, 'traffic'), findings: [...findings, ...notListed(release, cluster)] };
}

function notListed({ version }: Release, { version: minor }: Pick<Cluster, 'version'>): readonly Finding[] {
  const untold = unknownOn(CONTROLLER, version, minor);
  return untold === undefined ? [] : [finding('controller-not-listed', 'advises', CONTROLLER, { detail: untold, remedy: 'Look at its makers\' installation page before it is applied.' })];
}

/** Whether EKS itself installs it on this minor. */
export function listedAsAddon(addonName: string, { cluster, addonCatalogue }: Pick<PartsAsk, 'cluster' | 'addonCatalogue'>): boolean {
  const offers = offersOf(addonName, addonCatalogue) ?? [];
  return offers.some(({ addonVersion }) => isListed(addonVersion, cluster.version, offers));
}

function handOver({ clusterName, region, vpcId }: ControllerPlace, wish: Extract<TrafficWish, { controller: typeof CONTROLLER }>, { version, chart }: Release): HandOverResource {
  return {
    kind: 'hand-over',
    name: CONTROLLER,
    ...OF_THE_PART,
    needs: [`pod-identity/kube-system/${CONTROLLER}`],
    what: CONTROLLER,
    version,
    chart: {
      ...CONTROLLERS[CONTROLLER].chart,
      version: chart,
      releaseName: CONTROLLER,
      namespace: 'kube-system',
      values: {
        clusterName,
        region,
        ...(vpcId === undefined ? {} : { vpcId }),
        image: { tag: `v${version}` },
        replicaCount: wish.replicaCount ?? REPLICAS,
        serviceAccount: { create: true, name: CONTROLLER },
        createIngressClassResource: true,
        enableServiceMutatorWebhook: wish.defaultForServices ?? true,
        podDisruptionBudget: { maxUnavailable: 1 },
      },
    },
    // Helm installs definitions of custom resources with the first install only (source: AWS Load Balancer Controller, Installation, Summary).
    commands: [`helm show crds ${CONTROLLER} --repo ${CONTROLLERS[CONTROLLER].chart.repository} --version ${chart} | kubectl apply --server-side -f -`],
  };
}

/**
 * Where subnets carry role tags only those are candidates; where none does, the controller goes by what their routes reach (source: AWS Load
 * Balancer Controller, Subnet auto-discovery). Nothing is told of subnets whose tags were not looked at.
 */
function subnetFindings({ cluster, subnets }: PartsAsk): readonly Finding[] {
  const own = subnets.filter(({ subnetId, elbRoles }) => cluster.subnetIds.includes(subnetId) && elbRoles !== undefined);
  const missing = (['elb', 'internal-elb'] as const).filter((role) => !own.some(({ elbRoles }) => elbRoles?.includes(role)));
  if (own.length === 0 || missing.length === 0) return [];
  const tags = missing.map((role) => `kubernetes.io/role/${role}`);
  const forWhom = missing.map((role) => (role === 'elb' ? 'open to the internet' : 'internal')).join(' and ');
  return [
    finding('load-balancer-subnets-untagged', 'advises', cluster.name, {
      detail: `None of the cluster's subnets carries ${tags.join(' or ')}. For load balancers that are ${forWhom} the controller goes by the routes of all subnets of the VPC then.`,
      remedy: `Tag the subnets that load balancers shall be in: ${tags.map((tag) => `${tag}=1`).join(', ')}; or name subnets in each Service and Ingress.`,
    }),
  ];
}

/** Auto Mode's own controller is there with it; an Ingress needs a class that leads to it (source: EKS user guide, Create an IngressClass to configure an Application Load Balancer). */
function autoMode({ cluster }: PartsAsk): Compiled {
  if (cluster.wanted?.autoscaling?.kind !== 'auto-mode') {
    return { resources: [], errors: [{ path: 'traffic.controller', message: 'Load balancers come with EKS Auto Mode alone, which EKS turns on as a whole: ask for autoscaling.kind auto-mode, or for aws-load-balancer-controller' }] };
  }
  const manifests = [
    { apiVersion: 'eks.amazonaws.com/v1', kind: 'IngressClassParams', metadata: { name: 'alb' }, spec: { scheme: 'internet-facing' } },
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'alb', annotations: { 'ingressclass.kubernetes.io/is-default-class': 'true' } },
      spec: { controller: 'eks.amazonaws.com/alb', parameters: { apiGroup: 'eks.amazonaws.com', kind: 'IngressClassParams', name: 'alb' } },
    },
  ];
  return { resources: [{ kind: 'hand-over', name: 'auto-mode-ingress-class', ...OF_THE_PART, what: 'the Ingress class of Auto Mode', manifests }] };
}
