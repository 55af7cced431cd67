import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Account } from '../../domain/account.ts';
import type { Cluster, Nodegroup } from '../../domain/cluster.ts';
import type { CreationFacts } from '../../domain/facts.ts';
import { planCreation } from '../../domain/plan-creation.ts';
import type { RefusalCode } from '../../domain/refusal.ts';
import { account, ACCOUNT_ID, addon, cluster, creationFacts, nodegroup, NOW, planned, refused, stepIds, steps, SUBNETS } from './worlds.ts';

interface Ask {
  readonly cluster?: Partial<Cluster>;
  readonly account?: Partial<Account>;
  readonly facts?: Partial<CreationFacts>;
}

function create(ask: Ask = {}) {
  return planCreation({ cluster: cluster('1.34', { nodegroups: [nodegroup('blue')], ...ask.cluster }), account: account(ask.account), facts: creationFacts(ask.facts), now: NOW });
}

const group = (more: Partial<Nodegroup>): Ask => ({ cluster: { nodegroups: [nodegroup('blue', more)] } });
const subnet = (index: number, more: object) => ({ subnets: SUBNETS.map((known, at) => (at === index ? { ...known, ...more } : known)) });

describe('planCreation', () => {
  it('makes the control plane, lets people in, begins what nodes need, makes nodes, and then what needs nodes', () => {
    const plan = planned(create());
    assert.deepEqual(
      steps(plan).map((step) => [step.stage, step.title]),
      [
        ['CreateControlPlane', 'Creating the control plane of prod at 1.34'],
        ['CreateAccessEntries', 'Letting role/team-a in as admin'],
        ['CreateNetworkAddons', 'Installing add-on vpc-cni v1.20.4-eksbuild.2'],
        ['CreateNetworkAddons', 'Installing add-on kube-proxy v1.34.3-eksbuild.2'],
        ['CreateNetworkAddons', 'Installing add-on eks-pod-identity-agent v1.3.10-eksbuild.1'],
        ['CreateNodegroups', 'Creating node group blue with 3 nodes'],
        ['CreateAddons', 'Installing add-on coredns v1.12.1-eksbuild.2'],
      ],
    );
    assert.deepEqual(plan.findings, []);
    assert.equal(plan.hops.length, 1);
  });

  it('asks EKS for no add-ons of its own, for access entries alone, and for nobody as admin by having made it', () => {
    const [controlPlane] = steps(planned(create({ cluster: { team: 'payments', tags: { cost: '42' }, deletionProtection: true } })));
    assert.deepEqual(controlPlane!.parameters, {
      version: '1.34',
      roleArn: 'arn:aws:iam::111111111111:role/eks-cluster',
      resourcesVpcConfig: { subnetIds: ['subnet-0000000a', 'subnet-0000000b'], endpointPublicAccess: true, endpointPrivateAccess: true, publicAccessCidrs: ['203.0.113.0/24'] },
      accessConfig: { authenticationMode: 'API', bootstrapClusterCreatorAdminPermissions: false },
      bootstrapSelfManagedAddons: false,
      upgradePolicy: { supportType: 'EXTENDED' },
      deletionProtection: true,
      tags: { cost: '42', 'slipway:cluster-id': 'c-1', 'slipway:team': 'payments' },
    });
  });

  it('awaits only the add-ons that come after the nodes', () => {
    const awaited = steps(planned(create())).filter((step) => step.kind === 'create-addon').map((step) => [step.subject, step.parameters?.['await']]);
    assert.deepEqual(awaited, [['vpc-cni', false], ['kube-proxy', false], ['eks-pod-identity-agent', false], ['coredns', true]]);
  });

  it('gives each role its EKS access policy, in the cluster or in namespaces', () => {
    const principal = (name: string) => `arn:aws:iam::${ACCOUNT_ID}:role/${name}`;
    const access = [
      { principalArn: principal('a'), role: 'viewer' as const },
      { principalArn: principal('b'), role: 'operator' as const, namespaces: ['shop'] },
      { principalArn: principal('c'), role: 'admin' as const },
      { principalArn: principal('d'), role: 'admin' as const, namespaces: ['shop'] },
    ];
    const entries = steps(planned(create({ cluster: { access } }))).filter((step) => step.kind === 'create-access-entry');
    assert.deepEqual(
      entries.map((step) => [step.parameters?.['principalArn'], String(step.parameters?.['policyArn']).split('/')[1], step.parameters?.['accessScope']]),
      [
        [principal('a'), 'AmazonEKSViewPolicy', { type: 'cluster' }],
        [principal('b'), 'AmazonEKSEditPolicy', { type: 'namespace', namespaces: ['shop'] }],
        [principal('c'), 'AmazonEKSClusterAdminPolicy', { type: 'cluster' }],
        [principal('d'), 'AmazonEKSAdminPolicy', { type: 'namespace', namespaces: ['shop'] }],
      ],
    );
  });

  it('makes a group at the cluster\'s version, and names neither version nor release nor type for a custom image', () => {
    const parameters = (more: Partial<Nodegroup>) => steps(planned(create(group(more)))).find((step) => step.kind === 'create-nodegroup')!.parameters!;
    assert.equal(parameters({})['version'], '1.34');
    assert.deepEqual(parameters({})['subnets'], ['subnet-0000000a', 'subnet-0000000b']);
    const custom = parameters({ amiType: 'CUSTOM', launchTemplate: { id: 'lt-1', version: '3' } });
    assert.deepEqual(Object.keys(custom).sort(), ['launchTemplate', 'nodeRole', 'scalingConfig', 'subnets']);
  });

  it('takes an add-on version that is listed, and EKS\'s default where none is named', () => {
    const versions = steps(planned(create({ cluster: { addonsAsked: [addon('coredns', 'v1.12.4-eksbuild.1'), addon('vpc-cni'), addon('kube-proxy')] } }))).filter((step) => step.kind === 'create-addon');
    assert.deepEqual(versions.map((step) => [step.subject, step.to]), [['vpc-cni', 'v1.20.4-eksbuild.2'], ['kube-proxy', 'v1.34.3-eksbuild.2'], ['coredns', 'v1.12.4-eksbuild.1']]);
  });

  it('lets Amazon Linux 2 groups be made up to 1.32, whatever the day', () => {
    const al2 = (version: '1.32' | '1.33') => create({ cluster: { version, nodegroups: [nodegroup('old', { amiType: 'AL2_x86_64' })] } });
    assert.ok(stepIds(planned(al2('1.32'))).includes('1.32/nodegroup/old'));
    assert.equal(refused(al2('1.33')).code, 'ami-type-not-offered');
  });
});

