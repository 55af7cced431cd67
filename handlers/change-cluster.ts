import { teamOf } from '../domain/caller.ts';
import type { Cluster } from '../domain/cluster.ts';
import { changeUnderProfile, concernsParts } from '../domain/change-under-profile.ts';
import { changedCluster } from '../domain/draft-cluster.ts';
import { isRefusal } from '../domain/refusal.ts';
import { ChangeCluster } from '../domain/requests.ts';
import { ClusterView, OperationView } from '../domain/view.ts';
import { beginChange, changeRecord } from './begin-change.ts';
import { profileAfter, underPlaces } from './profile-reached.ts';
import { clusterToChange } from './reach.ts';
import { route } from './route.ts';

/** Changes a cluster. Labels, team and maintenance policy are ours and change at once; what EKS must carry out is an operation. */
export const changeCluster = route({
  method: 'PATCH',
  path: '/v1/clusters/{clusterId}',
  access: 'operate',
  summary: 'Change a cluster',
  body: ChangeCluster,
  answers: {
    200: { description: 'The cluster, when only labels, team or maintenance policy changed.', schema: ClusterView },
    202: { description: 'The operation, when EKS must carry the change out.', schema: OperationView },
  },
  refusals: ['not-found', 'team-not-allowed', 'generation-mismatch', 'operation-in-progress', 'frozen', 'cluster-not-active', 'cluster-not-in-account', 'nothing-to-change', 'profile-not-found', 'account-unreachable', 'role-lacks-actions', 'role-not-passable', 'addon-not-offered', 'zone-not-allowed', 'rules-broken'],
  async run(ask, ports) {
    const { reason, ...change } = ask.body;
    const before = await clusterToChange(ask, ports, ask.params.clusterId);
    if (isRefusal(before)) return before;
    const team = change.team === undefined ? { team: before.team } : teamOf(ask.caller, change.team);
    if (isRefusal(team)) return team;
    const profile = concernsParts(change) ? await profileAfter(ask, ports, before.profile, change.profile) : undefined;
    if (isRefusal(profile)) return profile;
    const changed = concernsParts(change) ? changeUnderProfile({ before, change, profile }) : { after: changedCluster(before, change), effective: change, joined: undefined };
    if (isRefusal(changed)) return changed;
    const { team: _team, ...same } = changed.after;
    const after: Cluster = { ...same, ...(team.team === undefined ? {} : { team: team.team }) };

    if (isOursAlone(change)) return changeRecord(ask, ports, { before, after, reason });

    return underPlaces(await beginChange(ask, ports, { before, after, change: changed.effective, reason }), changed.joined);
  },
});

const OURS: ReadonlySet<string> = new Set(['labels', 'team', 'maintenancePolicy']);

/** Whether a change concerns nothing that EKS knows of. */
function isOursAlone(change: ChangeCluster): boolean {
  return Object.keys(change).every((member) => OURS.has(member));
}
