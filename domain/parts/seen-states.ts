import type { ResourceSeen } from './judge-resource.ts';
import type { PartState } from './part-states.ts';

/** A look at one resource: what was seen, or why nothing could be. */
export type Sight = { readonly seen: ResourceSeen } | { readonly unknown: string };

/** Resources that one look at a cluster's parts takes in, at most; what is beyond is Unknown, and said so. */
export const RESOURCES_LOOKED_AT_MAX = 200;

/** The states of parts with what a look has seen of their resources, by `keyOf`: what AWS says wins over what steps told. */
export function seenStates(states: readonly PartState[], sights: Readonly<Record<string, Sight>>): PartState[] {
  return states.map((state) => {
    if (state.state !== 'Active' && state.state !== 'HandedOver') return state;
    const looked = state.resources.flatMap((key) => (sights[key] === undefined ? [] : [{ key, sight: sights[key] }]));
    return missing(state, looked) ?? broken(state, looked) ?? moving(state, looked) ?? unknown(state, looked) ?? state;
  });
}

type Looked = readonly { readonly key: string; readonly sight: Sight }[];

function missing(state: PartState, looked: Looked): PartState | undefined {
  const gone = looked.filter(({ sight }) => 'seen' in sight && sight.seen === 'absent').map(({ key }) => key);
  return gone.length === 0 ? undefined : { ...state, state: 'Failed', reason: 'Gone', message: `Slipway made it, and somebody has deleted it since: ${gone.join(', ')}. Take the part away and ask for it again.` };
}

function broken(state: PartState, looked: Looked): PartState | undefined {
  for (const { key, sight } of looked) {
    if (!('seen' in sight) || sight.seen === 'absent' || sight.seen.state !== 'failed') continue;
    return { ...state, state: 'Failed', reason: sight.seen.code ?? sight.seen.status, message: sight.seen.message ?? `${key} is ${sight.seen.status}, and AWS gives no reason.` };
  }
  return undefined;
}

function moving(state: PartState, looked: Looked): PartState | undefined {
  const found = looked.find(({ sight }) => 'seen' in sight && sight.seen !== 'absent' && sight.seen.state === 'changing');
  return found === undefined || !('seen' in found.sight) || found.sight.seen === 'absent' ? undefined : { ...state, state: 'Changing', reason: found.sight.seen.status, message: `${found.key} is ${found.sight.seen.status}.` };
}

function unknown(state: PartState, looked: Looked): PartState | undefined {
  const [first] = looked.flatMap(({ key, sight }) => ('unknown' in sight ? [`${key}: ${sight.unknown}`] : []));
  return first === undefined ? undefined : { ...state, state: 'Unknown', reason: 'NotLookedAt', message: `Not all of it could be looked at. ${first}` };
}
