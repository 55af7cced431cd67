import { CONTROLLERS, fits, isController, unknownOn, type ControllerName } from '../controllers/releases.ts';
import type { Cluster } from '../cluster.ts';
import type { ClusterFacts } from '../facts.ts';
import { finding } from '../finding-codes.ts';
import type { Minor } from '../minor.ts';
import type { Finding, Hop, PlannedStep, Stage } from '../plan.ts';
import { same } from '../json-equal.ts';
import { keyOf, type HandOverResource, type Resource } from './resource.ts';
import { changingSteps } from './steps-of-resource.ts';
import { resourcesOn } from './wanted-resources.ts';

/**
 * Controllers that were handed over follow the control plane's minor: one whose version its makers do not let run on the next minor is handed
 * over anew on that hop, before the control plane or after it, as they say. Slipway does not see which version runs: it tells which one is
 * expected. What was handed over in a version that still fits is left alone.
 */

export interface Kept {
  readonly hops: readonly Hop[];
  readonly findings: readonly Finding[];
}

interface World {
  readonly cluster: Cluster;
  readonly facts: ClusterFacts;
}

/** The hops of an upgrade with the steps that keep controllers in step. What lags behind where the control plane is now comes first. */
export function keptInStep(hops: readonly Hop[], world: World): Kept {
  if (!(world.cluster.made ?? []).some(({ kind }) => kind === 'hand-over')) return { hops, findings: [] };
  const from = world.facts.cluster.version;
  const findings: Finding[] = [];
  let made = world.cluster.made ?? [];
  const moveAt = (minor: Minor, stages: Readonly<Record<'before' | 'after', Stage>>) => {
    const moves = movesAt(minor, made, world, stages);
    made = moves.made;
    return moves;
  };
  const settling = moveAt(from, { before: 'UpgradeAddons', after: 'UpgradeAddons' }).steps;
  const kept = hops.map((hop): Hop => {
    if (hop.from === hop.to) return hop;
    const moves = moveAt(hop.to as Minor, { before: 'PrepareAddons', after: 'UpgradeAddons' });
    findings.push(...moves.findings);
    return withSteps(hop, moves.steps);
  });
  return { hops: withSettling(kept, settling, from), findings };
}

/** The same for the way back by one minor: before the control plane goes back, as add-ons do. */
export function keptInStepBack(hop: Hop, world: World): Kept {
  if (!(world.cluster.made ?? []).some(({ kind }) => kind === 'hand-over')) return { hops: [hop], findings: [] };
  const moves = movesAt(hop.to as Minor, world.cluster.made ?? [], world, { before: 'RollBackAddons', after: 'RollBackAddons' });
  const at = hop.steps.findIndex(({ stage }) => stage === 'RollBackControlPlane');
  return { hops: [{ ...hop, steps: [...hop.steps.slice(0, at), ...moves.steps, ...hop.steps.slice(at)] }], findings: moves.findings.map((found) => ({ ...found, severity: 'advises' })) };
}

function withSettling(hops: readonly Hop[], steps: readonly PlannedStep[], from: Minor): readonly Hop[] {
  if (steps.length === 0) return hops;
  const [first] = hops;
  if (first === undefined || first.from !== first.to) return [{ from, to: from, steps }, ...hops];
  return [withSteps(first, steps), ...hops.slice(1)];
}

/** Before the control plane comes what must, and right after it, before nodes roll, the rest. */
function withSteps(hop: Hop, steps: readonly PlannedStep[]): Hop {
  if (steps.length === 0) return hop;
  const before = steps.filter(({ stage }) => stage === 'PrepareAddons');
  const after = steps.filter(({ stage }) => stage !== 'PrepareAddons');
  const nodes = hop.steps.findIndex(({ stage }) => stage === 'UpgradeCanaryNodegroup' || stage === 'UpgradeNodegroups');
  const at = nodes === -1 ? hop.steps.length : nodes;
  return { ...hop, steps: [...before, ...hop.steps.slice(0, at), ...after, ...hop.steps.slice(at)] };
}

interface Moves {
  readonly steps: readonly PlannedStep[];
  readonly findings: readonly Finding[];
  /** What was made, once the steps are done. */
  readonly made: readonly Resource[];
}

