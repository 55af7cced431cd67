import {
  CreateCapabilityCommand,
  DeleteCapabilityCommand,
  DescribeCapabilityCommand,
  UpdateCapabilityCommand,
  type ArgoCdRoleMapping,
  type Capability,
  type CapabilityConfigurationRequest,
  type EKSClient,
  type UpdateCapabilityConfiguration,
} from '@aws-sdk/client-eks';
import { same } from '../../domain/json-equal.ts';
import type { ResourceSeen } from '../../domain/parts/judge-resource.ts';
import type { CapabilityResource } from '../../domain/parts/resource.ts';
import { orAbsent } from '../eks/errors.ts';
import type { Handler } from '../parts.ts';
import type { Begun, PartOf } from '../ports.ts';
import { refusing } from './refusing.ts';

/** ACK, kro and Argo CD as EKS runs them: one of each type in a cluster. EKS works on them for minutes. */
export const capability: Handler<CapabilityResource> = {
  async put({ eks }, resource, of) {
    return refusing(async () => {
      const client = eks();
      const found = await read(client, of.clusterName, resource.name);
      if (found === 'absent') return create(client, resource, of);
      if (found.tags?.['slipway:cluster-id'] !== of.clusterId) return { kind: 'refused', code: 'CapabilityNotOurs', message: `There is a capability ${resource.name} that Slipway has not made. It is left as it is.` };
      return change(client, resource, found, of);
    });
  },

  async remove({ eks }, { name }, of) {
    return refusing(async () => {
      const client = eks();
      const found = await read(client, of.clusterName, name);
      if (found === 'absent') return { kind: 'absent', message: `There is no capability ${name}.` };
      if (found.tags?.['slipway:cluster-id'] !== of.clusterId) return { kind: 'done', outcome: `The capability ${name} is not ours, and stays.` };
      if (isAtWork(found)) return inUse(found);
      if (found.status !== 'DELETING') await client.send(new DeleteCapabilityCommand({ clusterName: of.clusterName, capabilityName: name }));
      return { kind: 'begun' };
    });
  },

  async look({ eks }, { name }, clusterName) {
    const found = await read(eks(), clusterName, name);
    return found === 'absent' ? 'absent' : seen(found);
  },
};

function read(client: EKSClient, clusterName: string, capabilityName: string): Promise<Capability | 'absent'> {
  return orAbsent(async () => (await client.send(new DescribeCapabilityCommand({ clusterName, capabilityName }))).capability ?? 'absent');
}

/** EKS tells a failed update by DEGRADED with an issue, too. */
function seen({ status: told, health }: Capability): ResourceSeen {
  const status: string = told ?? 'UNKNOWN';
  const [issue] = health?.issues ?? [];
  if (status === 'ACTIVE') return { state: 'ready', status };
  if (!['CREATE_FAILED', 'DELETE_FAILED', 'UPDATE_FAILED', 'DEGRADED'].includes(status)) return { state: 'changing', status };
  return { state: 'failed', status, ...(issue?.code === undefined ? {} : { code: issue.code }), ...(issue?.message === undefined ? {} : { message: issue.message }) };
}

function isAtWork({ status }: Capability): boolean {
  return status === 'CREATING' || status === 'UPDATING';
}

function inUse({ capabilityName, status }: Capability): Begun {
  return { kind: 'in-use', message: `The capability ${capabilityName} is ${status}.` };
}

async function create(client: EKSClient, { name, type, roleArn, configuration, part }: CapabilityResource, of: PartOf): Promise<Begun> {
  await client.send(
    new CreateCapabilityCommand({
      clusterName: of.clusterName,
      capabilityName: name,
      type,
      roleArn,
      ...(configuration === undefined ? {} : { configuration: configuration as CapabilityConfigurationRequest }),
      // The only propagation that EKS knows (source: EKS API reference, CreateCapability).
      deletePropagationPolicy: 'RETAIN',
      clientRequestToken: of.clientRequestToken,
      tags: { 'slipway:cluster-id': of.clusterId, 'slipway:part': part },
    }),
  );
  return { kind: 'begun' };
}

