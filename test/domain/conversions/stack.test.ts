import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { convertStack, type ConvertedStack } from '../../../domain/conversions/stack.ts';
import { ACK_MAPPINGS } from '../../../domain/conversions/stack-property.ts';
import { isRefusal } from '../../../domain/refusal.ts';
import { readTemplate } from '../../../handlers/read-template.ts';
import { writeYaml } from '../../../handlers/write-yaml.ts';

function converted(template: string, spec: Readonly<Record<string, unknown>> = {}): ConvertedStack {
  const answer = convertStack({ manifest: writeYaml({ apiVersion: 'cloudformation.linki.space/v1alpha1', kind: 'Stack', metadata: { name: 'my-bucket', namespace: 'shop' }, spec: { ...spec, template } }) }, readTemplate);
  if (isRefusal(answer)) assert.fail(answer.detail);
  return answer;
}

describe('a stack in a manifest', () => {
  it('of the operator\'s own example is a bucket of ACK, with a parameter\'s value in its place', () => {
    const { manifests, notConverted, notes } = converted(
      `AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Versioning: { Type: String, Default: none }
Resources:
  S3Bucket:
    Type: AWS::S3::Bucket
    Properties:
      VersioningConfiguration:
        Status: !Ref Versioning
      Tags: [{ Key: team, Value: shop }]
`,
      { parameters: { Versioning: 'Enabled' } },
    );
    assert.deepEqual(manifests, [
      {
        apiVersion: 's3.services.k8s.aws/v1alpha1',
        kind: 'Bucket',
        metadata: { name: 'my-bucket-s3bucket', namespace: 'shop' },
        spec: { name: 'my-bucket-s3bucket', versioning: { status: 'Enabled' }, tagging: { tagSet: [{ key: 'team', value: 'shop' }] } },
      },
    ]);
    assert.deepEqual(notConverted, []);
    assert.match(notes[0] ?? '', /CloudFormation had made a name of its own/);
  });

  it('keeps names, types of values, and what is to stay when it is deleted', () => {
    const { manifests } = converted(`Resources:
  Orders:
    Type: AWS::SQS::Queue
    DeletionPolicy: Retain
    Properties: { QueueName: orders.fifo, FifoQueue: true, VisibilityTimeout: 30, RedrivePolicy: { maxReceiveCount: 3, deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:111122223333:dead' }, Tags: [{ Key: a, Value: b }] }
  Carts:
    Type: AWS::DynamoDB::Table
    Properties: { TableName: carts, AttributeDefinitions: [{ AttributeName: id, AttributeType: S }], KeySchema: [{ AttributeName: id, KeyType: HASH }], ProvisionedThroughput: { ReadCapacityUnits: 5, WriteCapacityUnits: 5 }, DeletionProtectionEnabled: true }
`);
    const [queue, table] = manifests as { metadata: { annotations?: object }; spec: object }[];
    assert.deepEqual(queue?.metadata.annotations, { 'services.k8s.aws/deletion-policy': 'retain' });
    assert.deepEqual(queue?.spec, { queueName: 'orders.fifo', fifoQueue: 'true', visibilityTimeout: '30', redrivePolicy: '{"maxReceiveCount":"3","deadLetterTargetArn":"arn:aws:sqs:eu-central-1:111122223333:dead"}', tags: { a: 'b' } });
    assert.deepEqual(table?.spec, { tableName: 'carts', attributeDefinitions: [{ attributeName: 'id', attributeType: 'S' }], keySchema: [{ attributeName: 'id', keyType: 'HASH' }], provisionedThroughput: { readCapacityUnits: 5, writeCapacityUnits: 5 }, deletionProtectionEnabled: true });
  });

  it('says of everything else why it does not go over, and converts no resource by halves', () => {
    const { manifests, notConverted } = converted(`Resources:
  Role: { Type: AWS::IAM::Role }
  Bucket: { Type: AWS::S3::Bucket, Properties: { BucketName: !Sub '\${AWS::AccountId}-logs', WebsiteConfiguration: { IndexDocument: index.html } } }
  Topic: { Type: AWS::SNS::Topic, Condition: Prod, Properties: { TopicName: t } }
  Queue: { Type: AWS::SQS::Queue, Properties: { QueueName: q, RedrivePolicy: { deadLetterTargetArn: !GetAtt Dead.Arn } } }
Outputs: { Arn: { Value: !GetAtt [Bucket, Arn] } }
`);
    assert.deepEqual(manifests, []);
    assert.deepEqual(notConverted.map(({ subject }) => subject), ['Role', 'Bucket.WebsiteConfiguration', 'Topic', 'Queue.RedrivePolicy', 'Outputs']);
  });

  it('that is none is refused', () => {
    for (const manifest of ['kind: Stack', '[', 'a', writeYaml({ apiVersion: 'cloudformation.linki.space/v1alpha1', kind: 'Stack', metadata: { name: 'x' }, spec: { template: '{' } })]) assert.ok(isRefusal(convertStack({ manifest }, readTemplate)), manifest);
  });

  it('that is odd is refused or told, and nothing of it is lost in silence', () => {
    const stack = (template: string, more: object = {}) => writeYaml({ apiVersion: 'cloudformation.linki.space/v1alpha1', kind: 'Stack', metadata: { name: 'x' }, spec: { template }, ...more });
    const bucket = 'Resources: { B: { Type: AWS::S3::Bucket, Properties: { BucketName: b } } }';
    const refusals: readonly (readonly [manifest: string, why: RegExp])[] = [
      [`${stack(bucket)}---\n${stack(bucket)}`, /more than one document/],
      [stack(bucket, { apiVersion: 'cloudformation.linki.space/v2' }), /Not a Stack of cloudformation\.linki\.space\/v1alpha1/],
      [stack(bucket, { metadata: { name: 'x', namespace: 'Bad NS' } }), /metadata\.namespace/],
      [stack(bucket, { metadata: { name: 'X' } }), /metadata\.name /],
      [stack(bucket, { spec: { template: { Resources: {} } } }), /not the text of a template/],
      [stack('Resources: [a]'), /no Resources/],
      [stack('Description: x'), /no Resources/],
      [stack(bucket.replace('b }', '!Foo b }')), /Its template: It has the tag !Foo, which is no function/],
      [stack('a: &a [x]\nb: *a'), /Its template: It has aliases/],
      [`${stack(bucket)}\u0000`, /control characters/],
    ];
    for (const [manifest, why] of refusals) {
      const answer = convertStack({ manifest }, readTemplate);
      assert.match(isRefusal(answer) ? answer.detail : 'not refused', why);
    }
    const { manifests, notConverted, order } = converted(
      `Parameters: { N: { Type: String } }
Resources:
  A: hello
  B: { Type: [x] }
  C: { Type: AWS::S3::Bucket, Properties: [x] }
  D_d: { Type: AWS::S3::Bucket }
  E: { Type: AWS::S3::Bucket, Properties: { BucketName: !Ref N } }
  Logs: { Type: AWS::S3::Bucket }
  logs: { Type: AWS::S3::Bucket }
  ${'F'.repeat(250)}: { Type: AWS::S3::Bucket }
`,
      { tags: { a: 'b' }, roleARN: 'x' },
    );
    assert.deepEqual([manifests, order], [[], ['Nothing of the stack goes over as it stands: see what was not converted, and why.']]);
    assert.deepEqual(notConverted.map(({ subject, because }) => `${subject.slice(0, 12)}: ${because.slice(0, 30)}`), [
      'A: Not a resource',
      'B: It has no Type',
      'C: Its Properties are no object',
      'D_d: It is named as no resource of ',
      'E.BucketName: The parameter N has no plain v',
      'Logs: In Kubernetes it would have th',
      'logs: In Kubernetes it would have th',
      'FFFFFFFFFFFF: Its name in Kubernetes would h',
      'spec.tags: The tags of a stack are on all',
      'spec.roleARN: It is about the stack, which i',
    ]);
    const { notes } = converted('Resources: { B: { Type: AWS::S3::Bucket, DeletionPolicy: Snapshot, Properties: { BucketName: b } }, R: { Type: AWS::S3::Bucket, DeletionPolicy: RetainExceptOnCreate, Properties: { BucketName: r } } }');
    assert.deepEqual(notes.map((note) => note.slice(0, 40)), ['B: ACK knows no DeletionPolicy Snapshot.']);
  });

  it('whatever it holds, gives objects of known kinds or says why not', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.stringMatching(/^[A-Z][a-z]{1,5}$/), fc.record({ Type: fc.constantFrom(...Object.keys(ACK_MAPPINGS), 'AWS::Other'), Properties: fc.dictionary(fc.constantFrom('Tags', 'TopicName', 'BucketName', 'Other'), fc.jsonValue({ maxDepth: 3 })) })), (Resources) => {
        const { manifests, notConverted } = converted(writeYaml({ Resources }));
        const said = new Set(notConverted.map(({ subject }) => subject.split('.')[0]));
        assert.equal(manifests.length + said.size, Object.keys(Resources).length);
      }),
      { numRuns: 100, seed: 3 },
    );
  });
});
