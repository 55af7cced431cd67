import type { Ports } from '../aws/ports.ts';
import { changeUnderProfile } from '../domain/change-under-profile.ts';
import type { Cluster } from '../domain/cluster.ts';
import { mayActIn } from '../domain/caller.ts';
import type { Profile } from '../domain/profile.ts';
import { isRefusal, type Refusal } from '../domain/refusal.ts';
import { ApplyProfile, PROFILE_CLUSTERS_MAX } from '../domain/requests.ts';
import { AppliedView } from '../domain/view.ts';
import { ok, type Outcome } from './answers.ts';
import { beginChange } from './begin-change.ts';
import { labelOf } from './label-of.ts';
import { profileToRead, refusedOne, underPlaces } from './profile-reached.ts';
import { route, type Ask } from './route.ts';

/**
 * Applies a profile to the clusters with a label, an operation each. A repeat is harmless: what has the version already, or is at work, is told
 * so. More clusters than one ask concerns are named by `next`.
 */
export const applyProfile = route({
  method: 'POST',
  path: '/v1/profiles/{profileName}/apply',
  access: 'operate',
  summary: 'Apply a profile to clusters by label',
  body: ApplyProfile,
  answers: { 200: { description: 'What became of each cluster: an operation, nothing to change, or why not.', schema: AppliedView } },
  refusals: ['not-found'],
  async run(ask, ports) {
    const { label, version, reason, after } = ask.body;
    const profile = await profileToRead(ask, ports, ask.params.profileName, version);
    if (isRefusal(profile)) return profile;
    const { team } = ask.caller;
    const found = await ports.store.listClusters({ ...(team === undefined ? {} : { team }), label: labelOf(label) }, { limit: PROFILE_CLUSTERS_MAX, ...(after === undefined ? {} : { after: { id: after } }) });
    const items = await Promise.all(found.items.map(async (cluster) => ({ clusterId: cluster.clusterId, name: cluster.name, ...told(await applyTo(ask, ports, cluster, profile, reason)) })));
    ports.log.info('A profile was applied', { requestId: ask.requestId, profile: profile.name, version: profile.version, label, reason, caller: ask.caller.sub, clusters: items.length });
    const answer = ok({ items, next: found.next?.['id'] ?? null });
    const remembered = ask.remember(answer);
    const written = remembered === undefined ? undefined : await ports.store.rememberAnswer(remembered);
    return written?.kind === 'answered' ? written : answer;
  },
});

async function applyTo(ask: Pick<Ask, 'caller' | 'now' | 'nowMs' | 'requestId'>, ports: Ports, before: Cluster, profile: Profile, reason: string): Promise<Outcome | Refusal> {
  const refused = ask.caller.team === undefined ? undefined : mayActIn(ask.caller, await ports.store.account(before.accountId), before.accountId);
  if (refused !== undefined) return refused;
  const changed = changeUnderProfile({ before, change: {}, profile });
  if (isRefusal(changed)) return changed;
  // The answer is remembered once, for all clusters together.
  return underPlaces(await beginChange({ ...ask, remember: () => undefined }, ports, { before, after: changed.after, change: changed.effective, reason }), changed.joined);
}

function told(outcome: Outcome | Refusal) {
  if (outcome.kind === 'Answer') return outcome.status === 202 ? { operation: (outcome.body as { id: string }).id } : { unchanged: true };
  if (outcome.kind === 'Refusal') return { refused: refusedOne(outcome) };
  return { refused: { code: 'contended', detail: 'The cluster changed while it was looked at. Ask again.' } };
}
