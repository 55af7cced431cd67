import fc from 'fast-check';
import type { AddonCatalogue, AddonOffer, ClusterFacts } from '../../domain/facts.ts';
import type { Minor } from '../../domain/minor.ts';
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

export interface RandomWorld {
  readonly facts: ClusterFacts;
  readonly to: Minor;
}

export const randomWorld: fc.Arbitrary<RandomWorld> = fc
  .record({
    from: fc.integer({ min: 4, max: MINORS.length - 1 }),
    hops: fc.integer({ min: 0, max: 5 }),
    catalogue,
    groups: fc.array(group, { maxLength: 3 }),
    picks: fc.record({ coredns: fc.nat(50), 'vpc-cni': fc.nat(50), 'kube-proxy': fc.nat(50) }),
    near: fc.boolean(),
  })
  .map(({ from, hops, catalogue: addonCatalogue, groups, picks, near }) => ({
    to: minorAt(from + hops),
    facts: clusterFacts(minorAt(from), {
      addonCatalogue,
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
