import { AwsError } from '../service.ts';
import { invalid } from './configuration.ts';

const PAGE_DEFAULT = 50;
const PAGE_MAX = 100;

interface Asked {
  readonly MaxRecords?: number | undefined;
  readonly NextToken?: string | undefined;
}

/** A page of a list; tokens say where the next one begins. */
export function paged<T>(items: readonly T[], { MaxRecords = PAGE_DEFAULT, NextToken }: Asked): { readonly items: T[]; readonly NextToken?: string } {
  if (!Number.isInteger(MaxRecords) || MaxRecords < 1 || MaxRecords > PAGE_MAX) throw invalid(`1 validation error detected: Value '${MaxRecords}' at 'maxRecords' failed to satisfy constraint: Member must have value between 1 and ${PAGE_MAX}`);
  const written = NextToken === undefined ? '0' : Buffer.from(NextToken, 'base64url').toString('utf8');
  if (!/^\d{1,9}$/.test(written)) throw new AwsError('InvalidNextToken', 'The token is not valid.', 400);
  const start = Number(written);
  const end = start + MaxRecords;
  return { items: items.slice(start, end), ...(end < items.length ? { NextToken: Buffer.from(String(end)).toString('base64url') } : {}) };
}
