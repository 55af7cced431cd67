import type {
  DeleteAlarmsCommandInput,
  DescribeAlarmHistoryCommandInput,
  DescribeAlarmsCommandInput,
  EnableAlarmActionsCommandInput,
  PutMetricAlarmCommandInput,
  SetAlarmStateCommandInput,
} from '@aws-sdk/client-cloudwatch';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler } from '../service.ts';
import { alarmView } from './alarms.ts';
import type { AlarmRecord, Alarms } from './alarms.ts';
import { paged } from './pages.ts';

const ALARMS_MAX = 5000;
const NAMES_MAX = 100;
const STATES = ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const;
const COMPARISONS = ['GreaterThanOrEqualToThreshold', 'GreaterThanThreshold', 'LessThanThreshold', 'LessThanOrEqualToThreshold'];

export function alarmOperations(alarms: Alarms): Record<string, OperationHandler> {
  /** Those of the named that are there. */
  const named = (names: readonly string[] | undefined, call: Call): AlarmRecord[] => (names ?? []).flatMap((name) => alarms.get(call, name) ?? []);

  const setActions = (on: boolean) => (input: EnableAlarmActionsCommandInput, call: Call) => {
    for (const alarm of named(input.AlarmNames, call)) alarms.put({ ...alarm, settings: { ...alarm.settings, ActionsEnabled: on }, configuredAt: call.now });
    return undefined;
  };

  return {
    PutMetricAlarm(input: PutMetricAlarmCommandInput, call: Call) {
      const { AlarmName: name = '', Tags = [], ...settings } = input;
      checkAlarm(name, settings);
      const existing = alarms.get(call, name);
      if (existing === undefined && alarms.list(call).length >= ALARMS_MAX) throw new AwsError('LimitExceededFault', 'The quota for alarms has been reached.');
      // An update overwrites the whole configuration and leaves the state as it is; tags of an update are ignored. Source: PutMetricAlarm.
      alarms.put(existing === undefined ? newAlarm(name, settings, Tags, call) : { ...existing, settings, configuredAt: call.now });
      alarms.note(call, { alarmName: name, at: call.now, type: 'ConfigurationUpdate', summary: `Alarm "${name}" ${existing === undefined ? 'created' : 'updated'}`, data: JSON.stringify({ version: '1.0', type: existing === undefined ? 'Create' : 'Update' }) });
    },

    DescribeAlarms(input: DescribeAlarmsCommandInput, call: Call) {
      if (input.ChildrenOfAlarmName !== undefined || input.ParentsOfAlarmName !== undefined) throw new AwsError('NotImplemented', 'The simulated AWS has no composite alarms.', 501);
      const { AlarmNames: names = [], AlarmNamePrefix: prefix, StateValue, ActionPrefix, AlarmTypes = [] } = input;
      if (names.length > 0 && prefix !== undefined) throw new AwsError('InvalidParameterCombinationException', 'AlarmNamePrefix and AlarmNames cannot both be specified.');
      if (names.length > NAMES_MAX) throw new AwsError('ValidationError', `AlarmNames must have at most ${NAMES_MAX} members.`);
      const wanted = AlarmTypes.length > 0 && !AlarmTypes.includes('MetricAlarm') ? [] : alarms.list(call);
      const fit = wanted
        .filter(({ name }) => (names.length === 0 || names.includes(name)) && name.startsWith(prefix ?? ''))
        .filter(({ state }) => StateValue === undefined || state === StateValue)
        .filter(({ settings }) => ActionPrefix === undefined || [...(settings.AlarmActions ?? []), ...(settings.OKActions ?? []), ...(settings.InsufficientDataActions ?? [])].some((action) => action.startsWith(ActionPrefix)));
      const { items, ...rest } = paged(fit, input);
      return { CompositeAlarms: [], MetricAlarms: items.map(alarmView), ...rest };
    },

    SetAlarmState(input: SetAlarmStateCommandInput, call: Call) {
      const alarm = alarms.get(call, input.AlarmName ?? '');
      const state = STATES.find((candidate) => candidate === input.StateValue);
      if (state === undefined) throw new AwsError('ValidationError', `1 validation error detected: Value '${String(input.StateValue)}' at 'stateValue' failed to satisfy constraint: Member must satisfy enum value set: [INSUFFICIENT_DATA, ALARM, OK]`);
      if (input.StateReasonData !== undefined && !isJson(input.StateReasonData)) throw new AwsError('InvalidFormatFault', 'StateReasonData is not in JSON format.');
      if (alarm === undefined) throw new AwsError('ResourceNotFound', `The alarm ${input.AlarmName ?? ''} does not exist.`, 404);
      const stateReason = input.StateReason ?? '';
      const changed: AlarmRecord = {
        ...withoutReasonData(alarm),
        state,
        stateReason,
        ...(input.StateReasonData === undefined ? {} : { stateReasonData: input.StateReasonData }),
        stateUpdatedAt: call.now,
        stateTransitionedAt: state === alarm.state ? alarm.stateTransitionedAt : call.now,
      };
      alarms.put(changed);
      if (state === alarm.state) return;
      const data = { version: '1.0', oldState: { stateValue: alarm.state, stateReason: alarm.stateReason }, newState: { stateValue: state, stateReason } };
      alarms.note(call, { alarmName: alarm.name, at: call.now, type: 'StateUpdate', summary: `Alarm updated from ${alarm.state} to ${state}`, data: JSON.stringify(data) });
    },

    DeleteAlarms(input: DeleteAlarmsCommandInput, call: Call) {
      const names = input.AlarmNames ?? [];
      // If one of them is not there, none is deleted. Source: DeleteAlarms.
      const absent = names.filter((name) => alarms.get(call, name) === undefined);
      if (absent.length > 0) throw new AwsError('ResourceNotFound', `The following alarms do not exist: ${absent.join(', ')}`, 404);
      for (const alarm of named(names, call)) {
        alarms.delete(alarm);
        alarms.note(call, { alarmName: alarm.name, at: call.now, type: 'ConfigurationUpdate', summary: `Alarm "${alarm.name}" deleted`, data: JSON.stringify({ version: '1.0', type: 'Delete' }) });
      }
    },

    DescribeAlarmHistory(input: DescribeAlarmHistoryCommandInput, call: Call) {
      const [from, to] = [input.StartDate?.getTime() ?? 0, input.EndDate?.getTime() ?? Infinity];
      const fit = alarms
        .history(call, call.now)
        .filter(({ alarmName, type, at }) => (input.AlarmName ?? alarmName) === alarmName && (input.HistoryItemType ?? type) === type && at >= from && at <= to);
      const { items, ...rest } = paged(input.ScanBy === 'TimestampAscending' ? fit : fit.reverse(), input);
      return {
        AlarmHistoryItems: items.map(({ alarmName, at, type, summary, data }) => ({ AlarmName: alarmName, AlarmType: 'MetricAlarm', Timestamp: new Date(at), HistoryItemType: type, HistorySummary: summary, HistoryData: data })),
        ...rest,
      };
    },

    EnableAlarmActions: setActions(true),
    DisableAlarmActions: setActions(false),
  };
}

