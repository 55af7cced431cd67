import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import {
  BatchDeleteImageCommand,
  BatchGetImageCommand,
  CreatePullThroughCacheRuleCommand,
  CreateRepositoryCommand,
  DeletePullThroughCacheRuleCommand,
  DeleteRepositoryCommand,
  DescribeImagesCommand,
  DescribePullThroughCacheRulesCommand,
  DescribeRegistryCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetAuthorizationTokenCommand,
  GetLifecyclePolicyCommand,
  GetLifecyclePolicyPreviewCommand,
  GetRepositoryPolicyCommand,
  ListImagesCommand,
  ListTagsForResourceCommand,
  PutImageCommand,
  PutImageScanningConfigurationCommand,
  PutImageTagMutabilityCommand,
  PutLifecyclePolicyCommand,
  PutRegistryPolicyCommand,
  PutReplicationConfigurationCommand,
  SetRepositoryPolicyCommand,
  StartImageScanCommand,
  StartLifecyclePolicyPreviewCommand,
  TagResourceCommand,
  UntagResourceCommand,
  ValidatePullThroughCacheRuleCommand,
} from '@aws-sdk/client-ecr';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateKeyCommand, DisableKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { policy, refusal, startAws } from './aws-stage.ts';
import type { AwsStage } from './aws-stage.ts';

const ACCOUNT = '111111111111';
const OTHER = '222222222222';
const NAME = 'payments/api';
const DAY = 86_400;

/** A manifest of so many bytes; another `of` is another image. */
export function manifestOf(of: string, bytes = 1000): string {
  const digest = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const config = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digest(`${of}/config`), size: 100 };
  return JSON.stringify({ schemaVersion: 2, mediaType, config, layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: digest(of), size: bytes - 100 }] });
}

interface Place {
  readonly stage: AwsStage;
  readonly ecr: ECRClient;
  push(of: string, tag?: string): Promise<string>;
}

async function place(context: Parameters<typeof startAws>[0], more: Partial<ConstructorParameters<typeof CreateRepositoryCommand>[0]> = {}): Promise<Place> {
  const stage = await startAws(context);
  const ecr = new ECRClient(stage.as(ACCOUNT));
  await ecr.send(new CreateRepositoryCommand({ repositoryName: NAME, ...more }));
  return {
    stage,
    ecr,
    async push(of, imageTag) {
      const { image } = await ecr.send(new PutImageCommand({ repositoryName: NAME, imageManifest: manifestOf(of), ...(imageTag === undefined ? {} : { imageTag }) }));
      return image?.imageId?.imageDigest ?? '';
    },
  };
}

const rule = (rulePriority: number, selection: object) => ({ rulePriority, description: 'A rule that a test made up to be long enough for the least length of a policy.', selection, action: { type: 'expire' } });
const rules = (...all: object[]): string => JSON.stringify({ rules: all });

