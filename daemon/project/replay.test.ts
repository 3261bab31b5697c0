import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Database } from 'better-sqlite3';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { LogRecord, Topic } from '../../protocol/record.ts';
import { addAgency } from '../domain/decide-agency.ts';
import { addConsumer } from '../domain/decide-consumer.ts';
import { addDevice } from '../domain/decide-device.ts';
import { addVan, changeVan } from '../domain/decide-van.ts';
import { until } from '../log/log.fixture.ts';
import type { Cursor, LogBatch } from '../log/log.ts';
import { MemoryLog } from '../log/memory.ts';
import { Commands } from './commands.ts';
import { DeadLettersProjection } from './dead-letters.ts';
import { HealthProjection } from './health.ts';
import { Live } from './live.ts';
import { Projector } from './projector.ts';
import { RegistryProjection } from './registry.ts';
import { Replays } from './replay.ts';
import { at, fix, folder, position, silent, tidy } from './story.fixture.ts';
import { Trails } from './trails.ts';

const admin = { actor: 'ADMIN:anu' };
const now = () => at(5000);
const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});
afterAll(tidy);

/** What a daemon of an earlier version got wrong: it is to be put right by a replay. */
interface Faults {
  /** records the projections of that topic never saw */
  overlooks?: (record: LogRecord) => boolean;
}

/** A log whose reading stops before each page until it is let go on. */
class SlowLog extends MemoryLog {
  #gate: PromiseWithResolvers<void> | undefined;
  waiting = 0;

  override async *read(from: Cursor | null, topics?: readonly Topic[], upTo?: Cursor): AsyncGenerator<LogBatch> {
    for await (const batch of super.read(from, topics, upTo)) {
      this.waiting++;
      await this.#gate?.promise;
      this.waiting--;
      yield batch;
    }
  }
  hold(): void {
    this.#gate = Promise.withResolvers();
  }
  page(): void {
    this.#gate?.resolve();
    this.#gate = Promise.withResolvers();
  }
  release(): void {
    this.#gate?.resolve();
    this.#gate = undefined;
  }
}

async function daemon(log: SlowLog, { overlooks = () => false }: Faults = {}, file = `${folder()}/projections.sqlite`) {
  const faulty = <P extends { apply(record: LogRecord, ...rest: never[]): void }>(projection: P): P => {
    const apply = projection.apply.bind(projection);
    projection.apply = (record: LogRecord, ...rest: never[]) => {
      if (!overlooks(record)) apply(record, ...rest);
    };
    return projection;
  };
  const registry = faulty(new RegistryProjection({ now }));
  const trails = faulty(new Trails({ registry: registry.view, now }));
  const live = faulty(new Live({ registry: registry.view, trails }));
  const health = faulty(new HealthProjection({ now }));
  const deadLetters = faulty(new DeadLettersProjection({ now }));
  const projections = [registry, trails, live, health, deadLetters];
  await log.start();
  const projector = new Projector({ log, file, projections, logger: silent });
  const replays = new Replays({
    log,
    projector,
    file,
    fresh: {
      registry: () => [new RegistryProjection({ now })],
      health: () => [new Trails({ registry: registry.view, now }), new HealthProjection({ now })],
      'dead-letters': () => [new DeadLettersProjection({ now })],
    },
    logger: silent,
  });
  await projector.start();
  await replays.start();
  await projector.caughtUp;
  const stop = async () => {
    await replays.stop();
    await projector.stop();
  };
  undo.push(stop);
  const commands = new Commands({ log, registry, now });
  return { log, registry, trails, live, health, deadLetters, projector, replays, commands, file, stop };
}
type Daemon = Awaited<ReturnType<typeof daemon>>;

const append = (log: MemoryLog, ...records: LogRecord[]) =>
  new Promise<void>((resolve, reject) => log.append(records, (error) => (error ? reject(error) : resolve())));

const letter = (number: number): LogRecord => ({
  topic: 'dead-letters',
  agency: 'pune',
  value: {
    id: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    time: at(number),
    device: 't1',
    reason: 'not-json',
    detail: 'not JSON',
    format: 'native',
    via: 'vantrail/t1/position',
    bytes: 'e30=',
  },
});

