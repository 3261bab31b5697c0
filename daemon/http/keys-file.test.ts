import { chmod, copyFile, mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeysFile } from './keys-file.ts';
import { type TokenClaims, Tokens } from './tokens.ts';

const dispatcher: TokenClaims = { subject: 'asha', role: 'DISPATCHER', agency: 'demo' };
let folder: string;
let file: string;
let now: number;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vantrail-keys-file-'));
  file = join(folder, 'keys.json');
  now = Date.UTC(2026, 0, 5, 10);
});
afterEach(() => rm(folder, { recursive: true }));

/** A daemon's view of the file. */
function daemon(path = file) {
  const warnings: string[] = [];
  const keys = new KeysFile(path, { now: () => now, warn: (message) => warnings.push(message) });
  return { keys, warnings, tokens: new Tokens({ keys, now: () => now }) };
}
const mode = async (path: string) => (await stat(path)).mode & 0o777;
const kidsOf = async () =>
  (JSON.parse(await readFile(file, 'utf8')) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid);

describe('a keys file', () => {
  it('is made with its first key, for the owner alone, and shared by daemons', async () => {
    const id = await daemon().keys.add();
    expect([await mode(file), await kidsOf()]).toEqual([0o600, [id]]);
    const [one, two] = [daemon(), daemon()];
    await Promise.all([one.keys.open(), two.keys.open()]);
    expect(await two.tokens.verify(await one.tokens.sign(dispatcher))).toMatchObject({ subject: 'asha' });
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({
      keys: [{ kty: 'OKP', crv: 'Ed25519', alg: 'EdDSA', kid: id }],
    });
  });

  it('is read again when it changes: the last key signs, all verify, a removed one does not', async () => {
    await daemon().keys.add();
    const running = daemon();
    await running.keys.open();
    const old = await running.tokens.sign(dispatcher);
    now += 1000;
    const added = await daemon().keys.add();
    expect(await kidsOf()).toHaveLength(2);
    expect((await running.keys.newest()).id).toBe(added);
    expect(await running.tokens.verify(old)).not.toBeNull();
    now += 1000;
    const fresh = await running.tokens.sign(dispatcher);
    expect(await daemon().keys.removeOld()).toHaveLength(1);
    now += 1000;
    expect(await running.tokens.verify(old)).toBeNull();
    expect(await running.tokens.verify(fresh)).not.toBeNull();
    expect(await daemon().keys.removeOld()).toEqual([]);
  });

  it('knows a key that another daemon signs with this very moment', async () => {
    await daemon().keys.add();
    const running = daemon();
    await running.keys.open();
    await daemon().keys.add();
    const token = await daemon().tokens.sign(dispatcher);
    expect(await running.tokens.verify(token)).not.toBeNull();
  });

  it('may be a copy that gets a new key before that key signs', async () => {
    await daemon().keys.add();
    const copy = join(folder, 'copy.json');
    await copyFile(file, copy);
    const here = daemon(copy);
    await daemon().keys.add();
    const { keys } = JSON.parse(await readFile(file, 'utf8')) as { keys: object[] };
    await writeFile(file, JSON.stringify({ keys: keys.toReversed() }));
    await copyFile(file, copy);
    const there = daemon();
    expect(await here.tokens.verify(await there.tokens.sign(dispatcher))).not.toBeNull();
    await writeFile(file, JSON.stringify({ keys }));
    now += 1000;
    expect(await here.tokens.verify(await there.tokens.sign(dispatcher))).not.toBeNull();
  });

  it('keeps the rights of its group, and its name when that points elsewhere', async () => {
    await daemon().keys.add();
    await chmod(file, 0o640);
    const link = join(folder, 'link.json');
    await symlink('keys.json', link);
    await daemon(link).keys.add();
    expect([await mode(file), (await kidsOf()).length]).toEqual([0o640, 2]);
    expect(await readFile(link, 'utf8')).toBe(await readFile(file, 'utf8'));
  });

  it.each([0o644, 0o660, 0o604, 0o700])('is refused with mode %o, in words', async (wrong) => {
    await daemon().keys.add();
    await chmod(file, wrong);
    const shown = `0${wrong.toString(8)}`;
    await expect(daemon().keys.open()).rejects.toThrow(
      `${file} has mode ${shown}, which is too open for keys: chmod 600 it, or 640 for a group`,
    );
    await expect(daemon().keys.add()).rejects.toThrow('chmod');
  });

  it.each([0o600, 0o640, 0o400, 0o440])('is taken with mode %o', async (right) => {
    await daemon().keys.add();
    await chmod(file, right);
    await daemon().keys.open();
  });

  it.each([
    ['{"keys": [', /is not JSON; it must be/],
    ['[]', /is no set of signing keys/],
    ['{"keys": []}', /is no set of signing keys: keys: must not have fewer than 1 items/],
    ['{"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "a"}]}', /is no set of signing keys: keys\.0/],
    ['{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "c2VjcmV0", "kid": "a"}]}', /is no set of signing keys: keys\.0/],
    [
      '{"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "c2VjcmV0", "d": "c2VjcmV0", "kid": "a"}]}',
      /key a is no Ed25519/,
    ],
  ])('is refused when it says %s', async (text, message) => {
    await writeFile(file, text, { mode: 0o600 });
    const error: unknown = await daemon()
      .keys.open()
      .catch((thrown: unknown) => thrown);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain('c2VjcmV0');
  });

  it('is refused with two keys of one id', async () => {
    await daemon().keys.add();
    const { keys } = JSON.parse(await readFile(file, 'utf8')) as { keys: { kid: string }[] };
    await writeFile(file, JSON.stringify({ keys: [...keys, ...keys] }));
    await expect(daemon().keys.open()).rejects.toThrow(`has two keys with the kid ${keys[0]?.kid}`);
  });

  it('is asked for where there is none', async () => {
    await expect(daemon().keys.open()).rejects.toThrow(
      /cannot be read: ENOENT.*--keys-file FILE --rotate-key makes one/,
    );
    await expect(daemon().keys.newest()).rejects.toThrow('cannot be read');
  });

  it('that became wrong or is gone leaves a daemon its keys, and is told once', async () => {
    await daemon().keys.add();
    const { keys, tokens, warnings } = daemon();
    await keys.open();
    const token = await tokens.sign(dispatcher);
    const aside = join(folder, 'aside.json');
    await rename(file, aside);
    for (let second = 0; second < 3; second++) {
      now += 1000;
      expect(await tokens.verify(token)).not.toBeNull();
    }
    expect(warnings).toEqual([expect.stringMatching(/^the keys are still those read before: .*ENOENT/)]);
    await writeFile(file, 'not yet whole', { mode: 0o600 });
    now += 1000;
    expect(await tokens.verify(await tokens.sign(dispatcher))).not.toBeNull();
    expect(warnings).toHaveLength(2);
    await rename(aside, file);
    now += 1000;
    expect(await tokens.verify(token)).not.toBeNull();
    expect(warnings).toHaveLength(2);
  });
});
