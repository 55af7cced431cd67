import { validationError } from './validation.ts';

/** A DynamoDB number: sign * 0.d1d2d3... * 10^exponent, with d1 and the last digit not 0. Zero has no digits. */
export interface Decimal {
  readonly sign: -1 | 0 | 1;
  readonly digits: string;
  readonly exponent: number;
}

/** "Number: up to 38 digits of precision", 1E-130 to 9.9999999999999999999999999999999999999E+125 (DynamoDB developer guide, data types). */
const DIGITS_MAX = 38;
const EXPONENT_MAX = 126;
const EXPONENT_MIN = -129;
const WRITTEN_LENGTH_MAX = 512;
const PATTERN = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,6}))?$/;

const ZERO: Decimal = { sign: 0, digits: '', exponent: 0 };

/** Reads a number as DynamoDB takes it; throws its ValidationException when it is none, too precise, too large or too small. */
export function parseDecimal(text: string): Decimal {
  const match = text.length <= WRITTEN_LENGTH_MAX ? PATTERN.exec(text) : null;
  const [whole, fraction] = [match?.[2] ?? '', match?.[3] ?? ''];
  if (match === null || whole.length + fraction.length === 0) throw validationError(`The parameter cannot be converted to a numeric value: ${text}`);
  return bounded(match[1] === '-' ? -1 : 1, whole + fraction, whole.length + Number(match[4] ?? 0));
}

function bounded(sign: 1 | -1, written: string, point: number): Decimal {
  const leading = /^0*/.exec(written)?.[0].length ?? 0;
  const digits = written.slice(leading).replace(/0+$/, '');
  if (digits === '') return ZERO;
  const exponent = point - leading;
  if (exponent > EXPONENT_MAX) throw validationError('Number overflow. Attempting to store a number with magnitude larger than supported range');
  if (exponent < EXPONENT_MIN) throw validationError('Number underflow. Attempting to store a number with magnitude smaller than supported range');
  if (digits.length > DIGITS_MAX) throw validationError('Attempting to store more than 38 significant digits in a Number');
  return { sign, digits, exponent };
}

/** The plain notation that DynamoDB answers with: no exponent, no needless zero. */
export function formatDecimal({ sign, digits, exponent }: Decimal): string {
  if (sign === 0) return '0';
  const minus = sign < 0 ? '-' : '';
  if (exponent <= 0) return `${minus}0.${'0'.repeat(-exponent)}${digits}`;
  if (exponent >= digits.length) return `${minus}${digits}${'0'.repeat(exponent - digits.length)}`;
  return `${minus}${digits.slice(0, exponent)}.${digits.slice(exponent)}`;
}

/** Negative, 0 or positive, exactly: no float takes part. */
export function compareDecimals(a: Decimal, b: Decimal): number {
  if (a.sign !== b.sign) return a.sign - b.sign;
  if (a.sign === 0) return 0;
  if (a.exponent !== b.exponent) return a.sign * (a.exponent - b.exponent);
  return a.digits === b.digits ? 0 : a.sign * (a.digits < b.digits ? -1 : 1);
}

export function addDecimals(a: Decimal, b: Decimal): Decimal {
  if (a.sign === 0) return b;
  if (b.sign === 0) return a;
  const lowest = Math.min(a.exponent - a.digits.length, b.exponent - b.digits.length);
  const scaled = (n: Decimal) => BigInt(n.digits) * 10n ** BigInt(n.exponent - n.digits.length - lowest) * BigInt(n.sign);
  const sum = scaled(a) + scaled(b);
  const written = (sum < 0n ? -sum : sum).toString();
  return bounded(sum < 0n ? -1 : 1, written, written.length + lowest);
}

export function negate(n: Decimal): Decimal {
  return { ...n, sign: n.sign === 0 ? 0 : n.sign === 1 ? -1 : 1 };
}

const EXPONENT_BIAS = 32_768;

/** Bytes that sort as the numbers do: a class byte, the exponent, the digits; a negative number's turned around. */
export function decimalKey(n: Decimal): Uint8Array {
  if (n.sign === 0) return Uint8Array.of(1);
  const exponent = EXPONENT_BIAS + n.sign * n.exponent;
  const digits = [...n.digits].map((digit) => (n.sign > 0 ? 1 + Number(digit) : 10 - Number(digit)));
  // A shorter negative number is the larger one, so its end must sort after any digit.
  return Uint8Array.of(n.sign > 0 ? 2 : 0, exponent >> 8, exponent & 0xff, ...digits, ...(n.sign > 0 ? [] : [0xff]));
}
