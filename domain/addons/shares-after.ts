import type { Addon } from '../cluster.ts';
import type { Step } from '../operation.ts';
import type { AddonIdentity, AddonShare } from './asked.ts';

/** What Slipway has put into add-ons once these steps have come to what they came to: changed by steps that are known to have done it alone. */
export function sharesAfter(shares: readonly AddonShare[], steps: readonly Step[]): readonly AddonShare[] {
  const standing = new Map(shares.map((share) => [share.addonName, share]));
  for (const { kind, subject, state, addonShare } of inOrder(steps)) {
    if (state !== 'Succeeded') continue;
    if (kind === 'delete-addon') standing.delete(subject);
    if (addonShare !== undefined) standing.set(subject, addonShare);
  }
  return [...standing.values()];
}

/** Add-ons of the record with the roles that steps have given them: the look at an operation's end does not read roles. */
export function identitiesAfter(addons: readonly Addon[], steps: readonly Step[]): readonly Addon[] {
  const given = new Map<string, readonly AddonIdentity[]>();
  for (const { kind, subject, state, parameters } of inOrder(steps)) {
    const associations = parameters?.['podIdentityAssociations'] as readonly AddonIdentity[] | undefined;
    if (state === 'Succeeded' && kind !== 'delete-addon' && associations !== undefined) given.set(subject, associations);
  }
  const known = new Set(addons.map(({ addonName }) => addonName));
  // One that is new is seen by the same look, which fills the rest in.
  const news = [...given].filter(([addonName]) => !known.has(addonName)).map(([addonName, podIdentityAssociations]): Addon => ({ addonName, status: 'Planned', podIdentityAssociations }));
  return [...addons.map((addon) => (given.has(addon.addonName) ? { ...addon, podIdentityAssociations: given.get(addon.addonName) ?? [] } : addon)), ...news];
}

function inOrder(steps: readonly Step[]): readonly Step[] {
  return [...steps].sort((a, b) => a.run - b.run || a.order - b.order);
}
