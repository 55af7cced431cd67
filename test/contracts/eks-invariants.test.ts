import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isMinor, minorsBetween, nextMinor, previousMinor } from '../../domain/minor.ts';
import { AwsError } from '../../local/aws/service.ts';
import { Disk } from '../../local/disk.ts';
import { ACCOUNT, clusterInput, eksPlace, nodegroupInput, REGION } from './eks-place.ts';
import type { EksPlace } from './eks-place.ts';

const RUNS = 60;
const STEPS_MAX = 40;
const REFUSALS = ['InvalidParameterException', 'InvalidRequestException', 'InvalidStateException', 'ResourceInUseException', 'ResourceNotFoundException', 'NotImplemented'];

/** One thing that somebody does, or the time that passes. Most of it is refused most of the time: nobody coordinates. */
type Deed =
  | { readonly do: 'wait'; readonly seconds: number }
  | { readonly do: 'restart' }
  | { readonly do: 'upgrade' | 'rollback'; readonly seconds: number }
  | { readonly do: 'fail'; readonly operation: string; readonly code: string }
  | { readonly do: 'call'; readonly operation: string; readonly input: object };

const groups = fc.constantFrom('blue', 'green');
const minors = fc.constantFrom('1.32', '1.33', '1.34', '1.35', '1.36');
const call = (operation: string, input: fc.Arbitrary<object>): fc.Arbitrary<Deed> => input.map((value) => ({ do: 'call', operation, input: value }));
const size = fc.integer({ min: 0, max: 4 });

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(5, 40, 300, 900, 900, 1500).map((seconds): Deed => ({ do: 'wait', seconds })) },
  { weight: 1, arbitrary: fc.constant<Deed>({ do: 'restart' }) },
  { weight: 8, arbitrary: fc.constantFrom(10, 900, 900).map((seconds): Deed => ({ do: 'upgrade', seconds })) },
  { weight: 4, arbitrary: fc.constantFrom(10, 900).map((seconds): Deed => ({ do: 'rollback', seconds })) },
  {
    weight: 1,
    arbitrary: fc.oneof(
      fc.constantFrom('PodEvictionFailure', 'NodeCreationFailure', 'Unknown').map((code): Deed => ({ do: 'fail', operation: 'eks:UpdateNodegroupVersion', code })),
      fc.constant<Deed>({ do: 'fail', operation: 'eks:UpdateClusterVersion', code: 'IpNotAvailable' }),
    ),
  },
  {
    weight: 1,
    arbitrary: call(
      'UpdateClusterVersion',
      fc.record({ version: minors }).map((input) => ({ name: 'a', ...input })),
    ),
  },
  {
    weight: 2,
    arbitrary: call(
      'UpdateClusterConfig',
      fc.boolean().map((deletionProtection) => ({ name: 'a', deletionProtection })),
    ),
  },
  {
    weight: 4,
    arbitrary: call(
      'CreateNodegroup',
      fc
        .record({ group: groups, desiredSize: size, maxUnavailable: fc.integer({ min: 1, max: 3 }), updateStrategy: fc.constantFrom('DEFAULT', 'MINIMAL') })
        .map(({ group, desiredSize, ...updateConfig }) => nodegroupInput('a', group, { scalingConfig: { minSize: 0, maxSize: 5, desiredSize }, updateConfig })),
    ),
  },
  {
    weight: 3,
    arbitrary: call(
      'UpdateNodegroupVersion',
      fc.record({ nodegroupName: groups, version: fc.option(minors, { nil: undefined }), force: fc.boolean() }).map((input) => ({ clusterName: 'a', ...input })),
    ),
  },
  {
    weight: 3,
    arbitrary: call(
      'UpdateNodegroupConfig',
      fc.record({ nodegroupName: groups, desiredSize: size }).map(({ nodegroupName, desiredSize }) => ({ clusterName: 'a', nodegroupName, scalingConfig: { desiredSize } })),
    ),
  },
  {
    weight: 1,
    arbitrary: call(
      'DeleteNodegroup',
      groups.map((nodegroupName) => ({ clusterName: 'a', nodegroupName })),
    ),
  },
  {
    weight: 2,
    arbitrary: call(
      'CreateAddon',
      fc.constantFrom('coredns', 'vpc-cni').map((addonName) => ({ clusterName: 'a', addonName })),
    ),
  },
  {
    weight: 2,
    arbitrary: call(
      'UpdateAddon',
      fc.constantFrom('v1.12.1-eksbuild.2', 'v1.12.3-eksbuild.1', 'v1.13.1-eksbuild.1').map((addonVersion) => ({ clusterName: 'a', addonName: 'coredns', addonVersion })),
    ),
  },
  { weight: 1, arbitrary: call('DeleteCluster', fc.constant({ name: 'a' })) },
);

