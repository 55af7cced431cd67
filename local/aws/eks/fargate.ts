import type {
  CreateFargateProfileRequest,
  CreateFargateProfileResponse,
  DeleteFargateProfileRequest,
  DeleteFargateProfileResponse,
  DescribeFargateProfileRequest,
  DescribeFargateProfileResponse,
  FargateProfile,
  FargateProfileIssueCode,
  FargateProfileSelector,
  ListFargateProfilesRequest,
  ListFargateProfilesResponse,
} from '@aws-sdk/client-eks';
import { addFargateEntry } from './access.ts';
import { clusterOf } from './cluster-view.ts';
import { inUse, invalidParameter, invalidRequest, limitExceeded, notFound } from './errors.ts';
import type { About } from './errors.ts';
import { QUOTAS } from './limits.ts';
import { page } from './pages.ts';
import type { Place } from './place.ts';
import type { Apply } from './settle.ts';
import type { FargateDoc } from './state.ts';
import { once } from './tokens.ts';
import { scriptedError } from './updates.ts';
import { requireRole, requireSubnets, requireTags } from './validation.ts';

function described(doc: FargateDoc): FargateProfile {
  return {
    fargateProfileName: doc.fargateProfileName,
    fargateProfileArn: doc.arn,
    clusterName: doc.clusterName,
    createdAt: new Date(doc.createdAt),
    podExecutionRoleArn: doc.podExecutionRoleArn,
    subnets: [...doc.subnets],
    selectors: [...doc.selectors],
    status: doc.status,
    tags: { ...doc.tags },
    health: { issues: (doc.healthIssues ?? []).map((issue) => ({ ...issue, resourceIds: [...issue.resourceIds] })) },
  };
}

function profileOf(place: Place, clusterName: string, fargateProfileName: string): FargateDoc {
  const profile = place.fargateProfiles.get(`${clusterOf(place, clusterName).name}/${fargateProfileName}`);
  if (profile === undefined) throw notFound(`No Fargate Profile found with name: ${fargateProfileName}.`, { clusterName, fargateProfileName });
  return profile;
}

/** One at a time in a cluster: another is a 409, though the model names no such error. Sources: hashicorp/terraform-provider-aws 16272, eksctl 5652. */
export function createFargateProfile(input: CreateFargateProfileRequest, place: Place): CreateFargateProfileResponse {
  const [clusterName, fargateProfileName] = [input.clusterName ?? '', input.fargateProfileName ?? ''];
  once(
    place,
    'CreateFargateProfile',
    input,
    () => {
      const about = { clusterName, fargateProfileName };
      const cluster = clusterOf(place, clusterName);
      if (cluster.status !== 'ACTIVE') throw invalidRequest(`Cluster '${clusterName}' is not in ACTIVE status`, { clusterName });
      const existing = place.fargateProfiles.list(`${clusterName}/`);
      if (existing.some((other) => other.fargateProfileName === fargateProfileName))
        throw inUse('A Fargate Profile already exists with this name in this cluster.', { clusterName });
      const busy = existing.find((other) => other.status === 'CREATING' || other.status === 'DELETING');
      if (busy !== undefined)
        throw inUse(
          `Cannot create Fargate Profile ${fargateProfileName} because cluster ${clusterName} currently has Fargate profile ${busy.fargateProfileName} in status ${busy.status}`,
          { clusterName },
        );
      if (existing.length >= QUOTAS.fargateProfilesPerCluster) throw limitExceeded('Fargate profile limit exceeded for cluster', { clusterName });
      const selectors = input.selectors ?? [];
      requireSelectors(selectors, about);
      requireRole(
        place,
        input.podExecutionRoleArn ?? '',
        'eks-fargate-pods.amazonaws.com',
        (name) => `Misconfigured PodExecutionRole Trust Policy; the role ${name} does not exist or does not allow eks-fargate-pods.amazonaws.com`,
        about,
      );
      const subnets = input.subnets ?? cluster.subnetIds;
      const exposed = requireSubnets(place, subnets, about).find(({ isPublic }) => isPublic === true);
      if (exposed !== undefined) throw invalidParameter(`Subnet ${exposed.subnetId} provided in Fargate Profile is not a private subnet`, about);
      requireTags(input.tags ?? {}, about);
      const failure = place.around.faults?.takeFailUpdate('eks:CreateFargateProfile', place.accountId, place.region, input);
      const error = failure === undefined ? undefined : scriptedError(failure, { message: (code) => `The Fargate profile could not be created: ${code}`, resourceIds: [] });
      const id = place.newUuid();
      place.fargateProfiles.put(`${clusterName}/${fargateProfileName}`, {
        id,
        ...about,
        arn: place.arn(`fargateprofile/${clusterName}/${fargateProfileName}/${id}`),
        createdAt: place.now,
        status: 'CREATING',
        podExecutionRoleArn: input.podExecutionRoleArn ?? '',
        subnets,
        selectors,
        ...(error === undefined ? {} : { healthIssues: [{ code: error.errorCode as FargateProfileIssueCode, message: error.errorMessage, resourceIds: error.resourceIds }] }),
        tags: input.tags ?? {},
      });
      addFargateEntry(place, cluster, input.podExecutionRoleArn ?? '');
      place.after('fargateCreation', { kind: error === undefined ? 'fargate-created' : 'fargate-creation-failed', clusterName, subject: fargateProfileName });
      return { fargateProfileName };
    },
    () => place.fargateProfiles.get(`${clusterName}/${fargateProfileName}`) !== undefined,
  );
  return { fargateProfile: described(profileOf(place, clusterName, fargateProfileName)) };
}

