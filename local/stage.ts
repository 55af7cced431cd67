import { join } from 'node:path';
import { configureWiring } from '../aws/wiring.ts';
import type { Calls } from './aws/calls.ts';
import { startEndpoint } from './aws/endpoint.ts';
import { createSimulatedAws, type SimulatedAws } from './aws/index.ts';
import { HOME_REGION, type World } from './aws/service.ts';
import { carryStraight } from './aws/straight.ts';
import { VirtualClock, type Speed } from './clock.ts';
import { readDeployment } from './deployment.ts';
import { Disk, lockFolder } from './disk.ts';
import { startGateway } from './gateway.ts';
import { createRandom } from './random.ts';
import { deploy } from './stage/deploy.ts';
import { connectEvents } from './stage/events.ts';
import { registerFunctions, runningCredentials } from './stage/functions.ts';
import { developmentKeys, TOKEN_AUDIENCE, TOKEN_ISSUER } from './token.ts';

export interface StageOptions {
  /** Where everything is remembered; absent: in memory, forgotten at the end. */
  readonly dataDir?: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly awsPort: number;
  readonly speed: Speed;
  /** Where a first start begins, epoch ms. A stage with a memory goes on from its last moment. */
  readonly epoch: number;
  /** The same seed, asks and epoch give the same story; absent: the machine's own randomness. */
  readonly seed?: number;
  /** Log level of the functions: INFO, WARN, ERROR, SILENT. */
  readonly logLevel?: string;
}

export interface Stage {
  /** Slipway's HTTP API. */
  readonly url: string;
  /** The simulated AWS. */
  readonly awsUrl: string;
  readonly clock: VirtualClock;
  readonly aws: SimulatedAws;
  /** How often each of AWS's operations was called. */
  readonly calls: Calls;
  readonly disk: Disk;
  close(): Promise<void>;
}

/**
 * Raises the rehearsal stage: a simulated AWS, the deployment of serverless.yml on it, and the HTTP API in front. The
 * functions and machines are the production ones; only endpoints, credentials and the clock differ. One stage a process.
 */
export async function startStage(options: StageOptions): Promise<Stage> {
  const lock = options.dataDir === undefined ? undefined : lockFolder(options.dataDir);
  const disk = new Disk(options.dataDir === undefined ? ':memory:' : join(options.dataDir, 'stage.sqlite'));
  const remembered = disk.kept<number>('clock');
  const clock = new VirtualClock({ now: remembered.get('now') ?? options.epoch, speed: 0 });
  // The clock is part of every transaction: after a restart nothing is younger than now.
  disk.beforeCommit(() => {
    if (remembered.get('now') !== clock.now()) remembered.put('now', clock.now());
  });
  const { random, newId } = createRandom(options.seed);
  const world: World = { clock, disk, random, newId };
  const aws = createSimulatedAws(world);
  const keys = await developmentKeys();
  const endpoint = await startEndpoint(world, aws.services, {
    port: options.awsPort,
    extraRoutes: (method, path) =>
      method === 'GET' && path === '/_sim/jwks.json' ? { status: 200, headers: { 'content-type': 'application/json' }, body: JSON.stringify(keys.jwks) } : undefined,
  });

  const deployment = readDeployment({ awsUrl: endpoint.url });
  for (const fn of deployment.functions) Object.assign(process.env, fn.environment);
  Object.assign(process.env, {
    AWS_REGION: HOME_REGION,
    SLIPWAY_TOKEN_ISSUER: TOKEN_ISSUER,
    SLIPWAY_TOKEN_AUDIENCE: TOKEN_AUDIENCE,
    SLIPWAY_JWKS_URL: `${endpoint.url}/_sim/jwks.json`,
    SLIPWAY_LOG_LEVEL: options.logLevel ?? 'INFO',
    // Metrics are lines of the log: where the log is quiet they would be the only thing to be seen.
    POWERTOOLS_METRICS_DISABLED: String(options.logLevel !== undefined && options.logLevel !== 'INFO'),
  });
  configureWiring({ clock, endpoint: endpoint.url, requestHandler: carryStraight((request) => endpoint.take(request)), credentials: runningCredentials(aws, deployment.functions) });
  await deploy(deployment, endpoint.url);
  registerFunctions(aws, deployment.functions);
  connectEvents(aws, clock, deployment);
  const gateway = await startGateway({
    port: options.port,
    clock,
    routes: deployment.routes,
    invoke: async (functionName, event) => {
      const result = await aws.lambda.invoke(functionName, event);
      if ('functionError' in result) throw new Error(`${result.functionError.errorType}: ${result.functionError.errorMessage}`);
      return result.payload;
    },
  });
  clock.setSpeed(options.speed);
  aws.resume();

  return {
    url: gateway.url,
    awsUrl: endpoint.url,
    clock,
    aws,
    calls: endpoint.calls,
    disk,
    async close() {
      await gateway.close();
      clock.stop();
      aws.stepfunctions.close();
      await endpoint.close();
      disk.close();
      lock?.release();
    },
  };
}
