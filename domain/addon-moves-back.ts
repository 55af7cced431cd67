import type { AddonAt, AddonMove, AddonMoves } from './addon-moves.ts';
import { compareAddonVersions, isListed, newestFirst } from './addon-versions.ts';
import type { AddonOffer } from './facts.ts';
import { finding } from './finding-codes.ts';
import { risksAgainst } from './known-risks.ts';
import { compareMinors, minorOf, minorsBetween, nextMinor, previousMinor, type Minor } from './minor.ts';
import type { Finding } from './plan.ts';
import { kubeProxyFits } from './skew.ts';

const KUBE_PROXY = 'kube-proxy';
const VPC_CNI = 'vpc-cni';
/** More minors of one add-on than any catalogue holds: past it a way turns in a circle. */
const MOVES_MAX = 50;

/**
 * What must move before the control plane goes back from one minor to the one before: an add-on whose version is not listed for that,
 * and a kube-proxy that would be newer than the API server. EKS sets only versions that are listed for the control plane's minor, so a
 * move goes to one listed for both (source: EKS user guide, rollback and add-ons). The VPC CNI moves one minor at a time, as upwards.
 */
export function movesBack(addon: AddonAt, from: Minor, to: Minor): AddonMoves {
  const { addonName, addonVersion } = addon;
  if (!isInTheWay(addon, addonVersion, to)) return { moves: [], findings: [] };
  const targets = targetsBack(addon, from, to);
  const [best] = targets;
  if (best === undefined) return { moves: [], findings: [notListed(addonName, addonVersion, from, to)] };
  const moves = targets.map((target) => way(addon, target, from, to)).find((found) => found !== undefined);
  return moves === undefined ? { moves: [], findings: [stepMissing(addonName, addonVersion, best, from, to)] } : { moves, findings: [] };
}

/** The moves to a version, or to one on the way that will do; undefined where one is missing between. */
function way(addon: AddonAt, target: AddonOffer, from: Minor, to: Minor): readonly AddonMove[] | undefined {
  const moves: AddonMove[] = [];
  let version = addon.addonVersion;
  while (isInTheWay(addon, version, to) && moves.length < MOVES_MAX) {
    const next = stepBack(addon, version, target, from, to);
    if (next === undefined) return undefined;
    moves.push({ addonName: addon.addonName, from: version, to: next.addonVersion, because: why(addon, version, next, target, from, to) });
    version = next.addonVersion;
  }
  return moves;
}

function isInTheWay({ addonName, offers }: AddonAt, version: string, to: Minor): boolean {
  return !isListed(version, to, offers) || isTooNew(addonName, version, to);
}

function isTooNew(addonName: string, version: string, to: Minor): boolean {
  const minor = addonName === KUBE_PROXY ? minorOf(version) : undefined;
  return minor !== undefined && compareMinors(minor, to) > 0;
}

/** Versions listed for both minors, best first: of the older ones the default for where it goes, then the newest; then the next newer ones. Those that a known risk speaks against come last. */
function targetsBack({ addonName, addonVersion, offers, faulty }: AddonAt, from: Minor, to: Minor): readonly AddonOffer[] {
  const candidates = newestFirst(offers).filter((offer) => offer.compatibleWith.includes(from) && offer.compatibleWith.includes(to) && mayRun(addonName, offer, from, to));
  const older = candidates.filter((offer) => compareAddonVersions(offer.addonVersion, addonVersion) < 0);
  const newer = candidates.filter((offer) => compareAddonVersions(offer.addonVersion, addonVersion) > 0).reverse();
  const isDefault = (offer: AddonOffer) => offer.defaultFor.includes(to);
  const inOrder = [...older.filter(isDefault), ...older.filter((offer) => !isDefault(offer)), ...newer];
  const isFaulty = (offer: AddonOffer) => risksAgainst(faulty, offer.addonVersion, to).length > 0;
  return [...inOrder.filter((offer) => !isFaulty(offer)), ...inOrder.filter(isFaulty)];
}

function mayRun(addonName: string, offer: AddonOffer, from: Minor, to: Minor): boolean {
  const minor = addonName === KUBE_PROXY ? minorOf(offer.addonVersion) : undefined;
  return minor === undefined || (kubeProxyFits(minor, from) && kubeProxyFits(minor, to));
}

/** The next version on the way: for the VPC CNI the newest of the minor beside it that is listed for the control plane's minor, best one that is listed for both. */
function stepBack({ addonName, offers }: AddonAt, version: string, target: AddonOffer, from: Minor, to: Minor): AddonOffer | undefined {
  const [here, there] = [minorOf(version), minorOf(target.addonVersion)];
  const apart = here === undefined || there === undefined ? undefined : minorsBetween(here, there);
  if (addonName !== VPC_CNI || here === undefined || apart === undefined || Math.abs(apart) <= 1) return target;
  const beside = apart < 0 ? previousMinor(here) : nextMinor(here);
  const listed = newestFirst(offers).filter((offer) => minorOf(offer.addonVersion) === beside && offer.compatibleWith.includes(from));
  return listed.find((offer) => offer.compatibleWith.includes(to)) ?? listed[0];
}

function why({ addonName, offers }: AddonAt, version: string, next: AddonOffer, target: AddonOffer, from: Minor, to: Minor): string {
  const because = isListed(version, to, offers) ? `${addonName} at ${version} would be newer than an API server at ${to}` : `${version} is not listed for ${to}`;
  return next === target ? `${because}, so it moves before the control plane goes back, to a version listed for both ${from} and ${to}.` : `${because}, so it moves before the control plane goes back; the VPC CNI moves one minor at a time.`;
}

function notListed(addonName: string, version: string, from: Minor, to: Minor): Finding {
  return finding('addon-not-listed', 'blocks', addonName, {
    detail: `${version} does not fit a control plane at ${to}, and no version of ${addonName} that does is listed for both ${from} and ${to}.`,
    remedy: `Replace or remove the add-on before the control plane goes back to ${to}.`,
    hop: to,
  });
}

function stepMissing(addonName: string, version: string, target: AddonOffer, from: Minor, to: Minor): Finding {
  return finding('addon-step-missing', 'blocks', addonName, {
    detail: `The VPC CNI moves one minor at a time: on the way from ${version} to ${target.addonVersion} EKS lists no version of the minor beside ${version} for ${from}.`,
    remedy: 'Move it by hand along the versions that its release notes allow, then plan again.',
    hop: to,
  });
}
