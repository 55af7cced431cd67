import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import * as z from 'zod';
import { changeUnderProfile } from '../../domain/change-under-profile.ts';
import { ownAccessAfter } from '../../domain/changed-access.ts';
import { changedCluster } from '../../domain/draft-cluster.ts';
import { refuseBroken } from '../../domain/nodegroup-rules.ts';
import { wantedResources } from '../../domain/parts/wanted-resources.ts';
import { toldByPlaces } from '../../domain/profile-paths.ts';
import { joined, partsIn, profileErrors, type Profile, type ProfileParts } from '../../domain/profile.ts';
import { isRefusal, type Refusal } from '../../domain/refusal.ts';
import { ChangeCluster } from '../../domain/requests.ts';
import { wishes, type Wanted } from '../../domain/wanted.ts';
import { ADDONS, cluster, SUBNETS } from './worlds.ts';

const role = (name: string) => `arn:aws:iam::{accountId}:role/${name}`;
const PROFILE: Profile = {
  name: 'web',
  version: 2,
  parts: { podIdentities: [{ namespace: 'shop', serviceAccount: 'cart', roleArn: role('eks-cart') }], access: [{ principalArn: role('platform'), role: 'admin' }] },
  createdAt: '2026-10-05T09:00:00.000Z',
  createdBy: 'ada',
};
const here = (name: string) => `arn:aws:iam::111111111111:role/${name}`;

describe('a refusal of what a profile and a cluster ask for together', () => {
  const theirs: ProfileParts = { access: [{ principalArn: here('a'), role: 'admin' }, { principalArn: here('b'), role: 'admin' }, { principalArn: here('c'), role: 'admin' }], traffic: { controller: 'auto-mode' }, dns: { hostedZoneIds: ['Z1'] } };
  const own: ProfileParts = { access: [{ principalArn: here('b'), role: 'viewer' }, { principalArn: here('x'), role: 'viewer' }], podIdentities: [], dns: { hostedZoneIds: ['Z2'] } };
  const told = (...paths: readonly string[]): Refusal => {
    const refused = refuseBroken(paths.map((path) => ({ path, message: 'Not so' })));
    assert.ok(refused !== undefined);
    return toldByPlaces(refused, { profile: PROFILE, theirs, own });
  };

  it('points into what was sent, and names the profile for what is the profile\'s', () => {
    // Joined: a and c of the profile, then b and x of the cluster.
    const paths = ['access.0.role', 'access.1', 'access.2', 'access.3.namespaces', 'access', 'traffic.controller', 'dns.hostedZoneIds.0', 'podIdentities.0.serviceAccount', 'resourcesVpcConfig.subnetIds', 'addons.0'];
    assert.deepEqual(told(...paths).errors?.map(({ path }) => path), [
      'profile web@2: access.0.role',
      'profile web@2: access.2',
      'access.0',
      'access.1.namespaces',
      'access',
      'profile web@2: traffic.controller',
      'dns.hostedZoneIds.0',
      'podIdentities.0.serviceAccount',
      'resourcesVpcConfig.subnetIds',
      'addons.0',
    ]);
  });

  it('says the same in its sentence, each path once', () => {
    assert.equal(told('access.2', 'access.0', 'access.3').detail, 'The request breaks 3 rules: access.0: Not so; profile web@2: access.0: Not so; access.1: Not so.');
  });

  it('is as it was where there is no profile', () => {
    const refused = refuseBroken([{ path: 'access.0', message: 'Not so' }]);
    assert.ok(refused !== undefined);
    assert.equal(toldByPlaces(refused, undefined), refused);
  });
});

describe('one entry of the access of a cluster with a profile', () => {
  const access = ['a', 'b'].map((name) => ({ principalArn: here(name), role: 'viewer' as const }));
  const under = cluster('1.35', { access, profile: { name: 'web', version: 2 }, own: { access: [access[1]!] } });

  it('is the cluster\'s own once it has changed, and what came with the profile goes with the profile alone', () => {
    const changed = { principalArn: here('a'), role: 'operator' as const };
    assert.deepEqual(ownAccessAfter(under, here('a'), [changed, access[1]!]), [access[1], changed]);
    assert.deepEqual(ownAccessAfter(under, here('b'), [access[0]!]), []);
    const refused = ownAccessAfter(under, here('a'), [access[1]!]);
    assert.ok(isRefusal(refused) && refused.code === 'part-of-profile');
    assert.equal(ownAccessAfter(cluster('1.35', { access }), here('a'), access), access);
  });
});

