import { isRefusal } from '../domain/refusal.ts';
import { AddonRemovalQuery } from '../domain/requests.ts';
import { OperationView } from '../domain/view.ts';
import { changeAddonBy, REFUSALS_OF_ADDONS } from './addon-change.ts';
import { notFound } from './not-found.ts';
import { clusterToWorkOn } from './reach.ts';
import { route } from './route.ts';

/** Takes an add-on away, or out of EKS's hands. */
export const deleteAddon = route({
  method: 'DELETE',
  path: '/v1/clusters/{clusterId}/addons/{addonName}',
  access: 'operate',
  summary: 'Remove an add-on',
  query: AddonRemovalQuery,
  answers: { 202: { description: 'The operation that removes it.', schema: OperationView } },
  refusals: [...REFUSALS_OF_ADDONS, 'addon-needed'],
  async run(ask, ports) {
    const before = await clusterToWorkOn(ask, ports, ask.params.clusterId);
    if (isRefusal(before)) return before;
    const { addonName } = ask.params;
    if (!before.addons.some((addon) => addon.addonName === addonName)) return notFound();
    return changeAddonBy(ask, ports, before, { addonName, remove: { preserve: ask.query.preserve } });
  },
});
