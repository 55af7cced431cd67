import type { ClusterVersionInformation, ClusterVersionStatus, DescribeClusterVersionsRequest, DescribeClusterVersionsResponse } from '@aws-sdk/client-eks';
import { dayOf, defaultVersion, patchVersion, platformVersion, releasedVersions, standingOf } from './catalogue.ts';
import type { CatalogueVersion } from './catalogue.ts';
import { page } from './pages.ts';
import type { Place } from './place.ts';

/** The minors that EKS has released by now, newest first. Those past extended support are told only to who asks for all, or for them. */
export function describeClusterVersions(input: DescribeClusterVersionsRequest, place: Place): DescribeClusterVersionsResponse {
  const asksForUnsupported = input.includeAll === true || input.versionStatus === 'UNSUPPORTED' || input.status === 'unsupported';
  const standard = defaultVersion(place.now)?.minor;
  const versions = releasedVersions(place.now)
    .filter((version) => asksForUnsupported || standingOf(version, place.now) !== 'UNSUPPORTED')
    .filter((version) => input.clusterVersions === undefined || input.clusterVersions.length === 0 || input.clusterVersions.includes(version.minor))
    .filter((version) => input.defaultOnly !== true || version.minor === standard)
    .filter(() => input.clusterType === undefined || input.clusterType === 'eks')
    .map((version) => described(version, standard, place.now))
    .filter((version) => (input.versionStatus === undefined || version.versionStatus === input.versionStatus) && (input.status === undefined || version.status === input.status));
  const { items, nextToken } = page(versions, input, (version) => version.clusterVersion ?? '');
  return { clusterVersions: items, ...(nextToken === undefined ? {} : { nextToken }) };
}

function described(version: CatalogueVersion, standard: string | undefined, now: number): ClusterVersionInformation {
  const versionStatus = standingOf(version, now);
  return {
    clusterVersion: version.minor,
    clusterType: 'eks',
    defaultPlatformVersion: platformVersion(version.minor, now),
    defaultVersion: version.minor === standard,
    releaseDate: new Date(dayOf(version.releaseDate)),
    endOfStandardSupportDate: new Date(dayOf(version.endOfStandardSupportDate)),
    endOfExtendedSupportDate: new Date(dayOf(version.endOfExtendedSupportDate)),
    status: versionStatus.toLowerCase().replace('_', '-') as ClusterVersionStatus,
    versionStatus,
    kubernetesPatchVersion: patchVersion(version.minor, now),
  };
}
