import type { Ports } from '../aws/ports.ts';
import type { Cluster } from '../domain/cluster.ts';
import type { Terms } from '../domain/operation.ts';
import { isRefusal, type Refusal } from '../domain/refusal.ts';
import { alarmsByRegion, refusedByAlarms } from '../domain/rollback-alarms.ts';

/** Looks at the alarms that are to turn an upgrade back, region by region, and refuses those that are not there or ring already. */
export async function refusedByAlarmsAsked({ observer }: Pick<Ports, 'observer'>, { accountId }: Pick<Cluster, 'accountId'>, terms: Terms | undefined): Promise<Refusal | undefined> {
  const arns = terms?.rollbackOn?.alarmArns ?? [];
  const looks = [...alarmsByRegion(arns)].map(([region, alarmArns]) => observer.observe({ ask: 'alarms', accountId, region, alarmArns }));
  const seen = await Promise.all(looks);
  return seen.find(isRefusal) ?? refusedByAlarms(arns, seen.flatMap((facts) => (isRefusal(facts) ? [] : facts)));
}
