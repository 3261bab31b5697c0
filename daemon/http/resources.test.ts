import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeadLetter } from '../../protocol/record.ts';
import { hashKey } from '../domain/device-key.ts';
import { LogError } from '../log/log.ts';
import { MemoryLog } from '../log/memory.ts';
import { type RegistryServer, registryServer } from './registry.fixture.ts';
import { start } from './server.fixture.ts';

let bed: RegistryServer;
beforeEach(async () => {
  bed = await registryServer(new MemoryLog());
});
afterEach(() => bed.remove());

describe('agencies', () => {
  it('are added by the operator alone, and only the one his token is for', async () => {
    const operator = bed.call(await bed.token('ADMIN', 'operator', 'third'));
    const added = await operator('POST', '/api/agencies', { id: 'third', name: 'Third Gas', timeZone: 'Asia/Kolkata' });
    expect(added.status).toBe(201);
    expect(added.body).toEqual({ id: 'third', name: 'Third Gas', timeZone: 'Asia/Kolkata', language: 'en' });
    expect((await operator('POST', '/api/agencies', { id: 'third' })).status).toBe(409);
    expect((await operator('POST', '/api/agencies', { id: 'fourth' })).status).toBe(403);
    expect((await bed.admin('POST', '/api/agencies', { id: 'demo2' })).status).toBe(403);
    const wrongZone = await bed.call(await bed.token('ADMIN', 'operator', 'fifth'))('POST', '/api/agencies', {
      id: 'fifth',
      timeZone: 'Mars/Olympus',
    });
    expect(wrongZone.status).toBe(422);
    expect(wrongZone.body.errors[0]).toMatchObject({ path: '/timeZone' });
    expect((await bed.admin('GET', '/api/agency')).body).toMatchObject({ id: 'demo' });
  });
});

