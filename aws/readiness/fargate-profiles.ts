import { DescribeFargateProfileCommand, ListFargateProfilesCommand, type EKSClient, type FargateProfile } from '@aws-sdk/client-eks';
import type { FargateProfileFacts } from '../../domain/readiness-facts.ts';
import { eachOf } from '../eks/each-of.ts';
import { orAbsent } from '../eks/errors.ts';

/** EKS allows 10 profiles a cluster by default, adjustable. */
const PAGES_MAX = 5;

export const FARGATE_ACTIONS = ['eks:ListFargateProfiles', 'eks:DescribeFargateProfile'];

/** A cluster's Fargate profiles. `before` are those of a look a short while ago: they stand when all was well, since every profile costs a read. */
export async function readFargateProfiles(client: EKSClient, clusterName: string, before: readonly FargateProfileFacts[] | undefined): Promise<readonly FargateProfileFacts[]> {
  if (before?.every((profile) => profile.status === 'ACTIVE' && profile.healthIssues.length === 0) === true) return before;
  const names = await listNames(client, clusterName);
  const found = await eachOf(names, (fargateProfileName) =>
    orAbsent(async () => {
      const { fargateProfile } = await client.send(new DescribeFargateProfileCommand({ clusterName, fargateProfileName }));
      return profileFacts(fargateProfileName, fargateProfile ?? {});
    }),
  );
  return found.filter((profile): profile is FargateProfileFacts => profile !== 'absent');
}

async function listNames(client: EKSClient, clusterName: string): Promise<string[]> {
  const names: string[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await client.send(new ListFargateProfilesCommand({ clusterName, ...(nextToken === undefined ? {} : { nextToken }) }));
    names.push(...(answer.fargateProfileNames ?? []));
    nextToken = answer.nextToken;
    if (nextToken === undefined) return names;
  }
  throw new Error(`Cluster ${clusterName} lists more than ${PAGES_MAX} pages of Fargate profiles.`);
}

function profileFacts(profileName: string, profile: FargateProfile): FargateProfileFacts {
  return {
    profileName,
    status: profile.status ?? 'UNKNOWN',
    ...(profile.podExecutionRoleArn === undefined ? {} : { podExecutionRoleArn: profile.podExecutionRoleArn }),
    subnetIds: profile.subnets ?? [],
    namespaces: [...new Set((profile.selectors ?? []).flatMap(({ namespace }) => (namespace === undefined ? [] : [namespace])))],
    healthIssues: (profile.health?.issues ?? []).map((issue) => ({ code: issue.code ?? 'Unknown', message: issue.message ?? '', resourceIds: issue.resourceIds ?? [] })),
  };
}
