/** Most characters that a name may share with the one before: one digit in base 36 tells. */
const SHARED_MAX = 35;

/** Sorted names in few characters: each says how much of the name before it begins with, then its own rest. `GetItem GetItems` is `0GetItem 7s`. */
export function frontCoded(names: readonly string[]): string {
  return names.map((name, at) => `${sharedBy(names[at - 1] ?? '', name).toString(36)}${name.slice(sharedBy(names[at - 1] ?? '', name))}`).join(' ');
}

export function frontDecoded(text: string): readonly string[] {
  const names: string[] = [];
  for (const coded of text.split(' ')) names.push(`${(names.at(-1) ?? '').slice(0, parseInt(coded.charAt(0), 36))}${coded.slice(1)}`);
  return names;
}

function sharedBy(before: string, name: string): number {
  let shared = 0;
  while (shared < SHARED_MAX && shared < before.length && before[shared] === name[shared]) shared += 1;
  return shared;
}
