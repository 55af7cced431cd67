import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { build } from 'esbuild';
import { leanSchemas } from '../../deploy/lean-schemas.ts';

const REPOSITORY = join(import.meta.dirname, '../..');

/** Two clients with a wire that remembers what was sent and answers what a service once answered; one speaks XML, one JSON. */
const PROGRAM = `
import { EC2Client, DescribeSubnetsCommand } from '@aws-sdk/client-ec2';
import { EKSClient, DescribeClusterCommand, UpdateNodegroupVersionCommand } from '@aws-sdk/client-eks';
import { HttpResponse } from '@smithy/core/protocols';
import { Readable } from 'node:stream';

const BODIES = {
  ec2: '<DescribeSubnetsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>r</requestId><subnetSet><item><subnetId>subnet-1</subnetId><availableIpAddressCount>251</availableIpAddressCount><defaultForAz>true</defaultForAz></item></subnetSet></DescribeSubnetsResponse>',
  cluster: '{"cluster":{"name":"prod","version":"1.33","createdAt":1700000000,"resourcesVpcConfig":{"subnetIds":["subnet-1"]}}}',
  missing: '{"clusterName":"gone","message":"No cluster found for name: gone."}',
  update: '{"update":{"id":"u-1","status":"InProgress","params":[{"type":"Version","value":"1.34"}]}}',
};
const sent = [];
const answer = (request) => {
  if (request.hostname.startsWith('ec2')) return [200, BODIES.ec2];
  if (request.path.endsWith('/gone')) return [404, BODIES.missing];
  return [200, request.method === 'GET' ? BODIES.cluster : BODIES.update];
};
const requestHandler = {
  async handle(request) {
    sent.push([request.method, request.hostname, request.path, request.body instanceof Uint8Array ? new TextDecoder().decode(request.body) : String(request.body ?? '')]);
    const [statusCode, body] = answer(request);
    const headers = statusCode === 404 ? { 'x-amzn-errortype': 'ResourceNotFoundException' } : {};
    return { response: new HttpResponse({ statusCode, headers, body: Readable.from([Buffer.from(body)]) }) };
  },
};
const options = { region: 'eu-west-1', credentials: { accessKeyId: '111122223333', secretAccessKey: 'x' }, requestHandler };
export async function run() {
  const [ec2, eks] = [new EC2Client(options), new EKSClient(options)];
  const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ Filters: [{ Name: 'subnet-id', Values: ['subnet-1'] }] }));
  const { cluster } = await eks.send(new DescribeClusterCommand({ name: 'prod' }));
  const { update } = await eks.send(new UpdateNodegroupVersionCommand({ clusterName: 'prod', nodegroupName: 'blue', version: '1.34', force: false, clientRequestToken: 't' }));
  const refused = await eks.send(new DescribeClusterCommand({ name: 'gone' })).catch((error) => ({ name: error.name, message: error.message, clusterName: error.clusterName }));
  return { sent, Subnets, cluster, update, refused };
}
`;

describe('a bundle without the shapes that nobody needs', () => {
  let folder: string;
  let lean: { bytes: number; came: unknown };
  let whole: { bytes: number; came: unknown };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'slipway-bundle-'));
    symlinkSync(join(REPOSITORY, 'node_modules'), join(folder, 'node_modules'));
    lean = await bundled('lean.cjs', true);
    whole = await bundled('whole.cjs', false);
  });
  after(() => rmSync(folder, { recursive: true }));

  it('sends, reads and refuses as the whole one does', () => {
    assert.deepEqual(lean.came, whole.came);
  });

  it('has read what was answered, and sent what was asked', () => {
    const { sent, Subnets, cluster, update, refused } = lean.came as { sent: string[][]; Subnets: object[]; cluster: { createdAt: Date; version: string }; update: { params: object[] }; refused: object };
    assert.deepEqual(sent.map(([method, host, path]) => `${method} ${host} ${path}`), [
      'POST ec2.eu-west-1.amazonaws.com /',
      'GET eks.eu-west-1.amazonaws.com /clusters/prod',
      'POST eks.eu-west-1.amazonaws.com /clusters/prod/node-groups/blue/update-version',
      'GET eks.eu-west-1.amazonaws.com /clusters/gone',
    ]);
    assert.equal(sent[0]?.[3], 'Action=DescribeSubnets&Version=2016-11-15&Filter.1.Name=subnet-id&Filter.1.Value.1=subnet-1');
    assert.deepEqual(JSON.parse(sent[2]?.[3] ?? ''), { version: '1.34', force: false, clientRequestToken: 't' });
    assert.deepEqual(Subnets, [{ SubnetId: 'subnet-1', AvailableIpAddressCount: 251, DefaultForAz: true }]);
    assert.deepEqual([cluster.version, cluster.createdAt.toISOString()], ['1.33', '2023-11-14T22:13:20.000Z']);
    assert.deepEqual(update.params, [{ type: 'Version', value: '1.34' }]);
    assert.deepEqual(refused, { name: 'ResourceNotFoundException', message: 'No cluster found for name: gone.', clusterName: 'gone' });
  });

  it('is half a megabyte smaller: the SDK still writes its shapes as the bundler expects', () => {
    assert.ok(whole.bytes - lean.bytes > 500_000, `${whole.bytes} and ${lean.bytes} bytes`);
  });

  async function bundled(name: string, leaner: boolean): Promise<{ bytes: number; came: unknown }> {
    const { metafile } = await build({
      stdin: { contents: PROGRAM, resolveDir: REPOSITORY },
      outfile: join(folder, name),
      plugins: leaner ? [leanSchemas] : [],
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'cjs',
      mainFields: ['module', 'main'],
      minify: true,
      keepNames: true,
      metafile: true,
      logLevel: 'error',
    });
    const { run } = createRequire(import.meta.url)(join(folder, name)) as { run(): Promise<unknown> };
    return { bytes: Object.values(metafile.outputs)[0]?.bytes ?? 0, came: await run() };
  }
});
