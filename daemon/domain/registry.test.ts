import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Event, LogRecord } from '../../protocol/record.ts';
import type { Consumer } from '../../protocol/registry.ts';
import { apply } from './registry.ts';
import { documentOf, restore, subjects } from './registry-documents.ts';
import { RegistryReader } from './registry-reader.ts';
import { emptyRegistry, type RegistryState } from './registry-state.ts';
import { subjectOf } from './subject.ts';

/** An event of demo; `expects` as `{van:v1: 0}`. */
function event<T extends Event['type']>(
  type: T,
  data: Extract<Event, { type: T }>['data'],
  expects: Record<string, number> = {},
  time = 1000,
  agency = 'demo',
): LogRecord {
  const expected = Object.entries(expects).map(([subject, version]) => ({ subject, version }));
  const value = { id: `${type}-${time}`, time, actor: 'ADMIN:anu', type, expects: expected, data } as Event;
  return { topic: 'events', agency, value };
}
const van = (id: string, driverId?: string) => ({
  id,
  name: `Van ${id}`,
  kind: 'van' as const,
  ...(driverId === undefined ? {} : { driverId }),
});
const gps = (id: string, vanId?: string, from = 0) => ({
  id,
  username: id,
  type: 'tracker' as const,
  ...(vanId === undefined ? {} : { vanId }),
  from,
});
const person = (fields: Consumer, agency = 'demo'): LogRecord => ({
  topic: 'people',
  agency,
  id: fields.id,
  value: fields,
});
const erased = (id: string): LogRecord => ({ topic: 'people', agency: 'demo', id, value: null });
const key = (deviceId: string, keyHash: string, agency = 'demo', username = deviceId): LogRecord => ({
  topic: 'accounts',
  agency,
  id: `device:${deviceId}`,
  value: { kind: 'device', username, deviceId, keyHash },
});

function play(...records: LogRecord[]) {
  const state = emptyRegistry();
  const verdicts = records.map((record) => apply(state, record));
  const dropped = verdicts.map((verdict) => (verdict === 'applied' ? '' : verdict.dropped));
  return { state, dropped, view: new RegistryReader(state) };
}

