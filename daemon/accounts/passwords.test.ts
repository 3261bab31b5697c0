import { argon2Sync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { TooBusy } from '../domain/signing-in.ts';
import { weakness } from './common-passwords.ts';
import { Passwords } from './passwords.ts';

describe('passwords', () => {
  it('are hashed with Argon2id, 19 MiB, two passes, one lane, a salt of their own', async () => {
    const passwords = new Passwords();
    const [one, two] = await Promise.all([
      passwords.hash('seven green parrots'),
      passwords.hash('seven green parrots'),
    ]);
    expect(one).not.toBe(two);
    const [, name, version, cost, salt = '', hash] = one.split('$');
    expect([name, version, cost]).toEqual(['argon2id', 'v=19', 'm=19456,t=2,p=1']);
    const again = argon2Sync('argon2id', {
      message: 'seven green parrots',
      nonce: Buffer.from(salt, 'base64'),
      memory: 19_456,
      passes: 2,
      parallelism: 1,
      tagLength: 32,
    });
    expect(again.toString('base64').replace(/=+$/, '')).toBe(hash);
    expect(await passwords.matches('seven green parrots', one)).toBe(true);
    expect(await passwords.matches('seven green parrot', one)).toBe(false);
  });

  it('are the same however their letters are spelt', async () => {
    const passwords = new Passwords();
    const hash = await passwords.hash('caf\u00e9 am Morgen');
    expect(await passwords.matches('cafe\u0301 am Morgen', hash)).toBe(true);
  });

  it('of nobody cost as much and match nothing', async () => {
    const passwords = new Passwords();
    for (const kept of [
      undefined,
      '',
      '$argon2id$v=19$m=9999999,t=2,p=1$c2FsdHNhbHRzYWx0c2E$aGFzaGhhc2hoYXNoaGFzaGg',
    ]) {
      const before = passwords.count;
      expect(await passwords.matches('', kept)).toBe(false);
      expect(passwords.count).toBe(before + 1);
    }
  });

  it('are hashed a few at a time, and too many are sent away', async () => {
    const passwords = new Passwords({ running: 1, waiting: 3 });
    const answers = await Promise.allSettled(Array.from({ length: 6 }, () => passwords.hash('seven green parrots')));
    const refused = answers.filter((answer) => answer.status === 'rejected');
    expect(refused).toHaveLength(2);
    for (const { reason } of refused) expect(reason).toBeInstanceOf(TooBusy);
    expect(await passwords.hash('seven green parrots'), 'there is room again').toBeTruthy();
  });

  it('leave the main thread to others', async () => {
    const passwords = new Passwords();
    let turns = 0;
    let done = false;
    const turn = () => {
      turns++;
      if (!done) setImmediate(turn);
    };
    turn();
    await passwords.hash('seven green parrots');
    done = true;
    expect(turns).toBeGreaterThan(10);
  });
});

describe('a password will not do', () => {
  const own = { login: 'ravindra.patil', agency: 'sonagas' };
  it.each([
    ['ninechars', 'at least 10'],
    ['🛵🛵🛵🛵🛵', 'at least 10'],
    ['x'.repeat(201), 'at most 200'],
    ['abababababab', 'four different'],
    ['abcdefghijkl', 'row'],
    ['9876543210', 'row'],
    ['qwertyuiop', 'many people'],
    ['QWERTYUIOP', 'many people'],
    ['password123', 'many people'],
    ['!!Dragon2026', 'many people'],
    ['ravindra.patil', 'your name'],
    ['ravindra.patil@sonagas', 'your name'],
    ['ravindra.patil2026', 'your name'],
  ])('%s: %s', (password, why) => {
    expect(weakness(password, own)).toContain(why);
  });

  it.each(['seven green parrots', 'गैस का सिलेंडर लाओ', 'k3J-9dk2-LLx0', 'correct horse battery'])(
    'but this will: %s',
    (password) => {
      expect(weakness(password, own)).toBeUndefined();
    },
  );
});
