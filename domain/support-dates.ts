import type { VersionCatalogue, VersionOffer } from './facts.ts';
import type { Minor } from './minor.ts';

/** Where a minor stands at a moment. The dates decide, not the catalogue's word: the word is true of the time it was read. */
export type Support = 'standard' | 'extended' | 'ended' | 'unknown';

export function supportAt(minor: Minor, catalogue: VersionCatalogue, now: string): Support {
  const offer = offerOf(minor, catalogue);
  if (offer?.endOfStandardSupportDate === undefined) return wordOf(offer);
  const moment = Date.parse(now);
  if (moment < Date.parse(offer.endOfStandardSupportDate)) return 'standard';
  if (offer.endOfExtendedSupportDate === undefined || moment < Date.parse(offer.endOfExtendedSupportDate)) return 'extended';
  return 'ended';
}

export function offerOf(minor: Minor, catalogue: VersionCatalogue): VersionOffer | undefined {
  return catalogue.offers.find((offer) => offer.version === minor);
}

/** `2027-08-02`, as people write it. */
export function dayOf(moment: string): string {
  return moment.slice(0, 10);
}

function wordOf(offer: VersionOffer | undefined): Support {
  switch (offer?.versionStatus) {
    case 'STANDARD_SUPPORT':
      return 'standard';
    case 'EXTENDED_SUPPORT':
      return 'extended';
    case 'UNSUPPORTED':
      return 'ended';
    default:
      return 'unknown';
  }
}
