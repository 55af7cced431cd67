import type { LifecyclePolicy } from '../../domain/images/lifecycle-policy.ts';
import type { LifecyclePreview } from '../../domain/images/preview.ts';
import type { Repository, RepositoryAddress, RepositoryMade } from '../../domain/images/repository.ts';
import type { RegistryLook } from '../../domain/images/usage.ts';
import type { Refusal } from '../../domain/refusal.ts';
import type { Session } from './account-access.ts';

/** Repositories of images in an account. Refusals are of ECR and of the account's role; faults are thrown, and then it is not known what was done. */
export interface Images {
  /** Brings the repository to what is wished of it. What was made tells how far it came, refused or not. */
  put(session: Session, repository: Repository): Promise<{ readonly made: RepositoryMade; readonly refusal?: Refusal }>;
  /** Deletes it, if it is ours; with `force` also with images in it. */
  remove(session: Session, repository: Repository): Promise<'gone' | Refusal>;
  /** Leads the registry's replication of the repository where it is wished, and takes back where it was led before. */
  setReplication(session: Session, repository: Repository): Promise<'set' | Refusal>;
  /** Makes the cache rule that is wished, or leaves one that says the same. `ours`: this call made it. */
  putCacheRule(session: Session, rule: NonNullable<Repository['wanted']['pullThrough']>): Promise<{ readonly ours: boolean } | Refusal>;
  removeCacheRule(session: Session, prefix: string): Promise<'gone' | Refusal>;
  /** At most `pagesMax` pages of 1,000 images of each repository are looked at. */
  look(session: Session, names: readonly string[], pagesMax: number): Promise<Omit<RegistryLook, 'observedAt'> | Refusal>;
  /** What the policy would expire, as ECR says; changes nothing. */
  preview(session: Session, repository: RepositoryAddress, policy: LifecyclePolicy): Promise<Omit<LifecyclePreview, 'observedAt'> | Refusal>;
}

/** What the front door asks of the function that works on images in accounts. */
export type ImageTask =
  | { readonly task: 'settle'; readonly address: RepositoryAddress }
  | { readonly task: 'look'; readonly accountId: string; readonly region: string; readonly names: readonly string[]; readonly pagesMax: number }
  | { readonly task: 'preview'; readonly address: RepositoryAddress; readonly policy: LifecyclePolicy; readonly by: string };

export interface ImageAnswers {
  /** `gone`: it was to be deleted, and is. */
  settle: Repository | 'gone';
  look: RegistryLook;
  preview: LifecyclePreview;
}

export interface ImageWorker {
  /** What came of it, or why it did not; `account-unreachable` when nothing was heard within 20 s. */
  ask<T extends ImageTask>(task: T): Promise<ImageAnswers[T['task']] | Refusal>;
}
