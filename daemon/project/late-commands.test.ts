import { afterAll, afterEach, describe, expect, it } from 'vitest';
import type { LogRecord } from '../../protocol/record.ts';
import { addAgency } from '../domain/decide-agency.ts';
import { addConsumer, changeConsumer, removeConsumer } from '../domain/decide-consumer.ts';
import { addDevice, removeDevice, rotateKey } from '../domain/decide-device.ts';
import { addVan, changeVan } from '../domain/decide-van.ts';
import { until } from '../log/log.fixture.ts';
import { type Log, type LogBatch, LogError } from '../log/log.ts';
import { MemoryLog } from '../log/memory.ts';
import { Commands } from './commands.ts';
import { Projector } from './projector.ts';
import { RegistryProjection } from './registry.ts';
import { folder, silent, tidy } from './story.fixture.ts';
import { Unanswered } from './unanswered.ts';

const admin = { actor: 'ADMIN:anu' };
const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});
afterAll(tidy);

/**
 * A daemon's way to a log that others share: what it sends and what it is sent can be held back, each in order, as a
 * slow network holds it.
 */
function wayTo(log: MemoryLog) {
  const gate = () => {
    let held: (() => void)[] | undefined;
    return {
      pass: (step: () => void) => (held === undefined ? step() : void held.push(step)),
      hold: () => {
        held ??= [];
      },
      release: () => {
        const steps = held ?? [];
        held = undefined;
        for (const step of steps) step();
      },
    };
  };
  const [out, back] = [gate(), gate()];
  const way: Log = Object.assign(Object.create(log), {
    append: (records: readonly LogRecord[], settled: (error?: LogError) => void) =>
      out.pass(() => log.append(records, settled)),
    tail: (from: string | null, handler: (batch: LogBatch) => void) =>
      log.tail(from, (batch) => back.pass(() => handler(batch))),
    head: () => log.head(),
    covers: log.covers.bind(log),
  });
  return { way, out, back };
}

async function daemon(shared: MemoryLog, now = { value: Date.now() }, file = `${folder()}/projections.sqlite`) {
  const { way, out, back } = wayTo(shared);
  const registry = new RegistryProjection();
  const projector = new Projector({ log: way, file, projections: [registry], logger: silent });
  await projector.start();
  await projector.caughtUp;
  undo.push(() => projector.stop());
  const failures: [string, string | undefined][] = [];
  const commands = new Commands({
    log: way,
    registry,
    now: () => now.value,
    verdictTimeoutMs: 20,
    onLateFailure: (error, request) => failures.push([(error as Error).message, request]),
  });
  const settled = () => until(() => projector.cursor() === shared.head() && registry.verdicts.undecided === 0);
  const stop = () => projector.stop();
  return { view: registry.view, commands, projector, out, back, settled, failures, now, file, stop };
}

async function sharedLog(): Promise<MemoryLog> {
  const log = new MemoryLog();
  await log.start();
  return log;
}

/** A daemon and its log, with an agency. */
async function one() {
  const log = await sharedLog();
  const alone = await daemon(log);
  await alone.commands.execute(addAgency({ id: 'demo' }), admin);
  return { log, ...alone };
}

const unanswered = (work: Promise<unknown>) =>
  work.then(
    () => {
      throw new Error('it was answered');
    },
    (error: unknown) => {
      if (error instanceof Unanswered) return error;
      throw error;
    },
  );

const recordsOf = async (log: MemoryLog) => {
  const records: LogRecord[] = [];
  for await (const batch of log.read(null)) records.push(...batch.records);
  return records;
};

