import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Api,
  addAgency,
  api,
  type DaemonProcess,
  startDaemon,
  temporaryFolder,
  tokenFor,
} from './daemon-process.ts';
import { type FeedListener, listenToFeed } from './feed-listener.ts';

describe('places and addresses, at the running daemon', () => {
  let daemon: DaemonProcess;
  let admin: Api;
  let dispatcher: FeedListener;
  let elsewhere: FeedListener;
  let driver: FeedListener;
  let remove: () => Promise<void>;
  const cities = '/api/v1/location-updates/cities';

  beforeAll(async () => {
    const temporary = await temporaryFolder();
    remove = temporary.remove;
    daemon = await startDaemon({ data: temporary.folder, args: ['--log-level', 'warn'] });
    admin = await addAgency(daemon, 'pune');
    await addAgency(daemon, 'other');
    const listens = async (role: string, agency: string) =>
      listenToFeed(daemon.url, await tokenFor(temporary.folder, role, agency));
    [dispatcher, elsewhere, driver] = await Promise.all([
      listens('DISPATCHER', 'pune'),
      listens('DISPATCHER', 'other'),
      listens('DELIVERY_PARTNER', 'pune'),
    ]);
  });
  afterAll(async () => {
    for (const feed of [dispatcher, elsewhere, driver]) feed?.close();
    await daemon?.stop();
    await remove?.();
  });

  it('a city that changes is told to the agency’s dispatchers, and gone when it is removed', async () => {
    const city = { city_name: 'Sonanagari', state: 'Maharashtra', latitude: 18.6, longitude: 73.7 };
    expect((await admin('POST', cities, city)).status).toBe(201);
    await dispatcher.hears(
      (message) => message.type === 'event' && message.name === 'place' && message.place.name === 'Sonanagari',
    );
    expect((await admin('DELETE', `${cities}/Sonanagari/Maharashtra`)).status).toBeLessThan(300);
    await dispatcher.hears((message) => message.type === 'gone' && message.kind === 'place');
  });

  it('of hundreds at once it is told that there were many, and nothing to others', async () => {
    const many = Array.from({ length: 300 }, (_, i) => ({
      city_name: `Village ${i}`,
      state: 'Kerala',
      latitude: 10 + i / 1000,
      longitude: 76,
    }));
    const answer = await admin('POST', `${cities}/bulk`, many);
    expect(answer.status, answer.text.slice(0, 300)).toBeLessThan(300);
    await dispatcher.hears((message) => message.type === 'event' && message.name === 'places');
    await admin('POST', '/api/vans', { id: 'last' });
    await dispatcher.hears((message) => message.type === 'event' && message.name === 'van');
    for (const feed of [elsewhere, driver]) expect(feed.text()).not.toMatch(/place|Village|Sonanagari/);
  });

  it('a van has the address of where it is, for staff alone', async () => {
    const door = { latitude: 18.5204, longitude: 73.8567 };
    const asha = { id: 'c1', name: 'Asha', address: '12, Tank Road, Pune', ...door };
    expect((await admin('POST', '/api/consumers', asha)).status).toBe(201);
    await admin('POST', '/api/vans', { id: 'v1', driverId: 'ravi' });
    const { body } = await admin('POST', '/api/devices', { id: 'gps', vanId: 'v1' });
    const basic = { authorization: `Basic ${Buffer.from(`${body.username}:${body.key}`).toString('base64')}` };
    const fix = { fixTime: Date.now(), latitude: 18.5206, longitude: 73.8568 };
    expect((await api(daemon.url)('POST', '/api/positions', [fix], basic)).status).toBe(202);
    await expect.poll(async () => (await admin('GET', '/api/vans/v1')).body.address).toBe('Tank Road');
    const ravi = api(daemon.url, await tokenFor(daemon.data, 'DELIVERY_PARTNER', 'pune', ['--subject', 'ravi']));
    const seen = (await ravi('GET', '/api/vans/v1')).body;
    expect(seen.position).toMatchObject({ latitude: 18.5206 });
    expect(seen).not.toHaveProperty('address');
  });
});
