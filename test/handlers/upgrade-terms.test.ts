import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { AlarmFacts } from '../../domain/readiness-facts.ts';
import { insight, insights, ready } from '../domain/checks/ready.ts';
import { at133 } from '../domain/worlds.ts';
import { openFrontDoor, type FrontDoor, type Json, type Told } from './front-door.ts';

let door: FrontDoor;
before(async () => {
  door = await openFrontDoor();
  await door.registered();
});
after(() => door.close());

const NIGHTLY = { timeZone: 'UTC', windows: [{ cron: '0 2 * * *', durationMinutes: 240 }], freezes: [] };
const alarm = (name = 'errors', { account = '111111111111', region = 'us-east-1', partition = 'aws' } = {}): string => `arn:${partition}:cloudwatch:${region}:${account}:alarm:${name}`;
const state = (arn: string, more: Partial<AlarmFacts> = {}): AlarmFacts => ({ arn, state: 'OK', ...more });

async function ask(body: Json, on: Json = {}): Promise<Told> {
  const cluster = await door.standing(on);
  return door.ask('POST', `/v1/clusters/${cluster.clusterId}/upgrades`, { body: { to: '1.34', ...body } });
}

async function refused(status: number, code: string, told: Promise<Told>, path?: string): Promise<void> {
  const before = door.done.filter((line) => line !== 'importCluster').length;
  const answer = await told;
  assert.deepEqual([answer.status, answer.body.code], [status, code], answer.text);
  if (path !== undefined) assert.ok(answer.body.errors.some((error: Json) => error.path === path), `${JSON.stringify(answer.body.errors)} does not name ${path}`);
  assert.equal(door.done.filter((line) => line !== 'importCluster').length, before);
}

describe('an upgrade\'s terms', () => {
  it('are kept as they were asked, and shown on the operation and in lists', async () => {
    door.facts.alarms = [state(alarm()), state(alarm('latency: p99/1', { region: 'eu-west-1' }), { state: 'INSUFFICIENT_DATA' })];
    const terms = {
      startAt: '2026-09-02T01:00:00.000Z',
      ignoreWindows: true,
      gates: ['beforeControlPlane', 'afterBake'],
      bakeMinutes: 60,
      holdNodegroups: true,
      canaryNodegroup: 'blue',
      maxParallelNodegroups: 2,
      nodegroupRetries: 3,
      rollbackOn: { alarmArns: [alarm(), alarm('latency: p99/1', { region: 'eu-west-1' })] },
    };
    const answer = await ask({ ...terms, startAt: '2026-09-02T03:00:00+02:00', reason: 'The quarter ends.' });
    assert.deepEqual([answer.status, answer.body.terms], [202, terms], answer.text);
    assert.deepEqual((await door.ask('GET', `/v1/operations/${answer.body.id}`)).body, answer.body);
    const listed = await door.ask('GET', `/v1/operations?clusterId=${answer.body.clusterId}`);
    assert.deepEqual(listed.body.items[0].terms, terms);
    door.facts.alarms = [];
  });

  it('that say nothing are left out', async () => {
    const answer = await ask({ ignoreWindows: false, gates: [], bakeMinutes: 0, holdNodegroups: false, nodegroupRetries: 0 });
    assert.deepEqual([answer.status, 'terms' in answer.body], [202, false], answer.text);
  });

  it('are the next run\'s too', async () => {
    const begun = await ask({ bakeMinutes: 5, gates: ['afterBake'] });
    await door.failed(begun.body);
    const again = await door.ask('POST', `/v1/operations/${begun.body.id}/retry`);
    assert.deepEqual([again.status, again.body.terms], [202, { gates: ['afterBake'], bakeMinutes: 5 }]);
  });

  it('turn `next-window` into the moment at which it opens', async () => {
    const answer = await ask({ startAt: 'next-window' }, { maintenancePolicy: NIGHTLY });
    assert.deepEqual([answer.status, answer.body.terms], [202, { startAt: '2026-09-02T02:00:00.000Z' }]);
    await refused(409, 'no-maintenance-window', ask({ startAt: 'next-window' }));
  });

  const malformed: readonly (readonly [what: string, body: Json, path: string])[] = [
    ['a start that is no moment', { startAt: 'tomorrow' }, 'startAt'],
    ['windows ignored without a reason', { ignoreWindows: true }, 'reason'],
    ['a gate twice', { gates: ['afterBake', 'afterBake'] }, 'gates'],
    ['a bake of more than a week', { bakeMinutes: 10_081 }, 'bakeMinutes'],
    ['five groups at once', { maxParallelNodegroups: 5 }, 'maxParallelNodegroups'],
    ['no groups at once', { maxParallelNodegroups: 0 }, 'maxParallelNodegroups'],
    ['a fourth try', { nodegroupRetries: 4 }, 'nodegroupRetries'],
    ['no alarm', { rollbackOn: { alarmArns: [] } }, 'rollbackOn.alarmArns'],
    ['eleven alarms', { bakeMinutes: 5, rollbackOn: { alarmArns: Array.from({ length: 11 }, (_, index) => alarm(`a${index}`)) } }, 'rollbackOn.alarmArns'],
    ['an alarm twice', { bakeMinutes: 5, rollbackOn: { alarmArns: [alarm(), alarm()] } }, 'rollbackOn.alarmArns'],
    ['a URL', { bakeMinutes: 5, rollbackOn: { alarmArns: ['https://example.com/health'] } }, 'rollbackOn.alarmArns.0'],
    ['a health check', { bakeMinutes: 5, rollbackOn: { alarmArns: ['arn:aws:route53:::healthcheck/abc'] } }, 'rollbackOn.alarmArns.0'],
    ['force', { force: true }, 'force'],
  ];
  for (const [what, body, path] of malformed) it(`do not have ${what}`, () => refused(400, 'invalid-request', ask(body), path));

  const wrong: readonly (readonly [what: string, body: Json, path: string])[] = [
    ['alarms without a bake', { rollbackOn: { alarmArns: [alarm()] } }, 'rollbackOn'],
    ['alarms with a bake of nothing', { bakeMinutes: 0, rollbackOn: { alarmArns: [alarm()] } }, 'rollbackOn'],
    ['alarms of another account', { bakeMinutes: 5, rollbackOn: { alarmArns: [alarm(), alarm('x', { account: '222222222222' })] } }, 'rollbackOn.alarmArns.1'],
    ['alarms of another partition', { bakeMinutes: 5, rollbackOn: { alarmArns: [alarm('x', { partition: 'aws-cn', region: 'cn-north-1' })] } }, 'rollbackOn.alarmArns.0'],
    ['the next window awaited and ignored', { startAt: 'next-window', ignoreWindows: true, reason: 'x' }, 'ignoreWindows'],
  ];
  for (const [what, body, path] of wrong) it(`do not have ${what}`, () => refused(422, 'rules-broken', ask(body), path));

  it('do not have a canary that is no group of the cluster', () => refused(422, 'rules-broken', ask({ canaryNodegroup: 'red' }), 'canaryNodegroup'));

  it('do not have a start that has passed, or lies months ahead', async () => {
    await refused(422, 'rules-broken', ask({ startAt: '2026-09-01T11:59:59Z' }));
    await refused(422, 'rules-broken', ask({ startAt: '2026-12-01T12:00:00Z' }));
    assert.equal((await ask({ startAt: '2026-11-30T12:00:00Z' })).status, 202);
  });
});

