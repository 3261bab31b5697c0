import fc from 'fast-check';
import { Compile } from 'typebox/compile';
import { describe, expect, it } from 'vitest';
import { Event, type LogRecord } from '../../protocol/record.ts';
import { addAgency } from './decide-agency.ts';
import { addConsumer, changeConsumer, removeConsumer } from './decide-consumer.ts';
import { addDevice, enableDevice, moveDevice, removeDevice, rotateKey } from './decide-device.ts';
import { addVan, changeVan, removeVan } from './decide-van.ts';
import type { Context, Decide, Decision, Refusal } from './decision.ts';
import { apply } from './registry.ts';
import { RegistryReader } from './registry-reader.ts';
import { emptyRegistry } from './registry-state.ts';

const checkEvent = Compile(Event);

/** A registry that carries out commands one after the other; every event must be as the published schema says. */
class Office {
  readonly state = emptyRegistry();
  readonly view = new RegistryReader(this.state);
  records: LogRecord[] = [];
  now = 1_000_000;
  #ids = 0;

  context(ifMatch?: number): Context {
    const newId = () => `00000000-0000-4000-8000-${String(++this.#ids).padStart(12, '0')}`;
    return { now: this.now, newId, actor: 'ADMIN:anu', ...(ifMatch === undefined ? {} : { ifMatch }) };
  }

  decide<T>(decide: Decide<T>, ifMatch?: number): Decision<T> | Refusal {
    return decide(this.view, this.context(ifMatch));
  }

  /** Decides and applies; the value. */
  does<T>(decide: Decide<T>, ifMatch?: number): T {
    const decision = this.decide(decide, ifMatch);
    if (!decision.ok) throw new Error(`refused: ${decision.kind}: ${decision.detail}`);
    for (const record of [...decision.records, ...(decision.afterwards ?? [])]) this.takes(record);
    return decision.value;
  }

  takes(record: LogRecord): void {
    if (record.topic === 'events') expect([...checkEvent.Errors(record.value)]).toEqual([]);
    expect(apply(this.state, record)).toBe('applied');
    this.records.push(record);
  }

  /** Decides; the refusal. */
  refuses(decide: Decide<unknown>, ifMatch?: number): Omit<Refusal, 'ok'> {
    const { ok, ...rest } = this.decide(decide, ifMatch);
    expect(ok).toBe(false);
    return rest as Omit<Refusal, 'ok'>;
  }
}

function office(...agencies: string[]): Office {
  const made = new Office();
  for (const id of agencies) made.does(addAgency({ id }));
  return made;
}

describe('agencies', () => {
  it('are added with the defaults of India', () => {
    const demo = new Office().does(addAgency({ id: 'demo', name: 'Demo Gas' }));
    expect(demo).toEqual({ id: 'demo', name: 'Demo Gas', timeZone: 'Asia/Kolkata', language: 'en' });
  });

  it('are refused when they exist, or are not as they should be', () => {
    const at = office('demo');
    expect(at.refuses(addAgency({ id: 'demo' }))).toMatchObject({ kind: 'exists', current: { id: 'demo' } });
    expect(at.refuses(addAgency({ id: 'Demo!' }))).toMatchObject({
      kind: 'invalid',
      detail: expect.stringContaining('id'),
    });
    expect(at.refuses(addAgency({ id: 'new', timeZone: 'Mars/Base' }))).toMatchObject({ kind: 'invalid' });
    expect(at.refuses(addAgency({ id: 'new', latitude: 91 }))).toMatchObject({
      kind: 'invalid',
      detail: expect.stringContaining('latitude'),
    });
  });
});

