import { describe, expect, it } from 'vitest';
import { meaningOf } from './keys.ts';

const key = (name: string, held: object = {}) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...held,
});

describe('keys', () => {
  it('mean something outside of fields', () => {
    expect(['/', '?', 'f', 'F', 'a', 'Escape', 'x'].map((each) => meaningOf(key(each), false))).toEqual([
      'search',
      'help',
      'follow',
      'follow',
      'all',
      'escape',
      undefined,
    ]);
  });
  it('belong to the field one types in', () => {
    expect(['/', 'f', 'a', '?'].map((each) => meaningOf(key(each), true))).toEqual(Array(4).fill(undefined));
    expect(meaningOf(key('Escape'), true)).toBe('escape');
  });
  it('with Ctrl, Alt or Command belong to the browser', () => {
    expect(meaningOf(key('f', { ctrlKey: true }), false)).toBeUndefined();
    expect(meaningOf(key('a', { metaKey: true }), false)).toBeUndefined();
  });
});
