import { describe, expect, it } from 'vitest';
import { addressKey, Throttle } from './throttle.ts';

function clock() {
  let time = 0;
  return { now: () => time, pass: (ms: number) => (time += ms) };
}

describe('Throttle', () => {
  it('lets a few failures go free, then backs off, doubling up to the longest', () => {
    const { now, pass } = clock();
    const throttle = new Throttle({ now, free: 2, first: 1000, longest: 3000 });
    throttle.failed('a');
    throttle.failed('a');
    expect(throttle.slowed('a')).toBe(false);
    for (const wait of [1000, 2000, 3000, 3000]) {
      throttle.failed('a');
      pass(wait - 1);
      expect(throttle.slowed('a')).toBe(true);
      pass(1);
      expect(throttle.slowed('a')).toBe(false);
    }
    expect(throttle.slowed('b')).toBe(false);
  });

  it('forgets after a quiet time and after a success', () => {
    const { now, pass } = clock();
    const throttle = new Throttle({ now, free: 1, forget: 10_000 });
    throttle.failed('a');
    pass(10_000);
    throttle.failed('a');
    expect(throttle.slowed('a')).toBe(false);
    throttle.failed('a');
    expect(throttle.slowed('a')).toBe(true);
    throttle.succeeded('a');
    expect(throttle.slowed('a')).toBe(false);
  });

  it('keeps a bounded number of keys, the latest failures', () => {
    const throttle = new Throttle({ now: () => 0, free: 0, entries: 3 });
    for (const key of ['a', 'b', 'c', 'a', 'd', 'e']) throttle.failed(key);
    expect(throttle.size).toBe(3);
    expect(['a', 'b', 'c', 'd', 'e'].filter((key) => throttle.slowed(key))).toEqual(['a', 'd', 'e']);
  });
});

describe('addressKey', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['', '::/64'],
  ])('%s → %s', (address, key) => expect(addressKey(address)).toBe(key));
});
