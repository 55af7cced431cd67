import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { authorityAfter, authorityCondition } from '../../domain/certificate-authority.ts';
import type { EntranceFacts } from '../../domain/facts.ts';
import { kubeconfigOf } from '../../domain/kubeconfig.ts';
import { isRefusal } from '../../domain/refusal.ts';
import { cluster } from './worlds.ts';

const [OLD, NEW] = ['a'.repeat(64), 'b'.repeat(64)];
const certificate = (sha256: string, signing?: string) => ({ sha256, pem: `-----BEGIN CERTIFICATE-----\n${sha256}\n-----END CERTIFICATE-----\n`, notAfter: '2036-10-02T09:00:00.000Z', ...(signing === undefined ? {} : { signing }) });
const ENTRANCE: EntranceFacts = { observedAt: '2026-10-05T09:00:00.000Z', status: 'ACTIVE', endpoint: 'https://abc.gr7.us-east-1.eks.amazonaws.com', endpointPublicAccess: true, certificateAuthorities: [certificate(OLD, 'IN_USE')] };
const PROD = cluster('1.33', { certificateAuthority: { sha256: OLD, seenAt: '2026-10-01T00:00:00.000Z' } });

function made(entrance: Partial<EntranceFacts> = {}, how: { role?: string; profile?: string } = {}) {
  const kubeconfig = kubeconfigOf(PROD, { ...ENTRANCE, ...entrance }, how);
  assert.ok(!isRefusal(kubeconfig));
  // Read as tests name what they expect.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  return { comments: kubeconfig.comments.join('\n'), object: kubeconfig.object as any };
}

describe('a kubeconfig', () => {
  it('asks aws for a token and holds no secret', () => {
    const { object } = made();
    assert.deepEqual(object.users[0].user, {
      exec: {
        apiVersion: 'client.authentication.k8s.io/v1beta1',
        command: 'aws',
        args: ['--region', 'us-east-1', 'eks', 'get-token', '--cluster-name', 'prod', '--output', 'json'],
        interactiveMode: 'IfAvailable',
        provideClusterInfo: false,
        installHint: 'The AWS command line is needed to get in: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html',
      },
    });
    assert.equal(object.clusters[0].cluster.server, ENTRANCE.endpoint);
    assert.equal(object['current-context'], object.contexts[0].name);
  });

  it('names each way in apart, so that many can stand in one file', () => {
    const ways = [{}, { role: 'arn:aws:iam::111111111111:role/team/ops' }, { role: 'arn:aws:iam::222222222222:role/ops' }, { profile: 'work' }, { profile: 'work', role: 'arn:aws:iam::111111111111:role/ops' }].map((how) => made({}, how).object);
    assert.deepEqual(ways.map((object) => object['current-context']), [
      'prod.us-east-1.111111111111',
      'ops@prod.us-east-1.111111111111',
      'ops.222222222222@prod.us-east-1.111111111111',
      'work@prod.us-east-1.111111111111',
      'work+ops@prod.us-east-1.111111111111',
    ]);
    assert.deepEqual(ways[4].users[0].user.exec.args.slice(-2), ['--role-arn', 'arn:aws:iam::111111111111:role/ops']);
    assert.deepEqual(ways[3].users[0].user.exec.env, [{ name: 'AWS_PROFILE', value: 'work' }]);
  });

  it('carries both authorities while a rotation is under way, the one that signs first', () => {
    const { object, comments } = made({ certificateAuthorities: [certificate(OLD, 'IN_USE'), certificate(NEW, 'NOT_USED')] });
    assert.equal(atob(object.clusters[0].cluster['certificate-authority-data']), certificate(OLD).pem + certificate(NEW).pem);
    assert.match(comments, /rotation is under way/);
    assert.doesNotMatch(comments, /has changed/);
  });

  it('says that the authority has changed since the cluster was last looked at, and what could not be seen', () => {
    assert.match(made({ certificateAuthorities: [certificate(NEW, 'IN_USE')] }).comments, /has changed since 2026-10-01/);
    assert.doesNotMatch(made({ certificateAuthorities: [certificate(NEW, 'IN_USE'), certificate(OLD, 'NOT_USED')] }).comments, /has changed/);
    assert.match(made({ othersUnknown: 'AccessDeniedException' }).comments, /could not be seen \(AccessDeniedException\)/);
    assert.match(made({ endpointPublicAccess: false }).comments, /endpoint is private/);
  });

  for (const [what, entrance] of [['an endpoint', { endpoint: undefined }], ['a certificate', { certificateAuthorities: [] }]] as const) {
    it(`is refused while there is not yet ${what}`, () => {
      const { endpoint: _endpoint, ...without } = ENTRANCE;
      const refused = kubeconfigOf(PROD, { ...('endpoint' in entrance ? without : { ...ENTRANCE, ...entrance }), status: 'CREATING' }, {});
      assert.ok(isRefusal(refused));
      assert.equal(refused.code, 'cluster-not-active');
    });
  }
});

describe('the certificate authority on the record', () => {
  const day = (count: number): string => new Date(Date.parse('2026-10-01T00:00:00Z') + count * 86_400_000).toISOString();

  it('is the one that was seen last, and knows the one that it took the place of', () => {
    const first = authorityAfter(undefined, { sha256: OLD }, day(0));
    const same = authorityAfter(first, { sha256: OLD }, day(1));
    assert.deepEqual(same, { sha256: OLD, seenAt: day(1) });
    const other = authorityAfter(same, { sha256: NEW }, day(2));
    assert.deepEqual(authorityAfter(other, { sha256: NEW }, day(3)), { sha256: NEW, seenAt: day(3), before: { sha256: OLD, until: day(2) } });
    assert.equal(authorityAfter(same, undefined, day(4)), same);
  });

  it('is told of when it has changed, for ninety days', () => {
    const changed = (seenAt: string) => authorityCondition({ sha256: NEW, seenAt, before: { sha256: OLD, until: day(2) } });
    assert.equal(authorityCondition({ sha256: OLD, seenAt: day(1) }), undefined);
    assert.deepEqual([changed(day(2))?.status, changed(day(92))?.status, changed(day(93))?.status], ['False', 'False', 'True']);
    assert.match(changed(day(3))?.message ?? '', new RegExp(`${NEW}.*${OLD}`));
  });
});
