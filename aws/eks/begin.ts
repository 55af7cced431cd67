import {
  CancelUpdateCommand,
  CreateAccessEntryCommand,
  CreateAddonCommand,
  CreateClusterCommand,
  CreateNodegroupCommand,
  DeleteAccessEntryCommand,
  DeleteAddonCommand,
  DeleteClusterCommand,
  DeleteNodegroupCommand,
  UpdateAccessEntryCommand,
  UpdateAddonCommand,
  UpdateClusterConfigCommand,
  UpdateClusterVersionCommand,
  UpdateNodegroupConfigCommand,
  UpdateNodegroupVersionCommand,
  type CreateAddonCommandInput,
  type CreateClusterCommandInput,
  type CreateNodegroupCommandInput,
  type EKSClient,
  type UpdateAddonCommandInput,
  type UpdateClusterConfigCommandInput,
  type UpdateNodegroupConfigCommandInput,
  type UpdateNodegroupVersionCommandInput,
} from '@aws-sdk/client-eks';
import type { Step } from '../../domain/operation.ts';
import type { Begun } from '../ports.ts';
import { bringPolicies, listPolicies } from './access-policies.ts';
import { nameOf, reaching } from './errors.ts';
import { mayBeNewRole } from './role-not-known.ts';

/** Errors by which EKS refuses for good: the same call gets the same answer until somebody changes something. */
const REFUSALS = new Set([
  'InvalidParameterException',
  'InvalidRequestException',
  'InvalidStateException',
  'ResourceLimitExceededException',
  'UnsupportedAvailabilityZoneException',
  'ClientException',
  'BadRequestException',
]);

const UPDATE_ID_IN_MESSAGE = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/;

/** Begins a step's work at EKS. The token makes the repeat of a lost answer the same update; a 409 is read, never fought. */
export async function begin(client: EKSClient, accountId: string, step: Step, clusterName: string, clientRequestToken: string): Promise<Begun> {
  return reaching(accountId, async () => {
    try {
      const updateId = await send(client, step, clusterName, clientRequestToken);
      return { kind: 'begun', ...(updateId === undefined ? {} : { updateId }) };
    } catch (error) {
      return begunFrom(error, step);
    }
  });
}

function begunFrom(error: unknown, step: Step): Begun {
  const name = nameOf(error);
  const message = error instanceof Error ? error.message : '';
  if (name === 'ResourceInUseException') {
    if (/already (exists|in use on this cluster)/i.test(message)) return { kind: 'already', message };
    const updateId = UPDATE_ID_IN_MESSAGE.exec(message)?.[0];
    return { kind: 'in-use', message, ...(updateId === undefined ? {} : { updateId }) };
  }
  if (name === 'ResourceNotFoundException') return { kind: 'absent', message };
  // EKS answers 400 when a cluster or group has the asked version or configuration already.
  if (name === 'InvalidParameterException' && /\balready (at|been)\b|no changes needed/i.test(message) && (step.kind.startsWith('up') || step.kind === 'rollback-control-plane')) return { kind: 'already', message };
  if (REFUSALS.has(name)) return { kind: mayBeNewRole(message) ? 'not-yet' : 'refused', code: name, message };
  throw error;
}

/** One EKS call a step (access entries aside, which take a policy for each scope). Answers EKS's update id where EKS gives one. */
async function send(client: EKSClient, step: Step, clusterName: string, clientRequestToken: string): Promise<string | undefined> {
  const given = step.parameters ?? {};
  switch (step.kind) {
    case 'create-control-plane':
      await client.send(new CreateClusterCommand({ ...(given as unknown as CreateClusterCommandInput), name: clusterName, clientRequestToken }));
      return undefined;
    case 'create-nodegroup':
      await client.send(new CreateNodegroupCommand({ ...(given as unknown as CreateNodegroupCommandInput), clusterName, nodegroupName: step.subject, clientRequestToken }));
      return undefined;
    case 'create-addon': {
      const { await: _awaited, ...input } = given;
      await client.send(new CreateAddonCommand({ ...(input as unknown as CreateAddonCommandInput), clusterName, addonName: step.subject, clientRequestToken }));
      return undefined;
    }
    case 'create-access-entry':
      return sendAccessEntry(client, step, clusterName, clientRequestToken);
    case 'change-access-entry':
      return sendAccessChange(client, step, clusterName, clientRequestToken);
    case 'upgrade-control-plane':
    case 'rollback-control-plane':
      return sendClusterVersion(client, step, clusterName, clientRequestToken);
    case 'upgrade-addon':
    case 'update-addon-config':
      return (await client.send(new UpdateAddonCommand({ ...(given as unknown as UpdateAddonCommandInput), clusterName, addonName: step.subject, clientRequestToken }))).update?.id;
    case 'upgrade-nodegroup':
      return (
        await client.send(
          new UpdateNodegroupVersionCommand({ ...(given as unknown as UpdateNodegroupVersionCommandInput), clusterName, nodegroupName: step.subject, clientRequestToken }),
        )
      ).update?.id;
    case 'update-nodegroup-config':
      return (
        await client.send(
          new UpdateNodegroupConfigCommand({ ...(given as unknown as UpdateNodegroupConfigCommandInput), clusterName, nodegroupName: step.subject, clientRequestToken }),
        )
      ).update?.id;
    case 'update-cluster-config':
      return sendClusterConfig(client, step, clusterName, clientRequestToken);
    case 'delete-nodegroup':
      await client.send(new DeleteNodegroupCommand({ clusterName, nodegroupName: step.subject }));
      return undefined;
    case 'delete-addon':
      await client.send(new DeleteAddonCommand({ clusterName, addonName: step.subject, ...(given['preserve'] === true ? { preserve: true } : {}) }));
      return undefined;
    case 'delete-control-plane':
      await client.send(new DeleteClusterCommand({ name: clusterName }));
      return undefined;
    case 'read-cluster':
      return undefined;
    case 'refresh-instances':
      throw new Error('An instance refresh is begun at Auto Scaling, not at EKS.');
    default:
      throw new Error(`The step ${step.id} is of a part, and begun with its resource.`);
  }
}

