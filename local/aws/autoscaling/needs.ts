import type { Call, Needed } from '../service.ts';
import { Book } from './records.ts';

interface Named {
  readonly AutoScalingGroupName?: string;
  readonly LaunchTemplate?: { readonly LaunchTemplateId?: string };
  readonly MixedInstancesPolicy?: object;
  readonly DesiredConfiguration?: { readonly LaunchTemplate?: { readonly LaunchTemplateId?: string }; readonly MixedInstancesPolicy?: object };
  readonly Tags?: readonly { readonly ResourceId?: string; readonly Key?: string; readonly Value?: string }[];
}

/**
 * Changes are checked against their group, descriptions against everything. Who has a group use a launch template must be allowed
 * to launch from it. Sources: Service Authorization Reference, Amazon EC2 Auto Scaling; Auto Scaling user guide, "Control Amazon EC2
 * launch template usage in Auto Scaling groups".
 */
export function needsOf(operation: string, input: Named, call: Call, book: Book): readonly Needed[] | undefined {
  if (operation.startsWith('Describe')) return undefined;
  const names = input.AutoScalingGroupName === undefined ? [...new Set((input.Tags ?? []).map(({ ResourceId = '' }) => ResourceId))] : [input.AutoScalingGroupName];
  const requested = Object.fromEntries((input.Tags ?? []).map(({ Key = '', Value = '' }) => [`aws:RequestTag/${Key}`, Value]));
  const onGroups = names.map((name) => {
    const group = book.group(Book.key({ ...call, name }));
    const tags = Object.fromEntries((group?.tags ?? []).flatMap(({ Key, Value }) => [[`aws:ResourceTag/${Key}`, Value], [`autoscaling:ResourceTag/${Key}`, Value]])) as Record<string, string>;
    return { action: `autoscaling:${operation}`, resource: group?.arn ?? `arn:aws:autoscaling:${call.region}:${call.accountId}:autoScalingGroup:*:autoScalingGroupName/${name}`, context: { ...tags, ...requested } };
  });
  return [...onGroups, ...launches(input, call)];
}

function launches({ LaunchTemplate, MixedInstancesPolicy, DesiredConfiguration }: Named, { accountId, region }: Call): readonly Needed[] {
  const template = LaunchTemplate ?? DesiredConfiguration?.LaunchTemplate;
  if (template === undefined && MixedInstancesPolicy === undefined && DesiredConfiguration?.MixedInstancesPolicy === undefined) return [];
  return [{ action: 'ec2:RunInstances', resource: `arn:aws:ec2:${region}:${accountId}:launch-template/${template?.LaunchTemplateId ?? '*'}` }];
}
