import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { viewAccess, AccessEntryView } from '../../domain/access-entry-view.ts';
import { Access, AddAccessEntry, ChangeAccessEntry, Principal } from '../../domain/access-wish.ts';
import { withChangedEntry, withEntry, withoutEntry } from '../../domain/changed-access.ts';
import type { AccessEntryFacts } from '../../domain/facts.ts';
import { isRefusal, type Refusal } from '../../domain/refusal.ts';
import { cluster } from './worlds.ts';

const TEAM_A = 'arn:aws:iam::111111111111:role/team-a';
const TEAM_B = 'arn:aws:iam::111111111111:role/team-b';
const SSO = 'arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Admins_0123456789abcdef';
const policy = (name: string) => `arn:aws:eks::aws:cluster-access-policy/${name}`;
const prod = cluster('1.34');
const seen = (principalArn: string, more: Partial<AccessEntryFacts> = {}): AccessEntryFacts => ({ principalArn, type: 'STANDARD', kubernetesGroups: [], policies: [], tags: {}, ...more });
const codeOf = (answer: unknown): string | undefined => (isRefusal(answer) ? (answer as Refusal).code : undefined);

describe('a principal', () => {
  it('is a role or a user, with its path', () => {
    for (const arn of [TEAM_A, SSO, 'arn:aws-cn:iam::111111111111:user/ops/ada']) assert.equal(Principal.safeParse(arn).success, true, arn);
  });

  it('is no session, group, root or service-linked role, and a session is told by its role', () => {
    const why = (arn: string): string => Principal.safeParse(arn).error?.issues[0]?.message ?? '';
    assert.equal(why('arn:aws:sts::111111111111:assumed-role/AWSReservedSSO_Admins_0123456789abcdef/ada@example.com'), 'Not a role but a session of one: name arn:aws:iam::111111111111:role/AWSReservedSSO_Admins_0123456789abcdef, with its path if it has one');
    for (const arn of ['arn:aws:iam::111111111111:root', 'arn:aws:iam::111111111111:group/x', 'team-a', '']) assert.match(why(arn), /Not the ARN/);
    assert.match(why('arn:aws:iam::111111111111:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS'), /service-linked/);
  });
});

describe('an access entry that is asked for', () => {
  const fault = (entry: object): string | undefined => Access.safeParse({ principalArn: TEAM_B, ...entry }).error?.issues[0]?.message;

  it('says a role, groups or a user name, and bounds only a role', () => {
    assert.deepEqual([{ role: 'viewer' }, { kubernetesGroups: ['web'] }, { username: 'x:{{SessionName}}' }, { role: 'admin', namespaces: ['a'] }].map(fault), [undefined, undefined, undefined, undefined]);
    assert.match(fault({}) ?? '', /Name a role/);
    assert.match(fault({ kubernetesGroups: ['a'], namespaces: ['b'] }) ?? '', /bound a role/);
  });

  it('takes no name that EKS keeps for itself', () => {
    for (const name of ['system:masters', 'eks:x', 'aws:x', 'amazon:x', 'iam:x', 'a-{{SessionName}}', 'a b', '']) assert.ok(fault({ kubernetesGroups: [name] }) !== undefined, name);
    for (const username of ['system:x', 'x{{SessionName}}', 'x:{{AccessKeyID}}', 'x:{{SessionName}}{{SessionName}}']) assert.ok(fault({ username }) !== undefined, username);
  });
});

describe('a change of who may get in', () => {
  const add = (asked: object, found?: AccessEntryFacts) => withEntry(prod, AddAccessEntry.parse({ principalArn: TEAM_B, role: 'viewer', ...asked }), found);
  const change = (asked: object, found?: AccessEntryFacts, principalArn = TEAM_A) => withChangedEntry(prod, principalArn, ChangeAccessEntry.parse(asked), found);

  it('adds one that is not there, and takes another\'s over only when that is said', () => {
    assert.deepEqual(add({}), [...prod.access, { principalArn: TEAM_B, role: 'viewer' }]);
    assert.equal(codeOf(add({ principalArn: TEAM_A })), 'access-entry-exists');
    assert.equal(codeOf(add({}, seen(TEAM_B))), 'access-entry-not-ours');
    assert.deepEqual(add({ takeOver: true }, seen(TEAM_B)), add({}));
    assert.equal(codeOf(add({ takeOver: true }, seen(TEAM_B, { type: 'EC2_LINUX' }))), 'access-entry-not-ours');
  });

  it('changes what is named and leaves the rest', () => {
    assert.deepEqual(change({ namespaces: ['web'] }), [{ principalArn: TEAM_A, role: 'admin', namespaces: ['web'] }]);
    assert.deepEqual(change({ role: null, kubernetesGroups: ['web'] }), [{ principalArn: TEAM_A, kubernetesGroups: ['web'] }]);
    assert.equal(codeOf(change({ role: null })), 'rules-broken');
    assert.equal(codeOf(change({ role: null, username: 'x', namespaces: ['web'] })), undefined);
    assert.deepEqual([codeOf(change({ role: 'viewer' }, undefined, TEAM_B)), codeOf(change({ role: 'viewer' }, seen(TEAM_B), TEAM_B))], ['not-found', 'access-entry-not-ours']);
  });

  it('takes away what is ours, and nothing else', () => {
    assert.deepEqual(withoutEntry(prod, TEAM_A, seen(TEAM_A)), []);
    assert.deepEqual([codeOf(withoutEntry(prod, TEAM_B, undefined)), codeOf(withoutEntry(prod, TEAM_B, seen(TEAM_B)))], ['not-found', 'access-entry-not-ours']);
  });
});

describe('the list of who gets in', () => {
  const view = (entries: AccessEntryFacts[], missing: string[] = []) => viewAccess(prod, { observedAt: '2026-10-05T09:00:00.000Z', entries, missing }).map((entry) => AccessEntryView.parse(entry));

  it('tells who made an entry, and whether it is as asked', () => {
    const admin = [{ policyArn: policy('AmazonEKSClusterAdminPolicy') }];
    const found = view([
      seen(TEAM_A, { policies: admin }),
      seen(SSO, { policies: [{ policyArn: policy('AmazonEKSViewPolicy'), namespaces: ['web'] }] }),
      seen('arn:aws:iam::111111111111:role/nodes', { type: 'EC2_LINUX', kubernetesGroups: ['system:nodes'] }),
      seen('arn:aws:iam::111111111111:role/token', { tags: { 'slipway:cluster-id': prod.clusterId } }),
    ]);
    assert.deepEqual(found.map(({ principalArn, state, madeBy, role, namespaces }) => [principalArn.split('/').at(-1), state, madeBy, role, namespaces]), [
      ['AWSReservedSSO_Admins_0123456789abcdef', 'NotAsked', 'others', 'viewer', ['web']],
      ['nodes', 'NotAsked', 'eks', undefined, undefined],
      ['team-a', 'AsAsked', 'slipway', 'admin', undefined],
      ['token', 'NotAsked', 'slipway', undefined, undefined],
    ]);
  });

  it('shows what somebody has changed or taken away beside what is asked', () => {
    assert.deepEqual(view([seen(TEAM_A, { policies: [{ policyArn: policy('AmazonEKSViewPolicy') }] })]).map(({ state, role, asked }) => [state, role, asked]), [['Differs', 'viewer', { role: 'admin' }]]);
    assert.deepEqual(view([], [TEAM_A, TEAM_B]).map(({ principalArn, state }) => [principalArn, state]), [[TEAM_A, 'Missing']]);
  });
});
