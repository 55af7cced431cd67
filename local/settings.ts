import type { Speed } from './clock.ts';

/** What the rehearsal stage takes from the environment. Throws a sentence for a person when a value makes no sense. */
export interface StageSettings {
  readonly port: number;
  readonly awsPort: number;
  readonly dataDir: string;
  readonly speed: Speed;
  readonly epoch: number;
  readonly logLevel: string;
}

const PORT_MAX = 65_535;
const SPEED_MAX = 100_000;

/** Reads PORT, AWS_PORT, SLIPWAY_DATA_DIR, SLIPWAY_SPEED, SLIPWAY_EPOCH and SLIPWAY_LOG_LEVEL. `now` is the machine's time. */
export function readSettings(environment: Readonly<Record<string, string | undefined>>, now: number): StageSettings {
  return {
    port: portOf(environment['PORT'], 4000, 'PORT'),
    awsPort: portOf(environment['AWS_PORT'], 4566, 'AWS_PORT'),
    dataDir: environment['SLIPWAY_DATA_DIR'] ?? '.slipway/data',
    speed: speedOf(environment['SLIPWAY_SPEED']),
    epoch: epochOf(environment['SLIPWAY_EPOCH'], now),
    logLevel: environment['SLIPWAY_LOG_LEVEL'] ?? 'WARN',
  };
}

function portOf(text: string | undefined, otherwise: number, name: string): number {
  if (text === undefined || text === '') return otherwise;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > PORT_MAX) throw new Error(`${name} is ${text}: it must be a port number, 0 to ${PORT_MAX}.`);
  return port;
}

function speedOf(text: string | undefined): Speed {
  if (text === undefined || text === '') return 1;
  if (text === 'max') return 'max';
  const speed = Number(text);
  if (!Number.isFinite(speed) || speed < 0 || speed > SPEED_MAX) throw new Error(`SLIPWAY_SPEED is ${text}: it must be a factor of real time, 0 to ${SPEED_MAX}, or max.`);
  return speed;
}

function epochOf(text: string | undefined, now: number): number {
  if (text === undefined || text === '') return now;
  const epoch = /^\d{4}-\d{2}-\d{2}T/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(epoch)) throw new Error(`SLIPWAY_EPOCH is ${text}: it must be a moment as RFC 3339, such as 2026-11-22T00:00:00Z.`);
  return epoch;
}
