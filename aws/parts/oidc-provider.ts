import {
  CreateOpenIDConnectProviderCommand,
  DeleteOpenIDConnectProviderCommand,
  GetOpenIDConnectProviderCommand,
  ListOpenIDConnectProvidersCommand,
  type GetOpenIDConnectProviderCommandOutput,
  type IAMClient,
} from '@aws-sdk/client-iam';
import type { OidcProviderResource } from '../../domain/parts/resource.ts';
import { nameOf } from '../eks/errors.ts';
import type { Handler, PartClients } from '../parts.ts';
import type { PartOf } from '../ports.ts';
import { readIssuer } from './oidc-issuer.ts';
import { refusing } from './refusing.ts';

/** An account has a hundred providers at most (source: IAM quotas). */
const PROVIDERS_READ_MAX = 100;

/**
 * IAM's trust in a cluster as an issuer of identities. IAM keeps one for each issuer, so one that somebody else made is used as it is and
 * left when ours would go. No thumbprint is sent: IAM trusts the issuer by its library of authorities (source: IAM API, CreateOpenIDConnectProvider).
 */
export const oidcProvider: Handler<OidcProviderResource> = {
  async put(clients, resource, of) {
    return refusing(async () => {
      const issuer = await readIssuer(clients.eks(), of.clusterName);
      if (issuer === 'absent') return { kind: 'refused', code: 'NoIssuer', message: `The cluster ${of.clusterName} has no OpenID Connect issuer yet.` };
      const found = await readProvider(clients.iam(), arnOf(clients, issuer));
      const missing = found === 'absent' ? [] : resource.clientIds.filter((id) => found.ClientIDList?.includes(id) !== true);
      if (missing.length > 0) return { kind: 'refused', code: 'ProviderLacksClient', message: `There is a provider for ${issuer} that lets no tokens for ${missing.join(', ')} in, and it may be another's. Add the client id to it: aws iam add-client-id-to-open-id-connect-provider.` };
      if (found !== 'absent') return { kind: 'done', outcome: isOurs(found, of) ? `IAM trusts ${issuer}.` : `IAM trusts ${issuer} already, by a provider that Slipway has not made and leaves as it is.` };
      await clients.iam().send(
        new CreateOpenIDConnectProviderCommand({
          Url: `https://${issuer}`,
          ClientIDList: [...resource.clientIds],
          Tags: [
            { Key: 'slipway:cluster-id', Value: of.clusterId },
            { Key: 'slipway:part', Value: resource.part },
          ],
        }),
      );
      return { kind: 'done', outcome: `IAM trusts ${issuer}.` };
    });
  },

  async remove(clients, _resource, of) {
    return refusing(async () => {
      const arn = await ownProvider(clients, of);
      if (arn === undefined) return { kind: 'absent', message: 'There is no provider of ours.' };
      await clients.iam().send(new DeleteOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: arn }));
      return { kind: 'done', outcome: 'IAM trusts the issuer of the cluster no more.' };
    });
  },

  async look(clients, _resource, clusterName) {
    const issuer = await readIssuer(clients.eks(), clusterName);
    const found = issuer === 'absent' ? 'absent' : await readProvider(clients.iam(), arnOf(clients, issuer));
    return found === 'absent' ? 'absent' : { state: 'ready', status: 'there' };
  },
};

/** The provider that carries the cluster's id: found without the cluster too, which may be gone by then. */
async function ownProvider(clients: PartClients, of: PartOf): Promise<string | undefined> {
  const client = clients.iam();
  const { OpenIDConnectProviderList = [] } = await client.send(new ListOpenIDConnectProvidersCommand({}));
  const ofEks = OpenIDConnectProviderList.flatMap(({ Arn = '' }) => (Arn.includes(`:oidc-provider/oidc.eks.${clients.region}.`) ? [Arn] : [])).slice(0, PROVIDERS_READ_MAX);
  for (const arn of ofEks) {
    const found = await readProvider(client, arn);
    if (found !== 'absent' && isOurs(found, of)) return arn;
  }
  return undefined;
}

function isOurs(found: GetOpenIDConnectProviderCommandOutput, of: PartOf): boolean {
  return (found.Tags ?? []).some(({ Key, Value }) => Key === 'slipway:cluster-id' && Value === of.clusterId);
}

function arnOf({ accountId }: PartClients, issuer: string): string {
  return `arn:aws:iam::${accountId}:oidc-provider/${issuer}`;
}

async function readProvider(client: IAMClient, OpenIDConnectProviderArn: string): Promise<GetOpenIDConnectProviderCommandOutput | 'absent'> {
  try {
    return await client.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }));
  } catch (error) {
    if (nameOf(error).startsWith('NoSuchEntity')) return 'absent';
    throw error;
  }
}
