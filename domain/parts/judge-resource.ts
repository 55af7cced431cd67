import type { Judgement } from '../judge-look.ts';
import type { Step } from '../operation.ts';
import { removesResource } from './steps-of-resource.ts';

/** What a look at a resource saw. `changing` is AWS's own work on it, `failed` what AWS says will not become ready by itself. */
export type ResourceSeen =
  | 'absent'
  | {
      readonly state: 'ready' | 'changing' | 'failed';
      /** AWS's word for it: `ACTIVE`, `CREATE_FAILED`. */
      readonly status: string;
      readonly code?: string;
      readonly message?: string;
      readonly resourceIds?: readonly string[];
    };

/** Judges a step of a part from one look at its resource. */
export function judgeResource(step: Step, seen: ResourceSeen | undefined): Judgement {
  if (seen === undefined) return { kind: 'wait', because: 'AWS has not been asked yet.' };
  const removes = removesResource(step.kind);
  if (seen === 'absent') return removes ? { kind: 'done', outcome: `${step.subject} is gone.` } : failed(step, 'CreationVanished', `AWS no longer knows ${step.subject}: it was deleted while it was made.`);
  if (seen.state === 'failed') return failed(step, seen.code ?? seen.status, seen.message ?? `${step.subject} is ${seen.status}, and AWS gives no reason.`, seen.resourceIds);
  if (seen.state === 'ready' && !removes) return { kind: 'done', outcome: `${step.subject} is ${seen.status}.` };
  return { kind: 'wait', because: `${step.subject} is ${seen.status}.` };
}

function failed(step: Step, code: string, message: string, resourceIds: readonly string[] = []): Judgement {
  return { kind: 'failed', error: { code, message, step: step.id, ...(resourceIds.length === 0 ? {} : { resourceIds }) } };
}
