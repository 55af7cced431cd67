import type { Cluster } from '../cluster.ts';
import { finding } from '../finding-codes.ts';
import type { RuleError } from '../nodegroup-rules.ts';
import type { Finding } from '../plan.ts';
import { faultsOfWish } from '../policies/write-policy.ts';
import { repeated } from '../repeated.ts';
import type { PodIdentityWish } from './pod-identity-wish.ts';

/** A Fargate profile's selector; pods need all of its labels. */
export interface FargateSelector {
  readonly profile: string;
  readonly namespace: string;
  readonly labels?: Readonly<Record<string, string>>;
}

/** Everything in the wishes for pods that cannot be, each with its path and reason. */
export function podIdentityErrors(wishes: readonly PodIdentityWish[], cluster: Pick<Cluster, 'accountId'>, selectors: readonly FargateSelector[]): readonly RuleError[] {
  const names = wishes.map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`);
  return [...repeated(names, 'podIdentities', 'serviceAccount'), ...wishes.flatMap((wish, at) => errorsOf(wish, cluster, selectors).map(({ path, message }) => ({ path: `podIdentities.${at}${path === '' ? '' : `.${path}`}`, message })))];
}

function errorsOf(wish: PodIdentityWish, cluster: Pick<Cluster, 'accountId'>, selectors: readonly FargateSelector[]): readonly RuleError[] {
  return [...roleErrors(wish, cluster), ...targetErrors(wish, cluster), ...irsaErrors(wish), ...fargateErrors(wish, selectors), ...faultsOfWish(policyOf(wish))];
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

/** Pods on Fargate get no Pod Identity (source: EKS user guide, EKS Pod Identity restrictions). A selector without labels takes every pod of its namespace. */
function fargateErrors({ namespace, irsa }: PodIdentityWish, selectors: readonly FargateSelector[]): readonly RuleError[] {
  const taking = selectors.find((selector) => matches(selector.namespace, namespace) && Object.keys(selector.labels ?? {}).length === 0);
  return when(irsa !== true && taking !== undefined, '', `The Fargate profile ${taking?.profile} takes every pod of ${namespace}, and pods on Fargate get no Pod Identity: ask for \`irsa\``);
}

/** What is to be known of wishes that can be. */
export function podIdentityFindings(wishes: readonly PodIdentityWish[], cluster: Pick<Cluster, 'nodegroups'>, selectors: readonly FargateSelector[]): readonly Finding[] {
  const windows = cluster.nodegroups.filter(({ amiType }) => amiType?.startsWith('WINDOWS') === true).map(({ nodegroupName }) => nodegroupName);
  return wishes
    .filter(({ irsa }) => irsa !== true)
    .flatMap(({ namespace, serviceAccount }) => {
      const subject = `${namespace}/${serviceAccount}`;
      const some = selectors.find((selector) => matches(selector.namespace, namespace));
      return [
        ...(some === undefined ? [] : [finding('pod-identity-not-on-fargate', 'advises', subject, { detail: `The Fargate profile ${some.profile} takes pods of ${namespace} with certain labels. Those of them that run as ${serviceAccount} get no role: Pod Identity is for pods on Linux instances.`, remedy: 'Ask for `irsa` if pods of this service account run on Fargate.' })]),
        ...(windows.length === 0 ? [] : [finding('pod-identity-not-on-windows', 'advises', subject, { detail: `Pods that run as ${serviceAccount} on Windows nodes (${windows.join(', ')}) get no role: Pod Identity is for pods on Linux instances.`, remedy: 'Ask for `irsa` if pods of this service account run on Windows.' })]),
      ];
    });
}

/** The part of a wish that a policy is written of. */
export function policyOf({ policy, statements }: PodIdentityWish): { readonly policy?: NonNullable<PodIdentityWish['policy']>; readonly statements?: NonNullable<PodIdentityWish['statements']> } {
  return { ...(policy === undefined ? {} : { policy }), ...(statements === undefined ? {} : { statements }) };
}

function accountOf(roleArn: string): string {
  return roleArn.split(':')[4] ?? '';
}

/** Namespaces of selectors take `*` and `?` (source: EKS user guide, AWS Fargate profile, wildcards). */
function matches(pattern: string, namespace: string): boolean {
  return new RegExp(`^${pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*').replaceAll('?', '.')}$`).test(namespace);
}
