import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import type { LogRecord } from '../../protocol/record.ts';
import { addAgency } from '../domain/decide-agency.ts';
import { addConsumer, changeConsumer, removeConsumer } from '../domain/decide-consumer.ts';
import { addDevice, removeDevice, rotateKey } from '../domain/decide-device.ts';
import { addVan, changeVan } from '../domain/decide-van.ts';
import { EmbeddedLog } from '../log/embedded.ts';
import { type Log, LogError } from '../log/log.ts';
import { MemoryLog } from '../log/memory.ts';
import { Commands } from './commands.ts';
import { Projector } from './projector.ts';
import { RegistryProjection } from './registry.ts';

const logger = pino({ level: 'silent' });
const admin = { actor: 'ADMIN:anu' };
const undo: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'vantrail-commands-'));
  undo.push(() => rm(path, { recursive: true, force: true, maxRetries: 5 }));
  return path;
}

interface DaemonOptions {
  log: Log;
  now?: () => number;
}

/** As much of a daemon as commands need; several may share a log. */
async function daemon({ log, now = () => 1_000_000 }: DaemonOptions) {
  const registry = new RegistryProjection();
  const file = join(await folder(), 'projections.sqlite');
  const projector = new Projector({ log, file, projections: [registry], logger });
  await projector.start();
  undo.push(() => projector.stop());
  await projector.caughtUp;
  return { view: registry.view, registry, commands: new Commands({ log, registry, now }) };
}

async function memoryLog(): Promise<MemoryLog> {
  const log = new MemoryLog();
  await log.start();
  return log;
}

async function embeddedLog(): Promise<Log> {
  const log = new EmbeddedLog({ folder: await folder(), logger });
  await log.start();
  undo.push(() => log.stop());
  return log;
}

const kinds = (answers: { ok: boolean; kind?: string }[]) => {
  const counts: Record<string, number> = {};
  for (const { ok, kind } of answers) counts[ok ? 'ok' : (kind ?? '')] = (counts[ok ? 'ok' : (kind ?? '')] ?? 0) + 1;
  return counts;
};

for (const [name, open] of [
  ['in memory', memoryLog],
  ['embedded', embeddedLog],
] as const) {
  describe(`commands on a log ${name}`, () => {
    it('are answered when the state has them', async () => {
      const { commands, view } = await daemon({ log: await open() });
      expect(await commands.execute(addAgency({ id: 'demo' }), admin)).toMatchObject({
        ok: true,
        value: { id: 'demo' },
      });
      const added = await commands.execute(addVan('demo', { id: 'v1', name: 'Blue' }), admin);
      expect(added).toEqual({ ok: true, value: { id: 'v1', name: 'Blue', kind: 'van', version: 1 } });
      expect(view.van('demo', 'v1')).toEqual({ id: 'v1', name: 'Blue', kind: 'van', version: 1 });
      await commands.execute(addDevice('demo', { id: 'gps1', vanId: 'v1', keyHash: 'h1' }), admin);
      expect(view.credential('gps1')?.keyHash).toBe('h1');
      await commands.execute(rotateKey('demo', 'gps1', 'h2'), admin);
      expect(view.credential('gps1')?.keyHash).toBe('h2');
      await commands.execute(addConsumer('demo', { id: 'c1', name: 'Asha' }), admin);
      expect(view.consumer('demo', 'c1')?.name).toBe('Asha');
    });

    it('let exactly one of 200 win the same van, and all of 200 different ones', async () => {
      const { commands, view } = await daemon({ log: await open() });
      await commands.execute(addAgency({ id: 'demo' }), admin);
      const names = Array.from({ length: 200 }, (_, n) => `Van ${n}`);
      const same = await Promise.all(names.map((name) => commands.execute(addVan('demo', { id: 'v1', name }), admin)));
      expect(kinds(same)).toEqual({ ok: 1, exists: 199 });
      const winner = same.find((answer) => answer.ok);
      expect(winner?.ok && winner.value).toEqual(view.van('demo', 'v1'));
      const all = await Promise.all(names.map((_, n) => commands.execute(addVan('demo', { id: `w${n}` }), admin)));
      expect(kinds(all)).toEqual({ ok: 200 });
      expect(view.counts('demo').vans).toBe(201);
    });
  });
}

