import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { accountSetup } from '../../domain/account-setup.ts';
import { actionsFor, imagesPolicyFor, rolePolicyFor, sessionPolicyFor, SESSION_POLICY_CHARACTERS_MAX, verifyPolicyFor, watchPolicyFor, type PolicyDocument } from '../../domain/permissions.ts';
import { IMAGE_PURPOSES } from '../../domain/images/permissions.ts';
import { PART_STEP_KINDS } from '../../domain/parts/steps-of-resource.ts';
import type { StepKind } from '../../domain/plan.ts';
import { missingFrom } from '../../domain/policy-coverage.ts';

const KINDS: readonly StepKind[] = [
  'create-control-plane',
  'create-access-entry',
  'change-access-entry',
  'create-addon',
  'create-nodegroup',
  'upgrade-control-plane',
  'rollback-control-plane',
  'upgrade-addon',
  'update-addon-config',
  'upgrade-nodegroup',
  'refresh-instances',
  'update-cluster-config',
  'update-nodegroup-config',
  'delete-nodegroup',
  'delete-addon',
  'delete-control-plane',
  'read-cluster',
  ...PART_STEP_KINDS,
];
const accountId = '111111111111';
const role = rolePolicyFor({ accountId, passRoleArns: [`arn:aws:iam::${accountId}:role/eks-*`, `arn:aws:iam::${accountId}:role/slipway-*`] });

function actionsOf(policy: PolicyDocument): string[] {
  return [...new Set(policy.Statement.flatMap((statement) => statement.Action))].sort();
}

/** A session policy as the role policy's own form, whatever was written as the one of a list of one. */
function parsed(text: string): PolicyDocument {
  const list = (value: string | string[]): string[] => (typeof value === 'string' ? [value] : value);
  const policy = JSON.parse(text) as { Version: '2012-10-17'; Statement: { Effect: 'Allow'; Action: string | string[]; Resource: string | string[] }[] };
  return { ...policy, Statement: policy.Statement.map((statement) => ({ ...statement, Action: list(statement.Action), Resource: list(statement.Resource) })) };
}

/** Where a client's package and the actions of IAM have different names. */
const PACKAGES: Readonly<Record<string, string>> = { autoscaling: 'auto-scaling', servicequotas: 'service-quotas' };

/** The operations of a service that the adapters send, as IAM actions. */
function operationsSent(service: string): string[] {
  const root = new URL('../../aws/', import.meta.url);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
  const imports = files.flatMap((name) => [...readFileSync(new URL(name, root), 'utf8').matchAll(/import \{([^}]*)\} from '@aws-sdk\/client-([\w-]+)'/g)]);
  const commands = imports.filter((match) => match[2] === (PACKAGES[service] ?? service)).flatMap((match) => [...match[1]!.matchAll(/\b(\w+)Command\b/g)].map((command) => `${service}:${command[1]}`));
  return [...new Set(commands)].sort();
}