describe('vans', () => {
  it('are added, seen, changed and removed', async () => {
    const added = await bed.admin('POST', '/api/vans', { id: 'van-1', name: 'Van 1' });
    expect(added.status).toBe(201);
    expect(added.headers).toMatchObject({ location: '/api/vans/van-1', etag: '"1"' });
    expect(added.body).toEqual({ id: 'van-1', name: 'Van 1', kind: 'van', version: 1 });
    expect((await bed.admin('POST', '/api/vans', { id: 'van-1', name: 'Again' })).status).toBe(409);
    const changed = await bed.admin('PATCH', '/api/vans/van-1', { driverId: 'ravi' });
    expect(changed.body).toMatchObject({ driverId: 'ravi', version: 2 });
    const { body } = await bed.dispatcher('GET', '/api/vans');
    expect(body).toEqual({
      items: [
        {
          id: 'van-1',
          name: 'Van 1',
          kind: 'van',
          driverId: 'ravi',
          driverSince: start,
          version: 2,
          status: 'new',
          position: null,
        },
      ],
      next: null,
    });
    expect((await bed.admin('DELETE', '/api/vans/van-1')).status).toBe(204);
    expect((await bed.dispatcher('GET', '/api/vans/van-1')).status).toBe(404);
  });

  it('show where they are and what they do', async () => {
    await bed.admin('POST', '/api/vans', { id: 'van-1' });
    const position = {
      device: 'd1',
      fixTime: start - 10_000,
      receivedAt: start,
      latitude: 21,
      longitude: 79,
      speed: 30,
    };
    bed.world.liveMap.set('demo/van-1', position);
    expect((await bed.dispatcher('GET', '/api/vans/van-1')).body).toMatchObject({ status: 'moving', position });
  });

  it('a change on an old version gets the present state', async () => {
    await bed.admin('POST', '/api/vans', { id: 'van-1' });
    await bed.admin('PATCH', '/api/vans/van-1', { name: 'One' }, { 'if-match': '"1"' });
    const stale = await bed.admin('PATCH', '/api/vans/van-1', { name: 'Uno' }, { 'if-match': '"1"' });
    expect(stale.status).toBe(412);
    expect(stale.body).toMatchObject({ type: '/problems/stale', current: { name: 'One', version: 2 } });
    expect((await bed.admin('DELETE', '/api/vans/van-1', undefined, { 'if-match': '"1"' })).status).toBe(412);
    expect((await bed.admin('PATCH', '/api/vans/van-1', { name: 'X' }, { 'if-match': 'soon' })).status).toBe(400);
  });

  it('of another agency answer byte for byte like what does not exist', async () => {
    await bed.admin('POST', '/api/vans', { id: 'van-1' });
    for (const [method, path, body] of [
      ['GET', ''],
      ['PATCH', '', { name: 'Mine' }],
      ['DELETE', ''],
      ['GET', '/trail'],
    ] as const) {
      const foreign = await bed.stranger(method, `/api/vans/van-1${path}`, body);
      const missing = await bed.stranger(method, `/api/vans/van-9${path}`, body);
      expect(foreign.status).toBe(404);
      expect(foreign.text).toBe(missing.text);
      const strip = ({
        'x-request-id': _id,
        date: _date,
        'ratelimit-remaining': _left,
        ...rest
      }: object & Record<string, unknown>) => rest;
      expect(strip(foreign.headers)).toEqual(strip(missing.headers));
    }
    expect((await bed.stranger('GET', '/api/vans')).body.items).toEqual([]);
  });

  it('are seen by a driver only where he drives, and by no consumer', async () => {
    await bed.admin('POST', '/api/vans', { id: 'van-1', driverId: 'ravi' });
    await bed.admin('POST', '/api/vans', { id: 'van-2' });
    expect((await bed.driver('GET', '/api/vans')).body.items.map(({ id }: { id: string }) => id)).toEqual(['van-1']);
    expect((await bed.driver('GET', '/api/vans/van-2')).status).toBe(404);
    expect((await bed.consumer('GET', '/api/vans')).body.items).toEqual([]);
    expect((await bed.driver('PATCH', '/api/vans/van-1', { name: 'Mine' })).status).toBe(403);
    expect((await bed.dispatcher('POST', '/api/vans', { id: 'van-3' })).status).toBe(403);
  });

  it('come in pages that do not shift', async () => {
    for (let i = 0; i < 25; i++) await bed.admin('POST', '/api/vans', { id: `van-${String(i).padStart(2, '0')}` });
    const seen: string[] = [];
    let cursor = '';
    for (;;) {
      const { body } = await bed.dispatcher('GET', `/api/vans?limit=10${cursor}`);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      if (seen.length === 10) await bed.admin('DELETE', '/api/vans/van-03');
      if (body.next === null) break;
      cursor = `&cursor=${body.next}`;
    }
    expect(seen).toEqual(Array.from({ length: 25 }, (_, i) => `van-${String(i).padStart(2, '0')}`));
    expect((await bed.dispatcher('GET', '/api/vans?cursor=!!')).status).toBe(400);
    expect((await bed.dispatcher('GET', '/api/vans?limit=0')).body.errors[0]).toMatchObject({ path: 'query/limit' });
    expect((await bed.dispatcher('GET', '/api/vans?limit=x')).status).toBe(400);
    expect((await bed.dispatcher('GET', '/api/vans?lmit=1')).body.errors[0]).toMatchObject({ path: 'query/lmit' });
  });

  it('ids that could be a path are refused', async () => {
    for (const id of ['../x', 'a/b', '', '.x', 'x'.repeat(65), 'vän', '+', '#']) {
      expect((await bed.admin('POST', '/api/vans', { id })).status, id).toBe(400);
    }
  });
});

describe('devices', () => {
  it('are added with a key that is shown once and kept as a hash', async () => {
    await bed.admin('POST', '/api/vans', { id: 'van-1' });
    const added = await bed.admin('POST', '/api/devices', { id: 'tracker-1', vanId: 'van-1' });
    expect(added.status).toBe(201);
    expect(added.headers['cache-control']).toBe('no-store');
    const { username, key } = added.body;
    expect(username).toBe('tracker-1');
    expect(bed.registry.credential(username)).toMatchObject({ agency: 'demo', keyHash: hashKey(key) });
    const list = await bed.dispatcher('GET', '/api/devices');
    expect(list.text).not.toContain(key);
    expect(list.body.items).toMatchObject([{ id: 'tracker-1', vanId: 'van-1', enabled: true, health: null }]);
    const twin = await bed.stranger('POST', '/api/devices', { id: 'tracker-1' });
    expect(twin.body.username).toBe('tracker-1-other');
  });

  it('get a new key, are disabled and removed', async () => {
    await bed.admin('POST', '/api/devices', { id: 'tracker-1' });
    const renewed = await bed.admin('POST', '/api/devices/tracker-1/key', {});
    expect(renewed.status).toBe(201);
    expect(bed.registry.credential('tracker-1')?.keyHash).toBe(hashKey(renewed.body.key));
    expect((await bed.admin('PATCH', '/api/devices/tracker-1', { enabled: false })).body.enabled).toBe(false);
    await bed.admin('PATCH', '/api/devices/tracker-1', { enabled: true });
    expect((await bed.admin('DELETE', '/api/devices/tracker-1')).status).toBe(204);
    expect((await bed.admin('GET', '/api/devices/tracker-1')).status).toBe(404);
  });

  it('change vans, in one step with If-Match', async () => {
    await bed.admin('POST', '/api/vans', { id: 'van-1' });
    await bed.admin('POST', '/api/devices', { id: 'tracker-1' });
    const both = await bed.admin(
      'PATCH',
      '/api/devices/tracker-1',
      { vanId: 'van-1', enabled: false },
      { 'if-match': '"1"' },
    );
    expect(both.status).toBe(200);
    expect(both.body).toMatchObject({ vanId: 'van-1', enabled: false, version: 3 });
    const nowhere = await bed.admin('PATCH', '/api/devices/tracker-1', { vanId: 'van-9' });
    expect(nowhere.status).toBe(422);
    expect(nowhere.body.errors).toMatchObject([{ path: '/vanId', rule: 'state' }]);
    expect((await bed.admin('PATCH', '/api/devices/tracker-1', { vanId: null })).body.vanId).toBeNull();
    expect((await bed.admin('GET', '/api/devices?vanId=van-1')).body.items).toEqual([]);
  });

  it('are for staff', async () => {
    await bed.admin('POST', '/api/devices', { id: 'tracker-1' });
    expect((await bed.driver('GET', '/api/devices')).status).toBe(403);
    expect((await bed.dispatcher('POST', '/api/devices', { id: 'tracker-2' })).status).toBe(403);
    const service = bed.call(await bed.token('INTERNAL_SERVICE', 'erp', 'demo', ['positions:read']));
    expect((await service('GET', '/api/devices')).body.items).toHaveLength(1);
    const without = bed.call(await bed.token('INTERNAL_SERVICE', 'erp', 'demo', ['events:read']));
    expect((await without('GET', '/api/devices')).status).toBe(403);
  });
});

