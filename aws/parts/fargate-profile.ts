import { CreateFargateProfileCommand, DeleteFargateProfileCommand, DescribeFargateProfileCommand, type EKSClient, type FargateProfile } from '@aws-sdk/client-eks';
import { goesWithCluster } from '../../domain/parts/steps-of-resource.ts';
import type { ResourceSeen } from '../../domain/parts/judge-resource.ts';
import type { FargateProfileResource } from '../../domain/parts/resource.ts';
import { nameOf, orAbsent } from '../eks/errors.ts';
import type { Handler } from '../parts.ts';
import type { Begun, PartOf } from '../ports.ts';
import { refusing } from './refusing.ts';

/** "Cannot create Fargate Profile x because cluster y currently has Fargate profile z in status CREATING", or an update in progress. */
const ANOTHER_AT_WORK = /\bcurrently has\b/i;

/** Fargate profiles. EKS makes and deletes one at a time in a cluster, each in a minute or more, and changes none. */
export const fargateProfile: Handler<FargateProfileResource> = {
  async put({ eks }, resource, of) {
    return takingTurns(async () => {
      const client = eks();
      const found = await readProfile(client, of.clusterName, resource.name);
      if (found === 'absent') return create(client, resource, of);
      if (!isOurs(found, of)) return { kind: 'refused', code: 'FargateProfileNotOurs', message: `There is a Fargate profile ${resource.name} that Slipway has not made. It is left as it is.` };
      if (found.status === 'CREATE_FAILED') await client.send(new DeleteFargateProfileCommand({ clusterName: of.clusterName, fargateProfileName: resource.name }));
      if (found.status === 'CREATE_FAILED' || found.status === 'DELETING') return { kind: 'in-use', message: `Fargate profile ${resource.name} of an earlier try goes first.` };
      return { kind: 'already', message: `Fargate profile ${resource.name} is ${found.status ?? 'there'}.` };
    });
  },

  async remove({ eks }, resource, of, step) {
    return takingTurns(async () => {
      const client = eks();
      const found = await readProfile(client, of.clusterName, resource.name);
      if (found === 'absent') return { kind: 'absent', message: `There is no Fargate profile ${resource.name}.` };
      if (!isOurs(found, of) && !goesWithCluster(step)) return { kind: 'done', outcome: `Fargate profile ${resource.name} is not ours, and stays.` };
      await client.send(new DeleteFargateProfileCommand({ clusterName: of.clusterName, fargateProfileName: resource.name }));
      return { kind: 'begun' };
    });
  },

  async look({ eks }, resource, clusterName): Promise<ResourceSeen> {
    const found = await readProfile(eks(), clusterName, resource.name);
    if (found === 'absent') return 'absent';
    const status = found.status ?? 'UNKNOWN';
    const [issue] = found.health?.issues ?? [];
    if (status === 'ACTIVE') return { state: 'ready', status };
    if (!status.endsWith('_FAILED')) return { state: 'changing', status };
    return {
      state: 'failed',
      status,
      ...(issue?.code === undefined ? {} : { code: issue.code }),
      message: `Fargate profile ${resource.name} is ${status}: ${issue?.message ?? 'EKS names no issue.'}`,
      ...(issue?.resourceIds === undefined ? {} : { resourceIds: issue.resourceIds }),
    };
  },
};

async function create(client: EKSClient, resource: FargateProfileResource, of: PartOf): Promise<Begun> {
  const { name, podExecutionRoleArn, subnets, selectors, tags, part } = resource;
  await client.send(
    new CreateFargateProfileCommand({
      clusterName: of.clusterName,
      fargateProfileName: name,
      podExecutionRoleArn,
      subnets: [...subnets],
      selectors: selectors.map(({ namespace, labels }) => ({ namespace, ...(labels === undefined ? {} : { labels: { ...labels } }) })),
      clientRequestToken: of.clientRequestToken,
      tags: { ...tags, 'slipway:cluster-id': of.clusterId, 'slipway:part': part },
    }),
  );
  return { kind: 'begun' };
}

/** Another profile at work is waited for; all that AWS refuses otherwise is a value. */
async function takingTurns(work: () => Promise<Begun>): Promise<Begun> {
  return refusing(async () => {
    try {
      return await work();
    } catch (error) {
      const message = error instanceof Error ? error.message : '';
      if (nameOf(error) === 'ResourceInUseException' || ANOTHER_AT_WORK.test(message)) return { kind: 'in-use', message };
      throw error;
    }
  });
}

function readProfile(client: EKSClient, clusterName: string, fargateProfileName: string): Promise<FargateProfile | 'absent'> {
  return orAbsent(async () => (await client.send(new DescribeFargateProfileCommand({ clusterName, fargateProfileName }))).fargateProfile ?? 'absent');
}

function isOurs(found: FargateProfile, of: PartOf): boolean {
  return found.tags?.['slipway:cluster-id'] === of.clusterId;
}
