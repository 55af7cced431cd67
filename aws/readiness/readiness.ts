import { typesToKnow } from '../../domain/addresses/forecast-ask.ts';
import { readInstanceLimits } from '../eks/instance-limits.ts';
import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { ClusterFacts } from '../../domain/facts.ts';
import { kubeProxyModeOf } from '../../domain/kube-proxy-mode.ts';
import type { Looked, ReadinessFacts } from '../../domain/readiness-facts.ts';
import { INSIGHT_ACTIONS, readInsightsFacts } from '../eks/insights.ts';
import type { CloserLooks } from '../ports.ts';
import { ROLE_ACTIONS } from '../roles.ts';
import type { ReadinessClients } from './clients.ts';
import { FARGATE_ACTIONS, readFargateProfiles } from './fargate-profiles.ts';
import { KEY_ACTIONS, readKmsKey } from './kms-key.ts';
import { launchedTypes } from './launched-types.ts';
import { readTemplates, TEMPLATE_ACTIONS, type ReadTemplate, type TemplateUse } from './launch-templates.ts';
import { ifSeen, looked, seenOr } from './look.ts';
import { OWN_GROUP_ACTIONS, readOwnGroups, templateOf } from './own-groups.ts';
import { POOLED_NODE_ACTIONS, readPooledNodes } from './pooled-nodes.ts';
import { EKS_LIMIT_ACTIONS, QUOTA_ACTIONS, readEksLimits, readVcpuQuotas } from './quotas.ts';
import { readRoles } from './roles.ts';
import { readSelfManagedGroups, SELF_MANAGED_ACTIONS } from './self-managed-groups.ts';

/**
 * What the readiness checks judge. Looks that need nothing of each other are made at once, and each fails by itself: what could not be
 * listed is told as unknown there, and the other looks are at what could. Throws AccountUnreachable where the account takes the session no more.
 */
export async function readReadiness(accountId: string, clients: ReadinessClients, facts: ClusterFacts, now: string, closer: CloserLooks = 'all', refreshAskedAt?: string): Promise<ReadinessFacts> {
  const { cluster, remembered } = facts;
  const look = <T>(needs: readonly string[], read: () => Promise<T>): Promise<Looked<T>> => looked(accountId, needs, read);

  const fargate = look(FARGATE_ACTIONS, () => readFargateProfiles(clients.eks, cluster.name, remembered?.fargateProfiles));
  const groups = look(OWN_GROUP_ACTIONS, () => readOwnGroups(clients.autoScaling, cluster.name));
  const templates = look(TEMPLATE_ACTIONS, async () => readTemplates(clients.ec2, templateUses(facts, await groups)));

  const [insights, roles, kmsKey, quotas, launchTemplates, selfManagedGroups, fargateProfiles, pooledNodes, limits, instanceLimits] = await Promise.all([
    look(INSIGHT_ACTIONS, () => readInsightsFacts(clients.eks, cluster.name, closer, refreshAskedAt)),
    look(ROLE_ACTIONS, async () => readRoles(clients.iam, facts, ifSeen(await fargate))),
    look(KEY_ACTIONS, () => readKmsKey(clients.kms, cluster.kmsKeyArn)),
    look(QUOTA_ACTIONS, async () => readVcpuQuotas(clients, launchedTypes(facts, ifSeen(await groups), await templates), remembered?.vcpuLimits ?? {})),
    templates,
    look(SELF_MANAGED_ACTIONS, async () => selfManaged(clients, await groups, await templates)),
    fargate,
    look(POOLED_NODE_ACTIONS, () => readPooledNodes(clients.ec2, cluster.name)),
    look(EKS_LIMIT_ACTIONS, async () => remembered?.eksLimits ?? (await readEksLimits(clients.quotas))),
    look(['ec2:DescribeInstanceTypes'], () => readInstanceLimits(clients.ec2, typesToKnow(facts.nodegroups))),
  ]);
  return {
    observedAt: now,
    insights,
    roles,
    kmsKey,
    quotas,
    launchTemplates: launchTemplates.kind === 'unknown' ? launchTemplates : { kind: 'seen', value: launchTemplates.value.map((template) => template.facts) },
    selfManagedGroups,
    fargateProfiles,
    pooledNodes,
    hybridNodes: cluster.hybridNodes ?? false,
    kubeProxyMode: { kind: 'seen', value: kubeProxyModeOf(facts.addons.find(({ addonName }) => addonName === 'kube-proxy')?.configurationValues) },
    limits,
    instanceLimits,
  };
}

/** Templates of managed groups are looked at even where the account's own groups cannot be. */
function templateUses({ nodegroups }: ClusterFacts, groups: Looked<readonly AutoScalingGroup[]>): TemplateUse[] {
  const managed = nodegroups.flatMap(({ nodegroupName, launchTemplate }): TemplateUse[] =>
    launchTemplate === undefined ? [] : [{ ref: { ...launchTemplate, version: launchTemplate.version ?? '$Default' }, usedBy: nodegroupName, back: false }],
  );
  return [
    ...managed,
    ...ifSeen(groups).flatMap((group): TemplateUse[] => {
      const ref = templateOf(group);
      return ref === undefined ? [] : [{ ref, usedBy: group.AutoScalingGroupName ?? '', back: true }];
    }),
  ];
}

async function selfManaged(clients: ReadinessClients, groups: Looked<readonly AutoScalingGroup[]>, templates: Looked<readonly ReadTemplate[]>) {
  const found = seenOr(groups);
  return found.length === 0 ? [] : readSelfManagedGroups(clients, found, seenOr(templates));
}
