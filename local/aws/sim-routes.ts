import * as z from 'zod';
import type { Calls } from './calls.ts';
import { rotateByEks, RotationRequest } from './eks/ca-rotation.ts';
import { ForcedUpgradeRequest } from './eks/forced-upgrade.ts';
import type { SimulatedEks } from './eks/index.ts';
import { reviewToken, TokenReviewRequest } from './eks/token-review.ts';
import { listAnew, withdraw, WithdrawalRequest, withdrawalsOf } from './eks/withdrawn-addons.ts';
import type { Withdrawal } from './eks/withdrawn-addons.ts';
import { EksWorkloads, WORKLOADS_MAX, WorkloadsRequest } from './eks/workloads.ts';
import { share, ShareRequest, sharesOf, unshareAll } from './ec2/shared-subnets.ts';
import { FAULT_KINDS, FAULTS_MAX } from './faults.ts';
import type { Faults } from './faults.ts';
import { RoleVisibility, VisibilityRequest } from './iam/visibility.ts';
import type { WireAnswer, WireRequest } from './protocols/wire.ts';
import { AwsError } from './service.ts';
import type { SimulatedService, World } from './service.ts';
import { QuotaRequest, QuotaSettings } from './servicequotas/settings.ts';

/** The simulation's own routes, beside AWS's: counts, clock, faults, and what runs in the clusters. */

const SPEED_MAX = 1_000_000;
const LOG_PAGE_MAX = 1000;

const accountId = z.string().regex(/^\d{12}$/, 'an account is 12 digits');
const region = z.string().regex(/^[a-z0-9-]{1,32}$/, 'a region is written like us-east-1');

const FaultRequest = z.strictObject({
  operation: z.string().regex(/^[a-z0-9-]+:[A-Za-z0-9]+$/, 'an operation is written like eks:DescribeUpdate'),
  account: accountId.optional(),
  region: region.optional(),
  match: z.record(z.string(), z.unknown()).optional(),
  times: z.int().min(1).max(1_000_000),
  fault: z.strictObject({
    kind: z.enum(FAULT_KINDS),
    code: z.string().min(1).max(100).optional(),
    message: z.string().max(1000).optional(),
    status: z.int().min(400).max(599).optional(),
    seconds: z.number().min(0).max(86_400).optional(),
  }),
});

const ClockRequest = z.strictObject({
  now: z.iso.datetime({ offset: true }).optional(),
  speed: z.union([z.number().min(0).max(SPEED_MAX), z.literal('max')]).optional(),
});

const CallsQuery = z.strictObject({ account: accountId.optional(), region: region.optional() });
const LogQuery = z.strictObject({ since: z.coerce.number().int().min(0).default(0) });

const WorkloadsQuery = z.strictObject({ account: accountId.optional(), region: region.optional(), cluster: z.string().optional() });

interface Around {
  readonly world: World;
  readonly services: readonly SimulatedService[];
  readonly calls: Calls;
  readonly faults: Faults;
  /** Whether a service here does this operation: `eks:DescribeUpdate`. */
  readonly knows: (operation: string) => boolean;
  /** The machine's own clock, epoch ms: signatures belong to it. */
  readonly machineNow: () => number;
}

