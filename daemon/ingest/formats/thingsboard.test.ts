import { describe, expect, it } from 'vitest';
import { decode } from '../decode.ts';

const receivedAt = 1_763_632_000_000;
const read = (payload: unknown) =>
  decode({ door: 'thingsboard', subtopic: '', bytes: Buffer.from(JSON.stringify(payload)), receivedAt });

describe('ThingsBoard device API', () => {
  it('reads ts and values', () => {
    expect(
      read({ ts: 1451649600512, values: { latitude: 12.97, longitude: '77.59', speed: 32, temperature: 31 } }),
    ).toEqual({
      format: 'thingsboard',
      fixes: [{ fixTime: 1451649600512, latitude: 12.97, longitude: 77.59, speed: 32 }],
      indexes: [0],
      rejected: [],
    });
  });

  it('reads a list of these, with telemetry between', () => {
    const values = { lat: 12.97, lon: 77.59 };
    const { fixes, indexes } = read([
      { ts: 1, values: { temperature: 31 } },
      { ts: 1451649600512, values },
      { ts: 1451649601512, values },
    ]);
    expect(fixes.map(({ fixTime }) => fixTime)).toEqual([1451649600512, 1451649601512]);
    expect(indexes).toEqual([1, 2]);
  });

  it('dates bare values by their arrival, unless they say their time', () => {
    expect(read({ latitude: 12.97, longitude: 77.59 }).fixes).toMatchObject([{ fixTime: receivedAt }]);
    expect(read({ latitude: 12.97, longitude: 77.59, timestamp: 1451649600 }).fixes).toMatchObject([
      { fixTime: 1451649600000 },
    ]);
  });

  it('ignores telemetry without a position, and refuses half of one', () => {
    expect(read({ temperature: 31, humidity: 40 })).toMatchObject({
      fixes: [],
      rejected: [],
      ignored: 'telemetry without a position',
    });
    expect(read({ latitude: 12.97 }).rejected).toMatchObject([{ reason: 'bad-field', detail: 'longitude is missing' }]);
  });
});
