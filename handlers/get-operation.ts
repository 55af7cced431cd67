import { isRefusal } from '../domain/refusal.ts';
import { OperationView } from '../domain/view.ts';
import { viewOperation } from '../domain/views.ts';
import { resource } from './answers.ts';
import { operationToRead } from './reach.ts';
import { route } from './route.ts';

/** One operation: where it is, what it waits for, and what each step came to. */
export const getOperation = route({
  method: 'GET',
  path: '/v1/operations/{operationId}',
  access: 'read',
  summary: 'Read an operation',
  answers: { 200: { description: 'The operation with plan and steps.', schema: OperationView } },
  refusals: ['not-found'],
  async run(ask, ports) {
    const record = await operationToRead(ask, ports, ask.params.operationId);
    return isRefusal(record) ? record : resource(viewOperation(record.operation, record.steps), record.operation.generation);
  },
});
