import { createHmac } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportJWK, exportSPKI, generateKeyPair, SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Keys } from './keys.ts';
import { type TokenClaims, Tokens } from './tokens.ts';

const start = Date.UTC(2026, 0, 5, 10);
const dispatcher: TokenClaims = { subject: 'asha', role: 'DISPATCHER', agency: 'demo' };
let folder: string;
let now: number;
let keys: Keys;
let tokens: Tokens;

beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'vantrail-keys-')), 'keys');
  now = start;
  keys = new Keys(folder, () => now);
  await keys.open();
  tokens = new Tokens({ keys, now: () => now });
});
afterEach(() => rm(join(folder, '..'), { recursive: true }));

/** A token that differs from a good one where the test says so, signed with our own newest key unless told otherwise. */
async function forged(
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  key?: Parameters<SignJWT['sign']>[0],
): Promise<string> {
  const own = await keys.newest();
  const seconds = Math.floor(now / 1000);
  const good = { iss: 'vantrail', aud: 'vantrail', sub: 'asha', role: 'DISPATCHER', agency: 'demo' };
  return new SignJWT({ ...good, iat: seconds, exp: seconds + 900, ...claims })
    .setProtectedHeader({ alg: 'EdDSA', kid: own.id, ...header })
    .sign(key ?? own.private);
}
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('tokens', () => {
  it('say who the caller is', async () => {
    expect(await tokens.verify(await tokens.sign(dispatcher, 60))).toEqual({
      role: 'DISPATCHER',
      agency: 'demo',
      subject: 'asha',
      scopes: new Set(),
      expiresAt: start + 60_000,
    });
    const service = { subject: 'erp', role: 'INTERNAL_SERVICE', agency: 'demo', scopes: ['positions:read'] } as const;
    expect((await tokens.verify(await tokens.sign(service)))?.scopes).toEqual(new Set(['positions:read']));
    expect(await tokens.verify(await forged())).not.toBeNull();
  });

  it('expire', async () => {
    const token = await tokens.sign(dispatcher, 60);
    now = start + 64_000;
    expect(await tokens.verify(token)).not.toBeNull();
    now = start + 66_000;
    expect(await tokens.verify(token)).toBeNull();
  });

  it('live at most 15 minutes, whoever signed them', async () => {
    await expect(tokens.sign(dispatcher, 901)).rejects.toThrow(RangeError);
    await expect(tokens.sign(dispatcher, 0)).rejects.toThrow(RangeError);
    const seconds = start / 1000;
    expect(await tokens.verify(await forged({ exp: seconds + 901 }))).toBeNull();
    expect(await tokens.verify(await forged({ exp: seconds + 86_400 }))).toBeNull();
  });

  it.each<[string, Record<string, unknown>]>([
    ['issuer', { iss: 'someone' }],
    ['audience', { aud: 'another' }],
    ['no issuer', { iss: undefined }],
    ['no audience', { aud: undefined }],
    ['no expiry', { exp: undefined }],
    ['no time of issue', { iat: undefined }],
    ['issued in the future', { iat: start / 1000 + 60 }],
    ['not valid yet', { nbf: start / 1000 + 60 }],
    ['no subject', { sub: undefined }],
    ['unknown role', { role: 'ROOT' }],
    ['no agency', { agency: undefined }],
    ['agency that cannot be one', { agency: '../other' }],
    ['scope of a wrong type', { scope: 7 }],
    ['session of a wrong type', { sid: 7 }],
    ['generation below zero', { gen: -1 }],
  ])('are refused with a wrong claim: %s', async (_name, claims) => {
    expect(await tokens.verify(await forged(claims))).toBeNull();
  });

  it('are refused under another key, even with our key id', async () => {
    const other = await generateKeyPair('EdDSA', { crv: 'Ed25519' });
    expect(await tokens.verify(await forged({}, {}, other.privateKey))).toBeNull();
    expect(await tokens.verify(await forged({}, { kid: 'unknown' }))).toBeNull();
    expect(await tokens.verify(await forged({}, { kid: undefined }))).toBeNull();
    expect(await tokens.verify(await forged({}, { kid: '__proto__' }))).toBeNull();
  });

  it('bring no key of their own', async () => {
    const other = await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true });
    const jwk = await exportJWK(other.publicKey);
    expect(await tokens.verify(await forged({}, { jwk }, other.privateKey))).toBeNull();
    expect(await tokens.verify(await forged({}, { kid: 'x', jwk }, other.privateKey))).toBeNull();
  });

  it('are refused unsigned, and with our public key as an HMAC secret', async () => {
    const [, payload = ''] = (await forged()).split('.');
    const own = await keys.newest();
    expect(await tokens.verify(`${part({ alg: 'none', kid: own.id })}.${payload}.`)).toBeNull();
    const jwk = await exportJWK(own.public);
    const secrets = [await exportSPKI(own.public), Buffer.from(String(jwk.x), 'base64url'), JSON.stringify(jwk)];
    for (const secret of secrets) {
      const signed = `${part({ alg: 'HS256', kid: own.id })}.${payload}`;
      const signature = createHmac('sha256', secret).update(signed).digest('base64url');
      expect(await tokens.verify(`${signed}.${signature}`)).toBeNull();
    }
  });

  it('are refused when one character was changed', async () => {
    const [header = '', payload = '', signature = ''] = (await tokens.sign(dispatcher)).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
    expect(await tokens.verify(`${header}.${part({ ...claims, role: 'ADMIN' })}.${signature}`)).toBeNull();
    const flipped = (signature[5] === 'A' ? 'B' : 'A') + signature.slice(6);
    expect(await tokens.verify(`${header}.${payload}.${signature.slice(0, 5)}${flipped}`)).toBeNull();
  });

  it('are refused once whom they speak for may not come in any more', async () => {
    const gone = new Set<string>();
    const asked = new Tokens({ keys, stands: ({ sid, gen }) => !gone.has(`${sid} ${gen}`), now: () => now });
    const token = await asked.sign({ ...dispatcher, session: 's1', generation: 3 });
    expect(await asked.verify(token)).toMatchObject({ session: 's1', generation: 3 });
    gone.add('s1 3');
    expect(await asked.verify(token)).toBeNull();
    expect(await asked.verify(await asked.sign({ ...dispatcher, session: 's2', generation: 3 }))).not.toBeNull();
  });

  it.each(['', '.', '..', 'a.b.c', 'x'.repeat(5000), `${'.'.repeat(4000)}`, '💥.💥.💥'])(
    'are refused when they are no tokens: %.20s',
    async (text) => {
      expect(await tokens.verify(text)).toBeNull();
    },
  );
});