/** Lives through the deeds; a call is refused with an error that the model knows, or accepted, and then `accepted` hears of it. */
async function live(
  deeds: readonly Deed[],
  seed: number,
  { accepted, timers = true }: { accepted?: (place: EksPlace, operation: string, input: object, answer: object) => void; timers?: boolean } = {},
): Promise<EksPlace> {
  const disk = new Disk(':memory:');
  let place = eksPlace({ seed, disk, timers });
  place.call('CreateCluster', clusterInput('a', { version: '1.31' }));
  await place.minutes(13);
  place.call('CreateNodegroup', nodegroupInput('a', 'blue'));
  const attempt = (operation: string, input: object): void => {
    let answer: object;
    try {
      answer = place.call(operation, input);
    } catch (error) {
      assert.ok(error instanceof AwsError && REFUSALS.includes(error.code), `${operation}: ${String(error)}`);
      return;
    }
    accepted?.(place, operation, input, answer);
  };
  for (const [index, step] of deeds.entries()) {
    const clientRequestToken = `token-${index}`;
    if (step.do === 'wait') {
      await place.seconds(step.seconds);
    } else if (step.do === 'fail') {
      place.failures.set(step.operation, { code: step.code });
    } else if (step.do === 'restart') {
      place.clock.stop();
      place = eksPlace({ seed: seed + index, disk, now: place.clock.now(), timers });
      place.eks.resume();
    } else if (step.do === 'call') {
      attempt(step.operation, step.operation.startsWith('Delete') ? step.input : { ...step.input, clientRequestToken });
    } else if (place.call('ListClusters').clusters.length > 0) {
      const { version } = place.call('DescribeCluster', { name: 'a' }).cluster;
      attempt('UpdateClusterVersion', { name: 'a', version: step.do === 'upgrade' ? nextMinor(version) : previousMinor(version), clientRequestToken });
      await place.seconds(step.seconds);
    }
  }
  return place;
}

