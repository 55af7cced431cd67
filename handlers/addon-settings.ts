import type { Ports } from '../aws/ports.ts';
import { settingsErrors, settingsGiven } from '../domain/addons/settings-errors.ts';
import type { Cluster } from '../domain/cluster.ts';
import { refuseBroken } from '../domain/nodegroup-rules.ts';
import type { Plan } from '../domain/plan.ts';
import { isRefusal, type Refusal } from '../domain/refusal.ts';

/** Refuses settings that the schemas of their add-ons do not take, before anything is begun. */
export async function refusedSettings(ports: Ports, cluster: Cluster, plan: Plan, standing: readonly { readonly addonName: string; readonly addonVersion: string }[]): Promise<Refusal | undefined> {
  const given = settingsGiven(plan, standing);
  if (given.length === 0) return undefined;
  const { accountId, region } = cluster;
  const schemas = await ports.observer.observe({ ask: 'addon-schemas', accountId, region, addons: given.map(({ addonName, addonVersion }) => ({ addonName, addonVersion })) });
  if (isRefusal(schemas)) return schemas;
  return refuseBroken(given.flatMap((settings) => settingsErrors(settings, schemas, pathOf(cluster, settings.addonName))));
}

/** The field of the request, or the add-on itself where a part alone settles it. */
function pathOf({ addonsAsked = [] }: Cluster, addonName: string): string {
  const index = addonsAsked.findIndex((asked) => asked.addonName === addonName);
  return index < 0 ? addonName : `addons.${index}.configurationValues`;
}
