/** A policy that the simulated IAM cannot evaluate truly is refused when it is put, and never half understood. */
export class MalformedPolicy extends Error {
  override readonly name = 'MalformedPolicy';
}

export interface Patterns {
  /** `NotAction`, `NotResource`: all but these. */
  readonly except: boolean;
  readonly patterns: readonly string[];
}

export interface PrincipalPattern {
  readonly type: 'AWS' | 'Service' | 'Federated';
  /** An ARN, an account id, a service's name, or `*`. */
  readonly value: string;
}

export interface PolicyCondition {
  readonly operator: ConditionOperator;
  /** `ForAllValues:` or `ForAnyValue:` */
  readonly quantifier: 'all' | 'any' | undefined;
  readonly ifExists: boolean;
  /** Lower-case: names of condition keys know no case. */
  readonly key: string;
  readonly values: readonly string[];
}

export interface Statement {
  readonly sid: string | undefined;
  readonly effect: 'Allow' | 'Deny';
  readonly actions: Patterns;
  /** A trust policy has none. */
  readonly resources: Patterns | undefined;
  /** Only a trust policy has them. */
  readonly principals: readonly PrincipalPattern[] | undefined;
  readonly conditions: readonly PolicyCondition[];
}

export interface PolicyDocument {
  /** Policy variables (`${aws:PrincipalTag/team}`) are read only in documents of 2012-10-17. */
  readonly variables: boolean;
  readonly statements: readonly Statement[];
}

const OPERATORS = [
  'StringEquals',
  'StringNotEquals',
  'StringEqualsIgnoreCase',
  'StringNotEqualsIgnoreCase',
  'StringLike',
  'StringNotLike',
  'ArnEquals',
  'ArnNotEquals',
  'ArnLike',
  'ArnNotLike',
  'Bool',
  'Null',
] as const;
export type ConditionOperator = (typeof OPERATORS)[number];

const VERSIONS = ['2012-10-17', '2008-10-17'];
const STATEMENTS_MAX = 500;

export type PolicyKind = 'identity' | 'trust' | 'key' | 'repository';

/**
 * Reads a policy's JSON text. `identity` policies (a session policy is one) name resources and no principal; a `trust`
 * policy names principals and no resource, and so does that of an ECR `repository`; a `key` policy names principals, and its key as the resource. Throws MalformedPolicy with a sentence like AWS's.
 */
export function parsePolicy(text: string, kind: PolicyKind): PolicyDocument {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new MalformedPolicy('This policy contains invalid Json');
  }
  const document = fields(parsed, ['Version', 'Id', 'Statement'], 'policy');
  if (document['Version'] !== undefined && !VERSIONS.includes(String(document['Version']))) throw new MalformedPolicy('Syntax errors in policy. The Version must be 2012-10-17 or 2008-10-17.');
  if (document['Statement'] === undefined) throw new MalformedPolicy('Syntax errors in policy. Missing required field Statement');
  const listed = Array.isArray(document['Statement']) ? (document['Statement'] as unknown[]) : [document['Statement']];
  if (listed.length === 0) throw new MalformedPolicy('Syntax errors in policy. The Statement is empty.');
  if (listed.length > STATEMENTS_MAX) throw new MalformedPolicy(`The policy has more than ${STATEMENTS_MAX} statements.`);
  const statements = listed.map((statement) => parseStatement(statement, kind));
  const sids = statements.flatMap(({ sid }) => (sid === undefined ? [] : [sid]));
  if (new Set(sids).size !== sids.length) throw new MalformedPolicy('Statement IDs (SID) in a single policy must be unique.');
  return { variables: document['Version'] === '2012-10-17', statements };
}

function parseStatement(value: unknown, kind: PolicyKind): Statement {
  const statement = fields(value, ['Sid', 'Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Principal', 'NotPrincipal', 'Condition'], 'statement');
  const effect = statement['Effect'];
  if (effect !== 'Allow' && effect !== 'Deny') throw new MalformedPolicy('Syntax errors in policy. Invalid effect: it must be Allow or Deny.');
  const sid = statement['Sid'];
  if (sid !== undefined && (typeof sid !== 'string' || (kind === 'identity' && !/^[A-Za-z0-9]*$/.test(sid)))) {
    throw new MalformedPolicy('Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*');
  }
  return {
    sid: sid === '' ? undefined : sid,
    effect,
    actions: parseActions(statement, kind),
    resources: parseResources(statement, kind),
    principals: parsePrincipals(statement, kind),
    conditions: parseConditions(statement['Condition']),
  };
}

