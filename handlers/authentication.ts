import { createRemoteJWKSet, errors, jwtVerify, type JWTVerifyGetKey } from 'jose';
import * as z from 'zod';
import { ROLES, type Caller } from '../domain/caller.ts';
import { Team, text } from '../domain/request-words.ts';
import { problem, type Problem } from './problems.ts';
import { setting } from './settings.ts';

/** How far the token's maker's clock and ours may be apart. Tokens follow the machine's own clock, on the stage too. */
const CLOCK_TOLERANCE_SECONDS = 10;
/** A token longer than this is no token of ours; it is not even decoded. */
const TOKEN_CHARACTERS_MAX = 8192;
const KEYS_KEPT_SECONDS = 600;
/** How long an unknown key id is believed to be unknown before the keys are fetched again. */
const KEYS_COOLDOWN_SECONDS = 30;
const KEYS_FETCH_SECONDS = 3;

/** The claims that say who, what and where. Anything else in them is not believed: a wrong `team` must not become "all teams". */
const Claims = z.object({ sub: text(128), role: z.enum(ROLES), team: Team.optional() });

/** The caller behind an Authorization header, or why there is none. */
export async function authenticate(authorization: string | undefined): Promise<Caller | Problem> {
  if (authorization === undefined) return unauthenticated('The request carries no token.', '');
  const token = /^Bearer +([\w.~+/=-]+) *$/i.exec(authorization)?.[1];
  if (token === undefined || token.length > TOKEN_CHARACTERS_MAX) return unauthenticated('The Authorization header is not a bearer token.');
  try {
    const { payload } = await jwtVerify(token, keyOf(setting('SLIPWAY_JWKS_URL')), {
      algorithms: ['RS256', 'ES256'],
      issuer: setting('SLIPWAY_TOKEN_ISSUER'),
      audience: setting('SLIPWAY_TOKEN_AUDIENCE'),
      requiredClaims: ['exp', 'sub'],
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
    });
    const claims = Claims.safeParse(payload);
    if (!claims.success) return unauthenticated(`The token's claims are not as they must be: ${claims.error.issues.map((issue) => issue.path.join('.')).join(', ')}.`);
    const { sub, role, team } = claims.data;
    return { sub, role, ...(team === undefined ? {} : { team }) };
  } catch (error) {
    return whyNot(error);
  }
}

let keys: { readonly url: string; readonly get: JWTVerifyGetKey } | undefined;

/** The issuer's keys, fetched once and kept while the function is warm. A token must name its key. */
function keyOf(url: string): JWTVerifyGetKey {
  if (keys?.url !== url) {
    const remote = createRemoteJWKSet(new URL(url), {
      cacheMaxAge: KEYS_KEPT_SECONDS * 1000,
      cooldownDuration: KEYS_COOLDOWN_SECONDS * 1000,
      timeoutDuration: KEYS_FETCH_SECONDS * 1000,
    });
    const get: JWTVerifyGetKey = (header, jws) => {
      if (typeof header.kid !== 'string') throw new errors.JWKSNoMatchingKey('The token names no key.');
      return remote(header, jws);
    };
    keys = { url, get };
  }
  return keys.get;
}

/** What jose calls a thing that is wrong with the token, said to its bearer. */
const REASONS: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: 'The token has expired.',
  ERR_JWT_CLAIM_VALIDATION_FAILED: 'The token is not for this service, not from its issuer, or not valid yet.',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'The signature of the token is not valid.',
  ERR_JWKS_NO_MATCHING_KEY: 'The token was signed with a key that is not known here.',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'The token was signed with a key that is not known here.',
  ERR_JOSE_ALG_NOT_ALLOWED: 'The token must be signed with RS256 or ES256.',
  ERR_JOSE_NOT_SUPPORTED: 'The token must be signed with RS256 or ES256.',
  ERR_JWS_INVALID: 'The token is malformed.',
  ERR_JWT_INVALID: 'The token is malformed.',
};

function whyNot(error: unknown): Problem {
  const reason = error instanceof errors.JOSEError ? REASONS[error.code] : undefined;
  if (reason !== undefined) return unauthenticated(reason);
  // Whatever is no fault of the token is one of fetching the keys, and says nothing about the token.
  if (isKeyFault(error)) return problem('keys-unavailable', 'The keys of the token issuer could not be fetched.');
  throw error;
}

function isKeyFault(error: unknown): boolean {
  if (error instanceof errors.JOSEError) return true;
  return error instanceof TypeError || (error instanceof Error && ['AbortError', 'TimeoutError', 'SyntaxError'].includes(error.name));
}

function unauthenticated(detail: string, flaw = ', error="invalid_token"'): Problem {
  return problem('unauthenticated', detail, { headers: { 'www-authenticate': `Bearer realm="slipway"${flaw}` } });
}
