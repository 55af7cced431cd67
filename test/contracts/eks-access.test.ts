import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { activeCluster, ACCOUNT, clusterInput, eksPlace, nodegroupInput, SUBNETS } from './eks-place.ts';

const ADMIN = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy';
const PRINCIPAL = `arn:aws:iam::${ACCOUNT}:role/team/admins`;

describe('access to a cluster of the simulated EKS', () => {
  it('belongs to its creator unless that was declined', async () => {
    const place = eksPlace();
    place.call('CreateCluster', clusterInput('a'));
    place.call('CreateCluster', clusterInput('b', { accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: false } }));
    assert.deepEqual(place.call('ListAccessEntries', { clusterName: 'a' }).accessEntries, [`arn:aws:iam::${ACCOUNT}:root`]);
    assert.deepEqual(place.call('ListAccessEntries', { clusterName: 'b' }).accessEntries, []);
    const policies = place.call('ListAssociatedAccessPolicies', { clusterName: 'a', principalArn: `arn:aws:iam::${ACCOUNT}:root` }).associatedAccessPolicies;
    assert.deepEqual(
      policies.map((policy: { policyArn: string }) => policy.policyArn),
      [ADMIN],
    );
  });

  it('is given by entries and policies, and taken away with them', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    const about = { clusterName: 'a', principalArn: PRINCIPAL };
    const { accessEntry } = place.call('CreateAccessEntry', { ...about, clientRequestToken: 't' });
    assert.equal(accessEntry.type, 'STANDARD');
    assert.equal(accessEntry.username, `arn:aws:sts::${ACCOUNT}:assumed-role/admins/{{SessionName}}`);
    assert.match(accessEntry.accessEntryArn, new RegExp(`^arn:aws:eks:us-east-1:${ACCOUNT}:access-entry/a/role/${ACCOUNT}/admins/[0-9a-f-]{36}$`));
    assert.deepEqual(place.call('CreateAccessEntry', { ...about, clientRequestToken: 't' }).accessEntry, accessEntry);
    assert.throws(() => place.call('CreateAccessEntry', about), {
      code: 'ResourceInUseException',
      message: 'The specified access entry resource is already in use on this cluster.',
    });

    place.call('AssociateAccessPolicy', { ...about, policyArn: ADMIN, accessScope: { type: 'cluster' } });
    const { associatedAccessPolicy } = place.call('AssociateAccessPolicy', { ...about, policyArn: ADMIN, accessScope: { type: 'namespace', namespaces: ['default'] } });
    assert.deepEqual(associatedAccessPolicy.accessScope, { type: 'namespace', namespaces: ['default'] });
    assert.equal(place.call('ListAssociatedAccessPolicies', about).associatedAccessPolicies.length, 1);
    assert.throws(() => place.call('AssociateAccessPolicy', { ...about, policyArn: 'arn:aws:eks::aws:cluster-access-policy/Nothing', accessScope: { type: 'cluster' } }), {
      code: 'InvalidParameterException',
    });
    assert.deepEqual(place.call('ListAccessEntries', { clusterName: 'a', associatedPolicyArn: ADMIN }).accessEntries, [PRINCIPAL, `arn:aws:iam::${ACCOUNT}:root`].sort());

    place.call('UpdateAccessEntry', { ...about, kubernetesGroups: ['viewers'] });
    assert.deepEqual(place.call('DescribeAccessEntry', about).accessEntry.kubernetesGroups, ['viewers']);
    place.call('DisassociateAccessPolicy', { ...about, policyArn: ADMIN });
    assert.throws(() => place.call('DisassociateAccessPolicy', { ...about, policyArn: ADMIN }), { code: 'ResourceNotFoundException' });
    place.call('DeleteAccessEntry', about);
    assert.throws(() => place.call('DescribeAccessEntry', about), { code: 'ResourceNotFoundException', message: /^The specified principalArn could not be found/ });
  });

  it('knows the policies that EKS has', () => {
    const { accessPolicies } = eksPlace().call('ListAccessPolicies');
    for (const name of ['AmazonEKSAdminPolicy', 'AmazonEKSClusterAdminPolicy', 'AmazonEKSEditPolicy', 'AmazonEKSViewPolicy', 'AmazonEKSAdminViewPolicy'])
      assert.ok(
        accessPolicies.some((policy: { name: string; arn: string }) => policy.name === name && policy.arn === `arn:aws:eks::aws:cluster-access-policy/${name}`),
        name,
      );
  });

  it('is refused to groups that Kubernetes and EKS keep for themselves', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    assert.throws(() => place.call('CreateAccessEntry', { clusterName: 'a', principalArn: PRINCIPAL, kubernetesGroups: ['system:masters'] }), {
      code: 'InvalidParameterException',
      message: /system:masters is invalid/,
    });
  });
});