describe('A simulated repository', () => {
  it('is made with its settings, told, and tagged', async (context) => {
    const { ecr } = await place(context, { imageTagMutability: 'IMMUTABLE', imageScanningConfiguration: { scanOnPush: true }, tags: [{ Key: 'team', Value: 'payments' }] });
    const { repositories } = await ecr.send(new DescribeRepositoriesCommand({ repositoryNames: [NAME] }));
    const [repository] = repositories ?? [];
    const { createdAt, ...told } = repository ?? {};
    assert.equal(createdAt?.toISOString(), '2026-11-22T00:00:00.000Z');
    assert.deepEqual(told, {
      repositoryArn: `arn:aws:ecr:us-east-1:${ACCOUNT}:repository/${NAME}`,
      registryId: ACCOUNT,
      repositoryName: NAME,
      repositoryUri: `${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com/${NAME}`,
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: { encryptionType: 'AES256' },
    });
    const resourceArn = repository?.repositoryArn;
    await ecr.send(new TagResourceCommand({ resourceArn, tags: [{ Key: 'env', Value: 'prod' }] }));
    await ecr.send(new UntagResourceCommand({ resourceArn, tagKeys: ['team'] }));
    assert.deepEqual((await ecr.send(new ListTagsForResourceCommand({ resourceArn }))).tags, [{ Key: 'env', Value: 'prod' }]);
  });

  it('is made once, under a name that ECR takes', async (context) => {
    const { ecr } = await place(context);
    assert.deepEqual(await refusal(ecr.send(new CreateRepositoryCommand({ repositoryName: NAME }))), {
      name: 'RepositoryAlreadyExistsException',
      message: `The repository with name '${NAME}' already exists in the registry with id '${ACCOUNT}'`,
      status: 400,
    });
    for (const repositoryName of ['Payments', 'a', 'a//b', '-a', 'a_', `a${'b'.repeat(256)}`]) assert.equal((await refusal(ecr.send(new CreateRepositoryCommand({ repositoryName })))).name, 'InvalidParameterException', repositoryName);
    assert.equal((await refusal(ecr.send(new DescribeRepositoriesCommand({ repositoryNames: ['nobody'] })))).name, 'RepositoryNotFoundException');
  });

  it('is not deleted with images in it, unless by force', async (context) => {
    const { ecr, push } = await place(context);
    await push('one', 'v1');
    assert.equal((await refusal(ecr.send(new DeleteRepositoryCommand({ repositoryName: NAME })))).name, 'RepositoryNotEmptyException');
    await ecr.send(new DeleteRepositoryCommand({ repositoryName: NAME, force: true }));
    await ecr.send(new CreateRepositoryCommand({ repositoryName: NAME }));
    assert.deepEqual((await ecr.send(new ListImagesCommand({ repositoryName: NAME }))).imageIds, []);
  });

  it('is encrypted with a key that KMS has, enabled', async (context) => {
    const { stage, ecr } = await place(context);
    const kms = new KMSClient(stage.as(ACCOUNT));
    const kmsKey = (await kms.send(new CreateKeyCommand({}))).KeyMetadata?.Arn ?? '';
    const make = (repositoryName: string, encryptionConfiguration: { encryptionType: 'KMS' | 'AES256'; kmsKey?: string }) => ecr.send(new CreateRepositoryCommand({ repositoryName, encryptionConfiguration }));
    assert.deepEqual((await make('sealed', { encryptionType: 'KMS', kmsKey })).repository?.encryptionConfiguration, { encryptionType: 'KMS', kmsKey });
    assert.deepEqual((await make('sealed-by-ecr', { encryptionType: 'KMS' })).repository?.encryptionConfiguration, { encryptionType: 'KMS', kmsKey: `arn:aws:kms:us-east-1:${ACCOUNT}:alias/aws/ecr` });
    assert.equal((await refusal(make('both', { encryptionType: 'AES256', kmsKey }))).name, 'InvalidParameterException');
    await kms.send(new DisableKeyCommand({ KeyId: kmsKey }));
    assert.equal((await refusal(make('late', { encryptionType: 'KMS', kmsKey }))).name, 'KmsException');
  });

  it('keeps tags as its mutability says, but for those that are excluded', async (context) => {
    const { ecr, push } = await place(context);
    const set = (imageTagMutability: 'IMMUTABLE' | 'MUTABLE_WITH_EXCLUSION' | 'IMMUTABLE_WITH_EXCLUSION', ...filters: string[]) =>
      ecr.send(new PutImageTagMutabilityCommand({ repositoryName: NAME, imageTagMutability, ...(filters.length === 0 ? {} : { imageTagMutabilityExclusionFilters: filters.map((filter) => ({ filterType: 'WILDCARD', filter })) }) }));
    await push('one', 'latest');
    await push('two', 'latest');
    assert.deepEqual((await ecr.send(new DescribeImagesCommand({ repositoryName: NAME, imageIds: [{ imageTag: 'latest' }] }))).imageDetails?.map(({ imageTags }) => imageTags), [['latest']]);
    await set('IMMUTABLE');
    assert.equal((await refusal(push('three', 'latest'))).name, 'ImageTagAlreadyExistsException');
    assert.equal((await refusal(push('two', 'latest'))).name, 'ImageAlreadyExistsException');
    await set('IMMUTABLE_WITH_EXCLUSION', 'lat*');
    await push('three', 'latest');
    await set('MUTABLE_WITH_EXCLUSION', 'v*');
    await push('three', 'v1');
    assert.equal((await refusal(push('four', 'v1'))).name, 'ImageTagAlreadyExistsException');
    for (const wrong of [set('IMMUTABLE', 'lat*'), set('IMMUTABLE_WITH_EXCLUSION'), set('IMMUTABLE_WITH_EXCLUSION', 'no spaces')]) assert.equal((await refusal(wrong)).name, 'InvalidParameterException');
  });

  it('refuses an image above the quota, which can be set', async (context) => {
    const { stage, push } = await place(context);
    await stage.send('POST', '/_sim/quotas', { account: ACCOUNT, region: 'us-east-1', service: 'ecr', code: 'L-03A36CE1', value: 1 });
    await push('one');
    assert.equal((await refusal(push('two'))).name, 'LimitExceededException');
  });

  it('tells its images page by page, with their sizes', async (context) => {
    const { ecr, push } = await place(context);
    for (const image of ['one', 'two', 'three']) await push(image, image === 'three' ? undefined : image);
    const first = await ecr.send(new DescribeImagesCommand({ repositoryName: NAME, maxResults: 2 }));
    const second = await ecr.send(new DescribeImagesCommand({ repositoryName: NAME, maxResults: 2, nextToken: first.nextToken }));
    assert.deepEqual([first.imageDetails?.length, second.imageDetails?.length, second.nextToken], [2, 1, undefined]);
    assert.deepEqual([...new Set([...(first.imageDetails ?? []), ...(second.imageDetails ?? [])].map(({ imageSizeInBytes }) => imageSizeInBytes))], [1000]);
    const listed = async (tagStatus: 'TAGGED' | 'UNTAGGED') => (await ecr.send(new ListImagesCommand({ repositoryName: NAME, filter: { tagStatus } }))).imageIds?.length;
    assert.deepEqual([await listed('TAGGED'), await listed('UNTAGGED')], [2, 1]);
  });

  it('loses an image with its last tag, and none that a list of manifests names', async (context) => {
    const { ecr, push } = await place(context);
    const digest = await push('one', 'v1');
    await push('one', 'v2');
    const mediaType = 'application/vnd.oci.image.index.v1+json';
    await ecr.send(new PutImageCommand({ repositoryName: NAME, imageManifest: JSON.stringify({ schemaVersion: 2, mediaType, manifests: [{ digest }] }), imageTag: 'list' }));
    const remove = async (imageTag: string) => ecr.send(new BatchDeleteImageCommand({ repositoryName: NAME, imageIds: [{ imageTag }] }));
    assert.deepEqual((await remove('v1')).imageIds, [{ imageDigest: digest, imageTag: 'v1' }]);
    assert.deepEqual((await remove('v2')).failures?.map(({ failureCode }) => failureCode), ['ImageReferencedByManifestList']);
    await remove('list');
    assert.deepEqual((await remove('v2')).failures, []);
    assert.deepEqual((await remove('v2')).failures?.map(({ failureCode }) => failureCode), ['ImageNotFound']);
    assert.deepEqual((await ecr.send(new ListImagesCommand({ repositoryName: NAME }))).imageIds, []);
  });
});

