import { describe, expect, it } from 'vitest';
import { decode } from '../decode.ts';

const read = (text: string) => decode({ door: 'raw', subtopic: '', bytes: Buffer.from(text, 'latin1'), receivedAt: 0 });
/** A sentence with its checksum, as a receiver writes it. */
const sentence = (body: string): string => {
  let sum = 0;
  for (const character of body) sum ^= character.charCodeAt(0);
  return `$${body}*${sum.toString(16).toUpperCase().padStart(2, '0')}`;
};
const rmc = '$GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A';
const gga = '$GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47';

describe('NMEA 0183', () => {
  it('reads RMC: ddmm.mmmm, knots, its date', () => {
    const { format, fixes } = read(`${rmc}\r\n`);
    expect(format).toBe('nmea');
    expect(fixes).toMatchObject([{ fixTime: Date.UTC(1994, 2, 23, 12, 35, 19), course: 84.4 }]);
    expect(fixes[0]?.latitude).toBeCloseTo(48.1173, 9);
    expect(fixes[0]?.longitude).toBeCloseTo(11.5166667, 6);
    expect(fixes[0]?.speed).toBeCloseTo(41.4848, 9);
  });

  it('reads south and west, fractions of a second, and receivers of several systems', () => {
    const real = [
      ['$GPRMC,222414.00,A,4915.3920,N,12259.8072,W,000.2,242.0,211210,,,A*49', Date.UTC(2010, 11, 21, 22, 24, 14)],
      [sentence('GPRMC,170047.00,A,4121.23302,N,00201.31654,W,2.703, ,200417, , ,A'), Date.UTC(2017, 3, 20, 17, 0, 47)],
      [
        sentence('GNRMC,083559.25,A,3351.5000,S,15112.6000,E,0.0,,271126,,,D,V'),
        Date.UTC(2026, 10, 27, 8, 35, 59, 250),
      ],
      [sentence('GLRMC,083559,A,3351.5000,S,07112.6000,W,0.0,12,271126,,'), Date.UTC(2026, 10, 27, 8, 35, 59)],
    ] as const;
    for (const [text, fixTime] of real) expect(read(text), text).toMatchObject({ fixes: [{ fixTime }], rejected: [] });
    expect(read(real[0][0]).fixes[0]?.longitude).toBeCloseTo(-122.99678667, 7);
    expect(read(real[2][0]).fixes[0]?.latitude).toBeCloseTo(-33.8583333, 6);
    expect(read(real[1][0]).fixes[0]).not.toHaveProperty('course');
  });

  it('joins GGA to the RMC of the same second, whichever comes first, and ignores other sentences', () => {
    const others = [
      sentence('GPGSV,1,1,01,05,61,046,41'),
      sentence('GPVTG,084.4,T,,M,022.4,N,041.5,K'),
      sentence('PGRME,15.0,M,45.0,M,25.0,M'),
    ];
    for (const text of [
      [gga, ...others, rmc],
      [rmc, gga],
    ]) {
      expect(read(text.join('\n'))).toMatchObject({ fixes: [{ altitude: 545.4 }], rejected: [] });
    }
    expect(read(others.join('\r\n'))).toMatchObject({ fixes: [], rejected: [], ignored: 'NMEA without RMC or GGA' });
  });

  it('does not date a GGA by another second', () => {
    const later = sentence('GPGGA,123520,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,');
    const { fixes, rejected } = read(`${rmc}\n${later}`);
    expect(fixes).toHaveLength(1);
    expect(fixes[0]).not.toHaveProperty('altitude');
    expect(rejected).toMatchObject([{ index: 1, reason: 'bad-field', detail: expect.stringContaining('no date') }]);
  });

  it('names a wrong or missing checksum, and keeps the good lines', () => {
    const { fixes, indexes, rejected } = read(`${rmc.replace('4807', '4817')}\n${rmc}\n${rmc.slice(0, -3)}`);
    expect(fixes).toHaveLength(1);
    expect(indexes).toEqual([1]);
    expect(rejected).toMatchObject([
      { index: 0, reason: 'checksum', detail: 'the checksum is 6A, the sentence adds up to 6B' },
      { index: 2, reason: 'checksum', detail: expect.stringContaining('not an NMEA sentence with a checksum') },
    ]);
  });

  it.each([
    ['GPRMC,123519,V,,,,,,,230394,,,N', 'no-fix', 'RMC status is "V"'],
    ['GPRMC,123519,A,4807.038,N,01131.000,E,0,0,230394,,,N', 'no-fix', 'RMC mode is N'],
    ['GPGGA,123519,,,,,0,00,,,M,,M,,', 'no-fix', 'GGA quality is 0'],
    ['GPRMC,123519,A,4867.038,N,01131.000,E,0,0,230394,,', 'bad-field', 'RMC latitude must be ddmm.mmmm'],
    ['GPRMC,123519,A,4807.038,X,01131.000,E,0,0,230394,,', 'bad-field', 'RMC latitude must be ddmm.mmmm'],
    ['GPRMC,123519,A,,N,01131.000,E,0,0,230394,,', 'bad-field', 'RMC latitude is missing'],
    ['GPRMC,253519,A,4807.038,N,01131.000,E,0,0,230394,,', 'bad-field', 'do not exist'],
    ['GPRMC,123519,A,4807.038,N,01131.000,E,0,0,310226,,', 'bad-field', 'do not exist'],
    ['GPRMC,123519,A,4807.038,N,01131.000,E,0,0,,,', 'bad-field', 'must be ddmmyy and hhmmss'],
    ['GPRMC', 'checksum', 'not an NMEA sentence'],
  ])('refuses %s', (body, reason, detail) => {
    const { fixes, rejected } = read(body === 'GPRMC' ? '$GPRMC' : sentence(body));
    expect(fixes).toEqual([]);
    expect(rejected).toMatchObject([{ index: 0, reason, detail: expect.stringContaining(detail) }]);
  });
});
