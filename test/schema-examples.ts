import type { PlaceEvent } from '../protocol/place.ts';
import type { Event, LogRecord, Topic } from '../protocol/record.ts';

/**
 * One of everything that the log can hold, as literal values: the compiler asks for an example of each new topic, kind
 * of value and type of event.
 */
type DataOf<E extends { type: string; data: unknown }> = {
  readonly [T in E['type']]: readonly Extract<E, { type: T }>['data'][];
};
type ValueOf<T extends Topic> = NonNullable<Extract<LogRecord, { topic: T }>['value']>;
type OfKind<V, K> = V extends { kind: infer Own } ? (Own extends K ? V : never) : 'plain' extends K ? V : never;
/** By the field `kind` of a value; `plain`: it has none. */
type Examples<T extends Topic> = {
  readonly [K in ValueOf<T> extends infer V ? (V extends { kind: infer Own extends string } ? Own : 'plain') : never]: {
    readonly [id in string]: OfKind<ValueOf<T>, K>;
  };
};

const time = 1_764_000_000_000;
const id = '7a0f6cf1-8c9e-4a43-bf0c-0a1f0b3e4d5c';
const hash = 'cc';

const eventData: DataOf<Event> = {
  'agency-added': [
    { agency: { id: 'demo', name: 'Demo', timeZone: 'Asia/Kolkata', language: 'hi' } },
    { agency: { id: 'demo', name: 'Demo', timeZone: 'UTC', language: 'en', latitude: 21.1, longitude: 78.6 } },
  ],
  'agency-changed': [
    { agency: { id: 'demo', name: 'Demo', timeZone: 'UTC', language: 'en', workingHours: [] } },
    {
      agency: {
        id: 'demo',
        name: 'Demo',
        timeZone: 'Asia/Kolkata',
        language: 'hi',
        mapCentre: { latitude: 21.1, longitude: 78.6, zoom: 12.5 },
        godown: { latitude: 21.2, longitude: 78.7 },
        workingHours: [
          { days: [1, 2, 3, 4, 5, 6], from: '09:00', to: '13:00' },
          { days: [7], from: '10:00', to: '12:30' },
        ],
        units: 'metric',
      },
    },
  ],
  'van-added': [
    { id: 'v1', name: 'Van 1', kind: 'van' },
    { id: 'v2', name: 'Van 2', kind: 'aircraft', driverId: 'ravi', capacity: { full: 40, empties: 40 } },
  ],
  'van-changed': [
    { id: 'v1', name: 'Blue' },
    { id: 'v1', driverId: null, capacity: null },
    { id: 'v1', driverId: 'ravi', capacity: { full: 36, empties: 0 } },
  ],
  'van-removed': [{ id: 'v1' }],
  'device-added': [
    { id: 'gps', username: 'gps', type: 'tracker', from: 0 },
    { id: 'gps', username: 'gps-demo', type: 'phone', vanId: 'v1', gatewayId: 'gate', from: time },
  ],
  'device-moved': [
    { id: 'gps', vanId: null, from: time },
    { id: 'gps', vanId: 'v1', from: time },
  ],
  'device-enabled': [{ id: 'gps', enabled: false }],
  'device-removed': [{ id: 'gps' }],
  'consumer-added': [{ id: 'c1' }],
  'consumer-changed': [{ id: 'c1' }],
  'pin-suggested': [{ id: 'c1' }],
  'consumer-removed': [{ id: 'c1' }],
  'order-booked': [{ id: 'o1', consumerId: 'c1', cylinders: 2 }],
  'order-assigned': [
    { id: 'o1', vanId: 'v1', day: '2026-11-21' },
    { id: 'o1', vanId: 'v1', day: '2026-11-21', at: 0 },
  ],
  'order-unassigned': [{ id: 'o1' }],
  'run-planned': [
    { vanId: 'v1', day: '2026-11-21', stops: ['o2', 'o1'] },
    { vanId: 'v1', day: '2026-11-22', stops: [] },
  ],
  'order-started': [
    { id: 'o1', attempt: 1 },
    { id: 'o1', attempt: 1, actedAt: 1767000000000, act: '00000000-0000-4000-8000-000000000001' },
  ],
  'order-arrived': [{ id: 'o1', attempt: 1 }],
  'order-act-refused': [
    { id: 'o1', act: id, step: 'start', cause: 'other-run', detail: 'There is nothing here.' },
    {
      id: 'o1',
      act: id,
      step: 'fail',
      cause: 'state',
      detail: 'Order o1 is not out for delivery: it is cancelled.',
      actedAt: time,
      reason: 'door locked',
    },
  ],
  'order-act-settled': [{ id: 'o1', act: id }],
  'order-away': [{ id: 'o1', day: '2026-01-05' }],
  'order-delivered': [
    { id: 'o1', attempt: 1, confirmation: 'code', full: 2, empties: 2 },
    {
      id: 'o1',
      attempt: 2,
      confirmation: 'unconfirmed',
      full: 1,
      empties: 0,
      actedAt: time - 60_000,
      metresFromDoor: 12,
      reason: 'no network',
    },
  ],
  'order-confirmed': [{ id: 'o1', right: false }],
  'order-failed': [{ id: 'o1', attempt: 1, reason: 'door locked' }],
  'order-cancelled': [{ id: 'o1' }, { id: 'o1', reason: 'booked twice' }],
  'order-reattempted': [{ id: 'o1' }],
  'sharing-started': [{ consumerId: 'c1', from: time, until: time + 3_600_000 }],
  'sharing-ended': [{ consumerId: 'c1' }],
  'alert-acknowledged': [{ id: 'silent:v1:1764000000000' }],
  'alert-assigned': [
    { id: 'silent:v1:1764000000000', account: 'dev' },
    { id: 'silent:v1:1764000000000', account: null },
  ],
  'alert-snoozed': [
    { id: 'silent:v1:1764000000000', wakeAt: time },
    { id: 'silent:v1:1764000000000', wakeAt: null },
  ],
  'van-muted': [{ vanId: 'v1', muted: [{ kind: 'silent' }, { kind: 'long-stop', until: time }] }],
  'alert-rules-set': [{ settings: [{ kind: 'silent', on: false, limits: [{ name: 'missedIntervals', value: 8 }] }] }],
  'zone-added': [
    {
      id: 'z1',
      name: 'Yard',
      shape: { type: 'circle', latitude: 21.1, longitude: 79, radius: 100 },
      rules: { enter: true, dwellMinutes: 10 },
    },
    {
      id: 'z2',
      name: 'Lane',
      shape: {
        type: 'corridor',
        line: [
          { latitude: 21.1, longitude: 79 },
          { latitude: 21.2, longitude: 79 },
        ],
        width: 30,
      },
      rules: {},
      schedule: [{ days: [1], from: '22:00', to: '06:00' }],
      vans: ['v1'],
      kinds: ['van'],
    },
  ],
  'zone-changed': [
    { id: 'z1', name: 'Old yard' },
    { id: 'z2', vans: null, schedule: null, kinds: null },
  ],
  'zone-removed': [{ id: 'z1' }],
  'webhook-added': [{ id: 'erp', url: 'https://erp.example/hook', events: ['order-booked', 'alert-opened'] }],
  'webhook-changed': [
    { id: 'erp', active: false, problem: 'it answered 410' },
    { id: 'erp', events: ['zone-added'] },
  ],
  'webhook-removed': [{ id: 'erp' }],
  'webhook-secret-set': [{ id: 'erp' }],
  'webhook-delivered': [
    { id: 'erp', upTo: 'e1', told: ['silent:v1:1:opened'], failed: [{ key: 'e0', why: 'it answered 500' }] },
    { id: 'erp', told: [], failed: [] },
  ],
  'webhook-replayed': [{ id: 'erp', keys: ['e0'] }],
  'account-added': [
    { id: 'anu', role: 'DISPATCHER' },
    { id: 'erp', role: 'INTERNAL_SERVICE', scopes: ['events:read', 'positions:write'] },
  ],
  'account-changed': [
    { id: 'anu' },
    { id: 'anu', role: 'ADMIN', enabled: true },
    { id: 'erp', enabled: false, scopes: [] },
  ],
  'account-removed': [{ id: 'anu' }],
  'account-invited': [{ id: 'anu', purpose: 'invitation', until: time + 86_400_000 }],
  'invitation-withdrawn': [{ id: 'anu' }],
  'password-set': [{ id: 'anu', with: 'link' }],
  'service-key-set': [{ id: 'erp' }],
  'signed-out': [{ id: 'anu' }],
  notified: [
    {
      key: 'order-link/o1/1/c1',
      template: 'order-link',
      to: { kind: 'consumer', id: 'c1' },
      via: 'console',
      outcome: 'sent',
    },
    {
      key: 'order-link/o2/1/c2',
      template: 'order-link',
      to: { kind: 'account', id: 'anu' },
      via: 'webhook',
      outcome: 'failed',
      detail: 'it answers 503',
    },
  ],
};

