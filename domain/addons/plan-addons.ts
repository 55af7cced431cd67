import { defaultOffer, isListed, offersOf } from '../addon-versions.ts';
import type { AddonCatalogue, AddonFacts, ClusterFacts } from '../facts.ts';
import { finding } from '../finding-codes.ts';
import type { Minor } from '../minor.ts';
import { refuseBroken } from '../nodegroup-rules.ts';
import { defined } from '../parameters.ts';
import type { AddonNeed } from '../parts/compiled.ts';
import type { Finding, PlannedStep } from '../plan.ts';
import { isRefusal, refuse, type Refusal } from '../refusal.ts';
import { repeated } from '../repeated.ts';
import type { AddonShare, AskedAddon } from './asked.ts';
import { sameConfiguration } from './configuration.ts';
import { wayBetween } from './way-between.ts';
import { sameIdentity, wantedAddons, type WantedAddon } from './wanted-addons.ts';

/** The one add-on that a request is about, by its own route. */
export interface AddonOfRoute {
  readonly addonName: string;
  /** It is to go, whoever asked for it. `preserve`: what runs of it in the cluster stays there, and EKS manages it no more (source: EKS API reference, DeleteAddon). */
  readonly remove?: { readonly preserve: boolean };
}

export interface AddonsAsk {
  readonly version: Minor;
  readonly facts: Pick<ClusterFacts, 'addons' | 'addonCatalogue'>;
  readonly needs: readonly AddonNeed[];
  readonly shares: readonly AddonShare[];
  /** What clients named before. */
  readonly before: readonly AskedAddon[];
  readonly asked: readonly AskedAddon[];
  /** The request names the list anew: versions in it are to be had, and what it leaves out goes. By the route of one add-on that alone is meant. */
  readonly listed: boolean;
  readonly only?: AddonOfRoute;
}

export interface AddonPlan {
  readonly steps: readonly PlannedStep[];
  readonly findings: readonly Finding[];
}

/**
 * The steps from the add-ons that are there to those that shall be: new ones, those that change, then those that go. What goes is what
 * a client has ceased to name and what parts had brought and need no more; what Slipway was never asked for stays. Versions
 * are not touched unless the request names them, since upgrades move them.
 */
export function planAddons(ask: AddonsAsk): AddonPlan | Refusal {
  const { facts, needs, shares, before, asked, only } = ask;
  const listed = ask.listed && only === undefined;
  const leaving = only?.remove === undefined ? undefined : only.addonName;
  const names = new Set(asked.map(({ addonName }) => addonName));
  const released = [...before, ...(listed ? shares : [])].map(({ addonName }) => addonName).filter((addonName) => !names.has(addonName));
  const wanted = wantedAddons({ asked, needs, seen: facts.addons, shares, released });
  const broken = refuseBroken([...repeated(asked.map(({ addonName }) => addonName), 'addons', 'addonName'), ...wanted.errors]);
  if (broken !== undefined) return broken;
  const needing = needs.filter(({ addonName }) => addonName === leaving);
  if (leaving !== undefined && needing.length > 0) return neededByPart(leaving, needing);

  const steps: PlannedStep[] = [];
  for (const addon of wanted.addons.filter(({ addonName }) => addonName !== leaving)) {
    const brought = bring(addon, ask);
    if (isRefusal(brought)) return brought;
    steps.push(...brought);
  }
  const kept = new Set([...asked, ...needs].map(({ addonName }) => addonName));
  const orphans = shares.filter(({ broughtBy }) => broughtBy !== undefined).map(({ addonName }) => addonName);
  const gone = [...new Set([...(leaving === undefined ? [] : [leaving]), ...released, ...orphans])].filter((addonName) => (addonName === leaving || !kept.has(addonName)) && facts.addons.some((addon) => addon.addonName === addonName));
  return {
    steps: [...steps.filter(({ subject }) => !gone.includes(subject)), ...gone.map((addonName) => removalStep(addonName, ask))],
    findings: [...(listed ? notAskedFor(facts.addons, [...kept, ...gone]) : []), ...(only?.remove?.preserve === true ? [] : leftOut(gone, wanted.addons))],
  };
}

function bring(addon: WantedAddon, ask: AddonsAsk): PlannedStep[] | Refusal {
  const { facts, version } = ask;
  const there = facts.addons.find(({ addonName }) => addonName === addon.addonName);
  if (there === undefined) {
    const install = installation(addon, version, facts.addonCatalogue);
    return isRefusal(install) ? install : [install];
  }
  // EKS never mends a creation that has failed: it is taken away and made anew, and what runs of it stays meanwhile.
  if (there.status === 'CREATE_FAILED') {
    const install = installation(addon, version, facts.addonCatalogue);
    return isRefusal(install) ? install : [deletionStep(addon.addonName, version, 'Its creation has failed, and EKS mends none: it goes and comes anew.', true), install];
  }
  return change(addon, there, ask);
}

