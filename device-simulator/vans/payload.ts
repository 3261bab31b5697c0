import type { Fix } from '../../protocol/position.ts';

/** The languages the simulated trackers speak: each goes through a door of its own. */
export const payloadFormats = ['native', 'owntracks', 'teltonika', 'traccar', 'flespi', 'nmea', 'thingsboard'] as const;
export type PayloadFormat = (typeof payloadFormats)[number];

export interface Message {
  topic: string;
  payload: string;
}

/** km/h in a knot */
const knot = 1.852;

/** The messages in which a tracker of this kind sends these fixes, in order. */
export function encode(format: PayloadFormat, username: string, fixes: readonly Fix[]): Message[] {
  const json = (topic: string, value: unknown): Message => ({ topic, payload: JSON.stringify(value) });
  switch (format) {
    case 'native':
      return [json(`vantrail/${username}/position`, fixes.length === 1 ? fixes[0] : fixes)];
    case 'owntracks':
      return fixes.map((fix) => json(`owntracks/${username}/tracker`, ownTracks(fix, username)));
    case 'teltonika':
      return fixes.map((fix) => json(`teltonika/${username}/data`, teltonika(fix)));
    case 'traccar':
      return fixes.map((fix) => json(`vantrail/${username}/raw`, traccar(fix, username)));
    case 'flespi':
      return [
        json(
          `vantrail/${username}/raw`,
          fixes.map((fix) => flespi(fix, username)),
        ),
      ];
    case 'nmea':
      return [{ topic: `vantrail/${username}/raw`, payload: fixes.map(nmea).join('') }];
    case 'thingsboard':
      return [json('v1/devices/me/telemetry', fixes.map(thingsBoard))];
  }
}

/** Whole seconds; speed km/h; zero values are left out. https://owntracks.org/booklet/tech/json/ */
function ownTracks(fix: Fix, username: string): object {
  const zeroLess = { acc: fix.accuracy, alt: fix.altitude, vel: round(fix.speed), cog: round(fix.course) };
  return {
    _type: 'location',
    lat: fix.latitude,
    lon: fix.longitude,
    tst: Math.floor(fix.fixTime / 1000),
    tid: username.slice(-2),
    t: 'p',
    conn: 'm',
    batt: fix.battery,
    ...Object.fromEntries(Object.entries(zeroLess).filter(([, value]) => value !== undefined && value !== 0)),
  };
}

/** Codec JSON: km/h, ms; AVL ids 239 ignition, 240 movement, 66 supply mV, 21 signal, 113 battery %. */
function teltonika(fix: Fix): object {
  const supply = fix.ignition ? 13_900 : 12_600;
  return {
    state: {
      reported: {
        ts: fix.fixTime,
        pr: 0,
        latlng: `${fix.latitude.toFixed(6)},${fix.longitude.toFixed(6)}`,
        alt: fix.altitude,
        ang: round(fix.course),
        sat: 11,
        sp: round(fix.speed),
        evt: 0,
        '239': fix.ignition ? 1 : 0,
        '240': (fix.speed ?? 0) > 0 ? 1 : 0,
        '66': supply,
        '21': 4,
        '113': fix.battery,
      },
    },
  };
}

/** What a Traccar server forwards: speed in knots. */
function traccar(fix: Fix, username: string): object {
  return {
    position: {
      protocol: 'osmand',
      fixTime: new Date(fix.fixTime).toISOString(),
      deviceTime: new Date(fix.fixTime).toISOString(),
      latitude: fix.latitude,
      longitude: fix.longitude,
      altitude: fix.altitude ?? 0,
      speed: (fix.speed ?? 0) / knot,
      course: fix.course ?? 0,
      accuracy: fix.accuracy ?? 0,
      valid: true,
      outdated: false,
      attributes: { batteryLevel: fix.battery, ignition: fix.ignition, motion: (fix.speed ?? 0) > 0 },
    },
    device: { uniqueId: username, name: username, status: 'online' },
  };
}

/** A flespi message: dotted names, seconds with a fraction, km/h. https://flespi.com/kb/messages-basic-information-units */
export function flespi(fix: Fix, ident: string): Record<string, unknown> {
  const message: Record<string, unknown> = {
    ident,
    timestamp: fix.fixTime / 1000,
    'position.latitude': fix.latitude,
    'position.longitude': fix.longitude,
    'position.valid': true,
  };
  if (fix.speed !== undefined) message['position.speed'] = fix.speed;
  if (fix.course !== undefined) message['position.direction'] = fix.course;
  if (fix.altitude !== undefined) message['position.altitude'] = fix.altitude;
  if (fix.battery !== undefined) message['battery.level'] = fix.battery;
  if (fix.ignition !== undefined) message['engine.ignition.status'] = fix.ignition;
  return message;
}

/** RMC and GGA of one second, each with its checksum: knots, ddmm.mmmm, UTC. */
function nmea(fix: Fix): string {
  const [date = '', clock = ''] = new Date(fix.fixTime).toISOString().split('T');
  const time = clock.slice(0, 11).replaceAll(':', '');
  const day = date.slice(2).split('-').reverse().join('');
  const latitude = `${packed(fix.latitude, 2)},${fix.latitude < 0 ? 'S' : 'N'}`;
  const longitude = `${packed(fix.longitude, 3)},${fix.longitude < 0 ? 'W' : 'E'}`;
  const speed = ((fix.speed ?? 0) / knot).toFixed(2);
  const place = `${latitude},${longitude}`;
  return [
    sentence(`GPRMC,${time},A,${place},${speed},${(fix.course ?? 0).toFixed(1)},${day},,,A`),
    sentence(`GPGGA,${time},${place},1,10,0.9,${(fix.altitude ?? 0).toFixed(1)},M,-60.0,M,,`),
  ].join('');
}

/** Degrees to ddmm.mmmmm. */
function packed(degrees: number, digits: number): string {
  const whole = Math.floor(Math.abs(degrees));
  const minutes = ((Math.abs(degrees) - whole) * 60).toFixed(5).padStart(8, '0');
  // 59.999999 minutes round up to 60: that is the next degree
  if (minutes.startsWith('60')) return `${String(whole + 1).padStart(digits, '0')}00.00000`;
  return String(whole).padStart(digits, '0') + minutes;
}

function sentence(body: string): string {
  let sum = 0;
  for (const character of body) sum ^= character.charCodeAt(0);
  return `$${body}*${sum.toString(16).toUpperCase().padStart(2, '0')}\r\n`;
}

/** ThingsBoard device API: ms, names and units of our own. */
function thingsBoard({ fixTime, ...values }: Fix): object {
  return { ts: fixTime, values };
}

function round(value: number | undefined): number | undefined {
  return value === undefined ? undefined : Math.round(value);
}
