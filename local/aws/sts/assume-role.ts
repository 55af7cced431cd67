import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import type { AssumeRoleCommandInput, AssumeRoleCommandOutput } from '@aws-sdk/client-sts';
import { iamId, roleOfArn } from '../arn.ts';
import { authorize, callerContext } from '../authorization.ts';
import type { SessionRecord, Sessions } from '../callers.ts';
import type { IamRecords, RoleRecord } from '../iam/records.ts';
import { parsedIdentity } from '../iam/records.ts';
import { trustDocument } from '../iam/trust.ts';
import { judgeTrust } from '../policy.ts';
import type { Context, Principal } from '../policy.ts';
import { MalformedPolicy } from '../policy-document.ts';
import { AwsError } from '../service.ts';
import type { Call, World } from '../service.ts';

const DURATION_SECONDS_DEFAULT = 3600;
const DURATION_SECONDS_MIN = 900;
const DURATION_SECONDS_MAX = 43_200;
/** A role assumed by a role's session ends within an hour, whatever the role allows. */
const CHAINED_SECONDS_MAX = 3600;
const SESSION_POLICY_CHARACTERS_MAX = 2048;
const POLICY_ARNS_MAX = 10;
const TAGS_MAX = 50;
/** AWS packs policies and tags into a binary form whose limit it does not publish; the share told here is of so many deflated bytes. */
const PACKED_BYTES_MAX = 2048;
/** Lambda renews a function's credentials without its noticing; ten years stand for that. */
const FUNCTION_SECONDS = 10 * 365 * 24 * 3600;
/** Expired sessions are kept so long, so that their holders hear "expired" and not "invalid". */
const EXPIRED_KEPT_MS = 24 * 3600 * 1000;

export interface Around {
  readonly world: World;
  readonly iam: IamRecords;
  readonly sessions: Sessions;
  readonly machineNow: () => number;
}

export interface IssuedSession {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiration: Date;
}

/** Source: STS API reference, AssumeRole; IAM User Guide, "Pass session tags in AWS STS", "Monitor and control actions taken with assumed roles" (source identity). */
export function assumeRole(around: Around, input: AssumeRoleCommandInput, call: Call): Omit<AssumeRoleCommandOutput, '$metadata'> {
  const { caller } = call;
  const roleArn = input.RoleArn ?? '';
  const sessionName = input.RoleSessionName ?? '';
  const tags = validated(input);
  const inherited = Object.fromEntries((caller.transitiveTagKeys ?? []).map((key) => [key, caller.sessionTags[key] ?? '']));
  const sourceIdentity = input.SourceIdentity ?? caller.sourceIdentity;
  const context = contextOf(input, call, tags);
  const role = assumable(around, roleArn, context, call, { tags: tags.size + Object.keys(inherited).length > 0, sourceIdentity });
  const durationSeconds = durationOf(input, role, caller.role !== undefined);
  const policies = sessionPolicies(around.iam, input);
  const packed = packedShare(policies, tags);
  const clash = [...tags.keys()].find((key) => inherited[key] !== undefined);
  if (clash !== undefined) throw new AwsError('InvalidParameterValue', `The tag ${clash} is set by the calling session as a transitive tag and cannot be set again.`, 400);
  const issued = keep(around, role, {
    sessionName,
    durationSeconds,
    sessionPolicies: policies,
    tags: { ...inherited, ...Object.fromEntries(tags) },
    transitiveTagKeys: [...Object.keys(inherited), ...(input.TransitiveTagKeys ?? [])],
    ...(sourceIdentity === undefined ? {} : { sourceIdentity }),
  });
  return {
    Credentials: { AccessKeyId: issued.accessKeyId, SecretAccessKey: issued.secretAccessKey, SessionToken: issued.sessionToken, Expiration: issued.expiration },
    AssumedRoleUser: { AssumedRoleId: `${role.roleId}:${sessionName}`, Arn: `arn:aws:sts::${role.accountId}:assumed-role/${role.name}/${sessionName}` },
    ...(packed === undefined ? {} : { PackedPolicySize: packed }),
    ...(sourceIdentity === undefined ? {} : { SourceIdentity: sourceIdentity }),
  };
}

/** The role, when the caller may assume it as asked. One that does not exist is denied in the same words as one that does not trust. */
function assumable(around: Around, roleArn: string, context: Context, call: Call, asked: { readonly tags: boolean; readonly sourceIdentity: string | undefined }): RoleRecord {
  const { caller } = call;
  const parts = roleOfArn(roleArn);
  const role = parts === undefined ? undefined : around.iam.role(parts.accountId, parts.name);
  if (role === undefined || role.arn !== roleArn) throw denied(caller.arn, 'sts:AssumeRole', roleArn);
  const changesIdentity = caller.sourceIdentity !== undefined && asked.sourceIdentity !== caller.sourceIdentity;
  if (changesIdentity) throw denied(caller.arn, 'sts:SetSourceIdentity', roleArn);
  const actions = ['sts:AssumeRole', ...(asked.tags ? ['sts:TagSession'] : []), ...(asked.sourceIdentity === undefined ? [] : ['sts:SetSourceIdentity'])];
  const refused = actions.find((action) => !mayDo(around, role, action, context, call));
  if (refused !== undefined) throw denied(caller.arn, refused, roleArn);
  return role;
}

