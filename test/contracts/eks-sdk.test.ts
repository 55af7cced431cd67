import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DescribeSubnetsCommand, EC2Client, ModifySubnetAttributeCommand } from '@aws-sdk/client-ec2';
import * as eks from '@aws-sdk/client-eks';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { policy, refusal, startAws } from './aws-stage.ts';
import { account, ACCOUNT, clusterOf, roleArn } from './eks-fleet.ts';

describe('the simulated EKS, asked by the official client', () => {
  it('answers every operation that it supports in the shapes of the model, with no failure of its own', async (t) => {
    const fleet = await account(await startAws(t));
    const { client, subnets } = fleet;
    const done = new Set<string>();
    client.middlewareStack.add(
      (next, context) => (args) => {
        done.add(String(context.commandName).replace(/Command$/, ''));
        return next(args);
      },
      { step: 'initialize' },
    );
    const name = 'a';
    const clusterName = 'a';
    await client.send(new eks.CreateClusterCommand({ ...clusterOf(fleet, name), tags: { team: 'payments' }, logging: { clusterLogging: [{ types: ['api'], enabled: true }] } }));
    await fleet.pass(13 * 60);
    const { cluster } = await client.send(new eks.DescribeClusterCommand({ name }));
    assert.equal(cluster?.status, 'ACTIVE');
    assert.ok(cluster.createdAt instanceof Date);
    assert.deepEqual((await client.send(new eks.ListClustersCommand({}))).clusters, [name]);
    const { clusterVersions = [] } = await client.send(new eks.DescribeClusterVersionsCommand({ clusterVersions: ['1.33', '1.36'] }));
    assert.deepEqual(
      clusterVersions.map((version) => version.clusterVersion),
      ['1.36', '1.33'],
    );

    const principalArn = roleArn('pods');
    const policyArn = (await client.send(new eks.ListAccessPoliciesCommand({}))).accessPolicies?.[0]?.arn ?? '';
    await client.send(new eks.CreateAccessEntryCommand({ clusterName, principalArn }));
    await client.send(new eks.UpdateAccessEntryCommand({ clusterName, principalArn, kubernetesGroups: ['viewers'] }));
    await client.send(new eks.AssociateAccessPolicyCommand({ clusterName, principalArn, policyArn, accessScope: { type: 'cluster' } }));
    assert.equal((await client.send(new eks.ListAssociatedAccessPoliciesCommand({ clusterName, principalArn }))).associatedAccessPolicies?.[0]?.policyArn, policyArn);
    assert.deepEqual((await client.send(new eks.DescribeAccessEntryCommand({ clusterName, principalArn }))).accessEntry?.kubernetesGroups, ['viewers']);
    await client.send(new eks.DisassociateAccessPolicyCommand({ clusterName, principalArn, policyArn }));
    assert.ok((await client.send(new eks.ListAccessEntriesCommand({ clusterName }))).accessEntries?.includes(principalArn));
    await client.send(new eks.DeleteAccessEntryCommand({ clusterName, principalArn }));

    const nodegroupName = 'blue';
    await client.send(
      new eks.CreateNodegroupCommand({ clusterName, nodegroupName, nodeRole: roleArn('eks-nodes'), subnets, scalingConfig: { minSize: 1, maxSize: 3, desiredSize: 2 } }),
    );
    await fleet.pass(6 * 60);
    assert.deepEqual((await client.send(new eks.ListNodegroupsCommand({ clusterName }))).nodegroups, [nodegroupName]);
    await client.send(
      new eks.UpdateNodegroupConfigCommand({
        clusterName,
        nodegroupName,
        labels: { addOrUpdateLabels: { a: 'b' } },
        taints: { addOrUpdateTaints: [{ key: 'k', effect: 'NO_EXECUTE' }] },
      }),
    );
    await fleet.pass(60);

    const addonName = 'coredns';
    const { addons = [] } = await client.send(new eks.DescribeAddonVersionsCommand({ addonName, kubernetesVersion: '1.33' }));
    const addonVersion = addons[0]?.addonVersions?.[0]?.addonVersion ?? '';
    await client.send(new eks.DescribeAddonConfigurationCommand({ addonName, addonVersion }));
    await client.send(new eks.CreateAddonCommand({ clusterName, addonName }));
    await fleet.pass(120);
    const addonUpdate = (await client.send(new eks.UpdateAddonCommand({ clusterName, addonName, addonVersion }))).update;
    await fleet.pass(120);
    assert.equal((await client.send(new eks.DescribeUpdateCommand({ name, addonName, updateId: addonUpdate?.id }))).update?.status, 'Successful');
    assert.equal((await client.send(new eks.DescribeAddonCommand({ clusterName, addonName }))).addon?.addonVersion, addonVersion);
    assert.deepEqual((await client.send(new eks.ListAddonsCommand({ clusterName }))).addons, [addonName]);

    await client.send(new eks.StartInsightsRefreshCommand({ clusterName }));
    await fleet.pass(120);
    assert.equal((await client.send(new eks.DescribeInsightsRefreshCommand({ clusterName }))).status, 'COMPLETED');
    const { insights = [] } = await client.send(new eks.ListInsightsCommand({ clusterName, filter: { categories: ['UPGRADE_READINESS'] } }));
    assert.equal((await client.send(new eks.DescribeInsightCommand({ clusterName, id: insights[0]?.id }))).insight?.insightStatus?.status, 'PASSING');

    await client.send(new eks.UpdateClusterVersionCommand({ name, version: '1.34' }));
    await fleet.pass(14 * 60);
    const roll = (await client.send(new eks.UpdateNodegroupVersionCommand({ clusterName, nodegroupName }))).update;
    await fleet.pass(40 * 60);
    assert.equal((await client.send(new eks.DescribeUpdateCommand({ name, nodegroupName, updateId: roll?.id }))).update?.status, 'Successful');
    assert.equal((await client.send(new eks.DescribeNodegroupCommand({ clusterName, nodegroupName }))).nodegroup?.version, '1.34');
    const [updateId] = (await client.send(new eks.ListUpdatesCommand({ name }))).updateIds ?? [];
    assert.equal((await refusal(client.send(new eks.CancelUpdateCommand({ name, updateId })))).name, 'InvalidRequestException');
    const key = (await new KMSClient(fleet.as(ACCOUNT)).send(new CreateKeyCommand({}))).KeyMetadata;
    await client.send(
      new eks.AssociateEncryptionConfigCommand({ clusterName, encryptionConfig: [{ resources: ['secrets'], provider: { keyArn: key?.Arn } }] }),
    );
    await fleet.pass(20 * 60);
    await client.send(new eks.UpdateClusterConfigCommand({ name, logging: { clusterLogging: [{ types: ['audit'], enabled: true }] } }));
    await fleet.pass(5 * 60);

    const identity = { clusterName, namespace: 'default', serviceAccount: 'web' };
    const { association } = await client.send(new eks.CreatePodIdentityAssociationCommand({ ...identity, roleArn: roleArn('pods') }));
    const associationId = association?.associationId;
    await client.send(new eks.UpdatePodIdentityAssociationCommand({ clusterName, associationId, disableSessionTags: true }));
    await client.send(new eks.DescribePodIdentityAssociationCommand({ clusterName, associationId }));
    assert.equal((await client.send(new eks.ListPodIdentityAssociationsCommand({ clusterName }))).associations?.length, 1);
    await client.send(new eks.DeletePodIdentityAssociationCommand({ clusterName, associationId }));

    const fargateProfileName = 'f';
    const profile = new eks.CreateFargateProfileCommand({ clusterName, fargateProfileName, podExecutionRoleArn: roleArn('fargate'), subnets, selectors: [{ namespace: 'default' }] });
    assert.match((await refusal(client.send(profile))).message, /^Subnet subnet-.* provided in Fargate Profile is not a private subnet$/);
    for (const SubnetId of subnets) await new EC2Client(fleet.as(ACCOUNT)).send(new ModifySubnetAttributeCommand({ SubnetId, MapPublicIpOnLaunch: { Value: false } }));
    await client.send(profile);
    await fleet.pass(180);
    await client.send(new eks.DescribeFargateProfileCommand({ clusterName, fargateProfileName }));
    assert.deepEqual((await client.send(new eks.ListFargateProfilesCommand({ clusterName }))).fargateProfileNames, [fargateProfileName]);
    await client.send(new eks.DeleteFargateProfileCommand({ clusterName, fargateProfileName }));

    await client.send(new eks.CreateCertificateAuthorityCommand({ clusterName }));
    await fleet.pass(6 * 60);
    const successor = (await client.send(new eks.ListCertificateAuthoritiesCommand({ clusterName }))).certificateAuthorities?.find(({ signingStatus }) => signingStatus === 'NOT_USED');
    const before = (await client.send(new eks.ListCertificateAuthoritiesCommand({ clusterName }))).certificateAuthorities?.find(({ signingStatus }) => signingStatus === 'IN_USE');
    assert.match((await client.send(new eks.DescribeCertificateAuthorityCommand({ clusterName, certificateAuthorityId: successor?.id }))).certificateAuthority?.data ?? '', /^LS0t/);
    await client.send(new eks.ActivateCertificateAuthorityCommand({ clusterName, certificateAuthorityId: successor?.id }));
    await fleet.pass(6 * 60);
    await client.send(new eks.DeleteCertificateAuthorityCommand({ clusterName, certificateAuthorityId: before?.id }));
    await fleet.pass(6 * 60);

    const resourceArn = cluster.arn ?? '';
    await client.send(new eks.TagResourceCommand({ resourceArn, tags: { tier: '1' } }));
    await client.send(new eks.UntagResourceCommand({ resourceArn, tagKeys: ['tier'] }));
    assert.deepEqual((await client.send(new eks.ListTagsForResourceCommand({ resourceArn }))).tags, { team: 'payments' });
    assert.deepEqual((await client.send(new eks.ListIdentityProviderConfigsCommand({ clusterName }))).identityProviderConfigs, []);

    const capabilityName = 'ack';
    const made = await client.send(new eks.CreateCapabilityCommand({ clusterName, capabilityName, type: 'ACK', roleArn: roleArn('capability'), deletePropagationPolicy: 'RETAIN', configuration: { ack: { enableCrossNamespace: true } } }));
    assert.match(made.capability?.arn ?? '', /^arn:aws:eks:us-east-1:\d{12}:capability\/a\/ack\/ack\/[0-9a-f-]{36}$/);
    await fleet.pass(300);
    const { update: change } = await client.send(new eks.UpdateCapabilityCommand({ clusterName, capabilityName, configuration: { ack: { disabledServices: ['rds'] } } }));
    await fleet.pass(120);
    assert.equal((await client.send(new eks.DescribeUpdateCommand({ name, capabilityName, updateId: change?.id }))).update?.status, 'Successful');
    const { capability } = await client.send(new eks.DescribeCapabilityCommand({ clusterName, capabilityName }));
    assert.deepEqual([capability?.status, capability?.configuration?.ack], ['ACTIVE', { enableCrossNamespace: true, disabledServices: ['rds'] }]);
    assert.deepEqual((await client.send(new eks.ListCapabilitiesCommand({ clusterName }))).capabilities?.map(({ type }) => type), ['ACK']);
    await client.send(new eks.DeleteCapabilityCommand({ clusterName, capabilityName }));
    await fleet.pass(300);

    await client.send(new eks.DeleteAddonCommand({ clusterName, addonName }));
    await client.send(new eks.DeleteNodegroupCommand({ clusterName, nodegroupName }));
    await fleet.pass(6 * 60);
    await client.send(new eks.DeleteClusterCommand({ name }));
    await fleet.pass(6 * 60);
    const gone = await refusal(client.send(new eks.DescribeClusterCommand({ name })));
    assert.deepEqual(gone, { name: 'ResourceNotFoundException', message: 'No cluster found for name: a.', status: 404 });

    assert.deepEqual([...done].sort(), Object.keys(fleet.aws.eks.operations).sort(), 'every supported operation was asked');
    assert.deepEqual(fleet.told, []);
  });

  it('refuses with the errors of the model, and their members', async (t) => {
    const fleet = await account(await startAws(t));
    const { client } = fleet;
    const bad = await client.send(new eks.CreateClusterCommand({ ...clusterOf(fleet, 'a'), version: '1.99' })).catch((error: unknown) => error);
    assert.ok(bad instanceof eks.InvalidParameterException);
    assert.deepEqual([bad.clusterName, bad.message, bad.$metadata.httpStatusCode], ['a', 'unsupported Kubernetes version', 400]);
    const { Subnets = [] } = await new EC2Client(fleet.as(ACCOUNT)).send(new DescribeSubnetsCommand({ Filters: [{ Name: 'availability-zone-id', Values: ['use1-az3'] }] }));
    const [refused] = Subnets;
    const zone = await client
      .send(new eks.CreateClusterCommand({ ...clusterOf(fleet, 'a'), resourcesVpcConfig: { subnetIds: [fleet.subnets[0] ?? '', refused?.SubnetId ?? ''] } }))
      .catch((error: unknown) => error);
    assert.ok(zone instanceof eks.UnsupportedAvailabilityZoneException);
    assert.equal(zone.validZones?.length, 5);
    assert.ok(!zone.validZones.includes(refused?.AvailabilityZone ?? ''));
    await client.send(new eks.CreateClusterCommand(clusterOf(fleet, 'a')));
    const twice = await client.send(new eks.CreateClusterCommand(clusterOf(fleet, 'a'))).catch((error: unknown) => error);
    assert.ok(twice instanceof eks.ResourceInUseException);
    const unsupported = await refusal(client.send(new eks.ListEksAnywhereSubscriptionsCommand({})));
    assert.equal(unsupported.status, 501);
    assert.match(unsupported.message, /ListEksAnywhereSubscriptions/);
  });

  it('lets an assumed role do what its policies say: the thing itself, and the role that it passes', async (t) => {
    const fleet = await account(await startAws(t));
    const iam = new IAMClient(fleet.as(ACCOUNT));
    await iam.send(
      new CreateRoleCommand({
        RoleName: 'eks-operator',
        AssumeRolePolicyDocument: policy({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }),
      }),
    );
    const allow = (...statements: Record<string, unknown>[]) =>
      iam.send(new PutRolePolicyCommand({ RoleName: 'eks-operator', PolicyName: 'p', PolicyDocument: policy(...statements) }));
    await allow({ Effect: 'Allow', Action: 'eks:*', Resource: `arn:aws:eks:us-east-1:${ACCOUNT}:cluster/a` });
    await fleet.pass(60);
    const { Credentials } = await new STSClient(fleet.as(ACCOUNT)).send(new AssumeRoleCommand({ RoleArn: roleArn('eks-operator'), RoleSessionName: 'session' }));
    const operator = new eks.EKSClient(fleet.as(Credentials));
    assert.match(
      (await refusal(operator.send(new eks.CreateClusterCommand(clusterOf(fleet, 'a'))))).message,
      /not authorized to perform: iam:PassRole on resource: .*role\/eks-cluster/,
    );
    await allow(
      { Effect: 'Allow', Action: 'eks:*', Resource: [`arn:aws:eks:us-east-1:${ACCOUNT}:cluster/a`, `arn:aws:eks:us-east-1:${ACCOUNT}:nodegroup/a/blue/*`] },
      { Effect: 'Allow', Action: 'iam:PassRole', Resource: roleArn('eks-*'), Condition: { StringEquals: { 'iam:PassedToService': 'eks.amazonaws.com' } } },
    );
    await fleet.pass(60);
    await operator.send(new eks.CreateClusterCommand(clusterOf(fleet, 'a')));
    assert.match((await refusal(operator.send(new eks.CreateClusterCommand(clusterOf(fleet, 'b'))))).message, /eks:CreateCluster on resource: .*cluster\/b/);
    assert.deepEqual(
      (await operator.send(new eks.ListAccessEntriesCommand({ clusterName: 'a' }))).accessEntries,
      [roleArn('eks-operator')],
      'its creator is the role, not the session',
    );
    await fleet.pass(13 * 60);
    const group = (nodegroupName: string) => new eks.CreateNodegroupCommand({ clusterName: 'a', nodegroupName, nodeRole: roleArn('eks-nodes'), subnets: fleet.subnets });
    await operator.send(group('blue'));
    await operator.send(group('green'));
    await operator.send(new eks.DescribeNodegroupCommand({ clusterName: 'a', nodegroupName: 'blue' }));
    assert.match(
      (await refusal(operator.send(new eks.DescribeNodegroupCommand({ clusterName: 'a', nodegroupName: 'green' })))).message,
      /eks:DescribeNodegroup on resource: .*nodegroup\/a\/green\//,
    );
  });

  it('fails the update that a scripted fault is for, and no other', async (t) => {
    const fleet = await account(await startAws(t));
    const { client } = fleet;
    for (const name of ['a', 'b']) await client.send(new eks.CreateClusterCommand(clusterOf(fleet, name)));
    await fleet.pass(13 * 60);
    await fleet.send('POST', '/_sim/faults', {
      operation: 'eks:UpdateClusterVersion',
      account: ACCOUNT,
      match: { name: 'b' },
      times: 1,
      fault: { kind: 'failUpdate', code: 'IpNotAvailable' },
    });
    const begun = await Promise.all(
      ['a', 'b'].map(async (name) => ({ name, updateId: (await client.send(new eks.UpdateClusterVersionCommand({ name, version: '1.34' }))).update?.id })),
    );
    await fleet.pass(13 * 60);
    const ends = await Promise.all(begun.map(async (update) => (await client.send(new eks.DescribeUpdateCommand(update))).update));
    assert.deepEqual(
      ends.map((update) => [update?.status, update?.errors?.[0]?.errorCode]),
      [
        ['Successful', undefined],
        ['Failed', 'IpNotAvailable'],
      ],
    );
  });
});
