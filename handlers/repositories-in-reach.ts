import type { Ports } from '../aws/ports.ts';
import { mayActIn, sees } from '../domain/caller.ts';
import type { Repository } from '../domain/images/repository.ts';
import type { RegistryLook } from '../domain/images/usage.ts';
import { isRefusal, refuse, type Refusal } from '../domain/refusal.ts';
import { notFound } from './not-found.ts';
import { staleFor } from './reach.ts';
import type { Ask } from './route.ts';

interface Which {
  readonly accountId?: string | undefined;
  readonly region?: string | undefined;
}
type Asked = Pick<Ask, 'caller' | 'ifMatch'> & { readonly params: { readonly repositoryName: string }; readonly query: Which };

/** The repository of that name that the caller sees. In several accounts or regions the query must say which. */
export async function repositoryToRead({ caller, params, query }: Asked, { store }: Ports): Promise<Repository | Refusal> {
  const named = await store.repositoriesNamed(params.repositoryName);
  const [only, ...others] = named.filter((one) => sees(caller, one) && (query.accountId ?? one.accountId) === one.accountId && (query.region ?? one.region) === one.region);
  if (only === undefined) return notFound();
  if (others.length === 0) return only;
  const places = [only, ...others].map(({ accountId, region }) => `${accountId} in ${region}`).join(', ');
  return refuse('repository-ambiguous', `There is a repository ${params.repositoryName} in ${places}.`, { remedy: 'Say which with ?accountId= and ?region=.' });
}

export async function repositoryToChange(ask: Asked, reach: Ports): Promise<Repository | Refusal> {
  const repository = await repositoryToRead(ask, reach);
  if (isRefusal(repository)) return repository;
  const account = ask.caller.team === undefined ? undefined : await reach.store.account(repository.accountId);
  const refused = ask.caller.team === undefined ? undefined : mayActIn(ask.caller, account, repository.accountId);
  return refused ?? staleFor(ask, repository.generation) ?? repository;
}

/** Registries that are looked at at the same time. */
const REGISTRIES_AT_ONCE_MAX = 5;

/** What a look at the registries of these repositories shows, or why there was none, by `account/region`. */
export async function lookAtImages({ imageWorker }: Ports, repositories: readonly Repository[], pagesMax: number): Promise<Map<string, RegistryLook | { readonly unknown: string }>> {
  const byRegistry = [...Map.groupBy(repositories, registryOf)];
  const looks = new Map<string, RegistryLook | { readonly unknown: string }>();
  for (let start = 0; start < byRegistry.length; start += REGISTRIES_AT_ONCE_MAX) {
    await Promise.all(
      byRegistry.slice(start, start + REGISTRIES_AT_ONCE_MAX).map(async ([registry, [first, ...others]]) => {
        if (first === undefined) return;
        const { accountId, region } = first;
        const seen = await imageWorker.ask({ task: 'look', accountId, region, names: [first, ...others].map(({ name }) => name), pagesMax });
        looks.set(registry, isRefusal(seen) ? { unknown: seen.detail } : seen);
      }),
    );
  }
  return looks;
}

export function registryOf({ accountId, region }: Repository): string {
  return `${accountId}/${region}`;
}

/** A repository whose change has not come to its end takes no other. */
export function refusedWhileChanging({ name, asked }: Repository): Refusal {
  return refuse('repository-changing', `The repository ${name} is being changed since ${asked.at}, as ${asked.by} asked.`, { remedy: 'Ask for the same again to have it brought to its end, or wait: that is done by itself within minutes.' });
}
