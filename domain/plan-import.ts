import type { Cluster } from './cluster.ts';
import type { ClusterFacts } from './facts.ts';
import { finding } from './finding-codes.ts';
import type { Plan, PlannedStep } from './plan.ts';
import { refuse, type Refusal } from './refusal.ts';
import { supportFindings } from './support-findings.ts';

/** Plans the taking over of a cluster that was made by other means: it is read, and nothing about it is changed. */
export function planImport({ cluster, facts, now }: { readonly cluster: Cluster; readonly facts: ClusterFacts | 'absent'; readonly now: string }): Plan | Refusal {
  if (facts === 'absent') {
    return refuse('cluster-not-in-account', `Account ${cluster.accountId} has no cluster ${cluster.name} in ${cluster.region}.`, { remedy: 'Check name, region and account.', errors: [{ path: 'name', message: 'No such cluster there' }] });
  }
  const { version, name, authenticationMode } = facts.cluster;
  const step: PlannedStep = {
    id: `${version}/read`,
    title: `Reading cluster ${name} as it is`,
    kind: 'read-cluster',
    stage: 'CarryOut',
    subject: name,
    reason: 'What Slipway knows of an imported cluster is what EKS tells of it; nothing is changed.',
  };
  const access =
    authenticationMode === 'CONFIG_MAP'
      ? [
          finding('access-not-manageable', 'advises', name, {
            detail: 'The cluster lets people in by its aws-auth ConfigMap alone, so its access cannot be seen or changed through EKS.',
            remedy: 'Set the authentication mode to API_AND_CONFIG_MAP, then move the entries over.',
          }),
        ]
      : [];
  return {
    from: version,
    to: version,
    hops: [{ from: version, to: version, steps: [step] }],
    findings: [...access, ...supportFindings(facts, version, now)],
    notLookedAt: [],
    estimate: { minutes: 1, addresses: 0, surgeNodes: 0, savedPerMonthUsd: 0 },
  };
}
