import { principalOf, reservedPrefixOf, sessionRoleOf, userNameFault } from '../principals.ts';
import { PrincipalArn } from '../request-words.ts';
import type { ConvertedAwsAuth } from './aws-auth.ts';

export type NotConverted = ConvertedAwsAuth['notConverted'][number];
export type Entry = ConvertedAwsAuth['entries'][number];

/** One mapping: the entry that takes its place, or none; and what of it does not go over. */
export type Converted = { readonly arn: string | undefined; readonly subject: string; readonly notConverted: readonly NotConverted[] } & (
  | { readonly kind: 'entry'; readonly entry: Entry }
  | { readonly kind: 'none' }
);

const CLUSTER_ADMIN_POLICY = 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy';
const SUBJECT_CHARACTERS_MAX = 300;
const IDENTITY_CENTER_ROLE = /^AWSReservedSSO_/;

export function convertMapping(kind: 'rolearn' | 'userarn', mapping: unknown, roleArns: readonly string[]): Converted {
  if (typeof mapping !== 'object' || mapping === null || Array.isArray(mapping)) return none(undefined, `a member of ${kind === 'rolearn' ? 'mapRoles' : 'mapUsers'}`, 'It is no mapping of an ARN to a user name and groups.');
  const { [kind]: given, username, groups, sso } = mapping as Readonly<Record<string, unknown>>;
  if (typeof given !== 'string' || given === '') {
    if (sso !== undefined) return none(undefined, 'a permission set of IAM Identity Center', 'An access entry takes no pattern: make one for the role of the permission set in each account (`aws iam list-roles --path-prefix /aws-reserved/sso.amazonaws.com/`).');
    return none(undefined, `a member of ${kind === 'rolearn' ? 'mapRoles' : 'mapUsers'}`, `It has no ${kind}.`);
  }
  const names = namesOf(groups);
  const userName = typeof username === 'string' && username !== '' ? username : undefined;
  const arn = given.trim();
  const refused = refusedArn(kind, arn);
  if (refused !== undefined) return none(arn, arn, refused);
  if (names === undefined) return none(arn, arn, 'Its groups are no list of names.');
  const real = realArn(arn, roleArns);
  if ('because' in real) return none(arn, arn, real.because);
  if (names.includes('system:nodes')) return nodeEntry(arn, real, names, userName);
  return standardEntry(arn, real, names, userName);
}

function none(arn: string | undefined, subject: string, because: string): Converted {
  const short = subject.slice(0, SUBJECT_CHARACTERS_MAX);
  return { kind: 'none', arn, subject: short, notConverted: [{ subject: short, because }] };
}

/** Why an ARN cannot be an access entry's principal; undefined when it can. */
function refusedArn(kind: 'rolearn' | 'userarn', arn: string): string | undefined {
  const role = sessionRoleOf(arn);
  if (role !== undefined) return `It is the ARN of a session, which is another one each time: name the role, ${role} (with its path, if it has one).`;
  if (/[*?]/.test(arn)) return 'An access entry takes no pattern: make one for each principal that it stands for.';
  if (/^arn:[^:]*:iam::\d{12}:root$/.test(arn)) return 'The root of an account is no principal to let in. Make an entry for a role.';
  const principal = principalOf(arn);
  if (principal === undefined || !PrincipalArn.safeParse(arn).success) return 'It is not the ARN of an IAM role or user.';
  if (principal.kind !== (kind === 'rolearn' ? 'role' : 'user')) return `It is a ${principal.kind} among the ${kind === 'rolearn' ? 'roles' : 'users'}, where it never matched.`;
  if (principal.path.startsWith('/aws-service-role/')) return 'Access entries take no service-linked role.';
  return undefined;
}

interface Real {
  readonly principalArn: string;
  readonly needs: readonly string[];
}

/** The ConfigMap knows roles without their path, and EKS lets in the very ARN. */
function realArn(arn: string, roleArns: readonly string[]): Real | { readonly because: string } {
  const principal = principalOf(arn);
  if (principal === undefined || principal.kind === 'user') return { principalArn: arn, needs: [] };
  const { name, accountId, path } = principal;
  const told = roleArns.find((other) => {
    const candidate = principalOf(other);
    return candidate?.kind === 'role' && candidate.accountId === accountId && candidate.name.toLowerCase() === name.toLowerCase();
  });
  if (told !== undefined) return { principalArn: told, needs: [] };
  if (path !== '/') return { principalArn: arn, needs: ['In the ConfigMap a role with a path matches nobody, so this entry lets in who could not get in until now.'] };
  const lookUp = `\`aws iam get-role --role-name ${name} --query Role.Arn\` in account ${accountId}`;
  if (IDENTITY_CENTER_ROLE.test(name)) {
    return { because: `A role of IAM Identity Center has a path (/aws-reserved/sso.amazonaws.com/...), which the ConfigMap leaves out and an access entry needs. Look its ARN up (${lookUp}) and ask again with it among roleArns.` };
  }
  return { principalArn: arn, needs: [`If the role has a path, the entry needs the ARN with it, and the ConfigMap does not tell: ${lookUp}.`] };
}

