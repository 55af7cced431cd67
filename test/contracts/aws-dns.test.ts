import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TestContext } from 'node:test';
import {
  ACMClient,
  AddTagsToCertificateCommand,
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  ListCertificatesCommand,
  ListTagsForCertificateCommand,
  RemoveTagsFromCertificateCommand,
  RequestCertificateCommand,
} from '@aws-sdk/client-acm';
import { DescribeVpcsCommand, EC2Client } from '@aws-sdk/client-ec2';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  AssociateVPCWithHostedZoneCommand,
  ChangeResourceRecordSetsCommand,
  ChangeTagsForResourceCommand,
  CreateHostedZoneCommand,
  DeleteHostedZoneCommand,
  DisassociateVPCFromHostedZoneCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  GetHostedZoneCountCommand,
  ListHostedZonesByNameCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  ListTagsForResourceCommand,
  ListTagsForResourcesCommand,
  paginateListHostedZones,
  Route53Client,
  UpdateHostedZoneCommentCommand,
} from '@aws-sdk/client-route-53';
import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { parseXml } from '../../local/aws/protocols/xml-reading.ts';
import { policy, refusal, startAws } from './aws-stage.ts';
import type { AwsStage } from './aws-stage.ts';

const ACCOUNT = '111111111111';

const a = (Name: string, ...addresses: string[]): ResourceRecordSet => ({ Name, Type: 'A', TTL: 60, ResourceRecords: addresses.map((Value) => ({ Value })) });
const change = (Action: 'CREATE' | 'UPSERT' | 'DELETE', ResourceRecordSet: ResourceRecordSet): Change => ({ Action, ResourceRecordSet });

async function dns(context: TestContext): Promise<{ stage: AwsStage; client: Route53Client; zoneId: string; send(...changes: Change[]): Promise<unknown>; names(): Promise<string[]> }> {
  const stage = await startAws(context);
  const client = new Route53Client(stage.as(ACCOUNT));
  const { HostedZone } = await client.send(new CreateHostedZoneCommand({ Name: 'Example.com', CallerReference: 'one', HostedZoneConfig: { Comment: 'a & <b>' } }));
  const HostedZoneId = HostedZone?.Id ?? '';
  return {
    stage,
    client,
    zoneId: HostedZoneId,
    send: (...Changes) => client.send(new ChangeResourceRecordSetsCommand({ HostedZoneId, ChangeBatch: { Changes } })),
    names: async () => ((await client.send(new ListResourceRecordSetsCommand({ HostedZoneId }))).ResourceRecordSets ?? []).map(({ Name, Type }) => `${Name} ${Type}`),
  };
}

