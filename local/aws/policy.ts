import type { Patterns, PolicyCondition, PolicyDocument, PrincipalPattern, Statement } from './policy-document.ts';

/**
 * The evaluation of IAM policies: pure, and no more than AWS documents of it.
 * Source: IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements: Condition operators".
 */

/** Condition keys (lower-case) and their values. A key that is not there is absent from the request. */
export type Context = Readonly<Record<string, readonly string[]>>;

export interface Asked {
  readonly action: string;
  readonly resource: string;
  readonly context: Context;
}

export type Verdict =
  | { readonly allowed: true }
  /** `by` is the kind of policy that said no, or that no policy of said yes. */
  | { readonly allowed: false; readonly explicit: boolean; readonly by: 'identity' | 'session' | 'boundary' };

export interface Held {
  /** The role's own: inline and attached. */
  readonly identity: readonly PolicyDocument[];
  readonly boundary?: PolicyDocument | undefined;
  readonly session?: PolicyDocument | undefined;
}

/** May the holder of these policies do it? Every kind that is there must allow it; an explicit deny anywhere wins. */
export function judge(held: Held, asked: Asked): Verdict {
  const kinds = [
    ['identity', held.identity],
    ['boundary', held.boundary === undefined ? undefined : [held.boundary]],
    ['session', held.session === undefined ? undefined : [held.session]],
  ] as const;
  const effects = kinds.flatMap(([by, documents]) => (documents === undefined ? [] : [{ by, effect: effectOf(documents, asked) }]));
  const denied = effects.find(({ effect }) => effect === 'Deny');
  if (denied !== undefined) return { allowed: false, explicit: true, by: denied.by };
  const silent = effects.find(({ effect }) => effect === undefined);
  return silent === undefined ? { allowed: true } : { allowed: false, explicit: false, by: silent.by };
}

/** What a set of documents says together; `undefined` when no statement applies. */
export function effectOf(documents: readonly PolicyDocument[], asked: Asked): 'Allow' | 'Deny' | undefined {
  const applying = documents.flatMap((document) => document.statements.filter((statement) => applies(statement, asked, document.variables)));
  if (applying.some(({ effect }) => effect === 'Deny')) return 'Deny';
  return applying.length > 0 ? 'Allow' : undefined;
}

/** Whom a trust policy is asked about: a caller in an account, or an AWS service. */
export type Principal =
  | { readonly kind: 'service'; readonly service: string }
  | { readonly kind: 'caller'; readonly accountId: string; readonly roleArn?: string; readonly roleId?: string; readonly arn: string };

/** A trust policy's word. `named`: the caller's role or session is named itself, so that in its own account no identity policy is needed. */
export function judgeTrust(document: PolicyDocument, principal: Principal, asked: Omit<Asked, 'resource'>): { readonly allowed: boolean; readonly named: boolean } {
  let allowed = false;
  let named = false;
  for (const statement of document.statements) {
    const matched = (statement.principals ?? []).filter((pattern) => isPrincipal(pattern, principal));
    if (matched.length === 0 || !applies(statement, { ...asked, resource: '*' }, document.variables)) continue;
    if (statement.effect === 'Deny') return { allowed: false, named: false };
    allowed = true;
    named ||= matched.some(({ value }) => value.includes('role/') || value.startsWith('AROA'));
  }
  return { allowed, named };
}

function isPrincipal(pattern: PrincipalPattern, principal: Principal): boolean {
  if (principal.kind === 'service') return pattern.type === 'Service' && pattern.value === principal.service;
  if (pattern.type !== 'AWS') return false;
  const { value } = pattern;
  if (value === '*' || value === principal.accountId || value === `arn:aws:iam::${principal.accountId}:root`) return true;
  return value === principal.arn || value === principal.roleArn || value === principal.roleId;
}

function applies(statement: Statement, asked: Asked, variables: boolean): boolean {
  const known = variables ? asked.context : undefined;
  return (
    matches(statement.actions, (pattern) => glob(literal(pattern.toLowerCase()), asked.action.toLowerCase())) &&
    (statement.resources === undefined || matches(statement.resources, (pattern) => likeText(pattern, asked.resource, known))) &&
    statement.conditions.every((condition) => holds(condition, asked.context, known))
  );
}

const matches = ({ except, patterns }: Patterns, one: (pattern: string) => boolean): boolean => patterns.some(one) !== except;

function holds(condition: PolicyCondition, context: Context, variables: Context | undefined): boolean {
  const found = context[condition.key];
  const { operator, quantifier, ifExists } = condition;
  if (operator === 'Null') return condition.values.some((value) => (value.toLowerCase() === 'true') === (found === undefined));
  const negated = operator.includes('Not');
  if (found === undefined || found.length === 0) {
    if (ifExists || quantifier === 'all') return true;
    // A negated operator holds when there is nothing that could equal; ForAnyValue needs a value in any case.
    return quantifier === 'any' ? false : negated;
  }
  const one = (value: string): boolean => condition.values.some((expected) => compare(operator, expected, value, variables)) !== negated;
  if (quantifier === 'all') return found.every(one);
  if (quantifier === 'any') return found.some(one);
  return negated ? found.every(one) : found.some(one);
}

