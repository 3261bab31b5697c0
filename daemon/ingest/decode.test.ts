import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reasons } from '../../protocol/record.ts';
import { decode } from './decode.ts';
import type { Input } from './format.ts';
import { formats, formatsAt } from './formats/index.ts';

const doors: readonly Input['door'][] = [
  'position',
  'owntracks',
  'teltonika',
  'thingsboard',
  'raw',
  'gateway',
  'osmand',
  'http',
];
const at = (door: Input['door'], bytes: string | Uint8Array) =>
  decode({ door, subtopic: '', bytes: Buffer.from(bytes), receivedAt: 1_763_632_000_000 });

describe('decode', () => {
  it.each([
    ['', 'not-json', 'the message is empty'],
    ['{"fixTime":', 'not-json', 'not JSON: it ends too early'],
    ['{"fixTime":1,}', 'not-json', 'not JSON: wrong at character 14'],
    ['hello', 'not-json', 'not JSON: it does not begin like JSON'],
    ['{"fixTime":1,"latitude":NaN,"longitude":2}', 'not-json', expect.stringMatching(/^not JSON: /)],
    ['{"fixTime":1,"latitude":1,"longitude":"2"}', 'bad-field', 'longitude must be a number, is "2"'],
    ['5', 'unknown-format', 'expected native or plain'],
    ['{"temperature":31}', 'unknown-format', 'expected native or plain'],
    ['['.repeat(10_000), 'too-deep', 'nested more than 32 deep'],
    [`${'{"a":'.repeat(33)}1${'}'.repeat(33)}`, 'too-deep', 'nested more than 32 deep'],
  ])('answers %s', (text, reason, detail) => {
    expect(at('position', text)).toMatchObject({ fixes: [], rejected: [{ index: 0, reason, detail }] });
  });

  it('takes 32 levels, and brackets in text for none', () => {
    const nested = `${'['.repeat(31)}1${']'.repeat(31)}`;
    const text = `{"fixTime":1,"latitude":1,"longitude":2,"note":"${'[{'.repeat(100)}\\"{","more":${nested}}`;
    expect(at('position', text).fixes).toEqual([{ fixTime: 1, latitude: 1, longitude: 2 }]);
  });

  it('refuses bytes that are not UTF-8, and takes a byte order mark', () => {
    const good = Buffer.from('{"fixTime":1,"latitude":1,"longitude":2,"note":"é"}');
    expect(at('position', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), good])).fixes).toHaveLength(1);
    const bad = Buffer.from(good);
    bad[bad.indexOf(0xc3)] = 0xff;
    expect(at('position', bad).rejected).toMatchObject([
      { reason: 'not-json', detail: 'not JSON: the bytes are not UTF-8' },
    ]);
  });

  it('takes the last of duplicate keys', () => {
    expect(at('http', '{"fixTime":1,"latitude":1,"latitude":3,"longitude":2}').fixes).toMatchObject([{ latitude: 3 }]);
  });

  it('lets __proto__ and constructor do no harm', () => {
    const evil =
      '{"__proto__":{"latitude":1,"polluted":true},"constructor":{"prototype":{"polluted":true}},"fixTime":1,"longitude":2}';
    for (const door of doors) expect(at(door, evil).fixes).toEqual([]);
    expect(at('http', evil).rejected).toMatchObject([{ detail: 'latitude is missing' }]);
    expect(at('gateway', '{"__proto__":"van-7","lat":1,"lon":2,"ts":3,"toString":1}').fixes).toEqual([]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('passes 1e400 on as no number anyone takes', () => {
    expect(at('http', '{"fixTime":1,"latitude":1e400,"longitude":2}').fixes).toEqual([
      { fixTime: 1, latitude: Number.POSITIVE_INFINITY, longitude: 2 },
    ]);
    expect(at('raw', '{"ts":1,"lat":1e400,"lon":2}').rejected).toMatchObject([
      { reason: 'bad-field', detail: 'lat must be a finite number, is Infinity' },
    ]);
  });

  it('does not quote what it cannot parse: it may hold a password', () => {
    const { rejected } = at('owntracks', '{"_type":"configuration","password":"hunter2"hunter2}');
    expect(JSON.stringify(rejected)).not.toContain('hunter2');
  });

  it('keeps details short', () => {
    const { rejected } = at('http', JSON.stringify([{ fixTime: 'x'.repeat(100_000) }, 'y'.repeat(100_000)]));
    expect(rejected).toHaveLength(2);
    for (const { detail } of rejected) expect(detail.length).toBeLessThanOrEqual(500);
  });

  it('reads several formats at the raw door, by their shape', () => {
    const shapes = {
      nmea: '$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A',
      owntracks: '{"_type":"location","lat":1,"lon":2,"tst":3}',
      teltonika: '{"state":{"reported":{"ts":3,"latlng":"1,2"}}}',
      traccar: '{"position":{"fixTime":3,"latitude":1,"longitude":2},"device":{"uniqueId":"1"}}',
      flespi: '{"ident":"1","timestamp":3,"position.latitude":1,"position.longitude":2}',
      plain: '{"lat":1,"lng":2,"ts":3}',
    };
    for (const [format, text] of Object.entries(shapes)) {
      expect(at('raw', text), text).toMatchObject({ format, fixes: [expect.anything()], rejected: [] });
    }
  });

  it('turns a fault of a format into a rejection', () => {
    const hostile: Input = {
      door: 'http',
      subtopic: '',
      bytes: new Uint8Array(1),
      receivedAt: 0,
      json: new Proxy(
        {},
        {
          get: () => {
            throw new Error('boom');
          },
        },
      ),
    };
    expect(decode(hostile)).toEqual({
      format: 'native',
      fixes: [],
      rejected: [{ index: 0, reason: 'bad-field', detail: 'could not be read: boom' }],
    });
  });

  it('asks each format at some door, in the order of the list', () => {
    expect(new Set(doors.flatMap(formatsAt))).toEqual(new Set(formats));
    for (const door of doors) {
      const order = formatsAt(door).map((format) => formats.indexOf(format));
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }
  });
});

/** Payloads that are nearly right, of every format: mutations of these reach deep into the readers. */
const seeds: readonly string[] = [
  '{"fixTime":1763632000000,"latitude":11.66,"longitude":78.14,"speed":32.4,"battery":87,"ignition":true}',
  '[{"deviceId":"a","fixTime":1763632000000,"latitude":11.66,"longitude":78.14},{"fixTime":1}]',
  '{"_type":"location","lat":46.06,"lon":11.15,"tst":1551874878,"vel":0,"cog":12,"batt":46,"ign":true}',
  '{"_type":"transition","lat":46.06,"lon":11.15,"tst":1551874878,"event":"enter"}',
  '{"state":{"reported":{"ts":1698922776030,"latlng":"54.68,25.27","sp":"42","239":1,"113":100,"sat":9}}}',
  '{"position":{"fixTime":"2020-05-07T09:48:15.000+0000","latitude":21.1,"longitude":79,"speed":10,"attributes":{"batteryLevel":5}},"device":{"uniqueId":"1"}}',
  '{"ts":1451649600512,"values":{"latitude":12.97,"longitude":"77.59"}}',
  '{"ident":"1","timestamp":1729132792.5,"position.latitude":5.3,"position.longitude":-4,"position.valid":true}',
  '{"device_id":"1","location":{"timestamp":"2021-07-21T08:06:34.444Z","coords":{"latitude":-6.1,"longitude":106.6,"speed":-1},"battery":{"level":0.79}}}',
  'id=1&lat=60.0&lon=30.0&timestamp=1377177267&speed=10&bearing=7',
  '$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r\n$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47',
  '{"lat":"12.97","lng":77.59,"time":"2026-01-27T18:55:47Z","speed_mps":3}',
];

const damaged = fc
  .tuple(
    fc.constantFrom(...seeds),
    fc.array(fc.tuple(fc.nat(), fc.nat(255), fc.constantFrom('put', 'cut', 'twice')), { maxLength: 6 }),
  )
  .map(([seed, changes]) => {
    let bytes = Buffer.from(seed);
    for (const [place, value, how] of changes) {
      const spot = bytes.length === 0 ? 0 : place % bytes.length;
      if (how === 'put' && bytes.length > 0) bytes[spot] = value;
      if (how === 'cut') bytes = Buffer.concat([bytes.subarray(0, spot), bytes.subarray(spot + (value % 8))]);
      if (how === 'twice') bytes = Buffer.concat([bytes.subarray(0, spot), bytes.subarray(spot / 2)]);
    }
    return new Uint8Array(bytes);
  });

describe('decode, whatever comes in', () => {
  const holds = (door: Input['door'], bytes: Uint8Array) => {
    const read = decode({ door, subtopic: '', bytes, receivedAt: 0 });
    expect(formats.map(({ name }) => name).concat('none')).toContain(read.format);
    const total = read.fixes.length + read.rejected.length;
    expect(total > 0 || read.ignored !== undefined).toBe(true);
    if (read.indexes !== undefined) expect(read.indexes).toHaveLength(read.fixes.length);
    for (const { reason, detail } of read.rejected) {
      expect(reasons).toContain(reason);
      expect(detail).not.toContain('could not be read'); // no format is surprised
      expect(detail.length).toBeLessThanOrEqual(500);
    }
    for (const fix of read.fixes) {
      expect([typeof fix.fixTime, typeof fix.latitude, typeof fix.longitude]).toEqual(['number', 'number', 'number']);
    }
  };

  it('never throws for damaged payloads of every format at every door', () => {
    fc.assert(fc.property(fc.constantFrom(...doors), damaged, holds), { numRuns: 4000 });
  });

  it('never throws for any bytes or any JSON', () => {
    fc.assert(fc.property(fc.constantFrom(...doors), fc.uint8Array({ maxLength: 200 }), holds), { numRuns: 1000 });
    const json = fc.json({ maxDepth: 6 }).map((text) => new Uint8Array(Buffer.from(text)));
    fc.assert(fc.property(fc.constantFrom(...doors), json, holds), { numRuns: 1000 });
  });
});