async function change(client: EKSClient, resource: CapabilityResource, found: Capability, of: PartOf): Promise<Begun> {
  const { name, type, roleArn } = resource;
  if (found.type !== type) return { kind: 'refused', code: 'CapabilityTypeDiffers', message: `The capability ${name} is of type ${found.type}, which EKS does not change: give the new one another name.` };
  if (found.status === 'CREATING') return { kind: 'begun' };
  if (found.status === 'DELETING' || isAtWork(found)) return inUse(found);
  if (found.status === 'CREATE_FAILED') {
    await client.send(new DeleteCapabilityCommand({ clusterName: of.clusterName, capabilityName: name }));
    return { kind: 'in-use', message: `The capability ${name} had failed to be created, and goes before it is made anew.` };
  }
  const fixed = fixedSetting(resource, found);
  if (fixed !== undefined) return { kind: 'refused', code: 'CapabilitySettingFixed', message: `EKS does not change ${fixed} of the capability ${name}: take it away and ask for it anew.` };
  const configuration = configurationChange(resource, found);
  if (found.roleArn === roleArn && configuration === undefined) return { kind: 'done', outcome: `The capability ${name} is as it shall be.` };
  await client.send(
    new UpdateCapabilityCommand({ clusterName: of.clusterName, capabilityName: name, ...(found.roleArn === roleArn ? {} : { roleArn }), ...(configuration === undefined ? {} : { configuration }), clientRequestToken: of.clientRequestToken }),
  );
  return { kind: 'begun' };
}

/** Role mappings, network access and ACK's settings change; where Argo CD's users come from and its namespace do not (source: EKS API reference, UpdateArgoCdConfig). */
function fixedSetting({ configuration }: CapabilityResource, found: Capability): string | undefined {
  const wished = (configuration as CapabilityConfigurationRequest | undefined)?.argoCd;
  const standing = found.configuration?.argoCd;
  if (wished === undefined || standing === undefined) return undefined;
  if (wished.awsIdc?.idcInstanceArn !== standing.awsIdc?.idcInstanceArn) return 'awsIdc';
  return wished.namespace !== undefined && wished.namespace !== standing.namespace ? 'namespace' : undefined;
}

function configurationChange({ configuration }: CapabilityResource, found: Capability): UpdateCapabilityConfiguration | undefined {
  const { ack, argoCd } = (configuration ?? {}) as CapabilityConfigurationRequest;
  if (found.type === 'ACK') {
    const [is, was] = [ackSettings(ack), ackSettings(found.configuration?.ack)];
    return same(is, was) ? undefined : { ack: is };
  }
  if (found.type !== 'ARGOCD') return undefined;
  const standing = found.configuration?.argoCd;
  const [is, was] = [argoCd?.rbacRoleMappings ?? [], standing?.rbacRoleMappings ?? []];
  const [endpoints, before] = [argoCd?.networkAccess?.vpceIds ?? [], standing?.networkAccess?.vpceIds ?? []];
  const mappings = same(is, was) ? undefined : mappingChange(is, was);
  const network = same([...endpoints].sort(), [...before].sort()) ? undefined : { vpceIds: [...endpoints] };
  return mappings === undefined && network === undefined ? undefined : { argoCd: { ...(mappings === undefined ? {} : { rbacRoleMappings: mappings }), ...(network === undefined ? {} : { networkAccess: network }) } };
}

function ackSettings(ack: CapabilityConfigurationRequest['ack']): { readonly enableCrossNamespace: boolean; readonly disabledServices: string[] } {
  return { enableCrossNamespace: ack?.enableCrossNamespace ?? false, disabledServices: [...(ack?.disabledServices ?? [])].sort() };
}

/** A mapping that is named is replaced as a whole; one that is not stays unless it is taken away. */
function mappingChange(is: readonly ArgoCdRoleMapping[], was: readonly ArgoCdRoleMapping[]): NonNullable<NonNullable<UpdateCapabilityConfiguration['argoCd']>['rbacRoleMappings']> {
  const roles = new Set(is.map(({ role }) => role));
  const gone = was.filter(({ role }) => !roles.has(role));
  return { ...(is.length === 0 ? {} : { addOrUpdateRoleMappings: [...is] }), ...(gone.length === 0 ? {} : { removeRoleMappings: gone }) };
}