describe('apply', () => {
  it('adds, changes and removes a van, and counts its version', () => {
    const { view, dropped } = play(
      event('van-added', van('v1', 'ravi'), { 'van:v1': 0, 'driver:ravi': 0 }),
      event('van-changed', { id: 'v1', name: 'Blue' }, { 'van:v1': 1 }),
      event('van-changed', { id: 'v1', driverId: null }, { 'van:v1': 2, 'driver:ravi': 1 }),
    );
    expect(dropped).toEqual(['', '', '']);
    expect(view.van('demo', 'v1')).toEqual({ id: 'v1', name: 'Blue', kind: 'van', version: 3 });
    expect(view.vanOfDriver('demo', 'ravi')).toBeUndefined();
    expect(view.version('demo', 'van:v1')).toBe(3);
    expect(view.counts('demo')).toEqual({ vans: 1, devices: 0, consumers: 0 });
  });

  it('drops whoever was decided on an older state, and changes nothing for it', () => {
    const { view, dropped } = play(
      event('van-added', van('v1'), { 'van:v1': 0 }),
      event('van-added', { ...van('v1'), name: 'Other' }, { 'van:v1': 0 }),
      event('van-changed', { id: 'v1', name: 'First' }, { 'van:v1': 1 }),
      event('van-changed', { id: 'v1', name: 'Second' }, { 'van:v1': 1 }),
    );
    expect(dropped).toEqual(['', 'van:v1 is at version 1, not 0', '', 'van:v1 is at version 2, not 1']);
    expect(view.van('demo', 'v1')).toMatchObject({ name: 'First', version: 2 });
  });

  it('goes on counting when an id is used again, so that an old change never hits the new thing', () => {
    const { view, dropped } = play(
      event('van-added', van('v1'), { 'van:v1': 0 }),
      event('van-removed', { id: 'v1' }, { 'van:v1': 1 }),
      event('van-added', van('v1'), { 'van:v1': 2 }),
      event('van-changed', { id: 'v1', name: 'Old news' }, { 'van:v1': 1 }),
    );
    expect(dropped).toEqual(['', '', '', 'van:v1 is at version 3, not 1']);
    expect(view.van('demo', 'v1')).toMatchObject({ name: 'Van v1', version: 3 });
  });

  it('says version 0 of what does not exist, also after a removal', () => {
    const { view } = play(
      event('van-added', van('v1'), { 'van:v1': 0 }),
      event('van-removed', { id: 'v1' }, { 'van:v1': 1 }),
    );
    expect(view.version('demo', 'van:v1')).toBe(0);
    expect(view.count('demo', 'van:v1')).toBe(2);
    expect(view.version('demo', 'van:v2')).toBe(0);
  });

  it('drops what cannot be even when nothing was expected', () => {
    const { dropped } = play(
      event('agency-added', { agency: { id: 'other', name: 'Other', timeZone: 'UTC', language: 'en' } }),
      event('van-added', van('v1', 'ravi')),
      event('van-added', van('v1')),
      event('van-added', van('v2', 'ravi')),
      event('van-changed', { id: 'v3', name: 'x' }),
      event('van-removed', { id: 'v3' }),
      event('device-added', gps('gps1')),
      event('device-added', gps('gps1')),
      event('device-added', { ...gps('gps2'), username: 'gps1' }),
      event('device-moved', { id: 'gps3', vanId: null, from: 1 }),
      event('device-removed', { id: 'gps3' }),
      event('consumer-added', { id: 'c1' }),
      event('consumer-added', { id: 'c1' }),
      event('consumer-removed', { id: 'c2' }),
    );
    expect(dropped).toEqual([
      'an event of demo cannot add other',
      '',
      'van:v1 exists',
      'driver:ravi drives van:v1',
      'van:v3 does not exist',
      'van:v3 does not exist',
      '',
      'device:gps1 exists',
      'username:gps1 exists',
      'device:gps3 does not exist',
      'device:gps3 does not exist',
      '',
      'consumer:c1 exists',
      'consumer:c2 does not exist',
    ]);
  });

  it('leaves events of other projections and other topics alone', () => {
    const order = { ...event('van-removed', { id: 'v1' }), value: { type: 'order-booked', expects: [] } };
    expect(apply(emptyRegistry(), order as unknown as LogRecord)).toEqual({
      dropped: 'order-booked is no event of the registry',
    });
    const state = emptyRegistry();
    const position = { topic: 'positions', agency: 'demo', value: {} } as unknown as LogRecord;
    expect(apply(state, position)).toEqual({ dropped: 'positions are no part of the registry' });
    expect(state).toEqual(emptyRegistry());
  });

  it('keeps agencies apart: the same ids in another one are other things', () => {
    const { view, dropped } = play(
      event('van-added', van('v1'), { 'van:v1': 0 }),
      event('van-added', { ...van('v1'), name: 'Theirs' }, { 'van:v1': 0 }, 1000, 'other'),
      event('van-removed', { id: 'v1' }, { 'van:v1': 1 }, 1000, 'other'),
    );
    expect(dropped).toEqual(['', '', '']);
    expect(view.van('demo', 'v1')?.name).toBe('Van v1');
    expect(view.van('other', 'v1')).toBeUndefined();
  });
});

