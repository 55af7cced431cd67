import { compareMinors, minorsBetween } from '../../../domain/minor.ts';
import type { Minor } from '../../../domain/minor.ts';
import type { Place } from './place.ts';
import type { SpanDoc, UpdateDoc } from './state.ts';

/** All that happened to the clusters of a name, for whoever checks afterwards that no rule was broken. Times are epoch milliseconds. */
export interface ClusterHistory {
  /** Every update, oldest first. */
  readonly updates: readonly UpdateSpan[];
  /** The control plane's versions, oldest first. */
  readonly controlPlane: readonly Span[];
  /** Every node that was ever ready. */
  readonly nodes: readonly (Span & { readonly nodegroupName: string; readonly nodeId: string })[];
  readonly addons: readonly (Span & { readonly addonName: string })[];
  /** For each pair of a node and a control plane that were there at one time: how many minors the node was behind. Negative: newer. */
  readonly skews: readonly Skew[];
  /** The widest of the skews; 0 without nodes. */
  readonly widestSkew: number;
  readonly nodesNewerThanControlPlane: readonly Skew[];
  /** Pairs of control-plane updates that overlapped in time; EKS never lets that happen. */
  readonly overlappingControlPlaneUpdates: readonly (readonly [string, string])[];
}

export interface UpdateSpan {
  readonly updateId: string;
  readonly type: string;
  readonly status: string;
  readonly nodegroupName?: string | undefined;
  readonly addonName?: string | undefined;
  readonly params: Readonly<Record<string, string>>;
  readonly from: number;
  readonly to?: number | undefined;
}

export interface Span {
  readonly version: string;
  readonly from: number;
  /** Absent: it still is so. */
  readonly to?: number | undefined;
}

export interface Skew {
  readonly nodegroupName: string;
  readonly nodeId: string;
  readonly kubelet: string;
  readonly controlPlane: string;
  readonly from: number;
  readonly minorsBehind: number;
}

export function historyOf(place: Place, clusterName: string): ClusterHistory {
  const spans = place.spans.list(`${clusterName}/`);
  const updates = place.updates
    .list(`${clusterName}/`)
    .sort((a, b) => a.sequence - b.sequence)
    .map(updateSpan);
  const of = (what: SpanDoc['what']): SpanDoc[] => spans.filter((span) => span.what === what);
  const controlPlane = of('control-plane');
  const nodes = of('node').map((span) => ({ ...seen(span), nodegroupName: span.nodegroupName ?? '', nodeId: span.nodeId ?? '' }));
  const skews = nodes.flatMap((node) => controlPlane.filter((plane) => overlap(node, plane)).map((plane) => skewOf(node, plane)));
  return {
    updates,
    controlPlane: controlPlane.map(seen),
    nodes,
    addons: of('addon').map((span) => ({ ...seen(span), addonName: span.addonName ?? '' })),
    skews,
    widestSkew: Math.max(0, ...skews.map((skew) => skew.minorsBehind)),
    nodesNewerThanControlPlane: skews.filter((skew) => skew.minorsBehind < 0),
    overlappingControlPlaneUpdates: overlapping(updates.filter((update) => update.nodegroupName === undefined && update.addonName === undefined)),
  };
}

function updateSpan(update: UpdateDoc): UpdateSpan {
  return {
    updateId: update.id,
    type: update.type,
    status: update.status,
    nodegroupName: update.nodegroupName,
    addonName: update.addonName,
    params: Object.fromEntries(update.params.map((param) => [param.type ?? '', param.value ?? ''])),
    from: update.createdAt,
    to: update.endedAt,
  };
}

function seen(span: SpanDoc): Span {
  return { version: span.version, from: span.from, to: span.to };
}

/** Whether two spans share more than an instant. */
function overlap(a: Pick<Span, 'from' | 'to'>, b: Pick<Span, 'from' | 'to'>): boolean {
  return a.from < (b.to ?? Infinity) && b.from < (a.to ?? Infinity);
}

function skewOf(node: ClusterHistory['nodes'][number], plane: SpanDoc): Skew {
  const [kubelet, controlPlane] = [node.version as Minor, plane.version as Minor];
  return {
    nodegroupName: node.nodegroupName,
    nodeId: node.nodeId,
    kubelet,
    controlPlane,
    from: Math.max(node.from, plane.from),
    minorsBehind: minorsBetween(kubelet, controlPlane) ?? compareMinors(controlPlane, kubelet),
  };
}

function overlapping(updates: readonly UpdateSpan[]): [string, string][] {
  return updates.flatMap((first, index) =>
    updates
      .slice(index + 1)
      .filter((second) => overlap(first, second))
      .map((second): [string, string] => [first.updateId, second.updateId]),
  );
}
