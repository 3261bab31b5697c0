import { describe, expect, it } from 'vitest';
import { newEventId } from './event-id.ts';

describe('ids of events', () => {
  it('are random UUIDs, each another', () => {
    const ids = Array.from({ length: 10_000 }, newEventId);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(new Set(ids).size).toBe(ids.length);
    // Of 122 random bits each is set in about half of them.
    for (let bit = 0; bit < 128; bit++) {
      const set = ids.filter((id) => (BigInt(`0x${id.replaceAll('-', '')}`) >> BigInt(127 - bit)) & 1n).length;
      if (bit >= 48 && bit < 52) expect(set).toBe(bit === 49 ? ids.length : 0);
      else if (bit === 64 || bit === 65) expect(set).toBe(bit === 64 ? ids.length : 0);
      else expect(Math.abs(set - 5000)).toBeLessThan(400); // eight standard deviations
    }
  });
});
