import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CreatePullThroughCacheRuleCommand, CreateRepositoryCommand, DescribePullThroughCacheRulesCommand, DescribeRegistryCommand, DescribeRepositoriesCommand, ECRClient, GetLifecyclePolicyCommand, GetRepositoryPolicyCommand, PutImageCommand, PutReplicationConfigurationCommand } from '@aws-sdk/client-ecr';
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import type { ApiClient, Json } from '../../local/api-client.ts';
import { ACCOUNT, REGION, rehearse, type Rehearsal } from './rehearsal.ts';

const OTHER = '222222222222';
const NAME = 'payments/api';
const PATH = `/v1/repositories/${encodeURIComponent(NAME)}`;

describe('repositories of images', () => {
  let world: Rehearsal;
  let ecr: ECRClient;
  let operator: ApiClient;
  let policy: Json;

  before(async () => {
    world = await rehearse({ seed: 77 });
    ecr = new ECRClient({ endpoint: world.stage.awsUrl, region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'owner' } });
    operator = world.api;
    policy = (await world.api.get(`/v1/accounts/${ACCOUNT}`)).permissionsPolicy;
  });
  after(() => world.stage.close());

  const push = (imageTag: string | undefined, of: string) => {
    const manifest = { schemaVersion: 2, mediaType: 'application/vnd.oci.image.manifest.v1+json', config: { size: 100 }, layers: [{ size: 900, digest: `sha256:${of}` }] };
    return ecr.send(new PutImageCommand({ repositoryName: NAME, imageManifest: JSON.stringify(manifest), ...(imageTag === undefined ? {} : { imageTag }) }));
  };
  const roleMay = async (document: Json): Promise<void> => {
    const iam = new IAMClient({ endpoint: world.stage.awsUrl, region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'owner' } });
    await iam.send(new PutRolePolicyCommand({ RoleName: 'slipway-access', PolicyName: 'slipway-access', PolicyDocument: JSON.stringify(document) }));
    await world.advance(1);
  };

  it('are made with secure settings, beside what others have in the registry', async () => {
    const theirs = { destinations: [{ region: 'us-east-1', registryId: ACCOUNT }], repositoryFilters: [{ filter: 'orders/', filterType: 'PREFIX_MATCH' as const }] };
    await ecr.send(new PutReplicationConfigurationCommand({ replicationConfiguration: { rules: [theirs] } }));
    const asked = { accountId: ACCOUNT, region: REGION, name: NAME, team: 'payments', lifecycle: { untaggedDays: 3, keepTagged: [{ prefixes: ['v'], keepLast: 2 }] }, pullAccounts: [OTHER], replicateTo: [{ region: 'eu-central-1' }], reason: 'The new API.' };
    const answer = await operator.ask('POST', '/v1/repositories', asked, { 'idempotency-key': 'first' });
    assert.deepEqual([answer.status, answer.headers.get('location'), answer.headers.get('etag'), answer.body.state], [201, PATH, '"1"', 'Active']);
    assert.equal((await operator.ask('POST', '/v1/repositories', asked, { 'idempotency-key': 'first' })).text, answer.text);
    assert.equal((await operator.ask('POST', '/v1/repositories', asked)).body.code, 'repository-exists');

    const [made] = (await ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [NAME] }))).repositories ?? [];
    assert.deepEqual([made?.imageTagMutability, made?.imageScanningConfiguration, made?.encryptionConfiguration], ['IMMUTABLE', { scanOnPush: true }, { encryptionType: 'AES256' }]);
    const { rules } = JSON.parse((await ecr.send(new GetLifecyclePolicyCommand({ repositoryName: NAME }))).lifecyclePolicyText ?? '{}') as Json;
    assert.deepEqual(rules.map((rule: Json) => [rule.rulePriority, rule.selection.tagStatus, rule.selection.tagPrefixList, rule.selection.countNumber]), [[1, 'untagged', undefined, 3], [2, 'tagged', ['v'], 2]]);
    const { Statement } = JSON.parse((await ecr.send(new GetRepositoryPolicyCommand({ repositoryName: NAME }))).policyText ?? '{}') as Json;
    assert.deepEqual(Statement, [{ Sid: 'SlipwayPull', Effect: 'Allow', Principal: { AWS: [`arn:aws:iam::${OTHER}:root`] }, Action: ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'] }]);
    const registry = (await ecr.send(new DescribeRegistryCommand({}))).replicationConfiguration?.rules;
    assert.deepEqual(registry, [theirs, { destinations: [{ region: 'eu-central-1', registryId: ACCOUNT }], repositoryFilters: [{ filter: NAME, filterType: 'PREFIX_MATCH' }] }]);
  });

  it('tell how many images they hold and how large those are, by name written both ways', async () => {
    for (const [place, tag] of ['v1', undefined, 'v2', 'v3'].entries()) {
      await push(tag, `00${place}`);
      await world.advance(1);
    }
    for (const path of [PATH, `/v1/repositories/${NAME}`]) {
      const { usage, warnings } = await operator.get(path);
      assert.deepEqual([usage.images, usage.bytes, usage.complete, usage.lastPushedAt.slice(0, 10), usage.imagesMax], [4, 4000, true, '2026-10-05', 100_000]);
      assert.deepEqual(warnings.map(({ code }: Json) => code), ['replicates-by-prefix']);
    }
    const { items } = await operator.get('/v1/repositories');
    assert.deepEqual(items.map(({ name, usage }: Json) => [name, usage.images]), [[NAME, 4]]);
    await fetch(`${world.stage.awsUrl}/_sim/quotas`, { method: 'POST', body: JSON.stringify({ account: ACCOUNT, region: REGION, service: 'ecr', code: 'L-03A36CE1', value: 5 }) });
    assert.match((await operator.get(PATH)).warnings[0].message, /^4 of 5 images, 80 %/);
  });

  it('say what lifecycle rules would expire, and expire nothing', async () => {
    const preview = await operator.post(`${PATH}/lifecycle-preview`, { lifecycle: { keepTagged: [{ prefixes: ['v'], keepLast: 1 }], keepLast: 1 } });
    assert.deepEqual(preview.expiring, { images: 3, bytes: 3000, complete: true });
    assert.deepEqual(preview.items.map(({ tags, because }: Json) => [tags.join(), because]), [['v1', 'Of images tagged v* the last 1 stay.'], ['', 'Of all images the last 1 stay.'], ['v2', 'Of images tagged v* the last 1 stay.']]);
    assert.equal((await operator.get(PATH)).usage.images, 4);
    assert.equal((await operator.post(`${PATH}/lifecycle-preview`, {})).expiring.images, 1);
  });

  it('are changed, back to what is asked for too, with the history of who and why', async () => {
    const stale = await operator.ask('PATCH', PATH, { scanOnPush: false }, { 'if-match': '"9"' });
    assert.equal(stale.body.code, 'generation-mismatch');
    const changed = await operator.patch(PATH, { lifecycle: null, immutabilityExcept: ['latest'], pullAccounts: [], replicateTo: [], reason: 'Kept for the audit.' });
    assert.deepEqual([changed.state, changed.generation, changed.lifecycle], ['Active', 2, null]);
    assert.deepEqual(changed.warnings.map(({ code }: Json) => code), ['no-lifecycle']);
    const [made] = (await ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [NAME] }))).repositories ?? [];
    assert.deepEqual([made?.imageTagMutability, made?.imageTagMutabilityExclusionFilters], ['IMMUTABLE_WITH_EXCLUSION', [{ filterType: 'WILDCARD', filter: 'latest' }]]);
    await assert.rejects(ecr.send(new GetLifecyclePolicyCommand({ repositoryName: NAME })), { name: 'LifecyclePolicyNotFoundException' });
    await assert.rejects(ecr.send(new GetRepositoryPolicyCommand({ repositoryName: NAME })), { name: 'RepositoryPolicyNotFoundException' });
    assert.deepEqual((await ecr.send(new DescribeRegistryCommand({}))).replicationConfiguration?.rules?.map(({ repositoryFilters }) => repositoryFilters?.[0]?.filter), ['orders/']);
    const { items } = await operator.get(`${PATH}/events`);
    assert.deepEqual(items.map(({ type, message, by }: Json) => [type, by ?? '', message]).slice(-2), [
      ['Requested', 'ada', 'Asked to change immutabilityExcept, lifecycle, pullAccounts, replicateTo. Kept for the audit.'],
      ['Settled', '', 'The repository is as it was asked for.'],
    ]);
  });

  it('are another team\'s secret', async () => {
    const orders = await world.clientOf({ sub: 'olga', role: 'operator', team: 'orders' });
    for (const [method, path] of [['GET', PATH], ['PATCH', PATH], ['DELETE', PATH], ['GET', `${PATH}/events`], ['POST', `${PATH}/lifecycle-preview`]] as const) assert.equal((await orders.ask(method, path, method === 'GET' ? undefined : {})).status, 404, `${method} ${path}`);
    assert.deepEqual((await orders.get('/v1/repositories')).items, []);
  });

  it('that somebody else made are never taken over', async () => {
    await ecr.send(new CreateRepositoryCommand({ repositoryName: 'payments/theirs' }));
    const refused = await operator.ask('POST', '/v1/repositories', { accountId: ACCOUNT, region: REGION, name: 'payments/theirs', team: 'payments' });
    assert.deepEqual([refused.status, refused.body.code], [409, 'repository-exists']);
    assert.equal((await operator.ask('GET', '/v1/repositories/payments%2Ftheirs')).status, 404);
  });

  it('are encrypted with a key of the account, which the role may use through ECR alone', async () => {
    const kms = new KMSClient({ endpoint: world.stage.awsUrl, region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'owner' } });
    const kmsKeyArn = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
    const sealed = (name: string, key: string) => operator.ask('POST', '/v1/repositories', { accountId: ACCOUNT, region: REGION, name, team: 'payments', encryption: { type: 'KMS', kmsKeyArn: key } });
    assert.equal((await sealed('payments/sealed', kmsKeyArn)).status, 201);
    assert.deepEqual((await ecr.send(new DescribeRepositoriesCommand({ repositoryNames: ['payments/sealed'] }))).repositories?.[0]?.encryptionConfiguration, { encryptionType: 'KMS', kmsKey: kmsKeyArn });
    const refused = await sealed('payments/unsealed', kmsKeyArn.replace(/[0-9a-f-]+$/, '0a1b'));
    assert.deepEqual([refused.status, refused.body.code], [422, 'ecr-refused']);
    await operator.delete('/v1/repositories/payments%2Fsealed');
  });

  it('cache another registry by a rule that goes with the last of them, unless somebody else made it', async () => {
    const cached = (name: string, prefix: string) => ({ accountId: ACCOUNT, region: REGION, name, team: 'payments', pullThrough: { prefix, upstreamRegistryUrl: 'registry.k8s.io' } });
    const prefixes = async () => (await ecr.send(new DescribePullThroughCacheRulesCommand({}))).pullThroughCacheRules?.map(({ ecrRepositoryPrefix }) => ecrRepositoryPrefix);
    await ecr.send(new CreatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: 'payments/old', upstreamRegistryUrl: 'registry.k8s.io' }));
    for (const body of [cached('payments/k8s/pause', 'payments/k8s'), cached('payments/k8s/coredns', 'payments/k8s'), cached('payments/old/pause', 'payments/old')]) assert.equal((await operator.post('/v1/repositories', body)).immutability, 'MUTABLE');
    await operator.delete('/v1/repositories/payments%2Fk8s%2Fpause');
    await operator.delete('/v1/repositories/payments%2Fold%2Fpause');
    assert.deepEqual(await prefixes(), ['payments/k8s', 'payments/old']);
    await operator.delete('/v1/repositories/payments%2Fk8s%2Fcoredns');
    assert.deepEqual(await prefixes(), ['payments/old']);
    assert.equal((await operator.ask('POST', '/v1/repositories', { ...cached('payments/old/x', 'payments/old'), pullThrough: { prefix: 'payments/old', upstreamRegistryUrl: 'quay.io' } })).body.code, 'cache-rule-taken');
  });

  it('whose making was lost on the way are brought to their end, by the same ask or by the reconciler', async () => {
    const body = (name: string) => ({ accountId: ACCOUNT, region: REGION, name, team: 'payments' });
    const lose = () => world.fault({ operation: 'ecr:PutLifecyclePolicy', account: ACCOUNT, times: 1, fault: { kind: 'error', code: 'ServerException', status: 400 } });
    await lose();
    assert.equal((await operator.ask('POST', '/v1/repositories', body('payments/lost'), { 'idempotency-key': 'lost' })).body.code, 'account-unreachable');
    assert.equal((await operator.get('/v1/repositories/payments%2Flost')).state, 'Changing');
    assert.equal((await operator.ask('PATCH', '/v1/repositories/payments%2Flost', { scanOnPush: false })).body.code, 'repository-changing');
    assert.equal((await operator.ask('POST', '/v1/repositories', body('payments/lost'), { 'idempotency-key': 'lost' })).status, 201);
    await lose();
    assert.equal((await operator.ask('POST', '/v1/repositories', body('payments/left'))).status, 503);
    await world.advance(15);
    assert.equal((await operator.get('/v1/repositories/payments%2Fleft')).state, 'Active');
    assert.match((await ecr.send(new GetLifecyclePolicyCommand({ repositoryName: 'payments/left' }))).lifecyclePolicyText ?? '', /untagged/);
  });

  it('are refused to a role that was made before, with what it lacks, and leave no name behind', async () => {
    await roleMay({ ...policy, Statement: policy.Statement.map((statement: Json) => ({ ...statement, Action: statement.Action.filter((action: string) => !action.startsWith('ecr:')) })).filter((statement: Json) => statement.Action.length > 0) });
    const refused = await operator.ask('POST', '/v1/repositories', { accountId: ACCOUNT, region: REGION, name: 'payments/late', team: 'payments' });
    assert.deepEqual([refused.status, refused.body.code], [409, 'role-lacks-actions']);
    assert.match(refused.body.detail, /may not ecr:DescribeRepositories/);
    assert.match(refused.body.remedy, /ecr:CreateRepository, .*ecr:PutLifecyclePolicy/);
    const told = await operator.get(PATH);
    assert.match(told.usageUnknown, /may not ecr:DescribeImages/);
    assert.equal(told.usage, undefined);
    await roleMay(policy);
    assert.equal((await operator.ask('GET', '/v1/repositories/payments%2Flate')).status, 404);
  });

  it('are deleted with images only by force, with a reason', async () => {
    assert.equal((await operator.ask('DELETE', PATH)).body.code, 'repository-not-empty');
    assert.equal((await operator.get(PATH)).state, 'Active');
    const unreasoned = await operator.ask('DELETE', `${PATH}?force=true`);
    assert.deepEqual([unreasoned.status, unreasoned.body.errors], [400, [{ path: 'reason', message: 'Deleting images takes a reason' }]]);
    assert.equal((await operator.ask('DELETE', `${PATH}?force=true&reason=Retired.`)).status, 204);
    assert.equal((await operator.ask('GET', PATH)).status, 404);
    await assert.rejects(ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [NAME] })), { name: 'RepositoryNotFoundException' });
  });
});
