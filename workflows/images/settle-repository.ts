import { AccountUnreachable, type Ports, type RepositoryLine, type Session } from '../../aws/ports.ts';
import type { ImagePurpose } from '../../domain/images/permissions.ts';
import { repositoryId, type Repository, type RepositoryAddress, type RepositoryMade } from '../../domain/images/repository.ts';
import { notDeleted, settled } from '../../domain/images/settled.ts';
import { isRefusal, refuse, type Refusal } from '../../domain/refusal.ts';

/** Pages of 100 repositories that are looked through for others of a cache rule. */
const USERS_PAGES_MAX = 50;
const PAGE = 100;

/**
 * Brings a repository to what its record says that it shall be, and writes what became of it. Harmless to repeat from the beginning: every part of it looks first.
 * Thrown faults leave the record as it is, in `Changing` or `Deleting`, and the reconciler comes back.
 */
export async function settleRepository(world: Ports, address: RepositoryAddress): Promise<Repository | 'gone' | Refusal> {
  const repository = await world.store.repository(address);
  if (repository === undefined) return 'gone';
  if (repository.state === 'Active' || repository.state === 'Failed') return repository;
  return repository.state === 'Deleting' ? removed(world, repository) : put(world, repository);
}

async function put(world: Ports, repository: Repository): Promise<Repository | 'gone' | Refusal> {
  const first = await world.images.put(await sessionFor(world, repository, 'put-repository'), repository);
  let { made } = first;
  let { refusal } = first;
  if (refusal === undefined && concernsRegistry(repository)) {
    const registry = await holding(world, repository, () => setRegistry(world, { ...repository, made }));
    if (isRefusal(registry)) return registry;
    ({ made, refusal } = registry);
  }
  const after = settled(repository, made, refusal);
  return write(world, repository, after === 'forget' ? undefined : after, refusal);
}

async function removed(world: Ports, repository: Repository): Promise<Repository | 'gone' | Refusal> {
  const gone = repository.made.exists ? await world.images.remove(await sessionFor(world, repository, 'delete-repository'), repository) : 'gone';
  if (isRefusal(gone)) return write(world, repository, notDeleted(repository, gone), gone);
  if (concernsRegistry(repository)) {
    const registry = await holding(world, repository, () => setRegistry(world, repository));
    if (isRefusal(registry)) return registry;
    if (registry.refusal !== undefined) return write(world, repository, notDeleted({ ...repository, made: registry.made }, registry.refusal), registry.refusal);
  }
  return write(world, repository, undefined, undefined);
}

/** Whether anything of the registry's own settings is wished, or was made. */
function concernsRegistry({ wanted, made }: Repository): boolean {
  return wanted.replicateTo.length > 0 || made.replicateTo.length > 0 || wanted.pullThrough !== undefined || made.cacheRule !== undefined;
}

/** A registry's settings are read, changed and written as a whole, so that two of us at the same time would undo each other. */
async function holding<T>(world: Ports, repository: Repository, work: () => Promise<T>): Promise<T | Refusal> {
  const holder = repositoryId(repository);
  if (!(await world.store.holdRegistry(repository, holder, world.clock.now()))) {
    return refuse('registry-busy', `The registry of ${repository.accountId}, ${repository.region} is being changed for another repository.`, { remedy: 'It is gone on with by itself within minutes; ask again to have it sooner.' });
  }
  try {
    return await work();
  } finally {
    await world.store.releaseRegistry(repository, holder);
  }
}

