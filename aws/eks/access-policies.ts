import {
  AssociateAccessPolicyCommand,
  DescribeAccessEntryCommand,
  DisassociateAccessPolicyCommand,
  ListAssociatedAccessPoliciesCommand,
  type AccessEntry,
  type AssociatedAccessPolicy,
  type EKSClient,
} from '@aws-sdk/client-eks';
import { orAbsent } from './errors.ts';

/** EKS associates some twenty policies with an entry at most. */
const PAGES_MAX = 5;

export interface PolicyScope {
  readonly policyArn: string;
  /** Absent: the whole cluster. */
  readonly namespaces?: readonly string[] | undefined;
}

export function readAccessEntry(client: EKSClient, clusterName: string, principalArn: string): Promise<AccessEntry | 'absent'> {
  return orAbsent(async () => (await client.send(new DescribeAccessEntryCommand({ clusterName, principalArn }))).accessEntry ?? 'absent');
}

/** Every page. */
export async function listPolicies(client: EKSClient, clusterName: string, principalArn: string): Promise<AssociatedAccessPolicy[]> {
  const policies: AssociatedAccessPolicy[] = [];
  let nextToken: string | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await client.send(new ListAssociatedAccessPoliciesCommand({ clusterName, principalArn, ...(nextToken === undefined ? {} : { nextToken }) }));
    policies.push(...(answer.associatedAccessPolicies ?? []));
    nextToken = answer.nextToken;
    if (nextToken === undefined) return policies;
  }
  throw new Error(`The access entry of ${principalArn} lists more than ${PAGES_MAX} pages of policies.`);
}

/**
 * The policies as they shall be and, of those named, none besides. What is new is associated before what was is taken away, so that nobody is
 * without rights between. A policy that is associated again takes the scope of the last time (source: EKS user guide, Associate access policies).
 */
export async function bringPolicies(client: EKSClient, clusterName: string, principalArn: string, wanted: readonly PolicyScope[], unwanted: readonly string[]): Promise<void> {
  for (const { policyArn, namespaces } of wanted) {
    const accessScope = namespaces === undefined ? { type: 'cluster' as const } : { type: 'namespace' as const, namespaces: [...namespaces] };
    await client.send(new AssociateAccessPolicyCommand({ clusterName, principalArn, policyArn, accessScope }));
  }
  for (const policyArn of unwanted) {
    if (wanted.some((policy) => policy.policyArn === policyArn)) continue;
    // Gone already, where a repeat comes after the work was done.
    await orAbsent(() => client.send(new DisassociateAccessPolicyCommand({ clusterName, principalArn, policyArn })));
  }
}
