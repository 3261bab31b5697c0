import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { addAccount } from '../domain/decide-account.ts';
import { type PeopleServer, peopleServer } from './people.fixture.ts';

let bed: PeopleServer;
let admin: string;
beforeEach(async () => {
  bed = await peopleServer();
  admin = (await bed.agency('demo')).accessToken;
});
afterEach(() => bed.remove());

const as =
  (token: string) =>
  (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', url: string, body?: object, headers: Record<string, string> = {}) =>
    bed.ask(method, url, { token, headers, ...(body === undefined ? {} : { body }) });
const audit = async (query = '') => (await as(admin)('GET', `/api/audit${query}`)).body;

describe('the audit trail', () => {
  it('says who did what when, newest first', async () => {
    bed.clock.now += 5000;
    await as(admin)('POST', '/api/vans', { id: 'v1' });
    await as(admin)('PATCH', '/api/vans/v1', { name: 'Blue' });
    const { items } = await audit('?limit=2');
    expect(items).toEqual([
      {
        id: expect.any(String),
        time: bed.clock.now,
        actor: 'ADMIN:asha',
        type: 'van-changed',
        about: 'van:v1',
        data: { id: 'v1', name: 'Blue' },
      },
      expect.objectContaining({ type: 'van-added', about: 'van:v1' }),
    ]);
    const all = (await audit()).items.map(({ type, actor }: { type: string; actor: string }) => `${actor} ${type}`);
    expect(all.reverse().slice(0, 4)).toEqual([
      'test agency-added',
      'ADMIN:operator account-added',
      'ADMIN:operator account-invited',
      'ADMIN:asha password-set',
    ]);
  });

  it('is read in pages and by what one looks for', async () => {
    for (let i = 0; i < 5; i++) await as(admin)('POST', '/api/vans', { id: `v${i}` });
    const seen: string[] = [];
    let next: string | null = '';
    do {
      const page: { items: { about: string }[]; next: string | null } = await audit(
        `?type=van-added&limit=2${next ? `&cursor=${next}` : ''}`,
      );
      seen.push(...page.items.map(({ about }) => about));
      next = page.next;
    } while (next !== null);
    expect(seen).toEqual(['van:v4', 'van:v3', 'van:v2', 'van:v1', 'van:v0']);
    expect((await audit('?about=van:v2')).items).toHaveLength(1);
    expect((await audit('?actor=DISPATCHER:dev')).items).toEqual([]);
    expect((await audit(`?from=${bed.clock.now + 1}`)).items).toEqual([]);
    expect((await audit('?to=2025-01-01')).items).toEqual([]);
    for (const query of ['?cursor=x', '?from=soon', '?limit=0', '?who=me']) {
      expect((await as(admin)('GET', `/api/audit${query}`)).status).toBe(400);
    }
  });

  it('has what counted and not what lost its race', async () => {
    await as(admin)('POST', '/api/vans', { id: 'v1' });
    const [{ id }] = (await audit('?about=van:v1')).items;
    const lost = {
      id: '00000000-0000-4000-8000-000000000001',
      time: bed.clock.now,
      actor: 'DISPATCHER:dev',
      type: 'van-changed',
      expects: [{ subject: 'van:v1', version: 7 }],
      data: { id: 'v1', name: 'Lost' },
    } as const;
    await new Promise<void>((resolve) =>
      bed.log.append([{ topic: 'events', agency: 'demo', value: { ...lost, expects: [...lost.expects] } }], () =>
        resolve(),
      ),
    );
    expect((await audit('?about=van:v1')).items.map((entry: { id: string }) => entry.id)).toEqual([id]);
  });

  it('is the same once it is saved, and after the daemon has started again', async () => {
    await as(admin)('POST', '/api/vans', { id: 'v1' });
    const before = await audit();
    const { projector } = bed.projections;
    await projector.stop();
    await projector.start();
    await projector.caughtUp;
    expect(await audit()).toEqual(before);
    await as(admin)('PATCH', '/api/vans/v1', { name: 'Blue' });
    expect((await audit()).items.slice(1)).toEqual(before.items);
    expect((await audit('?limit=1')).items[0].type).toBe('van-changed');
  });

  it('is the administrator’s, and of one agency', async () => {
    await bed.does(addAccount(bed.accounts, 'demo', { id: 'dev', role: 'DISPATCHER' }));
    const dev = await bed.parts.http.sessions.open({ agency: 'demo', role: 'DISPATCHER', subject: 'dev', client: '' });
    expect((await as(dev?.accessToken ?? '')('GET', '/api/audit')).status).toBe(403);
    const { accessToken: stranger } = await bed.agency('other');
    const theirs = (await as(stranger)('GET', '/api/audit')).body.items;
    expect(theirs).toHaveLength(4);
    expect(JSON.stringify(theirs)).not.toContain('dev');
  });
});

describe('the settings of an agency', () => {
  it('are changed by its administrator', async () => {
    const before = await as(admin)('GET', '/api/agency');
    expect(before.body).toEqual({ id: 'demo', name: 'demo', timeZone: 'Asia/Kolkata', language: 'en', version: 1 });
    const settings = {
      name: 'Sona Gas',
      language: 'hi',
      mapCentre: { latitude: 18.52, longitude: 73.85, zoom: 12 },
      godown: { latitude: 18.5, longitude: 73.8 },
      workingHours: [{ days: [1, 2, 3, 4, 5, 6], from: '09:00', to: '18:30' }],
      units: 'metric',
    };
    const changed = await as(admin)('PATCH', '/api/agency', settings);
    expect(changed.body).toEqual({ id: 'demo', timeZone: 'Asia/Kolkata', ...settings, version: 2 });
    expect(changed.headers.etag).toBe('"2"');
    expect((await as(admin)('GET', '/api/agency')).body).toEqual(changed.body);
    const { godown: _godown, ...rest } = changed.body;
    expect((await as(admin)('PATCH', '/api/agency', { godown: null })).body).toEqual({ ...rest, version: 3 });
    expect((await as(admin)('PATCH', '/api/agency', { units: 'metric' })).body.version).toBe(3);
    const stale = await as(admin)('PATCH', '/api/agency', { name: 'X' }, { 'if-match': '"1"' });
    expect([stale.status, stale.body.current.version]).toEqual([412, 3]);
    expect((await audit('?type=agency-changed')).items).toHaveLength(2);
  });

  it.each([
    [{ timeZone: 'Mars/Base' }, 422, '/timeZone'],
    [{ workingHours: [{ days: [1], from: '18:00', to: '09:00' }] }, 422, '/workingHours/0/to'],
    [{ workingHours: [{ days: [8], from: '09:00', to: '18:00' }] }, 400, '/workingHours/0/days/0'],
    [{ workingHours: [{ days: [1], from: '9:00', to: '18:00' }] }, 400, '/workingHours/0/from'],
    [{ godown: { latitude: 91, longitude: 0 } }, 400, '/godown/latitude'],
    [{ name: null }, 400, '/name'],
    [{ id: 'other' }, 400, '/id'],
    [{ units: 'furlong' }, 400, '/units'],
  ])('are refused where they cannot be: %j', async (body, status, path) => {
    const answer = await as(admin)('PATCH', '/api/agency', body);
    expect(answer.status).toBe(status);
    expect(answer.body.errors.map((error: { path: string }) => error.path)).toContain(path);
    expect((await as(admin)('GET', '/api/agency')).body.version).toBe(1);
  });

  it('are nobody else’s to change', async () => {
    await bed.agency('other');
    const dispatcher = await bed.tokens.sign({ role: 'DISPATCHER', subject: 'dev', agency: 'demo' });
    expect((await as(dispatcher)('PATCH', '/api/agency', { name: 'Mine' })).status).toBe(403);
    await as(admin)('PATCH', '/api/agency', { name: 'Sona Gas' });
    expect(bed.registry.agency('other')?.name).toBe('other');
  });
});