/** Nodes get in by the type of their entry, which takes neither groups nor a user name. */
function nodeEntry(arn: string, real: Real, groups: readonly string[], username: string | undefined): Converted {
  const bySession = username?.includes('{{SessionName}}') === true;
  const type = groups.includes('system:node-proxier') ? 'FARGATE_LINUX' : groups.includes('eks:kube-proxy-windows') ? 'EC2_WINDOWS' : bySession ? 'HYBRID_LINUX' : 'EC2_LINUX';
  const usual = new Set(['system:nodes', 'system:bootstrappers', 'system:node-proxier', 'eks:kube-proxy-windows']);
  const others = groups.filter((group) => !usual.has(group));
  const because = `An entry of type ${type} takes no groups. Whatever else uses the role of the nodes needs a role of its own.`;
  return {
    kind: 'entry',
    arn,
    subject: arn,
    entry: {
      principalArn: real.principalArn,
      type,
      kubernetesGroups: [],
      policies: [],
      needs: [...real.needs, nodesNeed(type), 'The role must be of the account of the cluster.'],
    },
    notConverted: others.map((group) => ({ subject: `${arn}, group ${group}`.slice(0, SUBJECT_CHARACTERS_MAX), because })),
  };
}

function nodesNeed(type: Entry['type']): string {
  if (type === 'FARGATE_LINUX') return 'EKS makes this entry itself with a Fargate profile, once the authentication mode has the API: look whether it is there before the mapping goes.';
  if (type === 'HYBRID_LINUX') return 'Make it before the mapping goes: EKS makes none for hybrid nodes.';
  return 'EKS makes this entry itself for the role of a managed node group, once the authentication mode has the API: look whether it is there. For self-managed nodes make it before the mapping goes.';
}

function standardEntry(arn: string, real: Real, groups: readonly string[], username: string | undefined): Converted {
  const admin = groups.includes('system:masters');
  const others = [...new Set(groups)].filter((group) => group !== 'system:masters' && group !== 'system:authenticated');
  const kept = others.filter((group) => groupFault(group) === undefined);
  const name = userNameOf(arn, username);
  return {
    kind: 'entry',
    arn,
    subject: arn,
    entry: {
      principalArn: real.principalArn,
      type: 'STANDARD',
      ...(name.username === undefined ? {} : { username: name.username }),
      kubernetesGroups: kept,
      policies: admin ? [{ policyArn: CLUSTER_ADMIN_POLICY, accessScope: { type: 'cluster' as const } }] : [],
      needs: [...real.needs, ...kept.map((group) => `A RoleBinding or ClusterRoleBinding with the Group ${group} as subject; EKS does not look whether there is one.`), ...(groups.length === 0 ? ['It has no groups: it may do what the bindings of its user name let it, and nothing else.'] : [])],
    },
    notConverted: [
      ...others.flatMap((group) => {
        const fault = groupFault(group);
        return fault === undefined ? [] : [{ subject: `${arn}, group ${group}`.slice(0, SUBJECT_CHARACTERS_MAX), because: fault }];
      }),
      ...name.notConverted,
    ],
  };
}

/** Why an access entry does not take a group; undefined when it does. */
function groupFault(group: string): string | undefined {
  const prefix = reservedPrefixOf(group);
  if (prefix !== undefined) return `Access entries take no group whose name begins with ${prefix}. Bind what it gives to a group of another name, and name that.`;
  if (group.includes('{{')) return 'Groups of an access entry have no templates. Make an entry with groups of its own for each role.';
  return undefined;
}

/** The user name that the entry keeps: bindings may name it. Where it cannot, EKS makes one, `arn:aws:sts::<account>:assumed-role/<role>/{{SessionName}}` for a role. */
function userNameOf(arn: string, username: string | undefined): { readonly username?: string; readonly notConverted: readonly NotConverted[] } {
  if (username === undefined || username === arn) return { notConverted: [] };
  const filled = username.replaceAll('{{AccountID}}', principalOf(arn)?.accountId ?? '');
  const fault = userNameFault(filled);
  if (fault === undefined) return { username: filled, notConverted: [] };
  const because = `${fault} EKS makes a user name itself instead: bindings and audit rules that name this one as User have to name that.`;
  return { notConverted: [{ subject: `${arn}, username ${username}`.slice(0, SUBJECT_CHARACTERS_MAX), because }] };
}

function namesOf(groups: unknown): string[] | undefined {
  if (groups === undefined || groups === null || groups === '') return [];
  return Array.isArray(groups) && groups.every((group) => typeof group === 'string' && group !== '') ? (groups as string[]) : undefined;
}
