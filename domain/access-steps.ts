import { accessStep, isClusterAdmin, nameOf, policyArnOf, userNameOf } from './access-policies.ts';
import type { AccessEntry, Cluster } from './cluster.ts';
import { finding } from './finding-codes.ts';
import { same } from './json-equal.ts';
import { defined } from './parameters.ts';
import type { Finding, PlannedStep } from './plan.ts';

/** New entries come first and those that go come last, so that nobody is locked out between; an entry that changes is never away. */
export function accessSteps(before: Cluster, after: Cluster, version: string): PlannedStep[] {
  const was = new Map(before.access.map((entry) => [entry.principalArn, entry]));
  const is = new Set(after.access.map((entry) => entry.principalArn));
  const added = after.access.filter((entry) => !was.has(entry.principalArn));
  const changed = after.access.flatMap((entry) => {
    const earlier = was.get(entry.principalArn);
    return earlier === undefined || same(ordered(earlier), ordered(entry)) ? [] : [changeStep(earlier, entry, version)];
  });
  const removed = before.access.filter((entry) => !is.has(entry.principalArn));
  return [...added.map((entry) => accessStep(entry, version, 'CarryOut')), ...changed, ...removed.map((entry) => removalStep(entry, after.name, version))];
}

/** A change that takes the last admin of the whole cluster away is told, and done: entries that Slipway has not made may let others in. */
export function accessFindings(before: Cluster, after: Cluster): Finding[] {
  if (!before.access.some(isClusterAdmin) || after.access.some(isClusterAdmin)) return [];
  return [
    finding('nobody-can-get-in', 'advises', after.name, {
      detail: 'After this no entry that Slipway has made is admin of the whole cluster.',
      remedy: 'Name one with the role admin and no namespaces, or see by GET .../access-entries that another lets somebody in.',
    }),
  ];
}

/** The new policy is given before the old one is taken, in one step. */
function changeStep(earlier: AccessEntry, entry: AccessEntry, version: string): PlannedStep {
  const { parameters = {}, ...given } = accessStep(entry, version, 'CarryOut');
  const [had, has] = [policyArnOf(earlier), policyArnOf(entry)];
  return {
    ...given,
    title: `Changing what ${nameOf(entry.principalArn)} may do${entry.role === undefined ? '' : ` to ${entry.role}`}`,
    kind: 'change-access-entry',
    parameters: defined({
      ...parameters,
      kubernetesGroups: same(groupsOf(earlier), groupsOf(entry)) ? undefined : groupsOf(entry),
      username: userNameOf(earlier) === userNameOf(entry) ? undefined : userNameOf(entry),
      disassociate: had === undefined || had === has ? undefined : [had],
    }),
  };
}

function removalStep(entry: AccessEntry, clusterName: string, version: string): PlannedStep {
  return {
    id: `${version}/config/remove-access/${entry.principalArn}`,
    title: `Shutting ${nameOf(entry.principalArn)} out`,
    kind: 'update-cluster-config',
    stage: 'CarryOut',
    subject: clusterName,
    reason: 'It is no longer among those who may get in.',
    parameters: { removeAccessEntry: entry.principalArn },
  };
}

function ordered({ role, namespaces, username, ...entry }: AccessEntry): unknown {
  return [role ?? null, namespaces === undefined ? null : [...namespaces].sort(), groupsOf(entry), username ?? null];
}

function groupsOf({ kubernetesGroups }: Pick<AccessEntry, 'kubernetesGroups'>): string[] {
  return [...(kubernetesGroups ?? [])].sort();
}
