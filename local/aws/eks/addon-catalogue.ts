import { addonEntry, addons, versionsFor } from './catalogue.ts';
import type { CatalogueAddon, CatalogueAddonVersion } from './catalogue.ts';
import type { Place } from './place.ts';

// What EKS lists of add-ons in one region: its catalogue, without what has been withdrawn there.

/** The add-ons of which some version is listed for some minor. */
export function listedAddons(place: Place): CatalogueAddon[] {
  return addons().flatMap((addon) => stillListed(place, addon) ?? []);
}

/** The add-on with what is listed of it; undefined when that is nothing. */
export function listedAddon(place: Place, addonName: string): CatalogueAddon | undefined {
  const addon = addonEntry(addonName);
  return addon === undefined ? undefined : stillListed(place, addon);
}

/** The versions of an add-on that are listed for a minor, newest first. */
export function addonVersionsFor(place: Place, addonName: string, minor: string): readonly CatalogueAddonVersion[] {
  return versionsFor(listedAddon(place, addonName)?.versions ?? [], minor);
}

function stillListed(place: Place, addon: CatalogueAddon): CatalogueAddon | undefined {
  const withdrawn = place.withdrawnAddons.get(addon.addonName);
  if (withdrawn === undefined) return addon;
  const { addonVersions, kubernetesVersions } = withdrawn;
  const versions = addon.versions.flatMap((version) => {
    if (addonVersions?.includes(version.version) === false) return [version];
    const minors = kubernetesVersions === undefined ? [] : version.minors.filter((minor) => !kubernetesVersions.includes(minor));
    return minors.length === 0 ? [] : [{ ...version, minors }];
  });
  return versions.length === 0 ? undefined : { ...addon, versions };
}
