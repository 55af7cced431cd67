import type { AddonFacts, ClusterFacts } from './facts.ts';
import type { Step } from './operation.ts';

/** Between two hops add-ons that were well and were left alone stand as they were seen within this time: before the next hop EKS itself looks at which of them fit. */
const LEFT_ALONE_MINUTES_MAX = 30;
const MINUTE_MS = 60_000;

/** The add-ons of an earlier look that need not be looked at again at `now`, epoch ms: ACTIVE without an issue, and none of the steps has worked on them since. */
export function addonsLeftAlone({ addons, observedAt }: ClusterFacts, steps: readonly Step[], now: number): readonly AddonFacts[] {
  const begun = steps.filter((step) => step.state !== 'Pending');
  return addons.flatMap((addon) => {
    const seenAt = addon.seenAt ?? observedAt;
    const isOld = now - Date.parse(seenAt) > LEFT_ALONE_MINUTES_MAX * MINUTE_MS;
    const wasWorkedOn = begun.some((step) => step.subject === addon.addonName && (step.endedAt === undefined || Date.parse(step.endedAt) >= Date.parse(seenAt)));
    return isOld || wasWorkedOn || addon.status !== 'ACTIVE' || addon.healthIssues.length > 0 ? [] : [{ ...addon, seenAt }];
  });
}

/** When the oldest of the facts was seen, RFC 3339: add-ons may stand as an earlier look saw them. */
export function oldestSeenAt({ addons, observedAt }: Pick<ClusterFacts, 'addons' | 'observedAt'>): string {
  return addons.reduce((oldest, { seenAt = observedAt }) => (Date.parse(seenAt) < Date.parse(oldest) ? seenAt : oldest), observedAt);
}
