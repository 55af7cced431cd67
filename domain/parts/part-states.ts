import type { Cluster } from '../cluster.ts';
import { NOT_TRIED } from '../going-on.ts';
import type { PartTrouble } from './made-after.ts';
import { fits, isController, unknownOn } from '../controllers/releases.ts';
import type { Minor } from '../minor.ts';
import { keyOf, type HandOverResource, type Resource } from './resource.ts';

export const PART_STATES = ['Planned', 'Active', 'Changing', 'HandedOver', 'Failed', 'Removing', 'Unknown'] as const;

/** A part of a cluster as clients are told: how far it is, and what it is made of. */
export interface PartState {
  readonly part: string;
  readonly name: string;
  readonly state: (typeof PART_STATES)[number];
  /** In one word. */
  readonly reason: string;
  readonly message: string;
  /** By `keyOf`. */
  readonly resources: string[];
}

/** A resource as the record remembers that it shall be there. */
export type PlannedResource = Pick<Resource, 'kind' | 'name' | 'part' | 'partName'>;

/** How far each part of a cluster is, by what its steps have told; what AWS makes of it since is told by a look. What is asked for no more comes last. */
export function partStates(cluster: Cluster): PartState[] {
  const planned = groups(cluster.planned ?? []);
  const known = new Set(planned.map(([part, name]) => `${part} ${name}`));
  const leaving = groups(cluster.made ?? []).filter(([part, name]) => !known.has(`${part} ${name}`));
  return [...planned.map((group) => stateOf(cluster, ...group)), ...leaving.map((group) => leavingState(cluster, ...group))];
}

function stateOf(cluster: Cluster, part: string, name: string, planned: readonly PlannedResource[]): PartState {
  const made = new Set((cluster.made ?? []).map(keyOf));
  const as = { part, name, resources: planned.map(keyOf) };
  const missing = as.resources.filter((key) => !made.has(key));
  const trouble = troubleOf(cluster, as.resources);
  if (cluster.activeOperation === undefined && trouble !== undefined) return { ...as, state: 'Failed', reason: trouble.code, message: trouble.message };
  if (missing.length > 0 && cluster.activeOperation === undefined) return { ...as, state: 'Planned', reason: 'NotMade', message: `Not made, and no operation is under way: ${missing.join(', ')}. Ask for it again.` };
  if (missing.length > 0) return { ...as, state: missing.length < planned.length ? 'Changing' : 'Planned', reason: 'InOperation', message: `Yet to be made in operation ${cluster.activeOperation}: ${missing.join(', ')}.` };
  const handed = (cluster.made ?? []).filter((resource) => resource.kind === 'hand-over' && as.resources.includes(keyOf(resource)));
  if (handed.length > 0) {
    const untold = handed.flatMap((resource) => (resource.kind === 'hand-over' ? (notOfMinor(resource, cluster.version) ?? []) : []))[0];
    if (untold !== undefined) return { ...as, ...untold };
    const what = handed.map((resource) => (resource.kind === 'hand-over' ? `${resource.what}${resource.version === undefined ? '' : ` ${resource.version}`}` : '')).join(', ');
    return { ...as, state: 'HandedOver', reason: 'ForPeopleToApply', message: `What AWS makes of it is made. ${what.charAt(0).toUpperCase()}${what.slice(1)} is for people to apply: GET /v1/clusters/${cluster.clusterId}/handed-over.` };
  }
  return { ...as, state: 'Active', reason: 'Made', message: 'All of it was made.' };
}

/** A controller that was handed over for another minor than the cluster has come to is not told of as if it were right there. */
function notOfMinor({ what, version }: HandOverResource, minor: Minor): Pick<PartState, 'state' | 'reason' | 'message'> | undefined {
  if (version === undefined || !isController(what)) return undefined;
  const fitting = fits(what, version, minor);
  if (fitting === undefined) return { state: 'Unknown', reason: 'ReleaseNotKnown', message: `${what} ${version} was handed over. ${unknownOn(what, version, minor) ?? ''} Look at its makers' compatibility matrix.` };
  return fitting ? undefined : { state: 'HandedOver', reason: 'OfAnotherMinor', message: `${what} ${version} was handed over, and does not run on ${minor} by its makers' matrix. An upgrade hands it over anew; PATCH the cluster with the same wish does it now.` };
}

function leavingState(cluster: Cluster, part: string, name: string, mine: readonly PlannedResource[]): PartState {
  const resources = mine.map(keyOf);
  const trouble = troubleOf(cluster, resources);
  if (trouble !== undefined) return { part, name, state: 'Failed', reason: trouble.code, message: `It is asked for no more, and could not be taken away: ${trouble.message}`, resources };
  return { part, name, state: 'Removing', reason: 'AskedForNoMore', message: 'It is asked for no more, and has not been taken away yet.', resources };
}

/** What failed tells more than what was not tried because of it. */
function troubleOf({ partTroubles = [] }: Cluster, resources: readonly string[]): PartTrouble | undefined {
  const mine = partTroubles.filter(({ resource }) => resources.includes(resource));
  return mine.find(({ code }) => code !== NOT_TRIED) ?? mine[0];
}

function groups(resources: readonly PlannedResource[]): (readonly [part: string, name: string, resources: readonly PlannedResource[]])[] {
  const found = new Map<string, PlannedResource[]>();
  for (const resource of resources) found.set(`${resource.part} ${resource.partName}`, [...(found.get(`${resource.part} ${resource.partName}`) ?? []), resource]);
  return [...found.values()].map((mine) => [mine[0]?.part ?? '', mine[0]?.partName ?? '', mine] as const);
}
