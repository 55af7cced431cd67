import semver from 'semver';
import * as z from 'zod';
import type { ClusterFacts, NodegroupFacts } from './facts.ts';
import type { Hop } from './plan.ts';
import type { Looked } from './readiness-facts.ts';

const NODE_KINDS = ['managed', 'custom-ami', 'self-managed', 'fargate', 'karpenter', 'auto-mode', 'hybrid'] as const;
type NodeKind = (typeof NODE_KINDS)[number];

const VersionRange = z.string().refine((range) => semver.validRange(range) !== null, { message: 'Not a version range' });
const Words = z.array(z.string().min(1)).min(1);
/** EKS writes platform versions as `eks.21`. */
const PLATFORM_PATTERN = /^eks\.(\d+)$/;

/** What a known risk asks of a cluster. All rules of a risk must hold. */
export const RiskRule = z.discriminatedUnion('kind', [
  /** Whoever makes the hop is exposed, or nothing that can be looked at tells. */
  z.strictObject({ kind: z.literal('always') }),
  /** The add-on is at such a version when the plan begins, or the hop brings it to one. Builds (`-eksbuild.2`) do not count. `faulty`: the versions themselves are at fault, so that plans take others where they can. */
  z.strictObject({ kind: z.literal('addon'), addonName: z.string(), versions: VersionRange, faulty: z.literal(true).optional() }),
  /** A managed group has such an image type; `AL2_*` stands for all that begin so. `releasedBefore`: its image release's date, as `20250808`. */
  z.strictObject({ kind: z.literal('ami'), amiTypes: Words, releasedBefore: z.string().regex(/^\d{8}$/).optional() }),
  z.strictObject({ kind: z.literal('nodes'), anyOf: z.array(z.enum(NODE_KINDS)).min(1) }),
  /** A managed group launches instances of such a family: `p2`. */
  z.strictObject({ kind: z.literal('instance-family'), anyOf: Words }),
  z.strictObject({ kind: z.literal('kube-proxy-mode'), anyOf: z.array(z.enum(['iptables', 'ipvs', 'nftables'])).min(1) }),
  z.strictObject({ kind: z.literal('region'), anyOf: Words }),
  /** `eks.9` and older, for `below: 10`. */
  z.strictObject({ kind: z.literal('platform-version'), below: z.int().min(1) }),
  z.strictObject({ kind: z.literal('control-plane'), setting: z.enum(['autoMode', 'endpointPublicAccess', 'endpointPrivateAccess', 'hybridNodes']), is: z.boolean() }),
  z.strictObject({ kind: z.literal('authentication-mode'), anyOf: Words }),
  /** EKS's insights have seen calls of such an API: `flowcontrol.apiserver.k8s.io/v1beta3`. */
  z.strictObject({ kind: z.literal('deprecated-api'), api: z.string() }),
]);
export type RiskRule = z.output<typeof RiskRule>;

/** What one rule says of a cluster: exposed and by what, not exposed, or that nobody can tell and why. */
export type Exposure = { readonly kind: 'exposed'; readonly by: readonly string[] } | { readonly kind: 'not-exposed' } | { readonly kind: 'unknown'; readonly because: string };

const NOT_EXPOSED: Exposure = { kind: 'not-exposed' };

