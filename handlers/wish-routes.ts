import * as z from 'zod';
import { changeUnderProfile } from '../domain/change-under-profile.ts';
import type { Cluster } from '../domain/cluster.ts';
import { partStates, type PartState } from '../domain/parts/part-states.ts';
import { same } from '../domain/json-equal.ts';
import type { PartKind } from '../domain/parts/resource.ts';
import { isRefusal, refuse, type RefusalCode } from '../domain/refusal.ts';
import { PageQuery, ReasonQuery, type ChangeCluster } from '../domain/requests.ts';
import { ClusterView, OperationView, pageOf as pageSchema, PartView } from '../domain/view.ts';
import type { Wanted } from '../domain/wanted.ts';
import { resource, type Outcome } from './answers.ts';
import { beginChange } from './begin-change.ts';
import { notFound } from './not-found.ts';
import { pageAsked, pageIn, pageOf } from './paging.ts';
import { profileAfter, underPlaces } from './profile-reached.ts';
import { clusterToRead, clusterToWorkOn } from './reach.ts';
import type { RouteDefinition, VariablesOf } from './route.ts';

/** Members of a cluster's wishes that are lists, whose entries have routes of their own. */
export type ListedWish = { [Member in keyof Wanted]-?: NonNullable<Wanted[Member]> extends readonly unknown[] ? Member : never }[keyof Wanted];

export interface WishRoutes<Member extends ListedWish, Wish extends z.ZodType, One extends string> {
  readonly member: Member;
  readonly part: PartKind;
  /** What one is called in a sentence. */
  readonly noun: string;
  readonly wish: Wish;
  readonly path: `/v1/clusters/{clusterId}/${string}`;
  /** The path of one: `{list}/{variables that name it}`. */
  readonly onePath: One;
  /** The part's name of a wish, and of a path's variables. */
  readonly nameOfWish: (wish: z.output<Wish>) => string;
  readonly nameOfPath: (params: Readonly<Record<VariablesOf<One>, string>>) => string;
}

const REFUSALS: readonly RefusalCode[] = ['not-found', 'team-not-allowed', 'generation-mismatch', 'operation-in-progress', 'frozen', 'cluster-not-active', 'cluster-not-in-account', 'account-unreachable', 'role-lacks-actions', 'role-not-passable', 'rules-broken'];

/** The four routes of a list of wishes: they read the cluster's record, and change it as `PATCH` with the whole new list does. */
export function wishRoutes<Member extends ListedWish, Wish extends z.ZodType, const One extends `/v1/clusters/{clusterId}/${string}`>(of: WishRoutes<Member, Wish, One>) {
  const { member, noun, wish, path, onePath, nameOfWish, nameOfPath } = of;
  const View = z.strictObject({ ...PartView.shape, asked: wish.optional().meta({ description: 'As it was asked for; absent while it is being taken away.' }) });

  const list: RouteDefinition<typeof path, typeof PageQuery, z.ZodType> = {
    method: 'GET',
    path,
    access: 'read',
    summary: `List the ${noun}s of a cluster`,
    query: PageQuery,
    answers: { 200: { description: `A page of ${noun}s, each with its state.`, schema: pageSchema(View) } },
    refusals: ['not-found'],
    async run(ask, ports) {
      const page = pageAsked(ask);
      if ('kind' in page) return page;
      const cluster = await clusterToRead(ask, ports, ask.params['clusterId'] ?? '');
      if (isRefusal(cluster)) return cluster;
      return pageOf(ask, pageIn(statesOf(cluster, of), 'name', page), (item) => item);
    },
  };

  const get: RouteDefinition<One, z.ZodType<Record<string, never>>, z.ZodType> = {
    method: 'GET',
    path: onePath,
    access: 'read',
    summary: `Read a ${noun}`,
    answers: { 200: { description: `The ${noun}, with its state. Its ETag is its cluster's.`, schema: View } },
    refusals: ['not-found'],
    async run(ask, ports) {
      const cluster = await clusterToRead(ask, ports, clusterIdOf(ask.params));
      if (isRefusal(cluster)) return cluster;
      const found = statesOf(cluster, of).find(({ name }) => name === nameOfPath(ask.params));
      return found === undefined ? notFound() : resource(found, cluster.generation);
    },
  };

  const add: RouteDefinition<typeof path, z.ZodType<Record<string, never>>, Wish> = {
    method: 'POST',
    path,
    access: 'operate',
    summary: `Ask for a ${noun}`,
    body: wish,
    answers: { 200: { description: 'The cluster with it, where it was there already.', schema: ClusterView }, 202: { description: 'The operation that makes it.', schema: OperationView } },
    refusals: [...REFUSALS, 'nothing-to-change', 'part-exists'],
    async run(ask, ports) {
      const before = await clusterToWorkOn(ask, ports, ask.params['clusterId'] ?? '');
      if (isRefusal(before)) return before;
      const name = nameOfWish(ask.body);
      const own = ownWishes(before, member);
      if (own.some((other) => nameOfWish(other as z.output<Wish>) === name)) {
        return refuse('part-exists', `The cluster has a ${noun} ${name} already.`, { remedy: `Take it away first, or send the whole new list: PATCH /v1/clusters/${before.clusterId} {"${member}": [...]}.` });
      }
      return underOwnPaths(await changeList(ask, ports, before, of, [...own, ask.body]), `${member}.${own.length}.`);
    },
  };

  const remove: RouteDefinition<One, typeof ReasonQuery, z.ZodType> = {
    method: 'DELETE',
    path: onePath,
    access: 'operate',
    summary: `Take a ${noun} away`,
    query: ReasonQuery,
    answers: { 200: { description: 'The cluster without it, where nothing of it had been made.', schema: ClusterView }, 202: { description: 'The operation that takes it away.', schema: OperationView } },
    refusals: [...REFUSALS, 'nothing-to-change', 'part-of-profile'],
    async run(ask, ports) {
      const before = await clusterToWorkOn(ask, ports, clusterIdOf(ask.params));
      if (isRefusal(before)) return before;
      const name = nameOfPath(ask.params);
      if (!statesOf(before, of).some((found) => found.name === name)) return notFound();
      const own = ownWishes(before, member);
      const left = own.filter((other) => nameOfWish(other as z.output<Wish>) !== name);
      if (before.profile !== undefined && left.length === own.length) {
        return refuse('part-of-profile', `The ${noun} ${name} came with the profile ${before.profile.name}@${before.profile.version}.`, { remedy: 'Write a version of the profile without it, or take the profile away: PATCH {"profile": null}.' });
      }
      return changeList(ask, ports, before, of, left, ask.query.reason);
    },
  };

  return { list, get, add, remove };
}

