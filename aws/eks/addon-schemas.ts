import { DescribeAddonConfigurationCommand, type EKSClient } from '@aws-sdk/client-eks';
import type { AddonSchema } from '../../domain/addons/settings-errors.ts';
import { eachOf } from './each-of.ts';
import { nameOf, orAbsent } from './errors.ts';

/** What each add-on's version takes for settings, as EKS tells it. A version that EKS tells nothing of, or a role that may not ask, leaves the judgement to EKS. */
export function readAddonSchemas(client: EKSClient, addons: readonly { readonly addonName: string; readonly addonVersion: string }[]): Promise<AddonSchema[]> {
  return eachOf(addons, async ({ addonName, addonVersion }) => {
    const found = await orAbsent(() => schemaOf(client, addonName, addonVersion));
    return { addonName, addonVersion, ...(found === 'absent' || found === undefined ? {} : { schema: found }) };
  });
}

async function schemaOf(client: EKSClient, addonName: string, addonVersion: string): Promise<string | undefined> {
  try {
    return (await client.send(new DescribeAddonConfigurationCommand({ addonName, addonVersion }))).configurationSchema;
  } catch (error) {
    if (nameOf(error) === 'AccessDeniedException' || nameOf(error) === 'InvalidParameterException') return undefined;
    throw error;
  }
}
