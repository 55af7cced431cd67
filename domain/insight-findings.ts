import type { AddonFacts, NodegroupFacts } from './facts.ts';
import { finding } from './finding-codes.ts';
import { compareMinors, isMinor, type Minor } from './minor.ts';
import type { Finding, Hop, PlannedStep } from './plan.ts';
import type { DeprecationFacts, InsightFacts, InsightsFacts, Looked } from './readiness-facts.ts';
import { sentence } from './sentence.ts';
import { kubeletFits } from './skew.ts';

/** EKS looks at every cluster anew once a day (source: EKS user guide, cluster insights). */
const INSIGHTS_FRESH_HOURS = 24;
/** EKS finds the use of deprecated APIs in the audit log of this many days (source: EKS user guide, cluster insights). */
const AUDIT_DAYS = 30;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export interface InsightsAsk {
  readonly clusterName: string;
  readonly controlPlane: Minor;
  readonly hops: readonly Hop[];
  /** As they stand now, which may be later than EKS looked. */
  readonly addons: readonly Pick<AddonFacts, 'addonName' | 'addonVersion'>[];
  readonly nodegroups?: readonly Pick<NodegroupFacts, 'nodegroupName' | 'version' | 'modifiedAt'>[] | undefined;
  /** Add-ons that run nowhere yet, for want of a node. */
  readonly awaitNodes?: readonly string[] | undefined;
  /** When the control plane last moved as far as it was seen, RFC 3339. */
  readonly movedAt?: string | undefined;
  /** Nobody looks again before the control plane moves: what is stale then blocks. Otherwise the operation has EKS look anew first. */
  readonly lastLook?: boolean | undefined;
  /** RFC 3339. */
  readonly now: string;
}

/**
 * What EKS's own insights say of the minors that the control plane is to pass. ERROR blocks, unless steps of the plan before that
 * hop mend it; UNKNOWN is no pass; insights that nobody could read, or that there are none of for the next minor, are none either.
 */
export function insightFindings(looked: Looked<InsightsFacts>, ask: InsightsAsk): readonly Finding[] {
  const ahead = minorsAhead(ask.hops);
  const [next] = ahead;
  if (looked.kind === 'unknown') return next === undefined ? [] : [notSeen(ask.clusterName, next, `EKS's upgrade insights could not be read: ${looked.because}`, 'Let the account\'s role read insights (eks:ListInsights, eks:DescribeInsight, eks:DescribeInsightsRefresh).')];
  const { insights } = looked.value;
  const misconfigured = insights.filter((insight) => !['UPGRADE_READINESS', 'ROLLBACK_READINESS', undefined].includes(insight.category) && insight.status !== 'PASSING').map(misconfiguration);
  if (next === undefined) return misconfigured;
  const concerned = insights.filter((insight) => insight.category === 'UPGRADE_READINESS').map((insight) => ({ insight, hop: insight.kubernetesVersion ?? next }));
  return [
    ...(concerned.some(({ hop }) => hop === next) ? [] : [nothingForNext(concerned.map(({ insight }) => insight), next, ask)]),
    ...staleness(looked.value, concerned.filter(({ hop }) => hop === next).map(({ insight }) => insight), next, ask),
    ...concerned.filter(({ hop }) => ahead.includes(hop)).flatMap(({ insight, hop }) => judged(insight, hop, { ...ask, next })),
    ...misconfigured,
  ];
}

/** The hops of a plan that EKS tells no insight for yet: it looks one minor ahead, and further only for APIs that go away. */
export function minorsWithoutInsights(looked: Looked<InsightsFacts>, hops: readonly Hop[]): readonly Minor[] {
  if (looked.kind === 'unknown') return [];
  const told = new Set(looked.value.insights.map((insight) => insight.kubernetesVersion));
  return minorsAhead(hops).slice(1).filter((minor) => !told.has(minor));
}

function minorsAhead(hops: readonly Hop[]): Minor[] {
  return hops.flatMap((hop) => (hop.from !== hop.to && isMinor(hop.to) ? [hop.to] : []));
}

/**
 * The hops, with `force` on the control-plane steps whose insights are waived: EKS may refuse an upgrade for its own insights, and
 * takes `force` for an answer (source: EKS UpdateClusterVersion; whether it does so at present, docs and issues tell differently).
 */