export async function simRoute(request: WireRequest, around: Around): Promise<WireAnswer> {
  const route = `${request.method} ${request.path}`;
  switch (route) {
    case 'GET /_sim/health':
      return json(200, { status: 'ok', now: new Date(around.world.clock.now()).toISOString() });
    case 'GET /_sim/calls':
      return reading(CallsQuery, Object.fromEntries(request.query), (filter) => json(200, around.calls.counts(filter)));
    case 'GET /_sim/calls/log':
      return reading(LogQuery, Object.fromEntries(request.query), ({ since }) => json(200, { calls: around.calls.since(since, LOG_PAGE_MAX) }));
    case 'GET /_sim/clock':
      return clockAnswer(around.world);
    case 'POST /_sim/clock':
      return reading(ClockRequest, bodyOf(request), (asked) => setClock(around.world, asked));
    case 'GET /_sim/faults':
      return json(200, { faults: around.faults.list() });
    case 'POST /_sim/faults':
      return reading(FaultRequest, bodyOf(request), (asked) => addFault(around, asked));
    case 'DELETE /_sim/faults':
      around.faults.clear();
      return json(200, { faults: [] });
    case 'GET /_sim/eks/workloads':
      return json(200, { workloads: new EksWorkloads(around.world.disk).list() });
    case 'POST /_sim/eks/workloads':
      return reading(WorkloadsRequest, bodyOf(request), (asked) => putWorkloads(around.world, asked));
    case 'DELETE /_sim/eks/workloads':
      return reading(WorkloadsQuery, Object.fromEntries(request.query), (filter) => clearWorkloads(around.world, filter));
    case 'POST /_sim/eks/ca-rotation':
      return reading(RotationRequest, bodyOf(request), (asked) => rotated(around.world, asked));
    case 'POST /_sim/eks/forced-upgrade':
      return reading(ForcedUpgradeRequest, bodyOf(request), (asked) => upgradedByEks(around.services, asked));
    case 'GET /_sim/eks/withdrawn-addons':
      return json(200, { withdrawn: withdrawalsOf(around.world.disk).list() });
    case 'POST /_sim/eks/withdrawn-addons':
      return reading(WithdrawalRequest, bodyOf(request), (asked) => withdrawn(around.world, asked));
    case 'DELETE /_sim/eks/withdrawn-addons':
      listAnew(around.world.disk);
      return json(200, { withdrawn: [] });
    case 'GET /_sim/ec2/shared-subnets':
      return json(200, { shared: sharesOf(around.world.disk).list() });
    case 'POST /_sim/ec2/shared-subnets':
      return reading(ShareRequest, bodyOf(request), (asked) => shared(around.world, asked));
    case 'DELETE /_sim/ec2/shared-subnets':
      unshareAll(around.world.disk);
      return json(200, { shared: [] });
    case 'POST /_sim/eks/token-review':
      return reading(TokenReviewRequest, bodyOf(request), (asked) => json(200, reviewToken(around.world.disk, asked, around.machineNow())));
    case 'POST /_sim/iam/visibility':
      return reading(VisibilityRequest, bodyOf(request), (asked) => visible(around.world, asked));
    case 'GET /_sim/quotas':
      return json(200, { quotas: new QuotaSettings(around.world.disk).list() });
    case 'POST /_sim/quotas':
      return reading(QuotaRequest, bodyOf(request), (asked) => json(201, new QuotaSettings(around.world.disk).put(asked, around.world.clock.now())));
    case 'DELETE /_sim/quotas':
      new QuotaSettings(around.world.disk).clear();
      return json(200, { quotas: [] });
    default:
      return json(404, { message: `There is no route ${route.slice(0, 200)}. There are: GET /_sim/health, GET /_sim/calls, GET /_sim/calls/log, GET|POST /_sim/clock, GET|POST|DELETE /_sim/faults, GET|POST|DELETE /_sim/eks/workloads, POST /_sim/eks/token-review, POST /_sim/eks/ca-rotation, POST /_sim/eks/forced-upgrade, GET|POST|DELETE /_sim/eks/withdrawn-addons, GET|POST|DELETE /_sim/ec2/shared-subnets, GET|POST|DELETE /_sim/quotas, POST /_sim/iam/visibility.` });
  }
}

function visible(world: World, asked: z.infer<typeof VisibilityRequest>): WireAnswer {
  new RoleVisibility(world.disk).set(asked.seconds);
  return json(200, asked);
}

async function setClock(world: World, asked: z.infer<typeof ClockRequest>): Promise<WireAnswer> {
  const target = asked.now === undefined ? undefined : Date.parse(asked.now);
  if (target !== undefined && target < world.clock.now()) return json(400, { message: `now: virtual time does not go back; it is ${new Date(world.clock.now()).toISOString()}.` });
  if (asked.speed !== undefined) world.clock.setSpeed(asked.speed);
  if (target !== undefined) await world.clock.advanceTo(target);
  return clockAnswer(world);
}

