import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stripCredentials } from './strip-credentials.ts';

const strip = (text: string) => Buffer.from(stripCredentials(Buffer.from(text))).toString();

describe('stripCredentials', () => {
  it.each([
    ['id=s3cret&lat=60.0&lon=30.0', 'id=…&lat=60.0&lon=30.0'],
    ['lat=60.0&deviceid=s3cret', 'lat=60.0&deviceid=…'],
    ['/osmand?id=s3cret HTTP/1.1', '/osmand?id=… HTTP/1.1'],
    ['username=van-7&password=s3cret&token=x', 'username=…&password=…&token=…'],
    ['{"device_id":"s3cret","location":{"coords":{}}}', '{"device_id":"…","location":{"coords":{}}}'],
    ['{"id": 123456, "lat": 1}', '{"id": "…", "lat": 1}'],
    // Traccar Client repeats the query inside its JSON
    ['{"_":"&id=48241179&lat=37.4&"}', '{"_":"&id=…&lat=37.4&"}'],
    ['{"Password":"hunter\\"2","host":"x"}', '{"Password":"…","host":"x"}'],
    [
      '{"accessToken":"a.b.c","refresh_token":"d","opencageApiKey":"e"}',
      '{"accessToken":"…","refresh_token":"…","opencageApiKey":"…"}',
    ],
    ['{"key":"k","authorization":"Bearer x","username":"u"}', '{"key":"…","authorization":"…","username":"…"}'],
    ['{"password":"cut of', '{"password":"…"'],
    ['{"token":{"value":1},"secret":null}', '{"token":{"value":1},"secret":null}'],
    ['Authorization: Basic dmFuOmtleQ==\r\nHost: x', 'Authorization: …\r\nHost: x'],
    ['not JSON, Bearer eyJhbGciOi.J9.x is here', 'not JSON, Bearer … is here'],
  ])('strips %s', (text, stripped) => {
    expect(strip(text)).toBe(stripped);
  });

  it.each([
    '{"deviceId":"van-7","fixTime":1,"latitude":91,"longitude":2}',
    '{"ident":"352625333222111","position.valid":true}',
    '{"monkey":"x","hidden":1,"video":2,"keyboard":3}',
    '$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A',
    'paid=1&grid=2',
  ])('leaves %s as it is', (text) => {
    expect(strip(text)).toBe(text);
  });

  it('strips among bytes that are no text, and keeps those', () => {
    const bytes = Buffer.concat([
      Buffer.from([0, 255, 254, 0x80]),
      Buffer.from('{"password":"s3cret"'),
      Buffer.from([0xff]),
    ]);
    const stripped = Buffer.from(stripCredentials(bytes));
    expect(stripped.includes('s3cret')).toBe(false);
    expect([...stripped.subarray(0, 4)]).toEqual([0, 255, 254, 0x80]);
    expect(stripped.at(-1)).toBe(0xff);
  });

  it('never throws, and what it leaves is free of what it strips', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), fc.stringMatching(/^[a-z0-9]{12,20}$/), (noise, secret) => {
        expect(stripCredentials(noise)).toBeInstanceOf(Uint8Array);
        const text = Buffer.concat([Buffer.from(`{"token":"${secret}",`), Buffer.from(noise)]);
        expect(Buffer.from(stripCredentials(text)).subarray(0, 40).includes(secret)).toBe(false);
      }),
    );
  });

  it('takes a megabyte of the worst in its stride', () => {
    for (const text of ['"password":"', '"a"', '\\', 'a'.repeat(16), 'id=', '"id":', 'authorization ', 'Bearer ']) {
      const bytes = Buffer.from(text.repeat(Math.floor(1_000_000 / text.length)));
      expect(stripCredentials(bytes).length).toBeGreaterThan(0);
    }
  });
});