describe('A hosted zone', () => {
  it('is made with its name servers and its authority, looked at, changed, listed and deleted when it is empty', async (context) => {
    const { client, zoneId, names, send } = await dns(context);
    assert.match(zoneId, /^\/hostedzone\/Z[A-Z2-7]{20}$/);
    const { HostedZone, DelegationSet } = await client.send(new GetHostedZoneCommand({ Id: zoneId }));
    assert.deepEqual([HostedZone?.Name, HostedZone?.Config, HostedZone?.ResourceRecordSetCount, DelegationSet?.NameServers?.length], ['example.com.', { Comment: 'a & <b>', PrivateZone: false }, 2, 4]);
    assert.deepEqual(await names(), ['example.com. NS', 'example.com. SOA']);
    assert.equal((await client.send(new UpdateHostedZoneCommentCommand({ Id: zoneId, Comment: 'new' }))).HostedZone?.Config?.Comment, 'new');
    assert.equal((await refusal(client.send(new CreateHostedZoneCommand({ Name: 'other.org', CallerReference: 'one' })))).name, 'HostedZoneAlreadyExists');
    await send(change('CREATE', a('www.example.com', '192.0.2.1')));
    assert.equal((await refusal(client.send(new DeleteHostedZoneCommand({ Id: zoneId })))).name, 'HostedZoneNotEmpty');
    await send(change('DELETE', a('www.example.com', '192.0.2.1')));
    await client.send(new DeleteHostedZoneCommand({ Id: zoneId }));
    assert.deepEqual(await refusal(client.send(new GetHostedZoneCommand({ Id: zoneId }))), { name: 'NoSuchHostedZone', message: `No hosted zone found with ID: ${zoneId.slice(12)}`, status: 404 });
  });

  it('is listed by pages and by name, each account by itself', async (context) => {
    const { stage, client } = await dns(context);
    for (const Name of ['b.org', 'a.example.com', 'aa.net']) await client.send(new CreateHostedZoneCommand({ Name, CallerReference: Name }));
    const pages: number[] = [];
    for await (const page of paginateListHostedZones({ client, pageSize: 3 }, {})) pages.push(page.HostedZones?.length ?? 0);
    assert.deepEqual(pages, [3, 1]);
    const byName = async (DNSName?: string) => (await client.send(new ListHostedZonesByNameCommand({ DNSName }))).HostedZones?.map(({ Name }) => Name);
    assert.deepEqual(await byName(), ['example.com.', 'a.example.com.', 'aa.net.', 'b.org.']);
    assert.deepEqual(await byName('a.example.com'), ['a.example.com.', 'aa.net.', 'b.org.']);
    assert.equal((await client.send(new GetHostedZoneCountCommand({}))).HostedZoneCount, 4);
    assert.deepEqual((await new Route53Client(stage.as('222222222222', 'eu-west-1')).send(new ListHostedZonesCommand({}))).HostedZones, []);
  });

  it('of a VPC is private, and never without one', async (context) => {
    const { stage, client } = await dns(context);
    const [here, there] = await Promise.all(
      ['us-east-1', 'eu-west-1'].map(async (VPCRegion) => {
        const { Vpcs = [] } = await new EC2Client(stage.as(ACCOUNT, VPCRegion)).send(new DescribeVpcsCommand({}));
        return { VPCRegion: VPCRegion as 'us-east-1', VPCId: Vpcs[0]?.VpcId ?? '' };
      }),
    );
    const { HostedZone, VPC } = await client.send(new CreateHostedZoneCommand({ Name: 'inner.local', CallerReference: 'p', VPC: here }));
    assert.deepEqual([HostedZone?.Config?.PrivateZone, VPC], [true, here]);
    const of = { HostedZoneId: HostedZone?.Id };
    assert.equal((await refusal(client.send(new CreateHostedZoneCommand({ Name: 'inner.local', CallerReference: 'q', VPC: here })))).name, 'ConflictingDomainExists');
    assert.equal((await refusal(client.send(new CreateHostedZoneCommand({ Name: 'x.local', CallerReference: 'r', HostedZoneConfig: { PrivateZone: true } })))).name, 'InvalidInput');
    assert.equal((await refusal(client.send(new AssociateVPCWithHostedZoneCommand({ ...of, VPC: { VPCRegion: 'us-east-1', VPCId: 'vpc-none' } })))).name, 'InvalidVPCId');
    await client.send(new AssociateVPCWithHostedZoneCommand({ ...of, VPC: there }));
    assert.deepEqual((await client.send(new GetHostedZoneCommand({ Id: HostedZone?.Id }))).VPCs, [here, there]);
    await client.send(new DisassociateVPCFromHostedZoneCommand({ ...of, VPC: here }));
    assert.equal((await refusal(client.send(new DisassociateVPCFromHostedZoneCommand({ ...of, VPC: there })))).name, 'LastVPCAssociation');
  });

  it('carries tags', async (context) => {
    const { client, zoneId } = await dns(context);
    const of = { ResourceType: 'hostedzone' as const, ResourceId: zoneId.slice(12) };
    await client.send(new ChangeTagsForResourceCommand({ ...of, AddTags: [{ Key: 'team', Value: 'a' }, { Key: 'x', Value: '' }] }));
    await client.send(new ChangeTagsForResourceCommand({ ...of, RemoveTagKeys: ['x'] }));
    assert.deepEqual((await client.send(new ListTagsForResourceCommand(of))).ResourceTagSet?.Tags, [{ Key: 'team', Value: 'a' }]);
    assert.equal((await client.send(new ListTagsForResourcesCommand({ ResourceType: 'hostedzone', ResourceIds: [of.ResourceId] }))).ResourceTagSets?.length, 1);
  });
});

