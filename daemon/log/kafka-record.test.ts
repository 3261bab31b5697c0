import { describe, expect, it } from 'vitest';
import type { LogRecord, Topic } from '../../protocol/record.ts';
import { messageOf, Poison, recordOf } from './kafka-record.ts';
import type { Message, Received } from './kafka-wire.ts';
import { event, person, position } from './log.fixture.ts';

/** What comes back from Kafka of a message. */
function received({ key, value, headers }: Message, change: Partial<Received> = {}): Received {
  return {
    offset: 1,
    key: Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
    ...change,
  };
}

const credential: LogRecord = {
  topic: 'accounts',
  agency: 'demo',
  id: 'device:d1',
  value: { kind: 'device', username: 'd1', deviceId: 'd1', keyHash: 'abc' },
};
const letter: LogRecord = {
  topic: 'dead-letters',
  agency: 'demo',
  value: {
    id: '00000000-0000-4000-8000-000000000001',
    time: 1,
    device: 'd1',
    reason: 'not-json',
    detail: 'wrong at 3',
    format: 'none',
    via: 'mqtt',
    bytes: 'AA==',
  },
};

const profile: LogRecord = {
  topic: 'people',
  agency: 'demo',
  id: 'account:anu',
  value: { kind: 'account', id: 'anu', name: 'Dispatcher 1', version: 1 },
};
const ended: LogRecord = {
  topic: 'accounts',
  agency: 'demo',
  id: 'session-end:s1',
  value: { kind: 'session-end', id: 's1', at: 1 },
};
const place: LogRecord = {
  topic: 'places',
  agency: 'demo',
  id: 'geonames:1',
  value: {
    id: '00000000-0000-4000-8000-000000000001',
    time: 1,
    actor: 'ADMIN:test',
    type: 'place-removed',
    expects: [{ subject: 'place:geonames:1', version: 1 }],
    data: { key: 'geonames:1' },
  },
};
const planned = (stops: unknown): object => ({
  ...{ ...event(1).value, type: 'run-planned' },
  data: { vanId: 'v1', day: '2026-11-21', stops },
});

