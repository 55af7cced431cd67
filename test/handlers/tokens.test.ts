import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { generateKeyPair } from 'jose';
import { openFrontDoor, type FrontDoor } from './front-door.ts';

let door: FrontDoor;
before(async () => {
  door = await openFrontDoor();
});
after(() => door.close());

const hourAgo = (): number => Math.floor(Date.now() / 1000) - 3600;

describe('a token', () => {
  it('is believed when it is signed with ES256 by a key of the issuer', async () => {
    assert.equal((await door.ask('GET', '/v1/clusters')).status, 200);
  });

  it('is believed when it is signed with RS256 by a key of the issuer', async () => {
    const token = await door.token({}, { alg: 'RS256', kid: 'rs' }, door.keys.rs);
    assert.equal((await door.ask('GET', '/v1/clusters', { token })).status, 200);
  });

  it('is believed whatever the letter case of the scheme', async () => {
    const answer = await door.ask('GET', '/v1/clusters', { token: null, headers: { authorization: `bearer ${await door.token()}` } });
    assert.equal(answer.status, 200);
  });

  const spoiled: Readonly<Record<string, () => Promise<string>>> = {
    'has expired': () => door.token({ exp: hourAgo() }),
    'never expires': () => door.token({ exp: undefined }),
    'is not valid yet': () => door.token({ nbf: Math.floor(Date.now() / 1000) + 3600 }),
    'is from another issuer': () => door.token({ iss: 'https://elsewhere.example/' }),
    'is for another service': () => door.token({ aud: 'elsewhere' }),
    'names nobody': () => door.token({ sub: undefined }),
    'names somebody with too long a name': () => door.token({ sub: 'a'.repeat(129) }),
    'names somebody with a line break in it': () => door.token({ sub: 'ada\nadmin' }),
    'has no role': () => door.token({ role: undefined }),
    'has a role that nobody knows': () => door.token({ role: 'root' }),
    'has several roles': () => door.token({ role: ['viewer', 'admin'] }),
    'has an empty team, which must not mean all teams': () => door.token({ team: '' }),
    'has a team that is null, which must not mean all teams': () => door.token({ team: null }),
    'has a list of teams': () => door.token({ team: ['payments'] }),
    'names no key': () => door.token({}, { kid: undefined }),
    'names a key that nobody knows': () => door.token({}, { kid: 'other' }),
    'is signed by another key under a known name': async () => door.token({}, {}, (await generateKeyPair('ES256')).privateKey),
    'is signed with the public key as if that were a secret': () => door.token({}, { alg: 'HS256' }, new TextEncoder().encode(JSON.stringify(door.keys.esPublic))),
    'is not signed at all': async () => `${Buffer.from('{"alg":"none","kid":"es"}').toString('base64url')}.${(await door.token()).split('.')[1]}.`,
    'has another payload than was signed': async () => {
      const [head, , signature] = (await door.token()).split('.');
      return `${head}.${Buffer.from(JSON.stringify({ sub: 'eve', role: 'admin' })).toString('base64url')}.${signature}`;
    },
    'is no token': () => Promise.resolve('abc'),
    'is endless': () => Promise.resolve('a'.repeat(9000)),
  };
  for (const [flaw, token] of Object.entries(spoiled)) {
    it(`is refused when it ${flaw}`, async () => {
      const answer = await door.ask('GET', '/v1/clusters', { token: await token() });
      assert.deepEqual([answer.status, answer.body.code], [401, 'unauthenticated']);
      assert.match(answer.headers['www-authenticate'] ?? '', /^Bearer .*error="invalid_token"/);
    });
  }

  it('is asked for when there is none', async () => {
    const answer = await door.ask('GET', '/v1/clusters', { token: null });
    assert.deepEqual([answer.status, answer.headers['www-authenticate']], [401, 'Bearer realm="slipway"']);
  });

  it('is not looked for in another scheme', async () => {
    assert.equal((await door.ask('GET', '/v1/clusters', { token: null, headers: { authorization: 'Basic YWRhOmFkYQ==' } })).status, 401);
  });

  it('never stands in the log', async () => {
    const token = await door.token({ sub: 'grace' });
    await door.ask('GET', '/v1/clusters', { token });
    const lines = JSON.stringify(door.logged);
    assert.ok(lines.includes('grace'));
    assert.ok(!lines.includes(token.slice(-40)));
  });
});

describe('when the keys cannot be had', () => {
  it('says 503 and not that the token is wrong', async () => {
    const url = process.env['SLIPWAY_JWKS_URL'];
    process.env['SLIPWAY_JWKS_URL'] = 'http://127.0.0.1:9/jwks.json';
    try {
      const answer = await door.ask('GET', '/v1/clusters');
      assert.deepEqual([answer.status, answer.body.code, answer.headers['retry-after']], [503, 'keys-unavailable', '5']);
    } finally {
      process.env['SLIPWAY_JWKS_URL'] = url;
    }
  });
});
