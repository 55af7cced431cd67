import type { VersionCatalogue } from './facts.ts';
import { compareMinors, minorsBetween, nextMinor, type Minor } from './minor.ts';
import { refuse, type Refusal } from './refusal.ts';

/** More minors than EKS has ever offered at once; a longer way is a mistake in the ask. */
const HOPS_MAX = 20;

/**
 * The minors that the control plane passes on its way, where it is now left out, where it ends included; none when it is
 * there already. One minor a hop, none skipped (source: EKS UpdateClusterVersion), and EKS must offer every one of them.
 */
export function minorsToPass(from: Minor, to: Minor, catalogue: VersionCatalogue): readonly Minor[] | Refusal {
  const count = minorsBetween(from, to);
  if (count === undefined || count > HOPS_MAX) return notOffered(to, catalogue);
  if (count < 0) {
    return refuse('version-not-newer', `The control plane is at ${from}, which is newer than ${to}.`, {
      remedy: 'Ask for a newer minor, or for the present one to bring node groups and add-ons up to it.',
    });
  }
  const minors: Minor[] = [];
  for (let minor = from; minors.length < count; ) {
    minor = nextMinor(minor);
    minors.push(minor);
  }
  // A minor in the middle that is offered no more stops the way just as the target does.
  const missing = minors.find((minor) => !isOffered(minor, catalogue));
  return missing === undefined ? minors : notOffered(missing, catalogue, to);
}

/** Whether EKS takes this minor today: listed by DescribeClusterVersions, and not as UNSUPPORTED. */
export function isOffered(minor: Minor, catalogue: VersionCatalogue): boolean {
  return catalogue.offers.some((offer) => offer.version === minor && offer.versionStatus !== 'UNSUPPORTED');
}

/** The refusal that names what is offered instead. */
export function notOffered(minor: Minor, catalogue: VersionCatalogue, to: Minor = minor): Refusal {
  const offered = catalogue.offers.filter((offer) => isOffered(offer.version, catalogue)).map((offer) => offer.version);
  const list = [...new Set(offered)].sort(compareMinors).join(', ');
  const onTheWay = minor === to ? '' : `, which lies on the way to ${to}`;
  return refuse('version-not-offered', `EKS does not offer ${minor}${onTheWay}. It offers ${list === '' ? 'no version here' : list}.`, {
    remedy: 'Choose one of the offered versions; GET /v1/versions lists them with their support dates.',
  });
}
