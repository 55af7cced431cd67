import {
  CreatePodIdentityAssociationCommand,
  DeletePodIdentityAssociationCommand,
  DescribePodIdentityAssociationCommand,
  ListPodIdentityAssociationsCommand,
  UpdatePodIdentityAssociationCommand,
  type EKSClient,
  type PodIdentityAssociation,
} from '@aws-sdk/client-eks';
import type { PodIdentityResource } from '../../domain/parts/resource.ts';
import { orAbsent } from '../eks/errors.ts';
import type { Handler } from '../parts.ts';
import type { PartOf } from '../ports.ts';
import { refusing } from './refusing.ts';

/** Associations of a service account with a role. EKS keeps one for each service account of a cluster. */
export const podIdentity: Handler<PodIdentityResource> = {
  async put({ eks }, resource, of) {
    return refusing(async () => {
      const client = eks();
      const found = await readAssociation(client, of.clusterName, resource);
      if (found !== 'absent' && !isOurs(found, of)) return { kind: 'refused', code: 'PodIdentityNotOurs', message: `${resource.name} has a role already, by an association that Slipway has not made: ${found.associationArn ?? ''}. It is left as it is.` };
      if (found === 'absent') await create(client, resource, of);
      else await change(client, resource, found, of);
      return { kind: 'done', outcome: `Pods of ${resource.name} get ${resource.roleArn}.` };
    });
  },

  async remove({ eks }, resource, of) {
    return refusing(async () => {
      const client = eks();
      const found = await readAssociation(client, of.clusterName, resource);
      if (found === 'absent') return { kind: 'absent', message: `${resource.name} has no association.` };
      if (!isOurs(found, of)) return { kind: 'done', outcome: `The association of ${resource.name} is not ours, and stays.` };
      await client.send(new DeletePodIdentityAssociationCommand({ clusterName: of.clusterName, associationId: found.associationId }));
      return { kind: 'done', outcome: `Pods of ${resource.name} get no role any more.` };
    });
  },

  async look({ eks }, resource, clusterName) {
    const found = await readAssociation(eks(), clusterName, resource);
    return found === 'absent' ? 'absent' : { state: 'ready', status: 'there' };
  },
};

async function readAssociation(client: EKSClient, clusterName: string, { namespace, serviceAccount }: PodIdentityResource): Promise<PodIdentityAssociation | 'absent'> {
  const listed = await orAbsent(async () => (await client.send(new ListPodIdentityAssociationsCommand({ clusterName, namespace, serviceAccount }))).associations ?? []);
  const [found] = listed === 'absent' ? [] : listed;
  if (found === undefined) return 'absent';
  return orAbsent(async () => (await client.send(new DescribePodIdentityAssociationCommand({ clusterName, associationId: found.associationId }))).association ?? 'absent');
}

function isOurs(found: PodIdentityAssociation, of: PartOf): boolean {
  return found.tags?.['slipway:cluster-id'] === of.clusterId;
}

async function create(client: EKSClient, resource: PodIdentityResource, of: PartOf): Promise<void> {
  const { namespace, serviceAccount, roleArn, targetRoleArn, disableSessionTags, part } = resource;
  await client.send(
    new CreatePodIdentityAssociationCommand({ clusterName: of.clusterName, namespace, serviceAccount, roleArn, targetRoleArn, disableSessionTags, clientRequestToken: of.clientRequestToken, tags: { 'slipway:cluster-id': of.clusterId, 'slipway:part': part } }),
  );
}

/** EKS exchanges a target role for another and takes none away, so then the association goes and comes anew. */
async function change(client: EKSClient, resource: PodIdentityResource, found: PodIdentityAssociation, of: PartOf): Promise<void> {
  const { roleArn, targetRoleArn } = resource;
  const disableSessionTags = resource.disableSessionTags ?? false;
  if (found.roleArn === roleArn && found.targetRoleArn === targetRoleArn && (found.disableSessionTags ?? false) === disableSessionTags) return;
  const at = { clusterName: of.clusterName, associationId: found.associationId };
  if (found.targetRoleArn !== undefined && targetRoleArn === undefined) {
    await client.send(new DeletePodIdentityAssociationCommand(at));
    await create(client, resource, of);
    return;
  }
  await client.send(new UpdatePodIdentityAssociationCommand({ ...at, roleArn, targetRoleArn, disableSessionTags, clientRequestToken: of.clientRequestToken }));
}
