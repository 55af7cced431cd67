import { AutoScalingClient, CreateAutoScalingGroupCommand, DescribeInstanceRefreshesCommand } from '@aws-sdk/client-auto-scaling';
import { CloudWatchClient, PutMetricAlarmCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import { CreateLaunchTemplateCommand, CreateLaunchTemplateVersionCommand, DescribeImagesCommand, EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient, UpdateClusterConfigCommand, UpdateClusterVersionCommand, UpdateNodegroupVersionCommand } from '@aws-sdk/client-eks';
import type { ApiClient, Json } from '../../local/api-client.ts';
import { createRandom } from '../../local/random.ts';
import type { Chronicle, Hold, Work } from './chronicle.ts';
import { ACCOUNT, REGION, type Rehearsal } from './rehearsal.ts';

const MINUTE_MS = 60_000;
const MINUTES_BETWEEN_MAX = 12;
/** How often an operation that is waited for to the end is looked at. */
const SETTLE_STRIDE_SECONDS = 180;
const FIRST_MINORS = ['1.32', '1.33', '1.34'];
const LAST_MINOR = 36;
/** In the ARN of whoever calls with the rights of Slipway's role. */
const OUR_ROLE = ':assumed-role/slipway-access/';

/** A random cluster on a stage, whom random things befall. All of it follows from the seed. */
export interface Life {
  readonly chronicle: Chronicle;
  readonly clusterId: string;
  /** Asks for an upgrade or a rollback on random terms; the operation, or undefined where it was refused by the rules. */
  ask(): Promise<Json | undefined>;
  /** Some minutes pass, and then somebody or something interferes. */
  interfere(operationId: string): Promise<void>;
  /** Whatever stands in the operation's way is cleared away, and people say yes, until it and what follows it have ended; the last of them. */
  settle(operationId: string): Promise<Json>;
  retry(operation: Json): Promise<boolean>;
  refreshes(): Promise<Work[]>;
}

interface Hands {
  readonly eks: EKSClient;
  readonly ec2: EC2Client;
  readonly autoScaling: AutoScalingClient;
  readonly alarms: CloudWatchClient;
}

export function handsOf(world: Rehearsal): Hands {
  const client = { endpoint: world.stage.awsUrl, region: REGION, credentials: { accessKeyId: ACCOUNT, secretAccessKey: 'owner' } };
  return { eks: new EKSClient(client), ec2: new EC2Client(client), autoScaling: new AutoScalingClient(client), alarms: new CloudWatchClient(client) };
}

export async function liveRandomly(world: Rehearsal, hands: Hands, grace: ApiClient, seed: number): Promise<Life> {
  const { random } = createRandom(seed);
  const upTo = (most: number): number => Math.floor(random() * (most + 1));
  const pick = <T>(from: readonly T[]): T => from[upTo(from.length - 1)] as T;
  const chance = (share: number): boolean => random() < share;
  const now = (): number => world.stage.clock.now();
  const name = `life-${seed}`;
  const chronicle: Chronicle = { name, runs: new Map(), holds: [], policies: [], foreign: new Set(), inTheWay: new Set(), told: [] };
  const tell = (line: string): void => void chronicle.told.push(`${new Date(now()).toISOString()} ${line}`);

  const first = pick(FIRST_MINORS);
  const groups = ['blue', 'green', 'red'].slice(0, 1 + upTo(2));
  const clusterId = await world.cluster({
    name,
    version: first,
    nodegroups: groups.map((group) => ({ ...world.nodegroup(group, 1 + upTo(1)), ...(chance(0.3) ? { updateConfig: { maxUnavailable: 2 } } : {}) })),
    ...(chance(0.3) ? { addons: [{ addonName: 'vpc-cni' }, { addonName: 'kube-proxy' }] } : {}),
  });
  const own = chance(0.4) ? await ownGroup(world, hands, name, first) : undefined;
  const alarmArn = `arn:aws:cloudwatch:${REGION}:${ACCOUNT}:alarm:${name}`;
  await hands.alarms.send(new PutMetricAlarmCommand({ AlarmName: name, MetricName: 'Errors', Namespace: 'shop', Statistic: 'Sum', Period: 60, EvaluationPeriods: 1, Threshold: 1, ComparisonOperator: 'GreaterThanThreshold' }));
  async function alarm(StateValue: 'OK' | 'ALARM'): Promise<void> {
    await hands.alarms.send(new SetAlarmStateCommand({ AlarmName: name, StateValue, StateReason: 'The shop is slow' }));
    tell(`alarm ${StateValue}`);
  }
  await alarm('OK');

  const begun = (): Set<string> => new Set(world.stage.aws.eks.history(ACCOUNT, REGION, name).updates.map((update) => update.updateId));
  const openHold = (why: Hold['why'], operationId?: string): Hold | undefined => chronicle.holds.find((hold) => hold.why === why && hold.operationId === operationId && hold.to === Infinity);
  let heard = 0;
  /** What EKS has refused us since the last time: its log of calls is short. */
  function listen(): void {
    const calls = world.stage.calls.since(heard, Infinity);
    heard = calls.at(-1)?.number ?? heard;
    const busy = calls.filter((call) => call.operation === 'eks:UpdateClusterVersion' && call.error === 'ResourceInUseException' && call.input['name'] === name && call.caller.includes(OUR_ROLE));
    for (const call of busy) chronicle.inTheWay.add(Date.parse(call.at));
  }

  const see = async (id: string): Promise<Json> => {
    listen();
    const operation = await world.api.get(`/v1/operations/${id}`);
    const key = `${id}-${operation.run}`;
    const was = chronicle.runs.get(key);
    const how = (seen: Json | undefined): string => `${seen?.state} ${seen?.waitingFor?.kind ?? ''}`;
    if (how(was) !== how(operation)) tell(`  ${operation.kind} run ${operation.run}: ${how(operation)} ${operation.waitingFor?.because ?? ''}${operation.errors.map((error: Json) => `${error.code}: ${error.message}`).join('; ')}`);
    chronicle.runs.set(key, { ...operation, begunAt: was?.begunAt ?? (operation.run === 1 ? operation.createdAt : new Date(now()).toISOString()) });
    return operation;
  };

  async function changePolicy(window: boolean, freeze: boolean): Promise<void> {
    const opens = (Math.floor(now() / MINUTE_MS) + 1380 + upTo(150)) % 1440;
    const minutes = 120 + upTo(240);
    const freezes = freeze ? [{ from: now(), to: now() + (30 + upTo(120)) * MINUTE_MS }] : [];
    const windows = window ? [{ cron: `${opens % 60} ${Math.floor(opens / 60)} * * *`, durationMinutes: minutes }] : [];
    const told = freezes.map(({ from, to }) => ({ from: new Date(from).toISOString(), to: new Date(to).toISOString(), owner: 'grace', reason: 'The sale' }));
    const answer = await world.api.ask('PATCH', `/v1/clusters/${clusterId}`, { maintenancePolicy: window || freeze ? { timeZone: 'UTC', windows, freezes: told } : null });
    tell(`policy ${JSON.stringify({ windows, freezes: told })}: ${answer.status}`);
    if (answer.status === 200) chronicle.policies.push({ from: now(), ...(window ? { window: { opens, minutes } } : {}), freezes });
  }

  /** A pause, a cancel or a freeze of the fleet, on the record. Half of them come while nothing else goes on, so that what began before them is known. */
  async function hold(why: Hold['why'], operationId: string | undefined, path: string): Promise<void> {
    const quiet = chance(0.5);
    if (quiet) await world.stage.clock.idle();
    const begunBefore = quiet ? begun() : undefined;
    const { status } = await world.api.ask('POST', path, { reason: 'as it befell' });
    tell(`${why}${quiet ? ', quietly' : ''}: ${status}`);
    if (status >= 300 || openHold(why, operationId) !== undefined) return;
    chronicle.holds.push({ why, ...(operationId === undefined ? {} : { operationId }), from: now(), to: Infinity, ...(begunBefore === undefined ? {} : { begunBefore }) });
  }

  function release(why: Hold['why'], operationId?: string): void {
    const open = openHold(why, operationId);
    if (open !== undefined) open.to = now();
  }

  async function resume(id: string): Promise<void> {
    release('pause', id);
    const { status } = await world.api.ask('POST', `/v1/operations/${id}/resume`, {});
    tell(`resume: ${status}`);
  }

  async function unfreeze(): Promise<void> {
    release('freeze of the fleet');
    tell('unfreeze');
    await world.api.post('/v1/unfreeze', { reason: 'over' });
  }

  async function byHand(begin: () => Promise<{ update?: { id?: string | undefined } | undefined }>): Promise<void> {
    const answer = await begin().catch(() => undefined);
    tell(`by hand: ${JSON.stringify(answer?.update ?? 'refused')}`);
    if (answer?.update?.id !== undefined) chronicle.foreign.add(answer.update.id);
  }

  async function foreignUpdate(): Promise<void> {
    const { version, nodegroups } = await world.api.get(`/v1/clusters/${clusterId}`);
    const logging = { clusterLogging: [{ types: ['api' as const], enabled: chance(0.5) }] };
    const group = nodegroups[0]?.nodegroupName;
    await pick([
      () => byHand(() => hands.eks.send(new UpdateClusterConfigCommand({ name, logging }))),
      () => byHand(() => hands.eks.send(new UpdateClusterVersionCommand({ name, version: `1.${Number(version.split('.')[1]) + 1}` }))),
      () => (group === undefined ? Promise.resolve() : byHand(() => hands.eks.send(new UpdateNodegroupVersionCommand({ clusterName: name, nodegroupName: group })))),
    ])();
  }

  async function fault(): Promise<void> {
    const one = aFault();
    tell(`fault ${JSON.stringify(one)}`);
    await world.fault(one);
  }

  function aFault(): Json {
    const reads = ['eks:DescribeUpdate', 'eks:DescribeCluster', 'eks:DescribeNodegroup', 'eks:ListUpdates', 'eks:ListInsights'];
    const writes = ['eks:UpdateClusterVersion', 'eks:UpdateNodegroupVersion', 'eks:UpdateAddon'];
    return pick([
      () => ({ operation: pick(writes), times: 1, fault: { kind: 'loseAnswer' } }),
      () => ({ operation: pick([...reads, ...writes]), times: 1, fault: { kind: 'error', code: 'ThrottlingException', status: 429 } }),
      () => ({ operation: pick([...reads, ...writes]), times: 1, fault: { kind: 'deny' } }),
      () => ({ operation: 'eks:UpdateNodegroupVersion', times: 1, fault: { kind: 'failUpdate', code: pick(['PodEvictionFailure', 'NodeCreationFailure']) } }),
      () => ({ operation: 'eks:UpdateClusterVersion', times: 1, fault: { kind: 'failUpdate', code: 'IpNotAvailable' } }),
      () => ({ operation: 'sts:AssumeRole', times: 1, account: '000000000000', fault: { kind: 'deny' } }),
      () => ({ operation: pick(['dynamodb:TransactWriteItems', 'states:SendTaskSuccess', 'states:SendTaskFailure']), times: 1, fault: { kind: 'loseAnswer' } }),
      () => ({ operation: 'sqs:SendMessage', times: 1, fault: { kind: 'error', code: 'InternalError', status: 500 } }),
    ])();
  }

  async function holdPods(): Promise<void> {
    if (groups.length === 0) return;
    const held = pick(groups);
    tell(`a budget holds pods of ${held}`);
    await world.workloads(name, { nodegroups: { [held]: { heldBy: { pod: 'shop/cart-0' } } } });
  }

  async function approve(id: string): Promise<void> {
    for (const gate of ['beforeControlPlane', 'beforeNodegroups', 'afterBake']) {
      const { status } = await grace.ask('POST', `/v1/operations/${id}/approve`, { gate });
      if (status === 202) tell(`grace approves ${gate}`);
    }
  }

  function terms(): Json {
    const bakeMinutes = pick([0, 0, 30, 90]);
    return {
      ...(bakeMinutes === 0 ? {} : { bakeMinutes }),
      ...(chance(0.5) ? { gates: ['beforeControlPlane', 'beforeNodegroups', 'afterBake'].filter(() => chance(0.5)) } : {}),
      ...(chance(0.3) ? { holdNodegroups: true } : {}),
      ...(chance(0.5) ? { maxParallelNodegroups: 1 + upTo(1) } : {}),
      ...(chance(0.3) ? { startAt: new Date(now() + (5 + upTo(60)) * MINUTE_MS).toISOString() } : {}),
      ...(chance(0.2) ? { ignoreWindows: true, reason: 'It cannot wait' } : {}),
      ...(chance(0.3) ? { nodegroupRetries: 1 } : {}),
      ...(chance(0.4) && groups.length > 0 ? { canaryNodegroup: pick(own === undefined ? groups : [...groups, own]) } : {}),
      ...(chance(0.5) && bakeMinutes > 0 ? { rollbackOn: { alarmArns: [alarmArn] } } : {}),
    };
  }

  async function retry(operation: Json): Promise<boolean> {
    const answer = await world.api.ask('POST', `/v1/operations/${operation.id}/retry`, {});
    tell(`retry: ${answer.status} ${answer.status === 202 ? '' : `${answer.body.code} ${answer.body.detail}`}`);
    if (answer.status !== 202) return false;
    release('cancel', operation.id);
    release('pause', operation.id);
    await see(operation.id);
    return true;
  }

  const settle = async (id: string): Promise<Json> => {
    await fetch(`${world.stage.awsUrl}/_sim/faults`, { method: 'DELETE' });
    await world.workloads(name, undefined);
    await alarm('OK');
    if (openHold('freeze of the fleet') !== undefined) await unfreeze();
    for (;;) {
      await world.until(id, ({ endedAt, state, waitingFor }) => endedAt !== undefined || state === 'Paused' || waitingFor?.kind === 'Approval', SETTLE_STRIDE_SECONDS);
      const operation = await see(id);
      if (operation.endedAt !== undefined) return operation.succeededBy === undefined ? operation : settle(operation.succeededBy);
      if (operation.state === 'Paused') await resume(id);
      else await approve(id);
      await world.advance(1);
    }
  };

  return {
    chronicle,
    clusterId,
    settle,
    async ask() {
      // EKS looks at a cluster that is new or has moved within minutes; until then an upgrade is refused.
      await world.advance(5);
      if (chance(0.5)) await changePolicy(chance(0.7), chance(0.3));
      const { version, rollback } = await world.api.get(`/v1/clusters/${clusterId}`);
      const minor = Number(version.split('.')[1]);
      const back = rollback?.to !== undefined && chance(0.3);
      const path = `/v1/clusters/${clusterId}/${back ? 'rollbacks' : 'upgrades'}`;
      const body = back ? { reason: 'The shop is slow' } : { to: `1.${Math.min(LAST_MINOR, minor + 1 + upTo(2))}`, ...terms() };
      // Two ask at the same moment: the cluster is for one of them.
      const answers = await Promise.all([world.api.ask('POST', path, body), world.api.ask('POST', path, body)]);
      const taken = answers.filter(({ status }) => status === 202);
      for (const one of taken) await see(one.body.id);
      const [answer] = taken.length > 0 ? taken : answers;
      if (answer === undefined) throw new Error('Nobody was answered.');
      tell(`ask from ${version} with ${JSON.stringify(nodesOf(await world.api.get(`/v1/clusters/${clusterId}`)))}${own ?? ''}: ${JSON.stringify(body)}: ${answer.status} ${answer.body.code ?? answer.body.id} ${answer.status === 202 ? '' : `${answer.body.detail} ${JSON.stringify((answer.body.findings ?? []).filter((found: Json) => found.severity === 'blocks').map((found: Json) => found.evidence))}`}`);
      if (answer.status >= 500 && answer.status !== 503) throw new Error(`${answer.status} ${answer.text}`);
      return answer.status === 202 ? see(answer.body.id) : undefined;
    },
    async interfere(id) {
      await world.advance(random() * MINUTES_BETWEEN_MAX);
      const before = await see(id);
      if (before.endedAt !== undefined) return before.state === 'Succeeded' || before.succeededBy !== undefined ? undefined : void (await retry(before));
      const holds = [
        () => hold('pause', id, `/v1/operations/${id}/pause`),
        () => hold('pause', id, `/v1/operations/${id}/pause`),
        () => hold('cancel', id, `/v1/operations/${id}/cancel`),
        () => (openHold('freeze of the fleet') === undefined ? hold('freeze of the fleet', undefined, '/v1/freeze') : unfreeze()),
        () => changePolicy(chance(0.5), chance(0.5)),
      ];
      const troubles = [fault, foreignUpdate, holdPods, () => approve(id), ...(before.terms?.rollbackOn === undefined ? [] : [() => alarm('ALARM'), () => alarm('OK')])];
      // What is held is mostly let go soon: a life that only waits tells little.
      const wayOn = before.state === 'Paused' ? () => resume(id) : before.waitingFor?.kind === 'Approval' ? () => approve(id) : before.waitingFor?.kind === 'Frozen' ? () => unfreeze() : undefined;
      await (wayOn !== undefined && chance(0.6) ? wayOn : pick(chance(0.5) ? holds : troubles))();
      await see(id);
    },
    retry,
    async refreshes() {
      if (own === undefined) return [];
      const { InstanceRefreshes = [] } = await hands.autoScaling.send(new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: own }));
      return InstanceRefreshes.map(({ InstanceRefreshId = '', StartTime, EndTime }) => ({ id: InstanceRefreshId, what: 'nodes', subject: own, to: undefined, from: StartTime?.getTime() ?? 0, end: EndTime?.getTime() ?? Infinity }));
    },
  };
}

