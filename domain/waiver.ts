import { FINDINGS, type FindingCode } from './finding-codes.ts';
import type { Finding } from './plan.ts';

/** A blocking finding that an approver lets pass for a while, with a name to ask. */
export interface Waiver {
  readonly waiverId: string;
  readonly clusterId: string;
  /** The finding's code. */
  readonly code: string;
  /** Only for this subject of the finding; absent: for all of them. */
  readonly subject?: string;
  /** Who answers for it. */
  readonly owner: string;
  readonly reason: string;
  /** RFC 3339, UTC: past it the finding blocks again. */
  readonly until: string;
  /** The approver who gave it; an upgrade that the same person asks for is not helped by it. */
  readonly by: string;
  readonly at: string;
}

/** A waiver that was taken back before its end: it counts no more, and stays on the record. */
export interface WithdrawnWaiver extends Waiver {
  readonly withdrawnAt: string;
  readonly withdrawnBy: string;
  readonly withdrawnReason?: string;
}

export interface WaiverAsk {
  /** Who asks for the work, and who asked for it before a retry: their own waivers do not count. */
  readonly askedBy?: string | readonly string[] | undefined;
  /** RFC 3339. */
  readonly now: string;
}

const SKEW = 'Kubernetes does not support such a skew, and what runs on these nodes would break whatever anybody says.';

/** What no waiver helps against: EKS would refuse or fail the work all the same, or the cluster would break. */
const NEVER_WAIVED: Partial<Readonly<Record<FindingCode, string>>> = {
  'control-plane-not-active': 'EKS takes changes only for an ACTIVE control plane.',
  'cluster-role-missing': 'EKS cannot replace the control plane\'s machines without the cluster\'s role.',
  'kms-key-unusable': 'A new API server could not read the cluster\'s Secrets.',
  'cluster-subnet-missing': 'EKS puts the new control plane into the subnets that the cluster was given.',
  'cluster-addresses-short': 'EKS fails an upgrade that finds too few free addresses.',
  'custom-ami': SKEW,
  'al2-not-offered': SKEW,
  'kube-proxy-skew': SKEW,
  'pooled-nodes-skew': SKEW,
  'self-managed-no-image': SKEW,
  'node-role-missing': 'New nodes could not join the cluster without their role.',
  'launch-template-missing': 'EKS and Auto Scaling cannot launch nodes from a template that is gone.',
};

export type MayBeWaived = { readonly kind: 'yes' } | { readonly kind: 'no'; readonly because: string };

/** Whether an approver may let a finding of this code pass. */
export function mayBeWaived(code: string): MayBeWaived {
  if (!isFindingCode(code)) return { kind: 'no', because: `There is no finding ${code}; docs/checks.md lists all.` };
  if (FINDINGS[code] === 'advises') return { kind: 'no', because: `${code} only advises: it stands in the way of nothing.` };
  const because = NEVER_WAIVED[code];
  return because === undefined ? { kind: 'yes' } : { kind: 'no', because };
}

/**
 * The findings with the waivers that are in force for them. A waived finding keeps its severity and refuses the work no more
 * (`blocks` in finding-codes.ts). A waiver that is there and does not count is told in the finding's detail, with why.
 */
export function withWaivers(findings: readonly Finding[], waivers: readonly Waiver[], ask: WaiverAsk): Finding[] {
  return findings.map((found) => {
    const meant = found.severity === 'blocks' ? waivers.filter((waiver) => waiver.code === found.code && (waiver.subject === undefined || waiver.subject === found.subject)) : [];
    const judged = meant.map((waiver) => ({ waiver, against: againstWaiver(waiver, ask) }));
    const [longest] = judged.filter(({ against }) => against === undefined).map(({ waiver }) => waiver).sort(lastingLongestFirst);
    if (longest !== undefined) {
      const { waiverId, owner, by, reason, until } = longest;
      return { ...found, waiver: { waiverId, owner, by, reason, until } };
    }
    const told = judged.map(({ waiver, against }) => ` The waiver ${waiver.waiverId} does not count: ${against ?? ''}`);
    return told.length === 0 ? found : { ...found, detail: `${found.detail}${told.join('')}` };
  });
}

/** Why a waiver does not count now, if it does not. */
function againstWaiver(waiver: Waiver, { askedBy, now }: WaiverAsk): string | undefined {
  const may = mayBeWaived(waiver.code);
  if (may.kind === 'no') return may.because;
  if (Date.parse(waiver.until) <= Date.parse(now)) return `it ended at ${waiver.until}.`;
  const asking = askedBy === undefined ? [] : [askedBy].flat();
  return asking.includes(waiver.by) ? `${waiver.by} gave it, and asked for this upgrade too. Another approver must give it.` : undefined;
}

function lastingLongestFirst(a: Waiver, b: Waiver): number {
  return Date.parse(b.until) - Date.parse(a.until) || (a.waiverId < b.waiverId ? -1 : 1);
}

function isFindingCode(code: string): code is FindingCode {
  return Object.hasOwn(FINDINGS, code);
}
