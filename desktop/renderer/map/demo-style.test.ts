import { describe, expect, it } from 'vitest';
import { demoStyle } from './demo-style.ts';

const town = { type: 'FeatureCollection', features: [] } as const;

describe('the style of the demo town', () => {
  const style = demoStyle({ ...town, features: [] }, 'light', 'Demo town');

  it('needs no network: no glyphs, no sprite, no address', () => {
    expect(style.glyphs).toBeUndefined();
    expect(style.sprite).toBeUndefined();
    expect(JSON.stringify(style)).not.toMatch(/https?:/);
  });
  it('says who made the map', () => expect(style.sources.town).toMatchObject({ attribution: 'Demo town' }));
  it('names streets, districts and water', () => {
    const labels = style.layers.filter(({ type }) => type === 'symbol').map(({ id }) => id);
    expect(labels).toEqual(expect.arrayContaining(['main-names', 'lane-names', 'district-names', 'water-names']));
  });
  it('draws every casing below every street, and every name on top', () => {
    const ids = style.layers.map(({ id }) => id);
    const at = (id: string) => ids.indexOf(id);
    expect(Math.max(at('lane-casing'), at('main-casing'))).toBeLessThan(Math.min(at('lane'), at('main')));
    const firstName = style.layers.findIndex(({ type }) => type === 'symbol');
    expect(style.layers.slice(firstName).every(({ type }) => type === 'symbol')).toBe(true);
  });
  it('is the same map in dark colours', () => {
    const dark = demoStyle({ ...town, features: [] }, 'dark', 'Demo town');
    expect(dark.layers.map(({ id }) => id)).toEqual(style.layers.map(({ id }) => id));
    expect(dark.layers[0]).not.toEqual(style.layers[0]);
  });
});
