import * as z from 'zod';
import { Access } from '../access-wish.ts';
import { refuse, type Refusal } from '../refusal.ts';
import { PrincipalArn, RoleArn } from '../request-words.ts';
import { convertMapping, type Converted, type NotConverted } from './aws-auth-mapping.ts';
import { orderOf } from './aws-auth-order.ts';

/**
 * Turns an `aws-auth` ConfigMap into access entries. What the ConfigMap means is as aws-iam-authenticator reads it (pkg/mapper/configmap,
 * pkg/config): ARNs count in any case, the last mapping of an ARN is the one in force, and a role stands there without its path. What access
 * entries take is from the EKS user guide, "Create access entries" and "Migrating existing aws-auth ConfigMap entries".
 */

/** A ConfigMap holds 1 MiB, one that people keep by hand a few kilobytes. */
export const CONFIG_MAP_CHARACTERS_MAX = 60_000;
const MAPPINGS_MAX = 500;
const ROLE_ARNS_MAX = 200;

export const ConvertAwsAuth = z
  .strictObject({
    configMap: z
      .string()
      .min(1)
      .max(CONFIG_MAP_CHARACTERS_MAX)
      .meta({ description: 'YAML or JSON: the ConfigMap as `kubectl get configmap aws-auth -n kube-system -o yaml` tells it, a List that has it, or its data alone.' }),
    roleArns: z
      .array(RoleArn)
      .max(ROLE_ARNS_MAX)
      .default([])
      .meta({ description: 'Real ARNs of roles that have a path, such as those of IAM Identity Center. The ConfigMap has them without it, and an access entry needs it.' }),
  })
  .meta({ id: 'ConvertAwsAuth' });
export type ConvertAwsAuth = z.output<typeof ConvertAwsAuth>;

/** Reads a text of one YAML document or more with every scalar as text, or says in a sentence why it cannot be read. */
export type ReadYaml = (text: string) => { readonly kind: 'read'; readonly documents: readonly unknown[] } | { readonly kind: 'unread'; readonly because: string };

const EntryView = z.strictObject({
  principalArn: PrincipalArn,
  type: z.enum(['STANDARD', 'EC2_LINUX', 'EC2_WINDOWS', 'FARGATE_LINUX', 'HYBRID_LINUX']),
  username: z.string().optional().meta({ description: 'Left out where EKS makes one itself.' }),
  kubernetesGroups: z.array(z.string()),
  policies: z.array(z.strictObject({ policyArn: z.string(), accessScope: z.strictObject({ type: z.enum(['cluster', 'namespace']) }) })),
  needs: z.array(z.string()).meta({ description: 'What must be there, be looked up or be known before the entry takes the place of the mapping.' }),
});

export const ConvertedAwsAuthView = z
  .strictObject({
    access: z
      .array(z.strictObject({ principalArn: PrincipalArn, role: z.literal('admin').optional(), kubernetesGroups: z.array(z.string()).optional(), username: z.string().optional() }))
      .meta({ description: 'As `PATCH /v1/clusters/{clusterId}` and `POST .../access-entries` take it.' }),
    entries: z.array(EntryView).meta({ description: 'The same and the nodes\' entries in the words of EKS.' }),
    notConverted: z.array(z.strictObject({ subject: z.string(), because: z.string() })),
    order: z.array(z.string()).meta({ description: 'What to do in which order, so that nobody is locked out.' }),
  })
  .meta({ id: 'ConvertedAwsAuth' });
export type ConvertedAwsAuth = z.output<typeof ConvertedAwsAuthView>;

/** What becomes of each mapping. A text that is not such a ConfigMap is refused as `rules-broken`. */
export function convertAwsAuth({ configMap, roleArns }: ConvertAwsAuth, read: ReadYaml): ConvertedAwsAuth | Refusal {
  const text = read(configMap);
  if (text.kind === 'unread') return broken(text.because);
  const data = dataOf(text.documents);
  if (typeof data === 'string') return broken(data);
  if (data === undefined) return broken('There is no ConfigMap aws-auth in it, nor a mapRoles, mapUsers or mapAccounts');
  const lists = { mapRoles: listOf(data['mapRoles'], read), mapUsers: listOf(data['mapUsers'], read), mapAccounts: listOf(data['mapAccounts'], read) };
  for (const [name, list] of Object.entries(lists)) if (typeof list === 'string') return broken(`${name}: ${list}`);
  const [roles, users, accounts] = [lists.mapRoles, lists.mapUsers, lists.mapAccounts] as [unknown[], unknown[], unknown[]];
  if (roles.length + users.length + accounts.length > MAPPINGS_MAX) return broken(`It has more than ${MAPPINGS_MAX} mappings`);

  const { inForce, overridden } = lastOfEach([...roles.map((mapping) => convertMapping('rolearn', mapping, roleArns)), ...users.map((mapping) => convertMapping('userarn', mapping, roleArns))]);
  const entries = inForce.flatMap((one) => (one.kind === 'entry' ? [one.entry] : []));
  const notConverted: NotConverted[] = [...inForce.flatMap((one) => one.notConverted), ...overridden, ...accounts.map(accountNotConverted), ...unknownData(data)];
  const told = entries.map((entry) => ({ entry, access: entry.type === 'STANDARD' ? accessOf(entry) : undefined }));
  return {
    access: told.flatMap(({ access }) => (access !== undefined && Access.safeParse(access).success ? [access] : [])),
    entries: told.map(({ entry, access }) => (access === undefined || Access.safeParse(access).success ? entry : { ...entry, needs: [...entry.needs, OF_NO_USE] })),
    notConverted,
    order: orderOf(entries, notConverted),
  };
}

