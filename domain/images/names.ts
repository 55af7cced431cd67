import type { RepositoryAddress } from './repository.ts';

/** Last segments of paths below a repository's own: a repository of such a name could not be told from what is asked of another. */
const KEPT_FOR_PATHS: readonly string[] = ['events', 'lifecycle-preview'];
const SEGMENT = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*$/;

type Fault = { readonly path: string; readonly message: string };

/** Where a team's repositories begin; undefined when ECR takes no name that begins so. */
export function teamPrefix(team: string): string | undefined {
  const segment = team.toLowerCase();
  return SEGMENT.test(segment) ? `${segment}/` : undefined;
}

/** What is wrong with a name for a team in an account whose teams are known; see docs/decisions/0017-names-of-repositories.md. */
export function nameFaults({ name }: Pick<RepositoryAddress, 'name'>, team: string | undefined, teamsOfAccount: readonly string[]): Fault[] {
  const last = name.split('/').at(-1) ?? '';
  const kept = KEPT_FOR_PATHS.includes(last) ? [{ path: 'name', message: `A name does not end in ${last}, which is a path of the API` }] : [];
  if (team === undefined) {
    const owner = teamsOfAccount.find((one) => name.startsWith(teamPrefix(one) ?? ' '));
    return [...kept, ...(owner === undefined ? [] : [{ path: 'name', message: `Names under ${teamPrefix(owner) ?? ''} are for team ${owner}: say the team` }])];
  }
  const prefix = teamPrefix(team);
  if (prefix === undefined) return [...kept, { path: 'team', message: `Repositories of team ${team} cannot be named: ECR takes no name that begins with ${team.toLowerCase()}/` }];
  return [...kept, ...(name.startsWith(prefix) ? [] : [{ path: 'name', message: `The repositories of team ${team} begin with ${prefix}` }])];
}
