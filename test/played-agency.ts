import { type Api, addAgency, api, type DaemonProcess } from './daemon-process.ts';

const second = 1000;
const minute = 60 * second;
/** India is ahead of UTC by this, all year, ms. */
const india = 5.5 * 60 * minute;

export interface PlayedAgency {
  call: Api;
  /** 9:00 of yesterday at the agency, UTC ms */
  nine: number;
  /** of each van */
  fixes: number;
}

interface Fix {
  fixTime: number;
  latitude: number;
  longitude: number;
  speed: number;
  course: number;
}

/**
 * An agency whose vans drove yesterday from 9:00 on, by the clock of the agency: 20 minutes to the east, a stop of 20
 * minutes, a dead zone of 15 minutes and 4 km, and 20 minutes to the north. A fix in ten seconds.
 */
export async function playedAgency(daemon: DaemonProcess, vans: readonly string[]): Promise<PlayedAgency> {
  const call = await addAgency(daemon, 'pune');
  const day = 24 * 60 * minute;
  const nine = Math.floor((Date.now() + india) / day) * day - india - day + 9 * 60 * minute;
  let fixes = 0;
  for (const [nth, id] of vans.entries()) {
    await call('POST', '/api/vans', { id, name: `Van ${nth + 1}` });
    const { body } = await call('POST', '/api/devices', { id: `${id}-tracker`, vanId: id });
    const basic = Buffer.from(`${body.username}:${body.key}`).toString('base64');
    const all = drive(nine, 18.52 + nth * 0.006, 73.85 + nth * 0.004);
    fixes = all.length;
    const answer = await api(daemon.url)('POST', '/api/positions', all, { authorization: `Basic ${basic}` });
    if (answer.status !== 202 || answer.body.accepted !== fixes) throw new Error(answer.text);
  }
  return { call, nine, fixes };
}

function drive(from: number, latitude: number, longitude: number): Fix[] {
  const fixes: Fix[] = [];
  let at = { fixTime: from, latitude, longitude };
  const go = (minutes: number, speed: number, course: number) => {
    // km/h over ten seconds, in degrees
    const step = speed / 360 / 111.2;
    for (let i = 0; i < minutes * 6; i++) {
      fixes.push({ ...at, speed: Math.round(speed * (1 - 0.4 * Math.sin(i / 7) ** 2)), course });
      const north = Math.cos((course * Math.PI) / 180) * step;
      const east = Math.sin((course * Math.PI) / 180) * step;
      at = { fixTime: at.fixTime + 10 * second, latitude: at.latitude + north, longitude: at.longitude + east };
    }
  };
  go(10, 30, 90);
  go(10, 50, 45);
  go(20, 0, 45);
  at = { fixTime: at.fixTime + 15 * minute, latitude: at.latitude + 0.02, longitude: at.longitude + 0.03 };
  go(20, 40, 0);
  return fixes;
}
