import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, SignJWT, type JSONWebKeySet, type JWK } from 'jose';
import { ROLES, type Role } from '../domain/caller.ts';

/** Whose tokens the rehearsal stage believes, and for whom they are. */
export const TOKEN_ISSUER = 'https://slipway.local/';
export const TOKEN_AUDIENCE = 'slipway';
const TOKEN_HOURS = 12;

/** One key for the repository, whichever data directory a stage has: a token outlives a restart with another. */
const KEY_FILE = resolve(import.meta.dirname, '../.slipway/dev-key.json');

/** The key that development tokens are signed with, made by whoever needs it first. `jwks` holds its public half. */
export async function developmentKeys(file = KEY_FILE): Promise<{ readonly jwks: JSONWebKeySet; readonly privateKey: JWK }> {
  const privateKey = readKey(file) ?? (await makeKey(file));
  const { d: _secret, ...publicKey } = privateKey;
  return { jwks: { keys: [publicKey] }, privateKey };
}

/** A signed token. Its times are the machine's own: tokens know nothing of the stage's clock. */
export async function mintToken(claims: { readonly sub: string; readonly role: Role; readonly team?: string; readonly ttlSeconds?: number }): Promise<string> {
  const { privateKey } = await developmentKeys();
  const { sub, role, team, ttlSeconds = TOKEN_HOURS * 3600 } = claims;
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({ role, ...(team === undefined ? {} : { team }) })
    .setProtectedHeader({ alg: 'ES256', kid: String(privateKey.kid), typ: 'JWT' })
    .setSubject(sub)
    .setIssuer(TOKEN_ISSUER)
    .setAudience(TOKEN_AUDIENCE)
    .setIssuedAt(now)
    .setExpirationTime(now + ttlSeconds)
    .sign(await importJWK(privateKey, 'ES256'));
}

function readKey(file: string): JWK | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as JWK;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`The development key in ${file} cannot be read. Remove it, and a new one is made.`, { cause: error });
  }
}

/** Written whole under another name and then linked: of two who make it at once one wins, and both use that one's. */
async function makeKey(file: string): Promise<JWK> {
  const pair = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(pair.privateKey);
  const key: JWK = { ...jwk, alg: 'ES256', use: 'sig', kid: await calculateJwkThumbprint(jwk) };
  const draft = `${file}.${randomBytes(8).toString('hex')}`;
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(draft, JSON.stringify(key), { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft);
  }
  return readKey(file) ?? key;
}

const USAGE = `Usage: npm run -s token -- --role ${ROLES.join('|')} [--team TEAM] [--sub NAME]

Prints a token for the rehearsal stage that is good for ${TOKEN_HOURS} hours. Without --team it is good for all teams.
--sub is who asks; your own name when not given.
`;

/** What the command line asks for, or undefined when it makes no sense. */
export function readFlags(args: readonly string[], user: string): { sub: string; role: Role; team?: string } | undefined {
  try {
    const { values } = parseArgs({ args: [...args], options: { role: { type: 'string' }, team: { type: 'string' }, sub: { type: 'string' } }, allowPositionals: false });
    const { role, team, sub = user } = values;
    const known = ROLES.find((candidate) => candidate === role);
    if (known === undefined || !/^[^\p{Cc}]{1,128}$/u.test(sub)) return undefined;
    if (team !== undefined && !/^[0-9A-Za-z]([0-9A-Za-z._-]{0,61}[0-9A-Za-z])?$/.test(team)) return undefined;
    return { sub, role: known, ...(team === undefined ? {} : { team }) };
  } catch {
    return undefined;
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run as a user id that has no name.
    return 'developer';
  }
}

if (import.meta.main) {
  const asked = readFlags(process.argv.slice(2), userName());
  if (asked === undefined) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
  } else {
    process.stdout.write(`${await mintToken(asked)}\n`);
  }
}
