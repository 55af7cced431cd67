import { CloudWatchClient, DescribeAlarmsCommand, type MetricAlarm } from '@aws-sdk/client-cloudwatch';
import type { AlarmFacts } from '../domain/readiness-facts.ts';
import { reaching } from './eks/errors.ts';
import type { Alarms } from './ports.ts';
import { bySession, type Transport } from './transport.ts';

const CALL_ATTEMPTS_MAX = 6;
/** CloudWatch tells of this many alarms in a call (source: CloudWatch API reference, DescribeAlarms). */
const ALARMS_A_CALL_MAX = 100;

/** CloudWatch alarms through the credentials of a session. */
export function createAlarms(transport: Transport): Alarms {
  const clientOf = bySession((session) => new CloudWatchClient({ region: session.region, credentials: session.credentials, maxAttempts: CALL_ATTEMPTS_MAX, ...transport }));
  return {
    look: (session, alarmArns) => (alarmArns.length === 0 ? Promise.resolve([]) : reaching(session.accountId, () => lookAtAlarms(clientOf(session), alarmArns))),
  };
}

async function lookAtAlarms(client: CloudWatchClient, alarmArns: readonly string[]): Promise<AlarmFacts[]> {
  if (alarmArns.length > ALARMS_A_CALL_MAX) throw new RangeError(`No more than ${ALARMS_A_CALL_MAX} alarms are looked at.`);
  const answer = await client.send(new DescribeAlarmsCommand({ AlarmNames: alarmArns.map(nameOfAlarm), AlarmTypes: ['MetricAlarm', 'CompositeAlarm'], MaxRecords: ALARMS_A_CALL_MAX }));
  const found: readonly MetricAlarm[] = [...(answer.MetricAlarms ?? []), ...(answer.CompositeAlarms ?? [])];
  return alarmArns.map((arn) => alarmFacts(arn, found.find((alarm) => alarm.AlarmArn === arn)));
}

function alarmFacts(arn: string, alarm: MetricAlarm | undefined): AlarmFacts {
  if (alarm === undefined) return { arn, state: 'absent' };
  return {
    arn,
    state: alarm.StateValue ?? 'INSUFFICIENT_DATA',
    ...(alarm.StateReason === undefined ? {} : { reason: alarm.StateReason }),
    ...(alarm.StateUpdatedTimestamp === undefined ? {} : { since: alarm.StateUpdatedTimestamp.toISOString() }),
  };
}

/** `arn:aws:cloudwatch:us-east-1:111122223333:alarm:errors` ends in the alarm's name, which may hold colons. */
function nameOfAlarm(arn: string): string {
  return arn.split(':').slice(6).join(':');
}