/** A function's session under its execution role. The one that an earlier process had is forgotten. */
export function issueForFunction(around: Around, roleArn: string, functionName: string): IssuedSession {
  const parts = roleOfArn(roleArn);
  const role = parts === undefined ? undefined : around.iam.role(parts.accountId, parts.name);
  if (role === undefined || !judgeTrust(trustDocument(around.iam, role), { kind: 'service', service: 'lambda.amazonaws.com' }, { action: 'sts:AssumeRole', context: {} }).allowed) {
    throw new AwsError('InvalidParameterValueException', `The role defined for the function cannot be assumed by Lambda: ${roleArn}.`, 400);
  }
  around.sessions.forget((session) => session.roleArn === roleArn && session.sessionName === functionName);
  return keep(around, role, { sessionName: functionName, durationSeconds: FUNCTION_SECONDS, sessionPolicies: [], tags: {}, transitiveTagKeys: [] });
}

function keep(
  { world, sessions, machineNow }: Around,
  role: RoleRecord,
  wanted: Pick<SessionRecord, 'sessionName' | 'sessionPolicies' | 'tags' | 'transitiveTagKeys' | 'sourceIdentity'> & { readonly durationSeconds: number },
): IssuedSession {
  const { durationSeconds, ...session } = wanted;
  // STS tells whole seconds.
  const expiresAt = Math.floor(machineNow() / 1000 + durationSeconds) * 1000;
  const accessKeyId = iamId('ASIA', world.newId(), 16);
  const secretAccessKey = createHash('sha256').update(world.newId()).digest('base64').slice(0, 40);
  const sessionToken = Buffer.from(`${world.newId()}${world.newId()}${world.newId()}${world.newId()}`, 'hex').toString('base64');
  const forgotten = machineNow() - EXPIRED_KEPT_MS;
  sessions.forget((known) => known.expiresAt < forgotten);
  sessions.put({ ...session, accessKeyId, secretAccessKey, sessionToken, expiresAt, accountId: role.accountId, roleName: role.name, roleArn: role.arn, roleId: role.roleId });
  return { accessKeyId, secretAccessKey, sessionToken, expiration: new Date(expiresAt) };
}

/** The trust policy must allow it; and the caller's own policies, unless the trust names the caller itself within one account. */
function mayDo({ world, iam }: Around, role: RoleRecord, action: string, context: Context, { caller, region }: Call): boolean {
  // A role is not known everywhere in the seconds after it was made.
  if (world.clock.now() < role.settledAt) return false;
  const callerRole = caller.role === undefined ? undefined : iam.role(caller.accountId, caller.role.name);
  const principal: Principal = {
    kind: 'caller',
    accountId: caller.accountId,
    arn: caller.arn,
    ...(caller.role === undefined ? {} : { roleArn: caller.role.arn }),
    ...(callerRole === undefined ? {} : { roleId: callerRole.roleId }),
  };
  const trust = judgeTrust(trustDocument(iam, role), principal, { action, context });
  if (!trust.allowed) return false;
  if (trust.named && role.accountId === caller.accountId && caller.sessionPolicy === undefined) return true;
  return authorize(iam, caller, region, [{ action, resource: role.arn, context }]).allowed;
}

function contextOf(input: AssumeRoleCommandInput, call: Call, tags: ReadonlyMap<string, string>): Context {
  const { caller } = call;
  const requested = [...tags].map(([key, value]): [string, string[]] => [`aws:requesttag/${key.toLowerCase()}`, [value]]);
  const transitive = [...(input.TransitiveTagKeys ?? []), ...(caller.transitiveTagKeys ?? [])];
  const sourceIdentity = input.SourceIdentity ?? caller.sourceIdentity;
  return {
    ...callerContext(caller, call.region),
    'sts:rolesessionname': [input.RoleSessionName ?? ''],
    ...(input.ExternalId === undefined ? {} : { 'sts:externalid': [input.ExternalId] }),
    ...(sourceIdentity === undefined ? {} : { 'sts:sourceidentity': [sourceIdentity] }),
    ...Object.fromEntries(requested),
    ...(tags.size === 0 ? {} : { 'aws:tagkeys': [...tags.keys()] }),
    ...(transitive.length === 0 ? {} : { 'sts:transitivetagkeys': transitive }),
  };
}

