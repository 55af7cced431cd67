import type { Ports } from '../aws/ports.ts';
import { absentCluster } from '../domain/absent-cluster.ts';
import { changeUnderProfile } from '../domain/change-under-profile.ts';
import type { Cluster } from '../domain/cluster.ts';
import type { Plan } from '../domain/plan.ts';
import { toldByPlaces } from '../domain/profile-paths.ts';
import { writtenProfile, type Profile } from '../domain/profile.ts';
import { isRefusal, type Refusal } from '../domain/refusal.ts';
import { DifferenceQuery } from '../domain/requests.ts';
import { DifferenceView, pageOf as pageSchema } from '../domain/view.ts';
import { changeQuestion } from './cluster-questions.ts';
import { labelOf } from './label-of.ts';
import { pageAsked, pageOf } from './paging.ts';
import { planChange } from './plan-change.ts';
import { profileToRead, refusedOne } from './profile-reached.ts';
import { route } from './route.ts';

/** What applying a profile would do to each of the clusters with a label. Nothing is changed. */
export const profileDifference = route({
  method: 'GET',
  path: '/v1/profiles/{profileName}/difference',
  access: 'read',
  summary: 'Show what a profile would change',
  query: DifferenceQuery,
  answers: { 200: { description: 'A page of clusters, each with the steps that applying it would take.', schema: pageSchema(DifferenceView) } },
  refusals: ['not-found'],
  async run(ask, ports) {
    const page = pageAsked(ask);
    if ('kind' in page) return page;
    const profile = await profileToRead(ask, ports, ask.params.profileName, ask.query.version);
    if (isRefusal(profile)) return profile;
    const { team } = ask.caller;
    const found = await ports.store.listClusters({ ...(team === undefined ? {} : { team }), label: labelOf(ask.query.label) }, page);
    const items = await Promise.all(found.items.map((cluster) => differenceFor(ports, cluster, profile, ask.now)));
    return pageOf(ask, { ...found, items }, (item) => item);
  },
});

async function differenceFor(ports: Ports, before: Cluster, profile: Profile, now: string) {
  const of = { clusterId: before.clusterId, name: before.name, ...(before.profile === undefined ? {} : { from: writtenProfile(before.profile) }), to: writtenProfile(profile) };
  const plan = await planUnder(ports, before, profile, now);
  if (isRefusal(plan)) return { ...of, unchanged: false, steps: [], findings: [], refused: refusedOne(plan) };
  const steps = plan.hops.flatMap((hop) => hop.steps).map(({ id, title, kind, reason }) => ({ id, title, kind, reason }));
  return { ...of, unchanged: steps.length === 0, steps, findings: plan.findings.map(({ code, severity, subject, detail, remedy, hop }) => ({ code, severity, subject, detail, remedy, hop })) };
}

async function planUnder(ports: Ports, before: Cluster, profile: Profile, now: string): Promise<Plan | Refusal> {
  const changed = changeUnderProfile({ before, change: {}, profile });
  if (isRefusal(changed)) return changed;
  const facts = await ports.observer.observe(changeQuestion(changed.after));
  if (isRefusal(facts)) return facts;
  if (facts === 'absent') return absentCluster(before);
  const plan = await planChange(ports, { before, after: changed.after, facts, now });
  return isRefusal(plan) ? toldByPlaces(plan, changed.joined) : plan;
}
