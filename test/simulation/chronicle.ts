import type { Json } from '../../local/api-client.ts';
import { movesControlPlane } from '../../domain/look-needed.ts';
import type { Step } from '../../domain/operation.ts';
import type { ClusterHistory } from '../../local/aws/eks/history.ts';

/** A stretch of time in which nothing of ours may begin, epoch ms. */
export interface Hold {
  readonly why: 'pause' | 'cancel' | 'freeze of the fleet';
  /** Absent: it holds every operation. */
  readonly operationId?: string;
  readonly from: number;
  to: number;
  /** What had begun when it was asked for, where nothing else was going on at that instant. */
  readonly begunBefore?: ReadonlySet<string>;
}

/** A maintenance policy as a test says it: one window a day in UTC, and freezes. Minutes of the day, epoch ms. */
export interface PolicySpan {
  readonly from: number;
  readonly window?: { readonly opens: number; readonly minutes: number };
  readonly freezes: readonly { readonly from: number; readonly to: number }[];
}

/** Everything that was asked for one cluster, by us and by others. */
export interface Chronicle {
  readonly name: string;
  /** Each run of each operation as it was seen last. */
  readonly runs: Map<string, Json>;
  readonly holds: Hold[];
  readonly policies: PolicySpan[];
  /** EKS's ids of what others began. */
  readonly foreign: Set<string>;
  /** When EKS refused a move of the control plane that we asked for, because an update was in the way; epoch ms. */
  readonly inTheWay: Set<number>;
  /** All of it in words, for whoever reads a failure. */
  readonly told: string[];
}