describe('devices', () => {
  const added = [event('van-added', van('v1')), event('device-added', gps('gps1', 'v1'), { 'device:gps1': 0 })];

  it('are on a van from a time on; a move that reaches back replaces what came after it', () => {
    const assignments = (...moves: LogRecord[]) => play(...added, ...moves).view.device('demo', 'gps1')?.assignments;
    const move = (vanId: string | null, from: number) => event('device-moved', { id: 'gps1', vanId, from });
    expect(assignments()).toEqual([{ from: 0, vanId: 'v1' }]);
    expect(assignments(move('v2', 500), move(null, 900))).toEqual([
      { from: 0, vanId: 'v1' },
      { from: 500, vanId: 'v2' },
      { from: 900, vanId: null },
    ]);
    expect(assignments(move('v2', 500), move('v3', 400))).toEqual([
      { from: 0, vanId: 'v1' },
      { from: 400, vanId: 'v3' },
    ]);
  });

  it('of a van come trackers first, then in the order they were put on it', () => {
    const { view } = play(
      event('device-added', { ...gps('phone', 'v1', 1), type: 'phone' }),
      event('device-added', gps('late', 'v1', 3)),
      event('device-added', gps('early', 'v1', 2)),
      event('device-added', gps('elsewhere', 'v2', 0)),
    );
    const ids = () => view.devicesOfVan('demo', 'v1').map((device) => device.id);
    expect(ids()).toEqual(['early', 'late', 'phone']);
    expect(view.devicesOfVan('demo', 'v9')).toEqual([]);
  });

  it('of a van follow every move, and whoever left it stays among them', () => {
    const { state, view } = play(
      event('device-added', gps('gps1', 'v1', 5)),
      event('device-added', gps('gps2', 'v2', 1)),
    );
    expect(view.devicesOfVan('demo', 'v1').map((device) => device.id)).toEqual(['gps1']);
    apply(state, event('device-moved', { id: 'gps2', vanId: 'v1', from: 9 }));
    expect(view.devicesOfVan('demo', 'v1').map((device) => device.id)).toEqual(['gps1', 'gps2']);
    expect(view.devicesOfVan('demo', 'v2').map((device) => device.id)).toEqual(['gps2']);
    apply(state, event('device-moved', { id: 'gps1', vanId: 'v3', from: 2 }));
    expect(view.devicesOfVan('demo', 'v1').map((device) => device.id)).toEqual(['gps2']);
  });

  it('that are removed are gone, but their trail stays the van’s', () => {
    const { view } = play(...added, key('gps1', 'h1'), event('device-removed', { id: 'gps1' }, {}, 7000));
    expect(view.device('demo', 'gps1')).toBeUndefined();
    expect([...view.devices('demo')]).toEqual([]);
    expect(view.counts('demo').devices).toBe(0);
    expect(view.credential('gps1')).toBeUndefined();
    expect(view.credentialByKeyHash('h1')).toBeUndefined();
    expect(view.devicesOfVan('demo', 'v1')).toEqual([
      expect.objectContaining({
        id: 'gps1',
        enabled: false,
        assignments: [
          { from: 0, vanId: 'v1' },
          { from: 7000, vanId: null },
        ],
      }),
    ]);
  });

  it('log in by their user name while they are enabled, with the newest key', () => {
    const { state, view } = play(...added, key('gps1', 'h1'), key('gps1', 'h2'));
    expect(view.credential('gps1')).toEqual({
      kind: 'device',
      username: 'gps1',
      deviceId: 'gps1',
      keyHash: 'h2',
      agency: 'demo',
    });
    expect(view.credentialByKeyHash('h2')?.deviceId).toBe('gps1');
    expect(view.credentialByKeyHash('h1')).toBeUndefined();
    apply(state, event('device-enabled', { id: 'gps1', enabled: false }));
    expect(view.credential('gps1')).toBeUndefined();
    apply(state, event('device-enabled', { id: 'gps1', enabled: true }));
    expect(view.credential('gps1')?.keyHash).toBe('h2');
    apply(state, { topic: 'accounts', agency: 'demo', id: 'device:gps1', value: null });
    expect(view.credential('gps1')).toBeUndefined();
  });

  it('of two agencies that claimed one user name at two daemons: the earlier keeps it, both keep their key', () => {
    const theirs = [event('device-added', gps('gps1'), {}, 2000, 'a-later'), key('gps1', 'theirs', 'a-later')];
    const ours = [event('device-added', gps('gps1'), {}, 1000, 'z-first'), key('gps1', 'ours', 'z-first')];
    for (const { view } of [play(...theirs, ...ours), play(...ours, ...theirs)]) {
      expect(view.credential('gps1')?.agency).toBe('z-first');
      expect(view.credentialByKeyHash('theirs')?.agency).toBe('a-later');
    }
  });
});

