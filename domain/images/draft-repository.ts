import { refuse, type Refusal } from '../refusal.ts';
import { lifecycleFaults } from './lifecycle-policy.ts';
import { nameFaults } from './names.ts';
import { NOTHING_MADE, type Destination, type LifecycleRules, type Repository, type RepositoryWish } from './repository.ts';
import type { ChangeRepository, CreateRepository } from './requests.ts';

/** Untagged images are what pushes leave behind: nobody pulls them by a name. */
export const DEFAULT_LIFECYCLE: LifecycleRules = { untaggedDays: 14 };

interface Asking {
  readonly team: string | undefined;
  /** The teams of the account. */
  readonly teams: readonly string[];
  readonly by: string;
  readonly now: string;
}

/** The record of a repository that is asked for, with what was left out filled in; or all that is wrong with it. */
export function draftRepository(asked: CreateRepository, { team, teams, by, now }: Asking): Repository | Refusal {
  const { accountId, region, name, encryption = { type: 'AES256' }, pullThrough, reason } = asked;
  const wanted: RepositoryWish = {
    immutability: asked.immutability ?? (pullThrough === undefined ? 'IMMUTABLE' : 'MUTABLE'),
    immutabilityExcept: asked.immutabilityExcept ?? [],
    scanOnPush: asked.scanOnPush ?? true,
    encryption,
    lifecycle: asked.lifecycle === undefined ? DEFAULT_LIFECYCLE : asked.lifecycle,
    pullAccounts: asked.pullAccounts ?? [],
    replicateTo: destinations(asked.replicateTo ?? [], accountId),
    ...(pullThrough === undefined ? {} : { pullThrough }),
  };
  const address = { accountId, region, name };
  const faults = [...nameFaults(address, team, teams), ...wishFaults(address, wanted)];
  if (faults.length > 0) return broken(faults);
  return {
    ...address,
    ...(team === undefined ? {} : { team }),
    wanted,
    made: NOTHING_MADE,
    state: 'Changing',
    asked: { by, at: now, ...(reason === undefined ? {} : { reason }) },
    createdAt: now,
    createdBy: by,
    generation: 1,
    revision: 1,
  };
}

/** The record with another wish; a field that is not there stays as it is. The same wish again brings a repository that was changed by others back to it. */
export function changedRepository(before: Repository, asked: ChangeRepository, { by, now }: Pick<Asking, 'by' | 'now'>): Repository | Refusal {
  const { reason, replicateTo, pullThrough, lifecycle, immutability, immutabilityExcept, scanOnPush, pullAccounts } = asked;
  const { pullThrough: cached, ...kept } = before.wanted;
  const cache = pullThrough === undefined ? cached : (pullThrough ?? undefined);
  const wanted: RepositoryWish = {
    ...kept,
    ...(immutability === undefined ? {} : { immutability }),
    ...(immutabilityExcept === undefined ? {} : { immutabilityExcept }),
    ...(scanOnPush === undefined ? {} : { scanOnPush }),
    ...(pullAccounts === undefined ? {} : { pullAccounts }),
    ...(lifecycle === undefined ? {} : { lifecycle }),
    ...(replicateTo === undefined ? {} : { replicateTo: destinations(replicateTo, before.accountId) }),
    ...(cache === undefined ? {} : { pullThrough: cache }),
  };
  const faults = wishFaults(before, wanted);
  if (faults.length > 0) return broken(faults);
  const { message: _message, ...rest } = before;
  return { ...rest, wanted, state: 'Changing', asked: { by, at: now, ...(reason === undefined ? {} : { reason }) }, generation: before.generation + 1, revision: before.revision + 1 };
}

function destinations(asked: readonly { readonly region: string; readonly accountId?: string | undefined }[], accountId: string): Destination[] {
  return asked.map((to) => ({ region: to.region, accountId: to.accountId ?? accountId }));
}

type Fault = { readonly path: string; readonly message: string };

function wishFaults({ accountId, region, name }: Pick<Repository, 'accountId' | 'region' | 'name'>, wanted: RepositoryWish): Fault[] {
  const { encryption, lifecycle, pullAccounts, replicateTo, pullThrough } = wanted;
  const targets = replicateTo.map((to) => `${to.accountId}/${to.region}`);
  return [
    // Source: ECR API reference, EncryptionConfiguration: the key is in the region of the repository.
    ...(encryption.kmsKeyArn === undefined || encryption.kmsKeyArn.split(':')[3] === region ? [] : [{ path: 'encryption.kmsKeyArn', message: `The key must be in ${region}` }]),
    ...(lifecycle === null ? [] : lifecycleFaults(lifecycle)),
    ...pullAccounts.flatMap((id, place) => (id === accountId ? [{ path: `pullAccounts.${place}`, message: 'The account of the repository needs no policy to pull' }] : pullAccounts.indexOf(id) < place ? [{ path: `pullAccounts.${place}`, message: 'Named twice' }] : [])),
    ...targets.flatMap((to, place) => (to === `${accountId}/${region}` ? [{ path: `replicateTo.${place}`, message: 'A registry is not replicated into itself' }] : targets.indexOf(to) < place ? [{ path: `replicateTo.${place}`, message: 'Named twice' }] : [])),
    ...(pullThrough === undefined ? [] : cacheFaults(name, accountId, region, pullThrough)),
  ];
}

/** Registries that ask for credentials. Source: ECR user guide, "Sync an upstream registry with an Amazon ECR private registry". */
const WITHOUT_CREDENTIALS: readonly string[] = ['public.ecr.aws', 'registry.k8s.io', 'quay.io'];

function cacheFaults(name: string, accountId: string, region: string, { prefix, upstreamRegistryUrl, credentialArn }: NonNullable<RepositoryWish['pullThrough']>): Fault[] {
  const [, , , secretRegion, secretAccount] = credentialArn?.split(':') ?? [];
  return [
    ...(name.startsWith(`${prefix}/`) ? [] : [{ path: 'pullThrough.prefix', message: `The name ${name} does not begin with ${prefix}/` }]),
    ...(credentialArn === undefined && !WITHOUT_CREDENTIALS.includes(upstreamRegistryUrl) ? [{ path: 'pullThrough.credentialArn', message: `${upstreamRegistryUrl} takes credentials: name the secret that holds them` }] : []),
    ...(credentialArn !== undefined && (secretRegion !== region || secretAccount !== accountId) ? [{ path: 'pullThrough.credentialArn', message: `The secret must be in ${accountId}, ${region}` }] : []),
  ];
}

function broken(errors: readonly Fault[]): Refusal {
  return refuse('rules-broken', `${errors[0]?.path ?? ''}: ${errors[0]?.message ?? ''}.`, { errors });
}