const placeData: DataOf<PlaceEvent> = {
  'place-put': [
    {
      key: 'in/maharashtra//wardha',
      place: {
        key: 'in/maharashtra//wardha',
        kind: 'city',
        name: 'Wardha',
        country: 'IN',
        state: 'Maharashtra',
        latitude: 20.74,
        longitude: 78.6,
      },
    },
    {
      key: 'geonames:1262180',
      place: {
        key: 'geonames:1262180',
        kind: 'city',
        name: 'Nagpur',
        country: 'IN',
        state: 'Maharashtra',
        district: 'Nagpur',
        city: 'Nagpur',
        pincode: '440001',
        latitude: 21.146,
        longitude: 79.088,
        population: 2_405_665,
        area: 227.4,
        metro: true,
        capital: false,
        names: ['नागपूर'],
        pincodes: ['440001', '440002'],
        metadata: { zone: 'east', rank: 13, share: 0.5, winter: true, retired: null },
      },
    },
  ],
  'place-removed': [{ key: 'geonames:1262180' }],
  'place-restored': [{ key: 'geonames:1262180' }],
};

const fix = { device: 'van-7', fixTime: time, receivedAt: time + 800, latitude: 21.145, longitude: 79.088 };
const letter = {
  id,
  time,
  device: 'van-7',
  reason: 'clock-ahead',
  detail: 'the clock is 2 h ahead',
  format: 'native',
  via: 'vantrail/van-7/position',
  bytes: 'e30=',
} as const;
const credential = { kind: 'device', username: 'gps', deviceId: 'gps', keyHash: 'aa' } as const;

