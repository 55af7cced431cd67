import { knowsNoResource, whyForbidden } from './action-rules.ts';
import { charactersOf, listed, ROLE_POLICIES_CHARACTERS_MAX, TRUST_POLICY_CHARACTERS_MAX, type IamConditions, type IamPolicy, type IamStatement } from './policy-document.ts';
import { HOME_ACCOUNT } from '../parts/resource.ts';
import trustedServices from './trusted-services.json' with { type: 'json' };

/** A role as Slipway would make it. */
export interface LintedRole {
  readonly roleName: string;
  readonly trust: IamPolicy;
  /** Inline policies by name. */
  readonly policies: Readonly<Record<string, IamPolicy>>;
  readonly managedPolicyArns: readonly string[];
  readonly boundaryArn?: string;
}

export type LintRule =
  | 'name'
  | 'boundary'
  | 'size'
  | 'all-but'
  | 'wildcard-action'
  | 'wildcard-resource'
  | 'escalation'
  | 'pass-role'
  | 'assume-role'
  | 'managed-policy'
  | 'trust-principal'
  | 'trust-action'
  | 'trust-condition';

export interface LintFault {
  readonly rule: LintRule;
  /** `trust 0`, or an inline policy's name with the statement's place in it. */
  readonly where: string;
  readonly detail: string;
}

/** Role names that Slipway makes and may touch (source: IAM, names: 64 characters of these). */
const ROLE_NAME = /^slipway-[\w+=,.@-]{1,56}$/;
const BOUNDARY = /^arn:aws[a-z-]{0,16}:iam::\d{12}:policy\/slipway-boundary$/;
/** All of a service, or all of one kind, in every region or account. */
const WHOLE_SERVICE = /^arn:[^:]*:[^:]*:[^:]*:[^:]*:\*+$/;
/** Keys that say which things of many are meant, where names are not known beforehand: what a controller made itself, by its tags. */
const NARROWING_KEY = /^(?:aws:(?:ResourceTag|RequestTag)\/.+|[a-z0-9-]+:ResourceTag\/.+|cloudwatch:namespace|ec2:(?:CreateAction|LaunchTemplate)|iam:(?:PassedToService|AWSServiceName)|[a-z0-9-]+:ResourceIdentifier)$/i;
/** AWS's own policies that AWS tells to attach to the role of a component; what they allow is AWS's to keep small. */
const MANAGED_POLICY = /^arn:aws[a-z-]{0,16}:iam::aws:policy\/(?:service-role\/)?Amazon(?:EKS|EC2ContainerRegistry|EBSCSI|EFSCSI|SSMManagedInstanceCore)\w*$/;
/** A grant that only services of AWS may use, as EBS does for encrypted volumes (source: KMS developer guide, condition keys). */
const GRANT_FOR_SERVICES = 'kms:GrantIsForAWSResource';
/** Rights to instance profiles and service-linked roles that node scalers and load balancer controllers cannot do without. */
const CONTROLLER_IAM = /^iam:(?:(?:Create|Delete|Get|List|Tag|AddRoleTo|RemoveRoleFrom)InstanceProfiles?|(?:Get|List)ServerCertificates?|CreateServiceLinkedRole|PassRole|GetRole)$/;

/** Everything in a role that is not least privilege, or that IAM would not take. Empty: it may be made. */
export function lintRole(role: LintedRole): readonly LintFault[] {
  return [
    ...when(!ROLE_NAME.test(role.roleName), 'name', 'role', `${role.roleName} is not slipway-* of at most 64 characters`),
    ...when(role.boundaryArn === undefined || !BOUNDARY.test(role.boundaryArn), 'boundary', 'role', 'It is not under slipway-boundary'),
    ...sizeFaults(role),
    ...role.managedPolicyArns.flatMap((arn) => when(!MANAGED_POLICY.test(arn), 'managed-policy', 'role', `${arn} is not one that AWS tells to attach to a component of EKS`)),
    ...role.trust.Statement.flatMap((statement, at) => trustFaults(statement, `trust ${at}`)),
    ...Object.entries(role.policies).flatMap(([name, policy]) => policy.Statement.flatMap((statement, at) => statementFaults(statement, `${name} ${at}`))),
  ];
}

