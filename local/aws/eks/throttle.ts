import { AwsError } from '../service.ts';
import { THROTTLE } from './limits.ts';

/**
 * A token bucket for each account, region and operation, filled on the virtual clock. EKS publishes no rates;
 * these are generous, so that only a caller who polls without restraint meets them.
 */
export function createThrottle(): (call: { readonly accountId: string; readonly region: string; readonly operation: string; readonly now: number }) => void {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return ({ accountId, region, operation, now }) => {
    const { burst, perSecond } = /^(Describe|List)/.test(operation) ? THROTTLE.reads : THROTTLE.writes;
    const key = `${accountId}/${region}/${operation}`;
    const bucket = buckets.get(key) ?? { tokens: burst, at: now };
    const tokens = Math.min(burst, bucket.tokens + ((now - bucket.at) / 1000) * perSecond);
    if (tokens < 1) throw new AwsError('ThrottlingException', 'Rate exceeded', 429);
    buckets.set(key, { tokens: tokens - 1, at: now });
  };
}