function nodesOf(cluster: Json): Record<string, string> {
  return Object.fromEntries(cluster.nodegroups.map((group: Json) => [group.nodegroupName, group.version]));
}

/** A self-managed group of one node, whose launch template has an image for the cluster's minor and for each after it. */
async function ownGroup(world: Rehearsal, { ec2, autoScaling }: Hands, clusterName: string, first: string): Promise<string> {
  const name = `${clusterName}-workers`;
  const minors = Array.from({ length: LAST_MINOR - Number(first.split('.')[1]) + 1 }, (_, more) => `1.${Number(first.split('.')[1]) + more}`);
  for (const [place, minor] of minors.entries()) {
    const { Images = [] } = await ec2.send(new DescribeImagesCommand({ Filters: [{ Name: 'name', Values: [`amazon-eks-node-al2023-x86_64-standard-${minor}-*`] }] }));
    const LaunchTemplateData = { ImageId: Images[0]?.ImageId ?? '', InstanceType: 'm5.large' as const };
    if (place === 0) await ec2.send(new CreateLaunchTemplateCommand({ LaunchTemplateName: name, LaunchTemplateData }));
    else await ec2.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateName: name, LaunchTemplateData }));
  }
  await autoScaling.send(
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      MinSize: 0,
      MaxSize: 3,
      DesiredCapacity: 1,
      VPCZoneIdentifier: (await world.owner.subnetIds(2)).join(','),
      LaunchTemplate: { LaunchTemplateName: name, Version: '1' },
      Tags: [{ Key: `kubernetes.io/cluster/${clusterName}`, Value: 'owned', PropagateAtLaunch: true }],
    }),
  );
  await world.advance(3);
  return name;
}
