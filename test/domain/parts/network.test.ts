import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cluster } from '../../../domain/cluster.ts';
import { network } from '../../../domain/parts/network.ts';
import { traffic } from '../../../domain/parts/traffic.ts';
import { networkFindings } from '../../../domain/vpc-config.ts';
import { Wanted } from '../../../domain/wanted.ts';
import { cluster, nodegroup, SUBNETS } from '../worlds.ts';

const ACCOUNT_ID = cluster('1.36').accountId;
const told = (findings: readonly { readonly code: string; readonly subject: string }[] | undefined): string[] => (findings ?? []).map(({ code, subject }) => `${code} ${subject}`);
const ofCni = (cni: Readonly<Record<string, unknown>>, exists = true): string[] => told(network({ cluster: cluster('1.36', { exists, wanted: Wanted.parse({ network: { cni } }) }), addonCatalogue: {}, subnets: SUBNETS }).findings);

describe('settings of the VPC CNI', () => {
  it('that nodes take when they come up want new nodes where there are any', () => {
    const customNetworking = { customNetworking: { subnets: SUBNETS.map(({ zoneId, subnetId }) => ({ zoneId, subnetId })) } };
    for (const cni of [{ prefixDelegation: true }, customNetworking]) {
      assert.deepEqual([ofCni(cni), ofCni(cni, false)], [['cni-settings-need-new-nodes vpc-cni'], []]);
    }
    assert.deepEqual(ofCni({ warmIpTarget: 4 }), []);
  });

  it('want new nodes where they change, to what they were before too, and not where they stay', () => {
    const custom = (...subnets: typeof SUBNETS) => ({ customNetworking: { subnets: subnets.map(({ zoneId, subnetId }) => ({ zoneId, subnetId })) } });
    const asks = [{}, { prefixDelegation: true }, custom(...SUBNETS), custom(...SUBNETS.slice(1)), { prefixDelegation: true, warmPrefixTarget: 2 }, undefined].map((cni) => (cni === undefined ? {} : { network: { cni } }));
    const compiled = (wish: object, more: Partial<Cluster> = {}) => network({ cluster: cluster('1.36', { wanted: Wanted.parse(wish), ...more }), addonCatalogue: {}, subnets: SUBNETS });
    const after = asks.map((from) => {
      const { configuration } = compiled(from).addons?.find(({ addonName }) => addonName === 'vpc-cni') ?? {};
      const addonShares = [{ addonName: 'vpc-cni', ...(configuration === undefined ? {} : { configuration }) }];
      return asks.map((to) => (told(compiled(to, { addonShares }).findings).length > 0 ? 'new' : 'stay')).join(' ');
    });
    assert.deepEqual(after, ['stay new new new new stay', 'new stay new new stay new', 'new new stay new new new', 'new new new stay new new', 'new stay new new stay new', 'stay new new new new stay']);
  });

  it('give no prefixes to pods with security groups of their own', () => {
    assert.deepEqual(ofCni({ podSecurityGroups: {}, prefixDelegation: true }, false), ['pod-groups-without-prefixes vpc-cni']);
    assert.deepEqual([ofCni({ podSecurityGroups: {} }, false), ofCni({ prefixDelegation: true }, false)], [[], []]);
  });
});

describe('subnets', () => {
  it('of another account are told by their owner, those of one owner together', () => {
    const owned = (...owners: (string | undefined)[]) => owners.map((ownerAccountId, place) => ({ ...SUBNETS[0]!, subnetId: `subnet-0000000${place}`, ...(ownerAccountId === undefined ? {} : { ownerAccountId }) }));
    const open = cluster('1.36', { endpointPublicAccess: true });
    const found = networkFindings(open, owned('222222222222', ACCOUNT_ID, '333333333333', '222222222222', undefined), ACCOUNT_ID);
    assert.deepEqual(told(found), ['subnets-of-another-account 222222222222', 'subnets-of-another-account 333333333333']);
    assert.match(found[0]?.detail ?? '', /^subnet-00000000, subnet-00000003 belong to account 222222222222/);
    assert.deepEqual(networkFindings(open, owned(ACCOUNT_ID, undefined), ACCOUNT_ID), []);
  });

  it('without the tags that load balancers go by are told, by the tags that are missing; those whose tags were not looked at are not', () => {
    const findings = (...elbRoles: (readonly ('elb' | 'internal-elb')[] | undefined)[]) =>
      traffic({
        cluster: cluster('1.36', { wanted: Wanted.parse({ traffic: { controller: 'aws-load-balancer-controller' } }) }),
        addonCatalogue: {},
        subnets: SUBNETS.map((subnet, place) => ({ ...subnet, ...(elbRoles[place] === undefined ? {} : { elbRoles: elbRoles[place] }) })),
      }).findings?.filter(({ code }) => code === 'load-balancer-subnets-untagged');
    assert.match(findings([], [])?.[0]?.detail ?? '', /kubernetes\.io\/role\/elb or kubernetes\.io\/role\/internal-elb\. .* open to the internet and internal/);
    assert.match(findings(['internal-elb'], [])?.[0]?.detail ?? '', /carries kubernetes\.io\/role\/elb\. /);
    assert.deepEqual([findings(['internal-elb'], ['elb']), findings(undefined, undefined)], [[], []]);
  });
});

describe('a cluster of IPv6', () => {
  const six = (more: Partial<Cluster> = {}) => network({ cluster: cluster('1.36', { exists: false, ipFamily: 'ipv6', ...more }), addonCatalogue: {}, subnets: SUBNETS });

  it('has a role for the VPC CNI unasked, unless its add-on is asked for with one or somebody else made the cluster', () => {
    const kinds = (found: ReturnType<typeof six>): string[] => found.resources.map(({ kind }) => kind);
    assert.deepEqual(kinds(six()), ['role']);
    assert.deepEqual(kinds(six({ origin: 'imported' })), []);
    assert.deepEqual(kinds(six({ addonsAsked: [{ addonName: 'vpc-cni', podIdentityAssociations: [{ serviceAccount: 'aws-node', roleArn: `arn:aws:iam::${ACCOUNT_ID}:role/cni` }] }] })), []);
  });

  it('takes the Nitro System, and says in which group it is missing', () => {
    const nodegroups = [nodegroup('blue', { instanceTypes: ['m7i.large'] }), nodegroup('old', { instanceTypes: ['m7i.large', 't2.large'] })];
    assert.deepEqual(six({ nodegroups }).errors?.map(({ path }) => path), ['nodegroups.1.instanceTypes']);
  });
});
