import { DescribeAddonVersionsCommand, DescribeClusterVersionsCommand, type AddonInfo, type EKSClient } from '@aws-sdk/client-eks';
import type { AddonCatalogue, AddonOffer, VersionCatalogue } from '../../domain/facts.ts';
import { isMinor, type Minor } from '../../domain/minor.ts';
import { orAbsent } from './errors.ts';

const PAGE_SIZE = 100;
const PAGES_MAX = 20;

/** Which minors EKS offers in the session's region now, and until when. */
export async function readVersions(client: EKSClient): Promise<VersionCatalogue> {
  const offers: VersionCatalogue['offers'][number][] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await client.send(new DescribeClusterVersionsCommand({ maxResults: PAGE_SIZE, ...(nextToken === undefined ? {} : { nextToken }) }));
    for (const item of answer.clusterVersions ?? []) {
      if (item.clusterVersion === undefined || !isMinor(item.clusterVersion)) continue;
      offers.push({
        version: item.clusterVersion,
        defaultVersion: item.defaultVersion ?? false,
        versionStatus: item.versionStatus ?? 'UNKNOWN',
        ...(item.defaultPlatformVersion === undefined ? {} : { defaultPlatformVersion: item.defaultPlatformVersion }),
        ...(item.releaseDate === undefined ? {} : { releaseDate: item.releaseDate.toISOString() }),
        ...(item.endOfStandardSupportDate === undefined ? {} : { endOfStandardSupportDate: item.endOfStandardSupportDate.toISOString() }),
        ...(item.endOfExtendedSupportDate === undefined ? {} : { endOfExtendedSupportDate: item.endOfExtendedSupportDate.toISOString() }),
      });
    }
    nextToken = answer.nextToken;
    if (nextToken === undefined) return { offers };
  }
  throw new Error(`EKS lists more than ${PAGES_MAX} pages of cluster versions.`);
}

/** The versions of each named add-on with the minors that each is listed for. An add-on that EKS does not list is left out. */
export async function readAddonCatalogue(client: EKSClient, addonNames: readonly string[]): Promise<AddonCatalogue> {
  const catalogue: Record<string, AddonOffer[]> = {};
  for (const addonName of addonNames) {
    const infos = await readAddonInfos(client, addonName);
    const offers = infos.flatMap((info) => (info.addonVersions ?? []).flatMap((version) => offerOf(version)));
    if (offers.length > 0) catalogue[addonName] = offers;
  }
  return catalogue;
}

async function readAddonInfos(client: EKSClient, addonName: string): Promise<AddonInfo[]> {
  const infos: AddonInfo[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await orAbsent(() => client.send(new DescribeAddonVersionsCommand({ addonName, maxResults: PAGE_SIZE, ...(nextToken === undefined ? {} : { nextToken }) })));
    if (answer === 'absent') return infos;
    infos.push(...(answer.addons ?? []));
    nextToken = answer.nextToken;
    if (nextToken === undefined) return infos;
  }
  throw new Error(`EKS lists more than ${PAGES_MAX} pages of versions of the add-on ${addonName}.`);
}

function offerOf(version: NonNullable<AddonInfo['addonVersions']>[number]): AddonOffer[] {
  if (version.addonVersion === undefined) return [];
  const compatibilities = (version.compatibilities ?? []).flatMap((entry): { minor: Minor; isDefault: boolean }[] =>
    entry.clusterVersion !== undefined && isMinor(entry.clusterVersion) ? [{ minor: entry.clusterVersion, isDefault: entry.defaultVersion ?? false }] : [],
  );
  return [
    {
      addonVersion: version.addonVersion,
      compatibleWith: compatibilities.map((entry) => entry.minor),
      defaultFor: compatibilities.filter((entry) => entry.isDefault).map((entry) => entry.minor),
    },
  ];
}
