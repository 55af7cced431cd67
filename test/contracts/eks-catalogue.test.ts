import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { nextMinor } from '../../domain/minor.ts';
import { addonEntry, addons, amiReleases, dayOf, defaultAmong, releasedVersions, standingOf, versionsFor } from '../../local/aws/eks/catalogue.ts';
import { activeCluster, eksPlace } from './eks-place.ts';
import type { EksPlace } from './eks-place.ts';

const END_OF_TIME = dayOf('2035-01-01');
const MINORS = releasedVersions(END_OF_TIME).map((version) => version.minor);
const aDay = fc.integer({ min: dayOf('2024-06-01'), max: dayOf('2029-01-01') });

const offered = (place: EksPlace, input: object = {}): string[] =>
  place.call('DescribeClusterVersions', input).clusterVersions.map((version: { clusterVersion: string }) => version.clusterVersion);

describe('the version catalogue', () => {
  it('has one default of every add-on for every minor, and a version for each two neighbours', () => {
    for (const { addonName, versions } of addons()) {
      for (const minor of MINORS) {
        assert.equal(versionsFor(versions, minor).filter(({ defaultFor }) => defaultFor?.includes(minor)).length, 1, `${addonName} has a default for ${minor}`);
        const next = nextMinor(minor);
        if (!MINORS.includes(next)) continue;
        assert.ok(
          versionsFor(versions, minor).some((version) => version.minors.includes(next)),
          `${addonName} has a version for ${minor} and ${next}`,
        );
      }
    }
  });

  it('lets the VPC CNI step from the default of a minor to that of the next by one minor at a time', () => {
    const cniMinor = (version: string): number => Number(/^v1\.(\d+)\./.exec(version)?.[1]);
    for (const minor of MINORS.slice(1)) {
      const [from, to] = [minor, nextMinor(minor)].map((at) => cniMinor(defaultAmong(addonEntry('vpc-cni')?.versions ?? [], at)?.version ?? ''));
      assert.ok(from !== undefined && to !== undefined && to - from <= 1, `${minor}: ${from} to ${to}`);
    }
  });

  it('supports a minor for fourteen months and twelve more', () => {
    const months = (from: string, to: string): number => (Number(to.slice(0, 4)) - Number(from.slice(0, 4))) * 12 + Number(to.slice(5, 7)) - Number(from.slice(5, 7));
    for (const version of releasedVersions(END_OF_TIME)) {
      assert.equal(months(version.releaseDate, version.endOfStandardSupportDate), 14, version.minor);
      assert.equal(months(version.endOfStandardSupportDate, version.endOfExtendedSupportDate), 12, version.minor);
    }
  });

  it('has a release of every kind of image for every minor on every day, each of its own minor', () => {
    fc.assert(
      fc.property(aDay, fc.constantFrom(...MINORS), (now, minor) => {
        for (const amiType of ['AL2023_x86_64_STANDARD', 'BOTTLEROCKET_x86_64', 'WINDOWS_CORE_2022_x86_64']) {
          const releases = amiReleases(minor, amiType, now);
          assert.ok(releases.length > 0);
          if (!amiType.startsWith('BOTTLEROCKET')) assert.ok(releases.every((release) => release.startsWith(`${minor}.`) || release.startsWith(`${minor}-`)));
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe('DescribeClusterVersions of the simulated EKS', () => {
  it('follows from the day alone: released, in support, newest first, one default', () => {
    fc.assert(
      fc.property(aDay, (now) => {
        const versions = eksPlace({ now }).call('DescribeClusterVersions').clusterVersions;
        for (const version of versions) {
          assert.ok(version.releaseDate.getTime() <= now && now < version.endOfExtendedSupportDate.getTime());
          assert.equal(version.versionStatus, now < version.endOfStandardSupportDate.getTime() ? 'STANDARD_SUPPORT' : 'EXTENDED_SUPPORT');
          assert.equal(version.status, version.versionStatus.toLowerCase().replace('_', '-'));
        }
        const minors = versions.map((version: { clusterVersion: string }) => Number(version.clusterVersion.slice(2)));
        assert.deepEqual(
          minors,
          [...minors].sort((a, b) => b - a),
        );
        assert.ok(versions.filter((version: { defaultVersion: boolean }) => version.defaultVersion).length <= 1);
      }),
      { numRuns: 60 },
    );
  });

  it('offers on the first of September 2026 what EKS did', () => {
    const place = eksPlace();
    assert.deepEqual(offered(place), ['1.36', '1.35', '1.34', '1.33', '1.32', '1.31']);
    assert.deepEqual(offered(place, { versionStatus: 'EXTENDED_SUPPORT' }), ['1.33', '1.32', '1.31']);
    assert.deepEqual(offered(place, { versionStatus: 'UNSUPPORTED' }), ['1.30', '1.29', '1.28']);
    assert.deepEqual(offered(place, { status: 'standard-support' }), ['1.36', '1.35', '1.34']);
    assert.deepEqual(offered(place, { defaultOnly: true }), ['1.36']);
    assert.deepEqual(offered(place, { clusterVersions: ['1.33', '1.30'] }), ['1.33']);
    assert.deepEqual(offered(place, { clusterVersions: ['1.30'], includeAll: true }), ['1.30']);
    assert.equal(offered(place, { includeAll: true }).length, 9);
    const first = place.call('DescribeClusterVersions', { maxResults: 4 });
    assert.deepEqual(offered(place, { nextToken: first.nextToken }), ['1.32', '1.31']);
  });

  it('has a day on which each standing begins', () => {
    const version = releasedVersions(END_OF_TIME).find(({ minor }) => minor === '1.33');
    assert.ok(version !== undefined);
    assert.equal(standingOf(version, dayOf('2026-07-29') - 1), 'STANDARD_SUPPORT');
    assert.equal(standingOf(version, dayOf('2026-07-29')), 'EXTENDED_SUPPORT');
    assert.equal(standingOf(version, dayOf('2027-07-29')), 'UNSUPPORTED');
  });
});

describe('insights of the simulated EKS', () => {
  const statuses = (place: EksPlace): Record<string, string> =>
    Object.fromEntries(
      place.call('ListInsights', { clusterName: 'a', filter: { categories: ['UPGRADE_READINESS'] } }).insights.map((insight: { name: string; insightStatus: { status: string } }) => [insight.name, insight.insightStatus.status]),
    );

  it('are UNKNOWN at first and all PASSING within five minutes', async () => {
    const place = eksPlace();
    place.call('CreateCluster', {
      name: 'a',
      version: '1.31',
      roleArn: 'arn:aws:iam::111111111111:role/eks-cluster',
      resourcesVpcConfig: { subnetIds: ['subnet-0a', 'subnet-0b'] },
    });
    while (place.call('DescribeCluster', { name: 'a' }).cluster.status === 'CREATING') await place.seconds(5);
    assert.deepEqual(new Set(Object.values(statuses(place))), new Set(['UNKNOWN']));
    await place.minutes(5);
    assert.deepEqual(statuses(place), {
      'Kubelet version skew': 'PASSING',
      'kube-proxy version skew': 'PASSING',
      'Cluster health issues': 'PASSING',
      'EKS add-on version compatibility': 'PASSING',
      'Deprecated APIs removed in Kubernetes v1.32': 'PASSING',
    });
  });

  it('go stale until a refresh, or a day, has looked again', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a', { version: '1.34' });
    await place.minutes(5);
    place.call('CreateAddon', { clusterName: 'a', addonName: 'coredns', addonVersion: 'v1.12.1-eksbuild.2' });
    await place.minutes(30);
    assert.equal(statuses(place)['EKS add-on version compatibility'], 'PASSING');
    assert.throws(() => place.call('DescribeInsightsRefresh', { clusterName: 'a' }), { code: 'ResourceNotFoundException' });
    assert.equal(place.call('StartInsightsRefresh', { clusterName: 'a' }).status, 'IN_PROGRESS');
    assert.equal(place.call('DescribeInsightsRefresh', { clusterName: 'a' }).status, 'IN_PROGRESS');
    await place.minutes(3);
    assert.equal(place.call('DescribeInsightsRefresh', { clusterName: 'a' }).status, 'COMPLETED');
    assert.equal(statuses(place)['EKS add-on version compatibility'], 'ERROR');
    const [found] = place.call('ListInsights', { clusterName: 'a', filter: { statuses: ['ERROR'] } }).insights;
    const { insight } = place.call('DescribeInsight', { clusterName: 'a', id: found.id });
    assert.equal(insight.kubernetesVersion, '1.35');
    assert.deepEqual(insight.categorySpecificSummary.addonCompatibilityDetails[0].compatibleVersions.at(-1), 'v1.12.4-eksbuild.10');
    place.call('DeleteAddon', { clusterName: 'a', addonName: 'coredns' });
    await place.minutes(25 * 60);
    assert.equal(statuses(place)['EKS add-on version compatibility'], 'PASSING');
  });

  it('warn of kubelets that the hop after the next would leave behind', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a', { nodes: 1 });
    for (const version of ['1.34', '1.35']) {
      place.call('UpdateClusterVersion', { name: 'a', version });
      await place.minutes(20);
    }
    assert.equal(statuses(place)['Kubelet version skew'], 'WARNING');
  });
});
