import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CreateRoleCommand, IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateClusterCommand, CreatePodIdentityAssociationCommand, DescribeClusterCommand, EKSClient, UpdateClusterConfigCommand } from '@aws-sdk/client-eks';
import { policy, refusal, startAws } from './aws-stage.ts';
import { account, clusterOf, roleArn } from './eks-fleet.ts';
import { ACCOUNT, activeCluster, clusterInput, eksPlace, nodegroupInput, SUBNETS } from './eks-place.ts';
import type { EksPlace } from './eks-place.ts';

const PODS = `arn:aws:iam::${ACCOUNT}:role/pods`;
const IDENTITY = { clusterName: 'a', namespace: 'default', serviceAccount: 'web', roleArn: PODS };
const IDC = { awsIdc: { idcInstanceArn: 'arn:aws:sso:::instance/ssoins-1234567890abcdef' } };

const capability = (place: EksPlace, capabilityName: string, type: string, more: object = {}) =>
  place.call('CreateCapability', { clusterName: 'a', capabilityName, type, roleArn: PODS, deletePropagationPolicy: 'RETAIN', ...more }).capability;
const capabilityOf = (place: EksPlace, capabilityName: string) => place.call('DescribeCapability', { clusterName: 'a', capabilityName }).capability;

describe('a capability of the simulated EKS', () => {
  it('is CREATING, then ACTIVE, and its role is let in with the policies of its type', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    assert.equal(capability(place, 'gitops', 'ARGOCD', { configuration: { argoCd: { namespace: 'argo', ...IDC } } }).status, 'CREATING');
    await place.minutes(5);
    const seen = capabilityOf(place, 'gitops');
    assert.deepEqual([seen.status, seen.deletePropagationPolicy, seen.health.issues], ['ACTIVE', 'RETAIN', []]);
    assert.match(seen.configuration.argoCd.serverUrl, /^https:\/\//);
    const { associatedAccessPolicies } = place.call('ListAssociatedAccessPolicies', { clusterName: 'a', principalArn: PODS });
    assert.deepEqual(
      associatedAccessPolicies.map(({ policyArn, accessScope }: { policyArn: string; accessScope: { type: string; namespaces: string[] } }) => [policyArn.split('/')[1], accessScope]),
      [
        ['AmazonEKSArgoCDClusterPolicy', { type: 'cluster', namespaces: [] }],
        ['AmazonEKSArgoCDPolicy', { type: 'namespace', namespaces: ['argo'] }],
      ],
    );
  });

  it('is one of its type and name, and keeps its cluster from being deleted', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    capability(place, 'one', 'KRO');
    assert.throws(() => capability(place, 'two', 'KRO'), { code: 'ResourceInUseException', message: /already has a capability of type KRO: one/ });
    assert.throws(() => capability(place, 'one', 'ACK'), { code: 'ResourceInUseException' });
    assert.throws(() => place.call('DeleteCapability', { clusterName: 'a', capabilityName: 'one' }), { code: 'ResourceInUseException', message: /CREATING/ });
    await place.minutes(5);
    assert.throws(() => place.call('DeleteCluster', { name: 'a' }), { code: 'ResourceInUseException', message: 'Cluster has capabilities attached' });
    assert.equal(place.call('DeleteCapability', { clusterName: 'a', capabilityName: 'one' }).capability.status, 'DELETING');
    await place.minutes(5);
    assert.throws(() => capabilityOf(place, 'one'), { code: 'ResourceNotFoundException' });
    place.call('DeleteCluster', { name: 'a' });
  });

  it('is refused with settings, a role or a cluster that do not fit', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    const refused: [string, object, RegExp][] = [
      ['ARGOCD', {}, /needs awsIdc\.idcInstanceArn/],
      ['KRO', { configuration: { ack: {} } }, /cannot be set for a capability of type KRO/],
      ['ACK', { configuration: { argoCd: IDC } }, /cannot be set for a capability of type ACK/],
      ['ACK', { roleArn: `arn:aws:iam::${ACCOUNT}:role/nobody` }, /Trust policy of the role provided is invalid/],
      ['HELM', {}, /enum value set: \[ACK, ARGOCD, KRO\]/],
      ['ACK', { deletePropagationPolicy: 'DELETE' }, /enum value set: \[RETAIN\]/],
    ];
    for (const [type, more, message] of refused) assert.throws(() => capability(place, 'c', type, more), { code: 'InvalidParameterException', message });
    place.call('CreateCluster', clusterInput('b', { accessConfig: { authenticationMode: 'CONFIG_MAP' } }));
    await place.minutes(13);
    assert.throws(() => capability(place, 'c', 'ACK', { clusterName: 'b' }), { code: 'InvalidRequestException', message: /authentication mode/ });
  });

  it('fails when that is scripted, at each of its works', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    place.failures.set('eks:CreateCapability', { code: 'AccessDenied', message: 'no' });
    capability(place, 'c', 'ACK');
    await place.minutes(5);
    assert.deepEqual([capabilityOf(place, 'c').status, capabilityOf(place, 'c').health.issues], ['CREATE_FAILED', [{ code: 'AccessDenied', message: 'no' }]]);
    place.call('DeleteCapability', { clusterName: 'a', capabilityName: 'c' });
    await place.minutes(5);
    capability(place, 'c', 'ACK');
    await place.minutes(5);
    place.failures.set('eks:UpdateCapability', { code: 'ClusterUnreachable' });
    const { id } = place.call('UpdateCapability', { clusterName: 'a', capabilityName: 'c', configuration: { ack: { disabledServices: ['s3'] } } }).update;
    await place.minutes(2);
    assert.equal(place.call('DescribeUpdate', { name: 'a', capabilityName: 'c', updateId: id }).update.status, 'Failed');
    assert.equal(capabilityOf(place, 'c').status, 'DEGRADED');
    place.failures.set('eks:DeleteCapability', {});
    place.call('DeleteCapability', { clusterName: 'a', capabilityName: 'c' });
    await place.minutes(5);
    assert.equal(capabilityOf(place, 'c').status, 'DELETE_FAILED');
  });

  it("changes Argo CD's mappings by what is added and what is removed", async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    const mapping = (role: string, ...ids: string[]) => ({ role, identities: ids.map((id) => ({ id, type: 'SSO_USER' })) });
    capability(place, 'c', 'ARGOCD', { configuration: { argoCd: { ...IDC, rbacRoleMappings: [mapping('ADMIN', 'a', 'b'), mapping('VIEWER', 'c')] } } });
    await place.minutes(5);
    const rbacRoleMappings = { addOrUpdateRoleMappings: [mapping('EDITOR', 'd')], removeRoleMappings: [mapping('ADMIN', 'a'), mapping('VIEWER', 'c')] };
    place.call('UpdateCapability', { clusterName: 'a', capabilityName: 'c', configuration: { argoCd: { rbacRoleMappings } } });
    assert.throws(() => place.call('UpdateCapability', { clusterName: 'a', capabilityName: 'c', roleArn: PODS }), { code: 'ResourceInUseException', message: /UPDATING/ });
    await place.minutes(2);
    assert.deepEqual(capabilityOf(place, 'c').configuration.argoCd.rbacRoleMappings, [mapping('ADMIN', 'b'), mapping('EDITOR', 'd')]);
  });
});

