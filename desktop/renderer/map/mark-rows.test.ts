import { describe, expect, it } from 'vitest';
import { Glides } from '../world/glide.ts';
import { MarkRows } from './mark-rows.ts';

const look = { cell: 1, opacity: 255, size: 128, right: 0, down: 0 };

function drawn(...slots: number[]) {
  const glides = new Glides();
  for (let slot = 0; slot < 100; slot++) glides.place(slot, { latitude: 20 + slot, longitude: 70 + slot }, 0);
  const inView = new Set(slots);
  const rows = new MarkRows((slot) => inView.has(slot));
  const draw = (...wanted: number[]) => {
    rows.begin(100, glides);
    for (const slot of wanted) rows.set(slot, look);
    rows.end();
  };
  draw(...slots);
  return { glides, rows, inView, draw };
}

describe('the rows of marks', () => {
  it('hold those that are drawn, and no others', () => {
    const { rows } = drawn(3, 7);
    expect([rows.slotAt(0), rows.slotAt(1), rows.slotAt(2)]).toEqual([3, 7, undefined]);
    expect(rows.columns.attributes.instancePlaces.value[12]).toBe(77);
    expect([rows.has(3), rows.has(4)]).toEqual([true, false]);
  });

  it('stay who they are while others come and go', () => {
    const { rows, draw } = drawn(3, 7);
    draw(7, 8, 9);
    expect(rows.slotAt(1)).toBe(7);
    expect(new Set(rows.slots)).toEqual(new Set([7, 8, 9]));
    draw(9);
    // what is no longer drawn has no size
    const sizes = [0, 1, 2, 3].map((row) => rows.columns.attributes.instanceLooks.value[row * 4 + 2]);
    expect(sizes.filter((size) => size === 128)).toHaveLength(1);
  });

  it('tell just which of them a fix has moved', () => {
    const { rows, glides } = drawn(3, 5, 7);
    rows.takeChanged();
    expect(rows.takeChanged()).toBeUndefined();
    glides.move(5, { latitude: 25.0001, longitude: 75 }, 0, 1000);
    expect(rows.moved(5)).toBe(true);
    expect(rows.moved(4)).toBe(false);
    expect(rows.takeChanged()).toEqual({ from: 1, to: 2, looks: false });
    expect(rows.takeChanged()).toBeUndefined();
  });

  it('are written over as long as they are enough, and others when they are not', () => {
    const { rows, draw } = drawn(3);
    const { columns } = rows;
    rows.takeChanged();
    draw(3, 4, 5);
    expect(rows.columns).toBe(columns);
    expect(columns.attributes.instanceLooks.value.slice(0, 12)).toEqual(
      Uint8ClampedArray.of(1, 255, 128, 0, 1, 255, 128, 0, 1, 255, 128, 0),
    );
    expect(rows.takeChanged()).toMatchObject({ from: 0, looks: true });
    draw(...Array.from({ length: 100 }, (_, slot) => slot));
    expect(rows.columns).not.toBe(columns);
    expect(rows.columns.length).toBeGreaterThanOrEqual(100);
  });

  it('name cells beyond the first 256', () => {
    const { rows, glides } = drawn(3);
    rows.begin(10, glides);
    rows.set(3, { ...look, cell: 517 });
    rows.end();
    expect([...rows.columns.attributes.instanceLooks.value.slice(0, 4)]).toEqual([5, 255, 128, 2]);
  });

  it('are on the move until the last one in view has come to rest', () => {
    const { rows, glides, inView } = drawn(3, 5);
    glides.move(5, { latitude: 25.0001, longitude: 75 }, 0, 1000);
    rows.moved(5);
    expect([rows.isMoving(999), rows.isMoving(1000)]).toEqual([true, false]);
    inView.delete(5);
    rows.viewChanged();
    expect(rows.isMoving(999)).toBe(false);
  });
});