type Listed = Pick<WishRoutes<ListedWish, z.ZodType, never>, 'member' | 'part' | 'noun'> & { readonly nameOfWish: (wish: never) => string };

/** Each of a cluster's wishes of a kind with its state; those that are going among them. */
function statesOf(cluster: Cluster, { member, part, nameOfWish }: Listed): (PartState & { readonly asked?: unknown })[] {
  const asked = new Map((cluster.wanted?.[member] ?? []).map((wish) => [nameOfWish(wish as never), wish]));
  const planned = new Set((cluster.planned ?? []).map(({ partName }) => partName));
  // What several of a kind share is no item of the list.
  const states = partStates(cluster).filter((state) => state.part === part && (asked.has(state.name) || !planned.has(state.name)));
  return states.map((state) => ({ ...state, ...(asked.has(state.name) ? { asked: asked.get(state.name) } : {}) }));
}

/** What the cluster itself was asked for: what came with a profile is not among it. */
function ownWishes(cluster: Cluster, member: ListedWish): readonly unknown[] {
  return (cluster.own === undefined ? cluster.wanted?.[member] : cluster.own[member]) ?? [];
}

async function changeList(ask: Parameters<typeof beginChange>[0], ports: Parameters<typeof beginChange>[1], before: Cluster, { member, noun }: Listed, wishes: readonly unknown[], reason?: string) {
  const profile = await profileAfter(ask, ports, before.profile, undefined);
  if (isRefusal(profile)) return profile;
  const changed = changeUnderProfile({ before, change: { [member]: wishes } as ChangeCluster, profile });
  if (isRefusal(changed)) return changed;
  const outcome = underPlaces(await beginChange(ask, ports, { before, after: changed.after, change: changed.effective, reason }), changed.joined);
  return outcome.kind === 'Answer' && outcome.status === 200 && same(before.wanted ?? {}, changed.after.wanted ?? {}) ? refuse('nothing-to-change', `The ${noun} is as asked already.`) : outcome;
}

/** The errors of one that was sent by itself, without its place in the list that it was put into. */
function underOwnPaths(outcome: Outcome, place: string): Outcome {
  if (outcome.kind !== 'Refusal' || outcome.errors === undefined) return outcome;
  return { ...outcome, errors: outcome.errors.map((error) => ({ ...error, path: error.path.startsWith(place) ? error.path.slice(place.length) : error.path })) };
}

function clusterIdOf(params: Readonly<Record<string, string>>): string {
  return params['clusterId'] ?? '';
}
