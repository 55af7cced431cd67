import type { TimestampFormat } from './shape.ts';

type Concrete = Exclude<TimestampFormat, 'default'>;

/** A time as the wire has it. Epoch seconds keep their milliseconds as a fraction; the other forms are text. */
export function writeTimestamp(time: Date, format: TimestampFormat, byDefault: Concrete): string | number {
  switch (format === 'default' ? byDefault : format) {
    case 'epoch-seconds':
      return time.getTime() / 1000;
    case 'date-time':
      return time.toISOString().replace('.000Z', 'Z');
    case 'http-date':
      return time.toUTCString();
  }
}

/** `undefined` when the value is no time in any of the forms. Clients send numbers as text in queries and headers. */
export function readTimestamp(value: unknown): Date | undefined {
  const seconds = typeof value === 'number' ? value : typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : undefined;
  const time = seconds !== undefined ? new Date(seconds * 1000) : typeof value === 'string' ? new Date(value) : undefined;
  return time === undefined || Number.isNaN(time.getTime()) ? undefined : time;
}
