import type { Operation, Step } from '../../domain/operation.ts';

/** A running upgrade and its steps, healthy by default; a test spoils one thing. */
export function anOperation(spoiled: Partial<Operation> = {}): Operation {
  return {
    id: 'op-1',
    kind: 'upgrade-cluster',
    clusterId: 'c-1',
    clusterName: 'checkout',
    accountId: '111111111111',
    region: 'eu-west-1',
    state: 'Running',
    run: 1,
    progress: { done: 0, total: 1, percent: 0, message: '' },
    plan: { from: '1.33', to: '1.34', hops: [], findings: [], notLookedAt: [], estimate: { minutes: 0, addresses: 0, surgeNodes: 0, savedPerMonthUsd: 0 } },
    request: {},
    errors: [],
    requestedBy: 'ada',
    createdAt: '2026-10-05T09:00:00.000Z',
    updatedAt: '2026-10-05T09:00:00.000Z',
    generation: 1,
    revision: 1,
    ...spoiled,
  };
}

export function aStep(spoiled: Partial<Step> = {}): Step {
  return {
    id: '1.34/control-plane',
    title: 'Upgrading the control plane to 1.34',
    kind: 'upgrade-control-plane',
    stage: 'UpgradeControlPlane',
    subject: 'checkout',
    from: '1.33',
    to: '1.34',
    reason: 'it was asked for',
    hop: '1.34',
    order: 2,
    state: 'Pending',
    run: 1,
    attempt: 1,
    ...spoiled,
  };
}
