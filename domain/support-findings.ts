import type { ClusterFacts, VersionCatalogue } from './facts.ts';
import { finding } from './finding-codes.ts';
import type { Minor } from './minor.ts';
import type { Finding } from './plan.ts';
import { dayOf, offerOf, supportAt } from './support-dates.ts';

/** How long before the end of standard support a forced upgrade is worth a word. */
const AUTO_UPGRADE_DAYS_AHEAD = 90;
const DAY_MS = 86_400_000;

/** What support dates mean for a cluster that is to stand at `goal`: what extended support costs, and when EKS would upgrade by itself. */
export function supportFindings(facts: ClusterFacts, goal: Minor, now: string): readonly Finding[] {
  const { cluster, catalogue } = facts;
  const findings: Finding[] = [];
  if (supportAt(cluster.version, catalogue, now) === 'extended' && goal !== cluster.version) {
    findings.push(
      finding('extended-support', 'advises', cluster.name, {
        detail: `${cluster.version} is in extended support, which costs 0.60 instead of 0.10 dollars an hour.`,
        remedy: `The cost ends when the cluster comes to a version in standard support.`,
      }),
    );
  }
  findings.push(...targetSupportFindings(cluster.name, goal, catalogue, now));
  const forced = forcedUpgradeDate(facts, now);
  if (forced !== undefined) {
    findings.push(
      finding('auto-upgrade-ahead', 'advises', cluster.name, {
        detail: `The cluster's upgrade policy is STANDARD, so EKS upgrades it by itself after ${cluster.version} leaves standard support on ${dayOf(forced)}.`,
        remedy: 'Upgrade before that day, or set the policy to EXTENDED while standard support lasts.',
      }),
    );
  }
  return findings;
}

/** A version in extended support costs more from its first hour. */
export function targetSupportFindings(subject: string, goal: Minor, catalogue: VersionCatalogue, now: string): readonly Finding[] {
  if (supportAt(goal, catalogue, now) !== 'extended') return [];
  return [
    finding('target-in-extended-support', 'advises', subject, {
      detail: `${goal} is itself in extended support, which costs 0.60 instead of 0.10 dollars an hour.`,
      remedy: 'Choose a version in standard support; GET /v1/versions lists the dates.',
      hop: goal,
    }),
  ];
}

/** When EKS would upgrade by itself, if that is near or past: only under the policy STANDARD (source: EKS user guide, upgrade policy). */
function forcedUpgradeDate(facts: ClusterFacts, now: string): string | undefined {
  const end = offerOf(facts.cluster.version, facts.catalogue)?.endOfStandardSupportDate;
  if (facts.cluster.supportType !== 'STANDARD' || end === undefined) return undefined;
  return Date.parse(end) - Date.parse(now) <= AUTO_UPGRADE_DAYS_AHEAD * DAY_MS ? end : undefined;
}
