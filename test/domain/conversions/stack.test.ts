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
