import type { Cluster } from './cluster.ts';
import type { EntranceFacts } from './facts.ts';
import { principalOf } from './principals.ts';
import { refuse, type Refusal } from './refusal.ts';
import type { KubeconfigQuery } from './requests.ts';

/** The newest that every kubectl in use takes, and that `aws eks get-token` answers with (source: AWS CLI, eks get-token; `v1` is taken since kubectl 1.24). */
const EXEC_API_VERSION = 'client.authentication.k8s.io/v1beta1';

const INSTALL_HINT = 'The AWS command line is needed to get in: https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html';

export interface Kubeconfig {
  readonly object: Readonly<Record<string, unknown>>;
  /** What to know of it, line by line. */
  readonly comments: readonly string[];
}

/**
 * The kubeconfig of a cluster as it is now: an exec plugin that asks `aws eks get-token`, so that it holds no secret and whoever reads it gets in
 * with credentials of their own. Names tell cluster, region and account, so that many can be merged. All authorities that the cluster trusts go
 * into one bundle: a client that has both is not cut off when the successor begins to sign.
 */
export function kubeconfigOf(cluster: Pick<Cluster, 'clusterId' | 'name' | 'accountId' | 'region' | 'certificateAuthority' | 'activeOperation'>, entrance: EntranceFacts, how: KubeconfigQuery): Kubeconfig | Refusal {
  const { name, region, accountId } = cluster;
  const { endpoint, certificateAuthorities } = entrance;
  if (endpoint === undefined || certificateAuthorities.length === 0) {
    return refuse('cluster-not-active', `The control plane of ${name} is ${entrance.status} and has no endpoint yet.`, {
      remedy: 'Wait until it is ACTIVE, then ask again.',
      ...(cluster.activeOperation === undefined ? {} : { operation: cluster.activeOperation }),
    });
  }
  const clusterName = `${name}.${region}.${accountId}`;
  const userName = `${whoOf(how, accountId)}${clusterName}`;
  const bundle = btoa(certificateAuthorities.map(({ pem }) => pem).join(''));
  const object = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: clusterName, cluster: { server: endpoint, 'certificate-authority-data': bundle } }],
    contexts: [{ name: userName, context: { cluster: clusterName, user: userName } }],
    'current-context': userName,
    users: [{ name: userName, user: { exec: execOf(cluster, how) } }],
  };
  return { object, comments: commentsOf(cluster, entrance) };
}

/** `--output json`, since kubectl reads nothing else and a user's configuration may ask for text. */
function execOf({ name, region }: Pick<Cluster, 'name' | 'region'>, { role, profile }: KubeconfigQuery): Readonly<Record<string, unknown>> {
  return {
    apiVersion: EXEC_API_VERSION,
    command: 'aws',
    args: ['--region', region, 'eks', 'get-token', '--cluster-name', name, '--output', 'json', ...(role === undefined ? [] : ['--role-arn', role])],
    ...(profile === undefined ? {} : { env: [{ name: 'AWS_PROFILE', value: profile }] }),
    // A profile may ask for the code of a second factor.
    interactiveMode: 'IfAvailable',
    provideClusterInfo: false,
    installHint: INSTALL_HINT,
  };
}

/** `platform-admins@`: who gets in, so that two ways into one cluster can stand in one file. A role of another account says which. */
function whoOf({ role, profile }: KubeconfigQuery, accountId: string): string {
  const principal = role === undefined ? undefined : principalOf(role);
  const roleName = principal === undefined ? undefined : principal.accountId === accountId ? principal.name : `${principal.name}.${principal.accountId}`;
  const who = [profile, roleName].filter((part) => part !== undefined).join('+');
  return who === '' ? '' : `${who}@`;
}

function commentsOf({ clusterId, name, region, accountId, certificateAuthority: known }: Pick<Cluster, 'clusterId' | 'name' | 'accountId' | 'region' | 'certificateAuthority'>, entrance: EntranceFacts): string[] {
  const { certificateAuthorities, observedAt, othersUnknown, endpointPublicAccess } = entrance;
  const [signing, ...others] = certificateAuthorities;
  return [
    `Cluster ${name} (${clusterId}) in ${region}, account ${accountId}, as seen at ${observedAt}.`,
    ...certificateAuthorities.map(({ sha256, notAfter, signing: status }) => `Certificate authority, SHA-256 ${sha256}${notAfter === undefined ? '' : `, until ${notAfter}`}${status === undefined ? '' : `: ${wordOf(status)}`}.`),
    ...(known !== undefined && signing !== undefined && known.sha256 !== signing.sha256 && !others.some(({ sha256 }) => sha256 === known.sha256)
      ? [`The certificate authority has changed since ${known.seenAt}: kubeconfigs from before do not know the API server any more.`]
      : []),
    ...(others.length > 0 ? ['A rotation is under way: both authorities are in the bundle, so that this kubeconfig works before and after. Read those of others anew, too.'] : []),
    ...(othersUnknown === undefined ? [] : [`Whether EKS trusts another authority besides could not be seen (${othersUnknown}).`]),
    ...(endpointPublicAccess ? [] : ['The endpoint is private: it is reached from within the network of the cluster alone.']),
  ];
}

function wordOf(signing: string): string {
  if (signing === 'IN_USE') return 'it signs';
  return signing === 'ACTIVATING' ? 'it is about to sign' : 'trusted, and does not sign';
}
