import type { RoleDocument, RoleStatement } from '../parts/resource.ts';
import { ACCESSES, ARN_FORMS, type Access } from './catalogue.ts';
import { charactersOf, ROLE_POLICIES_CHARACTERS_MAX, type IamConditions } from './policy-document.ts';
import type { AccessAsked, StatementAsked } from './requests.ts';
import { faultsOfStatement } from './statement-rules.ts';

export interface PolicyFault {
  /** Below what was asked: `policy.0.on.1`, `statements.2.actions.0`. */
  readonly path: string;
  readonly message: string;
}

export interface PolicyWish {
  readonly policy?: readonly AccessAsked[];
  readonly statements?: readonly StatementAsked[];
}

/** Left for what a role is given besides: the statement that lets it assume its target role. */
const CHARACTERS_FOR_THE_TARGET = 1_500;

/** Everything in a well-formed wish that no policy is made of, each with the reason and where it stands. */
export function faultsOfWish({ policy = [], statements = [] }: PolicyWish): readonly PolicyFault[] {
  const faults = [...policy.flatMap((asked, at) => faultsOfAccess(asked, `policy.${at}`)), ...statements.flatMap((asked, at) => faultsOfStatement(asked, `statements.${at}`))];
  if (faults.length > 0) return faults;
  const characters = charactersOf(writePolicy({ policy, statements }));
  const most = ROLE_POLICIES_CHARACTERS_MAX - CHARACTERS_FOR_THE_TARGET;
  return characters <= most ? [] : [{ path: policy.length > 0 ? 'policy' : 'statements', message: `The policy comes to ${characters} characters, and IAM takes ${ROLE_POLICIES_CHARACTERS_MAX} a role, of which ${most} are for this: ask for less in one role` }];
}

/** The policy of a wish without faults: one statement for each grant, in the order of the wish, always the same text. */
export function writePolicy({ policy = [], statements = [] }: PolicyWish): RoleDocument {
  const written = [...policy.flatMap((asked) => grantsOf(asked)), ...statements.map((asked) => ({ name: 'Own', statement: ownStatement(asked) }))];
  return { Version: '2012-10-17', Statement: written.map(({ name, statement }, at) => ({ Sid: `${name}${at + 1}`, ...statement })) };
}

function faultsOfAccess(asked: AccessAsked, path: string): readonly PolicyFault[] {
  const access = ACCESSES[asked.access];
  if (access === undefined) return [{ path: `${path}.access`, message: 'Not an access of the catalogue' }];
  return [...faultsOfArns(asked, access, path), ...faultsOfNarrowing(asked, access, path)];
}

function faultsOfArns({ access: name, on }: AccessAsked, { takes }: Access, path: string): readonly PolicyFault[] {
  const form = takes === undefined ? undefined : ARN_FORMS[takes];
  if (form === undefined) return on === undefined ? [] : [{ path: `${path}.on`, message: `${name} is about no resource that IAM knows: leave \`on\` out` }];
  if (on === undefined) return [{ path: `${path}.on`, message: `Say on what: ${form.says}, as in ${form.example}` }];
  return on.flatMap((arn, at) => (form.pattern.test(arn) ? [] : [{ path: `${path}.on.${at}`, message: `${name} takes ${form.says}, as in ${form.example}, whole and without wildcards` }]));
}

function faultsOfNarrowing({ access: name, prefix, namespaces }: AccessAsked, access: Access, path: string): readonly PolicyFault[] {
  return [
    ...(prefix !== undefined && access.prefix !== true ? [{ path: `${path}.prefix`, message: `${name} takes no prefix` }] : []),
    ...(namespaces !== undefined && access.namespaces !== true ? [{ path: `${path}.namespaces`, message: `${name} takes no namespaces` }] : []),
    ...(namespaces === undefined && access.namespaces === true ? [{ path: `${path}.namespaces`, message: `Say which namespaces: ${name} knows no ARN to narrow it by` }] : []),
  ];
}

function grantsOf(asked: AccessAsked): readonly { readonly name: string; readonly statement: RoleStatement }[] {
  const access = ACCESSES[asked.access];
  if (access === undefined) return [];
  const name = asked.access.split('-').map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return access.grants.map((grant) => {
    const conditions = conditionsOf(asked, grant);
    const resources = [...new Set(resourcesOf(asked, access, grant.on))];
    return { name, statement: { Effect: 'Allow', Action: grant.actions, Resource: resources, ...(conditions === undefined ? {} : { Condition: conditions }) } };
  });
}

function resourcesOf({ on = [], prefix = '' }: AccessAsked, { takes }: Access, templates: readonly string[]): readonly string[] {
  const form = takes === undefined ? undefined : ARN_FORMS[takes];
  if (form === undefined) return templates;
  return on.flatMap((arn) => {
    const parts: Readonly<Record<string, string | undefined>> = { ...form.pattern.exec(arn)?.groups, arn, prefix };
    return templates.map((template) => template.replace(/\{(\w+)\}/g, (_whole, part: string) => parts[part] ?? ''));
  });
}

function conditionsOf({ prefix, namespaces }: AccessAsked, { withPrefix, withNamespaces }: Access['grants'][number]): IamConditions | undefined {
  // What is listed is narrowed as what is read: `web/*` holds `web/` itself too.
  if (withPrefix !== undefined && prefix !== undefined) return { StringLike: { [withPrefix]: [`${prefix}*`] } };
  if (withNamespaces !== undefined && namespaces !== undefined) return { StringEquals: { [withNamespaces]: namespaces } };
  return undefined;
}

function ownStatement({ actions, resources, conditions }: StatementAsked): RoleStatement {
  return { Effect: 'Allow', Action: [...actions].sort(), Resource: resources, ...(conditions === undefined || Object.keys(conditions).length === 0 ? {} : { Condition: conditions }) };
}
