import { AccountUnreachable, type Ports } from '../../aws/ports.ts';
import type { AlarmSeen } from '../../domain/alarm-watch.ts';

/** Looks at alarms where each lives: an alarm of another region is asked for with a session of that region. What cannot be looked at is told, and never taken for quiet or for fired. */
export async function lookAtAlarms(ports: Ports, accountId: string, alarmArns: readonly string[]): Promise<readonly AlarmSeen[]> {
  const regions = [...new Set(alarmArns.map(regionOf))];
  const seen = await Promise.all(regions.map((region) => lookInRegion(ports, accountId, region, alarmArns.filter((arn) => regionOf(arn) === region))));
  return seen.flat();
}

async function lookInRegion(ports: Ports, accountId: string, region: string, arns: readonly string[]): Promise<readonly AlarmSeen[]> {
  try {
    return await ports.alarms.look(await ports.accounts.watch(accountId, region), arns);
  } catch (error) {
    if (!(error instanceof AccountUnreachable)) throw error;
    ports.meter.count('AccountsUnreachable', 1);
    return arns.map((arn) => ({ arn, state: 'unseen', reason: error.message }));
  }
}

function regionOf(arn: string): string {
  return arn.split(':')[3] ?? '';
}
