import type { AddonFacts } from '../facts.ts';
import type { RuleError } from '../nodegroup-rules.ts';
import type { AddonNeed } from '../parts/compiled.ts';
import type { PartKind } from '../parts/resource.ts';
import type { AddonIdentity, AddonShare, AskedAddon } from './asked.ts';
import { mergeConfiguration, readConfiguration, withoutConfiguration, type Clash, type Configuration } from './configuration.ts';

/** An add-on as it shall be: what the client named and what parts need, as one. */
export interface WantedAddon {
  readonly addonName: string;
  /** As the client named it. */
  readonly asked?: AskedAddon;
  /** Its place in the request's list. */
  readonly index?: number;
  readonly parts: readonly PartKind[];
  /** The whole text; absent: as it is, or EKS's default for a new one. */
  readonly configurationValues?: string;
  /** The whole list; absent: as it is. */
  readonly podIdentityAssociations?: readonly AddonIdentity[];
  /** What the record shall remember once it is so. */
  readonly share: AddonShare;
}

export interface AddonWishes {
  readonly asked: readonly AskedAddon[];
  readonly needs: readonly AddonNeed[];
  /** What is there. Empty for a cluster that is not there yet. */
  readonly seen: readonly AddonFacts[];
  readonly shares: readonly AddonShare[];
  /** Add-ons that the client has just ceased to name: one that a part needs stays, and goes with that part. */
  readonly released?: readonly string[];
}

export interface WantedAddons {
  readonly addons: readonly WantedAddon[];
  readonly errors: readonly RuleError[];
}

/**
 * All add-ons as one list: first those that the client names, then those that parts alone need, then those that lose what a part
 * had put into them. What a client names and what a part needs are merged setting by setting; where they differ it is an error,
 * since neither may be silently dropped. What a client leaves open is as it is in the cluster, less what parts had put there.
 */
export function wantedAddons(wishes: AddonWishes): WantedAddons {
  const { asked, needs, seen, shares } = wishes;
  const left = shares.filter((share) => hasContent(share) && seen.some(({ addonName }) => addonName === share.addonName) && share.broughtBy === undefined);
  const names = [...new Set([...asked, ...needs, ...left].map(({ addonName }) => addonName))];
  const wanted = names.map((addonName) => wantedAddon(addonName, wishes));
  return { addons: wanted.map(({ addon }) => addon), errors: wanted.flatMap(({ errors }) => errors) };
}

function hasContent({ configuration = {}, podIdentityAssociations = [] }: AddonShare): boolean {
  return Object.keys(configuration).length > 0 || podIdentityAssociations.length > 0;
}

function wantedAddon(addonName: string, { asked, needs, seen, shares, released = [] }: AddonWishes): { readonly addon: WantedAddon; readonly errors: readonly RuleError[] } {
  const index = asked.findIndex((one) => one.addonName === addonName);
  const named = asked[index];
  const mine = needs.filter((need) => need.addonName === addonName);
  const share = shares.find((one) => one.addonName === addonName);
  const there = seen.find((one) => one.addonName === addonName);
  const parts = [...new Set(mine.map(({ part }) => part))];
  const settings = mergeNeeds(addonName, mine);
  const of: Of = { addonName, named, index, there, share, parts };
  const configuration = configurationOf(of, settings.merged);
  const identities = identitiesOf(of, mine.flatMap(({ podIdentityAssociations = [] }) => podIdentityAssociations));
  const brought = named === undefined && parts.length > 0 && (share?.broughtBy !== undefined || there === undefined || released.includes(addonName));
  return {
    addon: {
      addonName,
      ...(named === undefined ? {} : { asked: named, index }),
      parts,
      ...(configuration.text === undefined ? {} : { configurationValues: configuration.text }),
      ...(identities.list === undefined ? {} : { podIdentityAssociations: identities.list }),
      share: {
        addonName,
        ...(brought ? { broughtBy: parts } : {}),
        ...(Object.keys(settings.merged).length === 0 ? {} : { configuration: settings.merged }),
        ...(identities.ours.length === 0 ? {} : { podIdentityAssociations: identities.ours }),
      },
    },
    errors: [...settings.errors, ...configuration.errors, ...identities.errors],
  };
}

interface Of {
  readonly addonName: string;
  readonly named: AskedAddon | undefined;
  readonly index: number;
  readonly there: AddonFacts | undefined;
  readonly share: AddonShare | undefined;
  readonly parts: readonly PartKind[];
}

