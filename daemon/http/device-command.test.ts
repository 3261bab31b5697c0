import { afterEach, beforeEach, expect, it } from 'vitest';
import { MemoryLog } from '../log/memory.ts';
import { type RegistryServer, registryServer } from './registry.fixture.ts';

let bed: RegistryServer;
const sent: [string, string][] = [];
beforeEach(async () => {
  sent.length = 0;
  const command = async (username: string, payload: string) => {
    sent.push([username, payload]);
    return username === 'tracker-1';
  };
  bed = await registryServer(new MemoryLog(), {}, { command });
  for (const id of ['tracker-1', 'tracker-2']) await bed.admin('POST', '/api/devices', { id });
});
afterEach(() => bed.remove());

it('a command is sent as it is, and the answer says whether the device took it', async () => {
  const payload = 'AT+GTFRI=gv300,1 ऐ';
  const done = await bed.admin('POST', '/api/devices/tracker-1/command', { payload });
  expect([done.status, done.body]).toEqual([200, { delivered: true }]);
  expect((await bed.admin('POST', '/api/devices/tracker-2/command', { payload })).body).toEqual({ delivered: false });
  expect(sent).toEqual([
    ['tracker-1', payload],
    ['tracker-2', payload],
  ]);
});

it('is for those who manage devices, and for devices of their own agency', async () => {
  const path = '/api/devices/tracker-1/command';
  expect((await bed.driver('POST', path, { payload: 'x' })).status).toBe(403);
  expect((await bed.consumer('POST', path, { payload: 'x' })).status).toBe(403);
  const missing = await bed.stranger('POST', '/api/devices/tracker-9/command', { payload: 'x' });
  const foreign = await bed.stranger('POST', path, { payload: 'x' });
  expect([foreign.status, foreign.body.detail]).toEqual([404, missing.body.detail]);
  expect(sent).toEqual([]);
});

it('an empty or overlong one is refused with the field named', async () => {
  for (const payload of ['', 'x'.repeat(8193)]) {
    const { status, body } = await bed.admin('POST', '/api/devices/tracker-1/command', { payload });
    expect(status).toBe(400);
    expect(body.errors).toMatchObject([{ path: '/payload' }]);
  }
});
