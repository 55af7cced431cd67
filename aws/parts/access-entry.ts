import { CreateAccessEntryCommand, DeleteAccessEntryCommand, UpdateAccessEntryCommand, type AccessEntry, type EKSClient } from '@aws-sdk/client-eks';
import type { AccessEntryResource } from '../../domain/parts/resource.ts';
import { MADE_ROLE_PREFIX } from '../../domain/parts/role-name.ts';
import { bringPolicies, listPolicies, readAccessEntry } from '../eks/access-policies.ts';
import type { Handler } from '../parts.ts';
import type { PartOf } from '../ports.ts';
import { refusing } from './refusing.ts';

/** Access entries of roles that parts have: those of nodes, of controllers, of tokens. EKS keeps one for each principal of a cluster. */
export const accessEntry: Handler<AccessEntryResource> = {
  async put({ eks }, resource, of) {
    return refusing(async () => {
      const client = eks();
      const { principalArn, type } = resource;
      const found = await readAccessEntry(client, of.clusterName, principalArn);
      if (found !== 'absent' && !isOurs(found, of)) {
        // EKS makes the entries of its own nodes, and one that is as it shall be serves whoever made it.
        if (type !== 'STANDARD' && found.type === type) return { kind: 'done', outcome: `${principalArn} has an entry of type ${type} already, which is not ours and stays.` };
        return { kind: 'refused', code: 'AccessEntryNotOurs', message: `${principalArn} has an access entry already that Slipway has not made. It is left as it is.` };
      }
      if (found === 'absent') await create(client, resource, of);
      else await changeGroups(client, resource, found, of);
      // Entries of nodes get what they need from EKS, and take no policies (source: EKS user guide, Associate access policies); those of Auto Mode do.
      if (resource.policies.length > 0 || type === 'STANDARD') {
        const standing = (await listPolicies(client, of.clusterName, principalArn)).flatMap(({ policyArn }) => policyArn ?? []);
        await bringPolicies(client, of.clusterName, principalArn, resource.policies, standing);
      }
      return { kind: 'done', outcome: `${principalArn} gets in by an entry of type ${type}.` };
    });
  },

  async remove({ eks }, resource, of) {
    const { principalArn } = resource;
    return refusing(async () => {
      const client = eks();
      const found = await readAccessEntry(client, of.clusterName, principalArn);
      if (found === 'absent') return { kind: 'absent', message: `${principalArn} has no access entry.` };
      const kept = resource.madeByEks === true ? await putToOtherUse(client, of.clusterName, resource, found) : isOurs(found, of) ? undefined : 'is not ours';
      if (kept !== undefined) return { kind: 'done', outcome: `The access entry of ${principalArn} ${kept}, and stays.` };
      await client.send(new DeleteAccessEntryCommand({ clusterName: of.clusterName, principalArn }));
      return { kind: 'done', outcome: `${principalArn} gets in no more.` };
    });
  },

  async look({ eks }, { principalArn }, clusterName) {
    const found = await readAccessEntry(eks(), clusterName, principalArn);
    return found === 'absent' ? 'absent' : { state: 'ready', status: 'there' };
  },
};

/** How an entry that EKS has made differs from what EKS made it to be; undefined where it does not. Nobody but Slipway has a use for roles that Slipway made. */
async function putToOtherUse(client: EKSClient, clusterName: string, { principalArn, type, policies }: AccessEntryResource, found: AccessEntry): Promise<string | undefined> {
  if (found.type !== type) return `is of the type ${found.type ?? ''}`;
  if (Object.keys(found.tags ?? {}).length > 0) return 'has tags of somebody who keeps it';
  if (type !== 'STANDARD' || principalArn.includes(`:role/${MADE_ROLE_PREFIX}`)) return undefined;
  if ((found.kubernetesGroups ?? []).length > 0) return 'has Kubernetes groups';
  const others = (await listPolicies(client, clusterName, principalArn)).flatMap(({ policyArn = '' }) => (policies.some((own) => own.policyArn === policyArn) ? [] : [policyArn]));
  return others.length === 0 ? undefined : `has policies that did not come with it (${others.join(', ')})`;
}

function isOurs(found: AccessEntry, of: PartOf): boolean {
  return found.tags?.['slipway:cluster-id'] === of.clusterId;
}

async function create(client: EKSClient, { principalArn, type, kubernetesGroups, part }: AccessEntryResource, of: PartOf): Promise<void> {
  await client.send(
    new CreateAccessEntryCommand({
      clusterName: of.clusterName,
      principalArn,
      type,
      ...(kubernetesGroups === undefined || kubernetesGroups.length === 0 ? {} : { kubernetesGroups: [...kubernetesGroups] }),
      clientRequestToken: of.clientRequestToken,
      tags: { 'slipway:cluster-id': of.clusterId, 'slipway:part': part },
    }),
  );
}

async function changeGroups(client: EKSClient, { principalArn, kubernetesGroups = [] }: AccessEntryResource, found: AccessEntry, of: PartOf): Promise<void> {
  if (found.type !== 'STANDARD' || [...(found.kubernetesGroups ?? [])].sort().join() === [...kubernetesGroups].sort().join()) return;
  await client.send(new UpdateAccessEntryCommand({ clusterName: of.clusterName, principalArn, kubernetesGroups: [...kubernetesGroups], clientRequestToken: of.clientRequestToken }));
}