/** What several parts need of one add-on. They do not know of each other, so a clash is told under the later one. */
function mergeNeeds(addonName: string, needs: readonly AddonNeed[]): { readonly merged: Configuration; readonly errors: readonly RuleError[] } {
  let merged: Configuration = {};
  const errors: RuleError[] = [];
  for (const { configuration = {}, part } of needs) {
    const step = mergeConfiguration(merged, configuration);
    merged = step.merged;
    errors.push(...step.clashes.map((clash) => ({ path: part, message: `Needs ${clash.path} of ${addonName} as ${told(clash.there)}, and another part needs it as ${told(clash.here)}` })));
  }
  return { merged, errors };
}

function configurationOf({ addonName, named, index, there, share, parts }: Of, needed: Configuration): { readonly text?: string; readonly errors: readonly RuleError[] } {
  const earlier = share?.configuration ?? {};
  const given = named?.configurationValues;
  if (Object.keys(needed).length === 0 && (given !== undefined || Object.keys(earlier).length === 0)) return { ...(given === undefined ? {} : { text: given }), errors: [] };
  const path = pathOf(index, 'configurationValues', parts);
  const read = given === undefined && there?.configurationTooLong === true ? 'unread' : readConfiguration(given ?? there?.configurationValues);
  if (read === 'unread') {
    const whose = given !== undefined ? 'Not JSON' : there?.configurationTooLong === true ? `${addonName} has settings too long to be read` : `${addonName} has settings that are not JSON`;
    return { errors: [{ path, message: `${whose}, so what ${parts.join(' and ') || 'a part'} sets beside them cannot be merged in: name them as JSON` }] };
  }
  const base = given === undefined ? withoutConfiguration(read, earlier) : read;
  const { merged, clashes } = mergeConfiguration(base, needed);
  const text = Object.keys(merged).length === 0 && there === undefined ? undefined : JSON.stringify(merged);
  return { ...(text === undefined ? {} : { text }), errors: clashes.map((clash) => clashError(clash, { addonName, path, parts, given: given !== undefined })) };
}

function clashError({ path: setting, here, there }: Clash, of: { readonly addonName: string; readonly path: string; readonly parts: readonly PartKind[]; readonly given: boolean }): RuleError {
  const who = of.parts.join(' and ');
  if (of.given) return { path: `${of.path}.${setting}`, message: `Is ${told(here)} here, and ${who} needs ${told(there)}` };
  return { path: of.path, message: `Needs ${setting} of ${of.addonName} as ${told(there)}, and in the cluster it is ${told(here)}, which Slipway has not set: name the add-on with its configurationValues to change it` };
}

function identitiesOf({ addonName, named, index, there, share, parts }: Of, needed: readonly AddonIdentity[]): { readonly list?: readonly AddonIdentity[]; readonly ours: readonly AddonIdentity[]; readonly errors: readonly RuleError[] } {
  const earlier = share?.podIdentityAssociations ?? [];
  const given = named?.podIdentityAssociations;
  if (needed.length === 0 && (given !== undefined || earlier.length === 0)) return { ...(given === undefined ? {} : { list: given }), ours: [], errors: [] };
  const standing = (there?.podIdentityAssociations ?? []).filter((one) => !earlier.some((ours) => sameIdentity(ours, one)));
  const base = given ?? standing;
  const path = pathOf(index, 'podIdentityAssociations', parts);
  const errors = needed.flatMap((need) => {
    const other = [...base, ...needed].find((one) => one.serviceAccount === need.serviceAccount && one.roleArn !== need.roleArn);
    return other === undefined ? [] : [{ path, message: `The service account ${need.serviceAccount} of ${addonName} has the role ${other.roleArn}, and ${parts.join(' and ')} needs ${need.roleArn} for it` }];
  });
  const ours = needed.filter((need, place) => needed.findIndex((one) => sameIdentity(one, need)) === place);
  return { list: [...base.filter((one) => !ours.some((mine) => sameIdentity(mine, one))), ...ours], ours, errors };
}

export function sameIdentity(here: AddonIdentity, there: AddonIdentity): boolean {
  return here.serviceAccount === there.serviceAccount && here.roleArn === there.roleArn;
}

/** Of what a client named, its own field; of what a part alone brings, the part's. */
function pathOf(index: number, member: string, parts: readonly PartKind[]): string {
  return index >= 0 ? `addons.${index}.${member}` : (parts[0] ?? 'addons');
}

const VALUE_CHARACTERS_MAX = 100;

function told(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length <= VALUE_CHARACTERS_MAX ? text : `${text.slice(0, VALUE_CHARACTERS_MAX)}...`;
}