describe('two daemons on one log', () => {
  /** A log that holds appends back until `go`, so that both daemons decide on the same state. */
  async function race() {
    const log = await memoryLog();
    let held: (() => void)[] | undefined;
    const slow: Log = Object.assign(Object.create(log), {
      append: (records: readonly LogRecord[], settled: (error?: LogError) => void) => {
        if (held === undefined) log.append(records, settled);
        else held.push(() => log.append(records, settled));
      },
      head: () => log.head(),
      tail: log.tail.bind(log),
      covers: log.covers.bind(log),
    });
    const one = await daemon({ log: slow });
    const two = await daemon({ log: slow });
    await one.commands.execute(addAgency({ id: 'demo' }), admin);
    const hold = () => {
      held = [];
    };
    const go = () => {
      const waiting = held ?? [];
      held = undefined;
      for (const append of waiting) append();
    };
    return { one, two, hold, go };
  }

  it('never both add the same van; both know the same one', async () => {
    const { one, two, hold, go } = await race();
    hold();
    const answers = [one, two].map(({ commands }, n) =>
      commands.execute(addVan('demo', { id: 'v1', name: `of ${n}` }), admin),
    );
    go();
    expect(await Promise.all(answers)).toEqual([
      { ok: true, value: { id: 'v1', name: 'of 0', kind: 'van', version: 1 } },
      expect.objectContaining({ ok: false, kind: 'exists', current: expect.objectContaining({ name: 'of 0' }) }),
    ]);
    expect(one.view.van('demo', 'v1')).toEqual(two.view.van('demo', 'v1'));
  });

  it('both change it one after the other, unless the loser says which version it saw', async () => {
    const { one, two, hold, go } = await race();
    await one.commands.execute(addVan('demo', { id: 'v1' }), admin);
    hold();
    const first = one.commands.execute(changeVan('demo', { id: 'v1', name: 'Red' }), admin);
    const second = two.commands.execute(changeVan('demo', { id: 'v1', driverId: 'ravi' }), admin);
    go();
    expect(await first).toMatchObject({ ok: true, value: { version: 2 } });
    expect(await second).toMatchObject({ ok: true, value: { version: 3, name: 'Red', driverId: 'ravi' } });
    hold();
    const third = one.commands.execute(changeVan('demo', { id: 'v1', name: 'Blue' }), { ...admin, ifMatch: 3 });
    const fourth = two.commands.execute(changeVan('demo', { id: 'v1', name: 'Green' }), { ...admin, ifMatch: 3 });
    go();
    expect(await third).toMatchObject({ ok: true, value: { version: 4 } });
    expect(await fourth).toMatchObject({ ok: false, kind: 'stale', current: { name: 'Blue', version: 4 } });
  });

  it('leave the key and the fields of the winner in place', async () => {
    const { one, two, hold, go } = await race();
    hold();
    const devices = [one, two].map(({ commands }, n) =>
      commands.execute(addDevice('demo', { id: 'gps1', keyHash: `key ${n}` }), admin),
    );
    const people = [one, two].map(({ commands }, n) =>
      commands.execute(addConsumer('demo', { id: 'c1', name: `Name ${n}` }), admin),
    );
    go();
    expect(kinds(await Promise.all([...devices, ...people]))).toEqual({ ok: 2, exists: 2 });
    for (const { view } of [one, two]) {
      expect(view.credential('gps1')?.keyHash).toBe('key 0');
      expect(view.consumer('demo', 'c1')).toEqual({ id: 'c1', name: 'Name 0', version: 1 });
    }
  });
});

describe('commands', () => {
  it('give each agency its own user name, also at the same moment', async () => {
    const { commands, view } = await daemon({ log: await memoryLog() });
    const agencies = ['a', 'b', 'c'];
    for (const id of agencies) await commands.execute(addAgency({ id }), admin);
    const added = await Promise.all(
      agencies.map((id) => commands.execute(addDevice(id, { id: 'gps1', keyHash: id }), admin)),
    );
    const names = added.map((answer) => (answer.ok ? answer.value.username : answer.detail));
    expect(names).toEqual(['gps1', 'gps1-b', 'gps1-c']);
    expect(names.map((username) => view.credential(username)?.agency)).toEqual(agencies);
  });

  it('merge changes of different fields that come at the same moment', async () => {
    const { commands, view } = await daemon({ log: await memoryLog() });
    await commands.execute(addAgency({ id: 'demo' }), admin);
    await commands.execute(addConsumer('demo', { id: 'c1', name: 'Asha' }), admin);
    const changes = [{ phone: '98' }, { address: '4 Tank Road' }, { pincode: '560001' }];
    const answers = await Promise.all(
      changes.map((change) => commands.execute(changeConsumer('demo', { id: 'c1', ...change }), admin)),
    );
    expect(kinds(answers)).toEqual({ ok: 3 });
    expect(view.consumer('demo', 'c1')).toEqual({
      id: 'c1',
      name: 'Asha',
      phone: '98',
      address: '4 Tank Road',
      pincode: '560001',
      version: 4,
    });
  });

  it('pass on what the log says when it takes nothing, and work again afterwards', async () => {
    const log = await memoryLog();
    const append = log.append.bind(log);
    const { commands, view } = await daemon({ log });
    await commands.execute(addAgency({ id: 'demo' }), admin);
    log.append = (_records, settled) => settled(new LogError('full', 'the disk is full'));
    await expect(commands.execute(addVan('demo', { id: 'v1' }), admin)).rejects.toMatchObject({ kind: 'full' });
    expect(view.van('demo', 'v1')).toBeUndefined();
    log.append = append;
    expect(await commands.execute(addVan('demo', { id: 'v1' }), admin)).toMatchObject({ ok: true });
  });

  it('finish the erasures that a crash cut off, once', async () => {
    let now = 1_000_000;
    const log = await memoryLog();
    const append = log.append.bind(log);
    const { commands, view } = await daemon({ log, now: () => now });
    await commands.execute(addAgency({ id: 'demo' }), admin);
    await commands.execute(addConsumer('demo', { id: 'c1', name: 'Asha' }), admin);
    await commands.execute(addConsumer('demo', { id: 'c2', name: 'Bina' }), admin);
    await commands.execute(addDevice('demo', { id: 'gps1', keyHash: 'h' }), admin);
    log.append = (records, settled) =>
      records.every(({ topic }) => topic === 'events')
        ? append(records, settled)
        : settled(new LogError('closed', 'the daemon ends here'));
    await expect(commands.execute(removeConsumer('demo', 'c1'), admin)).rejects.toThrow('ends here');
    await expect(commands.execute(removeDevice('demo', 'gps1'), admin)).rejects.toThrow('ends here');
    log.append = append;
    expect(view.fields('demo', 'c1')?.name).toBe('Asha');
    expect(await commands.finishErasures()).toBe(0); // it might still be under way at another daemon
    now += 61_000;
    expect(await commands.finishErasures()).toBe(2);
    expect(view.fields('demo', 'c1')).toBeUndefined();
    expect(view.fields('demo', 'c2')?.name).toBe('Bina');
    expect(await commands.finishErasures()).toBe(0);
  });
});
