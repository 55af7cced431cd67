import { askedAddon } from '../domain/draft-cluster.ts';
import { isRefusal } from '../domain/refusal.ts';
import { CreateAddon } from '../domain/requests.ts';
import { OperationView } from '../domain/view.ts';
import { changeAddonBy, REFUSALS_OF_ADDONS } from './addon-change.ts';
import { clusterToWorkOn } from './reach.ts';
import { route } from './route.ts';

/** Asks for an add-on in a cluster. */
export const createAddon = route({
  method: 'POST',
  path: '/v1/clusters/{clusterId}/addons',
  access: 'operate',
  summary: 'Install an add-on',
  body: CreateAddon,
  answers: { 202: { description: 'The operation that installs it.', schema: OperationView } },
  refusals: [...REFUSALS_OF_ADDONS, 'addon-exists'],
  async run(ask, ports) {
    const before = await clusterToWorkOn(ask, ports, ask.params.clusterId);
    if (isRefusal(before)) return before;
    const { addonName } = ask.body;
    return changeAddonBy(ask, ports, before, { addonName, asked: askedAddon(ask.body), isNew: true });
  },
});