describe('the certificate of a simulated cluster', () => {
  it('is rotated by EKS itself when a drill asks for it', async (context) => {
    const stage = await startAws(context);
    const fleet = await account(stage);
    await fleet.client.send(new CreateClusterCommand(clusterOf(fleet, 'a')));
    await fleet.pass(800);
    const seen = async () => (await fleet.client.send(new DescribeClusterCommand({ name: 'a' }))).cluster?.certificateAuthority;
    const before = await seen();
    const { status, body } = await stage.send('POST', '/_sim/eks/ca-rotation', { account: ACCOUNT, region: 'us-east-1', cluster: 'a', retireOutgoing: true });
    const after = await seen();
    assert.deepEqual([status, body['certificateAuthorityIds'], after?.active?.activatedBy], [200, [after?.active?.id], 'EKS']);
    assert.notEqual(after?.data, before?.data);
    assert.equal((await stage.send('POST', '/_sim/eks/ca-rotation', { account: ACCOUNT, region: 'us-east-1', cluster: 'none' })).status, 404);
  });
});

describe('a pod identity of the simulated EKS', () => {
  it('reaches another account through a target role, with an external id that stays', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    const { association } = place.call('CreatePodIdentityAssociation', IDENTITY);
    const about = { clusterName: 'a', associationId: association.associationId };
    assert.equal(association.externalId, undefined);
    const first = place.call('UpdatePodIdentityAssociation', { ...about, targetRoleArn: 'arn:aws:iam::222222222222:role/theirs' }).association;
    assert.match(first.externalId, /^[0-9a-f-]{36}$/);
    const second = place.call('UpdatePodIdentityAssociation', { ...about, targetRoleArn: 'arn:aws:iam::333333333333:role/theirs' }).association;
    assert.deepEqual([second.externalId, second.targetRoleArn], [first.externalId, 'arn:aws:iam::333333333333:role/theirs']);
  });

  it('takes a policy of its own only without session tags, and names that Kubernetes has', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    const own = policy({ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' });
    const refused: [object, RegExp][] = [
      [{ policy: own }, /disableSessionTags parameter must be true/],
      [{ policy: '{}', disableSessionTags: true }, /The policy is invalid/],
      [{ targetRoleArn: 'arn:aws:iam::1:user/x' }, /target role ARN/],
      [{ namespace: 'Default' }, /namespace Default/],
      [{ serviceAccount: '' }, /service account/],
      [{ roleArn: `arn:aws:iam::${ACCOUNT}:role/nobody` }, /does not exist: nobody/],
    ];
    for (const [more, message] of refused) assert.throws(() => place.call('CreatePodIdentityAssociation', { ...IDENTITY, ...more }), { code: 'InvalidParameterException', message });
    const { association } = place.call('CreatePodIdentityAssociation', { ...IDENTITY, policy: own, disableSessionTags: true });
    assert.equal(association.policy, own);
    assert.throws(() => place.call('UpdatePodIdentityAssociation', { clusterName: 'a', associationId: association.associationId, disableSessionTags: false }), { code: 'InvalidParameterException' });
  });

  it('needs a role that lets the service tag its sessions', async (context) => {
    const stage = await startAws(context);
    const fleet = await account(stage);
    const iam = new IAMClient(fleet.as(ACCOUNT));
    await fleet.client.send(new CreateClusterCommand(clusterOf(fleet, 'a')));
    const trust = (Action: unknown) => policy({ Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action, Condition: { StringEquals: { 'aws:SourceAccount': ACCOUNT } } });
    await iam.send(new CreateRoleCommand({ RoleName: 'web', AssumeRolePolicyDocument: trust('sts:AssumeRole') }));
    const associate = () => fleet.client.send(new CreatePodIdentityAssociationCommand({ clusterName: 'a', namespace: 'default', serviceAccount: 'web', roleArn: roleArn('web') }));
    assert.deepEqual(await refusal(associate()), { name: 'InvalidParameterException', message: 'Trust policy of the role provided is invalid.', status: 400 });
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'web', PolicyDocument: trust(['sts:AssumeRole', 'sts:TagSession']) }));
    assert.equal((await associate()).association?.serviceAccount, 'web');
  });

  it('that an add-on brought belongs to it, is replaced by it, and goes with it', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a', { nodes: 1 });
    const { addon } = place.call('CreateAddon', { clusterName: 'a', addonName: 'external-dns', podIdentityAssociations: [{ serviceAccount: 'external-dns', roleArn: PODS }] });
    const list = () => place.call('ListPodIdentityAssociations', { clusterName: 'a' }).associations as { associationId: string; associationArn: string; namespace: string; ownerArn: string }[];
    const [owned] = list();
    assert.deepEqual([owned?.namespace, owned?.ownerArn, addon.podIdentityAssociations], ['external-dns', addon.addonArn, [owned?.associationArn]]);
    assert.throws(() => place.call('DeletePodIdentityAssociation', { clusterName: 'a', associationId: owned?.associationId }), { code: 'InvalidRequestException' });
    await place.minutes(2);
    place.call('UpdateAddon', { clusterName: 'a', addonName: 'external-dns', podIdentityAssociations: [] });
    assert.deepEqual(list(), []);
    await place.minutes(2);
    assert.equal(place.call('DescribeAddon', { clusterName: 'a', addonName: 'external-dns' }).addon.podIdentityAssociations, undefined);
  });
});

