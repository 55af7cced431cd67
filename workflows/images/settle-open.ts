import type { Ports } from '../../aws/ports.ts';
import { settleRepository } from './settle-repository.ts';

/** Repositories that one pass brings to their end, at most: those asked for longest ago first. */
const REPOSITORIES_MAX = 50;
/** A change this young is still on its ordinary way. */
const GRACE_SECONDS = 60;

/** What a crash, a lost answer or an account out of reach left in `Changing` or `Deleting` is gone on with. */
export async function settleOpenRepositories(world: Ports, now: number): Promise<void> {
  for (const { accountId, region, name, asked } of await world.store.openRepositories(REPOSITORIES_MAX)) {
    if (now - Date.parse(asked.at) < GRACE_SECONDS * 1000) continue;
    try {
      await settleRepository(world, { accountId, region, name });
    } catch (error) {
      world.log.error('a repository could not be settled', { account: accountId, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
    }
  }
}