/** The input's own rules; answers the session tags. */
function validated(input: AssumeRoleCommandInput): ReadonlyMap<string, string> {
  const length = (name: string, value: string | undefined, min: number, max: number): void => {
    if (value === undefined) return;
    if (value.length < min) throw invalid(`Value '${value}' at '${name}' failed to satisfy constraint: Member must have length greater than or equal to ${min}`);
    if (value.length > max) throw invalid(`Value '${value}' at '${name}' failed to satisfy constraint: Member must have length less than or equal to ${max}`);
  };
  const pattern = (name: string, value: string | undefined, expression: string): void => {
    if (value !== undefined && !new RegExp(`^${expression}$`).test(value)) throw invalid(`Value '${value}' at '${name}' failed to satisfy constraint: Member must satisfy regular expression pattern: ${expression}`);
  };
  length('roleArn', input.RoleArn, 20, 2048);
  length('roleSessionName', input.RoleSessionName, 2, 64);
  pattern('roleSessionName', input.RoleSessionName, '[\\w+=,.@-]*');
  length('externalId', input.ExternalId, 2, 1224);
  pattern('externalId', input.ExternalId, '[\\w+=,.@:\\/-]*');
  length('sourceIdentity', input.SourceIdentity, 2, 64);
  pattern('sourceIdentity', input.SourceIdentity, '[\\w+=,.@-]*');
  length('policy', input.Policy, 1, SESSION_POLICY_CHARACTERS_MAX);
  const tags = input.Tags ?? [];
  if (tags.length > TAGS_MAX) throw invalid(`Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to ${TAGS_MAX}`);
  for (const { Key, Value } of tags) {
    length('tags.member.key', Key, 1, 128);
    length('tags.member.value', Value, 0, 256);
  }
  const keys = tags.map(({ Key = '' }) => Key.toLowerCase());
  if (new Set(keys).size !== keys.length) throw new AwsError('InvalidParameterValue', 'Duplicate tag keys found. Please note that Tag keys are case insensitive.', 400);
  const stray = (input.TransitiveTagKeys ?? []).find((key) => !keys.includes(key.toLowerCase()));
  if (stray !== undefined) throw new AwsError('InvalidParameterValue', `The specified transitive tag key must be included in the requested tags: ${stray}`, 400);
  return new Map(tags.map(({ Key = '', Value = '' }) => [Key, Value]));
}

function durationOf(input: AssumeRoleCommandInput, role: RoleRecord, chained: boolean): number {
  const asked = input.DurationSeconds ?? DURATION_SECONDS_DEFAULT;
  if (asked < DURATION_SECONDS_MIN) throw invalid(`Value '${asked}' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to ${DURATION_SECONDS_MIN}`);
  if (asked > DURATION_SECONDS_MAX) throw invalid(`Value '${asked}' at 'durationSeconds' failed to satisfy constraint: Member must have value less than or equal to ${DURATION_SECONDS_MAX}`);
  if (chained && asked > CHAINED_SECONDS_MAX) throw new AwsError('ValidationError', 'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.', 400);
  if (asked > role.maxSessionDuration) throw new AwsError('ValidationError', 'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.', 400);
  return asked;
}

/** The session policies as JSON text: the inline one, and managed ones by ARN. */
function sessionPolicies(iam: IamRecords, input: AssumeRoleCommandInput): string[] {
  const arns = (input.PolicyArns ?? []).flatMap(({ arn }) => arn ?? []);
  if (arns.length > POLICY_ARNS_MAX) throw invalid(`Value at 'policyArns' failed to satisfy constraint: Member must have length less than or equal to ${POLICY_ARNS_MAX}`);
  const managed = arns.map((arn) => {
    const document = iam.document(arn);
    if (document === undefined) throw new AwsError('MalformedPolicyDocument', `The policy ${arn} does not exist.`, 400);
    return document;
  });
  if (input.Policy === undefined) return managed;
  try {
    parsedIdentity(input.Policy);
  } catch (error) {
    if (error instanceof MalformedPolicy) throw new AwsError('MalformedPolicyDocument', error.message, 400);
    throw error;
  }
  return [input.Policy, ...managed];
}

/** Percent of the packed limit; undefined when there is nothing to pack. */
function packedShare(policies: readonly string[], tags: ReadonlyMap<string, string>): number | undefined {
  if (policies.length === 0 && tags.size === 0) return undefined;
  const bytes = deflateRawSync(JSON.stringify([policies, [...tags]])).byteLength;
  const percent = Math.ceil((100 * bytes) / PACKED_BYTES_MAX);
  if (percent > 100) throw new AwsError('PackedPolicyTooLarge', `Packed size of session policies and tags is ${percent}% of the allowed size.`, 400);
  return percent;
}

function invalid(violation: string): AwsError {
  return new AwsError('ValidationError', `1 validation error detected: ${violation}`, 400);
}

function denied(callerArn: string, action: string, roleArn: string): AwsError {
  return new AwsError('AccessDenied', `User: ${callerArn} is not authorized to perform: ${action} on resource: ${roleArn}`, 403);
}
