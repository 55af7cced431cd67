/** IAM principals as access entries take them (source: EKS user guide, Create access entries). */

export interface Principal {
  readonly partition: string;
  readonly accountId: string;
  readonly kind: 'role' | 'user';
  /** `/`, or `/team/apps/`. */
  readonly path: string;
  readonly name: string;
}

/** The parts of a role's or user's ARN; undefined for any other. */
export function principalOf(arn: string): Principal | undefined {
  const [, partition, accountId, kind, path = '', name] = /^arn:([a-z-]+):iam::(\d{12}):(role|user)\/((?:[^/]+\/)*)([^/]+)$/.exec(arn) ?? [];
  if (partition === undefined || accountId === undefined || name === undefined) return undefined;
  return { partition, accountId, kind: kind as Principal['kind'], path: `/${path}`, name };
}

/** The role behind the ARN of a session, as far as that tells it: an assumed role's ARN has no path. Undefined for any other ARN. */
export function sessionRoleOf(arn: string): string | undefined {
  const [, partition, accountId, name] = /^arn:([a-z-]+):sts::(\d{12}):assumed-role\/([^/]+)(?:\/.*)?$/.exec(arn) ?? [];
  return name === undefined ? undefined : `arn:${partition}:iam::${accountId}:role/${name}`;
}

const RESERVED_PREFIXES = ['system:', 'eks:', 'aws:', 'amazon:', 'iam:'];

/** The prefix that a group or user name must not begin with, where it does (source: EKS user guide, Create access entries). */
export function reservedPrefixOf(name: string): string | undefined {
  return RESERVED_PREFIXES.find((prefix) => name.startsWith(prefix));
}

const SESSION_TEMPLATE = /\{\{(SessionName|SessionNameRaw)\}\}/;

/** Why an access entry does not take a user name, in a sentence; undefined when it does. */
export function userNameFault(username: string): string | undefined {
  const prefix = reservedPrefixOf(username);
  if (prefix !== undefined) return `A user name must not begin with ${prefix}.`;
  const template = SESSION_TEMPLATE.exec(username);
  if (username.replace(SESSION_TEMPLATE, '').includes('{{')) return 'A user name takes the template {{SessionName}} or {{SessionNameRaw}}, once, and no other.';
  if (template !== null && !username.slice(0, template.index).includes(':')) return `A colon must come before ${template[0]}.`;
  return undefined;
}
