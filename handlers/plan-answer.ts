import { createHash } from 'node:crypto';
import type { Plan } from '../domain/plan.ts';
import { renderPlan } from '../domain/render-plan.ts';
import { viewPlan } from '../domain/views.ts';
import { prefersText } from './accepts.ts';
import { ok, type Answer } from './answers.ts';
import type { Ask } from './route.ts';

const TAG_CHARACTERS = 32;

/** A plan as JSON, or as the text that a person reads. Its tag is the same for as long as the plan is, whenever its facts were looked at: an equal one says that nothing has moved. */
export function planAnswer(ask: Pick<Ask, 'accept'>, plan: Plan): Answer {
  const view = viewPlan(plan);
  const { lookedAt: _looked, insightsRefreshedAt: _refreshed, ...planned } = view;
  const tag = createHash('sha256').update(JSON.stringify(planned)).digest('hex').slice(0, TAG_CHARACTERS);
  const answer = ok(view, { etag: `W/"${tag}"`, vary: 'accept' });
  return prefersText(ask.accept) ? { ...answer, text: renderPlan(plan) } : answer;
}
