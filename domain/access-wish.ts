import * as z from 'zod';
import { reservedPrefixOf, sessionRoleOf, userNameFault } from './principals.ts';
import { PrincipalArn } from './request-words.ts';

/** Who is let into a cluster, and as what: the words of `access` and of the access entries' routes. */

const NAMESPACES_MAX = 50;
const GROUPS_MAX = 50;

/** A session is another one each time; EKS lets in the role behind it (source: EKS API reference, CreateAccessEntry). Service-linked roles it does not take (source: EKS user guide, Create access entries). */
export const Principal = z
  .string()
  .max(700)
  .superRefine((arn, context) => {
    const role = sessionRoleOf(arn);
    const message =
      role !== undefined
        ? `Not a role but a session of one: name ${role}, with its path if it has one`
        : /:role\/aws-service-role\//.test(arn)
          ? 'Access entries take no service-linked role'
          : PrincipalArn.safeParse(arn).error?.issues[0]?.message;
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  })
  .meta({ description: 'The ARN of an IAM role or user. A role with a path, such as one of IAM Identity Center, is named with it.' });

const Namespaces = z.array(z.string().max(63).regex(/^[0-9a-z]([0-9a-z-]*[0-9a-z])?$/, 'Not a namespace')).min(1).max(NAMESPACES_MAX);

const Group = z
  .string()
  .min(1)
  .max(253)
  // Printable, and named by their numbers: these patterns go out in the OpenAPI document.
  .regex(/^[\u0021-\u007e]+$/, 'Not the name of a group')
  .refine((name) => reservedPrefixOf(name) === undefined, { message: 'EKS takes no group that begins with system:, eks:, aws:, amazon: or iam:' })
  .refine((name) => !name.includes('{{'), { message: 'Groups have no templates' });

const UserName = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[\u0021-\u007e]+$/, 'Not a user name')
  .superRefine((name, context) => {
    const message = userNameFault(name);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

const Role = z.enum(['viewer', 'operator', 'admin']);
const groupsMeta = { description: 'Groups that Role- and ClusterRoleBindings of the cluster name. EKS does not look whether there are any.' };
const userNameMeta = { description: 'Left out, EKS makes one: the ARN of a user, and of a role its ARN with `{{SessionName}}` at the end.' };

const members = {
  role: Role.optional().meta({ description: 'What an access policy of EKS allows. Left out: only what bindings give to its groups and user name.' }),
  namespaces: Namespaces.optional().meta({ description: 'Only there; without it in the whole cluster. Needs a role.' }),
  kubernetesGroups: z.array(Group).max(GROUPS_MAX).optional().meta(groupsMeta),
  username: UserName.optional().meta(userNameMeta),
};

const SAYS_SOMETHING = { message: 'Name a role, or groups, or a user name', path: ['role'] };
const saysSomething = (entry: { readonly role?: unknown; readonly kubernetesGroups?: unknown; readonly username?: unknown }): boolean => [entry.role, entry.kubernetesGroups, entry.username].some((member) => member !== undefined);
const NEEDS_A_ROLE = { message: 'Namespaces bound a role: name one', path: ['namespaces'] };
const boundsARole = (entry: { readonly role?: unknown; readonly namespaces?: unknown }): boolean => entry.namespaces === undefined || entry.role !== undefined;

/** An entry of `access`. */
export const Access = z.strictObject({ principalArn: Principal, ...members }).refine(saysSomething, SAYS_SOMETHING).refine(boundsARole, NEEDS_A_ROLE);

export const AddAccessEntry = z
  .strictObject({
    principalArn: Principal,
    ...members,
    takeOver: z.literal(true).optional().meta({ description: 'Take over an entry of the principal that EKS has and Slipway has not made. Policies that it had besides are taken from it.' }),
  })
  .refine(saysSomething, SAYS_SOMETHING)
  .refine(boundsARole, NEEDS_A_ROLE)
  .meta({ id: 'AddAccessEntry' });
export type AddAccessEntry = z.output<typeof AddAccessEntry>;

export const ChangeAccessEntry = z
  .strictObject({
    role: Role.nullable().optional().meta({ description: '`null`: none, so that only bindings count.' }),
    namespaces: Namespaces.nullable().optional().meta({ description: 'The whole new list. `null`: the whole cluster.' }),
    kubernetesGroups: z.array(Group).max(GROUPS_MAX).optional().meta({ description: 'The whole new list.' }),
    username: UserName.nullable().optional().meta({ description: '`null`: as EKS makes it.' }),
  })
  .refine((change) => Object.keys(change).length > 0, { message: 'Say what is to change' })
  .meta({ id: 'ChangeAccessEntry' });
export type ChangeAccessEntry = z.output<typeof ChangeAccessEntry>;
