import type { ReadinessFacts, RememberedReadiness } from './readiness-facts.ts';

/** Profiles and quotas change by hand and seldom; what would refuse work is checked by AWS again. An operation goes by them from hop to hop; a plan that somebody asks for does not. */
const REMEMBERED_MINUTES = 60;
const MINUTE_MS = 60_000;

/** What of an earlier look is still true enough at `now`, RFC 3339. */
export function stillRemembered(remembered: RememberedReadiness | undefined, now: string): RememberedReadiness | undefined {
  if (remembered === undefined) return undefined;
  return Date.parse(now) - Date.parse(remembered.lookedAt) < REMEMBERED_MINUTES * MINUTE_MS ? remembered : undefined;
}

/** What to remember of a look that was made with `before`: its age goes on from there, so that nothing is remembered for longer by being asked for often. */
export function rememberReadiness(readiness: ReadinessFacts, before: RememberedReadiness | undefined): RememberedReadiness {
  const { fargateProfiles, quotas, limits } = readiness;
  const eksLimits = limits?.kind === 'seen' ? limits.value : before?.eksLimits;
  const vcpuLimits = { ...before?.vcpuLimits, ...(quotas.kind === 'seen' ? Object.fromEntries(quotas.value.map(({ code, limitVcpus }) => [code, limitVcpus])) : {}) };
  return {
    lookedAt: before?.lookedAt ?? readiness.observedAt,
    ...(fargateProfiles.kind === 'seen' ? { fargateProfiles: fargateProfiles.value } : {}),
    vcpuLimits,
    ...(eksLimits === undefined ? {} : { eksLimits }),
  };
}
