import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Json } from '../../local/api-client.ts';
import { nextMinor, type Minor } from '../../domain/minor.ts';
import { makeClusters, ownerOf, SCENARIOS, sim, type Owner, type Scenario } from './check-scenarios.ts';
import { created, OTHER_WORK } from './other-work-scenarios.ts';
import { ACCOUNT, REGION, rehearse, type Rehearsal } from './rehearsal.ts';

/** Every check against a simulated account that is in the state that it is for, by GET upgrade-plan. One stage with all the clusters. */

let stage: Rehearsal;
let owner: Owner;
const clusterIds = new Map<string, string>();

before(async () => {
  stage = await rehearse({ seed: 77 });
  owner = await ownerOf(stage);
  const names = await makeClusters(owner);
  const imports = await Promise.all(names.map((name) => stage.api.post('/v1/clusters/import', { accountId: ACCOUNT, region: REGION, name })));
  for (const [place, { id }] of imports.entries()) {
    const operation = await stage.ended(id);
    assert.equal(operation.state, 'Succeeded', `${names[place]}: ${JSON.stringify(operation.errors)}`);
    clusterIds.set(names[place] ?? '', operation.clusterId);
  }
});
after(() => stage.stage.close());

async function codesOf({ cluster, to }: Scenario): Promise<readonly string[]> {
  const id = clusterIds.get(cluster) ?? '';
  const goal = to ?? nextMinor(((await stage.api.get(`/v1/clusters/${id}`)) as { version: Minor }).version);
  const plan: Json = await stage.api.get(`/v1/clusters/${id}/upgrade-plan?to=${goal}`);
  const kinds = plan.findings.map(({ code, subject, hop }: Json) => `${code} ${subject} ${hop}`);
  assert.deepEqual(kinds.filter((kind: string, index: number) => kinds.indexOf(kind) !== index), [], 'told twice');
  return plan.findings.map((found: Json) => found.code);
}

describe('the upgrade plan of a simulated cluster', () => {
  for (const scenario of SCENARIOS) {
    it(`tells ${scenario.codes.join(', ')} of ${scenario.cluster}`, async () => {
      if (scenario.asMade !== true) {
        const earlier = await codesOf(scenario);
        assert.deepEqual(scenario.codes.filter((code) => earlier.includes(code)), [], 'told before it was so');
      }
      await scenario.bring(owner);
      const told = await codesOf(scenario);
      assert.deepEqual(scenario.codes.filter((code) => !told.includes(code)), [], `told were ${told.join(', ')}`);
    });
  }
});

describe('the plan of other work at a simulated account', () => {
  const codesIn = (plan: Json): readonly string[] => plan.findings.map((found: Json) => found.code);

  before(() => sim(owner, 'eks/withdrawn-addons'));

  it('has nothing to tell of a cluster that is asked for with care', async () => {
    assert.deepEqual(codesIn(await created(owner, 'quiet')), []);
  });

  for (const { codes, ask } of OTHER_WORK) {
    it(`tells ${codes.join(', ')}`, async () => {
      const told = codesIn(await ask(owner, (name) => clusterIds.get(name) ?? ''));
      assert.deepEqual(codes.filter((code) => !told.includes(code)), [], `told were ${told.join(', ')}`);
    });
  }
});
