import type { Cluster } from '../cluster.ts';
import { refuse, type Refusal } from '../refusal.ts';
import type { ActionsLook, UnknownAction } from './known-actions.ts';

/** An action that a statement of a client names, with its field. */
export interface AskedAction {
  readonly path: string;
  readonly action: string;
}

/** The actions of all statements of a cluster's pods but those that say that they are newer than any list. */
export function askedActions({ wanted }: Pick<Cluster, 'wanted'>): readonly AskedAction[] {
  return (wanted?.podIdentities ?? []).flatMap(({ statements = [] }, at) =>
    statements.flatMap(({ actions, unlisted }, of) => (unlisted === true ? [] : actions.map((action, index) => ({ path: `podIdentities.${at}.statements.${of}.actions.${index}`, action })))),
  );
}

/** Those that the cluster had not been asked for before: a newer list stands in the way of nothing that is there. */
export function newlyAsked(after: readonly AskedAction[], before: readonly AskedAction[]): readonly AskedAction[] {
  const known = new Set(before.map(({ action }) => action));
  return after.filter(({ action }) => !known.has(action));
}

/** The refusal of actions that AWS does not have: IAM takes them in a policy, and pods are denied what was meant. */
export function refuseUnknownActions(asked: readonly AskedAction[], { day, unknown }: ActionsLook): Refusal | undefined {
  const found = new Map(unknown.map((one) => [one.action, one]));
  const errors = asked.flatMap(({ path, action }) => {
    const one = found.get(action);
    return one === undefined ? [] : [{ path, message: told(one) }];
  });
  if (errors.length === 0) return undefined;
  return refuse('rules-broken', `AWS has no action ${[...found.keys()].join(', ')}, as of ${day}.`, { remedy: `Name actions that there are. For one that AWS has made since ${day}, say "unlisted": true in a statement of its own.`, errors });
}

function told({ action, service, nearest }: UnknownAction): string {
  const [prefix = '', name = ''] = action.split(':');
  const what = service === 'known' ? `${prefix} has no action ${name}` : `AWS has no service ${prefix}`;
  return nearest === undefined ? what : `${what}; is ${nearest} meant?`;
}