export function forcedWhereWaived(hops: readonly Hop[], findings: readonly Finding[]): Hop[] {
  return hops.map((hop) => {
    const waived = findings.filter((found) => found.waiver !== undefined && found.hop === hop.to && FORCED_FOR.includes(found.code));
    if (waived.length === 0) return hop;
    const because = ` EKS is told to force it past ${waived.map((found) => `"${found.subject}"`).join(', ')}, which ${waived.map((found) => found.waiver?.by ?? '').filter((by, place, all) => all.indexOf(by) === place).join(' and ')} waived.`;
    return { ...hop, steps: hop.steps.map((step) => (step.kind === 'upgrade-control-plane' || step.kind === 'rollback-control-plane' ? { ...step, reason: step.reason + because, parameters: { ...step.parameters, force: true } } : step)) };
  });
}

/** What was seen and is waived. Insights that nobody saw are not forced past: if EKS then refuses, it knows more than who waived. */
const FORCED_FOR: readonly string[] = ['insight-error', 'insight-unknown'];

function judged(insight: InsightFacts, hop: Minor, ask: InsightsAsk & { readonly next: Minor }): Finding[] {
  const evidence = evidenceOf(insight);
  switch (insight.status) {
    case 'PASSING':
      return [];
    case 'ERROR': {
      const mending = whatMends(insight, hop, ask);
      if (mending !== undefined) {
        return [finding('insight-error', 'advises', insight.name, { hop, evidence, detail: `EKS says ERROR for ${hop}: ${reasonOf(insight)}`, remedy: `Nothing: ${mending}.` })];
      }
      return [finding('insight-error', 'blocks', insight.name, { hop, evidence, detail: `EKS says ERROR for ${hop}: ${reasonOf(insight)}${memoryOf(insight)}`, remedy: remedyOf(insight) })];
    }
    case 'WARNING': {
      const later = hop !== ask.next && insight.deprecations.length > 0 ? ` It becomes an ERROR, and blocks, when ${hop} is the next minor.` : '';
      return [finding('insight-warning', 'advises', insight.name, { hop, evidence, detail: `EKS says WARNING for ${hop}: ${reasonOf(insight)}${later}${memoryOf(insight)}`, remedy: remedyOf(insight) })];
    }
    default:
      return [
        finding('insight-unknown', 'blocks', insight.name, {
          hop,
          evidence: [...evidence, ...lookedAt(insight)],
          detail: `EKS says ${insight.status} for ${hop}: it cannot tell whether this is in the way, and that is no pass. ${reasonOf(insight)}`,
          remedy: 'Have EKS look again (aws eks start-insights-refresh). Where it stays so, check by hand what the insight is about; an approver may then waive it.',
        }),
      ];
  }
}

/**
 * EKS's errors about add-ons and nodes that the plan itself moves before the hop, or moved since EKS looked. Which add-ons, EKS names with the
 * versions that would do; which nodes, it names by their place in the cluster alone, so the plan's own judgement of the skew stands for them.
 */
function whatMends(insight: InsightFacts, hop: Minor, { hops, addons, nodegroups = [], awaitNodes = [] }: InsightsAsk): string | undefined {
  const place = hops.findIndex((candidate) => candidate.to === hop && candidate.from !== hop);
  const before = [...hops.slice(0, place).flatMap(({ steps }) => steps), ...(hops[place]?.steps.filter((step) => step.stage === 'PrepareAddons') ?? [])];
  if (insight.addons.length > 0) {
    // kube-proxy is never newer than the API server, so it moves right after it; how far behind it may be, EKS judges by an insight of its own.
    const follows = hops[place]?.steps.filter((step) => step.stage === 'UpgradeAddons' && step.subject === 'kube-proxy') ?? [];
    const moves = ({ name, compatibleVersions }: InsightFacts['addons'][number], steps: readonly PlannedStep[]) => steps.some((step) => step.kind === 'upgrade-addon' && step.subject === name && compatibleVersions.includes(step.to ?? ''));
    const moved = ({ name, compatibleVersions }: InsightFacts['addons'][number]) => awaitNodes.includes(name) || addons.some((addon) => addon.addonName === name && compatibleVersions.includes(addon.addonVersion));
    if (!insight.addons.every((addon) => moves(addon, [...before, ...follows]) || moved(addon))) return undefined;
    const left = insight.addons.filter((addon) => !moved(addon));
    return left.length === 0 ? `${listed(insight.addons.map(({ name }) => name))} moved since EKS looked, or wait for a first node` : `the plan moves ${whenMoved(left, (addon) => moves(addon, before))}`;
  }
  if (/^kubelet version skew$/i.test(insight.name)) {
    const rolled = before.filter((step) => step.kind === 'upgrade-nodegroup' || step.kind === 'refresh-instances').map((step) => step.subject);
    return rolled.length === 0 ? rolledSince(insight, hop, nodegroups) : `the plan rolls ${listed([...new Set(rolled)])} before that hop`;
  }
  if (/^kube-proxy version skew$/i.test(insight.name)) return before.some((step) => step.subject === 'kube-proxy') ? 'the plan moves kube-proxy before that hop' : undefined;
  return undefined;
}