/** The positive comparison of an operator; its caller negates. */
function compare(operator: PolicyCondition['operator'], expected: string, value: string, variables: Context | undefined): boolean {
  switch (operator) {
    case 'StringEquals':
    case 'StringNotEquals':
      return equalText(expected, value, variables);
    case 'StringEqualsIgnoreCase':
    case 'StringNotEqualsIgnoreCase':
      return equalText(expected.toLowerCase(), value.toLowerCase(), variables);
    case 'StringLike':
    case 'StringNotLike':
      return likeText(expected, value, variables);
    case 'ArnEquals':
    case 'ArnNotEquals':
    case 'ArnLike':
    case 'ArnNotLike':
      return likeArn(expected, value, variables);
    case 'Bool':
    case 'Null':
      return expected.toLowerCase() === value.toLowerCase();
  }
}

const ANY = -1;
const ONE = -2;
const COLON = ':'.charCodeAt(0);
type Pattern = readonly number[];

function equalText(expected: string, value: string, variables: Context | undefined): boolean {
  const text = variables === undefined || !expected.includes('${') ? expected : substitute(expected, variables);
  if (typeof text === 'string') return text === value;
  return text !== undefined && String.fromCharCode(...text.map((code) => (code === ANY ? 42 : code === ONE ? 63 : code))) === value;
}

function likeText(expected: string, value: string, variables: Context | undefined): boolean {
  const pattern = patternOf(expected, variables);
  return pattern !== undefined && glob(pattern, value);
}

const ARN_PARTS = 6;

/** Each of an ARN's six parts is matched by itself: a wildcard in one does not reach into the next. */
function likeArn(expected: string, value: string, variables: Context | undefined): boolean {
  const pattern = patternOf(expected, variables);
  if (pattern === undefined) return false;
  const patternParts: number[][] = [[]];
  for (const code of pattern) {
    if (code === COLON && patternParts.length < ARN_PARTS) patternParts.push([]);
    else patternParts.at(-1)?.push(code);
  }
  const [arn = '', partition = '', service = '', region = '', account = '', ...resource] = value.split(':');
  const parts = [arn, partition, service, region, account, resource.join(':')];
  return patternParts.length === ARN_PARTS && resource.length > 0 && patternParts.every((part, index) => glob(part, parts[index] ?? ''));
}

function patternOf(expected: string, variables: Context | undefined): Pattern | undefined {
  return variables === undefined || !expected.includes('${') ? literal(expected) : substitute(expected, variables);
}

/** Patterns of the policies that are asked again and again. */
const LITERALS_MAX = 5000;
const literals = new Map<string, Pattern>();

function literal(text: string): Pattern {
  const known = literals.get(text);
  if (known !== undefined) return known;
  const pattern = Array.from({ length: text.length }, (_, index) => codeOf(text, index));
  if (literals.size >= LITERALS_MAX) literals.clear();
  literals.set(text, pattern);
  return pattern;
}

function codeOf(text: string, index: number): number {
  const code = text.charCodeAt(index);
  return code === 42 ? ANY : code === 63 ? ONE : code;
}

/** Puts the request's values in the place of `${key}`; `undefined` when one is not there, and then the pattern matches nothing. */
function substitute(text: string, variables: Context): Pattern | undefined {
  const pattern: number[] = [];
  for (const part of text.split(/(\$\{[^}]*\})/)) {
    if (!part.startsWith('${')) {
      pattern.push(...literal(part));
      continue;
    }
    const [name = '', fallback] = part.slice(2, -1).split(/\s*,\s*/);
    const values = variables[name.trim().toLowerCase()];
    const value = ['*', '?', '$'].includes(name) ? name : values?.length === 1 ? values[0] : fallback?.replace(/^'|'$/g, '');
    if (value === undefined) return undefined;
    // What comes from the request is text, whatever stars it holds.
    pattern.push(...Array.from({ length: value.length }, (_, index) => value.charCodeAt(index)));
  }
  return pattern;
}

/** `*` any run of characters, `?` one. Never slower than the product of the lengths, whatever a policy's author wrote. */
export function glob(pattern: Pattern, text: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  let position = 0;
  while (position < text.length) {
    const expected = pattern[at];
    if (expected === ANY) {
      star = at;
      resume = position;
      at += 1;
    } else if (expected !== undefined && (expected === ONE || expected === text.charCodeAt(position))) {
      at += 1;
      position += 1;
    } else if (star >= 0) {
      at = star + 1;
      resume += 1;
      position = resume;
    } else {
      return false;
    }
  }
  while (pattern[at] === ANY) at += 1;
  return at === pattern.length;
}
