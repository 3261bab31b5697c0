import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EmbeddedLog } from '../daemon/log/embedded.ts';
import { destination } from '../protocol/geo.ts';
import { type Api, addAgency, type DaemonProcess, startDaemon, temporaryFolder } from './daemon-process.ts';
import { messageProvider } from './message-provider.ts';

const minute = 60_000;
const godown = { latitude: 18.52, longitude: 73.85 };
/** Consumers live along one road to the east: Asha after 15 km, Bhola so far out that nobody comes there today. */
const doors = { asha: 15_000, bhola: 85_000 };
const phones = { asha: '+91 98765 43210', bhola: '+91 98765 43211', kavi: '+91 98765 43212' };

/** A time zone in which it is between nine and ten in the evening. */
function lateEvening(now: number): string {
  const ahead = ((21 - new Date(now).getUTCHours() + 12 + 24) % 24) - 12;
  return `Etc/GMT${ahead >= 0 ? '-' : '+'}${Math.abs(ahead)}`;
}

/**
 * What consumers are told while a van drives its run: each thing once, in quiet hours nothing. The running daemon finds
 * it out from orders and positions alone.
 */
describe('messages of a day', () => {
  let daemon: DaemonProcess;
  let provider: Awaited<ReturnType<typeof messageProvider>>;
  const ends: (() => unknown)[] = [];
  const agencies = {} as Record<'lakshmi' | 'quiet', { staff: Api; drives: (fixes: object[]) => Promise<void> }>;
  const asked = async (answer: ReturnType<Api>, status: number) => {
    const { status: got, body } = await answer;
    expect(got, JSON.stringify(body)).toBe(status);
    return body;
  };
  const toldTo = (phone: string) => provider.messages.filter(({ to }) => to.phone === phone).map((one) => one.template);

  beforeAll(async () => {
    const { folder, remove } = await temporaryFolder();
    provider = await messageProvider();
    daemon = await startDaemon({ data: join(folder, 'data'), args: [...provider.args, '--log-level', 'warn'] });
    ends.push(remove, provider.close, () => daemon.stop());
    // The quiet one first: whatever is looked at is looked at there before.
    for (const id of ['quiet', 'lakshmi'] as const) {
      const staff = await addAgency(daemon, id);
      const settings = { timeZone: lateEvening(Date.now()), godown };
      const quiet = id === 'quiet' ? { quietHours: { from: '20:00', to: '07:00' } } : {};
      await asked(staff('PATCH', '/api/agency', { ...settings, ...quiet }), 200);
      await asked(staff('POST', '/api/vans', { id: 'v1' }), 201);
      const { username, key } = await asked(staff('POST', '/api/devices', { id: `gps-${id}`, vanId: 'v1' }), 201);
      const authorization = `Basic ${Buffer.from(`${username}:${key}`).toString('base64')}`;
      const drives = async (fixes: object[]) => {
        const answer = await staff('POST', '/api/positions', fixes, { authorization });
        expect(answer.body, answer.text).toMatchObject({ accepted: fixes.length });
      };
      agencies[id] = { staff, drives };
    }
  });
  afterAll(async () => {
    for (const end of ends.reverse()) await end();
  });

  /** Some minutes of the van, every ten seconds; m from the store. */
  const drive = (now: number, fromMinutes: number, toMinutes: number, from: number, to: number) => {
    const steps = Math.round((toMinutes - fromMinutes) * 6);
    return Array.from({ length: steps }, (_, i) => ({
      fixTime: Math.round(now + (fromMinutes + i / 6) * minute),
      ...destination(godown, 90, from + ((to - from) * i) / steps),
      accuracy: 5,
    }));
  };
  const goesOut = async ({ staff }: (typeof agencies)['lakshmi'], who: Record<string, number>) => {
    for (const [id, metres] of Object.entries(who)) {
      const phone = phones[id as keyof typeof phones];
      await asked(staff('POST', '/api/consumers', { id, name: id, phone, ...destination(godown, 90, metres) }), 201);
      await asked(staff('POST', '/api/orders', { id: `o-${id}`, consumerId: id }), 201);
      await asked(staff('POST', `/api/orders/o-${id}/assign`, { vanId: 'v1' }), 200);
      await asked(staff('POST', `/api/orders/o-${id}/start`, {}), 200);
    }
  };

  it('on its way, ten minutes away, arrived, delivered; and delayed: each once', async () => {
    const { lakshmi, quiet } = agencies;
    const now = Date.now();
    for (const { drives } of [quiet, lakshmi]) await drives(drive(now, -25, -6, 0, 3000));
    await goesOut(quiet, { kavi: doors.asha });
    await goesOut(lakshmi, doors);
    await provider.to(phones.bhola, 'delayed');
    // An hour is left until Asha's door: nothing to be told.
    expect(toldTo(phones.asha)).toEqual(['order-link']);

    for (const { drives } of [quiet, lakshmi]) await drives(drive(now, -6, 0, 3000, 14_000));
    const { text } = await provider.to(phones.asha, 'ten-minutes');
    const page = /\/t\/([\w-]+)/.exec(text)?.[1] ?? '';
    const { status } = await agencies.lakshmi.staff('POST', `/api/links/${page}/session`);
    expect(status).toBe(200);

    await asked(lakshmi.staff('POST', '/api/orders/o-asha/arrive', {}), 200);
    await provider.to(phones.asha, 'arrived');
    await asked(lakshmi.staff('POST', '/api/orders/o-asha/deliver', { reason: 'telephone is broken' }), 200);
    await provider.to(phones.asha, 'delivered');
    // Bhola's turn now, and the next look at the estimates: of what was told before, nothing is told again.
    await lakshmi.drives(drive(Date.now(), 0, 0.5, 14_000, 14_100));
    await asked(lakshmi.staff('POST', '/api/orders/o-bhola/arrive', {}), 200);
    await provider.to(phones.bhola, 'arrived');
    await daemon.stop();
    expect(toldTo(phones.asha)).toEqual(['order-link', 'ten-minutes', 'arrived', 'delivered']);
    expect(toldTo(phones.bhola)).toEqual(['order-link', 'delayed', 'arrived']);
  });

  it('in quiet hours nobody is rung up for what he has not asked for, and the record says why', async () => {
    expect(toldTo(phones.kavi)).toEqual(['order-link']);
    const log = new EmbeddedLog({ folder: join(daemon.data, 'log'), logger: pino({ level: 'silent' }) });
    await log.start();
    const records: object[] = [];
    for await (const batch of log.read(null, ['events'])) {
      for (const { agency, value } of batch.records) {
        if (agency !== 'quiet' || value === null || !('type' in value) || value.type !== 'notified') continue;
        const { template, outcome, detail } = value.data as { template: string; outcome: string; detail?: string };
        records.push(detail === undefined ? { template, outcome } : { template, outcome, detail });
      }
    }
    await log.stop();
    expect(records).toEqual([
      { template: 'order-link', outcome: 'sent' },
      { template: 'ten-minutes', outcome: 'failed', detail: 'quiet hours' },
    ]);
  });
});