describe('consumers', () => {
  const c1: Consumer = { id: 'c1', name: 'Asha', phone: '98', version: 1 };

  it('exist by their event and have their fields by people, whichever comes first', () => {
    const orders = [
      [event('consumer-added', { id: 'c1' }), person(c1)],
      [person(c1), event('consumer-added', { id: 'c1' })],
    ];
    for (const records of orders) {
      const { view } = play(...records);
      expect(view.consumer('demo', 'c1')).toEqual(c1);
      expect([...view.consumers('demo')]).toEqual([c1]);
      expect(view.counts('demo').consumers).toBe(1);
    }
  });

  it('are not there by their fields alone, and show by their id without fields', () => {
    expect(play(person(c1)).view.consumer('demo', 'c1')).toBeUndefined();
    expect(play(event('consumer-added', { id: 'c1' })).view.consumer('demo', 'c1')).toEqual({
      id: 'c1',
      name: 'c1',
      version: 1,
    });
  });

  it('are erased: nothing personal is left in the state', () => {
    const { state, view } = play(
      event('consumer-added', { id: 'c1' }),
      person(c1),
      event('consumer-removed', { id: 'c1' }, { 'consumer:c1': 1 }),
      erased('c1'),
    );
    expect(view.consumer('demo', 'c1')).toBeUndefined();
    expect(view.counts('demo').consumers).toBe(0);
    expect(canonical(state)).not.toContain('Asha');
  });

  it('have the version of their events, whatever the fields say', () => {
    const { view } = play(
      event('consumer-added', { id: 'c1' }),
      person(c1),
      event('consumer-changed', { id: 'c1' }, { 'consumer:c1': 1 }),
    );
    expect(view.consumer('demo', 'c1')).toEqual({ ...c1, version: 2 });
    expect(view.version('demo', 'consumer:c1')).toBe(2);
  });
});

/** All that is known, as one text that does not depend on the order it came in. */
function canonical(state: RegistryState): string {
  const all: [string, unknown][] = [];
  const view = new RegistryReader(state);
  for (const { agency, subject } of subjects(state))
    all.push([`${agency} ${subject}`, documentOf(state, agency, subjectOf(subject))]);
  for (const agency of state.agencies.keys()) {
    all.push([`${agency} counts`, view.counts(agency)]);
    for (const vanId of vanIds) all.push([`${agency} aboard ${vanId}`, view.devicesOfVan(agency, vanId)]);
    for (const driver of drivers) all.push([`${agency} ${driver}`, view.vanOfDriver(agency, driver)]);
    all.push([`${agency} consumers`, [...view.consumers(agency)].sort((a, b) => (a.id < b.id ? -1 : 1))]);
  }
  for (const username of usernames) all.push([`credential ${username}`, view.credential(username)]);
  all.sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify(all);
}

const agencies = ['a', 'b'];
const vanIds = ['v1', 'v2'];
const drivers = ['ravi', 'mohan'];
const usernames = ['gps1', 'gps2'];

