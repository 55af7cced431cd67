import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Operation, OperationError } from '../../domain/operation.ts';
import { openFrontDoor, type FrontDoor, type Json, type Told } from './front-door.ts';

let door: FrontDoor;
let grace: string;
let olaf: string;
before(async () => {
  door = await openFrontDoor();
  await door.registered();
  grace = await door.token({ sub: 'grace', role: 'approver' });
  olaf = await door.token({ sub: 'olaf', role: 'operator' });
});
after(() => door.close());

const FORCE = { force: true, reason: 'The owner of the pods agrees.' };
const retry = (operation: { readonly id: string }, token: string, body?: Json): Promise<Told> => door.ask('POST', `/v1/operations/${operation.id}/retry`, { token, ...(body === undefined ? {} : { body }) });

/** An upgrade to 1.34 whose roll of a group failed. */
async function failedRoll(error: Partial<OperationError> = {}, kind = 'upgrade-nodegroup'): Promise<Operation> {
  const cluster = await door.standing();
  const begun = await door.ask('POST', `/v1/clusters/${cluster.clusterId}/upgrades`, { token: olaf, body: { to: '1.35', bakeMinutes: 30 } });
  assert.equal(begun.status, 202, begun.text);
  const step = (await door.store.operation(begun.body.id))?.steps.find((one) => one.kind === kind);
  assert.ok(step !== undefined);
  const running = { ...step, state: 'Running', attempt: 1 } as const;
  await door.store.beginStep(begun.body.id, running, door.now);
  await door.store.endStep(begun.body.id, running, { state: 'Failed', outcome: 'It failed.', error: { code: 'PodEvictionFailure', message: 'Reached max retries while evicting pods.', step: step.id, ...error } }, door.now);
  await door.failed(begun.body);
  return begun.body;
}

async function refused(status: number, code: string, told: Promise<Told>): Promise<Told> {
  const before = door.done.length;
  const answer = await told;
  assert.deepEqual([answer.status, answer.body.code], [status, code], answer.text);
  assert.deepEqual(door.done.slice(before), []);
  return answer;
}

const forcedSteps = (told: Told): string[] => told.body.plan.hops.flatMap((hop: Json) => hop.steps).filter((step: Json) => step.parameters?.force === true).map((step: Json) => step.subject);

describe('a retry with force', () => {
  it('rolls what failed past the disruption budgets, with who and why on the record', async () => {
    const operation = await failedRoll();
    const answer = await retry(operation, grace, FORCE);
    assert.equal(answer.status, 202, answer.text);
    const [group] = answer.body.terms.forceNodegroups;
    assert.deepEqual(answer.body.terms, { bakeMinutes: 30, forceNodegroups: [group] });
    assert.ok(['blue', 'green'].includes(group));
    assert.deepEqual([...new Set(forcedSteps(answer))], [group]);
    assert.deepEqual((await door.ask('GET', `/v1/operations/${operation.id}`)).body, answer.body);
    const events = (await door.ask('GET', `/v1/operations/${operation.id}/events`)).body.items.slice(-2);
    assert.deepEqual(events.map((event: Json) => [event.type, event.by]).sort(), [['Forced', 'grace'], ['Retried', 'grace']]);
    assert.ok(events.some((event: Json) => event.message === `grace lets ${group} roll past the disruption budgets of pods: ${FORCE.reason}`));
  });

  it('is for approvers and admins', async () => {
    const operation = await failedRoll();
    await refused(403, 'force-needs-approver', retry(operation, olaf, FORCE));
    assert.equal((await retry(operation, await door.token(), FORCE)).status, 202, 'an admin counts as an approver');
  });

  it('needs a reason', async () => {
    const { body } = await refused(400, 'invalid-request', retry(await failedRoll(), grace, { force: true }));
    assert.deepEqual(body.errors, [{ path: 'reason', message: 'Who forces says why' }]);
    await refused(400, 'invalid-request', retry(await failedRoll(), grace, { force: false, reason: 'x' }));
  });

  it('helps only where pods held up the roll of a node group', async () => {
    await refused(409, 'nothing-to-force', retry(await failedRoll({ code: 'NodeCreationFailure', message: 'Nodes did not join.' }), grace, FORCE));
    await refused(409, 'nothing-to-force', retry(await failedRoll({}, 'upgrade-control-plane'), grace, FORCE));
    const running = await door.working(await door.standing());
    await refused(409, 'operation-not-failed', retry(running, grace, FORCE));
  });

  it('is of one run: the next has none unless it is forced again', async () => {
    const operation = await failedRoll();
    await retry(operation, grace, FORCE);
    const end = { state: 'Failed', errors: [], message: 'It failed.', cluster: await door.store.cluster(operation.clusterId) } as const;
    await door.store.endOperation(operation.id, 2, end, door.now);
    const again = await retry(operation, olaf);
    assert.deepEqual([again.status, again.body.run, again.body.terms, forcedSteps(again)], [202, 3, { bakeMinutes: 30 }, []], again.text);
  });
});

describe('a retry without force', () => {
  it('is not for approvers', async () => {
    const operation = await failedRoll();
    await refused(403, 'forbidden', retry(operation, grace));
    await refused(403, 'forbidden', retry(operation, grace, { reason: 'Once more.' }));
    assert.equal((await retry(operation, olaf)).status, 202);
  });
});