export function describeFargateProfile(input: DescribeFargateProfileRequest, place: Place): DescribeFargateProfileResponse {
  return { fargateProfile: described(profileOf(place, input.clusterName ?? '', input.fargateProfileName ?? '')) };
}

export function listFargateProfiles(input: ListFargateProfilesRequest, place: Place): ListFargateProfilesResponse {
  const cluster = clusterOf(place, input.clusterName ?? '');
  const names = place.fargateProfiles.list(`${cluster.name}/`).map((profile) => profile.fargateProfileName);
  const { items, nextToken } = page(names, input, (name) => name);
  return { fargateProfileNames: items, ...(nextToken === undefined ? {} : { nextToken }) };
}

export function deleteFargateProfile(input: DeleteFargateProfileRequest, place: Place): DeleteFargateProfileResponse {
  const profile = profileOf(place, input.clusterName ?? '', input.fargateProfileName ?? '');
  const { clusterName, fargateProfileName } = profile;
  const busy = place.fargateProfiles.list(`${clusterName}/`).find((other) => other.status === 'DELETING' && other.fargateProfileName !== fargateProfileName);
  if (busy !== undefined)
    throw inUse(
      `Cannot delete Fargate Profile ${fargateProfileName} because cluster ${clusterName} currently has Fargate profile ${busy.fargateProfileName} in status DELETING`,
      { clusterName },
    );
  if (profile.status !== 'DELETING') {
    const failure = place.around.faults?.takeFailUpdate('eks:DeleteFargateProfile', place.accountId, place.region, input);
    profile.status = 'DELETING';
    place.fargateProfiles.put(`${profile.clusterName}/${profile.fargateProfileName}`, profile);
    place.after('fargateDeletion', { kind: failure === undefined ? 'fargate-deleted' : 'fargate-deletion-failed', clusterName, subject: fargateProfileName });
  }
  return { fargateProfile: described(profile) };
}

/** Source: EKS user guide, Fargate profiles: up to five selectors, each of a namespace and up to five labels; `*` and `?` are wildcards. */
function requireSelectors(selectors: readonly FargateProfileSelector[], about: About): void {
  if (selectors.length === 0 || selectors.length > QUOTAS.fargateSelectorsPerProfile)
    throw invalidParameter(`A Fargate profile must have between 1 and ${QUOTAS.fargateSelectorsPerProfile} selectors`, about);
  if (selectors.some(({ namespace }) => namespace === undefined || namespace === '')) throw invalidParameter('Each selector of a Fargate profile must have a namespace', about);
  if (selectors.some(({ labels }) => Object.keys(labels ?? {}).length > QUOTAS.fargateLabelsPerSelector))
    throw invalidParameter(`A selector of a Fargate profile can have at most ${QUOTAS.fargateLabelsPerSelector} labels`, about);
}

const created: Apply = (place, { clusterName, subject }) => {
  const profile = place.fargateProfiles.get(`${clusterName}/${subject}`);
  if (profile?.status === 'CREATING') place.fargateProfiles.put(`${clusterName}/${subject}`, { ...profile, status: 'ACTIVE' });
};

const deleted: Apply = (place, { clusterName, subject }) => {
  const profile = place.fargateProfiles.get(`${clusterName}/${subject}`);
  if (profile?.status === 'DELETING') place.fargateProfiles.delete(`${clusterName}/${subject}`);
};

const failed =
  (from: FargateDoc['status'], to: FargateDoc['status']): Apply =>
  (place, { clusterName, subject }) => {
    const profile = place.fargateProfiles.get(`${clusterName}/${subject}`);
    if (profile?.status === from) place.fargateProfiles.put(`${clusterName}/${subject}`, { ...profile, status: to });
  };

export const fargateTransitions: Readonly<Record<string, Apply>> = {
  'fargate-created': created,
  'fargate-creation-failed': failed('CREATING', 'CREATE_FAILED'),
  'fargate-deleted': deleted,
  'fargate-deletion-failed': failed('DELETING', 'DELETE_FAILED'),
};
