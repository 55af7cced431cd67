import { compareAddonVersions, defaultOffer, isListed, newestFirst } from './addon-versions.ts';
import type { AddonOffer } from './facts.ts';
import { finding } from './finding-codes.ts';
import { risksAgainst, type FaultyVersions } from './known-risks.ts';
import { compareMinors, minorOf, minorsBetween, nextMinor, type Minor } from './minor.ts';
import type { Finding } from './plan.ts';
import { kubeProxyFits } from './skew.ts';

/** One UpdateAddon: from a version to a newer one, and why. */
export interface AddonMove {
  readonly addonName: string;
  readonly from: string;
  readonly to: string;
  readonly because: string;
}

export interface AddonMoves {
  readonly moves: readonly AddonMove[];
  readonly findings: readonly Finding[];
}

/** An add-on as it stands at one point of the plan, with what EKS lists for it. */
export interface AddonAt {
  readonly addonName: string;
  readonly addonVersion: string;
  readonly offers: readonly AddonOffer[];
  /** Versions of it that plans keep away from where they can. */
  readonly faulty?: readonly FaultyVersions[];
}

const KUBE_PROXY = 'kube-proxy';
const VPC_CNI = 'vpc-cni';
/** More minors of one add-on than any catalogue holds: past it a way turns in a circle. */
const MOVES_MAX = 50;

/**
 * What must move before the control plane goes from one minor to the next: only an add-on whose version is not listed for the
 * next minor, and then to one that is listed for both. kube-proxy is never moved before: it must not be newer than the API server.
 * Each move is decided from the version before it alone, so planning again halfway gives the rest of the same moves. Here and at the
 * goal a version that a known risk speaks against is taken only where no other will do.
 */
export function movesBefore(addon: AddonAt, hop: { readonly from: Minor; readonly to: Minor }, goal: Minor): AddonMoves {
  const { addonName, offers } = addon;
  if (addonName === KUBE_PROXY) return none;
  const moves: AddonMove[] = [];
  let version = addon.addonVersion;
  while (!isListed(version, hop.to, offers) && moves.length < MOVES_MAX) {
    const target = bestForBoth(addon, version, hop, goal);
    if (target === undefined) return { moves, findings: [notListed(addon, version, hop)] };
    const next = stepTowards(addon, version, target, hop.from, hop.to);
    if (next === undefined) return { moves, findings: [stepMissing(addon, version, target, hop.from, 'blocks', hop.to)] };
    moves.push({ addonName, from: version, to: next.addonVersion, because: whyBefore(addon, version, next.addonVersion, target, hop) });
    version = next.addonVersion;
  }
  return { moves, findings: [] };
}

/**
 * What moves after the control plane has come to a minor. On the way to the goal only kube-proxy, when it is not listed for the
 * minor or the next hop would leave it too far behind: every other add-on is listed already, or it would have moved before the hop.
 * At the goal every add-on comes to EKS's default, or to the newest version that no known risk speaks against where one speaks against that; unless it is newer already. Why not at every hop: docs/decisions/0004-add-on-order.md.
 */
export function movesAfter(addon: AddonAt, controlPlane: Minor, goal: Minor): AddonMoves {
  return controlPlane === goal ? movesAtGoal(addon, goal) : addon.addonName === KUBE_PROXY ? kubeProxyOnTheWay(addon, controlPlane) : none;
}

const none: AddonMoves = { moves: [], findings: [] };

function movesAtGoal(addon: AddonAt, goal: Minor): AddonMoves {
  const { addonName, offers } = addon;
  const target = targetAt(addon, goal);
  if (target === undefined) return { moves: [], findings: [nothingListed(addon, goal)] };
  const moves: AddonMove[] = [];
  let version = addon.addonVersion;
  while (compareAddonVersions(version, target.addonVersion) < 0 && moves.length < MOVES_MAX) {
    const next = stepTowards(addon, version, target, goal);
    if (next === undefined) return { moves, findings: [stepMissing(addon, version, target, goal, 'advises', goal)] };
    moves.push({ addonName, from: version, to: next.addonVersion, because: whyAtGoal(addon, next.addonVersion, target, goal) });
    version = next.addonVersion;
  }
  const newerAndUnlisted = moves.length === 0 && version !== target.addonVersion && !isListed(version, goal, offers);
  return { moves, findings: newerAndUnlisted ? [newerThanListed(addon, target, goal)] : [] };
}

