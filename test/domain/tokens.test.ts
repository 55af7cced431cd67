import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { presignedToken } from '../../aws/presigned-token.ts';
import { boundaryArnOf } from '../../domain/boundary.ts';
import { ROLES } from '../../domain/caller.ts';
import type { Cluster } from '../../domain/cluster.ts';
import { tokens } from '../../domain/parts/tokens.ts';
import { TOKEN_LEVELS, TokensWish } from '../../domain/parts/tokens-wish.ts';
import { inOrderOfNeeds } from '../../domain/parts/plan-parts.ts';
import type { IamPolicy } from '../../domain/policies/policy-document.ts';
import { lintRole } from '../../domain/policies/lint-policy.ts';
import { refusedToken, tokenSessionName } from '../../domain/token-issue.ts';
import { cluster } from './worlds.ts';

const asked = (levels: readonly string[], more: Partial<Cluster> = {}) => cluster('1.34', { wanted: { tokens: TokensWish.parse({ levels }) }, ...more });
const compiled = (of: Cluster) => tokens({ cluster: of, addonCatalogue: {}, subnets: [] }).resources;
const withTokens = (levels: readonly string[]) => asked(levels, { made: compiled(asked(levels)) });

describe('the tokens of a cluster', () => {
  it('come down to a role without any right for each level, and an entry that lets it in with the level\'s policy', () => {
    const resources = compiled(asked(['admin', 'viewer']));
    assert.deepEqual(resources.map(({ kind, partName }) => [kind, partName]), [['role', 'viewer'], ['access-entry', 'viewer'], ['role', 'admin'], ['access-entry', 'admin']]);
    for (const resource of resources) {
      if (resource.kind !== 'role') continue;
      assert.deepEqual(resource.policies, {});
      assert.equal(resource.managedPolicyArns, undefined);
      assert.deepEqual(lintRole({ roleName: resource.name, trust: resource.trust as unknown as IamPolicy, policies: {}, managedPolicyArns: [], boundaryArn: boundaryArnOf('111111111111') }), []);
    }
    assert.deepEqual(resources.flatMap((resource) => (resource.kind === 'access-entry' ? resource.policies : [])).map(({ policyArn }) => policyArn.split('/').at(-1)), ['AmazonEKSViewPolicy', 'AmazonEKSClusterAdminPolicy']);
    assert.deepEqual(inOrderOfNeeds([...resources].reverse()).map(({ kind }) => kind), ['role', 'access-entry', 'role', 'access-entry']);
    assert.deepEqual(compiled(cluster('1.34')), []);
  });

  it('have roles that fit and tell clusters apart, and that the issuing function may assume', () => {
    const long = (clusterId: string) => compiled(asked(['operator'], { name: 'x'.repeat(100), clusterId }))[0]?.name ?? '';
    assert.ok(long('c-00000000000000000000000001').length <= 64);
    assert.notEqual(long('c-00000000000000000000000001'), long('c-00000000000000000000000002'));
    assert.match(long('c-00000000000000000000000001'), /^slipway-of-.*-token-operator$/);
  });

  it('trust the function that issues them alone, for this cluster alone', () => {
    const role = compiled(asked(['viewer']))[0];
    assert.ok(role?.kind === 'role');
    assert.deepEqual(role.trust.Statement[0]?.Condition, { ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::{home}:role/slipway-*-issue-token' }, StringEquals: { 'sts:ExternalId': 'c-1' } });
  });

  it('are to be had up to the caller\'s role, where the level is set up', () => {
    const all = withTokens(TOKEN_LEVELS);
    const given = ROLES.map((role) => [role, TOKEN_LEVELS.filter((level) => refusedToken(all, { sub: 'x', role }, level) === undefined)]);
    assert.deepEqual(given, [['viewer', ['viewer']], ['operator', ['viewer', 'operator']], ['approver', ['viewer']], ['admin', ['viewer', 'operator', 'admin']]]);
    const why = (of: Cluster) => refusedToken(of, { sub: 'x', role: 'admin' }, 'operator');
    assert.deepEqual([why(withTokens(['viewer']))?.code, why(withTokens(['viewer']))?.remedy], ['token-level-not-set-up', 'PATCH the cluster with {"tokens":{"levels":["viewer","operator"]}}.']);
    assert.deepEqual(why(asked(['operator'], { activeOperation: 'op-1' }))?.operation, 'op-1');
  });

  it('name the session by who asked, in what STS takes', () => {
    assert.equal(tokenSessionName('ci/deploy@example.com'), 'slipway-ci.deploy@example.com');
    assert.equal(tokenSessionName('ü'.repeat(100)).length, 64);
  });
});

describe('a presigned token', () => {
  it('is what the AWS command line makes of the same credentials at the same moment', () => {
    const token = presignedToken(
      { accessKeyId: 'ASIAEXAMPLE', secretAccessKey: 'secret/with+signs=', sessionToken: 'session/token+with=signs' },
      { region: 'eu-west-1', clusterName: 'check_out-1', signedAt: Date.parse('2026-10-05T09:00:00Z') },
    );
    const url = new URL(Buffer.from(token.replace('k8s-aws-v1.', ''), 'base64url').toString());
    assert.deepEqual([url.origin, url.pathname, url.searchParams.get('X-Amz-SignedHeaders'), url.searchParams.get('X-Amz-Expires')], ['https://sts.eu-west-1.amazonaws.com', '/', 'host;x-k8s-aws-id', '60']);
    // Signed by botocore 1.43, which `aws eks get-token` signs with.
    assert.equal(url.searchParams.get('X-Amz-Signature'), '017c9647ac78a3045498a4c2b0950013ea2c08119ae83fd206e4b7b375c83af0');
  });
});
