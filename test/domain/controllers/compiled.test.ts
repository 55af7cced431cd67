import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { IngressClass, type IIngressClass } from 'kubernetes-models/networking.k8s.io/v1/IngressClass';
import { boundaryArnOf } from '../../../domain/boundary.ts';
import type { AddonOffer, SubnetFacts } from '../../../domain/facts.ts';
import type { Compiled } from '../../../domain/parts/compiled.ts';
import { capabilities } from '../../../domain/parts/capabilities.ts';
import { clusterAutoscaler } from '../../../domain/parts/cluster-autoscaler.ts';
import { dns } from '../../../domain/parts/dns.ts';
import { karpenter } from '../../../domain/parts/karpenter.ts';
import type { HandOverResource, Resource, ResourceKind, RoleResource } from '../../../domain/parts/resource.ts';
import { traffic } from '../../../domain/parts/traffic.ts';
import { lintRole } from '../../../domain/policies/lint-policy.ts';
import { Wanted } from '../../../domain/wanted.ts';
import { ACCOUNT_ID, cluster, nodegroup, SUBNETS } from '../worlds.ts';

/** What all controllers need that are given roles, and which is installed by default. */
const AGENT = 'eks-pod-identity-agent';
const LISTED: readonly AddonOffer[] = [{ addonVersion: 'v0.20.0-eksbuild.3', compatibleWith: ['1.35', '1.36'], defaultFor: ['1.36'] }];
const ZONES = ['Z0123456789ABCDEFGHIJ', 'Z9876543210ABCDEFGHIJ'];
const compilers = [traffic, dns, capabilities, karpenter, clusterAutoscaler];

interface World {
  readonly version?: '1.28' | '1.35' | '1.36';
  readonly catalogue?: Readonly<Record<string, readonly AddonOffer[]>>;
  readonly subnets?: readonly SubnetFacts[];
  readonly nodeRole?: string;
}

function compiled(wishes: Readonly<Record<string, unknown>>, { version = '1.36', catalogue = { 'external-dns': LISTED }, subnets = SUBNETS, nodeRole }: World = {}): Required<Compiled> {
  const asked = cluster(version, { wanted: Wanted.parse(wishes), ...(nodeRole === undefined ? {} : { nodegroups: [nodegroup('blue', { nodeRole })] }) });
  const all = compilers.map((compile) => compile({ cluster: asked, addonCatalogue: catalogue, subnets }));
  return { resources: all.flatMap(({ resources }) => resources), addons: all.flatMap(({ addons = [] }) => addons).filter(({ addonName }) => addonName !== AGENT), errors: all.flatMap(({ errors = [] }) => errors), findings: all.flatMap(({ findings = [] }) => findings) };
}

function of<Kind extends ResourceKind>(kind: Kind, resources: readonly Resource[]): readonly Extract<Resource, { kind: Kind }>[] {
  return resources.filter((resource): resource is Extract<Resource, { kind: Kind }> => resource.kind === kind);
}

const handOver = (wishes: Readonly<Record<string, unknown>>, world?: World): HandOverResource | undefined => of('hand-over', compiled(wishes, world).resources)[0];
const actionsOf = (role: RoleResource | undefined, sid: string) => Object.values(role?.policies ?? {}).flatMap(({ Statement }) => Statement).filter((statement) => statement.Sid === sid);

const EVERYTHING: readonly Readonly<Record<string, unknown>>[] = [
  { traffic: { controller: 'aws-load-balancer-controller' } },
  { autoscaling: { kind: 'karpenter', interruptionQueue: 'karpenter-prod' } },
  { autoscaling: { kind: 'cluster-autoscaler' } },
  { dns: { hostedZoneIds: ZONES, policy: 'sync' } },
  { dns: { hostedZoneIds: ZONES, crossAccountRoleArn: 'arn:aws:iam::222222222222:role/zones' } },
  { capabilities: [{ type: 'ACK', services: ['s3', 'sqs', 'sns', 'dynamodb', 'ecr'].map((service) => ({ service, namePrefix: 'shop-' })) }, { type: 'KRO' }, { type: 'ARGOCD', argoCd: { idcInstanceArn: 'arn:aws:sso:::instance/ssoins-0123456789abcdef' } }] },
];

