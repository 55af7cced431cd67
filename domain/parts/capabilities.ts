import { ackPolicies } from '../controllers/ack-services.ts';
import { roleDocument } from '../controllers/place.ts';
import type { Cluster } from '../cluster.ts';
import type { RuleError } from '../nodegroup-rules.ts';
import { defined } from '../parameters.ts';
import { faultsOfWish, writePolicy } from '../policies/write-policy.ts';
import { repeated } from '../repeated.ts';
import { capabilityName, type CapabilityWish } from './capability-wish.ts';
import type { Compiled, PartsAsk } from './compiled.ts';
import { roleArnIn, type CapabilityResource, type Resource, type RoleDocument, type RoleResource } from './resource.ts';
import { roleNameFor } from './role-name.ts';

/** ACK, kro and Argo CD, each with a role of its own unless one is named. */
export function capabilities({ cluster }: PartsAsk): Compiled {
  const wishes = cluster.wanted?.capabilities ?? [];
  const errors = [
    ...repeated(wishes.map(({ type }) => type), 'capabilities', 'type'),
    ...repeated(wishes.map(capabilityName), 'capabilities', 'name'),
    ...wishes.flatMap((wish, at) => [...roleFaults(wish, cluster.accountId, `capabilities.${at}`), ...faultsOf(wish, `capabilities.${at}`)]),
  ];
  return errors.length > 0 ? { resources: [], errors } : { resources: wishes.flatMap((wish) => resourcesOf(wish, cluster)) };
}

/** Source: EKS user guide, Amazon EKS capability IAM role, requirements. */
function roleFaults({ roleArn }: CapabilityWish, accountId: string, path: string): readonly RuleError[] {
  return roleArn === undefined || roleArn.startsWith(`arn:aws:iam::${accountId}:role/`) ? [] : [{ path: `${path}.roleArn`, message: `Not a role of account ${accountId}, where the cluster is` }];
}

function faultsOf(wish: CapabilityWish, path: string): readonly RuleError[] {
  if (wish.type === 'ACK') {
    if (wish.services === undefined && wish.roleArn === undefined) return [{ path: `${path}.services`, message: 'Say what ACK may keep: services with the prefix of names, or a role of your own as roleArn' }];
    if (wish.services !== undefined && wish.roleArn !== undefined) return [{ path: `${path}.services`, message: 'Not with roleArn: what that role may do is its own' }];
    return repeated((wish.services ?? []).map(({ service, namePrefix }) => `${service} ${namePrefix}`), `${path}.services`, 'namePrefix');
  }
  if (wish.type === 'ARGOCD' && wish.policy !== undefined) {
    if (wish.roleArn !== undefined) return [{ path: `${path}.policy`, message: 'Not with roleArn: what that role may do is its own' }];
    return faultsOfWish({ policy: wish.policy }).map((fault) => ({ ...fault, path: `${path}.${fault.path}` }));
  }
  return [];
}

function resourcesOf(wish: CapabilityWish, cluster: Cluster): readonly Resource[] {
  const of = { part: 'capability', partName: capabilityName(wish) } as const;
  const role: RoleResource = { kind: 'role', name: roleNameFor(cluster, 'capability', wish.type.toLowerCase()), ...of, description: `EKS capability ${capabilityName(wish)} of ${cluster.name}.`, trust: trustOf(cluster.accountId), policies: policiesOf(wish, cluster) };
  const configuration = configurationOf(wish);
  const capability: CapabilityResource = {
    kind: 'capability',
    name: capabilityName(wish),
    ...of,
    type: wish.type,
    roleArn: wish.roleArn ?? roleArnIn(cluster.accountId, role.name),
    ...(configuration === undefined ? {} : { configuration }),
    ...(wish.roleArn === undefined ? { needs: [`role/${role.name}`] } : {}),
  };
  return wish.roleArn === undefined ? [role, capability] : [capability];
}

/** EKS's own service for capabilities, on behalf of this account (source: EKS user guide, Amazon EKS capability IAM role). */
function trustOf(accountId: string): RoleDocument {
  return {
    Version: '2012-10-17',
    Statement: [{ Sid: 'Capabilities', Effect: 'Allow', Principal: { Service: ['capabilities.eks.amazonaws.com'] }, Action: ['sts:AssumeRole', 'sts:TagSession'], Condition: { StringEquals: { 'aws:SourceAccount': accountId } } }],
  };
}

/** kro works within the cluster and needs nothing of AWS; Argo CD only what it shall read there (source: EKS user guide, capability-role, permissions by capability type). */
function policiesOf(wish: CapabilityWish, cluster: Cluster): Readonly<Record<string, RoleDocument>> {
  if (wish.type === 'ACK') return ackPolicies(wish.services ?? [], cluster);
  if (wish.type === 'ARGOCD' && wish.policy !== undefined) return { own: roleDocument(writePolicy({ policy: wish.policy })) };
  return {};
}

/** In EKS's own terms (source: EKS API reference, CapabilityConfigurationRequest). */
function configurationOf(wish: CapabilityWish): Readonly<Record<string, unknown>> | undefined {
  if (wish.type === 'ACK') {
    const { disabledServices, enableCrossNamespace } = wish;
    return disabledServices === undefined && enableCrossNamespace === undefined ? undefined : { ack: defined({ disabledServices, enableCrossNamespace }) };
  }
  if (wish.type === 'KRO') return undefined;
  const { idcInstanceArn, idcRegion, namespace, rbacRoleMappings, vpceIds } = wish.argoCd;
  return { argoCd: defined({ awsIdc: defined({ idcInstanceArn, idcRegion }), namespace, rbacRoleMappings, networkAccess: vpceIds === undefined ? undefined : { vpceIds } }) };
}
