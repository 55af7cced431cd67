import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ActivateCertificateAuthorityCommand, CreateAccessEntryCommand, CreateCertificateAuthorityCommand, EKSClient, ListAccessEntriesCommand, ListCertificateAuthoritiesCommand } from '@aws-sdk/client-eks';
import { GetRoleCommand, IAMClient, ListAttachedRolePoliciesCommand, ListRolePoliciesCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { parse } from 'yaml';
import type { Json } from '../../local/api-client.ts';
import { mintToken } from '../../local/token.ts';
import { ACCOUNT, REGION, rehearse, type Rehearsal } from './rehearsal.ts';

const role = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;
const [ADMINS, TEAM, STRANGER] = [role('platform-admins'), role('apps/team-checkout'), role('stranger')];

describe('people and programs get into a cluster', () => {
  let world: Rehearsal;
  let eks: EKSClient;
  let iam: IAMClient;
  let clusterId: string;
  let tokenRoleArn: string;
  const owner = () => ({ endpoint: world.stage.awsUrl, region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'owner' } });

  before(async () => {
    world = await rehearse({ seed: 43 });
    eks = new EKSClient(owner());
    iam = new IAMClient(owner());
  });
  after(() => world.stage.close());

  async function ended(operation: Json): Promise<Json> {
    const done = await world.ended(operation.id);
    assert.equal(done.state, 'Succeeded', JSON.stringify(done.errors));
    return done;
  }

  async function text(path: string): Promise<string> {
    const response = await fetch(`${world.stage.url}${path}`, { headers: { authorization: `Bearer ${await mintToken({ sub: 'ada', role: 'viewer' })}` } });
    assert.equal(response.status, 200, path);
    return response.text();
  }

  /** What the cluster's authenticator makes of a token. */
  async function review(token: string, cluster = 'checkout'): Promise<Json> {
    const response = await fetch(`${world.stage.awsUrl}/_sim/eks/token-review`, { method: 'POST', body: JSON.stringify({ account: ACCOUNT, region: REGION, cluster, token }) });
    return (await response.json()) as Json;
  }

  const entries = async (): Promise<Json[]> => (await world.api.get(`/v1/clusters/${clusterId}/access-entries`)).items as Json[];

  it('with what the cluster was made with: entries, and a role without rights behind its tokens', async () => {
    const operation = await world.api.post('/v1/clusters', {
      name: 'checkout',
      accountId: ACCOUNT,
      region: REGION,
      version: '1.35',
      roleArn: world.clusterRoleArn,
      resourcesVpcConfig: { subnetIds: await world.owner.subnetIds(3) },
      nodegroups: [world.nodegroup('blue')],
      access: [{ principalArn: ADMINS, role: 'admin' }, { principalArn: TEAM, role: 'viewer' }],
      tokens: { levels: ['viewer', 'operator'] },
    });
    clusterId = operation.clusterId;
    await ended(operation);
    const cluster = await world.api.get(`/v1/clusters/${clusterId}`);
    assert.deepEqual(cluster.parts.map(({ part, name, state }: Json) => [part, name, state]), [['tokens', 'viewer', 'Active'], ['tokens', 'operator', 'Active']]);
    tokenRoleArn = (await entries()).find(({ principalArn }) => principalArn.endsWith('-token-viewer'))?.principalArn;
    const RoleName = tokenRoleArn.split('/').at(-1);
    const { Role } = await iam.send(new GetRoleCommand({ RoleName }));
    assert.match(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? ''), /arn:aws:iam::000000000000:role\/slipway-\*-issue-token/);
    assert.equal(Role?.PermissionsBoundary?.PermissionsBoundaryArn, `arn:aws:iam::${ACCOUNT}:policy/slipway-boundary`);
    assert.deepEqual([(await iam.send(new ListRolePoliciesCommand({ RoleName }))).PolicyNames, (await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))).AttachedPolicies], [[], []]);
  });

  it('with a kubeconfig, which follows the certificate authority as it is replaced', async () => {
    const path = `/v1/clusters/${clusterId}/kubeconfig?role=${encodeURIComponent(TEAM)}`;
    const bundleOf = (kubeconfig: string): number => Buffer.from(parse(kubeconfig).clusters[0].cluster['certificate-authority-data'], 'base64').toString().split('BEGIN CERTIFICATE').length - 1;
    const first = await text(path);
    assert.deepEqual(parse(first).users[0].user.exec.args, ['--region', REGION, 'eks', 'get-token', '--cluster-name', 'checkout', '--output', 'json', '--role-arn', TEAM]);
    assert.equal(bundleOf(first), 1);
    const before = (await world.api.get(`/v1/clusters/${clusterId}`)).certificateAuthority;
    assert.match(first, new RegExp(`SHA-256 ${before.sha256}.*it signs`));

    await eks.send(new CreateCertificateAuthorityCommand({ clusterName: 'checkout' }));
    await world.advance(10);
    assert.equal(bundleOf(await text(path)), 2);
    const successor = (await eks.send(new ListCertificateAuthoritiesCommand({ clusterName: 'checkout' }))).certificateAuthorities?.find(({ signingStatus }) => signingStatus === 'NOT_USED');
    await eks.send(new ActivateCertificateAuthorityCommand({ clusterName: 'checkout', certificateAuthorityId: successor?.id }));
    await world.advance(10);
    assert.match(await text(path), /A rotation is under way/);
  });

  it('with tokens that EKS takes for what they are, and for no other cluster, until they end', async () => {
    const bot = await world.clientOf({ sub: 'deploy-bot@ci', role: 'operator' });
    const { status, level } = await bot.post(`/v1/clusters/${clusterId}/tokens`, { level: 'operator', reason: 'Deploys checkout.', minutes: 10 });
    const seen = await review(status.token);
    assert.equal(seen.authenticated, true, seen.because);
    assert.deepEqual([level, seen.arn.split('/').slice(-1), seen.policies.map(({ policyArn, scope }: Json) => [policyArn.split('/').at(-1), scope])], ['operator', ['slipway-deploy-bot@ci'], [['AmazonEKSEditPolicy', 'cluster']]]);
    assert.match(seen.username, /token-operator\/slipway-deploy-bot-ci$/);
    assert.match((await review(status.token, 'payments')).because, /SignatureDoesNotMatch/);
    const url = Buffer.from(status.token.slice('k8s-aws-v1.'.length), 'base64url').toString();
    const spoiled = `k8s-aws-v1.${Buffer.from(url.replace(/Signature=./, 'Signature=g')).toString('base64url')}`;
    assert.match((await review(spoiled)).because, /SignatureDoesNotMatch/);
    const older = `k8s-aws-v1.${Buffer.from(url.replace(/(X-Amz-Date=\d{4})/, '$1').replace(/X-Amz-Date=\d{8}T/, (date) => date.replace(/\d{8}/, '20200101'))).toString('base64url')}`;
    assert.equal((await review(older)).authenticated, false);
    const life = Date.parse(status.expirationTimestamp) - Date.now();
    assert.ok(life <= 10 * 60_000 && life > 8 * 60_000, String(life));
    const [issue] = (await world.api.get(`/v1/clusters/${clusterId}/tokens`)).items;
    assert.deepEqual([issue.level, issue.by, issue.reason, issue.until], ['operator', 'deploy-bot@ci', 'Deploys checkout.', status.expirationTimestamp]);
    assert.equal(Math.round((Date.parse(issue.until) - Date.parse(issue.at)) / 60_000), 10);
  });

  it('while nobody else may take the role behind a token, with the external id or without', async () => {
    const sts = new STSClient(owner());
    for (const ExternalId of [clusterId, undefined]) {
      await assert.rejects(sts.send(new AssumeRoleCommand({ RoleArn: tokenRoleArn, RoleSessionName: 'x1', ...(ExternalId === undefined ? {} : { ExternalId }) })), { name: 'AccessDenied' });
    }
  });

  it('by entries that change without being away, beside those of others', async () => {
    await eks.send(new CreateAccessEntryCommand({ clusterName: 'checkout', principalArn: STRANGER }));
    const path = `/v1/clusters/${clusterId}/access-entries`;
    const done = await ended(await world.api.patch(`${path}/${encodeURIComponent(TEAM)}`, { role: 'operator', namespaces: ['web'], kubernetesGroups: ['web-team'] }));
    assert.deepEqual(done.steps.map(({ kind }: Json) => kind), ['change-access-entry']);
    const listed = await entries();
    assert.deepEqual(listed.filter(({ principalArn }) => [ADMINS, TEAM, STRANGER].includes(principalArn)).map(({ principalArn, state, madeBy, role: level, namespaces, kubernetesGroups }) => [principalArn.split('/').at(-1), state, madeBy, level, namespaces, kubernetesGroups]), [
      ['team-checkout', 'AsAsked', 'slipway', 'operator', ['web'], ['web-team']],
      ['platform-admins', 'AsAsked', 'slipway', 'admin', undefined, []],
      ['stranger', 'NotAsked', 'others', undefined, undefined, []],
    ]);
    assert.deepEqual(listed.filter(({ madeBy }) => madeBy === 'eks').map(({ type }) => type), ['EC2_LINUX']);
    await ended(await world.api.post(path, { principalArn: STRANGER, role: 'viewer', takeOver: true }));
    assert.deepEqual((await world.api.get(`${path}/${encodeURIComponent(STRANGER)}`)).state, 'AsAsked');
    await ended(await world.api.delete(`${path}/${encodeURIComponent(TEAM)}`));
    const { accessEntries } = await eks.send(new ListAccessEntriesCommand({ clusterName: 'checkout' }));
    assert.ok(!accessEntries?.includes(TEAM) && accessEntries?.includes(ADMINS));
    const cluster = await world.api.get(`/v1/clusters/${clusterId}`);
    assert.deepEqual(cluster.conditions.find(({ type }: Json) => type === 'CertificateAuthorityUnchanged')?.status, 'False');
  });

  it('no more once a level is not asked for, or the cluster is gone', async () => {
    await ended(await world.api.patch(`/v1/clusters/${clusterId}`, { tokens: { levels: ['operator'] } }));
    await assert.rejects(world.api.post(`/v1/clusters/${clusterId}/tokens`, { level: 'viewer' }), /token-level-not-set-up|not asked/);
    await assert.rejects(iam.send(new GetRoleCommand({ RoleName: tokenRoleArn.split('/').at(-1) })), /NoSuchEntity|cannot be found/);
    await ended(await world.api.delete(`/v1/clusters/${clusterId}`));
    await assert.rejects(iam.send(new GetRoleCommand({ RoleName: tokenRoleArn.replace('viewer', 'operator').split('/').at(-1) })), /NoSuchEntity|cannot be found/);
  });
});
