import { describe, expect, it } from 'vitest';
import { createConsoleStore, escaped, followToggled, readHabits, selected } from './store.ts';

const fresh = () => createConsoleStore(0).getState();
const van = { kind: 'van', id: 'van-1' } as const;

describe('selecting', () => {
  it('something else ends following and takes the old trail away', () => {
    const state = { ...fresh(), selection: van, following: true, trail: { state: 'loading', vanId: 'van-1' } as const };
    expect(selected(state, { kind: 'van', id: 'van-2' })).toEqual({
      selection: { kind: 'van', id: 'van-2' },
      following: false,
      trail: { state: 'none' },
      panelOpen: false,
    });
  });
  it('the same again keeps following and its trail', () => {
    expect(selected({ ...fresh(), selection: van, following: true }, { ...van })).toEqual({ panelOpen: false });
  });
});

describe('following', () => {
  it('needs a van', () => {
    expect(followToggled(fresh())).toEqual({});
    expect(followToggled({ ...fresh(), selection: { kind: 'consumer', id: 'c1' } })).toEqual({});
    expect(followToggled({ ...fresh(), selection: van })).toEqual({ following: true });
    expect(followToggled({ ...fresh(), selection: van, following: true })).toEqual({ following: false });
  });
});

describe('Escape', () => {
  it('takes away one thing at a time', () => {
    const open = { helpOpen: true, paletteOpen: true };
    let state = { ...fresh(), ...open, selection: van, query: 'ram', status: 'silent' as const };
    const left: unknown[] = [];
    for (let i = 0; i < 6; i++) {
      const change = escaped(state);
      left.push(Object.keys(change)[0] ?? 'nothing');
      state = { ...state, ...change } as typeof state;
    }
    expect(left).toEqual(['helpOpen', 'paletteOpen', 'selection', 'query', 'status', 'nothing']);
  });
});

describe('habits', () => {
  it('are read back, and nonsense is not', () => {
    expect(readHabits('{"sort":"seen","hours":12}')).toEqual({ sort: 'seen', hours: 12 });
    expect(readHabits('{"sort":"colour","hours":7,"query":"x"}')).toEqual({});
    expect(readHabits('not json')).toEqual({});
    expect(readHabits(null)).toEqual({});
  });
});