describe('what a part of a cluster needs of its caller at the simulated EKS', () => {
  it('is reading and passing its role, and tagging', () => {
    const place = eksPlace();
    place.call('CreateCluster', clusterInput('a'));
    const caller = { accountId: ACCOUNT, arn: `arn:aws:iam::${ACCOUNT}:root`, sessionTags: {} };
    const needs = (operation: string, input: object) => {
      const call = { service: 'eks', operation, accountId: ACCOUNT, region: 'us-east-1', caller, requestId: 'r', now: place.clock.now(), endpoint: '' };
      return place.eks.needs?.(operation, { clusterName: 'a', ...input }, call)?.map(({ action, resource, context }) => [action, resource.replace(`arn:aws:eks:us-east-1:${ACCOUNT}:`, ''), context?.['iam:PassedToService']]);
    };
    assert.deepEqual(needs('CreatePodIdentityAssociation', { ...IDENTITY, tags: { a: 'b' } })?.map(([action]) => action), ['eks:CreatePodIdentityAssociation', 'eks:TagResource', 'iam:GetRole', 'iam:PassRole']);
    assert.deepEqual(needs('CreateCapability', { capabilityName: 'x', type: 'ACK', roleArn: PODS }), [
      ['eks:CreateCapability', 'cluster/a', undefined],
      ['iam:PassRole', PODS, 'capabilities.eks.amazonaws.com'],
    ]);
    assert.deepEqual(needs('CreateAddon', { addonName: 'external-dns', podIdentityAssociations: [{ serviceAccount: 's', roleArn: PODS }] })?.map(([action]) => action), [
      'eks:CreateAddon',
      'eks:CreatePodIdentityAssociation',
      'iam:GetRole',
      'iam:PassRole',
    ]);
    assert.deepEqual(needs('CreateFargateProfile', { fargateProfileName: 'f', podExecutionRoleArn: PODS })?.map(([action]) => action), ['eks:CreateFargateProfile', 'iam:GetRole', 'iam:PassRole']);
    assert.match(String(needs('DeleteCapability', { capabilityName: 'x' })?.[0]?.[1]), /^capability\/a\/\*\/x\//);
  });
});

describe('a Fargate profile of the simulated EKS', () => {
  const input = { clusterName: 'a', fargateProfileName: 'f', podExecutionRoleArn: PODS, subnets: SUBNETS, selectors: [{ namespace: 'default', labels: { a: 'b' } }] };
  const statusOf = (place: EksPlace, fargateProfileName: string) => place.call('DescribeFargateProfile', { clusterName: 'a', fargateProfileName }).fargateProfile.status;

  it('lets its role in, and comes and goes one at a time', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    place.call('CreateFargateProfile', input);
    assert.equal(place.call('DescribeAccessEntry', { clusterName: 'a', principalArn: PODS }).accessEntry.type, 'FARGATE_LINUX');
    await place.minutes(3);
    place.call('CreateFargateProfile', { ...input, fargateProfileName: 'g' });
    await place.minutes(3);
    place.call('DeleteFargateProfile', { clusterName: 'a', fargateProfileName: 'f' });
    assert.throws(() => place.call('DeleteFargateProfile', { clusterName: 'a', fargateProfileName: 'g' }), { code: 'ResourceInUseException', message: /profile f in status DELETING/ });
    await place.minutes(3);
    place.call('DeleteFargateProfile', { clusterName: 'a', fargateProfileName: 'g' });
  });

  it('has one to five selectors of a namespace and up to five labels', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    const labels = Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`l${index}`, 'v']));
    for (const selectors of [[], Array.from({ length: 6 }, () => ({ namespace: 'n' })), [{}], [{ namespace: 'n', labels }]])
      assert.throws(() => place.call('CreateFargateProfile', { ...input, selectors }), { code: 'InvalidParameterException' });
  });

  it('fails when that is scripted', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    place.failures.set('eks:CreateFargateProfile', { code: 'AccessDenied', message: 'no' });
    place.call('CreateFargateProfile', input);
    await place.minutes(3);
    assert.equal(statusOf(place, 'f'), 'CREATE_FAILED');
    assert.deepEqual(place.call('DescribeFargateProfile', { clusterName: 'a', fargateProfileName: 'f' }).fargateProfile.health.issues, [{ code: 'AccessDenied', message: 'no', resourceIds: [] }]);
    place.failures.set('eks:DeleteFargateProfile', {});
    place.call('DeleteFargateProfile', { clusterName: 'a', fargateProfileName: 'f' });
    await place.minutes(3);
    assert.equal(statusOf(place, 'f'), 'DELETE_FAILED');
  });
});