function kubeProxyOnTheWay(addon: AddonAt, controlPlane: Minor): AddonMoves {
  const { addonName, addonVersion, offers } = addon;
  const minor = minorOf(addonVersion);
  const next = nextMinor(controlPlane);
  const newer = minor !== undefined && compareMinors(minor, controlPlane) > 0;
  const listed = isListed(addonVersion, controlPlane, offers);
  // A version that cannot be read is not known to break anything.
  const fitsNext = minor === undefined || kubeProxyFits(minor, next);
  if (newer || (listed && fitsNext)) return none;
  const target = targetAt(addon, controlPlane);
  if (target !== undefined && compareAddonVersions(addonVersion, target.addonVersion) < 0) {
    const because = listed
      ? `kube-proxy at ${addonVersion} would be too far behind an API server at ${next}, so it moves to ${target.addonVersion}, ${whatItIs(addon, target, controlPlane)}.`
      : `${addonVersion} is not listed for ${controlPlane}; ${target.addonVersion} is ${whatItIs(addon, target, controlPlane)}. kube-proxy moves after the control plane, because it must never be newer.`;
    return { moves: [{ addonName, from: addonVersion, to: target.addonVersion, because }], findings: [] };
  }
  return fitsNext ? none : { moves: [], findings: [kubeProxySkew(addonVersion, next)] };
}

/** Whether nothing that is known speaks against it on these minors. */
function isSound({ faulty }: AddonAt, { addonVersion }: AddonOffer, ...minors: readonly Minor[]): boolean {
  return minors.every((minor) => risksAgainst(faulty, addonVersion, minor).length === 0);
}

/** Those of the versions that are sound; all of them where none is. */
function soundest(offers: readonly AddonOffer[], isOne: (offer: AddonOffer) => boolean): readonly AddonOffer[] {
  const sound = offers.filter(isOne);
  return sound.length > 0 ? sound : offers;
}

/** EKS's default for the minor; where a known risk speaks against that, the newest listed one that none speaks against. */
function targetAt(addon: AddonAt, minor: Minor): AddonOffer | undefined {
  const listed = addon.offers.filter((offer) => offer.compatibleWith.includes(minor));
  return defaultOffer(minor, soundest(listed, (offer) => isSound(addon, offer, minor)));
}

/** Of the newer versions listed for both minors the one that stays listed longest on the way, so that it moves once; then EKS's default; then the newest. */
function bestForBoth(addon: AddonAt, version: string, hop: { readonly from: Minor; readonly to: Minor }, goal: Minor): AddonOffer | undefined {
  const listed = newestFirst(addon.offers).filter(
    (offer) => offer.compatibleWith.includes(hop.from) && offer.compatibleWith.includes(hop.to) && compareAddonVersions(offer.addonVersion, version) > 0,
  );
  const candidates = soundest(listed, (offer) => isSound(addon, offer, hop.from, hop.to));
  const reach = Math.max(0, ...candidates.map((offer) => minorsListed(offer, hop.to, goal)));
  const farthest = candidates.filter((offer) => minorsListed(offer, hop.to, goal) === reach);
  const isDefault = (minor: Minor) => farthest.find((offer) => offer.defaultFor.includes(minor));
  return isDefault(goal) ?? isDefault(hop.to) ?? farthest[0];
}

/** How many minors in a row, from one on and not past the goal, a version is listed for. */
function minorsListed(offer: AddonOffer, from: Minor, goal: Minor): number {
  let count = 0;
  for (let minor = from; offer.compatibleWith.includes(minor) && compareMinors(minor, goal) <= 0; minor = nextMinor(minor)) count += 1;
  return count;
}

/**
 * The next version on the way to `target`. The VPC CNI moves one minor at a time (source: EKS user guide, updating the Amazon VPC
 * CNI add-on), so between lies the newest version of its next minor that is listed for the control plane's minor, one that is
 * listed for `alsoFor` too where there is one. Every other add-on goes straight there.
 */
function stepTowards(addon: AddonAt, version: string, target: AddonOffer, controlPlane: Minor, alsoFor?: Minor): AddonOffer | undefined {
  const { addonName, offers } = addon;
  if (addonName !== VPC_CNI) return target;
  const [from, to] = [minorOf(version), minorOf(target.addonVersion)];
  const apart = from === undefined || to === undefined ? undefined : minorsBetween(from, to);
  if (from === undefined || (apart !== undefined && apart <= 1)) return target;
  const next = nextMinor(from);
  const listed = newestFirst(offers).filter((offer) => minorOf(offer.addonVersion) === next && offer.compatibleWith.includes(controlPlane));
  const forBoth = alsoFor === undefined ? [] : listed.filter((offer) => offer.compatibleWith.includes(alsoFor));
  return soundest(forBoth.length > 0 ? forBoth : listed, (offer) => isSound(addon, offer, controlPlane))[0];
}

