import { describe, expect, it } from 'vitest';
import { trackPieces } from './track-pieces.ts';

const second = 1000;
/** A fix so many s after the start of a drive to the east, so many m away. */
const fix = (seconds: number, metres: number, more = {}) => ({
  fixTime: seconds * second,
  receivedAt: seconds * second,
  latitude: 0,
  longitude: metres / 111_195,
  ...more,
});
const metresOf = (pieces: ReturnType<typeof trackPieces>) =>
  pieces.map((piece) => piece.map(({ longitude }) => Math.round(longitude * 111_195)));

describe('a trail in pieces', () => {
  it('has one point for each place where the van stood', () => {
    const trail = [
      fix(0, 0),
      fix(10, 2),
      fix(20, 5),
      fix(30, 60),
      fix(40, 120),
      fix(50, 125),
      fix(300, 118),
      fix(310, 190),
    ];
    expect(metresOf(trackPieces(trail))).toEqual([[0, 60, 120, 190]]);
    expect(trackPieces(trail)[0]?.map(({ fixTime }) => fixTime / second)).toEqual([0, 30, 300, 310]);
  });

  it('breaks where nobody knows how the van drove', () => {
    const trail = [fix(0, 0), fix(10, 60), fix(800, 900), fix(810, 960), fix(820, 9000), fix(830, 9060), fix(2000, 0)];
    expect(metresOf(trackPieces(trail))).toEqual([
      [0, 60],
      [900, 960],
      [9000, 9060],
    ]);
  });

  it('leaves out what is not believed', () => {
    const trail = [fix(0, 0), fix(10, 5000, { mark: 'jump' as const }), fix(20, 60, { accuracy: 7 })];
    expect(trackPieces(trail)).toEqual([
      [
        { fixTime: 0, latitude: 0, longitude: 0 },
        { fixTime: 20_000, latitude: 0, longitude: 60 / 111_195, accuracy: 7 },
      ],
    ]);
  });

  it('is cut where it is too long for one question, without a gap', () => {
    const trail = Array.from({ length: 5002 }, (_, i) => fix(i * 10, i * 20));
    const pieces = trackPieces(trail);
    expect(pieces.map((piece) => piece.length)).toEqual([5000, 3]);
    expect(pieces[1]?.[0]).toEqual(pieces[0]?.at(-1));
    expect(trackPieces([])).toEqual([]);
    expect(trackPieces([fix(0, 0), fix(10, 1)])).toEqual([]);
  });
});
