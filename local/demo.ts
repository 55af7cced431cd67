import { createApiClient } from './api-client.ts';
import { everyPart } from './demo/every-part.ts';
import { oneCluster } from './demo/one-cluster.ts';
import { say } from './demo/telling.ts';
import { startStage } from './stage.ts';
import { mintToken } from './token.ts';

/**
 * `npm run demo`: one cluster's story, told to a newcomer in under a minute; `npm run demo -- full`: a cluster with every part, from its one
 * request to the end, with nothing left behind. Each starts its own system on free ports, remembers nothing, and ends it.
 */

/** Pinned, so that the story is the same in five years: the version catalogue follows the date. */
const EPOCH = Date.parse('2026-10-05T09:00:00Z');
const SPEED = 300;
/** The stories take about twenty seconds and a minute; past this something hangs. */
const STORY_SECONDS_MAX = 240;
const STORIES = { short: oneCluster, full: everyPart } as const;

async function main(): Promise<void> {
  const [asked = 'short'] = process.argv.slice(2);
  if (!(asked in STORIES)) throw new Error(`There is no story ${asked}; there are: npm run demo, and npm run demo -- full.`);
  const stage = await startStage({ port: 0, awsPort: 0, speed: SPEED, epoch: EPOCH, seed: 7, logLevel: 'SILENT' });
  const deadline = setTimeout(() => {
    say('The story did not come to its end in time.');
    process.exit(1);
  }, STORY_SECONDS_MAX * 1000);
  const began = performance.now();
  try {
    const api = createApiClient(stage.url, await mintToken({ sub: 'ada', role: 'admin' }));
    const clock = (): string => new Date(stage.clock.now()).toISOString().slice(11, 16);
    say(`Slipway on a simulated AWS. One second here is ${SPEED / 60} minutes there; it is ${new Date(EPOCH).toISOString().slice(0, 10)}.\n`);
    await STORIES[asked as keyof typeof STORIES](api, stage.awsUrl, clock);
    say(`\nThat was ${Math.round((performance.now() - began) / 1000)} seconds here and ${Math.round((stage.clock.now() - EPOCH) / 60_000)} minutes there. Try it yourself: npm start`);
  } finally {
    clearTimeout(deadline);
    await stage.close();
  }
}

main().then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`The demo failed: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
