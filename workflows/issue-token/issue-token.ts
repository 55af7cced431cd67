import { AccountUnreachable, type IssuedToken, type TokenAsked } from '../../aws/ports.ts';
import { ports } from '../../aws/wiring.ts';
import { tokenExternalId, tokenRoleName } from '../../domain/parts/tokens.ts';
import { roleArnIn } from '../../domain/parts/resource.ts';
import { refuse, type Refusal } from '../../domain/refusal.ts';
import { refusedLevel, tokenSessionName } from '../../domain/token-issue.ts';

/** The one function that may assume the roles behind tokens. Which role that is it reads off the cluster's record: whoever calls it names a cluster and a level. */
export const handler = async ({ clusterId, level, sub, minutes }: TokenAsked): Promise<IssuedToken | Refusal> => {
  const { store, mint, log, meter } = ports();
  const cluster = await store.cluster(clusterId);
  if (cluster === undefined) return refuse('not-found', 'There is no such thing here.');
  const refused = refusedLevel(cluster, level);
  if (refused !== undefined) return refused;
  const { accountId, region, name } = cluster;
  try {
    return await mint.mint({ accountId, region, clusterName: name, roleArn: roleArnIn(accountId, tokenRoleName(cluster, level)), externalId: tokenExternalId(cluster), sessionName: tokenSessionName(sub), minutes });
  } catch (error) {
    if (!(error instanceof AccountUnreachable)) throw error;
    log.warn('no token', { cluster: clusterId, account: accountId, level, error: error.message });
    meter.count('AccountsUnreachable', 1);
    return refuse('account-unreachable', `The role behind ${level} tokens of ${name} could not be assumed.`, { remedy: 'A role that was made a moment ago takes some seconds. Otherwise look whether it is still there as Slipway has made it, and PATCH the cluster with the same tokens to mend it.' });
  }
};