describe('planCreation refuses', () => {
  const cases: readonly [string, RefusalCode, string | undefined, Ask][] = [
    ['a region that is not the account\'s', 'region-not-registered', 'region', { cluster: { region: 'eu-west-1' } }],
    ['an account whose access was never verified', 'account-not-verified', undefined, { account: { conditions: [] } }],
    ['an account whose access is unknown', 'account-not-verified', undefined, { account: { conditions: [{ type: 'AccessVerified', status: 'Unknown', reason: 'AssumeRoleFailed', message: 'STS timed out.', lastTransitionTime: NOW }] } }],
    ['a name that is taken', 'cluster-exists', undefined, { facts: { nameTaken: true } }],
    ['a version that is not offered', 'version-not-offered', 'version', { cluster: { version: '1.37' } }],
    ['a name that EKS would not take', 'rules-broken', 'name', { cluster: { name: '-prod' } }],
    ['a name that is too long', 'rules-broken', 'name', { cluster: { name: 'p'.repeat(101) } }],
    ['a subnet that is not there', 'subnets-not-found', 'resourcesVpcConfig.subnetIds', { facts: { subnets: SUBNETS.slice(1) } }],
    ['subnets of two VPCs', 'subnets-in-two-vpcs', 'resourcesVpcConfig.subnetIds', { facts: subnet(0, { vpcId: 'vpc-2' }) }],
    ['a zone without control planes, by its id', 'subnet-zone-not-supported', 'resourcesVpcConfig.subnetIds', { facts: subnet(0, { zoneId: 'use1-az3' }) }],
    ['subnets of one zone under two names', 'subnets-in-one-zone', 'resourcesVpcConfig.subnetIds', { facts: subnet(0, { zoneId: 'use1-az2' }) }],
    ['a subnet with five free addresses', 'subnets-short-of-addresses', 'resourcesVpcConfig.subnetIds', { facts: subnet(0, { availableIpAddressCount: 5 }) }],
    ['an add-on that EKS does not know', 'addon-not-offered', 'addons.0.addonName', { cluster: { addonsAsked: [addon('constructor')] } }],
    ['an add-on version that is not listed', 'addon-not-offered', 'addons.0.addonVersion', { cluster: { addonsAsked: [addon('coredns', 'v1.11.4-eksbuild.2')] } }],
    ['a group of another version', 'version-not-the-clusters', 'nodegroups.0.version', group({ version: '1.33' })],
    ['a group without a role', 'rules-broken', 'nodegroups.0.nodeRole', { cluster: { nodegroups: [{ nodegroupName: 'blue', status: 'Planned', scalingConfig: { minSize: 1, maxSize: 1, desiredSize: 1 } }] } }],
    ['a role of another account', 'role-not-passable', 'roleArn', { cluster: { roleArn: 'arn:aws:iam::222222222222:role/eks-cluster' } }],
    ['a role that may not be handed to EKS', 'role-not-passable', 'nodegroups.0.nodeRole', group({ nodeRole: `arn:aws:iam::${ACCOUNT_ID}:role/my-node` })],
    ['a size below the least', 'rules-broken', 'nodegroups.0.scalingConfig.minSize', group({ scalingConfig: { minSize: 4, maxSize: 5, desiredSize: 3 } })],
    ['a size above the greatest', 'rules-broken', 'nodegroups.0.scalingConfig.desiredSize', group({ scalingConfig: { minSize: 1, maxSize: 2, desiredSize: 3 } })],
    ['two groups of one name', 'rules-broken', 'nodegroups.1.nodegroupName', { cluster: { nodegroups: [nodegroup('blue'), nodegroup('blue')] } }],
    ['two ways to say how many nodes may be unavailable', 'rules-broken', 'nodegroups.0.updateConfig', group({ updateConfig: { maxUnavailable: 1, maxUnavailablePercentage: 10 } })],
    ['a custom image without a launch template', 'rules-broken', 'nodegroups.0.launchTemplate', group({ amiType: 'CUSTOM' })],
    ['a version for a custom image', 'rules-broken', 'nodegroups.0.version', group({ customAmi: true, version: '1.34', launchTemplate: { id: 'lt-1' } })],
    ['a disk beside a launch template', 'rules-broken', 'nodegroups.0.diskSize', group({ diskSize: 50, launchTemplate: { id: 'lt-1' } })],
    ['a launch template with two names', 'rules-broken', 'nodegroups.0.launchTemplate', group({ launchTemplate: { id: 'lt-1', name: 'nodes' } })],
    ['a label that Kubernetes does not take', 'rules-broken', 'nodegroups.0.labels', group({ labels: { '-bad': 'x' } })],
    ['the same taint twice', 'rules-broken', 'nodegroups.0.taints.1', group({ taints: [{ key: 'gpu', effect: 'NO_SCHEDULE' }, { key: 'gpu', value: 'a', effect: 'NO_SCHEDULE' }] })],
    ['a subnet of a group that is not there', 'subnets-not-found', 'nodegroups.0.subnets', group({ subnets: ['subnet-0000000c'] })],
    ['an endpoint that nobody can reach', 'rules-broken', 'resourcesVpcConfig', { cluster: { endpointPublicAccess: false, endpointPrivateAccess: false, publicAccessCidrs: [] } }],
    ['a principal named twice', 'rules-broken', 'access.1.principalArn', { cluster: { access: [{ principalArn: 'arn:aws:iam::1:role/a', role: 'admin' }, { principalArn: 'arn:aws:iam::1:role/a', role: 'viewer' }] } }],
  ];
  for (const [what, code, path, ask] of cases) {
    it(what, () => {
      const refusal = refused(create(ask));
      assert.equal(refusal.code, code, refusal.detail);
      assert.deepEqual(refusal.errors?.[0]?.path, path);
    });
  }

  it('no role that the account\'s owner has allowed', () => {
    const nodeRole = `arn:aws:iam::${ACCOUNT_ID}:role/my-node`;
    planned(create({ cluster: { roleArn: `arn:aws:iam::${ACCOUNT_ID}:role/my-cluster`, nodegroups: [nodegroup('blue', { nodeRole })] }, account: { passRolePatterns: ['my-*'] } }));
  });

  it('a role of pods that may not be handed over, but where pods take it themselves', () => {
    const asked = (more: object) => create({ cluster: { wanted: { podIdentities: [{ namespace: 'web', serviceAccount: 'shop', roleArn: `arn:aws:iam::${ACCOUNT_ID}:role/team/shop`, ...more }] } } });
    const refusal = refused(asked({}));
    assert.deepEqual([refusal.code, refusal.errors?.[0]?.path], ['role-not-passable', 'podIdentities.0.roleArn']);
    assert.ok(planned(asked({ irsa: true })));
  });

  it('every broken rule at once', () => {
    assert.equal(refused(create({ cluster: { name: '', nodegroups: [nodegroup('', { updateConfig: { maxUnavailable: 0 } })] } })).errors?.length, 3);
  });
});

describe('planCreation tells', () => {
  const cases: readonly [string, Ask][] = [
    ['nobody-can-get-in', { cluster: { access: [{ principalArn: 'arn:aws:iam::1:role/a', role: 'viewer' }, { principalArn: 'arn:aws:iam::1:role/b', role: 'admin', namespaces: ['shop'] }] } }],
    ['endpoint-open-to-the-world', { cluster: { publicAccessCidrs: [] } }],
    ['subnet-addresses-low', { facts: subnet(0, { availableIpAddressCount: 15 }) }],
    ['addons-await-nodes', { cluster: { nodegroups: [] } }],
    ['network-addon-left-out', { cluster: { addonsAsked: [addon('coredns'), addon('vpc-cni')] } }],
    ['addon-not-in-catalogue', { facts: { addonCatalogue: { ...creationFacts().addonCatalogue, 'eks-pod-identity-agent': [] } } }],
    ['target-in-extended-support', { cluster: { version: '1.33' } }],
  ];
  for (const [code, ask] of cases) {
    it(code, () => assert.deepEqual(planned(create(ask)).findings.map((found) => [found.code, found.severity]), [[code, 'advises']]));
  }
});
