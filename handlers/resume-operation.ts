import { withoutPause } from '../domain/new-operation.ts';
import { isRefusal, refuse } from '../domain/refusal.ts';
import { Because } from '../domain/requests.ts';
import { OperationView } from '../domain/view.ts';
import { accepted } from './answers.ts';
import { intentOf, lookAtWaits, notActive } from './record-intent.ts';
import { operationToChange } from './reach.ts';
import { route } from './route.ts';

/** Lets a paused operation go on. */
export const resumeOperation = route({
  method: 'POST',
  path: '/v1/operations/{operationId}/resume',
  access: 'operate',
  summary: 'Resume a paused operation',
  body: Because,
  bodyOptional: true,
  answers: { 202: { description: 'The operation, no longer asked to hold.', schema: OperationView } },
  refusals: ['not-found', 'team-not-allowed', 'generation-mismatch', 'operation-not-active', 'operation-not-paused'],
  async run(ask, ports) {
    const record = await operationToChange(ask, ports, ask.params.operationId);
    if (isRefusal(record)) return record;
    const { operation } = record;
    if (operation.endedAt !== undefined) return notActive(operation);
    const notPaused = refuse('operation-not-paused', `Operation ${operation.id} is not paused.`);
    if (operation.pause === undefined) return notPaused;
    const answer = accepted(withoutPause(operation), record.steps);
    const written = await ports.store.clearPause(operation.id, intentOf(ask), ask.remember(answer));
    if (written.kind === 'answered') return written;
    if (written.kind === 'ended') return notActive(written.operation);
    if (written.kind === 'not-paused') return notPaused;
    await lookAtWaits(ask, ports, record);
    return answer;
  },
});
