import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { parseDocument } from 'yaml';
import type { EntranceFacts } from '../../domain/facts.ts';
import { refuse } from '../../domain/refusal.ts';
import { openFrontDoor, type FrontDoor, type Json } from './front-door.ts';

let door: FrontDoor;
before(async () => {
  door = await openFrontDoor();
  await door.registered();
});
after(() => door.close());

const PEM = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const ENTRANCE: EntranceFacts = { observedAt: '2026-09-15T09:00:00.000Z', status: 'ACTIVE', endpoint: 'https://abc.gr7.us-east-1.eks.amazonaws.com', endpointPublicAccess: true, certificateAuthorities: [{ sha256: 'a'.repeat(64), pem: PEM }] };

describe('a kubeconfig', () => {
  it('is YAML that reads the same in either version, begins with what to know, and is not kept by anybody', async () => {
    const { clusterId, name } = await door.standing();
    door.facts.entrance = ENTRANCE;
    const answer = await door.ask('GET', `/v1/clusters/${clusterId}/kubeconfig?profile=no&role=${encodeURIComponent('arn:aws:iam::111111111111:role/on')}`);
    assert.equal(answer.status, 200, answer.text);
    assert.deepEqual([answer.headers['content-type'], answer.headers['cache-control']], ['application/yaml', 'no-store']);
    assert.match(answer.text, new RegExp(`^# Cluster ${name} \\(${clusterId}\\)`));
    const read = (version: '1.1' | '1.2'): Json => parseDocument(answer.text, { version }).toJS() as Json;
    assert.deepEqual(read('1.1'), read('1.2'));
    assert.equal(read('1.1')['current-context'], `no+on@${name}.us-east-1.111111111111`);
  });

  for (const query of ['role=admin', 'role=arn:aws:sts::111111111111:assumed-role/x/y', 'profile=a%0Ab', 'profile=', 'format=json', 'profile=a&profile=b']) {
    it(`is refused with ?${query}`, async () => {
      const { clusterId } = await door.standing();
      door.facts.entrance = ENTRANCE;
      assert.deepEqual((await door.ask('GET', `/v1/clusters/${clusterId}/kubeconfig?${query}`)).body.code, 'invalid-request');
    });
  }

  it('is not there for another team, and waits for the control plane', async () => {
    const { clusterId } = await door.standing({ team: 'payments' });
    const path = `/v1/clusters/${clusterId}/kubeconfig`;
    door.facts.entrance = ENTRANCE;
    assert.equal((await door.ask('GET', path, { token: await door.token({ role: 'viewer', team: 'search' }) })).status, 404);
    assert.equal((await door.ask('GET', path, { token: await door.token({ role: 'viewer', team: 'payments' }) })).status, 200);
    const { endpoint: _endpoint, ...without } = ENTRANCE;
    door.facts.entrance = { ...without, status: 'CREATING', certificateAuthorities: [] };
    assert.deepEqual((await door.ask('GET', path)).body.code, 'cluster-not-active');
    door.facts.entrance = 'absent';
    assert.deepEqual((await door.ask('GET', path)).body.code, 'cluster-not-in-account');
    const unborn = await door.standing({ exists: false });
    assert.deepEqual((await door.ask('GET', `/v1/clusters/${unborn.clusterId}/kubeconfig`)).body.code, 'cluster-not-active');
    door.facts.entrance = refuse('account-unreachable', 'No answer.');
    assert.deepEqual((await door.ask('GET', path)).status, 503);
  });
});
