import { MalformedPolicy } from '../policy-document.ts';
import { AwsError } from '../service.ts';
import type { IamRecords, RoleRecord, TagRecord } from './records.ts';

/** What IAM's operations check before they act, in its words. Source: IAM API reference and "IAM and AWS STS quotas". */

const TAGS_MAX = 50;
const ITEMS_DEFAULT = 100;
const ITEMS_MAX = 1000;

export function noSuchRole(name: string): AwsError {
  return new AwsError('NoSuchEntity', `The role with name ${name} cannot be found.`, 404);
}

export function roleNamed(records: IamRecords, accountId: string, name: string): RoleRecord {
  checkName('roleName', name, 64);
  const role = records.role(accountId, name);
  if (role === undefined) throw noSuchRole(name);
  return role;
}

/** A role that its owner may change: one that a service made belongs to the service. */
export function ownRole(records: IamRecords, accountId: string, name: string, operation: string): RoleRecord {
  const role = roleNamed(records, accountId, name);
  if (role.path.startsWith('/aws-service-role/')) {
    throw new AwsError('UnmodifiableEntity', `Cannot perform the operation on the protected role '${name}' - this role is only modifiable by AWS (${operation}).`, 400);
  }
  return role;
}

export function checkName(member: string, value: string, max: number): void {
  if (value.length < 1) throw invalid(`Value '${value}' at '${member}' failed to satisfy constraint: Member must have length greater than or equal to 1`);
  if (value.length > max) throw invalid(`Value '${value}' at '${member}' failed to satisfy constraint: Member must have length less than or equal to ${max}`);
  if (!/^[\w+=,.@-]+$/.test(value)) throw invalid(`The specified value for ${member} is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-`);
}

export function checkPath(path: string): void {
  if (path.length > 512 || !/^\/$|^\/[\u0021-\u007e]+\/$/.test(path)) {
    throw invalid('The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.');
  }
}

export function checkDescription(description: string | undefined): void {
  if (description !== undefined && description.length > 1000) throw invalid("Value at 'description' failed to satisfy constraint: Member must have length less than or equal to 1000");
}

export function checkSessionDuration(seconds: number | undefined): void {
  if (seconds === undefined) return;
  if (seconds < 3600) throw invalid(`Value '${seconds}' at 'maxSessionDuration' failed to satisfy constraint: Member must have value greater than or equal to 3600`);
  if (seconds > 43_200) throw invalid(`Value '${seconds}' at 'maxSessionDuration' failed to satisfy constraint: Member must have value less than or equal to 43200`);
}

export function checkedTags(tags: readonly { Key?: string | undefined; Value?: string | undefined }[] | undefined, existing: readonly TagRecord[] = []): TagRecord[] {
  const byKey = new Map(existing.map((tag) => [tag.Key.toLowerCase(), tag]));
  const asked = new Set<string>();
  for (const { Key = '', Value = '' } of tags ?? []) {
    if (Key.length < 1 || Key.length > 128) throw invalid(`Value '${Key}' at 'tags.member.key' failed to satisfy constraint: Member must have length between 1 and 128`);
    if (Value.length > 256) throw invalid("Value at 'tags.member.value' failed to satisfy constraint: Member must have length less than or equal to 256");
    if (asked.has(Key.toLowerCase())) throw new AwsError('InvalidInput', 'Duplicate tag keys found. Please note that Tag keys are case insensitive.', 400);
    asked.add(Key.toLowerCase());
    byKey.set(Key.toLowerCase(), { Key, Value });
  }
  if (byKey.size > TAGS_MAX) throw new AwsError('LimitExceeded', `The number of tags has reached the maximum limit: ${TAGS_MAX}.`, 409);
  return [...byKey.values()];
}

/** Runs a parser; what it cannot read is IAM's MalformedPolicyDocument. */
export function wellFormed<T>(parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (error instanceof MalformedPolicy) throw new AwsError('MalformedPolicyDocument', error.message, 400);
    throw error;
  }
}

/** Policies are counted without their white space. */
export function weight(document: string): number {
  return document.replace(/\s/g, '').length;
}

/** IAM shows documents percent-encoded (RFC 3986). */
export function encoded(document: string): string {
  return encodeURIComponent(document).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** IAM tells whole seconds. */
export function wholeSeconds(time: number): Date {
  return new Date(Math.floor(time / 1000) * 1000);
}

/** The tags that are left when some keys, whatever their case, are taken away. */
export function untagged(tags: readonly TagRecord[], keys: readonly string[] | undefined): TagRecord[] {
  const gone = new Set((keys ?? []).map((key) => key.toLowerCase()));
  return tags.filter(({ Key }) => !gone.has(Key.toLowerCase()));
}

export function page<T>(items: readonly T[], input: { readonly Marker?: string | undefined; readonly MaxItems?: number | undefined }): { readonly items: T[]; readonly IsTruncated: boolean; readonly Marker?: string } {
  const size = input.MaxItems ?? ITEMS_DEFAULT;
  if (!Number.isInteger(size) || size < 1 || size > ITEMS_MAX) throw invalid(`Value '${size}' at 'maxItems' failed to satisfy constraint: Member must have value between 1 and ${ITEMS_MAX}`);
  const start = input.Marker === undefined ? 0 : Number(Buffer.from(input.Marker, 'base64url').toString('utf8'));
  if (!Number.isInteger(start) || start < 0) throw invalid('Invalid Marker.');
  const end = start + size;
  const rest = end < items.length;
  return { items: items.slice(start, end), IsTruncated: rest, ...(rest ? { Marker: Buffer.from(String(end)).toString('base64url') } : {}) };
}

export function invalid(violation: string): AwsError {
  return new AwsError('ValidationError', violation.startsWith('Value') ? `1 validation error detected: ${violation}` : violation, 400);
}
