import type { ImageAnswers, ImageTask, Ports } from '../../aws/ports.ts';
import { ports } from '../../aws/wiring.ts';
import { isRefusal, type Refusal } from '../../domain/refusal.ts';
import { settleRepository, unreachable } from './settle-repository.ts';

/** The one function that works on images in accounts, on behalf of the API: each task in a session that is cut to it. */
export const handler = async (task: ImageTask): Promise<ImageAnswers[ImageTask['task']] | Refusal> => {
  const world = ports();
  try {
    return await carryOut(world, task);
  } catch (error) {
    return unreachable(world, error);
  }
};

async function carryOut(world: Ports, task: ImageTask): Promise<ImageAnswers[ImageTask['task']] | Refusal> {
  const observed = <T extends object>(seen: T | Refusal) => (isRefusal(seen) ? seen : { ...seen, observedAt: new Date(world.clock.now()).toISOString() });
  switch (task.task) {
    case 'settle':
      return settleRepository(world, task.address);
    case 'look': {
      const session = await world.accounts.actOnImages({ accountId: task.accountId, region: task.region, purposes: ['look-at-repositories'], by: 'look' });
      return observed(await world.images.look(session, task.names, task.pagesMax));
    }
    case 'preview': {
      const { accountId, region, name } = task.address;
      const session = await world.accounts.actOnImages({ accountId, region, name, purposes: ['preview-lifecycle'], by: task.by });
      return observed(await world.images.preview(session, task.address, task.policy));
    }
  }
}
