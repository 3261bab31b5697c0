import { describe, expect, it } from 'vitest';
import { decode } from '../decode.ts';

const read = (payload: unknown) =>
  decode({ door: 'teltonika', subtopic: '', bytes: Buffer.from(JSON.stringify(payload)), receivedAt: 0 });
const report = {
  ts: 1698922776030,
  pr: 1,
  latlng: '54.687200,25.279700',
  alt: 112,
  ang: 215,
  sat: 9,
  sp: 42,
  evt: 239,
  '239': 1,
  '240': 1,
  '80': 1,
  '21': 4,
  '66': 12922,
  '113': 100,
  '238': '0x0000000000000000',
};
const fix = {
  fixTime: 1698922776030,
  latitude: 54.6872,
  longitude: 25.2797,
  speed: 42,
  course: 215,
  altitude: 112,
  battery: 100,
  ignition: true,
};

describe('Teltonika Codec JSON', () => {
  it('reads a record: ms, km/h, ignition by AVL id 239', () => {
    expect(read({ state: { reported: report } })).toEqual({
      format: 'teltonika',
      fixes: [fix],
      indexes: [0],
      rejected: [],
    });
  });

  it('reads numbers that come as text', () => {
    const text = {
      ...report,
      ts: '1698922776030',
      alt: '112',
      ang: '215',
      sat: '9',
      sp: '42',
      '239': '0',
      '113': '14',
    };
    expect(read({ state: { reported: text } }).fixes).toEqual([{ ...fix, ignition: false, battery: 14 }]);
  });

  it('takes 0,0 in either spelling for no fix', () => {
    const started = { ...report, latlng: '0.000000,0.000000', sat: 0, sp: 0 };
    for (const latlng of ['0.000000,0.000000', '0,0']) {
      expect(read({ state: { reported: { ...started, latlng } } }).rejected).toMatchObject([
        { index: 0, reason: 'no-fix' },
      ]);
    }
  });

  it('does not take the last known place for a new one', () => {
    expect(read({ state: { reported: { ...report, sat: '0', sp: '0' } } }).rejected).toEqual([
      { index: 0, reason: 'no-fix', detail: 'sat is 0: latlng is the last place, not this one' },
    ]);
  });

  it('reads a list of records, as after a dead zone', () => {
    const records = [report, { ...report, latlng: '0,0' }, { ...report, ts: 1698922786030 }];
    const { fixes, indexes, rejected } = read(records.map((reported) => ({ state: { reported } })));
    expect(fixes.map(({ fixTime }) => fixTime)).toEqual([1698922776030, 1698922786030]);
    expect(indexes).toEqual([0, 2]);
    expect(rejected).toMatchObject([{ index: 1, reason: 'no-fix' }]);
  });

  it('ignores what rightly has no place in it', () => {
    const { latlng: _, ...without } = report;
    expect(read({ state: { reported: without } }).ignored).toBe('Teltonika record without latlng');
    expect(read({ RSP: 'DOUT1:1 Timeout:INFINITY' }).ignored).toBe('answer to a command');
  });

  it.each([
    [{ ...report, latlng: '54.6872' }, 'latlng must be "latitude,longitude", is "54.6872"'],
    [{ ...report, latlng: 'north,25.2' }, 'latlng (latitude) must be a number, is "north"'],
    [{ ...report, sp: 'fast' }, 'sp must be a number, is "fast"'],
    [{ ...report, ts: undefined }, 'ts is missing'],
  ])('names what is wrong', (reported, detail) => {
    expect(read({ state: { reported } }).rejected).toEqual([{ index: 0, reason: 'bad-field', detail }]);
  });
});
