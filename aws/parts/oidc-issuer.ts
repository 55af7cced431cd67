import { DescribeClusterCommand, type EKSClient } from '@aws-sdk/client-eks';
import { orAbsent } from '../eks/errors.ts';

/** The cluster's OpenID Connect issuer without its scheme; `absent` where EKS knows no such cluster, or it has none yet. */
export async function readIssuer(client: EKSClient, name: string): Promise<string> {
  const issuer = await orAbsent(async () => (await client.send(new DescribeClusterCommand({ name }))).cluster?.identity?.oidc?.issuer ?? 'absent');
  return issuer.replace('https://', '');
}