describe('the table of permissions', () => {
  it('holds every EKS operation that the adapters send and no other, but tagging, which EKS checks with a creation', () => {
    const held = actionsOf(role).filter((action) => action.startsWith('eks:') && action !== 'eks:TagResource');
    assert.deepEqual(held, operationsSent('eks'));
  });

  it('holds every other operation that the adapters send into an account', () => {
    const sent = ['iam', 'ec2', 'kms', 'autoscaling', 'servicequotas', 'cloudwatch', 'ecr'].map(operationsSent);
    assert.deepEqual(sent.map(({ length }) => length > 0), sent.map(() => true));
    assert.deepEqual(sent.flat().filter((action) => !actionsOf(role).includes(action)), []);
    assert.deepEqual(actionsFor('verify').filter((action) => !operationsSent('iam').includes(action)), []);
  });

  it('gives the role what its steps, looks and verification need together, and no more', () => {
    const needed = [...KINDS, ...IMAGE_PURPOSES, 'look' as const, 'verify' as const].flatMap((purpose) => actionsFor(purpose));
    assert.deepEqual(actionsOf(role), [...new Set(needed)].sort());
  });

  it('names every action, and asks for any resource only where IAM knows no other or a condition narrows it', () => {
    assert.deepEqual(actionsOf(role).filter((action) => action.includes('*')), []);
    const open = role.Statement.filter((statement) => statement.Resource.includes('*') && statement.Condition === undefined);
    assert.deepEqual(open.flatMap((statement) => statement.Action), [
      'autoscaling:DescribeAutoScalingGroups',
      'autoscaling:DescribeInstanceRefreshes',
      'autoscaling:DescribeScalingActivities',
      'cloudwatch:DescribeAlarms',
      'ec2:DescribeAvailabilityZones',
      'ec2:DescribeImages',
      'ec2:DescribeInstanceTypes',
      'ec2:DescribeInstances',
      'ec2:DescribeLaunchTemplateVersions',
      'ec2:DescribeLaunchTemplates',
      'ec2:DescribeSubnets',
      'ecr:CreatePullThroughCacheRule',
      'ecr:DeletePullThroughCacheRule',
      'ecr:DescribePullThroughCacheRules',
      'ecr:DescribeRegistry',
      'ecr:PutReplicationConfiguration',
      'eks:CreateCluster',
      'eks:DescribeAddonConfiguration',
      'eks:DescribeAddonVersions',
      'eks:DescribeClusterVersions',
      'iam:ListOpenIDConnectProviders',
      'servicequotas:GetServiceQuota',
    ]);
  });

  it('hands roles to EKS, and to EC2 as nodes\' own, and only those named', () => {
    const pass = role.Statement.filter((statement) => statement.Action.includes('iam:PassRole'));
    assert.deepEqual(pass, [
      {
        Sid: 'HandRolesToEks',
        Effect: 'Allow',
        Action: ['iam:PassRole'],
        Resource: ['arn:aws:iam::111111111111:role/eks-*', 'arn:aws:iam::111111111111:role/slipway-*'],
        Condition: { StringEquals: { 'iam:PassedToService': 'eks.amazonaws.com' } },
      },
      {
        Sid: 'HandNodeRolesToEc2',
        Effect: 'Allow',
        Action: ['iam:PassRole'],
        Resource: ['arn:aws:iam::111111111111:role/eks-*', 'arn:aws:iam::111111111111:role/slipway-*'],
        Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
      },
      {
        Sid: 'HandRolesToPods',
        Effect: 'Allow',
        Action: ['iam:PassRole'],
        Resource: ['arn:aws:iam::111111111111:role/eks-*', 'arn:aws:iam::111111111111:role/slipway-*'],
        Condition: { StringEquals: { 'iam:PassedToService': 'pods.eks.amazonaws.com' } },
      },
      {
        Sid: 'HandRolesToFargate',
        Effect: 'Allow',
        Action: ['iam:PassRole'],
        Resource: ['arn:aws:iam::111111111111:role/eks-*', 'arn:aws:iam::111111111111:role/slipway-*'],
        Condition: { StringEquals: { 'iam:PassedToService': 'eks-fargate-pods.amazonaws.com' } },
      },
      {
        Sid: 'HandMadeRolesToInstances',
        Effect: 'Allow',
        Action: ['iam:PassRole'],
        Resource: ['arn:aws:iam::111111111111:role/slipway-of-*'],
        Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
      },
      {
        Sid: 'HandRolesToCapabilities',
        Effect: 'Allow',
        Action: ['iam:PassRole'],
        Resource: ['arn:aws:iam::111111111111:role/eks-*', 'arn:aws:iam::111111111111:role/slipway-*'],
        Condition: { StringEquals: { 'iam:PassedToService': ['capabilities.eks.amazonaws.com', 'eks.amazonaws.com'] } },
      },
    ]);
  });

  it('fits into an inline policy of a role', () => {
    // All of a role's inline policies together (source: IAM user guide, IAM and STS quotas).
    assert.ok(JSON.stringify(role).length < 10_240);
  });
});

describe('the policy of a session for images', () => {
  it('fits into what STS takes, and names the very repository', () => {
    const name = `payments/${'a'.repeat(247)}`;
    for (const purpose of IMAGE_PURPOSES) {
      const policy = imagesPolicyFor({ accountId, region: 'ap-southeast-2', name, purposes: [purpose] });
      assert.ok(policy.length <= SESSION_POLICY_CHARACTERS_MAX, purpose);
      for (const { Action, Resource } of parsed(policy).Statement) if (Action.every((action) => action.startsWith('ecr:')) && !Resource.includes('*')) assert.deepEqual(Resource, [`arn:aws:ecr:ap-southeast-2:${accountId}:repository/${name}`]);
    }
  });
});

