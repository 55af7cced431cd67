import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import * as eks from '@aws-sdk/client-eks';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { createEks } from '../../aws/eks.ts';
import type { Session } from '../../aws/ports.ts';
import type { EntranceFacts } from '../../domain/facts.ts';
import { rolePolicyFor, watchPolicyFor, type PolicyDocument } from '../../domain/permissions.ts';
import { policy, refusal, startAws } from './aws-stage.ts';
import { account, ACCOUNT, activeCluster, clusterNow, roleArn, updateNow, type Fleet } from './eks-fleet.ts';

const REGION = 'us-east-1';
const NOW = '2026-11-22T02:00:00Z';
const UPDATE_SECONDS = 300;

let fleet: Fleet;
let close: () => Promise<void>;

/** A looking session of a role that may do what the policy says. */
async function session(name: string, allowed: PolicyDocument): Promise<Session> {
  const iam = new IAMClient(fleet.as(ACCOUNT));
  await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument: policy({ Effect: 'Allow', Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` }, Action: 'sts:AssumeRole' }) }));
  await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: 'access', PolicyDocument: JSON.stringify(allowed) }));
  await fleet.pass(60);
  const { Credentials } = await new STSClient(fleet.as(ACCOUNT)).send(new AssumeRoleCommand({ RoleArn: roleArn(name), RoleSessionName: 'watch', Policy: watchPolicyFor({ accountId: ACCOUNT, region: REGION }) }));
  return { accountId: ACCOUNT, region: REGION, credentials: { accessKeyId: Credentials!.AccessKeyId!, secretAccessKey: Credentials!.SecretAccessKey!, sessionToken: Credentials!.SessionToken!, expiration: Credentials!.Expiration! } };
}

async function entrance(of: Session): Promise<EntranceFacts> {
  const found = await createEks({ endpoint: fleet.url }).entrance(of, 'a', NOW);
  assert.ok(found !== 'absent');
  return found;
}

const sums = (found: EntranceFacts): [string, string | undefined][] => found.certificateAuthorities.map(({ sha256, signing }) => [sha256, signing]);

describe('the certificate authority of a cluster', () => {
  let watch: Session;
  let first: string;
  let second: string;

  before(async () => {
    fleet = await account(await startAws({ after: (end) => void (close = end as () => Promise<void>) }));
    await activeCluster(fleet, 'a');
    watch = await session('slipway-access', rolePolicyFor({ accountId: ACCOUNT, passRoleArns: [] }));
  });
  after(() => close());

  it('has a certificate that clients can read, with its fingerprint and its end', async () => {
    const { certificateAuthority } = await clusterNow(fleet, 'a');
    const certificate = new X509Certificate(Buffer.from(certificateAuthority?.data ?? '', 'base64'));
    assert.ok(certificate.ca && certificate.verify(certificate.publicKey));
    first = createHash('sha256').update(certificate.raw).digest('hex');
    assert.equal(first, certificate.fingerprint256.replaceAll(':', '').toLowerCase());
    const found = await entrance(watch);
    assert.deepEqual([sums(found), found.certificateAuthorities[0]?.notAfter, found.othersUnknown], [[[first, 'IN_USE']], new Date(certificate.validTo).toISOString(), undefined]);
    const facts = await createEks({ endpoint: fleet.url }).controlPlane(watch, 'a');
    assert.deepEqual(facts !== 'absent' && facts.certificateAuthority, { sha256: first, notAfter: new Date(certificate.validTo).toISOString() });
  });

  it('is followed through a rotation: both are told, the one that signs first', async () => {
    const { client } = fleet;
    const { update } = await client.send(new eks.CreateCertificateAuthorityCommand({ clusterName: 'a' }));
    assert.equal(update?.type, 'CertificateAuthorityUpdate');
    const successor = (await client.send(new eks.ListCertificateAuthoritiesCommand({ clusterName: 'a' }))).certificateAuthorities?.find(({ signingStatus }) => signingStatus === 'NOT_USED');
    assert.equal(successor?.distributionStatus, 'IN_PROGRESS');
    assert.equal((await refusal(client.send(new eks.CreateCertificateAuthorityCommand({ clusterName: 'a' })))).name, 'ResourceInUseException');
    await fleet.pass(UPDATE_SECONDS);
    assert.equal((await updateNow(fleet, update)).status, 'Successful');
    const appended = await entrance(watch);
    second = appended.certificateAuthorities[1]?.sha256 ?? '';
    assert.deepEqual(sums(appended), [[first, 'IN_USE'], [second, 'NOT_USED']]);
    assert.equal((await refusal(client.send(new eks.CreateCertificateAuthorityCommand({ clusterName: 'a' })))).name, 'ResourceLimitExceededException');

    await client.send(new eks.ActivateCertificateAuthorityCommand({ clusterName: 'a', certificateAuthorityId: successor?.id }));
    await fleet.pass(UPDATE_SECONDS);
    assert.deepEqual(sums(await entrance(watch)), [[second, 'IN_USE'], [first, 'NOT_USED']]);
    assert.equal((await refusal(client.send(new eks.DeleteCertificateAuthorityCommand({ clusterName: 'a', certificateAuthorityId: successor?.id })))).name, 'ResourceInUseException');

    const outgoing = (await client.send(new eks.ListCertificateAuthoritiesCommand({ clusterName: 'a' }))).certificateAuthorities?.find(({ signingStatus }) => signingStatus === 'NOT_USED');
    await client.send(new eks.DeleteCertificateAuthorityCommand({ clusterName: 'a', certificateAuthorityId: outgoing?.id }));
    assert.deepEqual(sums(await entrance(watch)), [[second, 'IN_USE']]);
    await fleet.pass(UPDATE_SECONDS);
    assert.deepEqual(sums(await entrance(watch)), [[second, 'IN_USE']]);
  });

  it('is told all the same to a role that may not ask for the others', async () => {
    const all = rolePolicyFor({ accountId: ACCOUNT, passRoleArns: [] });
    const older: PolicyDocument = { ...all, Statement: all.Statement.map((statement) => ({ ...statement, Action: statement.Action.filter((action) => !action.includes('CertificateAuthorit')) })) };
    const found = await entrance(await session('slipway-older', older));
    assert.deepEqual([sums(found), found.othersUnknown], [[[second, undefined]], 'AccessDeniedException']);
  });
});