describe('every role of a controller', () => {
  it('is least privilege, under the boundary, and fits into what IAM takes', () => {
    for (const wishes of EVERYTHING) {
      const roles = of('role', compiled(wishes).resources);
      assert.ok(roles.length > 0);
      for (const { name, trust, policies, managedPolicyArns = [] } of roles) {
        assert.deepEqual(lintRole({ roleName: name, trust, policies, managedPolicyArns, boundaryArn: boundaryArnOf(ACCOUNT_ID) }), [], name);
      }
    }
  });

  it('is needed by what uses it', () => {
    for (const wishes of EVERYTHING) {
      const { resources, addons } = compiled(wishes);
      const needed = new Set([...resources, ...addons].flatMap(({ needs = [] }) => needs));
      for (const { kind, name } of resources.filter((resource) => resource.kind === 'role')) assert.ok(needed.has(`${kind}/${name}`), name);
    }
  });
});

describe('traffic', () => {
  it('is a role of the one service account, an association, and a chart with its values', () => {
    const { resources, errors } = compiled({ traffic: { controller: 'aws-load-balancer-controller', replicaCount: 3 } });
    assert.deepEqual(errors, []);
    assert.deepEqual(resources.map(({ kind, name }) => `${kind} ${name.replace(/.*-traffic$/, 'traffic')}`), ['role traffic', 'pod-identity kube-system/aws-load-balancer-controller', 'hand-over aws-load-balancer-controller']);
    const { chart, version } = of('hand-over', resources)[0] ?? {};
    assert.deepEqual([version, chart?.version, chart?.namespace], ['3.5.0', '3.5.0', 'kube-system']);
    assert.deepEqual(chart?.values, {
      clusterName: 'prod',
      region: 'us-east-1',
      vpcId: 'vpc-1',
      image: { tag: 'v3.5.0' },
      replicaCount: 3,
      serviceAccount: { create: true, name: 'aws-load-balancer-controller' },
      createIngressClassResource: true,
      enableServiceMutatorWebhook: true,
      podDisruptionBudget: { maxUnavailable: 1 },
    });
  });

  it('lets the controller change only what carries this cluster\'s name in its tag', () => {
    const [role] = of('role', compiled({ traffic: { controller: 'aws-load-balancer-controller' } }).resources);
    assert.deepEqual(actionsOf(role, 'ChangeOwn')[0]?.Condition, { StringEquals: { 'aws:ResourceTag/elbv2.k8s.aws/cluster': 'prod' } });
    assert.deepEqual(actionsOf(role, 'RulesOfGroups')[0]?.Condition, { ArnLike: { 'ec2:Vpc': 'arn:aws:ec2:us-east-1:*:vpc/vpc-1' } });
    assert.equal(actionsOf(role, 'TagOwn')[0]?.Condition?.['Null']?.['aws:RequestTag/elbv2.k8s.aws/cluster'], 'true');
  });

  it('is EKS\'s add-on with the role where EKS lists one', () => {
    const { resources, addons } = compiled({ traffic: { controller: 'aws-load-balancer-controller' } }, { catalogue: { 'aws-load-balancer-controller': LISTED } });
    assert.deepEqual(resources.map(({ kind }) => kind), ['role']);
    assert.deepEqual(addons.map(({ addonName, podIdentityAssociations }) => [addonName, podIdentityAssociations?.[0]?.serviceAccount]), [['aws-load-balancer-controller', 'aws-load-balancer-controller']]);
  });

  it('by Auto Mode takes Auto Mode, and hands over an Ingress class that Kubernetes takes', () => {
    assert.deepEqual(compiled({ traffic: { controller: 'auto-mode' } }).errors.map(({ path }) => path), ['traffic.controller']);
    const given = handOver({ traffic: { controller: 'auto-mode' }, autoscaling: { kind: 'auto-mode' } });
    const ingressClass = given?.manifests?.find(({ kind }) => kind === 'IngressClass');
    assert.doesNotThrow(() => new IngressClass(ingressClass as unknown as IIngressClass).validate());
  });

  it('tells of subnets that no load balancer is sent to, where their tags were looked at', () => {
    const tagged = (...elbRoles: ('elb' | 'internal-elb')[]) => compiled({ traffic: { controller: 'aws-load-balancer-controller' } }, { subnets: SUBNETS.map((subnet) => ({ ...subnet, elbRoles })) }).findings.map(({ detail }) => /carries (.*?)\. /.exec(detail)?.[1]);
    assert.deepEqual(compiled({ traffic: { controller: 'aws-load-balancer-controller' } }).findings, []);
    assert.deepEqual([tagged(), tagged('elb'), tagged('elb', 'internal-elb')], [['kubernetes.io/role/elb or kubernetes.io/role/internal-elb'], ['kubernetes.io/role/internal-elb'], []]);
  });

  it('by nobody is nothing', () => {
    assert.deepEqual(compiled({ traffic: { controller: 'none' }, autoscaling: { kind: 'none' }, dns: { hostedZoneIds: [] }, capabilities: [] }).resources, []);
  });
});

