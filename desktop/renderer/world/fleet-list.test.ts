import { describe, expect, it } from 'vitest';
import { type ConsumerEntry, searchable, type VanEntry } from './entries.ts';
import { byName, countByStatus, findConsumers, listVans } from './fleet-list.ts';

const now = 1_000_000_000;
const van = (name: string, age: number | null, speed = 0, driverId?: string): VanEntry => ({
  kind: 'van',
  slot: 0,
  index: 0,
  van: { id: name.replace(' ', '-'), name, kind: 'van', version: 1, ...(driverId === undefined ? {} : { driverId }) },
  position: age === null ? null : { fixTime: now - age, latitude: 21, longitude: 78, speed },
  interval: 2000,
  text: searchable(name, name.replace(' ', '-'), driverId),
});
const fleet = byName([
  van('Van 10', 1000, 30, 'ravi'),
  van('Van 2', 40_000),
  van('Van 1', 500_000),
  van('Spare', null),
]);
const names = (entries: VanEntry[]) => entries.map((entry) => entry.van.name);

describe('the list of vans', () => {
  it('counts by status', () => {
    expect(countByStatus(fleet, now)).toEqual({ all: 4, moving: 1, stopped: 1, silent: 1, new: 1 });
  });
  it('sorts by name as people count', () => {
    expect(names(listVans(fleet, { query: '', status: 'all', sort: 'name' }, now))).toEqual([
      'Spare',
      'Van 1',
      'Van 2',
      'Van 10',
    ]);
  });
  it('sorts by last seen, never heard last', () => {
    expect(names(listVans(fleet, { query: '', status: 'all', sort: 'seen' }, now))).toEqual([
      'Van 10',
      'Van 2',
      'Van 1',
      'Spare',
    ]);
  });
  it('filters by status and by words of name, id or driver', () => {
    expect(names(listVans(fleet, { query: '', status: 'silent', sort: 'name' }, now))).toEqual(['Van 1']);
    expect(names(listVans(fleet, { query: 'RAVI', status: 'all', sort: 'name' }, now))).toEqual(['Van 10']);
    expect(names(listVans(fleet, { query: 'van-2', status: 'all', sort: 'name' }, now))).toEqual(['Van 2']);
    expect(names(listVans(fleet, { query: '10 van', status: 'all', sort: 'name' }, now))).toEqual(['Van 10']);
  });
});

describe('consumers', () => {
  const consumer = (id: string, name: string, address: string, phone: string): ConsumerEntry => ({
    kind: 'consumer',
    index: 0,
    consumer: { id, name, address, phone, version: 1 },
    position: null,
    text: searchable(name, id, address),
    digits: phone.replace(/\D/g, ''),
  });
  const all = [
    consumer('c2', 'Sunita Rao', '12, Ring Road', '+91 98765 43210'),
    consumer('c1', 'Anil Rao', '9, Lake Road', '+91 90000 00001'),
  ];
  const found = (query: string) => findConsumers(all, query).map(({ consumer: { id } }) => id);

  it('appear only when something is searched', () => expect(found('  ')).toEqual([]));
  it('are found by every word, in the order of names', () => {
    expect(found('rao')).toEqual(['c1', 'c2']);
    expect(found('rao ring')).toEqual(['c2']);
    expect(found('rao nowhere')).toEqual([]);
  });
  it.each(['9876543210', '98765 43210', '09876543210', '+91-98765-43210', '43210'])('are found by number %s', (query) =>
    expect(found(query)).toEqual(['c2']),
  );
});
