import { EC2Client } from '@aws-sdk/client-ec2';
import { EKSClient } from '@aws-sdk/client-eks';
import { readAccess } from './eks/access-entries.ts';
import { readAddonSchemas } from './eks/addon-schemas.ts';
import { begin, cancelUpdate } from './eks/begin.ts';
import { readAddonCatalogue, readVersions } from './eks/catalogues.ts';
import { readAddon, readControlPlane, readNodegroup } from './eks/resources.ts';
import { readEntrance } from './eks/entrance.ts';
import { reaching } from './eks/errors.ts';
import { readFacts } from './eks/facts.ts';
import { readInsightsRefresh, startInsightsRefresh } from './eks/insights.ts';
import { readInstanceLimits } from './eks/instance-limits.ts';
import { readSubnets } from './eks/subnets.ts';
import { readZones } from './eks/zones.ts';
import { readUpdate, recentUpdates } from './eks/updates.ts';
import type { Eks, Session } from './ports.ts';
import { FARGATE_ACTIONS, readFargateProfiles } from './readiness/fargate-profiles.ts';
import { looked } from './readiness/look.ts';
import { readinessClients } from './readiness/clients.ts';
import { POOLED_NODE_ACTIONS, readPooledNodes } from './readiness/pooled-nodes.ts';
import { readReadiness } from './readiness/readiness.ts';
import { bySession, type Transport } from './transport.ts';

/** Attempts of one EKS or EC2 call, throttles included, before the fault is the caller's. */
const CALL_ATTEMPTS_MAX = 6;

/** EKS through the credentials of a session. */
export function createEks(transport: Transport): Eks {
  const eks = bySession((session) => new EKSClient(clientOptions(session, transport)));
  const ec2 = bySession((session) => new EC2Client(clientOptions(session, transport)));
  const whole = bySession((session) => readinessClients(session, transport));
  return {
    facts: (session, clusterName, known) =>
      reaching(session.accountId, async () => {
        const facts = await readFacts(eks(session), ec2(session), clusterName, known);
        if (facts === 'absent') return facts;
        const [fargateProfiles, pooledNodes] = await Promise.all([
          known.fargateProfiles === undefined ? undefined : looked(session.accountId, FARGATE_ACTIONS, () => readFargateProfiles(eks(session), clusterName, undefined)),
          known.pooledNodes === undefined ? undefined : looked(session.accountId, POOLED_NODE_ACTIONS, () => readPooledNodes(ec2(session), clusterName)),
        ]);
        return { ...facts, ...(fargateProfiles === undefined ? {} : { fargateProfiles }), ...(pooledNodes === undefined ? {} : { pooledNodes }) };
      }),
    controlPlane: (session, clusterName) => reaching(session.accountId, () => readControlPlane(eks(session), clusterName)),
    entrance: (session, clusterName, now) => reaching(session.accountId, () => readEntrance(eks(session), clusterName, now)),
    accessEntries: (session, clusterName, asked, now) => reaching(session.accountId, () => readAccess(eks(session), clusterName, asked, now)),
    nodegroup: (session, clusterName, nodegroupName) => reaching(session.accountId, () => readNodegroup(eks(session), clusterName, nodegroupName)),
    addon: (session, clusterName, addonName) => reaching(session.accountId, () => readAddon(eks(session), clusterName, addonName)),
    update: (session, of, updateId) => reaching(session.accountId, () => readUpdate(eks(session), of, updateId)),
    recentUpdates: (session, of, since) => reaching(session.accountId, () => recentUpdates(eks(session), of, since)),
    readiness: (session, facts, now, closer, refreshAskedAt) => readReadiness(session.accountId, whole(session), facts, now, closer, refreshAskedAt),
    refreshInsights: (session, clusterName) => reaching(session.accountId, () => startInsightsRefresh(eks(session), clusterName)),
    insightsRefresh: (session, clusterName) => reaching(session.accountId, () => readInsightsRefresh(eks(session), clusterName)),
    versions: (session) => reaching(session.accountId, () => readVersions(eks(session))),
    addonCatalogue: (session, addonNames) => reaching(session.accountId, () => readAddonCatalogue(eks(session), addonNames)),
    zones: (session) => reaching(session.accountId, () => readZones(ec2(session))),
    instanceLimits: (session, instanceTypes) => reaching(session.accountId, () => readInstanceLimits(ec2(session), instanceTypes)),
    addonSchemas: (session, addons) => reaching(session.accountId, () => readAddonSchemas(eks(session), addons)),
    subnets: (session, subnetIds) => reaching(session.accountId, () => readSubnets(ec2(session), subnetIds)),
    begin: (session, step, clusterName, clientRequestToken) => begin(eks(session), session.accountId, step, clusterName, clientRequestToken),
    cancelUpdate: (session, clusterName, updateId) => reaching(session.accountId, () => cancelUpdate(eks(session), clusterName, updateId)),
  };
}

function clientOptions(session: Session, transport: Transport) {
  return {
    region: session.region,
    credentials: session.credentials,
    maxAttempts: CALL_ATTEMPTS_MAX,
    ...transport,
  };
}
