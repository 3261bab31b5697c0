import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type LogRecord, newestOnly } from '../../protocol/record.ts';
import { all, appended, event, numberOf, person, position, until } from './log.fixture.ts';
import { type Cursor, type Log, type LogBatch, type LogError, UnknownCursor } from './log.ts';

/** A log under test. It comes started; the suite does not stop what `cleanup` will. */
export interface LogUnderTest {
  log: Log;
  /** stops the log and starts another one on the same records */
  reopen(): Promise<Log>;
  cleanup(): Promise<void>;
}

function headOf(log: Log): Cursor {
  const head = log.head();
  if (head === null) throw new Error('the log is empty');
  return head;
}

/**
 * What every log must do, whatever stands behind it. Records of one agency and topic are compared in order; across
 * topics the log promises none.
 */
export function logContract(name: string, make: () => Promise<LogUnderTest>): void {
  describe(`${name}: the contract of the log`, () => {
    let under: LogUnderTest;
    let log: Log;

    beforeEach(async () => {
      under = await make();
      log = under.log;
    });
    afterEach(() => under.cleanup());

    it('is empty at first', async () => {
      expect(log.head()).toBeNull();
      expect(await all(log)).toEqual([]);
      expect(log.status()).toMatchObject({ writable: true, damage: [], records: 0 });
      expect(log.waitingBytes()).toBe(0);
    });

    it('gives back what was appended, in order, to the last digit and letter', async () => {
      const odd: LogRecord = {
        topic: 'positions',
        agency: 'demo',
        value: {
          device: 'x',
          fixTime: 1,
          receivedAt: 8_640_000_000_000_000,
          latitude: -0.000001,
          longitude: 179.999999,
          battery: 0,
        },
      };
      const letters = person('गीता/"\\', 'गीता \u2028 O’Neil 🛵\n\t"quoted" \\');
      const withId: LogRecord = { ...position(3), id: 'some/id' };
      await appended(log, odd, withId);
      await appended(log, letters);
      expect(await all(log, null, ['positions'])).toEqual([odd, withId]);
      expect(await all(log, null, ['people'])).toEqual([letters]);
    });

    it('settles in call order, without an error', async () => {
      const order: string[] = [];
      await new Promise<void>((resolve) => {
        for (let i = 0; i < 500; i++) log.append([position(i)], (error) => order.push(`${i}${error ?? ''}`));
        log.append([], (error) => order.push(`empty${error ?? ''}`));
        log.append([position(500)], (error) => {
          order.push(`500${error ?? ''}`);
          resolve();
        });
      });
      const numbers = Array.from({ length: 500 }, (_, i) => String(i));
      expect(order).toEqual([...numbers, 'empty', '500']);
      expect(await all(log)).toEqual(Array.from({ length: 501 }, (_, i) => position(i)));
    });

    it('never settles within the call', async () => {
      let within = true;
      const settled = new Promise<boolean>((resolve) => log.append([position(1)], () => resolve(within)));
      const settledEmpty = new Promise<boolean>((resolve) => log.append([], () => resolve(within)));
      within = false;
      expect(await settled).toBe(false);
      expect(await settledEmpty).toBe(false);
    });

    it('keeps the records of one append together', async () => {
      const seen: LogRecord[] = [];
      const end = await log.tail(null, ({ records }) => seen.push(...records));
      const whole = Array.from({ length: 40 }, (_, i) => position(i, 'whole'));
      const settled: Promise<unknown>[] = [];
      for (let i = 0; i < 20; i++) settled.push(appended(log, position(i)));
      const together = appended(log, ...whole, event(1, 'whole'));
      for (let i = 20; i < 40; i++) settled.push(appended(log, position(i)));
      await together;
      const ofWhole = (records: LogRecord[]) => records.filter((record) => record.agency === 'whole');
      for (const records of [ofWhole(seen), ofWhole(await all(log))]) {
        expect(records.filter(({ topic }) => topic === 'positions')).toEqual(whole);
        expect(records.filter(({ topic }) => topic === 'events')).toEqual([event(1, 'whole')]);
      }
      await Promise.all(settled);
      end();
    });

    it('gives records to the tails before it settles their append', async () => {
      const seen: string[] = [];
      const end = await log.tail(null, (batch) => {
        for (const { value } of batch.records) seen.push(`tail ${(value as { fixTime: number }).fixTime}`);
      });
      await Promise.all(
        [1, 2, 3].map(async (i) => {
          await new Promise<void>((resolve) =>
            log.append([position(i)], () => {
              expect(seen).toContain(`tail ${1_764_000_000_000 + i}`);
              seen.push(`settled ${i}`);
              resolve();
            }),
          );
        }),
      );
      end();
      expect(seen).toHaveLength(6);
    });

    it('takes appends made in a callback and in a tail handler', async () => {
      let settle: (error?: LogError) => void = () => {};
      const settled = new Promise<LogError | undefined>((resolve) => {
        settle = resolve;
      });
      const end = await log.tail(null, ({ records }) => {
        if (records.some((record) => record.topic === 'positions')) log.append([event(1)], () => {});
      });
      log.append([position(1)], () => log.append([event(2)], settle));
      expect(await settled).toBeUndefined();
      end();
      expect(await all(log, null, ['events'])).toEqual([event(1), event(2)]);
    });

    it('reads from any cursor it gave, exactly what lies behind it', async () => {
      const cursors: Cursor[] = [];
      for (let i = 0; i < 12; i++) {
        await appended(log, position(i));
        cursors.push(headOf(log));
      }
      for (const [i, cursor] of cursors.entries()) {
        expect(cursor).toMatch(/^[A-Za-z0-9._~-]+$/);
        expect(await all(log, cursor)).toEqual(Array.from({ length: 11 - i }, (_, k) => position(i + 1 + k)));
      }
    });

    it('gives with each batch the place after it', async () => {
      for (let i = 0; i < 30; i++) await appended(log, position(i), event(i));
      const read: LogRecord[] = [];
      for await (const batch of log.read(null)) {
        read.push(...batch.records);
        const both = [...read, ...(await all(log, batch.cursor))];
        for (const [topic, make] of [
          ['positions', position],
          ['events', event],
        ] as const) {
          expect(both.filter((record) => record.topic === topic)).toEqual(
            Array.from({ length: 30 }, (_, i) => make(i)),
          );
        }
      }
      expect(read).toHaveLength(60);
    });

    it('reads up to the head at the time of the call', async () => {
      await appended(log, position(0));
      const reading = log.read(null);
      await appended(log, position(1));
      const records: LogRecord[] = [];
      for await (const batch of reading) records.push(...batch.records);
      expect(records).toEqual([position(0)]);
    });

    it('reads only the topics asked for', async () => {
      for (let i = 0; i < 5; i++) await appended(log, position(i), event(i), person(`c${i}`, `Name ${i}`));
      expect(await all(log, null, ['events'])).toEqual([0, 1, 2, 3, 4].map((i) => event(i)));
      const two = await all(log, null, ['people', 'positions']);
      expect(two.filter(({ topic }) => topic === 'positions')).toEqual([0, 1, 2, 3, 4].map((i) => position(i)));
      expect(two.filter(({ topic }) => topic === 'people')).toHaveLength(5);
      expect(two).toHaveLength(10);
      expect(await all(log, null, [])).toEqual([]);
    });

    it('reads thousands of commits, and one append of many records', async () => {
      const many = Array.from({ length: 20_000 }, (_, i) => position(i));
      await appended(log, ...many);
      const small: Promise<unknown>[] = [];
      for (let i = 20_000; i < 23_000; i++) {
        small.push(appended(log, position(i)));
        if (i % 10 === 0) await small.at(-1);
      }
      await Promise.all(small);
      const read = await all(log);
      expect(read).toHaveLength(23_000);
      expect(read.every((record, i) => (record.value as { fixTime: number }).fixTime === 1_764_000_000_000 + i)).toBe(
        true,
      );
    });

    it('tails without a gap or a doubling while it is being appended to', async () => {
      const total = 6000;
      let next = 0;
      for (; next < 2000; next++) log.append([position(next)], () => {});
      await appended(log, position(next++));
      const tails: number[][] = [];
      const started: Promise<() => void>[] = [];
      const settled: Promise<unknown>[] = [];
      while (next < total) {
        for (let i = 0; i < 20 && next < total; i++) settled.push(appended(log, position(next++)));
        if (next % 400 === 1) {
          const seen: number[] = [];
          tails.push(seen);
          started.push(log.tail(null, ({ records }) => seen.push(...records.map(numberOf))));
        }
        await new Promise((resolve) => setImmediate(resolve));
      }
      await Promise.all(settled);
      const ends = await Promise.all(started);
      await appended(log, position(total));
      for (const end of ends) end();
      await appended(log, position(total + 1));
      expect(tails.length).toBeGreaterThan(3);
      const expected = Array.from({ length: total + 1 }, (_, i) => i);
      for (const seen of tails) expect(seen).toEqual(expected);
    });

    it('tails from a cursor, with cursors that go on from there', async () => {
      for (let i = 0; i < 5; i++) await appended(log, position(i));
      const from = headOf(log);
      for (let i = 5; i < 8; i++) await appended(log, position(i));
      const batches: LogBatch[] = [];
      const end = await log.tail(from, (batch) => batches.push(batch));
      await appended(log, position(8));
      end();
      expect(batches.flatMap((batch) => batch.records)).toEqual([5, 6, 7, 8].map((i) => position(i)));
      expect(batches.at(-1)?.cursor).toBe(headOf(log));
      for (const batch of batches) expect(log.covers(batch.cursor, from)).toBe(true);
    });

    it('outlives a tail handler and a callback that throw', async () => {
      const seen: number[] = [];
      const endBad = await log.tail(null, () => {
        throw new Error('a handler that fails on purpose');
      });
      const end = await log.tail(null, ({ records }) => seen.push(...records.map(numberOf)));
      log.append([position(0)], () => {
        throw new Error('a callback that fails on purpose');
      });
      expect(await appended(log, position(1))).toBeUndefined();
      expect(await appended(log, position(2))).toBeUndefined();
      endBad();
      end();
      expect(seen).toEqual([0, 1, 2]);
      expect(log.status().writable).toBe(true);
    });

    it('keeps the newest value per key of the topics that are for that, and tells of erasure', async () => {
      await appended(log, person('a', 'Asha'), person('b', 'Bina'), person('a', 'Asha Devi'));
      const before = headOf(log);
      await appended(log, person('b', 'Bina Rao'));
      await appended(log, person('a', null), person('a', 'Other', 'elsewhere'));
      const newest = new Map<string, unknown>();
      for (const { topic, agency, id, value } of await all(log)) {
        expect(newestOnly.has(topic)).toBe(true);
        newest.set(`${agency}/${id}`, value);
      }
      expect(newest).toEqual(
        new Map<string, unknown>([
          ['demo/a', null],
          ['demo/b', person('b', 'Bina Rao').value],
          ['elsewhere/a', person('a', 'Other', 'elsewhere').value],
        ]),
      );
      const since = await all(log, before);
      expect(since).toHaveLength(3);
      expect(since).toContainEqual(person('a', null));
    });

    it('gives every write of a newest value to a tail that is live', async () => {
      const seen: unknown[] = [];
      const end = await log.tail(null, ({ records }) => seen.push(...records));
      const writes = [person('a', 'One'), person('a', 'Two'), person('a', null), person('a', 'Three')];
      for (const write of writes) await appended(log, write);
      end();
      expect(seen).toEqual(writes);
    });

    it('tells which of two cursors covers the other', async () => {
      await appended(log, position(0));
      const first = headOf(log);
      await appended(log, position(1));
      const second = headOf(log);
      expect(log.covers(second, first)).toBe(true);
      expect(log.covers(first, first)).toBe(true);
      expect(log.covers(first, second)).toBe(false);
    });

    it('refuses cursors it did not make', async () => {
      await appended(log, position(0));
      const head = headOf(log);
      const other = await make();
      try {
        await appended(other.log, position(0));
        for (const bad of [
          headOf(other.log),
          '',
          'x',
          'nonsense-1',
          '-1',
          `${head}0`,
          `${head} `,
          '../../etc/passwd',
        ]) {
          expect(() => log.covers(head, bad), bad).toThrow(UnknownCursor);
          expect(() => log.covers(bad, head), bad).toThrow(UnknownCursor);
          await expect(all(log, bad), bad).rejects.toThrow(UnknownCursor);
          await expect((async () => log.tail(bad, () => {}))(), bad).rejects.toThrow(UnknownCursor);
        }
      } finally {
        await other.cleanup();
      }
    });

    it('has everything again when it is opened again, and goes on', async () => {
      await appended(log, position(0), event(0), person('a', 'Asha'));
      const first = headOf(log);
      await appended(log, position(1), person('b', null));
      const head = headOf(log);
      const records = log.status().records;
      log = await under.reopen();
      expect(log.head()).toBe(head);
      expect(log.status().records).toBe(records);
      const since = await all(log, first);
      expect(since).toHaveLength(2);
      expect(since).toEqual(expect.arrayContaining([person('b', null), position(1)]));
      await appended(log, position(2));
      expect(log.covers(headOf(log), head)).toBe(true);
      expect(log.covers(head, headOf(log))).toBe(false);
      expect(await all(log, null, ['positions'])).toEqual([0, 1, 2].map((i) => position(i)));
    });

    it('counts what is accepted and not yet durable', async () => {
      const settled = appended(log, ...Array.from({ length: 100 }, (_, i) => position(i)));
      expect(log.waitingBytes()).toBeGreaterThan(100 * 80);
      await settled;
      expect(log.waitingBytes()).toBe(0);
    });

    it('finishes what it accepted when it is stopped, and refuses the rest in call order', async () => {
      const order: string[] = [];
      for (let i = 0; i < 50; i++) log.append([position(i)], (error) => order.push(`${i} ${error?.kind ?? 'durable'}`));
      const stopped = log.stop();
      log.append([position(50)], (error) => order.push(`50 ${error?.kind ?? 'durable'}`));
      await stopped;
      await log.stop();
      expect(await appended(log, position(51))).toMatchObject({ name: 'LogError', kind: 'closed' });
      await until(() => order.length === 51);
      expect(order).toEqual([...Array.from({ length: 50 }, (_, i) => `${i} durable`), '50 closed']);
      expect(log.status().writable).toBe(false);
      log = await under.reopen();
      expect(await all(log)).toEqual(Array.from({ length: 50 }, (_, i) => position(i)));
    });
  });
}
