import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AnyViewer,
  everything,
  type Managed,
  mayCarryOut,
  mayManage,
  mayReport,
  noFixes,
  nothing,
  type OrderFacts,
  type Resource,
  type Rights,
  rightsOn,
  shows,
} from './access.ts';
import { scopes, type Viewer } from './claims.ts';

// A day as a timeline: assigned 08:00, out 09:00, now 10:00, ended 11:00 (ms, small for reading).
const assigned = 8_000;
const out = 9_000;
const now = 10_000;

const person = (role: 'ADMIN' | 'DISPATCHER' | 'DELIVERY_PARTNER' | 'CUSTOMER', subject: string): Viewer => ({
  role,
  agency: 'demo',
  subject,
  scopes: new Set(),
  expiresAt: 20_000,
});
const service = (...granted: string[]): AnyViewer => ({
  role: 'INTERNAL_SERVICE',
  agency: 'demo',
  subject: 'erp',
  scopes: new Set(granted),
  expiresAt: 20_000,
});

const viewers = {
  admin: person('ADMIN', 'anu'),
  dispatcher: person('DISPATCHER', 'dev'),
  driver: person('DELIVERY_PARTNER', 'ravi'),
  otherDriver: person('DELIVERY_PARTNER', 'mohan'),
  consumer: person('CUSTOMER', 'c1'),
  otherConsumer: person('CUSTOMER', 'c2'),
  /** links to order o1 of c1: one that was sent to him, one that staff made and passed on */
  ownLink: { ...person('CUSTOMER', 'c1'), link: { id: 'l1', order: 'o1', own: true } },
  staffLink: { ...person('CUSTOMER', 'c1'), link: { id: 'l2', order: 'o1', own: false } },
  positionsService: service('positions:read'),
  eventsService: service('events:read'),
  writingService: service('positions:write', 'places:write'),
  device: { role: 'DEVICE', agency: 'demo', subject: 'gps1', expiresAt: Infinity },
} as const satisfies Record<string, AnyViewer>;
type ViewerName = keyof typeof viewers;

const order = (facts: Partial<OrderFacts>): OrderFacts => ({ id: 'o1', consumerId: 'c1', state: 'booked', ...facts });
const onRun = { driverId: 'ravi', onRunSince: assigned };
const booked = order({});
const assignedOrder = order({ state: 'assigned', ...onRun });
const outOrder = order({ state: 'out-for-delivery', ...onRun, outAt: out });
const delivered = order({ state: 'delivered', ...onRun, outAt: out, endedAt: now - 1 });
const failed = order({ state: 'failed', ...onRun, outAt: out, endedAt: now - 1 });
const cancelled = order({ state: 'cancelled', ...onRun });
const van = (...orders: OrderFacts[]): Resource => ({
  kind: 'van',
  agency: 'demo',
  id: 'v1',
  driverId: 'ravi',
  orders,
});
const consumer = (orders: OrderFacts[], sharing?: { from: number; until: number }): Resource => ({
  kind: 'consumer',
  agency: 'demo',
  id: 'c1',
  orders,
  ...(sharing === undefined ? {} : { sharing }),
});
const withoutId = ({ id: _id, ...facts }: OrderFacts): OrderFacts => facts;
const named = (kind: 'device' | 'account' | 'zone' | 'alert' | 'dead-letter', id: string): Resource => ({
  kind,
  agency: 'demo',
  id,
});
const onlyFrom = (from: number, until = Infinity): Rights => ({ see: true, from, until });

