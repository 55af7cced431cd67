/** `key` or `key=value`, as a query has it; the value may be empty. */
export function labelOf(label: string): { key: string; value?: string } {
  const at = label.indexOf('=');
  return at === -1 ? { key: label } : { key: label.slice(0, at), value: label.slice(at + 1) };
}
