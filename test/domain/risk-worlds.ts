import semver from 'semver';
import type { AddonFacts, ClusterFacts, NodegroupFacts } from '../../domain/facts.ts';
import type { RiskRule } from '../../domain/known-risk-rules.ts';
import type { KnownRisk } from '../../domain/known-risks.ts';
import type { Minor } from '../../domain/minor.ts';
import type { Hop } from '../../domain/plan.ts';
import type { ReadinessFacts } from '../../domain/readiness-facts.ts';
import { addonFacts, clusterFacts, nodegroupFacts, NOW } from './worlds.ts';

/** Worlds that are built from a risk's own rules: exposed by all of them, or spared by one. */

const NOTHING_SEEN = { kind: 'seen', value: [] } as const;
const SEEN: ReadinessFacts = {
  observedAt: NOW,
  insights: { kind: 'seen', value: { refresh: { status: 'COMPLETED' }, insights: [] } },
  roles: NOTHING_SEEN,
  kmsKey: { kind: 'seen', value: 'none' },
  quotas: NOTHING_SEEN,
  launchTemplates: NOTHING_SEEN,
  selfManagedGroups: NOTHING_SEEN,
  fargateProfiles: NOTHING_SEEN,
  pooledNodes: NOTHING_SEEN,
  hybridNodes: false,
  kubeProxyMode: { kind: 'seen', value: 'iptables' },
};

const MINORS: readonly Minor[] = ['1.29', '1.30', '1.31', '1.32', '1.33', '1.34', '1.35', '1.36', '1.37'];

/** A hop on one of the risk's edges, and one that is on none of them where there is any. */
export function hopsOf({ edges }: Pick<KnownRisk, 'edges'>): { readonly on: Hop; readonly off: Hop | undefined } {
  const all = MINORS.slice(1).map((to, index): Hop => ({ from: MINORS[index] ?? to, to, steps: [] }));
  const isOn = (hop: Hop): boolean => semver.satisfies(`${hop.to}.0`, edges.to) && (edges.from === undefined || semver.satisfies(`${hop.from}.0`, edges.from));
  const on = all.find(isOn);
  if (on === undefined) throw new Error('No hop is on the risk\'s edges.');
  return { on, off: all.find((hop) => !isOn(hop)) };
}

/** A cluster without a node or an add-on, all of it looked at. */
export function bareWorld(version: Minor, seen: Partial<ReadinessFacts> = {}): ClusterFacts {
  return clusterFacts(version, { readiness: { ...SEEN, ...seen }, cluster: { platformVersion: 'eks.999', authenticationMode: 'NONE-OF-EKS', endpointPublicAccess: false, endpointPrivateAccess: false, hybridNodes: false } });
}

/** The world in which each of the rules holds. */
export function exposedWorld(rules: readonly RiskRule[], version: Minor): ClusterFacts {
  return rules.reduce(expose, bareWorld(version));
}

function expose(world: ClusterFacts, rule: RiskRule): ClusterFacts {
  switch (rule.kind) {
    case 'always':
      return world;
    case 'addon':
      return withAddon(world, rule.addonName, versionIn(rule.versions));
    case 'ami':
      return withGroup(world, { amiType: (rule.amiTypes[0] ?? '').replace('*', 'x86_64'), ...(rule.releasedBefore === undefined ? {} : { releaseVersion: '1.33.0-20000101' }) });
    case 'nodes':
      return withNodes(world, rule.anyOf[0] ?? 'managed');
    case 'instance-family':
      return withGroup(world, { instanceTypes: [`${rule.anyOf[0] ?? ''}.xlarge`] });
    case 'kube-proxy-mode':
      return withReadiness(world, { kubeProxyMode: { kind: 'seen', value: rule.anyOf[0] ?? 'iptables' } });
    case 'region':
      return withCluster(world, { arn: world.cluster.arn.replace('us-east-1', rule.anyOf[0] ?? '') });
    case 'platform-version':
      return withCluster(world, { platformVersion: `eks.${rule.below - 1}` });
    case 'control-plane':
      return withCluster(world, { [rule.setting]: rule.is });
    case 'authentication-mode':
      return withCluster(world, { authenticationMode: rule.anyOf[0] ?? '' });
    case 'deprecated-api':
      return withReadiness(world, { insights: { kind: 'seen', value: { refresh: { status: 'COMPLETED' }, insights: [{ id: 'i-1', name: 'Deprecated APIs', category: 'UPGRADE_READINESS', status: 'ERROR', deprecations: [{ usage: `/apis/${rule.api}/things`, clients: [] }], addons: [], resources: [] }] } } });
  }
}

