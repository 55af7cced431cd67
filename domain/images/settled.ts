import type { Refusal } from '../refusal.ts';
import type { Repository, RepositoryMade } from './repository.ts';

/** What becomes of a repository whose change has come to its end: the record, or `forget` where nothing was made and nothing is left. */
export function settled(before: Repository, made: RepositoryMade, refusal: Refusal | undefined): Repository | 'forget' {
  const { message: _message, ...rest } = before;
  const revision = before.revision + 1;
  if (refusal === undefined) return { ...rest, made, state: 'Active', revision };
  // A first ask that came to nothing leaves no name behind; its answer says why.
  if (!made.exists && before.generation === 1 && made.cacheRule === undefined) return 'forget';
  return { ...rest, made, state: 'Failed', message: `${refusal.detail}${refusal.remedy === undefined ? '' : ` ${refusal.remedy}`}`, revision };
}

/** A deletion that ECR said no to: it stands as it stood. */
export function notDeleted(before: Repository, refusal: Refusal): Repository {
  const { message: _message, ...rest } = before;
  return { ...rest, state: refusal.code === 'repository-not-empty' ? 'Active' : 'Failed', ...(refusal.code === 'repository-not-empty' ? {} : { message: refusal.detail }), revision: before.revision + 1 };
}
