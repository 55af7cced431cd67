import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import type { Call, Needed } from '../service.ts';
import type { Ec2Place, Tag } from './records.ts';

const RESOURCE_TYPES: Readonly<Record<string, string>> = { vpc: 'vpc', subnet: 'subnet', sg: 'security-group', lt: 'launch-template', i: 'instance', ami: 'image' };

/** Changes are checked against what they name; descriptions against everything. Source: Service Authorization Reference, Amazon EC2. */
export function needsOf(operation: string, input: Readonly<Record<string, unknown>>, call: Call, place: () => Ec2Place): readonly Needed[] | undefined {
  if (operation.startsWith('Describe')) return undefined;
  if (operation === 'RunInstances') return runNeeds(input as unknown as RunInstancesCommandInput, call, place());
  if (operation === 'CreateLaunchTemplate') return templateNeeds(input, call);
  if (operation === 'RegisterImage' || operation === 'CopyImage') return [{ action: `ec2:${operation}`, resource: imageArn(call, '*') }];
  const { Resources, InstanceIds, SubnetId, GroupId, LaunchTemplateId, VpcId, ImageId } = input;
  const several = Resources ?? InstanceIds;
  const named = Array.isArray(several) ? (several as unknown[]) : [SubnetId ?? GroupId ?? LaunchTemplateId ?? VpcId ?? ImageId];
  const ids = named.filter((id) => typeof id === 'string');
  return ids.length === 0 ? undefined : ids.map((id) => ({ action: `ec2:${operation}`, resource: arnOf(call, id), context: tagContext(tagsOfThing(id, place())) }));
}

function tagsOfThing(id: string, place: Ec2Place): readonly Tag[] | undefined {
  return id.startsWith('i-') ? place.instances.get(id)?.tags : id.startsWith('lt-') ? place.templates.get(id)?.tags : undefined;
}

/** A new template is checked by the tags that it is to have, which need another action. */
function templateNeeds({ TagSpecifications }: Readonly<Record<string, unknown>>, call: Call): readonly Needed[] {
  const tags = ((TagSpecifications ?? []) as readonly { readonly Tags?: readonly { readonly Key?: string; readonly Value?: string }[] }[]).flatMap(({ Tags = [] }) => Tags);
  const context = Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [`aws:RequestTag/${Key}`, Value]));
  const resource = `arn:aws:ec2:${call.region}:${call.accountId}:launch-template/*`;
  const tagging = tags.length === 0 ? [] : [{ action: 'ec2:CreateTags', resource, context: { ...context, 'ec2:CreateAction': 'CreateLaunchTemplate' } }];
  return [{ action: 'ec2:CreateLaunchTemplate', resource, context }, ...tagging];
}

function arnOf(call: Call, id: string): string {
  const type = RESOURCE_TYPES[id.split('-')[0] ?? ''] ?? '*';
  return type === 'image' ? imageArn(call, id) : `arn:aws:ec2:${call.region}:${call.accountId}:${type}/${id}`;
}

/** Images have no account in their ARN. */
function imageArn({ region }: Call, id: string): string {
  return `arn:aws:ec2:${region}::image/${id}`;
}

/** A launch needs everything that it is made of, and another action for its tags. */
function runNeeds(input: RunInstancesCommandInput, call: Call, place: Ec2Place): readonly Needed[] {
  const own = (type: string, id = '*'): string => `arn:aws:ec2:${call.region}:${call.accountId}:${type}/${id}`;
  const { LaunchTemplateId, LaunchTemplateName } = input.LaunchTemplate ?? {};
  const templateId = LaunchTemplateId ?? (LaunchTemplateName === undefined ? undefined : (place.templates.list().find(({ name }) => name === LaunchTemplateName)?.id ?? '*'));
  const template = templateId === undefined ? undefined : own('launch-template', templateId);
  const groups = input.SecurityGroupIds ?? [];
  const tags = (input.TagSpecifications ?? []).flatMap(({ Tags }) => Tags ?? []);
  const request: Record<string, string> = { ...Object.fromEntries(tags.map(({ Key = '', Value = '' }) => [`aws:RequestTag/${Key}`, Value])), ...(template === undefined ? {} : { 'ec2:LaunchTemplate': template }) };
  const resources = [
    own('instance'),
    imageArn(call, input.ImageId ?? '*'),
    own('subnet', input.SubnetId),
    own('network-interface'),
    own('volume'),
    ...(groups.length === 0 ? [own('security-group')] : groups.map((id) => own('security-group', id))),
    ...(template === undefined ? [] : [template]),
  ];
  const tagging = tags.length === 0 ? [] : [{ action: 'ec2:CreateTags', resource: own('instance'), context: { ...request, 'ec2:CreateAction': 'RunInstances' } }];
  return [...resources.map((resource) => ({ action: 'ec2:RunInstances', resource, context: request })), ...tagging];
}

function tagContext(tags: readonly Tag[] | undefined): Record<string, string> {
  return Object.fromEntries((tags ?? []).flatMap(({ Key, Value }) => [[`aws:ResourceTag/${Key}`, Value], [`ec2:ResourceTag/${Key}`, Value]]));
}