function when(condition: boolean, rule: LintRule, where: string, detail: string): readonly LintFault[] {
  return condition ? [{ rule, where, detail }] : [];
}

function sizeFaults({ trust, policies }: LintedRole): readonly LintFault[] {
  const own = Object.values(policies).reduce((sum, policy) => sum + charactersOf(policy), 0);
  const trusting = charactersOf(trust);
  return [
    ...when(own > ROLE_POLICIES_CHARACTERS_MAX, 'size', 'role', `Its policies come to ${own} characters, and IAM takes ${ROLE_POLICIES_CHARACTERS_MAX}`),
    ...when(trusting > TRUST_POLICY_CHARACTERS_MAX, 'size', 'trust', `It comes to ${trusting} characters, and IAM takes ${TRUST_POLICY_CHARACTERS_MAX}`),
  ];
}

/** A statement of an inline policy. What denies takes nothing that could be too much. */
export function statementFaults(statement: IamStatement, where: string): readonly LintFault[] {
  if (statement.Effect === 'Deny') return [];
  const actions = listed(statement.Action);
  return [
    ...when(statement.NotAction !== undefined || statement.NotResource !== undefined, 'all-but', where, 'It allows all but something'),
    ...when(listed(statement.Resource).length === 0, 'wildcard-resource', where, 'It names no resource'),
    ...actions.flatMap((action) => when(/[*?]/.test(action), 'wildcard-action', where, `${action} is more than one action`)),
    ...actions.filter((action) => !/[*?]/.test(action)).flatMap((action) => actionFaults(action, statement, where)),
  ];
}

function actionFaults(action: string, statement: IamStatement, where: string): readonly LintFault[] {
  const resources = listed(statement.Resource);
  const open = resources.filter((resource) => resource === '*' || WHOLE_SERVICE.test(resource));
  const keys = keysOf(statement.Condition);
  if (action === 'sts:AssumeRole' || action === 'sts:TagSession') {
    return resources.flatMap((resource) => when(!/^arn:aws[a-z-]{0,16}:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(resource), 'assume-role', where, `${action} is on the very role alone, not on ${resource}`));
  }
  if (action.startsWith('iam:')) return iamFaults(action, resources, keys, where);
  const why = whyForbidden(action);
  if (why !== undefined && !(action === 'kms:CreateGrant' && keys.includes(GRANT_FOR_SERVICES))) return [{ rule: 'escalation', where, detail: `${action}: ${why}` }];
  const narrowed = keys.some((key) => NARROWING_KEY.test(key));
  return open.length === 0 || knowsNoResource(action) || narrowed ? [] : [{ rule: 'wildcard-resource', where, detail: `${action} can be had on named resources, or on those with a tag` }];
}

function iamFaults(action: string, resources: readonly string[], keys: readonly string[], where: string): readonly LintFault[] {
  if (!CONTROLLER_IAM.test(action)) return [{ rule: 'escalation', where, detail: `${action}: ${whyForbidden(action) ?? 'it changes who may do what'}` }];
  const everything = resources.some((resource) => resource === '*');
  if (action === 'iam:PassRole') {
    return [
      ...when(!keys.includes('iam:PassedToService'), 'pass-role', where, 'It says not to which service the role is passed (iam:PassedToService)'),
      ...when(resources.some((resource) => /:role\/\*|^\*$/.test(resource)), 'pass-role', where, 'It passes any role'),
    ];
  }
  if (action === 'iam:CreateServiceLinkedRole') return when(!keys.includes('iam:AWSServiceName'), 'escalation', where, 'It says not for which service (iam:AWSServiceName)');
  return when(everything && !knowsNoResource(action) && !keys.some((key) => NARROWING_KEY.test(key)), 'wildcard-resource', where, `${action} can be had on named resources`);
}

