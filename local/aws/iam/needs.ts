import type { Call, Needed } from '../service.ts';
import { profileOf } from './instance-profiles.ts';
import { oidcProviderArn } from './oidc-providers.ts';
import type { IamRecords, RoleRecord, TagRecord } from './records.ts';

type Input = Readonly<Record<string, unknown>>;
type Context = Record<string, string | readonly string[]>;

/** Operations that change what a role may do: policies can demand that the role is under a certain boundary. */
const UNDER_A_BOUNDARY = ['AttachRolePolicy', 'DetachRolePolicy', 'PutRolePolicy', 'DeleteRolePolicy', 'DeleteRolePermissionsBoundary'];
/** Operations whose input carries the boundary that is to be. */
const SETS_A_BOUNDARY = ['CreateRole', 'PutRolePermissionsBoundary'];
/** Whoever makes something with tags must also be allowed to tag it. */
const TAGGING: Readonly<Record<string, string>> = {
  CreateRole: 'iam:TagRole',
  CreatePolicy: 'iam:TagPolicy',
  CreateInstanceProfile: 'iam:TagInstanceProfile',
  CreateOpenIDConnectProvider: 'iam:TagOpenIDConnectProvider',
};

/**
 * Most operations are checked against the role, policy, instance profile or provider that they name, with the condition
 * keys of the Service Authorization Reference, AWS IAM.
 */
export function needsOf(operation: string, input: unknown, call: Call, records: IamRecords): readonly Needed[] | undefined {
  const asked = input as Input;
  const subject = subjectOf(operation, asked, call, records);
  if (subject === undefined) return undefined;
  const action = `iam:${operation}`;
  const context = { ...tagContext(asked, subject), ...boundaryContext(operation, asked, subject.role), ...subject.context };
  const needed: Needed = { action, resource: subject.resource, ...(Object.keys(context).length === 0 ? {} : { context }) };
  const tagging = TAGGING[operation];
  const hasTags = Array.isArray(asked['Tags']) && asked['Tags'].length > 0;
  return [needed, ...(tagging !== undefined && hasTags ? [{ ...needed, action: tagging }] : []), ...passed(operation, asked, call, records)];
}

interface Subject {
  readonly resource: string;
  readonly role?: RoleRecord | undefined;
  readonly tags?: readonly TagRecord[] | undefined;
  readonly context?: Context;
}

function subjectOf(operation: string, input: Input, call: Call, records: IamRecords): Subject | undefined {
  const { RoleName, PolicyArn, PolicyName, Path, AWSServiceName, InstanceProfileName, OpenIDConnectProviderArn, Url } = input;
  const account = `arn:aws:iam::${call.accountId}`;
  const path = typeof Path === 'string' ? Path : '/';
  if (operation === 'CreateServiceLinkedRole') return { resource: `${account}:role/aws-service-role/${String(AWSServiceName)}/*`, context: { 'iam:AWSServiceName': String(AWSServiceName) } };
  if (typeof InstanceProfileName === 'string') {
    const profile = profileOf(records, call.accountId, InstanceProfileName);
    return { resource: profile?.arn ?? `${account}:instance-profile${path}${InstanceProfileName}`, tags: profile?.tags };
  }
  if (typeof RoleName === 'string') {
    const role = records.role(call.accountId, RoleName);
    return { resource: role?.arn ?? `${account}:role${path}${RoleName}`, role, tags: role?.tags };
  }
  if (typeof PolicyArn === 'string') return { resource: PolicyArn, tags: records.policy(PolicyArn)?.tags };
  if (operation === 'CreatePolicy') return { resource: `${account}:policy${path}${String(PolicyName)}` };
  if (operation === 'CreateOpenIDConnectProvider') return { resource: oidcProviderArn(call.accountId, String(Url).replace(/^https:\/\//, '')) };
  if (typeof OpenIDConnectProviderArn === 'string') return { resource: OpenIDConnectProviderArn, tags: records.oidcProviders.get(OpenIDConnectProviderArn)?.tags };
  if (operation === 'ListRoles') return { resource: `${account}:role/` };
  if (operation === 'ListInstanceProfiles') return { resource: `${account}:instance-profile/` };
  return undefined;
}

function tagContext(input: Input, { tags = [], role }: Subject): Context {
  const context: Context = {};
  for (const { Key, Value } of tags) {
    context[`aws:ResourceTag/${Key}`] = Value;
    if (role !== undefined) context[`iam:ResourceTag/${Key}`] = Value;
  }
  const asked = (input['Tags'] ?? []) as readonly { readonly Key?: string; readonly Value?: string }[];
  for (const { Key = '', Value = '' } of asked) context[`aws:RequestTag/${Key}`] = Value;
  const keys = [...asked.map(({ Key = '' }) => Key), ...((input['TagKeys'] ?? []) as readonly string[])];
  if (keys.length > 0) context['aws:TagKeys'] = keys;
  return context;
}

function boundaryContext(operation: string, input: Input, role: RoleRecord | undefined): Context {
  const { PermissionsBoundary, PolicyArn } = input;
  const boundary = SETS_A_BOUNDARY.includes(operation) ? PermissionsBoundary : UNDER_A_BOUNDARY.includes(operation) ? role?.boundary : undefined;
  return {
    ...(typeof boundary === 'string' ? { 'iam:PermissionsBoundary': boundary } : {}),
    ...(typeof PolicyArn === 'string' && (operation === 'AttachRolePolicy' || operation === 'DetachRolePolicy') ? { 'iam:PolicyARN': PolicyArn } : {}),
  };
}

/** Putting a role in an instance profile hands it to EC2. */
function passed(operation: string, { RoleName }: Input, call: Call, records: IamRecords): Needed[] {
  if (operation !== 'AddRoleToInstanceProfile' || typeof RoleName !== 'string') return [];
  const resource = records.role(call.accountId, RoleName)?.arn ?? `arn:aws:iam::${call.accountId}:role/${RoleName}`;
  return [{ action: 'iam:PassRole', resource, context: { 'iam:PassedToService': 'ec2.amazonaws.com' } }];
}
