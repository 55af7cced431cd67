/** What is true of a thing, as far as we could see. A condition always has a reason; what we could not see is `Unknown`. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  /** CamelCase, stable. */
  readonly reason: string;
  /** A sentence for people. */
  readonly message: string;
  /** When `status` last changed, RFC 3339. */
  readonly lastTransitionTime: string;
}

/** `conditions` with `next` in the place of its type; the transition time moves only when the status does. */
export function withCondition(conditions: readonly Condition[], next: Omit<Condition, 'lastTransitionTime'>, now: string): Condition[] {
  const earlier = conditions.find((condition) => condition.type === next.type);
  const lastTransitionTime = earlier?.status === next.status ? earlier.lastTransitionTime : now;
  return [...conditions.filter((condition) => condition.type !== next.type), { ...next, lastTransitionTime }];
}

/** The condition of a type, if one was ever set. */
export function conditionOf(conditions: readonly Condition[], type: string): Condition | undefined {
  return conditions.find((condition) => condition.type === type);
}