describe('whatever is asked of the simulated EKS, in whatever order', () => {
  it('no node is newer than its control plane or more than three minors behind, and the control plane has one update at a time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { minLength: 10, maxLength: STEPS_MAX }), fc.integer({ min: 1, max: 1_000_000 }), async (deeds, seed) => {
        const place = await live(deeds, seed);
        await place.minutes(300);
        const history = place.eks.history(ACCOUNT, REGION, 'a');
        assert.deepEqual(history.nodesNewerThanControlPlane, []);
        assert.ok(history.widestSkew <= 3, `a node was ${history.widestSkew} minors behind`);
        assert.deepEqual(history.overlappingControlPlaneUpdates, []);
        for (const [index, { version, from }] of history.controlPlane.entries()) {
          const before = history.controlPlane[index - 1];
          if (before?.to !== from || !isMinor(before.version) || !isMinor(version)) continue;
          assert.equal(Math.abs(minorsBetween(before.version, version) ?? 0), 1, 'a control plane moves by one minor, up or back');
        }
        assert.deepEqual(
          history.updates.filter((update) => update.status === 'InProgress'),
          [],
          'everything ends',
        );
        for (const group of ['blue', 'green']) {
          const rolls = history.updates.filter((update) => update.nodegroupName === group);
          for (const [index, roll] of rolls.entries()) assert.ok((rolls[index + 1]?.from ?? Infinity) >= (roll.to ?? Infinity), 'a group has one update at a time');
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('comes to rest: nothing is left in between, every group has the nodes it is meant to have, and all of its version after a roll', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { minLength: 10, maxLength: STEPS_MAX }), fc.integer({ min: 1, max: 1_000_000 }), async (deeds, seed) => {
        const place = await live(deeds, seed);
        await place.minutes(300);
        if (place.call('ListClusters').clusters.length === 0) return;
        assert.equal(place.call('DescribeCluster', { name: 'a' }).cluster.status, 'ACTIVE');
        for (const nodegroupName of place.call('ListNodegroups', { clusterName: 'a' }).nodegroups) {
          const { nodegroup } = place.call('DescribeNodegroup', { clusterName: 'a', nodegroupName });
          assert.equal(nodegroup.status, 'ACTIVE');
          const nodes = place.eks.history(ACCOUNT, REGION, 'a').nodes.filter((node) => node.nodegroupName === nodegroupName && node.to === undefined);
          assert.equal(nodes.length, nodegroup.scalingConfig.desiredSize);
          place.failures.clear();
          place.call('UpdateNodegroupVersion', { clusterName: 'a', nodegroupName });
          await place.minutes(60);
          const rolled = place.eks.history(ACCOUNT, REGION, 'a').nodes.filter((node) => node.nodegroupName === nodegroupName && node.to === undefined);
          const { version } = place.call('DescribeCluster', { name: 'a' }).cluster;
          assert.deepEqual(
            rolled.map((node) => node.version),
            nodes.map(() => version),
          );
        }
        for (const addonName of place.call('ListAddons', { clusterName: 'a' }).addons) {
          assert.ok(['ACTIVE', 'DEGRADED'].includes(place.call('DescribeAddon', { clusterName: 'a', addonName }).addon.status));
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('a call repeated with its token is answered as before and begins nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(deed, { minLength: 5, maxLength: STEPS_MAX }), fc.integer({ min: 1, max: 1_000_000 }), async (deeds, seed) => {
        const begun: { operation: string; input: object; updateId: string }[] = [];
        const accepted = (now: EksPlace, operation: string, input: object, answer: object): void => {
          if (!('clientRequestToken' in input)) return;
          const before = now.eks.history(ACCOUNT, REGION, 'a').updates.length;
          assert.deepEqual(now.call(operation, input), answer);
          assert.equal(now.eks.history(ACCOUNT, REGION, 'a').updates.length, before);
          if ('update' in answer) begun.push({ operation, input, updateId: (answer.update as { id: string }).id });
        };
        const place = await live(deeds, seed, { accepted });
        if (place.call('ListClusters').clusters.length === 0) return;
        await place.minutes(300);
        for (const { operation, input, updateId } of begun) assert.equal(place.call(operation, input).update.id, updateId, 'also when it has long ended');
      }),
      { numRuns: RUNS },
    );
  });

  it('whoever looks late finds what happened as if it had been watched', async () => {
    await fc.assert(
      // A restart begins the randomness afresh, and so would tell another story.
      fc.asyncProperty(
        fc.array(
          deed.filter((step) => step.do !== 'restart'),
          { minLength: 10, maxLength: STEPS_MAX },
        ),
        fc.integer({ min: 1, max: 1_000_000 }),
        async (deeds, seed) => {
          const watched = await live(deeds, seed);
          const unwatched = await live(deeds, seed, { timers: false });
          for (const place of [watched, unwatched]) await place.minutes(300);
          assert.deepEqual(unwatched.eks.history(ACCOUNT, REGION, 'a'), watched.eks.history(ACCOUNT, REGION, 'a'));
        },
      ),
      { numRuns: RUNS },
    );
  });
});
