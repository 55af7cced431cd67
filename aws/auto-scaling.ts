import { AutoScalingClient, DescribeInstanceRefreshesCommand, StartInstanceRefreshCommand, type DescribeInstanceRefreshesCommandInput, type InstanceRefresh } from '@aws-sdk/client-auto-scaling';
import type { Step } from '../domain/operation.ts';
import type { InstanceRefreshFacts } from '../domain/readiness-facts.ts';
import { nameOf, reaching } from './eks/errors.ts';
import type { AutoScaling, Begun } from './ports.ts';
import { bySession, type Transport } from './transport.ts';

const CALL_ATTEMPTS_MAX = 6;
const REFRESHES_LOOKED_AT_MAX = 10;
/** Auto Scaling has one error for all that it does not take: "AutoScalingGroup name not found - ...". */
const NOT_FOUND = /not found/i;

/** Auto Scaling through the credentials of a session. */
export function createAutoScaling(transport: Transport): AutoScaling {
  const clientOf = bySession((session) => new AutoScalingClient({ region: session.region, credentials: session.credentials, maxAttempts: CALL_ATTEMPTS_MAX, ...transport }));
  return {
    begin: (session, step) => reaching(session.accountId, () => beginRefresh(clientOf(session), step)),
    refresh: (session, groupName, refreshId) =>
      reaching(session.accountId, async () => {
        const [refresh] = await readRefreshes(clientOf(session), { AutoScalingGroupName: groupName, InstanceRefreshIds: [refreshId] });
        return refresh === undefined ? 'absent' : refreshFacts(refresh);
      }),
    recentRefreshes: (session, groupName, since) =>
      reaching(session.accountId, async () => {
        const found = await readRefreshes(clientOf(session), { AutoScalingGroupName: groupName, MaxRecords: REFRESHES_LOOKED_AT_MAX });
        return found.map(refreshFacts).filter((refresh) => REFRESH_RUNNING.has(refresh.status) || (refresh.startedAt ?? '') >= since);
      }),
  };
}

/** States of a refresh that holds its group: no other can begin. */
export const REFRESH_RUNNING: ReadonlySet<string> = new Set(['Pending', 'InProgress', 'Cancelling', 'RollbackInProgress', 'Baking']);

/** The step's parameters: `launchTemplateId`, `launchTemplateVersion`, `minHealthyPercentage`. */
async function beginRefresh(client: AutoScalingClient, step: Step): Promise<Begun> {
  const { launchTemplateId, launchTemplateVersion, minHealthyPercentage } = step.parameters ?? {};
  try {
    const { InstanceRefreshId: refreshId } = await client.send(
      new StartInstanceRefreshCommand({
        AutoScalingGroupName: step.subject,
        Strategy: 'Rolling',
        // Without one the group's own is meant: that of a group of ours is brought up before, with all its instance types.
        ...(launchTemplateId === undefined ? {} : { DesiredConfiguration: { LaunchTemplate: { LaunchTemplateId: String(launchTemplateId), Version: String(launchTemplateVersion) } } }),
        Preferences: { SkipMatching: true, ...(minHealthyPercentage === undefined ? {} : { MinHealthyPercentage: Number(minHealthyPercentage) }) },
      }),
    );
    return refreshId === undefined ? { kind: 'begun' } : { kind: 'begun', updateId: refreshId };
  } catch (error) {
    const name = nameOf(error);
    const message = error instanceof Error ? error.message : name;
    if (name === 'InstanceRefreshInProgress' || name === 'InstanceRefreshInProgressFault' || name === 'ScalingActivityInProgress') return { kind: 'in-use', message, ...(await runningRefresh(client, step.subject)) };
    if (name === 'ValidationError') return NOT_FOUND.test(message) ? { kind: 'absent', message } : { kind: 'refused', code: name, message };
    throw error;
  }
}

/** None where the group is gone, or the refresh older than the six weeks that Auto Scaling remembers. */
async function readRefreshes(client: AutoScalingClient, input: DescribeInstanceRefreshesCommandInput): Promise<InstanceRefresh[]> {
  try {
    return (await client.send(new DescribeInstanceRefreshesCommand(input))).InstanceRefreshes ?? [];
  } catch (error) {
    if (nameOf(error) === 'ValidationError' && NOT_FOUND.test((error as Error).message)) return [];
    throw error;
  }
}

/** Auto Scaling does not name the refresh that is in the way: of a group there can be one. */
async function runningRefresh(client: AutoScalingClient, groupName: string): Promise<{ updateId?: string }> {
  const found = await readRefreshes(client, { AutoScalingGroupName: groupName, MaxRecords: REFRESHES_LOOKED_AT_MAX });
  const updateId = found.find((refresh) => REFRESH_RUNNING.has(refresh.Status ?? ''))?.InstanceRefreshId;
  return updateId === undefined ? {} : { updateId };
}

function refreshFacts(refresh: InstanceRefresh): InstanceRefreshFacts {
  const version = refresh.DesiredConfiguration?.LaunchTemplate?.Version;
  return {
    refreshId: refresh.InstanceRefreshId ?? '',
    status: refresh.Status ?? 'Unknown',
    ...(refresh.StatusReason === undefined ? {} : { reason: refresh.StatusReason }),
    ...(refresh.PercentageComplete === undefined ? {} : { percentageComplete: refresh.PercentageComplete }),
    ...(refresh.StartTime === undefined ? {} : { startedAt: refresh.StartTime.toISOString() }),
    ...(version === undefined ? {} : { launchTemplateVersion: version }),
  };
}
