import { PASS_ROLE_PATTERNS } from './account-setup.ts';
import { refuse, type Refusal } from './refusal.ts';

/**
 * The refusal of a role that could never be handed to EKS: of another account, or under a name that the account's role policy does
 * not allow for `iam:PassRole`. Asked early, because EKS would answer the creation with a denial that reads like a lost role.
 */
export function refuseRole(roleArn: string, accountId: string, path: string, patterns: readonly string[] = PASS_ROLE_PATTERNS): Refusal | undefined {
  const errors = (message: string) => [{ path, message }];
  const home = `arn:aws:iam::${accountId}:role/`;
  if (!roleArn.startsWith(home)) {
    return refuse('role-not-passable', `${roleArn} is not a role of account ${accountId}, and EKS takes only roles of the cluster's own account.`, {
      remedy: 'Name a role of the account that owns the cluster.',
      errors: errors(`Not a role of account ${accountId}`),
    });
  }
  const name = roleArn.slice(home.length);
  if (patterns.some((pattern) => new RegExp(`^${pattern.split('*').map(escaped).join('.*')}$`).test(name))) return undefined;
  return refuse('role-not-passable', `Slipway may hand EKS only roles named ${patterns.join(' or ')}, not ${name}.`, {
    remedy: 'Name the role so, or widen iam:PassRole in the account\'s role and register the names with the account.',
    errors: errors(`Not named ${patterns.join(' or ')}`),
  });
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
