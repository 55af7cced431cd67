import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { openFrontDoor, type FrontDoor } from './front-door.ts';

let door: FrontDoor;
before(async () => {
  door = await openFrontDoor();
});
after(() => door.close());

const MANIFESTS = 'kind: Pod\nmetadata:\n  name: shop\n  namespace: web\n  annotations:\n    iam.amazonaws.com/role: shop\nspec:\n  containers: []\n';
const convert = (body: object) => door.ask('POST', '/v1/conversions/kube2iam', { body: { manifests: MANIFESTS, ...body } });

describe('a conversion of kube2iam\'s annotations', () => {
  it('takes account, region and name from a cluster, and writes nothing', async () => {
    await door.registered({ accountId: '111111111111' });
    const cluster = await door.standing();
    const before = door.done.length;
    const { status, body, text } = await convert({ clusterId: cluster.clusterId });
    assert.equal(status, 200, text);
    assert.deepEqual(body.podIdentities, [{ namespace: 'web', serviceAccount: 'shop', roleArn: `arn:aws:iam::${cluster.accountId}:role/shop` }]);
    assert.match(JSON.stringify(body.roles), new RegExp(`arn:aws:eks:${cluster.region}:${cluster.accountId}:cluster/${cluster.name}`));
    assert.deepEqual(door.done.slice(before), []);
  });

  it('goes without a cluster, by an account alone', async () => {
    const { body } = await convert({ accountId: '111122223333' });
    assert.equal(body.podIdentities[0].roleArn, 'arn:aws:iam::111122223333:role/shop');
    assert.equal((await convert({})).body.podIdentities.length, 0);
  });

  it('is refused for a cluster that is not there or is elsewhere, and for what is hostile or too large', async () => {
    const cluster = await door.standing({ name: 'elsewhere' });
    const codeOf = async (body: object) => {
      const { status, body: problem } = await convert(body);
      return [status, problem.code];
    };
    assert.deepEqual(await codeOf({ clusterId: 'c-nobody' }), [404, 'not-found']);
    assert.deepEqual(await codeOf({ clusterId: cluster.clusterId, accountId: '999988887777' }), [422, 'rules-broken']);
    assert.deepEqual(await codeOf({ manifests: 'a: &a [x, x]\nb: [*a, *a]' }), [422, 'rules-broken']);
    assert.deepEqual(await codeOf({ manifests: `${MANIFESTS}# ${'x'.repeat(200_000)}\n`, accountId: '111122223333' }), [200, undefined]);
    assert.deepEqual(await codeOf({ manifests: 'x'.repeat(240_001) }), [400, 'invalid-request']);
    assert.deepEqual(await codeOf({ manifests: 'x'.repeat(300_000) }), [413, 'body-too-large']);
  });
});
