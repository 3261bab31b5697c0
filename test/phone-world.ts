import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium } from 'playwright-core';
import { api, chromiumArgs, chromiumPath, startDaemon, temporaryFolder, tokenFor, tool } from './daemon-process.ts';
import { messageProvider } from './message-provider.ts';

/** A cheap phone in portrait. */
export const phone: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
  locale: 'en-IN',
  timezoneId: 'Asia/Kolkata',
};

/** Two doors of one street, and the road that leads to them. */
export const doors = {
  asha: { latitude: 21.1461, longitude: 78.6021 },
  bhola: { latitude: 21.1562, longitude: 78.6227 },
} as const;

/**
 * An agency in the middle of its day behind a real daemon: a van with a driver and a tracker, and consumers with
 * telephones. For tests that look at the pages with a real browser.
 */
export async function phoneWorld(args: readonly string[] = []) {
  const temporary = await temporaryFolder();
  const town = join(temporary.folder, 'town.geojson');
  await tool('device-simulator/main.ts', ['town', '--seed', '1', '--out', town]);
  const provider = await messageProvider();
  const start = (httpPort?: number) =>
    startDaemon({
      data: join(temporary.folder, 'data'),
      ...(httpPort === undefined ? {} : { httpPort }),
      args: [...provider.args, '--log-level', 'debug', '--base-map', 'demo', '--town-file', town, ...args],
    });
  let daemon = await start();
  await tool('daemon/agency.ts', ['add', 'pune', '--name', 'Pune Gas', '--data', daemon.data, '--url', daemon.url]);
  const admin = api(daemon.url, await tokenFor(daemon.data, 'ADMIN', 'pune'));
  const nobody = api(daemon.url);
  const done = async (answer: ReturnType<typeof admin>) => {
    const { status, body, text } = await answer;
    if (status >= 300) throw new Error(`answered ${status}: ${text}`);
    return body;
  };
  await done(admin('PATCH', '/api/agency', { phone: '+91 00100 12345' }));
  await done(admin('POST', '/api/accounts', { id: 'ravi', role: 'DELIVERY_PARTNER', name: 'Ravi' }));
  const invitation = (await done(admin('POST', '/api/invitations', { accountId: 'ravi' }))) as { url: string };
  await done(admin('POST', '/api/vans', { id: 'v1', name: 'Van 1' }));
  await done(admin('PATCH', '/api/vans/v1', { driverId: 'ravi' }));
  await done(admin('POST', '/api/devices', { id: 'driver-ravi', type: 'phone', vanId: 'v1' }));
  const tracker = (await done(admin('POST', '/api/devices', { id: 'gps-v1', type: 'tracker', vanId: 'v1' }))) as {
    username: string;
    key: string;
  };
  const addConsumer = (id: string, more: object) => done(admin('POST', '/api/consumers', { id, ...more }));
  await addConsumer('c-asha', { name: 'Asha', phone: '+91 00200 00001', address: '12, Tank Road', ...doors.asha });
  await addConsumer('c-bhola', {
    ...{ name: 'Bhola', phone: '+91 00200 00002', address: '48, Temple Lane', language: 'hi', ...doors.bhola },
  });
  const basic = Buffer.from(`${tracker.username}:${tracker.key}`).toString('base64');
  return {
    get daemon() {
      return daemon;
    },
    provider,
    admin,
    nobody,
    done,
    /** of the driver, good once */
    invitation: invitation.url,
    async order(id: string, consumerId: string) {
      await done(admin('POST', '/api/orders', { id, consumerId }));
      await done(admin('POST', `/api/orders/${id}/assign`, { vanId: 'v1' }));
    },
    /** The van's tracker tells where it is. */
    async van(latitude: number, longitude: number, more: object = {}) {
      const fix = { fixTime: Date.now(), latitude, longitude, speed: 24, course: 45, ...more };
      const headers = { authorization: `Basic ${basic}` };
      await done(nobody('POST', '/api/positions', [fix], headers));
    },
    /** The path of the link in the newest message to a telephone. */
    async link(to: string): Promise<string> {
      const { text } = await provider.to(to, 'order-link');
      return /\/t\/[\w-]+/.exec(text)?.[0] ?? '';
    },
    /** Ends the daemon and starts it again on the same port. */
    async restart(whileDown: () => Promise<void> = async () => {}) {
      const port = Number(new URL(daemon.url).port);
      await daemon.stop();
      await whileDown();
      daemon = await start(port);
    },
    async stop() {
      await daemon.stop();
      provider.close();
      await temporary.remove();
    },
  };
}
export type PhoneWorld = Awaited<ReturnType<typeof phoneWorld>>;

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath as string, args: chromiumArgs });
}
