import assert from 'node:assert/strict';
import { beforeEach, describe, it } from 'node:test';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { createTemplates, TEMPLATE_URL_MINUTES } from '../../aws/templates.ts';

const client = new S3Client({ region: 'eu-west-1', credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'a-session' } });
const s3 = mockClient(client);
const clock = { now: () => Date.parse('2026-09-01T12:00:00Z') };
const templates = createTemplates(client, 'templates-of-slipway', clock);
const TEMPLATE = '{"the external id": "external-1"}';

describe('the bucket of templates', () => {
  beforeEach(() => {
    s3.reset();
    s3.on(PutObjectCommand).resolves({});
  });

  it('gets the text as it is, and opens it to nobody', async () => {
    await templates.publish('100000000001', TEMPLATE);
    assert.equal(s3.commandCalls(PutObjectCommand).length, 1);
    const { Key, ...rest } = put(0);
    assert.deepEqual(rest, { Bucket: 'templates-of-slipway', Body: TEMPLATE, ContentType: 'application/json' });
    assert.match(Key ?? '', /^accounts\/100000000001\/[0-9a-f]{64}\.json$/);
  });

  it('has a key that follows from the secret text alone', async () => {
    for (const text of [TEMPLATE, TEMPLATE, TEMPLATE.replace('external-1', 'external-2')]) await templates.publish('100000000001', text);
    assert.equal(put(0).Key, put(1).Key);
    assert.notEqual(put(0).Key, put(2).Key);
    assert.doesNotMatch(put(0).Key ?? '', /external-1/);
  });

  it("answers a URL of that object in the bucket's region, signed for an hour", async () => {
    const url = new URL((await templates.publish('100000000001', TEMPLATE)) ?? '');
    assert.equal(`${url.origin}${url.pathname}`, `https://templates-of-slipway.s3.eu-west-1.amazonaws.com/${put(0).Key}`);
    const said = (name: string): string | null => url.searchParams.get(name);
    assert.deepEqual([said('X-Amz-Date'), said('X-Amz-Expires'), said('X-Amz-SignedHeaders')], ['20260901T120000Z', String(TEMPLATE_URL_MINUTES * 60), 'host']);
    assert.deepEqual([said('X-Amz-Credential'), said('X-Amz-Security-Token')], ['AKIDEXAMPLE/20260901/eu-west-1/s3/aws4_request', 'a-session']);
    assert.match(said('X-Amz-Signature') ?? '', /^[0-9a-f]{64}$/);
  });

  it('that takes nothing is a fault, not a URL to nothing', async () => {
    s3.on(PutObjectCommand).rejects(Object.assign(new Error('Access Denied'), { name: 'AccessDenied' }));
    await assert.rejects(templates.publish('100000000001', TEMPLATE), { name: 'AccessDenied' });
  });

  it('is left alone where a stage has none', async () => {
    for (const none of [undefined, '']) assert.equal(await createTemplates(client, none, clock).publish('100000000001', TEMPLATE), undefined);
    assert.equal(s3.calls().length, 0);
  });
});

function put(index: number): PutObjectCommand['input'] {
  return s3.commandCalls(PutObjectCommand)[index]!.args[0].input;
}
