import { describe, expect, it } from 'vitest';
import type { LogRecord } from '../../protocol/record.ts';
import { addAgency } from '../domain/decide-agency.ts';
import { addConsumer, changeConsumer } from '../domain/decide-consumer.ts';
import { LogError } from '../log/log.ts';
import { MemoryLog } from '../log/memory.ts';
import { type BatchCommand, BatchCommands } from './batch-commands.ts';
import { Changes } from './changes.ts';
import { Commands } from './commands.ts';
import { RegistryProjection } from './registry.ts';

const by = { actor: 'ADMIN:asha' };

/** As much of a daemon as a batch needs; several may share a log. */
async function daemon(log: MemoryLog) {
  const registry = new RegistryProjection({ now: () => 1_000_000 });
  await log.tail(null, ({ cursor, records }) => {
    for (const record of records) registry.apply(record, { before: null, after: cursor }, new Changes());
  });
  const { view, verdicts } = registry;
  return { registry, view, batch: new BatchCommands({ log, view, verdicts, now: () => 1_000_000 }) };
}

async function agency() {
  const log = new MemoryLog();
  await log.start();
  const one = await daemon(log);
  await new Commands({ log, registry: one.registry, now: () => 1_000_000 }).execute(addAgency({ id: 'demo' }), by);
  return { log, ...one };
}

const add = (id: string, name = id): BatchCommand<unknown> => ({
  about: id,
  decide: addConsumer('demo', { id, name }),
});
const rename = (id: string, name: string): BatchCommand<unknown> => ({
  about: id,
  decide: changeConsumer('demo', { id, name }),
});

/** Commits and their records, in the order of the log. */
async function commitsOf(log: MemoryLog): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  for await (const batch of log.read(null)) records.push(...batch.records);
  return records;
}

describe('a batch of commands', () => {
  it('is answered in its order: what was done, what was so already, what cannot be', async () => {
    const { batch, view } = await agency();
    const answers = await batch.executeAll([add('c1'), add('c2'), add('c2'), rename('c3', 'Nobody')], by);
    expect(answers).toMatchObject([
      { ok: true, value: { id: 'c1', version: 1 } },
      { ok: true, value: { id: 'c2', version: 1 } },
      { ok: false, kind: 'exists' },
      { ok: false, kind: 'missing' },
    ]);
    expect(await batch.executeAll([rename('c1', 'c1')], by)).toMatchObject([{ ok: true, value: { version: 1 } }]);
    expect(view.counts('demo').consumers).toBe(2);
    expect(await batch.executeAll([], by)).toEqual([]);
  });

  it('appends all events together, and what follows them together afterwards', async () => {
    const { batch, log } = await agency();
    await batch.executeAll([add('c1'), add('c2'), add('c3')], by);
    const records = (await commitsOf(log)).slice(1);
    expect(records.map(({ topic }) => topic)).toEqual(['events', 'events', 'events', 'people', 'people', 'people']);
    const ids = records.flatMap((record) => (record.topic === 'events' ? [record.value.id] : []));
    expect(new Set(ids).size).toBe(3);
  });

  it('carries out those about the same thing one after the other', async () => {
    const { batch, view } = await agency();
    const answers = await batch.executeAll([add('c1'), rename('c1', 'Asha'), rename('c1', 'Asha Rao')], by);
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(view.consumer('demo', 'c1')).toMatchObject({ name: 'Asha Rao', version: 3 });
  });

  it('decides again what another daemon was faster with, and nothing else', async () => {
    const { batch, log } = await agency();
    const other = await daemon(log);
    // Both decide before either has seen the other's events.
    const [here, there] = await Promise.all([
      batch.executeAll([add('c1'), add('c2')], by),
      other.batch.executeAll([add('c2'), add('c3')], by),
    ]);
    expect(here.map(({ ok }) => ok)).toEqual([true, true]);
    expect(there).toMatchObject([
      { ok: false, kind: 'exists', current: { id: 'c2' } },
      { ok: true, value: { id: 'c3' } },
    ]);
    expect(other.view.counts('demo').consumers).toBe(3);
  });

  it('rejects when the log takes nothing, and may be given again', async () => {
    const { batch, log, registry, view } = await agency();
    const append = log.append.bind(log);
    log.append = (_records, settled) => settled(new LogError('full', 'the disk is full'));
    await expect(batch.executeAll([add('c1'), add('c2')], by)).rejects.toThrow('the disk is full');
    expect(registry.verdicts.undecided).toBe(0);
    expect(view.counts('demo').consumers).toBe(0);
    log.append = append;
    expect(await batch.executeAll([add('c1'), add('c2')], by)).toMatchObject([{ ok: true }, { ok: true }]);
  });
});
