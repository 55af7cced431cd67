import { readSettings } from './settings.ts';
import { startStage, type Stage } from './stage.ts';

/** `npm start`: the whole control plane on a simulated AWS, until Ctrl-C. */
async function main(): Promise<void> {
  const settings = readSettings(process.env, Date.now());
  const stage = await startStage(settings);
  process.stdout.write(`${greeting(stage, settings.dataDir)}\n`);
  let leaving = false;
  const leave = (): void => {
    // A second Ctrl-C does not wait for what is still under way.
    if (leaving) process.exit(1);
    leaving = true;
    process.stdout.write('\nSlipway stops. Everything is on disk; the next start goes on from here.\n');
    stage.close().then(
      () => process.exit(0),
      () => process.exit(1),
    );
  };
  process.on('SIGINT', leave);
  process.on('SIGTERM', leave);
}

function greeting(stage: Stage, dataDir: string): string {
  const { speed } = stage.clock;
  return [
    'Slipway is ready.',
    '',
    `  API            ${stage.url}/v1   (${stage.url}/v1/openapi.json)`,
    `  Simulated AWS  ${stage.awsUrl}`,
    `  Time           ${new Date(stage.clock.now()).toISOString()}, ${speed === 'max' ? 'as fast as it goes' : `${speed} times real time`}`,
    `  Data           ${dataDir}`,
    '',
    '  A token        TOKEN=$(npm run -s token -- --role admin)',
    `  A first ask    curl -s -H "Authorization: Bearer $TOKEN" ${stage.url}/v1/clusters`,
    `  With aws       AWS_ACCESS_KEY_ID=111111111111 AWS_SECRET_ACCESS_KEY=x aws --region eu-west-1 --endpoint-url ${stage.awsUrl} eks list-clusters`,
    '',
    '  Ctrl-C stops it; nothing is lost.',
  ].join('\n');
}

main().catch((error: unknown) => {
  process.stderr.write(`Slipway could not start. ${told(error)}\n`);
  process.exit(1);
});

function told(error: unknown): string {
  const { code, message = String(error) } = error as { code?: string; message?: string };
  if (code === 'EADDRINUSE') return `A port is taken: ${message}. Set PORT and AWS_PORT.`;
  if (/database is locked/.test(message)) return 'Another Slipway works on this data directory. Stop it, or set SLIPWAY_DATA_DIR to another one.';
  return message;
}
