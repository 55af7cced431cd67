import type { MetricAlarm, PutMetricAlarmCommandInput, StateValue } from '@aws-sdk/client-cloudwatch';
import type { Collection, Disk } from '../../disk.ts';

export interface AlarmRecord {
  readonly accountId: string;
  readonly region: string;
  readonly name: string;
  /** What PutMetricAlarm was given, without name and tags. */
  readonly settings: Omit<PutMetricAlarmCommandInput, 'AlarmName' | 'Tags'>;
  /** Virtual epoch ms. */
  readonly configuredAt: number;
  readonly state: StateValue;
  readonly stateReason: string;
  readonly stateReasonData?: string;
  readonly stateUpdatedAt: number;
  /** When the state last became another. */
  readonly stateTransitionedAt: number;
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
}

export interface HistoryRecord {
  readonly alarmName: string;
  readonly at: number;
  readonly type: 'ConfigurationUpdate' | 'StateUpdate';
  readonly summary: string;
  /** JSON. */
  readonly data: string;
}

/** CloudWatch keeps an alarm's history for 30 days. Source: CloudWatch user guide, "Using Amazon CloudWatch alarms". */
const HISTORY_DAYS = 30;
const DAY_MS = 24 * 3600 * 1000;

/** Alarms and what happened to them, on the disk, by `<account>/<region>/<name>`. */
export class Alarms {
  readonly #alarms: Collection<AlarmRecord>;
  readonly #history: Collection<HistoryRecord>;
  readonly #numbers: Collection<number>;

  constructor(disk: Disk) {
    this.#alarms = disk.collection('cloudwatch-alarms');
    this.#history = disk.collection('cloudwatch-alarm-history');
    this.#numbers = disk.collection('cloudwatch-numbers');
  }

  get({ accountId, region }: Where, name: string): AlarmRecord | undefined {
    return this.#alarms.get(`${accountId}/${region}/${name}`);
  }

  list({ accountId, region }: Where): AlarmRecord[] {
    return this.#alarms.list(`${accountId}/${region}/`);
  }

  put(alarm: AlarmRecord): void {
    this.#alarms.put(`${alarm.accountId}/${alarm.region}/${alarm.name}`, alarm);
  }

  delete({ accountId, region, name }: Where & { readonly name: string }): void {
    this.#alarms.delete(`${accountId}/${region}/${name}`);
  }

  note({ accountId, region }: Where, entry: HistoryRecord): void {
    const number = (this.#numbers.get('history') ?? 0) + 1;
    this.#numbers.put('history', number);
    this.#history.put(`${accountId}/${region}/${String(number).padStart(12, '0')}`, entry);
  }

  /** What happened, oldest first. What is too old is forgotten. */
  history({ accountId, region }: Where, now: number): HistoryRecord[] {
    const entries = this.#history.entries(`${accountId}/${region}/`);
    for (const [key, { at }] of entries) if (at < now - HISTORY_DAYS * DAY_MS) this.#history.delete(key);
    return entries.map(([, entry]) => entry).filter(({ at }) => at >= now - HISTORY_DAYS * DAY_MS);
  }
}

interface Where {
  readonly accountId: string;
  readonly region: string;
}

export function arnOf({ accountId, region, name }: Where & { readonly name: string }): string {
  return `arn:aws:cloudwatch:${region}:${accountId}:alarm:${name}`;
}

export function alarmView(alarm: AlarmRecord): MetricAlarm {
  const { settings } = alarm;
  return {
    ...settings,
    AlarmName: alarm.name,
    AlarmArn: arnOf(alarm),
    ActionsEnabled: settings.ActionsEnabled ?? true,
    OKActions: settings.OKActions ?? [],
    AlarmActions: settings.AlarmActions ?? [],
    InsufficientDataActions: settings.InsufficientDataActions ?? [],
    Dimensions: settings.Dimensions ?? [],
    AlarmConfigurationUpdatedTimestamp: new Date(alarm.configuredAt),
    StateValue: alarm.state,
    StateReason: alarm.stateReason,
    ...(alarm.stateReasonData === undefined ? {} : { StateReasonData: alarm.stateReasonData }),
    StateUpdatedTimestamp: new Date(alarm.stateUpdatedAt),
    StateTransitionedTimestamp: new Date(alarm.stateTransitionedAt),
  };
}
