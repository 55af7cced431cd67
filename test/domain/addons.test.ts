import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { AddonShare, AskedAddon } from '../../domain/addons/asked.ts';
import { mergeConfiguration, withoutConfiguration, type Configuration } from '../../domain/addons/configuration.ts';
import { planAddons, type AddonsAsk } from '../../domain/addons/plan-addons.ts';
import { settingsErrors } from '../../domain/addons/settings-errors.ts';
import { sharesAfter } from '../../domain/addons/shares-after.ts';
import type { AddonFacts } from '../../domain/facts.ts';
import type { Step } from '../../domain/operation.ts';
import type { AddonNeed } from '../../domain/parts/compiled.ts';
import type { PlannedStep } from '../../domain/plan.ts';
import { isRefusal } from '../../domain/refusal.ts';
import { addonFacts, ADDONS } from './worlds.ts';

const ROLE = 'arn:aws:iam::111111111111:role/slipway-of-prod-000001-cni';
const cni: AddonNeed = { addonName: 'vpc-cni', part: 'network', configuration: { env: { ENABLE_PREFIX_DELEGATION: 'true' } } };
const there = (name: string, version: string, configurationValues?: string, more: Partial<AddonFacts> = {}) => addonFacts(name, version, { ...(configurationValues === undefined ? {} : { configurationValues }), podIdentityAssociations: [], ...more });
const VPC_CNI = there('vpc-cni', 'v1.20.4-eksbuild.2');
const ask = (more: Partial<AddonsAsk> & { readonly seen?: readonly AddonFacts[] } = {}): AddonsAsk => ({ version: '1.34', needs: [], shares: [], before: [], asked: [], listed: false, ...more, facts: { addons: more.seen ?? [VPC_CNI], addonCatalogue: ADDONS } });
const plan = (more: Parameters<typeof ask>[0] = {}) => {
  const planned = planAddons(ask(more));
  assert.ok(!isRefusal(planned), JSON.stringify(planned));
  return planned;
};
const lines = (steps: readonly PlannedStep[]) => steps.map(({ kind, subject, parameters }) => [kind, subject, parameters?.['configurationValues']]);
const carriedOut = (steps: readonly PlannedStep[]): Step[] => steps.map((step, index) => ({ ...step, hop: '1.34', order: index + 1, run: 1, attempt: 1, state: 'Succeeded' }));

/** The add-ons of a cluster once steps are done. */
function after(seen: readonly AddonFacts[], steps: readonly PlannedStep[]): AddonFacts[] {
  const standing = new Map(seen.map((addon) => [addon.addonName, addon]));
  for (const { kind, subject, to, parameters = {} } of steps) {
    if (kind === 'delete-addon') standing.delete(subject);
    else standing.set(subject, { ...(standing.get(subject) ?? there(subject, '')), ...(to === undefined ? {} : { addonVersion: to }), ...(parameters as object) });
  }
  return [...standing.values()];
}

const leaf = fc.constantFrom('a', 'b', 1, true);
const settings: fc.Arbitrary<Configuration> = fc.dictionary(fc.constantFrom('x', 'y', 'env'), fc.oneof(leaf, fc.dictionary(fc.constantFrom('p', 'q'), leaf, { maxKeys: 2, noNullPrototype: true })), { maxKeys: 3, noNullPrototype: true });

describe('settings of add-ons', () => {
  it('merge into what has both, unless they clash, and come apart again', () => {
    fc.assert(
      fc.property(settings, settings, (base, more) => {
        const theirs = withoutConfiguration(base, more);
        const { merged, clashes } = mergeConfiguration(theirs, more);
        if (clashes.length > 0) return;
        assert.deepEqual(mergeConfiguration(merged, more), { merged, clashes: [] });
        assert.deepEqual(mergeConfiguration(merged, theirs).clashes, []);
        const apart = withoutConfiguration(merged, more);
        assert.deepEqual(mergeConfiguration(apart, more).merged, merged);
      }),
    );
  });

  it('clash where two values differ, and are told with the path', () => {
    assert.deepEqual(mergeConfiguration({ env: { A: '1', B: '2' } }, { env: { A: '3' } }).clashes, [{ path: 'env.A', here: '1', there: '3' }]);
  });

  it('are judged by the schema that EKS tells, definitions and all', () => {
    const schema = JSON.stringify({ $ref: '#/definitions/C', $schema: 'http://json-schema.org/draft-06/schema#', definitions: { C: { type: 'object', additionalProperties: false, properties: { replicaCount: { type: 'integer' }, env: { $ref: '#/definitions/E' } } }, E: { type: 'object', additionalProperties: false, properties: { A: { type: 'string', format: 'boolean' } } } } });
    const judged = (configurationValues: string, version = 'v1') => settingsErrors({ addonName: 'coredns', addonVersion: 'v1', configurationValues }, [{ addonName: 'coredns', addonVersion: version, schema }], 'addons.0.configurationValues').map(({ path }) => path);
    assert.deepEqual(judged('{"replicaCount":2,"env":{"A":"true"}}'), []);
    assert.deepEqual(judged('{"replicaCount":"2"}'), ['addons.0.configurationValues.replicaCount']);
    assert.deepEqual(judged('{"env":{"B":"1"}}'), ['addons.0.configurationValues.env']);
    assert.deepEqual([judged('replicaCount: two'), judged('{"replicaCount":"2"}', 'v2')], [[], []], 'YAML, and a version without a schema, are left to EKS');
  });
});

