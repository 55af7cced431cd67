import { AwsError } from '../service.ts';

const PAGE_DEFAULT = 100;
const PAGE_MAX = 1000;

export function paged<T>(items: readonly T[], input: { readonly Limit?: number | undefined; readonly Marker?: string | undefined }): { readonly items: T[]; readonly Truncated: boolean; readonly NextMarker?: string } {
  const size = input.Limit ?? PAGE_DEFAULT;
  if (!Number.isInteger(size) || size < 1 || size > PAGE_MAX) throw new AwsError('ValidationException', `Limit must be between 1 and ${PAGE_MAX}: ${size}`, 400);
  const start = input.Marker === undefined ? 0 : Number(Buffer.from(input.Marker, 'base64url').toString('utf8'));
  if (!Number.isInteger(start) || start < 0) throw new AwsError('InvalidMarkerException', 'The marker is invalid.', 400);
  const end = start + size;
  const more = end < items.length;
  return { items: items.slice(start, end), Truncated: more, ...(more ? { NextMarker: Buffer.from(String(end)).toString('base64url') } : {}) };
}