describe('The records of a zone', () => {
  it('are changed as one, are in sync a minute later, and are listed in their order', async (context) => {
    const { stage, client, zoneId, send, names } = await dns(context);
    const { ChangeInfo } = (await send(change('CREATE', a('b.example.com', '192.0.2.1', '192.0.2.2')), change('UPSERT', a('a.b.example.com', '192.0.2.3')), change('CREATE', { Name: 'a.example.com', Type: 'TXT', TTL: 5, ResourceRecords: [{ Value: '"heritage=external-dns,owner=x"' }] }))) as { ChangeInfo?: { Id?: string; Status?: string } };
    assert.equal(ChangeInfo?.Status, 'PENDING');
    await stage.pass(60);
    assert.equal((await client.send(new GetChangeCommand({ Id: ChangeInfo?.Id }))).ChangeInfo?.Status, 'INSYNC');
    assert.deepEqual(await names(), ['example.com. NS', 'example.com. SOA', 'a.example.com. TXT', 'b.example.com. A', 'a.b.example.com. A']);
    const first = await client.send(new ListResourceRecordSetsCommand({ HostedZoneId: zoneId, StartRecordName: 'a.example.com', MaxItems: 2 }));
    assert.deepEqual([first.ResourceRecordSets?.length, first.IsTruncated, first.NextRecordName, first.NextRecordType], [2, true, 'a.b.example.com.', 'A']);
    assert.deepEqual(first.ResourceRecordSets?.[1]?.ResourceRecords, [{ Value: '192.0.2.1' }, { Value: '192.0.2.2' }]);
    await send(change('DELETE', a('b.example.com', '192.0.2.2', '192.0.2.1')));
    assert.ok(!(await names()).includes('b.example.com. A'));
  });

  it('may be weighted, or stand for a load balancer', async (context) => {
    const { send, names } = await dns(context);
    const alias: ResourceRecordSet = { Name: 'example.com', Type: 'A', AliasTarget: { HostedZoneId: 'Z26RNL4JYFTOTI', DNSName: 'nlb-1.elb.us-east-1.amazonaws.com', EvaluateTargetHealth: false } };
    const weighted = (SetIdentifier: string, Weight: number): ResourceRecordSet => ({ ...a('w.example.com', '192.0.2.1'), SetIdentifier, Weight });
    await send(change('CREATE', alias), change('CREATE', weighted('blue', 90)), change('CREATE', weighted('green', 10)));
    assert.equal((await names()).filter((name) => name === 'w.example.com. A').length, 2);
  });

  const refused: readonly [string, readonly Change[], RegExp][] = [
    ['made twice', [change('CREATE', a('x.example.com', '192.0.2.1'))], /^\[Tried to create resource record set \[name='x\.example\.com\.', type='A'\] but it already exists\]$/],
    ['deleted and not there', [change('DELETE', a('y.example.com', '192.0.2.1'))], /but it was not found/],
    ['deleted with other values', [change('DELETE', a('x.example.com', '192.0.2.9'))], /do not match the current values/],
    ['of another zone', [change('CREATE', a('x.example.org', '192.0.2.1'))], /is not permitted in zone example\.com\./],
    ['a CNAME at the apex', [change('CREATE', { Name: 'example.com', Type: 'CNAME', TTL: 1, ResourceRecords: [{ Value: 'a.b' }] })], /not permitted at apex/],
    ['a CNAME beside another', [change('CREATE', { Name: 'x.example.com', Type: 'CNAME', TTL: 1, ResourceRecords: [{ Value: 'a.b' }] })], /conflicting RRSet of type A/],
    ['no address', [change('CREATE', a('z.example.com', '300.0.0.1'))], /Invalid Resource Record.*300\.0\.0\.1/],
    ['text without quotes', [change('CREATE', { Name: 'z.example.com', Type: 'TXT', TTL: 1, ResourceRecords: [{ Value: 'plain' }] })], /quotation marks/],
    ['empty', [change('CREATE', { Name: 'z.example.com', Type: 'A', TTL: 1 })], /found none/],
    ['weighted without a name of its own', [change('CREATE', { ...a('z.example.com', '192.0.2.1'), Weight: 1 })], /SetIdentifier/],
    ['weighted beside a simple one', [change('CREATE', { ...a('x.example.com', '192.0.2.1'), Weight: 1, SetIdentifier: 's' })], /cannot be created/],
    ["the zone's own authority, deleted", [change('DELETE', { Name: 'example.com', Type: 'SOA', TTL: 1, ResourceRecords: [{ Value: 'x' }] })], /do not match/],
  ];
  it('are refused, each with its reason, and nothing of the batch stays', async (context) => {
    const { send, names } = await dns(context);
    await send(change('CREATE', a('x.example.com', '192.0.2.1')));
    for (const [title, changes, message] of refused) {
      const { name, message: said } = await refusal(send(change('CREATE', a('first.example.com', '192.0.2.1')), ...changes));
      assert.equal(name, 'InvalidChangeBatch', title);
      assert.match(said, message, title);
    }
    assert.deepEqual(await names(), ['example.com. NS', 'example.com. SOA', 'x.example.com. A']);
  });

  it('are changed only by who may, by zone, name, type and action', async (context) => {
    const { stage, zoneId } = await dns(context);
    const iam = new IAMClient(stage.as(ACCOUNT));
    await iam.send(new CreateRoleCommand({ RoleName: 'dns', AssumeRolePolicyDocument: policy({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }) }));
    const Condition = { 'ForAllValues:StringLike': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': ['*.team.example.com'], 'route53:ChangeResourceRecordSetsRecordTypes': ['A', 'TXT'] } };
    await iam.send(new PutRolePolicyCommand({ RoleName: 'dns', PolicyName: 'p', PolicyDocument: policy({ Effect: 'Allow', Action: 'route53:ChangeResourceRecordSets', Resource: `arn:aws:route53:::${zoneId.slice(1)}`, Condition }) }));
    await stage.pass(15);
    const { Credentials } = await new STSClient(stage.as(ACCOUNT)).send(new AssumeRoleCommand({ RoleArn: `arn:aws:iam::${ACCOUNT}:role/dns`, RoleSessionName: 'test' }));
    const team = new Route53Client(stage.as(Credentials));
    const put = (name: string) => team.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: zoneId, ChangeBatch: { Changes: [change('UPSERT', a(name, '192.0.2.1'))] } }));
    await put('web.team.example.com');
    const denied = await refusal(put('web.example.com'));
    assert.deepEqual([denied.name, denied.status], ['AccessDenied', 403]);
    assert.match(denied.message, /not authorized to perform: route53:ChangeResourceRecordSets on resource: arn:aws:route53:::hostedzone\/Z/);
    assert.equal((await refusal(team.send(new ListHostedZonesCommand({})))).name, 'AccessDenied');
  });
});

