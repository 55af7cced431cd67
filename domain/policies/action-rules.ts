import withoutResource from './actions-without-resource.json' with { type: 'json' };
import forbidden from './forbidden-actions.json' with { type: 'json' };

const NO_RESOURCE: ReadonlySet<string> = new Set(withoutResource.actions);

/** Whether IAM takes the action on `*` alone, so that `*` says no more than needed. */
export function knowsNoResource(action: string): boolean {
  return NO_RESOURCE.has(action);
}

/** Why no pod is given the action; undefined when it may be. */
export function whyForbidden(action: string): string | undefined {
  return forbidden.actions.find(({ actions }) => matches(actions, action))?.because;
}

/** IAM's names of actions know no case. */
function matches(pattern: string, action: string): boolean {
  return new RegExp(`^${pattern.split('*').map((piece) => piece.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`, 'i').test(action);
}