/** An agency with a van, a device, a consumer, a trail with a double fix, and letters. */
async function filled(log: SlowLog, faults?: Faults): Promise<Daemon> {
  const one = await daemon(log, faults);
  await one.commands.execute(addAgency({ id: 'pune' }), admin);
  await one.commands.execute(addVan('pune', { id: 'v1', name: 'Blue' }), admin);
  await one.commands.execute(addDevice('pune', { id: 't1', vanId: 'v1', keyHash: 'h' }), admin);
  await one.commands.execute(addConsumer('pune', { id: 'c1', name: 'Asha' }), admin);
  for (const second of [0, 10, 20, 20, 10, 30]) await append(log, position(fix('t1', second, second)));
  for (const number of [1, 2, 3, 4]) await append(log, letter(number));
  return one;
}

/** All that can be seen. */
const seen = ({ registry, trails, live, health, deadLetters }: Daemon) => ({
  van: registry.view.van('pune', 'v1'),
  consumers: [...registry.view.consumers('pune')],
  credential: registry.view.credential('t1'),
  trail: [...trails.device('pune', 't1', 0, at(10_000))].flat().map(({ fixTime }) => (fixTime - at(0)) / 1000),
  at: live.van('pune', 'v1')?.fixTime,
  health: health.device('pune', 't1'),
  letters: deadLetters.list('pune', { limit: 10 }).map(({ time }) => (time - at(0)) / 1000),
});