/** Judges one rule at one hop of a plan. Readiness facts that nobody gathered are not judged: then nothing is said that hangs on them. */
export function judgeRule(rule: RiskRule, facts: ClusterFacts, hop: Hop, isFirstHop: boolean): Exposure {
  switch (rule.kind) {
    case 'always':
      return { kind: 'exposed', by: [] };
    case 'addon':
      return judgeAddon(rule, facts, hop, isFirstHop);
    case 'ami':
      return judgeImages(rule, facts.nodegroups);
    case 'nodes':
      return judgeNodes(rule.anyOf, facts);
    case 'instance-family':
      return judgeFamilies(rule.anyOf, facts.nodegroups);
    case 'kube-proxy-mode':
      return judgeProxyMode(rule.anyOf, facts);
    case 'region':
      return exposedBy(rule.anyOf.filter((region) => facts.cluster.arn.split(':')[3] === region).map((region) => `The cluster is in ${region}.`));
    case 'platform-version':
      return judgePlatform(rule.below, facts.cluster.platformVersion);
    case 'control-plane':
      return facts.cluster[rule.setting] === undefined ? unknown(`EKS did not tell ${rule.setting}.`) : exposedBy(facts.cluster[rule.setting] === rule.is ? [`The cluster's ${rule.setting} is ${String(rule.is)}.`] : []);
    case 'authentication-mode': {
      const mode = facts.cluster.authenticationMode;
      return mode === undefined ? unknown('EKS did not tell the authentication mode.') : exposedBy(rule.anyOf.includes(mode) ? [`The authentication mode is ${mode}.`] : []);
    }
    case 'deprecated-api':
      return judgeApi(rule.api, facts);
  }
}

function judgeAddon({ addonName, versions }: Extract<RiskRule, { kind: 'addon' }>, facts: ClusterFacts, hop: Hop, isFirstHop: boolean): Exposure {
  const installed = isFirstHop ? facts.addons.filter((addon) => addon.addonName === addonName).map((addon) => ({ version: addon.addonVersion, text: `${addonName} is at ${addon.addonVersion}.` })) : [];
  const brought = hop.steps.flatMap((step) => (step.kind === 'upgrade-addon' && step.subject === addonName && step.to !== undefined ? [{ version: step.to, text: `This plan brings ${addonName} to ${step.to}.` }] : []));
  return exposedBy([...installed, ...brought].filter(({ version }) => isInRange(version, versions)).map(({ text }) => text));
}

/** The part before `-eksbuild`, since to a version range a build would be a pre-release of what it is a build of. */
export function isInRange(version: string, range: string): boolean {
  const plain = semver.coerce(version);
  return plain !== null && semver.satisfies(plain, range);
}

function judgeImages({ amiTypes, releasedBefore }: Extract<RiskRule, { kind: 'ami' }>, groups: readonly NodegroupFacts[]): Exposure {
  const concerned = groups.filter((group) => amiTypes.some((pattern) => (pattern.endsWith('*') ? group.amiType.startsWith(pattern.slice(0, -1)) : group.amiType === pattern)));
  if (releasedBefore === undefined) return exposedBy(concerned.map((group) => `Node group ${group.nodegroupName} has images of type ${group.amiType}.`));
  const dated = concerned.map((group) => ({ group, date: /-(\d{8})$/.exec(group.releaseVersion ?? '')?.[1] }));
  const exposed = dated.filter(({ date }) => date !== undefined && date < releasedBefore);
  if (exposed.length > 0) return exposedBy(exposed.map(({ group }) => `Node group ${group.nodegroupName} runs release ${group.releaseVersion ?? ''}.`));
  const undated = dated.filter(({ date }) => date === undefined).map(({ group }) => group.nodegroupName);
  return undated.length === 0 ? NOT_EXPOSED : unknown(`The image release of node group ${undated.join(', ')} does not tell its date.`);
}

function judgeNodes(kinds: readonly NodeKind[], facts: ClusterFacts): Exposure {
  const judged = kinds.map((kind) => judgeNodeKind(kind, facts));
  const exposed = judged.flatMap((one) => (one.kind === 'exposed' ? one.by : []));
  return exposed.length > 0 ? exposedBy(exposed) : (judged.find((one) => one.kind === 'unknown') ?? NOT_EXPOSED);
}

