import { describe, expect, it } from 'vitest';
import { decode } from '../decode.ts';

const receivedAt = 1_764_000_000_900;
const read = (payload: unknown) =>
  decode({ door: 'gateway', subtopic: '', bytes: Buffer.from(JSON.stringify(payload)), receivedAt });

describe('delivery.location.v1', () => {
  it('reads partner, place and time', () => {
    expect(
      read({ partner_id: 'ravi', order_id: 'o-118', lat: 21.1458, lng: 79.0882, timestamp: 1_764_000_000 }),
    ).toEqual({
      format: 'delivery-location',
      fixes: [{ deviceId: 'ravi', fixTime: 1_764_000_000_000, latitude: 21.1458, longitude: 79.0882 }],
      indexes: [0],
      rejected: [],
    });
  });

  it('is of the time the message was sent when it says none', () => {
    expect(read({ partner_id: 17, order_id: null, lat: '21.1458', lng: '79.0882' }).fixes).toEqual([
      { deviceId: '17', fixTime: receivedAt, latitude: 21.1458, longitude: 79.0882 },
    ]);
  });

  it('names what is wrong with each of a list', () => {
    const { fixes, indexes, rejected } = read([
      { partner_id: 'ravi', lat: 21.1, lng: 79 },
      { partner_id: 'anu', lat: 21.1 },
      { lat: 21.1, lng: 79 },
      { partner_id: 'anu', lat: 21.1, lng: 79, timestamp: 'yesterday' },
    ]);
    expect([fixes.length, indexes]).toEqual([1, [0]]);
    expect(rejected).toEqual([
      { index: 1, reason: 'bad-field', detail: 'lng is missing' },
      { index: 2, reason: 'unknown-device', detail: 'the item does not say which device it is from' },
      { index: 3, reason: 'bad-field', detail: 'timestamp must be a number, is "yesterday"' },
    ]);
  });
});