describe('a rebuild', () => {
  it('puts a wrong registry right, under the same view, and tells what may have changed', async () => {
    const wrong = (record: LogRecord) => record.topic === 'events' && record.value.type === 'van-changed';
    const log = new SlowLog();
    const one = await filled(log, { overlooks: wrong });
    const { view } = one.registry;
    const events: LogRecord[] = [];
    const elsewhere = await daemon(log);
    await elsewhere.commands.execute(changeVan('pune', { id: 'v1', name: 'Red' }), admin);
    for await (const { records } of log.read(null, ['events'])) events.push(...records);
    expect([view.van('pune', 'v1')?.name, elsewhere.registry.view.van('pune', 'v1')?.name]).toEqual(['Blue', 'Red']);
    const told: string[] = [];
    one.projector.onChange(({ vans, consumers, devices }) => told.push(...vans, ...consumers, ...(devices ?? [])));
    expect(one.replays.begin('registry')).toMatchObject({ way: 'rebuild', state: 'running' });
    await one.replays.over();
    expect(one.replays.status()).toMatchObject({ state: 'done', records: events.length + 2 });
    expect(view.van('pune', 'v1')).toEqual({ id: 'v1', name: 'Red', kind: 'van', version: 2 });
    expect(seen(one)).toEqual(seen(elsewhere));
    expect(told.sort()).toEqual(['c1', 't1', 'v1']);
    const [last] = events.toReversed();
    expect(one.commands.outcome('pune', last?.topic === 'events' ? last.value.id : '')?.state).toBe('applied');
    // And it stays so: the next start reads the new tables, and the log from there.
    await one.stop();
    const again = await daemon(log, { overlooks: wrong }, one.file);
    expect(seen(again)).toEqual(seen(elsewhere));
    expect(again.projector.status().records).toBe(0);
    expect(readdirSync(dirname(one.file)).filter((name) => name.includes('rebuild'))).toEqual([]);
  });

  it.each(['registry', 'health', 'dead-letters'] as const)('of %s ends with what was there', async (name) => {
    const one = await filled(new SlowLog());
    const before = seen(one);
    expect(before.health).toMatchObject({ positions: 4, duplicates: 2 });
    one.replays.begin(name);
    await one.replays.over();
    expect(one.replays.status()).toMatchObject({ state: 'done' });
    expect(seen(one)).toEqual(before);
    await append(one.log, position(fix('t1', 40, 40)), letter(5));
    expect(seen(one)).toMatchObject({ at: at(40), letters: [5, 4, 3, 2, 1], health: { positions: 5, duplicates: 2 } });
  });

  it('goes on beside everything else: what comes meanwhile is in both, and answers wait for nothing', async () => {
    const log = new SlowLog();
    const one = await filled(log);
    log.hold();
    one.replays.begin('registry');
    for (let van = 2; van < 40; van++) {
      await until(() => log.waiting > 0 || one.replays.status()?.state !== 'running');
      expect(await one.commands.execute(addVan('pune', { id: `v${van}` }), admin)).toMatchObject({ ok: true });
      log.page();
    }
    log.release();
    await one.replays.over();
    expect(one.replays.status()?.state).toBe('done');
    expect(one.registry.view.counts('pune').vans).toBe(39);
    const reread = await daemon(log);
    expect([...one.registry.view.vans('pune')]).toEqual([...reread.registry.view.vans('pune')]);
    expect(await one.commands.execute(changeVan('pune', { id: 'v7', name: 'Red' }), admin)).toMatchObject({ ok: true });
  });

  it('that is cut off leaves the old one, and nothing else', async () => {
    const log = new SlowLog();
    const one = await filled(log);
    const before = seen(one);
    log.hold();
    one.replays.begin('registry');
    await until(() => log.waiting > 0);
    expect(existsSync(`${one.file}.rebuild-registry`)).toBe(true);
    const stopped = one.replays.stop();
    log.release();
    await stopped;
    expect(one.replays.status()).toMatchObject({ state: 'failed', detail: 'the daemon is stopping' });
    await one.stop();
    // What a crash would leave.
    writeFileSync(`${one.file}.rebuild-registry`, 'half a file');
    const again = await daemon(log, {}, one.file);
    expect(seen(again)).toEqual(before);
    expect(existsSync(`${one.file}.rebuild-registry`)).toBe(false);
  });

  it('that cannot be put in place leaves the old one as it was', async () => {
    const one = await filled(new SlowLog());
    const before = seen(one);
    const reset = one.registry.reset.bind(one.registry);
    one.registry.reset = (db: Database) => {
      reset(db);
      throw new Error('database or disk is full');
    };
    one.replays.begin('registry');
    await one.replays.over();
    expect(one.replays.status()).toMatchObject({ state: 'failed', detail: 'database or disk is full' });
    expect(seen(one)).toEqual(before);
    await one.stop();
    expect(seen(await daemon(one.log, {}, one.file))).toEqual(before);
  });

  it('skips a record that cannot be read', async () => {
    const one = await filled(new SlowLog());
    const poison = { topic: 'events', agency: 'pune', value: { id: 'x', type: 'van-added' } } as unknown as LogRecord;
    await append(one.log, poison);
    const before = seen(one);
    one.replays.begin('registry');
    await one.replays.over();
    expect(one.replays.status()?.state).toBe('done');
    expect(seen(one)).toEqual(before);
  });

  it('of an empty log is empty', async () => {
    const one = await daemon(new SlowLog());
    one.replays.begin('registry');
    await one.replays.over();
    expect(one.replays.status()).toMatchObject({ state: 'done', records: 0 });
    expect(await one.commands.execute(addAgency({ id: 'pune' }), admin)).toMatchObject({ ok: true });
  });
});

