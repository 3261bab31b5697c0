import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Alert, Muted } from '../../../../protocol/alert.ts';
import { Refused, type Session } from '../../session.ts';
import type { ConsoleStore } from '../../store.ts';
import { words } from '../../words.ts';
import type { World } from '../../world/world.ts';

/** Somebody who may look after an alert. */
interface Colleague {
  id: string;
  name: string;
}

/** What a change came to, in words, at the thing it was about. */
interface Said {
  kind: 'done' | 'refused';
  text: string;
}

interface AlertDeskState {
  /** alerts as they will be when what is underway is done, by id */
  underway: ReadonlyMap<string, Alert>;
  /** requests whose answer is underway, by `pin/ID` and `act/ID` */
  busy: ReadonlySet<string>;
  /** by alert, and by request */
  said: ReadonlyMap<string, Said>;
  colleagues: readonly Colleague[];
}

/** Where it is said what the last request came to: it is not in the list any more. */
export const lastRequest = 'requests';

/** What a dispatcher does about alerts and requests. Each says by itself what became of it; none rejects. */
export interface AlertDesk {
  readonly state: StoreApi<AlertDeskState>;
  /** An alert as it is shown: with what is underway. */
  shown(alert: Alert): Alert;
  acknowledge(id: string): Promise<void>;
  /** null: nobody any more */
  assign(id: string, to: string | null): Promise<void>;
  /** `until`: UTC ms; null: it is to press again */
  snooze(id: string, until: number | null): Promise<void>;
  /** Mutes the alert's kind for its van, until a time (UTC ms) or for good. */
  mute(id: string, until: number | undefined): Promise<void>;
  /** Takes the place that a consumer suggested, or leaves the door where it is. */
  settlePin(consumerId: string, approve: boolean): Promise<void>;
  settleAct(orderId: string, act: string): Promise<void>;
  putAway(key: string): void;
  /** Asks who works at the console. Whoever was known before stays known while that cannot be asked. */
  loadColleagues(): Promise<void>;
}

interface AlertDeskDeps {
  store: ConsoleStore;
  session: Pick<Session, 'read' | 'write'>;
  world: World;
  /** UTC ms by the daemon's clock */
  now: () => number;
}

