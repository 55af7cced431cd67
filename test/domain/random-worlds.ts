import fc from 'fast-check';
import type { AddonCatalogue, AddonOffer, ClusterFacts } from '../../domain/facts.ts';
import type { Minor } from '../../domain/minor.ts';
import type { Terms } from '../../domain/operation.ts';
import type { PooledNodesFacts, ReadinessFacts, SelfManagedGroupFacts } from '../../domain/readiness-facts.ts';
import { insights, ready, seen } from './checks/ready.ts';
import { addonFacts, clusterFacts, MINORS, nodegroupFacts } from './worlds.ts';

/** Random clusters with random catalogues: windows of listed minors of all widths, gaps, missing defaults, custom images, Amazon Linux 2. */

const minorAt = (index: number): Minor => MINORS[Math.max(0, Math.min(MINORS.length - 1, index))]!;

/** One add-on whose versions rise with the minors; each is listed around its own minor, wide or narrow. */
function offers(name: string, firstMinor: number, spread: fc.Arbitrary<{ back: number; ahead: number; isDefault: boolean; there: boolean }>): fc.Arbitrary<readonly AddonOffer[]> {
  return fc.array(spread, { minLength: MINORS.length, maxLength: MINORS.length }).map((windows) =>
    windows
      .map(({ back, ahead, isDefault, there }, index): AddonOffer | undefined => {
        if (!there) return undefined;
        const compatibleWith = MINORS.slice(Math.max(0, index - (name === 'kube-proxy' ? 0 : back)), index + ahead + 1);
        return { addonVersion: `v1.${firstMinor + index}.${index}-eksbuild.1`, compatibleWith, defaultFor: isDefault ? [MINORS[index]!] : [] };
      })
      .filter((entry): entry is AddonOffer => entry !== undefined)
      .reverse(),
  );
}

const narrowOrWide = fc.record({ back: fc.integer({ min: 0, max: 3 }), ahead: fc.integer({ min: 0, max: 4 }), isDefault: fc.boolean(), there: fc.integer({ min: 0, max: 9 }).map((n) => n > 0) });

const catalogue: fc.Arbitrary<AddonCatalogue> = fc.record({
  coredns: offers('coredns', 4, narrowOrWide),
  'vpc-cni': offers('vpc-cni', 11, narrowOrWide),
  'kube-proxy': offers('kube-proxy', 24, narrowOrWide),
});

const group = fc.record({ behind: fc.integer({ min: -1, max: 4 }), image: fc.constantFrom('AL2023_x86_64_STANDARD', 'BOTTLEROCKET_x86_64', 'AL2_x86_64', 'CUSTOM'), known: fc.integer({ min: 0, max: 9 }) });

/** Self-managed groups of one kubelet or mixed, with launch templates that have images for few minors, for none, or for every one. */
const ownGroup = fc.record({ behind: fc.integer({ min: -1, max: 4 }), mixed: fc.integer({ min: 0, max: 2 }), known: fc.integer({ min: 0, max: 9 }), every: fc.boolean(), images: fc.subarray([...MINORS]), template: fc.integer({ min: 0, max: 9 }) });

function selfManaged(from: number, groups: readonly { behind: number; mixed: number; known: number; every: boolean; images: readonly Minor[]; template: number }[]): SelfManagedGroupFacts[] {
  return groups.map(({ behind, mixed, known, every, images, template }, index) => ({
    groupName: `workers-${index}`,
    desiredCapacity: 4,
    minSize: 1,
    maxSize: 8,
    ...(template === 0 ? {} : { launchTemplate: { id: `lt-${index}`, version: '1' } }),
    kubelets: known === 0 ? [null] : [minorAt(from - behind), minorAt(from - behind + Math.min(mixed, behind + 1))],
    images: (every ? MINORS : images).map((minor, version) => ({ version: String(version + 1), imageId: `ami-${minor}`, minor })).reverse(),
    subnetIds: [],
    unhealthyInstances: 0,
  }));
}

const others = fc.record({ karpenter: fc.option(fc.integer({ min: 0, max: 2 })), autoMode: fc.boolean(), fargate: fc.boolean(), hybrid: fc.boolean() });

function readiness(from: number, groups: readonly SelfManagedGroupFacts[], { karpenter, autoMode, fargate, hybrid }: { karpenter: number | null; autoMode: boolean; fargate: boolean; hybrid: boolean }): ReadinessFacts {
  const pools: PooledNodesFacts[] = [
    ...(karpenter === null ? [] : [{ kind: 'karpenter' as const, pool: 'general', count: 4, kubelets: [minorAt(from - karpenter), minorAt(from)] }]),
    ...(autoMode ? [{ kind: 'auto-mode' as const, pool: 'system', count: 2, kubelets: [minorAt(from)] }] : []),
  ];
  return ready({
    insights: insights([], [...MINORS]),
    selfManagedGroups: seen(groups),
    pooledNodes: seen(pools),
    fargateProfiles: seen(fargate ? [{ profileName: 'jobs', status: 'ACTIVE', subnetIds: [], namespaces: ['batch'], healthIssues: [] }] : []),
    hybridNodes: hybrid,
  });
}

/** How an upgrade is asked to go. The canary is the first group, managed or not, where there is one. */
export const randomTerms: fc.Arbitrary<Terms> = fc.record(
  { holdNodegroups: fc.boolean(), canaryNodegroup: fc.constantFrom('group-0', 'workers-0'), maxParallelNodegroups: fc.integer({ min: 1, max: 4 }), bakeMinutes: fc.constant(60), forceNodegroups: fc.constant(['group-1']) },
  { requiredKeys: [] },
);

export interface RandomWorld {
  readonly facts: ClusterFacts;
  readonly to: Minor;
}

export const randomWorld: fc.Arbitrary<RandomWorld> = fc
  .record({
    from: fc.integer({ min: 2, max: MINORS.length - 1 }),
    hops: fc.integer({ min: 0, max: 5 }),
    catalogue,
    groups: fc.array(group, { maxLength: 3 }),
    picks: fc.record({ coredns: fc.nat(50), 'vpc-cni': fc.nat(50), 'kube-proxy': fc.nat(50) }),
    near: fc.boolean(),
    own: fc.array(ownGroup, { maxLength: 2 }),
    others: fc.option(others),
  })
  .map(({ from, hops, catalogue: addonCatalogue, groups, picks, near, own, others: more }) => ({
    to: minorAt(from + hops),
    facts: clusterFacts(minorAt(from), {
      addonCatalogue,
      ...(more === null ? {} : { readiness: readiness(from, selfManaged(from, own), more), cluster: { autoMode: more.autoMode } }),
      nodegroups: groups.map(({ behind, image, known }, index) =>
        nodegroupFacts(`group-${index}`, image === 'CUSTOM' && known < 3 ? undefined : minorAt(from - behind), { amiType: image, customAmi: image === 'CUSTOM' }),
      ),
      addons: Object.entries(picks).flatMap(([name, pick]) => {
        const all = addonCatalogue[name] ?? [];
        // Most worlds are as EKS would have them, so that plans are long; some are not.
        const listed = near ? all.filter((offer) => offer.compatibleWith.includes(minorAt(from))) : all;
        const chosen = listed[pick % Math.max(1, listed.length)];
        return chosen === undefined ? [] : [addonFacts(name, chosen.addonVersion)];
      }),
    }),
  }));