describe('a profile', () => {
  it('is filled in for the place of each cluster', () => {
    const parts = partsIn(PROFILE, { accountId: '222222222222', region: 'eu-west-1', clusterName: 'checkout' });
    assert.ok(!isRefusal(parts));
    assert.equal(parts.podIdentities?.[0]?.roleArn, 'arn:aws:iam::222222222222:role/eks-cart');
    assert.equal(parts.access?.[0]?.principalArn, 'arn:aws:iam::222222222222:role/platform');
  });

  it('is refused with every member that no cluster could be asked for, and every variable that there is not', () => {
    assert.deepEqual(profileErrors(PROFILE.parts), []);
    const errors = profileErrors({ podIdentities: [{ namespace: 'Shop', serviceAccount: 'cart', roleArn: 'arn:aws:iam::{account}:role/x' }], nodegroups: [] });
    assert.deepEqual(errors.map(({ path }) => path).sort(), ['parts.nodegroups', 'parts.podIdentities.0.namespace', 'parts.podIdentities.0.roleArn']);
    assert.equal(errors.find(({ path }) => path.endsWith('roleArn'))?.message, 'There is no variable {account}; there are {accountId}, {region}, {clusterName}, {team}');
    assert.equal(errors.find(({ path }) => path === 'parts.nodegroups')?.message, 'Unknown field');
  });

  it('is refused where it says a thing twice, which no cluster could have', () => {
    const one = { namespace: 'shop', serviceAccount: 'cart', roleArn: role('eks-cart') };
    assert.deepEqual(profileErrors({ podIdentities: [one, { ...one, namespace: 'web' }, { ...one, roleArn: role('eks-other') }] }), [{ path: 'parts.podIdentities.2', message: 'The same namespace and serviceAccount as podIdentities.0' }]);
  });

  it('that does not fit a cluster is told as the profile, and not as the request', () => {
    const refused = partsIn({ ...PROFILE, parts: { podIdentities: [{ namespace: '{team}', serviceAccount: 'x', roleArn: role('eks-x') }] } }, { accountId: '111111111111', region: 'eu-west-1', clusterName: 'checkout' });
    assert.ok(isRefusal(refused));
    assert.deepEqual(refused.errors?.map(({ path }) => path), ['profile web@2: podIdentities.0.namespace']);
  });

  it('gives way to what the cluster itself was asked to have, entry by entry', () => {
    const theirs = partsIn(PROFILE, { accountId: '111111111111', region: 'eu-west-1', clusterName: 'checkout' });
    assert.ok(!isRefusal(theirs));
    const parts = joined(theirs, { podIdentities: [{ namespace: 'shop', serviceAccount: 'cart', roleArn: here('own') }, { namespace: 'shop', serviceAccount: 'mail', roleArn: here('mail') }] });
    assert.deepEqual(parts.podIdentities?.map(({ serviceAccount, roleArn }) => [serviceAccount, roleArn]), [['cart', here('own')], ['mail', here('mail')]]);
    assert.equal(parts.access?.length, 1);
  });

  it('comes to a cluster and goes again, and leaves what was the cluster\'s own', () => {
    const own = [{ namespace: 'shop', serviceAccount: 'mail', roleArn: here('mail') }];
    const before = cluster('1.35', { wanted: { podIdentities: own } });
    const withIt = changeUnderProfile({ before, change: {}, profile: PROFILE });
    assert.ok(!isRefusal(withIt));
    assert.deepEqual(withIt.after.profile, { name: 'web', version: 2 });
    assert.deepEqual(withIt.after.wanted?.podIdentities?.map(({ serviceAccount }) => serviceAccount), ['cart', 'mail']);
    const without = changeUnderProfile({ before: withIt.after, change: { profile: null }, profile: undefined });
    assert.ok(!isRefusal(without));
    assert.equal(without.after.profile, undefined);
    assert.deepEqual(without.after.wanted?.podIdentities, own);
  });

  it('knows how the entries of every list are told apart', () => {
    const lists = Object.entries(wishes).filter(([, wish]) => wish.unwrap() instanceof z.ZodArray).map(([name]) => name);
    for (const name of lists) {
      const entry = { namespace: 'a', serviceAccount: 'b', fargateProfileName: 'c', nodegroupName: 'd', type: 'KRO' };
      const both = joined({ [name]: [entry] }, { [name]: [entry] }) as Record<string, unknown[]>;
      assert.equal(both[name]?.length, 1, `${name}: name its entries in NAMED_BY`);
    }
  });

  it('is there again where the cluster takes its own wish away, and nothing is where there is no profile', () => {
    const own = { traffic: { controller: 'none' }, podIdentities: [{ namespace: 'shop', serviceAccount: 'mail', roleArn: here('mail') }] } as const;
    const before = cluster('1.35', { wanted: structuredClone(own) as unknown as Wanted });
    const taken = { traffic: null, podIdentities: null, access: null, labels: null };
    const alone = changeUnderProfile({ before, change: taken, profile: undefined });
    assert.ok(!isRefusal(alone));
    assert.deepEqual([alone.after.wanted, alone.after.access, alone.after.labels], [undefined, [], {}]);
    const withTraffic: Profile = { ...PROFILE, parts: { ...PROFILE.parts, traffic: { controller: 'aws-load-balancer-controller' } } };
    const under = changeUnderProfile({ before, change: {}, profile: withTraffic });
    assert.ok(!isRefusal(under));
    assert.equal(under.after.wanted?.traffic?.controller, 'none');
    const again = changeUnderProfile({ before: under.after, change: taken, profile: withTraffic });
    assert.ok(!isRefusal(again));
    assert.deepEqual([again.after.wanted?.traffic?.controller, again.after.wanted?.podIdentities?.map(({ serviceAccount }) => serviceAccount), again.after.own], ['aws-load-balancer-controller', ['cart'], {}]);
    // What a retry plans from comes to the same.
    assert.deepEqual(changedCluster(under.after, ChangeCluster.parse(again.effective)).wanted, again.after.wanted);
  });

  it('of the documentation is one that can be written, and that a cluster can have', () => {
    const folder = new URL('../../docs/profiles/', import.meta.url);
    const files = readdirSync(folder);
    assert.deepEqual(files.sort(), ['baseline.json', 'batch.json', 'web.json']);
    for (const file of files) {
      const shipped = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Profile;
      assert.deepEqual(profileErrors(shipped.parts), [], file);
      const under = changeUnderProfile({ before: cluster('1.35'), change: {}, profile: { ...shipped, version: 1 } });
      assert.ok(!isRefusal(under), JSON.stringify(under));
      const parts = wantedResources({ cluster: under.after, addonCatalogue: ADDONS, subnets: SUBNETS });
      assert.ok(!isRefusal(parts), JSON.stringify(parts));
      for (const part of ['network', 'tokens']) assert.ok(parts.resources.some((resource) => resource.part === part), `${file}: ${part}`);
    }
  });

  it('and everything that can be taken away is taken away by null; of the rest is said what to say instead', () => {
    for (const profile of ['web', 'web@12', null]) assert.ok(ChangeCluster.safeParse({ profile }).success, String(profile));
    for (const member of [...Object.keys(wishes), 'access', 'labels', 'team', 'maintenancePolicy']) assert.ok(ChangeCluster.safeParse({ [member]: null }).success, member);
    for (const member of ['resourcesVpcConfig', 'addons', 'deletionProtection', 'upgradePolicy', 'authenticationMode']) {
      const [issue] = ChangeCluster.safeParse({ [member]: null }).error?.issues ?? [];
      assert.match(`${issue?.path.join('.')}: ${issue?.message}`, new RegExp(`^${member}: Cannot be taken away by null: .+`));
    }
    for (const profile of ['Web', 'web@0', 'web@', '@1', 'w/b']) assert.ok(!ChangeCluster.safeParse({ profile }).success, profile);
  });
});
