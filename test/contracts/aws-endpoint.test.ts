import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as eks from '@aws-sdk/client-eks';
import { DescribeClusterCommand, DescribeUpdateCommand, EKSClient, ListClustersCommand, RegisterClusterCommand, UpdateClusterVersionCommand } from '@aws-sdk/client-eks';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { IAMClient, GetRoleCommand } from '@aws-sdk/client-iam';
import { restJson } from '../../local/aws/protocols/rest-json.ts';
import { readModel } from '../../local/aws/protocols/shape.ts';
import { AwsError } from '../../local/aws/service.ts';
import type { SimulatedService } from '../../local/aws/service.ts';
import { Disk } from '../../local/disk.ts';
import { EPOCH, refusal, startAws } from './aws-stage.ts';
import type { AwsStage } from './aws-stage.ts';

/** A service that speaks EKS's protocol and answers what a test wants, under a name of its own. */
function speaking(operations: SimulatedService['operations']): () => readonly SimulatedService[] {
  return () => [{ name: 'odd', protocol: 'rest-json', schemas: { ...eks }, operations }];
}

/** A request signed for a service, its answer as it came. */
function signed(stage: AwsStage, service: string, method: string, path: string, body?: string): Promise<Response> {
  return fetch(`${stage.url}${path}`, {
    method,
    headers: { authorization: `AWS4-HMAC-SHA256 Credential=111111111111/20261122/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=00` },
    ...(body === undefined ? {} : { body }),
  });
}

describe('What a service answers', () => {
  const unfit: readonly [string, unknown, RegExp][] = [
    ['a member that the model does not know', { clusters: [], surprise: 1 }, /surprise is no member of ListClustersResponse/],
    ['a value of a wrong type', { clusters: 'blue' }, /clusters is not a list/],
    ['a null', { nextToken: null }, /nextToken is not a string but null/],
  ];
  for (const [title, output, message] of unfit) {
    it(`is refused loudly with ${title}`, async (context) => {
      const stage = await startAws(context, { more: speaking({ ListClusters: () => output }) });
      const answer = await signed(stage, 'odd', 'GET', '/clusters');
      assert.equal(answer.status, 500);
      assert.match(((await answer.json()) as { message: string }).message, message);
      assert.match(stage.told.join('\n'), message);
    });
  }

  it('is refused loudly when a nested member is wrong', async (context) => {
    const cluster = { name: 'blue', createdAt: '2026-11-22' };
    const stage = await startAws(context, { more: speaking({ DescribeCluster: () => ({ cluster }) }) });
    assert.equal((await signed(stage, 'odd', 'GET', '/clusters/blue')).status, 500);
    assert.match(stage.told.join('\n'), /cluster\.createdAt is not a timestamp but string/);
  });

  it('is refused loudly when an error carries a member that its shape does not have', async (context) => {
    const fail = (): never => {
      throw new AwsError('ResourceInUseException', 'in use', 409, { colour: 'blue' });
    };
    const stage = await startAws(context, { more: speaking({ ListClusters: fail }) });
    assert.equal((await signed(stage, 'odd', 'GET', '/clusters')).status, 500);
    assert.match(stage.told.join('\n'), /ResourceInUseException\.colour is no member/);
  });

  it('is not told to the caller when the service broke by itself', async (context) => {
    const fail = (): never => {
      throw new TypeError('a secret of the inside');
    };
    const stage = await startAws(context, { more: speaking({ ListClusters: fail }) });
    const text = await (await signed(stage, 'odd', 'GET', '/clusters')).text();
    assert.ok(!text.includes('secret'));
    assert.match(stage.told.join('\n'), /a secret of the inside/);
  });
});