/** Of the topics whose values are no events; by the id each has in its topic. */
const values: { readonly [T in Exclude<Topic, 'events' | 'places'>]: Examples<T> } = {
  positions: {
    plain: {
      least: fix,
      most: { ...fix, speed: 31.5, course: 271, altitude: 310, accuracy: 5, battery: 66, ignition: true },
      shared: { ...fix, device: 'consumer:c1' },
    },
  },
  people: {
    plain: {
      c1: { id: 'c1', name: 'A', version: 1 },
      c2: {
        id: 'c2',
        number: '7000123',
        name: 'अ',
        phone: '+91 712 000',
        address: '4 Ring Road',
        pincode: '440001',
        latitude: 21.1,
        longitude: 79,
        pinSource: 'pinned',
        language: 'hi',
        notes: 'third floor, no lift',
        version: 2,
      },
    },
    account: {
      'account:anu': { kind: 'account', id: 'anu', name: 'Dispatcher 1', version: 1 },
      'account:ravi': {
        kind: 'account',
        id: 'ravi',
        name: 'Driver 1',
        phone: '+91 712 001',
        language: 'hi',
        version: 4,
      },
    },
  },
  accounts: {
    device: { 'device:gps': credential, 'device:phone': { ...credential, tokenHash: 'bb' } },
    link: {
      'link:l1': {
        kind: 'link',
        id: 'l1',
        orderId: 'o1',
        tokenHash: hash,
        own: true,
        madeAt: time,
        expiresAt: time + 86_400_000,
      },
    },
    password: {
      'password:anu': {
        kind: 'password',
        accountId: 'anu',
        hash: '$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA',
        number: 1,
      },
    },
    'service-key': { 'service-key:erp': { kind: 'service-key', accountId: 'erp', keyHash: hash, number: 2 } },
    invitation: {
      'invitation:anu': {
        kind: 'invitation',
        accountId: 'anu',
        purpose: 'reset',
        tokenHash: hash,
        until: time + 86_400_000,
        number: 3,
      },
    },
    session: {
      'session:s1': {
        kind: 'session',
        id: 's1',
        role: 'DISPATCHER',
        subject: 'anu',
        generation: 0,
        number: 1,
        tokenHash: hash,
        createdAt: time,
        rotatedAt: time,
        expiresAt: time + 86_400_000,
        client: 'Mozilla/5.0',
      },
    },
    'session-end': { 'session-end:s1': { kind: 'session-end', id: 's1', at: time } },
    'webhook-secret': {
      'webhook-secret:erp': { kind: 'webhook-secret', webhookId: 'erp', sealed: 'bm9uY2UgYW5kIHRoZSByZXN0', number: 1 },
    },
  },
  'dead-letters': { plain: { least: letter, most: { ...letter, clockAhead: 7_200_000 } } },
};

const newest: readonly string[] = ['people', 'accounts'] satisfies Topic[];
const eventOf = (subject: string, type: string, data: unknown) => ({
  ...{ id, time, actor: 'ADMIN:anu', type, expects: [{ subject, version: 3 }], data },
});

/** All of them as records of the log. */
export const examples: readonly LogRecord[] = [
  ...Object.entries(eventData).flatMap(([type, all]) =>
    all.map((data) => ({ topic: 'events', agency: 'demo', value: eventOf('van:v1', type, data) }) as LogRecord),
  ),
  ...Object.entries(placeData).flatMap(([type, all]) =>
    all.map((data) => {
      const value = eventOf(`place:${data.key}`, type, data);
      return { topic: 'places', agency: 'demo', id: data.key, value } as LogRecord;
    }),
  ),
  ...Object.entries(values).flatMap(([topic, kinds]) =>
    Object.values<Readonly<Record<string, unknown>>>(kinds).flatMap((all) =>
      Object.entries(all).map(([name, value]) => {
        const record = { topic, agency: 'demo', value };
        return (newest.includes(topic) ? { ...record, id: name } : record) as LogRecord;
      }),
    ),
  ),
];
