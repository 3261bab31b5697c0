import type { Order } from '../../protocol/order.ts';
import { problemText, type RefusalParams } from '../../protocol/refusal-text.ts';
import { type Lost, whoWon } from './order-race.ts';
import { Refused, type Session } from './session.ts';
import type { ChangeWord, ConsoleStore } from './store.ts';
import { language, words } from './words.ts';
import type { World } from './world/world.ts';

/** What a dispatcher does to orders and runs. Each says by itself what became of it; none of them rejects. */
export interface OrderChanges {
  /** Puts open orders on the run of today of a van; null: on none. */
  assign(ids: Iterable<string>, vanId: string | null): Promise<void>;
  reattempt(ids: Iterable<string>): Promise<void>;
  fail(ids: Iterable<string>, reason: string): Promise<void>;
  cancel(ids: Iterable<string>, reason: string | undefined): Promise<void>;
  /** Answers the id of the new order. */
  book(consumerId: string, cylinders: number): Promise<string | undefined>;
  /** The whole run of today in a new order. Answers whether it is that now. */
  plan(vanId: string, stops: readonly string[], seen: { version: number; stops: readonly string[] }): Promise<boolean>;
  /** A link to the order's page; undefined: it was refused, and that is said. */
  link(id: string): Promise<string | undefined>;
  /** The notes for the driver who comes to this consumer. Answers whether they are kept. */
  saveNotes(consumerId: string, notes: string, version: number): Promise<boolean>;
  /** Takes the last change back, while that is offered. */
  undo(): Promise<void>;
  /** Says something of the kind by itself. */
  say(word: ChangeWord): void;
  stop(): void;
}

/** How long the way back is offered, and how long a refusal stays, ms. */
const undoFor = 6000;
const refusalFor = 15_000;
/** Orders that one request takes; requests beside one another where each takes one. */
const atOnce = 1000;
const besides = 6;
/** Refusals that are told one by one. */
const told = 3;

const open: readonly Order['state'][] = ['booked', 'assigned', 'out-for-delivery'];

interface Move {
  orderId: string;
  vanId: string | null;
  version: number;
  day?: string;
  at?: number;
}
interface ItemAnswer {
  id?: string;
  status: number;
  version?: number;
  detail?: string;
  code?: string;
  params?: RefusalParams;
}

/** Where an order was before it was moved. */
interface Was extends Pick<Order, 'state' | 'vanId' | 'day'> {
  at?: number;
}

