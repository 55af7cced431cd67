/** A sentence with its full stop: what people and AWS write ends with one, or not. */
export function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}