describe('the alarms of an upgrade', () => {
  const watched = (arns: readonly string[] = [alarm()]): Json => ({ bakeMinutes: 5, rollbackOn: { alarmArns: arns } });

  it('are there, and quiet', async () => {
    for (const facts of [[], [state(alarm(), { state: 'absent' })], [state(alarm(), { state: 'ALARM', reason: 'Threshold crossed' })]]) {
      door.facts.alarms = facts;
      await refused(409, 'alarm-not-ready', ask(watched()));
    }
    for (const quiet of ['OK', 'INSUFFICIENT_DATA'] as const) {
      door.facts.alarms = [state(alarm(), { state: quiet })];
      assert.equal((await ask(watched())).status, 202);
    }
    door.facts.alarms = [];
  });

  it('are looked at again when the upgrade is retried', async () => {
    door.facts.alarms = [state(alarm())];
    const begun = await ask(watched());
    await door.failed(begun.body);
    door.facts.alarms = [state(alarm(), { state: 'ALARM' })];
    const again = await door.ask('POST', `/v1/operations/${begun.body.id}/retry`);
    assert.deepEqual([again.status, again.body.code], [409, 'alarm-not-ready']);
    door.facts.alarms = [];
  });

  it('that cannot be looked at are no alarms that are quiet', async () => {
    door.facts.alarms = { kind: 'Refusal', code: 'account-unreachable', detail: 'The role is gone.' };
    await refused(503, 'account-unreachable', ask(watched()));
    door.facts.alarms = [];
  });
});

