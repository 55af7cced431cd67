import type * as z from 'zod';

const PATH_CHARACTERS_MAX = 200;

export interface SchemaIssue {
  readonly path: string;
  readonly message: string;
}

/**
 * zod's issues as paths with a message each; unknown members one by one, under their own path. What is missing is told so where the value was
 * parsed with `reportInput`.
 */
export function issuesOf(error: z.ZodError, member: 'field' | 'parameter'): SchemaIssue[] {
  const ofWrongType = new Set(error.issues.filter(({ code }) => code === 'invalid_type').map(({ path }) => pathOf(path)));
  return error.issues.flatMap((issue) => {
    // zod measures the length of a string that stands where a list belongs: what is of the wrong type is told so, and nothing else of it.
    if (issue.code !== 'invalid_type' && ofWrongType.has(pathOf(issue.path))) return [];
    if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => ({ path: pathOf([...issue.path, key]), message: `Unknown ${member}` }));
    if (isMissing(issue)) return [{ path: pathOf(issue.path), message: 'Required' }];
    if (issue.code === 'invalid_key') return [{ path: pathOf(issue.path), message: issue.issues[0]?.message ?? issue.message }];
    return [{ path: pathOf(issue.path), message: issue.message }];
  });
}

/** A member that is not there has no type, and is none of the words that it may be. */
function isMissing(issue: z.core.$ZodIssue): boolean {
  if (issue.code === 'invalid_type') return issue.message.endsWith('received undefined');
  return issue.code === 'invalid_value' && issue.path.length > 0 && 'input' in issue && issue.input === undefined;
}

function pathOf(path: readonly PropertyKey[]): string {
  const text = path.map(String).join('.');
  return text.length > PATH_CHARACTERS_MAX ? `${text.slice(0, PATH_CHARACTERS_MAX)}...` : text;
}
