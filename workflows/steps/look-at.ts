import type { Eks, Ports, Session, UpdateOf } from '../../aws/ports.ts';
import type { Seen } from '../../domain/judge-look.ts';
import type { Step } from '../../domain/operation.ts';
import { PART_STEP_KINDS } from '../../domain/parts/steps-of-resource.ts';

/** Where EKS gives no update id, the resource itself is watched. */
export const WATCH_RESOURCE = 'resource';

/** A 409 whose update EKS did not name. */
export const UNNAMED_UPDATE = 'unnamed';

/** Reads that one look may cost, for the account's budget. */
export const READS_OF_A_LOOK_MAX = 2;

/** Which updates are the step's: the control plane's, a node group's or an add-on's. */
export function updateOf(step: Step, clusterName: string): UpdateOf {
  if (step.kind.endsWith('nodegroup') || step.kind === 'update-nodegroup-config') return { clusterName, nodegroupName: step.subject };
  if (step.kind.endsWith('addon') || step.kind === 'update-addon-config') return { clusterName, addonName: step.subject };
  return { clusterName };
}

/** Looks at a step's work: its update or instance refresh, or the resource where that alone tells. As few reads as can be. */
export async function lookAt({ eks, autoScaling, parts }: Pick<Ports, 'eks' | 'autoScaling' | 'parts'>, session: Session, step: Step, clusterName: string): Promise<Seen> {
  if (step.resource !== undefined && PART_STEP_KINDS.has(step.kind) && !hasUpdate(step)) return { resource: await parts.look(session, step.resource, clusterName) };
  if (step.kind === 'refresh-instances') return { refresh: await autoScaling.refresh(session, step.subject, step.updateId ?? '') };
  if (step.kind === 'upgrade-control-plane' || step.kind === 'rollback-control-plane') return lookAtUpgrade(eks, session, step, clusterName);
  if (hasUpdate(step)) return { update: await eks.update(session, updateOf(step, clusterName), step.updateId ?? '') };
  if (step.kind.endsWith('nodegroup')) return { nodegroup: await eks.nodegroup(session, clusterName, step.subject) };
  if (step.kind.endsWith('addon')) return { addon: await eks.addon(session, clusterName, step.subject) };
  return { controlPlane: await eks.controlPlane(session, clusterName) };
}

/** EKS gave an update, which tells how the work is going. */
function hasUpdate({ updateId }: Step): boolean {
  return updateId !== undefined && updateId !== WATCH_RESOURCE;
}

/** The cluster itself tells in one read that it is ACTIVE at the new minor, or still UPDATING; the update is asked where it reads as before: not begun yet, or failed. */
async function lookAtUpgrade(eks: Eks, session: Session, step: Step, clusterName: string): Promise<Seen> {
  const controlPlane = await eks.controlPlane(session, clusterName);
  const telling = controlPlane === 'absent' || controlPlane.status !== 'ACTIVE' || controlPlane.version === step.to;
  return telling || step.updateId === undefined ? { controlPlane } : { controlPlane, update: await eks.update(session, updateOf(step, clusterName), step.updateId) };
}