describe('an upgrade plan', () => {
  const plan = async (query = '', accept?: string): Promise<Told> => {
    const { clusterId } = await door.standing();
    return door.ask('GET', `/v1/clusters/${clusterId}/upgrade-plan?to=1.35${query}`, accept === undefined ? {} : { headers: { Accept: accept } });
  };

  it('is JSON, and text to who asks for that', async () => {
    for (const accept of [undefined, '*/*', 'application/json', 'text/plain;q=0.5, application/json', 'text/html, */*']) assert.equal((await plan('', accept)).headers['content-type'], 'application/json', accept);
    for (const accept of ['text/plain', 'Text/Plain; charset=utf-8', 'text/plain, application/json;q=0.9']) {
      const told = await plan('', accept);
      assert.equal(told.headers['content-type'], 'text/plain; charset=utf-8', accept);
      assert.match(told.text, /^From 1\.33 to 1\.35\n\nHop 1\.33 -> 1\.34\n/);
    }
  });

  it('has a tag that is the same for as long as the plan is', async () => {
    const { clusterId } = await door.standing();
    const read = async (to: string, accept = '*/*') => (await door.ask('GET', `/v1/clusters/${clusterId}/upgrade-plan?to=${to}`, { headers: { Accept: accept } })).headers['etag'];
    const tag = await read('1.35');
    assert.match(tag ?? '', /^W\/"[0-9a-f]{32}"$/);
    assert.deepEqual([await read('1.35'), await read('1.35', 'text/plain')], [tag, tag]);
    assert.notEqual(await read('1.34'), tag);
  });

  it('says when its facts were looked at, and when EKS looked, beside the plan and not within it', async () => {
    const { clusterId } = await door.standing();
    const seen = async (observedAt: string, ...lastRefreshTimes: string[]) => {
      door.facts.cluster = { ...at133({ readiness: ready({ insights: insights(lastRefreshTimes.map((lastRefreshTime) => insight({ lastRefreshTime })), []) }) }), observedAt };
      const [json, text] = await Promise.all(['application/json', 'text/plain'].map((Accept) => door.ask('GET', `/v1/clusters/${clusterId}/upgrade-plan?to=1.34`, { headers: { Accept } })));
      return { json: json!.body, tag: json!.headers['etag'], lines: text!.text.trimEnd().split('\n') };
    };
    const [one, other] = [await seen('2026-09-01T11:59:58.000Z', '2026-09-01T09:30:00.000Z', '2026-09-01T09:20:00.000Z'), await seen('2026-09-01T12:00:00.000Z', '2026-09-01T11:30:00.000Z')];
    door.facts.cluster = at133();
    assert.deepEqual([one.json.lookedAt, one.json.insightsRefreshedAt, other.json.lookedAt], ['2026-09-01T11:59:58.000Z', '2026-09-01T09:20:00.000Z', '2026-09-01T12:00:00.000Z']);
    assert.equal(one.lines.at(-1), 'Looked at 2026-09-01T11:59:58.000Z; insights of EKS from 2026-09-01T09:20:00.000Z.');
    assert.deepEqual([one.tag, one.lines.slice(0, -1)], [other.tag, other.lines.slice(0, -1)]);
  });

  it('takes what would change it, in the form of a query', async () => {
    const stages = (told: Told): string[] => told.body.hops.flatMap((hop: Json) => hop.steps.map((step: Json) => step.stage));
    const asked = await plan('&canaryNodegroup=blue&maxParallelNodegroups=1&holdNodegroups=true');
    assert.ok(asked.status === 200 && stages(asked).includes('UpgradeCanaryNodegroup'), asked.text);
    const plain = await plan();
    assert.ok(!stages(plain).includes('UpgradeCanaryNodegroup') && plain.body.estimate.minutes < asked.body.estimate.minutes);
    const unknown = await plan('&canaryNodegroup=red');
    assert.deepEqual([unknown.status, unknown.body.code, unknown.body.errors[0].path], [422, 'rules-broken', 'canaryNodegroup']);
    for (const query of ['&maxParallelNodegroups=5', '&maxParallelNodegroups=', '&holdNodegroups=yes', '&canaryNodegroup=-', '&bakeMinutes=x', '&bakeMinutes=10081', '&gates=', '&gates=afterBake,afterBake', '&alarmArns=', '&alarmArns=errors', '&startAt=next-window']) {
      const told = await plan(query);
      assert.deepEqual([told.status, told.body.code], [400, 'invalid-request'], query);
    }
  });

  it('says before the upgrade is asked for what would bar its way back, and refuses what the ask would be refused for', async () => {
    const names = ['errors', 'p99, in seconds'];
    door.facts.cluster = at133({ cluster: { supportType: 'STANDARD' } });
    door.facts.alarms = names.map((name) => state(alarm(name)));
    const query = (more = '', arns = names.map((name) => alarm(name))) => plan(`&bakeMinutes=60&gates=beforeControlPlane,afterBake&alarmArns=${encodeURIComponent(arns.join(','))}${more}`);
    const asked = await ask({ to: '1.35', bakeMinutes: 60, gates: ['beforeControlPlane', 'afterBake'], rollbackOn: { alarmArns: names.map((name) => alarm(name)) } });
    const dry = await query();
    assert.deepEqual([asked.status, asked.body.code, dry.status], [409, 'upgrade-blocked', 200], dry.text);
    assert.deepEqual(dry.body.findings, asked.body.findings);
    const notReady = (told: Told) => told.body.findings.find((one: Json) => one.code === 'rollback-not-ready')?.severity;
    assert.deepEqual([notReady(dry), notReady(await plan())], ['blocks', 'advises']);

    for (const [told, path] of [[await plan(`&alarmArns=${alarm()}`), 'alarmArns'], [await query('', [alarm(), alarm('errors', { account: '222222222222' })]), 'alarmArns.1']] as const) assert.deepEqual([told.status, told.body.errors[0].path], [422, path], told.text);
    door.facts.alarms = [state(alarm('errors'), { state: 'ALARM' }), state(alarm('p99, in seconds'))];
    assert.equal((await query()).body.code, 'alarm-not-ready');
    door.facts.alarms = [];
    door.facts.cluster = at133();
  });
});
