import * as cloudwatch from '@aws-sdk/client-cloudwatch';
import type { Call, Needed, SimulatedService, World } from '../service.ts';
import { alarmOperations } from './alarm-operations.ts';
import { Alarms, arnOf } from './alarms.ts';
import { tagOperations } from './tags.ts';

/** Metric alarms. No metric is kept or evaluated here: an alarm has the state that SetAlarmState gave it. */
export function createCloudWatch(world: World): SimulatedService {
  const alarms = new Alarms(world.disk);
  return {
    name: 'cloudwatch',
    signedAs: 'monitoring',
    protocol: 'aws-json-1.0',
    alsoSpeaks: ['aws-query', 'rpc-v2-cbor'],
    schemas: { ...cloudwatch },
    operations: { ...alarmOperations(alarms), ...tagOperations(alarms) },
    needs: (operation, input, call) => needsOf(operation, input as Readonly<Record<string, unknown>>, call, alarms),
  };
}

/** All actions have the resource type `alarm`. Source: Service Authorization Reference, Amazon CloudWatch. */
function needsOf(operation: string, input: Readonly<Record<string, unknown>>, call: Call, alarms: Alarms): readonly Needed[] {
  const { AlarmName, AlarmNames, ResourceARN, Tags } = input;
  const asked = Array.isArray(AlarmNames) ? (AlarmNames as string[]) : [];
  const names = typeof AlarmName === 'string' ? [AlarmName] : asked.length > 0 ? asked : ['*'];
  const arns = typeof ResourceARN === 'string' ? [ResourceARN] : names.map((name) => arnOf({ ...call, name }));
  const requested = Array.isArray(Tags) ? (Tags as { Key?: string; Value?: string }[]) : [];
  return arns.map((resource) => {
    const existing = alarms.get(call, resource.slice(resource.indexOf(':alarm:') + ':alarm:'.length))?.tags ?? [];
    const context = Object.fromEntries([...existing.map(({ Key, Value }) => [`aws:ResourceTag/${Key}`, Value]), ...requested.map(({ Key = '', Value = '' }) => [`aws:RequestTag/${Key}`, Value])]) as Record<string, string>;
    return { action: `cloudwatch:${operation}`, resource, context };
  });
}