/** Everything each row does not name is `nothing`. */
const staff = { admin: everything, dispatcher: everything };
const everyone: Partial<Record<ViewerName, Rights>> = {
  ...staff,
  driver: everything,
  otherDriver: everything,
  consumer: everything,
  otherConsumer: everything,
  ownLink: everything,
  staffLink: everything,
  positionsService: everything,
  eventsService: everything,
  writingService: everything,
};
const ownVan = { ...staff, driver: everything, positionsService: everything };
/** Staff see a consumer, and of a shared location what is shared now. */
const ownProfile = {
  admin: noFixes,
  dispatcher: noFixes,
  consumer: everything,
  ownLink: everything,
  staffLink: noFixes,
};
const shared = (from: number, until: number) => ({
  ...ownProfile,
  admin: onlyFrom(from, until),
  dispatcher: onlyFrom(from, until),
});
const sinceOut = (from: number) => ({ consumer: onlyFrom(from), ownLink: onlyFrom(from), staffLink: onlyFrom(from) });
const ownOrder = { ...staff, consumer: everything, ownLink: everything, staffLink: everything };
const table: [what: string, resource: Resource, seen: Partial<Record<ViewerName, Rights>>][] = [
  ['a van without orders', van(), ownVan],
  ['a van, facts left out', { kind: 'van', agency: 'demo', id: 'v1' }, { ...staff, positionsService: everything }],
  [
    'a van driven by him since 8',
    { ...van(), driverSince: assigned } as Resource,
    { ...ownVan, driver: onlyFrom(assigned) },
  ],
  ['a van with c1: booked', van(booked), ownVan],
  ['a van with c1: assigned', van(assignedOrder), ownVan],
  ['a van with c1: out since 9', van(outOrder), { ...ownVan, ...sinceOut(out) }],
  ['a van with another order of c1: out', van({ ...outOrder, id: 'o2' }), { ...ownVan, consumer: onlyFrom(out) }],
  ['a van with c1: out, its id left out', van(withoutId(outOrder)), { ...ownVan, consumer: onlyFrom(out) }],
  ['a van with c1: out, no time known', van(order({ state: 'out-for-delivery' })), ownVan],
  ['a van with c1: delivered', van(delivered), ownVan],
  ['a van with c1: failed', van(failed), ownVan],
  ['a van with c1: cancelled', van(cancelled), ownVan],
  ['a van with c1: ended, state not yet known', van({ ...outOrder, endedAt: now - 1 }), ownVan],
  [
    'a van with c1: one delivered, one out',
    van(delivered, { ...outOrder, outAt: 9_500 }),
    { ...ownVan, ...sinceOut(9_500) },
  ],
  ['a van with c1: two out', van({ ...outOrder, outAt: 9_500 }, outOrder), { ...ownVan, ...sinceOut(out) }],

  ['c1 without orders', consumer([]), ownProfile],
  ['c1, facts left out', { kind: 'consumer', agency: 'demo', id: 'c1' }, ownProfile],
  ['c1 booked, on no run', consumer([booked]), ownProfile],
  ['c1 on the run, sharing nothing', consumer([assignedOrder]), { ...ownProfile, driver: noFixes }],
  [
    'c1 on the run, sharing since 7',
    consumer([assignedOrder], { from: 7_000, until: 12_000 }),
    { ...shared(7_000, 12_000), driver: onlyFrom(assigned, 12_000) },
  ],
  [
    'c1 out, sharing since 9.5',
    consumer([outOrder], { from: 9_500, until: 12_000 }),
    { ...shared(9_500, 12_000), driver: onlyFrom(9_500, 12_000) },
  ],
  ['c1 out, sharing is over', consumer([outOrder], { from: 7_000, until: now }), { ...ownProfile, driver: noFixes }],
  ['c1 out, sharing later', consumer([outOrder], { from: now + 1, until: 12_000 }), { ...ownProfile, driver: noFixes }],
  [
    'c1 delivered on this run, still sharing',
    consumer([delivered], { from: 7_000, until: 12_000 }),
    { ...shared(7_000, 12_000), driver: noFixes },
  ],
  ['c1 cancelled, still sharing', consumer([cancelled], { from: 7_000, until: 12_000 }), shared(7_000, 12_000)],
  ["c1 with another consumer's order among the facts", consumer([{ ...outOrder, consumerId: 'c2' }]), ownProfile],

  ['an order of c1 on no run', { kind: 'order', agency: 'demo', id: 'o1', consumerId: 'c1' }, ownOrder],
  [
    'another order of c1',
    { kind: 'order', agency: 'demo', id: 'o2', consumerId: 'c1' },
    { ...staff, consumer: everything },
  ],
  [
    "an order of c1 on ravi's run",
    { kind: 'order', agency: 'demo', id: 'o1', consumerId: 'c1', driverId: 'ravi' },
    { ...ownOrder, driver: everything },
  ],
  [
    "the delivery code of c1's order",
    { kind: 'delivery-code', agency: 'demo', id: 'o1', consumerId: 'c1', driverId: 'ravi' },
    { consumer: everything, ownLink: everything },
  ],
  [
    "the delivery code of c1's other order",
    { kind: 'delivery-code', agency: 'demo', id: 'o2', consumerId: 'c1' },
    { consumer: everything },
  ],

  ['device gps1', named('device', 'gps1'), { ...staff, positionsService: everything, device: everything }],
  ['device gps2', named('device', 'gps2'), { ...staff, positionsService: everything }],
  ["the dispatcher's account", named('account', 'dev'), staff],
  ["the driver's account", named('account', 'ravi'), { admin: everything, driver: everything }],
  ["the consumer's account", named('account', 'c1'), { admin: everything, consumer: everything }],
  ['a zone', named('zone', 'z1'), staff],
  ['an alert', named('alert', 'a1'), staff],
  ['a dead letter', named('dead-letter', 'd1'), staff],
  ['the names of the staff', { kind: 'staff', agency: 'demo' }, staff],
  ['the events', { kind: 'events', agency: 'demo' }, { ...staff, eventsService: everything }],
  ['the agency itself', { kind: 'agency', agency: 'demo' }, everyone],
  ['the places', { kind: 'places', agency: 'demo' }, everyone],
];

