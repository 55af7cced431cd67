import type { TokenIssue } from '../../domain/token-issue.ts';
import type { Store } from '../ports.ts';
import { tokenIssueKey } from './keys.ts';
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

    async tokenIssues(clusterId, page) {
      const { pk, sk: prefix } = tokenIssueKey(clusterId, '');
      const after = page.after?.['issueId'];
      const { items } = await table.query({ that: '#pk = :pk AND begins_with(#sk, :prefix)', values: { pk, prefix }, forward: false, limit: page.limit + 1, after: after === undefined ? undefined : tokenIssueKey(clusterId, after) });
      const issues = items.slice(0, page.limit).map(({ pk: _pk, sk: _sk, ttl: _ttl, ...issue }) => issue as unknown as TokenIssue);
      const last = issues.at(-1);
      return { items: issues, ...(items.length > page.limit && last !== undefined ? { next: { issueId: last.issueId } } : {}) };
    },
  };
}
