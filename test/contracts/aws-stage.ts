import type { TestContext } from 'node:test';
import { startEndpoint, type Endpoint } from '../../local/aws/endpoint.ts';
import { createSimulatedAws } from '../../local/aws/index.ts';
import type { SimulatedAws } from '../../local/aws/index.ts';
import type { SimulatedService, World } from '../../local/aws/service.ts';
import { VirtualClock } from '../../local/clock.ts';
import type { Speed } from '../../local/clock.ts';
import { Disk } from '../../local/disk.ts';
import { createRandom } from '../../local/random.ts';

export const EPOCH = '2026-11-22T00:00:00Z';

export interface ClientSettings {
  readonly endpoint: string;
  readonly region: string;
  readonly maxAttempts: number;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };
}

export interface AwsStage {
  readonly world: World;
  readonly aws: SimulatedAws;
  readonly url: string;
  /** Takes a request from within this process. */
  readonly take: Endpoint['take'];
  /** The machine's own clock, epoch ms, as far as credentials see it. */
  machineNow: number;
  /** What the simulation told about its own failures. */
  readonly told: string[];
  /** Settings of an official client: an account id, or the credentials that AssumeRole gave. */
  as(who: string | { AccessKeyId?: string | undefined; SecretAccessKey?: string | undefined; SessionToken?: string | undefined } | undefined, region?: string): ClientSettings;
  get(path: string): Promise<{ status: number; body: Record<string, unknown> }>;
  send(method: string, path: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }>;
  /** Moves virtual time. */
  pass(seconds: number): Promise<void>;
}

/** The simulated AWS in this process, on a free port, with a disk that forgets, where time stands still unless told. */
export async function startAws(context: Pick<TestContext, 'after'>, options: { readonly speed?: Speed; readonly disk?: Disk; readonly more?: (world: World) => readonly SimulatedService[] } = {}): Promise<AwsStage> {
  const clock = new VirtualClock({ now: Date.parse(EPOCH), speed: options.speed ?? 0 });
  const disk = options.disk ?? new Disk(':memory:');
  const world: World = { clock, disk, ...createRandom(7) };
  const told: string[] = [];
  const machine = { now: Date.parse(EPOCH) };
  const aws = createSimulatedAws(world, () => machine.now);
  const endpoint = await startEndpoint(world, [...aws.services, ...(options.more?.(world) ?? [])], { port: 0, log: (line) => void told.push(line), machineNow: () => machine.now });
  context.after(async () => {
    clock.stop();
    await endpoint.close();
  });
  const send = async (method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }> => {
    const answer = await fetch(`${endpoint.url}${path}`, { method, ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }) });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  return {
    world,
    aws,
    url: endpoint.url,
    take: (request) => endpoint.take(request),
    told,
    get machineNow() {
      return machine.now;
    },
    set machineNow(now: number) {
      machine.now = now;
    },
    as(who, region = 'us-east-1') {
      const credentials =
        typeof who === 'string'
          ? { accessKeyId: who, secretAccessKey: 'any' }
          : { accessKeyId: who?.AccessKeyId ?? '', secretAccessKey: who?.SecretAccessKey ?? '', ...(who?.SessionToken === undefined ? {} : { sessionToken: who.SessionToken }) };
      return { endpoint: endpoint.url, region, maxAttempts: 1, credentials };
    },
    get: (path) => send('GET', path),
    send,
    pass: (seconds) => clock.advanceTo(clock.now() + seconds * 1000),
  };
}

/** The name and message that a call is refused with. */
export async function refusal(work: Promise<unknown>): Promise<{ name: string; message: string; status: number | undefined }> {
  try {
    await work;
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata?: { httpStatusCode?: number } };
    return { name, message, status: $metadata?.httpStatusCode };
  }
  throw new Error('The call was not refused.');
}

/** A policy document's text. */
export function policy(...statements: readonly Record<string, unknown>[]): string {
  return JSON.stringify({ Version: '2012-10-17', Statement: statements });
}
