import { externalDnsPolicies } from '../controllers/external-dns-policy.ts';
import { agentNeed, controllerIdentity, controllerRole, roleDocument, type ControllerRole } from '../controllers/place.ts';
import { finding } from '../finding-codes.ts';
import { targetRoleTrust, type PodPlace } from '../policies/trust.ts';
import type { Compiled, PartsAsk } from './compiled.ts';
import type { DnsWish } from './dns-wish.ts';
import { roleArnIn, type HandOverResource, type RoleDocument } from './resource.ts';
import { listedAsAddon } from './traffic.ts';

const ADDON = 'external-dns';
/** The add-on's own namespace and service account (source: EKS user guide, Community add-ons, External DNS). */
const PODS = { namespace: 'external-dns', serviceAccount: 'external-dns' } as const;
const OF_THE_PART = { part: 'dns', partName: 'dns' } as const;

/** ExternalDNS, as EKS's add-on, for exactly these zones. Zones of another account are reached through a role that their owner makes. */
export function dns(ask: PartsAsk): Compiled {
  const { cluster } = ask;
  const wish = cluster.wanted?.dns;
  if (wish === undefined || wish.hostedZoneIds.length === 0) return { resources: [] };
  if (!listedAsAddon(ADDON, ask)) return { resources: [], errors: [{ path: 'dns', message: `EKS lists no add-on ${ADDON} for ${cluster.version} here` }] };
  const target = wish.crossAccountRoleArn;
  if (target !== undefined && accountOf(target) === cluster.accountId) return { resources: [], errors: [{ path: 'dns.crossAccountRoleArn', message: `It is a role of the cluster's own account: leave it out` }] };

  const policies = externalDnsPolicies(wish.hostedZoneIds, wish.policy ?? 'upsert-only');
  const of: ControllerRole = { ...OF_THE_PART, ...PODS, word: 'dns', description: `ExternalDNS of ${cluster.name}.`, policies: target === undefined ? policies : assuming(target) };
  const role = controllerRole(cluster, of);
  const roleArn = roleArnIn(cluster.accountId, role.name);
  const addon = { addonName: ADDON, part: 'dns' as const, configuration: configurationOf(wish, cluster.clusterId), needs: [`role/${role.name}`] };
  const findings = ownerFindings(wish, cluster.name);
  // An association that an add-on brings can have no target role (source: EKS API reference, AddonPodIdentityAssociations).
  if (target === undefined) return { resources: [role], addons: [...agentNeed(cluster, 'dns'), { ...addon, podIdentityAssociations: [{ serviceAccount: PODS.serviceAccount, roleArn }] }], findings };
  const place = { accountId: cluster.accountId, region: cluster.region, clusterName: cluster.name, ...PODS };
  return {
    resources: [role, { ...controllerIdentity(of, roleArn, role.name), targetRoleArn: target }, forTheOwner(target, place, roleArn, policies)],
    addons: [...agentNeed(cluster, 'dns'), addon],
    findings: [...findings, finding('zones-of-another-account', 'advises', cluster.name, { detail: `The zones are another account's, reached through ${target}: whether they and the role are there was not looked at.`, remedy: `Have the role's owner set it up: GET /v1/clusters/${cluster.clusterId}/handed-over has its trust and its policy.` })],
  };
}

/** What records of this cluster are known by: no two clusters have the same, so that none touches another's records. */
function ownerIdOf({ txtOwnerId }: DnsWish, clusterId: string): string {
  return txtOwnerId ?? `slipway-${clusterId.toLowerCase()}`;
}

/** Settings of the add-on, by its schema. The annotation prefix is not set: each version's own is what its documentation tells. */
function configurationOf(wish: DnsWish, clusterId: string): Readonly<Record<string, unknown>> {
  return {
    policy: wish.policy ?? 'upsert-only',
    registry: 'txt',
    sources: wish.sources ?? ['service', 'ingress'],
    txtOwnerId: ownerIdOf(wish, clusterId),
    extraArgs: wish.hostedZoneIds.map((id) => `--zone-id-filter=${id}`),
  };
}

function ownerFindings({ txtOwnerId }: DnsWish, clusterName: string) {
  if (txtOwnerId === undefined) return [];
  return [finding('dns-owner-named', 'advises', clusterName, { detail: `Records marked with the owner ${txtOwnerId} are taken for this cluster's own, and changed as it says.`, remedy: 'Name an owner only to take over the records of a cluster that is gone; two clusters with one owner undo each other\'s records.' })];
}

function accountOf(roleArn: string): string {
  return roleArn.split(':')[4] ?? '';
}

function assuming(target: string): Readonly<Record<string, RoleDocument>> {
  return { target: { Version: '2012-10-17', Statement: [{ Sid: 'AssumeTheRoleOfTheZones', Effect: 'Allow', Action: ['sts:AssumeRole', 'sts:TagSession'], Resource: [target] }] } };
}

function forTheOwner(target: string, place: PodPlace, roleArn: string, policies: Readonly<Record<string, RoleDocument>>): HandOverResource {
  return {
    kind: 'hand-over',
    name: 'zones-role',
    ...OF_THE_PART,
    needs: [`pod-identity/${PODS.namespace}/${PODS.serviceAccount}`],
    what: `the role ${target}`,
    documents: [
      { title: `Trust policy of ${target}, for the account that owns the zones`, content: { ...roleDocument(targetRoleTrust(place, roleArn, true)) } },
      ...Object.values(policies).map((policy) => ({ title: `Policy of ${target}, for the account that owns the zones`, content: { ...policy } })),
    ],
  };
}
