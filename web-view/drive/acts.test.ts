import { describe, expect, it } from 'vitest';
import { Refused } from '../shared/http.ts';
import { type Act, Acts } from './acts.ts';
import type { Kept } from './kept.ts';
import { nextStop, withActs } from './run.ts';

/** A phone whose disk is a map, and a daemon that answers as it is told to. */
async function phone(disk = new Map<string, Act>()) {
  const sent: { path: string; body: Record<string, unknown> }[] = [];
  const again: string[] = [];
  let answer: (path: string, body: Record<string, unknown>) => unknown = () => null;
  let time = 1_000_000;
  let ids = disk.size;
  const kept = {
    acts: async () => [...disk.values()].map((act) => ({ ...act })).sort((a, b) => a.place - b.place),
    putAct: async (act: Act) => void disk.set(act.id, { ...act }),
    removeAct: async (id: string) => void disk.delete(id),
  } as unknown as Kept;
  const acts = new Acts({
    kept,
    send: async (path, body) => {
      sent.push({ path, body: body as Record<string, unknown> });
      return answer(path, body as Record<string, unknown>);
    },
    now: () => time,
    newId: () => `act-${++ids}`,
    onChange: () => {},
    onTaken: () => {},
    onAgain: (act, type) => void again.push(`${act.orderId} ${type}`),
  });
  await acts.open();
  return {
    acts,
    disk,
    sent,
    again,
    answers: (next: typeof answer) => {
      answer = next;
    },
    later: (ms: number) => {
      time += ms;
    },
  };
}
const login = 'ravi@pune';
const noNetwork = () => {
  throw new TypeError('Failed to fetch');
};

describe('acts on a phone', () => {
  it('are told at once where there is network: no time goes with a code, so that a wrong one is refused', async () => {
    const { acts, sent, disk } = await phone();
    await acts.add(login, { kind: 'deliver', orderId: 'o1', code: '481309', empties: 1 });
    await acts.send(login);
    expect(sent).toEqual([{ path: '/api/orders/o1/deliver', body: { act: 'act-1', code: '481309', empties: 1 } }]);
    expect(disk.size).toBe(0);
  });

  it('wait without network over a restart, and go out in order with their own times', async () => {
    const before = await phone();
    before.answers(noNetwork);
    await before.acts.add(login, { kind: 'arrive', orderId: 'o1' });
    before.later(60_000);
    await before.acts.add(login, { kind: 'deliver', orderId: 'o1', code: '481309' }, { latitude: 1, longitude: 2 });
    await expect(before.acts.send(login)).rejects.toThrow('Failed to fetch');
    const after = await phone(before.disk);
    await after.acts.send(login);
    expect(after.sent).toEqual([
      { path: '/api/orders/o1/arrive', body: { act: 'act-1', actedAt: 1_000_000 } },
      {
        path: '/api/orders/o1/deliver',
        body: { act: 'act-2', code: '481309', latitude: 1, longitude: 2, actedAt: 1_060_000 },
      },
    ]);
    expect(after.disk.size).toBe(0);
  });

  it('a wrong code told at once is asked for again, and nothing is kept of it', async () => {
    const { acts, again, answers, disk } = await phone();
    answers(() => {
      throw new Refused(422, { type: 'https://vantrail/problems/wrong-code' });
    });
    await acts.add(login, { kind: 'deliver', orderId: 'o1', code: '481309' });
    await acts.send(login);
    expect(again).toEqual(['o1 wrong-code']);
    expect(disk.size).toBe(0);
  });

  it('one that the daemon has another opinion about is put aside without its code, and holds up nothing', async () => {
    const { acts, answers, disk, sent } = await phone();
    answers((path) => {
      if (path.includes('/o1/')) throw new Refused(409, { type: 'conflict', detail: 'Order o1 is cancelled.' });
    });
    await acts.add(login, { kind: 'deliver', orderId: 'o1', code: '481309' });
    await acts.add(login, { kind: 'fail', orderId: 'o2', reason: 'nobody at home' });
    await acts.send(login);
    expect(sent).toHaveLength(2);
    expect(acts.all).toMatchObject([{ orderId: 'o1', state: 'conflict', problem: 'Order o1 is cancelled.' }]);
    expect(JSON.stringify([...disk.values()])).not.toContain('481309');
    await acts.dismiss('act-1');
    expect(disk.size).toBe(0);
  });

  it('that the office has settled is known as that, over a restart too, until he has seen it', async () => {
    const { acts, answers, disk } = await phone();
    answers(() => {
      throw new Refused(409, { type: 'conflict', detail: 'Order o1 is cancelled.' });
    });
    await acts.add(login, { kind: 'fail', orderId: 'o1', reason: 'nobody at home' });
    await acts.settle([{ act: 'act-1', taken: true }]);
    // Not refused yet: nothing can be settled of it.
    expect(acts.all[0]?.settled).toBeUndefined();
    await acts.send(login);
    await acts.settle([
      { act: 'of another phone', taken: true },
      { act: 'act-1', taken: false },
    ]);
    await acts.settle([{ act: 'act-1', taken: true }]);
    expect([...disk.values()]).toMatchObject([{ orderId: 'o1', state: 'conflict', settled: { taken: false } }]);
    await acts.dismiss('act-1');
    expect(disk.size).toBe(0);
  });

  it('another driver at the same phone does not send them', async () => {
    const { acts, sent } = await phone();
    await acts.add(login, { kind: 'start', orderId: 'o1' });
    await acts.send('mohan@pune');
    expect(sent).toEqual([]);
    expect(acts.all).toHaveLength(1);
  });

  it('a session that is over, a busy daemon: they wait', async () => {
    for (const status of [401, 429, 503]) {
      const { acts, answers, disk } = await phone();
      answers(() => {
        throw new Refused(status, {});
      });
      await acts.add(login, { kind: 'start', orderId: 'o1' });
      await expect(acts.send(login)).rejects.toThrow();
      expect(disk.size).toBe(1);
    }
  });
});

describe('the run as its driver has left it', () => {
  const order = (id: string, state: string) => ({ order: { id, state } as never, consumer: null });
  const act = (orderId: string, kind: Act['kind'], state: Act['state'] = 'waiting') =>
    ({ orderId, kind, state, actedAt: 5 }) as Act;

  it('counts acts that are not sent, but none that was refused', () => {
    const run = { vanId: 'v1', day: '2026-01-05', stops: [order('o1', 'assigned'), order('o2', 'out-for-delivery')] };
    const acts = [act('o1', 'start'), act('o1', 'deliver'), act('o2', 'deliver', 'conflict')];
    const stops = withActs(run, acts);
    expect(stops).toMatchObject([
      { order: { state: 'delivered', endedAt: 5 }, number: 1, unsent: true },
      { order: { state: 'out-for-delivery' }, number: 2, unsent: false },
    ]);
    expect(nextStop(stops)?.order.id).toBe('o2');
  });
});
