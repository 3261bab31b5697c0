import { beforeEach, describe, expect, it } from 'vitest';
import type { Alert } from '../../../../protocol/alert.ts';
import type { Order } from '../../../../protocol/order.ts';
import { Refused } from '../../session.ts';
import { type ConsoleStore, createConsoleStore } from '../../store.ts';
import { World } from '../../world/world.ts';
import { type AlertDesk, createAlertDesk, lastRequest } from './alert-desk.ts';

const now = Date.UTC(2026, 2, 10, 6, 30);
const id = 'silent:v1:1773124200000';
const alert: Alert = {
  id,
  kind: 'silent',
  severity: 'warning',
  sounds: true,
  since: now - 600_000,
  openedAt: now - 300_000,
  vanId: 'v1',
  template: 'silent-unknown',
  params: { van: 'Van 1', since: now - 600_000 },
  text: 'Van 1: silent',
  version: 3,
};

interface Asked {
  method: string;
  path: string;
  body?: unknown;
  version?: number | undefined;
}
let store: ConsoleStore;
let world: World;
let desk: AlertDesk;
let asked: Asked[];
let reads: Record<string, unknown>;
/** answers the change that waits */
let answer: (value: unknown) => void;
let refuse: (error: Error) => void;

beforeEach(() => {
  store = createConsoleStore(0);
  store.setState({ viewer: { role: 'DISPATCHER', subject: 'dev' } });
  world = new World();
  world.apply({ type: 'event', cursor: '', name: 'alert', alert });
  asked = [];
  reads = {};
  const session = {
    read: async (path: string) => reads[path],
    write: (change: Asked) => {
      asked.push(change);
      return new Promise((resolve, reject) => {
        answer = resolve;
        refuse = reject;
      });
    },
  };
  desk = createAlertDesk({ store, session, world, now: () => now });
});
/** Lets what waits for an answer go on. */
const turn = () => new Promise(setImmediate);
const known = () => world.alerts.get(id) as Alert;
const said = (key = id) => desk.state.getState().said.get(key);

describe('an alert', () => {
  it('is shown as seen at once, and is so once the daemon has said it', async () => {
    const done = desk.acknowledge(id);
    expect(desk.shown(known()).acknowledged).toEqual({ by: 'DISPATCHER:dev', at: now });
    expect(known().acknowledged).toBeUndefined();
    await turn();
    expect(asked).toEqual([{ method: 'POST', path: `/api/alerts/${encodeURIComponent(id)}/ack`, version: 3 }]);
    answer({ ...alert, version: 4, acknowledged: { by: 'DISPATCHER:dev', at: now + 5 } });
    await done;
    expect(known()).toMatchObject({ version: 4, acknowledged: { at: now + 5 } });
    expect(desk.state.getState().underway.size).toBe(0);
    expect(store.getState().alertsRevision).toBe(1);
  });

  it('somebody else was faster with: it is shown as it is now, and that is said', async () => {
    const done = desk.assign(id, 'dev');
    expect(desk.shown(known()).assigned?.to).toBe('dev');
    await turn();
    const current = { ...alert, version: 9, assigned: { to: 'asha', by: 'ADMIN:asha', at: now } };
    refuse(new Refused(412, 'It is at version 9.', { current }));
    await done;
    expect(desk.shown(known())).toEqual(current);
    expect(said()).toEqual({ kind: 'refused', text: 'Somebody was faster. This is how it is now.' });
  });

  it('that could not be changed is as it was, with the reason', async () => {
    for (const [error, text] of [
      [new Refused(422, 'to is no account.'), 'Refused: to is no account.'],
      [new TypeError('fetch failed'), 'There is no connection: nothing was changed.'],
    ] as const) {
      const done = desk.snooze(id, now + 900_000);
      expect(desk.shown(known()).snoozed?.until).toBe(now + 900_000);
      await turn();
      refuse(error);
      await done;
      expect([desk.shown(known()), said()?.text]).toEqual([alert, text]);
    }
    desk.putAway(id);
    expect(said()).toBeUndefined();
  });

  it('is changed by one thing after the other, each on what the one before left', async () => {
    const first = desk.acknowledge(id);
    const second = desk.assign(id, 'dev');
    expect(desk.shown(known())).toMatchObject({ acknowledged: { at: now }, assigned: { to: 'dev' } });
    await turn();
    expect(asked).toHaveLength(1);
    const seen = { by: 'DISPATCHER:dev', at: now };
    answer({ ...alert, version: 4, acknowledged: seen });
    await first;
    await turn();
    expect(asked[1]).toMatchObject({ body: { to: 'dev' }, version: 4 });
    expect(desk.shown(known()).assigned?.to).toBe('dev');
    const both = { ...alert, version: 5, acknowledged: seen, assigned: { to: 'dev', ...seen } };
    answer(both);
    await second;
    expect([desk.shown(known()), desk.state.getState().underway.size]).toEqual([both, 0]);
  });

  it('of a kind is muted for its van beside what is muted already', async () => {
    reads['/api/vans/v1/muted-alerts'] = { muted: [{ kind: 'over-speed' }, { kind: 'silent', until: 5 }], version: 2 };
    const done = desk.mute(id, undefined);
    await turn();
    expect(asked[0]).toEqual({
      method: 'PUT',
      path: '/api/vans/v1/muted-alerts',
      body: { muted: [{ kind: 'over-speed' }, { kind: 'silent' }] },
      version: 2,
    });
    answer(undefined);
    await done;
    expect(said()?.kind).toBe('done');
  });
});

