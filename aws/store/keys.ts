/** Where every kind of item stands. `#` cannot occur in an id, a region, a cluster's name or a team. */

// A type and not an interface, so that a key is also a record of plain values.
export type Key = { readonly pk: string; readonly sk: string };

export const ACCOUNTS = 'ACCOUNTS';
export const CLUSTERS = 'CLUSTERS';
export const OPERATIONS = 'OPERATIONS';
export const REPOSITORIES = 'REPOSITORIES';
export const PROFILES = 'PROFILES';
/** Partitions of the index `due`. */
export const OPEN = 'OPEN';
export const WAITS = 'WAITS';
export const OPEN_REPOSITORIES = 'OPEN_REPOSITORIES';

const RUN_DIGITS = 4;
const VERSION_DIGITS = 6;

export const accountKey = (accountId: string): Key => ({ pk: `ACCOUNT#${accountId}`, sk: 'ACCOUNT' });
export const clusterKey = (clusterId: string): Key => ({ pk: `CLUSTER#${clusterId}`, sk: 'CLUSTER' });
export const observationKey = (clusterId: string): Key => ({ pk: `CLUSTER#${clusterId}`, sk: 'OBSERVATION' });
export const waiverKey = (clusterId: string, waiverId: string): Key => ({ pk: `CLUSTER#${clusterId}`, sk: `WAIVER#${waiverId}` });
/** A waiver that was taken back. */
export const withdrawnKey = (clusterId: string, waiverId: string): Key => ({ pk: `CLUSTER#${clusterId}`, sk: `WITHDRAWN#${waiverId}` });
export const tokenIssueKey = (clusterId: string, issueId: string): Key => ({ pk: `CLUSTER#${clusterId}`, sk: `TOKEN#${issueId}` });
/** That a client changed the cluster's record. */
export const changeKey = (clusterId: string, changeId: string): Key => ({ pk: `CLUSTER#${clusterId}`, sk: `CHANGE#${changeId}` });
/** Says that an operation is one of the cluster's; written once. */
export const clusterOperationKey = (clusterId: string, operationId: string): Key => ({ pk: `CLUSTER#${clusterId}`, sk: `OP#${operationId}` });
/** Says which cluster has the name: two of one name in one account and region cannot be. */
export const nameKey = (accountId: string, region: string, name: string): Key => ({ pk: `NAME#${accountId}#${region}#${name}`, sk: 'NAME' });
export const headKey = (operationId: string): Key => ({ pk: `OP#${operationId}`, sk: 'HEAD' });
export const requestKey = (operationId: string): Key => ({ pk: `OP#${operationId}`, sk: 'REQUEST' });
export const planKey = (operationId: string, run: number): Key => ({ pk: `OP#${operationId}`, sk: `PLAN#${written(run)}` });
export const stepKey = (operationId: string, run: number, stepId: string): Key => ({ pk: `OP#${operationId}`, sk: `STEP#${written(run)}#${stepId}` });
export const waitKey = (operationId: string, stepId: string): Key => ({ pk: `OP#${operationId}`, sk: `WAIT#${stepId}` });
export const eventKey = (operationId: string, sequence: string): Key => ({ pk: `EVENTS#${operationId}`, sk: sequence });
export const answerKey = (id: string): Key => ({ pk: `ANSWER#${id}`, sk: 'ANSWER' });
export const durationsKey = (kind: string): Key => ({ pk: 'DURATIONS', sk: kind });
export const budgetKey = (accountId: string, region: string): Key => ({ pk: `BUDGET#${accountId}#${region}`, sk: 'BUDGET' });
/** By a repository's id: `payments/api#111122223333#eu-central-1`. All of one name stand together. */
export const repositoryKey = (id: string): Key => ({ pk: `REPOSITORY#${id.slice(0, id.indexOf('#'))}`, sk: id.slice(id.indexOf('#') + 1) });
export const registryKey = (accountId: string, region: string): Key => ({ pk: `REGISTRY#${accountId}#${region}`, sk: 'REGISTRY' });
/** The newest version of a profile. */
export const profileKey = (name: string): Key => ({ pk: PROFILES, sk: name });
export const profileVersionKey = (name: string, version: number): Key => ({ pk: `PROFILE#${name}`, sk: `VERSION#${String(version).padStart(VERSION_DIGITS, '0')}` });
export const freezeKey = (): Key => ({ pk: 'FREEZE', sk: 'FREEZE' });

function written(run: number): string {
  return String(run).padStart(RUN_DIGITS, '0');
}
