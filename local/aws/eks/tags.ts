import type {
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  TagResourceRequest,
  TagResourceResponse,
  UntagResourceRequest,
  UntagResourceResponse,
} from '@aws-sdk/client-eks';
import { AwsError } from '../service.ts';
import { QUOTAS } from './limits.ts';
import type { Place } from './place.ts';
import type { Tags } from './state.ts';

/** Anything that carries tags, and how to write it back. */
interface Tagged {
  readonly tags: Tags;
  write(tags: Tags): void;
}

export function tagResource(input: TagResourceRequest, place: Place): TagResourceResponse {
  const tagged = taggedOf(input.resourceArn ?? '', place);
  const tags = { ...tagged.tags, ...input.tags };
  if (Object.keys(tags).length > QUOTAS.tagsPerResource) throw badRequest(`A resource can have at most ${QUOTAS.tagsPerResource} tags.`);
  if (Object.keys(input.tags ?? {}).some((key) => key.toLowerCase().startsWith('aws:'))) throw badRequest("Tag keys starting with 'aws:' are reserved for system use");
  tagged.write(tags);
  return {};
}

export function untagResource(input: UntagResourceRequest, place: Place): UntagResourceResponse {
  const tagged = taggedOf(input.resourceArn ?? '', place);
  tagged.write(Object.fromEntries(Object.entries(tagged.tags).filter(([key]) => input.tagKeys?.includes(key) !== true)));
  return {};
}

export function listTagsForResource(input: ListTagsForResourceRequest, place: Place): ListTagsForResourceResponse {
  return { tags: { ...taggedOf(input.resourceArn ?? '', place).tags } };
}

function badRequest(message: string): AwsError {
  return new AwsError('BadRequestException', message, 400);
}

function taggedOf(arn: string, place: Place): Tagged {
  const parts = /^arn:aws:eks:([a-z0-9-]+):(\d{12}):([a-z-]+)\/([^/]+)/.exec(arn);
  if (parts === null) throw badRequest(`The resource ARN ${arn} is invalid.`);
  const [, region, accountId, kind, clusterName = ''] = parts;
  const found = region === place.region && accountId === place.accountId ? find(kind ?? '', clusterName, arn, place) : undefined;
  if (found === undefined) throw new AwsError('NotFoundException', `Resource not found with ARN: ${arn}`, 404);
  return found;
}

function find(kind: string, clusterName: string, arn: string, place: Place): Tagged | undefined {
  if (kind === 'cluster') {
    const cluster = place.clusters.get(clusterName);
    return cluster === undefined || cluster.arn !== arn ? undefined : { tags: cluster.tags, write: (tags) => place.clusters.put(clusterName, { ...cluster, tags }) };
  }
  if (kind === 'nodegroup') return among(place.nodegroups);
  if (kind === 'addon') return among(place.addons);
  if (kind === 'access-entry') return among(place.accessEntries);
  if (kind === 'podidentityassociation') return among(place.podIdentities);
  if (kind === 'fargateprofile') return among(place.fargateProfiles);
  if (kind === 'capability') return among(place.capabilities);
  return undefined;

  function among<T extends { readonly arn: string; tags: Tags }>(documents: { entries(prefix: string): [string, T][]; put(key: string, value: T): void }): Tagged | undefined {
    const entry = documents.entries(`${clusterName}/`).find(([, doc]) => doc.arn === arn);
    if (entry === undefined) return undefined;
    const [key, doc] = entry;
    return { tags: doc.tags, write: (tags) => documents.put(key, { ...doc, tags }) };
  }
}
