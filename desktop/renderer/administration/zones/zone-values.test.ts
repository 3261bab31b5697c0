import { describe, expect, it } from 'vitest';
import type { Zone } from '../../../../protocol/zone.ts';
import { bodyOf, clicked, shapeOf, valuesOf } from './zone-values.ts';

const zone: Zone = {
  ...{ id: 'yard', name: 'Yard', version: 2 },
  shape: { type: 'circle', latitude: 21.15, longitude: 79.09, radius: 120 },
  rules: { enter: true, dwellMinutes: 20 },
  schedule: [{ days: [1, 2], from: '09:00', to: '18:00' }],
  vans: ['v1', 'v2'],
};

describe('a zone as a form', () => {
  it('comes out as it went in', () => {
    const { id: _id, version: _version, ...fields } = zone;
    expect(bodyOf(valuesOf(zone))).toEqual(fields);
    const polygon: Zone = {
      ...{ id: 'town', name: 'Town', version: 1, rules: { speedLimit: 30 } },
      shape: { type: 'polygon', corners: [21, 22, 23].map((latitude) => ({ latitude, longitude: 79.5 })) },
    };
    const { id: _i, version: _v, ...whole } = polygon;
    expect(bodyOf(valuesOf(polygon))).toEqual(whole);
  });

  it('leaves out what is empty, and sends what is no number as it is, so that the daemon names it', () => {
    const values = { ...valuesOf(undefined), name: ' A ', 'shape/latitude': '21', 'shape/longitude': 'east' };
    expect(bodyOf(values)).toEqual({
      name: 'A',
      shape: { type: 'circle', latitude: 21, longitude: 'east', radius: 150 },
      rules: {},
    });
  });

  it('is drawn by clicks: the middle of a circle, one corner after the other', () => {
    const at = { latitude: 21.123456789, longitude: 79 };
    expect(clicked(valuesOf(zone), at)).toEqual({ 'shape/latitude': '21.123457', 'shape/longitude': '79' });
    let values = { ...valuesOf(undefined), type: 'polygon' };
    for (const latitude of [21, 22, 23])
      values = { ...values, ...clicked(values, { latitude, longitude: 79 }) } as never;
    expect(shapeOf(values)).toEqual({
      type: 'polygon',
      corners: [21, 22, 23].map((latitude) => ({ latitude, longitude: 79 })),
    });
  });
});
