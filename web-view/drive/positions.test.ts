import { describe, expect, it } from 'vitest';
import type { KeptFix } from './kept.ts';
import { Positions } from './positions.ts';

function phone() {
  const disk = new Map<number, KeptFix>();
  const sent: number[][] = [];
  let network = true;
  const positions = new Positions({
    kept: {
      fixes: async () => [...disk.values()],
      putFix: async (fix) => void disk.set(fix.fixTime, fix),
      removeFixes: async (times) => {
        for (const time of times) disk.delete(time);
      },
    },
    send: async (fixes) => {
      if (!network) throw new TypeError('Failed to fetch');
      sent.push(fixes.map(({ fixTime }) => fixTime));
    },
    offset: () => 0,
    onChange: () => {},
  });
  const measured = (...times: number[]) => {
    for (const fixTime of times) disk.set(fixTime, { fixTime, latitude: 21, longitude: 78.6 });
  };
  return {
    positions,
    disk,
    sent,
    measured,
    away: (is: boolean) => {
      network = !is;
    },
  };
}

describe('positions of a phone', () => {
  it('go out with the newest first, then what has been kept, oldest first', async () => {
    const { positions, sent, measured, disk } = phone();
    measured(30, 10, 40, 20);
    await positions.flush();
    expect(sent).toEqual([[40], [10, 20, 30]]);
    expect(disk.size).toBe(0);
    expect(positions.state).toMatchObject({ last: 40, kept: 0 });
  });

  it('a long backlog goes in parts', async () => {
    const { positions, sent, measured } = phone();
    measured(...Array.from({ length: 501 }, (_, i) => i + 1));
    await positions.flush();
    expect(sent.map((part) => part.length)).toEqual([1, 200, 200, 100]);
    expect(sent[0]).toEqual([501]);
  });

  it('are kept while there is no network', async () => {
    const { positions, sent, measured, disk, away } = phone();
    away(true);
    measured(10, 20);
    await positions.flush();
    expect(sent).toEqual([]);
    expect(disk.size).toBe(2);
    expect(positions.state.kept).toBe(2);
    away(false);
    await positions.flush();
    expect(sent).toEqual([[20], [10]]);
  });
});
