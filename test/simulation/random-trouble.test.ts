import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import type { Json } from '../../local/api-client.ts';
import { createRandom } from '../../local/random.ts';
import { ACCOUNT, REGION, rehearse } from './rehearsal.ts';

/** More seeds: `SLIPWAY_SEEDS=100 node --test test/simulation/random-trouble.test.ts`. */
const SEEDS = Number(process.env['SLIPWAY_SEEDS'] ?? '3');
const RETRIES_MAX = 8;
const FAULTS = 6;

const world = await rehearse({ seed: 41 });
after(() => world.stage.close());

type Pick = <T>(from: readonly T[]) => T;

/** A fault that a fleet meets in a bad week. */
function aFault(pick: Pick): Json {
  const reads = ['eks:DescribeUpdate', 'eks:DescribeCluster', 'eks:DescribeNodegroup', 'eks:DescribeAddon', 'eks:ListNodegroups'];
  const writes = ['eks:UpdateClusterVersion', 'eks:UpdateNodegroupVersion', 'eks:UpdateAddon'];
  return pick([
    () => ({ operation: pick(writes), times: 1, fault: { kind: 'loseAnswer' } }),
    () => ({ operation: pick([...reads, ...writes]), times: 1, fault: { kind: 'error', code: 'ThrottlingException', status: 429 } }),
    () => ({ operation: pick([...reads, ...writes]), times: 1, fault: { kind: 'error', code: 'ServerException', status: 500 } }),
    () => ({ operation: pick([...reads, ...writes]), times: 1, fault: { kind: 'deny' } }),
    () => ({ operation: 'eks:UpdateNodegroupVersion', times: 1, fault: { kind: 'failUpdate', code: pick(['PodEvictionFailure', 'NodeCreationFailure']) } }),
    () => ({ operation: 'eks:UpdateClusterVersion', times: 1, fault: { kind: 'failUpdate', code: 'IpNotAvailable' } }),
    () => ({ operation: 'sts:AssumeRole', times: 1, account: '000000000000', fault: { kind: 'deny' } }),
    () => ({ operation: 'dynamodb:TransactWriteItems', times: 1, fault: { kind: 'loseAnswer' } }),
    () => ({ operation: 'sqs:SendMessage', times: 1, fault: { kind: 'error', code: 'InternalError', status: 500 } }),
    () => ({ operation: 'states:SendTaskSuccess', times: 1, fault: { kind: 'loseAnswer' } }),
  ])();
}

describe('an upgrade of two minors in a bad week', () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    it(`ends well after as many retries as EKS's own failures ask for, and breaks no rule on the way (seed ${seed})`, async () => {
      const { random } = createRandom(seed);
      const pick: Pick = (from) => from[Math.floor(random() * from.length)]!;
      const name = `bad-week-${seed}`;
      const clusterId = await world.cluster({ name, nodegroups: [world.nodegroup('blue', 2), world.nodegroup('green', 1)] });
      const { id } = await world.api.post(`/v1/clusters/${clusterId}/upgrades`, { to: '1.35' });
      for (let fault = 0; fault < FAULTS; fault += 1) {
        await world.fault(aFault(pick));
        await world.advance(Math.floor(random() * 12));
      }
      let operation = await world.ended(id);
      for (let retry = 0; operation.state !== 'Succeeded' && retry < RETRIES_MAX; retry += 1) {
        assert.equal(operation.state, 'Failed');
        assert.ok(operation.errors.length > 0, 'a failure has its reason');
        assert.equal((await world.api.get(`/v1/clusters/${clusterId}`)).activeOperation, undefined, 'nothing is left locked');
        await world.api.post(`/v1/operations/${id}/retry`, {});
        operation = await world.ended(id);
      }
      assert.equal(operation.state, 'Succeeded', JSON.stringify(operation.errors));
      const cluster = await world.api.get(`/v1/clusters/${clusterId}`);
      assert.equal(cluster.version, '1.35');
      assert.deepEqual(cluster.nodegroups.map((group: Json) => group.version), ['1.35', '1.35']);

      const history = world.stage.aws.eks.history(ACCOUNT, REGION, name);
      const minors = history.updates.filter((update) => update.type === 'VersionUpdate' && update.status === 'Successful' && update.nodegroupName === undefined).map((update) => update.params['Version']);
      assert.deepEqual(minors.sort(), ['1.34', '1.35'], 'each minor once, none skipped');
      assert.deepEqual(history.overlappingControlPlaneUpdates, []);
      assert.deepEqual(history.nodesNewerThanControlPlane, []);
      assert.ok(history.widestSkew <= 3);
      await fetch(`${world.stage.awsUrl}/_sim/faults`, { method: 'DELETE' });
    });
  }
});
