import type { ImageTask, ImageWorker, Images, Ports, Store } from '../../aws/ports.ts';
import type { LifecyclePreview } from '../../domain/images/preview.ts';
import type { RepositoryUsage } from '../../domain/images/usage.ts';
import type { Refusal } from '../../domain/refusal.ts';
import { settleRepository } from '../../workflows/images/settle-repository.ts';

/** What the accounts' registries are like; a test spoils what it needs. */
export interface PlayedEcr {
  /** Instead of what making comes to. */
  putRefusal: Refusal | undefined;
  /** The function dies on the way, and what it has done is not known. */
  isLost: boolean;
  removal: 'gone' | Refusal;
  usage: RepositoryUsage | 'absent' | Refusal;
  imagesMax: number | undefined;
  preview: LifecyclePreview | Refusal;
  /** What was done, in order. */
  readonly done: string[];
}

export function playedEcr(): PlayedEcr {
  return {
    putRefusal: undefined,
    isLost: false,
    removal: 'gone',
    usage: { images: 3, bytes: 3000, lastPushedAt: '2026-09-01T10:00:00.000Z', complete: true },
    imagesMax: 100_000,
    preview: { observedAt: '2026-09-01T12:00:00.000Z', images: 1, bytes: 1000, complete: true, items: [{ digest: 'sha256:00', tags: [], pushedAt: '2026-08-01T10:00:00.000Z', bytes: 1000, rulePriority: 1 }] },
    done: [],
  };
}

/** The function `images` on a played ECR: its own way of settling, on the real store. */
export function createPlayedWorker(ecr: PlayedEcr, store: Store, now: () => number): ImageWorker {
  const at = <T>(told: string, value: T): Promise<T> => {
    ecr.done.push(told);
    return Promise.resolve(value);
  };
  const images: Pick<Images, 'put' | 'remove' | 'setReplication' | 'putCacheRule' | 'removeCacheRule'> = {
    put: (_session, { name, made }) => at(`put ${name}`, ecr.putRefusal === undefined ? { made: { ...made, exists: true } } : { made, refusal: ecr.putRefusal }),
    remove: (_session, { name, asked }) => at(`remove ${name}${asked.force === true ? ' by force' : ''}`, ecr.removal),
    setReplication: (_session, { name }) => at(`replicate ${name}`, 'set' as const),
    putCacheRule: (_session, { prefix }) => at(`cache ${prefix}`, { ours: true }),
    removeCacheRule: (_session, prefix) => at(`no cache ${prefix}`, 'gone' as const),
  };
  const world = { clock: { now }, store, images, accounts: { actOnImages: () => Promise.resolve({}) } } as unknown as Ports;
  const answer = async (task: ImageTask): Promise<unknown> => {
    if (task.task === 'preview') return ecr.preview;
    if (task.task === 'look') {
      const { usage, imagesMax } = ecr;
      if (typeof usage === 'object' && 'kind' in usage) return usage;
      return { observedAt: new Date(now()).toISOString(), repositories: Object.fromEntries(task.names.map((name) => [name, usage])), ...(imagesMax === undefined ? {} : { imagesMax }) };
    }
    if (ecr.isLost) return { kind: 'Refusal', code: 'account-unreachable', detail: 'No answer.' } satisfies Refusal;
    return settleRepository(world, task.address);
  };
  return { ask: answer as ImageWorker['ask'] };
}