describe('vans', () => {
  it('are added, changed and removed', () => {
    const at = office('demo');
    const v1 = at.does(addVan('demo', { id: 'v1', name: 'Blue', driverId: 'ravi' }));
    expect(v1).toEqual({ id: 'v1', name: 'Blue', kind: 'van', driverId: 'ravi', driverSince: 1_000_000, version: 1 });
    expect(at.view.van('demo', 'v1')).toEqual(v1);
    const changed = at.does(changeVan('demo', { id: 'v1', name: 'Red', driverId: null }));
    expect(changed).toEqual({ id: 'v1', name: 'Red', kind: 'van', version: 2 });
    expect(at.view.van('demo', 'v1')).toEqual(changed);
    at.does(removeVan('demo', 'v1'));
    expect(at.view.van('demo', 'v1')).toBeUndefined();
    expect(at.does(addVan('demo', { id: 'v1', driverId: 'ravi' })).version).toBe(4);
  });

  it('need an agency, a free id and a free driver', () => {
    const at = office('demo', 'other');
    const v1 = at.does(addVan('demo', { id: 'v1', driverId: 'ravi' }));
    expect(at.refuses(addVan('nowhere', { id: 'v1' })).kind).toBe('missing');
    expect(at.refuses(addVan('demo', { id: 'v1' }))).toMatchObject({ kind: 'exists', current: v1 });
    expect(at.refuses(addVan('demo', { id: 'v2', driverId: 'ravi' }))).toMatchObject({ kind: 'exists', current: v1 });
    expect(at.refuses(addVan('demo', { id: 'a b' }))).toMatchObject({ kind: 'invalid' });
    expect(at.does(addVan('other', { id: 'v1', driverId: 'ravi' })).version).toBe(1);
  });

  it('that a stale caller would change stay as they are', () => {
    const at = office('demo');
    at.does(addVan('demo', { id: 'v1' }));
    at.does(changeVan('demo', { id: 'v1', name: 'Red' }), 1);
    expect(at.refuses(changeVan('demo', { id: 'v1', name: 'Blue' }), 1)).toEqual({
      kind: 'stale',
      detail: 'van v1 is at version 2, not 1',
      why: { code: 'changed', params: { what: 'van v1', version: 2, seen: 1 } },
      current: { id: 'v1', name: 'Red', kind: 'van', version: 2 },
    });
    expect(at.refuses(removeVan('demo', 'v1'), 1).kind).toBe('stale');
    expect(at.refuses(changeVan('demo', { id: 'v9', name: 'Blue' }), 1).kind).toBe('missing');
  });

  it('that would not change cause no event', () => {
    const at = office('demo');
    const v1 = at.does(addVan('demo', { id: 'v1', name: 'Blue' }));
    expect(at.decide(changeVan('demo', { id: 'v1', name: 'Blue', driverId: null }))).toEqual({
      ok: true,
      records: [],
      value: v1,
    });
  });

  it('let go of their devices when they are removed', () => {
    const at = office('demo');
    at.does(addVan('demo', { id: 'v1' }));
    at.does(addDevice('demo', { id: 'gps1', vanId: 'v1', keyHash: 'h' }));
    at.does(removeVan('demo', 'v1'));
    expect(at.view.device('demo', 'gps1')).toMatchObject({
      version: 2,
      assignments: [
        { from: 0, vanId: 'v1' },
        { from: at.now, vanId: null },
      ],
    });
  });
});

