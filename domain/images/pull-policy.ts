/** The statement of a repository's policy that is ours; every other is left as it is. */
export const PULL_SID = 'SlipwayPull';

/** What a pull takes, and no more. Source: ECR user guide, "Private repository policy examples", allow one or more accounts to pull. */
const PULL_ACTIONS = ['ecr:BatchCheckLayerAvailability', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'];

interface Document {
  readonly Version?: string;
  readonly Statement: readonly { readonly Sid?: string }[];
}

/**
 * The repository's policy as it is to be: JSON text to set, `none` to delete it, `same` when it is so already. `unreadable` when what is there is
 * no policy document: then nothing of it may be lost.
 */
export function withPullAccounts(present: string | undefined, accounts: readonly string[]): { readonly set: string } | 'none' | 'same' | 'unreadable' {
  const document = present === undefined ? { Version: '2012-10-17', Statement: [] } : read(present);
  if (document === undefined) return 'unreadable';
  const others = document.Statement.filter(({ Sid }) => Sid !== PULL_SID);
  const ours = accounts.length === 0 ? [] : [{ Sid: PULL_SID, Effect: 'Allow', Principal: { AWS: [...accounts].sort().map((id) => `arn:aws:iam::${id}:root`) }, Action: PULL_ACTIONS }];
  const Statement = [...others, ...ours];
  if (Statement.length === 0) return present === undefined ? 'same' : 'none';
  if (canonical(document.Statement) === canonical(Statement)) return 'same';
  return { set: JSON.stringify({ ...document, Statement }) };
}

function read(text: string): Document | undefined {
  try {
    const parsed = JSON.parse(text) as { Statement?: unknown };
    const statements = Array.isArray(parsed.Statement) ? (parsed.Statement as Document['Statement']) : [parsed.Statement as Document['Statement'][number]];
    return statements.every((statement) => typeof statement === 'object' && statement !== null) ? { ...parsed, Statement: statements } : undefined;
  } catch {
    return undefined;
  }
}

/** ECR may give a list of one back as the one. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return value.length === 1 ? canonical(value[0]) : `[${value.map(canonical).sort().join(',')}]`;
  if (typeof value === 'object' && value !== null) return `{${Object.entries(value).map(([key, member]) => `${key}:${canonical(member)}`).sort().join(',')}}`;
  return JSON.stringify(value) ?? '';
}
