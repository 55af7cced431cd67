import type { Page, Paged } from '../ports.ts';
import type { Condition } from './expressions.ts';
import type { Key } from './keys.ts';
import type { Stored, TableAccess } from './table-access.ts';

/** Pages of the table that one page of a list may cost, when a filter lets little through. Past it the page is short, and has a cursor. */
const INNER_PAGES_MAX = 20;
/** Items looked at in one inner page when there is a filter. */
const FILTERED_PAGE_ITEMS = 1_000;

export interface Listing {
  readonly index: 'list' | 'team';
  readonly partition: string;
  readonly filter: Condition | undefined;
  readonly forward: boolean;
  /** Where an item of this list stands, by its id. */
  readonly keyOf: (id: string) => Key;
}

/**
 * A page of a list. The index says which items belong to it, then they are read by key: what is shown is as it is now.
 * The cursor names the last item shown, so that an item is never shown twice, whatever was added meanwhile.
 */
export async function readList(table: TableAccess, listing: Listing, page: Page): Promise<Paged<Stored>> {
  const { index, partition, filter, forward, keyOf } = listing;
  const partitionName = index === 'list' ? 'listPk' : 'teamPk';
  const startOf = (id: string): Stored => ({ ...keyOf(id), [partitionName]: partition, listSk: id });
  const found: Stored[] = [];
  let after = page.after?.['id'] === undefined ? undefined : startOf(page.after['id']);
  for (let inner = 0; inner < INNER_PAGES_MAX; inner += 1) {
    // One more than asked tells whether there is a next page.
    const missing = page.limit + 1 - found.length;
    const query = { index, that: `#${partitionName} = :partition`, values: { partition }, forward, after, limit: filter === undefined ? missing : FILTERED_PAGE_ITEMS };
    const { items, last } = await table.query(filter === undefined ? query : { ...query, filter });
    found.push(...(await table.getAll(items.slice(0, missing).map((item) => keyOf(String(item['listSk']))))));
    const shown = found.slice(0, page.limit);
    if (found.length > page.limit) return { items: shown, next: { id: String(shown.at(-1)?.['listSk']) } };
    if (items.length > missing) after = startOf(String(items[missing - 1]?.['listSk']));
    else if (last === undefined) return { items: shown };
    else after = last;
  }
  return { items: found, next: { id: String(after?.['listSk']) } };
}

/** A page of what stands together under ids that sort by time, newest first: `idName` is the member that has the id. */
export async function newestFirst<T extends object>(table: TableAccess, keyOf: (id: string) => Key, idName: keyof T & string, page: Page): Promise<Paged<T>> {
  const { pk, sk: prefix } = keyOf('');
  const after = page.after?.[idName];
  const { items } = await table.query({ that: '#pk = :pk AND begins_with(#sk, :prefix)', values: { pk, prefix }, forward: false, limit: page.limit + 1, after: after === undefined ? undefined : keyOf(after) });
  const shown = items.slice(0, page.limit).map(({ pk: _pk, sk: _sk, ttl: _ttl, ...item }) => item as T);
  const last = shown.at(-1);
  return { items: shown, ...(items.length > page.limit && last !== undefined ? { next: { [idName]: String(last[idName]) } } : {}) };
}

/** `AND` of what is asked for; undefined when nothing is. */
export function allOf(conditions: readonly (Condition | undefined)[]): Condition | undefined {
  const given = conditions.filter((condition) => condition !== undefined);
  if (given.length === 0) return undefined;
  return {
    that: given.map((condition) => condition.that).join(' AND '),
    values: Object.assign({}, ...given.map((condition) => condition.values ?? {})) as Record<string, unknown>,
    names: Object.assign({}, ...given.map((condition) => condition.names ?? {})) as Record<string, string>,
  };
}

/** `#name = :name`, when a value is given. */
export function equals(name: string, value: string | undefined): Condition | undefined {
  return value === undefined ? undefined : { that: `#${name} = :${name}`, values: { [name]: value } };
}