function movesAt(minor: Minor, made: readonly Resource[], { cluster, facts }: World, stages: Readonly<Record<'before' | 'after', Stage>>): Moves {
  const wanted = new Map(resourcesOn({ cluster: { ...cluster, version: minor }, addonCatalogue: {}, subnets: facts.subnets }).map((resource) => [keyOf(resource), resource]));
  const steps: PlannedStep[] = [];
  const findings: Finding[] = [];
  const after = new Map(made.map((resource) => [keyOf(resource), resource]));
  for (const resource of made) {
    if (resource.kind !== 'hand-over' || resource.version === undefined || !isController(resource.what)) continue;
    const fitting = fits(resource.what, resource.version, minor);
    const untold = unknownOn(resource.what, resource.version, minor);
    if (fitting === true) {
      if (untold !== undefined) findings.push(notListed(resource.what, resource.version, minor, 'advises'));
      continue;
    }
    const next = wanted.get(keyOf(resource));
    if (fitting === undefined || next?.kind !== 'hand-over' || next.version === undefined) {
      findings.push(notListed(resource.what, resource.version, minor, CONTROLLERS[resource.what].moves === 'before' ? 'blocks' : 'advises'));
      continue;
    }
    const at = { version: minor, stage: stages[CONTROLLERS[resource.what].moves], reason: reasonOf(resource.what, resource.version, minor) };
    const bound = boundTo(next, wanted, after);
    steps.push(...[...bound, [resource, next] as const].flatMap(([before, now]) => changingSteps(before, now, at)));
    for (const [, now] of [...bound, [resource, next] as const]) after.set(keyOf(now), now);
    findings.push(behind(resource, next, minor));
  }
  return { steps, findings, made: [...after.values()] };
}

/** The roles of the same part, where the new version is to have other rights. */
function boundTo(next: HandOverResource, wanted: ReadonlyMap<string, Resource>, made: ReadonlyMap<string, Resource>): readonly (readonly [Resource, Resource])[] {
  return [...wanted.values()].flatMap((resource) => {
    const before = made.get(keyOf(resource));
    return resource.kind === 'role' && resource.part === next.part && before !== undefined && !same(before, resource) ? [[before, resource] as const] : [];
  });
}

function reasonOf(what: ControllerName, version: string, minor: Minor): string {
  const { sameMinor, moves } = CONTROLLERS[what];
  if (sameMinor) return `${what} has the control plane's own minor, and ${version} is not of ${minor}. People apply it ${moves} the control plane moves.`;
  return `${what} ${version} is too old for ${minor} by its makers' matrix. People apply the newer one ${moves} the control plane moves.`;
}

/** What must come before the control plane blocks: Slipway hands it over and cannot see it applied. */
function behind(before: HandOverResource, next: HandOverResource, minor: Minor): Finding {
  const what = before.what as ControllerName;
  const first = CONTROLLERS[what].moves === 'before';
  return finding('controller-behind', first ? 'blocks' : 'advises', what, {
    detail: `${what} was handed over as ${before.version}, and ${minor} asks for ${next.version}. Slipway does not install it and does not see which version runs.`,
    remedy: first
      ? `Ask for it anew (PATCH the cluster with the same ${before.part}), apply what GET /v1/clusters/{clusterId}/handed-over then has, and ask for the upgrade again; or have an approver waive this once the version runs.`
      : `Once the control plane is at ${minor}, apply what GET /v1/clusters/{clusterId}/handed-over has then.`,
    hop: minor,
  });
}

function notListed(what: ControllerName, version: string, minor: Minor, severity: 'blocks' | 'advises'): Finding {
  const then = severity === 'blocks' ? 'Once a version that supports the minor runs, an approver may waive this.' : `Apply a release that supports the minor ${CONTROLLERS[what].moves === 'before' ? 'before the control plane moves' : 'once the control plane is there'}.`;
  return finding('controller-not-listed', severity, what, {
    detail: `${what} was handed over as ${version}. ${unknownOn(what, version, minor) ?? ''}`,
    remedy: `Look at its makers' compatibility matrix. ${then}`,
    hop: minor,
  });
}
