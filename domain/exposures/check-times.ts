/** Who makes a load balancer, as far as its health check depends on it: `in-tree-nlb` is an NLB of the provider in Kubernetes. */
export type CheckedBy = 'nlb' | 'alb' | 'classic' | 'in-tree-nlb';

/** Seconds when not said (sources: AWS Load Balancer Controller, guide/service/annotations and guide/ingress/annotations; cloud-provider-aws, pkg/providers/v1/aws_loadbalancer.go, default...HC...). */
const DEFAULT_SECONDS: Readonly<Record<CheckedBy, { readonly interval: number; readonly timeout: number }>> = {
  nlb: { interval: 10, timeout: 10 },
  alb: { interval: 15, timeout: 5 },
  classic: { interval: 10, timeout: 5 },
  'in-tree-nlb': { interval: 30, timeout: 10 },
};

/** Of what the provider in Kubernetes makes (sources: ELB 2012-06-01 API reference, HealthCheck; cloud-provider-aws, docs/service_controller.md). */
const IN_TREE_TIMEOUT_SECONDS_MAX = 60;

/** Seconds as they were said; what was not said is what its maker takes. */
export interface CheckTimes {
  readonly intervalSeconds?: number | undefined;
  readonly timeoutSeconds?: number | undefined;
}

export interface CheckTimesFault {
  /** Which of the two is to be changed: the one that was said. */
  readonly at: keyof CheckTimes;
  readonly message: string;
}

/**
 * What is wrong with how long a check waits beside how often it comes: a Classic Load Balancer and an ALB wait for less than the interval, an NLB at most as long
 * (sources: ELB 2012-06-01 API reference, HealthCheck; ELB API reference, CreateTargetGroup).
 */
export function faultsOfCheckTimes(by: CheckedBy, { intervalSeconds, timeoutSeconds }: CheckTimes): readonly CheckTimesFault[] {
  if (intervalSeconds === undefined && timeoutSeconds === undefined) return [];
  const [interval, timeout] = [intervalSeconds ?? DEFAULT_SECONDS[by].interval, timeoutSeconds ?? DEFAULT_SECONDS[by].timeout];
  const ofNlb = by === 'nlb' || by === 'in-tree-nlb';
  const inTree = by === 'classic' || by === 'in-tree-nlb';
  const tooSlow = ofNlb ? timeout > interval : timeout >= interval;
  const told = (seconds: number, said: number | undefined): string => `${seconds} s${said === undefined ? ' unless said' : ''}`;
  return [
    ...(inTree && timeout > IN_TREE_TIMEOUT_SECONDS_MAX ? [{ at: 'timeoutSeconds', message: `A load balancer of the provider in Kubernetes waits at most ${IN_TREE_TIMEOUT_SECONDS_MAX} s.` } as const] : []),
    ...(tooSlow
      ? [{ at: timeoutSeconds === undefined ? 'intervalSeconds' : 'timeoutSeconds', message: `The timeout (${told(timeout, timeoutSeconds)}) must be ${ofNlb ? 'at most' : 'less than'} the interval (${told(interval, intervalSeconds)}).` } as const]
      : []),
  ];
}
