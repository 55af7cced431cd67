/** Things of a cluster read at the same time, so that a wide cluster stays within its account's unpublished rate. */
const READS_AT_ONCE = 5;

/** Reads each, a few at a time, in the order of the list. */
export async function eachOf<T, R>(items: readonly T[], read: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let index = 0; index < items.length; index += READS_AT_ONCE) {
    results.push(...(await Promise.all(items.slice(index, index + READS_AT_ONCE).map(read))));
  }
  return results;
}
