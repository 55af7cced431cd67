import type * as z from 'zod';
import type { Ports } from '../aws/ports.ts';
import type { Account } from '../domain/account.ts';
import { accountSetup } from '../domain/account-setup.ts';
import type { AccountSetupView } from '../domain/view.ts';
import { viewAccountSetup } from '../domain/views.ts';
import { setting } from './settings.ts';

/** An account as its admins see it, with its template published for CloudFormation where there is a bucket. Never throws for the bucket's sake. */
export async function publishedSetup(account: Account, ports: Pick<Ports, 'log' | 'templates'>): Promise<z.input<typeof AccountSetupView>> {
  const setup = accountSetup(account, setting('SLIPWAY_HOME_ACCOUNT_ID'));
  return viewAccountSetup(account, setup, await urlOf(account.accountId, setup.template, ports));
}

/** Undefined as well when publishing failed: the answer has the template's text, and no account is to be lost for the want of a URL. */
async function urlOf(accountId: string, template: string, { log, templates }: Pick<Ports, 'log' | 'templates'>): Promise<string | undefined> {
  try {
    return await templates.publish(accountId, template);
  } catch (error) {
    log.error('A template could not be published', { account: accountId, error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
    return undefined;
  }
}