describe('devices', () => {
  it('get a user name, a credential and a van', () => {
    const at = office('demo');
    at.does(addVan('demo', { id: 'v1' }));
    const gps1 = at.does(addDevice('demo', { id: 'gps1', vanId: 'v1', keyHash: 'h1' }));
    expect(gps1).toEqual({
      id: 'gps1',
      username: 'gps1',
      type: 'tracker',
      enabled: true,
      assignments: [{ from: 0, vanId: 'v1' }],
      version: 1,
    });
    expect(at.view.device('demo', 'gps1')).toEqual(gps1);
    expect(at.view.credential('gps1')).toMatchObject({ agency: 'demo', deviceId: 'gps1', keyHash: 'h1' });
  });

  it('get another user name where the id is taken by another agency', () => {
    const at = office('demo', 'other', 'third');
    const username = (agency: string, id: string) =>
      at.does(addDevice(agency, { id, keyHash: `${agency}${id}` })).username;
    expect(username('demo', 'gps1')).toBe('gps1');
    expect(username('third', 'gps1-other')).toBe('gps1-other');
    expect(username('other', 'gps1')).toBe('gps1-other-2');
    expect(at.view.credential('gps1')?.agency).toBe('demo');
    expect(at.view.credential('gps1-other-2')).toMatchObject({ agency: 'other', deviceId: 'gps1' });
    at.does(removeDevice('demo', 'gps1'));
    expect(username('third', 'gps1')).toBe('gps1');
  });

  it('are refused with an unknown van, an unknown gateway, or an id that exists', () => {
    const at = office('demo');
    at.does(addDevice('demo', { id: 'gps1', keyHash: 'h' }));
    const refusal = (command: object) => at.refuses(addDevice('demo', { id: 'gps2', keyHash: 'h', ...command }));
    expect(refusal({ vanId: 'v9' })).toMatchObject({ kind: 'invalid', detail: 'vanId: van v9 does not exist' });
    expect(refusal({ gatewayId: 'gps1' })).toMatchObject({ kind: 'invalid', detail: 'gatewayId: gps1 is no gateway' });
    expect(refusal({ id: 'gps1' }).kind).toBe('exists');
    at.does(addDevice('demo', { id: 'gate', type: 'gateway', keyHash: 'g' }));
    expect(at.does(addDevice('demo', { id: 'gps2', gatewayId: 'gate', keyHash: 'h2' })).gatewayId).toBe('gate');
  });

  it('get a new key', () => {
    const at = office('demo');
    at.does(addDevice('demo', { id: 'gps1', keyHash: 'h1' }));
    at.does(rotateKey('demo', 'gps1', 'h2'));
    expect(at.view.credential('gps1')?.keyHash).toBe('h2');
    expect(at.refuses(rotateKey('demo', 'gps9', 'h3')).kind).toBe('missing');
    expect(at.refuses(rotateKey('demo', 'gps1', 'h3'), 7).kind).toBe('stale');
  });

  it('move between vans, now or as of earlier, never later', () => {
    const at = office('demo');
    for (const id of ['v1', 'v2']) at.does(addVan('demo', { id }));
    at.does(addDevice('demo', { id: 'gps1', vanId: 'v1', keyHash: 'h' }));
    const moved = at.does(moveDevice('demo', 'gps1', 'v2'));
    expect(moved.assignments.at(-1)).toEqual({ from: at.now, vanId: 'v2' });
    expect(at.view.device('demo', 'gps1')).toEqual(moved);
    expect(at.decide(moveDevice('demo', 'gps1', 'v2'))).toMatchObject({ ok: true, records: [] });
    // in the same millisecond: after the last move, not instead of it
    expect(at.does(moveDevice('demo', 'gps1', null)).assignments).toEqual([
      { from: 0, vanId: 'v1' },
      { from: at.now, vanId: 'v2' },
      { from: at.now + 1, vanId: null },
    ]);
    const back = at.does(moveDevice('demo', 'gps1', 'v2', 500));
    expect(back.assignments).toEqual([
      { from: 0, vanId: 'v1' },
      { from: 500, vanId: 'v2' },
    ]);
    expect(at.view.device('demo', 'gps1')).toEqual(back);
    expect(at.refuses(moveDevice('demo', 'gps1', 'v9')).kind).toBe('invalid');
    expect(at.refuses(moveDevice('demo', 'gps1', 'v1', at.now + 3_600_000)).kind).toBe('invalid');
  });

  it('are switched off and on, removed, and added again after what they were before', () => {
    const at = office('demo');
    at.does(addVan('demo', { id: 'v1' }));
    at.does(addDevice('demo', { id: 'gps1', vanId: 'v1', keyHash: 'h1' }));
    expect(at.does(enableDevice('demo', 'gps1', false)).enabled).toBe(false);
    expect(at.view.credential('gps1')).toBeUndefined();
    expect(at.does(enableDevice('demo', 'gps1', true))).toEqual(at.view.device('demo', 'gps1'));
    at.does(removeDevice('demo', 'gps1'));
    expect(at.view.device('demo', 'gps1')).toBeUndefined();
    at.now += 5000;
    const again = at.does(addDevice('demo', { id: 'gps1', vanId: 'v1', keyHash: 'h2' }));
    expect(again).toEqual(at.view.device('demo', 'gps1'));
    expect(again).toMatchObject({
      version: 5,
      assignments: [
        { from: 0, vanId: 'v1' },
        { from: at.now - 5000, vanId: null },
        { from: at.now, vanId: 'v1' },
      ],
    });
    expect(at.view.credentialByKeyHash('h1')).toBeUndefined();
  });
});