function whyBefore(addon: AddonAt, version: string, next: string, target: AddonOffer, hop: { readonly from: Minor; readonly to: Minor }): string {
  const because = `${version} is not listed for ${hop.to}, so it moves before the control plane does`;
  return next === target.addonVersion ? `${because}, to a version listed for both ${hop.from} and ${hop.to}.${passedOver(addon, target, hop.to)}` : `${because}; the VPC CNI moves one minor at a time.`;
}

/** Why it is not EKS's default for the minor, where a known risk speaks against that. */
function passedOver({ offers, faulty }: AddonAt, target: AddonOffer, minor: Minor): string {
  const usual = offers.find((offer) => offer.defaultFor.includes(minor));
  const against = usual === undefined || usual === target ? [] : risksAgainst(faulty, usual.addonVersion, minor);
  return usual === undefined || against.length === 0 ? '' : ` It is not EKS's default ${usual.addonVersion}, as ${against.join(', ')} speaks against that.`;
}

function whyAtGoal(addon: AddonAt, next: string, target: AddonOffer, goal: Minor): string {
  if (next !== target.addonVersion) return `On the way to ${target.addonVersion}: the VPC CNI moves one minor at a time.`;
  return target.defaultFor.includes(goal) ? `It is EKS's default for ${goal}; add-ons move after the control plane.` : `It is ${whatItIs(addon, target, goal)}.`;
}

/** What a version is that `targetAt` has chosen. */
function whatItIs({ offers, faulty }: AddonAt, target: AddonOffer, minor: Minor): string {
  if (target.defaultFor.includes(minor)) return `the default for ${minor}`;
  const usual = defaultOffer(minor, offers) ?? target;
  const against = risksAgainst(faulty, usual.addonVersion, minor);
  if (usual.addonVersion !== target.addonVersion && against.length > 0) return `the newest version listed for ${minor} that no known risk speaks against, as ${against.join(', ')} does against ${usual.addonVersion}${usual.defaultFor.includes(minor) ? ", EKS's default" : ''}`;
  return `the newest version listed for ${minor}, for which EKS names no default`;
}

function notListed(addon: AddonAt, version: string, hop: { readonly from: Minor; readonly to: Minor }): Finding {
  return finding('addon-not-listed', 'blocks', addon.addonName, {
    detail: `${version} is not listed for ${hop.to}, and no newer version of ${addon.addonName} is listed for both ${hop.from} and ${hop.to}.`,
    remedy: `Replace or remove the add-on before the hop to ${hop.to}, or wait until its publisher lists a version for both.`,
    hop: hop.to,
  });
}

function nothingListed(addon: AddonAt, goal: Minor): Finding {
  return finding('addon-not-listed', 'advises', addon.addonName, {
    detail: `No version of ${addon.addonName} is listed for ${goal}; it stays at ${addon.addonVersion}.`,
    remedy: 'Ask its publisher for a version for this minor, or replace the add-on.',
    hop: goal,
  });
}

function newerThanListed(addon: AddonAt, target: AddonOffer, goal: Minor): Finding {
  return finding('addon-not-listed', 'advises', addon.addonName, {
    detail: `${addon.addonVersion} is newer than the default ${target.addonVersion} and is not listed for ${goal}. Slipway never moves an add-on back.`,
    remedy: `Check that it works on ${goal}, or set a listed version by hand.`,
    hop: goal,
  });
}

function stepMissing(addon: AddonAt, version: string, target: AddonOffer, controlPlane: Minor, severity: Finding['severity'], hop: Minor): Finding {
  const minor = minorOf(version);
  const between = minor === undefined ? 'version of the minor between' : `v${nextMinor(minor)}`;
  return finding('addon-step-missing', severity, addon.addonName, {
    detail: `The VPC CNI moves one minor at a time: on the way from ${version} to ${target.addonVersion} EKS lists no ${between} for ${controlPlane}.`,
    remedy: 'Move it by hand along the versions that its release notes allow, then plan again.',
    hop,
  });
}

function kubeProxySkew(version: string, next: Minor): Finding {
  return finding('kube-proxy-skew', 'blocks', KUBE_PROXY, {
    detail: `kube-proxy at ${version} would be too far behind an API server at ${next}, and EKS lists no newer version to move it to.`,
    remedy: 'Set kube-proxy to a version of the present minor by hand, then plan again.',
    hop: next,
  });
}
