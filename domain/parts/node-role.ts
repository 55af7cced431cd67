import type { Cluster } from '../cluster.ts';
import { roleArnIn, type PartKind, type RoleResource } from './resource.ts';
import { roleNameFor } from './role-name.ts';

/** AWS's own policies for nodes, by name, as AWS tells to attach them. */
const POLICY_HOME = 'arn:aws:iam::aws:policy/';

interface NodesOf {
  readonly part: PartKind;
  readonly partName: string;
  readonly description: string;
  /** What tells it from the cluster's other roles. */
  readonly words: readonly string[];
  readonly policies: readonly string[];
  readonly instanceProfile?: true;
}

/** A role that instances of a cluster have: EC2 alone may take it. */
export function nodeRole(cluster: Cluster, { part, partName, description, words, policies, instanceProfile }: NodesOf): RoleResource {
  return {
    kind: 'role',
    name: roleNameFor(cluster, ...words),
    part,
    partName,
    description,
    trust: { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: { Service: ['ec2.amazonaws.com'] }, Action: ['sts:AssumeRole'] }] },
    policies: {},
    managedPolicyArns: policies.map((name) => `${POLICY_HOME}${name}`),
    ...(instanceProfile === undefined ? {} : { instanceProfile }),
  };
}

/** The ARN that a role of ours will have. */
export function arnOf(role: RoleResource, { accountId }: Pick<Cluster, 'accountId'>): string {
  return roleArnIn(accountId, role.name);
}
