import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addAccount, changeAccount, removeAccount } from '../daemon/domain/decide-account.ts';
import {
  invite,
  setPasswordByLink,
  setServiceKey,
  signOutEverywhere,
  withdrawInvitation,
} from '../daemon/domain/decide-account-access.ts';
import { addAgency } from '../daemon/domain/decide-agency.ts';
import { addConsumer, suggestPin } from '../daemon/domain/decide-consumer.ts';
import { recordNotified } from '../daemon/domain/decide-notified.ts';
import {
  arriveOrder,
  awayFromHome,
  bookOrder,
  cancelOrder,
  failOrder,
  reattemptOrder,
  startOrder,
} from '../daemon/domain/decide-order.ts';
import { confirmOrder, deliverOrder } from '../daemon/domain/decide-order-delivery.ts';
import { assignOrder, planRun, unassignOrder } from '../daemon/domain/decide-run.ts';
import { endSharing, startSharing } from '../daemon/domain/decide-sharing.ts';
import { addVan } from '../daemon/domain/decide-van.ts';
import type { Decide } from '../daemon/domain/decision.ts';
import { AccountsProjection } from '../daemon/project/accounts.ts';
import { Changes } from '../daemon/project/changes.ts';
import { NoticesProjection } from '../daemon/project/notices.ts';
import { OrdersProjection } from '../daemon/project/orders.ts';
import type { Projection } from '../daemon/project/projection.ts';
import { RegistryProjection } from '../daemon/project/registry.ts';
import { SharingProjection } from '../daemon/project/sharing.ts';
import type { Event, LogRecord } from '../protocol/record.ts';
import { readEvents } from './outside-reader.ts';

const agency = 'pune';
/** Nine in the morning in Pune; all of a history happens within the same day. */
const nine = Date.UTC(2026, 3, 2, 3, 30);
const second = 1000;

