import type { Call, Needed } from '../service.ts';
import type { SimulatedEc2 } from '../ec2/index.ts';
import { Book } from './records.ts';
import type { Configuration } from './records.ts';

interface Named extends Configuration {
  readonly AutoScalingGroupName?: string;
  /** Of SetInstanceHealth, which names no group. */
  readonly InstanceId?: string;
  readonly DesiredConfiguration?: Configuration;
  readonly Tags?: readonly { readonly ResourceId?: string; readonly Key?: string; readonly Value?: string }[];
}

/**
 * Changes are checked against their group, descriptions against everything. Who has a group use a launch template must be allowed
 * to launch from it. Sources: Service Authorization Reference, Amazon EC2 Auto Scaling; Auto Scaling user guide, "Control Amazon EC2
 * launch template usage in Auto Scaling groups".
 */
export function needsOf(operation: string, input: Named, call: Call, book: Book, ec2: SimulatedEc2): readonly Needed[] | undefined {
  if (operation.startsWith('Describe')) return undefined;
  const names = namesOf(input, call, book);
  const requested = Object.fromEntries((input.Tags ?? []).map(({ Key = '', Value = '' }) => [`aws:RequestTag/${Key}`, Value]));
  const onGroups = names.map((name) => {
    const group = book.group(Book.key({ ...call, name }));
    const tags = Object.fromEntries((group?.tags ?? []).flatMap(({ Key, Value }) => [[`aws:ResourceTag/${Key}`, Value], [`autoscaling:ResourceTag/${Key}`, Value]])) as Record<string, string>;
    return { action: `autoscaling:${operation}`, resource: group?.arn ?? `arn:aws:autoscaling:${call.region}:${call.accountId}:autoScalingGroup:*:autoScalingGroupName/${name}`, context: { ...tags, ...requested } };
  });
  return [...onGroups, ...launches(input.DesiredConfiguration ?? input, call, ec2)];
}

function namesOf({ AutoScalingGroupName, InstanceId, Tags = [] }: Named, call: Call, book: Book): readonly string[] {
  if (AutoScalingGroupName !== undefined) return [AutoScalingGroupName];
  if (InstanceId !== undefined) return [book.groups(call).find(({ members }) => members.some((member) => member.instanceId === InstanceId))?.name ?? '*'];
  return [...new Set(Tags.map(({ ResourceId = '' }) => ResourceId))];
}

function launches({ LaunchTemplate, MixedInstancesPolicy }: Configuration, { accountId, region }: Call, ec2: SimulatedEc2): readonly Needed[] {
  const named = LaunchTemplate ?? MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
  if (named === undefined) return [];
  const { LaunchTemplateId: id, LaunchTemplateName: name } = named;
  const found = ec2.launchTemplate(accountId, region, { ...(id === undefined ? {} : { id }), ...(name === undefined ? {} : { name }) });
  const template = `arn:aws:ec2:${region}:${accountId}:launch-template/${id ?? found?.id ?? '*'}`;
  return [{ action: 'ec2:RunInstances', resource: template, context: { 'ec2:LaunchTemplate': template } }];
}
