import { describe, expect, it } from 'vitest';
import { Refused } from '../../session.ts';
import { placeErrors, troubleOf } from './problem.ts';

const error = (path: string) => ({ path, rule: 'type', message: 'is wrong' });

describe('where an error of the daemon is shown', () => {
  it('is at its own field, else at the nearest around it, else at the first within', () => {
    const fields = ['name', 'capacity/full', 'capacity/empties', 'workingHours'];
    const place = (path: string) => [...placeErrors([error(path)], fields).at.keys()];
    expect(place('/name')).toEqual(['name']);
    expect(place('/capacity/empties')).toEqual(['capacity/empties']);
    expect(place('/capacity')).toEqual(['capacity/full']);
    expect(place('/workingHours/0/to')).toEqual(['workingHours']);
    expect(place('query/name')).toEqual(['name']);
  });

  it('is kept above the form when it belongs to no field; the first of a field counts', () => {
    const { at, rest } = placeErrors([error('/id'), error(''), error('/name'), error('/name/0')], ['name']);
    expect(rest.map(({ path }) => path)).toEqual(['/id', '']);
    expect(at.get('name')?.path).toBe('/name');
    // `nameless` is another field than `name`.
    expect(placeErrors([error('/nameless')], ['name']).rest).toHaveLength(1);
  });
});

describe('what is said about a failure', () => {
  it('tells a network that is gone, a newer state, and the reasons of the daemon', () => {
    expect(troubleOf(new TypeError('fetch failed')).text).toContain('cannot be reached');
    const stale = troubleOf(new Refused(412, 'It is at version 3.', { current: { version: 3 } }));
    expect(stale.current).toEqual({ version: 3 });
    const exists = troubleOf(new Refused(409, 'Van v1 exists.', { current: { id: 'v1' } }));
    expect(exists).toEqual({ text: 'Van v1 exists.', errors: [] });
    const wrong = new Refused(403, 'The present password is not right.', { type: '/problems/wrong-credentials' });
    expect(troubleOf(wrong).text).toBe('The present password is not right.');
    expect(troubleOf(new Refused(403, 'no', { type: '/problems/forbidden' })).text).toContain('may not');
  });
});