describe('repair and warm pools of a simulated node group', () => {
  it('are taken when they are sound, and shown', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    const override = { nodeMonitoringCondition: 'AcceleratedHardwareReady', nodeUnhealthyReason: 'NvidiaXID13Error', minRepairWaitTimeMins: 10, repairAction: 'Replace' };
    const nodeRepairConfig = { enabled: true, maxUnhealthyNodeThresholdPercentage: 20, maxParallelNodesRepairedCount: 1, nodeRepairConfigOverrides: [override] };
    const { nodegroup } = place.call('CreateNodegroup', nodegroupInput('a', 'blue', { nodeRepairConfig, warmPoolConfig: { enabled: true, maxGroupPreparedCapacity: 4 } }));
    assert.deepEqual(nodegroup.nodeRepairConfig, nodeRepairConfig);
    assert.deepEqual(nodegroup.warmPoolConfig, { enabled: true, maxGroupPreparedCapacity: 4, minSize: 0, poolState: 'STOPPED', reuseOnScaleIn: false });
    await place.minutes(7);
    const { params } = place.call('UpdateNodegroupConfig', { clusterName: 'a', nodegroupName: 'blue', warmPoolConfig: { poolState: 'RUNNING', minSize: 2 } }).update;
    assert.deepEqual(params, [{ type: 'WarmPoolMinSize', value: '2' }, { type: 'WarmPoolState', value: 'RUNNING' }]);
    await place.minutes(2);
    assert.deepEqual(place.call('DescribeNodegroup', { clusterName: 'a', nodegroupName: 'blue' }).nodegroup.warmPoolConfig, { enabled: true, maxGroupPreparedCapacity: 4, minSize: 2, poolState: 'RUNNING', reuseOnScaleIn: false });
  });

  it('are refused when they contradict themselves', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    const refused: [object, RegExp][] = [
      [{ nodeRepairConfig: { maxUnhealthyNodeThresholdCount: 1, maxUnhealthyNodeThresholdPercentage: 1 } }, /Only one of/],
      [{ nodeRepairConfig: { maxParallelNodesRepairedPercentage: 101 } }, /between 1 and 100/],
      [{ nodeRepairConfig: { nodeRepairConfigOverrides: [{ repairAction: 'Reboot' }] } }, /All of nodeMonitoringCondition/],
      [{ nodeRepairConfig: { nodeRepairConfigOverrides: [{ repairAction: 'Pray' }] } }, /enum value set/],
      [{ warmPoolConfig: { enabled: true, minSize: 5, maxGroupPreparedCapacity: 4 } }, /less than its minSize/],
      [{ amiType: 'BOTTLEROCKET_x86_64', warmPoolConfig: { enabled: true, poolState: 'HIBERNATED' } }, /Bottlerocket/],
    ];
    for (const [more, message] of refused) assert.throws(() => place.call('CreateNodegroup', nodegroupInput('a', 'blue', more)), { code: 'InvalidParameterException', message });
  });
});

