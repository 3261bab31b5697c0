import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addAgency } from '../daemon/domain/decide-agency.ts';
import { addConsumer, changeConsumer, removeConsumer } from '../daemon/domain/decide-consumer.ts';
import { addDevice, enableDevice, moveDevice, removeDevice } from '../daemon/domain/decide-device.ts';
import { addVan, changeVan, removeVan } from '../daemon/domain/decide-van.ts';
import type { Decide } from '../daemon/domain/decision.ts';
import { apply } from '../daemon/domain/registry.ts';
import { RegistryReader } from '../daemon/domain/registry-reader.ts';
import { emptyRegistry } from '../daemon/domain/registry-state.ts';
import type { Event, LogRecord } from '../protocol/record.ts';
import { readEvents } from './outside-reader.ts';

type Commands = readonly ((agency: string, id: string, other: string) => Decide<unknown>)[];
const commands: Commands = [
  (agency) => addAgency({ id: agency }),
  (agency, id, other) => addVan(agency, { id, driverId: `driver-${other}` }),
  (agency, id) => addVan(agency, { id }),
  (agency, id, other) => changeVan(agency, { id, name: other }),
  (agency, id, other) => changeVan(agency, { id, driverId: `driver-${other}` }),
  (agency, id) => changeVan(agency, { id, driverId: null }),
  (agency, id) => removeVan(agency, id),
  (agency, id) => addDevice(agency, { id, keyHash: 'k' }),
  (agency, id, other) => addDevice(agency, { id, vanId: other, keyHash: 'k' }),
  (agency, id, other) => moveDevice(agency, id, other),
  (agency, id) => enableDevice(agency, id, false),
  (agency, id) => enableDevice(agency, id, true),
  (agency, id) => removeDevice(agency, id),
  (agency, id) => addConsumer(agency, { id, name: 'Asha' }),
  (agency, id, other) => changeConsumer(agency, { id, name: other }),
  (agency, id) => removeConsumer(agency, id),
];

/** A daemon decides a command after it has read on so many records. */
interface Step {
  daemon: number;
  reads: number;
  command: number;
  agency: string;
  id: string;
  other: string;
}
const agencies = ['demo', 'other'];
/** Both agencies are there from the beginning. */
const begins = { daemon: 0, reads: 0, command: 0, id: 'a', other: 'a' };
const id = fc.constantFrom('a', 'b');
const step: fc.Arbitrary<Step> = fc.record({
  daemon: fc.nat(2),
  reads: fc.nat(4),
  command: fc.nat(commands.length - 1),
  agency: fc.constantFrom(...agencies),
  id,
  other: id,
});

const uuidOf = (first: number, second: number): string =>
  `${String(first).padStart(8, '0')}-0000-4000-8000-${String(second).padStart(12, '0')}`;

/** The log that three daemons make which are behind by some records, each deciding on what it has read. */
function history(steps: readonly Step[]): LogRecord[] {
  const log: LogRecord[] = [];
  const daemons = [0, 1, 2].map(() => ({ state: emptyRegistry(), at: 0 }));
  const first: Step[] = agencies.map((agency) => ({ ...begins, agency }));
  for (const [number, { daemon: who, reads, command, agency, id: thing, other }] of [...first, ...steps].entries()) {
    const daemon = daemons[who] ?? { state: emptyRegistry(), at: 0 };
    for (const record of log.slice(daemon.at, daemon.at + reads)) apply(daemon.state, record);
    daemon.at = Math.min(log.length, daemon.at + reads);
    let made = 0;
    const context = { now: 1000 * number, newId: () => uuidOf(number, made++), actor: 'ADMIN:test' };
    const decision = commands[command]?.(agency, thing, other)(new RegistryReader(daemon.state), context);
    if (decision?.ok) log.push(...decision.records, ...(decision.afterwards ?? []));
  }
  return log;
}

/** A consumer that gives the reader the events of a log, as kafkajs would. */
async function read(log: readonly LogRecord[]): Promise<string[]> {
  const seen: string[] = [];
  const subscribed: unknown[] = [];
  const consumer: Parameters<typeof readEvents>[0] = {
    subscribe: async (to) => void subscribed.push(to),
    run: async ({ eachMessage } = {}) => {
      for (const [offset, { agency, value }] of log.entries()) {
        const message = {
          key: Buffer.from(agency),
          value: Buffer.from(JSON.stringify(value)),
          timestamp: '0',
          attributes: 0,
          offset: String(offset),
          headers: {},
        };
        const rest = { topic: 'events', partition: 0, heartbeat: async () => {}, pause: () => () => {} };
        await eachMessage?.({ ...rest, message });
      }
    },
  };
  await readEvents<Event>(consumer, 'events', (agency, event) => seen.push(`${agency} ${event.id}`));
  expect(subscribed).toEqual([{ topics: ['events'], fromBeginning: true }]);
  return seen;
}

describe('the reader of events outside', () => {
  it('keeps the same events as the daemons, whatever races there were', async () => {
    let lost = 0;
    const check = async (steps: Step[]) => {
      const log = history(steps);
      const events = log.filter((record) => record.topic === 'events');
      const state = emptyRegistry();
      const applied = log.flatMap((record) => {
        const verdict = apply(state, record);
        return record.topic === 'events' && verdict === 'applied' ? [`${record.agency} ${record.value.id}`] : [];
      });
      lost += events.length - applied.length;
      expect(await read(events)).toEqual(applied);
    };
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 80, maxLength: 200 }), check), { numRuns: 300 });
    // Otherwise there were no races, and the test has shown nothing.
    expect(lost).toBeGreaterThan(300);
  });

  it('stands in the documentation as it is tested', () => {
    const [docs, code] = ['../docs/kafka.md', './outside-reader.ts'].map((file) =>
      readFileSync(new URL(file, import.meta.url), 'utf8'),
    );
    expect(docs).toContain(code);
  });
});
