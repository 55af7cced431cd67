import type { Call, Needed } from '../service.ts';
import { arnOf } from './records.ts';
import type { EcrRecords } from './records.ts';

/** Members of ECR requests that say what a call is about. */
interface Named {
  readonly repositoryName?: string;
  readonly repositoryNames?: readonly string[];
  readonly registryId?: string;
  readonly resourceArn?: string;
  readonly tags?: readonly { readonly Key?: string; readonly Value?: string }[];
  readonly encryptionConfiguration?: { readonly kmsKey?: string };
}

/** What is about the registry as a whole has no resource. Source: Service Authorization Reference, Amazon Elastic Container Registry. */
const OF_THE_REGISTRY = [
  'GetAuthorizationToken',
  'DescribeRegistry',
  'PutReplicationConfiguration',
  'CreatePullThroughCacheRule',
  'DescribePullThroughCacheRules',
  'DeletePullThroughCacheRule',
  'ValidatePullThroughCacheRule',
  'PutRegistryPolicy',
  'GetRegistryPolicy',
  'DeleteRegistryPolicy',
];
const REPLICATION = 'replication.ecr.amazonaws.com';

export function needsOf(operation: string, input: unknown, call: Call, records: EcrRecords): readonly Needed[] {
  const named = input as Named;
  const action = `ecr:${operation}`;
  if (OF_THE_REGISTRY.includes(operation)) return [{ action, resource: '*' }, ...linkedRole(operation, call, records)];
  const resources = resourcesOf(named, call);
  const tags = Object.fromEntries((named.tags ?? []).map(({ Key = '', Value = '' }) => [`aws:RequestTag/${Key}`, Value]));
  const context = { ...tags, ...(named.tags === undefined ? {} : { 'aws:TagKeys': named.tags.map(({ Key = '' }) => Key) }) };
  const tagging = operation === 'CreateRepository' && (named.tags ?? []).length > 0 ? resources.map((resource) => ({ action: 'ecr:TagResource', resource, context })) : [];
  return [...resources.map((resource) => ({ action, resource, context: { ...context, ...resourceTags(resource, call, records) } })), ...tagging, ...keyUse(operation, named, call)];
}

function resourcesOf({ repositoryName, repositoryNames, registryId, resourceArn }: Named, call: Call): string[] {
  if (resourceArn !== undefined) return [resourceArn];
  const registry = { accountId: registryId ?? call.accountId, region: call.region };
  return (repositoryNames ?? [repositoryName ?? '*']).map((name) => arnOf(registry, name));
}

function resourceTags(resource: string, call: Call, records: EcrRecords): Record<string, string> {
  const repository = records.list(call).find((candidate) => arnOf(call, candidate.name) === resource);
  return Object.fromEntries((repository?.tags ?? []).flatMap(({ Key = '', Value = '' }) => [`aws:ResourceTag/${Key}`, `ecr:ResourceTag/${Key}`].map((key) => [key, Value])));
}

/** The first replication configuration of an account makes ECR's role for it, with the caller's rights. Source: ECR API reference, PutReplicationConfiguration. */
function linkedRole(operation: string, { accountId }: Call, records: EcrRecords): Needed[] {
  if (operation !== 'PutReplicationConfiguration' || records.hasReplicated(accountId)) return [];
  return [{ action: 'iam:CreateServiceLinkedRole', resource: `arn:aws:iam::${accountId}:role/aws-service-role/${REPLICATION}/AWSServiceRoleForECRReplication`, context: { 'iam:AWSServiceName': REPLICATION } }];
}

/** ECR takes grants on a customer's key with its caller's rights. Source: ECR user guide, "Encryption at rest", required IAM permissions. */
function keyUse(operation: string, { encryptionConfiguration }: Named, { region }: Call): Needed[] {
  const key = encryptionConfiguration?.kmsKey;
  if (operation !== 'CreateRepository' || key === undefined) return [];
  return ['kms:DescribeKey', 'kms:CreateGrant'].map((action) => ({ action, resource: key, context: { 'kms:ViaService': `ecr.${region}.amazonaws.com` } }));
}