describe('consumers', () => {
  const asha = { id: 'c1', name: 'Asha', phone: '+91 98', address: '4 Tank Road', latitude: 12.9, longitude: 77.6 };

  it('leave nothing personal in the events', () => {
    const at = office('demo');
    at.does(addConsumer('demo', asha));
    at.does(changeConsumer('demo', { id: 'c1', name: 'Asha R', phone: null }));
    const events = at.records.filter(({ topic }) => topic === 'events');
    expect(JSON.stringify(events)).not.toMatch(/Asha|98|Tank|12\.9/);
    expect(at.view.consumer('demo', 'c1')).toEqual({
      id: 'c1',
      name: 'Asha R',
      address: '4 Tank Road',
      latitude: 12.9,
      longitude: 77.6,
      version: 2,
    });
  });

  it('are refused when they exist, are missing, are stale or are not as they should be', () => {
    const at = office('demo');
    const c1 = at.does(addConsumer('demo', asha));
    expect(at.refuses(addConsumer('demo', asha))).toMatchObject({ kind: 'exists', current: c1 });
    expect(at.refuses(addConsumer('nowhere', asha)).kind).toBe('missing');
    expect(at.refuses(changeConsumer('demo', { id: 'c2', name: 'x' })).kind).toBe('missing');
    expect(at.refuses(changeConsumer('demo', { id: 'c1', name: 'x' }), 2)).toMatchObject({
      kind: 'stale',
      current: c1,
    });
    expect(at.refuses(removeConsumer('demo', 'c1'), 2).kind).toBe('stale');
    expect(at.refuses(addConsumer('demo', { ...asha, id: 'c2', latitude: 100 }))).toMatchObject({
      kind: 'invalid',
      detail: expect.stringContaining('latitude'),
    });
    expect(at.decide(changeConsumer('demo', { id: 'c1', name: 'Asha' }))).toMatchObject({ ok: true, records: [] });
  });

  it('are erased with their removal, and may come again', () => {
    const at = office('demo');
    at.does(addConsumer('demo', asha));
    at.does(removeConsumer('demo', 'c1'));
    expect(at.view.fields('demo', 'c1')).toBeUndefined();
    expect(at.does(addConsumer('demo', { id: 'c1', name: 'Bina' }))).toEqual({ id: 'c1', name: 'Bina', version: 3 });
    expect(at.view.consumer('demo', 'c1')).toEqual({ id: 'c1', name: 'Bina', version: 3 });
  });

  it('whose last change is not wholly here yet are not changed on half of it, but not for ever', () => {
    const at = office('demo');
    at.does(addConsumer('demo', asha));
    const half = at.decide(changeConsumer('demo', { id: 'c1', phone: '+91 99' }));
    if (!half.ok) throw new Error(half.detail);
    for (const record of half.records) at.takes(record);
    expect(at.refuses(changeConsumer('demo', { id: 'c1', name: 'Asha R' }))).toMatchObject({
      kind: 'stale',
      detail: 'consumer c1 is being changed',
    });
    at.now += 10_000;
    expect(at.does(changeConsumer('demo', { id: 'c1', name: 'Asha R' }))).toMatchObject({
      phone: '+91 98',
      version: 3,
    });
  });
});

describe('a reader of the log outside Vantrail', () => {
  /** All it needs to know: which events hold. As the published schema says it. */
  class OutsideReader {
    readonly #versions = new Map<string, number>();
    holds({ expects }: Event): boolean {
      if (!expects.every(({ subject, version }) => (this.#versions.get(subject) ?? 0) === version)) return false;
      for (const { subject, version } of expects) this.#versions.set(subject, version + 1);
      return true;
    }
  }

  const vanId = fc.constantFrom('v1', 'v2');
  const driverId = fc.constantFrom('ravi', 'mohan');
  const command: fc.Arbitrary<Decide<unknown>> = fc.oneof(
    fc.tuple(vanId, driverId).map(([id, driver]) => addVan('demo', { id, driverId: driver })),
    fc.tuple(vanId, fc.option(driverId)).map(([id, driver]) => changeVan('demo', { id, driverId: driver })),
    vanId.map((id) => removeVan('demo', id)),
    fc
      .tuple(fc.constantFrom('gps1', 'gps2'), vanId)
      .map(([id, on]) => addDevice('demo', { id, vanId: on, keyHash: id })),
    fc.tuple(fc.constantFrom('gps1', 'gps2'), vanId).map(([id, on]) => moveDevice('demo', id, on)),
    fc.constantFrom('gps1', 'gps2').map((id) => removeDevice('demo', id)),
    fc.constantFrom('c1', 'c2').map((id) => addConsumer('demo', { id, name: 'Asha' })),
    fc.constantFrom('c1', 'c2').map((id) => removeConsumer('demo', id)),
  );

  it('drops the same losers by `expects` alone, however late the events were decided', () => {
    const seen = { applied: 0, dropped: 0 };
    fc.assert(
      fc.property(
        fc.array(fc.tuple(command, fc.constantFrom(0, 0, 0, 0, 1, 9)), { minLength: 20, maxLength: 60 }),
        (steps) => {
          const at = new Office();
          const reader = new OutsideReader();
          const underWay: LogRecord[] = [];
          const arrive = (record: LogRecord | undefined) => {
            if (record?.topic !== 'events') return;
            const applied = apply(at.state, record) === 'applied';
            seen[applied ? 'applied' : 'dropped']++;
            expect(reader.holds(record.value)).toBe(applied);
          };
          const first = at.decide(addAgency({ id: 'demo' }));
          if (first.ok) arrive(first.records[0]);
          for (const [decide, arrivals] of steps) {
            const decision = at.decide(decide);
            if (decision.ok) underWay.push(...decision.records);
            for (let n = 0; n < arrivals; n++) arrive(underWay.shift());
          }
          for (const record of underWay) arrive(record);
        },
      ),
      { numRuns: 300, seed: 7 }, // the counts below are of these runs
    );
    expect(seen.applied).toBeGreaterThan(1000);
    expect(seen.dropped).toBeGreaterThan(300);
  });
});
