import { describe, expect, it } from 'vitest';
import { mostZones } from '../../protocol/zone.ts';
import { at, circle } from './zone.fixture.ts';
import { applyZone, ofZone, ofZoneName, present, type ZoneEvent, zoneCount, zoneState } from './zone.ts';

type Expects = ZoneEvent['expects'];
const event = <T extends ZoneEvent['type']>(
  type: T,
  data: Extract<ZoneEvent, { type: T }>['data'],
  seconds = 0,
  expects: Expects = [],
) =>
  ({ id: '00000000-0000-4000-8000-000000000000', time: at(seconds), actor: 'test', type, expects, data }) as ZoneEvent;
const yard = { id: 'yard', name: 'Yard', shape: circle(0, 100), rules: {} };

describe('events of zones', () => {
  it('are dropped when they expect another version than there is', () => {
    const state = zoneState();
    const expects = [
      { subject: ofZone('yard'), version: 0 },
      { subject: ofZoneName('Yard'), version: 0 },
    ];
    expect(applyZone(state, event('zone-added', yard, 0, expects))).toBe('applied');
    expect(applyZone(state, event('zone-added', { ...yard, id: 'y2' }, 0, expects.slice(1)))).toEqual({
      dropped: 'zone-name:yard is at version 1, not 0',
    });
    const stale = [{ subject: ofZone('yard'), version: 0 }];
    expect(applyZone(state, event('zone-removed', { id: 'yard' }, 0, stale))).toHaveProperty('dropped');
    expect(zoneCount(state, 'zone:yard')).toBe(1);
    expect(present(state.zones.get('yard'))).toEqual({ ...yard, version: 1 });
  });

  it('are dropped when they cannot be, whatever they expect', () => {
    const state = zoneState();
    applyZone(state, event('zone-added', yard));
    expect(applyZone(state, event('zone-added', yard))).toEqual({ dropped: 'zone:yard exists' });
    const namesake = event('zone-added', { ...yard, id: 'y2', name: ' YARD' });
    expect(applyZone(state, namesake)).toEqual({ dropped: 'zone:yard has this name' });
    expect(applyZone(state, event('zone-changed', { id: 'y3', name: 'X' }))).toEqual({
      dropped: 'zone:y3 does not exist',
    });
    expect(applyZone(state, event('zone-changed', { id: 'yard', name: 'yard' }))).toBe('applied');
    for (let i = 1; i < mostZones; i++) applyZone(state, event('zone-added', { ...yard, id: `z${i}`, name: `z${i}` }));
    expect(applyZone(state, event('zone-added', { ...yard, id: 'one-more', name: 'One more' }))).toEqual({
      dropped: 'there are 10000 zones already',
    });
  });

  it('keep the versions that late fixes may need, apart from one another', () => {
    const state = zoneState();
    const hour = 3600;
    applyZone(state, event('zone-added', yard, 0));
    applyZone(state, event('zone-changed', { id: 'yard', rules: { enter: true } }, hour));
    // The clock of another daemon, behind.
    applyZone(state, event('zone-changed', { id: 'yard', rules: { leave: true } }, hour - 5));
    applyZone(state, event('zone-removed', { id: 'yard' }, 2 * hour));
    applyZone(state, event('zone-added', yard, 3 * hour));
    const spans = () => state.zones.get('yard')?.versions.map(({ from, until }) => [from, until]);
    expect(spans()).toEqual([
      [at(0), at(hour)],
      [at(hour), at(2 * hour)],
      [at(3 * hour), undefined],
    ]);
    for (let i = 0; i < 150; i++) applyZone(state, event('zone-changed', { id: 'yard', rules: {} }, (4 + i) * hour));
    expect(spans()).toHaveLength(100);
    expect(spans()?.at(-1)).toEqual([at(153 * hour), undefined]);
    const years = 3 * 365 * 24 * hour;
    applyZone(state, event('zone-changed', { id: 'yard', rules: {} }, 152 * hour + years));
    expect(spans()).toEqual([
      [at(151 * hour), at(152 * hour)],
      [at(152 * hour), at(153 * hour)],
      [at(153 * hour), at(152 * hour + years)],
      [at(152 * hour + years), undefined],
    ]);
  });
});