describe('the colleagues', () => {
  it('are known by name in the order of their names, and stay known while they cannot be asked for', async () => {
    reads['/api/staff'] = {
      items: [
        { id: 'a1', name: 'Meera' },
        { id: 'z9', name: 'Anil' },
      ],
      next: null,
    };
    await desk.loadColleagues();
    const names = () => desk.state.getState().colleagues.map(({ name }) => name);
    expect(names()).toEqual(['Anil', 'Meera']);
    reads['/api/staff'] = undefined;
    await desk.loadColleagues();
    expect(names()).toEqual(['Anil', 'Meera']);
  });
});

describe('a request', () => {
  it('is busy until it is answered; what it came to is said in its place', async () => {
    const consumer = { id: 'c1', name: 'Asha', version: 7, suggestedPin: { latitude: 1, longitude: 2, at: now } };
    world.apply({ type: 'event', cursor: '', name: 'consumer', index: 1, consumer, position: null });
    store.setState({ comparedPin: 'c1' });
    const done = desk.settlePin('c1', true);
    expect(asked[0]).toMatchObject({ path: '/api/consumers/c1/suggested-pin', body: { approve: true }, version: 7 });
    expect(desk.state.getState().busy).toContain('pin/c1');
    answer({});
    await done;
    expect(said(lastRequest)).toEqual({ kind: 'done', text: 'The pin of Asha was moved.' });
    expect([desk.state.getState().busy.size, store.getState().comparedPin]).toEqual([0, undefined]);
  });

  it('that is refused stays, with the reason', async () => {
    const order: Order = {
      ...{ id: 'o1', consumerId: 'c1', cylinders: 1, state: 'booked', attempt: 0, bookedAt: 0, dueAt: 1 },
      flags: [],
      version: 4,
    };
    world.apply({ type: 'event', cursor: '', name: 'order', order });
    const done = desk.settleAct('o1', 'a-1');
    expect(asked[0]).toMatchObject({ path: '/api/orders/o1/refused-acts/a-1/settle', version: 4 });
    refuse(new Refused(404, 'There is nothing here.'));
    await done;
    expect(said('act/a-1')).toEqual({ kind: 'refused', text: 'It is not there any more.' });
  });
});
