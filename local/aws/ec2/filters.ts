import type { Filter } from '@aws-sdk/client-ec2';
import { AwsError } from '../service.ts';

const PAGE_MIN = 5;
const PAGE_MAX = 1000;

export interface Tagged {
  readonly tags: readonly { readonly Key: string; readonly Value: string }[];
}

/** What a resource says to each filter's name. */
export type Attributes<T> = Readonly<Record<string, (item: T) => string | readonly string[] | undefined>>;

/** Filters are joined by AND, the values of one by OR; `*` and `?` stand for characters. Source: EC2 user guide, "List and filter using the CLI and API". */
export function filtered<T extends Tagged>(items: readonly T[], filters: readonly Filter[] | undefined, attributes: Attributes<T>): T[] {
  const tests = (filters ?? []).map((filter) => testOf(filter, attributes));
  return items.filter((item) => tests.every((test) => test(item)));
}

function testOf<T extends Tagged>({ Name = '', Values = [] }: Filter, attributes: Attributes<T>): (item: T) => boolean {
  const patterns = Values.map((value) => new RegExp(`^${value.replace(/[.+^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/\?/g, '.')}$`, 's'));
  const fits = (found: string | readonly string[] | undefined): boolean => {
    const values = found === undefined ? [] : typeof found === 'string' ? [found] : found;
    return values.some((value) => patterns.some((pattern) => pattern.test(value)));
  };
  if (Name === 'tag-key') return (item) => fits(item.tags.map(({ Key }) => Key));
  if (Name === 'tag-value') return (item) => fits(item.tags.map(({ Value }) => Value));
  if (Name.startsWith('tag:')) return (item) => fits(item.tags.filter(({ Key }) => Key === Name.slice(4)).map(({ Value }) => Value));
  const attribute = Object.hasOwn(attributes, Name) ? attributes[Name] : undefined;
  if (attribute === undefined) throw new AwsError('InvalidParameterValue', `The filter '${Name}' is invalid`, 400);
  return (item) => fits(attribute(item));
}

export function paged<T>(items: readonly T[], input: { readonly NextToken?: string | undefined; readonly MaxResults?: number | undefined }): { readonly items: T[]; readonly NextToken?: string } {
  const { MaxResults, NextToken } = input;
  if (MaxResults !== undefined && (!Number.isInteger(MaxResults) || MaxResults < PAGE_MIN || MaxResults > PAGE_MAX)) {
    throw new AwsError('InvalidParameterValue', `Value ( ${MaxResults} ) for parameter maxResults is invalid. Expecting a value between ${PAGE_MIN} and ${PAGE_MAX}.`, 400);
  }
  const start = NextToken === undefined ? 0 : Number(Buffer.from(NextToken, 'base64url').toString('utf8'));
  if (!Number.isInteger(start) || start < 0) throw new AwsError('InvalidNextToken', 'The token is not valid.', 400);
  const end = MaxResults === undefined ? items.length : start + MaxResults;
  return { items: items.slice(start, end), ...(end < items.length ? { NextToken: Buffer.from(String(end)).toString('base64url') } : {}) };
}

/** Those asked for by id, in the order of the items; one that is not there is an error. */
export function identified<T>(items: readonly T[], ids: readonly string[] | undefined, idOf: (item: T) => string, missing: (id: string) => AwsError): readonly T[] {
  if (ids === undefined || ids.length === 0) return items;
  const absent = ids.find((id) => !items.some((item) => idOf(item) === id));
  if (absent !== undefined) throw missing(absent);
  return items.filter((item) => ids.includes(idOf(item)));
}
