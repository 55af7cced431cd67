import * as z from 'zod';
import { ServiceAccount, Namespace } from '../parts/pod-identity-wish.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { AccountId, ClusterId, Region, RoleArn } from '../request-words.ts';
import { objectsIn, type Edit, type IsPlain, type Objects, type Workload } from './kube2iam-objects.ts';
import { orderOfKube2iam } from './kube2iam-order.ts';
import { accountOf, isAllowed, roleOf, trustFor, type Home } from './kube2iam-roles.ts';

/**
 * Turns manifests whose pods get their roles from kube2iam or kiam into pod identities. What the annotations mean is as their READMEs
 * tell (jtblin/kube2iam, uswitch/kiam): the role stands on the pod or the pod template, and nowhere else.
 */

/** The front door takes 256 KiB in all. */
const MANIFESTS_CHARACTERS_MAX = 240_000;
const WORKLOADS_MAX = 500;

const ROLE = 'iam.amazonaws.com/role';
const ALLOWED = 'iam.amazonaws.com/allowed-roles';
const PERMITTED = 'iam.amazonaws.com/permitted';
const EXTERNAL_ID = 'iam.amazonaws.com/external-id';
const SESSION_NAME = 'iam.amazonaws.com/session-name';
const DAEMON = /(?:^|\/)(?:kube2iam|kiam)(?:[:@]|$)/;

export const ConvertKube2iam = z
  .strictObject({
    manifests: z.string().min(1).max(MANIFESTS_CHARACTERS_MAX).meta({ description: 'YAML or JSON, of one document or more: Deployments, DaemonSets, StatefulSets, ReplicaSets, Jobs, CronJobs, Pods, Namespaces and ServiceAccounts, Lists of them, and whatever else stands between.' }),
    accountId: AccountId.optional().meta({ description: 'The cluster\'s account: for annotations that name a role without its ARN.' }),
    region: Region.optional().meta({ description: 'The cluster\'s region: with `clusterId` roles are trusted for that cluster alone.' }),
    clusterId: ClusterId.optional().meta({ description: 'A cluster of Slipway, which tells account and region too.' }),
  })
  .meta({ id: 'ConvertKube2iam' });
export type ConvertKube2iam = z.output<typeof ConvertKube2iam>;

export const ConvertedKube2iamView = z
  .strictObject({
    podIdentities: z
      .array(z.strictObject({ namespace: Namespace, serviceAccount: ServiceAccount, roleArn: RoleArn.optional(), targetRoleArn: RoleArn.optional(), irsa: z.literal(true).optional() }))
      .meta({ description: 'As `PATCH /v1/clusters/{clusterId}` takes it; add what the cluster has already.' }),
    yaml: z.string().meta({ description: 'The manifests without the annotations and with their service accounts; all else, comments too, is as it was.' }),
    roles: z
      .array(z.strictObject({ roleArn: RoleArn, usedBy: z.array(z.string()), statements: z.array(z.record(z.string(), z.unknown())), needs: z.array(z.string()) }))
      .meta({ description: 'What the trust policy of each role needs beside what is there: the statement for the nodes stays until no pod is left that needs it.' }),
    notConverted: z.array(z.strictObject({ subject: z.string(), because: z.string() })),
    order: z.array(z.string()).meta({ description: 'What to do in which order, so that no pod is without its role.' }),
  })
  .meta({ id: 'ConvertedKube2iam' });
export type ConvertedKube2iam = z.output<typeof ConvertedKube2iamView>;

/** Reads a text of one YAML document or more with every scalar as text, or says in a sentence why it cannot be read. */
export type ReadManifests = (text: string) => { readonly kind: 'read'; readonly documents: readonly unknown[]; readonly isPlain: IsPlain } | { readonly kind: 'unread'; readonly because: string };
/** The same text with edits, and objects added at its end. */
export type RewriteManifests = (text: string, edits: readonly Edit[], added: readonly object[]) => string;

/** What a workload comes to. `own`: the service account is new, and named after it. */
interface Converted {
  readonly workload: Workload;
  readonly roleArn: string;
  readonly serviceAccount: string;
  readonly own: boolean;
}

type NotConverted = ConvertedKube2iam['notConverted'][number];

