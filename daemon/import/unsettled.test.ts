import { describe, expect, it } from 'vitest';
import { addAgency } from '../domain/decide-agency.ts';
import { LogError } from '../log/log.ts';
import { MemoryLog } from '../log/memory.ts';
import { BatchCommands } from '../project/batch-commands.ts';
import { Changes } from '../project/changes.ts';
import { Commands } from '../project/commands.ts';
import { RegistryProjection } from '../project/registry.ts';
import { importConsumers } from './consumer-import.ts';
import type { ImportReport } from './import-report.ts';

async function* list() {
  yield Buffer.from('Number,Name\n1,Asha\n2,Bina\n1,Asha Rao\n');
}

describe('a consumer whose fields a crash cut off', () => {
  it('is waited for by an import that comes at once, in the order of its rows', async () => {
    let now = 1_000_000;
    const log = new MemoryLog();
    await log.start();
    const registry = new RegistryProjection();
    await log.tail(null, ({ cursor, records }) => {
      for (const record of records) registry.apply(record, { before: null, after: cursor }, new Changes());
    });
    await new Commands({ log, registry, now: () => now }).execute(addAgency({ id: 'demo' }), { actor: 'operator' });
    const batch = new BatchCommands({ log, view: registry.view, verdicts: registry.verdicts, now: () => now });
    const waited: number[] = [];
    const wait = async (ms: number) => {
      waited.push(ms);
      now += ms;
    };
    const run = async () => {
      const order = { agency: 'demo', actor: 'ADMIN:asha', format: 'csv', dryRun: false } as const;
      const reports: ImportReport[] = [];
      for await (const report of importConsumers(list(), order, { view: registry.view, batch, now: () => now, wait })) {
        reports.push(report);
      }
      return reports.at(-1);
    };
    const append = log.append.bind(log);
    log.append = (records, settled) =>
      records.every(({ topic }) => topic === 'events')
        ? append(records, settled)
        : settled(new LogError('closed', 'the daemon ends here'));
    expect(await run()).toMatchObject({ type: 'failed', detail: 'the daemon ends here' });
    log.append = append;
    expect(registry.view.consumer('demo', '1')).toEqual({ id: '1', name: '1', version: 1 });
    expect(await run()).toMatchObject({ type: 'done', added: 0, changed: 3, bad: 0 });
    expect(waited.length).toBe(10);
    expect(registry.view.consumer('demo', '1')).toMatchObject({ number: '1', name: 'Asha Rao' });
    expect(registry.view.consumer('demo', '2')).toMatchObject({ number: '2', name: 'Bina' });
  });
});