/** EKS takes such an entry; Slipway lets nobody in who could do nothing. */
const OF_NO_USE = 'It is not among `access`, which takes no entry that neither has a role nor groups nor a user name of its own: give it one of them.';

function accessOf({ principalArn, policies, kubernetesGroups, username }: ConvertedAwsAuth['entries'][number]): ConvertedAwsAuth['access'][number] {
  return {
    principalArn,
    ...(policies.length === 0 ? {} : { role: 'admin' as const }),
    ...(kubernetesGroups.length === 0 ? {} : { kubernetesGroups }),
    ...(username === undefined ? {} : { username }),
  };
}

/** The last mapping of an ARN is the one in force: those before it never counted. */
function lastOfEach(converted: readonly Converted[]): { readonly inForce: readonly Converted[]; readonly overridden: readonly NotConverted[] } {
  const last = new Map(converted.map((one, index) => [keyOf(one, index), index]));
  const [inForce, overridden] = [[] as Converted[], [] as NotConverted[]];
  for (const [index, one] of converted.entries()) {
    if (last.get(keyOf(one, index)) === index) inForce.push(one);
    else overridden.push({ subject: one.subject, because: 'The ARN is mapped again further down, and the last mapping is the one in force: this one does nothing.' });
  }
  return { inForce, overridden };
}

function keyOf(one: Converted, index: number): string {
  return one.arn === undefined ? `nameless ${index}` : one.arn.toLowerCase();
}

function accountNotConverted(account: unknown): NotConverted {
  const subject = typeof account === 'string' ? `account ${account}`.slice(0, 200) : 'a member of mapAccounts';
  return {
    subject,
    because: 'mapAccounts lets every principal of an account in under its ARN as user name. An access entry is for one principal: make one for each that has to get in, or for one role that they assume.',
  };
}

const KNOWN_DATA = new Set(['mapRoles', 'mapUsers', 'mapAccounts']);

function unknownData(data: Readonly<Record<string, unknown>>): NotConverted[] {
  return Object.keys(data)
    .filter((name) => !KNOWN_DATA.has(name))
    .map((name) => ({ subject: `data.${name}`.slice(0, 200), because: 'EKS reads mapRoles, mapUsers and mapAccounts; this does nothing there.' }));
}

/** The data of the ConfigMap: of the object itself, of one in a List, or the data alone. A sentence where it is none. */
function dataOf(documents: readonly unknown[]): Readonly<Record<string, unknown>> | string | undefined {
  const objects = documents.filter(isObject).flatMap((object) => (Array.isArray(object['items']) ? object['items'].filter(isObject) : [object]));
  const [named, another] = objects.filter((object) => object['kind'] === 'ConfigMap' && isObject(object['metadata']) && object['metadata']['name'] === 'aws-auth' && [undefined, 'kube-system'].includes(object['metadata']['namespace'] as string | undefined));
  if (another !== undefined) return 'There is more than one ConfigMap aws-auth in it: send the one of the cluster';
  if (named !== undefined) return named['data'] === undefined || named['data'] === '' ? {} : isObject(named['data']) ? named['data'] : 'Its data is no object';
  const bare = objects.find((object) => object['kind'] === undefined && Object.keys(object).some((name) => KNOWN_DATA.has(name)));
  return bare;
}

/** A list within the ConfigMap, which holds it as text, once more in YAML. A sentence where it is no list. */
function listOf(value: unknown, read: ReadYaml): unknown[] | string {
  if (value === undefined || value === '' || value === null) return [];
  if (Array.isArray(value)) return value;
  if (typeof value !== 'string') return 'Not a list, nor the text of one';
  // What the authenticator takes for nothing.
  if (['', '``', '""'].includes(value.trim())) return [];
  const text = read(value);
  if (text.kind === 'unread') return text.because;
  const [list, ...more] = text.documents;
  if (list === undefined || list === '' || list === null) return [];
  return Array.isArray(list) && more.length === 0 ? list : 'Not the text of one list';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function broken(because: string): Refusal {
  return refuse('rules-broken', `configMap: ${because}.`, { errors: [{ path: 'configMap', message: because }], remedy: 'Send what `kubectl get configmap aws-auth -n kube-system -o yaml` tells.' });
}