/**
 * A rollback is the same call with the minor before. The step's parameters: `force` goes past EKS's own readiness checks, and
 * `timeoutMinutes` is how long a rollback may take (source: EKS API reference, UpdateClusterVersion).
 */
async function sendClusterVersion(client: EKSClient, step: Step, clusterName: string, clientRequestToken: string): Promise<string | undefined> {
  const { force, timeoutMinutes } = step.parameters ?? {};
  const { update } = await client.send(
    new UpdateClusterVersionCommand({
      name: clusterName,
      version: step.to,
      clientRequestToken,
      ...(force === true ? { force } : {}),
      ...(step.kind === 'rollback-control-plane' && typeof timeoutMinutes === 'number' ? { rollbackConfig: { timeoutMinutes } } : {}),
    }),
  );
  return update?.id;
}

/** Asks EKS to stop an update; it stops at its own time, and the update tells. A refusal is EKS's word on an update that cannot be stopped, or has ended. */
export async function cancelUpdate(client: EKSClient, clusterName: string, updateId: string): Promise<'cancelling' | { readonly refused: string }> {
  try {
    await client.send(new CancelUpdateCommand({ name: clusterName, updateId }));
    return 'cancelling';
  } catch (error) {
    const name = nameOf(error);
    if (REFUSALS.has(name) || name === 'ResourceInUseException' || name === 'ResourceNotFoundException') return { refused: error instanceof Error ? error.message : name };
    throw error;
  }
}

async function sendClusterConfig(client: EKSClient, step: Step, clusterName: string, clientRequestToken: string): Promise<string | undefined> {
  const given = step.parameters ?? {};
  const removed = given['removeAccessEntry'];
  if (typeof removed === 'string') {
    await client.send(new DeleteAccessEntryCommand({ clusterName, principalArn: removed }));
    return undefined;
  }
  return (await client.send(new UpdateClusterConfigCommand({ ...(given as unknown as UpdateClusterConfigCommandInput), name: clusterName, clientRequestToken }))).update?.id;
}

interface EntryGiven {
  readonly principalArn: string;
  /** Absent: only what bindings of the cluster give. */
  readonly policyArn?: string;
  readonly accessScope?: { readonly type: 'cluster' | 'namespace'; readonly namespaces?: readonly string[] };
  readonly kubernetesGroups?: readonly string[];
  readonly username?: string;
  /** Policies that the entry had and shall have no more. */
  readonly disassociate?: readonly string[];
}

/** The entry, then its policy. One that is there already is brought to what it is to have and nothing besides: it is ours after a crash between the two, or one that was to be taken over. */
async function sendAccessEntry(client: EKSClient, step: Step, clusterName: string, clientRequestToken: string): Promise<undefined> {
  const { principalArn, username, kubernetesGroups } = step.parameters as unknown as EntryGiven;
  const identity = { ...(username === undefined ? {} : { username }), ...(kubernetesGroups === undefined ? {} : { kubernetesGroups: [...kubernetesGroups] }) };
  try {
    await client.send(new CreateAccessEntryCommand({ clusterName, principalArn, ...identity, clientRequestToken }));
  } catch (error) {
    if (nameOf(error) !== 'ResourceInUseException') throw error;
    const standing = (await listPolicies(client, clusterName, principalArn)).flatMap(({ policyArn }) => policyArn ?? []);
    return sendAccessChange(client, { ...step, parameters: { ...step.parameters, disassociate: standing } }, clusterName, clientRequestToken);
  }
  return sendPolicies(client, step, clusterName);
}

/** User name and groups where they change, then the policies: the new before the old. */
async function sendAccessChange(client: EKSClient, step: Step, clusterName: string, clientRequestToken: string): Promise<undefined> {
  const { principalArn, username, kubernetesGroups } = step.parameters as unknown as EntryGiven;
  if (username !== undefined || kubernetesGroups !== undefined) {
    await client.send(
      new UpdateAccessEntryCommand({ clusterName, principalArn, ...(username === undefined ? {} : { username }), ...(kubernetesGroups === undefined ? {} : { kubernetesGroups: [...kubernetesGroups] }), clientRequestToken }),
    );
  }
  return sendPolicies(client, step, clusterName);
}

async function sendPolicies(client: EKSClient, step: Step, clusterName: string): Promise<undefined> {
  const { principalArn, policyArn, accessScope, disassociate = [] } = step.parameters as unknown as EntryGiven;
  await bringPolicies(client, clusterName, principalArn, policyArn === undefined ? [] : [{ policyArn, namespaces: accessScope?.namespaces }], disassociate);
  return undefined;
}
