import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { Fix } from '../../protocol/position.ts';
import { readGpx, type Track } from './read.ts';
import { Replay, type ReplayOptions } from './replay.ts';

const check = Compile(Fix);
const point = (second: number, time = true) =>
  `<trkpt lat="${(21.15 + second * 0.0001).toFixed(4)}" lon="78.6"><ele>300.5</ele>${
    time ? `<time>2026-01-05T04:30:${String(second).padStart(2, '0')}Z</time>` : ''
  }</trkpt>`;
const file = (points: string) =>
  `<?xml version="1.0"?><gpx version="1.1" creator="test"><trk><name>Morning &amp; noon</name><trkseg>${points}</trkseg></trk></gpx>`;
const timed = file([0, 1, 2, 4].map((second) => point(second)).join(''));

const read = (text: string): Track => {
  const [track] = readGpx(text);
  if (!track) throw new Error('no track');
  return track;
};

describe('readGpx', () => {
  it('reads places, heights and times', () => {
    const track = read(timed);
    expect(track).toMatchObject({ name: 'Morning & noon', timed: true });
    expect(track.points[3]).toEqual({
      latitude: 21.1504,
      longitude: 78.6,
      altitude: 300.5,
      time: Date.UTC(2026, 0, 5, 4, 30, 4),
    });
  });

  it('joins segments, and takes several tracks and routes', () => {
    const two = timed.replace('</trkseg>', `</trkseg><trkseg>${point(9)}${point(10)}</trkseg>`);
    expect(read(two).points).toHaveLength(6);
    const route = '<rte><rtept lat="1" lon="2"/><rtept lat="1.1" lon="2"/></rte></gpx>';
    expect(readGpx(timed.replace('</gpx>', route)).map((track) => track.timed)).toEqual([true, false]);
  });

  it('says when times are missing or run backwards', () => {
    expect(read(file(point(0) + point(1, false))).timed).toBe(false);
    expect(read(file(point(5) + point(1))).timed).toBe(false);
  });

  it('leaves out points that are nowhere', () => {
    const bad = '<trkpt lat="91" lon="0"/><trkpt lat="x" lon="0"/><trkpt lon="3"/>';
    expect(read(file(point(0) + bad + point(1))).points).toHaveLength(2);
  });

  it.each([
    ['nothing', '', /well-formed|no <gpx>/],
    ['no XML', 'hello', /well-formed|no <gpx>/],
    ['cut off', timed.slice(0, 300), /not well-formed XML: line 1/],
    ['another document', '<kml></kml>', /no <gpx>/],
    ['no points', file(''), /no track/],
    ['one point', file(point(0)), /no track/],
    ['a document type', timed.replace('<gpx', '<!DOCTYPE a [<!ENTITY b "c">]><gpx'), /document type/],
  ])('refuses %s', (_, text, message) => {
    expect(() => readGpx(text)).toThrow(message);
  });
});

describe('Replay', () => {
  const start = Date.UTC(2026, 5, 1);
  const options: ReplayOptions = { speed: 1, times: 'now', loop: false };
  const play = (track: Track, more: Partial<ReplayOptions> = {}) => new Replay(track, { ...options, ...more });

  it('hands out points as they fall due, dated by when they are played', () => {
    const replay = play(read(timed));
    expect(replay.due(500, start, 10).map(({ fixTime }) => fixTime - start)).toEqual([0]);
    expect(replay.due(2500, start, 10).map(({ fixTime }) => fixTime - start)).toEqual([1000, 2000]);
    expect(replay.isOver).toBe(false);
    const [last] = replay.due(60_000, start, 10);
    expect(last).toMatchObject({ fixTime: start + 4000, course: 0 });
    expect(last?.speed).toBeCloseTo(40, 0);
    expect(check.Check(last)).toBe(true);
    expect(replay.isOver).toBe(true);
  });

  it('plays faster, but never two fixes in one millisecond', () => {
    const fixes = play(read(timed), { speed: 2000 }).due(10, start, 10);
    expect(fixes.map(({ fixTime }) => fixTime - start)).toEqual([0, 1, 2, 3]);
    expect(fixes[3]?.speed).toBeCloseTo(40, 0);
  });

  it('keeps the recorded times when asked to', () => {
    const fixes = play(read(timed), { times: 'original', speed: 100 }).due(1000, start, 10);
    expect(fixes.map(({ fixTime }) => fixTime)).toEqual(read(timed).points.map(({ time }) => time));
  });

  it('begins again when it loops', () => {
    const replay = play(read(timed), { loop: true });
    const fixes = replay.due(30_000, start, 100);
    expect(fixes.map(({ fixTime }) => (fixTime - start) / 1000)).toEqual([0, 1, 2, 4, 14, 15, 16, 18, 28, 29, 30]);
    expect(replay.due(1e9, start, 7)).toHaveLength(7);
  });

  it('drives a track without times at a steady speed', () => {
    const fixes = play(read(file([0, 1, 2].map((second) => point(second, false)).join('')))).due(1e6, start, 10);
    expect(fixes).toHaveLength(3);
    for (const fix of fixes) expect(fix.speed).toBeCloseTo(40, 0);
  });
});