function parseActions(statement: Record<string, unknown>, kind: PolicyKind): Patterns {
  const actions = eitherOf(statement, 'Action', 'NotAction');
  if (actions === undefined) throw new MalformedPolicy('Policy statement must contain actions.');
  for (const action of actions.patterns) {
    if (action !== '*' && !/^[A-Za-z0-9-]+:[A-Za-z0-9*?]+$/.test(action)) {
      throw new MalformedPolicy('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
    }
    if (kind === 'trust' && !/^sts:/i.test(action)) throw new MalformedPolicy('AssumeRole policy may only specify STS AssumeRole actions.');
  }
  return actions;
}

function parseResources(statement: Record<string, unknown>, kind: PolicyKind): Patterns | undefined {
  const resources = eitherOf(statement, 'Resource', 'NotResource');
  if (kind === 'trust' || kind === 'repository') {
    if (resources !== undefined) throw new MalformedPolicy('Has prohibited field Resource');
    return undefined;
  }
  if (resources === undefined) throw new MalformedPolicy('Policy statement must contain resources.');
  // A key's policy is of that key alone, however its ARN is written.
  if (kind === 'key') return undefined;
  for (const resource of resources.patterns) {
    if (resource !== '*' && !/^arn:/.test(resource)) throw new MalformedPolicy(`Resource ${resource} must be in ARN format or "*".`);
  }
  return resources;
}

function parsePrincipals(statement: Record<string, unknown>, kind: PolicyKind): readonly PrincipalPattern[] | undefined {
  const principal = statement['Principal'];
  if (kind === 'identity') {
    if (principal !== undefined || statement['NotPrincipal'] !== undefined) throw new MalformedPolicy('Policy document should not specify a principal.');
    return undefined;
  }
  if (statement['NotPrincipal'] !== undefined) throw new MalformedPolicy('NotPrincipal is not supported here.');
  if (principal === undefined) throw new MalformedPolicy('Missing required field Principal');
  if (principal === '*') return [{ type: 'AWS', value: '*' }];
  const named = fields(principal, ['AWS', 'Service', 'Federated'], 'principal');
  const principals = (['AWS', 'Service', 'Federated'] as const).flatMap((type) => (named[type] === undefined ? [] : texts(named[type], type).map((value) => ({ type, value }))));
  if (principals.length === 0) throw new MalformedPolicy('Missing required field Principal cannot be empty!');
  for (const { type, value } of principals) {
    if (type === 'Federated' && !isFederation(value)) throw new MalformedPolicy('Federated principals must be valid domain names or SAML metadata ARNs');
    if (type === 'Service' && !SERVICE_PRINCIPAL.test(value)) throw new MalformedPolicy(`Invalid principal in policy: "SERVICE":"${value}"`);
    const valid = type !== 'AWS' || value === '*' || /^\d{12}$/.test(value) || /^AROA[A-Z0-9]{17}$/.test(value) || /^arn:aws:(iam::\d{12}:(root|(role|user)\/[^*?]+)|sts::\d{12}:assumed-role\/[^*?]+)$/.test(value);
    if (!valid || value === '') throw new MalformedPolicy(`Invalid principal in policy: "${type}":"${value}"`);
  }
  return principals;
}

const SERVICE_PRINCIPAL = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com$/i;
const FEDERATION_ARN = /^arn:aws:iam::\d{12}:(saml|oidc)-provider\/.+$/;
const DOMAIN = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/i;

/** Whether it is there, IAM does not look. */
const isFederation = (value: string): boolean => FEDERATION_ARN.test(value) || DOMAIN.test(value);

function parseConditions(value: unknown): PolicyCondition[] {
  if (value === undefined) return [];
  const byOperator = fields(value, undefined, 'condition');
  return Object.entries(byOperator).flatMap(([written, keys]) => {
    const form = /^(?:(ForAllValues|ForAnyValue):)?([A-Za-z]+?)(IfExists)?$/.exec(written);
    const operator = OPERATORS.find((known) => known === form?.[2]);
    if (form === null || operator === undefined) throw new MalformedPolicy(`Invalid Condition type : ${written}. Supported here: ${OPERATORS.join(', ')}, with IfExists, ForAllValues: and ForAnyValue:.`);
    const ifExists = form[3] !== undefined;
    if (operator === 'Null' && (ifExists || form[1] !== undefined)) throw new MalformedPolicy(`Invalid Condition type : ${written}.`);
    return Object.entries(fields(keys, undefined, 'condition')).map(([key, expected]): PolicyCondition => {
      if (!/^[A-Za-z0-9./_-]+:.+$/.test(key)) throw new MalformedPolicy('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
      return { operator, quantifier: quantifierOf(form[1]), ifExists, key: key.toLowerCase(), values: texts(expected, key) };
    });
  });
}

const quantifierOf = (written: string | undefined): 'all' | 'any' | undefined => (written === undefined ? undefined : written === 'ForAllValues' ? 'all' : 'any');

function eitherOf(statement: Record<string, unknown>, only: string, except: string): Patterns | undefined {
  if (statement[only] !== undefined && statement[except] !== undefined) throw new MalformedPolicy(`Syntax errors in policy. ${only} and ${except} exclude each other.`);
  const found = statement[only] ?? statement[except];
  if (found === undefined) return undefined;
  const patterns = texts(found, only);
  if (patterns.length === 0) throw new MalformedPolicy(`Policy statement must contain ${only.toLowerCase()}s.`);
  return { except: statement[only] === undefined, patterns };
}

/** One text or a list of them; booleans and numbers count as text, as in conditions on AWS. */
function texts(value: unknown, where: string): string[] {
  const list = Array.isArray(value) ? (value as unknown[]) : [value];
  return list.map((item) => {
    if (typeof item === 'string') return item;
    if (typeof item === 'boolean' || typeof item === 'number') return String(item);
    throw new MalformedPolicy(`Syntax errors in policy. ${where} must be text.`);
  });
}

function fields(value: unknown, known: readonly string[] | undefined, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new MalformedPolicy(`Syntax errors in policy. The ${what} is not an object.`);
  const unknown = known === undefined ? undefined : Object.keys(value).find((name) => !known.includes(name));
  if (unknown !== undefined) throw new MalformedPolicy(`Syntax errors in policy. Unknown field ${unknown}`);
  return value as Record<string, unknown>;
}
