/** The same world with every list in another order: what AWS lists has none that it promises. */
export function shuffled<T>(value: T, seed: number): T {
  let state = seed >>> 0;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  const of = (part: unknown): unknown => {
    if (Array.isArray(part)) return inAnyOrder(part.map(of), next);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(inAnyOrder(Object.entries(part), next).map(([name, member]) => [name, of(member)]));
  };
  return of(value) as T;
}

function inAnyOrder<T>(items: readonly T[], next: () => number): T[] {
  return items.map((item) => [next(), item] as const).sort(([a], [b]) => a - b).map(([, item]) => item);
}
