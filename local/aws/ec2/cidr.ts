/** IPv4 blocks, as numbers. */
export interface Cidr {
  readonly base: number;
  readonly bits: number;
}

/** `10.0.0.0/16`; undefined when the text is no block or its address has bits beyond the prefix. */
export function parseCidr(text: string): Cidr | undefined {
  const form = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  if (form === null) return undefined;
  const parts = form.slice(1, 5).map(Number);
  const bits = Number(form[5]);
  if (parts.some((part) => part > 255) || bits > 32) return undefined;
  const base = parts.reduce((sum, part) => sum * 256 + part, 0);
  return base % sizeOf(bits) === 0 ? { base, bits } : undefined;
}

export function formatCidr({ base, bits }: Cidr): string {
  return `${[24, 16, 8, 0].map((shift) => Math.floor(base / 2 ** shift) % 256).join('.')}/${bits}`;
}

export const sizeOf = (bits: number): number => 2 ** (32 - bits);

export function contains(outer: Cidr, inner: Cidr): boolean {
  return inner.base >= outer.base && inner.base + sizeOf(inner.bits) <= outer.base + sizeOf(outer.bits);
}

export function overlap(one: Cidr, other: Cidr): boolean {
  return one.base < other.base + sizeOf(other.bits) && other.base < one.base + sizeOf(one.bits);
}