describe('A lifecycle policy', () => {
  /** What the rules would expire, by tag or by `untagged`, each with the rule that does it. */
  async function previewed({ ecr }: Place, lifecyclePolicyText: string): Promise<(string | number | undefined)[][]> {
    await ecr.send(new StartLifecyclePolicyPreviewCommand({ repositoryName: NAME, lifecyclePolicyText }));
    assert.equal((await ecr.send(new GetLifecyclePolicyPreviewCommand({ repositoryName: NAME }))).status, 'IN_PROGRESS');
    const { status, previewResults = [], summary } = await ecr.send(new GetLifecyclePolicyPreviewCommand({ repositoryName: NAME }));
    assert.deepEqual([status, summary?.expiringImageTotalCount], ['COMPLETE', previewResults.length]);
    return previewResults.map(({ imageTags, appliedRulePriority }) => [imageTags?.join() ?? 'untagged', appliedRulePriority]);
  }

  async function filled(context: Parameters<typeof startAws>[0]): Promise<Place> {
    const here = await place(context);
    for (const tag of ['prod-1', 'dev-1', undefined, 'prod-2', 'dev-2', 'other']) {
      await here.push(tag ?? 'untagged', tag);
      await here.stage.pass(DAY);
    }
    return here;
  }

  it('expires by count, youngest kept, and by age', async (context) => {
    const here = await filled(context);
    assert.deepEqual(await previewed(here, rules(rule(1, { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 4 }))), [['prod-1', 1], ['dev-1', 1]]);
    assert.deepEqual(await previewed(here, rules(rule(1, { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 3 }))), [['untagged', 1]]);
    assert.deepEqual(await previewed(here, rules(rule(1, { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 4 }))), []);
  });

  it('leaves to a rule of higher priority what that selects, expired or not, and counts it all the same', async (context) => {
    const here = await filled(context);
    const keepProd = rule(1, { tagStatus: 'tagged', tagPrefixList: ['prod-'], countType: 'imageCountMoreThan', countNumber: 9 });
    assert.deepEqual(await previewed(here, rules(rule(9, { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 2 }), keepProd)), [['dev-1', 9], ['untagged', 9]]);
  });

  it('selects by patterns, all of which must match', async (context) => {
    const here = await filled(context);
    await here.push('dev-1', 'stable-7');
    const selection = { tagStatus: 'tagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 1 };
    assert.deepEqual(await previewed(here, rules(rule(1, { ...selection, tagPatternList: ['*-1'] }))), [['prod-1', 1], ['dev-1,stable-7', 1]]);
    assert.deepEqual(await previewed(here, rules(rule(1, { ...selection, tagPatternList: ['dev-*', 'stable-*'] }))), [['dev-1,stable-7', 1]]);
    assert.deepEqual(await previewed(here, rules(rule(1, { ...selection, tagPrefixList: ['dev-', 'prod-'] }))), []);
  });

  it('does its work within a day', async (context) => {
    const { ecr, stage } = await filled(context);
    const lifecyclePolicyText = rules(rule(1, { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 2 }));
    await ecr.send(new PutLifecyclePolicyCommand({ repositoryName: NAME, lifecyclePolicyText }));
    const left = async () => (await ecr.send(new ListImagesCommand({ repositoryName: NAME }))).imageIds?.length;
    assert.equal(await left(), 6);
    await stage.pass(DAY);
    assert.equal(await left(), 2);
    assert.equal((await ecr.send(new GetLifecyclePolicyCommand({ repositoryName: NAME }))).lastEvaluatedAt?.toISOString(), '2026-11-29T00:00:00.000Z');
  });

  const any = { tagStatus: 'any', countType: 'imageCountMoreThan', countNumber: 2 };
  const untagged = { ...any, tagStatus: 'untagged' };
  const wrong: readonly [string, string][] = [
    ['two rules for what is untagged', rules(rule(1, untagged), rule(2, untagged))],
    ['a rule after the one for any', rules(rule(1, any), rule(2, untagged))],
    ['a priority twice', rules(rule(1, untagged), rule(1, any))],
    ['a prefix twice', rules(rule(1, { ...any, tagStatus: 'tagged', tagPrefixList: ['v'] }), rule(2, { ...any, tagStatus: 'tagged', tagPrefixList: ['v'] }))],
    ['tagged without tags', rules(rule(1, { ...any, tagStatus: 'tagged' }))],
    ['prefixes for any', rules(rule(1, { ...any, tagPrefixList: ['v'] }))],
    ['an age without its unit', rules(rule(1, { ...any, countType: 'sinceImagePushed' }))],
    ['a count with a unit', rules(rule(1, { ...any, countUnit: 'days' }))],
    ['five wildcards', rules(rule(1, { ...any, tagStatus: 'tagged', tagPatternList: ['*a*b*c*d*'] }))],
    ['less text than ECR takes', '{"rules":[]}'],
    ['text that is no JSON', 'x'.repeat(100)],
  ];
  for (const [title, lifecyclePolicyText] of wrong) {
    it(`is refused with ${title}`, async (context) => {
      const { ecr } = await place(context);
      assert.equal((await refusal(ecr.send(new PutLifecyclePolicyCommand({ repositoryName: NAME, lifecyclePolicyText })))).name, 'InvalidParameterException');
    });
  }

  it('is not there until it is put', async (context) => {
    const { ecr } = await place(context);
    assert.equal((await refusal(ecr.send(new GetLifecyclePolicyCommand({ repositoryName: NAME })))).name, 'LifecyclePolicyNotFoundException');
    assert.equal((await refusal(ecr.send(new GetLifecyclePolicyPreviewCommand({ repositoryName: NAME })))).name, 'LifecyclePolicyPreviewNotFoundException');
  });
});

describe('A simulated registry', () => {
  it('keeps its replication rules, within ECR\'s limits', async (context) => {
    const { ecr } = await place(context);
    assert.deepEqual((await ecr.send(new DescribeRegistryCommand({}))).replicationConfiguration, { rules: [] });
    const to = (region: string, filter?: string) => ({ destinations: [{ region, registryId: ACCOUNT }], ...(filter === undefined ? {} : { repositoryFilters: [{ filter, filterType: 'PREFIX_MATCH' as const }] }) });
    const put = (all: ReturnType<typeof to>[]) => ecr.send(new PutReplicationConfigurationCommand({ replicationConfiguration: { rules: all } }));
    await put([to('eu-west-1', 'payments/')]);
    assert.deepEqual((await ecr.send(new DescribeRegistryCommand({}))).replicationConfiguration?.rules, [to('eu-west-1', 'payments/')]);
    for (const wrong of [put([to('us-east-1')]), put([to('eu-west-1', 'Payments')]), put(Array.from({ length: 11 }, () => to('eu-west-1')))]) assert.equal((await refusal(wrong)).name, 'InvalidParameterException');
  });

  it('keeps pull-through cache rules', async (context) => {
    const { ecr } = await place(context);
    const make = (ecrRepositoryPrefix: string, upstreamRegistryUrl: string, credentialArn?: string) => ecr.send(new CreatePullThroughCacheRuleCommand({ ecrRepositoryPrefix, upstreamRegistryUrl, credentialArn }));
    assert.equal((await make('payments/k8s', 'registry.k8s.io')).upstreamRegistry, 'k8s');
    assert.equal((await refusal(make('payments/k8s', 'quay.io'))).name, 'PullThroughCacheRuleAlreadyExistsException');
    assert.equal((await refusal(make('other', 'example.com'))).name, 'UnsupportedUpstreamRegistryException');
    assert.equal((await refusal(make('hub', 'registry-1.docker.io'))).name, 'InvalidParameterException');
    await make('hub', 'registry-1.docker.io', `arn:aws:secretsmanager:us-east-1:${ACCOUNT}:secret:ecr-pullthroughcache/hub-a1b2c3`);
    assert.equal((await ecr.send(new ValidatePullThroughCacheRuleCommand({ ecrRepositoryPrefix: 'hub' }))).isValid, true);
    await ecr.send(new DeletePullThroughCacheRuleCommand({ ecrRepositoryPrefix: 'hub' }));
    assert.deepEqual((await ecr.send(new DescribePullThroughCacheRulesCommand({}))).pullThroughCacheRules?.map(({ ecrRepositoryPrefix }) => ecrRepositoryPrefix), ['payments/k8s']);
    assert.equal((await refusal(ecr.send(new DescribePullThroughCacheRulesCommand({ ecrRepositoryPrefixes: ['hub'] })))).name, 'PullThroughCacheRuleNotFoundException');
  });

  it('lets another account pull what the repository\'s policy lets it', async (context) => {
    const { stage, ecr, push } = await place(context);
    await push('one', 'v1');
    const pull = () => new ECRClient(stage.as(OTHER)).send(new BatchGetImageCommand({ registryId: ACCOUNT, repositoryName: NAME, imageIds: [{ imageTag: 'v1' }] }));
    assert.equal((await refusal(pull())).name, 'AccessDeniedException');
    await ecr.send(new SetRepositoryPolicyCommand({ repositoryName: NAME, policyText: policy({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${OTHER}:root` }, Action: ['ecr:BatchGetImage'] }) }));
    assert.equal((await pull()).images?.[0]?.imageManifest, manifestOf('one'));
    assert.equal((await refusal(ecr.send(new SetRepositoryPolicyCommand({ repositoryName: NAME, policyText: policy({ Effect: 'Allow', Principal: '*', Action: 'ecr:BatchGetImage', Resource: '*' }) })))).name, 'InvalidParameterException');
    assert.equal((await refusal(new ECRClient(stage.as(OTHER)).send(new ListImagesCommand({ registryId: ACCOUNT, repositoryName: NAME })))).status, 501);
  });

  it('asks a role for the action on the very repository, and for the grant on its key', async (context) => {
    const { stage, ecr } = await place(context);
    const iam = new IAMClient(stage.as(ACCOUNT));
    await iam.send(new CreateRoleCommand({ RoleName: 'builder', AssumeRolePolicyDocument: policy({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }) }));
    const Resource = `arn:aws:ecr:us-east-1:${ACCOUNT}:repository/payments/*`;
    await iam.send(new PutRolePolicyCommand({ RoleName: 'builder', PolicyName: 'x', PolicyDocument: policy({ Effect: 'Allow', Action: ['ecr:CreateRepository', 'ecr:PutImageScanningConfiguration'], Resource }, { Effect: 'Allow', Action: 'ecr:PutReplicationConfiguration', Resource: '*' }) }));
    await stage.pass(60);
    const { Credentials } = await new STSClient(stage.as(ACCOUNT)).send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/builder`, RoleSessionName: 'test' }));
    const builder = new ECRClient(stage.as(Credentials));
    await builder.send(new PutImageScanningConfigurationCommand({ repositoryName: NAME, imageScanningConfiguration: { scanOnPush: true } }));
    await builder.send(new CreateRepositoryCommand({ repositoryName: 'payments/web' }));
    assert.match((await refusal(builder.send(new CreateRepositoryCommand({ repositoryName: 'orders/web' })))).message, /not authorized to perform: ecr:CreateRepository on resource: arn:aws:ecr:us-east-1:111111111111:repository\/orders\/web/);
    assert.match((await refusal(builder.send(new CreateRepositoryCommand({ repositoryName: 'payments/tagged', tags: [{ Key: 'a', Value: 'b' }] })))).message, /ecr:TagResource/);
    const kmsKey = (await new KMSClient(stage.as(ACCOUNT)).send(new CreateKeyCommand({}))).KeyMetadata?.Arn;
    assert.match((await refusal(builder.send(new CreateRepositoryCommand({ repositoryName: 'payments/sealed', encryptionConfiguration: { encryptionType: 'KMS', kmsKey } })))).message, /kms:DescribeKey/);
    assert.match((await refusal(builder.send(new PutReplicationConfigurationCommand({ replicationConfiguration: { rules: [] } })))).message, /iam:CreateServiceLinkedRole/);
    assert.equal((await refusal(ecr.send(new StartImageScanCommand({ repositoryName: NAME, imageId: { imageTag: 'v1' } })))).status, 501);
    assert.equal((await ecr.send(new GetAuthorizationTokenCommand({}))).authorizationData?.[0]?.proxyEndpoint, `https://${ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com`);
    assert.equal((await refusal(ecr.send(new GetRepositoryPolicyCommand({ repositoryName: NAME })))).name, 'RepositoryPolicyNotFoundException');
    await ecr.send(new PutRegistryPolicyCommand({ policyText: policy({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${OTHER}:root` }, Action: 'ecr:ReplicateImage', Resource }) }));
  });
});