/** The step that installs an add-on that is not there. */
function installation(addon: WantedAddon, version: Minor, catalogue: AddonCatalogue): PlannedStep | Refusal {
  const chosen = chooseVersion(addon, version, catalogue);
  if (isRefusal(chosen)) return chosen;
  const { addonName, configurationValues, podIdentityAssociations, asked } = addon;
  return {
    id: `${version}/addon/${addonName}/install`,
    title: `Installing add-on ${addonName} ${chosen}`,
    kind: 'create-addon',
    stage: 'CarryOut',
    subject: addonName,
    to: chosen,
    reason: addon.parts.length === 0 ? 'Asked for.' : `Needed for ${addon.parts.join(' and ')}.`,
    // In a cluster that is at work EKS must not overwrite what somebody has installed by hand, unless it is asked to.
    parameters: defined({ addonVersion: chosen, configurationValues, podIdentityAssociations: emptyIsNone(podIdentityAssociations), resolveConflicts: asked?.resolveConflicts ?? 'NONE' }),
    addonShare: addon.share,
  };
}

/** The version that was named and is listed for the minor, or EKS's default. */
export function chooseVersion({ addonName, asked, index, parts }: Pick<WantedAddon, 'addonName' | 'asked' | 'index' | 'parts'>, version: Minor, catalogue: AddonCatalogue): string | Refusal {
  const offers = offersOf(addonName, catalogue) ?? [];
  const offered = defaultOffer(version, offers)?.addonVersion;
  const chosen = asked?.addonVersion ?? offered;
  if (chosen !== undefined && isListed(chosen, version, offers)) return chosen;
  const what = asked?.addonVersion === undefined ? addonName : `${addonName} ${asked.addonVersion}`;
  const path = index === undefined ? (parts[0] ?? 'addons') : `addons.${index}.${asked?.addonVersion === undefined || offered === undefined ? 'addonName' : 'addonVersion'}`;
  return refuse('addon-not-offered', `EKS does not list ${what} for ${version}.`, {
    remedy: offered === undefined ? (parts.length === 0 ? 'Leave the add-on out.' : `Leave ${parts.join(' and ')} out, which needs it.`) : `Leave the version out to get the default, ${offered}.`,
    errors: [{ path, message: `Not listed for ${version}` }],
  });
}

function change(addon: WantedAddon, there: AddonFacts, ask: AddonsAsk): PlannedStep[] | Refusal {
  const { asked, configurationValues, podIdentityAssociations } = addon;
  const settings = configurationValues === undefined || (there.configurationTooLong !== true && sameConfiguration(configurationValues, there.configurationValues)) ? undefined : configurationValues;
  const identities = podIdentityAssociations === undefined || sameList(podIdentityAssociations, there.podIdentityAssociations) ? undefined : podIdentityAssociations;
  const parameters = defined({ configurationValues: settings, podIdentityAssociations: identities, resolveConflicts: asked?.resolveConflicts ?? 'PRESERVE' });
  const named = ask.listed && (ask.only === undefined || ask.only.addonName === addon.addonName);
  const moves = named && asked?.addonVersion !== undefined && asked.addonVersion !== there.addonVersion ? movesTo(addon, there, ask) : [];
  if (isRefusal(moves)) return moves;
  const last = moves.at(-1);
  // The new version's schema judges the new settings, so both go in one call.
  if (last !== undefined) return [...moves.slice(0, -1), { ...last, parameters: { ...parameters, addonVersion: last.to }, addonShare: addon.share }];
  return settings === undefined && identities === undefined ? [] : [settingsStep(addon, ask.version, { settings: settings !== undefined, identities: identities !== undefined }, parameters)];
}

function settingsStep(addon: WantedAddon, version: Minor, what: { readonly settings: boolean; readonly identities: boolean }, parameters: Record<string, unknown>): PlannedStep {
  const changed = [...(what.settings ? ['settings'] : []), ...(what.identities ? ['roles'] : [])].join(' and ');
  return {
    id: `${version}/addon/${addon.addonName}/settings`,
    title: `Changing ${changed} of add-on ${addon.addonName}`,
    kind: 'update-addon-config',
    stage: 'CarryOut',
    subject: addon.addonName,
    reason: addon.parts.length === 0 ? 'They are to be as asked for; the version stays.' : `They are to be as ${addon.parts.join(' and ')} needs them; the version stays.`,
    parameters,
    addonShare: addon.share,
  };
}