describe('the policy of a step\'s session', () => {
  const name = (max: number) => fc.stringMatching(new RegExp(`^[0-9A-Za-z][A-Za-z0-9_-]{0,${max - 1}}$`));
  const anyRole = fc.tuple(fc.stringMatching(/^\/([a-z]{1,30}\/){0,16}$/), name(64)).map(([path, roleName]) => `arn:aws:iam::${accountId}:role${path}${roleName}`);

  it('fits into what STS takes, whatever the names', () => {
    fc.assert(
      fc.property(fc.constantFrom(...KINDS), name(100), name(63), anyRole, (kind, clusterName, subject, passed) => {
        const policy = sessionPolicyFor({ kind, accountId, region: 'ap-southeast-3', clusterName, subject, passRoleArns: kind.startsWith('create-') ? [passed] : [] });
        assert.ok(policy.length <= SESSION_POLICY_CHARACTERS_MAX, `${kind}: ${policy.length}`);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('for a self-managed group leaves room, in its own region, and tags templates only as its own', () => {
    const of = { accountId, region: 'ap-southeast-3', clusterName: 'c'.repeat(100), subject: 's'.repeat(63), passRoleArns: [`arn:aws:iam::${accountId}:role/${'r'.repeat(64)}`] };
    const policy = sessionPolicyFor({ kind: 'create-self-managed-group', ...of });
    assert.ok(policy.length <= SESSION_POLICY_CHARACTERS_MAX - 128, String(policy.length));
    const templates = parsed(policy).Statement.filter(({ Resource }) => Resource.some((arn) => arn.includes(':launch-template/')));
    assert.deepEqual(templates.map(({ Action, Resource, Condition }) => [Action, Resource, Object.keys(Condition?.['StringLike'] ?? {})]), [
      [['ec2:CreateLaunchTemplate', 'ec2:CreateTags'], [`arn:aws:ec2:ap-southeast-3:${accountId}:launch-template/*`], ['aws:RequestTag/slipway:cluster-id']],
      [['ec2:CreateLaunchTemplateVersion'], [`arn:aws:ec2:ap-southeast-3:${accountId}:launch-template/*`], ['aws:ResourceTag/slipway:cluster-id']],
    ]);
    assert.deepEqual(role.Statement.find(({ Sid }) => Sid === 'TagTemplatesOfParts')?.Condition, { StringEquals: { 'ec2:CreateAction': 'CreateLaunchTemplate' } });
  });

  it('is within the role\'s own policy', () => {
    for (const kind of KINDS) {
      const policy = parsed(sessionPolicyFor({ kind, accountId, region: 'us-east-1', clusterName: 'prod', subject: 'blue', passRoleArns: [`arn:aws:iam::${accountId}:role/eks-node`] }));
      // Looks at EKS share a statement, and are bounded by the role's own, action by action.
      const looks = (statement: PolicyDocument['Statement'][number]) => kind === 'read-cluster' && statement.Action.every((action) => /^eks:(Describe|List|StartInsightsRefresh)/.test(action));
      const each = policy.Statement.flatMap((statement) => statement.Action.map((action) => ({ ...statement, Action: [action] })));
      const beyond = each.filter((statement) => !statement.Action.includes('ec2:RunInstances') && !statement.Action.includes('ec2:CreateTags') && !looks(statement));
      assert.deepEqual(missingFrom(JSON.stringify(role), { ...policy, Statement: beyond }), [], kind);
      assert.deepEqual(actionsOf(policy), actionsFor(kind), kind);
    }
  });

  it('is cut to the one node group that the step works on', () => {
    const policy = parsed(sessionPolicyFor({ kind: 'upgrade-nodegroup', accountId, region: 'us-east-1', clusterName: 'prod', subject: 'blue', passRoleArns: [] }));
    const acts = policy.Statement.filter((statement) => statement.Action.includes('eks:UpdateNodegroupVersion'));
    assert.deepEqual(acts.map((statement) => statement.Resource), [['arn:aws:eks:us-east-1:111111111111:nodegroup/prod/blue/*']]);
    assert.ok(!JSON.stringify(policy).includes('iam:PassRole'));
  });

  it('is cut to the one Auto Scaling group that is refreshed, and hands its nodes\' role to EC2 alone', () => {
    const policy = parsed(sessionPolicyFor({ kind: 'refresh-instances', accountId, region: 'us-east-1', clusterName: 'prod', subject: 'own-nodes' }));
    const acts = policy.Statement.filter((statement) => statement.Action.includes('autoscaling:StartInstanceRefresh'));
    assert.deepEqual(acts.map((statement) => statement.Resource), [['arn:aws:autoscaling:us-east-1:111111111111:autoScalingGroup:*:autoScalingGroupName/own-nodes']]);
    const passes = policy.Statement.filter((statement) => statement.Action.includes('iam:PassRole'));
    assert.deepEqual(passes.map((statement) => statement.Condition), [{ StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } }]);
  });

  it('lets a rollback be cancelled, and an upgrade not: EKS stops no other update', () => {
    assert.ok(actionsFor('rollback-control-plane').includes('eks:CancelUpdate'));
    assert.ok(!actionsFor('upgrade-control-plane').includes('eks:CancelUpdate'));
  });

  it('writes only for its own kind of step', () => {
    for (const kind of KINDS) {
      const writes = actionsFor(kind).filter((action) => /^eks:(Create|Update|Delete|Associate)/.test(action));
      // An add-on's update brings the associations of its service accounts along.
      assert.ok(writes.length <= (/^up.*addon/.test(kind) ? 4 : 3), `${kind}: ${writes.join()}`);
      if (kind === 'read-cluster') assert.deepEqual(writes, []);
    }
  });

  it('keeps a role with a long path by its name, which no other role in the account has', () => {
    const passed = `arn:aws:iam::${accountId}:role/${'deep/'.repeat(60)}eks-node`;
    const policy = parsed(sessionPolicyFor({ kind: 'create-nodegroup', accountId, region: 'us-east-1', clusterName: 'prod', subject: 'blue', passRoleArns: [passed] }));
    assert.deepEqual(policy.Statement.find((statement) => statement.Action.includes('iam:PassRole'))?.Resource, [`arn:aws:iam::${accountId}:role/*/eks-node`]);
  });
});

describe('the policy of a looking session', () => {
  it('only looks, in one region', () => {
    const policy = parsed(watchPolicyFor({ accountId, region: 'eu-west-1' }));
    // Asking EKS for a fresh look at its insights changes nothing in a cluster.
    assert.deepEqual(actionsOf(policy).filter((action) => !/:(Describe|List|Get)/.test(action)), ['eks:StartInsightsRefresh']);
    const places = ['arn:aws:eks:eu-west-1:111111111111:', 'arn:aws:kms:eu-west-1:*:key/', 'arn:aws:iam::111111111111:role/', 'arn:aws:route53:::hostedzone/'];
    assert.ok(policy.Statement.every((statement) => statement.Resource.every((resource) => resource === '*' || places.some((place) => resource.startsWith(place)))));
    assert.deepEqual(actionsOf(policy), actionsFor('look'));
  });

  it('fits into what STS takes', () => {
    assert.ok(watchPolicyFor({ accountId, region: 'ap-southeast-3' }).length <= SESSION_POLICY_CHARACTERS_MAX);
  });

  it('of a verification reads the role itself and nothing else', () => {
    assert.deepEqual(actionsOf(parsed(verifyPolicyFor(accountId))), actionsFor('verify'));
    assert.ok(verifyPolicyFor(accountId).includes('role/slipway-access'));
  });
});

describe('accountSetup', () => {
  it('takes other names of roles that may be handed to EKS', () => {
    const { permissionsPolicy, template } = accountSetup({ accountId, externalId: 'id' }, '000000000000', { passRolePatterns: ['k8s-*'] });
    assert.deepEqual(permissionsPolicy.Statement.find((statement) => statement.Action.includes('iam:PassRole'))?.Resource, ['arn:aws:iam::111111111111:role/k8s-*']);
    assert.ok(template.includes('"Default": "arn:aws:iam::111111111111:role/k8s-*"'));
  });
});
