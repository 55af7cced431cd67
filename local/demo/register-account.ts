import { createAccountOwner } from '../account-owner.ts';
import type { ApiClient, Json } from '../api-client.ts';
import { pause, say } from './telling.ts';

export const ACCOUNT = '111111111111';
export const REGION = 'eu-west-1';

/** The account lets Slipway in: what Slipway asks for, what its owner makes of that, and what verification says. */
export async function registerAccount(api: ApiClient, awsUrl: string): Promise<void> {
  say(`1. Account ${ACCOUNT} lets Slipway in.`);
  const account = await api.post('/v1/accounts', { accountId: ACCOUNT, name: 'payments', regions: [REGION], labels: { stage: 'demo' } });
  say(`   Slipway made an external id of ${String(account.externalId).length} characters, a trust policy and a permissions policy.`);
  const owner = createAccountOwner(awsUrl, ACCOUNT, REGION);
  await owner.makeAccessRole(account);
  say(`   The account's owner makes the role ${account.roleArn} of them.`);
  const verified = await verifyUntilSeen(api);
  for (const condition of verified.conditions) say(`   ${condition.type} ${condition.status} (${condition.reason}): ${condition.message}`);
}

/** A new role is denied for some seconds, on AWS as here. */
async function verifyUntilSeen(api: ApiClient): Promise<Json> {
  for (;;) {
    const account = await api.post(`/v1/accounts/${ACCOUNT}/verify`, {});
    if (account.conditions.some((condition: Json) => condition.type === 'AccessVerified' && condition.status === 'True')) return account;
    await pause();
  }
}