/** What becomes of each workload. A text that cannot be read is refused as `rules-broken`. */
export function convertKube2iam({ manifests }: ConvertKube2iam, home: Home, { read, rewrite }: { readonly read: ReadManifests; readonly rewrite: RewriteManifests }): ConvertedKube2iam | Refusal {
  const text = read(manifests);
  if (text.kind === 'unread') return broken(text.because);
  const objects = objectsIn(text.documents, text.isPlain);
  if (objects.count === 0) return broken('There is no object of Kubernetes in it');
  if (objects.workloads.length > WORKLOADS_MAX) return broken(`It has more than ${WORKLOADS_MAX} workloads`);
  const asked = objects.workloads.flatMap((workload) => (workload.annotations[ROLE] === undefined && workload.unfit[ROLE] === undefined ? [] : [judge(workload, objects, home)]));
  const converted = asked.filter((one): one is Converted => 'roleArn' in one);
  const added = newServiceAccounts(converted, objects);
  const roles = rolesOf(converted, home);
  const notConverted = [...asked.filter((one): one is NotConverted => 'because' in one), ...besides(objects)];
  return {
    podIdentities: identitiesOf(converted, home),
    yaml: rewrite(manifests, converted.flatMap(editsOf), added),
    roles,
    notConverted,
    order: orderOfKube2iam({ roles, notConverted: notConverted.length, namespaces: objects.namespaces.filter(({ annotations }) => annotations[ALLOWED] !== undefined || annotations[PERMITTED] !== undefined).map(({ name }) => name) }),
  };
}

function broken(because: string): Refusal {
  return refuse('rules-broken', `The manifests were not understood: ${because}.`, { errors: [{ path: 'manifests', message: because }] });
}

function judge(workload: Workload, objects: Objects, home: Home): Converted | NotConverted {
  const not = (because: string): NotConverted => ({ subject: workload.called.slice(0, 300), because });
  const { annotations, namespace, unfit } = workload;
  const odd = [ROLE, EXTERNAL_ID, SESSION_NAME].find((name) => unfit[name] !== undefined);
  if (odd !== undefined) return not(noText(odd, unfit[odd] ?? ''));
  if (!Namespace.safeParse(namespace).success) return not('Its namespace is no name that Kubernetes takes.');
  const role = roleOf(annotations[ROLE] ?? '', home);
  if ('because' in role) return not(role.because);
  if (annotations[EXTERNAL_ID] !== undefined) return not(`It sends an external id of its own (${EXTERNAL_ID}), and EKS Pod Identity sends none of one's choice. Take the external id out of the role's trust, where the conditions on the service account take its place, then convert it.`);
  const allowed = isAllowed(objects.namespaces.find(({ name }) => name === namespace)?.annotations[ALLOWED], role.roleArn);
  if (allowed === false) return not(`The namespace does not allow the role (${ALLOWED}), so kube2iam has never given it. Look whether the pods are to have it.`);
  return withServiceAccount(workload, role.roleArn, objects, home, not);
}

function noText(annotation: string, what: string): string {
  return `${annotation} is ${what} there, and Kubernetes takes nothing but text in annotations: it has never taken this manifest. Write the text, in quotes.`;
}

/** A service account has one role, and all pods that run as it get it: nobody is to get more than before. */
function withServiceAccount(workload: Workload, roleArn: string, objects: Objects, home: Home, not: (because: string) => NotConverted): Converted | NotConverted {
  const own = workload.serviceAccount === undefined || workload.serviceAccount === 'default';
  const serviceAccount = own ? workload.name : workload.serviceAccount;
  if (serviceAccount === undefined || !ServiceAccount.safeParse(serviceAccount).success) return not('No service account can be named after it. Give its pods one by serviceAccountName, then convert it.');
  const others = objects.workloads.filter((other) => other !== workload && other.namespace === workload.namespace && accountNameOf(other) === serviceAccount);
  const differing = others.find((other) => !has(other, roleArn, home));
  if (differing !== undefined) {
    return not(`Its pods run as the service account ${serviceAccount} together with those of ${differing.called}, which ${differing.annotations[ROLE] === undefined ? 'have no role' : 'have another role'}: a service account has one role for all. Give it a service account of its own, with the bindings that it needs, then convert it.`);
  }
  return { workload, roleArn, serviceAccount, own };
}

/** The service account that a workload runs as, or will where it gets one of its own. */
function accountNameOf({ serviceAccount, name, annotations }: Workload): string | undefined {
  if (serviceAccount !== undefined && serviceAccount !== 'default') return serviceAccount;
  return annotations[ROLE] === undefined ? 'default' : name;
}

function has({ annotations }: Workload, roleArn: string, home: Home): boolean {
  const role = annotations[ROLE] === undefined ? undefined : roleOf(annotations[ROLE], home);
  return role !== undefined && 'roleArn' in role && role.roleArn === roleArn;
}

function identitiesOf(converted: readonly Converted[], home: Home): ConvertedKube2iam['podIdentities'] {
  const byName = new Map<string, ConvertedKube2iam['podIdentities'][number]>();
  for (const { workload, roleArn, serviceAccount } of converted) {
    const foreign = home.accountId !== undefined && accountOf(roleArn) !== home.accountId;
    const key = `${workload.namespace}/${serviceAccount}`;
    const irsa = !foreign && (workload.windows || byName.get(key)?.irsa === true);
    byName.set(key, { namespace: workload.namespace, serviceAccount, ...(foreign ? { targetRoleArn: roleArn } : { roleArn }), ...(irsa ? { irsa: true as const } : {}) });
  }
  return [...byName.values()];
}