describe('keys', () => {
  it('are made on the first start, for the owner alone, and kept', async () => {
    const names = await readdir(folder);
    expect(names).toHaveLength(1);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, names[0] ?? ''))).mode & 0o777).toBe(0o600);
    const again = new Keys(folder, () => now);
    await again.open();
    expect(await readdir(folder)).toEqual(names);
    expect(await new Tokens({ keys: again, now: () => now }).verify(await tokens.sign(dispatcher))).not.toBeNull();
  });

  it('rotate: the newest signs, all verify, and a running daemon takes a new one up', async () => {
    const old = await tokens.sign(dispatcher);
    now += 2000;
    const beside = new Keys(folder, () => now);
    await beside.open();
    const id = await beside.add();
    const fresh = await new Tokens({ keys: beside, now: () => now }).sign(dispatcher);
    // File systems keep times of a few ms; make sure that the folder's differs.
    await utimes(folder, new Date(now), new Date(now));
    now += 2000;
    expect(await tokens.verify(fresh)).not.toBeNull();
    expect(await tokens.verify(old)).not.toBeNull();
    expect((await keys.newest()).id).toBe(id);
  });

  it('verify nothing once they are removed', async () => {
    const old = await tokens.sign(dispatcher);
    now += 10;
    await keys.add();
    expect(await keys.removeOld()).toHaveLength(1);
    expect(await tokens.verify(old)).toBeNull();
    expect(await tokens.verify(await tokens.sign(dispatcher))).not.toBeNull();
  });

  it('name the file that is none', async () => {
    const [name = ''] = await readdir(folder);
    const jwk = JSON.parse(await readFile(join(folder, name), 'utf8'));
    const { writeFile } = await import('node:fs/promises');
    await writeFile(join(folder, 'zz.jwk'), JSON.stringify({ ...jwk, d: undefined }));
    await expect(new Keys(folder).open()).rejects.toThrow(/zz\.jwk is no signing key: not an Ed25519/);
  });
});