/** Work at EKS or Auto Scaling, whoever began it. */
export interface Work {
  readonly id: string;
  readonly what: 'control-plane' | 'nodes' | 'addon';
  readonly subject: string;
  readonly to: string | undefined;
  readonly from: number;
  readonly end: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;
const SKEW_MINORS_MAX = 3;
/** Node groups of one operation that roll side by side, where it does not say. */
const PARALLEL_MAX = 4;

/** The rules that a cluster's whole story broke, each told in a sentence with its moment; empty when none. Judged from what EKS did, not from what Slipway says of it. */
export function rulesBroken(chronicle: Chronicle, history: ClusterHistory, refreshes: readonly Work[]): string[] {
  const work = [...history.updates.map(workOf), ...refreshes];
  const ours = work.filter((one) => !chronicle.foreign.has(one.id));
  return [
    ...skippedMinors(history),
    ...history.nodesNewerThanControlPlane.map((skew) => `A node of ${skew.nodegroupName} at ${skew.kubelet} is newer than a control plane at ${skew.controlPlane}, ${at(skew.from)}`),
    ...(history.widestSkew > SKEW_MINORS_MAX ? [`A node was ${history.widestSkew} minors behind`] : []),
    ...history.overlappingControlPlaneUpdates.map(([one, other]) => `Two control-plane updates at once: ${one} and ${other}`),
    ...twoAtOnce(chronicle, work),
    ...ours.flatMap((one) => heldBack(one, chronicle)),
    ...ours.flatMap((one) => outsideItsTime(one, chronicle)),
    ...[...chronicle.runs.values()].flatMap((run) => [...tooManyAtOnce(run, ours), ...beforeTheCanary(run), ...pastGates(run), ...unbaked(run)]),
  ];
}

function workOf(update: ClusterHistory['updates'][number]): Work {
  const { updateId, nodegroupName, addonName, params, from, to } = update;
  const what = nodegroupName !== undefined ? 'nodes' : addonName !== undefined ? 'addon' : 'control-plane';
  return { id: updateId, what, subject: nodegroupName ?? addonName ?? 'control plane', to: params['Version'] ?? params['AddonVersion'], from, end: to ?? Infinity };
}

function skippedMinors({ controlPlane }: ClusterHistory): string[] {
  const minors = controlPlane.map((span) => Number(span.version.split('.')[1]));
  return minors.slice(1).flatMap((minor, place) => (Math.abs(minor - (minors[place] ?? minor)) === 1 ? [] : [`The control plane went from 1.${minors[place]} to 1.${minor}`]));
}

/** The run of an operation that was under way at a moment. */
function runAt({ runs }: Chronicle, moment: number): Json | undefined {
  return [...runs.values()].find((run) => Date.parse(run.begunAt) <= moment && moment <= Date.parse(run.endedAt ?? '9999-01-01T00:00:00Z'));
}

/** EKS refuses a second update of a control plane; that it had to, while the one before was ours, breaks the rule. An operation has its cluster to itself. */
function twoAtOnce({ runs, inTheWay, foreign }: Chronicle, work: readonly Work[]): string[] {
  const asked = [...inTheWay].flatMap((moment) => {
    const before = work.filter(({ what, from }) => what === 'control-plane' && from <= moment).sort((a, b) => a.from - b.from).at(-1);
    return before === undefined || foreign.has(before.id) ? [] : [`The control plane was asked to move at ${at(moment)}, while ${told(before)}`];
  });
  const stretches = [...runs.values()].map((run) => ({ id: `${run.id}-${run.run}`, from: Date.parse(run.begunAt), to: Date.parse(run.endedAt ?? '9999-01-01T00:00:00Z') }));
  const overlaps = stretches.flatMap((one, place) => stretches.slice(place + 1).filter((other) => one.from < other.to && other.from < one.to).map((other) => `Two operations at once: ${one.id} and ${other.id}`));
  return [...asked, ...overlaps];
}

function heldBack(work: Work, chronicle: Chronicle): string[] {
  const run = runAt(chronicle, work.from);
  if (run === undefined) return [`${told(work)}, in no operation's time`];
  const broken = chronicle.holds.filter(({ operationId, begunBefore, from, to }) => {
    if (operationId !== undefined && operationId !== run.id) return false;
    return begunBefore === undefined ? work.from > from && work.from < to : work.from >= from && work.from < to && !begunBefore.has(work.id);
  });
  return broken.map((hold) => `${told(work)}, in spite of the ${hold.why} of ${at(hold.from)}`);
}

/** Windows, freezes of the cluster and the start that was asked for. */
function outsideItsTime(work: Work, chronicle: Chronicle): string[] {
  const run = runAt(chronicle, work.from);
  if (run === undefined) return [];
  const { startAt, ignoreWindows } = run.terms ?? {};
  const early = startAt !== undefined && work.from < Date.parse(startAt) ? [`${told(work)}, before its start at ${startAt}`] : [];
  if (run.kind === 'rollback-cluster') return early;
  // A policy that was changed at the very instant may have been read before or after.
  const inForce = [chronicle.policies.findLast((policy) => policy.from <= work.from), chronicle.policies.findLast((policy) => policy.from < work.from)];
  const open = inForce.some((policy) => policy === undefined || (policy.freezes.every(({ from, to }) => work.from < from || work.from >= to) && (ignoreWindows === true || isOpen(policy, work.from))));
  return open ? early : [...early, `${told(work)}, outside the windows or within a freeze: ${JSON.stringify(inForce[0])}`];
}

function isOpen({ window }: PolicySpan, moment: number): boolean {
  return window === undefined || (((moment - window.opens * MINUTE_MS) % DAY_MS) + DAY_MS) % DAY_MS < window.minutes * MINUTE_MS;
}

function tooManyAtOnce(run: Json, ours: readonly Work[]): string[] {
  const most = run.terms?.maxParallelNodegroups ?? PARALLEL_MAX;
  const ids = new Set(run.steps.map((step: Json) => step.updateId));
  const rolls = ours.filter((work) => work.what === 'nodes' && ids.has(work.id));
  const crowded = rolls.filter((roll) => rolls.filter((other) => other.from <= roll.from && roll.from < other.end).length > most);
  return crowded.map((roll) => `${told(roll)}, as one of more than ${most} at once`);
}

/** By the steps, since a canary may have been rolled by others: in each hop the other groups begin when it is done. */
function beforeTheCanary(run: Json): string[] {
  const canary = run.terms?.canaryNodegroup;
  if (canary === undefined || run.kind !== 'upgrade-cluster') return [];
  const rolls = run.steps.filter((step: Json) => step.kind === 'upgrade-nodegroup' || step.kind === 'refresh-instances');
  return rolls.flatMap((roll: Json) => {
    const first = rolls.find((other: Json) => other.subject === canary && other.hop === roll.hop);
    if (first === undefined || first.id === roll.id || roll.startedAt === undefined) return [];
    const done = first.state === 'Succeeded' && first.endedAt <= roll.startedAt;
    return done ? [] : [`${roll.title} began ${roll.startedAt}, and the canary ${canary} was ${first.state}${first.endedAt === undefined ? '' : ` at ${first.endedAt}`}`];
  });
}

function pastGates(run: Json): string[] {
  const gates: string[] = run.terms?.gates ?? [];
  const approved = (gate: string, hop?: string): string | undefined => (run.approvals ?? []).find((one: Json) => one.run === run.run && one.gate === gate && one.hop === hop)?.at;
  const moves = run.steps.some((step: Json) => movesControlPlane(step as Step));
  const begun = run.steps.filter((step: Json) => step.startedAt !== undefined);
  const shut = (step: Json, gate: string, hop?: string): string[] => ((approved(gate, hop) ?? '9999') <= step.startedAt ? [] : [`${step.title} began ${step.startedAt}, past the gate ${gate}`]);
  return begun.flatMap((step: Json) => [
    ...(moves && gates.includes('beforeControlPlane') ? shut(step, 'beforeControlPlane') : []),
    ...(gates.includes('beforeNodegroups') && rollsNodes(step) ? shut(step, 'beforeNodegroups', step.hop) : []),
  ]);
}

/** What comes after a hop, or after all of it but the nodes that are held, begins when that has baked and the bake is approved. */
function unbaked(run: Json): string[] {
  const { bakeMinutes = 0, holdNodegroups = false, gates = [] } = run.terms ?? {};
  if (run.kind !== 'upgrade-cluster') return [];
  const hops = [...new Set<string>(run.steps.map((step: Json) => step.hop))];
  return hops.flatMap((hop) => {
    const begun = run.steps.filter((step: Json) => step.hop === hop && step.startedAt !== undefined);
    const before = begun.filter((step: Json) => !holdNodegroups || !rollsNodes(step));
    if (before.length === 0 || before.some((step: Json) => step.endedAt === undefined)) return [];
    const doneAt = Math.max(...before.map((step: Json) => Date.parse(step.endedAt)));
    const approvedAt = Date.parse(gates.includes('afterBake') ? ((run.approvals ?? []).find((one: Json) => one.run === run.run && one.gate === 'afterBake' && one.hop === hop)?.at ?? '9999-01-01T00:00:00Z') : '1970-01-01T00:00:00Z');
    const after = run.steps.filter((step: Json) => step.startedAt !== undefined && !before.includes(step) && Date.parse(step.startedAt) >= doneAt);
    const early = after.filter((step: Json) => Date.parse(step.startedAt) < Math.max(doneAt + bakeMinutes * MINUTE_MS, approvedAt));
    return early.map((step: Json) => `${step.title} began ${step.startedAt}, before the hop to ${hop}, done ${at(doneAt)}, had baked ${bakeMinutes} minutes and was approved`);
  });
}

function rollsNodes(step: Json): boolean {
  return step.kind === 'upgrade-nodegroup' || step.kind === 'refresh-instances';
}

function told({ what, subject, to, from, id }: Work): string {
  return `${what} ${subject} to ${to ?? 'another state'} (${id}) began ${at(from)}`;
}

function at(moment: number): string {
  return new Date(moment).toISOString();
}