function judgeNodeKind(kind: NodeKind, { nodegroups, cluster, readiness }: ClusterFacts): Exposure {
  switch (kind) {
    case 'managed':
      return exposedBy(nodegroups.map((group) => `Node group ${group.nodegroupName} is a managed one.`));
    case 'custom-ami':
      return exposedBy(nodegroups.filter((group) => group.customAmi).map((group) => `Node group ${group.nodegroupName} has an image of its own.`));
    case 'self-managed':
      return fromLooked(readiness?.selfManagedGroups, (groups) => groups.map((group) => `Auto Scaling group ${group.groupName} is self-managed.`));
    case 'fargate':
      return fromLooked(readiness?.fargateProfiles, (profiles) => profiles.map((profile) => `Fargate profile ${profile.profileName} runs pods.`));
    case 'karpenter':
      return fromLooked(readiness?.pooledNodes, (pools) => pools.filter((pool) => pool.kind === 'karpenter').map((pool) => `Karpenter's node pool ${pool.pool === '' ? 'without a name' : pool.pool} has ${pool.count} nodes.`));
    case 'auto-mode':
      return exposedBy(cluster.autoMode ? ['The cluster is in Auto Mode.'] : []);
    case 'hybrid':
      return exposedBy(cluster.hybridNodes === true || readiness?.hybridNodes === true ? ['The cluster admits hybrid nodes.'] : []);
  }
}

/** Whose instance types stand in its launch template has none of its own (source: EKS API, Nodegroup). */
function judgeFamilies(families: readonly string[], groups: readonly NodegroupFacts[]): Exposure {
  const exposed = groups.flatMap((group) => group.instanceTypes.filter((type) => families.includes(type.split('.')[0] ?? '')).map((type) => `Node group ${group.nodegroupName} launches ${type}.`));
  if (exposed.length > 0) return exposedBy(exposed);
  const hidden = groups.filter((group) => group.instanceTypes.length === 0).map((group) => group.nodegroupName);
  return hidden.length === 0 ? NOT_EXPOSED : unknown(`The instance types of node group ${hidden.join(', ')} stand in its launch template.`);
}

/** EKS's own kube-proxy runs in iptables mode unless its configuration says otherwise (source: EKS best practices, kube-proxy in IPVS mode). */
function judgeProxyMode(modes: readonly string[], { readiness, addons, cluster }: ClusterFacts): Exposure {
  if (readiness === undefined) return NOT_EXPOSED;
  if (readiness.kubeProxyMode.kind === 'unknown') return unknown(readiness.kubeProxyMode.because);
  const told = readiness.kubeProxyMode.value;
  const isEksOwn = cluster.autoMode || addons.some((addon) => addon.addonName === 'kube-proxy');
  if (told === 'not-told' && !isEksOwn) return unknown('kube-proxy is not an EKS add-on here, so that its mode stands in a ConfigMap.');
  const mode = told === 'not-told' ? 'iptables' : told;
  return exposedBy(modes.includes(mode) ? [`kube-proxy runs in ${mode} mode.`] : []);
}

function judgePlatform(below: number, platformVersion: string | undefined): Exposure {
  const number = PLATFORM_PATTERN.exec(platformVersion ?? '')?.[1];
  if (number === undefined) return unknown(`The platform version reads ${platformVersion ?? 'nothing'}.`);
  return exposedBy(Number(number) < below ? [`The platform version is ${platformVersion ?? ''}.`] : []);
}

function judgeApi(api: string, { readiness }: ClusterFacts): Exposure {
  return fromLooked(readiness?.insights, ({ insights }) =>
    insights.flatMap((insight) => insight.deprecations.filter((deprecation) => deprecation.usage.includes(api)).map((deprecation) => `EKS's insight "${insight.name}" has seen calls of ${deprecation.usage}.`)),
  );
}

function fromLooked<T>(looked: Looked<T> | undefined, exposures: (value: T) => readonly string[]): Exposure {
  if (looked === undefined) return NOT_EXPOSED;
  return looked.kind === 'unknown' ? unknown(looked.because) : exposedBy(exposures(looked.value));
}

function exposedBy(by: readonly string[]): Exposure {
  return by.length === 0 ? NOT_EXPOSED : { kind: 'exposed', by };
}

function unknown(because: string): Exposure {
  return { kind: 'unknown', because };
}