/** `coredns and vpc-cni before that hop, and kube-proxy right after the control plane` */
function whenMoved(addons: InsightFacts['addons'], isBefore: (addon: InsightFacts['addons'][number]) => boolean): string {
  const names = (some: InsightFacts['addons']): string => listed(some.map(({ name }) => name));
  const [before, after] = [addons.filter(isBefore), addons.filter((addon) => !isBefore(addon))];
  return [...(before.length === 0 ? [] : [`${names(before)} before that hop`]), ...(after.length === 0 ? [] : [`${names(after)} right after the control plane`])].join(', and ');
}

/** After a roll EKS goes on naming the nodes that it saw last, until it looks again: within a day, or when the operation has it look before the hop. */
function rolledSince({ lastRefreshTime }: InsightFacts, hop: Minor, nodegroups: NonNullable<InsightsAsk['nodegroups']>): string | undefined {
  const fit = nodegroups.every(({ version }) => version !== undefined && kubeletFits(version, hop));
  const since = nodegroups.filter(({ modifiedAt }) => lastRefreshTime !== undefined && modifiedAt !== undefined && Date.parse(modifiedAt) > Date.parse(lastRefreshTime));
  return fit && since.length > 0 ? `${since.map(({ nodegroupName }) => nodegroupName).join(', ')} rolled since EKS looked, and EKS looks again before that hop` : undefined;
}

function staleness({ refresh }: InsightsFacts, insights: readonly InsightFacts[], next: Minor, ask: InsightsAsk): Finding[] {
  const because = whyStale(refresh, insights, ask);
  if (because === undefined) return [];
  return [
    finding('insights-stale', ask.lastLook === true ? 'blocks' : 'advises', ask.clusterName, {
      hop: next,
      detail: `What EKS's insights say may be out of date: ${because}`,
      remedy: ask.lastLook === true ? 'Have EKS look again (aws eks start-insights-refresh), then ask again. An approver may waive it.' : 'Nothing: the operation has EKS look anew before that hop, and stops there if it cannot.',
    }),
  ];
}

function whyStale(refresh: InsightsFacts['refresh'], insights: readonly InsightFacts[], { now, movedAt, lastLook }: InsightsAsk): string | undefined {
  if (refresh.status === 'FAILED') return `the last refresh failed${refresh.message === undefined ? '.' : `: ${sentence(refresh.message)}`}`;
  if (refresh.status === 'IN_PROGRESS' && lastLook === true) return 'EKS is looking at this moment.';
  if (insights.length === 0) return undefined;
  const oldest = Math.min(...insights.map((insight) => Date.parse(insight.lastRefreshTime ?? '')));
  if (!Number.isFinite(oldest)) return 'EKS does not say when it last looked.';
  const at = new Date(oldest).toISOString();
  if (Date.parse(now) - oldest > INSIGHTS_FRESH_HOURS * HOUR_MS) return `EKS last looked at ${at}, more than ${INSIGHTS_FRESH_HOURS} hours ago.`;
  return movedAt !== undefined && oldest < Date.parse(movedAt) ? `EKS last looked at ${at}, and the control plane moved after that, at ${movedAt}.` : undefined;
}