describe('consumers', () => {
  it('are added by the dispatcher, found, changed, and erased', async () => {
    const fields = {
      id: 'c1',
      name: 'Meera Joshi',
      phone: '+91 00123 45678',
      address: '4, River Street',
      latitude: 21,
    };
    expect((await bed.dispatcher('POST', '/api/consumers', fields)).status).toBe(201);
    await bed.dispatcher('POST', '/api/consumers', { id: 'c2', name: 'Ravi Rao' });
    const find = async (query: string) =>
      (await bed.dispatcher('GET', `/api/consumers?query=${encodeURIComponent(query)}`)).body.items.map(
        ({ id }: { id: string }) => id,
      );
    expect(await find('meera')).toEqual(['c1']);
    expect(await find('river joshi')).toEqual(['c1']);
    expect(await find('0012345678')).toEqual(['c1']);
    expect(await find('')).toEqual(['c1', 'c2']);
    expect(await find('nobody')).toEqual([]);
    const changed = await bed.dispatcher('PATCH', '/api/consumers/c1', { phone: null, name: 'Meera R' });
    expect(changed.body).toEqual({ id: 'c1', name: 'Meera R', address: '4, River Street', latitude: 21, version: 2 });
    expect((await bed.dispatcher('PATCH', '/api/consumers/c1', { name: null })).status).toBe(400);
    expect((await bed.dispatcher('DELETE', '/api/consumers/c1')).status).toBe(204);
    expect(await find('meera')).toEqual([]);
  });

  it('are added a thousand at a time, and each is answered by itself', async () => {
    await bed.dispatcher('POST', '/api/consumers', { id: 'c0', name: 'There already' });
    const list = [
      ...Array.from({ length: 996 }, (_, i) => ({ id: `c${i}`, name: `Consumer ${i}` })),
      { id: 'c5', name: 'Twice in the list' },
      { id: 'no name' },
      'nothing',
      { id: 'far', name: 'Far', latitude: 91 },
    ];
    const { status, body } = await bed.dispatcher('POST', '/api/consumers', list);
    expect(status).toBe(200);
    expect(body.items).toHaveLength(1000);
    const count = (wanted: number) => body.items.filter((item: { status: number }) => item.status === wanted).length;
    expect([count(201), count(409), count(400)]).toEqual([995, 2, 3]);
    expect(body.items[0]).toMatchObject({ index: 0, id: 'c0', status: 409, type: '/problems/exists' });
    expect(body.items[999]).toMatchObject({ index: 999, id: 'far', status: 400, detail: '/latitude must be <= 90.' });
    expect(bed.registry.counts('demo').consumers).toBe(996);
    const over = await bed.dispatcher('POST', '/api/consumers', Array(1001).fill({ id: 'x', name: 'x' }));
    expect(over.status).toBe(400);
    expect(over.body.errors).toMatchObject([{ rule: 'maxItems' }]);
  });

  it('see themselves and nobody else', async () => {
    await bed.dispatcher('POST', '/api/consumers', { id: 'c1', name: 'Meera' });
    await bed.dispatcher('POST', '/api/consumers', { id: 'c2', name: 'Ravi' });
    expect((await bed.consumer('GET', '/api/consumers/c1')).status).toBe(200);
    expect((await bed.consumer('GET', '/api/consumers')).body.items).toMatchObject([{ id: 'c1' }]);
    const foreign = await bed.consumer('GET', '/api/consumers/c2');
    expect(foreign.status).toBe(404);
    expect(foreign.text).toBe((await bed.consumer('GET', '/api/consumers/c99')).text);
    expect((await bed.driver('GET', '/api/consumers')).body.items).toEqual([]);
    expect((await bed.consumer('GET', '/api/consumers/c1/trail')).body).toEqual({ items: [], next: null });
    expect((await bed.consumer('GET', '/api/consumers/c2/trail')).status).toBe(404);
    expect((await bed.consumer('PATCH', '/api/consumers/c1', { name: 'X' })).status).toBe(403);
  });
});

