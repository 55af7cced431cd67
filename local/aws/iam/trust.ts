import { roleOfArn } from '../arn.ts';
import { MalformedPolicy } from '../policy-document.ts';
import type { PolicyDocument } from '../policy-document.ts';
import { parsedTrust } from './records.ts';
import type { IamRecords, RoleRecord } from './records.ts';

/**
 * IAM keeps the unique id behind each role that a trust policy names. A role of the same name made later has another
 * id and is not trusted; the policy then shows the dead id. Throws MalformedPolicy when a named role does not exist.
 * Source: IAM User Guide, "AWS JSON policy elements: Principal", on roles.
 */
export function trustedRoleIds(iam: IamRecords, text: string): Record<string, string> {
  const named = namedRoles(parsedTrust(text));
  return Object.fromEntries(
    named.map((arn) => {
      const parts = roleOfArn(arn);
      const role = parts === undefined ? undefined : iam.role(parts.accountId, parts.name);
      if (role === undefined || role.arn !== arn) throw new MalformedPolicy(`Invalid principal in policy: "AWS":"${arn}"`);
      return [arn, role.roleId];
    }),
  );
}

/** The trust policy as it stands now: roles that are gone appear by their dead id. */
export function trustText(iam: IamRecords, role: RoleRecord): string {
  let text = role.trust;
  for (const [arn, roleId] of Object.entries(role.trustedRoleIds)) {
    const parts = roleOfArn(arn);
    if (parts !== undefined && iam.role(parts.accountId, parts.name)?.roleId !== roleId) text = text.replaceAll(`"${arn}"`, `"${roleId}"`);
  }
  return text;
}

export function trustDocument(iam: IamRecords, role: RoleRecord): PolicyDocument {
  return parsedTrust(trustText(iam, role));
}

function namedRoles(document: PolicyDocument): string[] {
  const values = document.statements.flatMap(({ principals }) => (principals ?? []).filter(({ type }) => type === 'AWS').map(({ value }) => value));
  return [...new Set(values.filter((value) => value.includes(':role/')))];
}
