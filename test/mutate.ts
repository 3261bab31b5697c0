/** Payloads as devices send them, by the topic they go to, and ways to break them. For the fuzz test. */
export interface Sample {
  /** MQTT topic; `{u}` is the username */
  topic: string;
  payload: string;
}

/** One good payload of each format; `fixTime` keeps every message distinct. */
export function samples(fixTime: number): Sample[] {
  const seconds = Math.floor(fixTime / 1000);
  const at = { latitude: 21.15, longitude: 78.6 };
  return [
    { topic: 'vantrail/{u}/position', payload: JSON.stringify({ fixTime, ...at, speed: 31.5, battery: 80 }) },
    { topic: 'vantrail/{u}/position', payload: JSON.stringify([{ fixTime, ...at }]) },
    {
      topic: 'owntracks/{u}/phone',
      payload: JSON.stringify({ _type: 'location', tst: seconds, lat: 21.15, lon: 78.6, vel: 30, batt: 70, acc: 8 }),
    },
    {
      topic: 'teltonika/{u}/data',
      payload: JSON.stringify({
        state: { reported: { ts: fixTime, latlng: '21.15,78.6', sp: '30', ang: 90, alt: '310', sat: 9, 239: 1 } },
      }),
    },
    {
      topic: 'v1/devices/me/telemetry',
      payload: JSON.stringify({ ts: fixTime, values: { ...at, speed: 20 } }),
    },
    {
      topic: 'vantrail/{u}/raw',
      payload: JSON.stringify({
        ident: 'x',
        timestamp: seconds,
        'position.latitude': 21.15,
        'position.longitude': 78.6,
      }),
    },
    {
      topic: 'vantrail/{u}/raw',
      payload: JSON.stringify({
        position: { fixTime, ...at, speed: 10, valid: true, attributes: { batteryLevel: 70 } },
        device: { uniqueId: 'x' },
      }),
    },
    {
      topic: 'vantrail/{u}/raw',
      payload: '$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A\r\n',
    },
  ];
}

const nasty = [
  'null',
  'NaN',
  '1e400',
  '-1e400',
  '""',
  '[]',
  '{}',
  '9'.repeat(400),
  '"\\u0000"',
  '{"__proto__":{"x":1}}',
  '[[[[[[[[',
  '\\ud800',
  '"__proto__"',
  'true',
  '-0',
  '1e-400',
  '"21.15"',
  '\u202e',
  '%00',
  '{"constructor":1}',
];

/** Breaks bytes in one of the usual ways: flip, cut, double, insert, replace a number, splice in something nasty. */
export function mutate(bytes: Buffer, random: () => number): Buffer {
  const at = Math.floor(random() * (bytes.length + 1));
  const to = Math.min(bytes.length, at + Math.floor(random() * 16));
  switch (Math.floor(random() * 7)) {
    case 0: {
      const copy = Buffer.from(bytes);
      if (copy.length > 0) copy[at % copy.length] = (copy[at % copy.length] ?? 0) ^ (1 << Math.floor(random() * 8));
      return copy;
    }
    case 1:
      return bytes.subarray(0, at);
    case 2:
      return Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)]);
    case 3: {
      const junk = Buffer.from(Array.from({ length: 1 + Math.floor(random() * 8) }, () => Math.floor(random() * 256)));
      return Buffer.concat([bytes.subarray(0, at), junk, bytes.subarray(at)]);
    }
    case 4: {
      const text = bytes.toString('latin1');
      const numbers = [...text.matchAll(/-?\d+(\.\d+)?/g)];
      const number = numbers[Math.floor(random() * numbers.length)];
      if (number === undefined) return bytes;
      const value = nasty[Math.floor(random() * nasty.length)] ?? '';
      return Buffer.from(text.slice(0, number.index) + value + text.slice(number.index + number[0].length), 'latin1');
    }
    case 5:
      return Buffer.concat([
        bytes.subarray(0, at),
        Buffer.from(nasty[Math.floor(random() * nasty.length)] ?? ''),
        bytes.subarray(to),
      ]);
    default:
      return mutate(mutate(bytes, random), random);
  }
}