function movesTo(addon: WantedAddon, there: AddonFacts, { version, facts }: AddonsAsk): PlannedStep[] | Refusal {
  const target = chooseVersion(addon, version, facts.addonCatalogue);
  if (isRefusal(target)) return target;
  const way = wayBetween({ addonName: addon.addonName, addonVersion: there.addonVersion, offers: offersOf(addon.addonName, facts.addonCatalogue) ?? [] }, target, version);
  if (way === undefined) {
    return refuse('addon-not-offered', `The VPC CNI moves one minor at a time, and EKS lists no version for ${version} of every minor between ${there.addonVersion} and ${target}.`, {
      remedy: 'Name a version of the next minor first.',
      errors: [{ path: `addons.${addon.index ?? 0}.addonVersion`, message: 'No way there, one minor at a time' }],
    });
  }
  return way.map((to, place) => ({
    id: `${version}/addon/${addon.addonName}/${to}`,
    title: `Moving add-on ${addon.addonName} to ${to}`,
    kind: 'upgrade-addon',
    stage: 'CarryOut',
    subject: addon.addonName,
    from: way[place - 1] ?? there.addonVersion,
    to,
    reason: to === target ? 'Asked for.' : `On the way to ${target}: the VPC CNI moves one minor at a time.`,
    parameters: { addonVersion: to, resolveConflicts: addon.asked?.resolveConflicts ?? 'PRESERVE' },
  }));
}

function removalStep(addonName: string, { version, only, shares }: AddonsAsk): PlannedStep {
  const asked = only?.addonName === addonName ? only.remove : undefined;
  const brought = shares.find((share) => share.addonName === addonName)?.broughtBy;
  const because = asked !== undefined || brought === undefined ? 'It is not asked for any more.' : `It was brought for ${brought.join(' and ')}, and nothing else asks for it.`;
  return deletionStep(addonName, version, because, asked?.preserve === true);
}

function deletionStep(addonName: string, version: Minor, reason: string, preserve: boolean): PlannedStep {
  return {
    id: `${version}/addon/${addonName}/remove`,
    title: preserve ? `Releasing add-on ${addonName}; what runs of it stays` : `Removing add-on ${addonName}`,
    kind: 'delete-addon',
    stage: 'CarryOut',
    subject: addonName,
    reason,
    parameters: { preserve },
  };
}

function neededByPart(addonName: string, needing: readonly AddonNeed[]): Refusal {
  const parts = [...new Set(needing.map(({ part }) => part))].join(' and ');
  return refuse('addon-needed', `${parts} needs the add-on ${addonName}.`, { remedy: `Take ${parts} away first: the add-on goes with it if it came for it.` });
}

/** What nobody asked Slipway for, such as what another service keeps in the cluster, is not Slipway's to take away. */
function notAskedFor(seen: readonly AddonFacts[], known: readonly string[]): Finding[] {
  return seen
    .filter(({ addonName }) => !known.includes(addonName))
    .map(({ addonName }) =>
      finding('addon-not-asked-for', 'advises', addonName, { detail: `${addonName} is in the cluster, and Slipway was never asked for it, so it stays.`, remedy: 'Name it in `addons` to have Slipway keep it, or take it away by DELETE /v1/clusters/{clusterId}/addons/{addonName}.' }),
    );
}

/** What the cluster misses without an add-on that nothing else is known to do the work of. */
const MISSED: Readonly<Record<string, string>> = {
  'vpc-cni': 'nodes do not become Ready',
  'kube-proxy': 'nodes do not become Ready',
  coredns: 'names in the cluster do not resolve',
  'eks-pod-identity-agent': 'the add-ons that are asked for with roles get no credentials',
};

/** Parts that need an add-on keep it, so that the agent goes only where roles are asked for with other add-ons alone. */
function leftOut(gone: readonly string[], wanted: readonly WantedAddon[]): Finding[] {
  const roles = wanted.some(({ addonName, podIdentityAssociations = [] }) => !gone.includes(addonName) && podIdentityAssociations.length > 0);
  return gone.flatMap((addonName) => {
    const missed = addonName === 'eks-pod-identity-agent' && !roles ? undefined : MISSED[addonName];
    if (missed === undefined) return [];
    return [finding('network-addon-left-out', 'advises', addonName, { detail: `Without ${addonName} ${missed} unless something else does its work.`, remedy: `Keep ${addonName} among the add-ons, or have its replacement in place first.` })];
  });
}

function sameList(here: NonNullable<WantedAddon['podIdentityAssociations']>, there: AddonFacts['podIdentityAssociations']): boolean {
  return there !== undefined && here.length === there.length && here.every((one) => there.some((other) => sameIdentity(one, other)));
}

function emptyIsNone<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list === undefined || list.length === 0 ? undefined : list;
}
