import { describe, expect, it } from 'vitest';
import type { AccountsView, Standing } from '../domain/account-view.ts';
import { Passwords } from './passwords.ts';
import { SignIn } from './sign-in.ts';

const right = 'seven green parrots';
const home = '192.0.2.1';

/** Asha (administrator), Dev (disabled) and the service erp, all in the agency demo; a clock set by hand. */
async function door() {
  const passwords = new Passwords();
  const hash = await passwords.hash(right);
  const standings: Record<string, Standing> = {
    asha: { role: 'ADMIN', enabled: true, scopes: [], generation: 1 },
    dev: { role: 'DISPATCHER', enabled: false, scopes: [], generation: 2 },
    erp: { role: 'INTERNAL_SERVICE', enabled: true, scopes: ['events:read'], generation: 1 },
  };
  const of = (agency: string, id: string) =>
    agency === 'demo' && Object.hasOwn(standings, id) ? standings[id] : undefined;
  const accounts: Pick<AccountsView, 'password' | 'standing' | 'byServiceKey'> = {
    password: (agency, id) => (of(agency, id) === undefined ? undefined : hash),
    standing: of,
    byServiceKey: () => undefined,
  };
  const clock = { now: 0 };
  const signIn = new SignIn({ accounts: accounts as AccountsView, passwords, monotonic: () => clock.now });
  return { signIn, passwords, clock };
}

describe('the door', () => {
  it('lets in who has name and password', async () => {
    const { signIn } = await door();
    expect(await signIn.password('asha@demo', right, home)).toEqual({
      is: 'in',
      agency: 'demo',
      id: 'asha',
      role: 'ADMIN',
    });
  });

  it.each(['nobody@demo', 'asha@nowhere', 'dev@demo', 'erp@demo', 'asha', '@', 'asha@demo@demo', '', 'toString@demo'])(
    'does the same work for %j as for a wrong password',
    async (login) => {
      const { signIn, passwords } = await door();
      const before = passwords.count;
      expect(await signIn.password('asha@demo', 'not the one', home)).toEqual({ is: 'wrong' });
      const work = passwords.count - before;
      expect(work).toBe(1);
      expect(await signIn.password(login, right, home)).toEqual({ is: 'wrong' });
      expect(passwords.count - before).toBe(2 * work);
    },
  );

  it('does not even look while an address or an account is slowed down, known or not', async () => {
    for (const login of ['asha@demo', 'nobody@demo']) {
      const { signIn, passwords, clock } = await door();
      for (let i = 0; i < 6; i++) await signIn.password(login, `guess ${i}`, `192.0.2.${i}`);
      const before = passwords.count;
      const slow = await signIn.password(login, right, '192.0.2.99');
      expect(slow).toEqual({ is: 'slow', wait: 1000 });
      expect(passwords.count).toBe(before);
      clock.now += 1000;
      expect((await signIn.password(login, right, '192.0.2.99')).is).toBe(login === 'asha@demo' ? 'in' : 'wrong');
    }
  });

  it('waits at most a minute for one account, however often it fails', async () => {
    const { signIn, clock } = await door();
    for (let i = 0; i < 30; i++) {
      clock.now += 60_000;
      await signIn.password('asha@demo', 'a guess', `198.51.100.${i}`);
    }
    const slow = await signIn.password('asha@demo', right, '203.0.113.1');
    expect(slow).toEqual({ is: 'slow', wait: 60_000 });
  });

  it('is not shut for its owner by others who fail elsewhere', async () => {
    const { signIn, clock } = await door();
    await signIn.password('asha@demo', right, home);
    for (let i = 0; i < 30; i++) {
      clock.now += 60_000;
      await signIn.password('asha@demo', 'a guess', `198.51.100.${i}`);
    }
    expect((await signIn.password('asha@demo', right, home)).is).toBe('in');
  });

  it('slows an address down that tries many names', async () => {
    const { signIn } = await door();
    const answers: string[] = [];
    for (let i = 0; i < 12; i++) answers.push((await signIn.password(`name${i}@demo`, right, '2001:db8::1')).is);
    expect(answers.lastIndexOf('wrong')).toBe(10);
    // The same line has more addresses than that.
    expect((await signIn.password('name@demo', right, '2001:db8::ffff')).is).toBe('slow');
    expect((await signIn.password('asha@demo', right, home)).is).toBe('in');
  });
});