describe('every interleaving of topics and agencies', () => {
  const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
  const vanId = fc.constantFrom(...vanIds);
  const deviceId = fc.constantFrom('gps1', 'gps2');
  const consumerId = fc.constantFrom('c1', 'c2');
  const driverId = fc.constantFrom(...drivers);
  const time = fc.nat(50);
  const data: fc.Arbitrary<{ type: string; subject: string; data: object }> = fc.oneof(
    fc
      .tuple(vanId, maybe(driverId))
      .map(([id, driver]) => ({ type: 'van-added', subject: `van:${id}`, data: van(id, driver) })),
    fc
      .tuple(vanId, fc.option(driverId))
      .map(([id, driver]) => ({ type: 'van-changed', subject: `van:${id}`, data: { id, driverId: driver } })),
    vanId.map((id) => ({ type: 'van-removed', subject: `van:${id}`, data: { id } })),
    fc.tuple(deviceId, fc.constantFrom(...usernames), maybe(vanId), time).map(([id, username, on, from]) => ({
      type: 'device-added',
      subject: `device:${id}`,
      data: { ...gps(id, on, from), username },
    })),
    fc
      .tuple(deviceId, fc.option(vanId), time)
      .map(([id, on, from]) => ({ type: 'device-moved', subject: `device:${id}`, data: { id, vanId: on, from } })),
    fc
      .tuple(deviceId, fc.boolean())
      .map(([id, enabled]) => ({ type: 'device-enabled', subject: `device:${id}`, data: { id, enabled } })),
    deviceId.map((id) => ({ type: 'device-removed', subject: `device:${id}`, data: { id } })),
    fc
      .tuple(consumerId, fc.constantFrom('consumer-added', 'consumer-changed', 'consumer-removed'))
      .map(([id, type]) => ({ type, subject: `consumer:${id}`, data: { id } })),
  );
  const anyEvent = fc.record({ agency: fc.constantFrom(...agencies), what: data, time, version: maybe(fc.nat(3)) }).map(
    ({ agency, what, time: at, version }): LogRecord => ({
      topic: 'events',
      agency,
      value: {
        id: 'e',
        time: at,
        actor: 'ADMIN:anu',
        type: what.type,
        expects: version === undefined ? [] : [{ subject: what.subject, version }],
        data: what.data,
      } as unknown as Event,
    }),
  );
  const anyPerson = fc
    .record({ agency: fc.constantFrom(...agencies), id: consumerId, name: maybe(fc.string()), version: fc.nat(3) })
    .map(
      ({ agency, id, name, version }): LogRecord => ({
        topic: 'people',
        agency,
        id,
        value: name === undefined ? null : { id, name, version },
      }),
    );
  const anyKey = fc
    .record({
      agency: fc.constantFrom(...agencies),
      deviceId,
      username: fc.constantFrom(...usernames),
      hash: fc.option(fc.uuid()),
    })
    .map(
      ({ agency, deviceId: id, username, hash }): LogRecord =>
        hash === null
          ? { topic: 'accounts', agency, id: `device:${id}`, value: null }
          : key(id, hash, agency, username),
    );
  const history = fc.array(fc.oneof({ weight: 5, arbitrary: anyEvent }, anyPerson, anyKey), {
    minLength: 5,
    maxLength: 60,
  });

  /** The same records in another order that keeps each topic and agency in its own. */
  function interleaved(records: readonly LogRecord[], choices: readonly number[]): LogRecord[] {
    const queues = [...Map.groupBy(records, ({ topic, agency }) => `${topic} ${agency}`).values()];
    const mixed: LogRecord[] = [];
    for (let step = 0; mixed.length < records.length; step++) {
      const open = queues.filter((queue) => queue.length > 0);
      const next = open[(choices[step % choices.length] ?? 0) % open.length]?.shift();
      if (next !== undefined) mixed.push(next);
    }
    return mixed;
  }

  it('comes to the same state', () => {
    let applied = 0;
    let dropped = 0;
    fc.assert(
      fc.property(history, fc.array(fc.nat(5), { minLength: 1, maxLength: 60 }), (records, choices) => {
        const one = emptyRegistry();
        for (const record of records) apply(one, record) === 'applied' ? applied++ : dropped++;
        const other = emptyRegistry();
        for (const record of interleaved(records, choices)) apply(other, record);
        expect(canonical(other)).toBe(canonical(one));
      }),
      { numRuns: 500, seed: 7 }, // the counts below are of these runs
    );
    // The histories are worth something only when both happen often.
    expect(applied).toBeGreaterThan(1000);
    expect(dropped).toBeGreaterThan(1000);
  });

  it('is kept whole by its documents', () => {
    fc.assert(
      fc.property(history, (records) => {
        const state = emptyRegistry();
        for (const record of records) apply(state, record);
        const again = emptyRegistry();
        for (const { agency, subject } of subjects(state)) {
          const document = documentOf(state, agency, subjectOf(subject));
          if (document !== undefined) restore(again, agency, subject, JSON.parse(JSON.stringify(document)));
        }
        expect(canonical(again)).toBe(canonical(withoutEmpty(state)));
      }),
      { numRuns: 200 },
    );
  });
});

/** Without agencies of which nothing is known: an event that was dropped leaves an empty one. */
function withoutEmpty(state: RegistryState): RegistryState {
  const named = new Set([...subjects(state)].map(({ agency }) => agency));
  for (const agency of [...state.agencies.keys()]) if (!named.has(agency)) state.agencies.delete(agency);
  return state;
}