/** The annotation goes, and with it a map that it leaves empty; the service account is named where it is new. */
function editsOf({ workload, serviceAccount, own }: Converted): readonly Edit[] {
  const { annotations, podMetadata, podSpec, namedBy } = workload;
  const gone = [ROLE, SESSION_NAME].filter((name) => annotations[name] !== undefined);
  const whole = gone.length === Object.keys(annotations).length;
  const path = [...podMetadata.path, 'annotations'];
  return [
    ...(whole ? [{ ...podMetadata, path }] : gone.map((name) => ({ ...podMetadata, path: [...path, name] }))),
    ...(own ? [{ ...podSpec, path: [...podSpec.path, 'serviceAccountName'], value: serviceAccount }] : []),
    ...(own && namedBy.includes('serviceAccount') ? [{ ...podSpec, path: [...podSpec.path, 'serviceAccount'] }] : []),
  ];
}

function newServiceAccounts(converted: readonly Converted[], { serviceAccounts }: Objects): readonly object[] {
  const names = new Set(converted.filter(({ own }) => own).map(({ workload, serviceAccount }) => `${workload.namespace}/${serviceAccount}`));
  return [...names].filter((name) => !serviceAccounts.has(name)).map((name) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: name.slice(name.indexOf('/') + 1), namespace: name.slice(0, name.indexOf('/')) } }));
}

function rolesOf(converted: readonly Converted[], home: Home): ConvertedKube2iam['roles'] {
  const byRole = Map.groupBy(converted, ({ roleArn }) => roleArn);
  return [...byRole].map(([roleArn, users]) => {
    const accounts = [...new Map(users.map(({ workload, serviceAccount }) => [`${workload.namespace}/${serviceAccount}`, { namespace: workload.namespace, serviceAccount }])).values()];
    const foreign = home.accountId !== undefined && accountOf(roleArn) !== home.accountId;
    return {
      roleArn,
      usedBy: accounts.map(({ namespace, serviceAccount }) => `${namespace}/${serviceAccount}`),
      statements: accounts.flatMap((account) => trustFor(roleArn, account, home)).map((statement) => ({ ...statement })),
      needs: [
        ...(foreign && home.cluster === undefined ? ['The role is of another account, and trusts the role that Slipway makes for the service account: ask again with clusterId for its name, or see what is handed over once it is made.'] : []),
        ...(home.cluster === undefined || home.region === undefined ? ['Without clusterId the statements trust that service account of any cluster of the account.'] : []),
        ...(users.some(({ workload }) => workload.windows) ? ['Pods on Windows nodes get it by the cluster\'s OpenID Connect provider (`irsa`): its trust needs sts:AssumeRoleWithWebIdentity for that provider in place of these statements.'] : []),
        ...(accounts.some(({ namespace }) => namespace === 'default') ? ['What names no namespace was taken to be in `default`.'] : []),
      ],
    };
  });
}

/** What there is besides and does not go over. */
function besides({ workloads, namespaces }: Objects): readonly NotConverted[] {
  return [
    ...workloads
      .filter(({ ownAnnotations, annotations }) => ownAnnotations[ROLE] !== undefined && annotations[ROLE] === undefined)
      .map(({ called }) => ({ subject: called.slice(0, 300), because: `${ROLE} stands on it and not on its pods, where kube2iam never looked: its pods have no role by it.` })),
    ...workloads.filter(({ annotations }) => annotations[ROLE] !== undefined && annotations[SESSION_NAME] !== undefined).map(({ called }) => ({ subject: called.slice(0, 300), because: `${SESSION_NAME} has no counterpart: EKS names the sessions, and tags them with the pod. What reads session names has to read the tags.` })),
    ...workloads.filter(({ images }) => images.some((image) => DAEMON.test(image))).map(({ called }) => ({ subject: called.slice(0, 300), because: 'It gives roles to pods that have the annotation. It goes last.' })),
    ...namespaces.flatMap(({ name, unfit }) => [ALLOWED, PERMITTED].flatMap((annotation) => (unfit[annotation] === undefined ? [] : [{ subject: `Namespace ${name}`, because: noText(annotation, unfit[annotation]) }]))),
    ...namespaces.filter(({ annotations }) => annotations[ALLOWED] !== undefined || annotations[PERMITTED] !== undefined).map(({ name }) => ({ subject: `Namespace ${name}`, because: 'What it allows counts for kube2iam alone; with Pod Identity a pod has the role that its association names. The annotation is left for pods that are not converted.' })),
  ];
}
