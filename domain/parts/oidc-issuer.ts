import type { RoleDocument } from './resource.ts';

/** Stands for the cluster's OpenID Connect issuer, without its scheme, in what is compiled before the cluster is there. */
export const OIDC_ISSUER = '{oidc-issuer}';

/** Whether a trust policy is of the cluster's own provider. */
export function asksForIssuer(trust: RoleDocument): boolean {
  return JSON.stringify(trust).includes(OIDC_ISSUER);
}

/** The trust policy as JSON, with the issuer in its place. */
export function trustText(trust: RoleDocument, issuer: string | undefined): string {
  const text = JSON.stringify(trust);
  return issuer === undefined ? text : text.replaceAll(OIDC_ISSUER, issuer);
}
