import { AccountUnreachable, type Ports } from '../../aws/ports.ts';
import { alarmsToWatch, judgeAlarms, type AlarmJudgement, type AlarmSeen } from '../../domain/alarm-watch.ts';
import type { Operation, Step } from '../../domain/operation.ts';

/** Looks at the alarms that may turn the operation back now, and notes it when one has fired: whatever is lost after that, the operation goes no further. */
export async function watchOverBake(ports: Ports, operation: Operation, steps: readonly Step[]): Promise<AlarmJudgement> {
  const judged = judgeAlarms(await lookAtAlarms(ports, operation.accountId, alarmsToWatch(operation, steps)));
  if (judged.kind === 'fired') await ports.store.recordIntent(operation.id, 'turnBack', { by: 'alarm', reason: judged.because, at: new Date(ports.clock.now()).toISOString() });
  return judged;
}

/** Looks at alarms where each lives: an alarm of another region is asked for with a session of that region. What cannot be looked at is told, and never taken for quiet or for fired. */
async function lookAtAlarms(ports: Ports, accountId: string, alarmArns: readonly string[]): Promise<readonly AlarmSeen[]> {
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