/** The same world with this one rule broken; undefined for a rule that always holds. */
export function sparedBy(world: ClusterFacts, rule: RiskRule): ClusterFacts | undefined {
  switch (rule.kind) {
    case 'always':
      return undefined;
    case 'addon':
      return withAddon({ ...world, addons: world.addons.filter((addon) => addon.addonName !== rule.addonName) }, rule.addonName, versionOutside(rule.versions));
    case 'ami':
      if (rule.releasedBefore !== undefined) return { ...world, nodegroups: world.nodegroups.map((group) => ({ ...group, releaseVersion: `1.33.0-${rule.releasedBefore ?? ''}` })) };
      return { ...world, nodegroups: world.nodegroups.map((group) => ({ ...group, amiType: 'SOMETHING_ELSE' })) };
    case 'nodes':
      return withReadiness({ ...withCluster(world, { autoMode: false, hybridNodes: false }), nodegroups: [] }, {
        selfManagedGroups: NOTHING_SEEN,
        fargateProfiles: NOTHING_SEEN,
        pooledNodes: { kind: 'seen', value: [{ kind: 'auto-mode', pool: 'system', count: 1, kubelets: [] }] },
        hybridNodes: false,
      });
    case 'instance-family':
      return { ...world, nodegroups: world.nodegroups.map((group) => ({ ...group, instanceTypes: ['zz9.large'] })) };
    case 'kube-proxy-mode': {
      const other = (['iptables', 'ipvs', 'nftables'] as const).find((mode) => !rule.anyOf.includes(mode));
      return other === undefined ? undefined : withReadiness(world, { kubeProxyMode: { kind: 'seen', value: other } });
    }
    case 'region':
      return withCluster(world, { arn: 'arn:aws:eks:xx-nowhere-1:111111111111:cluster/prod' });
    case 'platform-version':
      return withCluster(world, { platformVersion: `eks.${rule.below}` });
    case 'control-plane':
      return withCluster(world, { [rule.setting]: !rule.is });
    case 'authentication-mode':
      return withCluster(world, { authenticationMode: 'NONE-OF-EKS' });
    case 'deprecated-api':
      return withReadiness(world, { insights: SEEN.insights });
  }
}

/** The same world, in which what this rule hangs on could not be looked at; undefined for a rule whose facts are always there. */
export function unseenBy(world: ClusterFacts, rule: RiskRule): ClusterFacts | undefined {
  const failed = { kind: 'unknown', because: 'The role lacks a right.' } as const;
  switch (rule.kind) {
    case 'nodes': {
      const spared = sparedBy(world, rule) ?? world;
      if (!rule.anyOf.some((kind) => ['self-managed', 'fargate', 'karpenter'].includes(kind))) return undefined;
      return withReadiness(spared, { selfManagedGroups: failed, fargateProfiles: failed, pooledNodes: failed });
    }
    case 'kube-proxy-mode':
      return withReadiness(world, { kubeProxyMode: failed });
    case 'deprecated-api':
      return withReadiness(world, { insights: failed });
    case 'instance-family':
      return { ...world, nodegroups: world.nodegroups.map((group) => ({ ...group, instanceTypes: [] })) };
    case 'platform-version':
      return withCluster(world, { platformVersion: 'none' });
    case 'ami':
      return rule.releasedBefore === undefined ? undefined : { ...world, nodegroups: world.nodegroups.map((group) => ({ ...group, releaseVersion: '1.44.0-244cd3a5' })) };
    case 'authentication-mode': {
      const { authenticationMode: _untold, ...cluster } = world.cluster;
      return { ...world, cluster };
    }
    default:
      return undefined;
  }
}

function withNodes(world: ClusterFacts, kind: Extract<RiskRule, { kind: 'nodes' }>['anyOf'][number]): ClusterFacts {
  switch (kind) {
    case 'managed':
      return withGroup(world, {});
    case 'custom-ami':
      return withGroup(world, { amiType: 'CUSTOM', customAmi: true });
    case 'self-managed':
      return withReadiness(world, { selfManagedGroups: { kind: 'seen', value: [{ groupName: 'workers', desiredCapacity: 2, minSize: 1, maxSize: 3, kubelets: [], images: [], subnetIds: [], unhealthyInstances: 0 }] } });
    case 'fargate':
      return withReadiness(world, { fargateProfiles: { kind: 'seen', value: [{ profileName: 'jobs', status: 'ACTIVE', subnetIds: [], namespaces: ['jobs'], healthIssues: [] }] } });
    case 'karpenter':
      return withReadiness(world, { pooledNodes: { kind: 'seen', value: [{ kind: 'karpenter', pool: 'default', count: 3, kubelets: [] }] } });
    case 'auto-mode':
      return withCluster(world, { autoMode: true });
    case 'hybrid':
      return withCluster(world, { hybridNodes: true });
  }
}

function withAddon(world: ClusterFacts, addonName: string, version: string): ClusterFacts {
  const addon: AddonFacts = addonFacts(addonName, `v${version}-eksbuild.2`);
  return { ...world, addons: [...world.addons, addon] };
}

function withGroup(world: ClusterFacts, more: Partial<NodegroupFacts>): ClusterFacts {
  return { ...world, nodegroups: [...world.nodegroups, nodegroupFacts(`group-${world.nodegroups.length + 1}`, world.cluster.version, { amiType: 'BASE', ...more })] };
}

function withReadiness(world: ClusterFacts, more: Partial<ReadinessFacts>): ClusterFacts {
  return { ...world, readiness: { ...SEEN, ...world.readiness, ...more } };
}

function withCluster(world: ClusterFacts, more: Partial<ClusterFacts['cluster']>): ClusterFacts {
  return { ...world, cluster: { ...world.cluster, ...more } };
}

function versionIn(range: string): string {
  const least = semver.minVersion(range);
  if (least === null) throw new Error(`No version is in ${range}.`);
  return least.version;
}

function versionOutside(range: string): string {
  const outside = ['999.0.0', '0.0.0'].find((version) => !semver.satisfies(version, range));
  if (outside === undefined) throw new Error(`Every version is in ${range}.`);
  return outside;
}