describe('while the log takes nothing', () => {
  it('a change is refused with 503 and nothing has happened', async () => {
    await bed.log.stop();
    const refused = await bed.admin('POST', '/api/vans', { id: 'van-1' });
    expect(refused.status).toBe(503);
    expect(refused.headers['retry-after']).toBe('5');
    expect(refused.body.type).toBe('/problems/log-unavailable');
    expect((await bed.admin('GET', '/api/vans')).body.items).toEqual([]);
  });
});

describe('dead letters', () => {
  const letter = (index: number, more: Partial<DeadLetter> = {}): DeadLetter => ({
    id: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
    time: start,
    device: 'tracker-1',
    reason: 'not-json',
    detail: 'not JSON',
    format: 'none',
    via: 'vantrail/tracker-1/position',
    bytes: 'eA==',
    ...more,
  });

  it('are listed newest first, by reason, page by page', async () => {
    for (let i = 0; i < 5; i++)
      bed.world.letters.push({ agency: 'demo', letter: letter(i, i === 2 ? { reason: 'no-fix' } : {}) });
    const first = await bed.dispatcher('GET', '/api/dead-letters?limit=3');
    expect(first.body.items).toHaveLength(3);
    const second = await bed.dispatcher('GET', `/api/dead-letters?limit=3&cursor=${first.body.next}`);
    expect(second.body.items.map(({ id }: DeadLetter) => id)).toEqual([letter(3).id, letter(4).id]);
    expect(second.body.next).toBeNull();
    expect((await bed.dispatcher('GET', '/api/dead-letters?reason=no-fix')).body.items).toHaveLength(1);
    expect((await bed.dispatcher('GET', '/api/dead-letters?reason=bored')).status).toBe(400);
    expect((await bed.stranger('GET', '/api/dead-letters')).body.items).toEqual([]);
    expect((await bed.driver('GET', '/api/dead-letters')).status).toBe(403);
  });

  it('are taken once more and answered with what became of them', async () => {
    await bed.remove();
    const taken: unknown[] = [];
    let error: LogError | undefined;
    bed = await registryServer(
      new MemoryLog(),
      {},
      {
        replay: {
          replay: (given, sender, settled) => {
            taken.push([given.id, sender.agency, sender.device.id]);
            settled(error, {
              accepted: 1,
              duplicates: 0,
              rejected: [{ index: 1, reason: 'no-fix', detail: '(0, 0)' }],
            });
          },
        },
      },
    );
    await bed.admin('POST', '/api/devices', { id: 'tracker-1' });
    bed.world.letters.push(
      { agency: 'demo', letter: letter(1) },
      { agency: 'demo', letter: letter(2, { device: 'gone' }) },
    );
    const again = await bed.admin('POST', `/api/dead-letters/${letter(1).id}/replay`);
    expect(again.status).toBe(200);
    expect(again.body).toEqual({
      accepted: 1,
      duplicates: 0,
      rejected: [{ index: 1, reason: 'no-fix', detail: '(0, 0)' }],
    });
    expect(taken).toEqual([[letter(1).id, 'demo', 'tracker-1']]);
    expect((await bed.admin('POST', `/api/dead-letters/${letter(2).id}/replay`)).status).toBe(422);
    expect((await bed.stranger('POST', `/api/dead-letters/${letter(1).id}/replay`)).status).toBe(404);
    expect((await bed.admin('POST', '/api/dead-letters/x/replay')).status).toBe(400);
    error = new LogError('full', 'no room');
    expect((await bed.admin('POST', `/api/dead-letters/${letter(1).id}/replay`)).status).toBe(503);
  });
});
