import { accessStep, isClusterAdmin } from './access-policies.ts';
import type { Account } from './account.ts';
import type { AskedAddon } from './addons/asked.ts';
import { chooseVersion } from './addons/plan-addons.ts';
import { forecastFindings } from './addresses/forecast.ts';
import { creationForecast } from './addresses/forecast-ask.ts';
import { wantedAddons, type WantedAddon } from './addons/wanted-addons.ts';
import type { Cluster } from './cluster.ts';
import { conditionOf } from './condition.ts';
import { estimateWork } from './estimate.ts';
import type { CreationFacts } from './facts.ts';
import { finding } from './finding-codes.ts';
import { isOffered, notOffered } from './hops.ts';
import { namedRoles, refuseUnpassable } from './named-roles.ts';
import { nodegroupCreationStep } from './nodegroup-steps.ts';
import { defined } from './parameters.ts';
import { nodegroupErrors, refuseBroken, refuseNodegroup, type RuleError } from './nodegroup-rules.ts';
import { notLookedAtForCreation } from './not-looked-at.ts';
import { autoModeSwitches, isAutoModeAlone } from './parts/auto-mode.ts';
import type { AddonNeed } from './parts/compiled.ts';
import { standingOf } from './parts/made-after.ts';
import { withOnlyAfter } from './parts/only-after.ts';
import { creationStages, planParts } from './parts/plan-parts.ts';
import type { AutoModeResource } from './parts/resource.ts';
import { wantedResources } from './parts/wanted-resources.ts';
import type { Finding, Plan, PlannedStep, Stage } from './plan.ts';
import { isRefusal, refuse, type Refusal } from './refusal.ts';
import { repeated } from './repeated.ts';
import { refuseClusterSubnets, refuseNodegroupSubnets, subnetAdvice } from './subnet-rules.ts';
import { targetSupportFindings } from './support-findings.ts';
import { accessCidrErrors, familyErrors, networkFindings, serviceNetworkErrors } from './vpc-config.ts';

/** EKS: 1 to 100 characters (source: CreateCluster, name). */
const NAME_PATTERN = /^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$/;
/** What a cluster gets when the request names no add-ons. */
export const DEFAULT_ADDONS: readonly string[] = ['vpc-cni', 'kube-proxy', 'eks-pod-identity-agent', 'coredns'];
/** The add-ons of a request that names none. Nodes of EKS Auto Mode bring along what the others need as add-ons. */
export function defaultAddons(cluster: Pick<Cluster, 'nodegroups' | 'wanted'>): readonly string[] {
  return isAutoModeAlone(cluster) ? [] : DEFAULT_ADDONS;
}
/** Add-ons that run on every node as it comes up: without them no node becomes Ready, so they are there before the first, and cannot be ACTIVE before it. */
const NETWORK_ADDONS: readonly string[] = ['vpc-cni', 'kube-proxy', 'eks-pod-identity-agent'];
/** Addresses that EKS takes in the cluster's subnets for a new control plane (source: EKS user guide, network requirements). */
const NEW_CONTROL_PLANE_ADDRESSES = 6;
const OPEN_TO_THE_WORLD = '0.0.0.0/0';

export interface CreationAsk {
  /** The draft record: nothing of it exists yet. */
  readonly cluster: Cluster;
  readonly account: Account;
  readonly facts: CreationFacts;
  /** RFC 3339. */
  readonly now: string;
}