describe('the list of add-ons', () => {
  it('merges what a part needs into what the client named, and refuses where they differ', () => {
    const asked: AskedAddon[] = [{ addonName: 'vpc-cni', configurationValues: '{"env":{"WARM_ENI_TARGET":"2"}}' }];
    assert.deepEqual(lines(plan({ asked, needs: [cni] }).steps), [['update-addon-config', 'vpc-cni', '{"env":{"WARM_ENI_TARGET":"2","ENABLE_PREFIX_DELEGATION":"true"}}']]);
    const clash = planAddons(ask({ asked: [{ addonName: 'vpc-cni', configurationValues: '{"env":{"ENABLE_PREFIX_DELEGATION":"false"}}' }], needs: [cni] }));
    assert.deepEqual(isRefusal(clash) ? clash.errors?.map(({ path }) => path) : clash, ['addons.0.configurationValues.env.ENABLE_PREFIX_DELEGATION']);
  });

  it('refuses a part that needs otherwise what somebody has set by hand, and says how to go on', () => {
    const set = there('vpc-cni', 'v1.20.4-eksbuild.2', '{"env":{"ENABLE_PREFIX_DELEGATION":"false"}}');
    const refused = planAddons(ask({ seen: [set], needs: [cni] }));
    assert.deepEqual(isRefusal(refused) ? refused.errors?.map(({ path }) => path) : refused, ['network']);
    assert.deepEqual(lines(plan({ seen: [set], needs: [{ ...cni, configuration: { env: { ENABLE_PREFIX_DELEGATION: 'false' } } }] }).steps), []);
  });

  it('refuses to merge into settings that it cannot read', () => {
    for (const seen of [[there('vpc-cni', 'v1.20.4-eksbuild.2', 'env:\n  A: "1"')], [there('vpc-cni', 'v1.20.4-eksbuild.2', undefined, { configurationTooLong: true })]]) {
      const refused = planAddons(ask({ seen, needs: [cni] }));
      assert.ok(isRefusal(refused));
    }
  });

  it('installs what a part alone needs, and takes it away with that part; never what a client named', () => {
    const need: AddonNeed = { addonName: 'coredns', part: 'dns', podIdentityAssociations: [{ serviceAccount: 'dns', roleArn: ROLE }] };
    const first = plan({ needs: [need] });
    assert.deepEqual(first.steps.map(({ kind, parameters }) => [kind, parameters?.['podIdentityAssociations']]), [['create-addon', need.podIdentityAssociations]]);
    const shares = sharesAfter([], carriedOut(first.steps));
    const seen = after([VPC_CNI], first.steps);
    assert.deepEqual(plan({ seen, shares, needs: [need] }).steps, []);
    assert.deepEqual(lines(plan({ seen, shares }).steps), [['delete-addon', 'coredns', undefined]]);
    const asked: AskedAddon[] = [{ addonName: 'coredns' }];
    assert.deepEqual(plan({ seen, shares, before: asked, asked }).steps.map(({ kind, parameters }) => [kind, parameters?.['podIdentityAssociations']]), [['update-addon-config', []]]);
    assert.ok(isRefusal(planAddons(ask({ seen, shares, needs: [need], only: { addonName: 'coredns', remove: { preserve: false } } }))));
  });

  it('takes back what a part has set when it needs it no more, and leaves what others have set', () => {
    const seen = [there('vpc-cni', 'v1.20.4-eksbuild.2', '{"env":{"WARM_ENI_TARGET":"2"}}')];
    const first = plan({ seen, needs: [cni] });
    const shares = sharesAfter([], carriedOut(first.steps));
    const other: AddonNeed = { ...cni, configuration: { enableNetworkPolicy: 'true' } };
    assert.deepEqual(lines(plan({ seen: after(seen, first.steps), shares, needs: [other] }).steps), [['update-addon-config', 'vpc-cni', '{"env":{"WARM_ENI_TARGET":"2"},"enableNetworkPolicy":"true"}']]);
    assert.deepEqual(lines(plan({ seen: after(seen, first.steps), shares }).steps), [['update-addon-config', 'vpc-cni', '{"env":{"WARM_ENI_TARGET":"2"}}']]);
  });

  it('leaves an add-on to its part when the client ceases to name it', () => {
    const need: AddonNeed = { addonName: 'coredns', part: 'dns', configuration: { replicaCount: 3 } };
    const seen = [VPC_CNI, there('coredns', 'v1.12.1-eksbuild.2')];
    const first = plan({ seen, needs: [need], before: [{ addonName: 'coredns' }], listed: true });
    assert.deepEqual(lines(first.steps), [['update-addon-config', 'coredns', '{"replicaCount":3}']]);
    const shares = sharesAfter([{ addonName: 'coredns' }], carriedOut(first.steps));
    assert.deepEqual(lines(plan({ seen: after(seen, first.steps), shares }).steps), [['delete-addon', 'coredns', undefined]]);
  });

  it('takes away what a whole new list leaves out, and leaves what Slipway was never asked for', () => {
    const seen = [VPC_CNI, there('coredns', 'v1.12.1-eksbuild.2'), there('aws-guardduty-agent', 'v1.10.0-eksbuild.1')];
    const shares: AddonShare[] = [{ addonName: 'vpc-cni' }, { addonName: 'coredns' }];
    const listed = plan({ seen, shares, asked: [{ addonName: 'coredns' }], listed: true });
    assert.deepEqual(lines(listed.steps), [['delete-addon', 'vpc-cni', undefined]]);
    assert.deepEqual(listed.findings.map(({ code, subject }) => [code, subject]), [['addon-not-asked-for', 'aws-guardduty-agent'], ['network-addon-left-out', 'vpc-cni']]);
    assert.deepEqual(plan({ seen, shares, asked: [{ addonName: 'coredns' }], listed: true, only: { addonName: 'coredns' } }).steps, []);
    assert.deepEqual(plan({ seen, only: { addonName: 'aws-guardduty-agent', remove: { preserve: true } } }).steps.map(({ kind, parameters }) => [kind, parameters]), [['delete-addon', { preserve: true }]]);
  });

  it('tells what nodes and pods miss of what is taken away, and nothing of what is released and runs on', () => {
    const named = ['vpc-cni', 'kube-proxy', 'coredns', 'eks-pod-identity-agent', 'aws-ebs-csi-driver'];
    const seen = named.map((name) => there(name, 'v1.0.0-eksbuild.1'));
    const before: AskedAddon[] = named.map((addonName) => ({ addonName }));
    const told = (asked: readonly AskedAddon[], more: Partial<AddonsAsk> = {}) => plan({ seen, before, asked, listed: true, ...more }).findings.map(({ code, subject }) => [code, subject].join(' '));
    const left = (...names: readonly string[]) => names.map((name) => `network-addon-left-out ${name}`);
    assert.deepEqual(told([]), left('vpc-cni', 'kube-proxy', 'coredns'));
    const driver = { addonName: 'aws-ebs-csi-driver', podIdentityAssociations: [{ serviceAccount: 'ebs-csi-controller-sa', roleArn: ROLE }] };
    assert.deepEqual(told([driver]), left('vpc-cni', 'kube-proxy', 'coredns', 'eks-pod-identity-agent'));
    assert.deepEqual(told([driver], { needs: [{ addonName: 'eks-pod-identity-agent', part: 'pod-identity' }] }), left('vpc-cni', 'kube-proxy', 'coredns'));
    for (const preserve of [false, true]) assert.deepEqual(told(before.slice(1), { only: { addonName: 'vpc-cni', remove: { preserve } } }), preserve ? [] : left('vpc-cni'));
  });

  it('moves a version only where the request names it, one minor of the VPC CNI at a time, up and down', () => {
    const asked: AskedAddon[] = [{ addonName: 'vpc-cni', addonVersion: 'v1.20.4-eksbuild.2' }];
    const seen = [there('vpc-cni', 'v1.22.1-eksbuild.1')];
    const catalogue = { 'vpc-cni': ['v1.22.1-eksbuild.1', 'v1.21.1-eksbuild.7', 'v1.20.4-eksbuild.2'].map((addonVersion) => ({ addonVersion, compatibleWith: ['1.34' as const], defaultFor: [] })) };
    const moved = planAddons({ ...ask({ asked, listed: true }), facts: { addons: seen, addonCatalogue: catalogue } });
    assert.deepEqual(isRefusal(moved) ? moved : moved.steps.map(({ kind, from, to }) => [kind, from, to]), [['upgrade-addon', 'v1.22.1-eksbuild.1', 'v1.21.1-eksbuild.7'], ['upgrade-addon', 'v1.21.1-eksbuild.7', 'v1.20.4-eksbuild.2']]);
    const kept = planAddons({ ...ask({ asked }), facts: { addons: seen, addonCatalogue: catalogue } });
    assert.deepEqual(isRefusal(kept) ? kept : kept.steps, []);
    const missing = planAddons({ ...ask({ asked, listed: true }), facts: { addons: seen, addonCatalogue: { 'vpc-cni': [catalogue['vpc-cni'][0]!, catalogue['vpc-cni'][2]!] } } });
    assert.equal(isRefusal(missing) ? missing.code : missing, 'addon-not-offered');
  });

  it('makes anew what EKS could not create', () => {
    const steps = plan({ seen: [there('coredns', 'v1.12.1-eksbuild.2', undefined, { status: 'CREATE_FAILED' })], asked: [{ addonName: 'coredns' }] }).steps;
    assert.deepEqual(steps.map(({ kind, parameters }) => [kind, parameters?.['preserve']]), [['delete-addon', true], ['create-addon', undefined]]);
  });

  const need = fc.record({ part: fc.constantFrom('dns', 'network'), addonName: fc.constantFrom('coredns', 'vpc-cni', 'kube-proxy'), configuration: fc.dictionary(fc.constantFrom('x', 'y'), fc.constantFrom('1', '2'), { maxKeys: 2, noNullPrototype: true }), podIdentityAssociations: fc.constantFrom([], [{ serviceAccount: 'sa', roleArn: ROLE }]) }) as fc.Arbitrary<AddonNeed>;
  const asked = fc.uniqueArray(fc.record({ addonName: fc.constantFrom('coredns', 'vpc-cni', 'kube-proxy'), configurationValues: fc.constantFrom('{}', '{"x":"1"}', '{"z":"3"}') }), { selector: ({ addonName }) => addonName, maxLength: 3 });
  const needs = fc.uniqueArray(need, { selector: ({ addonName, part }) => `${addonName} ${part}`, maxLength: 3 });

  it('carried out, is as asked for and needs no further step; without the parts nothing of them is left', () => {
    fc.assert(
      fc.property(asked, needs, asked, needs, (before, needed, later, laterNeeds) => {
        const first = planAddons(ask({ seen: [], asked: before, needs: needed, listed: true }));
        if (isRefusal(first)) return;
        const seen = after([], first.steps);
        const shares = sharesAfter([], carriedOut(first.steps));
        assert.deepEqual(plan({ seen, shares, before, asked: before, needs: needed, listed: true }).steps, [], 'settled');
        const second = planAddons(ask({ seen, shares, before, asked: later, needs: laterNeeds, listed: true }));
        if (isRefusal(second)) return;
        const then = after(seen, second.steps);
        const shared = sharesAfter(shares, carriedOut(second.steps));
        assert.deepEqual(new Set(then.map(({ addonName }) => addonName)), new Set([...later, ...laterNeeds].map(({ addonName }) => addonName)));
        const bare = plan({ seen: then, shares: shared, before: later, asked: later });
        const left = after(then, bare.steps);
        // One that was ceased to be named while a part used it unchanged is nobody's to take away, until a list leaves it out.
        const handedOver = before.filter((one) => laterNeeds.some((need) => need.addonName === one.addonName)).map(({ addonName }) => addonName);
        const names = left.map(({ addonName }) => addonName).filter((name) => !handedOver.some((other) => other === name) || later.some(({ addonName }) => addonName === name));
        assert.deepEqual(new Set(names), new Set(later.map(({ addonName }) => addonName)), 'only what was named is left');
        assert.deepEqual(new Set(after(left, plan({ seen: left, shares: sharesAfter(shared, carriedOut(bare.steps)), before: later, asked: later, listed: true }).steps).map(({ addonName }) => addonName)), new Set(later.map(({ addonName }) => addonName)));
        for (const { addonName, configurationValues } of later) assert.deepEqual(JSON.parse(left.find((addon) => addon.addonName === addonName)?.configurationValues ?? '{}'), JSON.parse(configurationValues));
      }),
    );
  });
});