describe('A request', () => {
  it('of an operation that the model knows and nobody simulates is refused by its name', async (context) => {
    const stage = await startAws(context);
    const refused = await refusal(new EKSClient(stage.as('111111111111')).send(new RegisterClusterCommand({ name: 'x', connectorConfig: { roleArn: 'arn:aws:iam::111111111111:role/r', provider: 'OTHER' } })));
    assert.deepEqual([refused.status, refused.message], [501, 'The simulated AWS does not support eks:RegisterCluster.']);
  });

  it('for a service that is not simulated is refused by its name', async (context) => {
    const stage = await startAws(context);
    const answer = await signed(stage, 'cloudfront', 'GET', '/');
    assert.equal(answer.status, 501);
    assert.match(await answer.text(), /^<\?xml .*<Error><Code>NotImplemented<\/Code><Message>The simulated AWS has no service cloudfront\./s);
  });

  it('without a signature is refused', async (context) => {
    const stage = await startAws(context);
    assert.equal((await fetch(stage.url)).status, 403);
  });

  const malformed: readonly [string, string, string, string | undefined, string, RegExp][] = [
    ['that is no JSON', 'POST', '/clusters', '{', 'SerializationException', /not JSON/],
    ['with a list for a structure', 'POST', '/clusters', '[]', 'SerializationException', /not a JSON object/],
    ['with a number for a text', 'POST', '/clusters', '{"name":1,"roleArn":"r","resourcesVpcConfig":{}}', 'SerializationException', /name must be a string/],
    ['with a text for a list', 'POST', '/clusters', '{"name":"x","roleArn":"r","resourcesVpcConfig":{"subnetIds":"s"}}', 'SerializationException', /resourcesVpcConfig.subnetIds must be a list/],
    ['without a required member', 'POST', '/clusters', '{"name":"x"}', 'InvalidParameterException', /'roleArn' failed to satisfy constraint: Member must not be null/],
    ['with a query that is no number', 'GET', '/clusters?maxResults=many', undefined, 'SerializationException', /maxResults must be a number/],
  ];
  for (const [title, method, path, body, code, message] of malformed) {
    it(`${title} is refused in the service's words`, async (context) => {
      const stage = await startAws(context);
      const answer = await signed(stage, 'eks', method, path, body);
      assert.equal(answer.status, 400);
      assert.equal(answer.headers.get('x-amzn-errortype'), code);
      assert.match(((await answer.json()) as { message: string }).message, message);
    });
  }

  it('of 17 MB is read to its end and refused', async (context) => {
    const stage = await startAws(context);
    assert.equal((await signed(stage, 'eks', 'POST', '/clusters', 'x'.repeat(17 * 1024 * 1024))).status, 413);
  });

  it('always gets a request id', async (context) => {
    const stage = await startAws(context);
    for (const answer of [await signed(stage, 'eks', 'GET', '/clusters'), await signed(stage, 'eks', 'GET', '/clusters/none'), await signed(stage, 'sts', 'POST', '/', 'Action=GetCallerIdentity')]) {
      assert.match(answer.headers.get('x-amzn-requestid') ?? '', /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    }
  });

  it('goes to the more literal of two routes', () => {
    const operation = (name: string, path: string): unknown[] => [9, 'com.amazonaws.things', name, { http: ['GET', path, 200] }, () => 'unit', () => 'unit'];
    const model = readModel({ GetThing$: operation('GetThing', '/things/{name}'), ListThings$: operation('ListThings', '/things/all'), GetPart$: operation('GetPart', '/things/{name}/{part+}') });
    const routed = (path: string): unknown => {
      const found = restJson.route({ method: 'GET', path, query: new URLSearchParams(), headers: {}, body: new Uint8Array() }, model);
      return typeof found === 'string' ? found : [found.operation.name, found.labels];
    };
    assert.deepEqual(routed('/things/all'), ['ListThings', {}]);
    assert.deepEqual(routed('/things/a%2Fb'), ['GetThing', { name: 'a/b' }]);
    assert.deepEqual(routed('/things/a/b/c'), ['GetPart', { name: 'a', part: 'b/c' }]);
    assert.equal(routed('/others'), 'GET /others');
  });
});

describe('An error', () => {
  it('of a query service has type, code and message in XML', async (context) => {
    const stage = await startAws(context);
    const answer = await signed(stage, 'iam', 'POST', '/', 'Action=GetRole&RoleName=nobody');
    assert.equal(answer.status, 404);
    assert.match(await answer.text(), /<ErrorResponse xmlns="https:\/\/iam.amazonaws.com\/doc\/2010-05-08\/"><Error><Type>Sender<\/Type><Code>NoSuchEntity<\/Code>/);
    assert.equal((await refusal(new IAMClient(stage.as('111111111111')).send(new GetRoleCommand({ RoleName: 'nobody' })))).name, 'NoSuchEntityException');
  });
  it('of EC2 is in a list of errors', async (context) => {
    const stage = await startAws(context);
    const answer = await signed(stage, 'ec2', 'POST', '/', 'Action=DescribeVpcs&VpcId.1=vpc-1');
    assert.match(await answer.text(), /<Response><Errors><Error><Code>InvalidVpcID.NotFound<\/Code>/);
  });
  it('of SQS also tells the code of its older protocol', async (context) => {
    const stage = await startAws(context);
    const answer = await fetch(stage.url, {
      method: 'POST',
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=111111111111/20261122/eu-west-1/sqs/aws4_request, SignedHeaders=host, Signature=00', 'x-amz-target': 'AmazonSQS.GetQueueUrl' },
      body: '{"QueueName":"none"}',
    });
    assert.equal(answer.headers.get('x-amzn-query-error'), 'AWS.SimpleQueueService.NonExistentQueue;Sender');
    assert.equal(((await answer.json()) as { __type: string }).__type, 'com.amazonaws.sqs#QueueDoesNotExist');
  });
});

describe('Scripted faults', () => {
  const list = (stage: AwsStage, account = '111111111111') => new EKSClient(stage.as(account, 'eu-west-1')).send(new ListClustersCommand({}));
  const script = async (stage: AwsStage, fault: Record<string, unknown>): Promise<void> => {
    const answer = await stage.send('POST', '/_sim/faults', { operation: 'eks:ListClusters', times: 1, ...fault });
    assert.equal(answer.status, 201);
  };

  it('strike as often as was said, and where', async (context) => {
    const stage = await startAws(context);
    await script(stage, { times: 2, account: '111111111111', region: 'eu-west-1', fault: { kind: 'error', code: 'ThrottlingException', status: 429 } });
    assert.ok(await list(stage, '222222222222'));
    assert.equal((await refusal(list(stage))).name, 'ThrottlingException');
    assert.equal((await refusal(list(stage))).name, 'ThrottlingException');
    assert.ok(await list(stage));
  });

  it('match a part of the input', async (context) => {
    const stage = await startAws(context);
    const client = new EKSClient(stage.as('111111111111'));
    await script(stage, { operation: 'eks:DescribeCluster', match: { name: 'blue' }, fault: { kind: 'error', code: 'ServerException', status: 500 } });
    assert.equal((await refusal(client.send(new DescribeClusterCommand({ name: 'green' })))).name, 'ResourceNotFoundException');
    assert.equal((await refusal(client.send(new DescribeClusterCommand({ name: 'blue' })))).name, 'ServerException');
  });

  it('deny in the service’s own way', async (context) => {
    const stage = await startAws(context);
    await script(stage, { fault: { kind: 'deny' } });
    assert.deepEqual({ ...(await refusal(list(stage))), message: '' }, { name: 'AccessDeniedException', message: '', status: 403 });
    await script(stage, { operation: 'sts:GetCallerIdentity', fault: { kind: 'deny' } });
    assert.equal((await refusal(new STSClient(stage.as('111111111111')).send(new GetCallerIdentityCommand({})))).name, 'AccessDenied');
  });

  it('lose the answer of work that was done', async (context) => {
    const done: string[] = [];
    const stage = await startAws(context, { more: speaking({ ListClusters: () => ({ clusters: [], nextToken: String(done.push('done')) }) }) });
    await script(stage, { operation: 'odd:ListClusters', fault: { kind: 'loseAnswer' } });
    await assert.rejects(signed(stage, 'odd', 'GET', '/clusters'));
    assert.deepEqual(done, ['done']);
  });

  it('delay by virtual seconds', async (context) => {
    const stage = await startAws(context);
    await script(stage, { fault: { kind: 'delay', seconds: 30 } });
    let answered = false;
    const late = list(stage).then(() => (answered = true));
    while (stage.world.clock.nextForegroundAt() === undefined) await new Promise((resolve) => setImmediate(resolve));
    await stage.pass(29);
    assert.equal(answered, false);
    await stage.pass(1);
    assert.equal(await late, true);
  });

  it('delay nobody at speed max, where time jumps over the delay', async (context) => {
    const stage = await startAws(context, { speed: 'max' });
    await script(stage, { fault: { kind: 'delay', seconds: 3600 } });
    assert.ok(await list(stage));
    assert.equal(new Date(stage.world.clock.now()).toISOString(), '2026-11-22T01:00:00.000Z');
  });

  it('are listed, outlive a restart and are cleared', async (context) => {
    const disk = new Disk(':memory:');
    const first = await startAws(context, { disk });
    await script(first, { times: 3, fault: { kind: 'deny' } });
    const second = await startAws(context, { disk });
    assert.equal(((await second.get('/_sim/faults')).body['faults'] as unknown[]).length, 1);
    assert.equal((await second.send('DELETE', '/_sim/faults', undefined)).status, 200);
    assert.ok(await list(second));
  });

  const bad: readonly [string, unknown, RegExp][] = [
    ['without times', { operation: 'eks:ListClusters', fault: { kind: 'deny' } }, /times/],
    ['of an unknown kind', { operation: 'eks:ListClusters', times: 1, fault: { kind: 'explode' } }, /fault.kind/],
    ['with a field that there is not', { operation: 'eks:ListClusters', times: 1, fault: { kind: 'deny' }, when: 'now' }, /when/],
    ['for an operation without service', { operation: 'ListClusters', times: 1, fault: { kind: 'deny' } }, /eks:DescribeUpdate/],
    ['that is no JSON', '{', /not JSON/],
  ];
  for (const [title, body, message] of bad) {
    it(`${title} are refused with a sentence`, async (context) => {
      const stage = await startAws(context);
      const answer = await stage.send('POST', '/_sim/faults', body);
      assert.equal(answer.status, 400);
      assert.match(String(answer.body['message']), message);
    });
  }
});

describe('Counts', () => {
  it('tell how often each operation was called, by account and region', async (context) => {
    const stage = await startAws(context);
    const west = new EKSClient(stage.as('111111111111', 'eu-west-1'));
    const east = new EKSClient(stage.as('111111111111', 'us-east-1'));
    await west.send(new ListClustersCommand({}));
    await refusal(west.send(new DescribeUpdateCommand({ name: 'blue', updateId: 'u' })));
    await east.send(new ListClustersCommand({}));
    await new EKSClient(stage.as('222222222222')).send(new ListClustersCommand({}));
    assert.deepEqual((await stage.get('/_sim/calls')).body, { 'eks:DescribeUpdate': 1, 'eks:ListClusters': 3 });
    assert.deepEqual((await stage.get('/_sim/calls?account=111111111111')).body, { 'eks:DescribeUpdate': 1, 'eks:ListClusters': 2 });
    assert.deepEqual((await stage.get('/_sim/calls?account=111111111111&region=us-east-1')).body, { 'eks:ListClusters': 1 });
    assert.equal((await stage.get('/_sim/calls?account=bob')).status, 400);
  });

  it('outlive a restart', async (context) => {
    const disk = new Disk(':memory:');
    await new EKSClient((await startAws(context, { disk })).as('111111111111')).send(new ListClustersCommand({}));
    assert.deepEqual((await (await startAws(context, { disk })).get('/_sim/calls')).body, { 'eks:ListClusters': 1 });
  });

  it('come with a log of who called what, without secrets', async (context) => {
    const stage = await startAws(context);
    await refusal(new EKSClient(stage.as('111111111111', 'eu-west-1')).send(new UpdateClusterVersionCommand({ name: 'blue', version: '1.36', clientRequestToken: 'a-token' })));
    const { body } = await stage.get('/_sim/calls/log');
    assert.deepEqual(body['calls'], [
      { number: 1, at: EPOCH.replace('Z', '.000Z'), operation: 'eks:UpdateClusterVersion', account: '111111111111', region: 'eu-west-1', caller: 'arn:aws:iam::111111111111:root', input: { name: 'blue', version: '1.36' }, status: 404, error: 'ResourceNotFoundException' },
    ]);
    assert.deepEqual((await stage.get('/_sim/calls/log?since=1')).body['calls'], []);
  });
});

describe('The clock', () => {
  it('is told and moved over HTTP', async (context) => {
    const stage = await startAws(context);
    assert.deepEqual((await stage.get('/_sim/clock')).body, { now: '2026-11-22T00:00:00.000Z', speed: 0 });
    assert.deepEqual((await stage.send('POST', '/_sim/clock', { now: '2026-11-23T00:00:00Z' })).body, { now: '2026-11-23T00:00:00.000Z', speed: 0 });
    assert.equal((await stage.send('POST', '/_sim/clock', { speed: 'max' })).body['speed'], 'max');
  });
  it('does not go back, and takes no nonsense', async (context) => {
    const stage = await startAws(context);
    for (const body of [{ now: '2026-11-21T00:00:00Z' }, { now: 'tomorrow' }, { speed: -1 }, { speed: 'fast' }, { then: 1 }]) {
      const answer = await stage.send('POST', '/_sim/clock', body);
      assert.equal(answer.status, 400);
      assert.equal(typeof answer.body['message'], 'string');
    }
  });
  it('is healthy, and knows its own routes', async (context) => {
    const stage = await startAws(context);
    assert.equal((await stage.get('/_sim/health')).status, 200);
    assert.equal((await stage.get('/_sim/other')).status, 404);
  });
});

describe('Work that a refused call began', () => {
  it('is undone', async (context) => {
    const more = (world: AwsStage['world']): readonly SimulatedService[] => [
      {
        name: 'odd',
        protocol: 'rest-json',
        schemas: { ...eks },
        operations: {
          ListClusters: () => {
            world.disk.collection('odd').put('half', 'done');
            throw new AwsError('ServerException', 'no', 500);
          },
        },
      },
    ];
    const stage = await startAws(context, { more });
    assert.equal((await signed(stage, 'odd', 'GET', '/clusters')).status, 500);
    assert.equal(stage.world.disk.collection('odd').get('half'), undefined);
  });
});