export function createOrderChanges(deps: {
  store: ConsoleStore;
  session: Pick<Session, 'read' | 'write'>;
  world: World;
}): OrderChanges {
  const { store, session, world } = deps;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const say = (word: ChangeWord) => {
    clearTimeout(timer);
    store.setState({ changeWord: word });
    if (word.kind === 'working') return;
    timer = setTimeout(
      () => store.getState().changeWord === word && store.setState({ changeWord: undefined }),
      word.kind === 'done' ? undoFor : refusalFor,
    );
  };
  const refuse = (text: string) => say({ kind: 'refused', text });
  const vanName = (id: string) => world.vans.get(id)?.van.name ?? id;
  const consumerName = (id: string) => world.consumers.get(id)?.consumer.name ?? words.orders.unknownConsumer;
  const ordersOf = (ids: Iterable<string>, states: readonly Order['state'][]): Order[] =>
    Array.from(ids, (id) => world.orders.get(id)?.order).filter(
      (order): order is Order => order !== undefined && states.includes(order.state),
    );

  /** Does it, unless there is no link; what goes wrong on the way is said. */
  const attempt = async <T>(work: () => Promise<T>): Promise<T | undefined> => {
    const { kind } = store.getState().link;
    if (kind !== 'live' && kind !== 'catching-up') {
      refuse(words.changes.offline);
      return undefined;
    }
    try {
      return await work();
    } catch (error) {
      refuse(error instanceof Refused ? words.changes.refused(error.message) : words.changes.noAnswer);
      return undefined;
    }
  };
  const lost = (id: string): Promise<Lost> => whoWon(deps, id);
  const lostLine = async (id: string): Promise<string> => {
    const { who, order } = await lost(id).catch(() => ({ who: '', order: undefined }));
    if (order === undefined) return words.changes.gone;
    const { isNow } = words.changes;
    const is = isNow[order.state];
    const state = typeof is === 'string' ? is : is(vanName(order.vanId ?? ''));
    return words.changes.lost(who, consumerName(order.consumerId), state);
  };

  /** Says what became of many: all well, or how many, and why the others did not. */
  const sum = async (
    ids: readonly string[],
    answers: readonly ItemAnswer[],
    done: (n: number) => string,
    undo?: () => Promise<void>,
  ) => {
    const bad = answers.flatMap((answer, i) => (answer.status < 300 ? [] : [{ answer, id: ids[i] as string }]));
    const good = answers.length - bad.length;
    const back = undo === undefined || good === 0 ? {} : { undo };
    if (bad.length === 0) return say({ kind: 'done', text: done(good), ...back });
    const line = ({ answer, id }: (typeof bad)[number]) =>
      isStale(answer.status)
        ? lostLine(id)
        : words.changes.refused(problemText(answer, language) ?? String(answer.status));
    const lines = await Promise.all(bad.slice(0, told).map(line));
    if (bad.length > told) lines.push(words.changes.more(bad.length - told));
    const [only = ''] = lines;
    if (answers.length === 1) return refuse(only);
    say({ kind: 'refused', text: words.changes.some(good, answers.length), more: lines, ...back });
  };

  const moveAll = async (moves: readonly Move[]): Promise<ItemAnswer[]> => {
    const answers: ItemAnswer[] = [];
    for (let i = 0; i < moves.length; i += atOnce) {
      const items = moves.slice(i, i + atOnce);
      const answer = await session.write({ method: 'POST', path: '/api/orders/assign', body: { items } });
      answers.push(...(answer as { items: ItemAnswer[] }).items);
    }
    return answers;
  };

  /** Where these orders stand now: for the way back. Only those on a run have a place to be asked for. */
  const standing = async (orders: readonly Order[]): Promise<Map<string, Was>> => {
    const runs = new Map<string, Promise<string[]>>();
    for (const { vanId, day } of orders) {
      if (vanId === undefined || day === undefined || runs.has(`${vanId}/${day}`)) continue;
      const path = `/api/vans/${encodeURIComponent(vanId)}/run?day=${day}`;
      const stops = session
        .read(path)
        .then((run) => (run as { stops: { order: { id: string } }[] }).stops.map(({ order }) => order.id));
      runs.set(
        `${vanId}/${day}`,
        stops.catch(() => []),
      );
    }
    const places = new Map<string, Was>();
    for (const { id, state, vanId, day } of orders) {
      const at = (await runs.get(`${vanId}/${day}`))?.indexOf(id) ?? -1;
      const on = { ...(vanId === undefined ? {} : { vanId }), ...(day === undefined ? {} : { day }) };
      places.set(id, { state, ...on, ...(at < 0 ? {} : { at }) });
    }
    return places;
  };

  /** Puts orders back where they were, as they were: one that was out is out again. */
  const putBack = async (moved: ReadonlyMap<string, number>, was: ReadonlyMap<string, Was>) => {
    await attempt(async () => {
      const moves = [...moved].map(([orderId, version]): Move => {
        const { vanId = null, day, at } = was.get(orderId) ?? {};
        if (vanId === null) return { orderId, vanId, version };
        return { orderId, vanId, version, ...(day === undefined ? {} : { day }), ...(at === undefined ? {} : { at }) };
      });
      // In the order of their places, so that each place is there when its order comes.
      moves.sort((a, b) => (a.at ?? 0) - (b.at ?? 0));
      const answers = await moveAll(moves);
      const back = moves.filter((_, i) => (answers[i]?.status ?? 500) < 300).map(({ orderId }) => orderId);
      const orderIds = back.filter((id) => was.get(id)?.state === 'out-for-delivery');
      if (orderIds.length > 0) await session.write({ method: 'POST', path: '/api/orders/start', body: { orderIds } });
      await sum(
        moves.map(({ orderId }) => orderId),
        answers,
        () => words.changes.undone,
      );
    });
  };

  /** One request for each order, a few beside one another. */
  const each = async (
    orders: readonly Order[],
    act: string,
    body: object | undefined,
    done: (n: number) => string,
  ): Promise<void> => {
    await attempt(async () => {
      if (orders.length === 0) return refuse(words.changes.nothing);
      say({ kind: 'working', text: words.changes.working });
      const answers: ItemAnswer[] = [];
      const queue = [...orders.entries()];
      const worker = async () => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          const [i, { id, version }] = next;
          const path = `/api/orders/${encodeURIComponent(id)}/${act}`;
          answers[i] = await session.write({ method: 'POST', path, body, version }).then(
            () => ({ id, status: 200 }),
            (error: unknown) => {
              if (error instanceof Refused) return { id, status: error.status, detail: error.message };
              throw error;
            },
          );
        }
      };
      await Promise.all(Array.from({ length: besides }, worker));
      await sum(
        orders.map(({ id }) => id),
        answers,
        done,
      );
    });
  };

  const changes: OrderChanges = {
    say,
    async assign(ids, vanId) {
      await attempt(async () => {
        const orders = ordersOf(ids, vanId === null ? ['assigned', 'out-for-delivery'] : open).filter(
          (order) => order.vanId !== vanId || vanId === null,
        );
        if (orders.length === 0) return refuse(words.changes.nothing);
        say({ kind: 'working', text: words.changes.working });
        const was = await standing(orders);
        const moves = orders.map(({ id, version }): Move => ({ orderId: id, vanId, version }));
        const answers = await moveAll(moves);
        const moved = new Map(
          answers.flatMap(({ id, status, version }) =>
            status < 300 && id !== undefined && version !== undefined ? [[id, version] as const] : [],
          ),
        );
        const done = (n: number) =>
          vanId === null ? words.changes.unassigned(n) : words.changes.assigned(n, vanName(vanId));
        // What was just moved is not meant again: the next key is for the next orders.
        const { picked } = store.getState();
        store.setState({ picked: new Set([...picked].filter((id) => !moved.has(id))) });
        await sum(
          orders.map(({ id }) => id),
          answers,
          done,
          () => putBack(moved, was),
        );
      });
    },
    reattempt: (ids) => each(ordersOf(ids, ['failed']), 'reattempt', undefined, words.changes.reattempted),
    fail: (ids, reason) => each(ordersOf(ids, ['out-for-delivery']), 'fail', { reason }, () => words.changes.failed),
    cancel: (ids, reason) =>
      each(
        ordersOf(ids, [...open, 'failed']),
        'cancel',
        reason === undefined ? {} : { reason },
        words.changes.cancelled,
      ),
    book: (consumerId, cylinders) =>
      attempt(async () => {
        const body = { consumerId, cylinders };
        const { id, version } = (await session.write({ method: 'POST', path: '/api/orders', body })) as Order;
        const path = `/api/orders/${encodeURIComponent(id)}/cancel`;
        const undo = () =>
          attempt(async () => {
            await session.write({ method: 'POST', path, body: {}, version });
            say({ kind: 'done', text: words.changes.undone });
          });
        say({ kind: 'done', text: words.changes.booked(consumerName(consumerId)), undo });
        return id;
      }),
    async plan(vanId, stops, seen) {
      const path = `/api/vans/${encodeURIComponent(vanId)}/run`;
      const put = (body: readonly string[], version: number) =>
        session.write({ method: 'PUT', path, body, version }) as Promise<{ version: number }>;
      const orTell = async (work: () => Promise<void>): Promise<boolean> => {
        const isDone = await attempt(async () => {
          try {
            await work();
            return true;
          } catch (error) {
            if (!(error instanceof Refused) || !isStale(error.status)) throw error;
            refuse(words.changes.lostRun(vanName(vanId)));
            return false;
          }
        });
        return isDone === true;
      };
      return orTell(async () => {
        const { version } = await put(stops, seen.version);
        const undo = async () => {
          await orTell(async () => {
            await put(seen.stops, version);
            say({ kind: 'done', text: words.changes.undone });
          });
        };
        say({ kind: 'done', text: words.changes.planned(vanName(vanId)), undo });
      });
    },
    link: (id) =>
      attempt(async () => {
        const path = `/api/orders/${encodeURIComponent(id)}/links`;
        return ((await session.write({ method: 'POST', path, body: {} })) as { url: string }).url;
      }),
    async saveNotes(consumerId, notes, version) {
      const path = `/api/consumers/${encodeURIComponent(consumerId)}`;
      const body = { notes: notes.trim() === '' ? null : notes.trim() };
      const isKept = await attempt(async () => {
        await session.write({ method: 'PATCH', path, body, version });
        say({ kind: 'done', text: words.changes.saved });
        return true;
      });
      return isKept === true;
    },
    async undo() {
      const { changeWord } = store.getState();
      if (changeWord?.undo === undefined) return;
      say({ kind: 'working', text: words.changes.working });
      await changeWord.undo();
    },
    stop() {
      clearTimeout(timer);
    },
  };
  return changes;
}

/** Somebody else was faster: 412 where a version was named, 409 where the state alone does not allow it. */
function isStale(status: number): boolean {
  return status === 412 || status === 409;
}