/** EKS looks at a new cluster within minutes, and at one that moved with its next refresh; until then there is nothing to go by. */
function nothingForNext(insights: readonly InsightFacts[], next: Minor, { clusterName, controlPlane }: InsightsAsk): Finding {
  const earlier = insights.some(({ kubernetesVersion }) => kubernetesVersion !== undefined && compareMinors(kubernetesVersion, controlPlane) <= 0);
  return notSeen(clusterName, next, earlier ? `EKS's upgrade insights are those of before the control plane came to ${controlPlane}; there is none for ${next} yet.` : `EKS has no upgrade insight for ${next} yet.`, 'Have EKS look (aws eks start-insights-refresh), or wait: it looks at a new cluster within minutes, and at every cluster once a day.');
}

function notSeen(clusterName: string, next: Minor | string, detail: string, remedy: string): Finding {
  return finding('insights-not-seen', 'blocks', clusterName, {
    hop: next,
    detail: `${sentence(detail)} Whether EKS sees something in the way is Unknown, and that is no pass.`,
    remedy: `${remedy} An approver may waive it.`,
  });
}

function misconfiguration(insight: InsightFacts): Finding {
  return finding('insight-misconfiguration', 'advises', insight.name, {
    evidence: evidenceOf(insight),
    detail: `EKS says ${insight.status} of the cluster's configuration: ${reasonOf(insight)}`,
    remedy: remedyOf(insight),
  });
}

/** Why an insight is as it is, in EKS's words. */
export function reasonOf(insight: InsightFacts): string {
  return sentence(insight.reason ?? insight.description ?? 'it gives no reason');
}

/** `a, b and c` */
function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}

/** What EKS recommends. */
export function remedyOf(insight: InsightFacts): string {
  const recommended = sentence(insight.recommendation ?? 'Mend what the insight names, then have EKS look again (aws eks start-insights-refresh).');
  return insight.deprecations.length === 0 ? recommended : `${recommended} Where the clients are mended already, an approver may waive it until EKS forgets.`;
}

/** EKS remembers a request to a deprecated API for 30 days, whatever was mended since (source: containers-roadmap 2569). */
function memoryOf(insight: InsightFacts): string {
  if (insight.deprecations.length === 0) return '';
  const requests = insight.deprecations.flatMap((deprecation) => deprecation.clients).map((client) => Date.parse(client.lastRequestTime ?? ''));
  const known = requests.filter((time) => Number.isFinite(time));
  const last = Math.max(...known);
  if (known.length === 0) return ` When the last such request was, EKS does not say; it remembers one for ${AUDIT_DAYS} days.`;
  return ` The last such request was at ${new Date(last).toISOString()}. EKS remembers it for ${AUDIT_DAYS} days, so the finding goes away by itself after ${new Date(last + AUDIT_DAYS * DAY_MS).toISOString()} if no other comes.`;
}

/** What an insight was concluded from, in lines. */
export function evidenceOf(insight: InsightFacts): string[] {
  return [
    ...insight.deprecations.flatMap(usage),
    ...insight.addons.map(({ name, compatibleVersions }) => `${name}: ${compatibleVersions.length === 0 ? 'EKS names no compatible version' : `compatible are ${compatibleVersions.join(', ')}`}`),
    ...insight.resources.map(({ uri, arn, status, reason }) => [uri ?? arn ?? 'a resource without a name', status, reason].filter((word) => word !== undefined).join(': ')),
  ];
}

/** An insight that cannot tell names nothing: what there is to show is since when. */
function lookedAt({ status, lastRefreshTime, lastTransitionTime }: InsightFacts): string[] {
  return [
    ...(lastRefreshTime === undefined ? [] : [`EKS looked at ${lastRefreshTime}`]),
    ...(lastTransitionTime === undefined ? [] : [`It has been ${status} since ${lastTransitionTime}`]),
  ];
}

function usage({ usage: api, replacedWith, stopServingVersion, clients }: DeprecationFacts): string[] {
  const gone = stopServingVersion === undefined ? '' : `, not served from ${stopServingVersion} on`;
  const instead = replacedWith === undefined ? '' : `, replaced by ${replacedWith}`;
  const said = clients.map(({ userAgent, requestsLast30Days, lastRequestTime }) => {
    return `${api}: ${requestsLast30Days} requests in ${AUDIT_DAYS} days by ${userAgent === '' ? 'a client that tells no name' : userAgent}, the last ${lastRequestTime === undefined ? 'at a time that EKS does not tell' : `at ${lastRequestTime}`}`;
  });
  return [`${api}${gone}${instead}`, ...said];
}
