import { describe, expect, it, vi } from 'vitest';
import type { Action } from './actions.ts';
import { actionOf } from './keys.ts';
import { createConsoleStore } from './store.ts';

const press = (key: string, held: { ctrlKey?: true; metaKey?: true; altKey?: true } = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...held,
});
const action = (id: string, keys: string[], can?: Action['can']): Action => ({
  id,
  name: id,
  keys,
  run: vi.fn(),
  ...(can === undefined ? {} : { can }),
});
const actions = [
  action('search', ['/']),
  action('follow', ['f'], (state) => state.selection?.kind === 'van'),
  action('palette', ['mod+k']),
  action('close', ['Escape']),
];
const state = createConsoleStore(0).getState();
const van = { ...state, selection: { kind: 'van' as const, id: 'van-1' } };

describe('the action of a key', () => {
  it.each([
    ['/', false, 'search'],
    ['f', false, 'follow'],
    ['F', false, 'follow'],
    ['x', false, undefined],
    ['/', true, undefined],
    ['f', true, undefined],
    ['Escape', false, 'close'],
    ['Escape', true, 'close'],
  ])('%s, typing: %s → %s', (key, isTyping, id) => {
    expect(actionOf(actions, press(key), isTyping, van)?.id).toBe(id);
  });

  it('with a modifier is another one, in a field too, with Ctrl as with Command', () => {
    expect(actionOf(actions, press('k', { ctrlKey: true }), true, van)?.id).toBe('palette');
    expect(actionOf(actions, press('k', { metaKey: true }), false, van)?.id).toBe('palette');
    expect(actionOf(actions, press('k'), false, van)).toBeUndefined();
    expect(actionOf(actions, press('f', { ctrlKey: true }), false, van)).toBeUndefined();
    expect(actionOf(actions, press('f', { altKey: true }), false, van)).toBeUndefined();
  });

  it('is none when it cannot be done now', () => {
    expect(actionOf(actions, press('f'), false, state)).toBeUndefined();
  });
});
