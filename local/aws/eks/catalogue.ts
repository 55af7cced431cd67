import { compareMinors, isMinor } from '../../../domain/minor.ts';
import type { Minor } from '../../../domain/minor.ts';
import data from './catalogue.json' with { type: 'json' };

/** A Kubernetes minor as EKS ships it, with the dates that its standing follows from. */
export interface CatalogueVersion {
  readonly minor: Minor;
  readonly releaseDate: string;
  readonly endOfStandardSupportDate: string;
  readonly endOfExtendedSupportDate: string;
  /** From when on EKS makes new clusters with it when none is named, until a newer one takes over. */
  readonly defaultFrom: string;
  readonly patches: readonly Dated[];
  readonly platforms: readonly Dated[];
  /** Oldest first: `1.33.5-20251103`. */
  readonly amiReleases: readonly string[];
}

interface Dated {
  readonly version: string;
  readonly from: string;
}

export interface CatalogueAddon {
  readonly addonName: string;
  readonly type: string;
  readonly publisher: string;
  readonly owner: string;
  readonly defaultNamespace: string;
  /** It runs as a Deployment: without a ready node it is DEGRADED. */
  readonly needsNodes: boolean;
  readonly requiresIamPermissions: boolean;
  readonly podIdentity?: readonly { readonly serviceAccount: string; readonly recommendedManagedPolicies: readonly string[] }[];
  /** The configuration's top-level properties and their JSON types, unless it has a whole schema in addon-schemas.json. */
  readonly configuration: Readonly<Record<string, string>>;
  /** Newest first. */
  readonly versions: readonly CatalogueAddonVersion[];
}

export interface CatalogueAddonVersion {
  readonly version: string;
  readonly minors: readonly Minor[];
  readonly defaultFor?: readonly Minor[];
}

export interface RemovedApi {
  readonly usage: string;
  readonly replacedWith: string;
  readonly startServingReplacementVersion: string;
}

export type VersionStanding = 'STANDARD_SUPPORT' | 'EXTENDED_SUPPORT' | 'UNSUPPORTED';

const VERSIONS = data.versions as readonly CatalogueVersion[];
const ADDONS = data.addons as readonly CatalogueAddon[];
const REMOVED_APIS = data.apisRemoved as Readonly<Record<string, readonly RemovedApi[]>>;

/** Epoch milliseconds of a date's first moment in UTC. */
export function dayOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`);
}

/** The minors that EKS has released by `now`, newest first, supported or not. */
export function releasedVersions(now: number): CatalogueVersion[] {
  return VERSIONS.filter((version) => dayOf(version.releaseDate) <= now).sort((a, b) => compareMinors(b.minor, a.minor));
}

/** The standing of a released minor at `now`. Ends are the last supported day. */
export function standingOf(version: CatalogueVersion, now: number): VersionStanding {
  if (now < dayOf(version.endOfStandardSupportDate)) return 'STANDARD_SUPPORT';
  return now < dayOf(version.endOfExtendedSupportDate) ? 'EXTENDED_SUPPORT' : 'UNSUPPORTED';
}

/** The minor's catalogue entry when EKS offers it at `now`: released and within (extended) support. */
export function offeredVersion(minor: string, now: number): CatalogueVersion | undefined {
  return releasedVersions(now).find((version) => version.minor === minor && standingOf(version, now) !== 'UNSUPPORTED');
}

/** The catalogue entry of a minor, whatever its dates. */
export function versionEntry(minor: string): CatalogueVersion | undefined {
  return VERSIONS.find((version) => version.minor === minor);
}

/** The minor that a new cluster gets when none is named: the newest whose turn as default has come, or else the newest of all. */
export function defaultVersion(now: number): CatalogueVersion | undefined {
  const released = releasedVersions(now);
  return released.find((version) => dayOf(version.defaultFrom) <= now) ?? released[0];
}

/** The newest of dated entries at `now`, or the first when none has come yet. */
function newest(entries: readonly Dated[], now: number): string {
  const come = entries.filter((entry) => dayOf(entry.from) <= now);
  return (come.at(-1) ?? entries[0])?.version ?? '';
}

export function platformVersion(minor: string, now: number): string {
  return newest(versionEntry(minor)?.platforms ?? [], now);
}

export function patchVersion(minor: string, now: number): string {
  return newest(versionEntry(minor)?.patches ?? [], now);
}

/** The AMI releases of a minor for an AMI type at `now`, oldest first. Amazon Linux: `1.33.5-20251103`; Bottlerocket and Windows number theirs in their own ways. */
export function amiReleases(minor: string, amiType: string, now: number): string[] {
  if (amiType.startsWith('BOTTLEROCKET')) return atLeastFirst(data.bottlerocketReleases, (release) => dayOf(release.from) <= now).map((release) => release.version);
  if (amiType.startsWith('WINDOWS')) return atLeastFirst(data.windowsReleaseDates, (date) => dayOf(date) <= now).map((date) => `${minor}-${date.replaceAll('-', '.')}`);
  return atLeastFirst(versionEntry(minor)?.amiReleases ?? [], (release) => builtOn(release) <= now);
}

/** When an Amazon Linux release was built, from the date in its name. */
function builtOn(release: string): number {
  const date = /-(\d{4})(\d{2})(\d{2})$/.exec(release);
  return date === null ? 0 : dayOf(`${date[1]}-${date[2]}-${date[3]}`);
}

function atLeastFirst<T>(entries: readonly T[], come: (entry: T) => boolean): T[] {
  const some = entries.filter(come);
  return some.length > 0 ? some : entries.slice(0, 1);
}

export function addons(): readonly CatalogueAddon[] {
  return ADDONS;
}

/** The add-on with all that was ever listed of it. */
export function addonEntry(addonName: string): CatalogueAddon | undefined {
  return ADDONS.find((addon) => addon.addonName === addonName);
}

/** Of versions of an add-on those for a minor, newest first as they are. */
export function versionsFor(versions: readonly CatalogueAddonVersion[], minor: string): readonly CatalogueAddonVersion[] {
  return versions.filter(({ minors }) => minors.some((listed) => listed === minor));
}

/** Of versions of an add-on the one that EKS installs on a minor when none is named: the newest, where the default is not among them. */
export function defaultAmong(versions: readonly CatalogueAddonVersion[], minor: string): CatalogueAddonVersion | undefined {
  const fitting = versionsFor(versions, minor);
  return fitting.find(({ defaultFor = [] }) => defaultFor.some((listed) => listed === minor)) ?? fitting[0];
}

/** The minors that stop serving APIs. */
export function minorsThatRemoveApis(): Minor[] {
  return Object.keys(REMOVED_APIS).filter(isMinor);
}

/** The APIs that a minor no longer serves. */
export function apisRemovedIn(minor: string): readonly RemovedApi[] {
  return REMOVED_APIS[minor] ?? [];
}
