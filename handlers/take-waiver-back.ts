import { isRefusal } from '../domain/refusal.ts';
import { ReasonQuery } from '../domain/requests.ts';
import { GONE } from './answers.ts';
import { notFound } from './not-found.ts';
import { clusterToChange, staleFor } from './reach.ts';
import { route } from './route.ts';
import { WAIVER_GENERATION } from './waiver-generation.ts';

/** Takes a waiver back: its finding blocks again from the next look on. Who did so, and why, stays with the waiver on the record. */
export const takeWaiverBack = route({
  method: 'DELETE',
  path: '/v1/clusters/{clusterId}/waivers/{waiverId}',
  access: 'approve',
  summary: 'Take a waiver back',
  query: ReasonQuery,
  answers: { 204: { description: 'It counts no more, and is listed with `?withdrawn=true`.' } },
  refusals: ['not-found', 'team-not-allowed', 'generation-mismatch'],
  async run(ask, ports) {
    const { store, log } = ports;
    const cluster = await clusterToChange({ caller: ask.caller, ifMatch: undefined }, ports, ask.params.clusterId);
    if (isRefusal(cluster)) return cluster;
    const waiver = (await store.waivers(cluster.clusterId, ask.nowMs)).find(({ waiverId }) => waiverId === ask.params.waiverId);
    if (waiver === undefined) return notFound();
    const stale = staleFor(ask, WAIVER_GENERATION);
    if (stale !== undefined) return stale;

    const { reason } = ask.query;
    const withdrawn = { ...waiver, withdrawnAt: ask.now, withdrawnBy: ask.caller.sub, ...(reason === undefined ? {} : { withdrawnReason: reason }) };
    if ((await store.withdrawWaiver(withdrawn)) === 'absent') return notFound();
    const { waiverId, code, subject, owner, by } = waiver;
    log.warn('A waiver was taken back', { requestId: ask.requestId, cluster: cluster.clusterId, account: cluster.accountId, waiver: waiverId, code, subject, owner, givenBy: by, caller: ask.caller.sub, reason: reason ?? 'none given' });
    return GONE;
  },
});