describe('a command the log does not answer in time', () => {
  it('is undecided, and told when it is asked for', async () => {
    const { commands, view, out, settled } = await one();
    out.hold();
    const {
      kind,
      request = '',
      makesKey,
    } = await unanswered(commands.execute(addVan('demo', { id: 'v1', name: 'Blue' }), admin));
    expect([kind, makesKey]).toEqual(['undecided', false]);
    expect(commands.outcome('demo', request)).toEqual({ id: request, state: 'pending' });
    expect(commands.outcome('other', request)).toBeUndefined();
    out.release();
    await settled();
    expect(commands.outcome('demo', request)).toEqual({ id: request, state: 'applied' });
    expect(view.van('demo', 'v1')?.name).toBe('Blue');
  });

  it('is not decided again when another daemon was faster', async () => {
    const { log, commands, view, out, settled } = await one();
    const other = await daemon(log);
    await commands.execute(addVan('demo', { id: 'v1' }), admin);
    out.hold();
    const { request = '' } = await unanswered(commands.execute(changeVan('demo', { id: 'v1', name: 'Mine' }), admin));
    await other.commands.execute(changeVan('demo', { id: 'v1', name: 'Theirs' }), admin);
    out.release();
    await settled();
    const detail = 'van:v1 is at version 2, not 1';
    for (const { outcome } of [commands, other.commands].map((each) => ({ outcome: each.outcome('demo', request) }))) {
      expect(outcome).toEqual({ id: request, state: 'dropped', detail });
    }
    expect(view.van('demo', 'v1')).toMatchObject({ name: 'Theirs', version: 2 });
  });

  it('is known at every daemon that has read it, also after a restart, and nowhere before', async () => {
    const { log, commands, out, settled } = await one();
    const other = await daemon(log);
    out.hold();
    const { request = '' } = await unanswered(commands.execute(addVan('demo', { id: 'v1' }), admin));
    expect(other.commands.outcome('demo', request)).toBeUndefined();
    out.release();
    await settled();
    expect(other.commands.outcome('demo', request)?.state).toBe('applied');
    await other.stop();
    const again = await daemon(log, other.now, other.file);
    expect(again.commands.outcome('demo', request)?.state).toBe('applied');
  });

  it('keeps others from the same thing, and from nothing else', async () => {
    const { commands, view, out, settled } = await one();
    await commands.execute(addVan('demo', { id: 'v1' }), admin);
    out.hold();
    const first = unanswered(commands.execute(changeVan('demo', { id: 'v1', name: 'First' }), admin));
    const second = await unanswered(commands.execute(changeVan('demo', { id: 'v1', name: 'Second' }), admin));
    expect([(await first).kind, second.kind, second.request]).toEqual(['undecided', 'busy', undefined]);
    const elsewhere = await unanswered(commands.execute(addVan('demo', { id: 'v2' }), admin));
    expect(elsewhere.kind).toBe('undecided');
    out.release();
    await settled();
    expect(view.van('demo', 'v1')).toMatchObject({ name: 'First', version: 2 });
    expect(await commands.execute(changeVan('demo', { id: 'v1', name: 'Third' }), admin)).toMatchObject({ ok: true });
  });

  it('is answered at once when ten thousand are waiting', async () => {
    const { commands, out, settled, view } = await one();
    out.hold();
    const waiting = Array.from({ length: 10_000 }, (_, n) =>
      unanswered(commands.execute(addVan('demo', { id: `v${n}` }), admin)),
    );
    const tooMany = await unanswered(commands.execute(addVan('demo', { id: 'one-more' }), admin));
    expect(tooMany.kind).toBe('busy');
    await Promise.all(waiting);
    out.release();
    await settled();
    expect(view.counts('demo').vans).toBe(10_000);
  });

  it('says so when the log did not take it after all', async () => {
    const { log, commands, view, out, failures } = await one();
    out.hold();
    const { request = '' } = await unanswered(commands.execute(addVan('demo', { id: 'v1' }), admin));
    const append = log.append.bind(log);
    log.append = (_records, settled) => settled(new LogError('io', 'the broker said no'));
    out.release();
    await until(() => failures.length > 0);
    expect(failures).toEqual([['the broker said no', request]]);
    expect(commands.outcome('demo', request)).toEqual({
      id: request,
      state: 'dropped',
      detail: 'the log did not take it: the broker said no',
    });
    log.append = append;
    expect(await commands.execute(addVan('demo', { id: 'v1' }), admin)).toMatchObject({ ok: true });
    expect(view.van('demo', 'v1')?.version).toBe(1);
  });

  it('that only makes a key has no request', async () => {
    const { commands, view, out, settled } = await one();
    await commands.execute(addDevice('demo', { id: 'gps1', keyHash: 'first' }), admin);
    out.hold();
    const { kind, request, makesKey } = await unanswered(
      commands.execute(rotateKey('demo', 'gps1', 'never shown'), admin),
    );
    expect([kind, request, makesKey]).toEqual(['undecided', undefined, true]);
    expect((await unanswered(commands.execute(rotateKey('demo', 'gps1', 'second'), admin))).kind).toBe('busy');
    out.release();
    await settled();
    await commands.execute(rotateKey('demo', 'gps1', 'third'), admin);
    expect(view.credential('gps1')?.keyHash).toBe('third');
  });
});

