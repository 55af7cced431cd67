import { newWaiver } from '../domain/new-waiver.ts';
import { isRefusal, refuse } from '../domain/refusal.ts';
import { GiveWaiver } from '../domain/requests.ts';
import { WaiverView } from '../domain/view.ts';
import { viewWaiver } from '../domain/views.ts';
import { created } from './answers.ts';
import { notFound } from './not-found.ts';
import { clusterToChange } from './reach.ts';
import { route } from './route.ts';
import { WAIVER_GENERATION } from './waiver-generation.ts';

/** Lets a blocking finding of a cluster pass for a while, for upgrades that another asks for. */
export const giveWaiver = route({
  method: 'POST',
  path: '/v1/clusters/{clusterId}/waivers',
  access: 'approve',
  summary: 'Let a blocking finding of a cluster pass for a while',
  body: GiveWaiver,
  answers: { 201: { description: 'The waiver.', schema: WaiverView } },
  refusals: ['not-found', 'team-not-allowed', 'generation-mismatch', 'finding-not-waivable', 'rules-broken', 'too-many-waivers'],
  async run(ask, ports) {
    const { store, ids, log } = ports;
    const cluster = await clusterToChange(ask, ports, ask.params.clusterId);
    if (isRefusal(cluster)) return cluster;

    const waiver = newWaiver(ask.body, { id: ids.waiverId(ask.nowMs), clusterId: cluster.clusterId, caller: ask.caller, now: ask.nowMs });
    if (isRefusal(waiver)) return waiver;

    const answer = created(viewWaiver(waiver), WAIVER_GENERATION, `/v1/clusters/${cluster.clusterId}/waivers/${waiver.waiverId}`);
    const written = await store.addWaiver(waiver, ask.remember(answer));
    if (written.kind === 'answered') return written;
    if (written.kind === 'cluster-gone') return notFound();
    if (written.kind === 'too-many') return refuse('too-many-waivers', `The cluster has ${written.count} waivers already.`, { remedy: 'Mend what they are for, and take back those that are not needed any more.' });
    const { waiverId, code, subject, owner, reason, until, by } = waiver;
    log.warn('A waiver was given', { requestId: ask.requestId, cluster: cluster.clusterId, account: cluster.accountId, waiver: waiverId, code, subject, owner, reason, until, caller: by });
    return answer;
  },
});
