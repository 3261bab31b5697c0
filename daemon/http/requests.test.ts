import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LogRecord } from '../../protocol/record.ts';
import { until } from '../log/log.fixture.ts';
import { LogError } from '../log/log.ts';
import { MemoryLog } from '../log/memory.ts';
import { type RegistryServer, registryServer } from './registry.fixture.ts';
import { start } from './server.fixture.ts';

/** A log that can be out of reach: then it keeps what it is given, and says nothing. */
class FarLog extends MemoryLog {
  #held: (() => void)[] | undefined;

  override append(records: readonly LogRecord[], settled: (error?: LogError) => void): void {
    if (this.#held === undefined) super.append(records, settled);
    else this.#held.push(() => super.append(records, settled));
  }
  cutOff(): void {
    this.#held = [];
  }
  reach(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const append of held) append();
  }
}

let log: FarLog;
let bed: RegistryServer;
beforeEach(async () => {
  log = new FarLog();
  bed = await registryServer(log, {}, {}, { verdictTimeoutMs: 30 });
  await bed.admin('POST', '/api/vans', { id: 'v1', name: 'Blue' });
});
afterEach(() => bed.remove());

describe('a change while the log is out of reach', () => {
  it('is answered with 503, and told later to whom it concerns', async () => {
    log.cutOff();
    const answer = await bed.admin('PATCH', '/api/vans/v1', { name: 'Red' });
    expect(answer.status).toBe(503);
    expect(answer.headers).toMatchObject({
      'retry-after': '5',
      'content-type': 'application/problem+json; charset=utf-8',
    });
    const id = String(answer.body.request);
    expect(answer.body).toMatchObject({
      type: '/problems/undecided',
      detail: `The log has not said yet what became of this. It may still be carried out. Ask GET /api/requests/${id} before you try again.`,
    });
    const asked = await bed.dispatcher('GET', `/api/requests/${id}`);
    expect([asked.status, asked.body, asked.headers['cache-control']]).toEqual([
      200,
      { id, state: 'pending' },
      'no-store',
    ]);
    log.reach();
    await until(() => bed.registry.van('demo', 'v1')?.name === 'Red');
    expect((await bed.admin('GET', `/api/requests/${id}`)).body).toEqual({ id, state: 'applied' });
    // Who may not see it is answered like who asks for what is not there.
    const nothing = await bed.admin('GET', '/api/requests/00000000-0000-4000-8000-000000000000');
    const stranger = await bed.stranger('GET', `/api/requests/${id}`);
    expect([nothing.status, stranger.status, stranger.text]).toEqual([404, 404, nothing.text]);
    expect(nothing.body.detail).toMatch(/may not have reached the log yet/);
    expect((await bed.driver('GET', `/api/requests/${id}`)).status).toBe(403);
    expect((await bed.admin('GET', '/api/requests/v1')).status).toBe(400);
  });

  it('says why it was dropped', async () => {
    log.cutOff();
    const late = bed.admin('PATCH', '/api/vans/v1', { name: 'Red' });
    const id = String((await late).body.request);
    const event = {
      id: '00000000-0000-4000-8000-000000000001',
      time: start,
      actor: 'ADMIN:elsewhere',
      type: 'van-changed',
      expects: [{ subject: 'van:v1', version: 1 }],
      data: { id: 'v1', name: 'Green' },
    } as const;
    // Another daemon's way to the log is open.
    await new Promise<void>((resolve) => {
      MemoryLog.prototype.append.call(log, [{ topic: 'events', agency: 'demo', value: event as never }], () =>
        resolve(),
      );
    });
    log.reach();
    await until(() => bed.commands.outcome('demo', id)?.state !== 'pending');
    expect((await bed.admin('GET', `/api/requests/${id}`)).body).toEqual({
      id,
      state: 'dropped',
      detail: 'van:v1 is at version 2, not 1',
    });
  });

  it('tells that a key was not shown', async () => {
    log.cutOff();
    const added = await bed.admin('POST', '/api/devices', { id: 'gps1' });
    expect([added.status, added.body.detail]).toEqual([
      503,
      expect.stringContaining('The key in it is shown to nobody: make a new one for the device once it is there.'),
    ]);
    log.reach();
    await until(() => bed.registry.device('demo', 'gps1') !== undefined);
    expect(bed.registry.credential('gps1')).toBeUndefined();
    const made = await bed.admin('POST', '/api/devices/gps1/key');
    expect([made.status, bed.registry.credential('gps1')?.deviceId]).toEqual([201, 'gps1']);
  });

  it('is not begun while another on the same thing is undecided', async () => {
    log.cutOff();
    // Which of the two connections is served first is the system's choice.
    const both = await Promise.all(['Red', 'Green'].map((name) => bed.admin('PATCH', '/api/vans/v1', { name })));
    const answers = both.map(({ status, body }) => [status, body.type, typeof body.request]);
    expect(answers.sort()).toEqual([
      [503, '/problems/busy', 'undefined'],
      [503, '/problems/undecided', 'string'],
    ]);
  });

  it('is answered item by item for a list of consumers', async () => {
    log.cutOff();
    const list = [{ id: 'c1', name: 'Asha' }, { id: 'c2' }, { id: 'c3', name: 'Bina' }];
    const { status, body } = await bed.admin('POST', '/api/consumers', list);
    expect(status).toBe(200);
    const { items } = body as { items: { status: number; request?: string }[] };
    expect(items.map((item) => [item.status, typeof item.request])).toEqual([
      [503, 'string'],
      [400, 'undefined'],
      [503, 'string'],
    ]);
    log.reach();
    await until(() => bed.registry.consumer('demo', 'c3')?.name === 'Bina');
    expect((await bed.admin('GET', `/api/requests/${items[0]?.request}`)).body.state).toBe('applied');
  });

  it('that the log refuses was not done, and has no request', async () => {
    log.append = (_records, settled) => settled(new LogError('io', 'no broker'));
    const { status, body } = await bed.admin('PATCH', '/api/vans/v1', { name: 'Red' });
    expect([status, body.type, body.request]).toEqual([503, '/problems/log-unavailable', undefined]);
  });
});
