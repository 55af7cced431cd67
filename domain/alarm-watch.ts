import { isShut, lastBegunHop } from './gates.ts';
import { bakesNow } from './held-steps.ts';
import type { Operation, Step } from './operation.ts';
import type { AlarmFacts } from './readiness-facts.ts';

/** What the alarms say of an upgrade that bakes. Only ALARM turns it back: what could not be seen, or has no data, is told and waited on. */
export type AlarmJudgement =
  | { readonly kind: 'fired'; readonly because: string }
  /** `unclear` names the alarms that are neither OK nor in ALARM. `unseen`: some could not be looked at, which is no pass. */
  | { readonly kind: 'quiet'; readonly unclear: string | undefined; readonly unseen: boolean };

/** An alarm as it was seen, or why it could not be. */
export type AlarmSeen = AlarmFacts | { readonly arn: string; readonly state: 'unseen'; readonly reason: string };

/** The alarms that may turn an upgrade back now: those it names, while the hop that was done last bakes. */
export function alarmsToWatch(operation: Operation, steps: readonly Step[]): readonly string[] {
  const hop = lastBegunHop(steps);
  return hop !== undefined && bakesNow(hop, steps, operation.terms) ? (operation.terms?.rollbackOn?.alarmArns ?? []) : [];
}

/** Whether the hop has baked and waits for somebody's yes: its alarms are watched on for as long as nothing more is begun. */
export function awaitsYesAfterBake(operation: Operation, steps: readonly Step[]): boolean {
  return isShut(operation, 'afterBake', lastBegunHop(steps));
}

export function judgeAlarms(seen: readonly AlarmSeen[]): AlarmJudgement {
  const [fired] = seen.filter((alarm) => alarm.state === 'ALARM');
  if (fired !== undefined) return { kind: 'fired', because: `The alarm ${nameOf(fired.arn)} fired${'since' in fired && fired.since !== undefined ? ` at ${fired.since}` : ''}${fired.reason === undefined ? '.' : `: ${fired.reason}`}` };
  const unclear = seen.flatMap((alarm) => {
    if (alarm.state === 'OK') return [];
    if (alarm.state === 'absent') return [`${nameOf(alarm.arn)} is gone`];
    return alarm.state === 'unseen' ? [`${nameOf(alarm.arn)} could not be looked at (${alarm.reason})`] : [`${nameOf(alarm.arn)} has no data`];
  });
  return { kind: 'quiet', unclear: unclear.length === 0 ? undefined : `${unclear.join('; ')}.`, unseen: seen.some((alarm) => alarm.state === 'unseen') };
}

/** `arn:aws:cloudwatch:us-east-1:111122223333:alarm:errors` ends in the alarm's name, which may hold colons. */
function nameOf(arn: string): string {
  return arn.split(':').slice(6).join(':');
}
