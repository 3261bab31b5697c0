import { type Api, addAgency, api, startDaemon, temporaryFolder, tokenFor } from './daemon-process.ts';

/** Orders that one request takes. */
const atOnce = 1000;

/** A real daemon with an agency that has this many open orders, of as many consumers, and three vans to put them on. */
export async function boardWorld(orders: number) {
  const { folder, remove } = await temporaryFolder();
  const daemon = await startDaemon({
    data: folder,
    args: ['--base-map', 'land', '--log-level', 'warn', '--rate-limit', '100000'],
  });
  const admin = await addAgency(daemon, 'pune');
  for (const n of [1, 2, 3]) await done(admin('POST', '/api/vans', { id: `v${n}`, name: `Van ${n}` }));
  const rows = Array.from({ length: orders }, (_, i) => {
    const [north, east] = [18.4 + (i % 400) / 2000, 73.7 + Math.floor(i / 400) / 1000];
    return `c${i},${String(i).padStart(6, '0')},Consumer ${i},${i} Ring Road,${north},${east}`;
  });
  const list = ['id,number,name,address,latitude,longitude', ...rows].join('\n');
  const { text } = await admin('POST', '/api/consumers/import', list, { 'content-type': 'text/csv' });
  const last = text.trimEnd().split('\n').at(-1) ?? '';
  if ((JSON.parse(last) as { added?: number }).added !== orders) throw new Error(`the import came to ${last}`);
  for (let from = 0; from < orders; from += atOnce) {
    const some = Array.from({ length: Math.min(atOnce, orders - from) }, (_, i) => {
      const n = from + i;
      return { id: `o${n}`, consumerId: `c${n}`, cylinders: 1 + (n % 3) };
    });
    await done(admin('POST', '/api/orders', some));
  }
  const token = await tokenFor(folder, 'DISPATCHER', 'pune', ['--subject', 'dev']);
  return {
    daemon,
    admin,
    /** another dispatcher's hand */
    dispatcher: api(daemon.url, token),
    console: `${daemon.url}/console/#token=${token}`,
    async stop() {
      await daemon.stop();
      await remove();
    },
  };
}

async function done(answer: ReturnType<Api>): Promise<void> {
  const { status, text } = await answer;
  if (status >= 300) throw new Error(`answered ${status}: ${text.slice(0, 500)}`);
}