describe('pod identities, Fargate profiles and tags of the simulated EKS', () => {
  it('give a service account one role', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    const input = { clusterName: 'a', namespace: 'default', serviceAccount: 'web', roleArn: `arn:aws:iam::${ACCOUNT}:role/pods` };
    const { association } = place.call('CreatePodIdentityAssociation', { ...input, clientRequestToken: 't' });
    assert.equal(place.call('CreatePodIdentityAssociation', { ...input, clientRequestToken: 't' }).association.associationId, association.associationId);
    assert.throws(() => place.call('CreatePodIdentityAssociation', input), { code: 'ResourceInUseException' });
    assert.throws(() => place.call('CreatePodIdentityAssociation', { ...input, serviceAccount: 'x', roleArn: `arn:aws:iam::${ACCOUNT}:role/nobody` }), {
      code: 'InvalidParameterException',
    });
    assert.equal(place.call('ListPodIdentityAssociations', { clusterName: 'a', namespace: 'other' }).associations.length, 0);
    place.call('UpdatePodIdentityAssociation', { clusterName: 'a', associationId: association.associationId, disableSessionTags: true });
    assert.equal(place.call('DescribePodIdentityAssociation', { clusterName: 'a', associationId: association.associationId }).association.disableSessionTags, true);
    place.call('DeletePodIdentityAssociation', { clusterName: 'a', associationId: association.associationId });
    assert.deepEqual(place.call('ListPodIdentityAssociations', { clusterName: 'a' }).associations, []);
  });

  it('hold a cluster while a Fargate profile is there', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    const input = { clusterName: 'a', fargateProfileName: 'f', podExecutionRoleArn: `arn:aws:iam::${ACCOUNT}:role/pods`, subnets: SUBNETS, selectors: [{ namespace: 'default' }] };
    assert.equal(place.call('CreateFargateProfile', input).fargateProfile.status, 'CREATING');
    assert.throws(() => place.call('CreateFargateProfile', { ...input, fargateProfileName: 'g' }), { code: 'ResourceInUseException', message: /f in status CREATING/ });
    await place.minutes(3);
    assert.equal(place.call('DescribeFargateProfile', { clusterName: 'a', fargateProfileName: 'f' }).fargateProfile.status, 'ACTIVE');
    assert.throws(() => place.call('DeleteCluster', { name: 'a' }), { code: 'ResourceInUseException', message: 'Cluster has fargate profiles attached' });
    place.call('DeleteFargateProfile', { clusterName: 'a', fargateProfileName: 'f' });
    await place.minutes(3);
    assert.deepEqual(place.call('ListFargateProfiles', { clusterName: 'a' }).fargateProfileNames, []);
    place.call('DeleteCluster', { name: 'a' });
  });

  it('are put on anything that has an ARN, also while it is updated', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    place.call('UpdateClusterVersion', { name: 'a', version: '1.34' });
    const { arn } = place.call('DescribeCluster', { name: 'a' }).cluster;
    place.call('TagResource', { resourceArn: arn, tags: { team: 'payments', tier: '1' } });
    place.call('UntagResource', { resourceArn: arn, tagKeys: ['tier'] });
    assert.deepEqual(place.call('DescribeCluster', { name: 'a' }).cluster.tags, { team: 'payments' });
    await place.minutes(14);
    const { nodegroupArn } = place.call('CreateNodegroup', nodegroupInput('a', 'blue')).nodegroup;
    place.call('TagResource', { resourceArn: nodegroupArn, tags: { a: 'b' } });
    assert.deepEqual(place.call('ListTagsForResource', { resourceArn: nodegroupArn }).tags, { a: 'b' });
    assert.throws(() => place.call('ListTagsForResource', { resourceArn: `${arn}x` }), { code: 'NotFoundException', status: 404 });
    assert.throws(() => place.call('TagResource', { resourceArn: 'arn:aws:s3:::bucket', tags: {} }), { code: 'BadRequestException' });
  });
});

describe('what a caller must be allowed at the simulated EKS', () => {
  const needs = (operation: string, input: object) => {
    const place = eksPlace();
    place.call('CreateCluster', clusterInput('a'));
    const caller = { accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root`, sessionTags: {} };
    const call = { service: 'eks', operation, accountId: ACCOUNT, region: 'us-east-1', caller, requestId: 'r', now: place.clock.now(), endpoint: '' };
    return place.eks.needs?.(operation, input, call)?.map(({ action, resource }) => `${action} on ${resource}`);
  };

  it('is the action on the thing itself, and on the cluster for what is made or listed in it', () => {
    const arn = `arn:aws:eks:us-east-1:${ACCOUNT}`;
    assert.deepEqual(needs('DescribeCluster', { name: 'a' }), [`eks:DescribeCluster on ${arn}:cluster/a`]);
    assert.deepEqual(needs('DescribeUpdate', { name: 'a', nodegroupName: 'blue' }), [`eks:DescribeUpdate on ${arn}:cluster/a`]);
    assert.deepEqual(needs('ListNodegroups', { clusterName: 'a' }), [`eks:ListNodegroups on ${arn}:cluster/a`]);
    assert.match(needs('UpdateNodegroupVersion', { clusterName: 'a', nodegroupName: 'blue' })?.[0] ?? '', /^eks:UpdateNodegroupVersion on .*:nodegroup\/a\/blue\/[0-9a-f-]{36}$/);
    assert.match(needs('UpdateAddon', { clusterName: 'a', addonName: 'coredns' })?.[0] ?? '', /:addon\/a\/coredns\//);
    assert.deepEqual(needs('DescribeClusterVersions', {}), ['eks:DescribeClusterVersions on *']);
  });

  it('includes passing the roles that a call hands to EKS', () => {
    const place = eksPlace();
    const caller = { accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root`, sessionTags: {} };
    const call = { service: 'eks', operation: 'CreateCluster', accountId: ACCOUNT, region: 'us-east-1', caller, requestId: 'r', now: place.clock.now(), endpoint: '' };
    assert.deepEqual(place.eks.needs?.('CreateCluster', clusterInput('a', { tags: { team: 'x' } }), call), [
      { action: 'eks:CreateCluster', resource: `arn:aws:eks:us-east-1:${ACCOUNT}:cluster/a`, context: { 'aws:RequestTag/team': 'x', 'aws:TagKeys': ['team'] } },
      { action: 'iam:PassRole', resource: `arn:aws:iam::${ACCOUNT}:role/eks-cluster`, context: { 'iam:PassedToService': 'eks.amazonaws.com' } },
    ]);
    assert.equal(needs('CreateNodegroup', nodegroupInput('a', 'blue'))?.[1], `iam:PassRole on arn:aws:iam::${ACCOUNT}:role/eks-nodes`);
  });
});
