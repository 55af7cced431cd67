import { isRefusal } from '../domain/refusal.ts';
import { Because } from '../domain/requests.ts';
import { OperationView } from '../domain/view.ts';
import { recordIntent } from './record-intent.ts';
import { operationToChange } from './reach.ts';
import { route } from './route.ts';

/** Asks an operation to hold before its next step, until it is resumed. */
export const pauseOperation = route({
  method: 'POST',
  path: '/v1/operations/{operationId}/pause',
  access: 'operate',
  summary: 'Pause an operation before its next step',
  body: Because,
  bodyOptional: true,
  answers: { 202: { description: 'The operation with the wish to pause noted.', schema: OperationView } },
  refusals: ['not-found', 'team-not-allowed', 'generation-mismatch', 'operation-not-active'],
  async run(ask, ports) {
    const record = await operationToChange(ask, ports, ask.params.operationId);
    return isRefusal(record) ? record : recordIntent(ask, ports, record, 'pause');
  },
});