/** Plans a new cluster: control plane, who may get in, what nodes need to come up, nodes, and what needs nodes. Refuses what EKS would refuse, before anything is made. */
export function planCreation(ask: CreationAsk): Plan | Refusal {
  const { cluster, facts, now } = ask;
  const refusal = refuseAccount(ask) ?? refuseCluster(ask) ?? refuseNodegroups(ask) ?? refuseErrors(cluster, facts) ?? refuseUnpassable(namedRoles(cluster), ask.account.accountId, ask.account.passRolePatterns);
  if (refusal !== undefined) return refusal;
  const parts = wantedResources({ cluster, addonCatalogue: facts.addonCatalogue, subnets: facts.subnets });
  if (isRefusal(parts)) return parts;
  const addons = chooseAddons(cluster, facts, parts.addons);
  if (isRefusal(addons)) return addons;

  const { version } = cluster;
  // Auto Mode comes with the control plane, in the same call.
  const autoMode = parts.resources.find((resource) => resource.kind === 'auto-mode');
  const partSteps = planParts({ ...standingOf(cluster), made: (cluster.made ?? []).filter(({ kind }) => kind !== 'auto-mode'), wanted: parts.resources.filter((resource) => resource !== autoMode), version, stageOf: creationStages(parts.resources) });
  const ofStage = (stage: Stage) => partSteps.filter((step) => step.stage === stage);
  const steps: PlannedStep[] = [
    ...ofStage('MakeRoles'),
    controlPlaneStep(cluster, autoMode),
    ...cluster.access.map((entry) => accessStep(entry, version, 'CreateAccessEntries')),
    ...ofStage('MakeIdentities'),
    ...addons.chosen.filter((addon) => NETWORK_ADDONS.includes(addon.addonName)).map((addon) => addonStep(addon, cluster, 'CreateNetworkAddons')),
    ...cluster.nodegroups.map((nodegroup) => nodegroupCreationStep(nodegroup, cluster, 'CreateNodegroups')),
    ...ofStage('MakeNodes'),
    ...addons.chosen.filter((addon) => !NETWORK_ADDONS.includes(addon.addonName)).map((addon) => addonStep(addon, cluster, 'CreateAddons')),
    ...ofStage('MakeParts'),
  ];
  const nodes = [...cluster.nodegroups, ...(cluster.wanted?.selfManagedNodegroups ?? [])].reduce((sum, { scalingConfig }) => sum + scalingConfig.desiredSize, 0);
  return {
    from: version,
    to: version,
    hops: [{ from: version, to: version, steps: withOnlyAfter(steps, standingOf(cluster)) }],
    findings: [...advice(cluster, addons.chosen, nodes), ...addons.findings, ...parts.findings, ...subnetAdvice(cluster.subnetIds, facts.subnets), ...networkFindings(cluster, facts.subnets, cluster.accountId), ...growth(cluster, facts, addons.chosen), ...targetSupportFindings(cluster.name, version, facts.catalogue, now)],
    notLookedAt: notLookedAtForCreation(),
    estimate: estimateWork(steps, NEW_CONTROL_PLANE_ADDRESSES + nodes),
  };
}

/** Subnets that will not hold what the node groups may grow to, with the settings that the VPC CNI will have. */
function growth(cluster: Cluster, facts: CreationFacts, addons: readonly ChosenAddon[]): readonly Finding[] {
  const cni = addons.find(({ addonName }) => addonName === 'vpc-cni');
  return forecastFindings(creationForecast(cluster, facts, cni?.configurationValues), 'growth');
}

function refuseAccount({ cluster, account, facts }: CreationAsk): Refusal | undefined {
  if (!account.regions.includes(cluster.region)) {
    return refuse('region-not-registered', `Account ${account.accountId} is registered for ${account.regions.join(', ')}, not for ${cluster.region}.`, {
      remedy: 'Register the region with the account, or choose another.',
      errors: [{ path: 'region', message: 'Not registered for this account' }],
    });
  }
  const verified = conditionOf(account.conditions, 'AccessVerified');
  if (verified?.status !== 'True') {
    return refuse('account-not-verified', `Account ${account.accountId} is not verified: ${verified?.message ?? 'its access was never tried.'}`, {
      remedy: `Set its role up and ask POST /v1/accounts/${account.accountId}/verify.`,
    });
  }
  if (facts.nameTaken) {
    return refuse('cluster-exists', `Account ${account.accountId} has a cluster ${cluster.name} in ${cluster.region} already.`, { remedy: 'Choose another name, or import that cluster.' });
  }
  return undefined;
}

function refuseCluster({ cluster, facts }: CreationAsk): Refusal | undefined {
  if (!isOffered(cluster.version, facts.catalogue)) return { ...notOffered(cluster.version, facts.catalogue), errors: [{ path: 'version', message: 'Not offered by EKS' }] };
  return refuseClusterSubnets(cluster.subnetIds, facts.subnets, 'resourcesVpcConfig.subnetIds');
}

