import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { AccessFacts } from '../../domain/facts.ts';
import { clusterFacts, NOW } from '../domain/worlds.ts';
import { openFrontDoor, type FrontDoor } from './front-door.ts';

let door: FrontDoor;
before(async () => {
  door = await openFrontDoor();
  await door.registered();
});
after(() => door.close());
beforeEach(() => {
  door.facts.cluster = clusterFacts('1.34');
  door.facts.access = facts();
});

const TEAM_A = 'arn:aws:iam::111111111111:role/team-a';
const TEAM_B = 'arn:aws:iam::111111111111:role/apps/team-b';
const facts = (more: Partial<AccessFacts> = {}): AccessFacts => ({ observedAt: NOW, authenticationMode: 'API', entries: [], missing: [], ...more });
const STANDARD = { principalArn: TEAM_B, type: 'STANDARD', kubernetesGroups: [], policies: [], tags: {} };

describe('the access entries of a cluster', () => {
  it('are changed one by one, each as an operation that PATCH with the whole list would begin', async () => {
    const { clusterId } = await door.standing();
    const path = `/v1/clusters/${clusterId}/access-entries`;
    const added = await door.ask('POST', path, { body: { principalArn: TEAM_B, role: 'viewer', namespaces: ['web'], kubernetesGroups: ['web-team'] } });
    assert.equal(added.status, 202, added.text);
    assert.deepEqual([added.body.kind, added.body.steps.map(({ title }: { title: string }) => title)], ['change-cluster', ['Letting role/apps/team-b in as viewer']]);
    assert.deepEqual((await door.ask('GET', `/v1/clusters/${clusterId}`)).body.access.length, 1, 'the record changes with the steps');
  });

  it('are named by an ARN in the path, whether a gateway has decoded it or not', async () => {
    for (const written of [encodeURIComponent(TEAM_A), TEAM_A]) {
      const { clusterId } = await door.standing();
      const changed = await door.ask('PATCH', `/v1/clusters/${clusterId}/access-entries/${written}`, { body: { role: 'operator' } });
      assert.equal(changed.status, 202, changed.text);
      assert.deepEqual(changed.body.steps.map(({ kind, subject }: { kind: string; subject: string }) => [kind, subject]), [['change-access-entry', TEAM_A]]);
    }
    const { clusterId } = await door.standing();
    const removed = await door.ask('DELETE', `/v1/clusters/${clusterId}/access-entries/${encodeURIComponent(TEAM_A)}`);
    assert.deepEqual([removed.status, removed.body.steps[0].title, removed.body.plan.findings.map(({ code }: { code: string }) => code)], [202, 'Shutting role/team-a out', ['nobody-can-get-in']]);
    for (const nobody of ['team-a', encodeURIComponent('arn:aws:sts::111111111111:assumed-role/team-a/ada'), '']) assert.equal((await door.ask('GET', `/v1/clusters/${clusterId}/access-entries/${nobody}`)).status, 404, nobody);
  });

  it('answer with the cluster when an entry is so already', async () => {
    const { clusterId } = await door.standing();
    const same = await door.ask('PATCH', `/v1/clusters/${clusterId}/access-entries/${encodeURIComponent(TEAM_A)}`, { body: { role: 'admin' } });
    assert.deepEqual([same.status, same.body.clusterId], [200, clusterId]);
  });

  it('are refused with what to do', async () => {
    const { clusterId } = await door.standing();
    const path = `/v1/clusters/${clusterId}/access-entries`;
    const code = async (method: string, target: string, body?: object): Promise<string> => (await door.ask(method, target, body === undefined ? {} : { body })).body.code as string;
    assert.equal(await code('POST', path, { principalArn: TEAM_A, role: 'viewer' }), 'access-entry-exists');
    assert.equal(await code('POST', path, { principalArn: 'arn:aws:sts::111111111111:assumed-role/x/y', role: 'viewer' }), 'invalid-request');
    door.facts.access = facts({ entries: [STANDARD] });
    assert.equal(await code('POST', path, { principalArn: TEAM_B, role: 'viewer' }), 'access-entry-not-ours');
    assert.equal(await code('DELETE', `${path}/${encodeURIComponent(TEAM_B)}`), 'access-entry-not-ours');
    door.facts.access = facts({ authenticationMode: 'CONFIG_MAP' });
    for (const [method, target, body] of [['GET', path], ['GET', `${path}/${encodeURIComponent(TEAM_A)}`], ['POST', path, { principalArn: TEAM_B, role: 'viewer' }]] as const) assert.equal(await code(method, target, body), 'authentication-mode');
    door.facts.access = 'absent';
    assert.equal(await code('GET', path), 'cluster-not-in-account');
  });

  it('are listed as EKS has them, page by page', async () => {
    const { clusterId } = await door.standing();
    door.facts.access = facts({ entries: [STANDARD], missing: [TEAM_A], next: TEAM_A });
    const { body } = await door.ask('GET', `/v1/clusters/${clusterId}/access-entries?limit=2`);
    assert.deepEqual(body.items.map(({ principalArn, state }: { principalArn: string; state: string }) => [principalArn, state]), [[TEAM_B, 'NotAsked'], [TEAM_A, 'Missing']]);
    assert.equal(typeof body.nextCursor, 'string');
    door.facts.access = facts({ entries: [{ ...STANDARD, principalArn: TEAM_B }] });
    assert.equal((await door.ask('GET', `/v1/clusters/${clusterId}/access-entries/${encodeURIComponent(TEAM_B)}`)).body.type, 'STANDARD');
  });
});