describe('Auto Mode of the simulated EKS', () => {
  it('needs a cluster role that lets EKS tag its sessions', async (context) => {
    const fleet = await account(await startAws(context));
    const iam = new IAMClient(fleet.as(ACCOUNT));
    const trust = (Action: unknown) => policy({ Effect: 'Allow', Principal: { Service: 'eks.amazonaws.com' }, Action });
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'eks-cluster', PolicyDocument: trust('sts:AssumeRole') }));
    const client = new EKSClient(fleet.as(ACCOUNT));
    await client.send(new CreateClusterCommand({ ...clusterOf(fleet, 'a'), accessConfig: { authenticationMode: 'API' } }));
    await fleet.pass(800);
    const on = { enabled: true };
    const turnOn = () => client.send(new UpdateClusterConfigCommand({ name: 'a', computeConfig: on, storageConfig: { blockStorage: on }, kubernetesNetworkConfig: { elasticLoadBalancing: on } }));
    assert.match((await refusal(turnOn())).message, /trusted entity is not correct/);
    await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'eks-cluster', PolicyDocument: trust(['sts:AssumeRole', 'sts:TagSession']) }));
    assert.equal((await turnOn()).update?.type, 'AutoModeUpdate');
  });
});

describe('the settings of an add-on', () => {
  const configure = (place: EksPlace, addonName: string, values: object) => place.call('CreateAddon', { clusterName: 'a', addonName, configurationValues: JSON.stringify(values) });

  it('are held against its schema, to the bottom', async () => {
    const place = eksPlace();
    await activeCluster(place, 'a');
    const refused: [string, object, RegExp][] = [
      ['vpc-cni', { env: { WARM_TARGET: '1' } }, /\[\$\.env\.WARM_TARGET: is not defined in the schema and the schema does not allow additional properties\]/],
      ['vpc-cni', { env: { ENABLE_PREFIX_DELEGATION: true } }, /\[\$\.env\.ENABLE_PREFIX_DELEGATION: boolean found, string expected\]/],
      ['vpc-cni', { eniConfig: { create: true, subnets: { a: { id: 'subnet-1' } } } }, /\$\.eniConfig\.region: is missing but it is required/],
      ['vpc-cni', { eniConfig: { create: true, region: 'r', subnets: {} } }, /minimum of 1 properties/],
      ['vpc-cni', { tolerations: ['x'] }, /\$\.tolerations\[0\]: string found, object expected/],
      ['external-dns', { policy: 'delete' }, /enumeration \[create-only, sync, upsert-only\]/],
      ['external-dns', { domainFilters: 'example.com' }, /array expected/],
    ];
    for (const [name, values, message] of refused) assert.throws(() => configure(place, name, values), { code: 'InvalidParameterException', message });
    configure(place, 'vpc-cni', { enableNetworkPolicy: 'true', nodeAgent: { enablePolicyEventLogs: 'true' }, eniConfig: { create: true, region: 'r', subnets: { a: { id: 'subnet-1', securityGroups: ['sg-1'] } } } });
    configure(place, 'external-dns', { policy: 'sync', domainFilters: ['example.com'], txtOwnerId: 'a', extraArgs: ['--zone-id-filter=Z1'] });
  });

  it('and its identity are told by DescribeAddonConfiguration', () => {
    const place = eksPlace();
    const [{ addonVersions, owner, publisher, type, defaultNamespace }] = place.call('DescribeAddonVersions', { addonName: 'external-dns', kubernetesVersion: '1.33' }).addons;
    assert.deepEqual([owner, publisher, type, defaultNamespace], ['community', 'eks', 'networking', 'external-dns']);
    const told = place.call('DescribeAddonConfiguration', { addonName: 'external-dns', addonVersion: addonVersions[0].addonVersion });
    assert.deepEqual(told.podIdentityConfiguration, [{ serviceAccount: 'external-dns', recommendedManagedPolicies: ['arn:aws:iam::aws:policy/AmazonRoute53FullAccess'] }]);
    assert.ok('txtOwnerId' in JSON.parse(told.configurationSchema).properties);
  });

  it('are those of what EKS has: no load balancer controller, no autoscaler, no Karpenter', () => {
    const names = eksPlace().call('DescribeAddonVersions').addons.map(({ addonName }: { addonName: string }) => addonName);
    for (const name of ['external-dns', 'metrics-server', 'cert-manager', 'kube-state-metrics', 'prometheus-node-exporter', 'fluent-bit', 'aws-ebs-csi-driver', 'aws-efs-csi-driver', 'snapshot-controller', 'eks-node-monitoring-agent', 'eks-pod-identity-agent'])
      assert.ok(names.includes(name), name);
    for (const name of ['aws-load-balancer-controller', 'cluster-autoscaler', 'karpenter']) assert.ok(!names.includes(name), name);
  });
});
