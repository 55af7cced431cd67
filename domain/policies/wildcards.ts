/** IAM's own wildcards: `*` for any characters, `?` for one. A wildcard of `text` is only covered by one of the pattern. */
export function matchesWildcards(pattern: string, text: string): boolean {
  let [at, from, star, mark] = [0, 0, -1, 0];
  while (at < text.length) {
    if (from < pattern.length && pattern[from] === '*') [star, mark, from] = [from, at, from + 1];
    else if (from < pattern.length && (pattern[from] === text[at] || (pattern[from] === '?' && text[at] !== '*'))) [from, at] = [from + 1, at + 1];
    else if (star >= 0) [from, mark, at] = [star + 1, mark + 1, mark + 1];
    else return false;
  }
  while (pattern[from] === '*') from += 1;
  return from === pattern.length;
}
