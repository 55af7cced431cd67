import type {
  ContinuousBackupsDescription,
  DescribeContinuousBackupsInput,
  DescribeTimeToLiveInput,
  ListTagsOfResourceInput,
  Tag,
  TagResourceInput,
  TimeToLiveDescription,
  TimeToLiveSpecification,
  UntagResourceInput,
  UpdateContinuousBackupsInput,
  UpdateTimeToLiveInput,
} from '@aws-sdk/client-dynamodb';
import { AwsError, type Call } from '../service.ts';
import type { TableDefinition } from './definition.ts';
import { tableFor, tableKey, type Engine } from './engine.ts';
import { validationError } from './validation.ts';

const RECOVERY_DAYS = 35;
const TAGS_MAX = 50;

function change(engine: Engine, call: Call, table: TableDefinition): void {
  engine.tables.put(tableKey(call, table.name), table);
}

export function updateTimeToLive(engine: Engine, input: UpdateTimeToLiveInput, call: Call): { TimeToLiveSpecification: TimeToLiveSpecification } {
  const table = tableFor(engine, call, input.TableName ?? '');
  const { AttributeName: attribute = '', Enabled: enabled = false } = input.TimeToLiveSpecification ?? {};
  if (enabled && table.ttlAttribute !== undefined) throw validationError('TimeToLive is already enabled');
  if (!enabled && table.ttlAttribute === undefined) throw validationError('TimeToLive is already disabled');
  if (!enabled && table.ttlAttribute !== attribute) throw validationError(`TimeToLive is active on a different AttributeName: current AttributeName is ${table.ttlAttribute}`);
  const { ttlAttribute: _before, ...rest } = table;
  const next: TableDefinition = { ...rest, ...(enabled ? { ttlAttribute: attribute } : {}) };
  engine.world.disk.transaction(() => {
    change(engine, call, next);
    engine.rows.restampExpiry(next);
  });
  return { TimeToLiveSpecification: { AttributeName: attribute, Enabled: enabled } };
}

export function describeTimeToLive(engine: Engine, input: DescribeTimeToLiveInput, call: Call): { TimeToLiveDescription: TimeToLiveDescription } {
  const { ttlAttribute } = tableFor(engine, call, input.TableName ?? '');
  return { TimeToLiveDescription: ttlAttribute === undefined ? { TimeToLiveStatus: 'DISABLED' } : { TimeToLiveStatus: 'ENABLED', AttributeName: ttlAttribute } };
}

/** The flag alone: there is no backup to restore from. */
export function updateContinuousBackups(engine: Engine, input: UpdateContinuousBackupsInput, call: Call) {
  const table = tableFor(engine, call, input.TableName ?? '', true);
  change(engine, call, { ...table, pointInTimeRecovery: input.PointInTimeRecoverySpecification?.PointInTimeRecoveryEnabled ?? false });
  return describeContinuousBackups(engine, input, call);
}

export function describeContinuousBackups(engine: Engine, input: DescribeContinuousBackupsInput, call: Call): { ContinuousBackupsDescription: ContinuousBackupsDescription } {
  const table = tableFor(engine, call, input.TableName ?? '', true);
  const status = table.pointInTimeRecovery ? 'ENABLED' : 'DISABLED';
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: 'ENABLED',
      PointInTimeRecoveryDescription: {
        PointInTimeRecoveryStatus: status,
        ...(table.pointInTimeRecovery ? { RecoveryPeriodInDays: RECOVERY_DAYS, EarliestRestorableDateTime: new Date(table.createdAt), LatestRestorableDateTime: new Date(call.now) } : {}),
      },
    },
  };
}

export function tagResource(engine: Engine, input: TagResourceInput, call: Call): Record<string, never> {
  const table = tableFor(engine, call, input.ResourceArn ?? '');
  const added = new Map((input.Tags ?? []).map((tag) => [tag.Key, tag]));
  const tags = [...table.tags.filter((tag) => !added.has(tag.Key)), ...added.values()];
  if (tags.length > TAGS_MAX) throw new AwsError('LimitExceededException', `The number of tags exceeds the limit of ${TAGS_MAX}`);
  change(engine, call, { ...table, tags });
  return {};
}

export function untagResource(engine: Engine, input: UntagResourceInput, call: Call): Record<string, never> {
  const table = tableFor(engine, call, input.ResourceArn ?? '');
  change(engine, call, { ...table, tags: table.tags.filter((tag) => !(input.TagKeys ?? []).includes(tag.Key ?? '')) });
  return {};
}

export function listTagsOfResource(engine: Engine, input: ListTagsOfResourceInput, call: Call): { Tags: Tag[] } {
  return { Tags: [...tableFor(engine, call, input.ResourceArn ?? '').tags] };
}
