import { newestFirst } from '../addon-versions.ts';
import type { AddonOffer } from '../facts.ts';
import { compareMinors, minorOf, minorsBetween, nextMinor, previousMinor, type Minor } from '../minor.ts';

const VPC_CNI = 'vpc-cni';
/** More minors of one add-on than any catalogue holds. */
const STEPS_MAX = 50;

/**
 * The versions on the way from one to another, the last included, all listed for the control plane's minor; undefined where one is
 * missing. The VPC CNI moves one minor at a time, up or down (source: EKS user guide, updating the Amazon VPC CNI add-on); all others go straight.
 */
export function wayBetween(addon: { readonly addonName: string; readonly addonVersion: string; readonly offers: readonly AddonOffer[] }, target: string, controlPlane: Minor): readonly string[] | undefined {
  if (addon.addonName !== VPC_CNI) return [target];
  const goal = minorOf(target);
  const way: string[] = [];
  let minor = minorOf(addon.addonVersion);
  while (minor !== undefined && goal !== undefined && Math.abs(minorsBetween(minor, goal) ?? 0) > 1 && way.length < STEPS_MAX) {
    const next: Minor | undefined = compareMinors(minor, goal) < 0 ? nextMinor(minor) : previousMinor(minor);
    const listed = newestFirst(addon.offers).find((offer) => minorOf(offer.addonVersion) === next && offer.compatibleWith.includes(controlPlane));
    if (next === undefined || listed === undefined) return undefined;
    way.push(listed.addonVersion);
    minor = next;
  }
  return [...way, target];
}
