import * as route53 from '@aws-sdk/client-route-53';
import type { ChangeTagsForResourceRequest, ListTagsForResourceRequest, ListTagsForResourcesRequest, ResourceTagSet } from '@aws-sdk/client-route-53';
import { AwsError } from '../service.ts';
import type { Call, OperationHandler, SimulatedService, World } from '../service.ts';
import { invalidInput } from './names.ts';
import { needsOf } from './needs.ts';
import { Route53Records, zoneOf } from './records.ts';
import type { ZoneRecord } from './records.ts';
import { recordSetOperations } from './record-sets.ts';
import { zoneOperations } from './zones.ts';
import type { HasVpc } from './zones.ts';

const TAGS_MAX = 50;
const TAGGED_AT_ONCE_MAX = 10;

/** Hosted zones and their records, of every account; global, whatever the region of the call. Nothing is served: what the world would resolve is asked of `Route53Records`. */
export function createRoute53(world: World, around: { readonly hasVpc: HasVpc }): SimulatedService {
  const records = new Route53Records(world.disk);
  return {
    name: 'route53',
    protocol: 'rest-xml',
    schemas: { ...route53 },
    operations: { ...zoneOperations(world, records, around.hasVpc), ...recordSetOperations(world, records), ...tagOperations(records) },
    needs: (operation, input, call) => needsOf(operation, input, call, records),
  };
}

function tagOperations(records: Route53Records): Record<string, OperationHandler> {
  const zone = (type: string | undefined, id: string | undefined, call: Call): ZoneRecord => {
    if (type !== 'hostedzone') throw new AwsError('NotImplemented', 'The simulated Route 53 has no health checks.', 501);
    return zoneOf(records, call.accountId, id);
  };
  const tagsOf = ({ id, tags }: ZoneRecord): ResourceTagSet => ({ ResourceType: 'hostedzone', ResourceId: id, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) });
  return {
    ChangeTagsForResource(input: ChangeTagsForResourceRequest, call: Call) {
      const found = zone(input.ResourceType, input.ResourceId, call);
      const kept = Object.entries(found.tags).filter(([key]) => input.RemoveTagKeys?.includes(key) !== true);
      const tags = Object.fromEntries([...kept, ...(input.AddTags ?? []).map(({ Key = '', Value = '' }) => [Key, Value] as const)]);
      if (Object.keys(tags).length > TAGS_MAX) throw invalidInput(`A resource can have at most ${TAGS_MAX} tags.`);
      records.zones.put(found.id, { ...found, tags });
      return {};
    },
    ListTagsForResource: (input: ListTagsForResourceRequest, call: Call) => ({ ResourceTagSet: tagsOf(zone(input.ResourceType, input.ResourceId, call)) }),
    ListTagsForResources(input: ListTagsForResourcesRequest, call: Call) {
      const ids = input.ResourceIds ?? [];
      if (ids.length < 1 || ids.length > TAGGED_AT_ONCE_MAX) throw invalidInput(`Between 1 and ${TAGGED_AT_ONCE_MAX} resources can be asked for at once.`);
      return { ResourceTagSets: ids.map((id) => tagsOf(zone(input.ResourceType, id, call))) };
    },
  };
}
