import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { folderForTest, silent } from './embedded.fixture.ts';
import { Forwarder } from './forwarder.ts';
import { appended, position, until } from './log.fixture.ts';
import type { Spooled } from './remote.ts';
import { numbersFrom } from './spool.fixture.ts';
import { SpoolFile } from './spool-file.ts';

describe('the forwarder', () => {
  let remove: () => Promise<void>;
  let spool: SpoolFile;
  let forwarder: Forwarder;
  const parts: (readonly Spooled[])[] = [];
  let answer: (() => void) | undefined;
  let fail: ((error: Error) => void) | undefined;

  beforeEach(async () => {
    const made = await folderForTest();
    remove = made.remove;
    parts.length = 0;
    answer = undefined;
    spool = new SpoolFile({ folder: made.folder, logger: silent });
    await spool.start();
    const forward = (part: readonly Spooled[]) => {
      parts.push(part);
      return new Promise<void>((resolve, reject) => {
        answer = resolve;
        fail = reject;
      });
    };
    forwarder = new Forwarder({
      spool,
      remote: { forward },
      logger: silent,
      onForwarded: () => {},
      now: Date.now,
      gatherMs: 0,
    });
    await forwarder.start();
  });
  afterEach(async () => {
    await forwarder.stop();
    await forwarder.stop();
    await spool.stop();
    await remove();
  });

  /** Answers every part until all is forwarded. */
  async function drain(): Promise<void> {
    while (forwarder.waiting().records > 0) {
      await until(() => answer !== undefined);
      answer?.();
      answer = undefined;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  it('holds a bounded part of the spool in memory, however much waits', async () => {
    let most = 0;
    for (let i = 0; i < 60; i++) {
      await appended(spool.log, ...numbersFrom(i * 1000, 1000).map((number) => position(number)));
      most = Math.max(most, forwarder.held());
    }
    expect(forwarder.waiting().records).toBe(60_000);
    expect(parts).toHaveLength(1);
    expect(most).toBeGreaterThan(1000);
    expect(most).toBeLessThanOrEqual(8192);
    await drain();
    expect(parts.flat().map(({ sequence }) => sequence)).toEqual(numbersFrom(1, 60_000));
    expect(Math.max(...parts.map((part) => part.length))).toBeLessThan(10_000);
    expect(forwarder.held()).toBe(0);
    // Its note is never far behind: before more than 8192 records are without one, it is written.
    expect(60_000 - spool.noted().records).toBeLessThanOrEqual(8192);
  });

  it('forwards in order while much is appended, from memory and from the file in turn', async () => {
    const settled: Promise<unknown>[] = [];
    let number = 0;
    for (let round = 0; round < 60; round++) {
      const size = round % 7 === 0 ? 5000 : 50;
      settled.push(appended(spool.log, ...numbersFrom(number, size).map((one) => position(one))));
      number += size;
      if (round % 3 === 0) await settled.at(-1);
      if (answer !== undefined) {
        answer();
        answer = undefined;
      }
    }
    await Promise.all(settled);
    await drain();
    const sent = parts.flat();
    expect(sent.map(({ sequence }) => sequence)).toEqual(numbersFrom(1, number));
    expect(sent.map(({ record }) => record)).toEqual(numbersFrom(0, number).map((one) => position(one)));
  });

  it('sends a part again, the same, when something else than a stop went wrong', async () => {
    await appended(spool.log, position(1), position(2));
    await until(() => parts.length === 1);
    fail?.(new Error('a failure on purpose'));
    answer = undefined;
    await until(() => parts.length === 2);
    await drain();
    expect(parts[1]).toEqual(parts[0]);
    expect(forwarder.forwarded).toBe(2);
  });

  it('goes on from its note after a restart', async () => {
    await appended(spool.log, position(1), position(2));
    await drain();
    await forwarder.stop();
    expect(spool.noted()).toMatchObject({ records: 2 });
  });
});