describe('Requests in XML', () => {
  it('are read with entities and character data, and refused when they are not well formed', () => {
    assert.deepEqual(parseXml('<?xml version="1.0"?>\n<a xmlns="x"><b>1 &lt; 2 &#38; &#x33;</b><c/></a>'), {
      name: 'a',
      text: '',
      children: [{ name: 'b', children: [], text: '1 < 2 & 3' }, { name: 'c', children: [], text: '' }],
    });
    for (const wrong of ['', '<a>', '<a></b>', '<a/><b/>', 'text', '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', '<a>&x;</a>', `${'<a>'.repeat(60)}${'</a>'.repeat(60)}`]) assert.throws(() => parseXml(wrong), { name: 'MalformedInput' }, wrong);
  });
});

describe('A certificate', () => {
  const at = async (acm: ACMClient, CertificateArn: string | undefined) => (await acm.send(new DescribeCertificateCommand({ CertificateArn }))).Certificate;

  it('is issued once the records of all its names are found in a public zone', async (context) => {
    const { stage, send } = await dns(context);
    const acm = new ACMClient(stage.as(ACCOUNT, 'eu-west-1'));
    const asked = { DomainName: 'www.example.com', SubjectAlternativeNames: ['*.www.example.com', 'api.example.com'], ValidationMethod: 'DNS' as const, IdempotencyToken: 't1' };
    const { CertificateArn } = await acm.send(new RequestCertificateCommand(asked));
    assert.match(CertificateArn ?? '', /^arn:aws:acm:eu-west-1:111111111111:certificate\/[0-9a-f-]{36}$/);
    assert.equal((await acm.send(new RequestCertificateCommand(asked))).CertificateArn, CertificateArn);
    const young = await at(acm, CertificateArn);
    assert.deepEqual([young?.Status, young?.DomainValidationOptions?.[0]?.ResourceRecord], ['PENDING_VALIDATION', undefined]);
    await stage.pass(10);
    const proofs = ((await at(acm, CertificateArn))?.DomainValidationOptions ?? []).map(({ ResourceRecord }) => ResourceRecord);
    assert.deepEqual(proofs[0], proofs[1], 'a wildcard is proven with its domain');
    const records = [proofs[0], proofs[2]].map((proof) => change('UPSERT', { Name: proof?.Name, Type: 'CNAME', TTL: 300, ResourceRecords: [{ Value: proof?.Value }] }));
    await send(...records.slice(0, 1));
    await stage.pass(3600);
    assert.deepEqual((await at(acm, CertificateArn))?.DomainValidationOptions?.map(({ ValidationStatus }) => ValidationStatus), ['SUCCESS', 'SUCCESS', 'PENDING_VALIDATION']);
    await send(...records.slice(1));
    await stage.pass(100);
    assert.equal((await at(acm, CertificateArn))?.Status, 'PENDING_VALIDATION');
    await stage.pass(100);
    const issued = await at(acm, CertificateArn);
    assert.deepEqual([issued?.Status, issued?.DomainName, issued?.Type, issued?.InUseBy], ['ISSUED', 'www.example.com', 'AMAZON_ISSUED', []]);
    await send(...records.map(({ ResourceRecordSet }) => change('DELETE', ResourceRecordSet as ResourceRecordSet)));
    assert.equal((await at(acm, CertificateArn))?.Status, 'ISSUED');
    assert.deepEqual((await acm.send(new ListCertificatesCommand({ CertificateStatuses: ['ISSUED'] }))).CertificateSummaryList?.map((one) => one.CertificateArn), [CertificateArn]);
    assert.deepEqual((await new ACMClient(stage.as(ACCOUNT)).send(new ListCertificatesCommand({}))).CertificateSummaryList, []);
    await acm.send(new DeleteCertificateCommand({ CertificateArn }));
    assert.equal((await refusal(at(acm, CertificateArn))).name, 'ResourceNotFoundException');
  });

  it('times out after three days, and fails when that is scripted', async (context) => {
    const stage = await startAws(context);
    const acm = new ACMClient(stage.as(ACCOUNT));
    const { CertificateArn } = await acm.send(new RequestCertificateCommand({ DomainName: 'a.example.com' }));
    await stage.send('POST', '/_sim/faults', { operation: 'acm:RequestCertificate', times: 1, fault: { kind: 'failUpdate', code: 'CAA_ERROR' } });
    const failing = await acm.send(new RequestCertificateCommand({ DomainName: 'b.example.com' }));
    await stage.pass(72 * 3600);
    assert.equal((await at(acm, CertificateArn))?.Status, 'VALIDATION_TIMED_OUT');
    const failed = await at(acm, failing.CertificateArn);
    assert.deepEqual([failed?.Status, failed?.FailureReason], ['FAILED', 'CAA_ERROR']);
  });

  it('carries tags, and is refused with names, keys and ways of validation that this stage has not', async (context) => {
    const stage = await startAws(context);
    const acm = new ACMClient(stage.as(ACCOUNT));
    const { CertificateArn } = await acm.send(new RequestCertificateCommand({ DomainName: 'a.example.com', KeyAlgorithm: 'EC_prime256v1', Tags: [{ Key: 'a', Value: 'b' }] }));
    await acm.send(new AddTagsToCertificateCommand({ CertificateArn, Tags: [{ Key: 'c', Value: 'd' }] }));
    await acm.send(new RemoveTagsFromCertificateCommand({ CertificateArn, Tags: [{ Key: 'a' }] }));
    assert.deepEqual((await acm.send(new ListTagsForCertificateCommand({ CertificateArn }))).Tags, [{ Key: 'c', Value: 'd' }]);
    const listed = async (...keyTypes: 'EC_prime256v1'[]) => (await acm.send(new ListCertificatesCommand(keyTypes.length === 0 ? {} : { Includes: { keyTypes } }))).CertificateSummaryList?.length;
    assert.deepEqual([await listed(), await listed('EC_prime256v1')], [0, 1]);
    const refused: readonly [ConstructorParameters<typeof RequestCertificateCommand>[0], string, number][] = [
      [{ DomainName: 'no domain' }, 'ValidationException', 400],
      [{ DomainName: 'a.example.com', SubjectAlternativeNames: Array.from({ length: 10 }, (_, index) => `n${index}.example.com`) }, 'LimitExceededException', 400],
      [{ DomainName: 'a.example.com', ValidationMethod: 'EMAIL' }, 'NotImplemented', 501],
      [{ DomainName: 'a.example.com', CertificateAuthorityArn: 'arn:aws:acm-pca:us-east-1:111111111111:certificate-authority/x' }, 'NotImplemented', 501],
    ];
    for (const [input, name, status] of refused) {
      const found = await refusal(acm.send(new RequestCertificateCommand(input)));
      assert.deepEqual([found.name, found.status], [name, status]);
    }
  });
});
