import semver from 'semver';
import type { AddonCatalogue, AddonOffer } from './facts.ts';
import type { Minor } from './minor.ts';

/** Negative when `a` is older than `b`. `v1.19.2-eksbuild.10` is newer than `v1.19.2-eksbuild.9`; what cannot be read as a version sorts by its letters. */
export function compareAddonVersions(a: string, b: string): number {
  const [left, right] = [semver.parse(a, { loose: true }), semver.parse(b, { loose: true })];
  return left === null || right === null ? a.localeCompare(b, 'en', { numeric: true }) : semver.compare(left, right);
}

/** Newest first. */
export function newestFirst(offers: readonly AddonOffer[]): AddonOffer[] {
  return [...offers].sort((a, b) => compareAddonVersions(b.addonVersion, a.addonVersion));
}

export function offersOf(addonName: string, catalogue: AddonCatalogue): readonly AddonOffer[] | undefined {
  // The name comes from the world: `constructor` must not find what every object inherits.
  return Object.hasOwn(catalogue, addonName) ? catalogue[addonName] : undefined;
}

/** Whether DescribeAddonVersions lists this version for this minor. */
export function isListed(addonVersion: string, minor: Minor, offers: readonly AddonOffer[]): boolean {
  return offers.some((offer) => offer.addonVersion === addonVersion && offer.compatibleWith.includes(minor));
}

/** The version that EKS installs by default on this minor; the newest listed one where EKS names no default. */
export function defaultOffer(minor: Minor, offers: readonly AddonOffer[]): AddonOffer | undefined {
  const listed = newestFirst(offers).filter((offer) => offer.compatibleWith.includes(minor));
  return listed.find((offer) => offer.defaultFor.includes(minor)) ?? listed[0];
}
