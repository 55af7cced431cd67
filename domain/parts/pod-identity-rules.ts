import { ACCESS_ROLE_NAME } from '../account-setup.ts';
import type { Cluster } from '../cluster.ts';
import { finding } from '../finding-codes.ts';
import type { RuleError } from '../nodegroup-rules.ts';
import type { Finding } from '../plan.ts';
import { faultsOfWish } from '../policies/write-policy.ts';
import { repeated } from '../repeated.ts';
import type { FargateProfileWish } from './fargate-profile-wish.ts';
import { selectsAllOf } from './fargate-selectors.ts';
import type { PodIdentityWish } from './pod-identity-wish.ts';

/** Everything in the wishes for pods that cannot be, each with its path and reason. */
export function podIdentityErrors(wishes: readonly PodIdentityWish[], cluster: Pick<Cluster, 'accountId'>): readonly RuleError[] {
  const names = wishes.map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`);
  return [...repeated(names, 'podIdentities', 'serviceAccount'), ...wishes.flatMap((wish, at) => errorsOf(wish, cluster).map(({ path, message }) => ({ path: `podIdentities.${at}${path === '' ? '' : `.${path}`}`, message })))];
}

function errorsOf(wish: PodIdentityWish, cluster: Pick<Cluster, 'accountId'>): readonly RuleError[] {
  return [...roleErrors(wish, cluster), ...targetErrors(wish, cluster), ...irsaErrors(wish), ...faultsOfWish(policyOf(wish))];
}

function when(condition: boolean, path: string, message: string): readonly RuleError[] {
  return condition ? [{ path, message }] : [];
}

/** EKS takes only roles of the cluster's account (source: EKS user guide, EKS Pod Identity considerations). */
function roleErrors({ roleArn, policy, statements, targetRoleArn }: PodIdentityWish, { accountId }: Pick<Cluster, 'accountId'>): readonly RuleError[] {
  const asked = policy !== undefined || statements !== undefined;
  return [
    ...when(roleArn === undefined && !asked && targetRoleArn === undefined, '', 'Say what the pods may do (`policy`), or which role they get (`roleArn`)'),
    ...when(roleArn !== undefined && asked, 'roleArn', 'Either a role that is there, or a policy that a role is made for'),
    ...when(roleArn?.endsWith(`:role/${ACCESS_ROLE_NAME}`) === true, 'roleArn', 'Slipway works through this role, which is nobody else\'s to have'),
    ...when(roleArn !== undefined && accountOf(roleArn) !== accountId, 'roleArn', `Not a role of account ${accountId}: for a role of another account ask for \`targetRoleArn\``),
  ];
}

/** The boundary lets no role that is made here assume another of its own account. */
function targetErrors({ roleArn, targetRoleArn }: PodIdentityWish, { accountId }: Pick<Cluster, 'accountId'>): readonly RuleError[] {
  return when(targetRoleArn !== undefined && roleArn === undefined && accountOf(targetRoleArn) === accountId, 'targetRoleArn', 'A role of the cluster\'s own account is had without a detour: name it as `roleArn`');
}

/** The exchange for another role, and session tags, are EKS Pod Identity's (source: EKS user guide, Grant Kubernetes workloads access to AWS). */
function irsaErrors({ irsa, targetRoleArn, sessionTags }: PodIdentityWish): readonly RuleError[] {
  if (irsa !== true) return [];
  return [
    ...when(targetRoleArn !== undefined, 'targetRoleArn', 'Not with `irsa`: a pod exchanges that role itself, by the configuration of its SDK'),
    ...when(sessionTags !== undefined, 'sessionTags', 'Not with `irsa`: its sessions have no tags'),
  ];
}

/** What is to be known of wishes that can be: Pod Identity is for pods on Linux instances (source: EKS user guide, EKS Pod Identity restrictions). */
export function podIdentityFindings(wishes: readonly PodIdentityWish[], { nodegroups, wanted }: Pick<Cluster, 'nodegroups' | 'wanted'>): readonly Finding[] {
  const windows = nodegroups.filter(({ amiType }) => amiType?.startsWith('WINDOWS') === true).map(({ nodegroupName }) => nodegroupName);
  return wishes
    .filter(({ irsa }) => irsa !== true)
    .flatMap(({ namespace, serviceAccount }) => {
      const subject = `${namespace}/${serviceAccount}`;
      const profile = someOnFargate(namespace, wanted?.fargateProfiles ?? []);
      return [
        ...(profile === undefined ? [] : [finding('pod-identity-on-fargate', 'advises', subject, { detail: `Fargate profile ${profile} takes pods of ${namespace} with certain labels, and EKS Pod Identity does not serve pods on Fargate: those of them that run as ${serviceAccount} get no role.`, remedy: 'Ask for `irsa` if pods of this service account run on Fargate.' })]),
        ...(windows.length === 0 ? [] : [finding('pod-identity-on-windows', 'advises', subject, { detail: `EKS Pod Identity does not serve pods on Windows nodes (${windows.join(', ')}): those that run as ${serviceAccount} get no role.`, remedy: 'Ask for `irsa` if pods of this service account run on Windows.' })]),
      ];
    });
}

/** The profile that takes pods of a namespace by labels, where none takes them all: that is told with the profile. */
function someOnFargate(namespace: string, profiles: readonly FargateProfileWish[]): string | undefined {
  const takes = (how: (selector: FargateProfileWish['selectors'][number]) => boolean) => profiles.find(({ selectors }) => selectors.some(how));
  if (takes((selector) => selectsAllOf(selector, namespace)) !== undefined) return undefined;
  return takes((selector) => selectsAllOf({ namespace: selector.namespace }, namespace))?.fargateProfileName;
}

/** The part of a wish that a policy is written of. */
export function policyOf({ policy, statements }: PodIdentityWish): { readonly policy?: NonNullable<PodIdentityWish['policy']>; readonly statements?: NonNullable<PodIdentityWish['statements']> } {
  return { ...(policy === undefined ? {} : { policy }), ...(statements === undefined ? {} : { statements }) };
}

function accountOf(roleArn: string): string {
  return roleArn.split(':')[4] ?? '';
}