/** What a daemon knows of orders and people, and what it says of each event. */
class Daemon {
  at = 0;
  now = nine;
  readonly #clock = { now: () => this.now };
  readonly registry = new RegistryProjection(this.#clock);
  readonly #own = { verdicts: this.registry.verdicts, ...this.#clock };
  readonly accounts = new AccountsProjection(this.#own);
  readonly orders = new OrdersProjection(this.#own);
  readonly sharing = new SharingProjection({ registry: this.registry.view, ...this.#own });
  readonly notices = new NoticesProjection({ doneBy: () => undefined, ...this.#own });
  readonly #projections: readonly Projection[] = [
    ...[this.registry, this.accounts, this.orders, this.sharing, this.notices],
  ];
  readonly #changes = new Changes();
  readonly #db = new Database(':memory:');

  constructor() {
    for (const projection of this.#projections) projection.open(this.#db);
  }

  read(records: readonly LogRecord[]): void {
    for (const record of records) {
      for (const projection of this.#projections) {
        if (!projection.topics.includes(record.topic)) continue;
        projection.apply(record, { before: null, after: '' }, this.#changes);
      }
    }
    this.at += records.length;
  }

  hasApplied(event: Event): boolean {
    return this.registry.verdicts.state(agency, event.id)?.state === 'applied';
  }

  close(): void {
    this.#db.close();
  }
}

type Commands = readonly ((of: Daemon, id: string, other: string) => Decide<unknown>)[];
const begins: Commands = [
  () => addAgency({ id: agency }),
  () => addVan(agency, { id: 'a' }),
  () => addVan(agency, { id: 'b' }),
  () => addConsumer(agency, { id: 'a', name: 'A' }),
  () => addConsumer(agency, { id: 'b', name: 'B' }),
  ({ accounts }) => addAccount(accounts.view, agency, { id: 'owner', role: 'ADMIN' }),
];
const orderCommands: Commands = [
  ({ orders }, id, other) => bookOrder(orders, agency, { id, consumerId: other }),
  ({ orders }, id, other) => assignOrder(orders, agency, id, { vanId: other }),
  ({ orders }, id, other) => assignOrder(orders, agency, id, { vanId: other, at: 0 }),
  ({ orders }, id) => unassignOrder(orders, agency, id),
  ({ orders }, id, other) => planRun(orders, agency, { vanId: 'a', stops: [id, other] }),
  ({ orders }, id, other) => planRun(orders, agency, { vanId: other, stops: [id] }),
  ({ orders }, id) => startOrder(orders, agency, id),
  ({ orders }, id) => arriveOrder(orders, agency, id),
  ({ orders }, id) => awayFromHome(orders, agency, id, '2026-04-02'),
  ({ orders }, id) => deliverOrder(orders, agency, id, { confirmation: 'unconfirmed' }),
  ({ orders }, id) => confirmOrder(orders, agency, id, true),
  ({ orders }, id) => failOrder(orders, agency, id, 'door locked'),
  ({ orders }, id) => cancelOrder(orders, agency, id),
  ({ orders }, id) => reattemptOrder(orders, agency, id),
];
const otherCommands: Commands = [
  (_of, id) => suggestPin(agency, id, { latitude: 18.5, longitude: 73.8 }),
  ({ sharing }, id) => startSharing(sharing, agency, id, 1),
  ({ sharing }, id) => endSharing(sharing, agency, id),
  ({ notices }, id, other) =>
    recordNotified(notices, agency, {
      ...{ key: `${id}/${other}`, template: 'test', to: { kind: 'consumer', id }, via: 'test', outcome: 'sent' },
    }),
  ({ accounts: { view } }, id) => addAccount(view, agency, { id, role: 'ADMIN' }),
  ({ accounts: { view } }, id) => addAccount(view, agency, { id, role: 'INTERNAL_SERVICE' }),
  ({ accounts: { view } }, id) => changeAccount(view, agency, { id, role: 'DISPATCHER' }),
  ({ accounts: { view } }, id) => changeAccount(view, agency, { id, role: 'ADMIN' }),
  ({ accounts: { view } }, id) => changeAccount(view, agency, { id, enabled: false }),
  ({ accounts: { view } }, id) => removeAccount(view, agency, id),
  ({ accounts: { view } }, id, tokenHash) =>
    invite(view, agency, { id, purpose: 'invitation', tokenHash, life: 60 * second }),
  ({ accounts: { view } }, id) => withdrawInvitation(view, agency, id),
  ({ accounts: { view } }, _id, tokenHash) => setPasswordByLink(view, { tokenHash, hash: 'h' }),
  ({ accounts: { view } }, id) => setServiceKey(view, agency, id, 'k'),
  ({ accounts: { view } }, id) => signOutEverywhere(view, agency, id),
];

// An order has a long way to its end: more of these, so that many get there.
const commands: Commands = [...orderCommands, ...orderCommands, ...orderCommands, ...otherCommands];

/** A daemon decides a command after it has read on so many records. */
interface Step {
  daemon: number;
  reads: number;
  command: number;
  id: string;
  other: string;
}
const id = fc.constantFrom('a', 'b');
const step: fc.Arbitrary<Step> = fc.record({
  ...{ daemon: fc.nat(2), reads: fc.nat(4), command: fc.nat(commands.length - 1) },
  ...{ id, other: id },
});

const uuidOf = (first: number, second: number): string =>
  `${String(first).padStart(8, '0')}-0000-4000-8000-${String(second).padStart(12, '0')}`;

/** The log that daemons make which are behind by some records, each deciding on what it has read. */
function history(daemons: readonly Daemon[], steps: readonly Step[]): LogRecord[] {
  const log: LogRecord[] = [];
  const all = [
    ...begins.map((command) => ({ daemon: 0, reads: Infinity, command, id: 'a', other: 'a' })),
    ...steps.map((one) => ({ ...one, command: commands[one.command] })),
  ];
  for (const [number, { daemon: who, reads, command, id: thing, other }] of all.entries()) {
    const daemon = daemons[who];
    if (daemon === undefined || command === undefined) throw new Error('a step of nobody, or without a command');
    daemon.now = nine + number * second;
    daemon.read(log.slice(daemon.at, daemon.at + reads));
    let made = 0;
    const context = { now: daemon.now, newId: () => uuidOf(number, made++), actor: 'ADMIN:test' };
    const decision = command(daemon, thing, other)(daemon.registry.view, context);
    if (decision.ok) log.push(...decision.records, ...(decision.afterwards ?? []));
  }
  return log;
}

/** A consumer that gives the reader the events of a log, as kafkajs would. */
async function read(events: readonly Event[]): Promise<string[]> {
  const seen: string[] = [];
  const consumer: Parameters<typeof readEvents>[0] = {
    subscribe: async () => {},
    run: async ({ eachMessage } = {}) => {
      for (const [offset, event] of events.entries()) {
        const [key, value] = [Buffer.from(agency), Buffer.from(JSON.stringify(event))];
        const message = { key, value, timestamp: '0', attributes: 0, offset: String(offset), headers: {} };
        const rest = { topic: 'events', partition: 0, heartbeat: async () => {}, pause: () => () => {} };
        await eachMessage?.({ ...rest, message });
      }
    },
  };
  await readEvents<Event>(consumer, 'events', (_agency, event) => seen.push(`${event.type} ${event.id}`));
  return seen;
}

describe('the reader of events outside', () => {
  it('keeps the same orders, sharing, messages and accounts as the daemons, whatever races there were', async () => {
    let lost = 0;
    const check = async (steps: Step[]) => {
      const daemons = [new Daemon(), new Daemon(), new Daemon()];
      const judge = new Daemon();
      try {
        const log = history(daemons, steps);
        judge.now = nine + log.length * second;
        judge.read(log);
        const events = log.flatMap((record) => (record.topic === 'events' ? [record.value] : []));
        const applied = events.filter((event) => judge.hasApplied(event));
        lost += events.length - applied.length;
        expect(await read(events)).toEqual(applied.map((event) => `${event.type} ${event.id}`));
      } finally {
        for (const daemon of [...daemons, judge]) daemon.close();
      }
    };
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 60, maxLength: 150 }), check), { numRuns: 200 });
    // Otherwise there were no races, and the test has shown nothing.
    expect(lost).toBeGreaterThan(200);
  });
});
