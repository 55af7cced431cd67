/** An IAM policy document, as roles' own policies, boundaries and trust policies are written here. */
export interface IamPolicy {
  readonly Version: '2012-10-17';
  readonly Statement: readonly IamStatement[];
}

export interface IamStatement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  /** Of trust policies. */
  readonly Principal?: '*' | Readonly<Record<string, string | readonly string[]>>;
  readonly NotPrincipal?: unknown;
  readonly Action?: string | readonly string[];
  readonly NotAction?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: IamConditions;
}

/** Operators, with keys, with what they are held against. */
export type IamConditions = Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;

/** All inline policies of a role together, without white space (source: IAM quotas, role policy size). */
export const ROLE_POLICIES_CHARACTERS_MAX = 10_240;
/** A role's trust policy, without a raise (source: IAM quotas, role trust policy length). */
export const TRUST_POLICY_CHARACTERS_MAX = 2048;
/** A managed policy, without white space (source: IAM quotas, managed policy size). */
export const MANAGED_POLICY_CHARACTERS_MAX = 6144;

/** As IAM counts them: white space between the parts costs nothing. */
export function charactersOf(policy: object): number {
  return JSON.stringify(policy).length;
}

/** IAM writes a list of one as the one, and reads either. */
export function listed(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}