function clockAnswer(world: World): WireAnswer {
  return json(200, { now: new Date(world.clock.now()).toISOString(), speed: world.clock.speed });
}

function addFault({ world, faults, knows }: Around, asked: z.infer<typeof FaultRequest>): WireAnswer {
  if (faults.list().length >= FAULTS_MAX) return json(400, { message: `There are ${FAULTS_MAX} scripted faults already; DELETE /_sim/faults clears them.` });
  const { operation, times, fault, account, region: where, match } = asked;
  if (!knows(operation)) return json(400, { message: `operation: the simulated AWS does not do ${operation}, so the fault would never strike.` });
  const scripted = {
    id: world.newId(),
    operation,
    times,
    fault: Object.fromEntries(Object.entries(fault).filter(([, value]) => value !== undefined)) as typeof fault & { kind: (typeof FAULT_KINDS)[number] },
    ...(account === undefined ? {} : { account }),
    ...(where === undefined ? {} : { region: where }),
    ...(match === undefined ? {} : { match }),
  };
  faults.add(scripted as Parameters<Faults['add']>[0]);
  return json(201, scripted);
}

function putWorkloads(world: World, asked: z.infer<typeof WorkloadsRequest>): WireAnswer {
  const workloads = new EksWorkloads(world.disk);
  if (workloads.list().length >= WORKLOADS_MAX) return json(400, { message: `There are scripts for ${WORKLOADS_MAX} clusters already; DELETE /_sim/eks/workloads clears them.` });
  return json(201, workloads.put(asked, world.clock.now()));
}

function clearWorkloads(world: World, filter: z.infer<typeof WorkloadsQuery>): WireAnswer {
  const workloads = new EksWorkloads(world.disk);
  workloads.clear(filter);
  return json(200, { workloads: workloads.list() });
}

function rotated(world: World, asked: z.infer<typeof RotationRequest>): WireAnswer {
  const after = rotateByEks(world.disk, asked, world.clock.now(), world.newId());
  return after === undefined ? json(404, { message: `There is no cluster ${asked.cluster} in ${asked.region} of ${asked.account}.` }) : json(200, after);
}

function upgradedByEks(services: readonly SimulatedService[], { account, region, cluster }: z.infer<typeof ForcedUpgradeRequest>): WireAnswer {
  const eks = services.find((service): service is SimulatedEks => service.name === 'eks');
  try {
    return eks === undefined ? json(404, { message: 'No EKS is simulated here.' }) : json(201, eks.forceUpgrade(account, region, cluster));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    return json(error.status, { message: error.message });
  }
}

function withdrawn(world: World, asked: Withdrawal): WireAnswer {
  const refusal = withdraw(world.disk, asked);
  return refusal === undefined ? json(201, asked) : json(400, { message: refusal });
}

function shared(world: World, asked: z.infer<typeof ShareRequest>): WireAnswer {
  const refusal = share(world.disk, asked);
  return refusal === undefined ? json(201, asked) : json(400, { message: refusal });
}

function bodyOf(request: WireRequest): unknown {
  try {
    return request.body.byteLength === 0 ? {} : JSON.parse(Buffer.from(request.body).toString('utf8'));
  } catch {
    return undefined;
  }
}

function reading<T>(schema: z.ZodType<T>, value: unknown, act: (read: T) => WireAnswer | Promise<WireAnswer>): WireAnswer | Promise<WireAnswer> {
  if (value === undefined) return json(400, { message: 'The body is not JSON.' });
  const read = schema.safeParse(value);
  if (read.success) return act(read.data);
  const sentences = read.error.issues.map((issue) => `${issue.path.length === 0 ? 'the request' : issue.path.join('.')}: ${issue.message}`);
  return json(400, { message: `${sentences.join('; ')}.` });
}

function json(status: number, body: unknown): WireAnswer {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(body)}\n` };
}
