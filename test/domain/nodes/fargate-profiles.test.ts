import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Cluster } from '../../../domain/cluster.ts';
import { fargateProfiles } from '../../../domain/parts/fargate-profiles.ts';
import { selects } from '../../../domain/parts/fargate-selectors.ts';
import { FargateProfileWish } from '../../../domain/parts/fargate-profile-wish.ts';
import { planDeletion } from '../../../domain/plan-deletion.ts';
import { ACCOUNT_ID, at133, cluster, NOW, planned, SUBNETS } from '../worlds.ts';

const PRIVATE = SUBNETS.map((subnet) => ({ ...subnet, publicAddresses: false }));
const batch: FargateProfileWish = { fargateProfileName: 'batch', selectors: [{ namespace: 'jobs' }] };
const compile = (wishes: readonly FargateProfileWish[], more: Partial<Cluster> = {}, subnets = PRIVATE) =>
  fargateProfiles({ cluster: cluster('1.33', { wanted: { fargateProfiles: [...wishes] }, ...more }), addonCatalogue: {}, subnets });
const messages = (compiled: ReturnType<typeof compile>) => (compiled.errors ?? []).map(({ path, message }) => `${path}: ${message}`);
const codes = (compiled: ReturnType<typeof compile>) => (compiled.findings ?? []).map(({ code, subject }) => `${code} ${subject}`);

describe('Fargate profiles', () => {
  it('get one role of the cluster, which trusts Fargate for the profiles of this cluster alone', () => {
    const [role, ...profiles] = compile([batch, { ...batch, fargateProfileName: 'web' }]).resources;
    assert.ok(role?.kind === 'role');
    assert.deepEqual(role.trust.Statement, [
      {
        Effect: 'Allow',
        Principal: { Service: ['eks-fargate-pods.amazonaws.com'] },
        Action: ['sts:AssumeRole'],
        Condition: { ArnLike: { 'aws:SourceArn': `arn:aws:eks:us-east-1:${ACCOUNT_ID}:fargateprofile/prod/*` } },
      },
    ]);
    assert.deepEqual(profiles.map((profile) => profile.kind === 'fargate-profile' && [profile.name, profile.podExecutionRoleArn, profile.needs]), [
      ['batch', `arn:aws:iam::${ACCOUNT_ID}:role/${role.name}`, [`role/${role.name}`]],
      ['web', `arn:aws:iam::${ACCOUNT_ID}:role/${role.name}`, [`role/${role.name}`]],
    ]);
  });

  it('keep the role that is named, and make none for it', () => {
    const podExecutionRoleArn = `arn:aws:iam::${ACCOUNT_ID}:role/eks-fargate`;
    assert.deepEqual(compile([{ ...batch, podExecutionRoleArn }]).resources, [{ kind: 'fargate-profile', name: 'batch', part: 'fargate-profile', partName: 'batch', podExecutionRoleArn, subnets: SUBNETS.map(({ subnetId }) => subnetId), selectors: batch.selectors }]);
  });

  it('lie in those subnets of the cluster that hand out no public addresses', () => {
    const [open, closed] = SUBNETS.map((subnet, index) => ({ ...subnet, publicAddresses: index === 0 }));
    const mixed = [open!, closed!];
    assert.deepEqual(compile([batch], {}, mixed).resources.flatMap((resource) => (resource.kind === 'fargate-profile' ? resource.subnets : [])), [closed!.subnetId]);
    assert.deepEqual(messages(compile([{ ...batch, subnets: [open!.subnetId] }], {}, mixed)), [`fargateProfiles.0.subnets.0: ${open!.subnetId} hands out public addresses, and Fargate takes private subnets only`]);
    assert.deepEqual(messages(compile([batch], {}, mixed.map((subnet) => ({ ...subnet, publicAddresses: true })))), ['fargateProfiles.0.subnets: Name private subnets: all of the cluster hand out public addresses, and Fargate takes private ones only']);
  });

  it('say nothing of subnets that were not looked at, but in a creation, which looks at all', () => {
    const strange = { ...batch, subnets: ['subnet-0000000f'] };
    assert.deepEqual(messages(compile([strange])), []);
    assert.deepEqual(messages(compile([strange], { exists: false })), ['fargateProfiles.0.subnets.0: There is no subnet subnet-0000000f in this account and region']);
  });

  it('are refused with the path where EKS would refuse them', () => {
    const nodeRole = `arn:aws:iam::${ACCOUNT_ID}:role/eks-node`;
    const wishes: FargateProfileWish[] = [batch, batch, { ...batch, fargateProfileName: 'web', podExecutionRoleArn: nodeRole }, { ...batch, fargateProfileName: 'far', podExecutionRoleArn: 'arn:aws:iam::222222222222:role/eks-fargate' }];
    assert.deepEqual(messages(compile(wishes, { nodegroups: [{ nodegroupName: 'blue', status: 'ACTIVE', nodeRole, scalingConfig: { minSize: 1, maxSize: 1, desiredSize: 1 } }] })), [
      'fargateProfiles.1.fargateProfileName: batch stands there twice',
      'fargateProfiles.2.podExecutionRoleArn: Another role than those of the node groups',
      `fargateProfiles.3.podExecutionRoleArn: Not a role of account ${ACCOUNT_ID}`,
    ]);
    const many = Array.from({ length: 11 }, (_, index) => ({ ...batch, fargateProfileName: `batch-${index}` }));
    assert.deepEqual(messages(compile(many)), ["fargateProfiles: At most 10: EKS's quota for a cluster"]);
  });

  it('run CoreDNS where nothing else can, and are told of its lack', () => {
    const system: FargateProfileWish = { fargateProfileName: 'system', selectors: [{ namespace: 'kube-system', labels: { 'k8s-app': 'kube-dns' } }] };
    assert.deepEqual(compile([system], { nodegroups: [] }).addons, [{ addonName: 'coredns', configuration: { computeType: 'Fargate' }, part: 'fargate-profile' }]);
    assert.deepEqual(codes(compile([batch], { nodegroups: [] })), ['fargate-without-dns prod']);
    const withNodes = compile([system], { nodegroups: [{ nodegroupName: 'blue', status: 'ACTIVE', scalingConfig: { minSize: 1, maxSize: 1, desiredSize: 1 } }] });
    assert.deepEqual([withNodes.addons, codes(withNodes)], [[], []]);
  });

  it('tell what will not work on Fargate: DaemonSets of kube-system, and pod identities', () => {
    const wide: FargateProfileWish = { fargateProfileName: 'wide', selectors: [{ namespace: '*' }] };
    const podIdentities = [{ namespace: 'shop', serviceAccount: 'cart', roleArn: `arn:aws:iam::${ACCOUNT_ID}:role/eks-cart` }];
    assert.deepEqual(codes(compile([wide], { wanted: { fargateProfiles: [wide], podIdentities } })).filter((code) => !code.startsWith('fargate-without')), ['fargate-selects-system wide', 'pod-identity-on-fargate shop/cart']);
  });

  it('of somebody else go before the control plane, since EKS deletes no cluster that has one', () => {
    const theirs = { profileName: 'old', status: 'ACTIVE', subnetIds: ['subnet-0000000a'], namespaces: ['jobs'], healthIssues: [] };
    const facts = at133({ fargateProfiles: { kind: 'seen', value: [theirs, { ...theirs, profileName: 'batch' }] } });
    const ours = compile([batch]).resources;
    const plan = planned(planDeletion({ cluster: cluster('1.33', { made: ours }), facts, now: NOW }));
    const kinds = plan.hops[0]!.steps.map(({ kind, subject, parameters }) => [kind, subject, parameters]);
    assert.deepEqual(kinds.slice(0, 2), [['delete-fargate-profile', 'batch', undefined], ['delete-fargate-profile', 'old', { withCluster: true }]]);
    assert.equal(kinds.findIndex(([kind]) => kind === 'delete-control-plane') > 1, true);
    assert.ok(!plan.notLookedAt.some(({ code }) => code === 'fargate-profiles'));
  });
});