describe('rightsOn', () => {
  for (const [what, resource, seen] of table) {
    it(`shows ${what} to whom it should`, () => {
      const answers = Object.fromEntries(
        Object.entries(viewers).map(([name, viewer]) => [name, rightsOn(viewer, resource, now)]),
      );
      const expected = Object.fromEntries(
        Object.keys(viewers).map((name) => [name, (seen as Record<string, Rights>)[name] ?? nothing]),
      );
      expect(answers).toEqual(expected);
    });
  }

  const anyOrder: fc.Arbitrary<OrderFacts> = fc.record(
    {
      id: fc.constantFrom('o1', 'o2'),
      consumerId: fc.constantFrom('c1', 'c2', 'ravi', 'v1'),
      state: fc.constantFrom('booked', 'assigned', 'out-for-delivery', 'delivered', 'failed', 'cancelled'),
      driverId: fc.constantFrom('ravi', 'mohan', 'c1'),
      onRunSince: fc.nat(20_000),
      outAt: fc.nat(20_000),
      endedAt: fc.nat(20_000),
    },
    { requiredKeys: ['consumerId', 'state'] },
  );
  const id = fc.constantFrom('c1', 'c2', 'ravi', 'v1', 'gps1', 'dev');
  const sharing = fc.record({ from: fc.nat(20_000), until: fc.nat(20_000) });
  const agency = fc.constantFrom('demo', 'other');
  const anyResource: fc.Arbitrary<Resource> = fc.oneof(
    fc.record(
      {
        kind: fc.constant('van' as const),
        agency,
        id,
        driverId: id,
        driverSince: fc.nat(),
        orders: fc.array(anyOrder),
      },
      { requiredKeys: ['kind', 'agency', 'id'] },
    ),
    fc.record(
      { kind: fc.constant('consumer' as const), agency, id, orders: fc.array(anyOrder), sharing },
      { requiredKeys: ['kind', 'agency', 'id'] },
    ),
    fc.record(
      { kind: fc.constantFrom('order' as const, 'delivery-code' as const), agency, id, consumerId: id, driverId: id },
      { requiredKeys: ['kind', 'agency', 'id', 'consumerId'] },
    ),
    fc.record({
      kind: fc.constantFrom(
        'device' as const,
        'account' as const,
        'zone' as const,
        'alert' as const,
        'dead-letter' as const,
      ),
      agency,
      id,
    }),
    fc.record({
      kind: fc.constantFrom('agency' as const, 'events' as const, 'places' as const, 'staff' as const),
      agency,
    }),
  );
  const anyViewer: fc.Arbitrary<AnyViewer> = fc.oneof(
    fc.record({
      role: fc.constantFrom('ADMIN', 'DISPATCHER', 'DELIVERY_PARTNER', 'CUSTOMER', 'INTERNAL_SERVICE'),
      agency,
      subject: id,
      scopes: fc.subarray([...scopes]).map((some) => new Set<string>(some)),
      expiresAt: fc.nat(20_000),
    }),
    fc.record({ role: fc.constant('DEVICE' as const), agency, subject: id, expiresAt: fc.constant(Infinity) }),
  );

  it('shows nothing of another agency, and nothing to an expired token, whatever the facts', () => {
    fc.assert(
      fc.property(anyViewer, anyResource, fc.nat(20_000), (viewer, resource, at) => {
        if (viewer.agency === resource.agency && at < viewer.expiresAt) return;
        expect(rightsOn(viewer, resource, at)).toEqual(nothing);
      }),
    );
  });

  it('never shows a consumer another consumer, nor a van without an own order that is out', () => {
    fc.assert(
      fc.property(id, anyResource, fc.nat(20_000), (subject, resource, at) => {
        const viewer: AnyViewer = { role: 'CUSTOMER', agency: 'demo', subject, scopes: new Set(), expiresAt: 30_000 };
        const rights = rightsOn(viewer, resource, at);
        if (!rights.see) return;
        expect(['van', 'consumer', 'order', 'delivery-code', 'account', 'agency', 'places']).toContain(resource.kind);
        if (resource.kind === 'consumer' || resource.kind === 'account') expect(resource.id).toBe(subject);
        if (resource.kind === 'order' || resource.kind === 'delivery-code') expect(resource.consumerId).toBe(subject);
        if (resource.kind !== 'van') return;
        const carried = (resource.orders ?? []).filter(
          (one) => one.consumerId === subject && one.endedAt === undefined,
        );
        const since = carried.filter((one) => one.state === 'out-for-delivery').map((one) => one.outAt ?? Infinity);
        expect(since.length).toBeGreaterThan(0);
        expect(shows(rights, Math.min(...since) - 1)).toBe(false);
        expect(shows(rights, Math.min(...since))).toBe(true);
      }),
    );
  });

  it('gives the delivery code to nobody but its consumer', () => {
    fc.assert(
      fc.property(anyViewer, anyResource, (viewer, resource) => {
        if (resource.kind !== 'delivery-code' || !rightsOn(viewer, resource, 0).see) return;
        expect([viewer.role, viewer.subject]).toEqual(['CUSTOMER', resource.consumerId]);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('shows', () => {
  it('holds its ends: from included, until excluded', () => {
    const rights = onlyFrom(10, 20);
    expect([9, 10, 19, 20].map((time) => shows(rights, time))).toEqual([false, true, true, false]);
    expect(shows(nothing, Infinity)).toBe(false);
    expect(shows(noFixes, now)).toBe(false);
  });
});

describe('mayManage', () => {
  const all: Managed[] = [
    'accounts',
    'vans',
    'devices',
    'zones',
    'places',
    'dead-letters',
    'consumers',
    'orders',
    'runs',
    'alerts',
  ];
  const allowed: Record<ViewerName, Managed[]> = {
    admin: all,
    dispatcher: ['consumers', 'orders', 'runs', 'alerts'],
    driver: [],
    otherDriver: [],
    consumer: [],
    otherConsumer: [],
    ownLink: [],
    staffLink: [],
    positionsService: [],
    eventsService: [],
    writingService: ['places'],
    device: [],
  };
  for (const [name, viewer] of Object.entries(viewers)) {
    it(`lets ${name} change what is his to change`, () => {
      expect(all.filter((what) => mayManage(viewer, what, 'demo', now))).toEqual(allowed[name as ViewerName]);
      expect(all.filter((what) => mayManage(viewer, what, 'other', now))).toEqual([]);
      if (viewer.expiresAt !== Infinity)
        expect(all.filter((what) => mayManage(viewer, what, 'demo', 20_000))).toEqual([]);
    });
  }
});

describe('mayCarryOut', () => {
  const orders: [what: string, order: Parameters<typeof mayCarryOut>[1], who: ViewerName[]][] = [
    ["an order on ravi's run", { agency: 'demo', driverId: 'ravi' }, ['admin', 'dispatcher', 'driver']],
    ['an order on no run', { agency: 'demo' }, ['admin', 'dispatcher']],
    ['an order of another agency', { agency: 'other', driverId: 'ravi' }, []],
  ];
  for (const [what, order, who] of orders) {
    it(`lets ${who.join(' and ') || 'nobody'} carry out ${what}`, () => {
      const allowed = Object.entries(viewers).filter(([, viewer]) => mayCarryOut(viewer, order, now));
      expect(allowed.map(([name]) => name)).toEqual(who);
      expect(mayCarryOut(viewers.admin, order, 20_000)).toBe(false);
    });
  }
});

describe('mayReport', () => {
  const sharing = { from: 9_000, until: 11_000 };
  const reports: [what: string, of: Parameters<typeof mayReport>[1], who: ViewerName[]][] = [
    ['the van he drives', { kind: 'van', agency: 'demo', driverId: 'ravi' }, ['driver', 'writingService']],
    ['a van without driver', { kind: 'van', agency: 'demo' }, ['writingService']],
    ['c1 while sharing', { kind: 'consumer', agency: 'demo', id: 'c1', sharing }, ['consumer', 'ownLink']],
    ['c1 not sharing', { kind: 'consumer', agency: 'demo', id: 'c1' }, []],
    ['c1 after sharing', { kind: 'consumer', agency: 'demo', id: 'c1', sharing: { from: 1, until: now } }, []],
    ['device gps1', { kind: 'device', agency: 'demo', id: 'gps1' }, ['writingService', 'device']],
    ['device gps2', { kind: 'device', agency: 'demo', id: 'gps2' }, ['writingService']],
    ['a device of another agency', { kind: 'device', agency: 'other', id: 'gps1' }, []],
  ];
  for (const [what, of, who] of reports) {
    it(`takes positions of ${what} from ${who.join(' and ') || 'nobody'}`, () => {
      const allowed = Object.entries(viewers).filter(([, viewer]) => mayReport(viewer, of, now));
      expect(allowed.map(([name]) => name)).toEqual(who);
    });
  }
});
