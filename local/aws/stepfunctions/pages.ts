import { validation } from './names.ts';

/** How many to answer: 0 and nothing mean the default. Throws ValidationException above the most a page may hold. */
export function pageSize(asked: number | undefined, usual: number, most: number): number {
  if (asked === undefined || asked === 0) return usual;
  if (asked < 0) throw validation(`Value '${asked}' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 0`);
  if (asked > most) throw validation(`Value '${asked}' at 'maxResults' failed to satisfy constraint: Member must have value less than or equal to ${most}`);
  return asked;
}
