import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { DeleteAccessEntryCommand, DescribeAccessEntryCommand, EKSClient, ListAssociatedAccessPoliciesCommand, type AccessEntry } from '@aws-sdk/client-eks';
import { mockClient } from 'aws-sdk-client-mock';
import { accessEntry } from '../../aws/parts/access-entry.ts';
import type { PartClients } from '../../aws/parts.ts';
import type { Step } from '../../domain/operation.ts';
import type { AccessEntryResource } from '../../domain/parts/resource.ts';

const eks = mockClient(EKSClient);
const policyArn = (name: string): string => `arn:aws:eks::aws:cluster-access-policy/${name}`;
const OF = { clusterName: 'shop', clusterId: 'c-1', clientRequestToken: 'token' };

async function remove(roleName: string, found: Partial<AccessEntry>, policies: readonly string[] = ['AmazonEKSACKPolicy']): Promise<[boolean, string]> {
  const principalArn = `arn:aws:iam::111111111111:role/${roleName}`;
  const resource: AccessEntryResource = { kind: 'access-entry', name: principalArn, part: 'capability', partName: 'ack', principalArn, type: 'STANDARD', policies: [{ policyArn: policyArn('AmazonEKSACKPolicy') }], madeByEks: true };
  eks.on(DescribeAccessEntryCommand).resolves({ accessEntry: { principalArn, type: 'STANDARD', ...found } });
  eks.on(ListAssociatedAccessPoliciesCommand).resolves({ associatedAccessPolicies: policies.map((name) => ({ policyArn: policyArn(name) })) });
  const came = await accessEntry.remove({ eks: () => new EKSClient({}) } as unknown as PartClients, resource, OF, {} as Step);
  return [eks.commandCalls(DeleteAccessEntryCommand).length === 1, came.kind === 'done' ? came.outcome : came.kind];
}

describe('an access entry that EKS made for what goes', () => {
  beforeEach(() => eks.reset());

  it('is taken away where it is as EKS made it', async () => {
    assert.deepEqual((await remove('eks-ack', {}))[0], true);
  });

  it('stays where somebody has put it to another use, and says for which', async () => {
    const cases: readonly (readonly [Partial<AccessEntry>, readonly string[] | undefined, RegExp])[] = [
      [{ tags: { team: 'a' } }, undefined, /tags of somebody/],
      [{ type: 'EC2_LINUX' }, undefined, /of the type EC2_LINUX/],
      [{ kubernetesGroups: ['ops'] }, undefined, /Kubernetes groups/],
      [{}, ['AmazonEKSACKPolicy', 'AmazonEKSClusterAdminPolicy'], /did not come with it .*ClusterAdminPolicy/],
    ];
    for (const [found, policies, why] of cases) {
      eks.reset();
      const [gone, outcome] = await remove('eks-ack', found, policies);
      assert.deepEqual([gone, why.test(outcome)], [false, true], outcome);
    }
  });

  it('goes with a role of Slipway\'s own, whatever it was given besides', async () => {
    assert.equal((await remove('slipway-of-shop-000001-capability-ack', { kubernetesGroups: ['ops'] }, ['AmazonEKSACKPolicy', 'AmazonEKSSecretReaderPolicy']))[0], true);
  });

  it('is gone already where EKS has taken it away itself', async () => {
    eks.on(DescribeAccessEntryCommand).rejects(Object.assign(new Error('none'), { name: 'ResourceNotFoundException' }));
    const resource: AccessEntryResource = { kind: 'access-entry', name: 'a', part: 'capability', partName: 'ack', principalArn: 'a', type: 'STANDARD', policies: [], madeByEks: true };
    assert.equal((await accessEntry.remove({ eks: () => new EKSClient({}) } as unknown as PartClients, resource, OF, {} as Step)).kind, 'absent');
  });
});