describe('names', () => {
  it('are kept by the add-on, in exactly the zones that are named, under an owner of the cluster\'s own', () => {
    const { addons, resources } = compiled({ dns: { hostedZoneIds: ZONES } });
    assert.deepEqual(addons.map(({ addonName, configuration }) => [addonName, configuration]), [
      ['external-dns', { policy: 'upsert-only', registry: 'txt', sources: ['service', 'ingress'], txtOwnerId: 'slipway-c-1', extraArgs: ZONES.map((id) => `--zone-id-filter=${id}`) }],
    ]);
    assert.deepEqual(addons[0]?.podIdentityAssociations?.map(({ serviceAccount }) => serviceAccount), ['external-dns']);
    const [change] = actionsOf(of('role', resources)[0], 'ChangeRecords');
    assert.deepEqual(change?.Resource, ZONES.map((id) => `arn:aws:route53:::hostedzone/${id}`));
  });

  it('are never taken away where only upserts are asked for', () => {
    const actions = (policy: string) => actionsOf(of('role', compiled({ dns: { hostedZoneIds: ZONES, policy } }).resources)[0], 'ChangeRecords')[0]?.Condition?.['ForAllValues:StringEquals']?.['route53:ChangeResourceRecordSetsActions'];
    assert.deepEqual([actions('upsert-only'), actions('sync')], [['CREATE', 'UPSERT'], ['CREATE', 'DELETE', 'UPSERT']]);
  });

  it('in zones of another account are reached through its role, whose trust and policy are handed over', () => {
    const { resources, addons, findings } = compiled(EVERYTHING[4] ?? {});
    const [association] = of('pod-identity', resources);
    assert.equal(association?.targetRoleArn, 'arn:aws:iam::222222222222:role/zones');
    assert.equal(addons[0]?.podIdentityAssociations, undefined);
    const [trust, policy] = of('hand-over', resources)[0]?.documents ?? [];
    assert.ok(JSON.stringify(trust?.content).includes(association?.roleArn ?? '-') && JSON.stringify(policy?.content).includes(ZONES[0] ?? '-'));
    assert.deepEqual(findings.map(({ code }) => code), ['zones-of-another-account']);
    assert.deepEqual(compiled({ dns: { hostedZoneIds: ZONES, crossAccountRoleArn: `arn:aws:iam::${ACCOUNT_ID}:role/zones` } }).errors.map(({ path }) => path), ['dns.crossAccountRoleArn']);
  });

  it('are refused where EKS lists no add-on for them', () => {
    assert.deepEqual(compiled({ dns: { hostedZoneIds: ZONES } }, { catalogue: {} }).errors.map(({ path }) => path), ['dns']);
  });

  it('under an owner that is named are told of', () => {
    assert.deepEqual(compiled({ dns: { hostedZoneIds: ZONES, txtOwnerId: 'old' } }).findings.map(({ code }) => code), ['dns-owner-named']);
  });
});

