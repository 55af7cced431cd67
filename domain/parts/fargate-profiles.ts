import type { Cluster } from '../cluster.ts';
import { finding } from '../finding-codes.ts';
import { refuseRole } from '../passable-role.ts';
import type { RuleError } from '../nodegroup-rules.ts';
import type { Finding } from '../plan.ts';
import { repeated } from '../repeated.ts';
import type { AddonNeed, Compiled, PartsAsk } from './compiled.ts';
import type { FargateProfileWish } from './fargate-profile-wish.ts';
import { selects, selectsAllOf } from './fargate-selectors.ts';
import { keyOf, roleArnIn, type FargateProfileResource, type RoleResource } from './resource.ts';
import { roleNameFor } from './role-name.ts';

const PART = 'fargate-profile';
/** A quota that can be raised; EKS's own refusal would come in the middle of a creation (source: EKS service quotas). */
const PROFILES_MAX = 10;
const POD_EXECUTION_POLICY = 'arn:aws:iam::aws:policy/AmazonEKSFargatePodExecutionRolePolicy';
const COREDNS_POD = { namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns', 'eks.amazonaws.com/component': 'coredns' } };

/** Fargate profiles, each with its role: the one that was named, or one of the cluster's for all that name none. */
export function fargateProfiles(ask: PartsAsk): Compiled {
  const { cluster } = ask;
  const wishes = cluster.wanted?.fargateProfiles ?? [];
  if (wishes.length === 0) return { resources: [] };
  const role = podExecutionRole(cluster);
  const subnets = wishes.map((wish) => wish.subnets ?? subnetsOfCluster(ask));
  const profiles = wishes.map((wish, index) => profileOf(wish, subnets[index] ?? [], cluster, role));
  const addons = corednsNeed(cluster, wishes);
  return {
    resources: wishes.some((wish) => wish.podExecutionRoleArn === undefined) ? [role, ...profiles] : profiles,
    addons,
    errors: [...tooMany(wishes), ...repeated(wishes.map(({ fargateProfileName }) => fargateProfileName), 'fargateProfiles', 'fargateProfileName'), ...wishes.flatMap((wish, index) => errorsOf(wish, index, ask, subnets[index] ?? []))],
    findings: [...(isWithoutNodes(cluster) && addons.length === 0 ? [dnsWithoutNodes(cluster)] : []), ...wishes.flatMap(broadSelectors), ...identitiesOnFargate(cluster, wishes)],
  };
}

/** Trust and policy as AWS asks for them: the profiles of this cluster alone, against confused deputies (source: EKS user guide, Pod execution IAM role). */
function podExecutionRole(cluster: Cluster): RoleResource {
  const { accountId, region, name } = cluster;
  return {
    kind: 'role',
    name: roleNameFor(cluster, 'fargate'),
    part: PART,
    partName: 'pod-execution-role',
    description: `Fargate registers nodes of ${name} and pulls their images with it.`,
    trust: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: ['eks-fargate-pods.amazonaws.com'] },
          Action: ['sts:AssumeRole'],
          Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:eks:${region}:${accountId}:fargateprofile/${name}/*` } },
        },
      ],
    },
    policies: {},
    managedPolicyArns: [POD_EXECUTION_POLICY],
  };
}

function profileOf(wish: FargateProfileWish, subnets: readonly string[], { accountId }: Cluster, role: RoleResource): FargateProfileResource {
  const { fargateProfileName, podExecutionRoleArn, selectors, tags } = wish;
  return {
    kind: 'fargate-profile',
    name: fargateProfileName,
    part: PART,
    partName: fargateProfileName,
    podExecutionRoleArn: podExecutionRoleArn ?? roleArnIn(accountId, role.name),
    subnets,
    selectors: selectors.map(({ namespace, labels }) => (labels === undefined ? { namespace } : { namespace, labels })),
    ...(tags === undefined ? {} : { tags }),
    ...(podExecutionRoleArn === undefined ? { needs: [keyOf(role)] } : {}),
  };
}

/** Those of the cluster that hand out no public addresses, as far as they were looked at. */
function subnetsOfCluster({ cluster, subnets }: PartsAsk): readonly string[] {
  const open = new Set(subnets.filter(({ publicAddresses }) => publicAddresses === true).map(({ subnetId }) => subnetId));
  return cluster.subnetIds.filter((subnetId) => !open.has(subnetId));
}

function errorsOf(wish: FargateProfileWish, index: number, ask: PartsAsk, subnets: readonly string[]): readonly RuleError[] {
  const { cluster } = ask;
  const at = (field: string, message: string): RuleError => ({ path: `fargateProfiles.${index}.${field}`, message });
  const role = wish.podExecutionRoleArn;
  return [
    ...(subnets.length === 0 ? [at('subnets', 'Name private subnets: all of the cluster hand out public addresses, and Fargate takes private ones only')] : []),
    ...(wish.subnets ?? []).flatMap((subnetId, place) => subnetErrors(subnetId, ask).map((message) => at(`subnets.${place}`, message))),
    ...(role === undefined ? [] : (refuseRole(role, cluster.accountId, '', ['*'])?.errors ?? []).map(({ message }) => at('podExecutionRoleArn', message))),
    // EKS keeps one access entry for a role, of one type (source: EKS user guide, Pod execution IAM role: another role than the node groups').
    ...(role !== undefined && cluster.nodegroups.some(({ nodeRole }) => nodeRole === role) ? [at('podExecutionRoleArn', 'Another role than those of the node groups')] : []),
  ];
}

/** What is known against a subnet; of one that was not looked at nothing is said, and EKS judges it. */
function subnetErrors(subnetId: string, { cluster, subnets }: PartsAsk): string[] {
  const found = subnets.find((subnet) => subnet.subnetId === subnetId);
  const vpcId = subnets.find((subnet) => cluster.subnetIds.includes(subnet.subnetId))?.vpcId;
  if (found === undefined) return cluster.exists ? [] : [`There is no subnet ${subnetId} in this account and region`];
  if (vpcId !== undefined && found.vpcId !== vpcId) return [`${subnetId} is not in the VPC of the cluster`];
  return found.publicAddresses === true ? [`${subnetId} hands out public addresses, and Fargate takes private subnets only`] : [];
}

function tooMany(wishes: readonly FargateProfileWish[]): readonly RuleError[] {
  return wishes.length > PROFILES_MAX ? [{ path: 'fargateProfiles', message: `At most ${PROFILES_MAX}: EKS's quota for a cluster` }] : [];
}

/** Nothing of EC2 is asked for that pods could run on. */
function isWithoutNodes({ nodegroups, wanted }: Cluster): boolean {
  return nodegroups.every(({ scalingConfig }) => scalingConfig.desiredSize === 0) && (wanted?.selfManagedNodegroups ?? []).length === 0 && (wanted?.autoscaling === undefined || wanted.autoscaling.kind === 'none');
}

/**
 * CoreDNS is meant for EC2 unless its settings say Fargate (source: EKS user guide, Get started with Fargate: `computeType` of the add-on).
 * Where nothing but Fargate can run it and a profile selects it, they say so.
 */
function corednsNeed(cluster: Cluster, wishes: readonly FargateProfileWish[]): readonly AddonNeed[] {
  const covered = wishes.some(({ selectors }) => selectors.some((selector) => selects(selector, COREDNS_POD)));
  return covered && isWithoutNodes(cluster) ? [{ addonName: 'coredns', configuration: { computeType: 'Fargate' }, part: PART }] : [];
}

function dnsWithoutNodes({ name }: Cluster): Finding {
  return finding('fargate-without-dns', 'advises', name, {
    detail: 'The cluster has no nodes of its own, and no Fargate profile selects CoreDNS: names in the cluster will not resolve.',
    remedy: 'Add a profile with a selector for the namespace kube-system and the label k8s-app with the value kube-dns, or a node group.',
  });
}

function broadSelectors({ fargateProfileName, selectors }: FargateProfileWish): readonly Finding[] {
  if (!selectors.some((selector) => selectsAllOf(selector, 'kube-system') && selector.namespace.includes('*'))) return [];
  return [
    finding('fargate-selects-system', 'advises', fargateProfileName, {
      detail: 'Its wildcard selects the namespace kube-system too. Fargate runs no DaemonSets and no privileged pods, so what belongs on nodes may wait there for good.',
      remedy: 'Begin the namespaces that are meant with a word of their own, and select by it: `team-*`.',
    }),
  ];
}

/** EKS Pod Identity gives nothing to pods on Fargate (source: EKS user guide, Pod Identity considerations). */
function identitiesOnFargate({ wanted }: Cluster, wishes: readonly FargateProfileWish[]): readonly Finding[] {
  return (wanted?.podIdentities ?? []).flatMap(({ namespace, serviceAccount, irsa }) => {
    if (irsa === true) return [];
    const profile = wishes.find(({ selectors }) => selectors.some((selector) => selectsAllOf(selector, namespace)));
    if (profile === undefined) return [];
    return [
      finding('pod-identity-on-fargate', 'advises', `${namespace}/${serviceAccount}`, {
        detail: `Fargate profile ${profile.fargateProfileName} takes all pods of ${namespace}, and EKS Pod Identity does not serve pods on Fargate: they will get no role.`,
        remedy: 'Ask for `irsa` for them, or run them on nodes.',
      }),
    ];
  });
}