async function setRegistry(world: Ports, repository: Repository): Promise<{ made: RepositoryMade; refusal?: Refusal }> {
  const isGoing = repository.state === 'Deleting';
  const wanted = isGoing ? { ...repository.wanted, replicateTo: [], pullThrough: undefined } : repository.wanted;
  let { made } = repository;
  if (wanted.replicateTo.length > 0 || made.replicateTo.length > 0) {
    const set = await world.images.setReplication(await sessionFor(world, repository, 'set-replication'), repository);
    if (isRefusal(set)) return { made, refusal: set };
    made = { ...made, replicateTo: wanted.replicateTo };
  }
  const { cacheRule: before } = made;
  if (before !== undefined && before.prefix !== wanted.pullThrough?.prefix) {
    const { cacheRule: _gone, ...left } = made;
    const others = before.ours ? await othersOfRule(world, repository, before.prefix) : 'unknown';
    if (others !== 'unknown' && others.length === 0) {
      const gone = await world.images.removeCacheRule(await sessionFor(world, repository, 'set-cache-rules'), before.prefix);
      if (isRefusal(gone)) return { made, refusal: gone };
    }
    made = left;
  }
  if (wanted.pullThrough !== undefined) {
    const rule = await world.images.putCacheRule(await sessionFor(world, repository, 'set-cache-rules'), wanted.pullThrough);
    if (isRefusal(rule)) return { made, refusal: rule };
    const { prefix } = wanted.pullThrough;
    made = { ...made, cacheRule: { prefix, ours: rule.ours || made.cacheRule?.ours === true || (await isOursByOthers(world, repository, prefix)) } };
  }
  return { made };
}

/**
 * Other repositories of the registry that are cached by the rule. A rule stays while there are any, and is ours when it is one of theirs; `unknown` when there were
 * too many repositories to look through, and then it stays.
 */
async function othersOfRule(world: Ports, { accountId, region, name }: Repository, prefix: string): Promise<readonly Repository[] | 'unknown'> {
  const found: Repository[] = [];
  let after: Readonly<Record<string, string>> | undefined;
  for (let page = 0; page < USERS_PAGES_MAX; page += 1) {
    const { items, next } = await world.store.listRepositories({ accountId }, { limit: PAGE, ...(after === undefined ? {} : { after }) });
    found.push(...items.filter((other) => other.region === region && other.name !== name && (other.wanted.pullThrough?.prefix === prefix || other.made.cacheRule?.prefix === prefix)));
    if (next === undefined) return found;
    after = next;
  }
  return 'unknown';
}

async function isOursByOthers(world: Ports, repository: Repository, prefix: string): Promise<boolean> {
  const others = await othersOfRule(world, repository, prefix);
  return others !== 'unknown' && others.some(({ made }) => made.cacheRule?.prefix === prefix && made.cacheRule.ours);
}

function sessionFor(world: Ports, { accountId, region, name, asked }: Repository, purpose: ImagePurpose): Promise<Session> {
  return world.accounts.actOnImages({ accountId, region, name, purposes: [purpose], by: asked.by });
}

async function write(world: Ports, before: Repository, after: Repository | undefined, refusal: Refusal | undefined): Promise<Repository | 'gone' | Refusal> {
  const written = await world.store.changeRepository(before, after, lineOf(before, refusal, world.clock.now()));
  if (written === 'moved') {
    const now = await world.store.repository(before);
    return refusal ?? now ?? 'gone';
  }
  return refusal ?? after ?? 'gone';
}

function lineOf({ state }: Repository, refusal: Refusal | undefined, at: number): RepositoryLine {
  if (refusal !== undefined) return { type: 'Refused', message: `${refusal.code}: ${refusal.detail}`, at };
  return state === 'Deleting' ? { type: 'Deleted', message: 'The repository is gone.', at } : { type: 'Settled', message: 'The repository is as it was asked for.', at };
}

/** The words for an account that cannot be entered. */
export function unreachable(world: Ports, error: unknown): Refusal {
  if (!(error instanceof AccountUnreachable)) throw error;
  world.log.warn('account unreachable', { account: error.accountId, error: error.message });
  world.meter.count('AccountsUnreachable', 1);
  return refuse('account-unreachable', `Account ${error.accountId} could not be reached: ${error.message}`, {
    remedy: 'Check that the role exists with the trust policy of GET /v1/accounts/{accountId}, then POST /v1/accounts/{accountId}/verify. What was begun is brought to its end by itself.',
  });
}