describe('a record in Kafka', () => {
  it.each([
    ['demo', position(1)],
    ['demo', { ...position(1), id: 'some/id' } as LogRecord],
    ['demo', event(1)],
    ['demo/a/b', person('a/b', 'गीता "O’Neil"')],
    ['demo/a', person('a', null)],
    ['demo/device:d1', credential],
    ['demo/account:anu', profile],
    ['demo/session-end:s1', ended],
    ['geonames:1', place],
    ['demo', letter],
  ])('has key %s and comes back as it was', (key, record) => {
    const message = messageOf(record, undefined);
    expect(message.key).toBe(key);
    expect(recordOf(record.topic, received(message))).toEqual(record);
    const origin = { daemon: 'd1-abc', sequence: 9_000_000_000 };
    expect(recordOf(record.topic, received(messageOf(record, origin)))).toEqual({ ...record, origin });
  });

  it('names its schema and version, and its source where it was forwarded', () => {
    expect(messageOf(position(1), { daemon: 'd1', sequence: 7 })).toEqual({
      key: 'demo',
      value: JSON.stringify(position(1).value),
      headers: { schema: 'Position', version: '1', agency: 'demo', daemon: 'd1', sequence: '7' },
    });
    expect(messageOf(person('a', null), undefined)).toEqual({
      key: 'demo/a',
      value: null,
      headers: { schema: 'Consumer', version: '1', agency: 'demo', id: 'a' },
    });
  });

  it.each([
    ['Consumer', person('a', 'Asha')],
    ['AccountProfile', profile],
    ['DeviceCredential', credential],
    ['SessionEndRecord', ended],
    ['PlaceEvent', place],
  ])('names the schema of the kind of its value, and of what it erases: %s', (schema, record) => {
    expect(messageOf(record, undefined).headers).toMatchObject({ schema });
    if (record.topic !== 'people' && record.topic !== 'accounts') return;
    expect(messageOf({ ...record, value: null }, undefined).headers).toMatchObject({ schema });
  });

  it('is called by the first kind where it erases what nobody knows', () => {
    const erased = (id: string): LogRecord => ({ topic: 'accounts', agency: 'demo', id, value: null });
    expect(messageOf(erased('constructor:x'), undefined).headers).toMatchObject({ schema: 'DeviceCredential' });
    expect(messageOf(erased('x'), undefined).headers).toMatchObject({ schema: 'DeviceCredential' });
  });

  it('is not written with a value of a kind that nobody could read', () => {
    const value = { kind: 'pass', accountId: 'anu' };
    expect(() => messageOf({ ...ended, value } as unknown as LogRecord, undefined)).toThrow(
      /a record of accounts cannot be written: its value is of kind "pass"; in accounts there are device, link, /,
    );
  });

  it('is read without our headers, as another program might write it', () => {
    const bare = { headers: {} };
    expect(recordOf('positions', received(messageOf(position(1), undefined), bare))).toEqual(position(1));
    expect(recordOf('people', received(messageOf(person('a/b', 'Asha'), undefined), bare))).toEqual(
      person('a/b', 'Asha'),
    );
    expect(recordOf('people', received(messageOf(profile, undefined), bare))).toEqual(profile);
    const named = { headers: { agency: Buffer.from('demo') } };
    expect(recordOf('places', received(messageOf(place, undefined), named))).toEqual(place);
  });

  it('may have fields that a later version adds', () => {
    const value = { ...(position(1).value as object), satellites: 9, kind: 'device' };
    const later = received(messageOf({ ...position(1), value } as unknown as LogRecord, undefined));
    expect(recordOf('positions', later).value).toEqual(value);
  });

  const text = (value: string) => ({ value: Buffer.from(value) });
  const header = (name: string, value: string) => ({ headers: { [name]: Buffer.from(value) } });
  it.each<[string, Topic, LogRecord, Partial<Received>, RegExp]>([
    ['a value that is not JSON', 'positions', position(1), text('{"device":'), /not JSON/],
    ['bytes that are no text', 'positions', position(1), { value: Buffer.from([0xff, 0xfe, 0]) }, /not JSON/],
    ['a wrong type', 'positions', position(1), text('{"device":"x","fixTime":"now"}'), /no Position/],
    [
      'a number out of its range',
      'positions',
      position(1),
      text('{"device":"x","fixTime":1,"receivedAt":1,"latitude":91,"longitude":0}'),
      /no Position at \/latitude/,
    ],
    [
      'an event of no known type',
      'events',
      event(1),
      text('{"type":"van-painted"}'),
      /^its value is no Event: type "van-painted" is not known$/,
    ],
    ['an event without a type', 'events', event(1), text('{}'), /^its value is no Event: type nothing is not known$/],
    [
      'an event with a wrong field',
      'events',
      event(1),
      text(JSON.stringify(planned('o1'))),
      /^its value is no Event of type "run-planned" at \/data\/stops: must be array$/,
    ],
    [
      'more stops than a run may have',
      'events',
      event(1),
      text(JSON.stringify(planned(Array.from({ length: 151 }, (_, at) => `o${at}`)))),
      /^its value is no Event of type "run-planned" at \/data\/stops: must not have more than 150 items$/,
    ],
    [
      'a value of no known kind',
      'accounts',
      ended,
      text('{"kind":"constructor","hash":"secret"}'),
      /^its value is of kind "constructor"; in accounts there are device, link, password, service-key, invitation, session, session-end, webhook-secret$/,
    ],
    [
      'a value without a kind',
      'accounts',
      ended,
      text('{"id":"s1","at":1}'),
      /^its value has no kind; in accounts there/,
    ],
    ['a value that is no object', 'accounts', ended, text('null'), /^its value has no kind; in accounts there/],
    [
      'a kind that is no text',
      'people',
      profile,
      text('{"kind":["account"]}'),
      /^its value is of kind \["account"\]; in people/,
    ],
    [
      'an account without a name',
      'people',
      profile,
      text('{"kind":"account","id":"anu","version":1}'),
      /^its value is no AccountProfile: must have required propert/,
    ],
    [
      'a wrong field in a value of one kind',
      'accounts',
      ended,
      text('{"kind":"session-end","id":"s1","at":"now"}'),
      /^its value is no SessionEndRecord at \/at: must be integer$/,
    ],
    ['a place of nobody', 'places', place, { headers: {} }, /no header `agency`, and the key of a place names none/],
    [
      'the key of another place',
      'places',
      place,
      { headers: { agency: Buffer.from('demo'), id: Buffer.from('geonames:2') } },
      /its key does not belong to place geonames:2/,
    ],
    ['nothing where a place keeps all', 'places', place, { value: null }, /no value/],
    [
      'a position where a person should be',
      'people',
      person('a', 'A'),
      text(JSON.stringify(position(1).value)),
      /no Consumer/,
    ],
    ['no value in a topic that keeps all', 'positions', position(1), { value: null }, /no value/],
    ['no key and no header', 'positions', position(1), { key: null, headers: {} }, /no key/],
    [
      'a key that is no agency',
      'positions',
      position(1),
      { key: Buffer.from('No Agency'), headers: {} },
      /no id of an agency/,
    ],
    [
      'a key without an id where one must be',
      'people',
      person('a', 'A'),
      { key: Buffer.from('demo'), headers: {} },
      /not agency\/id/,
    ],
    [
      'a header for another agency than the key',
      'positions',
      position(1),
      header('agency', 'other'),
      /does not belong to agency other/,
    ],
    [
      'a sequence that is none',
      'positions',
      position(1),
      { headers: { daemon: Buffer.from('d'), sequence: Buffer.from('-1') } },
      /`sequence` is no number/,
    ],
  ])('is poison with %s', (_what, topic, record, change, reason) => {
    const message = received(messageOf(record, undefined), change);
    expect(() => recordOf(topic, message)).toThrow(Poison);
    expect(() => recordOf(topic, message)).toThrow(reason);
  });
});
