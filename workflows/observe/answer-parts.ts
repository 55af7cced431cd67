import { AccountUnreachable, type Ports, type Question } from '../../aws/ports.ts';
import { keyOf, type Resource } from '../../domain/parts/resource.ts';
import { RESOURCES_LOOKED_AT_MAX, type Sight } from '../../domain/parts/seen-states.ts';

/** Resources looked at at the same time. */
const LOOKS_AT_ONCE = 10;

/** A look at each resource of a cluster's parts, by itself: a right that is missing leaves that one unknown, and the others seen. */
export async function answerParts(world: Ports, question: Extract<Question, { ask: 'parts' }>): Promise<Readonly<Record<string, Sight>>> {
  const session = await world.accounts.watch(question.accountId, question.region);
  const sightOf = async (resource: Resource): Promise<Sight> => {
    try {
      return { seen: await world.parts.look(session, resource, question.clusterName) };
    } catch (error) {
      if (!(error instanceof AccountUnreachable)) throw error;
      return { unknown: error.message };
    }
  };
  const sights: Record<string, Sight> = {};
  const within = question.resources.slice(0, RESOURCES_LOOKED_AT_MAX);
  for (let at = 0; at < within.length; at += LOOKS_AT_ONCE) {
    const some = within.slice(at, at + LOOKS_AT_ONCE);
    const seen = await Promise.all(some.map(sightOf));
    some.forEach((resource, index) => Object.assign(sights, { [keyOf(resource)]: seen[index] }));
  }
  for (const resource of question.resources.slice(RESOURCES_LOOKED_AT_MAX)) sights[keyOf(resource)] = { unknown: `More than ${RESOURCES_LOOKED_AT_MAX} resources are not looked at at one go.` };
  return sights;
}
