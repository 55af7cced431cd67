import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Step } from '../../domain/operation.ts';
import { entriesLeft, type OtherEntries } from '../../domain/parts/entries-of-eks.ts';
import { madeAfter } from '../../domain/parts/made-after.ts';
import { planParts } from '../../domain/parts/plan-parts.ts';
import type { CapabilityResource, FargateProfileResource, Resource, RoleResource } from '../../domain/parts/resource.ts';

const NOBODY: OtherEntries = { access: [], nodegroups: [] };
const arn = (name: string): string => `arn:aws:iam::111111111111:role/${name}`;
const OURS = 'slipway-of-shop-000001-capability-ack';
const role: RoleResource = { kind: 'role', name: OURS, part: 'capability', partName: 'ack', description: 'x', trust: { Version: '2012-10-17', Statement: [] }, policies: {} };
const ack = (roleArn: string, more: Partial<CapabilityResource> = {}): CapabilityResource => ({ kind: 'capability', name: 'ack', part: 'capability', partName: 'ack', type: 'ACK', roleArn, ...more });
const profile = (name: string, podExecutionRoleArn: string): FargateProfileResource => ({ kind: 'fargate-profile', name, part: 'fargate-profile', partName: name, podExecutionRoleArn, subnets: [], selectors: [] });
const left = (made: readonly Resource[], wanted: readonly Resource[], others = NOBODY): string[] => entriesLeft(made, wanted, others).map(({ entry }) => `${entry.type} ${entry.principalArn}`);
const plan = (made: readonly Resource[], wanted: readonly Resource[]) => planParts({ made, wanted, version: '1.36', stageOf: () => 'CarryOut', others: NOBODY });

describe('an access entry that EKS made', () => {
  it('goes with the capability that it was made for, after it and before its role', () => {
    const steps = plan([role, ack(arn(OURS), { needs: [`role/${OURS}`] })], []);
    assert.deepEqual(steps.map(({ kind }) => kind), ['delete-capability', 'delete-access-entry', 'delete-role']);
    assert.deepEqual(steps[1]?.onlyAfter, ['1.36/delete-capability/capability/ack']);
  });

  it('goes when the capability gets another role, once it has it', () => {
    const steps = plan([ack(arn('eks-a'))], [ack(arn('eks-b'))]);
    assert.deepEqual(steps.map(({ kind, subject }) => [kind, subject]), [['update-capability', 'ack'], ['delete-access-entry', arn('eks-a')]]);
    assert.deepEqual(steps[1]?.onlyAfter, ['1.36/update-capability/capability/ack']);
  });

  it('stays while anything of the cluster uses its principal', () => {
    const made = [ack(arn('eks-a'))];
    assert.deepEqual(left(made, []), [`STANDARD ${arn('eks-a')}`]);
    assert.deepEqual(left(made, made), []);
    assert.deepEqual(left(made, [ack(arn('eks-a'), { name: 'kro', partName: 'kro', type: 'KRO' })]), []);
    assert.deepEqual(left(made, [], { ...NOBODY, access: [{ principalArn: arn('eks-a') }] }), []);
    assert.deepEqual(left(made, [], { ...NOBODY, nodegroups: [{ nodeRole: arn('eks-a') }] }), []);
    const own: Resource = { kind: 'access-entry', name: arn('eks-a'), part: 'tokens', partName: 'viewer', principalArn: arn('eks-a'), type: 'STANDARD', policies: [] };
    assert.deepEqual([left([...made, own], [own]), left([...made, own], [])], [[], []]);
  });

  it('of Fargate and of Auto Mode goes with the last of them, where the role was Slipway\'s own', () => {
    const [one, two] = [profile('one', arn('slipway-of-x')), profile('two', arn('slipway-of-x'))];
    assert.deepEqual([left([one, two], [two]), left([one, two], []), left([profile('one', arn('eks-fargate'))], [])], [[], [`FARGATE_LINUX ${arn('slipway-of-x')}`], []]);
    assert.deepEqual(left([{ kind: 'auto-mode', name: 'auto-mode', part: 'autoscaling', partName: 'autoscaling', nodePools: ['system'], nodeRoleArn: arn('slipway-of-n') }], []), [`EC2 ${arn('slipway-of-n')}`]);
  });

  it('that could not be taken away is tried again, unless its principal is in use again', () => {
    const made = [ack(arn('eks-a'))];
    const ended = plan(made, []).map((step, index): Step => ({ ...step, hop: '1.36', order: index + 1, run: 1, attempt: 1, state: step.kind === 'delete-access-entry' ? 'Failed' : 'Succeeded' }));
    const standing = madeAfter(made, ended);
    assert.deepEqual(plan(standing, []).map(({ kind }) => kind), ['delete-access-entry']);
    assert.deepEqual(plan(standing, made).map(({ kind }) => kind), ['create-capability']);
    assert.deepEqual(madeAfter(standing, ended.map((step) => ({ ...step, state: 'Succeeded' }))), []);
  });
});
