import semver from 'semver';
import * as z from 'zod';
import type { ClusterFacts } from './facts.ts';
import { finding } from './finding-codes.ts';
import { isInRange, judgeRule, RiskRule, type Exposure } from './known-risk-rules.ts';
import data from './known-risks.json' with { type: 'json' };
import type { Minor } from './minor.ts';
import type { Finding, Hop } from './plan.ts';

/** `>=1.33`, `1.32 - 1.34`: minors, compared as `1.33.0`. */
const MinorRange = z.string().refine((range) => semver.validRange(range) !== null, { message: 'Not a range of minors' });

/** A risk that is known of an edge between two minors, and whom it concerns. docs/known-risks.md says how to add one. */
export const KnownRisk = z.strictObject({
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/),
  title: z.string().min(1),
  /** Where it is told, the vendor's own word first. */
  sources: z.array(z.url({ protocol: /^https$/ })).min(1),
  why: z.string().min(1),
  remedy: z.string().min(1),
  /** The hops that it concerns, by where they come from and where they lead. */
  edges: z.strictObject({ from: MinorRange.optional(), to: MinorRange }),
  /** All of them must hold. */
  matching: z.array(RiskRule).min(1),
  severity: z.enum(['advises', 'blocks']),
  /** Days between which it counts, as `2026-03-01`. */
  since: z.iso.date().optional(),
  until: z.iso.date().optional(),
});
export type KnownRisk = z.output<typeof KnownRisk>;

export const KNOWN_RISKS: readonly KnownRisk[] = z.array(KnownRisk).parse(data);

export interface RisksAsk {
  readonly facts: ClusterFacts;
  readonly hops: readonly Hop[];
  /** RFC 3339. */
  readonly now: string;
}

/**
 * What is known to go wrong on the hops of a plan, for this cluster: one finding for each risk and hop, in the order of the hops and
 * then of the risks' ids. A risk whose rules hang on something that could not be looked at is told as one that cannot be ruled out,
 * and then never blocks (as OpenShift's update graph does with conditional edges).
 */
export function riskFindings({ facts, hops, now }: RisksAsk, risks: readonly KnownRisk[] = KNOWN_RISKS): readonly Finding[] {
  const inForce = risks.filter((risk) => isInForce(risk, now)).sort((a, b) => (a.id < b.id ? -1 : 1));
  return hops.flatMap((hop, index) => inForce.filter((risk) => isEdge(risk, hop)).flatMap((risk) => findingOf(risk, judge(risk, facts, hop, index === 0), hop)));
}

/** Versions of an add-on that are at fault themselves, by a known risk that may concern this cluster, and on which minors. */
export interface FaultyVersions {
  readonly risk: string;
  readonly addonName: string;
  /** Ranges: of versions, and of the control plane's minors. */
  readonly versions: string;
  readonly minors: string;
}

/** What plans keep away from where EKS lists another version. A risk whose other rules do not hold for the cluster says nothing against a version. */
export function faultyVersions(facts: ClusterFacts, now: string, risks: readonly KnownRisk[] = KNOWN_RISKS): readonly FaultyVersions[] {
  const standing: Hop = { from: facts.cluster.version, to: facts.cluster.version, steps: [] };
  return risks.filter((risk) => isInForce(risk, now)).flatMap(({ id, edges, matching }) =>
    matching.flatMap((rule) => {
      if (rule.kind !== 'addon' || rule.faulty !== true) return [];
      const concerns = matching.every((other) => other === rule || judgeRule(other, facts, standing, true).kind !== 'not-exposed');
      return concerns ? [{ risk: id, addonName: rule.addonName, versions: rule.versions, minors: edges.to }] : [];
    }),
  );
}

/** The risks that speak against a version of an add-on under a control plane of this minor. */
export function risksAgainst(faulty: readonly FaultyVersions[] | undefined, addonVersion: string, minor: Minor): readonly string[] {
  return (faulty ?? []).filter(({ versions, minors }) => isInRange(addonVersion, versions) && semver.satisfies(`${minor}.0`, minors)).map(({ risk }) => risk);
}

function isInForce({ since, until }: KnownRisk, now: string): boolean {
  const day = now.slice(0, 10);
  return (since === undefined || since <= day) && (until === undefined || day <= until);
}

/** A hop that leaves the control plane where it is moves only add-ons and nodes, so that only risks of add-ons concern it. */
function isEdge({ edges, matching }: KnownRisk, hop: Hop): boolean {
  if (hop.from === hop.to && !matching.some((rule) => rule.kind === 'addon')) return false;
  return semver.satisfies(`${hop.to}.0`, edges.to) && (edges.from === undefined || semver.satisfies(`${hop.from}.0`, edges.from));
}

function judge({ matching }: KnownRisk, facts: ClusterFacts, hop: Hop, isFirstHop: boolean): Exposure {
  const judged = matching.map((rule) => judgeRule(rule, facts, hop, isFirstHop));
  const clear = judged.find((one) => one.kind === 'not-exposed');
  if (clear !== undefined) return clear;
  const unclear = judged.find((one) => one.kind === 'unknown');
  return unclear ?? { kind: 'exposed', by: judged.flatMap((one) => (one.kind === 'exposed' ? one.by : [])) };
}

function findingOf(risk: KnownRisk, exposure: Exposure, hop: Hop): Finding[] {
  if (exposure.kind === 'not-exposed') return [];
  const isSure = exposure.kind === 'exposed';
  const found = finding('known-risk', isSure ? risk.severity : 'advises', risk.id, {
    detail: `${risk.title}. ${risk.why}${isSure ? '' : ` It cannot be ruled out that this cluster is exposed: ${exposure.because}`}`,
    remedy: risk.remedy,
    hop: hop.to,
  });
  return [{ ...found, evidence: [...(isSure ? exposure.by : []), ...risk.sources] }];
}