describe('autoscaling', () => {
  it('by Karpenter makes a role for its nodes, lets them in, and hands over chart, node class and node pool', () => {
    const { resources, findings } = compiled({ autoscaling: { kind: 'karpenter' } });
    assert.deepEqual(resources.map(({ kind }) => kind), ['role', 'access-entry', 'role', 'pod-identity', 'hand-over']);
    const given = of('hand-over', resources)[0];
    assert.deepEqual(given?.manifests?.map(({ kind }) => kind), ['EC2NodeClass', 'NodePool']);
    assert.equal((given?.manifests?.[0] as { spec: { role: string } }).spec.role, resources[0]?.name);
    assert.deepEqual(findings.map(({ code }) => code), ['interruptions-unseen']);
    assert.match(JSON.stringify(given?.documents), /EC2 Spot Instance Interruption Warning/);
  });

  it('by Karpenter leaves the entry of a managed group\'s role to EKS, and reads the queue that is named', () => {
    const nodeRoleArn = `arn:aws:iam::${ACCOUNT_ID}:role/eks-node`;
    const { resources, findings } = compiled({ autoscaling: { kind: 'karpenter', nodeRoleArn, interruptionQueue: 'q' } }, { nodeRole: nodeRoleArn });
    assert.deepEqual(resources.map(({ kind }) => kind), ['role', 'pod-identity', 'hand-over']);
    assert.deepEqual(actionsOf(of('role', resources)[0], 'ReadInterruptions')[0]?.Resource, [`arn:aws:sqs:us-east-1:${ACCOUNT_ID}:q`]);
    assert.deepEqual(findings, []);
  });

  it('by the Cluster Autoscaler is of the control plane\'s minor, and changes groups with both tags alone', () => {
    assert.deepEqual(['1.35', '1.36'].map((version) => handOver({ autoscaling: { kind: 'cluster-autoscaler' } }, { version: version as '1.35' })?.version), ['1.35.2', '1.36.1']);
    const [role] = of('role', compiled({ autoscaling: { kind: 'cluster-autoscaler' } }).resources);
    assert.deepEqual(actionsOf(role, 'ScaleOwnGroups')[0]?.Condition, { StringEquals: { 'aws:ResourceTag/k8s.io/cluster-autoscaler/enabled': 'true', 'aws:ResourceTag/k8s.io/cluster-autoscaler/prod': 'owned' } });
  });

  it('by Karpenter is refused on a minor that no release of it is listed for', () => {
    assert.deepEqual(compiled({ autoscaling: { kind: 'karpenter' } }, { version: '1.28' }).errors.map(({ path }) => path), ['autoscaling.kind']);
  });
});

describe('capabilities', () => {
  it('have a role each, which EKS\'s service alone may use for this account', () => {
    const { resources } = compiled(EVERYTHING[5] ?? {});
    assert.deepEqual(of('capability', resources).map(({ name, type }) => [name, type]), [['ack', 'ACK'], ['kro', 'KRO'], ['argocd', 'ARGOCD']]);
    for (const role of of('role', resources)) assert.deepEqual(role.trust.Statement[0]?.Condition, { StringEquals: { 'aws:SourceAccount': ACCOUNT_ID } });
    assert.deepEqual(of('role', resources)[1]?.policies, {});
  });

  it('let ACK keep only resources under the prefix', () => {
    const [role] = of('role', compiled({ capabilities: [{ type: 'ACK', services: [{ service: 's3', namePrefix: 'shop-' }, { service: 's3', namePrefix: 'web-' }] }] }).resources);
    assert.deepEqual(Object.keys(role?.policies ?? {}), ['s3']);
    assert.deepEqual(actionsOf(role, 'KeepByName')[0]?.Resource, ['arn:aws:s3:::shop-*', 'arn:aws:s3:::web-*']);
  });

  it('are refused twice of a type, without anything to keep, and with both a role and a policy', () => {
    const paths = (...list: unknown[]) => compiled({ capabilities: list }).errors.map(({ path }) => path);
    const roleArn = `arn:aws:iam::${ACCOUNT_ID}:role/eks-ack`;
    assert.deepEqual(paths({ type: 'KRO' }, { type: 'KRO', name: 'other' }), ['capabilities.1.type']);
    assert.deepEqual(paths({ type: 'ACK' }), ['capabilities.0.services']);
    assert.deepEqual(paths({ type: 'ACK', roleArn, services: [{ service: 's3', namePrefix: 'shop-' }] }), ['capabilities.0.services']);
    assert.deepEqual(paths({ type: 'KRO', roleArn: 'arn:aws:iam::222222222222:role/kro' }), ['capabilities.0.roleArn']);
  });
});
