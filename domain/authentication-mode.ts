import type { Cluster } from './cluster.ts';
import type { ClusterFacts } from './facts.ts';
import { finding } from './finding-codes.ts';
import type { Finding, PlannedStep } from './plan.ts';
import { refuse, type Refusal } from './refusal.ts';

/**
 * Where EKS looks for who may get in: the aws-auth ConfigMap, access entries, or both. It goes one way, one at a time (source: EKS user guide,
 * Change authentication mode; EKS's denial "Unsupported authentication mode update from ... to ...").
 */
const MODES = ['CONFIG_MAP', 'API_AND_CONFIG_MAP', 'API'];

/** Kinds of steps that work on access entries. */
const ON_ENTRIES: ReadonlySet<string> = new Set(['create-access-entry', 'change-access-entry', 'put-access-entry', 'delete-access-entry']);

type Asked = { readonly from: string; readonly to: string };

/** The move that is asked for and not made yet. */
function asked(before: Cluster, after: Cluster, facts: ClusterFacts): Asked | undefined {
  const [from, to] = [facts.cluster.authenticationMode, after.authenticationMode];
  return from === undefined || to === undefined || to === before.authenticationMode || to === from ? undefined : { from, to };
}

export function refuseAuthentication(before: Cluster, after: Cluster, facts: ClusterFacts): Refusal | undefined {
  const move = asked(before, after, facts);
  if (move === undefined || MODES.indexOf(move.to) - MODES.indexOf(move.from) === 1) return undefined;
  const back = MODES.indexOf(move.to) < MODES.indexOf(move.from);
  const message = back ? `It is ${move.from}, and there is no way back` : 'It goes over API_AND_CONFIG_MAP first';
  return refuse('rules-broken', `authenticationMode: ${message}.`, { errors: [{ path: 'authenticationMode', message }] });
}

/** It comes before access entries, which need it. */
export function authenticationStep(before: Cluster, after: Cluster, facts: ClusterFacts): PlannedStep[] {
  const move = asked(before, after, facts);
  if (move === undefined) return [];
  return [
    {
      id: `${facts.cluster.version}/config/authentication-mode`,
      title: `Letting EKS look for access in ${move.to}`,
      kind: 'update-cluster-config',
      stage: 'CarryOut',
      subject: after.name,
      reason: `It is ${move.from}; access entries count once it has the API.`,
      parameters: { accessConfig: { authenticationMode: move.to } },
    },
  ];
}

export function authenticationFindings(before: Cluster, after: Cluster, facts: ClusterFacts): Finding[] {
  if (asked(before, after, facts)?.to !== 'API') return [];
  return [
    finding('config-map-ends', 'advises', after.name, {
      detail: 'The aws-auth ConfigMap counts no more once the authentication mode is API, and there is no way back: who gets in by it alone is locked out, nodes included.',
      remedy: 'Convert it first (POST /v1/conversions/aws-auth), and look that every entry is there (GET /v1/clusters/{clusterId}/access-entries).',
    }),
  ];
}

/** Access entries are not to be had while EKS looks in the ConfigMap alone. */
export function refuseEntries(steps: readonly PlannedStep[], facts: ClusterFacts): Refusal | undefined {
  const onEntries = steps.some(({ kind, parameters }) => ON_ENTRIES.has(kind) || parameters?.['removeAccessEntry'] !== undefined);
  const opens = steps.some(({ parameters }) => parameters?.['accessConfig'] !== undefined);
  return onEntries && !opens ? refusedByMode(facts.cluster.authenticationMode, facts.cluster.name) : undefined;
}

/** Why there can be no access entries; undefined where there can. */
export function refusedByMode(mode: string | undefined, clusterName: string): Refusal | undefined {
  if (mode !== 'CONFIG_MAP') return undefined;
  return refuse('authentication-mode', `The authentication mode of ${clusterName} is CONFIG_MAP: EKS looks for access in the aws-auth ConfigMap alone, and has no access entries.`, {
    remedy: 'PATCH the cluster with "authenticationMode": "API_AND_CONFIG_MAP"; the ConfigMap goes on to count beside the entries. It cannot be taken back.',
  });
}
