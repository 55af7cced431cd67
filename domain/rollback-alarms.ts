import type { Cluster } from './cluster.ts';
import type { AlarmFacts } from './readiness-facts.ts';
import { refuse, type Refusal } from './refusal.ts';

/** The alarms that may turn an upgrade back: whose they must be, and whether they are fit to be watched. */

/** Why an alarm cannot be watched for a cluster; undefined when it can. Slipway looks into the cluster's own account alone, whose partition its role's ARN tells. */
export function alarmOutOfReach(arn: string, { accountId, roleArn }: Pick<Cluster, 'accountId' | 'roleArn'>): string | undefined {
  const [alarm, role] = [partsOf(arn), partsOf(roleArn)];
  if (alarm.accountId !== accountId) return `The alarm is of account ${alarm.accountId}; only alarms of the cluster's own account ${accountId} are watched.`;
  return alarm.partition === role.partition ? undefined : `The alarm is of partition ${alarm.partition}, the cluster of ${role.partition}.`;
}

/** CloudWatch is asked region by region. */
export function alarmsByRegion(arns: readonly string[]): ReadonlyMap<string, readonly string[]> {
  return Map.groupBy(arns, (arn) => partsOf(arn).region);
}

/** An alarm that is not there would never ring, and one that rings already says nothing about the upgrade. One that has too few data yet is watched. */
export function refusedByAlarms(arns: readonly string[], seen: readonly AlarmFacts[]): Refusal | undefined {
  const unfit = arns.flatMap((arn) => {
    const fact = seen.find((one) => one.arn === arn);
    if (fact === undefined || fact.state === 'absent') return [`There is no alarm ${arn}.`];
    return fact.state === 'ALARM' ? [`Alarm ${arn} rings already${fact.reason === undefined ? '' : `: ${fact.reason}`}.`] : [];
  });
  if (unfit.length === 0) return undefined;
  return refuse('alarm-not-ready', unfit.join(' '), { remedy: 'Mend what rings, or name alarms that are there and quiet.' });
}

function partsOf(arn: string): { readonly partition: string; readonly region: string; readonly accountId: string } {
  const [, partition = '', , region = '', accountId = ''] = arn.split(':');
  return { partition, region, accountId };
}
