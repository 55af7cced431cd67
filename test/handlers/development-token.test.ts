import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { developmentKeys, mintToken, readFlags, TOKEN_AUDIENCE, TOKEN_ISSUER } from '../../local/token.ts';

const directory = mkdtempSync(join(tmpdir(), 'slipway-key-'));
after(() => rmSync(directory, { recursive: true }));

describe('a development token', () => {
  it('says who, what and where, and is good for twelve hours', async () => {
    const { jwks } = await developmentKeys();
    const { payload, protectedHeader } = await jwtVerify(await mintToken({ sub: 'ada', role: 'operator', team: 'payments' }), createLocalJWKSet(jwks), { issuer: TOKEN_ISSUER, audience: TOKEN_AUDIENCE });
    assert.deepEqual([payload.sub, payload['role'], payload['team'], (payload.exp ?? 0) - (payload.iat ?? 0)], ['ada', 'operator', 'payments', 12 * 3600]);
    assert.deepEqual([protectedHeader.alg, protectedHeader.kid], ['ES256', jwks.keys[0]?.kid]);
  });

  it('names no team for all teams', async () => {
    const { jwks } = await developmentKeys();
    const { payload } = await jwtVerify(await mintToken({ sub: 'ada', role: 'viewer', ttlSeconds: 60 }), createLocalJWKSet(jwks));
    assert.ok(!('team' in payload));
  });
});

describe('the development key', () => {
  it('is one, whoever makes it first, and readable by its owner alone', async () => {
    const file = join(directory, 'made/dev-key.json');
    const made = await Promise.all(Array.from({ length: 8 }, () => developmentKeys(file)));
    assert.equal(new Set(made.map(({ privateKey }) => privateKey.kid)).size, 1);
    assert.equal((await developmentKeys(file)).privateKey.kid, made[0]?.privateKey.kid);
    assert.equal(statSync(file).mode & 0o777, 0o600);
  });

  it('shows only its public half', async () => {
    const file = join(directory, 'public/dev-key.json');
    const { jwks } = await developmentKeys(file);
    const secret = (JSON.parse(readFileSync(file, 'utf8')) as { d: string }).d;
    assert.ok(secret.length > 40 && !JSON.stringify(jwks).includes(secret));
  });

  it('that cannot be read is not made anew behind one\'s back', async () => {
    const file = join(directory, 'broken.json');
    writeFileSync(file, '{');
    await assert.rejects(developmentKeys(file), /cannot be read/);
  });
});

describe('the flags of npm run token', () => {
  it('say role, team and name', () => {
    assert.deepEqual(readFlags(['--role', 'operator', '--team', 'payments', '--sub', 'grace'], 'ada'), { sub: 'grace', role: 'operator', team: 'payments' });
    assert.deepEqual(readFlags(['--role=admin'], 'ada'), { sub: 'ada', role: 'admin' });
  });

  it('that make no sense are refused', () => {
    for (const flags of [[], ['--role'], ['--role', 'root'], ['--role', 'admin', '--team', ''], ['--role', 'admin', '--team', 'a b'], ['--role', 'admin', '--sub', ''], ['--role', 'admin', '--sub', 'a'.repeat(129)], ['--role', 'admin', '--colour', 'red'], ['admin']]) {
      assert.equal(readFlags(flags, 'ada'), undefined, flags.join(' '));
    }
  });
});
