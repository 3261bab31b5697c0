import { describe, expect, it } from 'vitest';
import { Identity } from './identity.ts';
import { FixedRegistry, keyOf } from './registry.fixture.ts';

function setUp() {
  const registry = new FixedRegistry();
  const van = registry.add('demo', 'van-7');
  registry.add('demo', 'van-8');
  registry.add('demo', 'van-9', { enabled: false });
  let time = 0;
  const identity = new Identity({ registry, now: () => time, throttle: { free: 2, first: 1000 } });
  return { identity, van, pass: (ms: number) => (time += ms) };
}

describe('Identity', () => {
  it('knows a device by its user name and key, as text or bytes', () => {
    const { identity, van } = setUp();
    expect(identity.authenticate('van-7', keyOf('van-7'), '203.0.113.1')).toMatchObject({
      agency: 'demo',
      device: van,
    });
    expect(identity.authenticate('van-7', Buffer.from(keyOf('van-7')), '203.0.113.1')).toMatchObject({
      agency: 'demo',
      device: van,
    });
  });

  it('knows a device by its key alone, sent as the user name', () => {
    const { identity, van } = setUp();
    expect(identity.authenticate(keyOf('van-7'), undefined, '203.0.113.1')).toMatchObject({
      agency: 'demo',
      device: van,
    });
    expect(identity.authenticate(keyOf('van-7'), '', '203.0.113.1')).toMatchObject({ agency: 'demo', device: van });
  });

  it.each([
    ['a wrong key', 'van-7', 'key of van-8'],
    ['a name nobody has', 'van-99', 'key of van-7'],
    ['a name without its key', 'van-7', undefined],
    ['nothing', undefined, undefined],
    ['empty strings', '', ''],
    ['a disabled device', 'van-9', keyOf('van-9')],
    ['the stored hash as key', 'van-7', 'not-the-key'],
    ['a name of the prototype', '__proto__', 'x'],
    ['an endless key', 'van-7', 'x'.repeat(100_000)],
  ])('refuses %s', (_, username, key) => {
    expect(setUp().identity.authenticate(username, key, '203.0.113.1')).toBe('wrong');
  });

  it('slows failures by address and by user name, and never who is right', () => {
    const { identity, pass } = setUp();
    const fail = (username: string, address: string) => identity.authenticate(username, 'no', address);
    for (let i = 0; i < 3; i++) expect(fail(`guess-${i}`, '203.0.113.1')).toBe('wrong');
    // the address is in its backoff, for other names too
    expect(fail('guess-9', '203.0.113.1')).toBe('slow');
    expect(fail('guess-9', '198.51.100.1')).toBe('wrong');
    // but not for the fleet behind it
    expect(identity.authenticate('van-7', keyOf('van-7'), '203.0.113.1')).toMatchObject({ agency: 'demo' });

    // one name from many addresses
    for (let i = 0; i < 3; i++) expect(fail('van-8', `192.0.2.${i}`)).toBe('wrong');
    expect(fail('van-8', '192.0.2.9')).toBe('slow');
    expect(identity.authenticate('van-8', keyOf('van-8'), '192.0.2.9')).toMatchObject({ agency: 'demo' });
    // who proved the name frees it
    expect(fail('van-8', '192.0.2.10')).toBe('wrong');

    pass(1000);
    expect(fail('guess-9', '203.0.113.1')).toBe('wrong');
    expect(fail('guess-9', '203.0.113.1')).toBe('slow');
  });
});