/** A statement of a trust policy: who may use the role, and under which conditions. */
function trustFaults({ Effect, Principal, NotPrincipal, Action, Condition }: IamStatement, where: string): readonly LintFault[] {
  if (Effect === 'Deny') return [];
  if (NotPrincipal !== undefined || Principal === undefined || Principal === '*') return [{ rule: 'trust-principal', where, detail: 'It trusts anybody' }];
  const keys = keysOf(Condition);
  const actions = listed(Action);
  return Object.entries(Principal).flatMap(([kind, values]) =>
    listed(values).flatMap((value) => {
      if (kind === 'Service') return serviceFaults(value, actions, keys, where);
      if (kind === 'Federated') return federatedFaults(value, actions, Condition, where);
      if (kind === 'AWS' && value === `arn:aws:iam::${HOME_ACCOUNT}:root`) return homeFaults(actions, keys, where);
      return [{ rule: 'trust-principal' as const, where, detail: `${kind} ${value} is no service of EKS and no provider of a cluster` }];
    }),
  );
}

/** Slipway itself: as one of its functions, and for a session with an external id. */
function homeFaults(actions: readonly string[], keys: readonly string[], where: string): readonly LintFault[] {
  return [
    ...actions.flatMap((action) => when(action !== 'sts:AssumeRole' && action !== 'sts:SetSourceIdentity', 'trust-action', where, `Slipway needs no ${action}`)),
    ...when(!keys.includes('aws:PrincipalArn'), 'trust-condition', where, 'It trusts all of Slipway\'s account: aws:PrincipalArn says whom'),
    ...when(actions.includes('sts:AssumeRole') && !keys.includes('sts:ExternalId'), 'trust-condition', where, 'It may be assumed without an external id'),
  ];
}

function serviceFaults(service: string, actions: readonly string[], keys: readonly string[], where: string): readonly LintFault[] {
  const known = (trustedServices as Readonly<Record<string, { readonly actions: readonly string[]; readonly conditions: readonly string[] }>>)[service];
  if (known === undefined) return [{ rule: 'trust-principal', where, detail: `No role here is for ${service}` }];
  return [
    ...actions.flatMap((action) => when(!known.actions.includes(action), 'trust-action', where, `${service} needs no ${action}`)),
    ...known.conditions.flatMap((key) => when(!keys.includes(key), 'trust-condition', where, `${service} is trusted whoever it works for: ${key} says for whom`)),
  ];
}

/** A provider without conditions on `sub` and `aud` trusts every pod of its cluster. */
function federatedFaults(provider: string, actions: readonly string[], conditions: IamConditions | undefined, where: string): readonly LintFault[] {
  const issuer = /^arn:aws[a-z-]{0,16}:iam::\d{12}:oidc-provider\/(.+)$/.exec(provider)?.[1];
  if (issuer === undefined) return [{ rule: 'trust-principal', where, detail: `${provider} is no OpenID Connect provider` }];
  const exact = conditions?.['StringEquals'] ?? {};
  const missing = [`${issuer}:aud`, `${issuer}:sub`].filter((key) => exact[key] === undefined || listed(exact[key]).some((value) => value.includes('*')));
  return [
    ...actions.flatMap((action) => when(action !== 'sts:AssumeRoleWithWebIdentity', 'trust-action', where, `${provider} needs no ${action}`)),
    ...missing.map((key) => ({ rule: 'trust-condition' as const, where, detail: `It asks not for the one ${key}` })),
  ];
}

/** The keys of conditions that narrow: not what is denied, asked to be absent, or taken whatever it is. That a tag is there at all does narrow. */
function keysOf(conditions: IamConditions | undefined): readonly string[] {
  return Object.entries(conditions ?? {}).flatMap(([operator, keys]) => (operator.includes('Not') ? [] : Object.entries(keys).filter(([key, value]) => narrows(operator, key, listed(value))).map(([key]) => key)));
}

function narrows(operator: string, key: string, values: readonly string[]): boolean {
  if (operator === 'Null') return !values.includes('true');
  return !values.includes('*') || /(?:Resource|Request)Tag\//i.test(key);
}
