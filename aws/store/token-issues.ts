import type { TokenIssue } from '../../domain/token-issue.ts';
import type { Store } from '../ports.ts';
import { tokenIssueKey } from './keys.ts';
import { newestFirst } from './lists.ts';
import type { TableAccess } from './table-access.ts';

/** Longer than auditors ask back. */
const KEPT_DAYS = 400;
const DAY_MS = 86_400_000;

export function tokenIssues(table: TableAccess): Pick<Store, 'addTokenIssue' | 'tokenIssues'> {
  return {
    async addTokenIssue(issue) {
      const { clusterId, issueId } = issue;
      const written = await table.write({ issue: { put: { ...tokenIssueKey(clusterId, issueId), ...issue, ttl: Math.ceil((Date.parse(issue.at) + KEPT_DAYS * DAY_MS) / 1000) }, if: { that: 'attribute_not_exists(#pk)' } } });
      // Ids are unguessable: one that stands there is the same issue, whose answer was lost.
      if (written.kind !== 'written' && written.met.issue?.['at'] !== issue.at) throw new Error(`Two token issues have the id ${issueId}.`);
    },

    tokenIssues: (clusterId, page) => newestFirst<TokenIssue>(table, (issueId) => tokenIssueKey(clusterId, issueId), 'issueId', page),
  };
}