function newAlarm(name: string, settings: AlarmRecord['settings'], tags: readonly { Key?: string | undefined; Value?: string | undefined }[], { accountId, region, now }: Call): AlarmRecord {
  return {
    accountId,
    region,
    name,
    settings,
    configuredAt: now,
    state: 'INSUFFICIENT_DATA',
    stateReason: 'Unchecked: Initial alarm creation',
    stateUpdatedAt: now,
    stateTransitionedAt: now,
    tags: tags.map(({ Key = '', Value = '' }) => ({ Key, Value })),
  };
}

function checkAlarm(name: string, settings: AlarmRecord['settings']): void {
  if (name.length < 1 || name.length > 255) throw new AwsError('ValidationError', 'AlarmName must have 1 to 255 characters.');
  const unsupported = (['Metrics', 'ThresholdMetricId', 'EvaluationCriteria', 'EvaluationInterval'] as const).find((member) => settings[member] !== undefined);
  if (unsupported !== undefined) throw new AwsError('NotImplemented', `The simulated AWS does not support ${unsupported} of PutMetricAlarm.`, 501);
  const absent = (['MetricName', 'Namespace', 'Period', 'EvaluationPeriods', 'Threshold', 'ComparisonOperator'] as const).find((member) => settings[member] === undefined);
  if (absent !== undefined) throw new AwsError('ValidationError', `The parameter ${absent} is required for an alarm on a metric.`);
  if ((settings.Statistic === undefined) === (settings.ExtendedStatistic === undefined)) throw new AwsError('ValidationError', 'Exactly one of Statistic and ExtendedStatistic must be specified.');
  if (!COMPARISONS.includes(settings.ComparisonOperator ?? '')) throw new AwsError('ValidationError', `ComparisonOperator must be one of ${COMPARISONS.join(', ')} for an alarm on a metric.`);
  if ((settings.Period ?? 0) < 1 || (settings.EvaluationPeriods ?? 0) < 1) throw new AwsError('ValidationError', 'Period and EvaluationPeriods must be at least 1.');
}

function withoutReasonData({ stateReasonData: _stateReasonData, ...alarm }: AlarmRecord): AlarmRecord {
  return alarm;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
