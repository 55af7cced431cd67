import type { StepKind } from './plan.ts';

/** How long work is thought to take: a share of mass between `least` and `most` seconds, none outside. */
export interface Durations {
  readonly least: number;
  readonly most: number;
  readonly parts: readonly Part[];
}

/** A piece of what is thought: even between two bounds, or heaped around a middle between them. */
type Part =
  | { readonly weight: number; readonly least: number; readonly most: number }
  | { readonly weight: number; readonly least: number; readonly most: number; readonly middle: number; readonly deviation: number };

interface Prior {
  readonly least: number;
  readonly most: number;
  /** For each node turn, added to the rest. */
  readonly turn?: { readonly least: number; readonly most: number };
}

/** What is known before anything was seen, in seconds (source: EKS user guide, one eksctl log of a ten-minute hop, reports of five minutes a node). */
const PRIORS: Readonly<Record<StepKind, Prior>> = {
  'create-control-plane': { least: 480, most: 740 },
  'upgrade-control-plane': { least: 480, most: 740 },
  'rollback-control-plane': { least: 480, most: 740 },
  'delete-control-plane': { least: 120, most: 300 },
  'create-nodegroup': { least: 180, most: 330 },
  'upgrade-nodegroup': { least: 50, most: 100, turn: { least: 180, most: 300 } },
  'refresh-instances': { least: 50, most: 100, turn: { least: 180, most: 300 } },
  'delete-nodegroup': { least: 120, most: 300 },
  'create-addon': { least: 30, most: 120 },
  'upgrade-addon': { least: 30, most: 120 },
  'update-addon-config': { least: 30, most: 120 },
  'delete-addon': { least: 15, most: 60 },
  'update-cluster-config': { least: 60, most: 180 },
  'update-nodegroup-config': { least: 15, most: 45 },
  'create-access-entry': { least: 5, most: 15 },
  'change-access-entry': { least: 5, most: 15 },
  'create-fargate-profile': { least: 60, most: 180 },
  'delete-fargate-profile': { least: 60, most: 180 },
  'create-capability': { least: 60, most: 300 },
  'update-capability': { least: 15, most: 60 },
  'delete-capability': { least: 60, most: 300 },
  'put-auto-mode': { least: 60, most: 300 },
  'remove-auto-mode': { least: 60, most: 300 },
  'create-self-managed-group': { least: 60, most: 300 },
  'update-self-managed-group': { least: 5, most: 60 },
  'delete-self-managed-group': { least: 60, most: 300 },
  // What AWS has done by the time it answers.
  'put-role': { least: 5, most: 15 },
  'delete-role': { least: 5, most: 15 },
  'put-oidc-provider': { least: 5, most: 15 },
  'delete-oidc-provider': { least: 5, most: 15 },
  'put-pod-identity': { least: 5, most: 15 },
  'delete-pod-identity': { least: 5, most: 15 },
  'put-access-entry': { least: 5, most: 15 },
  'delete-access-entry': { least: 5, most: 15 },
  'hand-over': { least: 5, most: 15 },
  'take-back': { least: 5, most: 15 },
  'read-cluster': { least: 5, most: 15 },
};

const SAMPLES_MAX = 20;
/** The prior counts as much as this many samples: it keeps what was learned from circling around the times of our own looks. */
const PRIOR_SAMPLES = 10;
/** What was recorded is when a look found the end; the end itself lies up to this much earlier. */
const RECORDED_LATE_SECONDS = 30;
/** A sample says about as much about its neighbourhood: this share of the prior's breadth. */
const SAMPLE_BREADTH = 1 / 5;

/** What is thought of work of a kind and size: the prior, and what was seen of late. `samples` are seconds for each turn, newest first. */
export function durationsOf(kind: StepKind, size: number, samples: readonly number[]): Durations {
  const turns = Math.max(1, size);
  const prior = priorOf(PRIORS[kind], turns);
  const seen = samples.slice(0, SAMPLES_MAX).filter((seconds) => Number.isFinite(seconds) && seconds > 0);
  const unit = 1 / (seen.length + PRIOR_SAMPLES);
  const breadth = Math.max(RECORDED_LATE_SECONDS, (prior.most - prior.least) * SAMPLE_BREADTH);
  const learned = seen.map((seconds): Part => ({ weight: unit, least: Math.max(0, seconds * turns - breadth), most: seconds * turns }));
  const parts = [{ ...prior, weight: unit * PRIOR_SAMPLES }, ...learned];
  return { least: Math.min(...parts.map((part) => part.least)), most: Math.max(...parts.map((part) => part.most)), parts };
}

/** The share of ends up to a time, 0 to 1. */
export function massUpTo({ parts }: Durations, seconds: number): number {
  return parts.reduce((sum, part) => sum + part.weight * shareOf(part, seconds), 0);
}

/** The share of ends that an expectation covers: one in ten takes longer. */
const EXPECTED_SHARE = 0.9;

/** Seconds within which work of a kind and size can be expected to have ended: nine in ten do. */
export function expectedSeconds(kind: StepKind, size: number, samples: readonly number[]): number {
  const likely = durationsOf(kind, size, samples);
  let [low, high] = [Math.floor(likely.least), Math.ceil(likely.most)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (massUpTo(likely, middle) >= EXPECTED_SHARE) high = middle;
    else low = middle;
  }
  return high;
}

/** Several turns heap up around their mean: the sum of evenly spread turns is close to a bell (sum of variances, breadth² / 12 each). */
function priorOf(prior: Prior, turns: number): Omit<Extract<Part, { middle: number }>, 'weight'> | { readonly least: number; readonly most: number } {
  const { turn } = prior;
  if (turn === undefined) return { least: prior.least, most: prior.most };
  const least = prior.least + turn.least * turns;
  const most = prior.most + turn.most * turns;
  if (turns === 1) return { least, most };
  const deviation = Math.sqrt(((prior.most - prior.least) ** 2 + turns * (turn.most - turn.least) ** 2) / 12);
  return { least, most, middle: (least + most) / 2, deviation };
}

function shareOf(part: Part, seconds: number): number {
  if (seconds <= part.least) return 0;
  if (seconds >= part.most) return 1;
  if (!('middle' in part)) return (seconds - part.least) / (part.most - part.least);
  const [low, high] = [bell(part, part.least), bell(part, part.most)];
  return (bell(part, seconds) - low) / (high - low);
}

/** The logistic curve, which stands in for the normal distribution's within a hundredth. */
function bell({ middle, deviation }: { readonly middle: number; readonly deviation: number }, seconds: number): number {
  return 1 / (1 + Math.exp((-1.702 * (seconds - middle)) / deviation));
}
