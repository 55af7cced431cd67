import { askedAddon } from '../domain/draft-cluster.ts';
import { isRefusal } from '../domain/refusal.ts';
import { ChangeAddon } from '../domain/requests.ts';
import { ClusterView, OperationView } from '../domain/view.ts';
import { changeAddonBy, REFUSALS_OF_ADDONS } from './addon-change.ts';
import { notFound } from './not-found.ts';
import { clusterToWorkOn } from './reach.ts';
import { route } from './route.ts';

/** Changes version, settings or roles of an add-on. From then on it is one that was asked for by name. */
export const changeAddon = route({
  method: 'PATCH',
  path: '/v1/clusters/{clusterId}/addons/{addonName}',
  access: 'operate',
  summary: 'Change an add-on',
  body: ChangeAddon,
  answers: { 200: { description: 'The cluster, when EKS has it as asked already.', schema: ClusterView }, 202: { description: 'The operation that changes it.', schema: OperationView } },
  refusals: REFUSALS_OF_ADDONS,
  async run(ask, ports) {
    const before = await clusterToWorkOn(ask, ports, ask.params.clusterId);
    if (isRefusal(before)) return before;
    const { addonName } = ask.params;
    if (!before.addons.some((addon) => addon.addonName === addonName)) return notFound();
    const known = before.addonsAsked?.find((addon) => addon.addonName === addonName);
    const { addonVersion: _earlier, ...kept } = known ?? { addonName };
    return changeAddonBy(ask, ports, before, { addonName, asked: { ...kept, ...askedAddon({ addonName, ...ask.body }) } });
  },
});
