import type { Caller } from './caller.ts';
import { refuse, type Refusal } from './refusal.ts';
import type { GiveWaiver } from './requests.ts';
import { mayBeWaived, type Waiver } from './waiver.ts';

/** A waiver that lasts longer is no exception any more. */
export const WAIVER_DAYS_MAX = 90;
const DAY_MS = 86_400_000;

/** A waiver as asked, by an approver, if its finding may be waived and its end is near enough. `id` and `now` (epoch ms) come from outside. */
export function newWaiver(asked: GiveWaiver, given: { readonly id: string; readonly clusterId: string; readonly caller: Pick<Caller, 'sub'>; readonly now: number }): Waiver | Refusal {
  const may = mayBeWaived(asked.code);
  if (may.kind === 'no') return refuse('finding-not-waivable', may.because, { errors: [{ path: 'code', message: may.because }] });
  const untilWrong = wrongEnd(Date.parse(asked.until), given.now);
  if (untilWrong !== undefined) return refuse('rules-broken', untilWrong, { errors: [{ path: 'until', message: untilWrong }] });
  const { code, subject, owner, reason, until } = asked;
  return { waiverId: given.id, clusterId: given.clusterId, code, ...(subject === undefined ? {} : { subject }), owner, reason, until, by: given.caller.sub, at: new Date(given.now).toISOString() };
}

function wrongEnd(until: number, now: number): string | undefined {
  if (until <= now) return 'The end of the waiver has passed.';
  return until > now + WAIVER_DAYS_MAX * DAY_MS ? `A waiver ends within ${WAIVER_DAYS_MAX} days; give it again then, if it is needed yet.` : undefined;
}