describe('a repeat', () => {
  const missed = (record: LogRecord) =>
    (record.topic === 'positions' && record.value.fixTime >= at(20)) ||
    (record.topic === 'dead-letters' && record.value.time >= at(2));
  /** A daemon that missed some records and has been mended since. */
  async function mended(log: SlowLog) {
    let faulty = true;
    const one = await filled(log, { overlooks: (record) => faulty && missed(record) });
    faulty = false;
    expect(seen(one)).toMatchObject({ trail: [0, 10], at: at(10), letters: [1] });
    return one;
  }

  it('of trails gives them what they miss, and the live state with them', async () => {
    const one = await mended(new SlowLog());
    const moved: string[] = [];
    one.projector.onChange((change) => moved.push(...change.moved));
    expect(one.replays.begin('trails').way).toBe('repeat');
    await one.replays.over();
    expect(one.replays.status()).toMatchObject({ state: 'done', records: 6 });
    expect(seen(one)).toMatchObject({ trail: [0, 10, 20, 30], at: at(30) });
    expect(moved).toContain('v1');
    await one.stop();
    const again = await daemon(one.log, {}, one.file);
    expect(seen(again)).toMatchObject({ trail: [0, 10, 20, 30], at: at(30) });
  });

  it('of trails keeps what the log no longer has', async () => {
    const first = await filled(new SlowLog());
    await first.stop();
    const log = new SlowLog({ life: 'another' });
    const one = await daemon(log, {}, first.file);
    await append(log, position(fix('t1', 50, 50)));
    one.replays.begin('trails');
    await one.replays.over();
    expect(seen(one).trail).toEqual([0, 10, 20, 30, 50]);
  });

  it('begins at a time or at a place in the log', async () => {
    const one = await mended(new SlowLog());
    one.replays.begin('dead-letters', { time: at(4) });
    await one.replays.over();
    expect(one.replays.status()).toMatchObject({ way: 'repeat', state: 'done', records: 1 });
    expect(seen(one).letters).toEqual([4, 1]);
    const places: { cursor: Cursor; records: readonly LogRecord[] }[] = [];
    for await (const batch of one.log.read(null, ['dead-letters'])) places.push(batch);
    const [place] = places;
    one.replays.begin('dead-letters', { cursor: place?.cursor ?? '' });
    await one.replays.over();
    const after = places.slice(1).flatMap(({ records }) => records);
    expect(one.replays.status()?.records).toBe(after.length);
    one.replays.begin('dead-letters');
    await one.replays.over();
    expect(one.replays.status()).toMatchObject({ way: 'rebuild', state: 'done', records: 4 });
    expect(seen(one).letters).toEqual([4, 3, 2, 1]);
  });

  it('of trails since a time takes what was received since', async () => {
    const one = await mended(new SlowLog());
    one.replays.begin('trails', { time: at(30) });
    await one.replays.over();
    expect(seen(one).trail).toEqual([0, 10, 30]);
  });
});

describe('a replay is refused', () => {
  it('from somewhere, of what counts each record once', async () => {
    const one = await filled(new SlowLog());
    expect(() => one.replays.begin('registry', { time: 0 })).toThrow(
      'registry would be wrong if records were applied to it a second time; without --from it is rebuilt from the beginning of the log',
    );
    expect(() => one.replays.begin('health', { time: 0 })).toThrow(/^health would be wrong/);
    expect(one.replays.status()).toBeUndefined();
  });

  it('from a place of another log', async () => {
    const one = await filled(new SlowLog());
    expect(() => one.replays.begin('trails', { cursor: 'other:1' })).toThrow(
      '--from: "other:1" is neither a time (UTC ms or ISO 8601) nor a place in this log',
    );
  });

  it('while another is under way', async () => {
    const log = new SlowLog();
    const one = await filled(log);
    log.hold();
    one.replays.begin('registry');
    expect(() => one.replays.begin('trails')).toThrow('registry is being replayed now');
    log.release();
    await one.replays.over();
    one.replays.begin('trails');
    await one.replays.over();
    expect(one.replays.status()?.state).toBe('done');
  });

  it('while the daemon is still reading the log', async () => {
    const log = new SlowLog();
    const one = await filled(log);
    const file = `${folder()}/projections.sqlite`;
    const registry = new RegistryProjection({ now });
    const projector = new Projector({
      log: Object.assign(Object.create(log), { tail: () => new Promise(() => {}) }),
      file,
      projections: [registry],
      logger: silent,
    });
    const fresh = { registry: () => [new RegistryProjection({ now })] };
    const replays = new Replays({ log, projector, file, fresh, logger: silent });
    await projector.start();
    undo.push(() => projector.stop());
    expect(() => replays.begin('registry')).toThrow('not now: projections are reading the log');
    expect(() => replays.begin('trails')).toThrow('trails is no projection of this daemon');
    await one.stop();
  });
});