describe('a selector', () => {
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '-', '*', '?'), minLength: 1, maxLength: 12 });
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '-'), maxLength: 16 });

  it('matches as wildcards do: the same as the regular expression that they stand for', () => {
    fc.assert(
      fc.property(pattern, text, (namespace, name) => {
        const same = new RegExp(`^${namespace.replaceAll('*', '.*').replaceAll('?', '.')}$`).test(name);
        assert.equal(selects({ namespace }, { namespace: name, labels: {} }), same);
      }),
    );
  });

  it('asks for every label that it names, by its wildcards', () => {
    const selector = { namespace: 'team-*', labels: { tier: 'b?tch', '*': 'yes' } };
    assert.equal(selects(selector, { namespace: 'team-a', labels: { tier: 'batch', spot: 'yes', more: 'x' } }), true);
    assert.equal(selects(selector, { namespace: 'team-a', labels: { tier: 'batch', spot: 'no' } }), false);
    assert.equal(selects(selector, { namespace: 'other', labels: { tier: 'batch', spot: 'yes' } }), false);
  });

  it('has limits on what a request may say', () => {
    const says = (change: object) => FargateProfileWish.safeParse({ ...batch, ...change }).success;
    const labels = Object.fromEntries(Array.from({ length: 6 }, (_, index) => [`l${index}`, 'x']));
    assert.deepEqual([says({}), says({ selectors: [] }), says({ selectors: Array.from({ length: 6 }, () => ({ namespace: 'a' })) }), says({ selectors: [{ namespace: 'a', labels }] }), says({ selectors: [{ namespace: 'Shop' }] }), says({ fargateProfileName: '-x' })], [true, false, false, false, false, false]);
  });
});