export function createAlertDesk({ store, session, world, now }: AlertDeskDeps): AlertDesk {
  const state = createStore<AlertDeskState>(() => ({
    underway: new Map(),
    busy: new Set(),
    said: new Map(),
    colleagues: [],
  }));
  const say = (key: string, said: Said | undefined) =>
    state.setState((before) => {
      const all = new Map(before.said);
      if (said === undefined) all.delete(key);
      else all.set(key, said);
      return { said: all };
    });
  const expect = (id: string, alert: Alert | undefined) =>
    state.setState((before) => {
      const underway = new Map(before.underway);
      if (alert === undefined) underway.delete(id);
      else underway.set(id, alert);
      return { underway };
    });
  const take = (alert: Alert) => {
    world.apply({ type: 'event', cursor: '', name: 'alert', alert });
    store.setState(({ alertsRevision }) => ({ alertsRevision: alertsRevision + 1 }));
  };

  /** the last change of each alert that is underway: the next one waits for it */
  const turns = new Map<string, Promise<void>>();
  const send = async (id: string, act: string, body: object | undefined) => {
    const alert = world.alerts.get(id);
    if (alert === undefined) return;
    try {
      const path = `/api/alerts/${encodeURIComponent(id)}/${act}`;
      take((await session.write({ method: 'POST', path, body, version: alert.version })) as Alert);
    } catch (error) {
      const current = currentOf<Alert>(error);
      if (current?.id === id) take(current);
      say(id, refusalOf(error));
    }
  };
  /** Shows the alert as it is going to be; once all is answered, as it is. */
  const change = async (id: string, act: string, body: object | undefined, after: (alert: Alert) => Alert) => {
    const alert = state.getState().underway.get(id) ?? world.alerts.get(id);
    if (alert === undefined) return;
    say(id, undefined);
    expect(id, after(alert));
    const turn = (turns.get(id) ?? Promise.resolve()).then(() => send(id, act, body));
    turns.set(id, turn);
    await turn;
    if (turns.get(id) !== turn) return;
    turns.delete(id);
    expect(id, undefined);
  };
  const by = () => {
    const { viewer } = store.getState();
    return { by: `${viewer?.role ?? ''}:${viewer?.subject ?? ''}`, at: now() };
  };

  /** Asks for a change that the feed shows once it is made; what it came to is said under `done`. */
  const request = async (key: string, done: string, work: () => Promise<string>) => {
    if (state.getState().busy.has(key)) return;
    state.setState(({ busy }) => ({ busy: new Set([...busy, key]) }));
    say(key, undefined);
    try {
      say(done, { kind: 'done', text: await work() });
    } catch (error) {
      say(key, refusalOf(error));
    } finally {
      state.setState(({ busy }) => ({ busy: new Set([...busy].filter((each) => each !== key)) }));
    }
  };

  return {
    state,
    shown: (alert) => state.getState().underway.get(alert.id) ?? alert,
    acknowledge: (id) => change(id, 'ack', undefined, (alert) => ({ ...alert, acknowledged: by() })),
    assign: (id, to) =>
      change(id, 'assign', { to }, ({ assigned: _before, ...alert }) =>
        to === null ? alert : { ...alert, assigned: { to, ...by() } },
      ),
    snooze: (id, until) =>
      change(id, 'snooze', { until }, ({ snoozed: _before, ...alert }) =>
        until === null ? alert : { ...alert, snoozed: { until, ...by() } },
      ),
    async mute(id, until) {
      const { vanId, kind } = world.alerts.get(id) ?? {};
      if (vanId === undefined || kind === undefined) return;
      await request(id, id, async () => {
        const path = `/api/vans/${encodeURIComponent(vanId)}/muted-alerts`;
        const { muted, version } = (await session.read(path)) as { muted: Muted[]; version: number };
        const own: Muted = { kind, ...(until === undefined ? {} : { until }) };
        const body = { muted: [...muted.filter((each) => each.kind !== kind), own] };
        await session.write({ method: 'PUT', path, body, version });
        return words.alerts.muted(words.alerts.kinds[kind]);
      });
    },
    async settlePin(consumerId, approve) {
      const entry = world.consumers.get(consumerId);
      if (entry === undefined) return;
      const { name, version } = entry.consumer;
      await request(`pin/${consumerId}`, lastRequest, async () => {
        const path = `/api/consumers/${encodeURIComponent(consumerId)}/suggested-pin`;
        await session.write({ method: 'POST', path, body: { approve }, version });
        store.setState(({ comparedPin }) => (comparedPin === consumerId ? { comparedPin: undefined } : {}));
        return approve ? words.requests.approved(name) : words.requests.left(name);
      });
    },
    async settleAct(orderId, act) {
      const entry = world.orders.get(orderId);
      if (entry === undefined) return;
      await request(`act/${act}`, lastRequest, async () => {
        const path = `/api/orders/${encodeURIComponent(orderId)}/refused-acts/${act}/settle`;
        await session.write({ method: 'POST', path, version: entry.order.version });
        return words.requests.settled;
      });
    },
    putAway: (key) => say(key, undefined),
    async loadColleagues() {
      try {
        const { items } = (await session.read('/api/staff')) as { items: Colleague[] };
        state.setState({ colleagues: items.toSorted((a, b) => a.name.localeCompare(b.name)) });
      } catch {
        // Without them an alert can still be taken by whoever sits here.
      }
    },
  };
}

/** The thing as it is now, where the daemon said so. */
function currentOf<T>(error: unknown): T | undefined {
  if (!(error instanceof Refused)) return undefined;
  return (error.problem as { current?: T } | undefined)?.current;
}

function refusalOf(error: unknown): Said {
  if (!(error instanceof Refused)) return { kind: 'refused', text: words.alerts.notSent };
  if (error.status === 412) return { kind: 'refused', text: words.alerts.stale };
  if (error.status === 404) return { kind: 'refused', text: words.alerts.gone };
  return { kind: 'refused', text: words.alerts.refused(error.message) };
}
