import { roleNameFor } from '../parts/role-name.ts';
import { roleArnIn, type RoleStatement } from '../parts/resource.ts';
import { podIdentityTrust, targetRoleTrust } from '../policies/trust.ts';
import { RoleArn } from '../request-words.ts';

/** Where the pods run, as far as it was told. */
export interface Home {
  readonly accountId?: string;
  readonly region?: string;
  readonly cluster?: { readonly clusterId: string; readonly name: string };
}

/** The role that an annotation names, as kube2iam reads it: a whole ARN, or a name, perhaps with its path, behind the base ARN (source: kube2iam README, options). */
export function roleOf(text: string, { accountId }: Home): { readonly roleArn: string } | { readonly because: string } {
  const trimmed = text.trim();
  if (!trimmed.startsWith('arn:')) {
    if (!/^\/?[\w+=,.@/-]+$/.test(trimmed)) return { because: `\`${trimmed.slice(0, 100)}\` is not the name of a role.` };
    if (accountId === undefined) return { because: `\`${trimmed.slice(0, 100)}\` is a role's name without its account: ask again with accountId or clusterId.` };
    return checked(`arn:aws:iam::${accountId}:role/${trimmed.replace(/^\//, '')}`);
  }
  return checked(trimmed);
}

function checked(roleArn: string): { readonly roleArn: string } | { readonly because: string } {
  return RoleArn.safeParse(roleArn).success ? { roleArn } : { because: `\`${roleArn.slice(0, 200)}\` is not the ARN of a role.` };
}

export function accountOf(roleArn: string): string {
  return roleArn.split(':')[4] ?? '';
}

/** The statements that a role's trust needs for a service account, beside what is there. Of what is not known of the cluster nothing is asked. */
export function trustFor(roleArn: string, { namespace, serviceAccount }: { readonly namespace: string; readonly serviceAccount: string }, home: Home): readonly RoleStatement[] {
  const accountId = home.accountId ?? accountOf(roleArn);
  const place = { accountId, region: home.region ?? '', clusterName: home.cluster?.name ?? '', namespace, serviceAccount };
  const known = home.region !== undefined && home.cluster !== undefined;
  const foreign = accountOf(roleArn) !== accountId;
  if (foreign && home.cluster === undefined) return [];
  const trust = foreign && home.cluster !== undefined ? targetRoleTrust(place, roleArnIn(accountId, roleNameFor(home.cluster, namespace, serviceAccount)), true) : podIdentityTrust(place, true);
  return trust.Statement.map(({ Sid: _sid, ...statement }) => (known ? statement : withoutCluster(statement)));
}

function withoutCluster(statement: RoleStatement): RoleStatement {
  const conditions = Object.entries(statement.Condition ?? {}).map(([operator, keys]) => [operator, Object.fromEntries(Object.entries(keys).filter(([key]) => key !== 'aws:RequestTag/eks-cluster-arn'))]);
  return { ...statement, Condition: Object.fromEntries(conditions) as NonNullable<RoleStatement['Condition']> };
}

/** Whether a namespace lets pods have the role, by kube2iam's list of globs of names or ARNs; undefined where that is not told in this form (source: kube2iam README, namespace restrictions). */
export function isAllowed(allowed: string | undefined, roleArn: string): boolean | undefined {
  if (allowed === undefined) return undefined;
  let list: unknown;
  try {
    list = JSON.parse(allowed);
  } catch {
    return undefined;
  }
  if (!Array.isArray(list) || !list.every((item): item is string => typeof item === 'string')) return undefined;
  const name = roleArn.slice(roleArn.indexOf(':role/') + ':role/'.length);
  return list.some((glob) => [roleArn, name, `/${name}`].some((text) => fits(glob, text)));
}

const GLOB_CHARACTERS_MAX = 700;

/** `*` for any characters. Piece by piece from the left, so that many stars cost no more than the text is long. */
function fits(glob: string, text: string): boolean {
  if (glob.length > GLOB_CHARACTERS_MAX) return false;
  const [first = '', ...rest] = glob.split('*');
  if (rest.length === 0) return glob === text;
  if (!text.startsWith(first)) return false;
  const last = rest.pop() ?? '';
  let from = first.length;
  for (const piece of rest) {
    const at = text.indexOf(piece, from);
    if (at < 0) return false;
    from = at + piece.length;
  }
  return text.length - from >= last.length && text.endsWith(last);
}
