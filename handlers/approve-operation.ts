import { isShut, passageAhead, type Approval } from '../domain/gates.ts';
import { withApproval } from '../domain/new-operation.ts';
import { isRefusal, refuse } from '../domain/refusal.ts';
import { Approve } from '../domain/requests.ts';
import { OperationView } from '../domain/view.ts';
import { accepted, MOVED } from './answers.ts';
import { operationToChange } from './reach.ts';
import { lookAtWaits, notActive } from './record-intent.ts';
import { route } from './route.ts';

/** Lets an upgrade through a gate: the one that it stands at, or comes to next. */
export const approveOperation = route({
  method: 'POST',
  path: '/v1/operations/{operationId}/approve',
  access: 'approve',
  summary: 'Let an upgrade through a gate',
  body: Approve,
  answers: { 202: { description: 'The operation with the approval noted.', schema: OperationView } },
  refusals: ['not-found', 'team-not-allowed', 'generation-mismatch', 'operation-not-active', 'gate-not-asked', 'gate-approved-already', 'approver-is-requester'],
  async run(ask, ports) {
    const record = await operationToChange(ask, ports, ask.params.operationId);
    if (isRefusal(record)) return record;
    const { operation, steps } = record;
    const { gate, comment } = ask.body;
    if (operation.endedAt !== undefined) return notActive(operation);
    const passage = passageAhead(operation, steps, gate);
    if (passage === undefined) return refuse('gate-not-asked', `Operation ${operation.id} has nothing to approve at ${gate} now.`, { remedy: 'Its `terms.gates` are what it stops at; a bake is approved once it has begun.' });
    if ([operation.requestedBy, operation.askedAgainBy].includes(ask.caller.sub)) {
      return refuse('approver-is-requester', `${ask.caller.sub} asked for the upgrade, so another has to approve it.`, { remedy: 'Ask another approver.' });
    }
    if (!isShut(operation, gate, passage.hop)) return refuse('gate-approved-already', `Gate ${gate}${passage.hop === undefined ? '' : ` of the hop to ${passage.hop}`} is approved already.`);

    const approval: Approval = { gate, ...passage, by: ask.caller.sub, ...(comment === undefined ? {} : { comment }), at: ask.now };
    const answer = accepted(withApproval(operation, approval), steps);
    const written = await ports.store.recordApproval(operation.id, operation.run, approval, ask.remember(answer));
    if (written.kind === 'answered') return written;
    if (written.kind === 'moved') return MOVED;
    if (written.kind === 'ended') return notActive(written.operation);
    if (written.kind === 'approved') return refuse('gate-approved-already', `Gate ${gate} was approved by another at the same time.`);
    await lookAtWaits(ask, ports, record);
    return answer;
  },
});
