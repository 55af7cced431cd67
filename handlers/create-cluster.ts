import { requestUnderProfile } from '../domain/change-under-profile.ts';
import { teamOf } from '../domain/caller.ts';
import { draftCluster } from '../domain/draft-cluster.ts';
import { namedRoles } from '../domain/named-roles.ts';
import { askedActions } from '../domain/policies/asked-actions.ts';
import { planCreation } from '../domain/plan-creation.ts';
import { toldByPlaces } from '../domain/profile-paths.ts';
import { isRefusal, refuse } from '../domain/refusal.ts';
import { CreateCluster } from '../domain/requests.ts';
import { OperationView } from '../domain/view.ts';
import { withKnownActions } from './actions-asked.ts';
import { refusedSettings } from './addon-settings.ts';
import { accountToWorkIn, beginWork, refusedByFreeze } from './begin-work.ts';
import { questionFor } from './creation-question.ts';
import { withNamedRoles } from './named-roles-asked.ts';
import { profileNamed } from './profile-reached.ts';
import { route } from './route.ts';
import { withZones } from './hosted-zones-asked.ts';

/** Asks for a cluster with its node groups and add-ons. */
export const createCluster = route({
  method: 'POST',
  path: '/v1/clusters',
  access: 'operate',
  summary: 'Create a cluster',
  body: CreateCluster,
  answers: { 202: { description: 'The operation that creates it.', schema: OperationView } },
  refusals: [
    'frozen',
    'account-not-registered',
    'account-not-verified',
    'account-unreachable',
    'role-lacks-actions',
    'region-not-registered',
    'team-not-allowed',
    'cluster-exists',
    'version-not-offered',
    'version-not-the-clusters',
    'addon-not-offered',
    'ami-type-not-offered',
    'subnets-not-found',
    'subnets-in-one-zone',
    'subnets-in-two-vpcs',
    'subnet-zone-not-supported',
    'subnets-short-of-addresses',
    'role-not-passable',
    'zone-not-allowed',
    'profile-not-found',
    'rules-broken',
  ],
  async run(ask, ports) {
    const { accountId, region, name } = ask.body;
    const team = teamOf(ask.caller, ask.body.team);
    if (isRefusal(team)) return team;
    const account = await accountToWorkIn(ask, ports, accountId, region);
    if (isRefusal(account)) return account;
    const frozen = await refusedByFreeze(ports);
    if (frozen !== undefined) return frozen;
    const namesake = await ports.store.clusterNamed(accountId, region, name);
    if (namesake !== undefined) return refuse('cluster-exists', `There is a cluster ${name} in ${accountId}, ${region} already.`);
    const bundle = ask.body.profile === undefined ? undefined : await profileNamed(ask, ports, ask.body.profile);
    if (isRefusal(bundle)) return bundle;
    const asked = bundle === undefined ? undefined : requestUnderProfile(ask.body, bundle, team.team);
    if (isRefusal(asked)) return asked;
    const request = asked?.request ?? ask.body;
    const draft = draftCluster(request, { clusterId: ports.ids.clusterId(ask.nowMs), ...team, by: ask.caller.sub, now: ask.now });
    const facts = await ports.observer.observe(questionFor(draft));
    if (isRefusal(facts)) return facts;

    const vpcId = facts.subnets.find(({ subnetId }) => draft.subnetIds.includes(subnetId))?.vpcId;
    const planned = await withZones(planCreation({ cluster: draft, account, facts, now: ask.now }), ports, draft, account, vpcId);
    const withRoles = await withNamedRoles(planned, ports, draft, account, namedRoles(draft));
    const plan = await withKnownActions(withRoles, ports, draft, askedActions(draft));

    const refused = isRefusal(plan) ? plan : await refusedSettings(ports, draft, plan, []);
    if (refused !== undefined) return toldByPlaces(refused, asked?.joined);
    // Nobody can get in before the steps that let them in, see domain/access-after.ts.
    return beginWork(ask, ports, { kind: 'create-cluster', after: { ...draft, access: [], ...(bundle === undefined || asked === undefined ? {} : { profile: { name: bundle.name, version: bundle.version }, own: asked.joined.own }) }, plan, request });
  },
});
