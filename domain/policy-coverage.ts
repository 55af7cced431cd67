import type { PolicyDocument, Statement } from './permissions.ts';
import { matchesWildcards } from './policies/wildcards.ts';

/** A statement as IAM lets people write it: one or many, allow or deny, by names with wildcards. */
interface FoundStatement {
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, unknown>>;
}

/**
 * The actions of `wanted` that the role's own `document` (JSON of one policy, or of a list of them) does not allow on all of their
 * resources, sorted. More than what is wanted is no fault. Which roles may be handed to EKS is the account owner's choice, so
 * `iam:PassRole` counts wherever it is allowed. `unreadable` when the document is none.
 */
export function missingFrom(document: string, wanted: PolicyDocument): readonly string[] | 'unreadable' {
  const found = statementsOf(document);
  if (found === undefined) return 'unreadable';
  const missing = wanted.Statement.flatMap((statement) => statement.Action.filter((action) => !allows(found, action, statement)));
  return [...new Set(missing)].sort();
}

/** Whether a document, as JSON, says the same as another, however its members are ordered and its lists of one are written. Sids say nothing. */
export function sameDocument(document: string, wanted: { readonly Statement: readonly object[] }): boolean {
  const found = statementsOf(document);
  const plain = (statements: readonly object[]) => statements.map((statement) => Object.fromEntries(Object.entries(statement).filter(([key]) => key !== 'Sid')));
  return found !== undefined && same(plain(found), plain(wanted.Statement));
}

function allows(found: readonly FoundStatement[], action: string, wanted: Statement): boolean {
  const about = found.filter((statement) => namesAction(statement, action));
  const resources = action === 'iam:PassRole' ? [] : wanted.Resource;
  const denied = about.some((statement) => statement.Effect === 'Deny' && statement.Condition === undefined && resources.some((resource) => touches(statement, resource)));
  if (denied) return false;
  const allowing = about.filter((statement) => statement.Effect === 'Allow' && (statement.Condition === undefined || same(statement.Condition, wanted.Condition)));
  if (action === 'iam:PassRole') return allowing.some((statement) => list(statement.Resource).length > 0 || statement.NotResource !== undefined);
  return resources.every((resource) => allowing.some((statement) => covers(statement, resource)));
}

function namesAction({ Action, NotAction }: FoundStatement, action: string): boolean {
  const among = (patterns: string | readonly string[] | undefined) => list(patterns).some((pattern) => matchesWildcards(pattern.toLowerCase(), action.toLowerCase()));
  return NotAction === undefined ? among(Action) : !among(NotAction);
}

/** Whether the statement is about all of a resource, itself perhaps a pattern. */
function covers({ Resource, NotResource }: FoundStatement, resource: string): boolean {
  return NotResource === undefined ? list(Resource).some((pattern) => matchesWildcards(pattern, resource)) : !list(NotResource).some((pattern) => overlap(pattern, resource));
}

/** Whether the statement is about any part of a resource. */
function touches({ Resource, NotResource }: FoundStatement, resource: string): boolean {
  return NotResource === undefined ? list(Resource).some((pattern) => overlap(pattern, resource)) : !list(NotResource).some((pattern) => matchesWildcards(pattern, resource));
}

function overlap(one: string, other: string): boolean {
  return matchesWildcards(one, other) || matchesWildcards(other, one);
}

function statementsOf(document: string): readonly FoundStatement[] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(document);
  } catch {
    return undefined;
  }
  const policies = Array.isArray(parsed) ? (parsed as unknown[]) : [parsed];
  if (!policies.every((policy): policy is { Statement: unknown } => typeof policy === 'object' && policy !== null && 'Statement' in policy)) return undefined;
  const statements = policies.flatMap((policy) => policy.Statement);
  return statements.every((statement): statement is FoundStatement => typeof statement === 'object' && statement !== null) ? statements : undefined;
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}

/** The same condition however its keys are ordered and its lists of one are written. */
function same(found: unknown, wanted: unknown): boolean {
  return canonical(found) === canonical(wanted);
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return value.length === 1 ? canonical(value[0]) : `[${value.map(canonical).sort().join(',')}]`;
  if (typeof value === 'object' && value !== null) return `{${Object.entries(value).map(([key, inner]) => `${key.toLowerCase()}:${canonical(inner)}`).sort().join(',')}}`;
  return JSON.stringify(value) ?? 'undefined';
}