function refuseNodegroups({ cluster, facts }: CreationAsk): Refusal | undefined {
  const vpcId = facts.subnets.find((subnet) => cluster.subnetIds.includes(subnet.subnetId))?.vpcId;
  for (const [index, nodegroup] of cluster.nodegroups.entries()) {
    const path = `nodegroups.${index}.`;
    const refusal = refuseNodegroup(nodegroup, cluster.version, path) ?? refuseNodegroupSubnets(nodegroup.subnets ?? [], facts.subnets, vpcId, `${path}subnets`);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

/** What is wrong with the request by rules that have no code of their own, all at once. */
function refuseErrors(cluster: Cluster, facts: CreationFacts): Refusal | undefined {
  const errors: RuleError[] = [];
  if (!NAME_PATTERN.test(cluster.name)) errors.push({ path: 'name', message: 'Begins with a letter or digit, goes on with letters, digits, hyphens and underscores; at most 100 characters' });
  if (!cluster.endpointPublicAccess && !cluster.endpointPrivateAccess) errors.push({ path: 'resourcesVpcConfig', message: 'Public or private access to the endpoint must be on' });
  if (!cluster.endpointPublicAccess && cluster.publicAccessCidrs.length > 0) errors.push({ path: 'resourcesVpcConfig.publicAccessCidrs', message: 'Only with public access to the endpoint' });
  cluster.nodegroups.forEach((nodegroup, index) => errors.push(...nodegroupErrors(nodegroup, `nodegroups.${index}.`)));
  errors.push(...repeated(cluster.nodegroups.map((nodegroup) => nodegroup.nodegroupName), 'nodegroups', 'nodegroupName'));
  errors.push(...repeated((cluster.addonsAsked ?? []).map((addon) => addon.addonName), 'addons', 'addonName'));
  errors.push(...repeated(cluster.access.map((entry) => entry.principalArn), 'access', 'principalArn'));
  errors.push(...accessCidrErrors(cluster), ...serviceNetworkErrors(cluster, facts.subnets), ...familyErrors(cluster, facts.subnets));
  return refuseBroken(errors);
}

interface Chosen {
  readonly chosen: readonly ChosenAddon[];
  readonly findings: readonly Finding[];
}

type ChosenAddon = WantedAddon & { readonly addonVersion: string };

/** What the request names, or else the defaults, merged with what parts need, each with its version: the one that was named and is listed for the minor, or EKS's default. */
function chooseAddons(cluster: Cluster, facts: CreationFacts, needs: readonly AddonNeed[]): Chosen | Refusal {
  const named = (cluster.addonsAsked ?? []).length > 0;
  const asked: readonly AskedAddon[] = named ? (cluster.addonsAsked ?? []) : defaultAddons(cluster).map((addonName) => ({ addonName }));
  const { addons, errors } = wantedAddons({ asked, needs, seen: [], shares: [] });
  const broken = refuseBroken(errors);
  if (broken !== undefined) return broken;
  const chosen: ChosenAddon[] = [];
  const findings: Finding[] = [];
  for (const addon of addons) {
    const addonVersion = chooseVersion(addon, cluster.version, facts.addonCatalogue);
    if (!isRefusal(addonVersion)) chosen.push({ ...addon, addonVersion });
    else if (named || addon.parts.length > 0) return addonVersion;
    else findings.push(finding('addon-not-in-catalogue', 'advises', addon.addonName, { detail: `EKS lists no version of ${addon.addonName} for ${cluster.version} here, so it is left out.`, remedy: 'Install it by other means if the cluster needs it.' }));
  }
  return { chosen, findings };
}

function controlPlaneStep(cluster: Cluster, autoMode: AutoModeResource | undefined): PlannedStep {
  return {
    id: `${cluster.version}/control-plane`,
    title: `Creating the control plane of ${cluster.name} at ${cluster.version}`,
    kind: 'create-control-plane',
    stage: 'CreateControlPlane',
    subject: cluster.name,
    to: cluster.version,
    reason: 'Everything else needs it. EKS installs no add-ons of its own, and lets nobody in but those named here.',
    ...(autoMode === undefined ? {} : { resource: autoMode }),
    parameters: {
      ...(autoMode === undefined ? {} : autoModeSwitches(autoMode)),
      ...kubernetesNetworkOf(cluster, autoMode),
      version: cluster.version,
      roleArn: cluster.roleArn,
      resourcesVpcConfig: defined({
        subnetIds: cluster.subnetIds,
        securityGroupIds: cluster.securityGroupIds.length === 0 ? undefined : cluster.securityGroupIds,
        endpointPublicAccess: cluster.endpointPublicAccess,
        endpointPrivateAccess: cluster.endpointPrivateAccess,
        publicAccessCidrs: cluster.endpointPublicAccess && cluster.publicAccessCidrs.length > 0 ? cluster.publicAccessCidrs : undefined,
      }),
      accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: false },
      bootstrapSelfManagedAddons: false,
      upgradePolicy: { supportType: cluster.supportType },
      deletionProtection: cluster.deletionProtection,
      tags: { ...cluster.tags, 'slipway:cluster-id': cluster.clusterId, ...(cluster.team === undefined ? {} : { 'slipway:team': cluster.team }) },
    },
  };
}

/** Fixed for the cluster's life, beside what Auto Mode says of load balancers in the same member. */
function kubernetesNetworkOf({ ipFamily, serviceIpv4Cidr }: Cluster, autoMode: AutoModeResource | undefined): Record<string, unknown> {
  if (ipFamily === undefined && serviceIpv4Cidr === undefined) return {};
  const switches = autoMode === undefined ? {} : autoModeSwitches(autoMode).kubernetesNetworkConfig;
  return { kubernetesNetworkConfig: { ...switches, ...defined({ ipFamily, serviceIpv4Cidr }) } };
}

function addonStep({ addonName, addonVersion, configurationValues, podIdentityAssociations = [], asked, parts, share }: ChosenAddon, cluster: Cluster, stage: 'CreateNetworkAddons' | 'CreateAddons'): PlannedStep {
  const awaited = stage === 'CreateAddons';
  const why = parts.length === 0 || asked !== undefined ? '' : `Needed for ${parts.join(' and ')}. `;
  return {
    id: `${cluster.version}/addon/${addonName}`,
    title: `Installing add-on ${addonName} ${addonVersion}`,
    kind: 'create-addon',
    stage,
    subject: addonName,
    to: addonVersion,
    reason: `${why}${awaited ? 'It runs in pods that need a node, so it comes after the nodes.' : 'Nodes become Ready only with it, so it is begun before them; it becomes ACTIVE when they are there.'}`,
    // A new cluster holds nothing worth keeping, so what stands in the way is overwritten.
    parameters: defined({
      addonVersion,
      configurationValues,
      podIdentityAssociations: podIdentityAssociations.length === 0 ? undefined : podIdentityAssociations,
      resolveConflicts: asked?.resolveConflicts ?? 'OVERWRITE',
      await: awaited,
    }),
    addonShare: share,
  };
}

function advice(cluster: Cluster, addons: readonly ChosenAddon[], nodes: number): Finding[] {
  const findings: Finding[] = [];
  if (!cluster.access.some(isClusterAdmin)) {
    findings.push(finding('nobody-can-get-in', 'advises', cluster.name, { detail: 'No principal is named as admin of the whole cluster, and EKS lets nobody in by itself.', remedy: 'Name one in `access` with the role admin and no namespaces.' }));
  }
  if (cluster.endpointPublicAccess && (cluster.publicAccessCidrs.length === 0 || cluster.publicAccessCidrs.includes(OPEN_TO_THE_WORLD))) {
    findings.push(finding('endpoint-open-to-the-world', 'advises', cluster.name, { detail: 'The API server can be reached from every address; only IAM keeps strangers out.', remedy: 'Name `publicAccessCidrs`, or turn public access off and private access on.' }));
  }
  const waiting = addons.filter((addon) => !NETWORK_ADDONS.includes(addon.addonName)).map((addon) => addon.addonName);
  const elsewhere = isAutoModeAlone(cluster) || (cluster.wanted?.fargateProfiles ?? []).length > 0;
  if (nodes === 0 && waiting.length > 0 && !elsewhere) {
    findings.push(finding('addons-await-nodes', 'advises', cluster.name, { detail: `No node is asked for, so ${waiting.join(', ')} will stay DEGRADED, reported as AwaitingNodes.`, remedy: 'Add a node group with at least one node.' }));
  }
  for (const needed of isAutoModeAlone(cluster) ? [] : ['vpc-cni', 'kube-proxy']) {
    if (!addons.some((addon) => addon.addonName === needed)) {
      findings.push(finding('network-addon-left-out', 'advises', needed, { detail: `Without ${needed} nodes do not become Ready unless something else does its work.`, remedy: `Name ${needed} among the add-ons, or install its replacement before the nodes.` }));
    }
  }
  return findings;
}
