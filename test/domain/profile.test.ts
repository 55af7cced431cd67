import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import * as z from 'zod';
import { changeUnderProfile } from '../../domain/change-under-profile.ts';
import { joined, partsIn, profileErrors, type Profile } from '../../domain/profile.ts';
import { isRefusal } from '../../domain/refusal.ts';
import { ChangeCluster } from '../../domain/requests.ts';
import { wishes } from '../../domain/wanted.ts';
import { cluster } from './worlds.ts';

const role = (name: string) => `arn:aws:iam::{accountId}:role/${name}`;
const PROFILE: Profile = {
  name: 'web',
  version: 2,
  parts: { podIdentities: [{ namespace: 'shop', serviceAccount: 'cart', roleArn: role('eks-cart') }], access: [{ principalArn: role('platform'), role: 'admin' }] },
  createdAt: '2026-10-05T09:00:00.000Z',
  createdBy: 'ada',
};
const here = (name: string) => `arn:aws:iam::111111111111:role/${name}`;

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
    assert.deepEqual(errors.map(({ path }) => path).sort(), ['parts', 'parts', 'parts.podIdentities.0.namespace', 'parts.podIdentities.0.roleArn']);
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

  it('of the documentation is one that can be written', () => {
    const folder = new URL('../../docs/profiles/', import.meta.url);
    const files = readdirSync(folder);
    assert.deepEqual(files.sort(), ['baseline.json', 'batch.json', 'web.json']);
    for (const file of files) assert.deepEqual(profileErrors((JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as { parts: Record<string, unknown> }).parts), [], file);
  });

  it('is asked for with its version, without, or taken away', () => {
    for (const profile of ['web', 'web@12', null]) assert.ok(ChangeCluster.safeParse({ profile }).success, String(profile));
    for (const profile of ['Web', 'web@0', 'web@', '@1', 'w/b']) assert.ok(!ChangeCluster.safeParse({ profile }).success, profile);
  });
});
