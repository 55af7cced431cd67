import { isRefusal } from '../domain/refusal.ts';
import { EXEC_CREDENTIAL, IssueToken, refusedToken, TokenView, type TokenIssue } from '../domain/token-issue.ts';
import { ok } from './answers.ts';
import { clusterToChange } from './reach.ts';
import { route } from './route.ts';

/**
 * A short-lived token of a cluster, for programs. It is on the record before anybody has it, and kept nowhere: an Idempotency-Key is not
 * remembered here, since that would keep the token for days. Asking twice gives two tokens and does no harm.
 */
export const issueToken = route({
  method: 'POST',
  path: '/v1/clusters/{clusterId}/tokens',
  access: 'read',
  summary: 'Issue a short-lived token of a cluster',
  body: IssueToken,
  answers: { 200: { description: 'The token, as kubectl takes it from an exec plugin. It is never told again.', schema: TokenView } },
  refusals: ['not-found', 'team-not-allowed', 'generation-mismatch', 'token-level-not-allowed', 'token-level-not-set-up', 'account-unreachable'],
  async run(ask, ports) {
    const cluster = await clusterToChange(ask, ports, ask.params.clusterId);
    if (isRefusal(cluster)) return cluster;
    const { level, minutes, reason } = ask.body;
    const refused = refusedToken(cluster, ask.caller, level);
    if (refused !== undefined) return refused;

    const issued = await ports.tokens.issue({ clusterId: cluster.clusterId, level, sub: ask.caller.sub, minutes });

    if (isRefusal(issued)) return issued;
    const issue: TokenIssue = { issueId: ports.ids.tokenIssueId(ask.nowMs), clusterId: cluster.clusterId, level, by: ask.caller.sub, ...(reason === undefined ? {} : { reason }), at: issued.issuedAt, until: issued.expirationTimestamp };
    await ports.store.addTokenIssue(issue);
    ports.log.info('A token was issued', { requestId: ask.requestId, cluster: cluster.clusterId, account: cluster.accountId, issue: issue.issueId, level, caller: ask.caller.sub, until: issue.until });
    return ok({ ...EXEC_CREDENTIAL, status: { token: issued.token, expirationTimestamp: issued.expirationTimestamp }, level });
  },
});