describe('what follows the event of a late command', () => {
  it('is not a key that nobody was shown', async () => {
    const { log, commands, view, out, settled } = await one();
    out.hold();
    const late = await unanswered(commands.execute(addDevice('demo', { id: 'gps1', keyHash: 'never shown' }), admin));
    expect([late.kind, late.makesKey]).toEqual(['undecided', true]);
    out.release();
    await settled();
    expect(view.device('demo', 'gps1')?.version).toBe(1);
    expect(view.credential('gps1')).toBeUndefined();
    await commands.execute(rotateKey('demo', 'gps1', 'shown'), admin);
    expect(view.credential('gps1')?.keyHash).toBe('shown');
    expect((await recordsOf(log)).filter(({ topic }) => topic === 'accounts')).toHaveLength(1);
  });

  it('are the fields of a consumer', async () => {
    const { commands, view, out, settled } = await one();
    out.hold();
    await unanswered(commands.execute(addConsumer('demo', { id: 'c1', name: 'Asha' }), admin));
    out.release();
    await settled();
    await until(() => view.consumer('demo', 'c1')?.name === 'Asha');
  });

  it('are erasures', async () => {
    const { commands, view, out, settled } = await one();
    await commands.execute(addConsumer('demo', { id: 'c1', name: 'Asha' }), admin);
    await commands.execute(addDevice('demo', { id: 'gps1', keyHash: 'h' }), admin);
    out.hold();
    await Promise.all([
      unanswered(commands.execute(removeConsumer('demo', 'c1'), admin)),
      unanswered(commands.execute(removeDevice('demo', 'gps1'), admin)),
    ]);
    expect(view.fields('demo', 'c1')?.name).toBe('Asha');
    out.release();
    await settled();
    await until(() => view.fields('demo', 'c1') === undefined && view.credentialByKeyHash('h') === undefined);
  });

  it('are no fields that another daemon has changed since', async () => {
    const { log, commands, back, settled, now } = await one();
    const other = await daemon(log, now);
    await commands.execute(addConsumer('demo', { id: 'c1', name: 'Asha', phone: '1' }), admin);
    back.hold();
    await unanswered(commands.execute(changeConsumer('demo', { id: 'c1', phone: '2' }), admin));
    // So long that the other daemon no longer waits for the fields of that change.
    now.value += 11_000;
    const theirs = await other.commands.execute(changeConsumer('demo', { id: 'c1', phone: '3' }), admin);
    expect(theirs).toMatchObject({ ok: true, value: { phone: '3', version: 3 } });
    back.release();
    await settled();
    await commands.execute(addVan('demo', { id: 'v1' }), admin);
    expect(other.view.consumer('demo', 'c1')?.phone).toBe('3');
  });

  it('is no erasure of what another daemon has added again', async () => {
    const { log, commands, back, settled, now } = await one();
    const other = await daemon(log, now);
    await commands.execute(addConsumer('demo', { id: 'c1', name: 'Asha' }), admin);
    back.hold();
    await unanswered(commands.execute(removeConsumer('demo', 'c1'), admin));
    await other.commands.execute(addConsumer('demo', { id: 'c1', name: 'Bina' }), admin);
    back.release();
    await settled();
    await commands.execute(addVan('demo', { id: 'v1' }), admin);
    expect(other.view.consumer('demo', 'c1')?.name).toBe('Bina');
  });

  it('is told as unfinished when the log does not take it', async () => {
    const { log, commands, view } = await one();
    const append = log.append.bind(log);
    log.append = (records, settled) =>
      records.every(({ topic }) => topic === 'events')
        ? append(records, settled)
        : settled(new LogError('io', 'the broker said no'));
    const work = commands.execute(addDevice('demo', { id: 'gps1', keyHash: 'h' }), admin);
    const { kind, request = '', makesKey } = await unanswered(work);
    expect([kind, makesKey]).toEqual(['unfinished', true]);
    expect(commands.outcome('demo', request)?.state).toBe('applied');
    expect(view.device('demo', 'gps1')?.version).toBe(1);
  });
});

describe('an event', () => {
  it('that is sent twice has one effect, and the verdict is that of the first', async () => {
    const { log, commands, view } = await one();
    await commands.execute(addVan('demo', { id: 'v1', name: 'Blue' }), admin);
    await commands.execute(changeVan('demo', { id: 'v1', name: 'Red' }), admin);
    const events = (await recordsOf(log)).filter(({ topic }) => topic === 'events');
    const before = JSON.stringify([view.van('demo', 'v1'), view.counts('demo')]);
    // As a daemon does that crashed before it knew whether the log had them.
    await new Promise<void>((resolve) => log.append(events, () => resolve()));
    expect(JSON.stringify([view.van('demo', 'v1'), view.counts('demo')])).toBe(before);
    for (const { value } of events) {
      expect(commands.outcome('demo', (value as { id: string }).id)?.state).toBe('applied');
    }
  });

  it('that comes back from a log that never said it was appended is answered', async () => {
    const { log, commands } = await one();
    const append = log.append.bind(log);
    log.append = (records) => append(records, () => {});
    expect(await commands.execute(addVan('demo', { id: 'v1' }), admin)).toMatchObject({ ok: true });
  });
});
